"""Levels of the fields beside the name: symmetric, missing is not different, default-like days are years."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.compare.birth_date import birth_date_level
from matcher.compare.birth_place import birth_place_level
from matcher.compare.nationality import nationality_level
from matcher.compare.sex import sex_level
from matcher.dates import parse_birth_date
from matcher.records import PartialDate
from matcher.score.fields import birth_date_leaf
from matcher.score.model import FIELD_LEVELS, load_model

DATES = st.builds(
    PartialDate,
    st.one_of(st.none(), st.integers(1930, 2010)),
    st.one_of(st.none(), st.integers(1, 12)),
    st.one_of(st.none(), st.integers(1, 28)),
    approximate=st.booleans(),
)


def level(left: str, right: str) -> str | None:
    return birth_date_level(parse_birth_date(left), parse_birth_date(right))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("1960-08-31", "1960-08-31", "exact"),
        ("1960-01-01", "1960-01-01", "same_year"),
        ("1960-01-01", "1960-08-31", "same_year"),
        ("1960-01-01", "1975-08-31", "different"),
        ("1960-03-04", "1960-04-03", "day_month_swapped"),
        ("1960-08-31", "1960-08-30", "one_digit"),
        ("1960-08-31", "1961-08-31", "one_digit"),
        ("1959-08-31", "1960-08-31", "same_day_near_year"),
        ("1960-08-31", "1960-08-12", "same_year_and_month"),
        ("1960-08-31", "1960-02-12", "same_year_other_day"),
        ("1960", "1960-08-31", "same_year"),
        ("1960-08", "1960-08-31", "same_year_and_month"),
        ("1960-07", "1960-08-31", "same_year_other_day"),
        ("1962", "1960", "near_year"),
        ("1964", "1960-08-31", "within_five_years"),
        ("1985-08-31", "1960-02-01", "different"),
        ("60<<<<", "1960-08-31", "same_year"),
    ],
)
def test_birth_date_levels(left: str, right: str, expected: str) -> None:
    """One year off is not twenty-five years off; 1 January counts as its year only (rule 7)."""
    assert level(left, right) == expected
    assert level(right, left) == expected


def test_ranges_and_approximate_years() -> None:
    """Within a listed range, or two years of a circa, is agreement; outside, the distance to it counts."""
    between = PartialDate(1963, year_to=1968)
    assert birth_date_level(PartialDate(1966, 5, 4), between) == "in_range"
    assert birth_date_level(PartialDate(1970), between) == "near_year"
    assert birth_date_level(PartialDate(1962), PartialDate(1960, approximate=True)) == "in_range"
    assert birth_date_level(PartialDate(1990), PartialDate(1960, approximate=True)) == "different"


@given(DATES, DATES)
def test_birth_date_symmetric_and_weighed(left: PartialDate, right: PartialDate) -> None:
    """Symmetric; every level is one that the model weighs; an unknown year says nothing."""
    found = birth_date_level(left, right)
    assert found == birth_date_level(right, left)
    assert found is None or found in FIELD_LEVELS["birth_date"]
    assert (found is None) == (left.year is None or right.year is None)


def test_best_of_several_listed_dates_counts() -> None:
    """An entry with several birth dates is weighed by the one that agrees best."""
    model = load_model()
    listed = [PartialDate(1950), PartialDate(1960, 8, 31)]
    leaf = birth_date_leaf(model, PartialDate(1960, 8, 31), listed)
    assert leaf is not None
    assert leaf.level == "exact"
    assert leaf == birth_date_leaf(model, PartialDate(1960, 8, 31), listed[::-1])


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
    assert birth_date_leaf(load_model(), date, []) is None


def test_places_agree_across_scripts_and_countries_do_not_count_as_towns() -> None:
    """A town in another script is the same town; two towns of one country share the country only."""
    assert birth_place_level("Москва, Россия", "Moskva, Russia") == "same_place"
    assert birth_place_level("Baghdad, Iraq", "Mosul, Iraq") == "same_country"
    assert birth_place_level("Iraq", "Lyon, France") == "other_country"
    assert birth_place_level("Province", "District") is None
