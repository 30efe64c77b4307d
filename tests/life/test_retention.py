"""An end to every record: expiry, retention, erasure, and their proofs."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import Document, Store, Traveller
from matcher.errors import DamagedStoreError, InputError, UsageError
from matcher.policy.lists import parse_list_policy
from tests.access.lists import AT, KEY, asked, person, put

DAY = AT.date()
SLTD = (
    "document_number,issuing_state,document_type,status,reported_on,issued_on,expires_on,review_on,"
    "national_reference,note\n"
)


def days(n: int) -> str:
    """A day so many days from the one that tests decide for."""
    return (DAY + datetime.timedelta(days=n)).isoformat()


def bytes_of(store: Store) -> bytes:
    """All that lies in the store's folder."""
    return b"".join(path.read_bytes() for path in sorted(store.path.rglob("*")) if path.is_file())


def documents(store: Store, folder: Path, *rows: str, policy: str | None = None) -> None:
    """Import a list of lost documents."""
    path = folder / "sltd.csv"
    path.write_text(SLTD + "\n".join(rows) + "\n", "utf-8")
    given = None
    if policy is not None:
        given = folder / "sltd.toml"
        given.write_text(f'id = "p"\nsource = "t"\ndate = "2026-11-22"\n{policy}\n', "utf-8")
    store.import_list("sltd", format="sltd-csv", path=path, policy=given)


def test_what_is_past_its_day_goes_with_its_documents_and_leaves_a_proof(tmp_path: Path) -> None:
    """The entry's text is nowhere in the store, the proof says what, when and under which rule."""
    store = Store(tmp_path / "s", KEY)
    rows = [
        person("gone", "Zahra Qudsi", expires_on=days(0), document="UTO ZQ12345"),
        person("stays", "Karim Haddad", expires_on=days(1), document="UTO KH12345"),
    ]
    put(store, "l", rows, tmp_path)
    assert b"Zahra" in bytes_of(store)
    (proof,) = store.expire(DAY)
    assert (proof.list_id, proof.rule, proof.entries, proof.decided_on) == ("l", "expiry", 1, DAY.isoformat())
    assert b"Zahra" not in bytes_of(store)
    assert b"ZQ12345" not in bytes_of(store)
    assert store.open().lookup(asked("Karim Haddad", number="KH12345"), AT).outcome == "hit"
    assert store.open().lookup(asked("Zahra Qudsi", number="ZQ12345"), AT).matches == ()
    assert store.export_person("l", "gone")["deletions"][0]["rule"] == "expiry"
    assert store.export_person("l", "stays")["deletions"] == []
    assert store.expire(DAY) == []
    assert store.verify().is_sound


def test_an_entry_in_the_newest_version_is_never_ended_by_retention(tmp_path: Path) -> None:
    """However old: only its own date ends it, or its source's next version without it and the retention after that."""
    store = Store(tmp_path / "s", KEY)
    put(store, "l", [person("a", "Karim Haddad"), person("b", "Zahra Qudsi")], tmp_path)
    far = DAY + datetime.timedelta(days=40 * 366)
    assert store.expire(far) == []
    put(store, "l", [person("a", "Karim Haddad")], tmp_path)
    today = datetime.datetime.now(datetime.UTC).date()
    assert store.expire(today + datetime.timedelta(days=365 * 5 - 5)) == []
    (proof,) = store.expire(today + datetime.timedelta(days=365 * 5 + 5))
    assert (proof.rule, proof.entries, proof.became) == ("retention", 1, None)
    assert b"Zahra" not in bytes_of(store)
    assert store.export_person("l", "b")["deletions"][0]["rule"] == "retention"
    assert store.open().lookup(asked("Karim Haddad"), AT).matches
    assert store.verify().is_sound


def test_documents_are_kept_longer_unless_the_policy_says_otherwise(tmp_path: Path) -> None:
    """Versions of documents: ten years; a policy's own years count for its list."""
    store = Store(tmp_path / "s", KEY)
    documents(store, tmp_path, "A1234567,UTO,P,stolen,2025-01-02,,,,,", "QX765432,UTO,P,stolen,2025-01-02,,,,,")
    documents(store, tmp_path, "A1234567,UTO,P,stolen,2025-01-02,,,,,")
    today = datetime.datetime.now(datetime.UTC).date()
    assert store.expire(today + datetime.timedelta(days=9 * 366)) == []
    documents(store, tmp_path, "A1234567,UTO,P,stolen,2025-01-02,,,,,", policy="retention_years = 2.0")
    assert [one.rule for one in store.expire(today + datetime.timedelta(days=3 * 366))] == ["retention"]


def test_a_documents_review_ends_it_only_where_the_policy_says_so(tmp_path: Path) -> None:
    """SLTD's automatic deletion is a rule of the list, off unless asked for."""
    store = Store(tmp_path / "s", KEY)
    row = f"A1234567,UTO,P,stolen,2025-01-02,,,{days(0)},,"
    traveller = Traveller(documents=[Document("A1234567", "UTO", "P")])
    documents(store, tmp_path, row, "QX765432,UTO,P,stolen,2025-01-02,,,,,")
    assert store.open().lookup(traveller, AT).outcome == "hit"
    assert store.expire(DAY) == []
    documents(store, tmp_path, row, "QX765432,UTO,P,stolen,2025-01-02,,,,,", policy="ends_on_review = true")
    assert store.open().lookup(traveller, AT).outcome == "no_match"
    assert store.open().lookup(traveller, AT - datetime.timedelta(days=1)).outcome == "hit"
    (proof,) = store.expire(DAY)
    assert (proof.rule, proof.entries) == ("review", 1)
    assert b"A1234567" not in bytes_of(store)


def test_an_erased_entry_stays_away(tmp_path: Path) -> None:
    """It goes from every version with its exceptions, and a later import of its source leaves it out."""
    store = Store(tmp_path / "s", KEY)
    rows = [person("e", "Zahra Qudsi", document="UTO ZQ12345"), person("k", "Karim Haddad")]
    put(store, "l", rows, tmp_path)
    store.except_pair(asked("Zahra Qudsi"), "l", "e", author="desk 4", reason="another birth place")
    put(store, "l", [{**rows[0], "contact": "NCB"}, rows[1]], tmp_path)
    assert len(store.export_person("l", "e")["versions"]) == 2
    assert len(store.export_person("l", "e")["exceptions"]) == 1
    proofs = store.erase("l", "e", author="CCF", reason="request 12")
    assert {(one.rule, one.author) for one in proofs} >= {("erasure", "CCF")}
    assert b"Zahra" not in bytes_of(store)
    about = store.export_person("l", "e")
    assert (about["versions"], about["exceptions"]) == ([], [])
    assert "erasure" in {one["rule"] for one in about["deletions"]}
    put(store, "l", [*rows, person("n", "Nadia Farouk")], tmp_path)
    assert b"Zahra" not in bytes_of(store)
    assert [one.entries for one in store.lists() if one.list_id == "l"] == [2]
    assert store.open().lookup(asked("Nadia Farouk"), AT).matches
    with pytest.raises(InputError, match="holds that entry"):
        store.erase("l", "e", author="CCF", reason="again")
    with pytest.raises(UsageError, match="author"):
        store.erase("l", "k", author=" ", reason="")
    assert store.verify().is_sound


def test_an_entry_of_an_older_version_only_can_be_erased_too(tmp_path: Path) -> None:
    """The right of erasure reaches every place that holds data."""
    store = Store(tmp_path / "s", KEY)
    put(store, "l", [person("e", "Zahra Qudsi"), person("k", "Karim Haddad")], tmp_path)
    put(store, "l", [person("k", "Karim Haddad")], tmp_path)
    assert b"Zahra" in bytes_of(store)
    assert {one.rule for one in store.erase("l", "e", author="CCF", reason="x")} == {"superseded", "erasure"}
    assert b"Zahra" not in bytes_of(store)


def test_a_changed_or_removed_proof_is_found(tmp_path: Path) -> None:
    """The chain of proofs shows a changed file, a missing one and other digests beside it."""
    store = Store(tmp_path / "s", KEY)
    rows = [person(str(n), f"Karim Haddad {n}", expires_on=days(n)) for n in range(3)]
    put(store, "l", [*rows, person("k", "Leila Mansour")], tmp_path)
    for n in range(3):
        assert len(store.expire(DAY + datetime.timedelta(days=n))) == 1
    assert [one.sequence for one in store.deletions()] == [1, 2, 3]
    folder = store.path / "deletions"
    for name, change in (("00000002.json", b""), ("00000001.ids", bytes(16)), ("00000002.json", None)):
        before = (folder / name).read_bytes()
        (folder / name).chmod(0o600)
        (folder / name).unlink() if change is None else (folder / name).write_bytes(before[:-2] + change)
        with pytest.raises(DamagedStoreError):
            store.deletions()
        assert not store.verify().is_sound
        (folder / name).write_bytes(before)
        assert store.verify().is_sound


def test_what_falls_due_is_listed(tmp_path: Path) -> None:
    """Reviews and expiries up to a day, persons and documents, in the order of their days."""
    store = Store(tmp_path / "s", KEY)
    put(store, "l", [person("a", "Karim Haddad", review_on=days(5)), person("b", "X Y", expires_on=days(2))], tmp_path)
    documents(store, tmp_path, f"A1234567,UTO,P,stolen,2025-01-02,,,{days(3)},R-1,")
    due = store.review(DAY + datetime.timedelta(days=4)).to_pylist()
    assert [(row["list_id"], row["entry_id"], row["due"]) for row in due] == [
        ("l", "b", "expiry"),
        ("sltd", "R-1", "review"),
    ]
    assert store.review(DAY).num_rows == 0


def test_a_suspended_entry_comes_back_when_it_is_resumed(tmp_path: Path) -> None:
    """Suspension is undone, withdrawal is not; neither is undone by an import."""
    store = Store(tmp_path / "s", KEY)
    rows = [person("a", "Karim Haddad"), person("b", "Leila Mansour")]
    put(store, "l", rows, tmp_path)
    store.suspend("l", "a")
    store.withdraw("l", "b")
    put(store, "l", [*rows, person("c", "Nadia Farouk")], tmp_path)
    assert store.open().lookup(asked("Karim Haddad"), AT).matches == ()
    store.resume("l", "a")
    assert store.open().lookup(asked("Karim Haddad"), AT).matches
    assert store.open().lookup(asked("Leila Mansour"), AT).matches == ()
    with pytest.raises(InputError, match="not suspended"):
        store.resume("l", "a")
    with pytest.raises(InputError, match="not in list"):
        store.suspend("l", "nobody")


OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["import", "withdraw", "suspend", "resume", "expire"]), st.integers(0, 4)), max_size=6
)


@settings(max_examples=25)
@given(operations=OPERATIONS, ends=st.lists(st.integers(-2, 3), min_size=4, max_size=4))
def test_nothing_withdrawn_suspended_or_expired_is_returned_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, operations: list[tuple[str, int]], ends: list[int]
) -> None:
    """Whatever the order of imports, withdrawals and expiries, and for any day that is decided for."""
    folder = tmp_path_factory.mktemp("life")
    store = Store(folder / "s", KEY)
    names = ["Karim Haddad", "Leila Mansour", "Nadia Farouk", "Omar Bashir"]
    rows = [
        person(str(n), name, expires_on=days(end), document=f"UTO AB10000{n}")
        for n, (name, end) in enumerate(zip(names, ends, strict=True))
    ]
    stays = person("stays", "Rania Khoury")
    put(store, "l", [*rows, stays], folder)
    held, withdrawn, suspended, deleted = set(range(4)), set(), set(), set()  # type: ignore[var-annotated]
    for number, (operation, at) in enumerate(operations):
        entry = at % 4
        if operation == "import":
            held = {n for n in range(4) if (number + n) % 3}
            deleted = set()
            put(store, "l", [*(rows[n] for n in sorted(held)), {**stays, "contact": str(number)}], folder)
        elif operation == "expire":
            store.expire(DAY + datetime.timedelta(days=at - 1))
            deleted |= {n for n in held if ends[n] <= at - 1}
        elif entry in held - deleted and operation == "withdraw":
            store.withdraw("l", str(entry))
            withdrawn.add(entry)
        elif entry in held - deleted and operation == "suspend":
            store.suspend("l", str(entry))
            suspended.add(entry)
        elif operation == "resume" and entry in suspended:
            store.resume("l", str(entry))
            suspended.discard(entry)
        watchlist = store.open()
        for shift in (-3, 0, 2):
            moment = AT + datetime.timedelta(days=shift)
            asked_all = [asked(name, number=f"AB10000{n}") for n, name in enumerate(names)]
            for n, decision in enumerate(watchlist.lookup_batch(asked_all, moment)):
                may = n in held - withdrawn - suspended - deleted and shift < ends[n]
                assert any(match.entry_id == str(n) for match in decision.matches) == may, (n, shift, operation)


def test_a_policy_is_in_force_with_its_list(tmp_path: Path) -> None:
    """A policy changes the snapshot's id, outlasts imports, and is replaced by another."""
    store = Store(tmp_path / "s", KEY)
    put(store, "l", [person("a", "Karim Haddad")], tmp_path)
    before = store.open().snapshot_id
    given = tmp_path / "p.toml"
    given.write_text('id = "p"\nsource = "t"\ndate = "2026-11-22"\nmax_age_days = 3\n', "utf-8")
    assert store.set_policy("l", given) == parse_list_policy(given.read_bytes())
    assert store.open().snapshot_id != before
    assert store.open().stale_lists(AT + datetime.timedelta(days=4000)) == ("l",)
    put(store, "l", [person("a", "Karim Haddad"), person("b", "X Y")], tmp_path)
    assert store.policy("l").max_age_days == 3
    with pytest.raises(InputError, match="not in force"):
        store.set_policy("other", given)
