"""Files of travellers as streams of bytes, out of gzip and zip where they are packed, with every bound.

Steps: open -> first bytes -> gzip: the one stream; zip: its one member -> a stream that counts what comes out.
A zip must hold exactly one file, its name without a folder, not encrypted and not packed itself. What comes out may
be `MOST_RATIO` times what went in (beyond `FREE_BYTES`) and `MOST_BYTES` in all: more is a bomb, and reading ends.
Nothing is written to disk. An xlsx is a zip too, and is left as it is (`matcher.passengers.workbook`).
"""

from __future__ import annotations

import contextlib
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from matcher.errors import DiskError, InputError
from matcher.files import CHUNK_BYTES, Disk

MOST_RATIO = 100  # passenger lists pack 3 to 15 times smaller, a bomb 1,000 times
FREE_BYTES = 64 << 20  # unpacked at any ratio: small files of one repeated row are no bombs
MOST_BYTES = 256 << 30  # about three thousand million travellers
MOST_HELD = 256 << 20  # of a packed file that must be held in memory, since its format is read from the end
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_PACKED_ENDINGS = (".gz", ".zip", ".bz2", ".xz", ".zst", ".7z", ".rar", ".tar", ".tgz")
_FAULTS = (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, NotImplementedError, RuntimeError)


@dataclass(slots=True)
class Source:
    """A file that is open: its bytes, unpacked, and the name that its format is told from."""

    stream: BinaryIO
    name: str
    packing: str | None = None

    def close(self) -> None:
        """Close it and what it was unpacked from."""
        self.stream.close()


def open_source(path: Path, disk: Disk) -> Source:
    """Open a file; unpack it where its first bytes are gzip's or zip's.

    Raises:
        InputError: a zip of another content than one plain file, or a damaged one.
        DiskError: the file cannot be opened or read.
    """
    with contextlib.ExitStack() as undo:
        stream = undo.enter_context(disk.open_read(path))
        try:
            start = stream.read(4)
            stream.seek(0)
            source = Source(stream, path.name)
            if start.startswith(_GZIP):
                name = path.name.removesuffix(".gz")
                source = Source(_unpacked(stream, gzip.GzipFile(fileobj=stream), disk.size(path), name), name, "gzip")
            elif start == _ZIP:
                source = _open_zip(stream, path, disk)
        except OSError as error:
            raise DiskError(f"cannot read {path.name}: {error.strerror}; nothing was changed") from error
        undo.pop_all()
        return source


def _open_zip(stream: BinaryIO, path: Path, disk: Disk) -> Source:
    try:
        packed = zipfile.ZipFile(stream)
        members = packed.infolist()
        if any(member.filename == "[Content_Types].xml" for member in members):
            stream.seek(0)
            return Source(stream, path.name)  # a workbook
        member = _only_member(members, path.name)
        name = member.filename
        return Source(_unpacked(stream, packed.open(member), disk.size(path), name), name, "zip")
    except (*_FAULTS, ValueError) as error:  # ValueError: a name or an offset that zipfile can't take
        raise InputError(f"{path.name} is not a whole zip file; pack it again, or give the file itself") from error


def _only_member(members: list[zipfile.ZipInfo], name: str) -> zipfile.ZipInfo:
    if len(members) != 1:
        raise InputError(f"{name} holds {len(members)} files, exactly one is needed; unpack it and give one of them")
    member = members[0]
    if set(member.filename) & set("/\\:\0") or member.filename in ("", ".", ".."):
        raise InputError(f"{name} holds a file with a path in its name; unpack it and give the file itself")
    if member.flag_bits & 0x1:
        raise InputError(f"{name} is encrypted; unpack it and give the file itself")
    if member.filename.lower().endswith(_PACKED_ENDINGS):
        raise InputError(f"{name} holds another packed file; unpack it and give the file itself")
    return member


def held(source: Source) -> BinaryIO:
    """Return a stream that can be read from its end: a packed file is held in memory, up to `MOST_HELD`.

    Raises:
        InputError: it is larger.
    """
    if source.packing is None:
        return source.stream
    content = source.stream.read(MOST_HELD + 1)
    if len(content) > MOST_HELD:
        raise InputError(
            f"{source.name} unpacks to over {MOST_HELD >> 20} MB, too much for its format; unpack it first"
        )
    source.stream.close()
    return io.BytesIO(content)


def _unpacked(outer: BinaryIO, inner: Any, packed_bytes: int, name: str) -> BinaryIO:
    raw = _Bounded(outer, inner, packed_bytes, name)
    return cast(BinaryIO, io.BufferedReader(raw, CHUNK_BYTES))


class _Bounded(io.RawIOBase):
    """What comes out of a packed stream, counted; its faults become errors of ours."""

    def __init__(self, outer: BinaryIO, inner: Any, packed_bytes: int, name: str) -> None:
        super().__init__()
        self._outer, self._inner, self._packed_bytes, self._name = outer, inner, packed_bytes, name
        self._n_bytes = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._guarded(lambda: self._inner.read(len(buffer)))
        self._n_bytes += len(piece)
        if self._n_bytes > min(MOST_BYTES, FREE_BYTES + MOST_RATIO * self._packed_bytes):
            raise InputError(f"{self._name} unpacks to over {MOST_RATIO} times its size, a bomb; unpack it first")
        buffer[: len(piece)] = piece
        return len(piece)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if offset or whence != io.SEEK_SET:
            raise io.UnsupportedOperation("a packed stream can only be read again from its start")
        self._n_bytes = 0
        return int(self._guarded(lambda: self._inner.seek(0)))

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._inner.close()
            self._outer.close()

    def _guarded(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except _FAULTS as error:
            raise InputError(f"{self._name} is packed and damaged; pack it again, or give the file unpacked") from error
        except OSError as error:
            raise DiskError(f"cannot read {self._name}: {error.strerror}; nothing was changed") from error
