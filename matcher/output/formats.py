"""The four output formats: each takes a stream and a schema, then tables, and is closed once.

Values are never reformatted: Parquet, Arrow and JSON lines hold exactly what the table holds; CSV is flat
and escaped as `matcher.output.cells` says.
"""

from __future__ import annotations

import csv
import io
from typing import BinaryIO, Protocol

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from matcher.output.cells import lay_out

ROWS_AT_ONCE = 8_192  # rows as Python objects at a time, in the two text formats


class TableWriter(Protocol):
    """Writes tables of one schema to a stream; `close` completes the file but leaves the stream open."""

    def write(self, table: pa.Table) -> None: ...

    def close(self) -> None: ...


class ParquetTables:
    """Parquet, compressed with zstd."""

    def __init__(self, stream: BinaryIO, schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(stream, schema, compression="zstd")

    def write(self, table: pa.Table) -> None:
        self._writer.write_table(table)

    def close(self) -> None:
        self._writer.close()


class ArrowTables:
    """Arrow IPC file, uncompressed, so that it can be memory-mapped."""

    def __init__(self, stream: BinaryIO, schema: pa.Schema) -> None:
        self._writer = pa.ipc.new_file(stream, schema)

    def write(self, table: pa.Table) -> None:
        self._writer.write_table(table)

    def close(self) -> None:
        self._writer.close()


class JsonLines:
    """One JSON object a line, UTF-8, nested as the table is."""

    def __init__(self, stream: BinaryIO, schema: pa.Schema) -> None:
        self._stream = stream
        self._encoder = msgspec.json.Encoder()

    def write(self, table: pa.Table) -> None:
        for batch in table.to_batches(max_chunksize=ROWS_AT_ONCE):
            self._stream.write(self._encoder.encode_lines(batch.to_pylist()))

    def close(self) -> None:
        """Nothing to complete."""


class CsvRows:
    """One flat row a traveller, UTF-8, a header line first; cells escaped against formulas."""

    def __init__(self, stream: BinaryIO, schema: pa.Schema) -> None:
        self._stream = stream
        self._columns = lay_out(schema)
        self._write_rows([list(self._columns)])

    def write(self, table: pa.Table) -> None:
        cells = list(self._columns.values())
        for batch in table.to_batches(max_chunksize=ROWS_AT_ONCE):
            self._write_rows([[cell(row) for cell in cells] for row in batch.to_pylist()])

    def close(self) -> None:
        """Nothing to complete."""

    def _write_rows(self, rows: list[list[str]]) -> None:
        text = io.StringIO(newline="")
        # RFC 4180 line ends; with "\n" alone Python's writer would leave a lone carriage return unquoted.
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        self._stream.write(text.getvalue().encode("utf-8"))
