"""Spellings that were seen: levels follow shares, both look-ups are symmetric where they should be."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.compare.spellings import OTHER, UNKNOWN, Spellings, is_confusable, load_spellings

ROWS = [
    ("arabic", "محمد", "mohamed", 60),
    ("arabic", "محمد", "muhammad", 35),
    ("arabic", "محمد", "mehmed", 4),
    ("arabic", "محمد", "mohd", 1),
    ("cyrillic", "мухаммед", "muhammed", 4),
    ("cyrillic", "мухаммед", "muhammad", 4),
    ("hebrew", "לי", "lee", 1),
]
TABLE = Spellings(ROWS)
FORMS = st.sampled_from([row[2] for row in ROWS] + ["nobody"])
SHIPPED = st.sampled_from(["hassan", "hussein", "hasan", "omar", "amr", "ammar", "zaid", "ziad", "samir", "samar", "x"])


@pytest.mark.parametrize(
    ("native", "form", "level"),
    [("محمد", "mohamed", 5), ("محمد", "muhammad", 4), ("محمد", "mehmed", 3), ("محمد", "mohd", 2), ("محمد", "ali", 1)],
)
def test_level_is_the_band_of_the_share(native: str, form: str, level: int) -> None:
    """Half, an eighth, a 64th, less, and a form that a known token never has."""
    assert TABLE.level("arabic", native, form) == level


def test_little_known_tokens_say_nothing() -> None:
    """An unknown token, or one seen too seldom, is no evidence against another spelling."""
    assert TABLE.level("arabic", "علي", "ali") == UNKNOWN
    assert TABLE.level("hebrew", "לי", "li") == UNKNOWN
    assert TABLE.level("greek", "محمد", "mohamed") == UNKNOWN


def test_latin_forms_meet_in_a_native_token() -> None:
    """Two forms of one token are related by the better direction; forms of different tokens are not."""
    assert TABLE.latin_level("mohamed", "mohd") == 5  # nearly every mohd is a mohamed
    assert TABLE.latin_level("muhammed", "muhammad") == 5
    assert TABLE.latin_level("mohamed", "muhammed") == OTHER
    assert TABLE.latin_level("mohamed", "nobody") == UNKNOWN


@given(FORMS, FORMS)
def test_latin_level_is_symmetric(form: str, other: str) -> None:
    """The level does not depend on the order, and equal forms have the highest."""
    assert TABLE.latin_level(form, other) == TABLE.latin_level(other, form)
    assert TABLE.latin_level(form, form) == 5


@given(SHIPPED, SHIPPED)
def test_confusable_is_symmetric(token: str, other: str) -> None:
    """Confusable does not depend on the order, and no token is confusable with itself."""
    assert is_confusable("latin", token, "latin", other) == is_confusable("latin", other, "latin", token)
    assert not is_confusable("latin", token, "latin", token)


@pytest.mark.parametrize(
    ("script", "token", "other_script", "other", "expected"),
    [
        ("arabic", "حسن", "arabic", "حسين", True),
        ("arabic", "حسن", "latin", "hussein", True),
        ("latin", "hassan", "latin", "hossein", True),
        ("latin", "hassan", "latin", "hasan", False),
        ("arabic", "حسن", "latin", "hassan", False),
        ("arabic", "حسن", "cyrillic", "хусейн", False),
        ("latin", "ivan", "latin", "ivana", False),
    ],
)
def test_known_confusable_tokens(script: str, token: str, other_script: str, other: str, expected: bool) -> None:
    """Hassan and Hussein are told apart in either script; spellings of one name, and unknown tokens, are not."""
    assert is_confusable(script, token, other_script, other) is expected


def test_shipped_spellings_know_tokens_as_they_are_analysed() -> None:
    """Hangul tokens are found as syllables or taken apart."""
    spellings = load_spellings()
    assert spellings.level("hangul", "김", "kim") == 5
    assert spellings.level("hangul", unicodedata.normalize("NFD", "김"), "kim") == 5
    assert spellings.level("arabic", "محمد", "mohamed") >= 4
