"""Delimited text files (CSV) of travellers: streaming, strict, and no row lost.

Fixed order of the steps: encoding (`matcher.passengers.encodings`) -> header line -> delimiter (comma, semicolon, tab
or bar: the one that gives most known headers) -> records -> `FlatRow` -> items.

A record is one line, or several when a quoted field holds line ends. A line that cannot be read is a
reject with its reason and takes no other line with it: where quotes never close, or close in the wrong
place, the first line alone is rejected and reading goes on at the next. A row that repeats the header (files put
together) is a reject too. Blank lines are not rows. A row with bytes that are no text keeps its other letters.
Memory is bounded whatever the file: a line is read up to `LONGEST_ROW` characters, a record of several
lines up to that and `MOST_LINES` lines; batches are bounded in `matcher.passengers.items`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from matcher.errors import InputError
from matcher.passengers.flat import FlatRow
from matcher.passengers.headers import count_known
from matcher.passengers.items import Item, Reading, ReadOptions, SourceDescription
from matcher.passengers.lines import REPLACED, TextLines
from matcher.passengers.row import (
    BAD_QUOTES,
    ENCODING_DAMAGED,
    FIELD_TOO_LONG,
    LONGEST_ROW,
    REPEATED_HEADER,
    WRONG_FIELD_COUNT,
)

DELIMITERS = (",", ";", "\t", "|")
MOST_LINES = 50  # of one record; a cell of a passenger list with more line ends is a quote that never closed
_QUOTED = re.compile(r'"([^"]*(?:""[^"]*)*)("?)')
_STILL_OPEN = "still_open"


def open_csv(stream: BinaryIO, name: str, options: ReadOptions) -> Reading:
    """Read a delimited text file of travellers whose first line is the header.

    Raises:
        InputError: empty file, binary file, an encoding that cannot be told, or no known column.

    Cost:
        About 30,000 rows a second on one core; memory bounded as the module says.
    """
    lines = TextLines(stream, name, encoding=options.encoding, kind="CSV")
    header, delimiter = _header(lines)
    flat = FlatRow(header, options.mapping, what=name)
    encoding, reason = lines.encoding
    description = SourceDescription(
        "csv",
        encoding=encoding,
        encoding_reason=reason,
        delimiter=delimiter,
        recognised=flat.recognised,
        unrecognised=flat.unrecognised,
    )
    return Reading(description, _items(lines, flat, header, delimiter))


def _header(lines: TextLines) -> tuple[list[str], str]:
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


def _items(lines: TextLines, flat: FlatRow, header: list[str], delimiter: str) -> Iterator[Item]:
    first = header[0]
    for record in _records(lines, delimiter, flat.n_columns):
        if isinstance(record, str):
            yield Item(None, record)
            continue
        if record[0].strip() == first and [field.strip() for field in record] == header:
            yield Item(None, REPEATED_HEADER)
            continue
        damaged = (ENCODING_DAMAGED,) if any(REPLACED in field for field in record) else ()
        yield flat.item(record, sum(map(len, record)), damaged)


def _records(lines: TextLines, delimiter: str, n_columns: int) -> Iterator[list[str] | str]:
    """Give each data row as its fields, or as the reason why it has none."""
    for line in lines:
        if line is None:
            yield FIELD_TOO_LONG
        elif '"' in line:
            yield _quoted_record(line, lines, delimiter, n_columns)
        elif text := line.rstrip("\r\n"):
            fields = text.split(delimiter)
            yield fields if len(fields) == n_columns else WRONG_FIELD_COUNT


def _quoted_record(first: str, lines: TextLines, delimiter: str, n_columns: int) -> list[str] | str:
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
