"""The list that is searched: 100,000 Latin names of different persons, six in ten of them real persons'.

Every person of the UN, OFAC and EU lists by the primary name; every person of the shared Arabic, Persian, Urdu,
Cyrillic, Greek and Hebrew files (all folds) by one Latin spelling, unless a list person has that very name in its
original script; then names drawn from `name_frequency.tsv`, given name and surname of one country, by their counts.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.learn.split import Which, folder_of, key_of, read_rows
from benchmarks.quality.names.material import ListPerson, Person, TokenSet, is_latin, read_lists, read_people, token_set

SIZE = 100_000
SEED = 5
SCRIPTS: dict[str, tuple[Which, ...]] = {
    "arabic": ("ar", "fa", "ur"),
    "cyrillic": ("cyr",),
    "greek": ("el",),
    "hebrew": ("he",),
}


@dataclass
class Listing:
    """Listed names with what is known of their persons.

    Attributes:
        names: One a person, in the order of a seeded shuffle.
        known: Token sets of all names known for the person of each row.
        rows_of_key: Rows of the persons with a native name, by its key.
        rows_of_entry: Row of a list person, by `(list_id, entry_id)`.
        counts: Rows by source.
    """

    names: list[str] = field(default_factory=list)
    known: list[frozenset[TokenSet]] = field(default_factory=list)
    rows_of_key: dict[str, tuple[int, ...]] = field(default_factory=dict)
    rows_of_entry: dict[tuple[str, str], int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def left_out(self, truths: Iterable[int]) -> frozenset[int]:
        """Rows that may be the same person: one of their names has the tokens of a name of a true row."""
        true = set(truths)
        sets = {tokens for row in true for tokens in self.known[row]}
        return frozenset(row for tokens in sets for row in self._rows_of_set[tokens]) - true

    def index(self) -> None:
        """Make the look-up of `left_out`; called once, when all rows are there."""
        self._rows_of_set: dict[TokenSet, list[int]] = defaultdict(list)
        for row, sets in enumerate(self.known):
            for tokens in sets:
                self._rows_of_set[tokens].append(row)


@dataclass(frozen=True)
class Material:
    """Everything that query sets are made from.

    Attributes:
        people: Persons of the name files, by script.
        list_people: Persons of the real lists.
        listing: The list that is searched.
    """

    people: dict[str, list[Person]]
    list_people: list[ListPerson]
    listing: Listing


@dataclass
class _Row:
    source: str
    name: str
    known: frozenset[TokenSet]
    keys: tuple[str, ...] = ()
    entry: tuple[str, str] | None = None


def read_material(shared: Path, *, size: int = SIZE) -> Material:
    """Read the shared names and make the list."""
    people = {script: read_people(shared, files) for script, files in SCRIPTS.items()}
    list_people = read_lists(shared)
    return Material(people, list_people, make_listing(shared, people, list_people, size=size))


def make_listing(
    shared: Path, people: dict[str, list[Person]], list_people: Sequence[ListPerson], *, size: int = SIZE
) -> Listing:
    """Put the real names together and fill up to `size` with drawn ones."""
    rows = [_list_row(person) for person in list_people]
    listed = {key for row in rows for key in row.keys}
    for script, persons in people.items():
        rows += [_file_row(script, person) for person in persons if person.key not in listed]
    taken = {tokens for row in rows for tokens in row.known}
    rows += _drawn(shared, size - len(rows), taken)
    random.Random(SEED).shuffle(rows)
    listing = Listing(counts=dict(Counter(row.source for row in rows)))
    keys: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        listing.names.append(row.name)
        listing.known.append(row.known)
        for key in row.keys:
            keys[key].append(at)
        if row.entry:
            listing.rows_of_entry[row.entry] = at
    listing.rows_of_key = {key: tuple(found) for key, found in keys.items()}
    listing.index()
    return listing


def _list_row(person: ListPerson) -> _Row:
    keys = tuple({key_of(name) for name in person.originals} - {""})
    entry = (person.list_id, person.entry_id)
    return _Row(person.list_id, person.primary, _known([person.primary, *person.others]), keys, entry)


def _file_row(script: str, person: Person) -> _Row:
    names = [*person.latins, *person.aliases]
    return _Row(script, person.listed_name, _known(names), (person.key,))


def _known(names: Iterable[str]) -> frozenset[TokenSet]:
    """Token sets of the Latin names; one token alone says who someone is only where there is no other name."""
    sets = {token_set(name) for name in names if is_latin(name)}
    return frozenset({tokens for tokens in sets if len(tokens) > 1} or sets)


def _drawn(shared: Path, count: int, taken: set[TokenSet]) -> list[_Row]:
    """Draw names that nobody on the list has: a country by its surnames' count, then both parts by theirs."""
    parts: dict[tuple[str, str], tuple[list[str], list[int]]] = defaultdict(lambda: ([], []))
    for row in read_rows(folder_of(shared) / "name_frequency.tsv"):
        if is_latin(row["latin"]):
            names, counts = parts[row["country"], row["role"]]
            names.append(row["latin"])
            counts.append(int(row["count"]))
    countries = sorted(
        {country for country, _ in parts if (country, "given") in parts and (country, "surname") in parts}
    )
    weights = [sum(parts[country, "surname"][1]) for country in countries]
    draw, seen = random.Random(f"drawn/{SEED}"), set(taken)
    rows: list[_Row] = []
    while len(rows) < count:
        country = draw.choices(countries, weights)[0]
        given, surname = (
            draw.choices(names, counts)[0] for names, counts in (parts[country, "given"], parts[country, "surname"])
        )
        tokens = token_set(f"{given} {surname}")
        if tokens not in seen:
            seen.add(tokens)
            rows.append(_Row("drawn", f"{given} {surname}", frozenset({tokens})))
    return rows
