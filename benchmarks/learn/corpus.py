"""What the weights of names are learned from: pairs of names, and those names as the kernels read them.

Pairs are natural (one person in two scripts, or in two Latin spellings) or made, by a slip of the keyboard; each knows
its fold. Everything is drawn by fixed seeds from files in their own order.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import perturb
from benchmarks.learn.split import Fold, Which, name_pairs, variant_groups
from matcher.compare.attested import Attested
from matcher.compare.forms import NameForms, name_forms
from matcher.score import name_tables
from matcher.score.name_tables import NameTables
from matcher.text import Token, analyse_name

SETS: tuple[Which, ...] = ("ar", "fa", "ur", "ar_raw", "fa_raw", "cyr", "he", "el", "zh", "ko")
SEED = 7
SLIPS = 12_000  # names that a slip is made in
NATIVE_SLIPS = 6_000
KNOTS = (-8, -5, -3, -1.5, 0, 1, 2, 3, 4, 5, 6, 7.5, 9, 10.5, 12)  # bits of token evidence
RARITIES = (4, 5, 6.5, 8, 9.5, 11, 12.5)  # bits
MIN_RARITY, MAX_RARITY = 3.0, 14.0  # bits
LIMITS = """# Levels of token evidence and bands of rarity, in 1/1024 bit.
id = "limits-1"
source = "chosen on the dev fold: levels lie closest where true and chance pairs mix"
date = "{date}"
command = "{command}"
knots = {knots}
rarities = {rarities}
min_rarity_bits = {least}
max_rarity_bits = {most}
"""


class Pair(NamedTuple):
    """Two names of one person."""

    left: str
    right: str
    kind: str
    fold: Fold


def limits_text(*, date: str, command: str) -> str:
    """Write the table of limits."""
    knots, rarities = ([round(1024 * value) for value in values] for values in (KNOTS, RARITIES))
    return LIMITS.format(date=date, command=command, knots=knots, rarities=rarities, least=MIN_RARITY, most=MAX_RARITY)


def natural_pairs(shared: Path, folds: Sequence[Fold], sets: Iterable[Which] = SETS) -> list[Pair]:
    """Names in two scripts, and Latin spellings of one Arabic name two by two."""
    found = [
        Pair(row.native, row.latin, which, row.fold)
        for which in sets
        for row in name_pairs(shared, which)
        if row.fold in folds
    ]
    for group in variant_groups(shared):
        if group.fold in folds:
            spelled = sorted({latin for latin, _, _ in group.variants})
            found += [Pair(one, other, "lat", group.fold) for one, other in combinations(spelled, 2)]
    return found


def slipped_pairs(pairs: Sequence[Pair], seed: int = SEED) -> list[Pair]:
    """Latin and native names beside themselves with a slip of the keyboard."""
    draw = random.Random(seed)
    base = [pair for pair in pairs if pair.kind in ("ar", "fa", "ur", "cyr", "he")]
    found = []
    for at, pair in enumerate(draw.sample(base, min(len(base), SLIPS))):
        found.append(Pair(pair.right, perturb.typo(pair.right, seed=at), "slip", pair.fold))
    for at, pair in enumerate(draw.sample(base, min(len(base), NATIVE_SLIPS))):
        if pair.kind != "he":
            found.append(Pair(pair.left, perturb.typo(pair.left, seed=at), "slip", pair.fold))
    return [pair for pair in found if pair.left != pair.right]


@functools.cache
def tokens_of(name: str) -> tuple[Token, ...]:
    """Analyse a name once."""
    return tuple(analyse_name(name))


def empty_tables(limits: str, frequency: str, attested: Attested) -> NameTables:
    """Tables whose weights are all zero."""
    texts = {
        "limits.toml": limits,
        "frequency.tsv": frequency,
        "token_weights.tsv": cells_text("", name_tables.token_cells(), None),
        "name_weights.tsv": cells_text("", name_tables.name_cells(), None),
    }
    return name_tables.make_name_tables("empty", texts, attested)


def cells_text(head: str, cells: Iterable[tuple[str, ...]], weights: Any) -> str:
    """Write a table, a row a cell."""
    rows = list(cells)
    values = [0] * len(rows) if weights is None else [int(weight) for weight in weights]
    columns = "part\tkind\tlevel\trarity" if rows[0][0] == "edge" else "part\trelation\tfirst\tsecond"
    lines = ("\t".join((*row, str(value))) + "\n" for row, value in zip(rows, values, strict=True))
    return f"{head}{columns}\tweight\n" + "".join(lines)


def with_weights(tables: NameTables, *, tokens: Any = None, names: Any = None) -> tuple[Any, ...]:
    """The arrays of a model with other weights, as the kernels take them."""
    arrays = list(tables.arrays)
    if tokens is not None:
        arrays[0] = np.asarray(tokens, np.int32)
    if names is not None:
        arrays[5] = np.asarray(names, np.int32)
    return tuple(arrays)


def tops_of(keys: Any) -> NDArray[np.int64]:
    """Where the keys with each 16 first bits begin."""
    firsts = np.array([at << 48 for at in range(1 << 16)], np.uint64)
    return np.append(np.searchsorted(keys, firsts), len(keys)).astype(np.int64)


def partners_of(attested: Attested) -> tuple[Any, Any, Any]:
    """Attested keys as `agreement_kernels.candidates_of` reads them."""
    return attested.from_keys, attested.to_keys, tops_of(attested.from_keys)


def forms_of(names: Iterable[str], tables: NameTables) -> NameForms:
    """Names as arrays."""
    return name_forms([tokens_of(name) for name in names], tables)
