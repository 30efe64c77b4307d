"""Leaves beside the name: agreement never lowers, opposition never raises, a booking says less than a machine."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.entry import PersonEntry
from matcher.errors import ModelError
from matcher.passengers.row import traveller_row
from matcher.query import DATA_SOURCES, Query, make_query
from matcher.records import PartialDate, Traveller
from matcher.score.evidence import to_grain
from matcher.score.field_tables import parse_shares
from matcher.score.fields import birth_date_leaf, birth_place_leaf, nationality_leaf, sex_leaf
from matcher.score.model import load_model, make_model
from matcher.score.person import score_person
from tests.names_models import model_table

MODEL = load_model()
YEARS = st.integers(1950, 1975)
DATES = st.one_of(
    st.builds(PartialDate, YEARS),
    st.builds(PartialDate, YEARS, st.integers(1, 12)),
    st.builds(PartialDate, YEARS, st.integers(1, 12), st.integers(1, 28)),
    st.builds(PartialDate, YEARS, approximate=st.just(True)),
)
CODES = st.sampled_from(["CHN", "IRQ", "GBR", "GBN", "SUN", "UKR", "RUS", "PSE", "XXA", "XXB", "UNO", "QQQ"])
PLACES = st.sampled_from(
    ["Mosul, Iraq", "Iraq", "Baghdad, Iraq", "الموصل", "Lyon, France", "France", "Deraa", "Tripoli, Libya"]
)
SEXES = st.sampled_from([None, "M", "F", "X"])
SOURCES = st.sampled_from(DATA_SOURCES)


def entry(**fields: Any) -> PersonEntry:
    plain = PersonEntry("1", (), (), None, (), (), "other", "subject", False, None, None, None, "active")
    return replace(plain, **fields)


def query(**fields: Any) -> Query:
    plain = Query((), 0, None, None, (), None, (), 0, "typed")
    return replace(plain, **fields)


QUERIES = st.builds(
    query,
    birth_date=st.one_of(st.none(), DATES),
    sex=SEXES,
    nationalities=st.lists(CODES, max_size=2).map(tuple),
    birth_place=st.one_of(st.none(), PLACES),
    data_source=SOURCES,
)
ENTRIES = st.builds(
    entry,
    birth_dates=st.lists(DATES, max_size=3).map(tuple),
    sex=SEXES,
    nationalities=st.lists(CODES, max_size=2).map(tuple),
    birth_places=st.lists(PLACES, max_size=2).map(tuple),
)


def weight(asked: Query, listed: PersonEntry) -> float:
    return score_person(MODEL, asked, listed, None).weight_bits


@given(QUERIES, ENTRIES)
def test_a_field_that_agrees_never_lowers_and_one_that_opposes_never_raises(asked: Query, listed: PersonEntry) -> None:
    """Each field of the traveller adds its own leaf: supporting levels weigh more than nothing, opposing ones less."""
    whole = score_person(MODEL, asked, listed, None)
    missing: dict[str, Any] = {"birth_date": None, "sex": None, "nationalities": (), "birth_place": None}
    for name, nothing in missing.items():
        without = weight(replace(asked, **{name: nothing}), listed)
        leaf = next((leaf for leaf in whole.beside if name.startswith(leaf.feature[:10])), None)
        assert whole.weight_bits - without == (0.0 if leaf is None else leaf.weight_bits)


@given(QUERIES, ENTRIES)
def test_no_value_agrees_better_than_the_listed_one(asked: Query, listed: PersonEntry) -> None:
    """Put in place of the traveller's value, a listed day, sex or nationality never lowers the weight."""
    days = [date for date in listed.birth_dates if date.is_complete and not date.is_default_like]
    for date in days:
        assert weight(replace(asked, birth_date=date), listed) >= weight(asked, listed)
    if listed.sex:
        assert weight(replace(asked, sex=listed.sex), listed) >= weight(
            replace(asked, sex="MF"[listed.sex == "M"]), listed
        )
    if listed.nationalities:
        assert weight(replace(asked, nationalities=listed.nationalities), listed) >= weight(asked, listed)


@given(QUERIES, ENTRIES, DATES)
def test_a_date_more_on_the_entry_lowers_only_what_it_contradicts(
    asked: Query, listed: PersonEntry, date: PartialDate
) -> None:
    """Of several listed dates the best counts: one more, where there are some, never lowers, whatever it says."""
    more = replace(listed, birth_dates=(*listed.birth_dates, date))
    if listed.birth_dates:
        assert weight(asked, more) >= weight(asked, listed)
    leaf = birth_date_leaf(MODEL, asked.birth_date, [date], asked.data_source)
    if leaf is not None and leaf.weight_bits >= 0:
        assert weight(asked, more) >= weight(asked, listed)
    if leaf is not None and leaf.weight_bits <= 0 and not listed.birth_dates:
        assert weight(asked, more) <= weight(asked, listed)


@given(QUERIES, ENTRIES, CODES)
def test_a_nationality_in_common_never_lowers(asked: Query, listed: PersonEntry, code: str) -> None:
    """Another nationality that the entry has too never lowers; one that nobody there has never raises."""
    more = replace(asked, nationalities=(*asked.nationalities, code))
    leaf = nationality_leaf(MODEL, [code], listed.nationalities)
    if leaf is not None and leaf.level in ("same", "related"):
        assert weight(more, listed) >= weight(asked, listed)
    else:
        assert weight(more, listed) <= weight(asked, listed)


@given(QUERIES, ENTRIES)
def test_score_is_symmetric(asked: Query, listed: PersonEntry) -> None:
    """score(a, b) = score(b, a): direction enters only by facts that a record carries."""
    one = [
        birth_date_leaf(MODEL, asked.birth_date, listed.birth_dates[:1]),
        sex_leaf(MODEL, asked.sex, listed.sex),
        nationality_leaf(MODEL, asked.nationalities, listed.nationalities),
        birth_place_leaf(MODEL, asked.birth_place, listed.birth_places[:1]),
    ]
    date = [] if asked.birth_date is None else [asked.birth_date]
    place = [] if asked.birth_place is None else [asked.birth_place]
    other = [
        birth_date_leaf(MODEL, listed.birth_dates[0] if listed.birth_dates else None, date),
        sex_leaf(MODEL, listed.sex, asked.sex),
        nationality_leaf(MODEL, listed.nationalities, asked.nationalities),
        birth_place_leaf(MODEL, listed.birth_places[0] if listed.birth_places else None, place),
    ]
    assert [leaf and (leaf.level, leaf.weight_bits) for leaf in one] == [
        leaf and (leaf.level, leaf.weight_bits) for leaf in other
    ]


@given(QUERIES, ENTRIES)
def test_typed_data_supports_and_opposes_less(asked: Query, listed: PersonEntry) -> None:
    """A booking is weaker than a machine's reading, leaf by leaf, and never turns its meaning; unknown is as read."""
    leaves = {
        source: score_person(MODEL, replace(asked, data_source=source), listed, None).beside for source in DATA_SOURCES
    }
    for read, typed, unknown in zip(leaves["read"], leaves["typed"], leaves["unknown"], strict=True):
        assert read == unknown
        assert read.level == typed.level
        assert abs(typed.weight_bits) <= abs(read.weight_bits)
        assert typed.weight_bits * read.weight_bits >= 0
        assert (typed.weight_bits < read.weight_bits) == (read.weight_bits > 0)


def test_the_factors_are_the_models() -> None:
    """Supporting and opposing weights have a factor each, and both are the table's."""
    for level, other, table in (("same", "F", "source_support"), ("different", "M", "source_oppose")):
        leaf = sex_leaf(MODEL, "F", other, "typed")
        assert leaf is not None
        assert leaf.weight_bits == to_grain(MODEL.weight("sex", level) * MODEL.weights[table]["typed"])


@given(QUERIES, ENTRIES)
def test_leaves_are_multiples_of_the_grain(asked: Query, listed: PersonEntry) -> None:
    """Every leaf is rounded when it is made, so sums are exact in any order (rule 8)."""
    assert all((leaf.weight_bits * 1024).is_integer() for leaf in score_person(MODEL, asked, listed, None).beside)


def test_best_of_several_listed_dates_counts() -> None:
    """An entry with several birth dates is weighed by the one that agrees best, or by the years between two."""
    listed = [PartialDate(1950), PartialDate(1960, 8, 31), PartialDate(1963)]
    leaf = birth_date_leaf(MODEL, PartialDate(1960, 8, 31), listed)
    assert leaf is not None
    assert leaf.level == "exact"
    assert leaf == birth_date_leaf(MODEL, PartialDate(1960, 8, 31), listed[::-1])
    between = birth_date_leaf(MODEL, PartialDate(1961, 3, 2), listed)
    assert between is not None
    assert (between.level, between.entry_value) == ("in_range", "1960/1963")
    assert birth_date_leaf(MODEL, PartialDate(1961), []) is None
    assert birth_date_leaf(MODEL, None, listed) is None


def test_a_rare_nationality_says_more() -> None:
    """Weight falls with the share of all people, is bounded, and the rarer of two in common counts."""

    def bits(query: Sequence[str], entry: Sequence[str]) -> float:
        leaf = nationality_leaf(MODEL, query, entry)
        assert leaf is not None
        return leaf.weight_bits

    assert bits(["CHN"], ["CHN"]) < bits(["EGY"], ["EGY"]) < bits(["LBN"], ["LBN"])
    assert bits(["CHN", "LBN"], ["LBN", "CHN"]) == bits(["LBN"], ["LBN"])
    assert bits(["QQQ"], ["QQQ"]) <= MODEL.weight("nationality", "same")
    assert bits(["GBN"], ["GBR"]) == bits(["GBR"], ["GBR"])
    assert bits(["SUN"], ["UKR"]) == MODEL.weight("nationality", "related") < bits(["IND"], ["IND"])


@pytest.mark.parametrize(
    ("source", "verified", "warnings", "expected"),
    [
        (None, None, None, "unknown"),
        ("mrz", None, None, "read"),
        ("mrz", True, None, "read"),
        ("mrz", False, None, "typed"),
        ("mrz", None, ["mrz_check_digit_failed"], "read_failed"),
        ("pnr", None, None, "typed"),
        ("manual", None, None, "typed"),
        ("pnr", True, None, "read"),
        ("api", None, None, "sent"),
        ("api", False, None, "typed"),
        (None, True, None, "read"),
        (None, False, None, "typed"),
    ],
)
def test_how_the_data_came(
    source: str | None, verified: bool | None, warnings: list[str] | None, expected: str
) -> None:
    """Source and verified flag of the traveller choose the factor; nothing said is no reason for less."""
    row = traveller_row(Traveller(names=["A"], source=source, verified=verified), 1, warned=warnings or ())
    assert make_query(row).data_source == expected


@pytest.mark.parametrize(
    ("section", "level", "value"),
    [
        ("birth_date", "within_five_years", 0.0),  # above two_years_off
        ("birth_date", "one_day_off", 13.0),
        ("birth_date", "same_month_other_day", -3.0),
        ("birth_place", "same_large_city", 6.0),
        ("sex", "different", 1.0),
        ("nationality", "related", 3.0),
        ("nationality", "same", 0.5),
        ("nationality_share", "agree", 1.5),
        ("source_support", "typed", 1.1),
        ("source_oppose", "typed", 0.0),
    ],
)
def test_a_model_in_which_farther_weighs_more_refuses_to_start(section: str, level: str, value: float) -> None:
    """Ladders, factors and shares are checked on load, in one line that names the table."""
    bad = copy.deepcopy(model_table())
    bad[section][level] = value
    with pytest.raises(ModelError, match=rf"\[{section.removesuffix('_share')}"):
        make_model(bad, MODEL.names)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# total: 5\ncode\tmillions\n",
        "# total: 5\nFRA\tmany\n",
        "# total: 5\nGBD\t1\n",
        "# total: 5\nFRA\t1\nFRA\t1\n",
        "# total: 1\nFRA\t5\n",
    ],
)
def test_a_bad_table_of_shares_refuses_to_start(text: str) -> None:
    """Nothing in it, a count that is none, a code that isn't its group's, a code twice, a total below a count."""
    with pytest.raises(ModelError, match="nationality_shares"):
        parse_shares("test", text)
