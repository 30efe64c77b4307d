"""One leaf of a score: what was compared, at which level, and what it weighs.

Every weight is rounded to 1/1024 bit when its leaf is made, so sums of leaves are exact in any order (rule 8).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

GRAIN = 1024


def to_grain(bits: float) -> float:
    """Round a weight to the nearest 1/1024 bit.

    Examples:
        >>> to_grain(0.1) * 1024
        102.0
    """
    return round(bits * GRAIN) / GRAIN


@dataclass(frozen=True, slots=True)
class Evidence:
    """A leaf: feature, comparison level, the two original values, weight in bits.

    Attributes:
        feature: prior, name, birth_date, sex, nationality, birth_place or document.
        level: The level reached, a key of the model's table for the feature.
        query_value: What was presented, original text; None for nothing.
        entry_value: What is listed, original text; None for nothing.
        weight_bits: A multiple of 1/1024.
    """

    feature: str
    level: str
    query_value: str | None
    entry_value: str | None
    weight_bits: float


def total_bits(leaves: Iterable[Evidence]) -> float:
    """Sum the weights of leaves; exact whatever their order."""
    return sum(leaf.weight_bits for leaf in leaves)


def probability(weight_bits: float) -> float:
    """Turn a match weight into a match probability, 2^w / (1 + 2^w), without overflow.

    Examples:
        >>> probability(0.0), probability(2000.0), probability(-2000.0)
        (0.5, 1.0, 0.0)
    """
    if weight_bits >= 0:
        return 1.0 / (1.0 + math.pow(2.0, -min(weight_bits, 1000.0)))
    odds = math.pow(2.0, max(weight_bits, -1000.0))
    return odds / (1.0 + odds) if weight_bits > -1000 else 0.0
