"""Writes Arrow files, list versions and segments into a working folder, with the manifest's figures.

A list's batches come one by one and their number is not known, so each table is written twice: as it
comes, to a stream in the working folder; then, knowing how its columns can be packed (`columns`), to the
file that stays. At most `FILE_ROWS` rows are held in memory.
Steps: `ListWriter.on_batch` -> stream -> `finish`: packed, in larger batches -> file -> figures.
`write_segment` writes whole tables, one chunk a column.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from matcher.access import Restriction
from matcher.errors import ColumnTypeError
from matcher.files import CHUNK_BYTES, Disk
from matcher.ingest.sink import TABLES, Sink
from matcher.snapshot.columns import KEPT, Packing
from matcher.snapshot.layout import now
from matcher.snapshot.manifest import ListManifest, SourceFile, TableFile, check_name

FILE_ROWS = {"persons": 65_536, "documents": 1 << 20, "rejects": 65_536}  # of a batch in the file, about


class _HashedStream(io.RawIOBase):
    """Digests what is written on its way to the disk, so that a fault of the disk cannot enter the digest."""

    def __init__(self, raw: BinaryIO) -> None:
        super().__init__()
        self._raw = raw
        self.n_bytes = 0
        self.hash = hashlib.blake2b(digest_size=32)

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        view = memoryview(content).cast("B")  # type: ignore[arg-type]
        self._raw.write(view)
        self.hash.update(view)
        self.n_bytes += len(view)
        return len(view)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._raw.close()


class ArrowFile:
    """An Arrow file being written; its figures hold when the context of `arrow_file` has ended."""

    def __init__(self, writer: pa.ipc.RecordBatchFileWriter, stream: _HashedStream) -> None:
        self._writer, self._stream = writer, stream
        self._rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Add a batch."""
        self._writer.write_batch(batch)
        self._rows += batch.num_rows

    def figures(self) -> TableFile:
        """Return size, digest and rows for the manifest."""
        return TableFile(self._stream.n_bytes, self._stream.hash.hexdigest(), self._rows)


@contextlib.contextmanager
def arrow_file(disk: Disk, path: Path, schema: pa.Schema, *, is_stream: bool = False) -> Iterator[ArrowFile]:
    """Write an uncompressed Arrow IPC file (or stream), batch by batch.

    Args:
        disk: Disk access.
        path: The new file.
        schema: Schema of every batch.
        is_stream: Write the stream format, whose dictionaries may change between batches.
    """
    hashed = _HashedStream(disk.create(path))
    with io.BufferedWriter(hashed, CHUNK_BYTES) as buffered:
        writer = (pa.ipc.new_stream if is_stream else pa.ipc.new_file)(buffered, schema)
        yield ArrowFile(writer, hashed)
        writer.close()


class ListWriter:
    """Writes the tables of one list version; `on_batch` is the sink's callback.

    Use as a context; `finish` gives the figures by table name and leaves only the finished files.
    """

    def __init__(self, folder: Path, disk: Disk) -> None:
        self._folder, self._disk = folder, disk
        self._streams = contextlib.ExitStack()
        self._raw: dict[str, ArrowFile] = {}
        self._packing = {name: Packing(schema, kept=KEPT[name]) for name, schema in TABLES.items()}

    def __enter__(self) -> ListWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self._streams.close()

    def on_batch(self, name: str, batch: pa.RecordBatch) -> None:
        """Take a batch of `persons`, `documents` or `rejects`."""
        if not batch.schema.equals(TABLES[name]):
            raise ColumnTypeError(f"a batch of {name} has other columns than the schema; a reader is at fault")
        if name not in self._raw:
            stream = arrow_file(self._disk, self._raw_path(name), TABLES[name], is_stream=True)
            self._raw[name] = self._streams.enter_context(stream)
        self._packing[name].see(batch)
        self._raw[name].write(batch)

    def finish(self) -> dict[str, TableFile]:
        """Write the files that stay; returns their figures by table name."""
        self._streams.close()
        return {name: self._finish(name) for name in TABLES}

    def _finish(self, name: str) -> TableFile:
        packing = self._packing[name]
        with arrow_file(self._disk, self._folder / f"{name}.arrow", packing.schema()) as file:
            if name in self._raw:
                for batch in self._batches(name):
                    file.write(packing.pack(batch))
        if name in self._raw:
            self._disk.remove(self._raw_path(name))
        return packing.note_in(file.figures())

    def _batches(self, name: str) -> Iterator[pa.RecordBatch]:
        with self._disk.open_read(self._raw_path(name)) as source, pa.ipc.open_stream(source) as stream:
            held: list[pa.RecordBatch] = []
            for batch in stream:
                held.append(batch)
                if sum(one.num_rows for one in held) >= FILE_ROWS[name]:
                    yield _joined(held)
                    held = []
            if held:
                yield _joined(held)

    def _raw_path(self, name: str) -> Path:
        return self._folder / f"{name}.stream"


def write_segment(folder: Path, tables: Mapping[str, pa.Table], *, disk: Disk) -> dict[str, TableFile]:
    """Write the tables of a segment, each as one batch, so that each column is mapped as one chunk.

    Args:
        folder: An existing folder of the writer's own.
        tables: Table by name; the name becomes `<name>.arrow`.
        disk: Disk access.

    Returns:
        The figures by table name, for the manifest.
    """
    figures = {}
    for name, table in sorted(tables.items()):
        path = folder / f"{check_name(name, what='segment table')}.arrow"
        with arrow_file(disk, path, table.schema) as file:
            file.write(_one_batch(table))
        figures[name] = file.figures()
    return figures


def list_manifest(
    sink: Sink,
    files: dict[str, TableFile],
    *,
    restriction: Restriction,
    version: str,
    format: str,
    sources: tuple[SourceFile, ...],
    mapping_digest: str | None,
    shrink_reason: str | None,
) -> ListManifest:
    """Make the manifest of one part of a list version from what its sink counted and its writer wrote.

    What was counted of the file as a whole, rejects among it, stands with the open part.
    """
    part, is_open = sink.parts[restriction], restriction.is_open
    return ListManifest(
        list_id=sink.list_id,
        version=version + restriction.part,
        format=format,
        as_of=sink.as_of,
        imported_at=now(),
        sources=sources,
        mapping_digest=mapping_digest,
        entries=part.by_kind.total(),
        malformed=part.malformed,
        rejects=sink.by_reason.total() if is_open else 0,
        by_kind=dict(sorted(part.by_kind.items())),
        by_reason=dict(sorted(sink.by_reason.items())) if is_open else {},
        dropped=sink.dropped if is_open else 0,
        notes=dict(sorted(sink.notes.items())) if is_open else {},
        files=files,
        restriction=restriction,
        parts=tuple(sorted(version + other.part for other in sink.parts if not other.is_open)) if is_open else (),
        shrink_reason=shrink_reason,
    )


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return _one_batch(pa.Table.from_batches(batches))


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    batches = table.unify_dictionaries().combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)
