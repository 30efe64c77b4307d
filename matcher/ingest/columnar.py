"""Format `parquet`: tables in the shape of PERSON_ENTRY or DOCUMENT_ENTRY, or flat ones read by a mapping.

Parquet files, Arrow IPC files and streams. Steps without a mapping: shape of each file (a column `names`:
persons; a column `number`: documents) -> files of persons, then files of documents -> columns cast to the
schema -> each row checked (`entry_rows`). With a mapping: cells become texts (`cell_text`), and the rows are
read as those of `mapped-csv` are (`mapped_rows`). Nested columns are only read in the two shapes.
"""

from __future__ import annotations

import datetime
import decimal
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from matcher.errors import DiskError, InputError
from matcher.files import Disk
from matcher.ingest.entry_rows import EntryRows, fault_of
from matcher.ingest.mapped_rows import put_row
from matcher.ingest.mapping import Mapping, parse_mapping
from matcher.ingest.sink import Sink
from matcher.ingest.source import require_entries
from matcher.schema import DOCUMENT_ENTRY, PERSON_ENTRY

FORMAT = "parquet"
BATCH_ROWS = 1024
MAX_COLUMNS = 1_000
ROW_GROUP_BYTES = 1 << 30  # unpacked; a reader holds the parts of one row group
PARQUET_START, ARROW_START, STREAM_START = b"PAR1", b"ARROW1", b"\xff\xff\xff\xff"
_END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"

Batches = tuple[pa.Schema, Iterator[pa.RecordBatch]]


def read(paths: Sequence[Path], sink: Sink, *, mapping: bytes | None, disk: Disk) -> None:
    """Read one or several tables into the sink.

    Args:
        paths: Parquet or Arrow IPC files, in any order. Documents that name a `person_entry_id` need the
            file with that person beside them.
        sink: Takes the entries.
        mapping: None for tables in one of the two shapes; else the TOML mapping's bytes, as for
            `mapped-csv`.
        disk: The seam for disk access.

    Raises:
        InputError: a file is no such table, is damaged, or has a column of another type; or no entry.
        MappingError: the mapping is wrong, or names a column that a file lacks.
    """
    if mapping is not None:
        rules = parse_mapping(mapping)
        for path in paths:
            _read_flat(path, rules, sink, disk)
    else:
        persons, documents = _by_shape(paths, disk)
        rows = EntryRows(sink)
        rows.attached = frozenset(_attached(documents, disk))
        for path in persons:
            for number, row in _shaped_rows(path, PERSON_ENTRY, disk):
                rows.person(row, number, path.name)
        for path in documents:
            for number, row in _shaped_rows(path, DOCUMENT_ENTRY, disk):
                rows.document(row, number, path.name)
    require_entries(sink, paths)


def cell_text(value: Any) -> str:
    """Return a cell of a flat table as a mapping's rules read it: lists are one value a line.

    Examples:
        >>> cell_text(datetime.date(1960, 8, 31)), cell_text(7.0), cell_text(["a", None, "b"]), cell_text(None)
        ('1960-08-31', '7', 'a\\nb', '')
    """
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, list):
        return "\n".join(filter(None, map(cell_text, value)))
    return str(value).strip()


def _read_flat(path: Path, rules: Mapping, sink: Sink, disk: Disk) -> None:
    first = 1
    for schema, batch in _batches(path, disk):
        if first == 1:
            rules.require_columns(schema.names, path.name)
            _refuse_nested(schema, path.name)
        for number, row in enumerate(batch.to_pylist(), first):
            if (fault := fault_of(row)) is not None:
                sink.reject(number, fault, source_file=path.name)
            else:
                cells = {column: cell_text(value) for column, value in row.items()}
                put_row(cells, rules, sink, number=number, source_file=path.name)
        first += batch.num_rows


def _refuse_nested(schema: pa.Schema, name: str) -> None:
    for column in schema:
        kind = column.type
        inner = kind.value_type if pa.types.is_list(kind) or pa.types.is_large_list(kind) else kind
        if pa.types.is_nested(inner) or pa.types.is_binary(inner) or pa.types.is_large_binary(inner):
            raise InputError(f"{name} has a column of type {str(kind)[:40]}, which a mapping cannot read; leave it out")


def _by_shape(paths: Sequence[Path], disk: Disk) -> tuple[list[Path], list[Path]]:
    shapes: tuple[list[Path], list[Path]] = ([], [])
    for path in paths:
        shapes[shape_of(column_names(path, disk), path.name)].append(path)
    return shapes


def shape_of(columns: Sequence[str], name: str) -> int:
    """Tell the shape of a table by its columns: 0 for PERSON_ENTRY, 1 for DOCUMENT_ENTRY.

    Raises:
        InputError: it has neither shape, so it needs a mapping.
    """
    if {"entry_id", "names"} <= set(columns):
        return 0
    if {"number", "issuing_state"} <= set(columns):
        return 1
    raise InputError(
        f"{name} has neither the columns of persons (entry_id, names) nor of documents (number, issuing_state); "
        "give a mapping that names its columns"
    )


def _attached(paths: Sequence[Path], disk: Disk) -> Iterator[str]:
    for path in paths:
        for schema, batch in _batches(path, disk):
            if "person_entry_id" in schema.names:
                for value in batch.column(schema.get_field_index("person_entry_id")).to_pylist():
                    if isinstance(value, str):
                        yield value


def _shaped_rows(path: Path, wanted: pa.Schema, disk: Disk) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield number and row, columns cast to the schema's types; further columns come as they are."""
    first = 1
    for schema, batch in _batches(path, disk):
        columns = {}
        for place, name in enumerate(schema.names):
            column = batch.column(place)
            columns[name] = _cast(column, wanted.field(name), path.name) if name in wanted.names else column
        rows = pa.RecordBatch.from_pydict(columns).to_pylist() if columns else []
        yield from enumerate(rows, first)
        first += batch.num_rows


def _cast(column: pa.Array, field: pa.Field, name: str) -> pa.Array:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    try:
        return column.cast(kind)
    except (pa.ArrowException, ValueError) as error:
        raise InputError(
            f"{name} has {str(column.type)[:60]} in the column {field.name}, where {str(kind)[:60]} is needed; cast it"
        ) from error


def column_names(path: Path, disk: Disk) -> list[str]:
    """Return the columns of a table.

    Raises:
        InputError: it is no Parquet or Arrow table, or a damaged one.
    """
    with disk.open_read(path) as stream:
        try:
            return list(_open(stream, path.name)[0].names)
        except (pa.ArrowException, OSError, EOFError, ValueError) as error:
            raise _refused(path, error) from error


def _batches(path: Path, disk: Disk) -> Iterator[tuple[pa.Schema, pa.RecordBatch]]:
    with disk.open_read(path) as stream:
        try:
            schema, batches = _open(stream, path.name)
            for batch in batches:
                batch.validate(full=True)  # a file may lie about its own buffers, and its texts may be no UTF-8
                for start in range(0, batch.num_rows, BATCH_ROWS):
                    yield schema, batch.slice(start, BATCH_ROWS)
        except (pa.ArrowException, OSError, EOFError, UnicodeDecodeError, decimal.InvalidOperation) as error:
            raise _refused(path, error) from error


def _open(stream: BinaryIO, name: str) -> Batches:
    start = stream.read(len(ARROW_START))
    stream.seek(0)
    if start.startswith(PARQUET_START):
        file = pq.ParquetFile(stream)
        for place in range(file.metadata.num_row_groups):
            if file.metadata.row_group(place).total_byte_size > ROW_GROUP_BYTES:
                raise InputError(f"{name} has a row group of more than {ROW_GROUP_BYTES >> 20} MB; write smaller ones")
        opened = file.schema_arrow, file.iter_batches(batch_size=BATCH_ROWS)
    elif start == ARROW_START:
        arrow = pa.ipc.open_file(stream)
        opened = arrow.schema, (arrow.get_batch(place) for place in range(arrow.num_record_batches))
    elif start.startswith(STREAM_START):
        # Arrow takes a stream that was cut between two batches for a whole one, and rows would be lost.
        stream.seek(-min(len(_END_OF_STREAM), stream.seek(0, io.SEEK_END)), io.SEEK_END)
        if stream.read() != _END_OF_STREAM:
            raise EOFError
        stream.seek(0)
        reader = pa.ipc.open_stream(stream)
        opened = reader.schema, iter(reader)
    else:
        raise EOFError
    names = opened[0].names
    if len(names) > MAX_COLUMNS or len(set(names)) != len(names):
        raise InputError(f"{name} has {len(names)} columns; up to {MAX_COLUMNS}, each name once, can be read")
    return opened


def _refused(path: Path, error: Exception) -> InputError | DiskError:
    if isinstance(error, OSError) and error.errno is not None:
        return DiskError(f"cannot read {path}: {error.strerror}")
    return InputError(f"{path.name} is not a whole Parquet or Arrow file; write it again, or give the format it has")
