"""Explanations: sums, isolation, what was missing, one snapshot a language."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from matcher.errors import LocaleError
from matcher.explain import LOCALES, Explanation, Subject, catalogue
from matcher.explain.missing import Missing, missing_fields
from matcher.score.evidence import Evidence
from tests.explain.cases import DOCUMENT, HOSTILE, MISSING, PERSON
from tests.opened import document_row, person_row, watchlist_of
from tests.watchlist.test_rules import ask, named

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
CONTROLS = {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\x1b", "\x00", "\ud800"}


def hostile(value: str) -> Explanation:
    """An explanation in which everything that comes from outside is one hostile value."""
    subject = Subject(value, value, "person", value, role=value, requested_action=value, contact=value, status=value)
    leaves = (Evidence("name", "similar", value, value, 2.5), Evidence("birth_place", "same_place", value, value, 5.0))
    return Explanation(leaves, subject, MISSING)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("name", "explanation"), [("person", PERSON), ("document", DOCUMENT)])
def test_text_is_as_read_and_agreed(name: str, explanation: Explanation, locale: str) -> None:
    """The text of each language, as people who read it have seen it; a change is looked at, not regenerated."""
    expected = (SNAPSHOTS / f"explanation_{name}_{locale}.txt").read_text("utf-8")
    assert explanation.to_text(locale) + "\n" == expected


@pytest.mark.parametrize("locale", LOCALES)
def test_leaves_sum_in_every_form(locale: str) -> None:
    """One weight: the leaves of the object, of the dict and of the JSON sum to it exactly, in every language."""
    assert sum(leaf.weight_bits for leaf in PERSON.leaves()) == PERSON.weight_bits
    plain = PERSON.to_dict(locale)
    assert sum(leaf["weight_bits"] for leaf in plain["leaves"]) == plain["match_weight"] == PERSON.weight_bits
    assert json.loads(PERSON.to_json(locale)) == plain
    assert json.loads(DOCUMENT.to_json(locale))["subject"]["reported_on"] == "2025-01-02"


def test_letters_change_no_leaf() -> None:
    """Letters are aligned when asked, for aligned tokens alone, and the leaves stay what they were."""
    before = PERSON.leaves()
    shown = {leaf.level: PERSON.letters(leaf) for leaf in before if leaf.feature == "name"}
    assert shown["spelling"][0] == ("Sh", "ش")
    assert shown["comparable"] == shown["base"] == shown["left_over"] == ()
    assert PERSON.letters(before[6]) == ()
    assert PERSON.leaves() == before
    assert "letters:" in PERSON.to_text("en")
    assert "letters:" not in PERSON.to_text("en", letters=False)


@pytest.mark.parametrize("locale", LOCALES)
def test_both_values_the_action_the_gaps_and_the_caution_are_said(locale: str) -> None:
    """Rule 11 and issue 6: original text of both sides, what the list asks, what was missing, that this is a lead."""
    words, text = catalogue(locale), PERSON.to_text(locale)
    for value in ("Sherif", "شريف", "Locate; inform the NCB", "NCB Beirut", "1974-08-12", "notices", "y-17"):
        assert f"\u2068{value}\u2069" in text, value
    for said in (words["frame"]["lead"], words["frame"]["protective"], words["role"]["missing"]):
        assert said in text
    for field in ("nationality", "birth_place", "document"):
        assert words["field"][field] in text.splitlines()[-1]
    assert f"{words['field']['sex']} (" not in text.splitlines()[-1]


def test_an_arabic_line_keeps_its_direction_and_isolates_what_is_latin() -> None:
    """Each line begins with U+200F, and no Latin letter or digit stands outside an isolate."""
    for explanation in (PERSON, DOCUMENT):
        for line in (*explanation.to_text("ar").splitlines(), explanation.headline("ar")):
            assert line.startswith("\u200f")
            outside = "".join(part.partition("\u2069")[2] for part in ("\u2069" + line).split("\u2068"))
            assert not any(letter.isascii() and letter.isalnum() for letter in outside), line


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_leaves_its_isolate_or_its_line(locale: str, value: str) -> None:
    """Bidi controls, line separators and placeholders inside a value change nothing around it."""
    text = hostile(value).to_text(locale)
    assert not CONTROLS & set(text)
    lines, plain = (hostile(one).to_text(locale, letters=False).splitlines() for one in (value, "x"))
    assert len(lines) == len(plain) - (not value)  # no contact, no line
    depth = 0
    for letter in text:
        depth += {"\u2068": 1, "\u2069": -1}.get(letter, 0)
        assert depth in (0, 1)
    assert depth == 0


def test_joiners_of_persian_names_are_kept() -> None:
    """U+200C belongs to the spelling of a name and reorders nothing."""
    leaf = Evidence("name", "exact", "علی\u200cرضا", "علی\u200cرضا", 1.0)
    assert "علی\u200cرضا" in Explanation((leaf,)).to_text("en")


def test_an_unknown_language_is_refused_by_every_form() -> None:
    """No form falls back to another language in silence."""
    for form in (PERSON.to_text, PERSON.to_dict, PERSON.to_json, PERSON.to_svg, PERSON.headline):
        with pytest.raises(LocaleError):
            form("xx")


LISTED = watchlist_of(
    [
        person_row("full", ["Saleh Omar Tikriti"], birth_date=(1960, 8, 31), sex="M", nationalities=["IRQ"],
                   birth_places=["Tikrit"]),
        person_row("bare", ["Anna Maria Eriksson"]),
    ],
    [document_row("C1234567", "IRQ", "P", person_entry_id="full")],
)  # fmt: skip


def test_what_was_not_compared_is_said_with_the_side_that_lacks_it() -> None:
    """A field without a leaf is named with the side where it is absent; one with a leaf is not named."""

    def missing(name: str, **fields: object) -> dict[str, str]:
        found = ask(LISTED, named(name, **fields)).matches[0].explanation
        return {one.field: one.side for one in found.missing}

    every = ("birth_date", "sex", "nationality", "birth_place", "document")
    assert missing("Saleh Omar Tikriti") == dict.fromkeys(every, "query")
    assert missing("Anna Maria Eriksson") == dict.fromkeys(every, "both")
    given = {"birth_date": "1960-08-31", "sex": "M", "nationalities": ["IRQ"], "birth_place": "Tikrit"}
    assert missing("Saleh Omar Tikriti", **given) == {"document": "query"}
    assert missing("Anna Maria Eriksson", **given) == {**dict.fromkeys(every[:4], "entry"), "document": "both"}
    assert missing("Saleh Omar Tikriti", **{**given, "sex": "X"})["sex"] == "unusable"


def test_documents_without_a_number_in_common_are_said_so() -> None:
    """A traveller's document that is not the entry's weighs nothing, and the reader is told; an equal one is a leaf."""
    from matcher.records import Document

    def of(number: str) -> Explanation:
        documents = [Document(number, "IRQ", "P")]
        return ask(LISTED, named("Saleh Omar Tikriti", documents=documents)).matches[0].explanation

    assert Missing("document", "none_in_common") in of("Z9999999").missing
    assert "document" not in {one.field for one in of("C1234567").missing}


def test_missing_needs_no_leaf_of_a_field() -> None:
    """Every leaf beside the name belongs to a field that can be missing, documents by their number."""
    from matcher.entry import open_person
    from matcher.passengers import traveller_row
    from matcher.query import make_query

    query, entry = make_query(traveller_row(named("A B"), 1)), open_person(person_row("p", ["A B"]))
    leaves = [Evidence(name, "x", None, None, 0.0) for name in ("birth_date", "sex", "nationality", "birth_place")]
    number = Evidence("document_number", "exact", "1", "1", 0.0)
    assert missing_fields(query, entry, [*leaves, number], has_documents=True) == ()


def test_an_answer_carries_what_was_missing() -> None:
    """The dict of a match holds leaves, gaps and text in the language asked for; letters only where asked."""
    decision = ask(LISTED, named("Salih Omar Tikriti"))
    match = decision.to_dict("es")["matches"][0]["explanation"]
    assert match["missing"][0] == {"field": "birth_date", "side": "query"}
    assert "No se comparó" in match["text"]
    assert "letras" not in match["text"]
    assert "letras" in decision.to_dict("es", letters=True)["matches"][0]["explanation"]["text"]
    assert match["leaves"] == [dataclasses.asdict(leaf) for leaf in decision.matches[0].explanation.leaves()]
