"""Machine readable zones as travellers: files of zones, and the column `mrz` of other formats.

A file holds zones with blank lines between them, one after the other, or one run-on line each. Steps: lines of the
file -> groups of lines that are one zone -> `matcher.documents.mrz` -> `Item`.

The rule for groups: a blank line ends one; a line of `RUN_ON` characters or more is a zone of its own; one of up to
`TD1_WIDTH` begins three lines, any other begins two. A name line where a data line must stand (or the other way round)
or a line of the other width begins a new group, so a line that is missing spoils one zone and not those behind it.

A failed check digit is a warning and gates nothing. A zone that cannot be read at all is a reject.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from matcher.documents.mrz import MrzDocument, parse_mrz
from matcher.documents.mrz.columns import parse_mrz_column
from matcher.documents.numbers import normalise
from matcher.errors import InputError
from matcher.passengers.contradictions import contradictions
from matcher.passengers.dates import UNREADABLE
from matcher.passengers.items import Item, Reading, ReadOptions, SourceDescription
from matcher.passengers.lines import REPLACED, TextLines
from matcher.passengers.row import ENCODING_DAMAGED, FIELD_TOO_LONG, MRZ_DIGIT_FAILED, MRZ_UNREADABLE
from matcher.records import Document, PartialDate, Traveller

RUN_ON = 60  # characters without white space: the shortest whole zone has 72, so many may be lost
TD1_WIDTH = 33  # a TD1 line has 30, a TD2 line 36
NAME_DIGITS = 3  # a name line has none; the line of dates has 14 and more, look-alikes and fillers not counted
PROBE_GROUPS = 100  # none of which is a zone: the file is something else
BLOCK_ZONES = 8_192
_LONGEST_ZONE = 400
_COLUMNS = [
    *("document_code", "issuing_state", "nationality", "document_number", "names"),
    *("birth_date", "expiry_date", "sex", "valid", "warnings", "error"),
]
_SAID = {"birth_date_unreadable": UNREADABLE, "sex_unreadable": "sex_unknown"}


def traveller_from_mrz(text: str) -> Traveller:
    """Make a traveller of one machine readable zone.

    Args:
        text: The zone, lines ended in any way or run on.

    Returns:
        Names with their decoded readings, birth date, sex, nationality and the document; `source` is `mrz`,
        `verified` is null, since who typed or read the zone isn't known here.

    Raises:
        InputError: no zone in the text, or several.

    Examples:
        >>> zone = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
        >>> traveller = traveller_from_mrz(zone)
        >>> traveller.documents[0].number, traveller.names[0].text(), traveller.source
        ('L898902C3', 'ERIKSSON, ANNA MARIA', 'mrz')
    """
    return _traveller(parse_mrz(text))


def mrz_warnings(text: str) -> tuple[str, ...]:
    """Return the codes of `WARNINGS` for a readable zone, such as `mrz_check_digit_failed`.

    Raises:
        InputError: as `traveller_from_mrz`.
    """
    return _warnings(parse_mrz(text))


def item_with_mrz(traveller: Traveller, text: str, warnings: Sequence[str], size: int) -> Item:
    """Add what a zone says to a traveller of other columns.

    The zone's birth date, sex and nationality count before those of the columns, and a warning says where they differ;
    names and documents of both are kept, equal numbers once. An unreadable zone is a reject where nothing else is
    known, else a warning.
    """
    try:
        zone = parse_mrz(text)
    except InputError:
        if traveller.names or traveller.documents:
            return Item(traveller, None, (*warnings, MRZ_UNREADABLE), size)
        return Item(None, MRZ_UNREADABLE, warnings, size)
    read = _traveller(zone)
    numbers = {normalise(document.number) for document in read.documents}
    others = [document for document in traveller.documents if normalise(document.number) not in numbers]
    merged = replace(
        traveller,
        names=(*read.names, *traveller.names),
        birth_date=read.birth_date or traveller.birth_date,
        sex=read.sex or traveller.sex,
        nationalities=read.nationalities or traveller.nationalities,
        documents=(*read.documents, *others),
        source=traveller.source or read.source,
    )
    return Item(merged, None, (*warnings, *_warnings(zone), *contradictions(read, traveller)), size)


def open_mrz(stream: BinaryIO, name: str, options: ReadOptions) -> Reading:
    """Read a text file of machine readable zones.

    Raises:
        InputError: empty, binary, or no zone among the first `PROBE_GROUPS` groups of lines.
    """
    lines = TextLines(stream, name, encoding=options.encoding, kind="text")
    blocks = _blocks(_groups(lines))
    first = next(blocks, [])
    if not any(item.traveller for item in first[:PROBE_GROUPS]):
        raise InputError(f"{name} begins with no machine readable zone; give the format that the file has")
    description = SourceDescription("mrz", encoding=lines.encoding.name, encoding_reason=lines.encoding.reason)
    return Reading(description, itertools.chain(first, itertools.chain.from_iterable(blocks)))


def looks_like_mrz(line: str) -> bool:
    """Tell whether the first line of a text file is one of a machine readable zone, and no header.

    Examples:
        >>> looks_like_mrz("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"), looks_like_mrz("full_name,birth_date")
        (True, False)
    """
    text = "".join(line.split())
    return len(text) >= 28 and text.count("<") >= 2 and all(letter == "<" or letter.isalnum() for letter in text)


def _blocks(groups: Iterator[str | None]) -> Iterator[list[Item]]:
    """Read zones many at a time, with the same answers as one by one."""
    while block := list(itertools.islice(groups, BLOCK_ZONES)):
        table = parse_mrz_column(block).select(_COLUMNS)
        yield [_item(group, read) for group, read in zip(block, table.to_pylist(), strict=True)]


def _item(group: str | None, read: Mapping[str, Any]) -> Item:
    if group is None:
        return Item(None, FIELD_TOO_LONG)
    damaged = (ENCODING_DAMAGED,) if REPLACED in group else ()
    if read["error"] is not None:
        return Item(None, MRZ_UNREADABLE, damaged, len(group))
    expires_on = _date(read["expiry_date"])
    number = read["document_number"]
    document = Document(
        number, read["issuing_state"], read["document_code"] or None, None if expires_on is None else expires_on.iso()
    )
    traveller = Traveller(
        names=[name for name in read["names"] if name],
        birth_date=_date(read["birth_date"]),
        sex=read["sex"],
        nationalities=(read["nationality"],) if read["nationality"] else (),
        documents=(document,) if number else (),
        source="mrz",
    )
    return Item(traveller, None, (*damaged, *_codes(read["valid"], read["warnings"] or ())), len(group))


def _date(parts: Mapping[str, Any] | None) -> PartialDate | None:
    return None if parts is None else PartialDate(parts["year"], parts["month"], parts["day"])


def _groups(lines: TextLines) -> Iterator[str | None]:
    """Give the text of each zone; None for a line that is too long for any."""
    group: list[str] = []
    for line in lines:
        text = "" if line is None else "".join(line.split())
        if group and (not text or len(text) >= RUN_ON or _begins_anew(group, text)):
            yield "\n".join(group)
            group = []
        if line is None or len(text) > _LONGEST_ZONE:
            yield None
        elif len(text) >= RUN_ON:
            yield text
        elif text:
            group.append(text)
            if len(group) == _n_lines(group):
                yield "\n".join(group)
                group = []
    if group:
        yield "\n".join(group)


def _n_lines(group: Sequence[str]) -> int:
    return 3 if len(group[0]) <= TD1_WIDTH else 2


def _begins_anew(group: Sequence[str], line: str) -> bool:
    """Tell whether a line can't belong to the group: another width, a name line where dates stand, or the reverse."""
    must_be_name = len(group) == 2
    return (len(line) <= TD1_WIDTH) != (len(group[0]) <= TD1_WIDTH) or (
        sum(map(str.isdigit, line)) < NAME_DIGITS
    ) != must_be_name


def _traveller(zone: MrzDocument) -> Traveller:
    expires_on = None if zone.expiry_date is None else zone.expiry_date.iso()
    document = Document(zone.document_number, zone.issuing_state, zone.document_code or None, expires_on)
    return Traveller(
        names=tuple(name for name in zone.names if name.text()),
        birth_date=zone.birth_date,
        sex=zone.sex,
        nationalities=(zone.nationality,) if zone.nationality else (),
        documents=(document,) if zone.document_number else (),
        source="mrz",
    )


def _warnings(zone: MrzDocument) -> tuple[str, ...]:
    return _codes(zone.valid, zone.warnings)


def _codes(is_valid: bool, warnings: Sequence[str]) -> tuple[str, ...]:
    """Say a zone's warnings in the words of `row.WARNINGS`; those without a value set to null have none there."""
    found = [_SAID[warning] for warning in warnings if warning in _SAID]
    return tuple(found if is_valid else [*found, MRZ_DIGIT_FAILED])
