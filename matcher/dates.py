"""Birth dates as callers give them: ISO-like text and the machine readable zone's six characters.

Free text of list files ("circa 1965", "between 1963 and 1968") is read in `matcher.ingest.dates`.
Steps: strip -> MRZ six with `<` -> `YYYY[-MM[-DD]]` with one-digit parts accepted -> calendar check.
An impossible date is refused as a whole: nothing is guessed.
"""

from __future__ import annotations

import datetime
import re

from matcher.records import PartialDate

EARLIEST_YEAR = 1850  # nobody alive was born before; earlier years are another calendar or a slip
_ISO = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?:[T ]\d{2}:\d{2}.*)?")
_MRZ = re.compile(r"([0-9]{2}|<<)([0-9]{2}|<<)([0-9]{2}|<<)")


def parse_birth_date(text: str, *, latest: datetime.date | None = None) -> PartialDate | None:
    """Read a birth date as a caller writes it; None when it is not one.

    Args:
        text: `YYYY`, `YYYY-MM`, `YYYY-MM-DD` (`/` and one-digit parts accepted) or `YYMMDD` with `<`
            for unknown parts (ICAO 9303-3, 4.8).
        latest: Last possible day, by default today; it also decides the century of two-digit years.

    Returns:
        The known parts, or None when the text has another form or names an impossible day.

    Source:
        ICAO 9303-3 4.8; the century rule (the latest year not in the future) is ours.

    Examples:
        >>> parse_birth_date("1960-8-31")
        PartialDate(year=1960, month=8, day=31, calendar='gregorian', year_to=None, approximate=False)
        >>> parse_birth_date("74<<<<").iso(), parse_birth_date("1990-02-31")
        ('1974', None)
    """
    latest = latest or datetime.date.today()
    text = text.strip()
    if found := _MRZ.fullmatch(text):
        year, month, day = (None if part == "<<" else int(part) for part in found.groups())
        if year is not None:
            year += latest.year // 100 * 100
            year -= 100 if year > latest.year else 0
    elif found := _ISO.fullmatch(text):
        year, month, day = (None if part is None else int(part) for part in found.groups())
        month, day = month or None, day or None  # 1960-00-00 is how some systems write 1960
    else:
        return None
    date = PartialDate(year, month, day)
    return date if is_possible(date, latest=latest) else None


def is_possible(date: PartialDate, *, latest: datetime.date | None = None) -> bool:
    """Tell whether a partial date names at least one real day between `EARLIEST_YEAR` and `latest`.

    Examples:
        >>> is_possible(PartialDate(1999, 2, 29)), is_possible(PartialDate(None, 2, 29))
        (False, True)
    """
    if date.year is None and date.month is None and date.day is None:
        return False
    latest = latest or datetime.date.today()
    if date.year is not None and not EARLIEST_YEAR <= date.year <= latest.year:
        return False
    if date.year_to is not None and not (date.year or EARLIEST_YEAR) <= date.year_to <= latest.year:
        return False
    if date.month is not None and not 1 <= date.month <= 12:
        return False
    if date.day is None:
        return True
    try:
        day = datetime.date(date.year or 2000, date.month or 1, date.day)
    except ValueError:
        return False
    return day <= latest or not date.is_complete
