"""Document numbers of a list: a sorted 64-bit hash of each number's key, and the row that it stands on.

The hash only selects: the number itself is compared afterwards, so a collision costs time, never an answer.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa

from matcher.documents.numbers import lookup_key

NUMBERS = pa.schema(
    [
        ("hash", pa.uint64()),  # of `lookup_key(number)`, ascending; never null
        ("row", pa.int64()),  # 0-based row of documents.arrow; never null
    ]
)


def key_hash(key: str) -> int:
    """Hash a number key to 64 bits, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def build_numbers(documents: pa.Table) -> pa.Table:
    """Make the `numbers` table of a segment; documents without any number key are left out."""
    numbers = documents.column("number").to_pylist()
    found = [(key_hash(key), row) for row, number in enumerate(numbers) if (key := lookup_key(number))]
    found.sort()
    hashes = pa.array([one for one, _ in found], pa.uint64())
    return pa.table([hashes, pa.array([row for _, row in found], pa.int64())], schema=NUMBERS)


class NumberIndex:
    """Finds the rows of a number key; reads mapped columns, holds no copy.

    Examples:
        >>> documents = pa.table({"number": pa.array(["AB 123", "??", "AB123"], pa.large_string())})
        >>> index = NumberIndex(build_numbers(documents), documents.column("number"))
        >>> index.rows("ab-123"), index.rows("??"), index.rows("AB124")
        ([0, 2], [1], [])
    """

    def __init__(self, table: pa.Table, numbers: pa.ChunkedArray) -> None:
        self._hashes: np.ndarray[tuple[int], np.dtype[np.uint64]] = table.column("hash").to_numpy()
        self._rows = table.column("row").to_numpy()
        self._numbers = numbers

    def rows(self, number: str) -> list[int]:
        """Return the rows whose number has the same key, ascending; none for a number without a key."""
        key = lookup_key(number)
        if not key or not len(self._hashes):
            return []
        wanted = np.uint64(key_hash(key))
        first, last = (int(self._hashes.searchsorted(wanted, side=side)) for side in ("left", "right"))
        rows = sorted(int(row) for row in self._rows[first:last])
        return [row for row in rows if lookup_key(self._numbers[row].as_py()) == key]
