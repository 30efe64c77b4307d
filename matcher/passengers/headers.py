"""Headers of flat traveller tables: which column is which field, by name or by a mapping.

A header is known by its folded form in `tables/headers.tsv`; a mapping names others:

    [columns]
    full_name = "Passenger"
    nationality = ["Nat 1", "Nat 2"]

A header that stands twice: the columns of nationality and document number are all taken; for any other field the
table is refused, since nothing tells which column is meant. At most `MOST_COLUMNS` columns.
Steps: fold the headers (`dateOfBirth` as `date of birth`) -> the mapping's columns -> known headers for
the fields that the mapping doesn't name.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from matcher.documents.words import fold, read_table
from matcher.errors import InputError, MappingError, ModelError
from matcher.files import LOCAL_DISK, Disk

SEVERAL = frozenset({"nationality", "document_number"})  # fields that take every column of theirs
_ASKABLE = frozenset({"full_name", "name", "given_name", "middle_name", "family_name", "document_number", "mrz"})
MOST_COLUMNS = 20_000  # a workbook has up to 16,384
_TABLE = Path(__file__).parent / "tables" / "headers.tsv"
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

ColumnMapping = Mapping[str, str | Sequence[str]]


def read_mapping(mapping: str | Path | ColumnMapping | None, *, disk: Disk = LOCAL_DISK) -> ColumnMapping:
    """Read a mapping file, or check a mapping that is already in memory.

    Args:
        mapping: TOML file with a table `[columns]` of field = header or list of headers; or that table
            itself; or None, which names nothing.
        disk: The seam for disk access.

    Raises:
        MappingError: not TOML, another table than `columns`, an unknown field or a value of another kind.

    Examples:
        >>> read_mapping({"full_name": "Passenger"})
        {'full_name': 'Passenger'}
    """
    if isinstance(mapping, (str, Path)):
        name = Path(mapping).name
        try:
            content = tomllib.loads(disk.read(Path(mapping)).decode("utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise MappingError(f"{name} is not TOML in UTF-8; mend the mapping") from error
        if set(content) != {"columns"} or not isinstance(content["columns"], dict):
            raise MappingError(f"{name} must hold one table, [columns], and nothing else; mend the mapping")
        mapping = content["columns"]
    for field, headers in (mapping or {}).items():
        if field not in known_fields():
            raise MappingError(f"mapping names the field {field}; use {', '.join(known_fields())}")
        listed = [headers] if isinstance(headers, str) else headers
        if not isinstance(listed, (list, tuple)) or not listed or not all(isinstance(item, str) for item in listed):
            raise MappingError(f"mapping of {field} must be a header or a list of headers; mend the mapping")
        if len(listed) > 1 and field not in SEVERAL:
            raise MappingError(f"mapping gives {field} {len(listed)} headers, one allowed; mend the mapping")
    return mapping or {}


def place_fields(headers: Sequence[str], mapping: ColumnMapping | None = None, *, what: str) -> dict[str, list[int]]:
    """Find the columns of each field.

    Args:
        headers: Column names in file order.
        mapping: As from `read_mapping`; its fields are taken from nowhere else.
        what: Name of the file or table, for the message.

    Returns:
        Field to 0-based column positions, the preferred one first; fields without a column are absent.

    Raises:
        MappingError: a header that the mapping names is not there.
        InputError: no column of a name or a document number, or two columns with one header.

    Examples:
        >>> place_fields(["dateOfBirth", "SURNAME", "first_name"], what="list.csv")
        {'given_name': [2], 'family_name': [1], 'birth_date': [0]}
    """
    if len(headers) > MOST_COLUMNS:
        raise InputError(f"{what} has {len(headers)} columns, at most {MOST_COLUMNS} are read; is its format right?")
    places: dict[str, list[int]] = {}
    for column, header in enumerate(headers):
        places.setdefault(_key(header), []).append(column)
    placed: dict[str, list[int]] = {}
    for field, listed in (mapping or {}).items():
        wanted = [listed] if isinstance(listed, str) else listed
        if missing := [header for header in wanted if _key(header) not in places]:
            raise MappingError(f"{what} has no column {missing[0][:80]!r} that the mapping names for {field}; mend it")
        placed[field] = [places[_key(header)][0] for header in wanted]
    taken = {column for columns in placed.values() for column in columns}
    for field, known in _headers().items():
        if field in placed:
            continue
        found = [[column for column in places.get(key, ()) if column not in taken] for key in known]
        columns = [column for group in found for column in group]
        if field not in SEVERAL and any(len(group) > 1 for group in found):
            raise InputError(f"{what} has two columns for {field} with one header; name one of them in a mapping")
        if columns:
            placed[field] = columns if field in SEVERAL else columns[:1]
    if not _ASKABLE & set(placed):
        raise InputError(
            f"{what} has {len(headers)} columns and none is known as a name or a document number; "
            "use headers such as full_name or document_number, or give a mapping"
        )
    return placed


def known_fields() -> list[str]:
    """List the fields of a flat table, in the order of the header table."""
    return list(_headers())


def count_known(headers: Sequence[str]) -> int:
    """Count the headers that the table knows."""
    known = {key for keys in _headers().values() for key in keys}
    return sum(_key(header) in known for header in headers)


def _key(header: str) -> str:
    return fold(header if header.isupper() else _CAMEL.sub(" ", header))


@functools.cache
def _headers() -> dict[str, list[str]]:
    headers = {row["field"]: [_key(header) for header in row["headers"].split("|")] for row in read_table(_TABLE)}
    keys = [key for known in headers.values() for key in known]
    if len(set(keys)) != len(keys) or "" in keys:
        raise ModelError("headers.tsv names a header twice or an empty one; mend the table")
    return headers
