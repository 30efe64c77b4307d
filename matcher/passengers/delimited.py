"""Delimited text files (CSV) of travellers: streaming, strict, and no row lost.

Fixed order of the steps: open -> encoding by byte order mark, else UTF-8 -> header line -> delimiter
(comma, semicolon, tab or bar: the one that gives most known headers) -> records -> `FlatRow` -> batches.

A record is one line, or several when a quoted field holds line ends. A line that cannot be read is a
reject with its reason and takes no other line with it: where quotes never close, or close in the wrong
place, the first line alone is rejected and reading goes on at the next. Blank lines are not rows.
Memory is bounded whatever the file: a line is read up to `LONGEST_ROW` characters, a record of several
lines up to that and `MOST_LINES` lines, a batch up to `BATCH_ROWS` rows or `BATCH_CHARACTERS`.
Not here: other encodings and formats (a later issue).
"""

from __future__ import annotations

import codecs
import io
import re
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

import pyarrow as pa

from matcher.errors import DiskError, InputError
from matcher.files import LOCAL_DISK, Disk
from matcher.passengers.flat import BATCH_ROWS, FlatRow, reject_row, traveller_batch, traveller_row
from matcher.passengers.headers import ColumnMapping, count_known
from matcher.passengers.row import FIELD_TOO_LONG, LONGEST_ROW
from matcher.schema import TRAVELLER

DELIMITERS = (",", ";", "\t", "|")
MOST_LINES = 50  # of one record; a cell of a passenger list with more line ends is a quote that never closed
BATCH_CHARACTERS = 16 * LONGEST_ROW
WRONG_FIELD_COUNT = "row_has_wrong_field_count"
BAD_QUOTES = "row_has_bad_quotes"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BINARY = (b"PK\x03\x04", b"PAR1", b"ARROW1", b"%PDF", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"\x7fELF", b"SQLite format 3")
_QUOTED = re.compile(r'"([^"]*(?:""[^"]*)*)("?)')
_STILL_OPEN = "still_open"
T = TypeVar("T")


def read_csv(path: Path, *, mapping: ColumnMapping | None = None, disk: Disk = LOCAL_DISK) -> pa.RecordBatchReader:
    """Read a delimited text file of travellers.

    Args:
        path: The file; UTF-8 with or without byte order mark, or UTF-16 with one; its first line is the
            header.
        mapping: Field to header, for columns that the header table doesn't know.
        disk: The seam for disk access.

    Returns:
        A reader of TRAVELLER batches, one row a data row, in the file's order; rows that cannot be read
        carry `reject_reason`.

    Raises:
        InputError: empty file, binary file, another encoding, or no known column. A wrong byte further
            down is raised when the reader comes to it.
        DiskError: the file cannot be opened or read.

    Cost:
        About 30,000 rows a second on one core; memory bounded as the module says.
    """
    lines = _Lines(disk.open_read(path), path)
    try:
        header, delimiter = _header(lines)
        reading = FlatRow(header, mapping, what=path.name)
    except InputError:
        lines.close()
        raise
    return pa.RecordBatchReader.from_batches(TRAVELLER, _batches(lines, reading, delimiter))


class _Lines:
    """Physical lines of a text file, each at most `LONGEST_ROW` characters; a longer one is None.

    Lines that were looked at and not used are given back with `put_back`.
    """

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self._stream, self._path = stream, path
        self._waiting: deque[str | None] = deque()
        start = self._guarded(lambda: stream.read(64))
        stream.seek(0)
        if start.startswith(_BINARY):
            stream.close()
            raise InputError(f"{path.name} is a binary file, not CSV; give its format or save it as CSV in UTF-8")
        encoding = next((name for mark, name in _MARKS if start.startswith(mark)), "utf-8")
        self._text = io.TextIOWrapper(stream, encoding=encoding, newline="")

    def __iter__(self) -> Iterator[str | None]:
        return self

    def __next__(self) -> str | None:
        if self._waiting:
            return self._waiting.popleft()
        line = self._read()
        if not line:
            raise StopIteration
        if len(line) <= LONGEST_ROW:
            return line
        while line and not line.endswith(("\n", "\r")):
            line = self._read()
        return None

    def put_back(self, lines: list[str | None]) -> None:
        self._waiting.extendleft(reversed(lines))

    def close(self) -> None:
        self._text.close()

    def _read(self) -> str:
        return str(self._guarded(lambda: self._text.readline(LONGEST_ROW + 1)))

    def _guarded(self, act: Callable[[], T]) -> T:
        try:
            return act()
        except UnicodeError as error:
            raise InputError(f"{self._path.name} is not UTF-8, the encoding of CSV here; save it as UTF-8") from error
        except OSError as error:
            raise DiskError(f"cannot read {self._path.name}: {error.strerror}; nothing was changed") from error


def _header(lines: _Lines) -> tuple[list[str], str]:
    """Return the header's columns and the delimiter that gives most known ones."""
    line = next((line for line in lines if line is None or line.strip()), "")
    if line is None:
        raise InputError(f"the first line has over {LONGEST_ROW} characters, so it is no CSV header; give its format")
    if not line:
        raise InputError("the file is empty, a header line is needed; write one, such as full_name,birth_date")
    best, chosen = ((-1, -1), [""]), ","
    for delimiter in DELIMITERS:
        fields = _split(line.rstrip("\r\n"), delimiter)
        if isinstance(fields, list) and (count_known(fields), len(fields)) > best[0]:
            best, chosen = ((count_known(fields), len(fields)), fields), delimiter
    return [field.strip() for field in best[1]], chosen


def _batches(lines: _Lines, reading: FlatRow, delimiter: str) -> Iterator[pa.RecordBatch]:
    rows = []
    n_characters = 0
    try:
        for number, record in enumerate(_records(lines, delimiter, reading.n_columns), 1):
            if isinstance(record, str):
                rows.append(reject_row(record, number))
            else:
                rows.append(traveller_row(reading.traveller(record), number))
                n_characters += sum(map(len, record))
            if len(rows) >= BATCH_ROWS or n_characters >= BATCH_CHARACTERS:
                yield traveller_batch(rows)
                rows, n_characters = [], 0
        if rows:
            yield traveller_batch(rows)
    finally:
        lines.close()


def _records(lines: _Lines, delimiter: str, n_columns: int) -> Iterator[list[str] | str]:
    """Give each data row as its fields, or as the reason why it has none."""
    for line in lines:
        if line is None:
            yield FIELD_TOO_LONG
        elif '"' in line:
            yield _quoted_record(line, lines, delimiter, n_columns)
        elif text := line.rstrip("\r\n"):
            fields = text.split(delimiter)
            yield fields if len(fields) == n_columns else WRONG_FIELD_COUNT


def _quoted_record(first: str, lines: _Lines, delimiter: str, n_columns: int) -> list[str] | str:
    """Read a row that holds quotes, over several lines where a field is still open at a line's end."""
    text = first
    ahead: list[str | None] = []
    fields = _split(text.rstrip("\r\n"), delimiter)
    while fields == _STILL_OPEN and len(ahead) < MOST_LINES:
        try:
            ahead.append(next(lines))
        except StopIteration:
            break
        text += ahead[-1] or ""
        if ahead[-1] is None or len(text) > LONGEST_ROW:
            break
        fields = _split(text.rstrip("\r\n"), delimiter)
    if isinstance(fields, list) and len(fields) == n_columns:
        return fields
    # Whatever went wrong began in the first line: it alone is lost, the others are read as rows of their own.
    lines.put_back(ahead)
    return WRONG_FIELD_COUNT if isinstance(fields, list) and not ahead else BAD_QUOTES


def _split(text: str, delimiter: str) -> list[str] | str:
    """Split a record into fields (RFC 4180): the fields, or `_STILL_OPEN`, or `BAD_QUOTES`.

    A quote opens a field only as its first character; elsewhere in an unquoted field it is a letter.
    """
    fields = []
    start = 0
    while True:
        if found := _QUOTED.match(text, start):
            if not found[2]:
                return _STILL_OPEN
            fields.append(found[1].replace('""', '"'))
            end = found.end()
            if end < len(text) and text[end] != delimiter:
                return BAD_QUOTES
        else:
            end = text.find(delimiter, start)
            end = len(text) if end < 0 else end
            fields.append(text[start:end])
        if end >= len(text):
            return fields
        start = end + 1
