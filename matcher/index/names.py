"""Names of a list: the distinct tokens and runs, the units of each name, the directory of agreement, the birth dates.

Tables: `vocabulary` (a row a distinct token, or neighbours written as one, as the kernels read it) and its `letters`,
`names` (one row a searchable name), `units` (rows of the vocabulary with their place in a name, name by name),
`postings` (names of each vocabulary row), each with where a name's or a row's begin (`unit_starts`, `posting_starts`);
`near_*`, `wide_*` and the filters are a `Directory`, `pair_*` are `Pairs`; `dates` (complete birth dates). All are
mapped: opening loads and copies nothing. `tests/differential` compares the directory with a scan of every row.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from matcher.compare.brief_kernels import briefs_of
from matcher.compare.forms import NameForms, name_forms, take_rows
from matcher.compare.token_kernels import FACTS, UNITS
from matcher.index.agreement_kernels import (
    A_BUCKET,
    A_GROUP,
    Directory,
    count_keys,
    fill_directory,
    skeleton_keys,
)
from matcher.index.hash_kernels import A_WORD
from matcher.index.pair_kernels import Pairs, pairs_of
from matcher.score.model import load_model
from matcher.text import Token, analyse_name

Array: TypeAlias = np.ndarray[Any, Any]
_EPOCH = datetime.date(1970, 1, 1).toordinal()

LETTERS = pa.schema([("letters", pa.list_(pa.uint8(), 32))])  # as `compare.forms` lays them out; never null
VOCABULARY = pa.schema(
    [
        ("facts", pa.list_(pa.uint8(), FACTS.itemsize)),  # compare.token_kernels; never null
        ("brief", pa.list_(pa.uint64(), 2)),  # compare.brief_kernels; never null
        ("ends", pa.uint8()),  # bit 0: a token as written; bit 1: ends a name that may be cut; never null
    ]
)
NAMES = pa.schema(
    [
        ("entry_row", pa.int32()),  # 0-based row of persons.arrow; never null
        ("name", pa.int16()),  # 0-based place among the entry's names; never null
        ("weak", pa.uint8()),  # 1: the list calls the alias weak; never null
        ("tokens", pa.int8()),  # how many tokens, at least one; never null
        ("cut", pa.uint8()),  # 1: may have been cut to fit a field; never null
    ]
)
UNIT_ROWS = pa.schema([("unit", pa.list_(pa.uint8(), UNITS.itemsize))])  # compare.token_kernels.UNITS; never null
STARTS = pa.schema([("start", pa.int32())])  # where each row's own begin, and the end; never null
POSTINGS = pa.schema([("name_row", pa.int32())])  # 0-based row of `names`, by vocabulary row; never null
ROWS = pa.schema([("row", pa.int32())])  # vocabulary rows by bucket; never null
BUCKETS = pa.schema([("start", pa.int32())])  # where each bucket begins, and the end; never null
FILTER = pa.schema([("word", pa.uint64())])  # never null
DATES = pa.schema(
    [
        ("day", pa.date32()),  # a complete birth date that is not default-like; ascending; never null
        ("entry_row", pa.int32()),  # never null
    ]
)
_DIRECTORY = {
    "skeleton_starts": BUCKETS,
    "near_starts": BUCKETS,
    "near_rows": ROWS,
    "wide_starts": BUCKETS,
    "wide_rows": ROWS,
    "skeletons": FILTER,
    "tokens": FILTER,
    "others": FILTER,
}
_PAIRS = {"pair_starts": BUCKETS, "pair_names": POSTINGS, "pairs": FILTER}
NAME_TABLES = {
    "letters": LETTERS,
    "vocabulary": VOCABULARY,
    "names": NAMES,
    "units": UNIT_ROWS,
    "unit_starts": STARTS,
    "postings": POSTINGS,
    "posting_starts": STARTS,
    **_DIRECTORY,
    **_PAIRS,
    "dates": DATES,
}


def build_names(persons: pa.Table) -> dict[str, pa.Table]:
    """Make the name tables of a segment from the persons of a list version."""
    entry_rows: list[int] = []
    places: list[int] = []
    weak: list[int] = []
    analysed: list[tuple[Token, ...]] = []
    dates: list[dict[str, Any]] = []
    for row, person in _persons(persons):
        for place, name in enumerate(person["names"] or ()):
            if tokens := analyse_name(name["text"]):
                entry_rows.append(row)
                places.append(place)
                weak.append(int(name["kind"] == "weak_alias"))
                analysed.append(tokens)
        dates += [{"day": day, "entry_row": row} for day in _days(person["birth_dates"] or ())]
    forms = distinct_rows(name_forms(analysed, load_model().names))
    n_rows = len(forms.facts)
    ends = _ends(forms)
    directory = directory_of(forms.letters, forms.facts, ends)
    owners = np.repeat(np.arange(len(analysed), dtype=np.int32), np.diff(forms.starts))
    briefs = briefs_of(forms.letters, forms.facts, ends)
    by_row = np.argsort(forms.units["row"], kind="stable")
    posting_starts = np.concatenate(([0], np.cumsum(np.bincount(forms.units["row"], minlength=n_rows))))
    return {
        "letters": pa.table([_lists(forms.letters)], schema=LETTERS),
        "vocabulary": pa.table([_lists(_as_bytes(forms.facts)), _lists(briefs), ends], schema=VOCABULARY),
        "names": pa.table(
            [
                pa.array(entry_rows, pa.int32()), pa.array(places, pa.int16()), pa.array(weak, pa.uint8()),
                forms.counts.astype(np.int8), forms.cut.astype(np.uint8),
            ],
            schema=NAMES,
        ),
        "units": pa.table([_lists(_as_bytes(forms.units))], schema=UNIT_ROWS),
        "unit_starts": pa.table([forms.starts.astype(np.int32)], schema=STARTS),
        "postings": pa.table([owners[by_row]], schema=POSTINGS),
        "posting_starts": pa.table([posting_starts.astype(np.int32)], schema=STARTS),
        **{name: pa.table([column], schema=_DIRECTORY[name]) for name, column in directory._asdict().items()},
        **{name: pa.table([column], schema=_PAIRS[name]) for name, column in pairs_of(forms)._asdict().items()},
        "dates": pa.Table.from_pylist(sorted(dates, key=lambda one: (one["day"], one["entry_row"])), schema=DATES),
    }  # fmt: skip


def distinct_rows(forms: NameForms) -> NameForms:
    """Give equal rows one place, in the order that a directory wants: runs of neighbours are made name by name."""
    facts = forms.facts
    n = len(facts)
    said = np.empty(n, [(name, facts.dtype[name]) for name in ("script", "skeleton", "rarity", "tokens")])
    for name in said.dtype.names or ():
        said[name] = facts[name]
    packed = np.concatenate([forms.letters[:n], forms.letters[facts["own"]], _as_bytes(said)], axis=1)
    _, first, inverse = np.unique(
        packed.view(np.dtype((np.void, packed.shape[1]))).ravel(), return_index=True, return_inverse=True
    )
    spelled = np.ascontiguousarray(forms.letters[first, 1:17]).view(">u8")  # one beginning stands together
    order = np.lexsort((first, spelled[:, 1], spelled[:, 0], skeleton_keys(facts[first])))
    kept = first[order]
    rank = np.empty(len(first), np.int32)
    rank[order] = np.arange(len(first), dtype=np.int32)
    units = forms.units.copy()
    units["row"] = rank[inverse[units["row"]]]
    letters, facts = take_rows(forms.letters, facts, kept)
    return forms._replace(letters=letters, facts=facts, units=units)


def directory_of(letters: Array, facts: Array, ends: Array) -> Directory:
    """Make the directory of a vocabulary; rows in order and their ends as for `agreement_kernels.fill_directory`."""
    near, wide = count_keys(letters, facts, ends)
    directory = Directory(
        np.zeros(len(facts) // A_GROUP + 2, np.int32),
        np.zeros(near // A_BUCKET + 2, np.int32),
        np.empty(near, np.int32),
        np.zeros(wide // A_BUCKET + 2, np.int32),
        np.empty(wide, np.int32),
        np.zeros(len(facts) // A_WORD + 1, np.uint64),
        np.zeros(int((facts["tokens"] == 1).sum()) // A_WORD + 1, np.uint64),
        np.zeros(near // A_WORD + 1, np.uint64),
    )
    fill_directory(letters, facts, ends, directory)
    return directory


def _ends(forms: NameForms) -> Array:
    ends: Array = (forms.facts["tokens"] == 1).astype(np.uint8)
    owners = np.repeat(np.arange(len(forms.counts)), np.diff(forms.starts))
    units = forms.units
    last = (units["start"] == forms.counts[owners] - 1) & (units["count"] == 1) & forms.cut[owners]
    ends[units["row"][last]] |= 2
    return ends


def _lists(rows: Array) -> pa.FixedSizeListArray:
    return pa.FixedSizeListArray.from_arrays(pa.array(np.ascontiguousarray(rows).ravel()), rows.shape[1])


def _as_bytes(records: Array) -> Array:
    return np.ascontiguousarray(records).view(np.uint8).reshape(len(records), records.dtype.itemsize)


def _persons(persons: pa.Table) -> Iterable[tuple[int, dict[str, Any]]]:
    rows = persons.select(["kind", "names", "birth_dates"])
    every = itertools.chain.from_iterable(batch.to_pylist() for batch in rows.to_batches(max_chunksize=8192))
    return ((row, person) for row, person in enumerate(every) if person["kind"] == "person")


def _days(dates: Iterable[Mapping[str, Any]]) -> set[Any]:
    """Complete, exact, Gregorian dates that are not 1 January, as days since 1970."""
    days = set()
    for date in dates:
        year, month, day = date["year"], date["month"], date["day"]
        exact = not date["approximate"] and date["year_to"] is None and date["calendar"] in (None, "gregorian")
        if exact and None not in (year, month, day) and (month, day) != (1, 1):
            days.add(np.datetime64(f"{year:04d}-{month:02d}-{day:02d}").item())
    return days


class NameIndex:
    """The opened name tables of a segment.

    Attributes:
        forms: The names as the kernels read them.
        briefs: Two words a vocabulary row (`compare.brief_kernels`).
        ends: A byte a vocabulary row.
        directory: Finds the vocabulary rows that may agree with a row.
        pairs: Finds the names that hold two vocabulary rows.
        posting_starts: Where the names of each vocabulary row begin in `postings`, and the end.
        postings: Names of each row.
        entry_rows: Entry row of each name.
        counts: Tokens of each name.
        places: Place of each name among its entry's names.
        weak: 1 for each name that is a weak alias.
    """

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        vocabulary, names = tables["vocabulary"], tables["names"]
        self.counts = names.column("tokens").to_numpy()
        self.forms = NameForms(
            _matrix(tables["letters"].column("letters"), 32),
            _records(vocabulary.column("facts"), FACTS),
            tables["unit_starts"].column("start").to_numpy(),
            _records(tables["units"].column("unit"), UNITS),
            self.counts,
            names.column("cut").to_numpy(),
        )
        self.briefs = _matrix(vocabulary.column("brief"), 2)
        self.ends = vocabulary.column("ends").to_numpy()
        self.postings = tables["postings"].column("name_row").to_numpy()
        self.posting_starts = tables["posting_starts"].column("start").to_numpy()
        self.directory = Directory(*(tables[name].column(0).to_numpy() for name in Directory._fields))
        self.pairs = Pairs(*(tables[name].column(0).to_numpy() for name in Pairs._fields))
        self.entry_rows = names.column("entry_row").to_numpy()
        self.places = names.column("name").to_numpy()
        self.weak = names.column("weak").to_numpy()
        self._days = tables["dates"].column("day").cast(pa.int32()).to_numpy()
        self._born = tables["dates"].column("entry_row").to_numpy()

    def names_of(self, entry_row: int) -> range:
        """Rows of an entry's names: they stand together."""
        borders = np.array([entry_row, entry_row + 1], self.entry_rows.dtype)  # of another type, all would be copied
        first, last = np.searchsorted(self.entry_rows, borders).tolist()
        return range(first, last)

    def names_of_each(self, entry_rows: Sequence[int]) -> tuple[Array, Array]:
        """Rows of the names of several entries, and the entry row of each; int32."""
        entries = np.array(entry_rows, self.entry_rows.dtype)
        first, last = (np.searchsorted(self.entry_rows, entries, side=side) for side in ("left", "right"))
        counts = last - first
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return (np.repeat(first, counts) + within).astype(np.int32), np.repeat(entries, counts)

    def entries_born(self, day: datetime.date) -> list[int]:
        """Entry rows that carry a complete birth date."""
        wanted = day.toordinal() - _EPOCH
        first, last = np.searchsorted(self._days, np.array([wanted, wanted + 1], np.int32))
        found: list[int] = self._born[first:last].tolist()
        return found


def tops_of(keys: Array) -> Array:
    """Where keys of each first sixteen bits begin, and the end."""
    borders = np.arange(1 << 16, dtype=np.uint64) << np.uint64(48)
    return np.append(np.searchsorted(keys, borders), len(keys)).astype(np.int64)


def _matrix(column: pa.ChunkedArray, width: int) -> Array:
    values = _whole(column).flatten().to_numpy()
    matrix: Array = values.reshape(-1, width)
    return matrix


def _records(column: pa.ChunkedArray, kind: np.dtype[Any]) -> Array:
    records: Array = _whole(column).flatten().to_numpy().view(kind)
    return records


def _whole(column: pa.ChunkedArray) -> pa.FixedSizeListArray:
    """A column as one array: of one chunk, as a segment's are, without a copy, which `combine_chunks` makes."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
