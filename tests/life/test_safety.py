"""Freshness and safety of lists: age, shrinking, signatures, rules of rows, and a trial of an import."""

from __future__ import annotations

import base64
import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from matcher import Store
from matcher.errors import InputError, ShrinkError, SignatureError
from tests.access.lists import AT, KEY, MAPPING, asked, person, put

MANY = [person(str(n), f"Karim Haddad {chr(65 + n % 26)}{chr(65 + n // 26)}") for n in range(60)]


def rejects(store: Store, list_id: str) -> list[tuple[str, str]]:
    """Reason and field of each rejected row."""
    return [(row["reason"], row["field"]) for row in store.rejects(list_id).to_pylist()]


def test_a_list_that_shrinks_too_far_is_refused(tmp_path: Path) -> None:
    """The old version stays; a reason accepts it, and is kept with the version."""
    store = Store(tmp_path / "s", KEY)
    put(store, "l", MANY, tmp_path)
    before = store.open().snapshot_id
    with pytest.raises(ShrinkError, match=r"from 60 to 30 entries.*--accept-shrink"):
        put(store, "l", MANY[:30], tmp_path)
    assert store.open().snapshot_id == before
    mapping = tmp_path / "mapping.toml"
    made = store.import_list(
        "l", format="mapped-csv", path=tmp_path / "l.csv", mapping=mapping, accept_shrink="the owner cleaned up"
    )
    assert made.entries == 30
    manifests = b"".join(path.read_bytes() for path in (store.path / "lists" / "l").rglob("manifest.json"))
    assert b"the owner cleaned up" in manifests


def test_a_policy_says_how_far_a_list_may_shrink(tmp_path: Path) -> None:
    """A few entries may always go; a policy's own share counts."""
    store = Store(tmp_path / "s", KEY)
    put(store, "l", MANY, tmp_path)
    put(store, "l", MANY[:45], tmp_path)
    put(store, "l", MANY[:10], tmp_path, policy="max_shrink = 0.9")
    with pytest.raises(ShrinkError):
        put(store, "l", MANY[:9], tmp_path, policy="max_shrink = 0.0\nshrink_floor = 0")


def test_rows_whose_rules_cannot_be_kept_are_rejects(tmp_path: Path) -> None:
    """Unknown codes, roles and restrictions, contradictions and impossible days: row and rule, documents with them."""
    store = Store(tmp_path / "s", KEY)
    rows = [
        person("a", "A A", handling_code="cosmic", document="UTO AA12345"),
        person("b", "B B", access_restriction="nobody"),
        person("c", "C C", handling_code="open", discreet="yes"),
        person("d", "D D", entered_on="2026-05-02", expires_on="2026-05-01"),
        person("e", "E E", role="boss"),
        person("f", "", category="purple"),
        person("g", "G G", access_restriction="officer;analyst", handling_code="restricted"),
        person("h", "Karim Haddad"),
    ]
    put(store, "l", rows, tmp_path)
    assert sorted(rejects(store, "l")) == sorted(
        [
            ("unknown_handling_code", "handling_code"),
            ("unknown_restriction", "access_restriction"),
            ("contradicting_restrictions", "handling_code"),
            ("expiry_before_entry", "expires_on"),
            ("unknown_role", "role"),
            ("no_name", "name"),
            ("contradicting_restrictions", "access_restriction"),
        ]
    )
    assert store.open().search_documents(["AA12345"]).num_rows == 0
    assert [one.entries for one in store.lists()] == [1]


def test_an_unknown_kind_is_kept_counted_and_hidden(tmp_path: Path) -> None:
    """Nothing is lost: it is shown to those with the scope alone."""
    store = Store(tmp_path / "s", KEY)
    put(store, "l", [person("a", "Karim Haddad", category="mauve alert"), person("b", "X Y")], tmp_path)
    (version,) = store.lists()
    assert version.notes["unknown_kind_of_entry"] == 1
    (match,) = store.open().lookup(asked("Karim Haddad"), AT).matches
    assert (match.category, match.requested_action) == ("mauve alert", "ask-owner")
    assert match.explanation.to_text("ar")


def test_provenance_is_told(tmp_path: Path) -> None:
    """A list version names its source files by digest, and when it was read."""
    store = Store(tmp_path / "s", KEY)
    put(store, "l", MANY, tmp_path)
    (version,) = store.lists()
    assert set(version.sources) == {"l.csv"}
    assert len(version.sources["l.csv"]) == 64
    assert version.imported_at is not None


class TestSignatures:
    """Files of a list whose policy holds a key."""

    def signed(self, tmp_path: Path) -> tuple[Store, Path, bytes]:
        """A store with a list whose files must be signed, its file, and a signature that holds."""
        ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")
        private = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
        public = base64.b64encode(private.public_key().public_bytes_raw()).decode()
        store = Store(tmp_path / "s", KEY)
        put(store, "l", MANY[:3], tmp_path)
        policy = tmp_path / "signed.toml"
        policy.write_text(f'id = "p"\nsource = "t"\ndate = "2026-11-22"\nsignature_key = "{public}"\n', "utf-8")
        store.set_policy("l", policy)
        listed = tmp_path / "l.csv"
        listed.write_bytes(listed.read_bytes() + b"\n")
        return store, listed, private.sign(listed.read_bytes())

    def again(self, store: Store, listed: Path) -> None:
        """Import the list again."""
        mapping = listed.parent / "mapping.toml"
        mapping.write_text(MAPPING, "utf-8")
        store.import_list("l", format="mapped-csv", path=listed, mapping=mapping)

    def test_a_sound_signature_is_accepted_plain_and_in_base64(self, tmp_path: Path) -> None:
        """64 bytes beside the file, or their base64."""
        store, listed, signature = self.signed(tmp_path)
        for form in (signature, base64.b64encode(signature) + b"\n"):
            listed.with_name("l.csv.sig").write_bytes(form)
            self.again(store, listed)

    @pytest.mark.parametrize("fault", ["missing", "changed", "short", "other file"])
    def test_a_missing_or_wrong_signature_refuses_the_import(self, tmp_path: Path, fault: str) -> None:
        """Nothing changes without a signature by the policy's key."""
        store, listed, signature = self.signed(tmp_path)
        beside = listed.with_name("l.csv.sig")
        if fault == "changed":
            beside.write_bytes(bytes([signature[0] ^ 1]) + signature[1:])
        elif fault == "short":
            beside.write_bytes(signature[:40])
        elif fault == "other file":
            beside.write_bytes(signature)
            listed.write_bytes(listed.read_bytes() + b"\n")
        before = store.open().snapshot_id
        with pytest.raises(SignatureError):
            self.again(store, listed)
        assert store.open().snapshot_id == before


def test_a_trial_shows_what_would_change_and_changes_nothing(tmp_path: Path) -> None:
    """Entries gained, lost and moved for a sample, and the snapshot in force stays."""
    store = Store(tmp_path / "s", KEY)
    put(store, "other", [person("x", "Leila Mansour")], tmp_path)
    put(store, "l", [person("a", "Karim Haddad"), person("b", "Leila Mansour")], tmp_path)
    before, files = store.open().snapshot_id, sorted(store.path.rglob("*"))
    put(Store(tmp_path / "t", KEY), "l", [person("a", "Karim Haddad"), person("c", "Omar Bashir")], tmp_path)
    sample = pa.table({"name": ["Karim Haddad", "Leila Mansour", "Omar Bashir", "Nobody"], "dob": ["1971-03-04"] * 4})
    version, changed = store.trial(
        "l", format="mapped-csv", path=tmp_path / "l.csv", mapping=tmp_path / "mapping.toml", travellers=sample
    )
    assert version.entries == 2
    rows = {row["reference"]: (row["before"], row["after"], row["lost"], row["gained"]) for row in changed.to_pylist()}
    assert rows == {"2": ("hit", "no_match", ["b"], []), "3": ("no_match", "hit", [], ["c"])}
    assert store.open().snapshot_id == before
    assert sorted(store.path.rglob("*")) == files


def test_a_trial_of_a_new_list_and_of_a_broken_one(tmp_path: Path) -> None:
    """A list that isn't in force yet is all gain; a file that can't be read is refused as an import would be."""
    store = Store(tmp_path / "s", KEY)
    put(store, "other", [person("x", "Leila Mansour")], tmp_path)
    put(Store(tmp_path / "t", KEY), "l", [person("a", "Karim Haddad")], tmp_path)
    sample, mapping = pa.table({"name": ["Karim Haddad"]}), tmp_path / "mapping.toml"
    _, changed = store.trial("l", format="mapped-csv", path=tmp_path / "l.csv", mapping=mapping, travellers=sample)
    assert changed.column("gained").to_pylist() == [["a"]]
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    with pytest.raises(InputError):
        store.trial("l", format="mapped-csv", path=empty, mapping=mapping, travellers=sample)


def test_staleness_counts_from_the_lists_own_date(tmp_path: Path) -> None:
    """A list is stale when it is older than its policy allows, and only where a policy says so."""
    store = Store(tmp_path / "s", KEY)
    put(store, "l", MANY[:2], tmp_path, policy="max_age_days = 2")
    put(store, "m", MANY[:2], tmp_path)
    now = datetime.datetime.now(datetime.UTC)
    assert store.open().stale_lists(now) == ()
    assert store.open().stale_lists(now + datetime.timedelta(days=4)) == ("l",)
