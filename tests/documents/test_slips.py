"""Slips and look-alikes: the table says what it says, and a bad table stops the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.documents import slips
from matcher.documents.slips import SLIPS, SYMBOLS, look_alikes
from matcher.documents.states import short_codes
from matcher.errors import ModelError
from tests.reference import near_numbers as twin


def test_leading_pairs_are_trusted_most() -> None:
    """O/0, I/1, S/5, Z/2, B/8 and G/6 head the practitioners' lists (domain facts 7.2)."""
    trusted = {pair for pair, trust in look_alikes().items() if trust == 1}
    assert trusted == {frozenset(pair) for pair in ("0O", "1I", "5S", "2Z", "8B", "6G")}


def test_look_alikes_that_no_check_digit_reveals_are_there() -> None:
    """U/0, L/1, G/6, S/8 and F/P pass the check digit (domain facts 1.3), so only the look-alikes find them."""
    assert all(frozenset(pair) in look_alikes() for pair in ("0U", "1L", "6G", "8S", "FP"))


@pytest.mark.parametrize("row", ["0o\t1", "0\t1", "0O\t3", "0<\t2"])
def test_a_bad_table_is_refused(row: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A character that no number has, a set of one, another trust."""
    table = tmp_path / "look_alikes.tsv"
    table.write_text(f"characters\ttrust\n{row}\n", "utf-8")
    monkeypatch.setattr(slips, "_TABLE", table)
    with pytest.raises(ModelError, match=r"look_alikes\.tsv"):
        look_alikes.__wrapped__()


def test_codes_are_short_and_in_capitals() -> None:
    """Alpha-2, alpha-3 and ICAO codes, replaced ones too."""
    assert {"D", "DE", "DEU", "GBN", "UTO", "ROM"} <= short_codes()
    assert all(1 <= len(code) <= 3 and set(code) <= set(SYMBOLS[10:]) for code in short_codes())


@pytest.mark.parametrize(
    ("presented", "listed", "slip"),
    [
        ("L898902C3", "L898902C3", "exact"),
        ("L8989O2C3", "L898902C3", "lookalike"),
        ("L8989O2CB", "L898902C3", "lookalike"),
        ("L898902C36", "L898902C3", "check_digit"),
        ("D23145890", "D23145890XYZ", "prefix"),
        ("IRQAB123456", "AB123456", "glued"),
        ("P1234567", "1234567", "glued"),
        ("00123456", "123456", "leading"),
        ("123456", "AB123456", "leading"),
        ("BA1234567", "AB1234567", "transposed"),
        ("AB1234967", "AB1234567", "substituted"),
        ("AB123456", "AB1234567", "deleted"),
        ("AB12834567", "AB1234567", "inserted"),
        ("AB1234567", "CD1234567", None),
        ("123", "124", None),
    ],
)
def test_the_words_mean_what_they_say(presented: str, listed: str, slip: str | None) -> None:
    """One example a slip, by the definition that the index is compared with."""
    assert twin.slip(presented, listed) == slip
    assert slip is None or slip in SLIPS
