"""Upkeep of a store: verify every file, and prune what no kept snapshot needs.

`verify` changes nothing and takes no lock. `prune` first drops snapshots, then list versions and segments
that no remaining snapshot names, each by one rename out of the store: stopped anywhere, it leaves
nothing half there, and the next prune goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from matcher.errors import DamagedStoreError, InputError, StoreError
from matcher.snapshot.deletions import fault_of_chain
from matcher.snapshot.layout import OWN_NAMES, Layout
from matcher.snapshot.manifest import NAME, ListManifest, SegmentManifest, Snapshot, damaged, list_part
from matcher.snapshot.read import faults, read_list, read_segment


@dataclass
class VerifyReport:
    """What `verify` found.

    Attributes:
        n_files: Files looked at.
        damaged: One error a damaged, missing or unknown file.
    """

    n_files: int = 0
    damaged: list[StoreError] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether nothing is damaged."""
        return not self.damaged


def verify(layout: Layout) -> VerifyReport:
    """Verify every file of every list version, segment and snapshot of a store.

    Args:
        layout: The store.

    Returns:
        The files looked at and one error for each that is damaged; a store of a newer schema and a
        folder without a store are errors in the report too.

    Cost:
        Reads every byte once, about 1 GB/s.
    """
    report = VerifyReport()
    _try(report, layout.check_stamp)
    _try(report, lambda: _check_pointer(layout))
    _try(report, layout.read_calibration)
    small = ("store.json", "KEY", "CURRENT", "calibration.json")
    report.n_files += sum(layout.disk.exists(layout.root / name) for name in small)
    report.damaged += [_unknown(layout.root / name) for name in _strangers(layout, layout.root, OWN_NAMES)]
    if (fault := fault_of_chain(layout)) is not None:
        report.damaged.append(fault)
    known = layout.snapshot_ids()
    for snapshot_id in known:
        report.n_files += 1
        _try(report, partial(_check_snapshot, layout, snapshot_id))
    snapshots = layout.root / "snapshots"
    report.damaged += [
        _unknown(snapshots / name) for name in _strangers(layout, snapshots, {f"{i}.json" for i in known})
    ]
    for list_id, version in list_versions(layout):
        folder = layout.list_version(list_id, version)
        _verify_folder(report, layout, folder, partial(read_list, layout, list_id, version))
    for content_id in segments(layout):
        folder = layout.segment(content_id)
        _verify_folder(report, layout, folder, partial(read_segment, layout, content_id))
    return report


def prune(layout: Layout, in_force: Snapshot, *, keep: int) -> int:
    """Remove what is not needed by the snapshot in force nor by the newest `keep` snapshots.

    Damaged snapshot files that are not in force are removed. Only while `layout.writing`, whose end empties
    the working folder and so frees the space.

    Args:
        layout: The store.
        in_force: The snapshot in force; it counts among the newest.
        keep: How many snapshots to keep, 1 or more.

    Returns:
        How many snapshots, list versions and segments were removed.
    """
    order = [found for found in history(layout) if found.snapshot_id != in_force.snapshot_id]
    kept = [in_force, *order[::-1][: keep - 1]]
    ids = {found.snapshot_id for found in kept}
    needed = {(entry.list_id, entry.version) for found in kept for entry in found.lists}
    needed_segments = {entry.segment for found in kept for entry in found.lists}
    gone = [layout.snapshot(name) for name in layout.snapshot_ids() if name not in ids]
    gone += [layout.list_version(*pair) for pair in list_versions(layout) if pair not in needed]
    gone += [layout.segment(name) for name in segments(layout) if name not in needed_segments]
    for path in gone:
        layout.discard(path)
    for list_id in _members(layout, layout.root / "lists"):
        if not layout.disk.names(layout.root / "lists" / list_id):
            layout.discard(layout.root / "lists" / list_id)
    return len(gone)


def drop_versions(layout: Layout, gone: Collection[tuple[str, str]]) -> None:
    """Take list versions out with all their parts, the earlier snapshots that name them, and segments left over.

    Args:
        layout: The store; only while `layout.writing`.
        gone: (list id, version) pairs, none of them in force.
    """
    kept = []
    for snapshot in history(layout):
        is_named = any((one.list_id, list_part(one.version)[0]) in gone for one in snapshot.lists)
        if is_named and snapshot.snapshot_id != layout.current_id():
            layout.discard(layout.snapshot(snapshot.snapshot_id))
        else:
            kept.append(snapshot)
    for list_id, version in list_versions(layout):
        if (list_id, list_part(version)[0]) in gone:
            layout.discard(layout.list_version(list_id, version))
    needed = {one.segment for snapshot in kept for one in snapshot.lists}
    for name in segments(layout):
        if name not in needed:
            layout.discard(layout.segment(name))


def history(layout: Layout) -> list[Snapshot]:
    """Read all sound snapshots of a store, oldest first; damaged ones are left out."""
    found = []
    for snapshot_id in layout.snapshot_ids():
        try:
            found.append(layout.read_snapshot(snapshot_id))
        except DamagedStoreError:
            continue  # `verify` reports it, `prune` removes it
    return sorted(found, key=lambda one: (one.sequence, one.created_at, one.snapshot_id))


def version_before(layout: Layout, list_id: str, newer: str) -> str:
    """Return the version of a list that was in force before another one, as far as snapshots are kept.

    Raises:
        InputError: no snapshot on disk has one.
    """
    versions: list[str] = []
    for snapshot in history(layout):
        for entry in snapshot.lists:
            version, part = list_part(entry.version)
            if entry.list_id == list_id and not part and version not in versions[-1:]:
                versions.append(version)
    before = versions[: len(versions) - 1 - versions[::-1].index(newer)] if newer in versions else []
    if not before:
        raise InputError(f"list {list_id} has no version before that one on disk; import another, or name both")
    return before[-1]


def list_versions(layout: Layout) -> list[tuple[str, str]]:
    """List the (list id, version) pairs on disk."""
    lists = layout.root / "lists"
    return [(list_id, version) for list_id in _members(layout, lists) for version in _members(layout, lists / list_id)]


def segments(layout: Layout) -> list[str]:
    """List the content ids of the segments on disk."""
    return _members(layout, layout.root / "segments")


def _members(layout: Layout, folder: Path) -> list[str]:
    return [name for name in layout.disk.names(folder) if NAME.fullmatch(name)]


def _strangers(layout: Layout, folder: Path, known: Iterable[str]) -> Iterator[str]:
    return (name for name in layout.disk.names(folder) if name not in set(known))


def _unknown(path: Path) -> DamagedStoreError:
    return DamagedStoreError(f"{path} does not belong to the store; move it elsewhere")


def _try(report: VerifyReport, act: Callable[[], object]) -> None:
    try:
        act()
    except StoreError as error:
        report.damaged.append(error)


def _check_pointer(layout: Layout) -> None:
    snapshot_id = layout.current_id()
    if snapshot_id is not None and snapshot_id not in layout.snapshot_ids():
        raise damaged(layout.current, "it names a snapshot that is not there")


def _check_snapshot(layout: Layout, snapshot_id: str) -> None:
    for entry in layout.read_snapshot(snapshot_id).lists:
        for folder in (layout.list_version(entry.list_id, entry.version), layout.segment(entry.segment)):
            if not layout.disk.exists(folder / "manifest.json"):
                raise damaged(folder / "manifest.json", f"snapshot {snapshot_id} needs it and it is missing")


def _verify_folder(
    report: VerifyReport, layout: Layout, folder: Path, read: Callable[[], ListManifest | SegmentManifest]
) -> None:
    report.n_files += 1
    try:
        files = read().files
        report.n_files += len(files)
        report.damaged += [damaged(path, fault) for path, fault in faults(layout.disk, folder, files)]
        known = {"manifest.json", *(f"{name}.arrow" for name in files)}
        report.damaged += [_unknown(folder / name) for name in _strangers(layout, folder, known)]
    except StoreError as error:
        report.damaged.append(error)
