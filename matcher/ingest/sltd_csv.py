"""Format `sltd-csv`: lost, stolen, revoked and invalid travel documents, one a row.

Steps, two passes: national references are counted (as digests, 8 bytes each) -> rows become entries, by blocks
where every line is plain (`blocks`, `sltd_rows`), one by one elsewhere. The
`entry_id` is the national reference where the list holds it once and it does not show the number itself;
else it stays null, and the store derives one (`entry_ids`).

Only a row without number or issuing state is a reject. A number that cannot be a key is an entry all the
same, found by its exact text (`malformed`). An unknown status or an impossible date becomes null: its text
goes to the note, and the sink counts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from matcher.errors import InputError
from matcher.files import Disk
from matcher.ingest.blocks import read_pieces
from matcher.ingest.sink import Sink
from matcher.ingest.sltd_rows import Repeated, digests_of, document_of, put_block
from matcher.ingest.source import read_table, refuse_mapping, require_entries
from matcher.schema import TEXT

FORMAT = "sltd-csv"
REFERENCE = "national_reference"
COLUMNS = (
    "document_number", "issuing_state", "document_type", "status", "reported_on", "issued_on", "expires_on",
    "review_on", "national_reference", "note",
)  # fmt: skip


def read(paths: Sequence[Path], sink: Sink, *, mapping: bytes | None, disk: Disk) -> None:
    """Read one or several files of documents into the sink.

    Args:
        paths: The files, each with the header `COLUMNS` (any order).
        sink: Takes the documents.
        mapping: Must be None.
        disk: The seam for disk access.

    Raises:
        InputError: a file is empty, is not UTF-8 or has another header; or no document was found.
        UsageError: a mapping was given.

    Cost:
        Reads the files twice; 8 bytes of memory a row with a national reference.
    """
    refuse_mapping(mapping, FORMAT)
    repeated = _repeated_references(paths, disk)
    for path in paths:
        header = _header(path, disk)
        for first, piece in read_pieces(path, disk, header):
            if isinstance(piece, pa.Table):
                put_block(piece, first, repeated, sink, source_file=path.name)
                continue
            for number, (cells, fault) in enumerate(piece, first):
                if fault is not None:
                    sink.reject(number, fault, source_file=path.name)
                    continue
                row = dict(zip(header, map(str.strip, cells), strict=True))
                if (document := document_of(row, number, repeated, sink, source_file=path.name)) is not None:
                    sink.document(document)
    require_entries(sink, paths)


def _header(path: Path, disk: Disk) -> list[str]:
    header, _ = read_table(path, disk)
    if missing := [name for name in COLUMNS if name not in header]:
        raise InputError(f"{path.name} lacks the columns {', '.join(missing)}; {FORMAT} is comma-separated")
    if len(header) != len(COLUMNS):
        raise InputError(f"{path.name} has {len(header)} columns, {len(COLUMNS)} expected; remove what {FORMAT} lacks")
    return header


def _repeated_references(paths: Sequence[Path], disk: Disk) -> Repeated:
    """Count the national references; only their digests are held."""
    parts = []
    for path in paths:
        header = _header(path, disk)
        place = header.index(REFERENCE)
        for _, piece in read_pieces(path, disk, header, only=REFERENCE):
            if isinstance(piece, pa.Table):
                column = piece.column(0).combine_chunks()
            else:
                column = pa.array([cells[place].strip() for cells, fault in piece if fault is None], TEXT)
            parts.append(digests_of(column.filter(pc.not_equal(column, ""))))
    return Repeated(parts)
