"""Aligned letters are cut out of what was written, and say which letters stand for which."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.explain.letters import aligned_letters
from tests.names_strategy import PARTS, any_text

LEVELS = ("exact", "spelling", "similar", "weak", "joined", "initial", "prefix")


@pytest.mark.parametrize(
    ("query", "entry", "level", "pairs"),
    [
        ("شريف", "Sherif", "spelling", "ش=Sh ر=er ي=i ف=f"),
        ("Sherif", "شريف", "spelling", "Sh=ش er=ر i=ي f=ف"),
        ("Philippe", "Filip", "spelling", "Ph=F ili=ili pp=p e="),
        ("Müller", "Mueller", "exact", "M=M ü=ue ller=ller"),
        ("Ericsson", "ERIKSSON", "similar", "Eri=ERI c=K sson=SSON"),
        ("أحمد", "احمد", "exact", "أ=ا حمد=حمد"),
        ("Хасан", "حسن", "spelling", "Ха=ح са=س н=ن"),
        ("泽东", "Zedong", "spelling", "泽=Ze 东=dong"),
        ("김", "Kim", "spelling", "김=Kim"),
        ("M", "Mohammed", "initial", "M=M =ohammed"),
        ("Mohammed", "M", "initial", "M=M ohammed="),
        ("م", "Mohammed", "initial", "م=M =ohammed"),
        ("Moham", "MOHAMMED", "prefix", "Moham=MOHAM =MED"),
        ("สมชาย", "Somchai", "similar", "สมชาย=Somchai"),  # no letter model: the whole is one pair
    ],
)
def test_letters_stand_for_letters(query: str, entry: str, level: str, pairs: str) -> None:
    """Across scripts chunk by chunk, in one script what is written alike as one, the rest apart."""
    assert " ".join("=".join(pair) for pair in aligned_letters(query, entry, level)) == pairs


def test_a_dropped_article_stands_apart() -> None:
    """What the comparison dropped is shown before the letters that were compared."""
    assert aligned_letters("Al Khouri", "Khoury", "spelling")[0] == ("Al ", "")
    assert aligned_letters("Al Khouri", "الخوري", "spelling")[0] == ("Al ", "ال")


@given(st.sampled_from(PARTS), st.sampled_from(PARTS), st.sampled_from(LEVELS))
@settings(max_examples=150)
def test_chunks_join_to_what_was_written(query: str, entry: str, level: str) -> None:
    """Whatever the scripts, no letter is lost, added or shown in another form, and no pair is empty."""
    pairs = aligned_letters(query, entry, level)
    assert "".join(chunk for chunk, _ in pairs) == query
    assert "".join(chunk for _, chunk in pairs) == entry
    assert all(any(pair) for pair in pairs)


@given(any_text, any_text, st.sampled_from(LEVELS))
@settings(max_examples=100)
def test_any_text_is_aligned_without_a_loss(query: str, entry: str, level: str) -> None:
    """Marks, controls, emoji, letters of no known script: the chunks still join to the text."""
    pairs = aligned_letters(query, entry, level)
    assert ("".join(chunk for chunk, _ in pairs), "".join(chunk for _, chunk in pairs)) == (query, entry)


@given(st.sampled_from(PARTS))
@settings(max_examples=40)
def test_a_name_beside_itself_differs_in_no_letter(name: str) -> None:
    """Equal texts are one pair."""
    assert aligned_letters(name, name, "exact") == ((name, name),)
