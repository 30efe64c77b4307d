"""The search of an index equals the scan of every row and name, and the twin name by name (rule 3)."""

from __future__ import annotations

import csv
import dataclasses
import itertools
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.candidates.first_stage import FirstStage, NameScan
from matcher.candidates.persons import may_agree_fully
from matcher.compare.forms import name_forms
from matcher.index.names import NameIndex, build_names
from matcher.schema import PERSON_ENTRY
from matcher.score.model import Model, load_model
from matcher.text import analyse_name
from tests.names_models import listed_texts, model_of, shipped_texts
from tests.names_strategy import name_pairs, words
from tests.opened import person_row
from tests.reference.name_alignment import first_stage, read_weights

MODEL, WEIGHTS = load_model(), read_weights(shipped_texts())
SMALL, SMALL_WEIGHTS = model_of(listed_texts(3)), read_weights(listed_texts(3))
SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"


def index_of(names: Sequence[str]) -> NameIndex:
    rows = [person_row(f"p{at}", [name]) for at, name in enumerate(names)]
    return NameIndex(build_names(pa.Table.from_pylist(rows, schema=PERSON_ENTRY)))


def with_floor(model: Model, bits: float) -> Model:
    thresholds = {**model.weights["thresholds"], "name_floor_bits": bits}
    return dataclasses.replace(model, weights={**model.weights, "thresholds": thresholds})


def as_rows(stage: FirstStage) -> list[tuple[Any, ...]]:
    columns = (stage.rows, stage.evidence, stage.strongest, stage.covered)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def check(model: Model, names: Sequence[str], queries: Sequence[str]) -> int:
    """Compare the search of a list with the scan of every row; return how many names were found."""
    return check_index(model, index_of(names), queries)


def check_index(model: Model, index: NameIndex, queries: Sequence[str]) -> int:
    """The same for an index."""
    fast, full = NameScan(index, model), NameScan(index, model, every=True)
    forms = name_forms([analyse_name(query) for query in queries], model.names)
    found = 0
    for q, query in enumerate(queries):
        stage, every = fast.first_stage(forms, q), full.first_stage(forms, q)
        reaches = every.evidence >= model.threshold("name_floor_bits")
        wanted = reaches | may_agree_fully(index, every, int(forms.counts[q]))
        expected = [row for row, is_wanted in zip(as_rows(every), wanted, strict=True) if is_wanted]
        assert as_rows(stage) == expected, query
        assert as_rows(fast.first_stage(forms, q)) == expected, query  # nothing is left over from the first call
        assert fast.strongest(forms, q, every.rows).tolist() == every.strongest.tolist(), query
        found += len(every.rows)
    return found


def check_search(model: Model, names: Sequence[str], queries: Sequence[str], least_bits: float) -> int:
    """Compare the names that weigh enough with the full scan's, by one thread and by two; return how many there are."""
    index = index_of(names)
    forms = name_forms([analyse_name(query) for query in queries], model.names)
    expected = NameScan(index, model, every=True).search(forms, least_bits=least_bits)
    for workers in (1, 2):
        found = NameScan(index, model).search(forms, least_bits=least_bits, workers=workers)
        for one, other in zip(dataclasses.astuple(found), dataclasses.astuple(expected), strict=True):
            assert one.tolist() == other.tolist()
    return len(expected.rows)


LISTS = st.lists(st.lists(words, min_size=1, max_size=6).map(" ".join))


FLOORS = st.sampled_from((0.001, 1.5, 4.0, 8.0, 16.0, 1000.0))


@given(st.lists(name_pairs(), min_size=1, max_size=12), LISTS, FLOORS)
@settings(max_examples=200)
def test_the_search_loses_nothing(pairs: list[tuple[str, str]], others: list[str], floor: float) -> None:
    """For random lists and floors: the same names, evidence, strongest agreement and cover as the full scan."""
    check(with_floor(SMALL, floor), [right for _, right in pairs] + others, [left for left, _ in pairs])


@given(st.lists(name_pairs(), min_size=1, max_size=12), LISTS, st.sampled_from((-30.0, -4.0, 0.0, 4.0, 12.0)))
@settings(max_examples=150)
def test_names_that_weigh_enough(pairs: list[tuple[str, str]], others: list[str], least_bits: float) -> None:
    """A search with a least weight returns the comparable names that weigh so much, or agree fully, and no others."""
    check_search(SMALL, [right for _, right in pairs] + others, [left for left, _ in pairs], least_bits)


@given(st.lists(name_pairs(), min_size=1, max_size=6), LISTS)
@settings(max_examples=60)
def test_the_scan_is_the_twin_of_each_name(pairs: list[tuple[str, str]], others: list[str]) -> None:
    """Evidence of a name is that of the pair alone: what else is listed changes nothing (rule 4)."""
    names = [name for name in [*(right for _, right in pairs), *others] if analyse_name(name)]
    index = index_of(names)
    scan = NameScan(index, with_floor(SMALL, 0.001))
    queries = [left for left, _ in pairs]
    forms = name_forms([analyse_name(query) for query in queries], SMALL.names)
    for q, query in enumerate(queries):
        expected = []
        for row, name in enumerate(names):
            stage = first_stage(SMALL_WEIGHTS, analyse_name(query), analyse_name(name))
            shorter = min(len(analyse_name(query)), len(analyse_name(name)))
            both_one = len(analyse_name(query)) == len(analyse_name(name)) == 1
            if stage.evidence > 0 or stage.covered >= (1 if both_one else max(shorter, 2)):
                expected.append((row, stage.evidence / 1024, stage.strongest / 1024, stage.covered))
        assert as_rows(scan.first_stage(forms, q)) == expected, query


GEORGIAN = "აბდევიკლმნოპრსტუბადევიკულომანორეტ"
ADVERSARIAL = {
    "all tokens equal": ["Ali " * 20, "Ali Ali", "Ali", "Elsaid " * 24, "Elsaid Said"],
    "one-letter tokens": ["A B C D E F G H", "J", "J J J", "A Smith", "م ع", "Smith John A B"],
    "many tokens": [" ".join(f"{one}ar{other}im" for one in "abcdef" for other in "ghkl"), "Aargim Bargim", "a " * 40],
    "part of all others": ["Hassan", "Hassan Ali", "Hassan Ali Hassan", "Ali Hassan Omar", "AliHassan", "Hassanali"],
    "no consonants": ["Aa", "Oe", "Ou Ea", "Ya", "Wu", "Yu Wa", "أ", "آ ي", "У", "Е Ю"],
    "long words": ["Wolfeschlegelsteinhausenbergerdorff" * 2, "wolfeschlegelsteinhausenbergerd", GEORGIAN,
                   "olfeschlegelsteinhausenbergerdo", GEORGIAN[1:], GEORGIAN[:5] + GEORGIAN[6:], GEORGIAN[::-1]],
    "fused": ["Abdul Bashir", "Bashir", "Al-Jihad", "Abdul Jihad", "Jihad", "Abu Bakr", "Bakr", "Saif ud-Din", "Saif"],
    "cut": ["Abdelrahman Moham", "Abdelrahman Mohammed", "Moham Abdelrahmanson", "Mohammed Abdelrah",
            "Ab Abdelrahmansson"],
    "one form in two scripts": ["შოთა", "Shota", "shota rustaveli", "შოთა რუსთაველი", "Shot", "Рустам", "Rustam"],
    "nothing to search": ["...", "12", "-", ""],
}  # fmt: skip


@pytest.mark.parametrize("kind", ADVERSARIAL)
def test_hostile_lists(kind: str) -> None:
    """Lists that break shortcuts, asked for each of their own names and for each other's."""
    names = ADVERSARIAL[kind]
    every = [name for group in ADVERSARIAL.values() for name in group]
    found = check(MODEL, names, every)
    assert found > 0 or kind == "nothing to search"
    check(SMALL, every, names)
    check_search(MODEL, names, every, 8.0)


FEW = ("ali", "alis", "al", "hasan", "hassan", "a", "b", "علي", "علىي")


@given(
    st.lists(st.lists(st.sampled_from(FEW), min_size=1, max_size=40).map(" ".join), min_size=1, max_size=12),
    st.sampled_from(FEW),
    FLOORS,
)
@settings(max_examples=60)
def test_lists_of_few_words(names: list[str], part: str, floor: float) -> None:
    """Names of up to forty tokens of a few near words; one is all one word, one a part of all others."""
    hostile = [*(f"{name} {part}" for name in names), part, f"{part} " * 40, "a " * 40]
    check(with_floor(SMALL, floor), hostile, [*names[:4], part, f"{part} {part}", "a b", "b " * 12])


def test_a_thousand_aliases_of_one_person() -> None:
    """Every one of an entry's thousand names is found as in the full scan, whoever else bears its words."""
    words = [f"{one}a{other}i" for one in "bdfghjklmn" for other in "mnrst"]
    aliases = [f"{one} {other}" for one in words[:32] for other in words[:32]][:1000]
    rows = [person_row("p", aliases), person_row("q", [" ".join(words[:3])])]
    index = NameIndex(build_names(pa.Table.from_pylist(rows, schema=PERSON_ENTRY)))
    assert index.names_of(0) == range(1000)
    assert index.names_of(1) == range(1000, 1001)
    queries = [aliases[0], aliases[999], aliases[500][:-1], f"{words[3]} {words[2]} {words[1]}", words[0] + words[1]]
    assert check_index(MODEL, index, queries) > 1000


def test_a_run_meets_runs_only_if_it_is_the_whole_name() -> None:
    """`Mirzabe Kov` meets `Mi Rzabekov`; with a name more on its side only its single tokens are compared."""
    names = ["Mi Rzabekov", "Mi Rzabekov Saleh"]
    scan = NameScan(index_of(names), MODEL, every=True)
    forms = name_forms([analyse_name("Mirzabe Kov"), analyse_name("Mirzabe Kov Boris")], MODEL.names)
    whole, part = scan.first_stage(forms, 0), scan.first_stage(forms, 1)
    assert whole.rows.tolist() == [0, 1]
    assert part.rows.tolist() == []
    assert check(MODEL, names, ["Mirzabe Kov", "Mirzabekov", "Mirzabe Kov Saleh", "Mi Rzabe Kov"]) > 2


def test_an_empty_list_gives_nothing() -> None:
    """A list without a name is searched without a fault."""
    assert check(MODEL, [], ["Hassan", "..."]) == 0


GENEROUS = model_of(listed_texts(edge_bits=20))


def test_words_of_thirty_letters_are_found_by_two_edits() -> None:
    """The directory holds every word without one and without two of its letters, however long it is."""
    words = ["wolfeschlegelsteinhausenbergerd", GEORGIAN[:31]]
    queries = []
    for at, other in itertools.combinations(range(31), 2):
        word = words[at % 2]
        new = "q" if word.isascii() else "ზ"
        queries.append(word[:at] + word[at + 1 : other] + new + word[other + 1 :])
    assert check(GENEROUS, words, queries) == len(queries)


def test_another_name_changes_nothing() -> None:
    """A word that ends another name, where it may be cut, is cut in no other name (rule 4)."""
    names = ["Ku Abdelrahmanson", "Abdelrahmanson Ku"]
    forms = name_forms([analyse_name("Kustodiev")], GENEROUS.names)
    beside = as_rows(NameScan(index_of(names), GENEROUS).first_stage(forms, 0))
    assert as_rows(NameScan(index_of(names[:1]), GENEROUS).first_stage(forms, 0)) == []
    assert [row[0] for row in beside] == [1]
    assert NameScan(index_of(names), GENEROUS).strongest(forms, 0, np.array([0, 1])).tolist() == [0, beside[0][2]]


def sample(names: list[str], n: int) -> list[str]:
    return random.Random(7).sample(names, n)


def column(path: Path, name: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader((line for line in stream if line[0] != "#"), delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row[name] for row in rows]


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared beside the checkout")
def test_real_names() -> None:
    """UN names and aliases, and development names in Arabic and Latin: directory and scan find the same."""
    aliases = SHARED / "names" / "un_aliases_clean.tsv"
    primary, alias = column(aliases, "primary"), column(aliases, "alias")
    native = column(SHARED / "names" / "ar_en_names_dev.tsv", "arabic")
    latin = column(SHARED / "names" / "ar_en_names_dev.tsv", "latin")
    names = [*primary, *alias, *sample(native, 1500), *sample(latin, 1500)]
    queries = [*sample(alias, 100), *sample(primary, 50), *sample(native, 100), *sample(latin, 100)]
    assert check(MODEL, names, queries) > 10 * len(queries)


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared beside the checkout")
def test_a_real_list_in_capitals() -> None:
    """OFAC's persons, `FAMILY, Given`, asked for with a letter lost or the order changed."""
    with (SHARED / "lists" / "ofac" / "sdn_2021.csv").open(encoding="utf-8", newline="") as stream:
        persons = [row[1] for row in csv.reader(stream) if len(row) > 2 and row[2].strip() == "individual"]
    chance = random.Random(11)
    queries = []
    for name in sample(persons, 200):
        at = chance.randrange(len(name))
        words = name.replace(",", "").split()
        queries += [name[:at] + name[at + 1 :], " ".join(chance.sample(words, len(words)))]
    assert check(MODEL, persons, queries) > 20 * len(queries)


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared beside the checkout")
def test_real_listed_names_are_found_by_the_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every evidence on a sample of real names is the twin's, and bounds what the alignment's edges earn."""
    aliases = SHARED / "names" / "un_aliases_clean.tsv"
    rows = list(zip(column(aliases, "primary"), column(aliases, "alias"), strict=True))[:60]
    names = [primary for primary, _ in rows if analyse_name(primary)]
    queries = [alias for _, alias in rows[::4] if analyse_name(alias)]
    scan = NameScan(index_of(names), MODEL, every=True)
    forms = name_forms([analyse_name(query) for query in queries], MODEL.names)
    for q, query in enumerate(queries):
        found = {row[0]: row[1:] for row in as_rows(scan.first_stage(forms, q))}
        for row, name in enumerate(names):
            stage = first_stage(WEIGHTS, analyse_name(query), analyse_name(name))
            expected = (stage.evidence / 1024, stage.strongest / 1024, stage.covered)
            assert found.get(row, (0, 0, 0)) == expected, (query, name)
    assert np.isfinite(scan.weigh(forms, np.array([[0, 0]], np.int32))[0]).all()
