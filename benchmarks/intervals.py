"""Confidence intervals of shares."""

from __future__ import annotations

from matcher.score.fit.intervals import Z_95, wilson

__all__ = ["Z_95", "per_ten_thousand", "percent", "wilson"]


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
