"""Parquet and Arrow IPC files of travellers, through the same flat-table normaliser as everything else.

Steps: open -> footer or schema checked -> batches of at most 8,192 rows -> `travellers_from_flat`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from matcher.errors import DiskError, EpervierError, InputError
from matcher.files import LOCAL_DISK, Disk
from matcher.passengers.flat import BATCH_ROWS, travellers_from_flat
from matcher.passengers.headers import ColumnMapping

_ARROW_FILE = b"ARROW1"
_END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"


def read_parquet(path: Path, *, mapping: ColumnMapping | None = None, disk: Disk = LOCAL_DISK) -> pa.RecordBatchReader:
    """Read a Parquet file of travellers, flat or TRAVELLER-shaped.

    Args:
        path: The file.
        mapping: Field to header, for columns that the header table doesn't know.
        disk: The seam for disk access.

    Returns:
        A reader of TRAVELLER batches, in the file's order.

    Raises:
        InputError: not a Parquet file, a damaged one, or no known column.
    """
    return _read(path, "Parquet", _parquet_reader, mapping=mapping, disk=disk)


def read_arrow(path: Path, *, mapping: ColumnMapping | None = None, disk: Disk = LOCAL_DISK) -> pa.RecordBatchReader:
    """Read an Arrow IPC file or stream of travellers; arguments and errors as for `read_parquet`."""
    return _read(path, "Arrow", _arrow_reader, mapping=mapping, disk=disk)


def _read(
    path: Path,
    kind: str,
    make_reader: Callable[[BinaryIO], tuple[pa.Schema, Iterator[pa.RecordBatch]]],
    *,
    mapping: ColumnMapping | None,
    disk: Disk,
) -> pa.RecordBatchReader:
    stream = disk.open_read(path)
    try:
        schema, batches = make_reader(stream)
        source = pa.RecordBatchReader.from_batches(schema, _guarded(batches, stream, path, kind))
        reader: Any = travellers_from_flat(source, mapping=mapping)
    except (pa.ArrowException, OSError, EOFError) as error:
        stream.close()
        raise _refused(path, kind, error) from error
    except EpervierError:
        stream.close()
        raise
    return reader


def _guarded(batches: Iterator[pa.RecordBatch], stream: BinaryIO, path: Path, kind: str) -> Iterator[pa.RecordBatch]:
    try:
        yield from batches
    except (pa.ArrowException, OSError, EOFError) as error:
        raise _refused(path, kind, error) from error
    finally:
        stream.close()


def _refused(path: Path, kind: str, error: Exception) -> EpervierError:
    if isinstance(error, OSError) and error.errno is not None:
        return DiskError(f"cannot read {path.name}: {error.strerror}; nothing was changed")
    return InputError(f"{path.name} is not a whole {kind} file; write it again, or give the format it has")


def _parquet_reader(stream: BinaryIO) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    file = pq.ParquetFile(stream)
    return file.schema_arrow, file.iter_batches(batch_size=BATCH_ROWS)


def _arrow_reader(stream: BinaryIO) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    is_file = stream.read(len(_ARROW_FILE)) == _ARROW_FILE
    if not is_file:
        # Arrow takes a stream that was cut between two batches for a whole one, and rows would be lost.
        stream.seek(-min(len(_END_OF_STREAM), stream.seek(0, io.SEEK_END)), io.SEEK_END)
        if stream.read() != _END_OF_STREAM:
            raise EOFError
        stream.seek(0)
        reader = pa.ipc.open_stream(stream)
        return reader.schema, iter(reader)
    stream.seek(0)
    file = pa.ipc.open_file(stream)
    return file.schema, (file.get_batch(number) for number in range(file.num_record_batches))
