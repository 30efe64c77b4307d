"""Fields to values: dates with their century, states, sex, the document number put together.

Rules of this module: a letter where only digits may stand is read as the digit that it looks like and the other way
round, with a warning (the zone's lines keep what stood there); nothing else is guessed.
Century (not in the zone, domain facts 8): a birth is the latest year whose day is neither after today nor after the
document's end; an end lies at most `YEARS_AHEAD` years ahead.
"""

from __future__ import annotations

import datetime
import functools
import re

from matcher.documents.mrz.check_digits import number_check
from matcher.documents.mrz.layout import FILLER, Layout
from matcher.documents.mrz.look_alikes import look_alikes
from matcher.documents.states import nationality_code, state_code
from matcher.records import PartialDate

YEARS_AHEAD = 30  # rule: longer validities are not known; 70 years back covers every zone ever printed
_SIX = re.compile(r"([0-9]{2}|<<)([0-9]{2}|<<)([0-9]{2}|<<)")
_UNKNOWN = ("<<", "00")  # `00` for an unknown month or day is no rule of ICAO's, but met


def read_birth_date(field: str, *, today: datetime.date, expiry: PartialDate | None = None) -> PartialDate | None:
    """Read the six characters of a birth date; None when nothing is known, or for no possible day.

    Args:
        field: `YYMMDD`, unknown parts `<<` or `00`.
        today: Last possible day of birth.
        expiry: End of the document where known; a birth after it belongs to the century before.

    Examples:
        >>> read_birth_date("740812", today=datetime.date(2026, 1, 1)).iso()
        '1974-08-12'
        >>> read_birth_date("80<<<<", today=datetime.date(2026, 1, 1)).iso()
        '1980'
        >>> read_birth_date("261225", today=datetime.date(2026, 11, 21)).iso()
        '1926-12-25'
    """
    parts = _parts(field)
    if parts is None:
        return None
    year, month, day = parts
    if year is not None:
        year += today.year // 100 * 100
        latest = (today.year, today.month, today.day)
        if expiry is not None and expiry.year is not None:
            latest = min(latest, (expiry.year, expiry.month or 12, expiry.day or 31))
        if (year, month or 1, day or 1) > latest:
            year -= 100
    return _possible(year, month, day)


def read_expiry_date(field: str, *, today: datetime.date) -> PartialDate | None:
    """Read the six characters of an end of validity; None when not given, or for no possible day.

    Examples:
        >>> read_expiry_date("961210", today=datetime.date(2026, 1, 1)).iso()
        '1996-12-10'
    """
    parts = _parts(field)
    if parts is None:
        return None
    year, month, day = parts
    if year is not None:
        year += today.year // 100 * 100
        if year > today.year + YEARS_AHEAD:
            year -= 100
        elif year <= today.year + YEARS_AHEAD - 100:
            year += 100
    return _possible(year, month, day)


def _parts(field: str) -> tuple[int | None, int | None, int | None] | None:
    found = _SIX.fullmatch(field)
    if found is None:
        return None
    year, month, day = found.groups()
    return None if year == "<<" else int(year), _known(month), _known(day)


def _known(part: str) -> int | None:
    return None if part in _UNKNOWN else int(part)


def _possible(year: int | None, month: int | None, day: int | None) -> PartialDate | None:
    if year is month is day is None:
        return None
    try:
        datetime.date(2000 if year is None else year, month or 1, day or 1)
    except ValueError:
        return None
    return PartialDate(year, month, day)


def digits_of(field: str) -> str:
    """Read the letters of a date as the digits that they look like."""
    return field if not field.isupper() else field.translate(look_alikes().to_digits)


def letters_of(field: str) -> str:
    """Read the digits of a name or a state code as the letters that they look like."""
    return field if field.isalpha() else field.translate(look_alikes().to_letters)


@functools.lru_cache(maxsize=2048)
def read_state(field: str) -> tuple[str | None, bool]:
    """Return the present code of three characters, and whether it is known; None without a character.

    Examples:
        >>> read_state("D<<"), read_state("UTO"), read_state("QQQ"), read_state("<<<")
        (('DEU', True), ('UTO', True), ('QQQ', False), (None, True))
    """
    code = state_code(field)
    return code, code is None or nationality_code(field.strip(FILLER)) is not None


def read_number(layout: Layout, zone: str) -> tuple[str, str | None, str]:
    """Return the whole document number, its nine characters if it is longer, and the rest of the optional data.

    Examples:
        >>> from matcher.documents.mrz.layout import layouts
        >>> line = "I<UTOD23145890<XYZ5<<<<<<<<<<<"
        >>> read_number(layouts()["TD1"], line + "<" * 60)
        ('D23145890XYZ', 'D23145890', '')
    """
    start = layout.part(zone, "document_number")
    optional = layout.part(zone, "optional_data")
    check = number_check(layout, zone)
    if check is None or not check.also:
        return start.strip(FILLER), None, optional.strip(FILLER)
    end = check.offset - layout.spans["optional_data"].start
    return start.lstrip(FILLER) + optional[:end], start.strip(FILLER), optional[end + 1 :].strip(FILLER)
