"""Names of a list: the distinct tokens, the tokens of each name, the joins of neighbours, the full birth dates.

Tables: `vocabulary` (a token's id is its row; tokens as written come first, joined ones after), `names` (one row a
searchable name), `joins` (neighbours written as one, by name), `dates` (complete birth dates, by entry row).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from matcher.compare.tokens import Vocabulary
from matcher.schema import TEXT
from matcher.score.names import joined_token, runs_of
from matcher.text import Token, analyse_name

VOCABULARY = pa.schema(
    [
        ("form", TEXT),  # romanised spelling; never null
        ("sound", TEXT),  # spelling habits folded; never null
        ("skeleton", TEXT),  # consonant classes; never null, may be empty
        ("abjad", pa.bool_()),  # script without short vowels; never null
        ("joined", pa.bool_()),  # only ever neighbours written as one; never null
    ]
)
NAMES = pa.schema(
    [
        ("entry_row", pa.int32()),  # 0-based row of persons.arrow; never null
        ("name", pa.int16()),  # 0-based place among the entry's names; never null
        ("weak", pa.bool_()),  # the list calls the alias weak; never null
        ("tokens", pa.list_(pa.int32())),  # vocabulary ids in the written order; never null or empty
    ]
)
JOINS = pa.schema(
    [
        ("token", pa.int32()),  # vocabulary id of the joined form; never null
        ("name_row", pa.int32()),  # 0-based row of `names`; never null
        ("start", pa.int8()),  # place of the first neighbour among the name's tokens; never null
        ("count", pa.int8()),  # how many neighbours it joins; never null
    ]
)
DATES = pa.schema(
    [
        ("day", pa.date32()),  # a complete birth date that is not default-like; never null
        ("entry_row", pa.int32()),  # never null
    ]
)
_Key = tuple[str, bool]


class _Ids:
    """Gives each distinct token (form and kind of script) the next id."""

    def __init__(self) -> None:
        self.ids: dict[_Key, int] = {}
        self.tokens: list[Token] = []

    def of(self, token: Token) -> int:
        key = (token.form, token.abjad)
        found = self.ids.get(key)
        if found is None:
            found = self.ids[key] = len(self.tokens)
            self.tokens.append(token)
        return found


def build_names(persons: pa.Table) -> dict[str, pa.Table]:
    """Make the name tables of a segment from the persons of a list version."""
    ids = _Ids()
    names: list[dict[str, Any]] = []
    analysed: list[tuple[Token, ...]] = []
    dates: list[dict[str, Any]] = []
    for row, person in _persons(persons):
        for place, name in enumerate(person["names"] or ()):
            if tokens := analyse_name(name["text"]):
                weak = name["kind"] == "weak_alias"
                token_ids = [ids.of(token) for token in tokens]
                names.append({"entry_row": row, "name": place, "weak": weak, "tokens": token_ids})
                analysed.append(tokens)
        dates += [{"day": day, "entry_row": row} for day in _days(person["birth_dates"] or ())]
    n_written = len(ids.tokens)
    joins = [
        {"token": ids.of(joined_token(tokens[start:stop])), "name_row": row, "start": start, "count": stop - start}
        for row, tokens in enumerate(analysed)
        for start, stop in runs_of(len(tokens))
    ]
    vocabulary = [
        {"form": one.form, "sound": one.sound, "skeleton": one.skeleton, "abjad": one.abjad, "joined": at >= n_written}
        for at, one in enumerate(ids.tokens)
    ]
    return {
        "vocabulary": pa.Table.from_pylist(vocabulary, schema=VOCABULARY),
        "names": pa.Table.from_pylist(names, schema=NAMES),
        "joins": pa.Table.from_pylist(joins, schema=JOINS),
        "dates": pa.Table.from_pylist(sorted(dates, key=lambda one: (one["day"], one["entry_row"])), schema=DATES),
    }


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
    """The opened name tables of a segment: vocabulary and postings for a scan.

    Attributes:
        written: Vocabulary of tokens as written; ids as in the table.
        tokens: Every token, joined forms too.
        joined_by_skeleton: Ids of tokens that stand in a join, by skeleton.
        name_tokens: Token ids of all names, one after the other.
        joins: Columns of the table `joins`.
        entry_rows: Entry row of each name.
        counts: Tokens of each name.
        places: Place of each name among its entry's names.
        weak: Whether each name is a weak alias.
    """

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        columns = tables["vocabulary"].to_pydict()
        self.tokens = [
            Token(form, sound, skeleton, abjad, form)
            for form, sound, skeleton, abjad in zip(
                columns["form"], columns["sound"], columns["skeleton"], columns["abjad"], strict=True
            )
        ]
        n_written = len(self.tokens) - sum(columns["joined"])
        self.written = Vocabulary(self.tokens[:n_written])
        names = tables["names"].combine_chunks()
        self.entry_rows = names.column("entry_row").to_numpy()
        self.places = names.column("name").to_numpy()
        self.weak = names.column("weak").to_numpy(zero_copy_only=False)
        lists = names.column("tokens").combine_chunks()
        self.counts = lists.value_lengths().to_numpy().astype(np.int16)
        self.name_tokens = lists.flatten().to_numpy()
        self._holders = _Postings(self.name_tokens, len(self.tokens))
        self._name_rows = np.repeat(np.arange(len(self.counts), dtype=np.int32), self.counts)
        self.joins = {column: tables["joins"].column(column).to_numpy() for column in JOINS.names}
        self._joiners = _Postings(self.joins["token"], len(self.tokens))
        self.joined_by_skeleton: dict[str, list[int]] = {}
        for at in np.unique(self.joins["token"]):
            self.joined_by_skeleton.setdefault(self.tokens[at].skeleton, []).append(int(at))
        self._names_of: dict[int, list[int]] = {}
        for name_row, entry_row in enumerate(self.entry_rows.tolist()):
            self._names_of.setdefault(entry_row, []).append(name_row)
        self._days: dict[Any, list[int]] = {}
        dates = tables["dates"].to_pydict()
        for day, entry_row in zip(dates["day"], dates["entry_row"], strict=True):
            self._days.setdefault(day, []).append(entry_row)

    def names_with(self, token_id: int) -> np.ndarray[Any, Any]:
        """Rows of the names that hold a token as written."""
        rows: np.ndarray[Any, Any] = self._name_rows[self._holders.places(token_id)]
        return rows

    def joins_of(self, token_id: int) -> np.ndarray[Any, Any]:
        """Rows of `joins` whose neighbours make a joined form."""
        return self._joiners.places(token_id)

    def join_sums(self, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Sum a value of each token over the parts of each join; shape of `joins`."""
        upto = np.concatenate(([0.0], np.cumsum(values[self.name_tokens])))
        firsts = np.concatenate(([0], np.cumsum(self.counts, dtype=np.int64)))
        start = firsts[self.joins["name_row"]] + self.joins["start"]
        sums: np.ndarray[Any, Any] = upto[start + self.joins["count"]] - upto[start]
        return sums

    def names_of(self, entry_row: int) -> list[int]:
        """Rows of an entry's names."""
        return self._names_of.get(entry_row, [])

    def entries_born(self, day: Any) -> list[int]:
        """Entry rows that carry a complete birth date."""
        return self._days.get(day, [])


class _Postings:
    """Places of each id in a column of ids: one sorted order and its borders."""

    def __init__(self, ids: np.ndarray[Any, Any], n_ids: int) -> None:
        self._order = np.argsort(ids, kind="stable")
        self._borders = np.searchsorted(ids[self._order], np.arange(n_ids + 1))

    def places(self, one: int) -> np.ndarray[Any, Any]:
        return self._order[self._borders[one] : self._borders[one + 1]]
