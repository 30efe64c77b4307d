"""A screening killed anywhere and begun again gives what an undisturbed one gives: no row twice, none lost."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import matcher
from matcher import screening as module
from matcher.errors import InputError, StoreError, UsageError
from matcher.screening import Screening
from tests.faulty_disk import Died, FaultyDisk

LIST = "entry_id,name\n1,Yusuf Abd al-Rahman\n2,يوسف عبد الرحمن\n3,John Smith\n"
MAPPING = '[columns]\nentry_id = "entry_id"\nname = "name"\n'
NAMES = ("Yusuf Abdelrahman", "Jon Smith", "Nobody Listed", "...", "Smith, John", "محمد")
N_ROWS = 60
REJECTS_EXIT = 4


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store, a mapping and a passenger file of `N_ROWS` rows; parts of seven rows."""
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    rows = [f"r{at},{NAMES[at % len(NAMES)]!r}\n".replace("'", '"') for at in range(N_ROWS)]
    (tmp_path / "passengers.csv").write_text("reference,full_name\n" + "".join(rows), encoding="utf-8")
    store = matcher.Store(tmp_path / "store")
    store.import_list("mine", format="mapped-csv", path=tmp_path / "list.csv", mapping=tmp_path / "map.toml")
    monkeypatch.setattr(module, "PART_ROWS", 7)
    return tmp_path


def begin(folder: Path, output: str = "out.parquet", **options: object) -> Screening:
    return Screening(matcher.Store(folder / "store"), folder / "passengers.csv", folder / output, **options)  # type: ignore[arg-type]


def finish(screening: Screening) -> pa.Table:
    return pa.concat_tables(screening.run())


def comparable(table: pa.Table) -> pa.Table:
    return table.drop_columns(["decided_at"])


def test_an_undisturbed_screening_leaves_only_its_output(folder: Path) -> None:
    """One decision a row, in order; no progress file and no parts stay behind."""
    table = finish(begin(folder))
    assert table.column("reference").to_pylist() == [f"r{at}" for at in range(N_ROWS)]
    assert pq.read_table(folder / "out.parquet").num_rows == N_ROWS
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []


def test_died_at_any_disk_call_and_gone_on_with(folder: Path) -> None:
    """The machine dies at every third disk call in turn: the second run makes the undisturbed output."""
    expected = comparable(finish(begin(folder, "expected.parquet")))
    n_deaths = 0
    for fault_at in range(1, 1000, 3):
        try:
            finish(begin(folder, disk=FaultyDisk(fault_at)))
        except Died:
            n_deaths += 1
            table = finish(begin(folder))
            assert comparable(table).equals(expected), fault_at
            assert len(set(table.column("decided_at").to_pylist())) == 1
            assert comparable(pq.read_table(folder / "out.parquet")).num_rows == N_ROWS
        else:
            break
    assert n_deaths > 15


def test_a_resumed_run_keeps_snapshot_and_instant(folder: Path) -> None:
    """A list imported between the two runs is not asked; every decision names one snapshot and one instant."""
    first = begin(folder)
    n_done = 0

    def interrupt(n_rows: int) -> None:
        nonlocal n_done
        n_done += n_rows
        if n_done > 14:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(first.run(interrupt, step_rows=7))
    store = matcher.Store(folder / "store")
    store.import_list("other", format="mapped-csv", path=folder / "list.csv", mapping=folder / "map.toml")
    again = begin(folder)
    assert (again.is_resumed, again.n_done) == (True, 14)
    table = finish(again)
    assert set(table.column("snapshot_id").to_pylist()) == {first.snapshot_id}
    assert len(set(table.column("decided_at").to_pylist())) == 1


def test_another_input_or_mapping_is_refused(folder: Path) -> None:
    """A progress file belongs to one input: another is refused until --restart."""
    begin(folder)
    (folder / "passengers.csv").write_text("full_name\nSomebody Else\n", encoding="utf-8")
    with pytest.raises(UsageError, match="another passenger file"):
        begin(folder)
    assert finish(begin(folder, restart=True)).num_rows == 1


def test_the_progress_file_is_private_and_names_no_person(folder: Path) -> None:
    """Mode 600, folder of parts 700; digests and ids only."""
    begin(folder)
    progress = folder / ".out.parquet.progress"
    assert progress.stat().st_mode & 0o777 == 0o600
    assert (folder / ".out.parquet.parts").stat().st_mode & 0o777 == 0o700
    assert "Yusuf" not in progress.read_text("utf-8")


def test_strict_ends_at_the_first_reject_and_leaves_nothing(folder: Path) -> None:
    """`strict` turns a rejected row into a failure that names the row; neither output nor progress stays."""
    with pytest.raises(InputError, match="row 4 was rejected"):
        finish(begin(folder, strict=True))
    assert not [path for path in folder.iterdir() if "out.parquet" in path.name]


def test_a_pruned_snapshot_is_said(folder: Path) -> None:
    """If the snapshot is gone, the run says so instead of searching another."""
    begin(folder)
    store = matcher.Store(folder / "store")
    store.import_list("other", format="mapped-csv", path=folder / "list.csv", mapping=folder / "map.toml")
    store.prune(keep=1)
    with pytest.raises(StoreError, match="no longer holds"):
        begin(folder)


@pytest.mark.parametrize("output", ["passengers.csv", "out.docx", "no/such/folder/out.csv"])
def test_outputs_that_cannot_be_are_refused_before_the_work(folder: Path, output: str) -> None:
    """The input itself, an unknown ending, a missing folder."""
    with pytest.raises(UsageError):
        begin(folder, output)


def test_killed_processes_and_resumed(folder: Path) -> None:
    """A real process killed with SIGKILL at random moments, three times over, then left alone."""
    text = (folder / "passengers.csv").read_text("utf-8")
    (folder / "passengers.csv").write_text(text + "".join(text.splitlines(True)[1:]) * 150, encoding="utf-8")
    expected = finish(begin(folder, "expected.parquet"))
    command = [sys.executable, "-m", "matcher.cli.main", "screen", str(folder / "passengers.csv")]
    command += ["--store", str(folder / "store"), "--output", str(folder / "out.parquet")]
    draw = random.Random(20261121)
    for _ in range(3):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(draw.uniform(0.8, 2.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == REJECTS_EXIT
    found = pq.read_table(folder / "out.parquet")
    for column in ("reference", "outcome", "match_weight", "entry_id"):
        assert found.column(column).to_pylist() == expected.column(column).to_pylist()
