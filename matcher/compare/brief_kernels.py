"""Compiled briefs: sixteen bytes of a row that tell at a glance how near another row can be.

A brief is two words: the packed skeleton, and the letters as a set with lengths, ending and script beside it. What it
says bounds the distance of two rows from below, so that most rows of a list are ruled out unread.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.compare.token_kernels import ARABIC, HEBREW, KNOWN_BIT
from matcher.jit import kernel, part

u64, i64 = np.uint64, np.int64
RARITY_STEP = 9  # rarity is kept in steps of half a bit, in 1/1024 bit
MOST_RARITY = 127  # this and more
FAR = 3  # distances from here on weigh alike

# Where the second word's parts begin: letters 32 bits, their number 5, without doubled ones 5, symbols 5, ending 3,
# known 1, script 3, several tokens 1, initial 1, end 1, rarity 7.
_LENGTH, _SINGLY, _SYMBOLS, _ENDING, _KNOWN, _SCRIPT, _SEVERAL, _INITIAL, _END, _RARITY = (
    32,
    37,
    42,
    47,
    50,
    51,
    54,
    55,
    56,
    57,
)


@part
def brief_of(letters: Any, facts: Any, at: int, ends: int) -> Any:
    """The second word of a row's brief; the first is its skeleton.

    Args:
        letters: Rows.
        facts: Rows.
        at: The row.
        ends: Bit 1: the last token of a name that may be cut.
    """
    own = letters[facts[at].own]
    n = int(own[0])
    word = u64(0)
    singly = 0
    for place in range(1, n + 1):
        word |= u64(1) << u64(own[place] & 31)
        if place == 1 or own[place] != own[place - 1]:
            singly += 1
    word |= u64(n) << u64(_LENGTH)
    word |= u64(singly) << u64(_SINGLY)
    word |= u64(facts[at].symbols) << u64(_SYMBOLS)
    word |= u64(facts[at].ending) << u64(_ENDING)
    if facts[at].known & KNOWN_BIT:
        word |= u64(1) << u64(_KNOWN)
    word |= u64(facts[at].script) << u64(_SCRIPT)
    if facts[at].tokens > 1:
        word |= u64(1) << u64(_SEVERAL)
    if letters[at, 0] == 1 and facts[at].script != ARABIC and facts[at].script != HEBREW:
        word |= u64(1) << u64(_INITIAL)
    word |= u64((ends >> 1) & 1) << u64(_END)
    rarity = facts[at].rarity >> RARITY_STEP
    return word | (u64(min(rarity, MOST_RARITY)) << u64(_RARITY))


@part
def length_in(word: Any) -> Any:
    """How many letters the row has."""
    return i64((word >> u64(_LENGTH)) & u64(31))


@part
def symbols_in(word: Any) -> Any:
    """How many symbols its skeleton has."""
    return i64((word >> u64(_SYMBOLS)) & u64(31))


@part
def ending_in(word: Any) -> Any:
    """Its ending."""
    return i64((word >> u64(_ENDING)) & u64(7))


@part
def is_known_in(word: Any) -> bool:
    """Whether its spellings are known."""
    return bool((word >> u64(_KNOWN)) & u64(1))


@part
def script_in(word: Any) -> Any:
    """Its script."""
    return i64((word >> u64(_SCRIPT)) & u64(7))


@part
def is_several_in(word: Any) -> bool:
    """Whether it is several tokens written as one."""
    return bool((word >> u64(_SEVERAL)) & u64(1))


@part
def is_end_in(word: Any) -> bool:
    """Whether it ends a name that may be cut."""
    return bool((word >> u64(_END)) & u64(1))


@part
def is_initial_in(word: Any) -> bool:
    """Whether it is a single letter of a script that has initials."""
    return bool((word >> u64(_INITIAL)) & u64(1))


@part
def rarity_in(word: Any) -> Any:
    """Its rarity, in steps of half a bit, at most `MOST_RARITY`."""
    return i64(word >> u64(_RARITY))


@part
def _bits(word: Any) -> Any:
    word -= (word >> u64(1)) & u64(0x5555555555555555)
    word = (word & u64(0x3333333333333333)) + ((word >> u64(2)) & u64(0x3333333333333333))
    word = (word + (word >> u64(4))) & u64(0x0F0F0F0F0F0F0F0F)
    return i64((word * u64(0x0101010101010101)) >> u64(56))


@part
def same_letters(one: Any, other: Any) -> bool:
    """Whether two rows have the same letters, as far as their briefs tell."""
    return bool((one ^ other) & ((u64(1) << u64(_SINGLY)) - u64(1)) == u64(0))


@part
def may_begin(one: Any, other: Any) -> bool:
    """Whether a row may be the beginning of a longer one, as far as their briefs tell."""
    letters = (u64(1) << u64(32)) - u64(1)
    return bool(one & ~other & letters == u64(0)) and length_in(one) < length_in(other)


@part
def least_edits(one: Any, other: Any, singly: bool) -> Any:
    """The least distance that two rows can have, at most `FAR`: an edit takes out and brings in one letter at most."""
    letters = (u64(1) << u64(32)) - u64(1)
    mine, theirs = one & letters, other & letters
    least = max(_bits(mine & ~theirs), _bits(theirs & ~mine))
    place = u64(_SINGLY) if singly else u64(_LENGTH)
    longer = i64((one >> place) & u64(31)) - i64((other >> place) & u64(31))
    return min(max(least, abs(longer)), FAR)


@kernel
def briefs_of(letters: Any, facts: Any, ends: Any) -> Any:
    """The briefs of rows: uint64 `(rows, 2)`."""
    briefs = np.empty((len(facts), 2), np.uint64)
    for at in range(len(facts)):
        briefs[at, 0] = u64(facts[at].skeleton)
        briefs[at, 1] = brief_of(letters, facts, at, ends[at])
    return briefs
