"""JSON Lines of travellers: one object a line, in the API's form or flat.

An object whose `names` or `documents` is a list has the API's form (`matcher.schema.TRAVELLER`, the body of
`POST /v1/lookups`); every other object is flat, its keys are headers, and each may have other keys.
Steps: bounded lines -> one JSON object -> `Item`. A line that is no object is a reject and takes no other with it;
blank lines are not rows. Not here: one array of objects, which cannot be read in bounded memory.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import msgspec

from matcher.errors import InputError
from matcher.passengers.flat import FlatRow, shaped_traveller
from matcher.passengers.items import Item, Reading, ReadOptions, SourceDescription
from matcher.passengers.lines import REPLACED, TextLines
from matcher.passengers.mrz import item_with_mrz
from matcher.passengers.row import ENCODING_DAMAGED, FIELD_TOO_LONG, NO_KNOWN_FIELD, NOT_JSON
from matcher.records import Name
from matcher.schema import TRAVELLER

MOST_SHAPES = 256  # sets of keys that are remembered; a file has one or a few
PROBE_LINES = 100  # none of which is an object: the file is something else
_KNOWN = frozenset({*TRAVELLER.names, "mrz"})


def open_jsonl(stream: BinaryIO, name: str, options: ReadOptions) -> Reading:
    """Read JSON Lines.

    Raises:
        InputError: empty, binary, one array, no object in the first `PROBE_LINES` lines, or a first object without
            a name or a document.
    """
    lines = TextLines(stream, name, encoding=options.encoding, kind="JSON Lines")
    first = lines.first()
    if first == "":
        raise InputError(f"{name} is empty; write one object a line")
    if first is not None and first.lstrip("\ufeff").lstrip().startswith("["):
        raise InputError(f"{name} is one JSON array; write one object a line, without brackets and commas between")
    reader = _Objects(options, name)
    probe = list(itertools.islice(lines, PROBE_LINES))
    objects = (found for line in probe if line is not None and (found := _object(line)) is not None)
    sample = next(objects, None)
    if sample is None:
        raise InputError(f"{name} begins with no JSON object; write one object a line, or give the file's format")
    description = reader.describe(sample, lines)
    return Reading(description, reader.items(itertools.chain(probe, lines)))


class _Objects:
    """Objects to items; the columns of each set of keys are placed once."""

    def __init__(self, options: ReadOptions, name: str) -> None:
        self._options, self._name = options, name
        self._shapes: dict[tuple[str, ...], FlatRow | None] = {}

    def describe(self, sample: Mapping[str, Any], lines: TextLines) -> SourceDescription:
        """Describe the file by its first object; raises InputError where nothing of it is known."""
        if _is_shaped(sample):
            recognised: Mapping[str, tuple[str, ...]] = {key: (key,) for key in sample if key in _KNOWN}
            unrecognised = tuple(key for key in sample if key not in _KNOWN)[:100]
        else:
            flat = FlatRow(tuple(sample), self._options.mapping, what=self._name)
            recognised, unrecognised = flat.recognised, flat.unrecognised
        encoding, reason = lines.encoding
        return SourceDescription(
            "jsonl",
            encoding=encoding,
            encoding_reason=reason,
            recognised=recognised,
            unrecognised=unrecognised,
        )

    def items(self, lines: Iterator[str | None]) -> Iterator[Item]:
        """Give one item a line that isn't blank."""
        for line in lines:
            if line is None:
                yield Item(None, FIELD_TOO_LONG)
            elif line.strip("\r\n\t \ufeff"):
                damaged = (ENCODING_DAMAGED,) if REPLACED in line else ()
                found = _object(line)
                if found is None:
                    yield Item(None, NOT_JSON, damaged, len(line))
                else:
                    yield self._item(found, len(line), damaged)

    def _item(self, found: dict[str, Any], size: int, warnings: tuple[str, ...]) -> Item:
        if _is_shaped(found):
            traveller = shaped_traveller(_shaped(found))
            mrz = _text(found.get("mrz"))
            return item_with_mrz(traveller, mrz, warnings, size) if mrz else Item(traveller, None, warnings, size)
        keys = tuple(found)
        if keys not in self._shapes:
            if len(self._shapes) >= MOST_SHAPES:
                self._shapes.clear()
            try:
                self._shapes[keys] = FlatRow(keys, self._options.mapping, what=self._name)
            except InputError:  # no known key, two keys for one field, or without the mapping's columns
                self._shapes[keys] = None
        flat = self._shapes[keys]
        if flat is None:
            return Item(None, NO_KNOWN_FIELD, warnings, size)
        return flat.item([_text(value) for value in found.values()], size, warnings)


def _object(line: str) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(line.lstrip("\ufeff"))
    except (msgspec.DecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _is_shaped(found: Mapping[str, Any]) -> bool:
    return isinstance(found.get("names"), list) or isinstance(found.get("documents"), list)


def _shaped(found: Mapping[str, Any]) -> dict[str, Any]:
    """Bring the values of an object in the API's form to the types that TRAVELLER has."""
    texts = ("reference", "sex", "birth_place", "source", "carrier")
    verified = found.get("verified")
    return {
        "names": [name for value in _listed(found.get("names")) if (name := _name(value))],
        "birth_date": _date(found.get("birth_date")),
        **{
            key: [text for value in _listed(found.get(key)) if (text := _text(value))]
            for key in ("nationalities", "route", "indicators")
        },
        "documents": [
            {key: _text(value) for key, value in document.items()}
            for document in _listed(found.get("documents"))
            if isinstance(document, dict)
        ],
        "verified": verified if isinstance(verified, bool) else None,
        **{key: _text(found.get(key)) for key in texts},
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _name(value: Any) -> str | Name | None:
    if isinstance(value, dict):
        return Name(*(_text(value.get(part)) for part in ("full", "family", "given")))
    return _text(value)


def _date(value: Any) -> Any:
    """Return text, or a struct of whole numbers; anything else in a struct makes it unreadable."""
    if not isinstance(value, dict):
        return _text(value)
    parts = {part: value.get(part) for part in ("year", "month", "day", "year_to")}
    if any(part is not None and (type(part) is not int or not 0 <= part <= 9999) for part in parts.values()):
        return "?"
    return {**parts, "calendar": _text(value.get("calendar")), "approximate": value.get("approximate") is True}


def _text(value: Any) -> str | None:
    """Write a value of a flat object as text; what is itself an object says nothing as a cell."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        date = _date(value) if "year" in value else None
        year, month, day = (
            (date.get(part) for part in ("year", "month", "day")) if isinstance(date, dict) else (0, 0, 0)
        )
        return f"{year:04d}-{month or 0:02d}-{day or 0:02d}" if year else None
    if isinstance(value, list):
        return ";".join(text for item in value if not isinstance(item, list) and (text := _text(item)))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return str(value)
