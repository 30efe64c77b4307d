"""Known false pairs: a traveller and an entry that somebody decided to be two persons, so that it isn't raised again.

An exception is an entry of kind `exception` of a list, versioned and ended like any entry. It names the pair by what
both sides are: a keyed digest of the traveller's row and one of the entry's, so that either side's change raises the
pair again, and the list holds no traveller's data.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from matcher.decision import KnownDifferent
from matcher.entry import is_in_force

KIND = "exception"
LIST_ID = "exceptions"  # where the store puts those that are decided through it
DIGEST_BYTES = 16
_OF_TRAVELLER = ("names", "birth_date", "sex", "nationalities", "birth_place", "documents")
_NOT_CONTENT = ("list_id", "source_row")
_N_PARTS = 4  # of `related_entries`: list, entry, digest of the traveller, digest of the entry

Pair = tuple[str, str, str]  # digest of the traveller, list id, entry id


def traveller_digest(row: Mapping[str, Any], key: bytes) -> str:
    """Digest what identifies a traveller in a TRAVELLER row (as a dict); the order of names doesn't matter.

    Examples:
        >>> row = dict.fromkeys(_OF_TRAVELLER) | {"names": ["B", "A"]}
        >>> traveller_digest(row, b"k" * 32) == traveller_digest({**row, "names": ["A", "B"]}, b"k" * 32)
        True
    """
    said = [sorted(map(repr, row[name])) if isinstance(row[name], list) else repr(row[name]) for name in _OF_TRAVELLER]
    return _digest(said, key)


def entry_digest(row: Mapping[str, Any], key: bytes) -> str:
    """Digest the content of a PERSON_ENTRY row, or of the facts of a listed document (as a dict)."""
    return _digest([(name, repr(row[name])) for name in sorted(row) if name not in _NOT_CONTENT], key)


def exception_row(
    traveller: str, entry: tuple[str, str, str], *, author: str, reason: str, days: tuple[Any, Any]
) -> dict[str, Any]:
    """Make the PERSON_ENTRY row of an exception.

    Args:
        traveller: The traveller's digest.
        entry: List id, entry id and digest of the entry.
        author: Who decided.
        reason: Why.
        days: Day of the decision, and day that it ends on or None.
    """
    return {
        "entry_id": f"x-{traveller[:16]}-{_digest(entry[:2], b'')[:8]}",
        "kind": KIND,
        "category": None,
        "source_owner": author,
        "accuracy_note": reason,
        "related_entries": [*entry[:2], traveller, entry[2]],
        "entered_on": days[0],
        "expires_on": days[1],
        "names": [],
        "source_row": 1,
    }


class Exceptions:
    """The exceptions of a snapshot, by pair.

    Args:
        rows: PERSON_ENTRY rows of kind `exception` (as dicts) that are not withdrawn.
        key: The store's key.
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]], *, key: bytes) -> None:
        self._key = key
        self._by_pair: dict[Pair, list[Mapping[str, Any]]] = {}
        for row in rows:
            named: list[str] = row["related_entries"] or []
            if len(named) == _N_PARTS:
                list_id, entry_id, traveller, _ = named
                self._by_pair.setdefault((traveller, list_id, entry_id), []).append(row)

    def __bool__(self) -> bool:
        return bool(self._by_pair)

    def digest_of(self, row: Mapping[str, Any]) -> str:
        """Digest a TRAVELLER row (as a dict)."""
        return traveller_digest(row, self._key)

    def held_back(self, pair: Pair, entry: Mapping[str, Any], decided_on: datetime.date) -> KnownDifferent | None:
        """Return the exception in force on a day for a pair whose entry is as it was; `entry` as in `entry_digest`."""
        found = self._by_pair.get(pair)
        if not found:
            return None
        digest = entry_digest(entry, self._key)
        for row in found:
            is_same = row["related_entries"][3] == digest
            if is_same and is_in_force(row["state"], row["expires_on"], decided_on):
                _, list_id, entry_id = pair
                return KnownDifferent(list_id, entry_id, row["source_owner"], row["accuracy_note"], row["expires_on"])
        return None


def _digest(said: Any, key: bytes) -> str:
    text = json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=DIGEST_BYTES, key=key[:64], person=b"exception").hexdigest()
