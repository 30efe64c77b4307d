"""Document numbers: one form for every way of writing, and a malformed number found by its exact text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.documents.numbers import is_key, lookup_key, normalise

WRITINGS = [
    ("L898902C3", "L898902C3"),
    ("l898902c3", "L898902C3"),
    ("L898902C3<", "L898902C3"),
    (" AB 123-456/7.8 ", "AB12345678"),
    ("AB–123—456‑7", "AB1234567"),
    ("№ 123456", "123456"),
    ("No. 123456", "123456"),
    ("no.123456", "123456"),
    ("N° 123456", "123456"),
    ("Nº123456", "123456"),
    ("NO123456", "NO123456"),
    ("N123456", "N123456"),
    ("A١٢٣٤٥٦٧", "A1234567"),
    ("A۱۲۳۴۵۶۷", "A1234567"),
    ("१२३", "123"),
    ("ＡＢ１２３", "AB123"),
    ("AB\u200b12\u200e34\u202e56\x00", "AB123456"),
    ("\ufeffAB12", "AB12"),
    ("AB\u00a012\u200912", "AB1212"),
    ("", ""),
    (" -/<. ", ""),
]


@pytest.mark.parametrize(("written", "expected"), WRITINGS)
def test_every_way_of_writing_gives_one_form(written: str, expected: str) -> None:
    """Spaces, dashes, fillers, signs, hidden controls and other digits leave the same number."""
    assert normalise(written) == expected


@settings(max_examples=200)
@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing(text: str) -> None:
    """normalise(normalise(x)) is normalise(x), so lists and travellers may be normalised anywhere."""
    assert normalise(normalise(text)) == normalise(text)


@settings(max_examples=100)
@given(st.text("ABCXYZ0189 -<./", max_size=20))
def test_plain_text_takes_the_same_steps_as_any_other(text: str) -> None:
    """The quick way for ASCII equals the full way, which a zero-width space forces."""
    assert normalise(text) == normalise(text + "\u200b")


@settings(max_examples=100)
@given(st.text("0123456789ABCXYZ", min_size=1, max_size=20), st.sampled_from([" ", "-", "<", "/", ".", "\u200f"]))
def test_a_key_is_found_however_it_is_parted(number: str, separator: str) -> None:
    """A separator between all characters doesn't change the key."""
    assert lookup_key(separator.join(number)) == number


def test_a_key_has_one_to_twenty_plain_characters() -> None:
    """Nothing but 1 to 20 of 0-9 and A-Z is a key."""
    assert is_key("A" * 20)
    for wrong in ("", "A" * 21, "a1", "A 1", "Ä1", "A١", "A1\n"):
        assert not is_key(wrong)


def test_a_malformed_number_is_found_by_its_exact_text_only() -> None:
    """Another spelling of a number that is no key gives another key, and never an ordinary one."""
    assert lookup_key("bad number??") == "=bad number??" == lookup_key("  bad number?? ")
    assert lookup_key("bad number??") != lookup_key("bad-number??")
    assert lookup_key("1" * 21) == "=" + "1" * 21
    assert lookup_key("e\u0301?") == lookup_key("é?")


def test_nothing_at_all_has_no_key() -> None:
    """An empty or blank number has the empty key, which no list entry has."""
    assert lookup_key("") == lookup_key(" \t\n") == ""


def test_look_alikes_stay_apart() -> None:
    """O and 0 are two keys: look-alikes belong to near numbers, not to normalisation."""
    assert lookup_key("O0I1") == "O0I1"
