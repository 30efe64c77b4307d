"""Intervals of shares and of weights in bits, at 95 %."""

from __future__ import annotations

import math

Z_95 = 1.959964
HALF = 0.5  # added to each count, so that a level never seen has a finite weight (Jeffreys)


def wilson(successes: float, n: float) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share, from 0 to 1; (0, 1) when nothing was tried.

    Source:
        E. B. Wilson 1927; without continuity correction.

    Examples:
        >>> [round(bound, 4) for bound in wilson(95, 100)]
        [0.8882, 0.9785]
        >>> wilson(0, 0)
        (0.0, 1.0)
    """
    if n <= 0:
        return 0.0, 1.0
    share, square = successes / n, Z_95**2
    centre = share + square / (2 * n)
    spread = Z_95 * math.sqrt(max(0.0, share * (1 - share)) / n + square / (4 * n * n))
    return max(0.0, (centre - spread) / (1 + square / n)), min(1.0, (centre + spread) / (1 + square / n))


def smoothed(count: float, n: float) -> float:
    """Return the share of a level, half a count added to it and to the rest.

    Examples:
        >>> smoothed(0, 99)
        0.005
    """
    return (count + HALF) / (n + 2 * HALF)


def weight_interval(count: float, n: float, other: float, other_n: float) -> tuple[float, float, float]:
    """Return log2 of the ratio of two shares with its 95 % interval, in bits.

    Source:
        Katz, Baptista, Azen, Pike 1978 (log of a risk ratio), half a count added to each.

    Examples:
        >>> [round(bits, 2) for bits in weight_interval(80, 100, 10, 100)]
        [2.94, 2.1, 3.78]
    """
    m, u = smoothed(count, n), smoothed(other, other_n)
    variance = 1 / (count + HALF) - 1 / (n + 1) + 1 / (other + HALF) - 1 / (other_n + 1)
    bits, spread = math.log2(m / u), Z_95 * math.sqrt(max(0.0, variance)) / math.log(2)
    return bits, bits - spread, bits + spread
