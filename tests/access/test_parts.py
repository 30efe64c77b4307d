"""What a caller may not see changes nothing that it gets: parts of lists that stay closed."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from matcher import Access, Document, Store, Traveller
from matcher.errors import AccessError
from matcher.files import Disk
from tests.access.lists import (
    AT,
    AUDITOR,
    CALLERS,
    CARRIER,
    KEY,
    OFFICER,
    PARTNER,
    PROTECTOR,
    asked,
    person,
    put,
)

OPEN_ROWS = [
    person("o1", "Karim Haddad", document="UTO A1234567"),
    person("o2", "Leila Mansour", category="sanction"),
    person("o3", "Nadia Farouk", category="green"),
]
HIDDEN_ROWS = [
    person("h1", "Samira Qabbani", category="yellow", role="witness"),
    person("h2", "Tariq Zayyat", discreet="yes"),
    person("h3", "Omar Bashir", handling_code="restricted", document="UTO B7654321"),
    person("h4", "Youssef Karam", access_restriction="FRA"),
]


class Watched(Disk):
    """Remembers which files were opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    def map_table(self, path: Path) -> pa.Table:
        self.opened.append(path.as_posix())
        return super().map_table(path)

    def digest(self, path: Path) -> str:
        self.opened.append(path.as_posix())
        return super().digest(path)


def stores(tmp_path: Path, *, policy: str | None) -> tuple[Store, Store]:
    """Store A with a list that the caller may not open, and B without it, made with the same key."""
    found = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        store = Store(folder / "lists.store", KEY)
        put(store, "open", OPEN_ROWS, folder)
        found.append(store)
    rows = HIDDEN_ROWS if policy is None else [person("s1", "Samira Qabbani"), person("s2", "Karim Haddad")]
    put(found[0], "secret", rows, tmp_path / "a", policy=policy)
    return found[0], found[1]


def everything(store: Store, access: Access) -> list[Any]:
    """All that a caller can get of a store: decisions, rows, documents, lists, ids."""
    watchlist = store.open(access=access)
    travellers = [asked(row["name"]) for row in (*OPEN_ROWS, *HIDDEN_ROWS)]
    travellers += [Traveller(documents=[Document(number, "UTO", "P")]) for number in ("A1234567", "B7654321")]
    decisions = watchlist.lookup_batch(travellers, AT)
    answers: list[Any] = [decision.to_dict(locale) for decision in decisions for locale in ("en", "fr", "ar", "es")]
    answers += [decision.to_row() for decision in decisions]
    answers += [watchlist.snapshot_id, watchlist.model_id, watchlist.lists(), watchlist.stale_lists(AT)]
    if access.answers == "matches":
        answers.append(watchlist.search_documents(["A1234567", "B7654321", "B7654322"]).to_pylist())
        answers.append(list(watchlist.weigh_batches(pa.table({"name": [row["name"] for row in HIDDEN_ROWS]}), AT)))
    return answers


@pytest.mark.parametrize("caller", ["officer", "carrier", "partner"])
@pytest.mark.parametrize("policy", [None, 'roles = ["analyst"]', 'purposes = ["visa"]', "needs_protection = true"])
def test_a_store_with_a_restricted_list_answers_as_one_without(tmp_path: Path, caller: str, policy: str | None) -> None:
    """Equal bytes and counts: matches, caps, list names, ids, weights of every comparable entry."""
    one, other = stores(tmp_path, policy=policy)
    got = everything(one, CALLERS[caller])
    assert got == everything(other, CALLERS[caller])
    assert repr(got) == repr(everything(other, CALLERS[caller]))


def test_the_comparison_of_stores_can_fail(tmp_path: Path) -> None:
    """With the scope, or without an access, the restricted list is seen: the two stores then differ."""
    one, other = stores(tmp_path, policy=None)
    assert everything(one, PROTECTOR) != everything(other, PROTECTOR)
    found = one.open().lookup(asked("Samira Qabbani"), AT)
    assert [match.entry_id for match in found.matches] == ["h1"]


def test_no_file_of_a_closed_part_is_opened(tmp_path: Path) -> None:
    """Probe counts are equal because nothing of a hidden part is mapped, verified or searched."""
    one, other = stores(tmp_path, policy=None)
    seen: list[Sequence[str]] = []
    for store in (one, other):
        disk = Watched()
        watchlist = Store(store.path, KEY, disk=disk).open(access=OFFICER)
        watchlist.lookup_batch([asked(row["name"]) for row in HIDDEN_ROWS], AT)
        seen.append(sorted(path.partition("lists.store/")[2] for path in disk.opened))
    assert seen[0] == seen[1]
    assert not any("secret" in path for path in seen[0])
    disk = Watched()
    Store(one.path, KEY, disk=disk).open()
    assert any("secret" in path for path in disk.opened)


def test_an_entry_that_is_withdrawn_from_a_closed_part_changes_nothing_outside(tmp_path: Path) -> None:
    """The id of what a caller sees doesn't depend on what happens to entries that it doesn't see."""
    store = Store(tmp_path / "lists.store", KEY)
    put(store, "mixed", [*OPEN_ROWS, *HIDDEN_ROWS], tmp_path)
    before = store.open(access=OFFICER).snapshot_id
    store.withdraw("mixed", "h2")
    store.suspend("mixed", "h3")
    assert store.open(access=OFFICER).snapshot_id == before
    assert store.open(access=PROTECTOR).lookup(asked("Tariq Zayyat"), AT).matches == ()
    store.withdraw("mixed", "o1")
    assert store.open(access=OFFICER).snapshot_id != before


def test_a_new_hidden_entry_changes_nothing_that_a_caller_sees(tmp_path: Path) -> None:
    """A list with restricted entries among others looks as if it held the others alone."""
    store = Store(tmp_path / "lists.store", KEY)
    put(store, "mixed", [*OPEN_ROWS, *HIDDEN_ROWS[:2]], tmp_path)
    before = everything(store, OFFICER)
    put(store, "mixed", [*OPEN_ROWS, *HIDDEN_ROWS], tmp_path)
    after = everything(store, OFFICER)
    assert before == after


def test_parts_are_counted_together_for_the_store_and_apart_for_a_caller(tmp_path: Path) -> None:
    """The administrator's counts are of all entries, a caller's of what it sees."""
    store = Store(tmp_path / "lists.store", KEY)
    put(store, "mixed", [*OPEN_ROWS, *HIDDEN_ROWS], tmp_path)
    assert [one.entries for one in store.lists()] == [7]
    assert [one.entries for one in store.open().lists()] == [7]
    assert [one.entries for one in store.open(access=OFFICER).lists()] == [3]
    assert store.open(access=CARRIER).lists() == store.open(access=PARTNER).lists() == []
    assert [one.by_kind for one in store.lists()] == [{"person": 7}]


def test_a_list_of_hidden_entries_only_has_no_name(tmp_path: Path) -> None:
    """Where nothing of a list is seen, the list isn't named either."""
    store = Store(tmp_path / "lists.store", KEY)
    put(store, "open", OPEN_ROWS, tmp_path)
    put(store, "secret", HIDDEN_ROWS, tmp_path)
    assert [one.list_id for one in store.open(access=OFFICER).lists()] == ["open"]


def test_a_role_without_answers_is_refused(tmp_path: Path) -> None:
    """An auditor may open the lists and ask nothing; a carrier and a partner may not search documents or weigh."""
    store = Store(tmp_path / "lists.store", KEY)
    put(store, "open", OPEN_ROWS, tmp_path)
    with pytest.raises(AccessError, match="auditor may not look"):
        store.open(access=AUDITOR).lookup(asked("Karim Haddad"))
    for access in (CARRIER, PARTNER):
        with pytest.raises(AccessError, match="may not search"):
            store.open(access=access).search_documents(["A1234567"])
        with pytest.raises(AccessError, match="may not search"):
            list(store.open(access=access).weigh_batches(pa.table({"name": ["x"]})))


def test_versions_with_parts_are_compared_whole(tmp_path: Path) -> None:
    """An entry that becomes restricted is changed, not removed; erased and rebuilt stores stay sound."""
    store = Store(tmp_path / "lists.store", KEY)
    put(store, "mixed", [*OPEN_ROWS, *HIDDEN_ROWS], tmp_path)
    changed = [{**OPEN_ROWS[0], "discreet": "yes"}, *OPEN_ROWS[1:], *HIDDEN_ROWS[1:], person("n1", "Rana Said")]
    put(store, "mixed", changed, tmp_path)
    found = store.diff("mixed")
    assert (found.added, found.removed, found.changed) == (("n1",), ("h1",), ("o1",))
    store.rebuild()
    assert store.verify().is_sound
    store.prune(1)
    assert store.verify().is_sound
    assert store.open(access=OFFICER).lookup(asked("Karim Haddad"), AT).matches == ()


def test_a_carrier_is_told_the_name_of_no_list(tmp_path: Path) -> None:
    """Not even of a list that is too old, or by the day of its import."""
    store = Store(tmp_path / "lists.store", KEY)
    put(store, "open", OPEN_ROWS, tmp_path, policy="max_age_days = 1")
    later = AT + datetime.timedelta(days=4000)
    assert store.open(access=OFFICER).stale_lists(later) == ("open",)
    for access in (CARRIER, PARTNER):
        watchlist = store.open(access=access)
        assert watchlist.stale_lists(later) == ()
        assert watchlist.max_age_days() == {}
        assert watchlist.imported_at() == {}
        with pytest.raises(AccessError):
            watchlist.entry("open", "o1")
