"""Cells of names: every name apart, remarks left over, nothing invented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.ingest.names import LONGEST_CELL, is_latin, name_row, read_names

CASES = [
    ("Aru BEN; Ciro DAN", ["Aru BEN", "Ciro DAN"], ""),
    ("Aru BEN (Ару БЕН)", ["Aru BEN", "Ару БЕН"], ""),
    ("Aru BEN (Russian: Ару БЕН)", ["Aru BEN", "Ару БЕН"], ""),
    ("Abu Aru (original script: أبو ارو)", ["Abu Aru", "أبو ارو"], ""),
    ("أبو ارو (Abu Aru; Abu Arou)", ["أبو ارو", "Abu Aru", "Abu Arou"], ""),
    ("Aru BEN ارو بن", ["Aru BEN", "ارو بن"], ""),
    ("Aru (Arou) Ivo BEN", ["Aru Ivo BEN", "Arou Ivo BEN"], ""),
    ("Aru (a.k.a. Arou, Aro) BEN", ["Aru BEN", "Arou BEN", "Aro BEN"], ""),
    ("Aru Ivo BEN (a.k.a. Arou Ivov BENN)", ["Aru Ivo BEN", "Arou Ivov BENN"], ""),
    ("Aru BEN a.k.a. ‘Aro’ ارو بن", ["Aru BEN", "Aro", "ارو بن"], ""),
    ("Aru BEN (Aru BENN, Arou BEN)", ["Aru BEN", "Aru BENN", "Arou BEN"], ""),
    ("Ena BEN (born DAN)", ["Ena BEN", "Ena DAN"], ""),
    ("Ena BEN, née DAN", ["Ena BEN", "Ena DAN"], ""),
    ("Aru BEN (Ару БЕН) Arou BENN (Ару БЕНН)", ["Aru BEN", "Ару БЕН", "Arou BENN", "Ару БЕНН"], ""),
    ("Aru Ivo BEN / Arou Ivo BEN", ["Aru Ivo BEN", "Arou Ivo BEN"], ""),
    ("Aru/ Arou Ivo BEN", ["Aru Ivo BEN", "Arou Ivo BEN"], ""),
    ("Aru Ivo BEN/BENN", ["Aru Ivo BEN", "Aru Ivo BENN"], ""),
    ("Aru BEN (formerly listed as)", ["Aru BEN"], "formerly listed as"),
    ("Ben, Aru (Minister of Higher Education)", ["Ben, Aru"], "Minister of Higher Education"),
    ("Aru Ben born 12 Dec. 1965 in X (as listed)", ["Aru Ben"], "born 12 Dec. 1965 in X (as listed"),
    ('"Aru Ben (Date of birth: 22.8.1973; place of birth: X)"; Ivo', ["Aru Ben", "Ivo"],
     "Date of birth: 22.8.1973; place of birth: X"),
    ("Aru Ben (false identity, card 6910275240086", ["Aru Ben"], "false identity, card 6910275240086"),
    ("BEN, Aru", ["BEN, Aru"], ""),
    ("14K", ["14K"], ""),
    ("-", [], "-"),
    ("", [], ""),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "names", "left"), CASES)
def test_cells_give_their_names_and_what_is_left(cell: str, names: list[str], left: str) -> None:
    """Each form of the real lists gives its names apart; what is no name is handed back."""
    read = read_names(cell)
    assert (read.names, read.left) == (names, left)


def test_a_cell_that_was_taken_apart_says_so() -> None:
    """A plain list of names is not rewritten; one with brackets is, so that its text is kept."""
    assert read_names("Aru BEN; Ivo DAN").is_rewritten is False
    assert read_names("Aru (Arou) BEN").is_rewritten is True


def test_separators_are_the_mappings() -> None:
    """Names are cut at the given separators and at line ends, not inside brackets or quotes."""
    assert read_names("Aru BEN|Ivo DAN; Ena\nUlo", ("|",)).names == ["Aru BEN", "Ivo DAN; Ena", "Ulo"]
    assert read_names('"Aru; Ben"; Ivo').names == ["Aru; Ben", "Ivo"]


def test_kinds_follow_the_script() -> None:
    """An alias in another script is `original_script`; a weak alias stays weak; a primary name primary."""
    assert name_row("Ару", "alias")["kind"] == "original_script"
    assert [name_row("Ару", kind)["kind"] for kind in ("weak_alias", "primary")] == ["weak_alias", "primary"]
    assert [is_latin(text) for text in ("Łü", "ارو", "14", "Aru Ару Ару")] == [True, False, True, False]


def test_bidi_controls_stay_and_a_huge_cell_is_left_over() -> None:
    """Controls are part of the listed text; a cell that is too long for names is not searched."""
    assert read_names("Aru\u202e BEN").names == ["Aru\u202e BEN"]
    huge = "a b (c d) " * LONGEST_CELL
    assert read_names(huge) == ([], huge, False)


WORDS = st.sampled_from([
    "Aru", "BEN", "Ару", "بن", "(", ")", ";", "/", "a.k.a.", "born", "1960", '"', "’", ",", "(a)", "née", "\n", " - ",
])  # fmt: skip


@settings(max_examples=150)
@given(st.lists(WORDS, max_size=14))
def test_no_name_holds_a_word_that_was_not_listed(words: list[str]) -> None:
    """Names are made of the cell's own words; each is said once and holds a letter."""
    cell = " ".join(words)
    names = read_names(cell).names
    assert len(set(names)) == len(names)
    for name in names:
        assert any(letter.isalpha() for letter in name)
        assert all(word.strip('’",()') in cell for word in name.split())


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    """Whatever a cell holds, it is read or left over."""
    read = read_names(text)
    assert read.names or read.left or not any(letter.isalpha() for letter in text)
