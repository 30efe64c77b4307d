"""Sets of the name benchmark: names of one fold, right rows right, wrong pairs wrong, and the same on every run."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from benchmarks.learn.split import fold_of, key_of, name_pairs
from benchmarks.quality.names import __main__ as command
from benchmarks.quality.names.changes import change_sets
from benchmarks.quality.names.east_asian import plausible
from benchmarks.quality.names.engine import Hits
from benchmarks.quality.names.hard_negatives import made_negatives
from benchmarks.quality.names.listing import Listing, Material, read_material
from benchmarks.quality.names.material import Person, token_set
from benchmarks.quality.names.pairs import pair_sets
from benchmarks.quality.names.queries import FIFTHS, QuerySet, fifth_of, n_similar, query_sets
from benchmarks.quality.names.report import report
from benchmarks.quality.names.retrieval import measure

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
needs_shared = pytest.mark.skipif(not (SHARED / "data/names").is_dir(), reason="needs ../shared beside the checkout")


@functools.cache
def _material() -> Material:
    return read_material(SHARED)


def _listing() -> Listing:
    listing = Listing(names=["Ali Khan", "Khan Ali", "Omar Said", "O. Said"])
    listing.known = [
        frozenset({token_set("Ali Khan")}),
        frozenset({token_set("Khan Ali")}),
        frozenset({token_set("Omar Said"), token_set("Umar Saeed")}),
        frozenset({token_set("O. Said"), token_set("Umar Saeed")}),
    ]
    listing.index()
    return listing


def test_who_shares_a_name_with_the_right_person_is_left_out() -> None:
    """By any known name, in any order of tokens; the right row itself is not."""
    listing = _listing()
    assert listing.left_out((0,)) == {1}
    assert listing.left_out((2,)) == {3}


@pytest.mark.parametrize(
    ("native", "latin", "expected"),
    [
        ("张俰宾", "Teo Ho Pin", True),
        ("阿都华希恩都", "Mohd Abdul Wahid Endut", False),
        ("丹尼尔·井上", "Daniel K. Inouye", False),
        ("韓成赫", "Han Song-hyok", True),
        ("로버트 크럼", "Robert Crumb", True),
        ("얀 보두앵 드 쿠르트네이", "Baudouin", False),
        ("여명", "Leon", False),
        ("علي", "Ali", False),
    ],
)
def test_a_plausible_row_has_one_shape_on_both_sides(native: str, latin: str, expected: bool) -> None:
    """Parts and syllables are counted, sounds are not."""
    assert plausible(native, latin) is expected


def test_similar_tokens_are_counted_once() -> None:
    """One token can't be the partner of two."""
    assert n_similar("Muhammad Muhammed", "Mohammed Ali") == 1


def test_the_greek_fifths_are_all_there() -> None:
    """Every fifth gets names, and spelling habits don't move one."""
    assert {fifth_of(f"όνομα {letter}") for letter in "αβγδεζηθικλμνξοπρστυφχψω"} == set(range(FIFTHS))
    assert fifth_of("Ζωή Παππάς") == fifth_of("ΖΩΗ  ΠΑΠΠΑΣ")


class _Oracle:
    """An engine that returns what it is told, by query."""

    name, same_at = "oracle", None

    def __init__(self, hits: dict[str, Hits], without: dict[int, dict[str, Hits]] | None = None) -> None:
        self._hits, self._without = hits, without or {}

    def search(self, queries: list[str], listed: list[str], limit: int) -> list[Hits]:
        return [self._hits.get(query, []) for query in queries]

    def compare(self, left: list[str], right: list[str]) -> list[float]:
        return [0.0] * len(left)


class _Folded(_Oracle):
    def without_fifth(self, fifth: int) -> _Oracle:
        return _Oracle(self._without[fifth])


def test_greek_is_searched_by_the_engine_that_has_not_seen_its_fifth() -> None:
    """The engine that learned from all of them isn't asked."""
    queries = ["Ζωή Παππάς", "Νίκος", "Άννα", "Πέτρος"]
    asked = QuerySet("Greek, all", "", queries, [(0,)] * 4, [frozenset()] * 4)
    honest = {
        fifth: {query: [(1, 2.0), (0, 1.0)] for query in queries if fifth_of(query) == fifth} for fifth in range(FIFTHS)
    }
    engine = _Folded({query: [(0, 9.0)] for query in queries}, honest)
    (row,) = measure(engine, [asked], ["right", "wrong"], lambda _: None)  # type: ignore[arg-type]
    assert (row["figures"]["r@1"][0], row["figures"]["r@10"][0]) == (0.0, 1.0)


def test_negatives_are_made_of_different_persons() -> None:
    """Far apart in the token that differs, never with a Latin name of the same person."""
    people = [
        Person(key, "test", [key], [latin], [], {"ar"})
        for key, latin in (
            ("علي حداد", "Ali Haddad"),
            ("عالي حداد", "Aali Haddad"),
            ("منصور حداد", "Mansour Haddad"),
            ("علي حدادي", "Ali Haddadi"),
        )
    ]
    if not (SHARED / "data/names").is_dir():
        pytest.skip("needs ../shared beside the checkout")
    made = [one for one in made_negatives(SHARED, people, 100) if one.kind == "same_surname_diff_given"]
    assert {(one.native, one.latin) for one in made} == {
        ("علي حداد", "Mansour Haddad"),
        ("منصور حداد", "Ali Haddad"),
        ("عالي حداد", "Mansour Haddad"),
        ("منصور حداد", "Aali Haddad"),
    }


@needs_shared
@pytest.mark.shared
def test_the_list_has_a_hundred_thousand_names_of_different_persons() -> None:
    """Every native name has a row, and a drawn name is nobody's."""
    listing = _material().listing
    assert len(listing.names) == len(listing.known) == 100_000
    assert all(person.key in listing.rows_of_key for persons in _material().people.values() for person in persons)
    assert listing.counts["drawn"] < 50_000 < sum(listing.counts.values()) - listing.counts["drawn"]


@needs_shared
@pytest.mark.shared
@pytest.mark.parametrize("fold", ["test", "dev"])
def test_no_query_is_a_name_that_was_learned_from(fold: str) -> None:
    """No native name asked stands in a train row of any shared file, nor, in the test fold, in a dev row."""
    learned = {
        key_of(row.native)
        for which in ("ar", "fa", "ur", "cyr", "el", "he", "zh", "ko")
        for row in name_pairs(SHARED, which)
        if row.fold == "train" or (fold == "test" and row.fold == "dev")
    }
    sets = query_sets(_material(), fold)  # type: ignore[arg-type]
    asked = [query for one in sets if one.name != "Greek, all" for query in one.queries]
    pairs = pair_sets(SHARED, _material(), fold)  # type: ignore[arg-type]
    true = [left for one in pairs for left, same in zip(one.left, one.same, strict=True) if same]
    assert len(asked) > 1000
    assert not learned & {key_of(name) for name in [*asked, *true]}


@needs_shared
@pytest.mark.shared
def test_sets_are_large_enough_and_their_answers_listed() -> None:
    """Sizes of the issue; every query has a right row, and it isn't left out."""
    sets = {one.name: one for one in [*query_sets(_material(), "test"), *change_sets(_material(), "test")]}
    least = {"WD-ar": 600, "WD-fa": 300, "WD-ur": 300, "UN-ar": 300, "WD-lat": 400, "UN-lat": 600, "Hebrew": 400}
    assert {name: len(sets[name].queries) >= n for name, n in least.items()} == dict.fromkeys(least, True)
    changed = [one for name, one in sets.items() if name.startswith("changed: ")]
    assert len(changed) == 9
    assert all(len(one.queries) >= 200 for one in changed)
    for one in sets.values():
        assert all(truths and not set(truths) & left for truths, left in zip(one.truths, one.left_out, strict=True))


@needs_shared
@pytest.mark.shared
def test_hard_sets_hold_two_thousand_of_each() -> None:
    """As many wrong as true; a wrong pair of the made set has a name of the fold on the native side."""
    sets = {one.name: one for one in pair_sets(SHARED, _material(), "test")}
    for name in ("hard, shared file", "hard, made"):
        assert sets[name].same.count(True) == sets[name].same.count(False) >= 1900
    assert {fold_of(key_of(native)) for native in sets["hard, made"].left} == {"test"}
    assert set(sets["hard, made"].kinds) == {
        "true", "same_surname_diff_given", "same_given_near_surname", "one_confusable_token",
    }  # fmt: skip


@needs_shared
@pytest.mark.shared
def test_the_command_measures_and_reports(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small run ends well, prints a table with our row, and writes the misses to the JSON file."""
    monkeypatch.setattr(command, "read_material", lambda shared: _material())
    path = tmp_path / "run.json"
    arguments = ["--shared", str(SHARED), "--fold", "dev", "--limit-queries", "3", "--sets", "UN", "WD-ur"]
    code = command.main([*arguments, "--parts", "search", "first-stage", "--no-baselines", "--json", str(path)])
    assert code == 0
    assert "| Épervier, " in capsys.readouterr().out
    assert '"missed"' in path.read_text("utf-8")


def test_the_command_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the shared data it ends with 2 and one line."""
    assert command.main(["--shared", str(tmp_path)]) == 2
    assert "--shared" in capsys.readouterr().err


def test_the_report_leaves_out_what_was_not_run() -> None:
    """No heading without a table, and the reason of what was skipped."""
    run = {"command": "c", "date": "d", "fold": "test", "seed": 5, "listed": {"drawn": 3}, "notes": {}}
    text = report({**run, "retrieval": [], "pairwise": [], "skipped": ["logic-v2 was not run"]})
    assert "###" not in text
    assert text.endswith("logic-v2 was not run")
