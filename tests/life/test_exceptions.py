"""Known false pairs: not raised again until either side changes, shown, and never hiding a protective entry."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from matcher import Store, Traveller
from matcher.errors import InputError
from tests.access.lists import AT, CARRIER, KEY, OFFICER, asked, person, put

NAME = "Karim Haddad"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with two listed persons of one name."""
    made = Store(tmp_path / "s", KEY)
    put(made, "l", [person("a", NAME), person("b", NAME, category="yellow", role="missing")], tmp_path)
    return made


def ids(store: Store, traveller: Traveller) -> list[str | None]:
    """Entry ids of a traveller's matches."""
    return [match.entry_id for match in store.open().lookup(traveller, AT).matches]


def test_a_pair_decided_different_is_shown_and_not_raised(store: Store) -> None:
    """The match is gone, its author and reason are told; other travellers still match."""
    before = store.open().lookup(asked(NAME), AT)
    store.except_pair(asked(NAME), "l", "a", author="desk 4", reason="other birth place")
    decision = store.open().lookup(asked(NAME), AT)
    assert [match.entry_id for match in decision.matches] == ["b"]
    assert [match.entry_id for match in before.matches] == ["b", "a"]
    (held,) = decision.known_different
    assert (held.list_id, held.entry_id, held.author, held.reason) == ("l", "a", "desk 4", "other birth place")
    assert decision.to_dict()["known_different"][0]["author"] == "desk 4"
    assert decision.to_row()["known_different"][0]["reason"] == "other birth place"
    assert ids(store, Traveller(names=[NAME])) == ["b", "a"]


def test_it_is_raised_again_when_either_side_changes(store: Store, tmp_path: Path) -> None:
    """The traveller with another place, and the entry with another contact, are new pairs; equal ones aren't."""
    store.except_pair(asked(NAME), "l", "a", author="desk 4", reason="x")
    assert ids(store, asked(NAME)) == ["b"]
    moved = Traveller(names=[NAME], birth_date="1971-03-04", birth_place="Beirut")
    assert "a" in ids(store, moved)
    rows = [person("n", "Leila Mansour"), person("a", NAME), person("b", NAME, category="yellow", role="missing")]
    put(store, "l", rows, tmp_path)
    assert ids(store, asked(NAME)) == ["b"], "another version that holds the entry unchanged"
    put(store, "l", [person("a", NAME, contact="NCB"), *rows[2:]], tmp_path)
    assert ids(store, asked(NAME)) == ["b", "a"]


def test_it_ends_on_its_day_and_when_it_is_withdrawn(store: Store) -> None:
    """An exception is an entry: its expiry and its withdrawal raise the pair again."""
    day = AT.date() + datetime.timedelta(days=2)
    made = store.except_pair(asked(NAME), "l", "a", author="d", reason="x", expires_on=day)
    watchlist = store.open()
    assert len(watchlist.lookup(asked(NAME), AT).matches) == 1
    assert len(watchlist.lookup(asked(NAME), AT + datetime.timedelta(days=2)).matches) == 2
    store.withdraw("exceptions", made)
    assert ids(store, asked(NAME)) == ["b", "a"]
    assert store.except_pair(asked(NAME), "l", "a", author="d", reason="y") == made
    assert ids(store, asked(NAME)) == ["b"]


def test_a_protective_entry_is_never_held_back(store: Store, tmp_path: Path) -> None:
    """It can't be excepted, and one that becomes protective is raised."""
    with pytest.raises(InputError, match="protective"):
        store.except_pair(asked(NAME), "l", "b", author="d", reason="x")
    store.except_pair(asked(NAME), "l", "a", author="d", reason="x")
    put(store, "l", [person("a", NAME, protective="yes"), person("c", "Leila Mansour")], tmp_path)
    assert ids(store, asked(NAME)) == ["a"]


def test_the_list_of_exceptions_holds_no_travellers_data(store: Store) -> None:
    """Only keyed digests of the traveller are kept."""
    traveller = Traveller(names=["Karim Haddad Unlisted"], birth_date="1971-03-04")
    store.except_pair(traveller, "l", "a", author="d", reason="x")
    blob = b"".join(path.read_bytes() for path in store.path.rglob("*") if path.is_file())
    assert b"Unlisted" not in blob


def test_exceptions_tell_others_nothing(store: Store) -> None:
    """A caller who may not see the entry, and a carrier, are not told that there is an exception."""
    store.except_pair(asked(NAME), "l", "a", author="desk 4", reason="x")
    assert store.open(access=CARRIER).lookup(asked(NAME), AT).known_different == ()
    assert len(store.open(access=OFFICER).lookup(asked(NAME), AT).known_different) == 1


@pytest.mark.parametrize(("author", "reason"), [("", "x"), ("x", " ")])
def test_an_exception_needs_an_author_and_a_reason(store: Store, author: str, reason: str) -> None:
    """Who and why stand in every decision that it changes."""
    with pytest.raises(InputError, match="author and a reason"):
        store.except_pair(asked(NAME), "l", "a", author=author, reason=reason)
    with pytest.raises(InputError, match="no person of that entry id"):
        store.except_pair(asked(NAME), "l", "zz", author="d", reason="x")
