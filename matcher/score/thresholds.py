"""The lowest review threshold that raises at most so many false alarms, from weights measured on clean travellers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matcher.score.evidence import GRAIN

LOWEST_BITS = -30.0  # below this a threshold would be set by pairs that nothing speaks for


def lowest_review_bits(weights: Sequence[float], *, n_agreeing: int, n_travellers: int, per_10000: float) -> float:
    """Return the lowest review threshold with at most `per_10000` reviews in 10,000 clean travellers.

    Args:
        weights: The best match weight of each clean traveller who has one, without those counted in `n_agreeing`.
        n_agreeing: Travellers who are reviewed whatever the threshold (full-name agreement, rule 9).
        n_travellers: Clean travellers in all, 1 or more.
        per_10000: Reviews allowed among 10,000.

    Returns:
        Bits, a multiple of the grain of weights; infinity where `n_agreeing` alone is more than what is allowed.

    Examples:
        >>> lowest_review_bits([-8.0, -9.0, -12.0], n_agreeing=0, n_travellers=10_000, per_10000=2) > -12.0
        True
        >>> lowest_review_bits([-8.0], n_agreeing=3, n_travellers=10_000, per_10000=2)
        inf
    """
    allowed = math.floor(per_10000 * n_travellers / 10_000) - n_agreeing
    if allowed < 0:
        return math.inf
    ordered = sorted(weights, reverse=True)
    return max(LOWEST_BITS, ordered[allowed] + 1 / GRAIN) if allowed < len(ordered) else LOWEST_BITS
