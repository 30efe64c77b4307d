"""The rules of the house as promises on decisions (architecture section 3)."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.decision import Decision
from matcher.passengers import traveller_row
from matcher.query import CarriedDocument
from matcher.records import Document, Traveller
from matcher.score.model import load_model
from tests.names_strategy import loose_names, names
from tests.opened import Opened, document_row, person_row, searchable, watchlist_of

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
MODEL = load_model()


def ask(opened: Opened, traveller: Traveller, at: datetime.datetime = NOW) -> Decision:
    decision: Decision = opened.decide(traveller_row(traveller, 1), at)
    return decision


def named(name: str, **fields: Any) -> Traveller:
    return Traveller(names=[name], **fields)


LISTED = watchlist_of(
    [
        person_row("p1", ["Saleh Omar Tikriti"], birth_date=(1960, 8, 31), sex="M", nationalities=["IRQ"]),
        person_row("p2", ["Mariam Haddad", "M Haddad"], kinds=["primary", "weak_alias"], birth_date=(1980, 1, 1)),
        person_row("p3", ["Zubaydah"], kinds=["weak_alias"]),
        person_row("p4", ["Zarqawi"]),
        person_row("org", ["Saleh Omar Tikriti"], kind="organisation"),
    ],
    [
        document_row("L898902C3", "UTO", "P", status="stolen", entry_id="d-1"),
        document_row("AB1234567", None, "P", status="lost", entry_id="d-2"),
        document_row("C1234567", "IRQ", "P", person_entry_id="p1"),
    ],
)


@pytest.mark.parametrize(
    ("number", "issuer", "kind", "outcome"),
    [
        ("L898902C3", "UTO", "P", "hit"),
        ("l8989-02 c3", "uto", "PP", "hit"),  # as typed by hand, same class
        ("L898902C3", "UTO", None, "hit"),  # a class missing on either side counts as equal
        ("L898902C3", "FRA", "P", "review"),  # another issuer
        ("L898902C3", None, "P", "review"),  # no issuer given
        ("L898902C3", "UTO", "V", "review"),  # another class
        ("AB1234567", "IRQ", "P", "review"),  # the list gives no issuer
        ("L898902C4", "UTO", "P", "review"),  # one character off, on a list with room between its numbers
        ("L8989O2C3", "UTO", "P", "review"),  # characters that look alike
        ("L898902C4", "FRA", "V", "no_match"),  # near, but another issuer and class
        ("M111111D4", "UTO", "P", "no_match"),
    ],
)
def test_documents_are_decided_by_number_issuer_and_class(
    number: str, issuer: str | None, kind: str | None, outcome: str
) -> None:
    """Rule 9: a hit is equal in number, issuer group and class; an equal number otherwise is a review."""
    decision = ask(LISTED, Traveller(names=["ANYONE"], documents=[Document(number, issuer, kind)]))
    assert decision.outcome == outcome
    assert all(match.channel == "document" and match.role is None for match in decision.matches)


def test_a_document_needs_no_name() -> None:
    """Rule 2: the documents channel answers for a traveller without a name."""
    assert ask(LISTED, Traveller(documents=[Document("L898902C3", "UTO", "P")])).outcome == "hit"


def test_an_attached_document_joins_the_person_or_stands_alone() -> None:
    """Rule 2: one match an entry: a person with the document as leaves, or the document with the person's id."""
    document = [Document("C1234567", "IRQ", "P")]
    both = ask(LISTED, named("Saleh Tikriti", documents=document)).matches
    assert [(match.entry_id, match.channel, match.outcome) for match in both] == [("p1", "person", "hit")]
    assert {leaf.feature for leaf in both[0].explanation.leaves()} >= {"name", "document_number"}
    born = ask(LISTED, named("John Smith", birth_date="1960-08-31", documents=document)).matches
    assert [(match.entry_id, match.channel) for match in born] == [("p1", "person")]
    alone = ask(LISTED, named("John Smith", birth_date="1999-02-03", documents=document)).matches
    assert [(match.entry_id, match.channel, match.outcome) for match in alone] == [("p1", "document", "hit")]
    assert {leaf.feature for leaf in alone[0].explanation.leaves()} == {
        "prior", "document_number", "document_issuer", "document_class",
    }  # fmt: skip


def test_equal_names_are_reviewed_unless_opposed_and_then_counted() -> None:
    """Rule 9: full-name agreement is a review; another birth year takes it away but leaves a count."""
    assert ask(LISTED, named("Tikriti Saleh")).outcome == "review"
    opposed = ask(LISTED, named("Tikriti Saleh", birth_date="1999-02-03", sex="F", nationalities=["FRA"]))
    assert opposed.outcome == "no_match"
    assert opposed.caps.equal_names_opposed == 1
    assert ask(LISTED, named("Nobody Listed")).caps.equal_names_opposed == 0


def test_one_token_names_need_to_be_equal_and_not_weak() -> None:
    """Rule 9: both names one token and equal is agreement, except by a weak alias."""
    assert [match.entry_id for match in ask(LISTED, named("ZARQAWI")).matches] == ["p4"]
    assert ask(LISTED, named("Zubaydah")).matches == ()


def test_organisations_are_kept_but_not_searched() -> None:
    """Only persons are searched for a traveller."""
    matches = ask(LISTED, named("Saleh Omar Tikriti", birth_date="1960-08-31")).matches
    assert [match.entry_id for match in matches] == ["p1"]


def test_evidence_beside_the_name_moves_the_weight_as_it_should() -> None:
    """Agreeing evidence raises, missing evidence leaves, opposing evidence lowers the match weight (rules 7, 8)."""

    def weight(**fields: Any) -> float:
        return ask(LISTED, named("Saleh Omar Tikriti", **fields)).matches[0].explanation.weight_bits

    assert weight(birth_date="1960-08-31") > weight(birth_date="1960") > weight() > weight(birth_date="1962-03-04")
    assert weight(sex="M") > weight() == weight(sex="X")
    assert weight(nationalities=["IRQ"]) > weight() > weight(nationalities=["FRA"])


@given(names, st.sampled_from([None, "1960-08-31", "1980"]))
@settings(max_examples=100)
def test_leaves_sum_exactly_to_the_match_weight(name: str, birth_date: str | None) -> None:
    """Rule 8: the explanation's leaves sum to the match weight exactly; the probability is that weight's."""
    opened = watchlist_of([person_row("p", [name, "Ali Reza Karimi"], birth_date=(1960, 8, 31))], [])
    for match in ask(opened, named("Karimi Alireza Mohammed", birth_date=birth_date)).matches:
        assert sum(leaf.weight_bits for leaf in match.explanation.leaves()) == match.match_weight
        assert match.match_probability == pytest.approx(2**match.match_weight / (1 + 2**match.match_weight))


@given(st.lists(loose_names, min_size=1, max_size=6), st.lists(names, min_size=1, max_size=6), st.integers(1, 5))
@settings(max_examples=60)
def test_a_lookup_is_row_0_of_a_batch_of_one(travellers: list[str], listed: list[str], size: int) -> None:
    """Rule 1: whatever the batches, each traveller's decision is the one of a lookup on a fresh list."""
    persons = [person_row(f"p{at}", [name]) for at, name in enumerate(listed)]
    rows = [traveller_row(named(name), at + 1) for at, name in enumerate(travellers)]
    together = watchlist_of(persons, [])
    batches = [together.screener.decide(rows[at : at + size], NOW) for at in range(0, len(rows), size)]
    alone = [watchlist_of(persons, []).decide(row, NOW) for row in rows]
    assert [one.to_row() for batch in batches for one in batch] == [one.to_row() for one in alone]


@given(st.lists(names, min_size=1, max_size=5), loose_names)
@settings(max_examples=60)
def test_weights_do_not_depend_on_the_lists_in_force(listed: list[str], name: str) -> None:
    """Rule 4: adding entries changes no weight and no outcome of the entries that were there."""
    persons = [person_row(f"p{at}", [one]) for at, one in enumerate(listed)]
    more = [*persons, *(person_row(f"x{at}", [f"Hassan Ali {at}"]) for at in range(20))]
    small = {match.entry_id: match for match in ask(watchlist_of(persons, []), named(name)).matches}
    large = {match.entry_id: match for match in ask(watchlist_of(more, []), named(name)).matches}
    assert {key: (match.match_weight, match.outcome) for key, match in small.items()} == {
        key: (match.match_weight, match.outcome) for key, match in large.items() if key in small
    }


def test_protective_first_then_outcome_then_weight() -> None:
    """Rule 10: a red entry never hides a yellow one."""
    opened = Opened(
        [
            searchable(
                [
                    person_row(
                        "red", ["Saleh Omar Tikriti"], category="red", birth_date=(1960, 8, 31), nationalities=["IRQ"]
                    )
                ],
                [],
                list_id="a-red",
            ),
            searchable(
                [person_row("yellow", ["Saleh Tikriti"], category="yellow", role="missing", protective=True)],
                [],
                list_id="b-yellow",
            ),
        ]
    )
    decision = ask(opened, named("Saleh Omar Tikriti", birth_date="1960-08-31", nationalities=["IRQ"]))
    assert [match.entry_id for match in decision.matches] == ["yellow", "red"]
    yellow, red = (match.explanation.weight_bits for match in decision.matches)
    assert yellow < red
    assert decision.outcome == "hit"
    assert "Protect first" in decision.matches[0].explanation.to_text("en")


@given(st.integers(-3, 3), st.sampled_from([None, "active", "suspended", "withdrawn"]), st.booleans())
def test_expired_suspended_or_withdrawn_entries_are_never_returned(days: int, state: str | None, gone: bool) -> None:
    """Rule 10: an entry ends with the start of its expiry day, by its state, or when the snapshot withdraws it."""
    expiry = NOW.date() + datetime.timedelta(days=days)
    person = person_row("p", ["Saleh Omar Tikriti"], expires_on=expiry, state=state)
    documents = [document_row("C1234567", "IRQ", "P", person_entry_id="p"), document_row("D1", "IRQ", "P", state=state)]
    opened = watchlist_of([person], documents, withdrawn=["p"] if gone else [])
    carried = [Document("C1234567", "IRQ", "P")]
    matches = ask(opened, named("Saleh Omar Tikriti", documents=carried)).matches
    assert bool(matches) == (days > 0 and state in (None, "active") and not gone)


def test_matches_beyond_the_limit_are_counted() -> None:
    """Rule 3: a cap that was hit is in the answer."""
    limit = int(MODEL.weights["limits"]["matches"])
    opened = watchlist_of([person_row(f"p{at:03}", ["Saleh Tikriti"]) for at in range(limit + 7)], [])
    decision = ask(opened, named("Saleh Tikriti"))
    assert len(decision.matches) == limit
    assert decision.caps.matches_over_limit == 7
    assert [match.entry_id for match in decision.matches] == [f"p{at:03}" for at in range(limit)]


def test_explanations_show_what_was_typed_and_what_is_listed() -> None:
    """Rule 11: the original text of both sides stands in the explanation, not a normalised form."""
    opened = watchlist_of([person_row("p", ["يوسف عبد الرحمن"])], [])
    decision = ask(opened, named("Yusuf Abd al-Rahman"))
    text = decision.matches[0].explanation.to_text("en")
    assert "يوسف" in text
    assert "Abd al Rahman" in text
    assert "lead, not proof" in text
    assert decision.is_lead is True


def test_a_rejected_traveller_has_no_outcome_and_a_reason() -> None:
    """A row with neither a letter nor a document is not screened, and says so; nothing is lost."""
    decision = ask(LISTED, Traveller(names=["..."]))
    assert (decision.outcome, decision.matches, decision.reject_reason) == (None, (), "no_name_or_document")


def test_hostile_travellers_are_bounded_and_counted() -> None:
    """Rule 12: names that grow when normalised, thousands of names or documents: bounded work, counts in the caps."""
    grown = ask(LISTED, named("\ufdfa" * 9_990))
    assert grown.caps.names_over_limit == 1
    many = Traveller(
        names=[f"Ali {'a' * at}" for at in range(100)], documents=[Document(f"A{at}") for at in range(5_000)]
    )
    decision = ask(LISTED, many)
    assert decision.caps.names_over_limit == 84
    assert decision.caps.documents_over_limit == 4_984


ODD_NAMES = {
    "empty": "",
    "particles": "al bin de la",
    "punctuation": "-- ' . ,, ()",
    "an unknown script": "ᚠᚢᚦᚨᚱ ᚲᚷᚹ",
    "scripts mixed in a token": "Aлиعλי 阿Ali알",
    "half a surrogate pair": "\ud800",
    "half a surrogate pair in a name": "Sal\ud800eh Tik\udfffriti",
    "10,000 letters": "abcdefghij" * 1_000,
    "10,000 words": "saleh " * 10_000,
    "one letter": "x",
    "40 tokens": "saleh tikriti " * 20,
}


@pytest.mark.parametrize("kind", ODD_NAMES)
def test_odd_names_have_an_answer(kind: str) -> None:
    """Listed or asked: an answer or a reason, the same from a lookup as beside others, and a hit cap is counted."""
    name = ODD_NAMES[kind]
    listed = [one for one in ODD_NAMES.values() if not re.search("[\ud800-\udfff]", one)]  # no file holds half a pair
    odd = watchlist_of([person_row(f"p{at}", [one]) for at, one in enumerate((*listed, "Saleh"))], [])
    alone, beside = ask(odd, Traveller(names=[name])), ask(odd, Traveller(names=[name, "Saleh Tikriti"]))
    assert (alone.outcome is None) == (alone.reject_reason is not None)
    assert beside.outcome == "review"
    assert beside.caps.names_over_limit == alone.caps.names_over_limit
    is_cut = kind in ("10,000 letters", "10,000 words", "40 tokens")
    assert alone.caps.names_over_limit == int(is_cut)


def test_listed_text_cannot_reorder_an_explanation() -> None:
    """Rule 12: bidi and control characters inside a listed or typed value do not reach the text of reasons."""
    opened = watchlist_of([person_row("p", ["Saleh\u2069\u202e Tik\x1b[2Jriti"], contact="NCB\u2069\u202eParis")], [])
    text = ask(opened, named("Saleh Tik 2Jriti")).matches[0].explanation.to_text("en")
    assert not set("\u202e\x1b") & set(text)
    assert text.count("\u2068") == text.count("\u2069")


def test_a_document_search_returns_no_ended_entry() -> None:
    """Rule 10 holds for the search of documents too: an expired person's document is not found, a living one's is."""
    persons = [person_row("old", ["A B"], expires_on=datetime.date(2020, 1, 1)), person_row("new", ["C D"])]
    documents = [document_row("X1", "IRQ", "P", person_entry_id=one) for one in ("old", "new")]
    one = searchable(persons, documents)
    carried = CarriedDocument("X1", None, None)
    assert [found.entry_id for found in one.documents(carried, NOW.date())] == ["new"]
    assert [found.entry_id for found in one.documents(carried, datetime.date(2019, 1, 1))] == ["old", "new"]


def test_a_zone_whose_digits_hold_allows_only_slips_that_keep_them() -> None:
    """Domain facts 1.3: read with its digit in order, L898902C4 is not L898902C3; L898902M3 may be."""

    def outcome(number: str, **fields: Any) -> str | None:
        return ask(LISTED, Traveller(documents=[Document(number, "UTO", "P")], **fields)).outcome

    assert outcome("L898902C4", source="mrz") == "no_match"
    assert outcome("L898902C4", source="manual") == "review"
    assert outcome("L898902M3", source="mrz") == "review"  # C and M have one residue: the digit cannot tell them apart


def test_near_numbers_are_rarely_a_review_on_a_dense_list() -> None:
    """The same slip weighs less where many listed numbers are within its reach, and then makes no review."""
    listed = [document_row(f"AB{at:07}", "IRQ", "P", entry_id=f"d-{at}") for at in range(2000)]
    dense, sparse = watchlist_of([], listed), watchlist_of([], listed[:1])
    near = Traveller(documents=[Document("AB1000000", "IRQ", "P")])
    assert ask(sparse, near).outcome == "review"
    assert ask(dense, near).outcome == "no_match"


def test_an_attached_near_number_makes_a_pair_comparable() -> None:
    """Rule 3 (b): by one slip too; with the name the document is a leaf of the person."""
    document = [Document("C1234568", "IRQ", "P")]
    matches = ask(LISTED, named("Saleh Tikriti", documents=document)).matches
    assert [(match.entry_id, match.channel) for match in matches] == [("p1", "person")]
    levels = {leaf.feature: leaf.level for leaf in matches[0].explanation.leaves()}
    assert levels["document_number"] == "substituted"


def test_expiry_counts_where_both_sides_have_one() -> None:
    """An equal expiry date supports, another opposes, a missing one says nothing."""
    day = datetime.date(2030, 1, 2)
    opened = watchlist_of([], [document_row("AB1234567", "IRQ", "P", expires_on=day, entry_id="d-1")])

    def weight(expires_on: str | None) -> float:
        carried = [Document("AB1234567", "IRQ", "P", expires_on)]
        return ask(opened, Traveller(documents=carried)).matches[0].explanation.weight_bits

    assert weight("2030-01-02") > weight(None) > weight("2031-01-02")
