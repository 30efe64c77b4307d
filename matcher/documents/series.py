"""Patterns of document numbers: digits as `#`, the first two letters as they are, later letters as `A`.

Many issuers begin a series with one or two letters of their own (domain facts 7.1), so those tell series apart.
"""

from __future__ import annotations

KEPT_LETTERS = 2
DIGIT, LETTER = "#", "A"
N_DIGITS, N_LETTERS = 10, 26


def pattern_of(number: str) -> str:
    """Return the pattern of a normalised number.

    Examples:
        >>> pattern_of("PK1234567"), pattern_of("L898902C3")
        ('PK#######', 'L######A#')
    """
    head, tail = number[:KEPT_LETTERS], number[KEPT_LETTERS:]
    masked = (LETTER if sign.isalpha() else DIGIT for sign in tail)
    return "".join(DIGIT if sign.isdigit() else sign for sign in head) + "".join(masked)


def space_of(pattern: str) -> float:
    """Count the numbers that a pattern allows.

    Examples:
        >>> space_of("PK##"), space_of("L#A")
        (100.0, 260.0)
    """
    tail = pattern[KEPT_LETTERS:]
    return float(N_DIGITS ** pattern.count(DIGIT) * N_LETTERS ** tail.count(LETTER))
