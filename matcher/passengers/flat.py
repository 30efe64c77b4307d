"""Flat rows and TRAVELLER-shaped values to items, and tables of either kind to TRAVELLER rows.

A table whose column `names` holds lists is TRAVELLER-shaped: its columns are taken by their own names,
missing ones are null, and its values pass the same normalisation as any other traveller. Every other
table is flat: one text a cell, columns found by `matcher.passengers.headers`.
Steps: place the columns once -> per row a `Traveller` (with what its column `mrz` says, where there is one) ->
`matcher.passengers.items` -> batches. Rows stay in order and none is lost.
Not here: files (`delimited`, `columnar`, ...).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from matcher.errors import ColumnTypeError
from matcher.passengers.dates import PLAIN, DateReading
from matcher.passengers.headers import ColumnMapping, place_fields, read_mapping
from matcher.passengers.items import BATCH_ROWS, Item, ReadOptions, traveller_batches
from matcher.passengers.mrz import item_with_mrz
from matcher.records import GREGORIAN, Document, PartialDate, Traveller
from matcher.schema import TRAVELLER

MOST_NAMED = 100  # unrecognised headers that a description names
BATCH_BYTES = 64 << 20  # of a table's rows that are held as Python values
_SEPARATOR = re.compile(r"[;|]")
_YES_NO = {"true": True, "yes": True, "1": True, "y": True, "false": False, "no": False, "0": False, "n": False}
_WHAT = "the table of travellers"
_NONE = pa.RecordBatch.from_pylist([], TRAVELLER)

__all__ = ["FlatRow", "shaped_traveller", "table_items", "travellers_from_flat"]


class FlatRow:
    """Reads one row of a flat table; the columns are placed once.

    Attributes:
        n_columns: Columns of the table; every row has as many values.
        used: 0-based positions of the columns that are read, in order.
        recognised: Field to its headers.
        unrecognised: The other headers, in file order, at most 100.
    """

    def __init__(self, headers: Sequence[str], mapping: ColumnMapping | None = None, *, what: str = _WHAT) -> None:
        self.n_columns = len(headers)
        self._columns = place_fields(headers, mapping, what=what)
        self._first = {field: columns[0] for field, columns in self._columns.items()}
        self._has_mrz = "mrz" in self._first
        self.used = sorted({column for columns in self._columns.values() for column in columns})
        self.recognised = {field: tuple(headers[one] for one in columns) for field, columns in self._columns.items()}
        others = set(range(len(headers))) - set(self.used)
        self.unrecognised = tuple(headers[column] for column in sorted(others)[:MOST_NAMED])

    def item(self, values: Sequence[str | None], size: int = 0, warnings: Sequence[str] = ()) -> Item:
        """Make the item of one row: its traveller, with what its machine readable zone says."""
        traveller = self.traveller(values)
        mrz = self._get(values, "mrz") if self._has_mrz else None
        return item_with_mrz(traveller, mrz, warnings, size) if mrz else Item(traveller, None, warnings, size)

    def traveller(self, values: Sequence[str | None]) -> Traveller:
        """Make the traveller of one row; nothing is checked or normalised yet.

        Args:
            values: One text a column, in the table's order; None or blank: not given.

        Examples:
            >>> FlatRow(["surname", "first_name", "nationality"]).traveller(["ERIKSSON", "Anna", "se;no"])
            Traveller(names=('ERIKSSON, Anna',), birth_date=None, sex=None, nationalities=('se', 'no'), ...)
        """
        first, get = self._first, self._get
        name = self._name(values)
        return Traveller(
            names=(name,) if name else (),
            birth_date=get(values, "birth_date"),
            sex=get(values, "sex"),
            nationalities=self._nationalities(values) if "nationality" in first else (),
            birth_place=get(values, "birth_place"),
            documents=self._documents(values) if "document_number" in first else (),
            reference=get(values, "reference"),
            source=get(values, "source"),
            verified=_YES_NO.get((get(values, "verified") or "").lower()) if "verified" in first else None,
            carrier=get(values, "carrier"),
            route=_cut(get(values, "route")) if "route" in first else (),
            indicators=_cut(get(values, "indicators")) if "indicators" in first else (),
        )

    def _get(self, values: Sequence[str | None], field: str) -> str | None:
        column = self._first.get(field)
        value = None if column is None else values[column]
        return value.strip() or None if value else None

    def _name(self, values: Sequence[str | None]) -> str | None:
        """Return one name: the whole where it is given, else `FAMILY, GIVEN MIDDLE`."""
        get = self._get
        if full := get(values, "full_name"):
            return full
        family, name = get(values, "family_name"), get(values, "name")
        given = get(values, "given_name")
        if name and (given or not family or family.casefold() in name.casefold()):
            return name
        # `name` beside a surname and without a given name is the given name ("name, surname").
        given = " ".join(part for part in (given or name, get(values, "middle_name")) if part)
        return ", ".join(part for part in (family, given) if part) or None

    def _nationalities(self, values: Sequence[str | None]) -> tuple[str, ...]:
        cells = (values[column] for column in self._columns["nationality"])
        return tuple(part for cell in cells if cell for part in _SEPARATOR.split(cell))

    def _documents(self, values: Sequence[str | None]) -> tuple[Document, ...]:
        """Return every number given; issuer, type and expiry belong to the first."""
        cells = (values[column] for column in self._columns["document_number"])
        numbers = list(dict.fromkeys(text for cell in cells if cell and (text := cell.strip())))
        about = (self._get(values, field) for field in ("issuing_state", "document_type", "expires_on"))
        first = (Document(number, *about) for number in numbers[:1])
        return (*first, *(Document(number) for number in numbers[1:]))


def travellers_from_flat(
    table: Any,
    *,
    mapping: ColumnMapping | None = None,
    dates: DateReading = PLAIN,
    first_row: int = 1,
) -> pa.RecordBatch | pa.RecordBatchReader:
    """Turn a flat or TRAVELLER-shaped table into TRAVELLER rows.

    Args:
        table: `pa.RecordBatch`, `pa.Table`, `pa.RecordBatchReader`, or anything with an Arrow stream
            (`__arrow_c_stream__`: a polars frame). Strings of any Arrow string type.
        mapping: Field to header, for columns that the header table doesn't know.
        dates: Order and calendar of birth dates, where the texts alone don't tell.
        first_row: 1-based number of the first row, for travellers without reference.

    Returns:
        A RecordBatch for a RecordBatch, else a RecordBatchReader that reads as it is read; as many rows
        as went in, in their order.

    Raises:
        InputError: no column of a name or document number, or something that is not a table.
        MappingError: the mapping names an unknown field or a missing column.
        ColumnTypeError: a column of a TRAVELLER-shaped table has a type that cannot hold its values.

    Cost:
        About 25 microseconds a row on one core; one batch of at most 8,192 rows in memory.

    Examples:
        >>> batch = pa.record_batch({"name": ["ERIKSSON, Anna"], "dob": ["1974-08-12"], "gender": ["female"]})
        >>> travellers_from_flat(batch).select(["reference", "names", "sex"]).to_pylist()
        [{'reference': '1', 'names': ['ERIKSSON, Anna'], 'sex': 'F'}]
    """
    options = ReadOptions(mapping=read_mapping(mapping), dates=dates)
    if isinstance(table, pa.RecordBatch):
        made = traveller_batches(table_items(table.schema, [table], options)[0], dates, first_row=first_row)
        return pa.Table.from_batches(made, TRAVELLER).combine_chunks().to_batches()[0] if table.num_rows else _NONE
    if isinstance(table, pa.Table):
        reader = table.to_reader(max_chunksize=BATCH_ROWS)
    elif isinstance(table, pa.RecordBatchReader):
        reader = table
    elif hasattr(table, "__arrow_c_stream__"):
        reader = pa.RecordBatchReader.from_stream(table)
    else:
        raise ColumnTypeError(f"travellers are a {type(table).__name__}; give an Arrow table, reader or polars frame")
    items, _ = table_items(reader.schema, reader, options)
    return pa.RecordBatchReader.from_batches(TRAVELLER, traveller_batches(items, dates, first_row=first_row))


def columns_read(schema: pa.Schema, options: ReadOptions, *, what: str) -> list[str]:
    """List the columns of a table that are read, in its order; raises InputError where none is known."""
    if _is_shaped(schema):
        return [name for name in schema.names if name in TRAVELLER.names]
    return [schema.names[place] for place in FlatRow(schema.names, options.mapping, what=what).used]


def table_items(
    schema: pa.Schema, batches: Iterable[pa.RecordBatch], options: ReadOptions, *, what: str = _WHAT
) -> tuple[Iterator[Item], FlatRow | None]:
    """Check a table's columns now, and read its rows as items when they are asked for.

    Returns:
        The items, and the placed columns of a flat table (None: TRAVELLER-shaped).

    Raises:
        InputError, MappingError, ColumnTypeError: as `travellers_from_flat`.
    """
    if _is_shaped(schema):
        _check_shape(schema)
        return _shaped_items(batches), None
    reading = FlatRow(schema.names, options.mapping, what=what)
    return _flat_items(reading, batches), reading


def _flat_items(reading: FlatRow, batches: Iterable[pa.RecordBatch]) -> Iterator[Item]:
    values: list[str | None] = [None] * reading.n_columns
    for batch, size in _bounded(batches):
        columns = [(place, [_cell(value) for value in batch.column(place).to_pylist()]) for place in reading.used]
        for row in range(batch.num_rows):
            for place, column in columns:
                values[place] = column[row]
            yield reading.item(values, size)


def _shaped_items(batches: Iterable[pa.RecordBatch]) -> Iterator[Item]:
    for batch, size in _bounded(batches):
        for values in batch.to_pylist():
            reason, warnings = values.get("reject_reason"), tuple(values.get("warnings") or ())
            if reason:
                names = values["names"]
                known = Traveller(names=() if names is None else names, reference=values.get("reference"))
                yield Item(known, reason, warnings, size)
            else:
                yield Item(shaped_traveller(values), None, warnings, size)


def _bounded(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[pa.RecordBatch, int]]:
    """Cut batches to pieces that fit in memory as Python values; gives the mean bytes of a row with each."""
    for batch in batches:
        per_row = batch.nbytes // max(1, batch.num_rows)
        n_rows = max(1, min(BATCH_ROWS, BATCH_BYTES // max(1, per_row)))
        for start in range(0, batch.num_rows, n_rows):
            yield batch.slice(start, n_rows), per_row


def shaped_traveller(values: Mapping[str, Any]) -> Traveller:
    """Make the traveller of values in the columns of TRAVELLER; unknown ones are not looked at."""
    documents = (
        Document(str(item["number"]), *(_cell(item.get(part)) for part in ("issuing_state", "type", "expires_on")))
        for item in values.get("documents") or ()
        if item and item.get("number")
    )
    return Traveller(
        names=[name for name in values["names"] or () if name],
        birth_date=_shaped_date(values.get("birth_date")),
        sex=values.get("sex"),
        nationalities=[text for text in values.get("nationalities") or () if text],
        birth_place=values.get("birth_place"),
        documents=tuple(documents),
        reference=_cell(values.get("reference")),
        source=values.get("source"),
        verified=values.get("verified"),
        carrier=values.get("carrier"),
        route=[text for text in values.get("route") or () if text],
        indicators=[text for text in values.get("indicators") or () if text],
    )


def _cut(cell: str | None) -> tuple[str, ...]:
    return tuple(part for part in _SEPARATOR.split(cell) if part.strip()) if cell else ()


def _shaped_date(value: Any) -> str | PartialDate | None:
    if not isinstance(value, dict):
        return _cell(value)
    return PartialDate(
        value.get("year"),
        value.get("month"),
        value.get("day"),
        calendar=value.get("calendar") or GREGORIAN,
        year_to=value.get("year_to"),
        approximate=bool(value.get("approximate")),
    )


def _cell(value: Any) -> str | None:
    """Write a cell of any Arrow type as text: dates in ISO form, whole floats without fraction."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, float):
        return None if value != value else str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, list):
        return ";".join(text for item in value if (text := _cell(item)))
    return str(value)


def _is_shaped(schema: pa.Schema) -> bool:
    index = schema.get_field_index("names")
    return index >= 0 and _is_list(schema.field(index).type)


def _is_list(kind: pa.DataType) -> bool:
    tests = (pa.types.is_list, pa.types.is_large_list, pa.types.is_list_view, pa.types.is_large_list_view)
    return any(test(kind) for test in tests) or pa.types.is_fixed_size_list(kind)


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)
    return any(test(kind) for test in tests)


def _check_shape(schema: pa.Schema) -> None:
    """Refuse a TRAVELLER-shaped table whose columns cannot hold what their names promise."""
    for column in schema:
        if column.name not in TRAVELLER.names:
            continue
        kind, wanted = column.type, TRAVELLER.field(column.name).type
        item = kind.value_type if _is_list(kind) else kind
        if column.name == "birth_date":
            fits = pa.types.is_struct(kind) or pa.types.is_date(kind) or pa.types.is_timestamp(kind) or _is_text(kind)
        elif column.name == "documents":
            fits = pa.types.is_null(kind) or (_is_list(kind) and _has_number(item))
        elif column.name == "verified":
            fits = pa.types.is_boolean(kind) or pa.types.is_null(kind)
        elif column.name == "reference":
            fits = _is_text(kind) or pa.types.is_integer(kind)
        else:
            fits = (_is_list(kind) == _is_list(wanted) or pa.types.is_null(kind)) and _is_text(item)
        if not fits:
            raise ColumnTypeError(f"column {column.name} is {kind}; TRAVELLER holds {wanted} there, cast it")


def _has_number(kind: pa.DataType) -> bool:
    if pa.types.is_null(kind):
        return True
    return pa.types.is_struct(kind) and any(kind.field(part).name == "number" for part in range(kind.num_fields))
