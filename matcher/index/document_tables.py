"""Tables of a segment for document numbers, built from a list version's documents in bounded memory.

Two kinds of listed number. A *wide* one, up to 12 characters, is its own 64-bit key (`document_kernels`). A *long*
one, 13 to 20 characters or malformed, stands under a 64-bit hash that only selects: its text is compared afterwards.

Steps: read and pack chunk by chunk, in the kernel where a number is plainly written, by `lookup_key` elsewhere ->
count the cells -> put keys and rows into their cells -> sort each cell -> filter -> prefixes of numbers beyond nine
characters -> the same, smaller, for long numbers.

Memory of an entry when searched: key 8, row 4, cell 1, filter 1.5 bytes: 14.5, and 13 more for a wide number beyond
nine characters. A long number has 37.5.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from matcher.documents.numbers import lookup_key, normalise
from matcher.documents.slips import LONGEST_QUERY, PREFIX_LENGTH, SYMBOLS
from matcher.errors import InputError
from matcher.index.document_issuers import ALL_SHAPES, FIRST_GROUP, UNSAID_SHAPES, groups_of
from matcher.schema import TEXT
from matcher.snapshot.documents import DocumentRows

Array = np.ndarray[Any, Any]
Progress = Callable[[int, int], None]
ENTRIES_PER_CELL = 4
FILTER_BITS = 12  # an entry; 1.2 % of absent numbers pass
RARE_SHARE = 33  # one entry in so many may be of a rare shape; 100, 12 and 5 were slower
MAX_ROWS = (1 << 32) - 1
_DIGITS = bytes.maketrans(SYMBOLS.encode(), bytes(range(len(SYMBOLS))))
MALFORMED = "="  # first character of the lookup key of a number that cannot be a key
_FIRST = pa.schema([("first", pa.uint32())])  # place where the cell begins; one more row than cells; never null
_WORD = pa.schema([("word", pa.uint64())])  # 64 bits of the filter; never null
_HASHES = pa.schema([("key", pa.uint64()), ("row", pa.uint32())])  # ascending; row of documents.arrow; never null
DOCUMENT_TABLES = {
    "document_keys": _HASHES,  # wide numbers, by cell, then key, then row
    "document_cells": _FIRST,  # of document_keys; the cell is chosen by the stem's hash
    "document_filter": _WORD,  # of the keys in document_keys
    "document_rare_filter": _WORD,  # of the keys whose shape is rare
    "document_prefixes": pa.schema(  # of wide numbers beyond nine characters, by cell, then key
        [("key", pa.uint64()), ("place", pa.uint32())]  # the first nine characters; place in document_keys; never null
    ),
    "document_prefix_cells": _FIRST,  # of document_prefixes; the cell is chosen by the nine characters' hash
    "document_shapes": pa.schema([("class", pa.uint8())]),  # of each shape: 0 not listed, 1 common, 2 rare, 3 long;
    # of all rows, then of rows without issuer, then of each group of document_issuers
    "document_issuers": pa.schema([("group", TEXT)]),  # groups that have a table of shapes; never null
    "long_keys": _HASHES,  # long and malformed numbers
    "long_filter": _WORD,  # of the keys in long_keys
    "long_stems": _HASHES,  # stems of long numbers
    "long_prefixes": _HASHES,  # first nine characters of long numbers
}


class Long(NamedTuple):
    """Long and malformed numbers: key, stem, prefix (0 for malformed) and row."""

    keys: Array
    stems: Array
    prefixes: Array
    rows: Array


class Packed(NamedTuple):
    """What was read of a column of numbers: one key, half a hash and a state a row; the longer ones apart.

    `shapes` counts the shapes of the rows of each table of shapes.
    """

    keys: Array
    tops: Array
    states: Array
    shapes: Array
    long: Long


def malformed_hash(key: str) -> int:
    """Hash the lookup key of a malformed number to 64 bits, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def read_numbers(numbers: pa.Array) -> tuple[Array, Array]:
    """Read numbers into characters 0..35, one row a number; length 0: none, or one that has other characters.

    Args:
        numbers: `large_string`, as written; nulls have length 0.

    Returns:
        Characters, shape `(n, 24)`, uint8; lengths, shape `(n,)`, int64, at most 24.
    """
    from matcher.index import document_kernels as kernels  # imports numba: only who searches waits for it

    digits, lengths = np.zeros((len(numbers), kernels.MAX_READ), np.uint8), np.zeros(len(numbers), np.int64)
    kernels.read_rows(*_buffers(numbers), digits, lengths)
    for row in np.flatnonzero(lengths < 0).tolist():
        text = normalise(numbers[row].as_py() or "")
        lengths[row] = len(text) if len(text) <= LONGEST_QUERY and text.isascii() and text.isalnum() else 0
        digits[row, : lengths[row]] = [SYMBOLS.index(sign) for sign in text[: lengths[row]]]
    return digits, lengths


def read_few(numbers: Sequence[str | None]) -> tuple[Array, Array]:
    """Read a few numbers as `read_numbers` does, without a column."""
    from matcher.index import document_kernels as kernels

    digits, lengths = np.zeros((len(numbers), kernels.MAX_READ), np.uint8), np.zeros(len(numbers), np.int64)
    for row, number in enumerate(numbers):
        text = normalise(number or "")
        if len(text) <= LONGEST_QUERY and text.isascii() and text.isalnum():
            lengths[row] = len(text)
            digits[row, : len(text)] = np.frombuffer(text.encode().translate(_DIGITS), np.uint8)
    return digits, lengths


def build_documents(documents: DocumentRows, *, progress: Progress | None = None) -> dict[str, pa.Table]:
    """Make the document tables of a segment; a row whose number is empty is in none of them.

    Args:
        documents: The list version's rows; only `number` and `issuing_state` are read, one stored batch at a time.
        progress: Called with rows done and rows in all: reading is the first half, sorting the second.

    Returns:
        The tables of `DOCUMENT_TABLES`, one chunk a column.

    Raises:
        InputError: there are 2**32 rows or more.

    Cost:
        About 0.2 s CPU and 30 MB a million rows; a row that the Python function must normalise costs 2 microseconds.

    Examples:
        >>> numbers = pa.array(["AB 1234567", "12345678901234", "??"], pa.large_string())
        >>> listed = pa.table({"number": numbers, "issuing_state": pa.nulls(3, pa.dictionary(pa.int16(), TEXT))})
        >>> tables = build_documents(DocumentRows.of(listed))
        >>> len(tables["document_keys"]), len(tables["long_keys"])
        (1, 2)
    """
    n = documents.num_rows
    if n > MAX_ROWS:
        raise InputError(f"a list version of {n} documents, at most {MAX_ROWS} are searchable; split the list")
    if not n:
        return {name: _empty(name) for name in DOCUMENT_TABLES}
    tell: Progress = progress or (lambda done, total: None)
    tables_of, groups = groups_of(documents)
    packed = _pack(documents, tables_of, len(groups), tell)
    issuers = pa.table([pa.array(groups, TEXT)], schema=DOCUMENT_TABLES["document_issuers"])
    wide = _wide_tables(packed, tell)
    return {**wide, **_long_tables(packed.long), "document_issuers": issuers}


def _empty(name: str) -> pa.Table:
    """A table without entries; cells and filters are never without a first row, so that no kernel asks for one."""
    rows = 2 if name.endswith("cells") else 1 if name.endswith("filter") else 0
    schema = DOCUMENT_TABLES[name]
    return pa.table([pa.array([0] * rows, field.type) for field in schema], schema=schema)


def _pack(documents: DocumentRows, tables_of: Array, n_groups: int, tell: Progress) -> Packed:
    from matcher.index import document_kernels as kernels

    n = documents.num_rows
    keys, tops, states = _room(n)
    shapes = np.zeros((FIRST_GROUP + n_groups, kernels.SHAPES + kernels.MAX_LISTED + 1), np.int64)
    parts, start = [], 0
    for chunk, codes in zip(_numbers(documents), documents.all_codes("issuing_state"), strict=True):
        part = slice(start, start + len(chunk))
        tables = tables_of[codes]
        kernels.pack_rows(*_buffers(chunk), tables, (keys[part], tops[part], states[part]), shapes)
        asked = np.flatnonzero(states[part] == kernels.ASK)
        texts = [lookup_key(text or "") for text in chunk.take(pa.array(asked)).to_pylist()]
        malformed = [at for at, text in enumerate(texts) if text.startswith(MALFORMED)]
        plain = pa.array(["" if text.startswith(MALFORMED) else text for text in texts], TEXT)
        read = _room(len(texts))
        kernels.pack_rows(*_buffers(plain), tables[asked], read, shapes)
        keys[part][asked], tops[part][asked], states[part][asked] = read
        long = np.flatnonzero(states[part] == kernels.LONG)
        parts.append(_long_numbers(chunk.take(pa.array(long)), long + start))
        hashes = np.array([malformed_hash(texts[at]) for at in malformed], np.uint64)
        nothing = np.zeros_like(hashes)
        parts.append(Long(hashes, nothing, nothing, asked[malformed] + start))
        start += len(chunk)
        tell(start // 2, n)
    return Packed(keys, tops, states, shapes, Long(*(np.concatenate(columns) for columns in zip(*parts, strict=True))))


def _room(n: int) -> tuple[Array, Array, Array]:
    """Arrays for the key, half of the stem's hash and state of n rows."""
    return np.zeros(n, np.uint64), np.zeros(n, np.uint32), np.zeros(n, np.uint8)


def _long_numbers(numbers: pa.Array, rows: Array) -> Long:
    from matcher.index import document_kernels as kernels

    digits, lengths = read_numbers(numbers)
    keys, stems, prefixes = (np.zeros(len(rows), np.uint64) for _ in range(3))
    kernels.pack_digits(digits, lengths, kernels.MAX_READ, keys)
    kernels.stems_of_digits(digits, lengths, stems)
    kernels.pack_digits(digits, lengths, PREFIX_LENGTH, prefixes)
    return Long(keys, stems, prefixes, rows)


def _in_cells(packed: Packed) -> tuple[Array, Array, Array]:
    """Wide keys by cell, their rows, and where each cell begins."""
    from matcher.index import document_kernels as kernels

    n = int(np.count_nonzero(packed.states == kernels.WIDE))
    keys, rows, cells = np.empty(n, np.uint64), np.empty(n, np.uint32), np.zeros(n // ENTRIES_PER_CELL + 2, np.uint32)
    kernels.count_cells(packed.tops, packed.states, kernels.WIDE, cells)
    kernels.scatter(packed.keys, packed.tops, packed.states, kernels.WIDE, cells, (keys, rows))
    kernels.sort_cells(cells, keys, rows)
    return keys, rows, cells


def _wide_tables(packed: Packed, tell: Progress) -> dict[str, pa.Table]:
    from matcher.index import document_kernels as kernels

    n = len(packed.keys)
    keys, rows, cells = _in_cells(packed)
    tell(n * 3 // 4, n)
    n_wide = len(keys)
    spare = slice(n_wide)  # what was read is written over: there may be 100 million rows
    nines = Packed(packed.keys[spare], packed.tops[spare], packed.states[spare], packed.shapes, packed.long)
    kernels.prefixes_of(keys, PREFIX_LENGTH, nines.keys, nines.tops, nines.states)
    prefixes, places, prefix_cells = _in_cells(nines)
    counts = packed.shapes.sum(axis=0)
    classes = _shape_classes(counts)
    rare = np.empty(int(counts[classes == kernels.RARE].sum()), np.uint64)
    kernels.keys_of_class(keys, classes, kernels.RARE, rare)
    tables = {
        "document_keys": _table("document_keys", keys, rows),
        "document_cells": _table("document_cells", cells),
        "document_filter": _table("document_filter", _filter(keys)),
        "document_rare_filter": _table("document_rare_filter", _filter(rare)),
        "document_prefixes": _table("document_prefixes", prefixes, places),
        "document_prefix_cells": _table("document_prefix_cells", prefix_cells),
        "document_shapes": _table("document_shapes", _by_group(classes, packed.shapes)),
    }
    tell(n, n)
    return tables


def _by_group(classes: Array, counts: Array) -> Array:
    """Tables of shapes one after the other; a row without issuer is in those of all groups."""
    from matcher.index import document_kernels as kernels

    with_unsaid = (counts > 0) | (counts[UNSAID_SHAPES] > 0)
    tables: Array = np.where(with_unsaid, classes, kernels.ABSENT).astype(np.uint8)
    tables[ALL_SHAPES] = classes
    return tables.ravel()


def _shape_classes(counts: Array) -> Array:
    """Class of each shape, by how many entries have it.

    A list of any size holds junk of every shape. The rarest shapes, one entry in 33 together, have a small
    filter of their own, so that the many neighbours that no proper number looks like are asked for in near memory.
    """
    from matcher.index import document_kernels as kernels

    classes = np.where(counts > 0, kernels.COMMON, kernels.ABSENT).astype(np.uint8)
    wide = counts[: kernels.SHAPES]
    by = np.argsort(wide, kind="stable")
    is_rare = np.cumsum(wide[by]) * RARE_SHARE <= wide.sum()
    classes[by[is_rare & (wide[by] > 0)]] = kernels.RARE
    classes[kernels.SHAPES :][counts[kernels.SHAPES :] > 0] = kernels.LONG_SHAPE
    return classes


def _long_tables(long: Long) -> dict[str, pa.Table]:
    by = np.lexsort((long.rows, long.keys))
    tables = {
        "long_keys": _table("long_keys", long.keys[by], long.rows[by]),
        "long_filter": _table("long_filter", _filter(long.keys)),
    }
    for name, keys in (("long_stems", long.stems), ("long_prefixes", long.prefixes)):
        there = np.flatnonzero(keys)
        by = there[np.lexsort((long.rows[there], keys[there]))]
        tables[name] = _table(name, keys[by], long.rows[by])
    return tables


def _filter(keys: Array) -> Array:
    from matcher.index import document_kernels as kernels

    words = np.zeros(len(keys) * FILTER_BITS // 64 + 1, np.uint64)
    kernels.fill_filter(keys, words)
    return words


def _table(name: str, *columns: Array) -> pa.Table:
    schema = DOCUMENT_TABLES[name]
    arrays = [
        pa.array(column.astype(field.type.to_pandas_dtype(), copy=False))
        for column, field in zip(columns, schema, strict=True)
    ]
    return pa.table(arrays, schema=schema)


def _numbers(documents: DocumentRows) -> Iterator[pa.Array]:
    for batch in documents.batches(["number"]):
        yield batch.column(0)


def _buffers(numbers: pa.Array) -> tuple[Array, Array]:
    """Bytes and borders of a `large_string` array, both read-only, as the kernels know them."""
    _, borders, data = numbers.buffers()
    if borders is None or not len(numbers):
        return np.frombuffer(b"\0", np.uint8), np.frombuffer(bytes(8), np.int64)
    offsets = np.frombuffer(borders, np.int64)[numbers.offset : numbers.offset + len(numbers) + 1]
    letters = np.frombuffer(data if data is not None and data.size else b"\0", np.uint8)
    offsets.flags.writeable = letters.flags.writeable = False
    return letters, offsets
