"""Two birth dates to a level; several dates on an entry give several levels (score keeps the best).

Fixed order of the steps: other calendars to Gregorian -> two days -> else years with months, or ranges of years.

Rules: a default-like day (1 January) counts as its year only; an unknown part is not a difference; a range or an
approximate year agrees inside it, the better the narrower; a date converted from the lunar calendar may be two days
off. Two ladders of distance end in the same last steps: whole dates that differ in day and month say more than years
alone. Levels as in the model's `[birth_date]` table. Source of the grading: shared facts names.md 9, domain.md 8.
"""

from __future__ import annotations

import bisect
import datetime
import functools
from collections.abc import Iterable

from matcher.dates import FROM_ISLAMIC, LUNAR_DAYS, to_gregorian
from matcher.records import GREGORIAN, PartialDate

CIRCA_YEARS = 2  # of an approximate year, either way
SLIP_YEARS = 5  # day and month as listed, the year up to so many off
GAP_YEARS = 5  # two years listed this near each other speak of those between them as well
_YEAR_ONLY = (
    (1, "one_year_off"),
    (2, "two_years_off"),
    (5, "within_five_years"),
    (10, "within_ten_years"),
    (20, "within_twenty_years"),
)
_OTHER_DAY = (
    (0, "same_year_other_day"),
    (1, "other_day_one_year_off"),
    (2, "other_day_two_years_off"),
    (5, "other_day_within_five_years"),
    (10, "other_day_within_ten_years"),
    (20, "within_twenty_years"),
)
_FARTHEST = "different"
OFF = frozenset(
    (*(level for _, level in _YEAR_ONLY), *(level for _, level in _OTHER_DAY), _FARTHEST)
)  # no slip, no range
_RANGES = ((2, "in_two_years"), (5, "in_range"))  # years that both sides together leave open
LADDERS = (
    (
        "same_year_and_month",
        "same_year",
        "in_two_years",
        "in_range",
        "in_wide_range",
        *(level for _, level in _YEAR_ONLY),
        _FARTHEST,
    ),
    ("exact", "within_two_days", "one_day_off", "same_month_other_day", *(level for _, level in _OTHER_DAY), _FARTHEST),
    ("exact", "day_month_swapped", "same_month_other_day"),
    ("exact", "one_digit", "same_month_other_day"),
    ("exact", "same_day_near_year", "other_day_one_year_off"),
    ("exact", "same_year_and_month", "same_year_other_day"),
    *((level, other) for (_, level), (_, other) in zip(_YEAR_ONLY, _OTHER_DAY[1:], strict=True)),
)  # levels of which a later one never weighs more: closer is never worse


def birth_date_level(query: PartialDate | None, entry: PartialDate | None) -> str | None:
    """Grade the agreement of two birth dates; None when nothing can be compared. Symmetric.

    Examples:
        >>> day = PartialDate(1960, 8, 31)
        >>> birth_date_level(day, day), birth_date_level(day, PartialDate(1960))
        ('exact', 'same_year')
        >>> birth_date_level(PartialDate(1960, 3, 4), PartialDate(1960, 4, 3)), birth_date_level(day, PartialDate(1985))
        ('day_month_swapped', 'different')
        >>> birth_date_level(PartialDate(1961, 5, 4), day), birth_date_level(PartialDate(1961), day)
        ('other_day_one_year_off', 'one_year_off')
        >>> birth_date_level(PartialDate(1400, 1, 1, "islamic"), PartialDate(1979, 11, 21))
        'within_two_days'
    """
    if query is None or entry is None:
        return None
    left, right = _gregorian(query), _gregorian(entry)
    if left is None or right is None or left.year is None or right.year is None:
        return None
    if _has_day(left) and _has_day(right):
        return _day_level(left, right)
    first, last = _years(left)
    other_first, other_last = _years(right)
    if first < last or other_first < other_last:
        return _range_level((first, last), (other_first, other_last))
    if first == other_first:
        return _month_level(left, right)
    return _rung(_YEAR_ONLY, abs(first - other_first))


def all_levels() -> frozenset[str]:
    """Levels that two dates can reach."""
    return frozenset(level for ladder in LADDERS for level in ladder)


def levels_apart(years: int, *, has_days: bool) -> frozenset[str]:
    """Levels that two dates of different years can reach, at least so many apart; of one year, for 0, all but slips.

    Args:
        years: Between the years that they leave open.
        has_days: Whether the days of both are known; slips (one digit, a neighbouring day, day and month swapped, the
            same day in another year) are not among the levels then.

    Examples:
        >>> sorted(levels_apart(11, has_days=True)), "one_year_off" in levels_apart(1, has_days=False)
        (['different', 'within_twenty_years'], True)
        >>> sorted(levels_apart(0, has_days=False))[-2:], "same_year_other_day" in levels_apart(0, has_days=True)
        (['same_year_and_month', 'same_year_other_day'], True)
    """
    if years == 0 and not has_days:
        ranges = (*(level for _, level in _RANGES), "in_wide_range")
        return frozenset(("same_year_and_month", "same_year", "same_year_other_day", *ranges))
    ladder = _OTHER_DAY if has_days else _YEAR_ONLY
    return frozenset((*(level for most, level in ladder if most >= years), _FARTHEST))


def precision_of(query: PartialDate, entry: PartialDate) -> str:
    """Tell what two dates are compared by: `days`, `years` (with months) or `ranges` of years.

    Examples:
        >>> day, circa = PartialDate(1960, 8, 31), PartialDate(1960, approximate=True)
        >>> precision_of(day, day), precision_of(day, PartialDate(1960, 1, 1)), precision_of(day, circa)
        ('days', 'years', 'ranges')
    """
    left, right = _gregorian(query) or query, _gregorian(entry) or entry
    if _has_day(left) and _has_day(right):
        return "days"
    return "ranges" if _is_open(left) or _is_open(right) else "years"


def between_years(query: PartialDate | None, entry: Iterable[PartialDate]) -> PartialDate | None:
    """Find two listed years near each other with the query's year between them, as a range.

    A list that gives 1960 and 1963 doesn't know the year; 1961 is no difference to it, also where it gives another day
    of 1961: a date more on an entry makes no other weigh less.

    Examples:
        >>> between_years(PartialDate(1961, 2, 3), [PartialDate(1963), PartialDate(1960), PartialDate(1980)]).iso()
        '1960/1963'
        >>> between_years(PartialDate(1970), [PartialDate(1963), PartialDate(1980)]) is None
        True
    """
    if query is None or (asked := _gregorian(query)) is None or asked.year is None or _is_open(asked):
        return None
    dates = [date for one in entry if (date := _gregorian(one)) is not None]
    listed = sorted({date.year for date in dates if date.year not in (None, asked.year) and not _is_open(date)})
    at = bisect.bisect_left(listed, asked.year)
    if not 0 < at < len(listed) or listed[at] - listed[at - 1] > GAP_YEARS:
        return None
    return PartialDate(listed[at - 1], year_to=listed[at])


@functools.lru_cache(maxsize=4096)
def _converted(date: PartialDate) -> PartialDate | None:
    return to_gregorian(date)


def _gregorian(date: PartialDate) -> PartialDate | None:
    return date if date.calendar == GREGORIAN else _converted(date)


def _is_open(date: PartialDate) -> bool:
    return date.approximate or date.year_to is not None


def _has_day(date: PartialDate) -> bool:
    """Whether the day is known; 1 January is not, unless another calendar gave it."""
    is_default = date.is_default_like and date.calendar == GREGORIAN
    return date.is_complete and not is_default and not _is_open(date)


def _years(date: PartialDate) -> tuple[int, int]:
    """First and last year that a date leaves open."""
    assert date.year is not None
    first, last = date.year, date.year if date.year_to is None else max(date.year, date.year_to)
    if date.calendar == FROM_ISLAMIC and date.is_complete:
        slack = datetime.timedelta(days=LUNAR_DAYS)
        first, last = (_day(date) - slack).year, (_day(date) + slack).year
    wide = CIRCA_YEARS if date.approximate else 0
    return first - wide, last + wide


def _range_level(left: tuple[int, int], right: tuple[int, int]) -> str:
    apart = max(left[0], right[0]) - min(left[1], right[1])
    if apart > 0:
        return _rung(_YEAR_ONLY, apart)
    n_years = left[1] - left[0] + right[1] - right[0] + 1
    return next((level for most, level in _RANGES if n_years <= most), "in_wide_range")


def _day(date: PartialDate) -> datetime.date:
    assert date.year is not None
    assert date.month is not None
    assert date.day is not None
    return datetime.date(date.year, date.month, date.day)


def _day_level(left: PartialDate, right: PartialDate) -> str:
    one, other = _day(left), _day(right)
    days = abs((one - other).days)
    if days == 0:
        return "exact"
    if days <= LUNAR_DAYS and FROM_ISLAMIC in (left.calendar, right.calendar):
        return "within_two_days"
    if one.year == other.year and (one.month, one.day) == (other.day, other.month):
        return "day_month_swapped"
    if days == 1:
        return "one_day_off"
    if _one_digit(one, other):
        return "one_digit"
    years = abs(one.year - other.year)
    if years == 0 and one.month == other.month:
        return "same_month_other_day"
    if (one.month, one.day) == (other.month, other.day) and years <= SLIP_YEARS:
        return "same_day_near_year"
    return _rung(_OTHER_DAY, years)


def _one_digit(one: datetime.date, other: datetime.date) -> bool:
    """Whether the dates as written differ in one digit; most differ in two of their parts, which is seen at once."""
    if (one.year != other.year) + (one.month != other.month) + (one.day != other.day) != 1:
        return False
    return sum(mine != theirs for mine, theirs in zip(one.isoformat(), other.isoformat(), strict=True)) == 1


def _month_level(left: PartialDate, right: PartialDate) -> str:
    """Same year, at most one side with a day: an agreeing or missing month is no difference."""
    if left.is_default_like or right.is_default_like or None in (left.month, right.month):
        return "same_year"
    return "same_year_and_month" if left.month == right.month else "same_year_other_day"


def _rung(ladder: tuple[tuple[int, str], ...], years: int) -> str:
    return next((level for most, level in ladder if years <= most), _FARTHEST)
