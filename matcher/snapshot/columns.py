"""How columns of a list's tables are packed in their files, and put back when a file is mapped.

A list of lost documents has a dozen columns that are null or alike in every row; each would cost up to 8
bytes a row. These ways, the first that holds for the whole table:

1. constant: one value in every row, null included; stands in the manifest;
2. same, taken: the entry id is the national reference in every row, or wherever there is one; the other column is
   used twice, and for the second a bit a row says where;
3. sequence: source rows that count up by one; the first stands in the manifest;
4. coded: notes with few different texts, and the schema's own dictionary columns; one dictionary a file.

Steps of writing: `Packing.see` every batch -> `schema`, `pack` each batch -> `note_in` the manifest's figures;
of reading: `unpack`, or `open_column` for some rows of it. `KEPT` columns are always in the file, so a table keeps
its rows.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matcher.errors import InputError
from matcher.snapshot.manifest import Constant, TableFile

KEPT = {"persons": {"entry_id"}, "documents": {"number"}, "rejects": {"row"}}
SAME = {"entry_id": "national_reference"}
SEQUENCE = "source_row"
CODED = "note"
CODE_TYPE = pa.dictionary(pa.int16(), pa.large_string())
MAX_CODES = 1 << 15
PLAIN = (pa.types.is_large_string, pa.types.is_integer, pa.types.is_boolean, pa.types.is_date32)


class Packing:
    """Watches the batches of one table, then packs them.

    Args:
        schema: The table's full schema.
        kept: Columns that stay in the file whatever they hold.
    """

    def __init__(self, schema: pa.Schema, *, kept: set[str]) -> None:
        self._full = schema
        self._open = [name for name in schema.names if name not in kept]
        self._constants: dict[str, Constant] = {}
        self._same = {name: other for name, other in SAME.items() if {name, other} <= set(schema.names) - kept}
        self._taken = dict(self._same)
        self._next_row: int | None = None
        self._first_row: int | None = None
        self._codes: dict[str, dict[str, int]] = {
            field.name: {} for field in schema if pa.types.is_dictionary(field.type) or field.name == CODED
        }
        self._n_rows = 0

    def see(self, batch: pa.RecordBatch) -> None:
        """Take note of a batch; what does not hold any more is not looked at again.

        Raises:
            InputError: a dictionary column has more values than its type can count.
        """
        if not batch.num_rows:
            return
        self._see_constants(batch)
        self._same = {name: other for name, other in self._same.items() if batch[name].equals(batch[other])}
        self._taken = {
            name: other
            for name, other in self._taken.items()
            if name in self._same or _is_taken(batch[name], batch[other])
        }
        if SEQUENCE in self._full.names:
            self._see_sequence(batch[SEQUENCE])
        for name, codes in list(self._codes.items()):
            for text in batch[name].unique().to_pylist() if name == CODED else batch[name].dictionary.to_pylist():
                if text is not None:
                    codes.setdefault(text, len(codes))
            if len(codes) > MAX_CODES:
                if name != CODED:
                    raise InputError(f"column {name} has over {MAX_CODES} different codes; check the file's columns")
                del self._codes[name]
        self._n_rows += batch.num_rows

    def schema(self) -> pa.Schema:
        """Return the schema of the file."""
        figures = self.note_in(TableFile(0, "", 0))
        left_out = {*figures.constants, *figures.same, *figures.sequences}
        fields = [field for field in self._full if field.name not in left_out]
        packed = [field.with_type(pa.bool_()) if field.name in figures.taken else field for field in fields]
        return pa.schema([field.with_type(CODE_TYPE) if field.name in self._codes else field for field in packed])

    def pack(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return a batch as it stands in the file."""
        schema = self.schema()
        columns = []
        for field in schema:
            column = batch[field.name]
            if field.name in self._codes:
                texts = pa.array(list(self._codes[field.name]), pa.large_string())
                plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
                indices = pc.index_in(plain, value_set=texts, skip_nulls=True).cast(pa.int16())
                column = pa.DictionaryArray.from_arrays(indices, texts)
            elif pa.types.is_boolean(field.type) and not pa.types.is_boolean(column.type):
                column = column.is_valid()  # taken
            columns.append(column)
        return pa.record_batch(columns, schema=schema)

    def note_in(self, figures: TableFile) -> TableFile:
        """Return the figures with what the file leaves out."""
        open_ = {name: other for name, other in self._taken.items() if self._n_rows and name not in self._constants}
        same = {name: other for name, other in open_.items() if name in self._same}
        taken = {name: other for name, other in open_.items() if name not in same and other not in self._constants}
        is_sequence = self._next_row is not None and SEQUENCE not in self._constants
        sequences = {SEQUENCE: self._first_row or 0} if is_sequence else {}
        return msgspec.structs.replace(
            figures, constants=dict(self._constants), same=same, sequences=sequences, taken=taken
        )

    def _see_constants(self, batch: pa.RecordBatch) -> None:
        still = []
        for name in self._open:
            is_constant, value = _constant(batch[name])
            if is_constant and (not self._n_rows or _is_same(self._constants[name], value)):
                self._constants[name] = value
                still.append(name)
            else:
                self._constants.pop(name, None)
        self._open = still

    def _see_sequence(self, column: pa.Array) -> None:
        if not self._n_rows:
            self._first_row = self._next_row = column[0].as_py()
        if self._next_row is not None:
            expected = pa.array(range(self._next_row, self._next_row + len(column)), pa.int64())
            self._next_row = self._next_row + len(column) if column.cast(pa.int64()).equals(expected) else None


def unpack(table: pa.Table, schema: pa.Schema, figures: TableFile) -> pa.Table:
    """Put a mapped table's columns back, in the schema's order and the same chunks.

    What the file leaves out is made in memory; `documents.DocumentRows` is for lists that are too large for that.

    Args:
        table: The table as mapped.
        schema: The table's full schema.
        figures: The manifest's figures of the file.

    Raises:
        pa.ArrowInvalid: a value does not fit its column's type.
        KeyError: a column is neither in the table nor left out by the manifest.

    Examples:
        >>> text = pa.large_string()
        >>> schema = pa.schema([("number", text), ("state", text), ("source_row", pa.int32())])
        >>> table = pa.table({"number": pa.array(["A1", "B2"], text)})
        >>> figures = TableFile(0, "", 2, constants={"state": "active"}, sequences={"source_row": 7})
        >>> unpack(table, schema, figures).to_pylist()[1]
        {'number': 'B2', 'state': 'active', 'source_row': 8}
    """
    batches, start = [], 0
    for batch in table.to_batches():
        rows = np.arange(start, start + batch.num_rows)
        columns = [open_column(field, batch, rows, figures) for field in schema]
        batches.append(pa.RecordBatch.from_arrays(columns, schema=schema))
        start += batch.num_rows
    return pa.Table.from_batches(batches, schema=schema)


def open_column(field: pa.Field, batch: pa.RecordBatch, rows: np.ndarray[Any, Any], figures: TableFile) -> pa.Array:
    """Put one column of some rows back.

    Args:
        field: The column, as the table's full schema has it.
        batch: What the file holds of those rows; columns that this one doesn't need may be missing.
        rows: Places of the rows in the whole table, int64.
        figures: The manifest's figures of the file.

    Raises:
        pa.ArrowInvalid: a value does not fit its column's type.
        KeyError: the column is neither in the batch nor left out by the manifest.
    """
    name = figures.same.get(field.name, field.name)
    if name in figures.constants:
        return _repeat(figures.constants[name], field.type, len(rows))
    if name in figures.sequences:
        return pa.array(rows + figures.sequences[name]).cast(field.type)
    column = batch.column(name)
    if name in figures.taken:
        column = pc.if_else(column, batch.column(figures.taken[name]), pa.scalar(None, field.type))
    return column if column.type == field.type else column.cast(field.type)


def is_stored(field: pa.Field, stored: pa.Schema, figures: TableFile) -> bool:
    """Tell whether a file holds a column as it is."""
    return (
        field.name in stored.names and stored.field(field.name).type == field.type and field.name not in figures.taken
    )


def _constant(column: pa.Array) -> tuple[bool, Constant]:
    if column.null_count == len(column):
        return True, None
    if column.null_count:
        return False, None
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not any(is_type(column.type) for is_type in PLAIN):
        return False, None
    if column[0] != column[-1] or not pc.all(pc.equal(column, column[0])).as_py():
        return False, None
    value = column[0].cast(pa.int32()) if pa.types.is_date32(column.type) else column[0]
    return True, value.as_py()


def _is_taken(column: pa.Array, other: pa.Array) -> bool:
    """Whether a column is null or equal to the other one."""
    is_equal = pc.equal(column, other)
    return is_equal.null_count == column.null_count and pc.all(is_equal).as_py() is not False


def _is_same(seen: Constant, value: Constant) -> bool:
    return type(seen) is type(value) and seen == value


def _repeat(value: Constant, kind: pa.DataType, rows: int) -> pa.Array:
    if value is None:
        return pa.nulls(rows, kind)
    if pa.types.is_dictionary(kind):
        indices = pa.repeat(pa.scalar(0, kind.index_type), rows)
        return pa.DictionaryArray.from_arrays(indices, pa.array([value], kind.value_type))
    if pa.types.is_date32(kind):
        return pa.repeat(pa.scalar(value, pa.int32()), rows).cast(kind)
    return pa.repeat(pa.scalar(value, kind), rows)
