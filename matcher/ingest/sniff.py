"""Recognising a list's format by what its files hold, for the format name `auto`.

Steps: unpack -> first bytes of each file -> table, XML, JSON or CSV -> the mark of one format -> all files
agree. Names and endings of files are not looked at. A file that carries no mark of a known format is refused
with what was looked for: a wrong guess would put a wrong list in force.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from matcher.errors import DiskError, InputError
from matcher.files import LOCAL_DISK, Disk
from matcher.ingest import columnar, ftm_json, interpol_notices, mapped_csv, ofac_sdn_csv, sltd_csv, un_sc_xml
from matcher.ingest.json_source import read_objects
from matcher.ingest.packed import unpacked
from matcher.ingest.source import read_records

HEAD_BYTES = 1 << 16
FIRST_OBJECTS = 20  # of a JSON file, looked at for a mark
LOOKED_FOR = (
    "XML with the root CONSOLIDATED_LIST, JSON of notices (entity_id, name) or of entities (schema, properties), "
    "CSV with the header of sltd-csv, CSV of 12, 5 or 6 columns without header, Parquet or Arrow"
)
NEEDS_MAPPING = "its columns have to be named by a mapping file"
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z_][\w.-]{0,79})")
_PROLOGUE = re.compile(rb"<\?.*?\?>|<!--.*?-->", re.S)


class Sniffed(NamedTuple):
    """What a list's files were recognised as.

    Attributes:
        format: A name of `matcher.ingest.REGISTRY`.
        why: One sentence part that says by what, without anything of the list's entries.
        mapping_hint: What a mapping has to say, or None where the format needs none.
    """

    format: str
    why: str
    mapping_hint: str | None = None


def sniff(paths: Sequence[Path], disk: Disk = LOCAL_DISK) -> Sniffed:
    """Recognise the format of a list's files.

    Args:
        paths: The files, packed or not; together they are one list.
        disk: The seam for disk access.

    Returns:
        The format and why.

    Raises:
        InputError: a file has no mark of a known format, or two files have different ones.
        DiskError: a file cannot be read.

    Examples:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "list.dat"
        >>> _ = path.write_text('<?xml version="1.0"?><CONSOLIDATED_LIST dateGenerated="2026-02-27"/>')
        >>> sniff([path])
        Sniffed(format='un-sc-xml', why='XML whose root is CONSOLIDATED_LIST, with dateGenerated', mapping_hint=None)
    """
    files, unpacking = unpacked(paths, disk)
    if not files:
        raise InputError("no file was given to recognise; give one or more")
    found = [_sniff_one(path, unpacking) for path in files]
    if len({one.format for one in found}) > 1:
        seen = ", ".join(f"{path.name} {one.format}" for path, one in list(zip(files, found, strict=True))[:5])
        raise InputError(f"the files are of different formats ({seen}); import each as a list of its own")
    return found[0]


def _sniff_one(path: Path, disk: Disk) -> Sniffed:
    with disk.open_read(path) as stream:
        try:
            head = stream.read(HEAD_BYTES)
        except OSError as error:
            raise DiskError(f"cannot read {path}: {error.strerror or type(error).__name__}") from error
    if head.startswith((columnar.PARQUET_START, columnar.ARROW_START, columnar.STREAM_START)):
        return _table(path, head, disk)
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text:
        raise InputError(f"{path.name} is empty; give the file that the list's owner publishes")
    if text.startswith(b"<"):
        return _xml(path, text)
    if text.startswith((b"{", b"[")):
        return _json(path, disk)
    return _csv(path, disk)


def _unknown(path: Path, seen: str) -> InputError:
    return InputError(f"{path.name} is {seen}, no list that is known here; looked for: {LOOKED_FOR}. Name the format")


def _table(path: Path, head: bytes, disk: Disk) -> Sniffed:
    kind = "Parquet" if head.startswith(columnar.PARQUET_START) else "Arrow"
    names = columnar.column_names(path, disk)
    try:
        shape = columnar.shape_of(names, path.name)
    except InputError:
        return Sniffed(columnar.FORMAT, f"{kind} table of {len(names)} columns of its own", NEEDS_MAPPING)
    return Sniffed(columnar.FORMAT, f"{kind} table in the shape of {('persons', 'documents')[shape]}")


def _xml(path: Path, text: bytes) -> Sniffed:
    found = _ROOT.match(_PROLOGUE.sub(b"", text).lstrip())
    root = found[1].decode("ascii", "replace") if found else ""
    if root != un_sc_xml.ROOT:
        raise _unknown(path, f"XML whose root is {root}" if root else "text that begins with < and has no root element")
    with_date = ", with dateGenerated" if b"dateGenerated" in text[:4096] else ""
    return Sniffed(un_sc_xml.FORMAT, f"XML whose root is {un_sc_xml.ROOT}{with_date}")


def _json(path: Path, disk: Disk) -> Sniffed:
    for count, (value, _) in enumerate(read_objects(path, disk, within=interpol_notices.PAGE)):
        if value is not None and ftm_json.schema_of(value) and isinstance(value.get("properties"), dict):
            return Sniffed(ftm_json.FORMAT, "JSON objects with schema and properties")
        if value is not None and interpol_notices.has_notice(value):
            return Sniffed(interpol_notices.FORMAT, "JSON objects with the members of a notice")
        if count >= FIRST_OBJECTS:
            break
    raise _unknown(path, "JSON without the members of a notice or an entity")


def _csv(path: Path, disk: Disk) -> Sniffed:
    cells, fault = next(read_records(path, disk))
    if fault is not None or len(cells) < 2:
        raise _unknown(path, "text without a readable first row of comma-separated cells")
    names = [cell.strip() for cell in cells]
    if set(sltd_csv.COLUMNS) <= set(names):
        return Sniffed(sltd_csv.FORMAT, "CSV whose header has the columns of lost and stolen documents")
    is_ofac = names[0].isdecimal() and len(names) in (ofac_sdn_csv.ENTRIES, ofac_sdn_csv.NAMES, ofac_sdn_csv.ADDRESSES)
    if is_ofac and (ofac_sdn_csv.NULL in names or len(names) != ofac_sdn_csv.ENTRIES):
        return Sniffed(ofac_sdn_csv.FORMAT, f"CSV of {len(names)} columns without header, whose first cell is a number")
    if all(name and not name.isdecimal() for name in names) and len(set(names)) == len(names):
        return Sniffed(mapped_csv.FORMAT, f"CSV with a header of {len(names)} columns of its own", NEEDS_MAPPING)
    raise _unknown(path, f"CSV of {len(names)} columns without a header")
