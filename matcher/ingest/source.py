"""Opening list files: UTF-8 text, records of a CSV file, and the refusals that all readers share.

Steps for a CSV file: bytes -> UTF-8 (byte order mark accepted) -> lines of bounded length -> records
(RFC 4180: quoted cells may hold commas, doubled quotes and line breaks) -> cells, or a reason code.

A row whose quotes are broken becomes one reject, and reading goes on with the next *line*: a stray quote
never swallows the rows behind it. Python's `csv` module is not used here: its cell limit is one setting
for the whole process, and after a stray quote it glues rows together without a word.
Not here: what the cells mean (one module a format) and passenger files (`matcher.passengers`).
"""

from __future__ import annotations

import contextlib
import io
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from matcher.errors import DiskError, InputError, UsageError
from matcher.files import Disk
from matcher.ingest.reject import BROKEN_QUOTES, FIELD_TOO_LONG, NUL_BYTE, WRONG_COLUMN_COUNT
from matcher.ingest.sink import Sink

FIELD_CHARS = 1 << 20  # of one cell; the longest real one (an OFAC remark, an EU reason) has about 10,000
RECORD_CHARS = 4 << 20  # of one record, and so what a reader holds at a time
SKIP_BYTES = 1 << 20
MAX_REREADS = 100  # broken records over several lines; more means that the file is no CSV
DOS_END_OF_FILE = "\x1a"

Record = tuple[list[str], str | None]  # cells, and a reason code where they cannot be used


@contextlib.contextmanager
def open_text(path: Path, disk: Disk, *, offset: int = 0) -> Iterator[TextIO]:
    """Open a file as strict UTF-8 text; a byte order mark at its start is dropped.

    Args:
        path: The file.
        disk: The seam for disk access.
        offset: Bytes to pass over first.

    Raises:
        InputError: some bytes read inside the block are not UTF-8.
        DiskError: the file cannot be opened or read.
    """
    encoding = "utf-8" if offset else "utf-8-sig"
    with disk.open_read(path) as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as stream:
        try:
            while offset > 0 and (skipped := raw.read(min(offset, SKIP_BYTES))):
                offset -= len(skipped)
            yield stream
        except UnicodeDecodeError as error:
            raise InputError(f"{path.name} is not UTF-8 text; save it as UTF-8 and import it again") from error
        except OSError as error:
            raise DiskError(f"cannot read {path}: {error.strerror or type(error).__name__}") from error


def read_records(path: Path, disk: Disk) -> Iterator[Record]:
    """Read the records of a CSV file, blank lines left out.

    Args:
        path: The file; a final 0x1A byte (end of file in old systems) is not a record.
        disk: The seam for disk access.

    Yields:
        Cells and None, or the cells read so far and a code of `matcher.ingest.reject.REASONS`.

    Raises:
        InputError: the file has no record, is not UTF-8, or its quotes are broken throughout.

    Cost:
        One pass; holds at most one record of `RECORD_CHARS`.
    """
    found = False
    with open_text(path, disk) as stream:
        for record in records_of(stream, path.name):
            found = True
            yield record
    if not found:
        raise InputError(f"{path.name} is empty; give the file that the list's owner publishes")


def records_of(stream: TextIO, name: str) -> Iterator[Record]:
    """Read the records of an open text, as `read_records` does; none is no error.

    Args:
        stream: Text opened with `newline=""`.
        name: Base name of the file, for errors.
    """
    lines = _Lines(stream, name)
    while (line := lines.next()) is not None:
        if line == "" or line.isspace():
            continue
        if line.rstrip() == DOS_END_OF_FILE and lines.at_end():
            break
        yield _plain_record(line) if '"' not in line else _quoted_record(line, lines)


def with_width(record: Record, width: int) -> Record:
    """Give a record of another number of cells than the header its reason code."""
    cells, fault = record
    return cells, fault or (None if len(cells) == width else WRONG_COLUMN_COUNT)


def read_table(path: Path, disk: Disk) -> tuple[list[str], Iterator[Record]]:
    """Read the header of a CSV file, and its rows as an iterator.

    Returns:
        The column names, outer white space stripped, and the records behind them: a row of another
        number of cells than the header comes with the code `wrong_column_count`.

    Raises:
        InputError: no header, a damaged one, or one that names a column twice.
    """
    records = read_records(path, disk)
    header, fault = next(records)
    names = [name.strip() for name in header]
    if fault is not None:
        raise InputError(f"{path.name} has no readable header line; it must be comma-separated UTF-8 text")
    if len(set(names)) != len(names):
        raise InputError(f"{path.name} names a column twice in its header; each name may stand once")
    return names, (with_width(record, len(names)) for record in records)


def refuse_mapping(mapping: bytes | None, format_name: str) -> None:
    """Refuse a mapping for a format that has fixed columns."""
    if mapping is not None:
        raise UsageError(f"{format_name} takes no mapping: its columns are fixed; leave the mapping out")


def require_entries(sink: Sink, paths: Sequence[Path]) -> None:
    """Refuse a list of which nothing could be read: it must not replace what is in force.

    Raises:
        InputError: no entry; the message says how many rows were rejected, and why most often.
    """
    if sink.entries:
        return
    names = ", ".join(path.name for path in paths[:3]) + (" ..." if len(paths) > 3 else "")
    if sink.by_reason:
        reason, count = sink.by_reason.most_common(1)[0]
        seen = f"{sink.by_reason.total()} rows rejected, {count} of them for {reason}"
    else:
        seen = f"{sink.dropped} rows left out by the filter" if sink.dropped else "no rows"
    raise InputError(f"{names} gives no entry ({seen}); check that format and file belong together")


class _Lines:
    """Lines of a text stream, bounded, with a way to put lines back."""

    def __init__(self, stream: TextIO, name: str) -> None:
        self._stream, self._name = stream, name
        self._back: deque[str] = deque()
        self._rereads = 0

    def next(self) -> str | None:
        """Return the next line with its end, None at the end; an overlong one comes cut."""
        if self._back:
            return self._back.popleft()
        line = self._stream.readline(RECORD_CHARS + 1)
        if len(line) > RECORD_CHARS and not line.endswith(("\n", "\r")):
            while (rest := self._stream.readline(RECORD_CHARS)) and not rest.endswith(("\n", "\r")):
                pass
        return line or None

    def put_back(self, lines: list[str]) -> None:
        """Let lines be read again.

        Raises:
            InputError: it happened too often to be a slip of the pen.
        """
        self._rereads += bool(lines)
        if self._rereads > MAX_REREADS:
            raise InputError(
                f"{self._name} has broken quotes in more than {MAX_REREADS} rows; it must be CSV as in RFC 4180"
            )
        self._back.extendleft(reversed(lines))

    def at_end(self) -> bool:
        """Tell whether only white space follows."""
        following = self.next()
        while following is not None and (following == "" or following.isspace()):
            following = self.next()
        if following is not None:
            self._back.appendleft(following)
        return following is None

    def skip_quoted(self, line: str | None) -> None:
        """Drop lines up to and with the one that closes the open quote."""
        while line is not None and _closing_quote(line, 0) < 0:
            line = self.next()
        if line is None:
            raise InputError(f"{self._name} has a quoted cell that is never closed; the file is damaged, get it again")


def _plain_record(line: str) -> Record:
    cells = line.rstrip("\r\n").split(",")
    return cells, NUL_BYTE if "\0" in line else _fault(cells, len(line))


def _fault(cells: list[str], size: int) -> str | None:
    if size > FIELD_CHARS and (size > RECORD_CHARS or max(map(len, cells)) > FIELD_CHARS):
        return FIELD_TOO_LONG
    return None


def _quoted_record(first: str, lines: _Lines) -> Record:
    """Read one record that holds quotes, over as many lines as its quoted cells need."""
    if len(first) > RECORD_CHARS:
        return [], FIELD_TOO_LONG
    cells: list[str] = []
    taken: list[str] = []  # lines after the first, to be read again if the quotes turn out broken
    line, at, size = first, 0, len(first)
    while at >= 0:
        if not line.startswith('"', at):
            end = line.find(",", at)
            cells.append(line[at:end] if end >= 0 else line[at:].rstrip("\r\n"))
            at = end + 1 if end >= 0 else -1
            continue
        parts: list[str] = []
        at += 1
        while (end := _closing_quote(line, at)) < 0:
            parts.append(line[at:])
            following = lines.next()
            if following is None:
                lines.put_back(taken)
                return cells, BROKEN_QUOTES
            size += len(following)
            if size > RECORD_CHARS:
                lines.skip_quoted(following)
                return cells, FIELD_TOO_LONG
            taken.append(following)
            line, at = following, 0
        cells.append("".join([*parts, line[at:end]]).replace('""', '"'))
        at = end + 1
        while line.startswith(" ", at):
            at += 1
        if line[at : at + 1] not in ("", ",", "\r", "\n"):
            lines.put_back(taken)
            return cells, BROKEN_QUOTES
        at = at + 1 if line.startswith(",", at) else -1
    return cells, NUL_BYTE if any("\0" in cell for cell in cells) else _fault(cells, size)


def _closing_quote(line: str, at: int) -> int:
    """Return the place of the quote that closes a cell, -1 if it goes on in the next line."""
    while (end := line.find('"', at)) >= 0 and line.startswith('"', end + 1):
        at = end + 2
    return end
