"""Check digits: ICAO's values, and exactly what they cannot see."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.documents.mrz.check_digits import VALUES, check_digit
from matcher.documents.mrz.layout import ALPHABET, DIGITS, layouts

texts = st.text(ALPHABET, min_size=1, max_size=39)


@pytest.mark.parametrize(
    ("text", "digit"),
    [("520727", "3"), ("AB2134<<<", "5"), ("D23145890", "7"), ("L898902C3", "6"), ("740812", "2"), ("120415", "9"),
     ("D23145890XYZ", "5"), ("<<<<<<", "0"), ("", "0")],
)  # fmt: skip
def test_published_examples(text: str, digit: str) -> None:
    """The worked examples of ICAO 9303 come out."""
    assert check_digit(text) == digit


@given(texts)
def test_the_quick_sum_equals_the_textbook(text: str) -> None:
    """Weights 7, 3, 1 from the left over the values, modulo 10."""
    total = sum(VALUES[letter] * weight for letter, weight in zip(text, itertools.cycle((7, 3, 1)), strict=False))
    assert check_digit(text) == DIGITS[total % 10]


@given(texts, st.data())
def test_a_substitution_is_seen_exactly_when_the_values_differ_modulo_ten(text: str, data: st.DataObject) -> None:
    """All weights are coprime to ten, so equal residues are the only blind spot."""
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from(ALPHABET))
    spoilt = text[:place] + letter + text[place + 1 :]
    is_seen = check_digit(spoilt) != check_digit(text)
    assert is_seen == (VALUES[letter] % 10 != VALUES[text[place]] % 10)


def test_the_share_of_unseen_substitutions_is_the_published_one() -> None:
    """None among digits, 7.6 % among the 36 characters (domain facts 1.3)."""
    characters = ALPHABET.replace("<", "")
    pairs = list(itertools.permutations(characters, 2))
    unseen = sum(VALUES[left] % 10 == VALUES[right] % 10 for left, right in pairs)
    assert round(100 * unseen / len(pairs), 1) == 7.6
    assert not any(VALUES[left] % 10 == VALUES[right] % 10 for left, right in itertools.permutations(DIGITS, 2))


def test_every_place_of_every_format_has_one_field_and_checks_cover_what_icao_says() -> None:
    """The table's composites cover the published ranges; names and states are covered by none but the French card's."""
    composites = {name: layout.check_of("composite") for name, layout in layouts().items()}
    sizes = {name: len(check.covers) for name, check in composites.items() if check is not None}
    assert sizes == {"TD1": 25 + 7 + 7 + 11, "TD2": 10 + 7 + 14, "TD3": 10 + 7 + 22, "FR-ID": 71}
    for name, layout in layouts().items():
        for check in layout.checks:
            assert check.offset not in check.covers
            if name != "FR-ID":
                assert not set(check.covers) & set(range(layout.spans["name"].start, layout.spans["name"].end))
