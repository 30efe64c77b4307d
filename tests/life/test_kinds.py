"""Kinds of entries and what is asked for each: descriptions, ways of working, several lists, indicators."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from matcher import Document, Store, Traveller
from matcher.policy.indicators import indicators
from tests.access.lists import AT, CARRIER, KEY, OFFICER, PARTNER, PROTECTOR, Row, asked, person, put


def opened(tmp_path: Path, *rows: Row, policy: str | None = None) -> Store:
    """A store with one list."""
    store = Store(tmp_path / "s", KEY)
    put(store, "l", rows, tmp_path, policy=policy)
    return store


class TestBlack:
    """Bodies to be identified: found by description, never by a name alone."""

    def test_a_name_alone_finds_nothing(self, tmp_path: Path) -> None:
        """An equal name without agreeing features is no match; with two it is a review, never a hit."""
        row = person("b", "Karim Haddad", category="black", sex="M", nationality="LBN", birth_place="Beirut")
        store = opened(tmp_path, row)
        assert store.open().lookup(Traveller(names=["Karim Haddad"]), AT).matches == ()
        assert store.open().lookup(Traveller(names=["Karim Haddad"], sex="M"), AT).matches == ()
        found = store.open().lookup(Traveller(names=["Karim Haddad"], sex="M", birth_date="1971-03-04"), AT)
        assert found.outcome == "review"
        (match,) = found.matches
        assert (match.category, match.requested_action, match.urgency) == ("black", "identify", "prompt")

    def test_a_description_finds_without_a_name(self, tmp_path: Path) -> None:
        """Birth date, sex and place agree, the name is another: a review; two features are too few."""
        row = person("b", "Unknown Person", category="black", sex="M", birth_place="Beirut", nationality="LBN")
        store = opened(tmp_path, row, person("r", "Unknown Person", sex="M", birth_place="Beirut", nationality="LBN"))
        carried = {"birth_date": "1971-03-04", "sex": "M", "birth_place": "Beirut"}
        found = store.open().lookup(Traveller(names=["Walid Zeitoun"], **carried), AT)  # type: ignore[arg-type]
        assert [match.entry_id for match in found.matches] == ["b"]
        assert found.outcome == "review"
        (match,) = found.matches
        assert sum(leaf.weight_bits for leaf in match.explanation.leaves()) == match.match_weight
        two = Traveller(names=["Walid Zeitoun"], birth_date="1971-03-04", sex="M")
        assert store.open().lookup(two, AT).matches == ()

    def test_a_document_finds_it_as_any(self, tmp_path: Path) -> None:
        """The document found on a body finds it whatever the name."""
        store = opened(tmp_path, person("b", "Unknown Person", category="black", document="UTO AB12345"))
        found = store.open().lookup(asked("Walid Zeitoun", number="AB12345"), AT)
        assert found.outcome == "hit"


class TestPurple:
    """Ways of working: document, issuer, route and carrier, not a person."""

    ROW: ClassVar[dict[str, str]] = {
        "entry_id": "p1", "name": "", "category": "purple", "pattern_document_type": "P", "pattern_issuer": "UTO",
        "pattern_route": "IST-TIP", "pattern_carrier": "XY",
    }  # fmt: skip

    def traveller(self, **changed: object) -> Traveller:
        """A traveller whose journey is that of the pattern, but for some fields."""
        fields: dict[str, object] = {
            "names": ["Karim Haddad"],
            "documents": [Document("A1234567", "UTO", "PP")],
            "carrier": "xy",
            "route": ["AMM", "IST", "TIP"],
        }
        return Traveller(**{**fields, **changed})  # type: ignore[arg-type]

    def test_every_criterion_must_agree(self, tmp_path: Path) -> None:
        """All four agree: a review that nothing weighs; one missing or another: nothing."""
        watchlist = opened(tmp_path, self.ROW, person("a", "X Y")).open()
        found = watchlist.lookup(self.traveller(), AT)
        assert found.outcome == "review"
        (match,) = found.matches
        assert (match.channel, match.match_weight, match.match_probability) == ("pattern", None, None)
        assert [leaf.level for leaf in match.explanation.leaves()] == [
            "document_type", "issuing_state", "route", "carrier",
        ]  # fmt: skip
        assert "bits" not in match.explanation.to_text("en")
        for changed in (
            {"carrier": None}, {"carrier": "ZZ"}, {"route": ["TIP", "IST"]}, {"route": ()},
            {"documents": [Document("A1234567", "UTO", "V")]}, {"documents": [Document("A1234567", "FRA", "P")]},
        ):  # fmt: skip
            assert watchlist.lookup(self.traveller(**changed), AT).matches == (), changed

    def test_a_pattern_is_not_a_person(self, tmp_path: Path) -> None:
        """Its title is no name that a traveller could bear."""
        store = opened(tmp_path, {**self.ROW, "name": "Karim Haddad"}, person("a", "X Y"))
        assert store.open().lookup(Traveller(names=["Karim Haddad"]), AT).matches == ()
        assert store.lists()[0].by_kind == {"pattern": 1, "person": 1}

    def test_one_criterion_alone_is_a_whole_flight(self, tmp_path: Path) -> None:
        """A pattern that names one criterion is kept and finds nobody."""
        row = {"entry_id": "p1", "name": "", "category": "purple", "pattern_carrier": "XY"}
        assert opened(tmp_path, row, person("a", "X Y")).open().lookup(self.traveller(), AT).matches == ()


def test_a_red_entry_never_hides_a_yellow_one_and_both_name_each_other(tmp_path: Path) -> None:
    """Entries on one person are shown together, protection first, each naming the other."""
    store = opened(tmp_path, person("red", "Karim Haddad", related_entries="Y-7", sex="M"))
    put(
        store,
        "missing",
        [{**person("y", "Karim Haddad", category="yellow", role="missing"), "source_reference": "Y-7"}],
        tmp_path,
    )
    decision = store.open().lookup(asked("Karim Haddad"), AT)
    assert [(match.entry_id, match.related) for match in decision.matches] == [
        ("y", ("l/red",)),
        ("red", ("missing/y",)),
    ]


def test_a_document_of_a_listed_person_carries_the_persons_kind(tmp_path: Path) -> None:
    """Documents associated with notices hit as such, by number alone (TDAWN)."""
    store = opened(tmp_path, person("r", "Karim Haddad", category="red_notice", document="UTO AB12345"))
    (match,) = store.open().lookup(Traveller(documents=[Document("AB12345", "UTO", "P")]), AT).matches
    assert (match.category, match.entry_id, match.channel) == ("red", "r", "document")
    assert match.requested_action == "locate-and-hold-for-extradition"


class TestReferral:
    """One neutral match in place of what a caller may not see."""

    def test_an_officer_without_the_scope_is_asked_to_refer(self, tmp_path: Path) -> None:
        """However many entries: one match that names nothing but the policy's contact."""
        rows = [person(str(n), "Samira Qabbani", category="yellow", role="missing") for n in range(3)]
        store = opened(tmp_path, *rows, policy='contact = "NCB Paris"')
        decision = store.open(access=OFFICER).lookup(asked("Samira Qabbani"), AT)
        (match,) = decision.matches
        shown = match.to_row()
        said = {name for name, value in shown.items() if value not in (None, [], False)}
        assert said == {"channel", "outcome", "requested_action", "contact"}
        assert (match.channel, match.outcome, match.requested_action) == ("referral", "review", "refer")
        assert match.contact == "NCB Paris"
        assert decision.outcome == "review"
        assert decision.caps.equal_names_opposed == decision.caps.matches_over_limit == 0
        assert len(store.open(access=PROTECTOR).lookup(asked("Samira Qabbani"), AT).matches) == 3
        assert store.open(access=OFFICER).lookup(asked("Somebody Else"), AT).matches == ()

    @pytest.mark.parametrize("locale", ["en", "fr", "ar", "es"])
    def test_its_text_says_nothing_of_the_entry(self, tmp_path: Path, locale: str) -> None:
        """The explanation of a referral is the same for every entry."""
        texts = set()
        for number, fields in enumerate(({"category": "yellow"}, {"role": "victim", "category": "other"})):
            folder = tmp_path / str(number)
            folder.mkdir()
            store = opened(folder, person("a", "Samira Qabbani", **fields))
            (match,) = store.open(access=OFFICER).lookup(asked("Samira Qabbani"), AT).matches
            texts.add(match.explanation.to_text(locale))
        assert len(texts) == 1

    def test_a_partner_gets_protective_referrals_only(self, tmp_path: Path) -> None:
        """A red entry is nothing to a social service; a victim is a referral."""
        store = opened(tmp_path, person("r", "Karim Haddad"), person("v", "Samira Qabbani", role="victim"))
        watchlist = store.open(access=PARTNER)
        assert watchlist.lookup(asked("Karim Haddad"), AT).matches == ()
        assert [match.channel for match in watchlist.lookup(asked("Samira Qabbani"), AT).matches] == ["referral"]


def test_a_carrier_gets_three_words_and_nothing_else(tmp_path: Path) -> None:
    """Cleared, refer or document_invalid: no match, no count, no list."""
    store = opened(
        tmp_path,
        person("r", "Karim Haddad"),
        person("y", "Samira Qabbani", category="yellow", role="missing"),
        person("g", "Leila Mansour", category="green"),
    )
    listed = tmp_path / "sltd.csv"
    listed.write_text(
        "document_number,issuing_state,document_type,status,reported_on,issued_on,expires_on,review_on,"
        "national_reference,note\nA1234567,UTO,P,stolen,2025-01-02,,,,,\n",
        "utf-8",
    )
    store.import_list("sltd", format="sltd-csv", path=listed)
    watchlist = store.open(access=CARRIER)
    stolen = Traveller(names=["Walid Zeitoun"], documents=[Document("A1234567", "UTO", "P")])
    near = Traveller(names=["Walid Zeitoun"], documents=[Document("A1234576", "UTO", "P")])
    travellers = [asked("Karim Haddad"), asked("Samira Qabbani"), asked("Leila Mansour"), stolen, near]
    decisions = watchlist.lookup_batch(travellers, AT)
    outcomes = [decision.outcome for decision in decisions]
    assert outcomes == ["refer", "cleared", "cleared", "document_invalid", "refer"]
    for decision in decisions:
        row = decision.to_row()
        assert (row["matches"], row["known_different"], row["guidance"], row["list_id"]) == ([], [], [], None)
        assert set(row["caps"].values()) == {0}


class TestIndicators:
    """Ticked indicators show guidance; they never make a match nor lower one."""

    def test_they_bring_guidance_in_four_languages(self, tmp_path: Path) -> None:
        """Texts of what was ticked, guidance and referral, the outcome as without."""
        watchlist = opened(tmp_path, person("a", "Karim Haddad")).open()
        known = indicators()[0].indicator_id
        for name in ("Karim Haddad", "Walid Zeitoun"):
            plain = watchlist.lookup(asked(name), AT)
            fields = {"names": [name], "birth_date": "1971-03-04", "reference": "t"}
            with_ticks = watchlist.lookup(Traveller(**fields, indicators=[known]), AT)  # type: ignore[arg-type]
            assert (with_ticks.outcome, with_ticks.matches) == (plain.outcome, plain.matches)
            assert plain.to_dict()["guidance"] is None
            shown = {with_ticks.to_dict(locale)["guidance"]["referral"] for locale in ("en", "fr", "ar", "es")}
            assert len(shown) == 4

    def test_an_unknown_one_is_a_warning(self, tmp_path: Path) -> None:
        """Nothing is guessed and nothing is lost."""
        watchlist = opened(tmp_path, person("a", "Karim Haddad")).open()
        decision = watchlist.lookup(Traveller(names=["Karim Haddad"], indicators=["no-such"]), AT)
        assert decision.warnings == ("indicator_unknown",)
        assert decision.guidance == ()

    def test_a_carrier_is_not_told(self, tmp_path: Path) -> None:
        """A carrier gets an outcome and nothing else."""
        watchlist = opened(tmp_path, person("a", "Karim Haddad")).open(access=CARRIER)
        known = indicators()[0].indicator_id
        assert watchlist.lookup(Traveller(names=["X Y"], indicators=[known]), AT).guidance == ()
