"""Screening equals its twin: the same entries, channels, outcomes and weights, on random lists in several scripts."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.entry import open_person
from matcher.passengers import traveller_row
from matcher.records import Document, Traveller
from matcher.score.model import load_model
from tests.names_models import shipped_texts
from tests.names_strategy import loose_names, names
from tests.opened import document_row, person_row, watchlist_of
from tests.reference.name_alignment import read_weights
from tests.reference.screening import decide_persons

MODEL, WEIGHTS = load_model(), read_weights(shipped_texts())
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
DATES = st.sampled_from([None, (1960, 8, 31), (1960, None, None), (1961, 8, 31), (1975, 1, 1), (1960, 1, 1)])
NUMBERS = st.sampled_from([None, "A1234567", "a-123 4567", "A1234576", "A123456", "AI234567", "B7654321", "??"])
PERSONS = st.builds(
    lambda listed, weak, date, number, sex: {"names": listed, "weak": weak, "date": date, "number": number, "sex": sex},
    st.lists(names, min_size=1, max_size=3),
    st.booleans(),
    DATES,
    NUMBERS,
    st.sampled_from([None, "M", "F"]),
)


def make_list(people: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    persons, documents = [], []
    for at, one in enumerate(people):
        kinds = ["primary"] + ["weak_alias" if one["weak"] else "alias"] * (len(one["names"]) - 1)
        persons.append(person_row(f"p{at}", one["names"], kinds=kinds, birth_date=one["date"], sex=one["sex"]))
        if one["number"]:
            documents.append(document_row(one["number"], "IRQ", "P", person_entry_id=f"p{at}"))
    return persons, documents


@given(
    st.lists(PERSONS, min_size=1, max_size=8),
    loose_names,
    st.sampled_from([None, "1960-08-31", "1960", "1975-01-01"]),
    NUMBERS,
    st.sampled_from([None, "M"]),
)
@settings(max_examples=150)
def test_equals_the_twin(
    people: list[dict[str, Any]], name: str, birth_date: str | None, number: str | None, sex: str | None
) -> None:
    """For any list and traveller, screening returns what the rules give entry by entry."""
    persons, documents = make_list(people)
    carried = [Document(number, "IRQ", "P")] if number else []
    row = traveller_row(Traveller(names=[name], birth_date=birth_date, sex=sex, documents=carried), 1)
    if row["reject_reason"]:
        return
    decision = watchlist_of(persons, documents).screener.decide([row], NOW)[0]
    entries = [open_person(one) for one in persons]
    expected = decide_persons(MODEL, WEIGHTS, row, entries, documents, day=NOW.date())
    got = {(match.entry_id, match.channel, match.outcome, match.match_weight) for match in decision.matches}
    assert got == expected


SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared beside the checkout")
def test_equals_the_twin_on_real_names() -> None:
    """The same on real names: 40 altered UN travellers against 150 UN primary names and aliases."""
    with (SHARED / "names" / "un_aliases_clean.tsv").open(encoding="utf-8", newline="") as stream:
        aliases = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))[:150]
    persons = [person_row(f"p{at}", [one["primary"], one["alias"]]) for at, one in enumerate(aliases)]
    opened = watchlist_of(persons, [])
    entries = [open_person(one) for one in persons]
    n_found = 0
    for one in aliases[::4][:40]:
        row = traveller_row(Traveller(names=[one["alias"]], birth_date="1970-05-04"), 1)
        got = {
            (m.entry_id, m.channel, m.outcome, m.match_weight) for m in opened.screener.decide([row], NOW)[0].matches
        }
        n_found += bool(got)
        assert got == decide_persons(MODEL, WEIGHTS, row, entries, [], day=NOW.date())
    assert n_found >= 30  # a test that finds nothing compares nothing
