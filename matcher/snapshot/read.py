"""Opens what is in force: manifests and checksums are verified, then tables are mapped.

Steps: snapshot -> versions of normaliser and index -> per list: manifest, checksum of every file, tables
mapped, what the files leave out of persons put back -> segment likewise. Of documents nothing is made in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from matcher.access import HIDDEN, OPEN, Access
from matcher.errors import StoreVersionError
from matcher.files import Disk
from matcher.ingest.sink import TABLES
from matcher.policy.lists import DEFAULT_POLICY, ListPolicy
from matcher.snapshot.columns import unpack
from matcher.snapshot.documents import DocumentRows
from matcher.snapshot.layout import Compared, Layout
from matcher.snapshot.manifest import ListManifest, SegmentManifest, Snapshot, TableFile, damaged, seen_id

MOST_COMPARED = 10_000  # files remembered
_OTHER_COLUMNS = "its columns are not those of the schema"


@dataclass(frozen=True)
class OpenList:
    """One list of an open snapshot.

    Attributes:
        manifest: Source, counts and checksums of the list version.
        persons: `PERSON_ENTRY`, mapped.
        documents: `DOCUMENT_ENTRY`, mapped; rows are opened when asked for.
        segment: The index's tables by name, each column one chunk.
        withdrawn: Entry ids that may not be returned.
        policy: Of the list as a whole.
        sight: `open`, or `refer`: what the part holds is shown as one neutral referral.
    """

    manifest: ListManifest
    persons: pa.Table
    documents: DocumentRows
    segment: dict[str, pa.Table]
    withdrawn: frozenset[str]
    policy: ListPolicy = DEFAULT_POLICY
    sight: str = OPEN


@dataclass(frozen=True)
class OpenSnapshot:
    """An immutable set of lists, mapped; it stays readable when the store moves on.

    Attributes:
        snapshot_id: Digest of list ids, versions and withdrawn entries; for an access, of what it may open.
        lists: One a part, sorted by list id.
    """

    snapshot_id: str
    lists: tuple[OpenList, ...]


def open_snapshot(
    layout: Layout, snapshot: Snapshot, *, versions: tuple[str, int], access: Access | None = None
) -> OpenSnapshot:
    """Open a snapshot for searching.

    Args:
        layout: The store.
        snapshot: As read from it.
        versions: The normaliser's and the index's version that this program has.
        access: For whom; no file of a part that it may not see is opened. None: everything is.

    Raises:
        StoreVersionError: the segments were built by another normaliser or index.
        DamagedStoreError: a file is missing or differs from its checksum.

    Cost:
        Reads every byte of the lists for the checksums (about 1 GB/s), but not of files that this `Store` compared
        before and that weren't changed since; maps, copies nothing.
    """
    if (snapshot.normaliser_version, snapshot.index_version) != versions:
        raise StoreVersionError(
            f"{layout.root} was indexed with normaliser {snapshot.normaliser_version} and index "
            f"{snapshot.index_version}, this program has {versions[0]} and {versions[1]}; "
            f"run `epervier store rebuild --store {layout.root}`"
        )
    lists, seen = [], []
    for entry in snapshot.lists:
        policy = snapshot.policy(entry.list_id)
        sight = OPEN if access is None else access.sight_of(entry.restriction, policy) if entry.entries else HIDDEN
        if sight == HIDDEN:
            continue
        manifest = read_list(layout, entry.list_id, entry.version)
        persons, documents = map_list(layout, manifest)
        segment = map_segment(layout, read_segment(layout, entry.segment))
        lists.append(OpenList(manifest, persons, documents, segment, frozenset(entry.withdrawn), policy, sight))
        seen.append(entry)
    return OpenSnapshot(snapshot.snapshot_id if access is None else seen_id(seen), tuple(lists))


def read_parts(layout: Layout, list_id: str, version: str) -> tuple[ListManifest, ...]:
    """Read the manifests of all parts of a list version, the open part first."""
    whole = read_list(layout, list_id, version)
    return whole, *(read_list(layout, list_id, part) for part in whole.parts)


def read_list(layout: Layout, list_id: str, version: str) -> ListManifest:
    """Read the manifest of a list version, and see that it is the one its folder promises."""
    path = layout.list_version(list_id, version) / "manifest.json"
    manifest = layout.read(ListManifest, path)
    if (manifest.list_id, manifest.version) != (list_id, version):
        raise damaged(path, "it is the manifest of another list or version")
    return manifest


def read_segment(layout: Layout, content_id: str) -> SegmentManifest:
    """Read the manifest of a segment, and see that it is the one its folder promises."""
    path = layout.segment(content_id) / "manifest.json"
    manifest = layout.read(SegmentManifest, path)
    if manifest.content_id != content_id:
        raise damaged(path, "it is the manifest of another segment")
    return manifest


def map_list(layout: Layout, manifest: ListManifest) -> tuple[pa.Table, DocumentRows]:
    """Map persons and documents of a list version after its checksums were verified."""
    folder = layout.list_version(manifest.list_id, manifest.version)
    check_files(layout.disk, folder, manifest.files, layout.compared)
    persons = _map(layout.disk, folder, "persons", manifest.files["persons"], TABLES["persons"])
    figures = manifest.files["documents"]
    documents = DocumentRows(_map(layout.disk, folder, "documents", figures), figures)
    try:
        documents.take([0] if documents.num_rows else [])
    except (pa.ArrowException, KeyError, OverflowError) as error:
        raise damaged(folder / "documents.arrow", _OTHER_COLUMNS) from error
    return persons, documents


def map_rejects(layout: Layout, manifest: ListManifest) -> pa.Table:
    """Map the rejects of a list version after its checksums were verified."""
    folder = layout.list_version(manifest.list_id, manifest.version)
    check_files(layout.disk, folder, manifest.files, layout.compared)
    return _map(layout.disk, folder, "rejects", manifest.files["rejects"], TABLES["rejects"])


def map_segment(layout: Layout, manifest: SegmentManifest) -> dict[str, pa.Table]:
    """Map the tables of a segment after its checksums were verified."""
    folder = layout.segment(manifest.content_id)
    check_files(layout.disk, folder, manifest.files, layout.compared)
    return {name: _map(layout.disk, folder, name, file) for name, file in manifest.files.items()}


def check_files(disk: Disk, folder: Path, files: dict[str, TableFile], compared: Compared | None = None) -> None:
    """Compare every file of a manifest with its size and checksum.

    Args:
        disk: Disk access.
        folder: Where the files lie.
        files: Of the manifest.
        compared: Files that need no comparison unless they were changed since; receives these.

    Raises:
        DamagedStoreError: the first file that is missing or differs.
    """
    known = {} if compared is None else compared
    paths = {name: folder / f"{name}.arrow" for name in files}
    marks = {path: (disk.mark(path), files[name].digest) for name, path in paths.items() if disk.exists(path)}
    unchanged = {path for path, mark in marks.items() if known.get(path) == mark}
    fresh = {name: file for name, file in files.items() if paths[name] not in unchanged}
    for path, fault in faults(disk, folder, fresh):
        raise damaged(path, fault)
    if len(known) > MOST_COMPARED:  # of versions long gone, in a service that imports for months
        known.clear()
    known.update(marks)


def faults(disk: Disk, folder: Path, files: dict[str, TableFile]) -> Iterator[tuple[Path, str]]:
    """Go through the files of a manifest and yield those that are missing or differ, with what is wrong."""
    for name, file in files.items():
        path = folder / f"{name}.arrow"
        if not disk.exists(path):
            yield path, "it is missing"
        elif disk.size(path) != file.bytes:
            yield path, f"it has {disk.size(path)} bytes instead of {file.bytes}"
        elif disk.digest(path) != file.digest:
            yield path, "its content differs from its checksum"


def _map(disk: Disk, folder: Path, name: str, file: TableFile, schema: pa.Schema | None = None) -> pa.Table:
    path = folder / f"{name}.arrow"
    try:
        table = disk.map_table(path)
        if schema is not None:
            table = unpack(table, schema, file)
    except (pa.ArrowException, KeyError, OverflowError) as error:
        raise damaged(path, _OTHER_COLUMNS) from error
    if table.num_rows != file.rows:
        raise damaged(path, f"it has {table.num_rows} rows instead of {file.rows}")
    return table
