"""The compiled weighing of names equals its twin on strings: rows, weights, edges, full agreement, first stage."""

from __future__ import annotations

import csv
import itertools
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matcher.compare.forms import name_forms
from matcher.compare.kernels import edits, skeleton_length, skeleton_of_row, skeletons_near
from matcher.compare.token_kernels import agree, look_up, parts_of, relation_of
from matcher.score.model import Model, load_model
from matcher.score.name_tables import token_cells
from matcher.score.names import align_names, weigh_pairs
from matcher.text import Token, analyse_name
from matcher.text.skeleton import skeleton_of
from tests.names_models import model_of, shipped_texts, small_texts
from tests.names_strategy import MORE_PARTS, PARTS, name_pairs
from tests.reference import tokens as twin
from tests.reference.name_alignment import Weights, agrees_fully, edges_of, name_weight, read_name, read_weights

SHIPPED = load_model(), read_weights(shipped_texts())
SMALL = model_of(small_texts()), read_weights(small_texts())
CELLS = list(token_cells())
SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "names"
Both = tuple[Model, Weights]


def encoded(form: str) -> NDArray[np.uint8]:
    row = np.zeros(32, np.uint8)
    row[0], row[1 : 1 + len(form)] = len(form), [ord(letter) - 96 for letter in form]
    return row


def compiled_skeleton(spelled: str) -> int:
    form = spelled.replace("'", "")
    breaks, at = 0, 0
    for letter in spelled:
        at += letter != "'"
        breaks |= (letter == "'") << (at + 1)
    return int(skeleton_of_row(encoded(form), breaks, np.zeros(40, np.int64), np.zeros(40, np.int64)))


@given(st.from_regex(r"[a-z]('?[a-z]){0,19}", fullmatch=True))
@settings(max_examples=2000)
def test_skeletons(spelled: str) -> None:
    """A compiled skeleton is the text's, packed."""
    assert compiled_skeleton(spelled) == twin.packed(skeleton_of(spelled))


@given(st.from_regex("[ashktzxcgdyw]('?[ashktzxcgdyw]){0,9}", fullmatch=True))
@settings(max_examples=2000)
def test_skeletons_of_digraphs(spelled: str) -> None:
    """The same where every letter may make a digraph with its neighbour."""
    assert compiled_skeleton(spelled) == twin.packed(skeleton_of(spelled))


SKELETONS = st.text(twin.SYMBOLS, max_size=16) | st.text("Ak", max_size=16)


@given(SKELETONS, st.data())
@settings(max_examples=1000)
def test_skeletons_one_edit_apart(one: str, data: st.DataObject) -> None:
    """One edit or one swap of neighbours, at any place of up to sixteen symbols."""
    near = list(one)
    at = data.draw(st.integers(0, max(len(one) - 1, 0)))
    kind = data.draw(st.sampled_from(("drop", "swap", "change", "other")))
    if one and kind == "drop":
        del near[at]
    elif kind == "swap":
        near[at : at + 2] = near[at : at + 2][::-1]
    elif one and kind == "change":
        near[at] = data.draw(st.sampled_from(twin.SYMBOLS))
    other = data.draw(SKELETONS) if kind == "other" else "".join(near)
    left, right = np.uint64(twin.packed(one)), np.uint64(twin.packed(other))
    assert (skeleton_length(left), skeleton_length(right)) == (len(one), len(other))
    assert bool(skeletons_near(left, len(one), right, len(other))) == (twin.osa(one, other) <= 1)


@given(st.text("abc", max_size=12), st.text("abc", max_size=12))
@settings(max_examples=1000)
def test_edit_distance(left: str, right: str) -> None:
    """Optimal string alignment, bit-parallel and by its table, doubled letters once too; the scratch is left clean."""
    masks = np.zeros(256, np.uint64)
    assert edits(encoded(left), encoded(right), False, masks) == twin.osa(left, right)
    once = ["".join(letter for letter, _ in itertools.groupby(text)) for text in (left, right)]
    assert edits(encoded(left), encoded(right), True, masks) == twin.osa(*once)
    assert not masks.any()


def check_tokens(both: Both, left: str, right: str) -> int:
    """Compare every pair of rows of two names; return how many agree."""
    model, weights = both
    one, other = analyse_name(left), analyse_name(right)
    forms = name_forms([one, other], model.names)
    readings = read_name(one, weights), read_name(other, weights)
    rows = [unit.row for reading in readings for unit in reading.units]
    assert len(rows) == len(forms.units)
    _, tables, starts, pairs, values, *_ = model.names.arrays
    masks, path, parts = np.zeros(256, np.uint64), np.empty(4 * 32 * 32, np.int32), np.empty(9, np.int64)
    agreeing = 0
    for first, one_row in enumerate(rows):
        i = int(forms.units["row"][first])
        for second, other_row in enumerate(rows):
            j = int(forms.units["row"][second])
            relation = relation_of(forms.facts["script"][i], forms.facts["script"][j])
            attested = look_up(pairs, values, forms.facts["key"][i], forms.facts["key"][j])
            arguments = (forms.letters, forms.facts, i, forms.letters, forms.facts, j, relation, attested)
            assert relation == twin.relation(one_row, other_row), (one_row, other_row)
            does = agree(*arguments, masks)
            assert does == twin.agree(one_row, other_row), (one_row, other_row)
            if does:
                n = parts_of(*arguments, tables, starts, masks, path, parts)
                assert [CELLS[part] for part in parts[:n]] == twin.cells(one_row, other_row), (one_row, other_row)
                agreeing += 1
    return agreeing


@given(name_pairs())
@settings(max_examples=400)
def test_tokens_meet_the_cells_that_the_twin_names(pair: tuple[str, str]) -> None:
    """Units, agreement and the cells of the evidence of every pair of rows, runs and second readings among them."""
    check_tokens(SMALL, *pair)


def check_names(both: Both, pairs: Sequence[tuple[str, str]]) -> int:
    """Compare the weights and full agreement of pairs; return how many agree fully."""
    model, weights = both
    full = 0
    tokens: list[tuple[Token, ...]] = [analyse_name(name) for pair in pairs for name in pair]
    places = np.arange(len(tokens), dtype=np.int32).reshape(-1, 2)
    found, fully = weigh_pairs(model, tokens, places)
    for (left, right), bits, is_full in zip(pairs, found.tolist(), fully.tolist(), strict=True):
        one, other = analyse_name(left), analyse_name(right)
        if not one or not other:
            assert np.isnan(bits)
            assert not is_full
            continue
        assert bits * 1024 == name_weight(weights, one, other), (left, right)
        assert is_full == agrees_fully(weights, one, other), (left, right)
        full += is_full
    return full


@given(st.lists(name_pairs(), min_size=20, max_size=20))
@settings(max_examples=60)
def test_names_weigh_what_the_twin_says(pairs: list[tuple[str, str]]) -> None:
    """The best of every assignment, on tables whose every cell is another number."""
    check_names(SMALL, pairs)


@given(st.lists(name_pairs(), min_size=20, max_size=20))
@settings(max_examples=25)
def test_names_weigh_what_the_twin_says_with_the_shipped_tables(pairs: list[tuple[str, str]]) -> None:
    """The same on the shipped model."""
    check_names(SHIPPED, pairs)


@given(name_pairs())
@settings(max_examples=300)
def test_aligned_pairs_are_edges_and_their_sum_is_the_evidence(pair: tuple[str, str]) -> None:
    """Each aligned pair is an edge of the twin with its level and weight, no token stands twice, and all sum up."""
    model, weights = SMALL
    one, other = analyse_name(pair[0]), analyse_name(pair[1])
    alignment = align_names(model, one, other)
    if alignment is None:
        assert not one or not other
        return
    edges = edges_of(weights, read_name(one, weights), read_name(other, weights))
    known = {(e.left.start, e.left.count, e.right.start, e.right.count, e.weight / 1024) for e in edges}
    lefts = [at for found in alignment.pairs for at in range(found.left, found.left + found.left_count)]
    rights = [at for found in alignment.pairs for at in range(found.right, found.right + found.right_count)]
    assert {(p.left, p.left_count, p.right, p.right_count, p.bits) for p in alignment.pairs} <= known
    assert len(lefts) == len(set(lefts))
    assert len(rights) == len(set(rights))
    assert alignment.bits == name_weight(weights, one, other) / 1024
    assert alignment.bits == sum(p.bits for p in alignment.pairs) + alignment.left_over_bits + alignment.base_bits


def dev_pairs(path: Path, limit: int) -> list[tuple[str, str]]:
    """Pairs of a development file: true ones, and neighbours of different rows."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader((line for line in stream if line[0] != "#"), delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    chosen = random.Random(5).sample(rows, min(limit, len(rows)))
    pairs = [(row[0], row[1]) for row in chosen]
    return pairs + [(one[0], other[1]) for one, other in itertools.pairwise(pairs)]


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared beside the checkout")
@pytest.mark.parametrize("script", ["ar", "fa", "ur", "he", "cyr", "el", "ko", "zh"])
def test_real_names_in_every_script(script: str) -> None:
    """Development pairs, true and mixed up, of up to five tokens."""
    pairs = [
        pair
        for pair in dev_pairs(SHARED / f"{script}_en_names_dev.tsv", 120)
        if max(len(analyse_name(name)) for name in pair) <= 5
    ]
    assert check_names(SHIPPED, pairs) >= 10  # a test without agreement compares little
    assert sum(check_tokens(SHIPPED, *pair) for pair in pairs[:40]) >= 40


def test_every_part_meets_every_part() -> None:
    """All parts of the strategies against each other, one token a name."""
    parts = PARTS + MORE_PARTS
    check_names(SMALL, [(one, other) for at, one in enumerate(parts) for other in parts[at:]])
