"""Where each file of a store lies, the pointer to the snapshot in force, and the one writer at a time.

Nothing is changed in place: a new file or folder is made in `.work`, flushed, and moved to its name by one
rename. `.work` is emptied when a writer begins and ends, so leftovers of a killed one never count.
Steps of a change: lock -> key and stamp (first time) -> empty `.work` -> what the caller does -> `put_in_force`.
"""

from __future__ import annotations

import contextlib
import datetime
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from matcher.errors import DiskError, StoreError, UsageError
from matcher.files import LOCAL_DISK, Disk
from matcher.snapshot.manifest import (
    SNAPSHOT_ID,
    Calibration,
    Content,
    Snapshot,
    StoreStamp,
    check_name,
    damaged,
    decode,
    digest_of,
    encode,
)

KEY_BYTES = 32
Compared: TypeAlias = dict[Path, tuple[tuple[int, int, int], str]]  # a file's mark and checksum
OWN_NAMES = {
    "KEY", "LOCK", "CURRENT", "store.json", "calibration.json", "lists", "segments", "snapshots", "screenings",
    "deletions", ".work",
    "audit", "service.sqlite", "service.sqlite-wal", "service.sqlite-shm",  # the service's own, by default
}  # fmt: skip


def now() -> str:
    """Return the present instant as ISO 8601 text, UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


@dataclass(frozen=True)
class Layout:
    """The folder of a store; every path of the store is made here.

    Attributes:
        root: The store's folder; it need not exist.
        disk: Disk access.
        given_key: The key that the caller keeps, or None when the store keeps its own in `KEY`.
        compared: Files that were compared with their checksums (`snapshot.read.check_files`).
    """

    root: Path
    disk: Disk = LOCAL_DISK
    given_key: bytes | None = field(default=None, repr=False)
    compared: Compared = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.given_key is not None and not 16 <= len(self.given_key) <= 64:
            raise UsageError(f"the key has {len(self.given_key)} bytes, 16 to 64 are allowed; give another")

    @property
    def work(self) -> Path:
        """The folder where the one writer makes what is new."""
        return self.root / ".work"

    @property
    def current(self) -> Path:
        """The pointer: the id of the snapshot in force, and a line break."""
        return self.root / "CURRENT"

    @property
    def calibration(self) -> Path:
        """The file that fits the model to the store's lists; absent until `epervier store calibrate`."""
        return self.root / "calibration.json"

    def list_version(self, list_id: str, version: str) -> Path:
        """The folder of a list version; the names are checked, since folders are made from them.

        Examples:
            >>> Layout(Path("s")).list_version("un-sc", "v1").as_posix()
            's/lists/un-sc/v1'
        """
        return self.root / "lists" / check_name(list_id) / check_name(version, what="version")

    def segment(self, content_id: str) -> Path:
        """The folder of a segment."""
        return self.root / "segments" / check_name(content_id, what="segment id")

    def snapshot(self, snapshot_id: str) -> Path:
        """The file of a snapshot."""
        return self.root / "snapshots" / f"{check_name(snapshot_id, what='snapshot id')}.json"

    def read(self, kind: type[Content], path: Path) -> Content:
        """Read one small file.

        Raises:
            DamagedStoreError: it is missing, or not what was written.
            StoreVersionError: it has another schema.
        """
        if not self.disk.exists(path):
            raise damaged(path, "it is missing")
        return decode(kind, self.disk.read(path), path)

    def current_id(self) -> str | None:
        """Return the id of the snapshot in force; None when none is.

        Raises:
            DamagedStoreError: `CURRENT` holds something else than an id.
        """
        if not self.disk.exists(self.current):
            return None
        text = self.disk.read(self.current).decode("ascii", errors="replace")
        if not text.endswith("\n") or not SNAPSHOT_ID.fullmatch(text[:-1]):
            raise damaged(self.current, "it does not hold the id of a snapshot and a line break")
        return text[:-1]

    def read_snapshot(self, snapshot_id: str) -> Snapshot:
        """Read a snapshot, and see that the file is the one its name promises."""
        path = self.snapshot(snapshot_id)
        found = self.read(Snapshot, path)
        if found.snapshot_id != snapshot_id:
            raise damaged(path, "it is another snapshot")
        return found

    def in_force(self) -> Snapshot | None:
        """Return the snapshot in force, or None when nothing was put in force yet."""
        self.check_stamp()
        snapshot_id = self.current_id()
        return None if snapshot_id is None else self.read_snapshot(snapshot_id)

    def snapshot_ids(self) -> list[str]:
        """List the ids of the snapshot files, in no meaningful order."""
        names = self.disk.names(self.root / "snapshots")
        return [name[:-5] for name in names if name.endswith(".json") and SNAPSHOT_ID.fullmatch(name[:-5])]

    def read_calibration(self) -> Calibration | None:
        """Return what fits the model to the store's lists; None where it was never calibrated."""
        return self.read(Calibration, self.calibration) if self.disk.exists(self.calibration) else None

    def check_stamp(self) -> bool:
        """Tell whether the folder is a store of ours, of a schema and a key that we have.

        Raises:
            StoreError: the folder holds other things, or the key is not the store's.
            StoreVersionError: the store has another schema.
        """
        path = self.root / "store.json"
        if not self.disk.exists(path):
            if set(self.disk.names(self.root)) - OWN_NAMES:
                raise StoreError(f"{self.root} holds files but no store; name a store, or a new or empty folder")
            if self.disk.exists(self.current):
                raise damaged(path, "it is missing")
            return False
        stamp = self.read(StoreStamp, path)
        if digest_of(["key", self._key_bytes()]) != stamp.key_check:
            if self.given_key is not None:
                raise StoreError(f"the key given is not the one that {self.root} was made with; give that one")
            raise damaged(self.root / "KEY", "it is not the key that the store was made with")
        return True

    def key(self) -> bytes:
        """Return the key of the entry ids, checked against the store's stamp."""
        self.check_stamp()
        return self._key_bytes()

    @contextlib.contextmanager
    def writing(self, *, create: bool = False) -> Iterator[Snapshot | None]:
        """Hold the store as its one writer; gives the snapshot in force, None when there is none.

        Args:
            create: Make the folder, the key and the stamp where they are missing.

        Raises:
            StoreLockedError: another writer holds it.
            StoreError: there is no store and none is to be made.
        """
        if not self.check_stamp() and not create:
            raise StoreError(f"{self.root} is not a store yet; import a list with `epervier lists import`")
        self.disk.make_folder(self.root)
        with self.disk.lock(self.root / "LOCK"):
            try:
                self.disk.remove(self.work)
                self.disk.make_folder(self.work)
                self._make_stamp()
                yield self.in_force()
            finally:
                with contextlib.suppress(DiskError):  # the error on its way says more; the next writer empties it
                    self.disk.remove(self.work)

    def put(self, path: Path, content: bytes) -> None:
        """Put a small file in its place: old or new, never a mixture. Only while `writing`."""
        self.disk.make_folder(path.parent)
        fresh = self.work / path.name
        self.disk.write(fresh, content)
        self.disk.rename(fresh, path)

    def move_in(self, fresh: Path, target: Path) -> None:
        """Move a finished folder from `.work` to its name; a damaged one of that name makes room."""
        self.disk.make_folder(target.parent)
        self.discard(target)
        self.disk.rename(fresh, target)

    def discard(self, path: Path) -> None:
        """Take a file or folder out of the store in one rename; `.work` is emptied later."""
        if self.disk.exists(path):
            self.disk.rename(path, self.work / f"out-{secrets.token_hex(8)}")

    def put_in_force(self, snapshot: Snapshot, *, began_from: Snapshot | None) -> None:
        """Write a snapshot and point `CURRENT` to it, if that still names what the writer began from.

        Raises:
            StoreError: something else put another snapshot in force meanwhile; ours is not.
        """
        self.put(self.snapshot(snapshot.snapshot_id), encode(snapshot))
        if self.current_id() != (began_from and began_from.snapshot_id):
            raise StoreError(
                f"{self.current} was changed while the store was held; nothing was put in force; try again"
            )
        try:
            self.put(self.current, f"{snapshot.snapshot_id}\n".encode())
        except DiskError as error:
            if self.current_id() == snapshot.snapshot_id and snapshot != began_from:
                raise DiskError(f"{self.current} was replaced but may not outlast a power cut; try again") from error
            raise

    def _key_bytes(self) -> bytes:
        if self.given_key is not None:
            return self.given_key
        path = self.root / "KEY"
        if not self.disk.exists(path):
            raise StoreError(f"{path} is missing; give the key that the store was made with, or restore the file")
        return self.disk.read(path)

    def _make_stamp(self) -> None:
        if self.disk.exists(self.root / "store.json"):
            return
        if self.given_key is None and not self.disk.exists(self.root / "KEY"):
            self.put(self.root / "KEY", secrets.token_bytes(KEY_BYTES))
        stamp = StoreStamp(created_at=now(), key_check=digest_of(["key", self._key_bytes()]))
        self.put(self.root / "store.json", encode(stamp))
