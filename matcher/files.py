"""The one seam for disk access and its faults.

Everything that the library reads or writes on disk goes through a `Disk`, so that a test double can
fail, fill up or die at the n-th call (`tests/faulty_disk.py`). Every write is: a new file, mode 600,
flushed to the device, made visible by one rename. Operating-system errors leave as `DiskError`.

Steps of a safe write: temporary name -> bytes -> fsync -> rename -> fsync of the folder. A folder that is
moved into place and a new folder's parent are flushed too: else a power cut could lose their names.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

import pyarrow as pa

from matcher.errors import DiskError, StoreLockedError

CHUNK_BYTES = 1 << 20
FILE_MODE = 0o600
FOLDER_MODE = 0o700
T = TypeVar("T")


class Disk:
    """Disk access for a store and for outputs; one method a kind of call.

    A subclass that overrides `step` sees every call before it happens, with its kind and path; that is
    how faults are planted. All paths are `Path`s of this machine.
    """

    def step(self, kind: str, path: Path) -> None:
        """Be told of a call before it happens; does nothing here."""

    def _call(self, kind: str, path: Path, act: Callable[[], T]) -> T:
        try:
            self.step(kind, path)
            return act()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise DiskError(f"cannot {kind} {path}: {reason}; nothing in force was changed") from error

    def exists(self, path: Path) -> bool:
        """Tell whether a file or folder is there."""
        return self._call("look for", path, path.exists)

    def names(self, path: Path) -> list[str]:
        """List a folder's members, sorted; a missing folder has none."""
        return self._call("list", path, lambda: sorted(os.listdir(path)) if path.is_dir() else [])

    def size(self, path: Path) -> int:
        """Return a file's size in bytes."""
        return self._call("measure", path, lambda: path.stat().st_size)

    def mark(self, path: Path) -> tuple[int, int, int]:
        """Return what changes when a file is replaced or written to: its inode, its size and when it last changed."""
        found = self._call("measure", path, path.stat)
        return found.st_ino, found.st_size, found.st_mtime_ns

    def age(self, path: Path) -> float:
        """Return the seconds since a file, or the members of a folder, last changed."""
        return self._call("measure", path, lambda: time.time() - path.stat().st_mtime)

    def read(self, path: Path) -> bytes:
        """Read a whole file; for small files (manifests, mappings, pointers)."""
        return self._call("read", path, path.read_bytes)

    def open_read(self, path: Path) -> BinaryIO:
        """Open a file for reading as a stream of bytes."""
        return self._call("open", path, lambda: path.open("rb"))

    def digest(self, path: Path) -> str:
        """Return the BLAKE2b-256 of a file's bytes in hexadecimal, read in chunks."""

        def act() -> str:
            with path.open("rb") as stream:
                return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=32)).hexdigest()

        return self._call("read", path, act)

    def map_table(self, path: Path) -> pa.Table:
        """Map an uncompressed Arrow IPC file as a table without copying its buffers."""
        try:
            return self._call("map", path, lambda: pa.ipc.open_file(pa.memory_map(str(path))).read_all())
        except (pa.ArrowInvalid, pa.ArrowSerializationError) as error:
            raise DiskError(f"cannot map {path}: not an Arrow file; run `epervier store verify`") from error

    def make_folder(self, path: Path) -> None:
        """Make a folder and the parents it lacks, each mode 700; existing ones are left as they are."""

        def act() -> None:
            for folder in reversed([path, *path.parents]):
                if not folder.is_dir():
                    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
                    _flush_folder(folder.parent)

        self._call("make folder", path, act)

    def is_private(self, path: Path) -> bool:
        """Tell whether only the running user (and the machine's administrator) can change what a folder holds.

        True when the folder is the user's own with mode 700, and nobody else can put another in its place:
        each folder above it is the user's or the administrator's, and not writable by others unless sticky.
        """

        def act() -> bool:
            own = os.getuid()
            found = path.resolve().stat()
            if found.st_uid != own or found.st_mode & 0o077:
                return False
            above = (folder.stat() for folder in path.resolve().parents)
            return all(one.st_uid in (0, own) and (not one.st_mode & 0o022 or one.st_mode & 0o1000) for one in above)

        return self._call("look at", path, act)

    def create(self, path: Path) -> BinaryIO:
        """Create a file (mode 600) and return a stream whose every write and close is a call here."""

        def act() -> BinaryIO:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
            return cast(BinaryIO, _Stream(self, path, handle))

        return self._call("create", path, act)

    def write(self, path: Path, content: bytes) -> None:
        """Write a small file and flush it to the device; not atomic, see `replace`."""
        with self.create(path) as stream:
            stream.write(content)

    def replace(self, path: Path, content: bytes) -> None:
        """Put new content in force under a name, atomically: old or new, never a mixture."""
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        self.write(temporary, content)
        self.rename(temporary, path)

    def rename(self, source: Path, target: Path) -> None:
        """Rename a file or folder within one file system and flush the names to the device."""

        def act() -> None:
            if source.is_dir():
                _flush_folder(source)
            os.replace(source, target)
            _flush_folder(target.parent)

        self._call("rename", target, act)

    def remove(self, path: Path) -> None:
        """Remove a file or a folder with all that is in it; a missing one is no error."""

        def act() -> None:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

        self._call("remove", path, act)

    @contextlib.contextmanager
    def lock(self, path: Path) -> Iterator[None]:
        """Hold a lock file exclusively.

        Raises:
            StoreLockedError: another process or thread holds it; nothing is waited for.
        """
        handle = self._call("lock", path, lambda: os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE))
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StoreLockedError(
                    f"{path} is held by another writer; wait until it has finished and run the command again"
                ) from error
            yield
        finally:
            os.close(handle)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Stream(io.RawIOBase):
    """A file being written: every write and the final flush pass through the disk's seam."""

    def __init__(self, disk: Disk, path: Path, handle: int) -> None:
        super().__init__()
        self._disk, self._path, self._handle = disk, path, handle

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        view = memoryview(content).cast("B")  # type: ignore[arg-type]

        def act() -> int:
            done = 0
            while done < len(view):
                done += os.write(self._handle, view[done : done + CHUNK_BYTES])
            return done

        return self._disk._call("write", self._path, act)

    def close(self) -> None:
        if self.closed:
            return
        super().close()
        try:
            self._disk._call("flush", self._path, lambda: os.fsync(self._handle))
        finally:
            os.close(self._handle)


LOCAL_DISK = Disk()
