"""The store: what is in force, and what is refused."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from matcher.errors import (
    EpervierError,
    InputError,
    ListIdError,
    StoreError,
    StoreLockedError,
    StoreVersionError,
    UsageError,
)
from matcher.files import LOCAL_DISK, Disk
from matcher.schema import SCHEMA_VERSION
from matcher.snapshot.layout import Layout
from matcher.snapshot.manifest import StoreStamp, decode, encode
from matcher.store import Store
from tests.store.engine import engine, write_list


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store not yet made."""
    return Store(tmp_path / "lists.store")


def import_lines(store: Store, path: Path, list_id: str = "mine") -> str:
    """Import a file of the tiny format and return its version."""
    return store.import_list(list_id, format="lines", path=path).version


def ids(store: Store, list_id: str = "mine") -> list[str]:
    """Return the person entry ids in force."""
    (found,) = (one for one in store.snapshot().lists if one.manifest.list_id == list_id)
    return found.persons.column("entry_id").to_pylist()  # type: ignore[no-any-return]


def test_import_puts_a_list_in_force(store: Store, first: Path) -> None:
    """An import gives counts, and the snapshot holds its tables, segment and no withdrawn entry."""
    made = store.import_list("mine", format="lines", path=first)
    assert (made.entries, made.rejects, made.by_kind) == (4, 0, {"document": 2, "person": 2})
    assert made.as_of == "2026-01-02"
    assert store.lists() == [made]
    (found,) = store.snapshot().lists
    assert found.persons.column("entry_id").to_pylist() == ["1", "2"]
    assert found.documents.column("issuing_state").to_pylist() == ["UTO", "UTO"]
    assert found.segment["numbers"].column("number").to_pylist() == ["A1", "B2"]
    assert found.withdrawn == frozenset()


def test_same_files_give_the_same_version(store: Store, first: Path, second: Path, tmp_path: Path) -> None:
    """The version depends on bytes, order and mapping; not on names, the time or the list."""
    version = import_lines(store, first)
    copy = tmp_path / "copy.txt"
    copy.write_bytes(first.read_bytes())
    assert import_lines(store, copy, "other") == version
    both = store.import_list("both", format="lines", path=[first, second]).version
    assert store.import_list("both", format="lines", path=[second, first]).version != both
    mapping = tmp_path / "map.toml"
    mapping.write_text("x = 1\n", encoding="utf-8")
    assert store.import_list("mine", format="lines", path=first, mapping=mapping).version != version


def test_importing_again_changes_nothing(store: Store, first: Path, tmp_path: Path) -> None:
    """A second import of the same file leaves every file as it was."""
    version = import_lines(store, first)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert import_lines(store, first) == version
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_an_older_version_comes_back(store: Store, first: Path, second: Path) -> None:
    """Importing an older file again puts that version in force, and diff tells what went back."""
    import_lines(store, first)
    begun = store.snapshot().snapshot_id
    newer = import_lines(store, second)
    older = import_lines(store, first)
    assert (ids(store), store.snapshot().snapshot_id) == (["1", "2"], begun)
    difference = store.diff("mine")
    assert (difference.older, difference.newer, "3" in difference.removed) == (newer, older, True)


def test_snapshot_id_depends_on_content_only(store: Store, first: Path, second: Path, tmp_path: Path) -> None:
    """Two stores with the same lists have the same snapshot id, whatever the order and history."""
    import_lines(store, first, "one")
    import_lines(store, second, "two")
    other = Store(tmp_path / "other.store")
    import_lines(other, second, "two")
    import_lines(other, second, "one")
    assert other.snapshot().snapshot_id != store.snapshot().snapshot_id
    import_lines(other, first, "one")
    assert other.snapshot().snapshot_id == store.snapshot().snapshot_id


def test_an_open_snapshot_outlives_imports_and_prunes(store: Store, first: Path, second: Path) -> None:
    """A reader keeps the tables it opened when the store moves on."""
    import_lines(store, first)
    held = store.snapshot()
    import_lines(store, second)
    store.prune(1)
    assert held.lists[0].persons.column("entry_id").to_pylist() == ["1", "2"]


def test_diff_names_added_removed_and_changed(store: Store, first: Path, second: Path) -> None:
    """By default the version before is compared with the one in force, by entry id."""
    older, newer = import_lines(store, first), import_lines(store, second)
    found = store.diff("mine")
    assert (found.older, found.newer) == (older, newer)
    assert [name for name in found.added if not name.startswith("d-")] == ["3"]
    assert (len(found.added), len(found.removed), found.changed) == (2, 1, ("2",))
    back = store.diff("mine", older=newer, newer=older)
    assert (back.added, back.removed, back.changed) == (found.removed, found.added, found.changed)


def test_diff_refuses_what_is_not_there(store: Store, first: Path) -> None:
    """An unknown list, a version not on disk and a list without a past are refused in one line."""
    import_lines(store, first)
    calls: list[Callable[[], object]] = [
        lambda: store.diff("none"),
        lambda: store.diff("mine"),
        lambda: store.diff("mine", older="v0"),
        lambda: store.diff("mine", older="../mine"),
        lambda: store.diff("../mine"),
    ]
    for call in calls:
        with pytest.raises(InputError):
            call()


def test_a_withdrawn_entry_stays_withdrawn(store: Store, first: Path, second: Path) -> None:
    """Newer versions, the list's own withdrawal and its return don't bring a withdrawn entry back."""
    import_lines(store, first)
    before = store.snapshot().snapshot_id
    store.withdraw("mine", "2")
    assert store.snapshot().snapshot_id != before
    import_lines(store, second)
    assert store.snapshot().lists[0].withdrawn == {"2"}
    import_lines(store, first, "other")
    store.withdraw("mine")
    assert [one.list_id for one in store.lists()] == ["other"]
    import_lines(store, first)
    assert [one.withdrawn for one in store.snapshot().lists] == [{"2"}, frozenset()]


def test_a_document_is_withdrawn_by_its_derived_id(store: Store, first: Path, second: Path) -> None:
    """The keyed id of a document row is accepted, says nothing of the number, and is refused with another key."""
    import_lines(store, first)
    import_lines(store, second)
    (gone,) = store.diff("mine").removed
    assert gone.startswith("d-")
    import_lines(store, first)
    store.withdraw("mine", gone)
    assert store.snapshot().lists[0].withdrawn == {gone}


def test_withdraw_refuses_unknown_ids(store: Store, first: Path) -> None:
    """An unknown entry or list is an input error, and what is in force stays."""
    with pytest.raises(StoreError):
        store.withdraw("mine")
    import_lines(store, first)
    before = store.snapshot().snapshot_id
    for list_id, entry_id in (("mine", "9"), ("none", "1"), ("none", None), ("../mine", None)):
        with pytest.raises(InputError):
            store.withdraw(list_id, entry_id)
    assert store.snapshot().snapshot_id == before


def test_an_empty_store_says_what_to_do(store: Store, first: Path) -> None:
    """Opening before any import, or after the last list was withdrawn, names the command; it makes no folder."""
    with pytest.raises(StoreError, match=r"no list in force .*epervier lists import"):
        store.open()
    assert store.lists() == []
    assert not (first.parent / "lists.store").exists()
    import_lines(store, first)
    store.withdraw("mine")
    with pytest.raises(StoreError, match="no list in force"):
        store.open()


def test_a_file_without_entries_is_refused(store: Store, first: Path, tmp_path: Path) -> None:
    """A file of rejects, or an empty one, leaves the list in force."""
    import_lines(store, first)
    before = store.snapshot().snapshot_id
    for content in ("", "nonsense\nmore\n"):
        bad = tmp_path / "bad.txt"
        bad.write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match="no entry"):
            import_lines(store, bad)
    assert store.snapshot().snapshot_id == before


def test_bad_arguments_are_refused(store: Store, first: Path, tmp_path: Path) -> None:
    """A list id that is a path, no file, a missing file, an unknown format: refused, and nothing is made outside."""
    for list_id in ("../x", "/x", "a/b", "", ".", "..", "X", "a" * 65, "a\n", "-a"):
        with pytest.raises(ListIdError) as caught:
            store.import_list(list_id, format="lines", path=first)
        assert "\n" not in str(caught.value)
    with pytest.raises(UsageError):
        store.import_list("mine", format="lines", path=[])
    with pytest.raises(EpervierError, match=r"missing\.txt"):
        store.import_list("mine", format="lines", path=tmp_path / "missing.txt")
    with pytest.raises(InputError):
        store.import_list("mine", format="none", path=first)
    with pytest.raises(UsageError):
        store.prune(0)
    assert {path.name for path in tmp_path.iterdir()} == {"first.txt"}


def test_a_folder_of_other_files_is_not_taken(tmp_path: Path, first: Path) -> None:
    """A folder that holds something else is refused and stays as it is."""
    before = sorted(tmp_path.iterdir())
    with pytest.raises(StoreError, match="holds files but no store"):
        import_lines(Store(tmp_path), first)
    assert sorted(tmp_path.iterdir()) == before


def test_modes_of_files_and_folders(store: Store, first: Path, tmp_path: Path) -> None:
    """Only the user may read the store."""
    import_lines(store, first)
    for path in [tmp_path / "lists.store", *(tmp_path / "lists.store").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_one_writer_at_a_time(store: Store, first: Path, tmp_path: Path) -> None:
    """A second writer is refused at once; readers are not; afterwards the lock is free."""
    import_lines(store, first)
    with LOCAL_DISK.lock(tmp_path / "lists.store" / "LOCK"):
        for act in (
            lambda: import_lines(store, first),
            lambda: store.withdraw("mine"),
            store.rebuild,
            lambda: store.prune(1),
        ):
            with pytest.raises(StoreLockedError):
                act()
        assert ids(store) == ["1", "2"]
    store.withdraw("mine", "1")


def test_a_pointer_changed_under_the_writer_is_kept(first: Path, second: Path, tmp_path: Path) -> None:
    """A writer that finds another snapshot in force than it began from puts nothing in force."""
    current = tmp_path / "lists.store" / "CURRENT"
    import_lines(Store(tmp_path / "lists.store"), first)
    old = current.read_bytes()
    import_lines(Store(tmp_path / "lists.store"), second)
    new = current.read_bytes()

    class Meddled(Disk):
        def step(self, kind: str, path: Path) -> None:
            if kind == "create" and path.parent.name == ".work" and path.suffix == ".json":
                current.write_bytes(old)

    with pytest.raises(StoreError, match="was changed while"):
        Store(tmp_path / "lists.store", disk=Meddled()).withdraw("mine", "3")
    assert current.read_bytes() == old != new


def test_another_normaliser_needs_a_rebuild(store: Store, first: Path) -> None:
    """A store indexed by another normaliser is refused with the command, and the command repairs it."""
    import_lines(store, first)
    before = store.snapshot()
    with engine(normaliser_version="n2"):
        with pytest.raises(StoreVersionError, match=r"run `epervier store rebuild --store .*lists\.store`"):
            store.open()
        store.rebuild()
        after = store.snapshot()
    assert after.snapshot_id == before.snapshot_id
    assert after.lists[0].segment == before.lists[0].segment
    with pytest.raises(StoreVersionError):
        store.snapshot()


def test_an_import_indexes_the_other_lists_too(store: Store, first: Path, second: Path) -> None:
    """After an upgrade, importing one list leaves no list with the old normaliser."""
    import_lines(store, first)
    with engine(normaliser_version="n2"):
        import_lines(store, second, "other")
        assert len(store.snapshot().lists) == 2


def test_the_key_is_the_stores_own(first: Path, tmp_path: Path) -> None:
    """A store made with a key wants that key and writes none; a wrong one is refused, a lost KEY too."""
    folder = tmp_path / "lists.store"
    import_lines(Store(folder, key=b"k" * 32), first)
    assert not (folder / "KEY").exists()
    assert ids(Store(folder, key=b"k" * 32)) == ["1", "2"]
    for key in (None, b"x" * 32):
        with pytest.raises(StoreError):
            Store(folder, key=key).snapshot()
    with pytest.raises(UsageError):
        Store(folder, key=b"short")
    import_lines(Store(tmp_path / "own.store"), first)
    assert len((tmp_path / "own.store" / "KEY").read_bytes()) == 32
    (tmp_path / "own.store" / "KEY").unlink()
    with pytest.raises(StoreError, match="KEY is missing"):
        Store(tmp_path / "own.store").snapshot()


def test_prune_keeps_the_newest_and_what_is_in_force(store: Store, tmp_path: Path) -> None:
    """Of four versions the newest two stay; leftovers of a killed writer go."""
    versions = [import_lines(store, write_list(tmp_path, f"{n}.txt", persons=[(str(n), "Name")])) for n in range(4)]
    work = Layout(tmp_path / "lists.store").work
    work.mkdir()
    (work / "left").write_bytes(b"x")
    assert store.prune(2) == 2 * 3
    folder = tmp_path / "lists.store"
    assert {path.name for path in (folder / "lists" / "mine").iterdir()} == set(versions[2:])
    assert len(list((folder / "segments").iterdir())) == len(list((folder / "snapshots").iterdir())) == 2
    assert not work.exists()
    assert ids(store) == ["3"]
    assert store.verify().is_sound


def test_progress_counts_rows(store: Store, first: Path) -> None:
    """The callback gets the rows so far, growing to all rows."""
    seen: list[int] = []
    indexed: list[tuple[int, int]] = []

    def indexing(done: int, total: int) -> None:
        indexed.append((done, total))

    store.import_list("mine", format="lines", path=first, progress=seen.append, indexing=indexing)
    assert seen == sorted(seen)
    assert seen[-1] == 4
    assert indexed[-1] == (2, 2)


def test_a_source_that_changes_while_read_is_refused(store: Store, first: Path, tmp_path: Path) -> None:
    """The version would name other bytes than were read: nothing is put in force."""

    def rewrite(_: int) -> None:
        first.write_text("person,9,Nine\n", encoding="utf-8")

    with pytest.raises(InputError, match="changed while it was read"):
        store.import_list("mine", format="lines", path=first, progress=rewrite)
    assert store.lists() == []


def test_many_batches_map_as_one_table(store: Store, tmp_path: Path) -> None:
    """Codes that change from batch to batch, and null codes, survive; one dictionary serves all chunks."""
    numbers = [(f"N{row}", f"X{row // 9000}" if row % 7 else "") for row in range(40_000)]
    import_lines(store, write_list(tmp_path, "long.txt", numbers=numbers))
    (found,) = store.snapshot().lists
    assert found.documents.column("issuing_state").to_pylist() == [issuer or None for _, issuer in numbers]
    assert found.documents.column("status").unique().to_pylist() == ["lost"]
    assert isinstance(found.documents.column("number"), pa.ChunkedArray)


def test_a_newer_schema_is_refused_in_one_line(store: Store, first: Path, tmp_path: Path) -> None:
    """Reading and writing a store of a newer schema are refused, and it stays as it is."""
    import_lines(store, first)
    path = tmp_path / "lists.store" / "store.json"
    stamp = decode(StoreStamp, path.read_bytes(), path)
    newer = encode(stamp, schema_version=SCHEMA_VERSION + 1)
    path.write_bytes(newer)
    for act in (store.open, store.lists, store.rebuild, lambda: import_lines(store, first), lambda: store.prune(1)):
        with pytest.raises(StoreVersionError, match="use the newer program") as caught:
            act()
        assert "\n" not in str(caught.value)
    assert path.read_bytes() == newer
