"""Output: writers of decision tables, and the registry that names them.

`formats` holds one class a format, `cells` the flat layout and the escaping of CSV. A file appears under
its name only when it is whole: bytes go to a hidden temporary file beside it (mode 600), which is renamed
on success and removed on failure. A new format is one class and one line in `REGISTRY` (and `ENDINGS`).
"""

from __future__ import annotations

import contextlib
import io
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from matcher.errors import ColumnTypeError, DiskError, UsageError
from matcher.files import LOCAL_DISK, Disk
from matcher.output.formats import ArrowTables, CsvRows, JsonLines, ParquetTables, TableWriter
from matcher.schema import DECISION

REGISTRY: dict[str, Callable[[BinaryIO, pa.Schema], TableWriter]] = {
    "parquet": ParquetTables,
    "csv": CsvRows,
    "arrow": ArrowTables,
    "jsonl": JsonLines,
}
ENDINGS: Mapping[str, str] = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}

BUFFER_BYTES = 1 << 20

__all__ = ["ENDINGS", "REGISTRY", "OutputWriter", "open_writer", "output_format"]


class OutputWriter:
    """Takes tables of one schema, in order; made by `open_writer`.

    Attributes:
        n_rows: Rows written so far.
    """

    def __init__(self, writer: TableWriter, schema: pa.Schema) -> None:
        self.n_rows = 0
        self._writer = writer
        self._schema = schema

    def write(self, table: pa.Table | pa.RecordBatch) -> None:
        """Add rows.

        Args:
            table: A table or batch with the schema's columns, in any order and any string type.

        Raises:
            ColumnTypeError: a column is missing, or has a type that cannot be cast to the schema's.
            DiskError: the disk refused the bytes.
        """
        if isinstance(table, pa.RecordBatch):
            table = pa.Table.from_batches([table])
        if not table.schema.equals(self._schema):
            try:
                table = table.select(self._schema.names).cast(self._schema)
            except (KeyError, pa.ArrowException) as error:
                raise ColumnTypeError(
                    f"a table of {table.num_columns} columns cannot be written as "
                    f"{len(self._schema)} columns of the output's schema; cast it first"
                ) from error
        self._writer.write(table)
        self.n_rows += table.num_rows


@contextlib.contextmanager
def open_writer(
    path: str | Path,
    format: str | None = None,
    *,
    schema: pa.Schema = DECISION,
    disk: Disk = LOCAL_DISK,
) -> Iterator[OutputWriter]:
    """Open an output that appears whole or not at all.

    Args:
        path: The file to make; an existing one is replaced when the block ends without an error.
        format: A key of `REGISTRY`; None: guessed from the file's ending.
        schema: Of the tables that will be written.
        disk: The seam for disk access.

    Yields:
        A writer; the file is complete and flushed to the device when the block has ended.

    Raises:
        UsageError: unknown format or ending.
        DiskError: the file cannot be made, written or renamed; what was there before is untouched.

    Examples:
        >>> import tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> schema = pa.schema([("reference", pa.large_string()), ("match_weight", pa.float64())])
        >>> with open_writer(Path(folder.name, "out.csv"), schema=schema) as writer:
        ...     writer.write(pa.table({"reference": ["=1+1"], "match_weight": [-2.5]}))
        >>> print(Path(folder.name, "out.csv").read_text(encoding="utf-8"))
        reference,match_weight
        '=1+1,-2.5
        >>> folder.cleanup()
    """
    path = Path(path)
    known = output_format(path, format)
    with _whole_or_nothing(path, disk) as stream:
        writer = REGISTRY[known](stream, schema)
        is_complete = False
        try:
            yield OutputWriter(writer, schema)
            writer.close()
            is_complete = True
        finally:
            if not is_complete:
                with contextlib.suppress(DiskError, OSError, pa.ArrowException):
                    writer.close()  # frees the encoder; the file is thrown away


def output_format(path: Path, format: str | None = None) -> str:
    """Return the format to write: the one named, else by the file's ending.

    Raises:
        UsageError: unknown format or ending.
    """
    known = format or ENDINGS.get(path.suffix.lower())
    if known not in REGISTRY:
        seen = f"format {format}" if format else f"the ending of {path.name}"
        raise UsageError(f"{seen} is unknown; give one of the formats {', '.join(REGISTRY)}")
    return known


@contextlib.contextmanager
def _whole_or_nothing(path: Path, disk: Disk) -> Iterator[BinaryIO]:
    """Give a stream to a hidden file that takes the name `path` only when the block has ended well."""
    # An unguessable name: in a folder that others can write, nobody can lay a link there beforehand.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    is_whole = False
    try:
        # Buffered: the columnar encoders write many small pieces, each a call to the disk otherwise.
        with io.BufferedWriter(cast(io.RawIOBase, disk.create(temporary)), BUFFER_BYTES) as stream:
            yield stream
        disk.rename(temporary, path)
        is_whole = True
    finally:
        if not is_whole:
            with contextlib.suppress(DiskError):
                disk.remove(temporary)
