"""Slips: how a presented number can differ from the listed one, and the characters taken for one another.

The words and their order only; `matcher.index.near_kernels` decides which one two numbers show, its slow twin is
`tests/reference/near_numbers.py`. What a slip weighs is the model's.

A slip says what was done to the listed number to give the presented one. Of several that fit, the first of `SLIPS`
is taken; the order is the order of trust of domain facts 7.2.
"""

from __future__ import annotations

import functools
from pathlib import Path

from matcher.documents.words import read_table
from matcher.errors import ModelError

SLIPS = (
    "exact",  # the same number
    "lookalike",  # one or two characters read or typed as a look-alike
    "check_digit",  # one of them ends with the other's own ICAO check digit
    "prefix",  # one of them is the first nine characters of the other
    "glued",  # a state's code or a letter of type stands in front of one of them
    "leading",  # leading letters or zeros of one of them are missing in the other
    "transposed",  # two neighbouring characters changed places
    "substituted",  # one character became any other
    "deleted",  # the presented number lacks one character
    "inserted",  # the presented number has one character more
)
TYPE_LETTERS = "PVICA"  # first letters of document codes (ICAO 9303 line 1, 1), as glued in front of a number
SHORTEST = 4  # characters of the shorter number; below it any two numbers look near
LONGEST_QUERY = 24  # characters: the longest key, a code and a check digit glued to it
PREFIX_LENGTH = 9  # the field of the machine readable zone (domain facts 1.4)
SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TABLE = Path(__file__).parent / "tables" / "look_alikes.tsv"


@functools.cache
def look_alikes() -> dict[frozenset[str], int]:
    """Return the pairs of characters taken for one another, each with its trust: 1 leading pair, 2 other.

    Raises:
        ModelError: the table holds a character that no normalised number has, or another trust.

    Source:
        `tables/look_alikes.tsv`.

    Examples:
        >>> look_alikes()[frozenset("0O")], look_alikes()[frozenset("0Q")], frozenset("0Z") in look_alikes()
        (1, 2, False)
    """
    pairs: dict[frozenset[str], int] = {}
    for row in read_table(_TABLE):
        characters, trust = row["characters"], row["trust"]
        if not set(characters) <= set(SYMBOLS) or len(set(characters)) < 2 or trust not in ("1", "2"):
            raise ModelError(
                f"look_alikes.tsv: {characters!r} is no set of characters with trust 1 or 2; mend the table"
            )
        for left in characters:
            for right in characters:
                if left != right:
                    pair = frozenset((left, right))
                    pairs[pair] = min(int(trust), pairs.get(pair, 2))
    return pairs
