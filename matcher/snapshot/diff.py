"""What changed between two versions of a list: entries added, removed and changed, by entry id.

An entry is its rows: the person row, and every document row with its id. The place in the source file
doesn't count, nor does the order of an entry's documents. Withdrawn entries are not looked at.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from matcher.snapshot.entry_ids import DocumentIds

_NOT_CONTENT = {"list_id", "source_row", "entry_id"}
_MODULUS = 1 << 64


@dataclass(frozen=True, slots=True)
class ListDiff:
    """Entry ids, sorted, that differ between two versions of a list."""

    list_id: str
    older: str
    newer: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


def entry_digests(persons: pa.Table, documents: pa.Table, *, key: bytes) -> dict[str, int]:
    """Digest the content of every entry, by entry id.

    Args:
        persons: `PERSON_ENTRY`.
        documents: `DOCUMENT_ENTRY`.
        key: The store's key, for ids of documents.

    Cost:
        One Python pass over all rows, about 5 µs a document and 30 µs a person; 100 bytes an entry.
    """
    digests: defaultdict[str, int] = defaultdict(int)
    _add(digests, persons, (name for batch in persons.to_batches() for name in batch.column("entry_id").to_pylist()))
    _add(digests, documents, DocumentIds(documents, key=key).all())
    return dict(digests)


def diff_digests(list_id: str, older: tuple[str, dict[str, int]], newer: tuple[str, dict[str, int]]) -> ListDiff:
    """Compare two versions, each given as its name and its entry digests.

    Examples:
        >>> diff_digests("un-sc", ("v1", {"1": 5, "2": 6}), ("v2", {"2": 7, "3": 8}))
        ListDiff(list_id='un-sc', older='v1', newer='v2', added=('3',), removed=('1',), changed=('2',))
    """
    before, after = older[1], newer[1]
    return ListDiff(
        list_id,
        older[0],
        newer[0],
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(sorted(name for name in after.keys() & before.keys() if after[name] != before[name])),
    )


def _add(digests: defaultdict[str, int], table: pa.Table, ids: Iterable[str]) -> None:
    content = table.drop_columns([name for name in table.column_names if name in _NOT_CONTENT])
    names = iter(ids)
    for batch in content.to_batches():
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            digest = hashlib.blake2b(repr(row).encode("utf-8", "surrogatepass"), digest_size=8).digest()
            name = next(names)
            # A sum has no order, and counts equal rows.
            digests[name] = (digests[name] + int.from_bytes(digest, "big")) % _MODULUS
