"""Names become the same tokens however they were written."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings

from matcher.text import analyse_name
from matcher.text.names import is_cut, skeleton_of
from matcher.text.unicode import MAX_LETTERS, clean
from matcher.text.words import MAX_WORDS
from tests.names_strategy import any_text, names

VECTORS = Path(__file__).parents[1] / "vectors" / "name_forms.tsv"


def vectors() -> list[tuple[str, str, str]]:
    with VECTORS.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE) if not row[0].startswith("#")]
    return [(row[0], row[1], row[2]) for row in rows[1:]]


@pytest.mark.parametrize(("text", "forms", "why"), vectors())
def test_forms(text: str, forms: str, why: str) -> None:
    """A name of the vector file has exactly the tokens that stand beside it."""
    assert " ".join(token.form for token in analyse_name(text)) == forms, why


@given(any_text)
@settings(max_examples=300)
def test_any_text_gives_bounded_tokens_with_letters(text: str) -> None:
    """Whatever the text: no error, at most MAX_WORDS tokens, none of them empty."""
    tokens = analyse_name(text)
    assert len(tokens) <= MAX_WORDS
    assert all(token.form and not token.form.isspace() for token in tokens)


@given(names)
def test_case_and_borders_do_not_matter(name: str) -> None:
    """Upper case, MRZ fillers and double spaces change no form of a Latin, Greek or Cyrillic name."""
    plain = [token.form for token in analyse_name(name)]
    assert [token.form for token in analyse_name(name.upper().replace(" ", "<"))] == plain
    assert [token.form for token in analyse_name(name.replace(" ", "  "))] == plain


@given(names)
def test_original_text_is_kept(name: str) -> None:
    """Each token says which words of the name it came from."""
    written = clean(name).replace("-", " ").replace("'", "").split()
    for token in analyse_name(name):
        assert set(token.original.split()) <= set(written)


def test_bidi_controls_nul_and_points_are_invisible() -> None:
    """Controls that an attacker or a mail program adds change nothing."""
    assert analyse_name("A\u202eli\x00 Ha\u200bssan") == analyse_name("Ali Hassan")
    assert [token.form for token in analyse_name("مُحَمَّد")] == [token.form for token in analyse_name("محمد")]


def test_lone_surrogate_is_not_an_error() -> None:
    """Half a surrogate pair, as broken JSON can hold, is dropped."""
    assert [token.form for token in analyse_name("Ali\ud800 Hassan")] == ["ali", "hassan"]


def test_long_names_are_cut_and_say_so() -> None:
    """Beyond the limits a name is read in part, and `is_cut` tells."""
    assert is_cut("x" * (MAX_LETTERS + 1))
    assert is_cut(" ".join(["ab"] * 100))
    assert not is_cut("Anna Maria Eriksson")
    assert len(analyse_name(" ".join(f"a{'b' * n}" for n in range(1, 100)))) <= MAX_WORDS


def test_no_letters_no_tokens() -> None:
    """A name without letters has no tokens, so it equals nothing."""
    assert analyse_name("... 123 <<< --") == ()


def test_skeletons_meet_across_scripts() -> None:
    """An Arabic spelling and its Latin ones share a skeleton."""
    assert {skeleton_of(form) for form in ("mohammed", "muhamad", "mhmd")} == {"mhmd"}
    assert skeleton_of("hassan") != skeleton_of("khaled")
