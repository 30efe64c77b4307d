"""Parquet and Arrow IPC files of travellers, through the same flat-table normaliser as everything else.

Steps: footer or schema checked -> batches of at most 8,192 rows -> `matcher.passengers.flat.table_items`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from matcher.errors import DiskError, EpervierError, InputError
from matcher.passengers.flat import MOST_NAMED, columns_read, table_items
from matcher.passengers.items import BATCH_ROWS, Reading, ReadOptions, SourceDescription
from matcher.schema import TRAVELLER

_ARROW_FILE = b"ARROW1"
_Opened = tuple[pa.Schema, list[str], Iterator[pa.RecordBatch]]  # of the columns read, all names, the batches
_END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"


def open_parquet(stream: BinaryIO, name: str, options: ReadOptions) -> Reading:
    """Read a Parquet file of travellers, flat or TRAVELLER-shaped; columns that aren't known stay unread.

    Raises:
        InputError: not a Parquet file, a damaged one, or no known column.
    """
    return _open(stream, name, "parquet", options)


def open_arrow(stream: BinaryIO, name: str, options: ReadOptions) -> Reading:
    """Read an Arrow IPC file or stream of travellers; errors as for `open_parquet`."""
    return _open(stream, name, "arrow", options)


def _open(stream: BinaryIO, name: str, kind: str, options: ReadOptions) -> Reading:
    make_reader = _parquet_reader if kind == "parquet" else _arrow_reader
    try:
        schema, whole, batches = make_reader(stream, name, options)
        items, flat = table_items(schema, _guarded(batches, name, kind), options, what=name)
    except (pa.ArrowException, OSError, EOFError) as error:
        raise _refused(name, kind, error) from error
    recognised = (
        flat.recognised if flat else {column: (column,) for column in schema.names if column in TRAVELLER.names}
    )
    known = {header for headers in recognised.values() for header in headers}
    others = tuple(column for column in whole if column not in known)[:MOST_NAMED]
    return Reading(SourceDescription(kind, recognised=recognised, unrecognised=others), items)


def _guarded(batches: Iterator[pa.RecordBatch], name: str, kind: str) -> Iterator[pa.RecordBatch]:
    try:
        yield from batches
    except (pa.ArrowException, OSError, EOFError) as error:
        raise _refused(name, kind, error) from error


def _refused(name: str, kind: str, error: Exception) -> EpervierError:
    if isinstance(error, OSError) and error.errno is not None:
        return DiskError(f"cannot read {name}: {error.strerror}; nothing was changed")
    return InputError(f"{name} is not a whole {kind.capitalize()} file; write it again, or give the format it has")


def _parquet_reader(stream: BinaryIO, name: str, options: ReadOptions) -> _Opened:
    """Open a Parquet file for the columns that are known; the others are not even unpacked."""
    file = pq.ParquetFile(stream)
    schema = file.schema_arrow
    whole: list[str] = schema.names
    kept = columns_read(schema, options, what=name)
    if len(set(whole)) == len(whole) and not any("." in column for column in kept):  # a dot is a path
        schema = pa.schema([schema.field(column) for column in kept])
        return schema, whole, file.iter_batches(batch_size=BATCH_ROWS, columns=kept)
    return schema, whole, file.iter_batches(batch_size=BATCH_ROWS)


def _arrow_reader(stream: BinaryIO, *_: object) -> _Opened:
    is_file = stream.read(len(_ARROW_FILE)) == _ARROW_FILE
    if not is_file:
        # Arrow takes a stream that was cut between two batches for a whole one, and rows would be lost.
        stream.seek(-min(len(_END_OF_STREAM), stream.seek(0, io.SEEK_END)), io.SEEK_END)
        if stream.read() != _END_OF_STREAM:
            raise EOFError
        stream.seek(0)
        reader = pa.ipc.open_stream(stream)
        return reader.schema, reader.schema.names, iter(reader)
    stream.seek(0)
    file = pa.ipc.open_file(stream)
    return file.schema, file.schema.names, (file.get_batch(number) for number in range(file.num_record_batches))
