"""Names of different persons that are easily taken for one: Arabic name of the one, Latin name of the other.

`shared_negatives` takes the shared file's pairs, `made_negatives` makes more of the same kinds from two-token Arabic
names of one fold: two persons with one surname; with one given name and near surnames; a person beside the same Latin
name with one token replaced by one that the table of confusable tokens names. What could be one name in two spellings
is kept out: differing Arabic tokens differ by two letters or more.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from benchmarks.learn.split import Fold, folder_of, key_of, negatives, read_rows
from benchmarks.quality.names.listing import SEED
from benchmarks.quality.names.material import Person

KINDS = ("same_surname_diff_given", "same_given_near_surname", "one_confusable_token")
_MOST_A_GROUP = 12  # pairs from one surname, one given name, one confusable pair
_NEAR = 80.0  # token sort ratio of near Latin names, as in the shared file
_EDITS = 2


class HardNegative(NamedTuple):
    """A wrong pair: the native name of one person, a Latin name of another."""

    kind: str
    native: str
    latin: str


def shared_negatives(shared: Path, fold: Fold) -> list[HardNegative]:
    """Both crossings of each pair of the shared file; in the test fold if one of the names is."""
    found = []
    for row in negatives(shared):
        if row.fold == fold:
            found.append(HardNegative(row.kind, row.native, row.other_latin))
            found.append(HardNegative(row.kind, row.other_native, row.latin))
    return found


def made_negatives(shared: Path, people: Iterable[Person], most: int) -> list[HardNegative]:
    """Make up to `most` negatives from persons of one fold, as evenly from the three kinds as there are enough."""
    persons = [person for person in people if person.latins and len(person.key.split()) == 2]
    random.Random(f"negatives/{SEED}").shuffle(persons)
    made = {
        "same_surname_diff_given": list(_crossed("same_surname_diff_given", _same_surname(persons))),
        "same_given_near_surname": list(_crossed("same_given_near_surname", _near_surname(persons))),
        "one_confusable_token": list(_replaced(shared, persons)),
    }
    kept: list[HardNegative] = []
    for left, kind in zip(range(len(KINDS), 0, -1), sorted(made, key=lambda kind: len(made[kind])), strict=True):
        random.Random(f"{kind}/{SEED}").shuffle(made[kind])
        kept += made[kind][: (most - len(kept)) // left]
    random.Random(f"made/{SEED}").shuffle(kept)
    return kept


def _same_surname(persons: Sequence[Person]) -> Iterator[tuple[Person, Person]]:
    for group in _groups(persons, 1):
        yield from _some(pair for pair in group if _far(pair, 0))


def _near_surname(persons: Sequence[Person]) -> Iterator[tuple[Person, Person]]:
    for group in _groups(persons, 0):
        yield from _some(pair for pair in group if _far(pair, 1) and _near_latin(pair))


def _replaced(shared: Path, persons: Iterable[Person]) -> Iterator[HardNegative]:
    others: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in read_rows(folder_of(shared) / "confusable_tokens_nomatch.tsv"):
        one, other = key_of(row["arabic1"]), key_of(row["arabic2"])
        others[one].append((other, row["latin2"]))
        others[other].append((one, row["latin1"]))
    used: Counter[frozenset[str]] = Counter()
    for person in persons:
        natives, latins = person.key.split(), person.listed_name.split(" ")
        for at, token in enumerate(natives if len(latins) == 2 else ()):
            for other, latin in others[token]:
                if used[frozenset((token, other))] < _MOST_A_GROUP:
                    used[frozenset((token, other))] += 1
                    name = " ".join([*latins[:at], latin, *latins[at + 1 :]])
                    yield HardNegative("one_confusable_token", person.natives[0], name)


def _groups(persons: Iterable[Person], at: int) -> Iterator[Iterator[tuple[Person, Person]]]:
    """Pairs of persons who share one token and whose Latin spellings are all different."""
    groups: dict[str, list[Person]] = defaultdict(list)
    for person in persons:
        groups[person.key.split()[at]].append(person)
    for group in groups.values():
        yield ((one, other) for one, other in combinations(group, 2) if not set(one.latins) & set(other.latins))


def _some(pairs: Iterable[tuple[Person, Person]]) -> list[tuple[Person, Person]]:
    return [pair for pair, _ in zip(pairs, range(_MOST_A_GROUP), strict=False)]


def _far(pair: tuple[Person, Person], at: int) -> bool:
    one, other = (person.key.split()[at] for person in pair)
    return Levenshtein.distance(one.removeprefix("ال"), other.removeprefix("ال")) >= _EDITS


def _near_latin(pair: tuple[Person, Person]) -> bool:
    one, other = (person.listed_name.casefold() for person in pair)
    return fuzz.token_sort_ratio(one, other) >= _NEAR


def _crossed(kind: str, pairs: Iterable[tuple[Person, Person]]) -> Iterator[HardNegative]:
    for one, other in pairs:
        yield HardNegative(kind, one.natives[0], other.listed_name)
        yield HardNegative(kind, other.natives[0], one.listed_name)
