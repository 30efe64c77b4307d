"""Passengers: readers of traveller files into batches of `matcher.schema.TRAVELLER`.

In the order of the flow: `delimited` (CSV) and `columnar` (Parquet, Arrow IPC) read files; `headers` finds
the columns; `flat` takes tables, and `row` makes each row, the same for a file, a table and a single lookup.
A new format is one file and one line in `REGISTRY` (and in `ENDINGS`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa

from matcher.errors import UsageError
from matcher.files import LOCAL_DISK, Disk
from matcher.passengers.columnar import read_arrow, read_parquet
from matcher.passengers.delimited import read_csv
from matcher.passengers.flat import travellers_from_flat
from matcher.passengers.headers import ColumnMapping, read_mapping
from matcher.passengers.row import REJECT_REASONS, WARNINGS, traveller_row

REGISTRY: dict[str, Callable[..., pa.RecordBatchReader]] = {
    "csv": read_csv,
    "parquet": read_parquet,
    "arrow": read_arrow,
}
ENDINGS: Mapping[str, str] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".arrows": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
}

__all__ = [
    "ENDINGS",
    "REGISTRY",
    "REJECT_REASONS",
    "WARNINGS",
    "read_travellers",
    "traveller_row",
    "travellers_from_flat",
]


def read_travellers(
    path: str | Path,
    format: str | None = None,
    *,
    mapping: str | Path | ColumnMapping | None = None,
    disk: Disk = LOCAL_DISK,
) -> pa.RecordBatchReader:
    """Read a file of travellers as TRAVELLER batches, streaming.

    Args:
        path: The file.
        format: A key of `REGISTRY`; None: guessed from the file's ending.
        mapping: Field to header for columns that the header table doesn't know: a TOML file with
            `[columns]`, or that table.
        disk: The seam for disk access.

    Returns:
        A reader of TRAVELLER batches, one row a data row, in the file's order. A row that cannot be
        screened carries `reject_reason`; a value that could not be read is null and named in `warnings`.

    Raises:
        UsageError: unknown format or ending.
        InputError: not the format it claims to be, another encoding than UTF-8, or no known column.
        MappingError: a mapping that cannot be applied.
        DiskError: the file cannot be opened or read.

    Examples:
        >>> import tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> path = Path(folder.name, "passengers.csv")
        >>> _ = path.write_text("surname,first_name,dob\\nERIKSSON,Anna,1974-08-12\\n", encoding="utf-8")
        >>> read_travellers(path).read_all().column("names").to_pylist()
        [['ERIKSSON, Anna']]
        >>> folder.cleanup()
    """
    path = Path(path)
    known = format or ENDINGS.get(path.suffix.lower())
    if known not in REGISTRY:
        seen = f"format {format}" if format else f"the ending of {path.name}"
        raise UsageError(f"{seen} is unknown; give one of the formats {', '.join(REGISTRY)}")
    return REGISTRY[known](path, mapping=read_mapping(mapping, disk=disk), disk=disk)
