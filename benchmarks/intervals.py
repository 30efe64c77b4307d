"""Confidence intervals of shares."""

from __future__ import annotations

import math

Z_95 = 1.959964


def wilson(successes: int, n: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share, from 0 to 1; (0, 1) when nothing was tried.

    Source:
        E. B. Wilson 1927; without continuity correction.

    Examples:
        >>> [round(bound, 4) for bound in wilson(95, 100)]
        [0.8882, 0.9785]
        >>> wilson(0, 0)
        (0.0, 1.0)
    """
    if n == 0:
        return 0.0, 1.0
    share, square = successes / n, Z_95**2
    centre = share + square / (2 * n)
    spread = Z_95 * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, (centre - spread) / (1 + square / n)), min(1.0, (centre + spread) / (1 + square / n))


def percent(successes: int, n: int) -> str:
    """Write a share with its count and interval.

    Examples:
        >>> percent(95, 100)
        '95.0 % (95 of 100; 88.8 to 97.8)'
    """
    low, high = wilson(successes, n)
    return f"{100 * successes / max(n, 1):.1f} % ({successes} of {n}; {100 * low:.1f} to {100 * high:.1f})"


def per_ten_thousand(count: int, n: int) -> str:
    """Write a rate per 10,000 with its count and interval.

    Examples:
        >>> per_ten_thousand(5, 10_000)
        '5.0 (5 in 10,000; 2.1 to 11.7)'
    """
    low, high = wilson(count, n)
    return f"{10_000 * count / max(n, 1):.1f} ({count} in {n:,}; {10_000 * low:.1f} to {10_000 * high:.1f})"
