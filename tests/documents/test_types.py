"""Document classes: codes by ICAO, words by the table, `other` for what is neither."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.documents import types
from matcher.documents.types import CLASSES, document_class
from matcher.errors import ModelError

CASES = [
    ("P", "passport"),
    ("p<", "passport"),
    ("PP", "passport"),
    ("PD", "passport"),
    ("PO", "passport"),
    ("PX", "passport"),
    ("PE", "emergency"),
    ("V", "visa"),
    ("VB", "visa"),
    ("I<", "identity_card"),
    ("ID", "identity_card"),
    ("A", "identity_card"),
    ("C", "identity_card"),
    ("AC", "crew"),
    ("IR", "residence"),
    ("ZZ", "other"),
    ("7", "other"),
    ("Passport", "passport"),
    ("Número de pasaporte", "passport"),
    ("numéro de passeport ", "passport"),
    ("جواز سفر", "passport"),
    ("Service passport ", "passport"),
    ("Emergency Passport", "emergency"),
    ("National Identification Number", "identity_card"),
    ("Indonesian national identity card number", "identity_card"),
    ("carte d'identité", "identity_card"),
    ("بطاقة هوية", "identity_card"),
    ("visa", "visa"),
    ("تأشيرة", "visa"),
    ("Residence permit", "residence"),
    ("titre de séjour", "residence"),
    ("Seaman's book", "crew"),
    ("Seaman’s Book", "crew"),
    ("Birth certificate", "other"),
    ("x" * 1000, "other"),
]


@pytest.mark.parametrize(("code", "expected"), CASES)
def test_a_code_or_word_gives_its_class(code: str, expected: str) -> None:
    """Codes and words of four languages give the class; an unknown one is `other`."""
    assert document_class(code) == expected


@pytest.mark.parametrize("nothing", [None, "", "  ", "<<"])
def test_nothing_given_has_no_class(nothing: str | None) -> None:
    """A type that isn't given is None, which counts as equal, and never `other`, which opposes."""
    assert document_class(nothing) is None


@given(st.text(max_size=20))
def test_every_text_has_a_class_or_none(text: str) -> None:
    """Any text gives one of the classes or None, and the same in any case."""
    assert document_class(text) in (*CLASSES, None)


def test_a_bad_table_refuses_to_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown class in the table is an error when it is read, not a silent `other`."""
    table = tmp_path / "types.tsv"
    table.write_text("kind\ttext\tclass\ncode\tP\tpasport\n", encoding="utf-8")
    monkeypatch.setattr(types, "_TABLE", table)
    types._tables.cache_clear()
    try:
        with pytest.raises(ModelError):
            types._tables()
    finally:
        types._tables.cache_clear()
