"""Agreement of tokens: symmetric, complete in batch, and right on known pairs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.compare.tokens import LEVELS, Vocabulary, agreeing_pairs, token_level
from matcher.text import Token, analyse_name
from matcher.text.names import make_token
from tests.names_strategy import PARTS

VECTORS = Path(__file__).parents[1] / "vectors" / "token_levels.tsv"
FORMS = st.text("abdeiklmnorsuyh", min_size=1, max_size=9)
TOKENS = st.builds(lambda form, abjad: make_token(form, abjad=abjad, original=form), FORMS, st.booleans())
REAL = [token for part in PARTS for token in analyse_name(part)]


def token(text: str) -> Token:
    found = analyse_name(text)
    assert len(found) == 1, text
    return found[0]


def vectors() -> list[list[str]]:
    with VECTORS.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.reader(stream, delimiter="\t") if not row[0].startswith("#")]
    return rows[1:]


@pytest.mark.parametrize(("left", "right", "level", "why"), vectors())
def test_known_pairs(left: str, right: str, level: str, why: str) -> None:
    """Two tokens of the vector file agree at the level that stands beside them, or not at all (-)."""
    assert (token_level(token(left), token(right)) or "-") == level, why


@given(st.one_of(TOKENS, st.sampled_from(REAL)), st.one_of(TOKENS, st.sampled_from(REAL)))
@settings(max_examples=500)
def test_symmetric_and_from_the_closed_list(left: Token, right: Token) -> None:
    """The level of (a, b) is the level of (b, a), one of LEVELS, and a token agrees with itself."""
    level = token_level(left, right)
    assert level == token_level(right, left)
    assert level is None or level in LEVELS
    assert token_level(left, left) in ("exact", "initial")


@given(st.lists(TOKENS, min_size=1, max_size=30), st.lists(TOKENS, min_size=1, max_size=8))
@settings(max_examples=150)
def test_batch_finds_exactly_what_the_definition_finds(listed: list[Token], queries: list[Token]) -> None:
    """The sieve loses no agreeing pair: batch and pair-by-pair agree on ids and levels."""
    found = agreeing_pairs(queries, Vocabulary(listed))
    for query, pairs in zip(queries, found, strict=True):
        levels = ((at, token_level(query, other)) for at, other in enumerate(listed))
        assert pairs == [(at, level) for at, level in levels if level is not None]


def test_batch_on_real_parts_of_several_scripts() -> None:
    """The same on real name parts, every script against every other."""
    found = agreeing_pairs(REAL, Vocabulary(REAL))
    expected = [
        [(at, level) for at, other in enumerate(REAL) if (level := token_level(query, other)) is not None]
        for query in REAL
    ]
    assert found == expected
