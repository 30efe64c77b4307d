"""Puts list versions into a store and in force: what the writer's side of `matcher.store` is made of.

Steps: reader -> tables of each part in the working folder -> moved to `lists/`, the open part last -> a segment a part
built and moved to `segments/` -> snapshot written -> `CURRENT` replaced. Killed or failing anywhere before the last
step, the snapshot that was in force stays in force.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pyarrow as pa

from matcher import index, text
from matcher.access import UNRESTRICTED, Restriction
from matcher.errors import DamagedStoreError
from matcher.ingest.sink import Sink
from matcher.policy.lists import ListPolicy
from matcher.snapshot import manifest, read, write
from matcher.snapshot.entry_ids import DocumentIds
from matcher.snapshot.layout import Layout, now
from matcher.snapshot.manifest import ListManifest, SegmentManifest, Snapshot, SnapshotList, SourceFile, TableFile

Ids = frozenset[str]
_NO_IDS: Ids = frozenset()


@dataclass(frozen=True)
class State:
    """What is to be in force: versions, withheld entries and policies, each by list id."""

    versions: Mapping[str, str]
    withdrawn: Mapping[str, Ids]
    suspended: Mapping[str, Ids]
    policies: Mapping[str, ListPolicy]

    @classmethod
    def of(cls, snapshot: Snapshot | None) -> State:
        """Return the state that a snapshot put in force; an empty one for none."""
        if snapshot is None:
            return cls({}, {}, {}, {})
        withdrawn, suspended = (
            {name: frozenset(ids) for name, ids in found.items()} for found in (snapshot.withdrawn, snapshot.suspended)
        )
        return cls(snapshot.versions(), withdrawn, suspended, snapshot.policies)

    def with_version(self, list_id: str, version: str | None) -> State:
        """Return the state with another version of a list; None: the list is not in force."""
        others = {name: kept for name, kept in self.versions.items() if name != list_id}
        return replace(self, versions=others if version is None else {**others, list_id: version})

    def with_ids(self, field: str, list_id: str, ids: Ids) -> State:
        """Return the state with other `withdrawn` or `suspended` ids of a list."""
        return replace(self, **{field: {**getattr(self, field), list_id: ids}})

    def with_policy(self, list_id: str, policy: ListPolicy) -> State:
        """Return the state with another policy of a list."""
        return replace(self, policies={**self.policies, list_id: policy})

    def withheld(self, list_id: str) -> Ids:
        """Return the ids of a list that may not be returned."""
        return self.withdrawn.get(list_id, _NO_IDS) | self.suspended.get(list_id, _NO_IDS)


@dataclass(frozen=True)
class Source:
    """What a list version is read from, and how."""

    format: str
    files: tuple[SourceFile, ...]
    mapping_digest: str | None
    shrink_reason: str | None = None


class Publisher:
    """The writer's steps on one store; only while `layout.writing`."""

    def __init__(self, layout: Layout) -> None:
        self._layout, self._disk = layout, layout.disk

    def read_into(
        self,
        list_id: str,
        version: str,
        source: Source,
        read_list: Callable[[Sink], None],
        counted: Callable[[int], None] | None,
    ) -> tuple[ListManifest, ...]:
        """Read a list into the working folder, a folder a part; `move_in` puts them into the store."""
        counts = _Counts(counted)
        with contextlib.ExitStack() as stack:
            writers: dict[Restriction, write.ListWriter] = {}

            def writer_of(restriction: Restriction) -> write.ListWriter:
                if restriction not in writers:
                    folder = self._fresh(version + restriction.part)
                    self._disk.make_folder(folder)
                    writers[restriction] = stack.enter_context(write.ListWriter(folder, self._disk))
                return writers[restriction]

            def on_batch(name: str, batch: pa.RecordBatch) -> None:
                on_restricted(UNRESTRICTED, name, batch)

            def on_restricted(restriction: Restriction, name: str, batch: pa.RecordBatch) -> None:
                writer_of(restriction).on_batch(name, batch)
                counts.add(batch.num_rows)

            writer_of(UNRESTRICTED)
            sink = Sink(list_id, on_batch, on_restricted)
            read_list(sink)
            sink.close()
            files = {restriction: writer.finish() for restriction, writer in writers.items()}
        return tuple(
            write.list_manifest(
                sink,
                files.get(restriction) or self._no_rows(version + restriction.part),
                restriction=restriction,
                version=version,
                format=source.format,
                sources=source.files,
                mapping_digest=source.mapping_digest,
                shrink_reason=source.shrink_reason,
            )
            for restriction in sink.parts
        )

    def move_in(self, made: Iterable[ListManifest]) -> None:
        """Put the parts of a fresh version into the store, the open part last: it names the others."""
        for part in sorted(made, key=lambda part: part.restriction.is_open):
            fresh = self._fresh(part.version)
            self._disk.write(fresh / "manifest.json", manifest.encode(part))
            self._layout.move_in(fresh, self._layout.list_version(part.list_id, part.version))

    def sound_version(self, list_id: str, version: str) -> tuple[ListManifest, ...] | None:
        """Return the parts of a version that is in the store and undamaged, the open part first."""
        if not self._disk.exists(self._layout.list_version(list_id, version)):
            return None
        with suppress(DamagedStoreError):  # a damaged version is read from its files again
            found = read.read_parts(self._layout, list_id, version)
            for part in found:
                read.check_files(self._disk, self._layout.list_version(list_id, part.version), part.files)
            return found
        return None

    def publish(
        self,
        began: Snapshot | None,
        state: State,
        *,
        doubted: str | None = "",
        indexing: index.Progress | None = None,
    ) -> None:
        """Put a state in force; checksums of the segments of the `doubted` list (None: of all) are verified first."""
        entries = []
        for list_id, version in state.versions.items():
            parts = read.read_parts(self._layout, list_id, version)
            withheld = self._withheld_by_part(parts, state.withheld(list_id))
            for part in parts:
                segment = self._segment(part, is_doubted=doubted in {None, list_id}, indexing=indexing)
                entries.append(
                    SnapshotList(
                        list_id,
                        part.version,
                        segment,
                        withheld[part.version],
                        part.restriction,
                        part.content,
                        part.entries,
                    )
                )
        snapshot = manifest.make_snapshot(
            entries,
            sequence=began.sequence + 1 if began else 1,
            created_at=now(),
            versions=versions(),
            withdrawn=state.withdrawn,
            suspended=state.suspended,
            policies=state.policies,
        )
        if began is not None and _is_same(began, snapshot):
            snapshot = began  # put again: an earlier try may have failed at the very last flush
        self._layout.put_in_force(snapshot, began_from=began)

    def has_entry(self, list_id: str, version: str, entry_id: str) -> bool:
        """Tell whether a version holds an entry."""
        return any(
            entry_id in _person_ids(persons) or DocumentIds(documents, key=self._layout.key()).holds(entry_id)
            for persons, documents in (
                read.map_list(self._layout, part) for part in read.read_parts(self._layout, list_id, version)
            )
        )

    def _withheld_by_part(self, parts: tuple[ListManifest, ...], ids: Ids) -> dict[str, tuple[str, ...]]:
        """Tell which part holds each withheld entry, so that a part that isn't opened changes no other.

        An entry that no restricted part holds counts with the open part, since documents without a person are there.
        """
        found: dict[str, tuple[str, ...]] = {}
        left = ids
        for part in parts[1:]:
            own = left & _person_ids(read.map_list(self._layout, part)[0]) if left else _NO_IDS
            found[part.version] = tuple(sorted(own))
            left -= own
        if len(parts) > 1 and left and not parts[0].by_kind.get("document"):
            left &= _person_ids(read.map_list(self._layout, parts[0])[0])
        return {parts[0].version: tuple(sorted(left)), **found}

    def _segment(self, made: ListManifest, *, is_doubted: bool, indexing: index.Progress | None) -> str:
        normaliser, index_version = versions()
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

    def _no_rows(self, version: str) -> dict[str, TableFile]:
        """Write the empty tables of a part of which every row was refused."""
        folder = self._fresh(version)
        self._disk.make_folder(folder)
        with write.ListWriter(folder, self._disk) as writer:
            return writer.finish()

    def _fresh(self, version: str) -> Path:
        return self._layout.work / version


class _Counts:
    """Tells a caller how many rows were read so far."""

    def __init__(self, counted: Callable[[int], None] | None) -> None:
        self._counted, self._rows = counted, 0

    def add(self, rows: int) -> None:
        self._rows += rows
        if self._counted is not None:
            self._counted(self._rows)


def versions() -> tuple[str, int]:
    """Return the versions of normaliser and index that segments are built with."""
    return text.NORMALISER_VERSION, index.INDEX_VERSION


def _person_ids(persons: pa.Table) -> Ids:
    return frozenset(persons.column("entry_id").to_pylist())


def _is_same(began: Snapshot, made: Snapshot) -> bool:
    return msgspec.structs.replace(made, sequence=began.sequence, created_at=began.created_at) == began
