"""Laws of the evidence of two names: symmetric, repeatable, exact, bounded, and its leaves sum to it."""

from __future__ import annotations

import itertools
import random
import time
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matcher.errors import ColumnTypeError, UsageError
from matcher.names import compare_name_pairs, compare_names
from matcher.score.evidence import GRAIN, total_bits
from matcher.score.model import load_model
from matcher.score.names import LEVELS, align_names, name_leaves
from matcher.text import analyse_name
from tests.names_models import listed_texts, model_of
from tests.names_strategy import any_text, name_pairs, names, words
from tests.reference.name_alignment import first_stage, read_weights

MODEL = load_model()
SMALL, SMALL_WEIGHTS = model_of(listed_texts(5)), read_weights(listed_texts(5))
LONG = st.lists(words, min_size=9, max_size=26).map(" ".join)
SHORT_NAMES = [
    line.split("\t")
    for line in (Path(__file__).parents[1] / "vectors" / "short_names.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
][1:]


@given(name_pairs(max_tokens=7))
@settings(max_examples=400)
def test_symmetric(pair: tuple[str, str]) -> None:
    """Swapping the names changes neither the weight nor full agreement, on any tables."""
    left, right = pair
    one, other = compare_names(left, right), compare_names(right, left)
    assert (one.match_weight, one.match_probability, one.same) == (
        other.match_weight,
        other.match_probability,
        other.same,
    )
    for model in (MODEL, SMALL):
        first = align_names(model, analyse_name(left), analyse_name(right))
        second = align_names(model, analyse_name(right), analyse_name(left))
        assert (first and (first.bits, first.agrees_fully)) == (second and (second.bits, second.agrees_fully))


@given(LONG, LONG, st.randoms())
@settings(max_examples=150)
def test_symmetric_beyond_what_is_assigned_exactly(left: str, right: str, chance: random.Random) -> None:
    """The same for names of nine tokens and more: of another name, and of its own words in another order."""
    shuffled = left.split()
    chance.shuffle(shuffled)
    for other in (right, " ".join(shuffled), " ".join(shuffled[:-1] + shuffled[:3])):
        one, two = analyse_name(left), analyse_name(other)
        first, second = align_names(SMALL, one, two), align_names(SMALL, two, one)
        assert (first and (first.bits, first.agrees_fully)) == (second and (second.bits, second.agrees_fully))


@given(st.lists(name_pairs(), min_size=1, max_size=30))
@settings(max_examples=40)
def test_pairs_are_weighed_as_one_by_one(pairs: list[tuple[str, str]]) -> None:
    """`compare_name_pairs` gives row by row what `compare_names` gives, nulls among them, and gives it again."""
    left = [one for one, _ in pairs] + [None, "", pairs[0][0]]
    right = [other for _, other in pairs] + [pairs[0][0], pairs[0][0], None]
    table = compare_name_pairs(left, right)
    assert table == compare_name_pairs(left, right)
    assert table.column_names == ["match_weight", "match_probability", "same"]
    for row, one, other in zip(table.to_pylist(), left, right, strict=True):
        alone = compare_names(one, other)
        assert (row["match_weight"], row["same"]) == (alone.match_weight, alone.same)
        assert row["match_probability"] == (
            None if alone.match_probability is None else pytest.approx(alone.match_probability, rel=1e-12)
        )


@given(name_pairs(max_tokens=8))
@settings(max_examples=300)
def test_leaves_sum_exactly(pair: tuple[str, str]) -> None:
    """The leaves are multiples of 1/1024 bit, carry known levels and sum to the evidence, weak alias included."""
    for model in (MODEL, SMALL):
        found = align_names(model, analyse_name(pair[0]), analyse_name(pair[1]))
        if found is None:
            continue
        leaves = name_leaves(model, found, weak_alias=True)
        assert {leaf.level for leaf in leaves} <= set(LEVELS)
        assert all((leaf.weight_bits * GRAIN).is_integer() for leaf in leaves)
        assert total_bits(leaves) == found.bits + model.weight("name", "weak_alias")
    comparison = compare_names(*pair)
    if comparison.match_weight is not None:
        assert sum(leaf.weight_bits for leaf in comparison.explanation.leaves()) == comparison.match_weight


@pytest.mark.parametrize("empty", [None, "", "...", "12 34", "\u0301\u0301", "-", "،؛", "😀", "<<<"])
def test_a_side_without_a_letter_weighs_nothing(empty: str | None) -> None:
    """Null, letterless and unreadable sides: no weight, not the same, not even as one another."""
    for other in (empty, "Ali", None, "..."):
        for left, right in ((empty, other), (other, empty)):
            found = compare_names(left, right)
            assert (found.match_weight, found.match_probability, found.same) == (None, None, False)
            assert found.explanation.leaves() == ()
            table = compare_name_pairs([left], [right])
            assert table.to_pylist() == [{"match_weight": None, "match_probability": None, "same": False}]


@given(st.lists(words, min_size=1, max_size=24).map(" ".join))
@settings(max_examples=200)
def test_a_name_agrees_fully_with_itself(name: str) -> None:
    """However long it is; single letters alone earn no agreement."""
    tokens = analyse_name(name)
    found = align_names(MODEL, tokens, tokens)
    if found is not None and not any(token.is_initial and token.script not in ("arabic", "hebrew") for token in tokens):
        assert found.agrees_fully
        assert len(found.pairs) == len(tokens[:24]) or any(pair.left_count > 1 for pair in found.pairs)


@given(names, st.randoms())
@settings(max_examples=200)
def test_a_name_agrees_fully_with_itself_in_any_order(name: str, chance: random.Random) -> None:
    """Order never takes full agreement away."""
    tokens = list(analyse_name(name))
    chance.shuffle(tokens)
    found = align_names(MODEL, analyse_name(name), tokens)
    assert found is not None
    assert found.agrees_fully or any(token.is_initial for token in tokens)


@given(name_pairs())
@settings(max_examples=300)
def test_the_first_stage_bounds_what_edges_earn(pair: tuple[str, str]) -> None:
    """No alignment's agreements weigh more than first-stage evidence (rule 3 a)."""
    one, other = analyse_name(pair[0]), analyse_name(pair[1])
    found = align_names(SMALL, one, other)
    if found is not None:
        stage = first_stage(SMALL_WEIGHTS, one, other)
        assert sum(edge.bits for edge in found.pairs) * GRAIN <= stage.evidence
        assert stage.strongest <= stage.evidence


@given(name_pairs(max_tokens=2), words)
@settings(max_examples=300)
def test_the_first_stage_grows_with_the_listed_name(pair: tuple[str, str], word: str) -> None:
    """A token more in front of a listed name takes no evidence away, unless it is joined to its neighbour."""
    longer = analyse_name(f"{word} {pair[1]}")
    shorter = analyse_name(pair[1])
    assume(0 < len(shorter) <= 2 and longer[-len(shorter) :] == shorter and not shorter[0].lead)
    query = analyse_name(pair[0])
    if query:
        before, after = first_stage(SMALL_WEIGHTS, query, shorter), first_stage(SMALL_WEIGHTS, query, longer)
        assert after.evidence >= before.evidence
        assert after.strongest >= before.strongest


def bits(left: str, right: str) -> float:
    found = align_names(MODEL, analyse_name(left), analyse_name(right))
    assert found is not None
    return found.bits


def agrees(left: str, right: str) -> bool:
    found = align_names(MODEL, analyse_name(left), analyse_name(right))
    assert found is not None
    return found.agrees_fully


def test_full_agreement_is_rule_9() -> None:
    """Every token of the shorter name, two at least, glued and split readings counted; or one equal token each."""
    assert agrees("Yusuf Abd al-Rahman", "يوسف عبد الرحمن")
    assert agrees("Karimi Alireza", "Ali Reza Karimi")
    assert agrees("Alireza", "Ali Reza")
    assert agrees("Qusay Hussein", "QUSAY SADDAM HUSSEIN AL-TIKRITI")
    assert agrees("Madonna", "MADONNA")
    assert not agrees("Hussein", "QUSAY SADDAM HUSSEIN")
    assert not agrees("Hasan Ali", "Husayn Ali")
    assert not agrees("J Smith", "John Smith")
    assert not agrees("Madonna", "Maradona")


def test_a_slip_in_a_whole_name_is_no_full_agreement() -> None:
    """Where only long words pass for spellings of one another, whole names don't either; nor does a lost initial."""
    texts = listed_texts()
    rows = [line.split("\t") for line in texts["token_weights.tsv"].splitlines()]
    for row in rows[1:]:
        is_long = row[0] == "quality" and int(row[2]) >= 4  # seven letters and more
        row[4] = "20000" if is_long else "-20000" if row[0] == "quality" else "0"
    texts["token_weights.tsv"] = "\n".join("\t".join(row) for row in rows)
    model = model_of(texts)

    def found(left: str, right: str) -> bool:
        alignment = align_names(model, analyse_name(left), analyse_name(right))
        assert alignment is not None
        return alignment.agrees_fully

    assert found("Alexandre Smithson", "Alexander Smithson")
    assert found("Alexandersmithson", "Alexandre Smithson")
    assert not found("Samar Yazbek", "Samir Yazbek")
    assert not found("J Smithson", "John Smithson")
    assert found("O Connorson", "Oconnorson")


def test_full_agreement_of_equally_many_tokens_is_one_for_both_sides() -> None:
    """A title on one side and two words glued on the other: the tokens of one of the two all agree."""
    one, other = "Gustav Alireza Karimi", "Ali Reza Karimi"
    assert len(analyse_name(one)) == len(analyse_name(other)) == 3
    assert agrees(one, other)
    assert agrees(other, one)


def test_a_rarer_token_weighs_more() -> None:
    """Term frequency: sharing a rare name says more than sharing Mohammed."""
    assert bits("Tikriti", "Tikriti") > bits("Mohammed", "Mohammed")


def test_each_difference_costs() -> None:
    """Exact above variant above another word; an extra word costs less than a word that is another."""
    exact = bits("Saleh Tikriti", "Saleh Tikriti")
    assert exact > bits("Saleh Tikriti", "Salih Tikriti") > bits("Saleh Tikriti", "Omar Tikriti")
    assert exact > bits("Saleh Tikriti", "Saleh Hassan Tikriti") > bits("Saleh Omar Tikriti", "Saleh Hassan Tikriti")


@pytest.mark.parametrize(("left", "right", "expected", "why"), SHORT_NAMES)
def test_short_names(left: str, right: str, expected: str, why: str) -> None:
    """Names of two short words are told apart, or not, by evidence; at even odds."""
    found = compare_names(left, right)
    assert found.same == (expected == "together"), (why, found.match_weight)


WORDS = ["".join(letters) for letters in itertools.product("bdfgk", "aiou", "lmnrs")]
HOSTILE = {
    "100 tokens": " ".join(WORDS),
    "100 equal tokens": "Ali " * 100,
    "100 tokens with second readings": "Elsaid " * 100,
    "one-letter tokens": " ".join("abcdefghijklmnopqrstuvwxyz"),
    "one equal letter": "a " * 60,
    "a combining-mark storm": "A" + "\u0301" * 500 + "li" + "\u0327" * 500 + " Re\u0323\u0307za",
    "10,000 letters": "abcdefghij" * 1000,
    "10,000 words": "ali " * 10_000,
    "mixed scripts": "Ali علي Али Αλι עלי 알리 阿里 ალი",
    "mixed scripts in a word": "Aлиعλי",
    "controls": "Ali\u202e\u200f\x00 Reza\ufeff",
    "lone surrogate": "Ali \ud800 Reza",
    "fillers": "ALI<<REZA<<<<<<<<<<<<<<<<<<<<<<<<<<",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_names_are_bounded(kind: str) -> None:
    """No exception, symmetric, in bounded time, against itself and every other one."""
    compare_names("warm", "kernel")
    started = time.perf_counter()
    for other in HOSTILE.values():
        one, two = compare_names(HOSTILE[kind], other), compare_names(other, HOSTILE[kind])
        assert (one.match_weight, one.same) == (two.match_weight, two.same)
    assert compare_names(HOSTILE[kind], HOSTILE[kind]).match_weight is not None
    assert time.perf_counter() - started < 20


@given(any_text, any_text)
@settings(max_examples=300)
def test_any_text_is_compared(left: str, right: str) -> None:
    """Whatever is written: a weight and a probability, or neither and never the same."""
    found = compare_names(left, right)
    readable = bool(analyse_name(left)) and bool(analyse_name(right))
    assert (found.match_weight is None) == (found.match_probability is None) == (not readable)
    assert not found.same or readable


@pytest.mark.parametrize("text", ["ᚠᚢᚦ", "𓀀𓀁", "꧋", "‎", "𐎠𐎡", "᭐᭑", "ⵣⵣ"])
def test_names_that_cannot_be_read_are_never_equal(text: str) -> None:
    """A script that gives no letters is no name; one that does is compared by them."""
    found = compare_names(text, text)
    if not analyse_name(text):
        assert found.match_weight is None
        assert not found.same


def test_columns_are_checked() -> None:
    """Two lengths, and a column that is no text, are refused in one line."""
    with pytest.raises(UsageError, match="2 names on the left and 1 on the right"):
        compare_name_pairs(["a", "b"], ["a"])
    with pytest.raises(ColumnTypeError, match="text or null"):
        compare_name_pairs([1], ["a"])
    assert compare_name_pairs([], []).num_rows == 0


@given(st.lists(name_pairs(), min_size=2, max_size=8))
@settings(max_examples=40)
def test_a_name_weighs_the_same_beside_any_others(pairs: list[tuple[str, str]]) -> None:
    """What is weighed together doesn't matter: rows of the form table are shared, weights are not."""
    left, right = [one for one, _ in pairs], [other for _, other in pairs]
    together = compare_name_pairs(left, right).to_pylist()
    assert together == [compare_name_pairs([one], [other]).to_pylist()[0] for one, other in pairs]
