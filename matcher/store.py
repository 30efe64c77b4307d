"""The store of lists: imports them, keeps their versions, and puts snapshots in force.

The writer's side of the library; `matcher.watchlist.Watchlist` is the reader's. Files are described in
`matcher.snapshot`. Steps of an import: digest of the sources -> version (kept already: nothing is read) ->
reader -> tables in a working folder -> moved to `lists/` -> segment built and moved to `segments/` ->
snapshot written -> `CURRENT` replaced. Killed or failing anywhere before the last step, the snapshot that
was in force stays in force.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from matcher import index, ingest, text
from matcher.errors import DamagedStoreError, InputError, StoreError, StoreVersionError, UsageError
from matcher.files import LOCAL_DISK, Disk
from matcher.ingest.sink import Sink
from matcher.records import ListVersion
from matcher.snapshot import diff, manifest, read, upkeep, write
from matcher.snapshot.diff import ListDiff
from matcher.snapshot.entry_ids import DocumentIds
from matcher.snapshot.layout import Layout, now
from matcher.snapshot.manifest import (
    Calibration,
    ListManifest,
    SegmentManifest,
    Snapshot,
    SnapshotList,
    SourceFile,
    TableFile,
)
from matcher.snapshot.read import OpenSnapshot
from matcher.snapshot.upkeep import VerifyReport

if TYPE_CHECKING:
    from matcher.score.model import Model
    from matcher.watchlist import Watchlist

Withdrawn = tuple[str, ...]


class Store:
    """A folder of lists; one writer at a time, any number of readers.

    Invariants: a file is never changed after it was written; what is in force changes by the replacement of
    one pointer; a snapshot in force is never removed.

    Args:
        path: The store's folder; the first import makes it (mode 700, files 600).
        key: 32 bytes that key the entry ids of documents; by default the store makes and keeps its own.
        disk: Disk access.

    Examples:
        >>> import tempfile
        >>> Store(Path(tempfile.mkdtemp()) / "lists.store").lists()
        []
    """

    def __init__(self, path: str | Path, key: bytes | None = None, *, disk: Disk = LOCAL_DISK) -> None:
        self._layout = Layout(Path(path), disk, key)
        self._disk = disk

    def import_list(
        self,
        list_id: str,
        *,
        format: str,
        path: str | Path | Sequence[str | Path],
        mapping: str | Path | None = None,
        strict: bool = False,
        progress: Callable[[int], None] | None = None,
        indexing: index.Progress | None = None,
    ) -> ListVersion:
        """Read a list from its files and put it in force beside the other lists.

        The same files, mapping and reader give the same version, which is then not read again. Entries
        withdrawn from the list stay withdrawn.

        Args:
            list_id: Name of the list, `[a-z0-9][a-z0-9._-]{0,63}`.
            format: A reader's name in `matcher.ingest.REGISTRY`, or `auto`: recognised by content.
            path: The file, or files in the reader's order.
            mapping: Mapping file of the formats that need one.
            strict: A row that cannot be read refuses the whole import.
            progress: Called with the rows read so far, after each batch.
            indexing: Called with the documents indexed so far and how many there are.

        Returns:
            The version with its counts.

        Raises:
            ListIdError: the list id could be a path.
            InputError: the files cannot be read as that format, or hold no entry; nothing changed.
            StoreLockedError: another writer holds the store.
            DiskError: the disk failed; what was in force still is.
        """
        manifest.check_name(list_id)
        paths = [Path(path)] if isinstance(path, str | Path) else [Path(one) for one in path]
        if not paths:
            raise UsageError(f"no file was given for list {list_id}; give one or more")
        format, _ = ingest.resolve_format(format, paths, self._disk, has_mapping=mapping is not None)
        reader = ingest.reader(format)
        rules = None if mapping is None else self._disk.read(Path(mapping))
        sources = self._sources(paths)
        rules_digest = None if rules is None else manifest.digest_of([rules], size=32)
        version = manifest.version_of(
            sources, format=format, reader_version=ingest.READER_VERSION, mapping_digest=rules_digest
        )
        with self._layout.writing(create=True) as began:
            made, fresh = self._sound_version(list_id, version), None
            if made is None:
                fresh = self._layout.work / "list"
                read_into = partial(reader, paths, mapping=rules, disk=self._disk)
                sink, files = self._read(list_id, read_into, fresh, progress)
                made = write.list_manifest(
                    sink, files, version=version, format=format, sources=sources, mapping_digest=rules_digest
                )
            if self._sources(paths) != sources:
                raise InputError(f"a file of list {list_id} changed while it was read; import it again")
            if strict and made.rejects:
                raise InputError(f"{made.rejects} rows of list {list_id} were rejected and strict allows none")
            if fresh is not None:
                self._disk.write(fresh / "manifest.json", manifest.encode(made))
                self._layout.move_in(fresh, self._layout.list_version(list_id, version))
            lists, absent = _parts(began)
            kept = lists[list_id][1] if list_id in lists else absent.pop(list_id, ())
            self._publish(began, {**lists, list_id: (version, kept)}, absent, doubted=list_id, indexing=indexing)
        return made.list_version()

    def open(
        self, snapshot_id: str | None = None, *, preset: str | None = None, model: Model | None = None
    ) -> Watchlist:
        """Open the snapshot in force, or an earlier one by its id; see `snapshot` for what is refused.

        Args:
            snapshot_id: An earlier snapshot; by default the one in force.
            preset: `high-recall`, `balanced` (the default) or `high-precision`: where reviews and hits begin.
            model: Weights in place of the shipped model's as calibrated for this store.

        Raises:
            UsageError: there is no such preset.
            StoreVersionError: the store was calibrated for another model.
        """
        found = self.snapshot(snapshot_id)
        from matcher.watchlist import Watchlist  # the reader's side is only loaded to read

        weighs = model or self.model()
        return Watchlist(found, key=self._layout.key(), model=weighs.with_preset(preset) if preset else weighs)

    def model(self) -> Model:
        """Return the shipped model, calibrated for this store where `calibrate` was called.

        Raises:
            StoreVersionError: the store was calibrated for another model.
        """
        from matcher.score.model import load_model

        model, made = load_model(), self._layout.read_calibration()
        if made is None:
            return model
        if made.model_id != model.model_id:
            raise StoreVersionError(
                f"{self._layout.root} was calibrated for model {made.model_id}, this program has {model.model_id}; "
                "run `epervier store calibrate` again"
            )
        prior = {
            "expected_matches_per_traveller": made.expected_matches_per_traveller,
            "persons": made.persons,
            "documents": made.documents,
        }
        return model.calibrated(prior, made.review_bits, digest=made.digest)

    def put_calibration(self, calibration: Calibration) -> None:
        """Put a calibration in force; answers name its model from the next opening on (`matcher.calibration`)."""
        with self._layout.writing():
            self._layout.put(self._layout.calibration, manifest.encode(calibration))

    def snapshot(self, snapshot_id: str | None = None) -> OpenSnapshot:
        """Verify and map the snapshot in force, or an earlier one that was not pruned.

        Raises:
            StoreError: no list is in force, or the store no longer holds the snapshot asked for.
            StoreVersionError: the store has a newer schema, or another normaliser built its segments.
            DamagedStoreError: a file is missing or differs from its checksum.
        """
        in_force = self._in_force()
        if snapshot_id not in (None, in_force.snapshot_id):
            if snapshot_id not in self._layout.snapshot_ids():
                raise StoreError(f"{self._layout.root} no longer holds the snapshot asked for; use the one in force")
            return read.open_snapshot(self._layout, self._layout.read_snapshot(snapshot_id), versions=_versions())
        try:
            return read.open_snapshot(self._layout, in_force, versions=_versions())
        except DamagedStoreError:
            again = self._in_force()
            if again == in_force:
                raise
            return read.open_snapshot(self._layout, again, versions=_versions())  # a prune passed between

    def lists(self) -> list[ListVersion]:
        """Return the list versions in force, by list id; none for a store not yet made."""
        in_force = self._layout.in_force()
        entries = in_force.lists if in_force else ()
        return [read.read_list(self._layout, one.list_id, one.version).list_version() for one in entries]

    def diff(self, list_id: str, older: str | None = None, newer: str | None = None) -> ListDiff:
        """Compare two versions of a list that are on disk.

        Args:
            list_id: The list.
            older: A version; by default the one that was in force before `newer`.
            newer: A version; by default the one in force.

        Raises:
            InputError: the list, or a version of it, is not in the store.
        """
        manifest.check_name(list_id)
        in_force = self._layout.in_force()
        newer = newer or (_parts(in_force)[0].get(list_id) or (None,))[0]
        if newer is None:
            raise InputError(f"list {list_id} is not in force; `epervier lists show` names those that are")
        older = older or upkeep.version_before(self._layout, list_id, newer)
        key = self._layout.key()
        pair = []
        for version in (older, newer):
            if (list_id, version) not in upkeep.list_versions(self._layout):
                raise InputError(f"version {ascii(version)[:70]} of list {list_id} is not on disk; import it again")
            tables = read.map_list(self._layout, read.read_list(self._layout, list_id, version))
            pair.append((version, diff.EntryDigests(*tables, key=key)))
        return diff.diff_digests(list_id, pair[0], pair[1])

    def withdraw(self, list_id: str, entry_id: str | None = None) -> None:
        """Withdraw an entry, or a whole list, from what is in force.

        A withdrawn entry stays withdrawn in every later version. A withdrawn list comes back with its
        next import, without the entries that were withdrawn singly.

        Args:
            list_id: The list.
            entry_id: The entry; None for the whole list.

        Raises:
            InputError: there is no such list in force, or no such entry in it.
        """
        with self._layout.writing() as began:
            lists, absent = _parts(began)
            if list_id not in lists:
                raise InputError(
                    f"list {ascii(list_id)[:70]} is not in force; `epervier lists show` names those that are"
                )
            version, withdrawn = lists[list_id]
            if entry_id is None:
                del lists[list_id]
                absent[list_id] = withdrawn
            elif entry_id not in withdrawn:
                if not self._has_entry(list_id, version, entry_id):
                    raise InputError(f"that entry id is not in list {list_id}; ids are written as in a decision")
                lists[list_id] = (version, (*withdrawn, entry_id))
            self._publish(began, lists, absent)

    def verify(self) -> VerifyReport:
        """Verify every file of the store; the report names each damaged one."""
        if not self._disk.exists(self._layout.root):
            raise StoreError(f"there is no store at {self._layout.root}; import a list with `epervier lists import`")
        return upkeep.verify(self._layout)

    def rebuild(self) -> None:
        """Build the segments in force anew where they are damaged or of another normaliser.

        Raises:
            DamagedStoreError: a list version itself is damaged.
        """
        with self._layout.writing() as began:
            if began is not None:
                lists, absent = _parts(began)
                self._publish(began, lists, absent, doubted=None)

    def prune(self, keep: int) -> int:
        """Remove snapshots, list versions and segments that the newest `keep` snapshots don't need.

        Args:
            keep: Snapshots to keep, 1 or more; the one in force is always among them.

        Returns:
            How many snapshots, list versions and segments were removed.
        """
        if keep < 1:
            raise UsageError(f"{keep} snapshots to keep, at least 1 is needed; the one in force is never removed")
        with self._layout.writing() as began:
            return 0 if began is None else upkeep.prune(self._layout, began, keep=keep)

    def rejects(self, list_id: str) -> pa.Table:
        """Return the rejected rows of a list in force, `schema.REJECT`.

        Raises:
            InputError: the list is not in force.
        """
        for entry in self._in_force().lists:
            if entry.list_id == list_id:
                return read.map_rejects(self._layout, read.read_list(self._layout, list_id, entry.version))
        raise InputError(f"list {list_id} is not in force; `epervier lists show` names those that are")

    def _read(
        self,
        list_id: str,
        read_into: Callable[[Sink], None],
        folder: Path,
        progress: Callable[[int], None] | None,
    ) -> tuple[Sink, dict[str, TableFile]]:
        """Read a list's files into the tables of a fresh folder."""
        self._disk.make_folder(folder)
        with write.ListWriter(folder, self._disk) as writer:
            sink = Sink(list_id, _counted(writer.on_batch, progress))
            read_into(sink)
            sink.close()
            _refuse_empty(sink)
            return sink, writer.finish()

    def _in_force(self) -> Snapshot:
        found = self._layout.in_force()
        if found is None or not found.lists:
            raise StoreError(f"no list in force in {self._layout.root}; import one with `epervier lists import`")
        return found

    def _sources(self, paths: Sequence[Path]) -> tuple[SourceFile, ...]:
        return tuple(SourceFile(path.name, self._disk.size(path), self._disk.digest(path)) for path in paths)

    def _sound_version(self, list_id: str, version: str) -> ListManifest | None:
        folder = self._layout.list_version(list_id, version)
        if not self._disk.exists(folder):
            return None
        with suppress(DamagedStoreError):  # a damaged version is read from its files again
            found = read.read_list(self._layout, list_id, version)
            read.check_files(self._disk, folder, found.files)
            return found
        return None

    def _publish(
        self,
        began: Snapshot | None,
        lists: Mapping[str, tuple[str, Withdrawn]],
        absent: Mapping[str, Withdrawn],
        *,
        doubted: str | None = "",
        indexing: index.Progress | None = None,
    ) -> None:
        """Put lists in force; checksums of the segment of the `doubted` list (None: of all) are verified first."""
        entries = []
        for list_id, (version, withdrawn) in lists.items():
            made = read.read_list(self._layout, list_id, version)
            segment = self._segment(made, is_doubted=doubted in {None, list_id}, indexing=indexing)
            entries.append(SnapshotList(list_id, version, segment, tuple(sorted(withdrawn))))
        snapshot = manifest.make_snapshot(
            entries,
            sequence=began.sequence + 1 if began else 1,
            created_at=now(),
            versions=_versions(),
            absent=absent,
        )
        if began is not None and _is_same(began, snapshot):
            snapshot = began  # put again: an earlier try may have failed at the very last flush
        self._layout.put_in_force(snapshot, began_from=began)

    def _segment(self, made: ListManifest, *, is_doubted: bool, indexing: index.Progress | None) -> str:
        normaliser, index_version = _versions()
        content_id = manifest.segment_id(made, normaliser_version=normaliser, index_version=index_version)
        target = self._layout.segment(content_id)
        if self._disk.exists(target):
            with suppress(DamagedStoreError):  # a damaged segment is built again
                found = read.read_segment(self._layout, content_id)
                if is_doubted:
                    read.check_files(self._disk, target, found.files)
                return content_id
        tables = index.build_segment(*read.map_list(self._layout, made), progress=indexing)
        folder = self._layout.work / content_id
        self._disk.make_folder(folder)
        files = write.write_segment(folder, tables, disk=self._disk)
        built = SegmentManifest(content_id, normaliser, index_version, files)
        self._disk.write(folder / "manifest.json", manifest.encode(built))
        self._layout.move_in(folder, target)
        return content_id

    def _has_entry(self, list_id: str, version: str, entry_id: str) -> bool:
        made = read.read_list(self._layout, list_id, version)
        persons, documents = read.map_list(self._layout, made)
        if pc.any(pc.equal(persons.column("entry_id"), pa.scalar(entry_id, pa.large_string()))).as_py():
            return True
        return DocumentIds(documents, key=self._layout.key()).holds(entry_id)


def _versions() -> tuple[str, int]:
    return text.NORMALISER_VERSION, index.INDEX_VERSION


def _parts(snapshot: Snapshot | None) -> tuple[dict[str, tuple[str, Withdrawn]], dict[str, Withdrawn]]:
    if snapshot is None:
        return {}, {}
    return {one.list_id: (one.version, one.withdrawn) for one in snapshot.lists}, dict(snapshot.absent)


def _is_same(began: Snapshot, made: Snapshot) -> bool:
    return msgspec.structs.replace(made, sequence=began.sequence, created_at=began.created_at) == began


def _counted(
    on_batch: Callable[[str, pa.RecordBatch], None], progress: Callable[[int], None] | None
) -> Callable[[str, pa.RecordBatch], None]:
    rows = 0

    def take(name: str, batch: pa.RecordBatch) -> None:
        nonlocal rows
        on_batch(name, batch)
        rows += batch.num_rows
        if progress is not None:
            progress(rows)

    return take


def _refuse_empty(sink: Sink) -> None:
    if not sink.entries:
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(sink.by_reason.items())) or "no row"
        raise InputError(
            f"no entry of list {sink.list_id} could be read ({reasons}); nothing was changed; "
            "check the format, the file and the mapping"
        )
