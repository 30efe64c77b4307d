"""CSV files with a header, read in blocks of whole lines: as columns where every line is plain, else by rows.

Steps: header line -> blocks of about `BLOCK_BYTES` that end with a line -> each block is one of three:

1. plain: every line a record by itself, each with the header's number of cells -> columns, through Arrow;
2. records by themselves, but some short, long or with NUL -> cut in parts until the part with the odd line is
   small, and that part's records one by one (`source`);
3. a quote that may span lines, a lone carriage return, an end-of-file byte -> all records from here on.

The records are those that `source.read_table` gives, in every case (`tests/ingest/test_sltd_blocks.py`).
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from matcher.errors import DiskError, InputError
from matcher.files import Disk
from matcher.ingest.source import FIELD_CHARS, RECORD_CHARS, Record, open_text, read_table, records_of, with_width
from matcher.schema import TEXT

BLOCK_BYTES = 4 << 20
SMALL_BYTES = 64 << 10  # a block of this size with an odd line is not cut further
N_PARTS = 8
WHITE_SPACE = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())  # what `str.strip` strips
_PLAIN_LINE = re.compile(rb'(?:[^",\n]*|"(?:[^"\n]|"")*")(?:,(?:[^",\n]*|"(?:[^"\n]|"")*"))*\r?')

Piece = tuple[int, "pa.Table | Iterator[Record]"]  # 1-based row of the first record; columns, or records


def read_pieces(path: Path, disk: Disk, header: Sequence[str], *, only: str | None = None) -> Iterator[Piece]:
    """Read the rows behind the header in pieces: tables of stripped texts, or records.

    Args:
        path: The file.
        disk: The seam for disk access.
        header: Its column names, as `source.read_table` gives them.
        only: The one column that is wanted of the tables; by default all. Records are always whole.

    Raises:
        InputError: as `source.read_table`.
        DiskError: the file cannot be read.

    Cost:
        One pass; holds one block.
    """
    row, offset = 1, 0
    with disk.open_read(path) as stream:
        try:
            start = stream.readline(RECORD_CHARS)
            if not _is_header(start, header):
                yield 1, read_table(path, disk)[1]
                return
            offset = len(start)
            while block := _next_block(stream):
                if len(block) > BLOCK_BYTES + RECORD_CHARS or not _is_self_contained(block):
                    break
                for piece in _block_pieces(block, header, path.name, only):
                    if isinstance(piece, pa.Table):
                        yield row, piece
                        row += piece.num_rows
                    else:
                        counted = _Counted(piece)
                        yield row, iter(counted)
                        row += counted.n_records
                offset += len(block)
        except OSError as error:
            raise DiskError(f"cannot read {path}: {error.strerror or type(error).__name__}") from error
    if block:
        yield row, _records_from(path, disk, offset, len(header))


class _Counted:
    """Records counted while they are taken."""

    def __init__(self, records: Iterator[Record]) -> None:
        self._records = records
        self.n_records = 0

    def __iter__(self) -> Iterator[Record]:
        for record in self._records:
            self.n_records += 1
            yield record


def _is_header(line: bytes, header: Sequence[str]) -> bool:
    try:
        text = line.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        return False
    is_whole = text.endswith("\n") and "\r" not in text.removesuffix("\n").removesuffix("\r")
    return is_whole and '"' not in text and [name.strip() for name in text.split(",")] == list(header)


def _next_block(stream: BinaryIO) -> bytes:
    block = stream.read(BLOCK_BYTES)
    return block if not block or block.endswith(b"\n") else block + stream.readline(RECORD_CHARS + 1)


def _is_self_contained(block: bytes) -> bool:
    """Tell whether no record of the block can go on in the next one, whatever it holds."""
    if b"\x1a" in block or (b"\r" in block and block.count(b"\r") != block.count(b"\r\n")):
        return False
    return all(_PLAIN_LINE.fullmatch(line) for line in _quoted_lines(block))


def _quoted_lines(block: bytes) -> Iterator[bytes]:
    at = block.find(b'"')
    while at >= 0:
        end = block.find(b"\n", at)
        end = len(block) if end < 0 else end
        yield block[block.rfind(b"\n", 0, at) + 1 : end]
        at = block.find(b'"', end)


def _block_pieces(
    block: bytes, header: Sequence[str], name: str, only: str | None
) -> Iterator[pa.Table | Iterator[Record]]:
    """Go through a self-contained block: as columns, or in parts, so that one odd line costs its neighbours little."""
    table = _columns(block, header, only)
    parts = [] if table is not None or len(block) <= SMALL_BYTES else _parts(block)
    if table is not None:
        yield table
    elif len(parts) < 2:
        yield _block_records(block, name, len(header))
    else:
        for part in parts:
            yield from _block_pieces(part, header, name, only)


def _parts(block: bytes) -> list[bytes]:
    """Cut a block at ends of lines."""
    parts, start = [], 0
    for part in range(1, N_PARTS + 1):
        end = block.find(b"\n", max(start, len(block) * part // N_PARTS - 1)) + 1 or len(block)
        if end > start:
            parts.append(block[start:end])
        start = end
    return parts


def _columns(block: bytes, header: Sequence[str], only: str | None) -> pa.Table | None:
    """Return the block's cells as stripped texts; None where some line is not plain."""
    if b"\0" in block or block.startswith(codecs.BOM_UTF8) or not _is_utf8(block):
        return None  # Arrow would drop the mark, which is text here
    if _longest_line(block) >= min(FIELD_CHARS, RECORD_CHARS // (len(header) + 1)):
        return None
    faults: list[Any] = []

    def refuse(row: Any) -> str:
        faults.append(row)
        return "skip"

    try:
        table = csv.read_csv(
            pa.BufferReader(block),
            csv.ReadOptions(column_names=list(header), use_threads=False, block_size=len(block) + 1),
            csv.ParseOptions(invalid_row_handler=refuse),
            csv.ConvertOptions(
                column_types=dict.fromkeys(header, TEXT),
                strings_can_be_null=False,
                include_columns=[only] if only else list(header),
            ),
        )
    except pa.ArrowInvalid:  # blank lines alone
        return None
    if faults:
        return None
    columns = [pc.utf8_trim(column.combine_chunks(), characters=WHITE_SPACE) for column in table.columns]
    return pa.table(columns, names=table.column_names)


def _longest_line(block: bytes) -> int:
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
    return int(np.diff(ends, prepend=-1, append=len(block)).max())


def _is_utf8(block: bytes) -> bool:
    if block.isascii():
        return True
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _block_records(block: bytes, name: str, width: int) -> Iterator[Record]:
    try:
        text = io.StringIO(block.decode(), newline="")
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8 text; save it as UTF-8 and import it again") from error
    return (with_width(record, width) for record in records_of(text, name))


def _records_from(path: Path, disk: Disk, offset: int, width: int) -> Iterator[Record]:
    """Read records from a place in the file, which need not be seekable."""
    with open_text(path, disk, offset=offset) as stream:
        for record in records_of(stream, path.name):
            yield with_width(record, width)
