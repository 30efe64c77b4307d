"""The decisions benchmark makes the rows it says, and writes the targets beside what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.quality.decisions import __main__ as command
from benchmarks.quality.decisions.name_pairs import _calibrated
from benchmarks.quality.decisions.namesakes import YEARS, make_namesakes
from benchmarks.quality.decisions.write_up import names_table, reviews_only
from tests.opened import person_row

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"


def _list() -> pa.Table:
    rows: list[dict[str, Any]] = [
        person_row("1", ["Anna Eriksson", "Anya"], birth_date=(1960, 5, 6), sex="F", nationalities=["SWE"]),
        person_row("2", ["Bo Berg", "B. the Knife"], kinds=["primary", "weak_alias"], birth_date=(1990, 7, 8)),
        person_row("3", ["Carl Dahl"]),
        person_row("4", ["Eva"], birth_date=(1975, 9, 9)),
        person_row("5", ["Fia Gran"], birth_date=(None, 9, 9)),
        person_row("6", ["Ship Name"], birth_date=(1930, 1, 2), kind="conveyance"),
    ]
    return pa.Table.from_pylist(rows)


def test_namesakes_share_the_name_and_not_the_birth_date() -> None:
    """Full names of dated persons only, with their sex and nationality, more than five years off; seeded."""
    table, keys = make_namesakes([_list()], 200)
    own = {"Anna Eriksson": ("1", 1960, "F", ["SWE"]), "Bo Berg": ("2", 1990, None, None)}
    for row in table.to_pylist():
        entry_id, year, sex, nationalities = own[row["names"][0]]
        assert keys[row["reference"]] == ("test", entry_id)
        assert abs(row["birth_date"]["year"] - year) > YEARS
        assert (row["sex"], row["nationalities"]) == (sex, nationalities)
    assert {row["birth_date"]["year"] for row in table.to_pylist()} <= {1960, 1975, 1990}
    assert table.equals(make_namesakes([_list()], 200)[0])
    assert not table.equals(make_namesakes([_list()], 200, seed=7)[0])


def test_the_search_counts_pairs_that_are_not_comparable_in_the_base_rate() -> None:
    """One right of 4 found, of 2 right and 100 pairs in all: the shift is that of 2 in 100."""
    found = _calibrated("s", np.array([0.0, 1.0, 2.0, 3.0]), np.array([0, 1, 0, 0], np.bool_), n_pairs=100, n_right=2)
    assert found["base_rate"] == 0.02
    assert (found["pairs"], found["right"]) == (4, 1)
    assert "| s | 4 | 0.02 |" in names_table({"names": [found]})


def test_reviews_are_what_is_above_review_and_no_hit() -> None:
    """Levels include what is above them; the target speaks of reviews alone."""
    assert reviews_only({"review": {"count": 7, "of": 10}, "hit": {"count": 4, "of": 10}})["count"] == 3


@pytest.mark.skipif(not (SHARED / "data" / "lists").is_dir(), reason="needs the shared lists and travellers")
@pytest.mark.shared
def test_a_small_run_writes_every_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """On 40 rows of each kind: the report names each target, and the figures are kept."""
    arguments = ["--shared", str(SHARED), "--limit", "40", "--no-names", "--json", str(tmp_path / "run.json")]
    assert command.main(arguments) == 0
    text = capsys.readouterr().out
    for word in ("UN altered rows", "held-out half: hits", "namesakes", "calibration gap, screening", "By list size"):
        assert word in text
    assert (tmp_path / "run.json").stat().st_size > 10_000


def test_without_the_data_it_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Exit code 2 and the folder that is missing."""
    assert command.main(["--shared", str(tmp_path)]) == 2
    assert "data/lists" in capsys.readouterr().err
