"""What is left out because it can't reach a review changes no decision."""

from __future__ import annotations

import datetime
import itertools
import random
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import matcher
from matcher.candidates import wanted
from matcher.candidates.birth_dates import asked_date, listed_dates
from matcher.candidates.first_stage import NameScan
from matcher.candidates.wanted import most_by_stand, wanted_by
from matcher.compare.birth_date_kernels import stands_of
from matcher.compare.forms import name_forms
from matcher.index.names import NameIndex, build_names
from matcher.query import Query, partial_date
from matcher.records import PartialDate
from matcher.schema import PERSON_ENTRY
from matcher.score.fields import birth_date_leaf
from matcher.score.model import PRESETS, load_model
from matcher.text import analyse_name

DATA = Path(__file__).parents[2] / "data"
NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> matcher.Store:
    """The shipped lists; entries found by description stand in one of their own, where nothing is left out."""
    folder = tmp_path_factory.mktemp("least")
    made = matcher.Store(folder / "store")
    mapping = DATA / "mappings" / "suspects.toml"
    head, *rows = (DATA / "suspects.csv").read_text("utf-8").splitlines()
    bodies = [re.sub(r"[a-z]+_notice", "black_notice", row) for row in rows[::20]]
    for name, kept in (("named", rows), ("described", bodies)):
        path = folder / f"{name}.csv"
        path.write_text("\n".join([head, *kept]), "utf-8")
        made.import_list(name, format="mapped-csv", path=path, mapping=mapping)
    made.import_list("sltd", format="sltd-csv", path=DATA / "lost_stolen_documents.csv")
    return made


@pytest.mark.parametrize("preset", PRESETS)
def test_decisions_are_those_without_bounds(store: matcher.Store, preset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped passengers, with and without birth dates, sexes and documents: every decision and leaf is equal."""
    watchlist = store.open(preset=preset)
    table = matcher.read_travellers(DATA / "passengers.csv").read_all()
    bare = table
    for name in ("birth_date", "sex", "documents"):
        column = table.schema.get_field_index(name)
        bare = bare.set_column(
            column, table.schema.field(name), pa.nulls(table.num_rows, table.schema.field(name).type)
        )
    decided = []
    for is_bounded in (True, False):
        if not is_bounded:
            monkeypatch.setattr(wanted, "least_name_bits", lambda *given: -np.inf)
        decided.append([watchlist.screen(each, decided_at=NOW) for each in (table, bare)])
    assert decided[0][0].equals(decided[1][0])
    assert decided[0][1].equals(decided[1][1])
    assert decided[0][0].column("outcome").to_pylist().count("review") > 0


def dates() -> list[PartialDate]:
    """Dates of every precision, calendar and kind of range, near one another and far apart."""
    draw = random.Random(5)
    years = [1960, 1961, 1962, 1965, 1969, 1970, 1979, 1981, 2004]
    made = [PartialDate(year) for year in years]
    made += [PartialDate(year, month, day) for year in years for month, day in ((1, 1), (12, 31), (8, 3), (3, 8))]
    made += [PartialDate(draw.choice(years), draw.randint(1, 12), draw.randint(1, 28)) for _ in range(60)]
    made += [PartialDate(year, approximate=True) for year in years[::3]]
    made += [PartialDate(year, year_to=year + width) for year, width in zip(years, itertools.cycle((1, 4, 12)))]
    made += [PartialDate(1389, 5, 7, "islamic"), PartialDate(1345, 1, 1, "persian"), PartialDate(1961, 5)]
    return [*made, PartialDate(1969, 10, 14, "gregorian-from-islamic"), PartialDate(None, 5, 7)]


@pytest.mark.parametrize("source", ["unknown", "typed"])
def test_no_birth_date_weighs_more_than_its_bound(source: str) -> None:
    """Every pair of dates, entries of none, one and two of them: the graded weight is at most the bound."""
    model, every = load_model(), dates()
    entries = [(), *((one,) for one in every), *itertools.pairwise(every)]
    rows = [[vars_of(date) for date in entry] for entry in entries]
    kind = PERSON_ENTRY.field("birth_dates").type
    placed = listed_dates(pa.chunked_array([pa.array(rows, kind)]))
    opened = [tuple(filter(None, map(partial_date, row))) for row in rows]
    n_spared = 0
    for asked in every:
        stands = stands_of(placed, np.arange(len(entries)), asked_date(asked)[None])
        bounds = most_by_stand(model, source)[stands]
        for entry, bound in zip(opened, bounds.tolist(), strict=True):
            leaf = birth_date_leaf(model, asked, entry, source)
            assert (leaf.weight_bits if leaf else 0.0) <= bound, (asked, entry)
            n_spared += bound < 5
    assert n_spared > 3000


def test_a_search_with_birth_dates_is_the_scan_of_every_name() -> None:
    """Common names, born near and far: what is found, and whether its evidence is enough, is as the full scan says."""
    model, draw, days = load_model(), random.Random(7), dates()
    given, family = ["mohammed", "ahmad", "ali", "mohamad", "sara"], ["ali", "hassan", "smith", "al masri", "haddad"]
    texts = [f"{draw.choice(given)} {draw.choice(given)} {draw.choice(family)}" for _ in range(400)]
    rows = [
        {"kind": "person", "names": [{"text": text, "kind": "primary"}], "birth_dates": [vars_of(draw.choice(days))]}
        for text in texts
    ]
    persons = pa.table({name: [row[name] for row in rows] for name in ("kind", "names")})
    column = pa.array([row["birth_dates"] for row in rows], PERSON_ENTRY.field("birth_dates").type)
    persons = persons.append_column("birth_dates", column)
    index, placed = NameIndex(build_names(persons)), listed_dates(persons.column("birth_dates"))
    fast, full = NameScan(index, model, placed), NameScan(index, model, placed, every=True)
    n_found, n_short = 0, 0
    for asked in [None, *days]:
        text = f"{draw.choice(given)} {draw.choice(family)}"
        forms = name_forms([analyse_name(text)], model.names)
        query = Query((), 0, asked, None, (), None, (), 0, "typed")
        own = wanted_by(model, query, draw.choice([-10.0, -4.0, 0.0]))
        found, every = fast.first_stage(forms, 0, own), full.first_stage(forms, 0, own)
        needed = np.maximum(np.minimum(index.counts[every.rows], forms.counts[0]), 2)
        kept = every.is_enough | (every.covered >= needed)
        for name in ("rows", "evidence", "strongest", "covered", "is_enough"):
            assert getattr(found, name).tolist() == getattr(every, name)[kept].tolist(), (text, asked, name)
        n_found += len(found.rows)
        n_short += int((every.evidence >= 2).sum() - every.is_enough.sum())
    assert n_found > 100
    assert n_short > 100


def vars_of(date: PartialDate) -> dict[str, object]:
    """A date as a row of PERSON_ENTRY has it."""
    return {name: getattr(date, name) for name in ("year", "month", "day", "calendar", "year_to", "approximate")}
