"""Nationalities, names and notes of an entry: read, or kept and counted."""

from __future__ import annotations

import pytest

from matcher.ingest.person_cells import LONGEST_NOTE, Notes, name_rows, read_nationalities, read_sex
from matcher.ingest.sink import Sink


def sink() -> Sink:
    return Sink("test", lambda name, batch: None)


@pytest.mark.parametrize(
    ("text", "codes", "left"),
    [
        ("Russian", ["RUS"], ""),
        ("(a) German, (b) Moroccan", ["DEU", "MAR"], ""),
        ('"(a) Russian; (b) Georgian"', ["RUS", "GEO"], ""),
        ("Russian and Ukrainian", ["RUS", "UKR"], ""),
        ("Bosnia and Herzegovina", ["BIH"], ""),
        ("Syrian/Iranian", ["SYR", "IRN"], ""),
        ("Myanmar/Burma", ["MMR"], ""),
        ("Afghan; Pakistani", ["AFG", "PAK"], ""),
        ("Democratic People’s Republic of Korea (DPRK)", ["PRK"], ""),
        ("Indonesian (as at December 2003)", ["IDN"], "as at December 2003"),
        ("Ukrainian, Russian (a remark)", ["UKR", "RUS"], "a remark"),
        ("Tunisian. National Identification No.: 1", ["TUN"], "National Identification No.: 1"),
        ("possibly Palestinian", [], "possibly Palestinian"),
        ("QQQ", ["QQQ"], ""),
        ("", [], ""),
    ],
)
def test_nationalities_are_codes_or_left_over(text: str, codes: list[str], left: str) -> None:
    """Every nationality of a cell becomes a code; a remark is never taken for one."""
    assert read_nationalities(text) == (codes, left)


def test_names_are_ordered_and_said_once() -> None:
    """Primary first, repeated texts once, and an entry of aliases alone gets a primary name."""
    rows = name_rows([("B", "alias", "Good"), ("A", "primary", None), ("B", "alias", None), ("A", "alias", None)])
    assert [(row["text"], row["kind"], row["quality"]) for row in rows] == [
        ("A", "primary", None),
        ("B", "alias", "Good"),
    ]
    rows = name_rows([("A", "weak_alias", "Low"), ("B", "alias", None)])
    assert [(row["text"], row["kind"]) for row in rows] == [("B", "primary"), ("A", "weak_alias")]
    assert [row["kind"] for row in name_rows([("A", "weak_alias", "Low")])] == ["weak_alias"]


def test_a_sex_that_is_no_sex_is_kept_and_counted() -> None:
    """`blue` is null, in the note and counted; `unknown` and `male.` are what they are."""
    target = sink()
    notes = Notes(target)
    assert [read_sex(text, notes, "gender") for text in ("male.", "unknown", None, "blue")] == ["M", None, None, None]
    assert (notes.text(), dict(target.notes)) == ("gender: blue", {"sex": 1})


def test_a_note_is_bounded_and_says_that_it_was_cut() -> None:
    """A huge remark cannot fill the store, and the cut can be seen."""
    notes = Notes(sink())
    notes.keep("remark", "x" * (LONGEST_NOTE * 2))
    assert len(notes.text() or "") < LONGEST_NOTE + 100
    assert "[cut: " in (notes.text() or "")
