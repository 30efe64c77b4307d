"""Proof of deletions: what was deleted from which list, when and under which rule, without the data.

Each deletion is one small file, numbered, that names the digest of the one before it, so that none can be taken out
or changed unseen. Beside it lie the keyed digests of the entries that went: with the store's key anybody can show that
an entry was among them, and without it nothing can be read from them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from matcher.errors import DamagedStoreError, StoreError
from matcher.snapshot.layout import Layout
from matcher.snapshot.manifest import SmallFile, damaged, digest_of, encode

DIGEST_BYTES = 16
EXPIRY, REVIEW, RETENTION, SUPERSEDED, ERASURE = "expiry", "review", "retention", "superseded", "erasure"
RULES = (EXPIRY, REVIEW, RETENTION, SUPERSEDED, ERASURE)
FOLDER = "deletions"


class Deletion(SmallFile, frozen=True, forbid_unknown_fields=True):
    """One deletion.

    Attributes:
        sequence: 1, 2, 3, ...
        previous: Digest of the file before, empty for the first.
        list_id: The list.
        version: The version that the entries were deleted from.
        became: The version without them; null: the version went as a whole.
        rule: `expiry` (the entry's own date), `review` (a document's), `retention` (of a version no longer in force),
            `superseded` (an older version that held an entry which went, as a whole) or `erasure` (asked for).
        decided_on: The day that the rule was applied for, ISO.
        made_at: When it was done, ISO 8601, UTC.
        entries: How many entries went.
        digest: Of the keyed digests of the entries, which lie beside the file.
        author, reason: Of an erasure.
    """

    sequence: int
    previous: str
    list_id: str
    version: str
    became: str | None
    rule: str
    decided_on: str
    made_at: str
    entries: int
    digest: str
    author: str | None = None
    reason: str | None = None

    def fault(self) -> str | None:
        """Say that the rule is none, or None."""
        return None if self.rule in RULES else "its rule is not known"


def entry_digests(entry_ids: Iterable[str], list_id: str, *, key: bytes) -> bytes:
    """Digest entries with the store's key: 16 bytes each, sorted, each once."""
    keyed = hashlib.blake2b(list_id.encode(), digest_size=DIGEST_BYTES, key=key[:64], person=b"deletion")
    found = set()
    for entry_id in entry_ids:
        digest = keyed.copy()
        digest.update(b"/" + entry_id.encode("utf-8", "surrogatepass"))
        found.add(digest.digest())
    return b"".join(sorted(found))


def read_deletions(layout: Layout) -> list[Deletion]:
    """Read all deletions in order, and see that the chain is whole.

    Raises:
        DamagedStoreError: one is missing, changed, or not the one that the next names.
    """
    found: list[Deletion] = []
    previous = ""
    for sequence, name in enumerate(_names(layout), 1):
        path = layout.root / FOLDER / name
        raw = layout.disk.read(path)
        one = layout.read(Deletion, path)
        if (one.sequence, one.previous) != (sequence, previous):
            raise damaged(path, "it does not follow the deletion before it")
        if digest_of([_ids(layout, sequence)]) != one.digest:
            raise damaged(_ids_path(layout, sequence), "its content differs from the deletion's digest")
        previous = digest_of([raw], size=32)
        found.append(one)
    return found


def record(layout: Layout, deletion: Deletion, ids: bytes) -> Deletion:
    """Put a deletion behind the others; `sequence`, `previous` and `digest` are filled in. Only while writing."""
    before = _names(layout)
    previous = digest_of([layout.disk.read(layout.root / FOLDER / before[-1])], size=32) if before else ""
    fields = {name: getattr(deletion, name) for name in Deletion.__struct_fields__}
    made = Deletion(**{**fields, "sequence": len(before) + 1, "previous": previous, "digest": digest_of([ids])})
    layout.put(_ids_path(layout, made.sequence), ids)
    layout.put(layout.root / FOLDER / f"{made.sequence:08d}.json", encode(made))
    return made


def deletions_of(layout: Layout, list_id: str, entry_id: str, *, key: bytes) -> list[Deletion]:
    """Return the deletions that an entry was among."""
    asked = entry_digests([entry_id], list_id, key=key)
    of_list = [one for one in read_deletions(layout) if one.list_id == list_id]
    return [one for one in of_list if _holds(_ids(layout, one.sequence), asked)]


def erased_digests(layout: Layout, list_id: str) -> bytes:
    """Return the digests of the entries of a list that were erased on request, and must not come back."""
    erasures = [one for one in read_deletions(layout) if (one.list_id, one.rule) == (list_id, ERASURE)]
    return b"".join(_ids(layout, one.sequence) for one in erasures)


def fault_of_chain(layout: Layout) -> StoreError | None:
    """Return what is wrong with the deletions, or None."""
    try:
        read_deletions(layout)
    except DamagedStoreError as error:
        return error
    return None


def _holds(ids: bytes, asked: bytes) -> bool:
    rows = np.frombuffer(ids, np.dtype((np.void, DIGEST_BYTES)))
    return bool((rows == np.frombuffer(asked, rows.dtype)[0]).any())


def _ids(layout: Layout, sequence: int) -> bytes:
    path = _ids_path(layout, sequence)
    if not layout.disk.exists(path):
        raise damaged(path, "it is missing")
    return layout.disk.read(path)


def _ids_path(layout: Layout, sequence: int) -> Path:
    return layout.root / FOLDER / f"{sequence:08d}.ids"


def _names(layout: Layout) -> list[str]:
    return sorted(name for name in layout.disk.names(layout.root / FOLDER) if name.endswith(".json"))
