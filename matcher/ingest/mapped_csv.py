"""Format `mapped-csv`: anybody's CSV list of persons, organisations or conveyances, read by a mapping.

Steps: header checked against the mapping -> each row by the mapping's rules (`mapped_rows`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matcher.files import Disk
from matcher.ingest.mapped_rows import put_row
from matcher.ingest.mapping import parse_mapping
from matcher.ingest.sink import Sink
from matcher.ingest.source import read_table, require_entries

FORMAT = "mapped-csv"


def read(paths: Sequence[Path], sink: Sink, *, mapping: bytes | None, disk: Disk) -> None:
    """Read one or several files into the sink.

    Args:
        paths: CSV files with a header line; all are read by the same mapping.
        sink: Takes the entries.
        mapping: The TOML mapping's bytes.
        disk: The seam for disk access.

    Raises:
        MappingError: no mapping, a wrong one, or one that names a column that a file lacks.
        InputError: a file is empty or not UTF-8; or no entry was found.
    """
    rules = parse_mapping(mapping)
    for path in paths:
        header, records = read_table(path, disk)
        rules.require_columns(header, path.name)
        for number, (cells, fault) in enumerate(records, 1):
            if fault is not None:
                sink.reject(number, fault, source_file=path.name)
                continue
            cells_by_column = dict(zip(header, map(str.strip, cells), strict=True))
            put_row(cells_by_column, rules, sink, number=number, source_file=path.name)
    require_entries(sink, paths)
