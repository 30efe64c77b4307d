"""Readers of list files: one file a format, and the registry that names them.

A reader turns source files into batches of `PERSON_ENTRY`, `DOCUMENT_ENTRY` and `REJECT` rows. It never
drops a row silently, never guesses a date and keeps the original text.

In flow order: `packed` (gzip and zip), `sniff` (which format) -> `source`, `xml_source`, `json_source` (bytes to
records) -> `un_sc_xml`, `ofac_sdn_csv`, `sltd_csv`, `interpol_notices`, `ftm_json` with `ftm_links`, `mapped_csv`
and `columnar` with `mapping`, `mapped_rows` and `entry_rows` (records to entries) -> `names`, `dates`,
`document_text`, `ofac_remarks`, `person_cells`, `json_values` (cells to values) -> `sink` (entries to batches,
`reject` for the reasons), `entry_ids`. A new format is one file and one line of `REGISTRY`, and its mark in `sniff`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from matcher.errors import InputError, UsageError
from matcher.files import LOCAL_DISK, Disk
from matcher.ingest import columnar, ftm_json, interpol_notices, mapped_csv, ofac_sdn_csv, sltd_csv, un_sc_xml
from matcher.ingest.packed import unpacked
from matcher.ingest.sink import Sink
from matcher.ingest.sniff import Sniffed, sniff

AUTO = "auto"  # not a format: it is recognised by `resolve_format`

# Of all readers together; part of a list version's digest. Raise it when a reader gives other entries
# for the same file, so that the file is imported again and not taken for known.
READER_VERSION = 3


class Reader(Protocol):
    """Reads the files of one list into a sink; see the formats for what each accepts."""

    def __call__(self, paths: Sequence[Path], sink: Sink, *, mapping: bytes | None, disk: Disk) -> None:
        """Raise `InputError` for files that are not this format; reject single rows to the sink."""


REGISTRY: dict[str, Reader] = {
    un_sc_xml.FORMAT: un_sc_xml.read,
    ofac_sdn_csv.FORMAT: ofac_sdn_csv.read,
    sltd_csv.FORMAT: sltd_csv.read,
    mapped_csv.FORMAT: mapped_csv.read,
    interpol_notices.FORMAT: interpol_notices.read,
    ftm_json.FORMAT: ftm_json.read,
    columnar.FORMAT: columnar.read,
}

__all__ = ["AUTO", "READER_VERSION", "REGISTRY", "Reader", "Sink", "Sniffed", "reader", "resolve_format", "sniff"]


def reader(format_name: str) -> Reader:
    """Return the reader of a list format; it takes packed files (gzip, zip) too.

    Raises:
        InputError: the format is not known; the message names those that are.

    Examples:
        >>> callable(reader("sltd-csv"))
        True
    """
    if format_name not in REGISTRY:
        raise InputError(f"unknown list format; known are {', '.join(REGISTRY)}")
    read_plain = REGISTRY[format_name]

    def read(paths: Sequence[Path], sink: Sink, *, mapping: bytes | None, disk: Disk) -> None:
        files, unpacking = unpacked(paths, disk)
        read_plain(files, sink, mapping=mapping, disk=unpacking)

    return read


def resolve_format(
    format_name: str, paths: Sequence[Path], disk: Disk = LOCAL_DISK, *, has_mapping: bool = False
) -> tuple[str, str]:
    """Return the format of a list's files, and why: recognised where `auto` is asked for, else as named.

    Args:
        format_name: A name of `REGISTRY`, or `auto`.
        paths: The list's files.
        disk: The seam for disk access.
        has_mapping: Whether a mapping file is given with them.

    Raises:
        InputError: the format is not known, or not recognised; the message says what was looked for.
        UsageError: it was recognised as one that needs a mapping, and there is none.

    Examples:
        >>> resolve_format("sltd-csv", [])
        ('sltd-csv', 'as named')
    """
    if format_name != AUTO:
        reader(format_name)
        return format_name, "as named"
    found = sniff(paths, disk)
    if found.mapping_hint and not has_mapping:
        raise UsageError(f"recognised {found.format} ({found.why}): {found.mapping_hint}; give one")
    return found.format, found.why
