"""Readers of list files: one file a format, and the registry that names them.

A reader turns source files into batches of `PERSON_ENTRY`, `DOCUMENT_ENTRY` and `REJECT` rows. It never
drops a row silently, never guesses a date and keeps the original text.

In flow order: `source` and `xml_source` (bytes to records) -> `un_sc_xml`, `ofac_sdn_csv`, `sltd_csv`,
`mapped_csv` with `mapping` (records to entries) -> `names`, `dates`, `document_text`, `ofac_remarks`,
`person_cells` (cells to values) -> `sink` (entries to batches, `reject` for the reasons), `entry_ids`.
A new format is one file and one line of `REGISTRY`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from matcher.errors import InputError
from matcher.files import Disk
from matcher.ingest import mapped_csv, ofac_sdn_csv, sltd_csv, un_sc_xml
from matcher.ingest.sink import Sink

# Of all readers together; part of a list version's digest. Raise it when a reader gives other entries
# for the same file, so that the file is imported again and not taken for known.
READER_VERSION = 1


class Reader(Protocol):
    """Reads the files of one list into a sink; see the formats for what each accepts."""

    def __call__(self, paths: Sequence[Path], sink: Sink, *, mapping: bytes | None, disk: Disk) -> None:
        """Raise `InputError` for files that are not this format; reject single rows to the sink."""


REGISTRY: dict[str, Reader] = {
    un_sc_xml.FORMAT: un_sc_xml.read,
    ofac_sdn_csv.FORMAT: ofac_sdn_csv.read,
    sltd_csv.FORMAT: sltd_csv.read,
    mapped_csv.FORMAT: mapped_csv.read,
}


def reader(format_name: str) -> Reader:
    """Return the reader of a list format.

    Raises:
        InputError: the format is not known; the message names those that are.

    Examples:
        >>> reader("sltd-csv") is REGISTRY["sltd-csv"]
        True
    """
    if format_name not in REGISTRY:
        raise InputError(f"unknown list format; known are {', '.join(REGISTRY)}")
    return REGISTRY[format_name]
