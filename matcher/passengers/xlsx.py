"""Workbooks (xlsx) of travellers: one sheet, its first row that holds something is the header.

Steps: `matcher.passengers.workbook` gives rows -> `FlatRow` -> items. Dates come as ISO text, real ones from their
cell's style. Rows without any value are not rows, as blank lines are none; a row that repeats the header is a reject.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from matcher.errors import InputError
from matcher.passengers.flat import FlatRow
from matcher.passengers.items import Item, Reading, ReadOptions, SourceDescription
from matcher.passengers.row import FIELD_TOO_LONG, REPEATED_HEADER
from matcher.passengers.workbook import Row, Workbook


def open_xlsx(stream: BinaryIO, name: str, options: ReadOptions) -> Reading:
    """Read one sheet of a workbook.

    Raises:
        InputError: no workbook, a damaged, encrypted or oversized one, no such sheet, an empty one, or no known column.

    Cost:
        The shared texts of the workbook in memory (at most 200 million characters), and one chunk of rows.
    """
    if not stream.read(4).startswith(b"PK\x03\x04"):
        raise InputError(f"{name} is no xlsx workbook (an old or encrypted one?); save it as xlsx without a password")
    stream.seek(0)
    workbook = Workbook(stream, name)
    sheet = workbook.choose(options.sheet)
    rows = workbook.rows(sheet)
    header = next(rows, {})
    if not header:
        raise InputError(f"{name} has an empty sheet, a header row is needed; choose another sheet or write one")
    headers = [header.get(column, "").strip() for column in range(max(header) + 1)]
    flat = FlatRow(headers, options.mapping, what=name)
    description = SourceDescription("xlsx", sheet=sheet, recognised=flat.recognised, unrecognised=flat.unrecognised)
    return Reading(description, _items(rows, flat, header))


def _items(rows: Iterator[Row], flat: FlatRow, header: dict[int, str]) -> Iterator[Item]:
    values: list[str | None] = [None] * flat.n_columns
    headers = _stripped(header)
    first = flat.used[0]
    for row in rows:
        if row is None:
            yield Item(None, FIELD_TOO_LONG)
        elif row.get(first, "").strip() == headers[first] and _stripped(row) == headers:
            yield Item(None, REPEATED_HEADER)
        else:
            for column in flat.used:
                values[column] = row.get(column)
            yield flat.item(values, sum(map(len, row.values())))


def _stripped(row: dict[int, str]) -> dict[int, str]:
    return {column: cell.strip() for column, cell in row.items()}
