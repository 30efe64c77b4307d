"""Other calendars: years to calendars, days to Gregorian days, and what cannot be one."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.dates import (
    BUDDHIST,
    FROM_ISLAMIC,
    ISLAMIC,
    PERSIAN,
    calendar_of,
    is_possible,
    parse_birth_date,
    to_gregorian,
)
from matcher.records import PartialDate


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ((1400, 1, 1, ISLAMIC), "1979-11-20"),  # domain facts section 8, measured with hijridate
        ((1422, 1, 1, ISLAMIC), "2001-03-26"),
        ((1390, 7, 1, ISLAMIC), "1970-09-02"),
        ((1410, 6, 4, ISLAMIC), "1990-01-01"),
        ((1400, None, None, ISLAMIC), "1979/1980"),
        ((1400, 1, None, ISLAMIC), "1979"),
        ((1330, 5, 2, ISLAMIC), "1911/1912"),  # before the tables: the year alone
        ((1399, 1, 1, PERSIAN), "2020-03-20"),
        ((1360, 5, 12, PERSIAN), "1981-08-03"),
        ((1403, 12, 30, PERSIAN), "2025-03-20"),  # a leap year
        ((1360, None, None, PERSIAN), "1981/1982"),
        ((1360, 10, None, PERSIAN), "1981/1982"),
        ((1360, 5, None, PERSIAN), "1981"),
        ((2517, 8, 12, BUDDHIST), "1974-08-12"),
        ((2517, None, None, BUDDHIST), "1974"),
        ((2470, 2, 3, BUDDHIST), "1928-02-03"),  # years began on 1 April then
        ((2470, None, None, BUDDHIST), "1927/1928"),
        ((1974, 8, 12, "gregorian"), "1974-08-12"),
    ],
)
def test_a_date_of_another_calendar_is_its_gregorian_one(written: tuple[int, int, int, str], expected: str) -> None:
    """Known days, whole months and whole years; the calendar says which come from lunar ones."""
    date = to_gregorian(PartialDate(written[0], written[1], written[2], written[3]))
    assert date is not None
    assert date.iso() == expected
    assert date.calendar == (FROM_ISLAMIC if written[3] == ISLAMIC else "gregorian")
    assert to_gregorian(date) == date


@pytest.mark.parametrize(
    "date",
    [
        PartialDate(1404, 12, 30, PERSIAN),  # no leap year
        PartialDate(1400, 7, 31, PERSIAN),
        PartialDate(1400, 13, 1, PERSIAN),
        PartialDate(1000, 1, 1, PERSIAN),
        PartialDate(1400, 2, 31, ISLAMIC),
        PartialDate(1330, 1, 31, ISLAMIC),
        PartialDate(1600, 1, 1, ISLAMIC),
        PartialDate(2517, 2, 30, BUDDHIST),
        PartialDate(1974, 1, 1, BUDDHIST),
        PartialDate(None, 1, 1, PERSIAN),
        PartialDate(1974, 1, 1, "mayan"),
    ],
)
def test_what_is_no_day_of_its_calendar_is_none(date: PartialDate) -> None:
    """Nothing is moved to a neighbouring day."""
    assert to_gregorian(date) is None


@given(st.integers(datetime.date(1925, 1, 1).toordinal(), datetime.date(2026, 1, 1).toordinal()))
def test_solar_days_follow_one_another(ordinal: int) -> None:
    """Counting days through the solar calendar and converting each gives every Gregorian day once."""
    day = datetime.date.fromordinal(ordinal)
    found = [
        (year, month, number)
        for year in (day.year - 622, day.year - 621)
        for month in range(1, 13)
        for number in range(1, 32)
        if (date := to_gregorian(PartialDate(year, month, number, PERSIAN))) and date.iso() == day.isoformat()
    ]
    assert len(found) == 1


def test_years_tell_their_calendar() -> None:
    """Hijri years are lunar unless the writer's calendar is solar, and a solar year isn't in the future."""
    today = datetime.date(2026, 11, 21)
    assert [calendar_of(year, latest=today) for year in (1974, 1394, 2517, None)] == [
        "gregorian",
        ISLAMIC,
        BUDDHIST,
        "gregorian",
    ]
    assert calendar_of(1394, is_solar=True, latest=today) == PERSIAN
    assert calendar_of(1420, is_solar=True, latest=today) == ISLAMIC


def test_a_callers_own_text_stays_gregorian() -> None:
    """`parse_birth_date` converts nothing: a Hijri year is no Gregorian date."""
    assert parse_birth_date("1394-05-01") is None
    assert not is_possible(PartialDate(1394))
