"""Levels of the fields beside the name: symmetric, closer is never worse, missing is not different."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.compare.birth_date import between_years, birth_date_level
from matcher.compare.birth_place import birth_place_level
from matcher.compare.nationality import common_nationalities, nationality_level
from matcher.compare.sex import sex_level
from matcher.dates import BUDDHIST, FROM_ISLAMIC, ISLAMIC, PERSIAN, parse_birth_date, to_gregorian
from matcher.records import PartialDate
from matcher.score.field_tables import LADDERS
from matcher.score.model import FIELD_LEVELS, load_model

MODEL = load_model()
CALENDARS = st.sampled_from(["gregorian", FROM_ISLAMIC])
DATES = st.builds(
    PartialDate,
    st.one_of(st.none(), st.integers(1930, 2010)),
    st.one_of(st.none(), st.integers(1, 12)),
    st.one_of(st.none(), st.integers(1, 28)),
    CALENDARS,
    year_to=st.one_of(st.none(), st.integers(1930, 2010)),
    approximate=st.booleans(),
)
DAYS = st.dates(datetime.date(1930, 1, 2), datetime.date(2010, 12, 31))


def bits(level: str | None) -> float:
    assert level is not None
    return MODEL.weight("birth_date", level)


def of_day(day: datetime.date) -> PartialDate:
    return PartialDate(day.year, day.month, day.day)


def level(left: str, right: str) -> str | None:
    return birth_date_level(parse_birth_date(left), parse_birth_date(right))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("1960-08-31", "1960-08-31", "exact"),
        ("1960-01-01", "1960-01-01", "same_year"),
        ("1960-01-01", "1960-08-31", "same_year"),
        ("1960-01-01", "1975-08-31", "within_twenty_years"),
        ("1960-03-04", "1960-04-03", "day_month_swapped"),
        ("1960-02-01", "1960-01-02", "day_month_swapped"),
        ("1960-08-31", "1960-08-30", "one_day_off"),
        ("1960-08-31", "1960-09-01", "one_day_off"),
        ("1960-08-31", "1960-08-21", "one_digit"),
        ("1960-08-31", "1961-08-31", "one_digit"),
        ("1960-08-31", "1980-08-31", "one_digit"),
        ("1959-08-31", "1960-08-31", "same_day_near_year"),
        ("1959-08-31", "1969-08-31", "one_digit"),
        ("1959-08-31", "1970-08-31", "within_twenty_years"),
        ("1960-08-31", "1960-08-12", "same_month_other_day"),
        ("1960-08-31", "1960-02-12", "same_year_other_day"),
        ("1960", "1960-08-31", "same_year"),
        ("1960-08", "1960-08-31", "same_year_and_month"),
        ("1960-07", "1960-08-31", "same_year_other_day"),
        ("1961", "1960-08-31", "one_year_off"),
        ("1962", "1960", "two_years_off"),
        ("1964", "1960-08-31", "within_five_years"),
        ("1966", "1960-08-31", "within_ten_years"),
        ("1961-02-12", "1960-08-31", "other_day_one_year_off"),
        ("1962-02-12", "1960-08-31", "other_day_two_years_off"),
        ("1965-02-12", "1960-08-31", "other_day_within_five_years"),
        ("1970-02-12", "1960-08-31", "other_day_within_ten_years"),
        ("1980-02-12", "1960-08-31", "within_twenty_years"),
        ("1985-08-30", "1960-02-01", "different"),
        ("1985", "1960-02-01", "different"),
        ("60<<<<", "1960-08-31", "same_year"),
    ],
)
def test_birth_date_levels(left: str, right: str, expected: str) -> None:
    """One year off is not twenty-five years off; 1 January counts as its year only (rule 7)."""
    assert level(left, right) == expected
    assert level(right, left) == expected


def test_ranges_and_approximate_years() -> None:
    """Within a listed range, or two years of a circa, is agreement, the better the narrower; outside, the distance."""
    between = PartialDate(1963, year_to=1968)
    assert birth_date_level(PartialDate(1966, 5, 4), between) == "in_wide_range"
    assert birth_date_level(PartialDate(1966, 5, 4), PartialDate(1965, year_to=1966)) == "in_two_years"
    assert birth_date_level(PartialDate(1970), between) == "two_years_off"
    assert birth_date_level(PartialDate(1962), PartialDate(1960, approximate=True)) == "in_range"
    assert birth_date_level(PartialDate(1963), PartialDate(1960, approximate=True)) == "one_year_off"
    assert birth_date_level(PartialDate(1990), PartialDate(1960, approximate=True)) == "different"


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "exact"), (1, "within_two_days"), (-2, "within_two_days"), (5, "same_month_other_day")],
)
def test_a_converted_lunar_date_may_be_two_days_off(days: int, expected: str) -> None:
    """Lunar dates are exact but for two days either way, converted before or not; others are not."""
    lunar = PartialDate(1407, 3, 14, ISLAMIC)
    converted = to_gregorian(lunar)
    assert converted is not None
    assert converted.iso() == "1986-11-16"
    other = of_day(datetime.date(1986, 11, 16) + datetime.timedelta(days=days))
    assert birth_date_level(lunar, other) == birth_date_level(other, converted) == expected
    plain = PartialDate(1986, 11, 16)
    assert days == 0 or birth_date_level(plain, other) != "within_two_days"


def test_a_lunar_date_on_1_january_is_no_default() -> None:
    """4 Jumada II 1410 is 1 January 1990: nobody wrote that day for want of another."""
    assert birth_date_level(PartialDate(1410, 6, 4, ISLAMIC), PartialDate(1990, 1, 2)) == "within_two_days"
    assert birth_date_level(PartialDate(1990, 1, 1), PartialDate(1990, 1, 2)) == "same_year"
    assert birth_date_level(PartialDate(1410, 6, 4, ISLAMIC), PartialDate(1989)) == "in_two_years"


def test_years_of_other_calendars_are_compared_as_the_years_that_they_span() -> None:
    """1360 of the solar calendar is 1981 or 1982; a whole solar or Thai date is exact."""
    assert birth_date_level(PartialDate(1360, calendar=PERSIAN), PartialDate(1982, 2, 3)) == "in_two_years"
    assert birth_date_level(PartialDate(1360, calendar=PERSIAN), PartialDate(1985)) == "within_five_years"
    assert birth_date_level(PartialDate(1353, 5, 21, PERSIAN), PartialDate(1974, 8, 12)) == "exact"
    assert birth_date_level(PartialDate(2517, 8, 12, BUDDHIST), PartialDate(1974, 8, 12)) == "exact"
    assert birth_date_level(PartialDate(1360, calendar="unheard of"), PartialDate(1974)) is None


def test_years_between_two_listed_ones() -> None:
    """Two listed years up to five apart speak of those between, also where the year itself is listed."""
    listed = [PartialDate(1960, 2, 3), PartialDate(1965), PartialDate(1980), PartialDate(1981, approximate=True)]
    assert between_years(PartialDate(1962), listed) == PartialDate(1960, year_to=1965)
    assert between_years(PartialDate(1970), listed) is None
    assert between_years(PartialDate(1960), listed) is None
    assert between_years(PartialDate(1985), listed) is None
    assert between_years(None, listed) is None
    assert between_years(PartialDate(1962), listed[:1]) is None
    assert between_years(PartialDate(1962, 2), [*listed, PartialDate(1962, 1)]) == PartialDate(1960, year_to=1965)


@given(DATES, DATES)
def test_birth_date_symmetric_and_weighed(left: PartialDate, right: PartialDate) -> None:
    """Symmetric; every level is one that the model weighs; an unknown year says nothing."""
    found = birth_date_level(left, right)
    assert found == birth_date_level(right, left)
    assert found is None or found in FIELD_LEVELS["birth_date"]
    assert (found is None) == (left.year is None or right.year is None)


@given(DAYS, DAYS, DAYS)
def test_closer_is_never_worse(listed: datetime.date, one: datetime.date, other: datetime.date) -> None:
    """Of two days that show no slip, the nearer in years never weighs less; a slip never weighs less than none."""
    slips = {"one_digit", "day_month_swapped", "same_day_near_year", "one_day_off", "exact"}
    near, far = sorted((one, other), key=lambda day: abs(day.year - listed.year))
    near_level = birth_date_level(of_day(near), of_day(listed))
    far_level = birth_date_level(of_day(far), of_day(listed))
    if (
        far_level not in slips
        and (near.year != far.year)
        and not {near.isoformat()[5:], far.isoformat()[5:]} & {"01-01"}
    ):
        assert bits(near_level) >= bits(far_level)


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_a_nearer_year_is_never_worse(listed: datetime.date, one: int, other: int) -> None:
    """Years alone against a listed day: a smooth ladder."""
    near, far = sorted((one, other))
    found = [birth_date_level(PartialDate(listed.year - years), of_day(listed)) for years in (near, far)]
    assert bits(found[0]) >= bits(found[1])


@given(DAYS, st.integers(0, 12), st.integers(0, 6))
def test_a_narrower_range_is_never_worse(listed: datetime.date, width: int, more: int) -> None:
    """A range around the day weighs the less the wider it is."""
    narrow = PartialDate(listed.year - width, year_to=listed.year)
    wide = PartialDate(listed.year - width - more, year_to=listed.year)
    found = [birth_date_level(date, of_day(listed)) for date in (narrow, wide)]
    assert bits(found[0]) >= bits(found[1])


def test_every_level_stands_on_a_ladder() -> None:
    """A level that no ladder names could weigh anything: the model's check would not see it."""
    for feature, ladders in LADDERS.items():
        assert {level for ladder in ladders for level in ladder} == set(FIELD_LEVELS[feature]), feature


def test_missing_is_not_different() -> None:
    """A null on either side gives no level in any field (rule 7)."""
    date = PartialDate(1960)
    assert birth_date_level(None, date) is None
    assert birth_date_level(date, None) is None
    assert sex_level(None, "F") is None
    assert sex_level("X", "F") is None
    assert nationality_level([], ["FRA"]) is None
    assert nationality_level(["FRA"], []) is None
    assert birth_place_level(None, "Lyon") is None
    assert birth_place_level("Lyon", None) is None


@pytest.mark.parametrize(
    ("query", "entry", "expected"),
    [
        (["FRA", "LBN"], ["LBN"], "same"),  # dual
        (["GBN"], ["GBS"], "same"),  # one state under several ICAO codes
        (["D"], ["DEU"], "same"),
        (["SUN"], ["UKR"], "related"),  # a state that is no more
        (["YUG"], ["HRV"], "related"),
        (["RKS"], ["SRB"], "related"),
        (["PSE"], ["XXA"], "related"),
        (["XXA"], ["XXB"], "related"),  # kinds of statelessness
        (["XXA"], ["XXA"], "same"),
        (["XXB"], ["SYR"], None),  # a refugee may be of any state
        (["XXB", "IRQ"], ["SYR"], "different"),
        (["UNO"], ["SYR"], None),  # a laissez-passer is no nationality
        (["UNO"], ["UNO"], None),
        (["XXX"], ["SYR"], None),
        (["RUS"], ["UKR"], "different"),
        (["QQQ"], ["QQQ"], "same"),  # an unknown code is compared as a code
    ],
)
def test_nationality_levels(query: list[str], entry: list[str], expected: str | None) -> None:
    """Dual, historic, ICAO-only and group codes; symmetric."""
    assert nationality_level(query, entry) == nationality_level(entry, query) == expected
    assert bool(common_nationalities(query, entry)) == (expected == "same")


@pytest.mark.parametrize(
    ("query", "entry", "expected"),
    [
        ("Москва, Россия", "Moskva, Russia", "same_large_city"),
        ("Moscow", "Москва", "same_large_city"),
        ("Mosul", "الموصل", "same_place"),
        ("Kandahar", "Qandahar, Afghanistan", "same_place"),
        ("Bassora", "Basra, Iraq", "similar_place"),
        ("Leningrad", "Saint Petersburg, Russia", "same_place"),
        ("Phnom Penh", "Phnom Penh, Cambodia", "same_large_city"),
        ("Baghdad, Iraq", "Mosul, Iraq", "other_place"),
        ("Deraa, Syria", "Deir ez-Zor, Syria", "other_place"),
        ("Mosul", "Lyon", "other_place"),
        ("Iraq", "Mosul, Iraq", "same_country"),
        ("Soviet Union", "Groznyi, Russia", "same_country"),
        ("Tripoli, Lebanon", "Tripoli, Libya", "same_place_other_country"),
        ("Iraq", "Lyon, France", "other_country"),
        ("Province", "District", None),
    ],
)
def test_places(query: str, entry: str, expected: str | None) -> None:
    """A town in another script or under another name is the same town; a country is no town; symmetric."""
    assert birth_place_level(query, entry) == birth_place_level(entry, query) == expected
