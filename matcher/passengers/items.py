"""What a reader finds in a file, item by item, and how items become TRAVELLER batches.

Every reader gives one `Item` a row: a traveller, or the reason why there is none, or both (a row that was rejected
before). Steps: the first `LOOK_AHEAD` items decide the order of dates -> each item to a row by
`matcher.passengers.row` -> batches of bounded size. The order so found is the same however the file is cut into
batches, and rows stay in order: nothing is lost.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import pyarrow as pa

from matcher.passengers.dates import LOOK_AHEAD, PLAIN, DateReading, column_order
from matcher.passengers.headers import ColumnMapping
from matcher.passengers.row import LONGEST_ROW, reject_row, traveller_row
from matcher.records import Traveller
from matcher.schema import TRAVELLER

BATCH_ROWS = 8_192
BATCH_CHARACTERS = 16 * LONGEST_ROW


class Item(NamedTuple):
    """One row of a file as it was read; nothing is normalised yet."""

    traveller: Traveller | None
    reason: str | None = None  # why the row cannot be screened
    warnings: Sequence[str] = ()
    size: int = 0  # characters, about


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a caller says about a file; nothing said: the reader finds out.

    Attributes:
        mapping: Field to header, for columns that the header table doesn't know.
        encoding: Of a text file.
        sheet: Name of the sheet of a workbook; None: the first one.
        dates: Order and calendar of birth dates.
    """

    mapping: ColumnMapping = field(default_factory=dict)
    encoding: str | None = None
    sheet: str | None = None
    dates: DateReading = PLAIN


@dataclass(frozen=True, slots=True)
class SourceDescription:
    """What a file of travellers was recognised as, and why.

    Attributes:
        format: A key of `matcher.passengers.REGISTRY`.
        packing: `gzip` or `zip`, or None.
        encoding: Python's name of the text encoding; None: a binary format.
        encoding_reason: Why it was taken, in words.
        delimiter: Of a CSV file, or None.
        sheet: Name of the sheet read, or None.
        recognised: Field to the headers that it is read from; of JSON Lines, those of the first object.
        unrecognised: Headers that are not read, in file order, at most 100.
        date_order: `dmy`, `mdy` or None (ambiguous dates keep their year only).
        date_order_reason: Why, in words.
    """

    format: str
    packing: str | None = None
    encoding: str | None = None
    encoding_reason: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    recognised: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unrecognised: tuple[str, ...] = ()
    date_order: str | None = None
    date_order_reason: str | None = None


@dataclass(slots=True)
class Reading:
    """A file that is open: what it is, and its items."""

    description: SourceDescription
    items: Iterator[Item]


def look_ahead(items: Iterator[Item], reading: DateReading) -> tuple[Iterator[Item], DateReading, str]:
    """Decide the order of dates on the first rows; gives the items back whole, the order, and why."""
    if reading.order is not None:
        return items, reading, "as told"
    seen: list[Item] = []
    n_characters = 0
    for item in itertools.islice(items, LOOK_AHEAD):
        seen.append(item)
        n_characters += item.size
        if n_characters >= BATCH_CHARACTERS:
            break
    dates = (item.traveller.birth_date for item in seen if item.traveller is not None)
    order, reason = column_order(date for date in dates if isinstance(date, str))
    return itertools.chain(seen, items), replace(reading, order=order), reason


def traveller_batches(items: Iterator[Item], reading: DateReading, *, first_row: int = 1) -> Iterator[pa.RecordBatch]:
    """Make TRAVELLER batches of items, one row an item, in their order."""
    items, reading, _ = look_ahead(items, reading)
    rows: list[dict[str, Any]] = []
    n_characters = 0
    for number, item in enumerate(items, first_row):
        rows.append(_row(item, number, reading))
        n_characters += item.size
        if len(rows) >= BATCH_ROWS or n_characters >= BATCH_CHARACTERS:
            yield traveller_batch(rows)
            rows, n_characters = [], 0
    if rows:
        yield traveller_batch(rows)


def traveller_batch(rows: Sequence[Mapping[str, Any]]) -> pa.RecordBatch:
    """Make a TRAVELLER batch of rows as `traveller_row` gives them."""
    columns = [pa.array([row[column.name] for row in rows], column.type) for column in TRAVELLER]
    return pa.RecordBatch.from_arrays(columns, schema=TRAVELLER)


def _row(item: Item, number: int, reading: DateReading) -> dict[str, Any]:
    traveller, reason = item.traveller, item.reason
    if traveller is not None and reason is None:
        return traveller_row(traveller, number, reading, warned=item.warnings)
    row = reject_row(reason or "", number)
    row["warnings"] = sorted(item.warnings) or None
    if traveller is not None:
        row["names"] = None if traveller.names == () else list(traveller.names)  # no list at all, or an empty one
        row["reference"] = traveller.reference or row["reference"]
    return row
