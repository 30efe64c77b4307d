"""The measurement of fields: every pair in one column, weights that name their mixture, and lists read as they are."""

from __future__ import annotations

import math
from pathlib import Path

import polars as pl
import pytest

from benchmarks.learn.fields import MISSED, date_pair, fit_dates, listed_twice, travellers_of, weight_of
from matcher.records import PartialDate
from matcher.score.model import load_model

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
needs_shared = pytest.mark.skipif(not (SHARED / "data/lists").is_dir(), reason="needs ../shared beside the checkout")


def person(*years: int) -> dict[str, object]:
    parts = {"month": None, "day": None, "calendar": None, "year_to": None, "approximate": None}
    return {"birth_dates": [{"year": year, **parts} for year in years]}


def test_dates_are_counted_by_their_precision() -> None:
    """Days, years and ranges have a column each: a level of one says nothing of another."""
    day = PartialDate(1960, 8, 31)
    assert date_pair(day, PartialDate(1961, 2, 3)) == {"days": "other_day_one_year_off"}
    assert date_pair(day, PartialDate(1961)) == {"years": "one_year_off"}
    assert date_pair(day, PartialDate(1963, approximate=True)) == {"ranges": "one_year_off"}


def test_pairs_of_one_person_count_once_together() -> None:
    """Someone with ten dates has forty-five pairs and says no more than someone with two."""
    rows = listed_twice([person(1950, 1951, 1952), person(1960, 1961), person(1970)])
    assert sum(row["count"] for row in rows) == pytest.approx(2.0)
    assert len(rows) == 4


def test_weights_mix_the_listed_date_with_how_others_differ() -> None:
    """m of an agreeing level is what wasn't missed; of another one its share among the missed."""
    people = {str(at): person(1900 + at, 1901 + at) for at in range(80)}
    report = fit_dates([people])
    found = {one.level: weight_of(one) for one in report.levels if one.feature == "years"}
    same, off = (
        next(one for one in report.levels if one.feature == "years" and one.level == level)
        for level in ("same_year", "one_year_off")
    )
    assert off.m > 0.9
    assert found["one_year_off"] == pytest.approx(math.log2(MISSED["years"] * off.m / off.u))
    assert found["same_year"] == pytest.approx(math.log2((1 - MISSED["years"] + MISSED["years"] * same.m) / same.u))


@needs_shared
@pytest.mark.shared
def test_only_the_first_half_of_the_clean_travellers_is_read() -> None:
    """The second half is held out: nothing is learned from it."""
    found = travellers_of(SHARED)
    assert len(found) == 25_000
    assert pl.Series([one["reference"] for one in found]).n_unique() == 25_000


def test_shipped_weights_of_birth_dates_are_near_the_measured_ones() -> None:
    """Where a level was seen often, the model's number is what the measurement gives, to half a bit."""
    measured = {"one_digit": 4.7, "one_year_off": 0.6, "other_day_within_five_years": -3.2, "within_five_years": -1.5}
    assert all(abs(load_model().weight("birth_date", level) - bits) <= 0.5 for level, bits in measured.items())
