"""From any text that holds a machine readable zone to `MrzDocument`.

Fixed order of the steps:

1. `lines.find_zones`: characters folded, lines put right, format recognised;
2. check digits verified on the characters as they are;
3. dates and states read, an end of validity before the birth date that it helps to date;
4. the name parted and decoded (`names`);
5. repairs proposed where a rule is broken (`repair`); no value is changed by them.

Not here: columns of zones (`columns`), writing a zone (`generate`).
Source: ICAO Doc 9303 parts 3 to 7, 8th edition (domain facts 1).
"""

from __future__ import annotations

import datetime

from matcher.documents.mrz.check_digits import verify_all
from matcher.documents.mrz.document import MrzDocument
from matcher.documents.mrz.fields import (
    digits_of,
    letters_of,
    read_birth_date,
    read_expiry_date,
    read_number,
    read_state,
)
from matcher.documents.mrz.layout import CODE_LETTERS, FILLER, Layout
from matcher.documents.mrz.lines import Zone, find_zones
from matcher.documents.mrz.look_alikes import number_alphabets
from matcher.documents.mrz.names import MISREAD_FILLERS, MrzName, readings, split_name
from matcher.documents.mrz.repair import propose_repairs
from matcher.documents.sex import sex_code
from matcher.documents.types import document_class
from matcher.errors import InputError
from matcher.records import PartialDate


def parse_mrz(text: str, *, today: datetime.date | None = None) -> MrzDocument:
    """Read the one machine readable zone of a text.

    Lines may end in any way, be in lower case, hold spaces, look-alikes of the filler, or come as one run-on line;
    other lines around them are left out. A line one or two characters short or long is put right where its structure
    allows. Failed check digits gate nothing: `valid` and `repairs` tell of them.

    Args:
        text: The zone, at most 100,000 characters with what surrounds it.
        today: Day from which the century of two-digit years is told, by default today.

    Returns:
        Every field as printed, with readings, check digits, ranked repairs and warnings.

    Raises:
        InputError: no zone of any format in the text, or several; the message holds nothing of the text.

    Source:
        ICAO Doc 9303 parts 3 to 7.

    Examples:
        >>> mrz = parse_mrz('''P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
        ... L898902C36UTO7408122F1204159ZE184226B<<<<<10''', today=datetime.date(2026, 1, 1))
        >>> mrz.format, mrz.document_number, mrz.issuing_state, mrz.birth_date.iso(), mrz.valid
        ('TD3', 'L898902C3', 'UTO', '1974-08-12', True)
        >>> mrz.names[0].text(), mrz.expiry_date.iso(), mrz.personal_number
        ('ERIKSSON, ANNA MARIA', '2012-04-15', 'ZE184226B')
    """
    zones = find_zones(text)
    if len(zones) > 1:
        raise InputError(
            f"the text holds {len(zones)} machine readable zones, one is read at a time; part them or read them all "
            "with parse_many"
        )
    return read_zone(zones[0], today=today or datetime.date.today())


def parse_many(text: str, *, today: datetime.date | None = None) -> tuple[MrzDocument, ...]:
    """Read every machine readable zone of a text, in order; arguments and errors as for `parse_mrz`.

    Examples:
        >>> line1, line2 = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"
        >>> [mrz.format for mrz in parse_many("\\n".join([line1, line2, line1, line2]))]
        ['MRV-B', 'MRV-B']
    """
    today = today or datetime.date.today()
    return tuple(read_zone(zone, today=today) for zone in find_zones(text))


def read_zone(found: Zone, *, today: datetime.date) -> MrzDocument:
    """Read the fields of a zone whose format and lines are known."""
    layout, zone = found.layout, found.text
    warnings = set(found.warnings)
    expiry = _date(layout, zone, "expiry_date", warnings, today=today)
    birth = _date(layout, zone, "birth_date", warnings, today=today, expiry=expiry)
    if _is_before(expiry, birth):
        warnings.add("expiry_before_birth")
    code = layout.part(zone, "document_code").strip(FILLER)
    if code[:1] not in CODE_LETTERS[layout.format]:
        warnings.add("code_unexpected")
    name = _name(layout, zone, warnings)
    issuing_state = _state(layout, zone, "issuing_state", warnings)
    number, prefix, optional = read_number(layout, zone)
    _check_number(number, issuing_state, warnings)
    check_digits = verify_all(layout, zone, found.unread)
    valid = all(one.holds for one in check_digits)
    width = layout.width
    return MrzDocument(
        format=layout.format,
        lines=tuple(zone[start : start + width] for start in range(0, layout.size, width)),
        document_code=code,
        document_class=document_class(code),
        issuing_state=issuing_state,
        nationality=_state(layout, zone, "nationality", warnings),
        document_number=number,
        number_prefix=prefix,
        names=readings(name),
        primary_identifier=name.primary,
        secondary_identifier=name.secondary,
        name_is_truncated=name.is_truncated,
        birth_date=birth,
        expiry_date=expiry,
        sex=_sex(layout, zone, warnings),
        optional_data=optional,
        optional_data_2=layout.part(zone, "optional_data_2").strip(FILLER),
        personal_number=optional or None if layout.format == "TD3" else None,
        check_digits=check_digits,
        valid=valid,
        repairs=() if valid and not found.unread and not warnings else propose_repairs(found, today=today),
        warnings=tuple(sorted(warnings)),
    )


def _date(
    layout: Layout,
    zone: str,
    field: str,
    warnings: set[str],
    *,
    today: datetime.date,
    expiry: PartialDate | None = None,
) -> PartialDate | None:
    written = layout.part(zone, field)
    six = digits_of(written)
    if six != written:
        warnings.add("letter_for_digit")
    if field == "birth_date":
        date = read_birth_date(six, today=today, expiry=expiry)
    else:
        date = read_expiry_date(six, today=today)
    if date is None and six.strip(FILLER):
        warnings.add(f"{field}_unreadable")
    return date


def _is_before(expiry: PartialDate | None, birth: PartialDate | None) -> bool:
    """Whether the last day that the end can mean comes before the first day that the birth can mean."""
    if expiry is None or birth is None or expiry.year is None or birth.year is None:
        return False
    end = (expiry.year, expiry.month or 12, expiry.day or 31)
    return end < (birth.year, birth.month or 1, birth.day or 1)


def _state(layout: Layout, zone: str, field: str, warnings: set[str]) -> str | None:
    written = layout.part(zone, field)
    if not written:
        return "FRA" if layout.format == "FR-ID" else None  # the French card is for citizens only
    letters = letters_of(written)
    if letters != written:
        warnings.add("digit_for_letter")
    code, is_known = read_state(letters)
    if not is_known or (code is None and field == "issuing_state"):
        warnings.add(f"{field}_unknown")
    return code


def _name(layout: Layout, zone: str, warnings: set[str]) -> MrzName:
    written = layout.part(zone, "name")
    given = layout.part(zone, "given_names")
    letters = letters_of(written + given)
    if letters != written + given:
        warnings.add("digit_for_letter")
    if MISREAD_FILLERS.search(letters[: len(written)]):
        warnings.add("name_ends_in_look_alikes")
    name = split_name(letters[: len(written)])
    if given:
        second = split_name(letters[len(written) :])
        parts = [part for part in (second.primary, second.secondary) if part]
        name = MrzName(name.primary, FILLER.join(parts), name.is_truncated or second.is_truncated)
    if not name.primary and not name.secondary:
        warnings.add("name_missing")
    return name


def _check_number(number: str, issuing_state: str | None, warnings: set[str]) -> None:
    if not number:
        warnings.add("number_missing")
    alphabet = number_alphabets().get(issuing_state or "")
    if alphabet is not None and not set(number) <= set(alphabet):
        warnings.add("number_outside_alphabet")


def _sex(layout: Layout, zone: str, warnings: set[str]) -> str | None:
    written = layout.part(zone, "sex")
    sex = sex_code(written)
    if sex is None and written != FILLER:
        warnings.add("sex_unreadable")
    return sex if written in "MFX" else None
