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
from matcher.candidates import persons
from matcher.candidates.birth_years import BirthYears
from matcher.query import partial_date
from matcher.records import PartialDate
from matcher.schema import PERSON_ENTRY
from matcher.score.fields import birth_date_leaf
from matcher.score.model import PRESETS, load_model

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
            monkeypatch.setattr(persons, "least_name_bits", lambda *given: -np.inf)
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
    names = ("year", "month", "day", "calendar", "year_to", "approximate")
    rows = [[{name: getattr(date, name) for name in names} for date in entry] for entry in entries]
    kind = PERSON_ENTRY.field("birth_dates").type
    years = BirthYears(pa.chunked_array([pa.array(rows, kind)]))
    opened = [tuple(filter(None, map(partial_date, row))) for row in rows]
    n_spared = 0
    for asked in every:
        bounds = years.most_bits(model, asked, np.arange(len(entries)), source)
        for entry, bound in zip(opened, bounds.tolist(), strict=True):
            leaf = birth_date_leaf(model, asked, entry, source)
            assert (leaf.weight_bits if leaf else 0.0) <= bound, (asked, entry)
            n_spared += bound < 0
    assert n_spared > 500
