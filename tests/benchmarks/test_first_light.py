"""The first-light benchmark counts what it says: truth, found, halves, baselines, report."""

from __future__ import annotations

from pathlib import Path

import jellyfish
import pyarrow as pa
import pytest
from rapidfuzz import fuzz

from benchmarks import intervals, population, results
from benchmarks.baselines import whole_names
from benchmarks.baselines.whole_names import BASELINES, ListedNames, Named
from benchmarks.quality import first_light, un_truth
from matcher.schema import PERSON_ENTRY


def _persons(*rows: tuple[str, list[str], int | None]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "list_id": "un-sc",
                "entry_id": entry_id,
                "kind": "person",
                "names": [{"text": name, "kind": "primary"} for name in names],
                "birth_dates": [] if year is None else [{"year": year}],
            }
            for entry_id, names, year in rows
        ],
        schema=PERSON_ENTRY,
    )


def test_a_row_stands_for_the_entry_of_its_untreated_name() -> None:
    """Case and spaces don't count; a birth year decides between namesakes; a name nobody has stands for nobody."""
    persons = _persons(
        ("1", ["ANNA  ERIKSSON", "A. E."], 1974), ("2", ["Anna Eriksson"], 1980), ("3", ["Bo Berg"], 1990)
    )
    rows = [
        {"full_name": name, "date_of_birth": date}
        for name, date in (
            ("Anna Eriksson", "1974-08-12"),
            ("Anna Eriksson", ""),
            ("a. e.", "1980"),
            ("Bo Berg na", "1950"),
            ("Nobody Here", "1974"),
        )
    ]
    assert [sorted(ids) for ids in un_truth.resolve(rows, persons)] == [["1"], ["1", "2"], ["1"], ["3"], []]


def test_only_rows_that_count_are_counted() -> None:
    """A person who left the list is in no group; another list's match is not a find."""
    truth = un_truth.UnTravellers(
        rows=[{}, {}, {}, {}],
        entries=[frozenset({"1"}), frozenset({"2"}), frozenset(), frozenset({"4", "5"})],
        name_altered=[True, False, True, False],
        birth_date_altered=[False, True, False, False],
    )
    reached = [{("un-sc", "1")}, {("eu", "2")}, {("un-sc", "3")}, {("un-sc", "5"), ("eu", "9")}]
    assert first_light.n_found(truth, "name", reached) == (1, 1)
    assert first_light.n_found(truth, "birth_date", reached) == (0, 1)
    assert first_light.n_found(truth, "altered", reached) == (1, 2)
    assert first_light.n_found(truth, "all", reached) == (2, 3)


def test_the_halves_are_the_first_and_the_last_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked at while building is counted apart from what is held out."""
    monkeypatch.setattr(first_light, "HALF", 3)
    screening = first_light.Screening(["hit", "no_match", None, "review", "review"], [set()] * 5, 1.0, 2.0)
    figures = first_light.measure_clean(screening)
    assert figures["halves"] == {
        "development": {"rows": 3, "hit": 1, "review": 0},
        "held-out": {"rows": 2, "hit": 0, "review": 2},
    }
    assert (figures["rejected"], figures["per_cpu_second"], figures["per_second"]) == (1, 5.0, 2.5)


def test_baselines_reach_what_the_libraries_own_functions_reach() -> None:
    """Jaro-Winkler is jellyfish's and the token sort ratio rapidfuzz's, on sorted casefolded tokens."""
    people = [person.latin_name for person, _ in zip(population.travellers("baselines"), range(120), strict=False)]
    listed = ListedNames([Named(name, frozenset()) for name in people], [("list", str(row)) for row in range(120)])
    queries = [Named(name.upper(), frozenset()) for name in people[:40]]
    for baseline in BASELINES:
        expected = [
            {key for other, key in zip(people, listed.keys, strict=True) if _value(baseline, query.name, other)}
            for query in queries
        ]
        assert whole_names.alarms(baseline, queries, listed) == expected, baseline.name


def _value(baseline: whole_names.Baseline, query: str, entry: str) -> bool:
    left, right = query.casefold(), entry.casefold()
    if baseline.measure == "equal":
        return left == right
    left, right = (" ".join(sorted(text.split())) for text in (left, right))
    if baseline.measure == "jaro_winkler":
        return jellyfish.jaro_winkler_similarity(left, right) >= baseline.least - 1e-9
    return fuzz.token_sort_ratio(left, right) >= baseline.least


def test_the_year_condition_needs_both_years() -> None:
    """A missing year is not another year; a listed range contains its years."""
    persons = pa.Table.from_pylist(
        [
            {"list_id": "l", "entry_id": str(row), "kind": kind, "names": [{"text": "Bo Berg"}], "birth_dates": dates}
            for row, (kind, dates) in enumerate(
                (
                    ("person", [{"year": 1960, "year_to": 1963}]),
                    ("person", None),
                    ("person", [{"year": 1950}]),
                    ("organisation", None),
                )
            )
        ],
        schema=PERSON_ENTRY,
    )
    listed = whole_names.listed_names([persons])
    same_year = next(one for one in BASELINES if one.measure == "equal" and one.needs_same_year)
    rows = [{"full_name": "BO BERG", "date_of_birth": date} for date in ("1962-01-01", "")]
    reached = whole_names.alarms(same_year, [whole_names.traveller_row(row) for row in rows], listed)
    assert [sorted(entry for _, entry in found) for found in reached] == [["0", "1"], ["0", "1", "2"]]


def test_an_interval_contains_its_share_and_narrows() -> None:
    """Wilson's interval holds the share, stays within 0 and 1, and is narrower with more rows."""
    for successes, n in ((0, 10), (10, 10), (3, 10), (300, 1000)):
        low, high = intervals.wilson(successes, n)
        assert 0 <= low <= successes / n <= high + 1e-12 <= 1 + 1e-12
    assert intervals.wilson(300, 1000)[1] < intervals.wilson(3, 10)[1]


def test_a_section_is_replaced_and_its_neighbours_stay(tmp_path: Path) -> None:
    """Writing one section twice leaves one copy and touches no other."""
    path = tmp_path / "RESULTS.md"
    for section, content in (("one", "1"), ("two", r"2 \g<0>"), ("one", "3")):
        results.write_section(section, content, path)
    text = path.read_text("utf-8")
    assert text.count("begin one") == 1
    assert text.index("\n3\n") < text.index("\n2 \\g<0>\n")
    assert "\n1\n" not in text
