"""Document numbers of a list: exact and near search over the mapped tables of a segment.

`document_tables` builds what is searched here, the kernels do the work: `document_kernels` (exact), `near_kernels`
(neighbours), `slip_kernels` (which slip). Steps of a near search: read the numbers -> places that may hold a near one
-> slip of each -> rows, best first. Rows are rows of documents.arrow.

A near number must be of the presented issuer group and document class, where both sides say them; an equal number is
found whatever they are (`document_issuers`). Status and dates are the caller's: nothing here knows them. No answer
depends on a hash: wide keys are the numbers themselves, and a long number's text is compared.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import numpy as np
import pyarrow as pa

from matcher.documents.numbers import lookup_key
from matcher.documents.slips import LONGEST_QUERY, SLIPS, SYMBOLS, TYPE_LETTERS, look_alikes
from matcher.documents.states import short_codes
from matcher.index.document_issuers import Asked, Issuers, Texts
from matcher.index.document_tables import MALFORMED, Array, build_documents, malformed_hash, read_few, read_numbers
from matcher.schema import TEXT
from matcher.snapshot.documents import DocumentRows

WIDE_LENGTH = 12  # characters of the longest number that is its own key
BLOCK = 65_536  # numbers searched at a time
FEW = 4  # numbers of a single lookup, read without a column
DEFAULT_LIMIT = 50
_HALF = 1 << 63
_NO_ROWS: Array = np.zeros(0, np.int64)
_NO_SLIPS: Array = np.zeros(0, np.uint8)


@dataclass(frozen=True, slots=True)
class Near:
    """A listed number that is near: its row, the slip (`documents.slips.SLIPS`), and how many characters it changed."""

    row: int
    slip: str
    n_changed: int


class NearRows(NamedTuple):
    """Columns of a near search, ordered by `query_row`, then best first; all of one length.

    Attributes:
        query_row: Place among the numbers asked for, int64.
        row: Row of documents.arrow, int64.
        slip: Place in `documents.slips.SLIPS`, uint8.
        n_changed: Characters changed, added or missing, uint8; 0 for an equal number.
    """

    query_row: Array
    row: Array
    slip: Array
    n_changed: Array


def pack_key(key: str) -> int:
    """Pack a lookup key of at most 12 characters as the index holds it: base 36 with a leading one.

    Examples:
        >>> pack_key("0"), pack_key("00"), pack_key("L898902C3").bit_length()
        (36, 1296, 48)
    """
    return int(f"1{key}", 36)


_NOTHING = NearRows(_NO_ROWS, _NO_ROWS, _NO_SLIPS, _NO_SLIPS)


class DocumentIndex:
    """Finds the rows of document numbers; reads mapped tables, holds no copy, may be asked by several threads.

    Args:
        tables: The segment's tables of `DOCUMENT_TABLES`.
        documents: The rows of the same list version.

    Examples:
        >>> from matcher.schema import DOCUMENT_ENTRY
        >>> numbers = ["AB 1234567", "??", "AB1234567", "C01X00T47"]
        >>> rows = [{"number": number, "issuing_state": "UTO", "source_row": 1} for number in numbers]
        >>> listed = DocumentRows.of(pa.Table.from_pylist(rows, schema=DOCUMENT_ENTRY))
        >>> index = DocumentIndex(build_documents(listed), listed)
        >>> index.rows("ab-1234567"), index.rows("??"), index.rows("AB1234568")
        ([0, 2], [1], [])
        >>> [(one.row, one.slip) for one in index.near("CO1X00T47", "UTO")], index.near("CO1X00T47", "FRA")
        ([(3, 'lookalike')], [])
    """

    def __init__(self, tables: Mapping[str, pa.Table], documents: DocumentRows) -> None:
        self._keys, self._order = _columns(tables["document_keys"])
        (self._cells,) = _columns(tables["document_cells"])
        (self._words,), (self._rare_words,) = (
            _columns(tables["document_filter"]),
            _columns(tables["document_rare_filter"]),
        )
        self._prefixes = (*_columns(tables["document_prefixes"]), *_columns(tables["document_prefix_cells"]))
        self._exact = self._keys, self._cells, self._words
        self._long_keys, self._long_rows = _columns(tables["long_keys"])
        (self._long_words,) = _columns(tables["long_filter"])
        self._long_stems, self._long_prefixes = _columns(tables["long_stems"]), _columns(tables["long_prefixes"])
        self._shapes = _forms(*_columns(tables["document_shapes"]))
        self._numbers = documents.column("number")
        self._issuers = Issuers(documents, tables["document_issuers"].column("group").to_pylist())

    def rows(self, number: str) -> list[int]:
        """Return the rows whose number has the same lookup key, ascending; none for a number without one.

        Args:
            number: As presented; normalised here.

        Cost:
            About a microsecond beyond the normalisation, at 100 million rows.
        """
        key = lookup_key(number)
        if len(key) > WIDE_LENGTH or key.startswith(MALFORMED):
            return self._rows_by_text(key)
        if not key or not len(self._keys):
            return []
        first, count = self.places(pack_key(key))
        rows: list[int] = self._order[first : first + count].tolist() if count else []
        return rows

    def places(self, key: int) -> tuple[int, int]:
        """Find one packed key: first place in `row_order` and number of places, 0 when it isn't listed."""
        found: tuple[int, int] = self._find(self._exact, key - _HALF)
        return found

    def exact_batch(self, keys: Array) -> tuple[Array, Array]:
        """Find many packed keys.

        Args:
            keys: As `pack_key` makes them, uint64, shape `(n,)`; 0 finds nothing.

        Returns:
            First place in `row_order` (-1: not listed) and number of places, both int64, shape `(n,)`.
        """
        first, counts = np.full(len(keys), -1, np.int64), np.zeros(len(keys), np.int64)
        if len(self._keys):
            wanted = np.ascontiguousarray(keys, np.uint64).view()
            wanted.flags.writeable = False  # as mapped columns are: one compiled kernel for both
            _kernels().exact.find_batch(self._keys, self._cells, self._words, wanted, (first, counts))
        return first, counts

    @functools.cached_property
    def _find(self) -> Any:
        return _kernels().exact.find_one

    @property
    def row_order(self) -> Array:
        """Rows by place, uint32: equal numbers are neighbours, their rows ascending."""
        return self._order

    def exact_rows(self, numbers: Texts) -> tuple[Array, Array]:
        """Find the rows of many numbers as presented.

        Returns:
            `query_row` and `row`, int64, ordered by both.
        """
        texts = _texts(numbers)
        digits, lengths = read_numbers(texts) if len(texts) else (_NO_ROWS.reshape(0, 1), _NO_ROWS)
        is_wide = (lengths > 0) & (lengths <= WIDE_LENGTH)
        keys = np.zeros(len(texts), np.uint64)
        if len(texts):
            _kernels().exact.pack_digits(digits, lengths, LONGEST_QUERY, keys)
        first, counts = self.exact_batch(np.where(is_wide, keys, np.uint64(0)))
        queries = np.repeat(np.arange(len(texts)), counts)
        within = np.arange(len(queries)) - np.repeat(np.cumsum(counts) - counts, counts)
        rows = self._order[np.repeat(first, counts) + within].astype(np.int64)
        others = [(at, row) for at in np.flatnonzero(~is_wide).tolist() for row in self.rows(texts[at].as_py() or "")]
        if others:
            more = np.array(others, np.int64)
            queries, rows = np.concatenate((queries, more[:, 0])), np.concatenate((rows, more[:, 1]))
            by = np.lexsort((rows, queries))
            queries, rows = queries[by], rows[by]
        return queries, rows

    def near(
        self, number: str, issuing_state: str | None = None, type: str | None = None, *, limit: int = DEFAULT_LIMIT
    ) -> list[Near]:
        """Return the listed numbers that are equal or near, best first; arguments as for `near_batch`.

        Args:
            number: As presented.
            issuing_state: As presented; None: not said.
            type: As presented; None: not said.
            limit: Most results; a list of this length may have been cut.
        """
        found = self.near_batch([number], [issuing_state] if issuing_state else None, [type] if type else None)
        columns = (column[:limit].tolist() for column in found[1:])
        return [Near(row, SLIPS[slip], n_changed) for row, slip, n_changed in zip(*columns, strict=True)]

    def near_batch(self, numbers: Texts, issuing_states: Texts | None = None, types: Texts | None = None) -> NearRows:
        """Find every listed number that is equal or near to each of many.

        Complete: whatever pair of numbers shows a slip of `documents.slips` is found, whatever it is found by, if
        issuer group and class are the same or not said on either side. An equal number is found whatever they are.
        A malformed number is found by its exact text alone.

        Args:
            numbers: As presented; strings, or an Arrow array of them.
            issuing_states: Codes or names as presented, one a number; None: not said.
            types: Document codes as presented, one a number; None: not said.

        Cost:
            A few microseconds a number; memory by block of 65,536 numbers and by what is found.
        """
        if isinstance(numbers, list) and 0 < len(numbers) <= FEW:
            asked = self._issuers.asked(len(numbers), issuing_states, types)
            return self._near_block(numbers, read_few(numbers), asked, 0)
        texts = _texts(numbers)
        asked = self._issuers.asked(len(texts), issuing_states, types)
        blocks = []
        for start in range(0, len(texts), BLOCK):
            own = Asked(*(column[start : start + BLOCK] for column in asked))
            block = texts.slice(start, BLOCK)
            blocks.append(self._near_block(block, read_numbers(block), own, start))
        if len(blocks) <= 1:
            return blocks[0] if blocks else _NOTHING
        return NearRows(*(np.concatenate(columns) for columns in zip(*blocks, strict=True)))

    def _near_block(self, texts: Texts, presented: tuple[Array, Array], asked: Asked, start: int) -> NearRows:
        parts = [self._malformed(texts, presented[1])]
        if len(self._keys) or len(self._long_keys):
            found = self._places(presented, asked.tables)
            is_wide = found[1] < len(self._keys)
            if is_wide.any():
                parts.append(self._label_wide(presented, [column[is_wide] for column in found]))
            if not is_wide.all():
                parts.append(self._label_long(presented, [column[~is_wide] for column in found]))
        if not any(len(part.row) for part in parts):
            return _NOTHING  # most numbers are near none, and a single lookup needn't pay for the rest
        queries, rows, slips, changed = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        packed = queries << 41 | slips.astype(np.int64) << 37 | changed.astype(np.int64) << 32 | rows
        packed.sort()  # one sort of integers: query (16 bits), slip (4), characters changed (5), row (32)
        packed = packed[np.concatenate(([True], packed[1:] != packed[:-1]))[: len(packed)]]
        queries, rows, slips = packed >> 41, packed & 0xFFFFFFFF, packed >> 37 & 0xF
        kept = slips == _kernels().slips.EXACT
        near = np.flatnonzero(~kept)
        kept[near] = self._issuers.fits(asked, queries[near], rows[near])
        changed = packed >> 32 & 0x1F
        return NearRows(queries[kept] + start, rows[kept], slips[kept].astype(np.uint8), changed[kept].astype(np.uint8))

    def _places(self, presented: tuple[Array, Array], shapes_of: Array) -> tuple[Array, Array]:
        """Places that may hold a near number, some twice: of wide keys, and beyond them rows of long numbers."""
        lengths = presented[1]
        wide, filters = (self._keys, self._cells), (self._words, self._rare_words)
        long = (self._long_keys, self._long_rows, self._long_words)
        tables = _near_tables()
        index = (wide, filters, self._prefixes, long, self._long_stems, self._long_prefixes, self._shapes, tables.likes)
        most = _most_neighbours(int(lengths.max()))
        parts, at, room = [], 0, 4 * len(lengths) + 1024
        while at < len(lengths):
            found = np.empty(room, np.int64), np.empty(room, np.int64)
            after, used = _kernels().near.near_batch(presented, shapes_of, at, index, most, found)
            parts.append((found[0][:used], found[1][:used]))
            room *= 1 if after > at else 4
            at = after
        if len(parts) == 1:
            return parts[0]
        queries, places = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        return queries, places

    def _label_wide(self, presented: tuple[Array, Array], found: Sequence[Array]) -> NearRows:
        queries, places = found
        slips, changed = np.zeros(len(queries), np.uint8), np.zeros(len(queries), np.uint8)
        _kernels().slips.label_wide(presented, (queries, places), self._keys, _near_tables().labels, (slips, changed))
        near = np.flatnonzero(slips != _kernels().slips.NONE)  # rows of the others aren't fetched
        return NearRows(queries[near], self._order[places[near]].astype(np.int64), slips[near], changed[near])

    def _label_long(self, presented: tuple[Array, Array], found: Sequence[Array]) -> NearRows:
        queries, rows = found[0], found[1] - len(self._keys)
        slips, changed = np.zeros(len(queries), np.uint8), np.zeros(len(queries), np.uint8)
        if len(rows):
            listed = read_numbers(pa.array([self._numbers[row].as_py() for row in rows.tolist()], TEXT))
            _kernels().slips.label_read(presented, queries, listed, _near_tables().labels, (slips, changed))
        near = np.flatnonzero(slips != _kernels().slips.NONE)
        return NearRows(queries[near], rows[near], slips[near], changed[near])

    def _malformed(self, texts: Texts, lengths: Array) -> NearRows:
        """Rows of the numbers that cannot be keys, 21 characters and more among them, by exact text."""
        asked = np.flatnonzero((lengths < 1) | (lengths > _kernels().exact.MAX_LISTED)).tolist()
        if not asked:
            return _NOTHING
        pairs = [(at, row) for at in asked for row in self.rows(_text_at(texts, at))]
        found = np.array(pairs, np.int64).reshape(-1, 2)
        nothing = np.zeros(len(found), np.uint8)
        return NearRows(found[:, 0], found[:, 1], nothing, nothing)

    def _rows_by_text(self, key: str) -> list[int]:
        is_malformed = key.startswith(MALFORMED)
        wanted = np.uint64(malformed_hash(key) if is_malformed else pack_key(key) % (1 << 64))
        first, last = (int(self._long_keys.searchsorted(wanted, side=side)) for side in ("left", "right"))
        rows = sorted(self._long_rows[first:last].tolist())
        return [row for row in rows if lookup_key(self._numbers[row].as_py()) == key]


def warm() -> None:
    """Compile, or load from the cache, every kernel of building and searching: seconds, once a process."""
    numbers = pa.array(["AB1234567", "ABCDE123456789", "D23145890XYZ", "?"], TEXT)
    unsaid = pa.nulls(len(numbers), pa.dictionary(pa.int16(), TEXT))
    documents = DocumentRows.of(pa.table({"number": numbers, "issuing_state": unsaid, "type": unsaid}))
    index = DocumentIndex(build_documents(documents), documents)
    index.rows("AB1234567")
    index.exact_rows(["AB1234567"])
    index.near_batch(["AB1234567", "ABCDE12345678"])


class _Kernels(NamedTuple):
    exact: Any
    near: Any
    slips: Any


@functools.cache
def _kernels() -> _Kernels:
    from matcher.index import document_kernels, near_kernels, slip_kernels  # imports numba

    return _Kernels(document_kernels, near_kernels, slip_kernels)


class _NearTables(NamedTuple):
    likes: tuple[
        tuple[Array, Array], ...
    ]  # look-alikes of each character, one after the other, and where those of each
    # begin: all of them; of the same kind, letter or digit; of the other kind
    labels: tuple[Array, Array]  # which pairs look alike; which packed texts are codes


@functools.cache
def _near_tables() -> _NearTables:
    pairs = look_alikes()
    others = [[SYMBOLS.index(two) for two in SYMBOLS if frozenset((one, two)) in pairs] for one in SYMBOLS]
    kinds = [[[two for two in each if (two > 9) == (one > 9)] for one, each in enumerate(others)]]
    kinds += [[[two for two in each if (two > 9) != (one > 9)] for one, each in enumerate(others)]]
    alike = np.zeros((len(SYMBOLS), len(SYMBOLS)), np.uint8)
    for one, each in enumerate(others):
        alike[one, each] = 1
    codes = np.zeros(2 * len(SYMBOLS) ** 3, np.uint8)
    codes[[pack_key(code) for code in (*short_codes(), *TYPE_LETTERS)]] = 1
    for table in (alike, codes):
        table.flags.writeable = False
    return _NearTables(tuple(_one_after_the_other(lists) for lists in (others, *kinds)), (alike, codes))


def _one_after_the_other(lists: Sequence[Sequence[int]]) -> tuple[Array, Array]:
    flat = np.array([one for each in lists for one in each], np.uint8)
    first = np.cumsum([0, *(len(each) for each in lists)])
    flat.flags.writeable = first.flags.writeable = False
    return flat, first


@functools.lru_cache(maxsize=64)
def _most_neighbours(n: int) -> int:
    """Bound of the neighbours of a number of n characters: one edit, and pairs of look-alikes."""
    degree = int(np.diff(_near_tables().likes[0][1]).max())
    return (2 * n + 1) * len(SYMBOLS) + 2 * n + n * n * degree * degree // 2 + 1


def _forms(shapes: Array) -> tuple[Array, Array, Array]:
    """Tables of shapes, the listed shapes of wide numbers by table and length, and where those of each begin."""
    exact, n_shapes = _kernels().exact, _kernels().near.N_SHAPES
    by_table = shapes.reshape(-1, n_shapes)
    tables, forms = np.nonzero(by_table[:, : exact.SHAPES])
    lengths = np.frexp(forms)[1] - 1
    lengths_of = exact.MAX_WIDE + 1
    order = np.argsort(tables * lengths_of + lengths, kind="stable")
    places = (tables * lengths_of + lengths)[order]
    begins = np.searchsorted(places, np.arange(len(by_table) * lengths_of + 1))
    found = shapes, forms[order], begins
    for column in found[1:]:
        column.flags.writeable = False
    return found


def _columns(table: pa.Table) -> tuple[Array, ...]:
    """Columns as read-only arrays without a copy; each is one chunk."""
    columns = []
    for column in table.columns:
        array = column.chunk(0) if column.num_chunks else pa.array([], column.type)
        columns.append(array.to_numpy())
    return tuple(columns)


def _text_at(texts: Texts, at: int) -> str:
    """One number of a column or a list; nothing for null, and for half a character, which no listed number can hold."""
    text: str | None = texts[at] if isinstance(texts, list) else cast(pa.Array, texts)[at].as_py()
    return text if text and _is_whole(text) else ""


def _texts(numbers: Texts) -> pa.Array:
    if isinstance(numbers, pa.ChunkedArray):
        numbers = numbers.combine_chunks()
    if isinstance(numbers, pa.Array):
        return numbers.cast(TEXT)
    try:
        return pa.array(numbers, TEXT)
    except UnicodeEncodeError:  # half a character: no listed number can hold it
        return pa.array([text if text and _is_whole(text) else None for text in numbers], TEXT)


def _is_whole(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)
