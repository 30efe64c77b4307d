"""Two birth dates to a level; several dates on an entry give several levels (score keeps the best).

Rules: a default-like day (1 January) counts as its year only; an unknown part is not a difference; a range or an
approximate year agrees inside it. Levels as in the model's `[birth_date]` table. Source of the grading: shared
facts names.md 9, domain.md 8.
"""

from __future__ import annotations

from matcher.records import PartialDate

NEAR_YEARS = 2
WIDE_YEARS = 5


def birth_date_level(query: PartialDate | None, entry: PartialDate | None) -> str | None:
    """Grade the agreement of two birth dates; None when nothing can be compared. Symmetric.

    Examples:
        >>> day = PartialDate(1960, 8, 31)
        >>> birth_date_level(day, day), birth_date_level(day, PartialDate(1960))
        ('exact', 'same_year')
        >>> birth_date_level(PartialDate(1960, 3, 4), PartialDate(1960, 4, 3)), birth_date_level(day, PartialDate(1975))
        ('day_month_swapped', 'different')
    """
    if query is None or entry is None or query.calendar != entry.calendar:
        return None
    if query.year is None or entry.year is None:
        return None
    if _is_range(query) or _is_range(entry):
        return _range_level(query, entry)
    if _has_day(query) and _has_day(entry):
        return _day_level(query, entry)
    if query.year == entry.year:
        return _month_level(query, entry)
    return _year_level(abs(query.year - entry.year))


def _has_day(date: PartialDate) -> bool:
    return date.is_complete and not date.is_default_like


def _is_range(date: PartialDate) -> bool:
    return date.approximate or date.year_to is not None


def _range_level(query: PartialDate, entry: PartialDate) -> str:
    first, last = max(_first(query), _first(entry)), min(_last(query), _last(entry))
    return "in_range" if first <= last else _year_level(first - last)


def _first(date: PartialDate) -> int:
    assert date.year is not None
    return date.year - (NEAR_YEARS if date.approximate else 0)


def _last(date: PartialDate) -> int:
    assert date.year is not None
    return (date.year_to or date.year) + (NEAR_YEARS if date.approximate else 0)


def _day_level(query: PartialDate, entry: PartialDate) -> str:
    left, right = query.iso(), entry.iso()
    if left == right:
        return "exact"
    assert query.year is not None
    assert entry.year is not None
    if query.year == entry.year and (query.month, query.day) == (entry.day, entry.month):
        return "day_month_swapped"
    if sum(one != other for one, other in zip(left, right, strict=True)) == 1:
        return "one_digit"
    if query.year == entry.year:
        return "same_year_and_month" if query.month == entry.month else "same_year_other_day"
    if (query.month, query.day) == (entry.month, entry.day) and abs(query.year - entry.year) <= WIDE_YEARS:
        return "same_day_near_year"
    return _year_level(abs(query.year - entry.year))


def _month_level(query: PartialDate, entry: PartialDate) -> str:
    """Same year, at most one side with a day: an agreeing or missing month is no difference."""
    if query.is_default_like or entry.is_default_like or None in (query.month, entry.month):
        return "same_year"
    return "same_year_and_month" if query.month == entry.month else "same_year_other_day"


def _year_level(years: int) -> str:
    if years <= NEAR_YEARS:
        return "near_year"
    return "within_five_years" if years <= WIDE_YEARS else "different"
