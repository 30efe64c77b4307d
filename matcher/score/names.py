"""The evidence of two names: the best alignment of their tokens, in bits, and its leaves.

Steps: names to arrays (`compare.forms`) -> agreeing units and their weights -> best one-to-one assignment
(`alignment_kernels`) -> leaves. Symmetric and exact: every weight is an integer in 1/1024 bit. Two names are weighed as
a question at even odds: 0 bits says that they are one name as likely as two names that look alike.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from matcher.score.evidence import GRAIN, Evidence
from matcher.score.model import Model
from matcher.text import Token

Array: TypeAlias = np.ndarray[Any, Any]

LEVELS = ("exact", "spelling", "similar", "weak", "joined", "initial", "prefix", "left_over", "base", "weak_alias")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two aligned units: first token and number of tokens on either side, level, bits."""

    left: int
    left_count: int
    right: int
    right_count: int
    level: str
    bits: float


@dataclass(frozen=True, slots=True)
class NameAlignment:
    """The best alignment of two names.

    Attributes:
        left: Tokens of the left name, in its order.
        right: Tokens of the right name.
        pairs: Aligned units, in the left name's order.
        left_over_bits: Weight of the tokens that stand alone.
        base_bits: Weight of being compared at all: what makes 0 bits even odds.
        bits: The sum.
        agrees_fully: Rule 9: every token of the shorter name agrees (two at least), or both are one and equal.
    """

    left: tuple[Token, ...]
    right: tuple[Token, ...]
    pairs: tuple[Pair, ...]
    left_over_bits: float
    base_bits: float
    bits: float
    agrees_fully: bool


def align_names(model: Model, left: Sequence[Token], right: Sequence[Token]) -> NameAlignment | None:
    """Align two names; None when either has no token.

    Cost:
        About 0.1 ms, nearly all of it in making arrays of two names; many pairs are weighed together for less
        (`weigh_pairs`). Equal pairs of names are remembered.
    """
    if not left or not right:
        return None
    return _align(model, tuple(left), tuple(right))


@functools.lru_cache(maxsize=32_768)
def _align(model: Model, left: tuple[Token, ...], right: tuple[Token, ...]) -> NameAlignment:
    from matcher.compare.forms import name_forms  # imports numba, as what follows
    from matcher.score.alignment_kernels import align_one
    from matcher.score.edge_kernels import BASE

    forms = name_forms([left, right], model.names)
    edges, weight, fully = align_one(forms, 0, forms, 1, model.names.arrays)
    pairs = tuple(
        Pair(
            int(start),
            int(count),
            int(other),
            int(other_count),
            _level(int(kind), int(level), int(bits)),
            int(bits) / GRAIN,
        )
        for start, count, other, other_count, kind, level, bits in sorted(edges.tolist())
    )
    base = int(model.names.numbers[BASE]) / GRAIN
    bits = int(weight) / GRAIN
    left_over = bits - base - sum(pair.bits for pair in pairs)
    return NameAlignment(left, right, pairs, left_over, base, bits, bool(fully))


def _level(kind: int, level: int, bits: int) -> str:
    """Name the level of an edge; one that speaks against (a man's name for a woman's) is weak, however alike."""
    from matcher.score.edge_kernels import FULL_LEVEL, SIMILAR_LEVEL
    from matcher.score.edge_kernels import LEVELS as LEVEL_COUNT
    from matcher.score.name_tables import KIND_NAMES

    name = KIND_NAMES[kind]
    if name != "plain":
        return name
    if level == LEVEL_COUNT - 1:
        return "exact"
    if bits < 0:
        return "weak"
    return "spelling" if level >= FULL_LEVEL else "similar" if level >= SIMILAR_LEVEL else "weak"


def weigh_pairs(model: Model, names: Sequence[Sequence[Token]], pairs: Array) -> tuple[Array, Array]:
    """Weigh many pairs of names; the weights are those of `align_names`.

    Args:
        model: Weights.
        names: Tokens of each distinct name.
        pairs: int32 `(n, 2)`: places in `names`.

    Returns:
        Bits as float64, NaN where a side has no token; and whether both names agree fully (rule 9).

    Cost:
        About 10 µs a distinct name and 6 µs a pair, one thread.
    """
    from matcher.compare.forms import name_forms
    from matcher.score.alignment_kernels import align_pairs
    from matcher.score.edge_kernels import LOWEST

    forms = name_forms(names, model.names)
    out = np.empty((len(pairs), 3), np.int32)
    align_pairs(forms, forms, pairs, model.names.arrays, LOWEST, out)
    return np.where(out[:, 0] == LOWEST, np.nan, out[:, 0] / GRAIN), out[:, 2].astype(bool)


def name_leaves(model: Model, alignment: NameAlignment, *, weak_alias: bool) -> list[Evidence]:
    """Make the leaves of a name: one an aligned pair, one for what stands alone, the base; their sum is `bits`."""
    left, right = alignment.left, alignment.right
    leaves, used, other_used = [], set[int](), set[int]()
    for pair in alignment.pairs:
        mine, theirs = (
            range(pair.left, pair.left + pair.left_count),
            range(pair.right, pair.right + pair.right_count),
        )
        used.update(mine)
        other_used.update(theirs)
        leaves.append(Evidence("name", pair.level, _written(left, mine), _written(right, theirs), pair.bits))
    rest = [at for at in range(len(left)) if at not in used]
    other_rest = [at for at in range(len(right)) if at not in other_used]
    if rest or other_rest or alignment.left_over_bits:
        values = _written(left, rest), _written(right, other_rest)
        leaves.append(Evidence("name", "left_over", *values, alignment.left_over_bits))
    leaves.append(Evidence("name", "base", None, None, alignment.base_bits))
    if weak_alias:
        leaves.append(Evidence("name", "weak_alias", None, None, model.weight("name", "weak_alias")))
    return leaves


def _written(tokens: Sequence[Token], places: Sequence[int]) -> str | None:
    return " ".join(tokens[at].original for at in places) or None
