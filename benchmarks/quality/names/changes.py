"""Altered queries: a listed Latin name of the fold, changed in one of nine ways (names.md section 7).

A name takes part in a kind only where the change alters it as meant: a missing middle token has four letters or
more (a particle's absence is no gap), a cut name had more letters than the field. Each kind draws its own names.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

from benchmarks import perturb
from benchmarks.learn.split import Fold
from benchmarks.quality.names.listing import SEED, Material
from benchmarks.quality.names.queries import QuerySet, make_set, spellings

N_QUERIES = 250
CUT = 20  # letters that a short field holds
_LETTERS = 4

_Alter = Callable[[str, str], str | None]  # name, seed -> altered; None: this name is not for this kind


def change_sets(material: Material, fold: Fold) -> list[QuerySet]:
    """Make the nine sets."""
    listing = material.listing
    people = [one for one in material.people["arabic"] if one.fold == fold and one.latins]
    listed = [(one.listed_name, listing.rows_of_key.get(one.key, ())) for one in people]
    listed = [(name, rows) for name, rows in listed if any(listing.names[row] == name for row in rows)]
    sets = []
    for kind, alter in _KINDS.items():
        altered = list(_altered(kind, alter, listed))
        sets.append(make_set(f"changed: {kind}", kind, altered, listing).first(N_QUERIES))
    variants = make_set("changed: natural variant", "natural variant", spellings(people, listing), listing)
    return [*sets, variants.first(N_QUERIES)]


def _altered(
    kind: str, alter: _Alter, listed: Iterable[tuple[str, tuple[int, ...]]]
) -> Iterable[tuple[str, tuple[int, ...]]]:
    several = [(name, rows) for name, rows in listed if " " in name]
    random.Random(f"{kind}/{SEED}").shuffle(several)
    for name, rows in several:
        altered = alter(name, f"{SEED}/{name}")
        if altered is not None:
            yield altered, rows


def _differs(alter: perturb.Alter) -> _Alter:
    def altered(name: str, seed: str) -> str | None:
        changed = alter(name, seed=seed)
        return None if changed == name else changed

    return altered


def _every_typo(name: str, seed: str) -> str | None:
    long_enough = all(sum(map(str.isalpha, token)) >= _LETTERS for token in name.split(" "))
    return perturb.typo_in_every(name, seed=seed) if long_enough else None


def _gap(name: str, seed: str) -> str | None:
    shorter = perturb.drop_token(name, seed=seed)
    gone = list(name.split(" "))
    for token in shorter.split(" "):
        gone.remove(token)
    return shorter if gone and len(gone[0]) >= _LETTERS else None


def _cut(name: str, _seed: str) -> str | None:
    return perturb.truncate(name, length=CUT) if len(name) > CUT + 2 else None


_KINDS: dict[str, _Alter] = {
    "none": lambda name, _seed: name,
    "first token last": _differs(perturb.first_last),
    "typo in the longest token": _differs(perturb.typo_in_longest),
    "typo in every token": _every_typo,
    "all glued": _differs(perturb.glue_all),
    "middle token missing": _gap,
    "first name an initial": _differs(perturb.first_initial),
    f"cut at {CUT} letters": _cut,
}
