"""Documents of a list version as they stand in their file: any rows and columns are opened when asked for.

A list of lost documents may have a hundred million rows. Opening one makes nothing in memory: columns that the file
leaves out or packs (`columns`) are made for the rows asked for, and only for those.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from matcher.schema import DOCUMENT_ENTRY
from matcher.snapshot.columns import is_stored, open_column
from matcher.snapshot.manifest import TableFile

Array = np.ndarray[Any, Any]
FEW_ROWS = 8


class DocumentRows:
    """Rows of `DOCUMENT_ENTRY` over a mapped file; holds no copy of it.

    Args:
        table: The table as mapped.
        figures: The manifest's figures of the file.

    Examples:
        >>> row = {"number": "L898902C3", "issuing_state": "UTO", "type": "P", "source_row": 2}
        >>> rows = DocumentRows.of(pa.Table.from_pylist([row, {**row, "number": "C4"}], schema=DOCUMENT_ENTRY))
        >>> rows.take([1, 0], ["number", "issuing_state"]).to_pylist()[0]
        {'number': 'C4', 'issuing_state': 'UTO'}
    """

    def __init__(self, table: pa.Table, figures: TableFile) -> None:
        self._table, self._figures = table, figures
        self._batches = [batch for batch in table.to_batches() if batch.num_rows]
        self._starts = np.cumsum([0, *(batch.num_rows for batch in self._batches)])
        self._read_codes: dict[str, list[_Codes]] = {}
        empty, first = pa.RecordBatch.from_pylist([], schema=table.schema), np.zeros(1, np.int64)
        self._constants = {
            name: open_column(DOCUMENT_ENTRY.field(name), empty, first, figures)[0].as_py()
            for name in set(figures.constants) & set(DOCUMENT_ENTRY.names)
        }

    @classmethod
    def of(cls, table: pa.Table) -> DocumentRows:
        """Take a table of `DOCUMENT_ENTRY` that isn't packed."""
        return cls(table.unify_dictionaries(), TableFile(0, "", table.num_rows))

    @property
    def num_rows(self) -> int:
        """How many rows."""
        return int(self._starts[-1])

    def column(self, name: str) -> pa.ChunkedArray:
        """Return a whole column: mapped where the file holds it as it is, else made in memory."""
        field = DOCUMENT_ENTRY.field(name)
        if is_stored(field, self._table.schema, self._figures):
            return self._table.column(name)
        return pa.chunked_array([batch.column(0) for batch in self.batches([name])], field.type)

    def batches(self, names: Sequence[str] = tuple(DOCUMENT_ENTRY.names)) -> Iterator[pa.RecordBatch]:
        """Go through all rows, a stored batch at a time, with some columns."""
        for start, batch in zip(self._starts.tolist(), self._batches, strict=False):
            yield self._open(batch, np.arange(start, start + batch.num_rows), names)

    def take(self, rows: Sequence[int] | Array, names: Sequence[str] = tuple(DOCUMENT_ENTRY.names)) -> pa.RecordBatch:
        """Return some rows, in the order asked, with some columns.

        Args:
            rows: Places from 0, any order, repeats allowed.
            names: Columns of `DOCUMENT_ENTRY`.

        Cost:
            About 50 microseconds, and as much for each stored batch that the rows lie in.
        """
        wanted = np.asarray(rows, np.int64)
        places = np.searchsorted(self._starts, wanted, side="right") - 1
        return self._open(self._gather(wanted, places, self._stored(names)), wanted, names)

    def tuples(self, rows: Sequence[int] | Array, names: Sequence[str]) -> list[tuple[Any, ...]]:
        """Return some rows as Python values, in the order asked, with some columns.

        Cost:
            About 2 microseconds a value for few rows, which are read one by one; less for many.
        """
        if len(rows) > FEW_ROWS:
            batch = self.take(rows, names)
            return list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
        found = []
        for row in map(int, rows):
            place = int(np.searchsorted(self._starts, row, side="right")) - 1
            batch, at = self._batches[place], row - int(self._starts[place])
            found.append(tuple(self._value(name, batch, at, row) for name in names))
        return found

    def _value(self, name: str, batch: pa.RecordBatch, at: int, row: int) -> Any:
        name = self._figures.same.get(name, name)
        if name in self._constants:
            return self._constants[name]
        if name in self._figures.sequences:
            return self._figures.sequences[name] + row
        value = batch.column(name)[at].as_py()
        if name in self._figures.taken:
            return batch.column(self._figures.taken[name])[at].as_py() if value else None
        return value

    def values(self, name: str) -> list[str | None]:
        """Return the different values of a dictionary column, by code."""
        if name in self._figures.constants:
            return [self._constant(name)]
        return self._batches[0].column(name).dictionary.to_pylist() if self._batches else []

    def codes(self, name: str, rows: Array) -> Array:
        """Return the codes of some rows of a dictionary column, -1 where null; int16, shape `(n,)`.

        Cost:
            About 50 nanoseconds a row, for many rows of many batches: each batch's rows are read together.
        """
        if name in self._figures.constants:
            return np.full(len(rows), -1 if self._constant(name) is None else 0, np.int16)
        codes = np.empty(len(rows), np.int16)
        places = (np.searchsorted(self._starts, rows, side="right") - 1).astype(np.uint16)
        order = np.argsort(places, kind="stable")  # of 16-bit integers: in linear time
        counts = np.bincount(places, minlength=len(self._batches))
        ends = np.cumsum(counts)
        for place in np.flatnonzero(counts).tolist():
            own = order[ends[place] - counts[place] : ends[place]]
            codes[own] = self._coded(name)[place].at(rows[own] - self._starts[place])
        return codes

    def all_codes(self, name: str) -> Iterator[Array]:
        """Go through the codes of a dictionary column, a stored batch at a time."""
        for batch in self._batches:
            if name in self._figures.constants:
                yield self.codes(name, np.zeros(batch.num_rows, np.int64))
            else:
                yield _Codes(batch.column(name)).at(slice(None))

    def _coded(self, name: str) -> list[_Codes]:
        if name not in self._read_codes:
            self._read_codes[name] = [_Codes(batch.column(name)) for batch in self._batches]
        return self._read_codes[name]

    def _constant(self, name: str) -> str | None:
        value = self._figures.constants[name]
        return value if isinstance(value, str) else None

    def _gather(self, rows: Array, places: Array, names: list[str]) -> pa.RecordBatch:
        """Rows as they are stored, in the order asked, from the batches at `places`."""
        if not len(rows):
            return pa.RecordBatch.from_pylist([], schema=self._table.select(names).schema)
        if places.min() == places.max():
            place = int(places[0])
            return self._batches[place].select(names).take(pa.array(rows - self._starts[place]))
        order = np.argsort(places, kind="stable")
        ends = np.cumsum(np.bincount(places, minlength=len(self._batches)))
        parts = []
        for place in np.unique(places).tolist():
            own = order[ends[place - 1] if place else 0 : ends[place]]
            parts.append(self._batches[place].select(names).take(pa.array(rows[own] - self._starts[place])))
        joined = pa.Table.from_batches(parts).unify_dictionaries().combine_chunks().to_batches()[0]
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        return joined.take(pa.array(back))

    def _stored(self, names: Sequence[str]) -> list[str]:
        wanted = {self._figures.same.get(name, name) for name in names}
        wanted |= {self._figures.taken[name] for name in wanted & set(self._figures.taken)}
        return [name for name in self._table.column_names if name in wanted]

    def _open(self, batch: pa.RecordBatch, rows: Array, names: Sequence[str]) -> pa.RecordBatch:
        fields = [DOCUMENT_ENTRY.field(name) for name in names]
        columns = [open_column(field, batch, rows, self._figures) for field in fields]
        return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))


class _Codes:
    """Codes of a dictionary column in one stored batch, as they lie in the file."""

    def __init__(self, column: pa.DictionaryArray) -> None:
        indices = column.indices
        validity, data = indices.buffers()
        self._values = np.frombuffer(data, np.int16)[indices.offset : indices.offset + len(indices)]
        self._valid = np.frombuffer(validity, np.uint8) if validity is not None and indices.null_count else None
        self._offset = indices.offset

    def at(self, rows: Array | slice) -> Array:
        """Codes of some rows, or of all; -1 where null."""
        values = self._values[rows]
        if self._valid is None:
            return values
        bits = self._offset + (np.arange(len(self._values)) if isinstance(rows, slice) else rows)
        return np.where(self._valid[bits >> 3] >> (bits & 7).astype(np.uint8) & 1, values, np.int16(-1))
