"""Query sets for the list: what is searched, which rows are right, which are left out.

Every set holds names of one fold only, chosen by a seeded draw. UN and EU names are never learned from, so they are
in the test fold, except the ones whose very name a learning row of a name file holds.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import JaroWinkler

from benchmarks.learn.split import Fold, key_of
from benchmarks.quality.names.listing import SEED, Listing, Material
from benchmarks.quality.names.material import Person, is_latin, token_set, tokens_of

MOST = {"WD-ar": 600, "WD-fa": 300, "WD-ur": 300, "UN-ar": 600, "WD-lat": 600, "UN-lat": 600}
MOST |= {"Cyrillic": 600, "Cyrillic, EU": 300, "Greek": 143, "Greek, all": 143, "Hebrew": 400}
FIFTHS = 5
_SIMILAR = 0.8  # Jaro-Winkler from which two tokens of a UN alias count as similar


@dataclass(frozen=True)
class QuerySet:
    """Queries with their truth.

    Attributes:
        name: Short, unique.
        note: What it holds, for the report.
        queries: Names as presented.
        truths: Rows of the list that are right, by query.
        left_out: Rows that may be right as well and count on neither side, by query.
    """

    name: str
    note: str
    queries: list[str]
    truths: list[tuple[int, ...]]
    left_out: list[frozenset[int]]

    def first(self, most: int | None) -> QuerySet:
        """The same set with at most so many queries."""
        return QuerySet(self.name, self.note, self.queries[:most], self.truths[:most], self.left_out[:most])

    def only(self, rows: Sequence[int]) -> QuerySet:
        """The same set with some of its queries."""
        return QuerySet(
            self.name,
            self.note,
            [self.queries[row] for row in rows],
            [self.truths[row] for row in rows],
            [self.left_out[row] for row in rows],
        )


def make_set(name: str, note: str, pairs: Iterable[tuple[str, tuple[int, ...]]], listing: Listing) -> QuerySet:
    """Make a set of `(query, true rows)`, drawn and cut to the set's size."""
    drawn = [(query, truths) for query, truths in pairs if truths]
    random.Random(f"{name}/{SEED}").shuffle(drawn)
    drawn = drawn[: MOST.get(name)]
    return QuerySet(
        name,
        note,
        [query for query, _ in drawn],
        [truths for _, truths in drawn],
        [listing.left_out(truths) for _, truths in drawn],
    )


def query_sets(material: Material, fold: Fold) -> list[QuerySet]:
    """Make every set that has names in the fold, in the report's order."""
    listing, people = material.listing, material.people
    arabic = [person for person in people["arabic"] if person.fold == fold and person.latins]

    def native(name: str, note: str, persons: Iterable[Person]) -> QuerySet:
        pairs = [(person.natives[0], listing.rows_of_key.get(person.key, ())) for person in persons]
        return make_set(name, note, pairs, listing)

    def of_fold(script: str) -> list[Person]:
        return [person for person in people[script] if person.fold == fold]

    titles = {"ar": "Arabic", "fa": "Persian", "ur": "Urdu"}
    sets = [
        native(f"WD-{file}", f"{title} → Latin", (one for one in arabic if file in one.files))
        for file, title in titles.items()
    ]
    sets += [
        make_set("UN-ar", "UN original script → primary name", _un_originals(material, fold), listing),
        make_set("WD-lat", "Latin spelling of an Arabic name → another", spellings(arabic, listing), listing),
        make_set("UN-lat", "UN alias sharing two similar tokens → primary name", _un_aliases(material, fold), listing),
        native("Cyrillic", "Cyrillic → Latin", (one for one in of_fold("cyrillic") if not one.on_list)),
        native("Cyrillic, EU", "Cyrillic → Latin, EU list", (one for one in of_fold("cyrillic") if one.on_list)),
        native("Greek", "Greek → Latin", of_fold("greek")),
        native("Hebrew", "Hebrew → Latin", of_fold("hebrew")),
    ]
    if fold == "test":
        sets.append(native("Greek, all", "Greek → Latin, all names, five-fold", people["greek"]))
    return [one for one in sets if one.queries]


def fifth_of(greek: str) -> int:
    """The fifth of the Greek names that a native name is in, 0 to 4, by a digest of its key."""
    digest = hashlib.md5(f"fifth/{key_of(greek)}".encode(), usedforsecurity=False).hexdigest()
    return int(digest, 16) % FIFTHS


def _un_originals(material: Material, fold: Fold) -> list[tuple[str, tuple[int, ...]]]:
    if fold != "test":
        return []
    learned = {one.key for persons in material.people.values() for one in persons if one.fold != "test"}
    listing = material.listing
    return [
        (name, (listing.rows_of_entry[person.list_id, person.entry_id],))
        for person in material.list_people
        if person.list_id == "un-sc"
        for name in person.originals[:1]
        if key_of(name) not in learned and not is_latin(name)
    ]


def spellings(arabic: Iterable[Person], listing: Listing) -> list[tuple[str, tuple[int, ...]]]:
    """Another spelling of each listed name, one a person, the first by a digest, with the rows that are right."""
    found = []
    for person in arabic:
        listed = token_set(person.listed_name)
        others = [latin for latin in person.latins if token_set(latin) != listed]
        if others:
            best = min(others, key=lambda latin: hashlib.md5(latin.encode(), usedforsecurity=False).hexdigest())
            found.append((best, listing.rows_of_key.get(person.key, ())))
    return found


def _un_aliases(material: Material, fold: Fold) -> list[tuple[str, tuple[int, ...]]]:
    if fold != "test":
        return []
    listing = material.listing
    return [
        (alias, (listing.rows_of_entry[person.list_id, person.entry_id],))
        for person in material.list_people
        if person.list_id == "un-sc"
        for alias in person.good_aliases
        if is_latin(alias) and token_set(alias) != token_set(person.primary) and n_similar(alias, person.primary) >= 2
    ]


def n_similar(left: str, right: str) -> int:
    """Count the tokens of one name with a similar one in the other, each taken once, best first.

    Examples:
        >>> n_similar("Yusuf Ahmed Khan", "Ahmad Yousuf"), n_similar("Abu Bakr", "Yusuf Khan")
        (2, 0)
    """
    one, other = tokens_of(left), tokens_of(right)
    similar = [
        (JaroWinkler.similarity(token, against), row, column)
        for row, token in enumerate(one)
        for column, against in enumerate(other)
    ]
    rows: set[int] = set()
    columns: set[int] = set()
    for value, row, column in sorted(similar, reverse=True):
        if value >= _SIMILAR and row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
    return len(rows)
