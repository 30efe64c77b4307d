"""What the weights of alignments are learned from: dev names searched for among the train and dev names.

A query is a dev name in its own script, one Latin spelling where another is listed, or a listed Latin name with one
promised change. The right answers are all listed names of the same person (the same name in its own script).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import perturb
from benchmarks.learn import corpus
from benchmarks.learn.split import Which, key_of, name_pairs, variant_groups

SHARES = {"he": 0.3, "ko": 0.3}  # of a file's dev names that are asked
NOBODY = -1
PARTICLES = frozenset(
    ("al", "el", "ul", "bin", "ibn", "ben", "bint", "abu", "abou", "abi", "de", "da", "der", "van", "von", "della")
)


class Query(NamedTuple):
    """A name to find, its person, how it was made."""

    name: str
    person: int
    kind: str


class Listed(NamedTuple):
    """Names to search among: one row a name and person."""

    names: list[str]
    persons: NDArray[np.int64]


def move_particle(name: str, *, seed: int | str) -> str:
    """Leave out a particle, or write it with what follows, or apart.

    Examples:
        >>> [move_particle("Omar al-Hassan", seed=seed) for seed in range(4)]
        ['Omar Alhassan', 'Omar al Hassan', 'Omar Alhassan', 'Omar Hassan']
        >>> move_particle("Omar Hassan", seed=1)
        'Omar Hassan'
    """
    draw = random.Random(f"particle/{seed}")
    tokens = name.replace("-", " - ").split()
    places = [at for at, token in enumerate(tokens[:-1]) if token.casefold() in PARTICLES]
    if not places:
        return name
    at = draw.choice(places)
    to = at + 2 if tokens[at + 1] == "-" and at + 2 < len(tokens) else at + 1
    ways = [[], [(tokens[at] + tokens[to]).capitalize()], [tokens[at], tokens[to]]]
    way = draw.choice(ways)
    changed = tokens[:at] + (way or [tokens[to]]) + tokens[to + 1 :]
    return " ".join(changed).replace(" - ", "-")


CHANGES: dict[str, Callable[[str, int], str]] = {
    "unchanged": lambda name, seed: name,
    "order": lambda name, seed: perturb.swap_order(name, seed=seed) if seed % 2 else perturb.first_last(name),
    "initial": lambda name, seed: perturb.first_initial(name) if seed % 2 else perturb.initial(name, seed=seed),
    "typo": lambda name, seed: perturb.typo(name, seed=seed) if seed % 2 else perturb.typo_in_longest(name, seed=seed),
    "two typos": lambda name, seed: perturb.two_typos(name, seed=seed),
    "typo in every": lambda name, seed: perturb.typo_in_every(name, seed=seed),
    "gap": lambda name, seed: perturb.drop_token(name, seed=seed),
    "glue": lambda name, seed: perturb.glue(name, seed=seed),
    "glue all": lambda name, seed: perturb.glue_all(name),
    "split": lambda name, seed: perturb.split(name, seed=seed),
    "cut 20": lambda name, seed: perturb.truncate(name, length=20),
    "cut 39": lambda name, seed: perturb.truncate(name),
    "particle": lambda name, seed: move_particle(name, seed=seed),
}


def make(
    shared: Path, *, changed: int, sets: Sequence[Which] = corpus.SETS, seed: int = corpus.SEED
) -> tuple[Listed, list[Query]]:
    """Make the list and the queries.

    Args:
        shared: The shared folder.
        changed: Queries of each promised change, as far as names can be changed so.
        sets: Files.
        seed: Decides which names are asked and changed.
    """
    draw = random.Random(seed)
    people: dict[str, int] = {}
    rows: dict[tuple[str, int], int] = {}
    queries, listed_dev = [], []
    for which in sets:
        for pair in name_pairs(shared, which):
            if pair.fold == "test":
                continue
            person = people.setdefault(key_of(pair.native), len(people))
            rows.setdefault((pair.latin, person), person)
            if pair.fold == "dev" and draw.random() < SHARES.get(which, 1.0):
                queries.append(Query(pair.native, person, which))
                listed_dev.append((pair.latin, person))
    for group in variant_groups(shared):
        spelled = sorted({latin for latin, _, _ in group.variants})
        if group.fold == "dev" and len(spelled) > 1:
            person = people.setdefault(key_of(group.native), len(people))
            asked = draw.choice(spelled)
            queries.append(Query(asked, person, "lat"))
            rows.update({(latin, person): person for latin in spelled if latin != asked})
            if (asked, person) in rows:
                rows[asked, person] = NOBODY  # neither right nor wrong
    draw.shuffle(listed_dev)
    for kind, change in CHANGES.items():
        queries += _changed(kind, change, listed_dev, changed)
    return Listed([name for name, _ in rows], np.array(list(rows.values()), np.int64)), queries


def _changed(kind: str, change: Callable[[str, int], str], names: Sequence[tuple[str, int]], most: int) -> list[Query]:
    found: list[Query] = []
    for at, (name, person) in enumerate(names):
        if len(found) == most:
            break
        text = change(name, at)
        if kind == "unchanged" or text != name:
            found.append(Query(text, person, kind))
    return found
