"""Birth dates as callers give them: ISO-like text, the machine readable zone's six characters, other calendars.

Free text of list files ("circa 1965", "between 1963 and 1968") is read in `matcher.ingest.dates`, the many
forms of passenger files (`12/08/1974`, "12 août 1974") in `matcher.passengers.dates`.
Steps of `parse_birth_date`: strip -> MRZ six with `<` -> `YYYY[-MM[-DD]]` with one-digit parts accepted ->
calendar check. An impossible date is refused as a whole: nothing is guessed.
Steps of `to_gregorian`: the first and the last day that the known parts allow -> what both have in common.
"""

from __future__ import annotations

import datetime
import functools
import re

from matcher.records import GREGORIAN, PartialDate

EARLIEST_YEAR = 1850  # nobody alive was born before; earlier years are another calendar or a slip
ISLAMIC, PERSIAN, BUDDHIST = "islamic", "persian", "buddhist"  # lunar Hijri, solar Hijri, Thai; names as in CLDR
FROM_ISLAMIC = "gregorian-from-islamic"  # Gregorian parts that a lunar date was converted to
LUNAR_DAYS = 2  # days that such a date may be off, either way: local sightings differ from the tables
HIJRI_YEARS = range(1250, 1451)  # no Gregorian birth year, so a year of one of the Hijri calendars
BUDDHIST_YEARS = range(2400, 2601)
_ISLAMIC_TABLE = range(1343, 1501)  # Umm al-Qura years that `hijridate` holds
_BUDDHIST_AHEAD = 543
_JANUARY_YEAR = 2484  # from this Thai year on the year begins on 1 January; before on 1 April
_NOWRUZ_1403 = datetime.date(2024, 3, 20)
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


def calendar_of(year: int | None, *, is_solar: bool = False, latest: datetime.date | None = None) -> str:
    """Tell which calendar a birth year must belong to.

    Args:
        year: Four-digit year as written; None: nothing is said, so Gregorian.
        is_solar: The writer uses the solar Hijri calendar (Iran, Afghanistan); else the lunar one.
        latest: Last possible day, by default today: a solar year after it can only be a lunar one.

    Source:
        Domain facts section 8: years from 1300 to 1450 in a birth year are Hijri, 2400 to 2600 Thai.

    Examples:
        >>> calendar_of(1974), calendar_of(1394), calendar_of(1353, is_solar=True), calendar_of(2517)
        ('gregorian', 'islamic', 'persian', 'buddhist')
    """
    if year in HIJRI_YEARS:
        latest = latest or datetime.date.today()
        return PERSIAN if is_solar and _nowruz(year) <= latest.toordinal() else ISLAMIC
    return BUDDHIST if year in BUDDHIST_YEARS else GREGORIAN


def to_gregorian(date: PartialDate) -> PartialDate | None:
    """Convert a date of another calendar; None when it names no day of that calendar.

    Args:
        date: Its `calendar` is `islamic`, `persian`, `buddhist` or `gregorian` (given back as it is).

    Returns:
        A Gregorian date: the day where year, month and day are known, else the part that all possible days
        share, with `year_to` where they fall in two years. The calendar of lunar dates becomes `FROM_ISLAMIC`,
        since local sightings differ from the Umm al-Qura tables by up to `LUNAR_DAYS`; before 1343 AH the
        year alone is given. Solar and Thai dates are exact. A converted date is given back as it is.

    Source:
        `hijridate` (Umm al-Qura); solar Hijri by the 33-year rule, equal to Iran's calendar from 1210 to 1634;
        Thai years began on 1 April until 1940. Domain facts section 8.

    Examples:
        >>> to_gregorian(PartialDate(1400, 1, 1, calendar=ISLAMIC)).iso()
        '1979-11-20'
        >>> to_gregorian(PartialDate(1360, calendar=PERSIAN)).iso()
        '1981/1982'
        >>> to_gregorian(PartialDate(2517, 8, calendar=BUDDHIST)).iso()
        '1974-08'
    """
    if date.calendar in (GREGORIAN, FROM_ISLAMIC):
        return date
    if date.year is None or (date.month is not None and not 1 <= date.month <= 12):
        return None
    days = {ISLAMIC: _islamic_days, PERSIAN: _persian_days, BUDDHIST: _buddhist_days}.get(date.calendar)
    found = days(date.year, date.month, date.day if date.month else None) if days else None
    if found is None:
        return None
    first, last = found
    calendar = FROM_ISLAMIC if date.calendar == ISLAMIC else GREGORIAN
    if first.year != last.year:
        return PartialDate(first.year, calendar=calendar, year_to=last.year, approximate=date.approximate)
    month = first.month if first.month == last.month else None
    day = first.day if first == last else None
    return PartialDate(first.year, month, day, calendar, approximate=date.approximate)


_Days = tuple[datetime.date, datetime.date]  # first and last possible day


def _islamic_days(year: int, month: int | None, day: int | None) -> _Days | None:
    if not 1 <= year < _ISLAMIC_TABLE.stop:
        return None
    if year not in _ISLAMIC_TABLE:
        start = 622.54 + (year - 1) * 0.970224  # mean lunar year in solar years, from 16 July 622
        if not 1 <= (day or 1) <= 30:
            return None
        return datetime.date(int(start), 1, 1), datetime.date(int(start + 0.97), 12, 31)
    from hijridate import Hijri  # 40 ms, and few files need it

    try:
        first = Hijri(year, month or 1, day or 1)
    except (OverflowError, ValueError):
        return None
    if day:
        only = first.to_gregorian()
        return _plain(only), _plain(only)
    end = Hijri(year, month or 12, 1)
    last = Hijri(year, month or 12, end.month_length()).to_gregorian()
    return _plain(first.to_gregorian()), _plain(last)


def _plain(day: datetime.date) -> datetime.date:
    return datetime.date(day.year, day.month, day.day)  # of hijridate's own subclass


def _persian_days(year: int, month: int | None, day: int | None) -> _Days | None:
    if year not in range(1210, 1634):
        return None
    start, n_days = _nowruz(year), _nowruz(year + 1) - _nowruz(year)
    before = 0
    if month:
        before = 31 * (month - 1) if month <= 7 else 186 + 30 * (month - 7)
        n_days = 31 if month <= 6 else 30 if month <= 11 else n_days - before
    if day is not None:
        if not 1 <= day <= n_days:
            return None
        before, n_days = before + day - 1, 1
    first = start + before
    return datetime.date.fromordinal(first), datetime.date.fromordinal(first + n_days - 1)


@functools.lru_cache(maxsize=512)
def _nowruz(year: int) -> int:
    """Return the ordinal of 1 Farvardin; leap years come every four years, once in 33 after five."""
    leaps = [((number - 1209) % 33 - 1) % 4 == 0 and (number - 1209) % 33 > 0 for number in range(1210, 1635)]
    before = sum(leaps[: year - 1210]) - sum(leaps[: 1403 - 1210])
    return _NOWRUZ_1403.toordinal() + 365 * (year - 1403) + before


def _buddhist_days(year: int, month: int | None, day: int | None) -> _Days | None:
    if year not in BUDDHIST_YEARS:
        return None
    gregorian = year - _BUDDHIST_AHEAD
    if year < _JANUARY_YEAR and month is None:
        return datetime.date(gregorian, 4, 1), datetime.date(gregorian + 1, 3, 31)
    if year < _JANUARY_YEAR and month is not None and month <= 3:
        gregorian += 1
    try:
        first = datetime.date(gregorian, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return first, first
    following = datetime.date(gregorian, month + 1, 1) if month and month < 12 else datetime.date(gregorian + 1, 1, 1)
    return first, following - datetime.timedelta(days=1)
