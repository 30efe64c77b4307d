"""A word that can be read in two ways is read in both, and in no more."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matcher.text import Token, analyse_name
from matcher.text.pieces import word_of
from tests.names_strategy import PARTS, any_text, loose_names, names

VECTORS = Path(__file__).parents[1] / "vectors" / "name_readings.tsv"
STORM = "Z" + "\u0335\u0336\u0489" * 300 + "algo"
UNREADABLE = ["ءء", "ь", "𠤠", "𡩕", "ء", "Ъ", "𒊊"]
MIXED = "محمдAliΓ김李ג"


def vectors() -> list[tuple[str, str, str, str]]:
    with VECTORS.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE) if not row[0].startswith("#")]
    return [(row[0], row[1], row[2], row[3]) for row in rows[1:]]


def seconds(tokens: tuple[Token, ...]) -> str:
    return " ".join(token.second.form if token.second else "-" for token in tokens)


@pytest.mark.parametrize(("text", "first", "second", "why"), vectors())
def test_readings(text: str, first: str, second: str, why: str) -> None:
    """A name of the vector file has exactly the readings that stand beside it."""
    tokens = analyse_name(text)
    assert (" ".join(token.form for token in tokens), seconds(tokens)) == (first, second), why


@given(st.one_of(any_text, loose_names, st.text("ابعدلمنوهيقضxX7'آةーא־김李žß<- ", max_size=30)))
@example("آلAא")  # an article before a word of two other scripts
@settings(max_examples=500)
def test_tokens_keep_their_promises(text: str) -> None:
    """Forms are a-z, readings differ, no third reading, nothing is empty, and the same text gives the same tokens."""
    for token in analyse_name(text):
        for one in (token, token.second or token):
            assert one.form.isascii()
            assert one.form.isalpha()
            assert one.form.islower()
            assert one.letters
            assert one.script
            assert one.original.strip()
        if token.script == "latin":
            assert token.letters == token.form
        if token.second:
            assert token.second.second is None
            assert (token.second.form, token.second.skeleton) != (token.form, token.skeleton)
    assert analyse_name(text) == analyse_name(text + " ")


@given(names)
def test_case_borders_and_spaces_change_no_reading(name: str) -> None:
    """Upper case, fillers and double spaces change no reading, whatever the script."""

    def told(text: str) -> list[tuple[str, str, str]]:
        tokens = analyse_name(text)
        return [(token.form, token.letters, token.second.form if token.second else "") for token in tokens]

    assert told(name.upper()) == told(name)
    assert told(f"<{name.replace(' ', '<<')}<<<") == told(name)
    assert told(f"  {name.replace(' ', '   ')}\t") == told(name)


@given(st.sampled_from(PARTS))
def test_forms_are_stable(part: str) -> None:
    """The form of a token, read again, is that form."""
    for token in analyse_name(part):
        assert [one.form for one in analyse_name(token.form)] == [token.form]


@pytest.mark.parametrize("word", UNREADABLE)
def test_a_word_that_cannot_be_read_is_no_token(word: str) -> None:
    """Letters that no table spells give no token, so two such names never equal each other."""
    assert analyse_name(word) == ()
    assert [token.form for token in analyse_name(f"Ali {word}")] == ["ali"]


def test_half_readable_words_are_not_equal() -> None:
    """A word is not read by the letters that happen to be known."""
    assert analyse_name("小𠤠") == ()
    assert analyse_name("小𡩕") == ()


def test_mixed_scripts_are_read_run_by_run() -> None:
    """A look-alike from another script changes nothing, a word of many scripts has one token."""
    assert [token.form for token in analyse_name("Ivаnov")] == ["ivanov"]  # the second a is Cyrillic
    assert len(analyse_name(MIXED)) == 1
    assert analyse_name(MIXED)[0].second is None


def test_storm_of_marks_is_invisible() -> None:
    """Hundreds of combining marks leave the letters."""
    assert [(token.form, token.letters) for token in analyse_name(STORM)] == [("zalgo", "zalgo")]
    assert len(analyse_name("ع" + "\u0655" * 999)) == 1


def test_one_letter_and_a_hundred_words_are_bounded() -> None:
    """Initials are tokens of one letter; of a hundred words the first are read."""
    assert [token.form for token in analyse_name("J. R. R. T.")] == ["j", "r", "r", "t"]
    assert len(analyse_name(" ".join(f"na{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(100)))) == 24


@pytest.mark.parametrize("part", ["ال", "ould", "αυ", "ג'", "abdal", "عبدال", "MXH", "김", "1a2b", "al ", "abd "])
def test_repeated_particles_cost_little(part: str) -> None:
    """A thousand letters of a particle are read without deep recursion, and in bounded time."""
    started = time.process_time()
    assert len(analyse_name(part * (1_000 // len(part)))) <= 24
    assert time.process_time() - started < 0.1  # some 5 ms on a busy machine


def test_words_are_read_once() -> None:
    """The same word in two names is the same token object, and what is remembered is bounded."""
    assert analyse_name("Hassan Khan")[1] is analyse_name("Imran Khan")[1]
    assert analyse_name.cache_info().maxsize is not None
    assert word_of.cache_info().maxsize is not None


SAME = [
    ("Abd al-Rahman al-Rashid", "عبد الرحمن الراشد"),
    ("Abderrahmane Rachid", "عبدالرحمن رشيد"),
    ("Saif al-Din Qutuz", "سيف الدين قطز"),
    ("Nasrullah Khan", "نصرالله خان"),
    ("Abu Bakr al-Baghdadi", "أبو بكر البغدادي"),
    ("Abolfazl Beyhaqi", "ابوالفضل بيهقي"),
    ("Shahram Shahbazi", "شهرام شهبازي"),
    ("Morteza Razavi", "مرتضی رضوی"),
    ("Javad Sadeghi", "جواد صادقی"),
    ("Fathi Farah", "فتحي فرح"),
    ("Izharul Haq", "اظهار الحق"),
    ("Taha Yaseen", "طه ياسين"),
    ("Vahid Parvizi", "وحید پرویزی"),
    ("Elham Elyas", "الهام الياس"),
]


@pytest.mark.parametrize(("latin", "arabic"), SAME)
def test_both_scripts_of_a_name_have_one_skeleton(latin: str, arabic: str) -> None:
    """Token by token, a skeleton of the one side is a skeleton of the other."""

    def told(text: str) -> list[set[str]]:
        return [{one.skeleton for one in (token, token.second) if one} for token in analyse_name(text)]

    left, right = told(latin), told(arabic)
    assert len(left) == len(right)
    assert all(one & other for one, other in zip(left, right, strict=True)), (left, right)


def test_different_names_keep_different_skeletons() -> None:
    """What tells two names apart is not folded away."""
    for one, other in (("Hassan", "Khaled"), ("Abd al-Rahman", "Abu Rahman"), ("Karim", "Salim"), ("Nadir", "Nasir")):
        assert analyse_name(one)[0].skeleton != analyse_name(other)[0].skeleton


def test_letters_are_those_of_the_form() -> None:
    """Particles are treated in the letters as in the form."""
    assert [token.letters for token in analyse_name("عبد ال رحمن السيد")] == ["عبدالرحمن", "سيد"]
    assert [token.letters for token in analyse_name("سيف الدين")] == ["سيفالدين"]
    assert analyse_name("김")[0].letters == "\u1100\u1175\u11b7"


def test_coded_arabic_equals_the_script() -> None:
    """A name typed in ICAO's Arabic scheme has the letters of the name in Arabic script, and keeps what was typed."""
    coded, written = analyse_name("XAEXHMD<<ABW<BKR"), analyse_name("أحمد أبو بكر")
    assert [token.letters for token in coded] == [token.letters for token in written]
    assert [token.form for token in coded] == [token.form for token in written]
    assert coded[0].original == "XAEXHMD"


def test_form_has_no_border() -> None:
    """The border between letters that are no digraph is seen by the skeleton only."""
    assert analyse_name("سهر")[0].form == "shr"
    assert analyse_name("سهر")[0].skeleton != analyse_name("شر")[0].skeleton


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Abdul Basit", "basit"),
        ("عبد الباسط", "bast"),
        ("Salah Eddine", "salah"),
        ("صلاح الدين", "slah"),
        ("Abu Hamza", None),
    ],
)
def test_a_fused_name_keeps_what_it_is_made_with(name: str, part: str | None) -> None:
    """`abd` and `al-din` fuse with a name that stands alone as a last resort; a kunya's does not."""
    token = analyse_name(f"{name} Jamal")[0]
    assert (token.part.form if token.part else None) == part


@pytest.mark.parametrize("name", ["Ahmed Al-Masri", "Ahmed Almasri", "احمد المصري"])
def test_a_dropped_article_is_remembered(name: str) -> None:
    """Written apart, glued, or in Arabic: the article leads the name."""
    token = analyse_name(name)[1]
    assert token.lead is not None
    assert token.lead.form == "al"
    assert analyse_name("Ahmed Masri")[1].lead is None
