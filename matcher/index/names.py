"""Names of a list: the distinct tokens and runs, the units of each name, the directory of agreement, the birth dates.

Tables: `vocabulary` (a row a distinct token, or neighbours written as one, as the kernels read it), `names` (one row a
searchable name), `units` (rows of the vocabulary with their place in a name, name by name), `postings` (names of each
vocabulary row), `directory` (keys under which a row can be found, sorted), `dates` (complete birth dates).
What is listed is mapped, not loaded; `tests/differential` compares the directory with a scan of every row.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from matcher.compare.brief_kernels import briefs_of
from matcher.compare.forms import NameForms, name_forms
from matcher.compare.token_kernels import FACTS, RARITY, SCRIPT, SKELETON, TOKENS
from matcher.index.agreement_kernels import directory_entries
from matcher.score.model import load_model
from matcher.text import Token, analyse_name

Array: TypeAlias = np.ndarray[Any, Any]

VOCABULARY = pa.schema(
    [
        ("letters", pa.list_(pa.uint8(), 64)),  # own letters, romanised form, each with its length first; never null
        ("facts", pa.list_(pa.int64(), FACTS)),  # columns of compare.token_kernels; never null
        ("brief", pa.list_(pa.uint64(), 2)),  # compare.brief_kernels; never null
        ("ends", pa.uint8()),  # bit 0: a token as written; bit 1: ends a name that may be cut; never null
        ("postings", pa.int64()),  # where the names of the row begin in `postings`; never null
    ]
)
NAMES = pa.schema(
    [
        ("entry_row", pa.int32()),  # 0-based row of persons.arrow; never null
        ("name", pa.int16()),  # 0-based place among the entry's names; never null
        ("weak", pa.bool_()),  # the list calls the alias weak; never null
        ("tokens", pa.int32()),  # how many tokens, at least one; never null
        ("cut", pa.bool_()),  # may have been cut to fit a field; never null
        ("units", pa.int64()),  # where the name's units begin in `units`; never null
    ]
)
UNITS = pa.schema(
    [("unit", pa.list_(pa.int32(), 5))]
)  # first token, tokens, vocabulary row, reading, whether led by a particle; never null
POSTINGS = pa.schema([("name_row", pa.int32())])  # 0-based row of `names`, by vocabulary row; never null
DIRECTORY = pa.schema(
    [
        ("key", pa.uint64()),  # ascending; never null
        ("row", pa.int32()),  # vocabulary row; never null
    ]
)
DATES = pa.schema(
    [
        ("day", pa.date32()),  # a complete birth date that is not default-like; never null
        ("entry_row", pa.int32()),  # never null
    ]
)
NAME_TABLES = {
    "vocabulary": VOCABULARY,
    "names": NAMES,
    "units": UNITS,
    "postings": POSTINGS,
    "directory": DIRECTORY,
    "dates": DATES,
}


def build_names(persons: pa.Table) -> dict[str, pa.Table]:
    """Make the name tables of a segment from the persons of a list version."""
    entry_rows: list[int] = []
    places: list[int] = []
    weak: list[bool] = []
    analysed: list[tuple[Token, ...]] = []
    dates: list[dict[str, Any]] = []
    for row, person in _persons(persons):
        for place, name in enumerate(person["names"] or ()):
            if tokens := analyse_name(name["text"]):
                entry_rows.append(row)
                places.append(place)
                weak.append(name["kind"] == "weak_alias")
                analysed.append(tokens)
        dates += [{"day": day, "entry_row": row} for day in _days(person["birth_dates"] or ())]
    forms = distinct_rows(name_forms(analysed, load_model().names))
    n_rows = len(forms.facts)
    ends = _ends(forms)
    keys, rows = directory_entries(forms.letters, forms.facts, ends)
    order = np.lexsort((rows, keys))
    owners = np.repeat(np.arange(len(analysed), dtype=np.int32), np.diff(forms.starts))
    briefs = briefs_of(forms.letters, forms.facts, ends)
    by_row = np.lexsort((owners, forms.units[:, 2]))
    postings = np.searchsorted(forms.units[by_row, 2], np.arange(n_rows)).astype(np.int64)
    return {
        "vocabulary": pa.table(
            [_lists(forms.letters), _lists(forms.facts), _lists(briefs), ends, postings], schema=VOCABULARY
        ),
        "names": pa.table(
            [
                pa.array(entry_rows, pa.int32()), pa.array(places, pa.int16()), pa.array(weak, pa.bool_()),
                forms.counts, pa.array(forms.cut, pa.bool_()), forms.starts[:-1],
            ],
            schema=NAMES,
        ),
        "units": pa.table([_lists(forms.units)], schema=UNITS),
        "postings": pa.table([owners[by_row]], schema=POSTINGS),
        "directory": pa.table([keys[order], rows[order]], schema=DIRECTORY),
        "dates": pa.Table.from_pylist(sorted(dates, key=lambda one: (one["day"], one["entry_row"])), schema=DATES),
    }  # fmt: skip


def distinct_rows(forms: NameForms) -> NameForms:
    """Give equal rows one place: runs of neighbours are made name by name."""
    facts = np.ascontiguousarray(forms.facts[:, [SCRIPT, SKELETON, RARITY, TOKENS]])
    same = np.concatenate([forms.letters, facts.view(np.uint8)], axis=1)
    packed = np.ascontiguousarray(same).view(np.dtype((np.void, same.shape[1]))).ravel()
    _, first, inverse = np.unique(packed, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int32)
    rank[np.argsort(first)] = np.arange(len(first), dtype=np.int32)  # rows keep the order of their first name
    units = forms.units.copy()
    units[:, 2] = rank[inverse[units[:, 2]]]
    kept = np.sort(first)
    return forms._replace(letters=forms.letters[kept], facts=forms.facts[kept], units=units)


def _ends(forms: NameForms) -> Array:
    ends: Array = (forms.facts[:, TOKENS] == 1).astype(np.uint8)
    owners = np.repeat(np.arange(len(forms.counts)), np.diff(forms.starts))
    last = (forms.units[:, 0] == forms.counts[owners] - 1) & (forms.units[:, 1] == 1) & forms.cut[owners]
    ends[forms.units[last, 2]] |= 2
    return ends


def _lists(rows: Array) -> pa.FixedSizeListArray:
    return pa.FixedSizeListArray.from_arrays(pa.array(np.ascontiguousarray(rows).ravel()), rows.shape[1])


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
        directory: Keys, rows, and where keys of each first sixteen bits begin.
        posting_starts: Where the names of each vocabulary row begin in `postings`, and the end.
        postings: Names of each row.
        entry_rows: Entry row of each name.
        counts: Tokens of each name.
        places: Place of each name among its entry's names.
        weak: Whether each name is a weak alias.
    """

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        vocabulary, names = tables["vocabulary"].combine_chunks(), tables["names"].combine_chunks()
        units = _matrix(tables["units"].column("unit"), 5)
        self.counts = names.column("tokens").to_numpy()
        self.forms = NameForms(
            _matrix(vocabulary.column("letters"), 64),
            _matrix(vocabulary.column("facts"), FACTS),
            np.append(names.column("units").to_numpy(), len(units)),
            units,
            self.counts,
            names.column("cut").to_numpy(zero_copy_only=False),
        )
        self.briefs = _matrix(vocabulary.column("brief"), 2)
        self.ends = vocabulary.column("ends").to_numpy()
        self.postings = tables["postings"].column("name_row").to_numpy()
        self.posting_starts = np.append(vocabulary.column("postings").to_numpy(), len(self.postings))
        keys = tables["directory"].column("key").to_numpy()
        self.directory = (keys, tables["directory"].column("row").to_numpy(), tops_of(keys))
        self.entry_rows = names.column("entry_row").to_numpy()
        self.places = names.column("name").to_numpy()
        self.weak = names.column("weak").to_numpy(zero_copy_only=False)
        self._days: dict[Any, list[int]] = {}
        dates = tables["dates"].to_pydict()
        for day, entry_row in zip(dates["day"], dates["entry_row"], strict=True):
            self._days.setdefault(day, []).append(entry_row)

    def names_of(self, entry_row: int) -> range:
        """Rows of an entry's names: they stand together."""
        borders = np.array(
            [entry_row, entry_row + 1], self.entry_rows.dtype
        )  # of another type, all rows would be copied
        first, last = np.searchsorted(self.entry_rows, borders).tolist()
        return range(first, last)

    def names_of_each(self, entry_rows: Sequence[int]) -> tuple[Array, Array]:
        """Rows of the names of several entries, and the entry row of each; int32."""
        entries = np.array(entry_rows, self.entry_rows.dtype)
        first, last = (np.searchsorted(self.entry_rows, entries, side=side) for side in ("left", "right"))
        counts = last - first
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return (np.repeat(first, counts) + within).astype(np.int32), np.repeat(entries, counts)

    def entries_born(self, day: Any) -> list[int]:
        """Entry rows that carry a complete birth date."""
        return self._days.get(day, [])


def tops_of(keys: Array) -> Array:
    """Where keys of each first sixteen bits begin, and the end."""
    borders = np.arange(1 << 16, dtype=np.uint64) << np.uint64(48)
    return np.append(np.searchsorted(keys, borders), len(keys)).astype(np.int64)


def _matrix(column: pa.ChunkedArray, width: int) -> Array:
    values = column.combine_chunks().flatten().to_numpy()
    matrix: Array = values.reshape(-1, width)
    return matrix
