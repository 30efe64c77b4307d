"""Pair sets: two names, and whether they are one person's.

Arabic and Latin names with hard negatives (`hard_negatives`), Latin names of near-equal listed persons, Chinese,
Korean and Cyrillic names. Except in the East Asian sets there are as many wrong pairs as true ones.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.learn.split import Fold, folder_of, read_rows
from benchmarks.quality.names.east_asian import plausible_pairs, wrong_pairs
from benchmarks.quality.names.hard_negatives import HardNegative, made_negatives, shared_negatives
from benchmarks.quality.names.listing import SEED, Material
from benchmarks.quality.names.material import Person, token_set
from benchmarks.quality.names.queries import spellings

N_PAIRS = 2000


@dataclass(frozen=True)
class PairSet:
    """Pairs with their truth.

    Attributes:
        name: Short, unique.
        note: What it holds, for the report.
        left: One name of each pair.
        right: The other.
        same: Whether they are one person's.
        kinds: "true" or the kind of negative, by pair.
        most_false: Share of wrong pairs let through, for sets that are measured at one; else None.
    """

    name: str
    note: str
    left: list[str]
    right: list[str]
    same: list[bool]
    kinds: list[str]
    most_false: float | None = None


def pair_sets(shared: Path, material: Material, fold: Fold) -> list[PairSet]:
    """Make every set that has names in the fold, in the report's order."""
    arabic = [one for one in material.people["arabic"] if one.fold == fold and one.latins and "ar" in one.files]
    true = [(one.natives[0], one.listed_name) for one in arabic if " " in one.key]
    random.Random(f"true/{SEED}").shuffle(true)
    negatives = shared_negatives(shared, fold)
    random.Random(f"shared negatives/{SEED}").shuffle(negatives)
    cyrillic = [one for one in material.people["cyrillic"] if one.fold == fold and not one.on_list]
    sets = [
        _hard("hard, shared file", "Arabic–Latin, hard negatives of the shared file", true, negatives),
        _hard("hard, made", "Arabic–Latin, hard negatives made here", true, made_negatives(shared, arabic, N_PAIRS)),
        _near_listed(shared, material, fold),
        _shifted("Cyrillic pairs", "Cyrillic–Latin, wrong: another's Latin name", cyrillic),
    ]
    sets += [_east_asian(shared, "Chinese", fold), _east_asian(shared, "Korean", fold)]
    return [one for one in sets if any(one.same) and not all(one.same)]


def _hard(name: str, note: str, true: Sequence[tuple[str, str]], negatives: Sequence[HardNegative]) -> PairSet:
    n = min(N_PAIRS, len(true), len(negatives))
    kinds = Counter(negative.kind for negative in negatives[:n])
    counts = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
    wrong = [(one.native, one.latin) for one in negatives[:n]]
    made = _set(name, f"{note} ({counts}; {len(negatives)} at hand)", true[:n], wrong)
    return PairSet(**{**vars(made), "kinds": ["true"] * n + [one.kind for one in negatives[:n]]})


def _near_listed(shared: Path, material: Material, fold: Fold) -> PairSet:
    """Different listed persons with near names, beside Latin spellings of one name; equal token sets are left out."""
    rows = list(read_rows(folder_of(shared) / "watchlist_near_different.tsv"))
    wrong = [(row["name1"], row["name2"]) for row in rows if token_set(row["name1"]) != token_set(row["name2"])]
    listing = material.listing
    people = [one for one in material.people["arabic"] if one.fold == fold]
    true = [(query, listing.names[found[0]]) for query, found in spellings(people, listing) if found]
    random.Random(f"near listed/{SEED}").shuffle(true)
    n = min(len(true), len(wrong))
    note = f"Latin: different OFAC persons with near names ({len(rows) - len(wrong)} with equal tokens left out)"
    return _set("near listed", note, true[:n], wrong[:n])


def _shifted(name: str, note: str, people: Iterable[Person]) -> PairSet:
    """True pairs, and each native name with the Latin name of the next person in a seeded order."""
    persons = list(people)
    random.Random(f"{name}/{SEED}").shuffle(persons)
    others = [*persons[1:], *persons[:1]]
    true = [(one.natives[0], one.listed_name) for one in persons]
    wrong = [(one.natives[0], other.listed_name) for one, other in zip(persons, others, strict=True)]
    return _set(name, note, true, wrong)


def _east_asian(shared: Path, title: str, fold: Fold) -> PairSet:
    rows = plausible_pairs(shared, "zh" if title == "Chinese" else "ko", fold)
    made = _set(title, f"{title}–Latin, plausible rows", [(row.native, row.latin) for row in rows], wrong_pairs(rows))
    return PairSet(**{**vars(made), "most_false": 0.01})


def _set(name: str, note: str, true: Sequence[tuple[str, str]], wrong: Sequence[tuple[str, str]]) -> PairSet:
    every = [*true, *wrong]
    return PairSet(
        name,
        note,
        [left for left, _ in every],
        [right for _, right in every],
        [True] * len(true) + [False] * len(wrong),
        ["true"] * len(true) + ["wrong"] * len(wrong),
    )
