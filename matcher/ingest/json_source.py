"""JSON list files, read object by object: one a line, in an array, in the API's list form, or a single one.

Steps: byte order mark -> one object a line, or one document -> each object apart, bounded -> decoded, or a
reason code. A file of lines has no size limit; one document is held in memory, up to `DOCUMENT_BYTES`. A
longer array is read as lines if it has one object a line, else refused. A damaged line costs itself; a damaged
document is refused, since nobody can tell where its next object begins.
Not here: what the members mean (one module a format), and members of other types (`json_values`).
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from matcher.errors import DiskError, InputError
from matcher.files import Disk
from matcher.ingest.reject import BROKEN_JSON, FIELD_TOO_LONG, NUL_BYTE

RECORD_BYTES = 4 << 20  # of one object; real ones have up to 100,000
DOCUMENT_BYTES = 64 << 20  # of a file that is one JSON value, held in memory as bytes
MAX_DEPTH = 32
_SPACE = b" \t\r\n"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BAD_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

Record = tuple[dict[str, Any] | None, str | None]  # an object, or a reason code where it cannot be used
_raws = msgspec.json.Decoder(list[msgspec.Raw])
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_objects(path: Path, disk: Disk, *, within: Sequence[str] = ()) -> Iterator[Record]:
    """Read the objects of a JSON file in file order.

    Args:
        path: The file, UTF-8; a byte order mark is dropped.
        disk: The seam for disk access.
        within: Member names that lead from an object to an array of objects (`_embedded`, `notices`). An
            object that has them stands for the objects of that array.

    Yields:
        An object and None, or None and a code of `matcher.ingest.reject.REASONS`.

    Raises:
        InputError: the file is empty, UTF-16, no JSON, truncated, or one value of more than
            `DOCUMENT_BYTES`.
        DiskError: the file cannot be read.

    Cost:
        One pass; holds one line, or the bytes of one document.
    """
    try:
        with disk.open_read(path) as stream:
            start = _first_bytes(stream, path.name)
        with disk.open_read(path) as stream:
            is_lines = _begins_with_line(stream)
        if start == b"[" and is_lines:
            with disk.open_read(path) as stream:
                is_lines = _is_beyond_a_document(stream)
        with disk.open_read(path) as stream:
            for raw in _lines(stream, path.name) if is_lines else _document(stream, path.name):
                yield from _records(raw, within)
    except OSError as error:
        raise DiskError(f"cannot read {path}: {error.strerror or type(error).__name__}") from error


def _first_bytes(stream: BinaryIO, name: str) -> bytes:
    """Return the first byte behind byte order mark and white space: that of an object or of an array."""
    start = stream.read(len(codecs.BOM_UTF8))
    if start.startswith(_UTF16):
        raise InputError(f"{name} is UTF-16, JSON lists are UTF-8; save it as UTF-8 and import it again")
    start = start.removeprefix(codecs.BOM_UTF8).lstrip(_SPACE)
    while not start and (chunk := stream.read(1 << 16)):
        start = chunk.lstrip(_SPACE)
    if not start:
        raise InputError(f"{name} is empty; give the file that the list's owner publishes")
    if start[:1] not in (b"{", b"["):
        raise InputError(f"{name} is not JSON: it begins with neither an object nor an array; check the format")
    return start[:1]


def _raw_lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Yield the lines that hold something, stripped; None for an overlong one."""
    is_first = True
    while line := stream.readline(RECORD_BYTES + 1):
        if is_first:
            line, is_first = line.removeprefix(codecs.BOM_UTF8), False
        if len(line) > RECORD_BYTES and not line.endswith(b"\n"):
            while (rest := stream.readline(RECORD_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield None
        elif line := line.strip(_SPACE):
            yield line


def _begins_with_line(stream: BinaryIO) -> bool:
    """Tell whether the first line, or the second behind a damaged one, is an object by itself."""
    lines = _raw_lines(stream)
    first = next(lines, None)
    if first == b"{":
        return False  # the usual beginning of one object over many lines
    if first == b"[":
        first, second = next(lines, None), None
        first = first and first.rstrip(b",")
    else:
        second = next(lines, None)
    return any(line and line.startswith(b"{") and _decode(line)[0] is not None for line in (first, second))


def _is_beyond_a_document(stream: BinaryIO) -> bool:
    n_left = DOCUMENT_BYTES
    while n_left >= 0 and (chunk := stream.read(1 << 16)):
        n_left -= len(chunk)
    return n_left < 0


def _lines(stream: BinaryIO, name: str) -> Iterator[bytes | None]:
    """Yield one object a line, None for an overlong one; the brackets of an array around them are passed over."""
    opened = closed = False
    for count, line in enumerate(_raw_lines(stream)):
        if count == 0 and line == b"[":
            opened = True
        elif opened and line == b"]":
            closed = True
        else:
            yield line.rstrip(b",") if opened and line is not None else line
    if opened and not closed:
        raise InputError(f"{name} ends before its array does; the file is damaged, get it again")


def _document(stream: BinaryIO, name: str) -> Iterator[bytes | None]:
    content = stream.read(DOCUMENT_BYTES + 1).removeprefix(codecs.BOM_UTF8)
    if len(content) > DOCUMENT_BYTES:
        raise InputError(
            f"{name} is one JSON value of more than {DOCUMENT_BYTES >> 20} MB; write it with one object a line"
        )
    try:
        if content.lstrip(_SPACE).startswith(b"["):
            raws = _raws.decode(content)
        else:
            raws = [msgspec.json.decode(content, type=msgspec.Raw)]
    except _BAD_JSON as error:
        raise InputError(f"{name} is not complete, well-formed JSON; get the file again") from error
    for raw in raws:
        yield memoryview(raw).tobytes()


def _records(raw: bytes | None, within: Sequence[str]) -> Iterator[Record]:
    """Decode one object, or the objects that it stands for."""
    if raw is None:
        yield None, FIELD_TOO_LONG
    elif within and (listed := _listed(raw, within)) is not None:
        for one in listed:
            yield _decode(memoryview(one).tobytes())
    else:
        yield _decode(raw)


def _listed(raw: bytes, within: Sequence[str]) -> list[msgspec.Raw] | None:
    if f'"{within[0]}"'.encode() not in raw:
        return None
    try:
        inner = msgspec.Raw(raw)
        for name in within:
            members = _members.decode(inner)
            if name not in members:
                return None
            inner = members[name]
        return _raws.decode(inner)
    except _BAD_JSON:
        return None


def _decode(raw: bytes) -> Record:
    if len(raw) > RECORD_BYTES:
        return None, FIELD_TOO_LONG
    if b"\0" in raw or b"\\u0000" in raw:
        return None, NUL_BYTE
    try:
        value = msgspec.json.decode(raw)
    except _BAD_JSON:
        return None, BROKEN_JSON
    is_deep = raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _is_deep(value)
    return (None, BROKEN_JSON) if is_deep or not isinstance(value, dict) else (value, None)


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True
