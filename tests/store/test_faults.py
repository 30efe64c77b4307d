"""A store survives a disk that dies, fails or fills at any call."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from matcher.errors import DamagedStoreError, DiskError, EpervierError
from matcher.files import Disk
from matcher.snapshot.read import OpenSnapshot
from matcher.store import Store
from tests.faulty_disk import MODES, Died, FaultyDisk
from tests.store.engine import engine, write_list

Change = Callable[[Store], object]


def content(found: OpenSnapshot) -> tuple[object, ...]:
    """Everything that a reader can see of a snapshot, as values."""
    lists = [
        (
            one.manifest.version,
            one.persons.to_pylist(),
            [row for batch in one.documents.batches() for row in batch.to_pylist()],
            {name: table.to_pylist() for name, table in one.segment.items()},
            one.withdrawn,
        )
        for one in found.lists
    ]
    return found.snapshot_id, lists


@pytest.fixture
def begun(tmp_path: Path, first: Path) -> Path:
    """A store with two lists, a withdrawn entry, and two older snapshots."""
    folder = tmp_path / "begun.store"
    store = Store(folder)
    store.import_list("mine", format="lines", path=write_list(tmp_path, "old.txt", persons=[("0", "Zero")]))
    store.import_list("mine", format="lines", path=first)
    store.import_list("other", format="lines", path=first)
    store.withdraw("other", "1")
    return folder


def changes(second: Path) -> dict[str, Change]:
    """Every change that a writer can make to the store."""
    return {
        "import": lambda store: store.import_list("mine", format="lines", path=second),
        "withdraw": lambda store: store.withdraw("mine", "1"),
        "prune": lambda store: store.prune(1),
    }


def check_every_call(begun: Path, change: Change, mode: str, *, before: OpenSnapshot) -> int:
    """Plant a fault at each call of a change in turn; returns the number of calls."""
    trial = begun.with_name("trial.store")
    shutil.copytree(begun, trial)
    counting = FaultyDisk()
    change(Store(trial, disk=counting))
    after = Store(trial).snapshot()
    for fault_at in range(1, counting.n_calls + 1):
        shutil.rmtree(trial)
        shutil.copytree(begun, trial)
        disk = FaultyDisk(fault_at, mode)
        with contextlib.ExitStack() as stack:
            if disk.is_seen(counting.kinds[fault_at - 1]):
                stack.enter_context(pytest.raises(Died if mode == "die" else DiskError))
            else:
                stack.enter_context(contextlib.suppress(DiskError))
            change(Store(trial, disk=disk))
        found = Store(trial).snapshot()
        pointer = (trial / "CURRENT").read_text(encoding="ascii").strip()
        expected = after if pointer == after.snapshot_id else before
        assert content(found) == content(expected), (fault_at, disk.kinds[fault_at - 1])
        change(Store(trial))
        assert content(Store(trial).snapshot()) == content(after), fault_at
        assert Store(trial).verify().is_sound, fault_at
        assert not (trial / ".work").exists(), fault_at
    return counting.n_calls


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["import", "withdraw", "prune"])
def test_a_fault_at_any_call_leaves_old_or_new(name: str, mode: str, begun: Path, second: Path) -> None:
    """After a fault at any call the old snapshot is in force, or the new one if the pointer says so; then it works."""
    n_calls = check_every_call(begun, changes(second)[name], mode, before=Store(begun).snapshot())
    assert n_calls > 20


@pytest.mark.parametrize("mode", MODES)
def test_a_rebuild_with_a_fault_at_any_call_can_be_repeated(mode: str, begun: Path) -> None:
    """A rebuild that dies or fails leaves the store to the old normaliser, or to the new one; never to none."""
    before = Store(begun).snapshot()
    with engine(normaliser_version="n2"):
        counting = FaultyDisk()
        shutil.copytree(begun, begun.with_name("count.store"))
        Store(begun.with_name("count.store"), disk=counting).rebuild()
    trial = begun.with_name("trial.store")
    for fault_at in range(1, counting.n_calls + 1):
        shutil.copytree(begun, trial)
        with engine(normaliser_version="n2"):
            with contextlib.suppress(Died, DiskError):
                Store(trial, disk=FaultyDisk(fault_at, mode)).rebuild()
            try:
                found = Store(trial).snapshot()
            except EpervierError:
                with engine(normaliser_version="n1"):
                    found = Store(trial).snapshot()
            assert content(found) == content(before), fault_at
            Store(trial).rebuild()
            assert content(Store(trial).snapshot()) == content(before), fault_at
            assert Store(trial).verify().is_sound, fault_at
        shutil.rmtree(trial)


@pytest.mark.parametrize("mode", MODES)
def test_a_first_import_with_a_fault_at_any_call_can_be_repeated(mode: str, tmp_path: Path, first: Path) -> None:
    """A fault while the store is being made leaves a folder in which the import then works."""
    counting = FaultyDisk()
    Store(tmp_path / "count.store", disk=counting).import_list("mine", format="lines", path=first)
    for fault_at in range(1, counting.n_calls + 1):
        folder = tmp_path / f"{fault_at}.store"
        with contextlib.suppress(Died, DiskError):
            Store(folder, disk=FaultyDisk(fault_at, mode)).import_list("mine", format="lines", path=first)
        made = Store(folder).import_list("mine", format="lines", path=first)
        assert Store(folder).lists() == [made], fault_at
        assert Store(folder).verify().is_sound, fault_at


def test_what_is_renamed_was_flushed(begun: Path, second: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before each rename the new file or folder is flushed, and after it the folder that holds the name."""
    events: list[tuple[Path, ...]] = []
    replace = os.replace

    def record_replace(source: Path, target: Path) -> None:
        events.append((Path(source), Path(target)))
        replace(source, target)

    monkeypatch.setattr("os.fsync", lambda handle: events.append((Path(f"/proc/self/fd/{handle}").readlink(),)))
    monkeypatch.setattr("os.replace", record_replace)
    Store(begun).import_list("mine", format="lines", path=second)
    renames = [place for place, event in enumerate(events) if len(event) == 2]
    assert {events[place][1].name for place in renames} >= {"CURRENT"}
    for place in renames:
        source, target = events[place]
        assert (source,) in events[:place], source
        assert events[place + 1] == (target.parent,)


def test_a_killed_writer_cleans_nothing_up(begun: Path, second: Path) -> None:
    """The double itself: after the fatal call no other call acts, so what was half written is still there."""
    counting = FaultyDisk()
    shutil.copytree(begun, begun.with_name("count.store"))
    Store(begun.with_name("count.store"), disk=counting).import_list("mine", format="lines", path=second)
    fault_at = next(n for n, kind in enumerate(counting.kinds, start=1) if kind == "write")
    disk = FaultyDisk(fault_at)
    with pytest.raises(Died):
        Store(begun, disk=disk).import_list("mine", format="lines", path=second)
    assert disk.n_calls == fault_at
    assert any((begun / ".work").rglob("*.stream"))


def test_a_failed_import_frees_the_space(begun: Path, second: Path) -> None:
    """A full disk is not left full: the working folder goes when the import fails."""
    counting = FaultyDisk()
    shutil.copytree(begun, begun.with_name("count.store"))
    Store(begun.with_name("count.store"), disk=counting).import_list("mine", format="lines", path=second)
    fault_at = next(n for n, kind in enumerate(counting.kinds, start=1) if kind == "write")
    with pytest.raises(DiskError, match="nothing in force was changed"):
        Store(begun, disk=FaultyDisk(fault_at, "fail")).import_list("mine", format="lines", path=second)
    assert not (begun / ".work").exists()


def test_one_flipped_bit_in_any_file_is_seen(begun: Path, first: Path) -> None:
    """Opening refuses a flipped bit in what is in force; verify reports it in any file and names the file."""
    files = sorted(path for path in begun.rglob("*") if path.is_file() and path.name != "LOCK")
    names = {path.name for path in files}
    assert {"CURRENT", "KEY", "store.json", "persons.arrow", "rejects.arrow", "manifest.json"} <= names
    snapshot = Store(begun).snapshot()
    versions = {one.manifest.version for one in snapshot.lists}
    n_refused = 0
    for path in files:
        whole = path.read_bytes()
        for place in (0, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
            damage = Store(begun).verify().damaged
            assert damage, path
            assert all("\n" not in str(error) for error in damage)
            assert path.name == "CURRENT" or str(path) in str(damage[0]), (path, damage)
            is_in_force = bool({path.parent.name, path.stem} & (versions | {snapshot.snapshot_id, begun.name}))
            if is_in_force:
                with pytest.raises(DamagedStoreError):
                    Store(begun).snapshot()
                n_refused += 1
        path.write_bytes(whole)
    assert n_refused >= 3 * 10
    assert Store(begun).verify().is_sound


def test_a_missing_or_strange_file_is_reported(begun: Path) -> None:
    """Verify reports each removed file that something in the store needs, and a file that nobody wrote."""
    needless = {path.name for path in (begun / "snapshots").iterdir()} - {f"{Store(begun).snapshot().snapshot_id}.json"}
    needless |= {"LOCK", "CURRENT"}
    files = sorted(path for path in begun.rglob("*") if path.is_file() and path.name not in needless)
    for path in files:
        whole = path.read_bytes()
        path.unlink()
        assert not Store(begun).verify().is_sound, path
        path.write_bytes(whole)
    for folder in (begun, files[-1].parent, begun / "snapshots"):
        (folder / "strange").write_bytes(b"x")
        assert "does not belong" in str(Store(begun).verify().damaged[0])
        (folder / "strange").unlink()


def test_damage_is_repaired_as_the_message_says(begun: Path, first: Path) -> None:
    """A damaged segment is mended by a rebuild, a damaged list by importing its files again."""
    found = Store(begun).snapshot()
    whole = content(found)  # read before files that are mapped are cut
    segment = next(
        path
        for path in (begun / "segments").rglob("numbers.arrow")
        if path.stat().st_size and b"B2" in path.read_bytes()
    )
    segment.write_bytes(segment.read_bytes()[:-1])
    with pytest.raises(DamagedStoreError, match="epervier store rebuild"):
        Store(begun).snapshot()
    Store(begun).rebuild()
    assert content(Store(begun).snapshot()) == whole
    persons = begun / "lists" / "mine" / found.lists[0].manifest.version / "persons.arrow"
    persons.write_bytes(b"")
    with pytest.raises(DamagedStoreError, match="import that list again"):
        Store(begun).snapshot()
    Store(begun).import_list("mine", format="lines", path=first)
    assert content(Store(begun).snapshot()) == whole


def test_a_store_compares_a_file_with_its_checksum_once(begun: Path) -> None:
    """Opening again, or for another caller, reads no whole file; one that was changed meanwhile is found."""
    read: list[Path] = []

    class Watched(Disk):
        def digest(self, path: Path) -> str:
            read.append(path)
            return super().digest(path)

    store = Store(begun, disk=Watched())
    opened = content(store.snapshot())
    assert read
    n_read = len(read)
    assert content(store.snapshot()) == opened
    assert len(read) == n_read
    changed = read[0]
    stamp = changed.stat()
    original = changed.read_bytes()
    changed.write_bytes(bytes([original[0] ^ 1]) + original[1:])
    os.utime(changed, ns=(stamp.st_atime_ns, stamp.st_mtime_ns + 1))
    with pytest.raises(DamagedStoreError):
        store.snapshot()
    changed.write_bytes(original)
    assert content(store.snapshot()) == opened
    assert len(read) == n_read + 2
    assert content(Store(begun).snapshot()) == opened
