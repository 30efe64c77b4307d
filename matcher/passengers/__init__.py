"""Passengers: readers of traveller files into batches of `matcher.schema.TRAVELLER`.

In the order of the flow: `packing` opens files, out of gzip and zip; `lines` and `encodings` make text of bytes;
`delimited` (CSV), `jsonl`, `xlsx` (with `workbook`), `mrz` and `columnar` (Parquet, Arrow IPC) give items; `headers`
finds the columns and `flat` reads a row of them; `items` makes batches, and `row` makes each row, with `dates` for
birth dates: the same for a file, a table and a single lookup.
A new format is one file and one line in `REGISTRY` (and in `ENDINGS`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from matcher.errors import UsageError
from matcher.files import LOCAL_DISK, Disk
from matcher.passengers.columnar import open_arrow, open_parquet
from matcher.passengers.dates import DateReading
from matcher.passengers.delimited import open_csv
from matcher.passengers.flat import travellers_from_flat
from matcher.passengers.headers import ColumnMapping, read_mapping
from matcher.passengers.items import Reading, ReadOptions, SourceDescription, look_ahead, traveller_batches
from matcher.passengers.jsonl import open_jsonl
from matcher.passengers.mrz import looks_like_mrz, mrz_warnings, open_mrz, traveller_from_mrz
from matcher.passengers.packing import Source, held, open_source
from matcher.passengers.row import REJECT_REASONS, WARNINGS, traveller_row
from matcher.passengers.xlsx import open_xlsx
from matcher.schema import TRAVELLER

REGISTRY: dict[str, Callable[[BinaryIO, str, ReadOptions], Reading]] = {
    "csv": open_csv,
    "jsonl": open_jsonl,
    "xlsx": open_xlsx,
    "mrz": open_mrz,
    "parquet": open_parquet,
    "arrow": open_arrow,
}
ENDINGS: Mapping[str, str] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",  # or `mrz`, if the first line is one of a machine readable zone
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".mrz": "mrz",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".arrows": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
}
_FROM_THE_END = frozenset({"xlsx", "parquet", "arrow"})

__all__ = [
    "ENDINGS",
    "REGISTRY",
    "REJECT_REASONS",
    "WARNINGS",
    "DateReading",
    "SourceDescription",
    "describe_travellers",
    "mrz_warnings",
    "read_travellers",
    "traveller_from_mrz",
    "traveller_row",
    "travellers_from_flat",
]


def read_travellers(
    path: str | Path,
    format: str | None = None,
    *,
    mapping: str | Path | ColumnMapping | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    date_order: str | None = None,
    calendar: str | None = None,
    disk: Disk = LOCAL_DISK,
) -> pa.RecordBatchReader:
    """Read a file of travellers as TRAVELLER batches, streaming.

    Args:
        path: The file; out of gzip or of a zip that holds it alone, too.
        format: A key of `REGISTRY`; None: guessed from the file's ending (inside the packing).
        mapping: Field to header for columns that the header table doesn't know: a TOML file with
            `[columns]`, or that table.
        encoding: Of a text file; None: found out (`matcher.passengers.encodings`).
        sheet: Of a workbook; None: the first that isn't hidden.
        date_order: `dmy` or `mdy`; None: found out from the first 10,000 rows (`matcher.passengers.dates`).
        calendar: `islamic` or `persian`, for birth years from 1250 to 1450; None: by nationality.
        disk: The seam for disk access.

    Returns:
        A reader of TRAVELLER batches, one row a data row, in the file's order. A row that cannot be
        screened carries `reject_reason`; a value that could not be read is null and named in `warnings`.

    Raises:
        UsageError: unknown format, ending, encoding, date order or calendar.
        InputError: not the format it claims to be, an encoding that cannot be told, a packed file of something
            else, or no known column.
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
    options = _options(mapping, encoding, sheet, DateReading(date_order, calendar), disk=disk)
    source, reading = _open(Path(path), format, options, disk)
    return pa.RecordBatchReader.from_batches(TRAVELLER, _batches(source, reading, options))


def describe_travellers(
    path: str | Path,
    format: str | None = None,
    *,
    mapping: str | Path | ColumnMapping | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    date_order: str | None = None,
    calendar: str | None = None,
    disk: Disk = LOCAL_DISK,
) -> SourceDescription:
    """Tell what a file of travellers is recognised as, and why; arguments and errors as for `read_travellers`.

    Reads no more than the first 10,000 rows, and what finding out the encoding takes.

    Examples:
        >>> import tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> path = Path(folder.name, "passengers.csv")
        >>> _ = path.write_text("surname;dob;seat\\nERIKSSON;25/08/1974;12A\\n", encoding="utf-8")
        >>> found = describe_travellers(path)
        >>> found.delimiter, found.encoding, found.recognised["birth_date"], found.unrecognised, found.date_order
        (';', 'utf-8', ('dob',), ('seat',), 'dmy')
        >>> folder.cleanup()
    """
    options = _options(mapping, encoding, sheet, DateReading(date_order, calendar), disk=disk)
    source, reading = _open(Path(path), format, options, disk)
    try:
        _, dates, reason = look_ahead(reading.items, options.dates)
    finally:
        source.close()
    return replace(reading.description, packing=source.packing, date_order=dates.order, date_order_reason=reason)


def _options(
    mapping: str | Path | ColumnMapping | None,
    encoding: str | None,
    sheet: str | None,
    dates: DateReading,
    *,
    disk: Disk,
) -> ReadOptions:
    return ReadOptions(read_mapping(mapping, disk=disk), encoding, sheet, dates)


def _open(path: Path, format: str | None, options: ReadOptions, disk: Disk) -> tuple[Source, Reading]:
    if format is not None and format not in REGISTRY:
        raise _unknown(f"format {format}")
    known_ending = path.suffix.lower() in {*ENDINGS, ".gz", ".zip"}
    if format is None and not known_ending:
        raise _unknown(f"the ending of {path.name}")
    with contextlib.ExitStack() as undo:
        source = open_source(path, disk)
        undo.callback(source.close)
        known = format or _format_of(source)
        if known in _FROM_THE_END:
            source.stream = held(source)
        reading = REGISTRY[known](source.stream, source.name, options)
        undo.pop_all()
        return source, reading


def _format_of(source: Source) -> str:
    suffix = Path(source.name).suffix.lower()
    if suffix not in ENDINGS:
        raise _unknown(f"the ending of {source.name}")
    if suffix == ".txt":
        start = source.stream.read(400)
        source.stream.seek(0)
        if looks_like_mrz(next(iter(start.decode("ascii", "replace").split("\n")), "")):
            return "mrz"
    return ENDINGS[suffix]


def _unknown(seen: str) -> UsageError:
    return UsageError(f"{seen} is unknown; give one of the formats {', '.join(REGISTRY)}")


def _batches(source: Source, reading: Reading, options: ReadOptions) -> Iterator[pa.RecordBatch]:
    try:
        yield from traveller_batches(reading.items, options.dates)
    finally:
        source.close()
