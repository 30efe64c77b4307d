"""Packed list files: gzip and zip, opened as what they hold, with bounds on size and ratio.

Steps: first bytes -> gzip stays one file; a zip becomes its members, each a file of its own (`list.zip/sdn.csv`)
-> a `Disk` that unpacks while the readers read. So every format can be packed, and no reader knows of it.

A packed file is hostile until read: what it unpacks to is counted as it comes, and refused beyond
`MAX_BYTES`, or beyond `MAX_RATIO` times its own size once `FREE_BYTES` have come. A member's name is never a
path that is written to; one that holds a path is refused all the same, since list files have none.
"""

from __future__ import annotations

import contextlib
import errno
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from matcher.errors import DiskError, InputError
from matcher.files import Disk

MAX_BYTES = 8 << 30  # unpacked, of one file
MAX_RATIO = 200  # unpacked to packed; list files have 5 to 30, deflate's utmost is 1,032
FREE_BYTES = 16 << 20  # unpacked, before the ratio is asked
MAX_MEMBERS = 100
_GZIP, _ZIP, _EMPTY_ZIP = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06"
_DAMAGE = (zlib.error, zipfile.BadZipFile, EOFError, ValueError, KeyError, NotImplementedError, RuntimeError)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


class UnpackingDisk(Disk):
    """Reads packed files of another disk as what they hold; everything else goes to that disk.

    Args:
        disk: Where the files are.
        members: Path of a zip member, as `unpacked` makes it, to its zip file and its name in it.
    """

    def __init__(self, disk: Disk, members: dict[Path, tuple[Path, str]]) -> None:
        self._disk, self._members = disk, members

    def step(self, kind: str, path: Path) -> None:
        """Pass the call on, so that planted faults still happen."""
        self._disk.step(kind, path)

    def open_read(self, path: Path) -> BinaryIO:
        """Open a file, unpacked if it is packed."""
        if path in self._members:
            archive, name = self._members[path]
            return _open_member(archive, name, self._disk)
        stream = self._disk.open_read(path)
        with _closed_on_fault(stream, path):
            start = _start(stream)
            size = self._disk.size(path)
        if start != _GZIP:
            return stream
        return _bounded(lambda: cast(BinaryIO, gzip.GzipFile(fileobj=stream)), stream, path, size)


def unpacked(paths: Sequence[Path], disk: Disk) -> tuple[list[Path], Disk]:
    """Return the files to read and the disk to read them with; zip files are replaced by their members.

    Raises:
        InputError: a zip that is damaged, encrypted, empty, or holds too many files or a path in a name.
        DiskError: a file cannot be read.
    """
    found: list[Path] = []
    members: dict[Path, tuple[Path, str]] = {}
    for path in paths:
        with disk.open_read(path) as stream, _closed_on_fault(stream, path):
            start = _start(stream, len(_ZIP))
            names = _member_names(stream, path.name) if start in (_ZIP, _EMPTY_ZIP) else None
        if names is None:
            found.append(path)
        for name in names or ():
            found.append(path / name)
            members[path / name] = (path, name)
    return found, UnpackingDisk(disk, members)


@contextlib.contextmanager
def _closed_on_fault(stream: BinaryIO | None, path: Path) -> Iterator[None]:
    """Turn damage and faults of the disk into errors of ours; the stream is then closed."""
    is_whole = False
    try:
        yield
        is_whole = True
    except OSError as error:
        # Damage shows as a gzip error without number, or as a seek to where no file begins.
        if error.errno not in (None, errno.EINVAL):
            raise DiskError(f"cannot read {path}: {error.strerror}") from error
        raise _damaged(path.name) from error
    except _DAMAGE as error:
        raise _damaged(path.name) from error
    finally:
        if not is_whole and stream is not None:
            stream.close()


def _start(stream: BinaryIO, length: int = len(_GZIP)) -> bytes:
    start = stream.read(length)
    stream.seek(0)
    return start


def _member_names(stream: BinaryIO, name: str) -> list[str]:
    with zipfile.ZipFile(stream) as archive:
        members = archive.infolist()
    for member in members:
        if (
            not member.filename.isprintable()
            or set(member.filename) & set("/\\:")
            or member.filename in ("", ".", "..")
        ):
            raise InputError(f"{name} holds a member with a path in its name; pack the list files alone")
        if member.flag_bits & _ENCRYPTED or member.compress_type not in _METHODS:
            raise InputError(f"{name} is encrypted or packed in another way than deflate; unpack it first")
    if not 1 <= len(members) <= MAX_MEMBERS:
        raise InputError(
            f"{name} holds {len(members)} files, 1 to {MAX_MEMBERS} can be read; pack the list files alone"
        )
    names = [member.filename for member in members]
    if len(set(names)) != len(names):
        raise InputError(f"{name} holds two files of one name; pack it again")
    return names


def _open_member(path: Path, name: str, disk: Disk) -> BinaryIO:
    stream = disk.open_read(path)
    with _closed_on_fault(stream, path):
        archive = zipfile.ZipFile(stream)
        size = archive.getinfo(name).compress_size
    return _bounded(lambda: cast(BinaryIO, archive.open(name)), stream, path, size)


def _bounded(open_inner: Callable[[], BinaryIO], outer: BinaryIO, path: Path, size: int) -> BinaryIO:
    with _closed_on_fault(outer, path):
        inner = open_inner()
    return cast(BinaryIO, io.BufferedReader(_Unpacking(inner, outer, path, size), 1 << 16))


def _damaged(name: str) -> InputError:
    return InputError(f"{name} is a packed file that is damaged or cut off; get it again, or unpack it first")


class _Unpacking(io.RawIOBase):
    """What a packed file holds, counted while it is read."""

    def __init__(self, inner: BinaryIO, outer: BinaryIO, path: Path, size: int) -> None:
        super().__init__()
        self._inner, self._outer, self._path = inner, outer, path
        self._limit = min(MAX_BYTES, max(FREE_BYTES, size * MAX_RATIO))
        self._n_read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        with _closed_on_fault(None, self._path):
            content = self._inner.read(len(view))
        self._n_read += len(content)
        if self._n_read > self._limit:
            raise InputError(
                f"{self._path.name} unpacks to more than {self._limit >> 20} MB, far more than a list of its packed "
                "size does; unpack it first if it is one"
            )
        view[: len(content)] = content
        return len(content)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._inner.close()
            self._outer.close()
