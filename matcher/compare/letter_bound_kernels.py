"""Compiled alignment of one native word with thousands of Latin ones: what is the word's own is worked out once.

A word is *held*: the costs of every move that reads one of its letters, or two, stand side by side by the Latin letters
that the move reads. What a Latin word costs at least (each of its letters or chunks read by the cheapest move that the
held word allows) then takes one step a letter, and an alignment one step a letter for all native letters at once.
Values are those of `letter_kernels` (`tests/compare/test_letters.py`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.compare.letter_kernels import IMPOSSIBLE, READINGS, ROW, best_latin_kernel
from matcher.jit import kernel, part

LETTERS = 27


WIDEST = 1024  # Latin letters and chunks of a table

# A held word is one row of int32: a kernel that is handed many arrays counts who holds each of them. Its parts: the
# word's letters (0: no word is held) and the least that it costs against any Latin string; the cost of leaving out each
# letter; by letter of the last Latin word, the chunks of two and of three that end there and the least cost up to it;
# the columns of an alignment; the least cost of reading each Latin letter and chunk; what reading it costs with each
# letter of the word; and with each letter and the one before it.
COUNT, BEST = 0, 1
DROPS = 2
STEPS = DROPS + ROW
COLUMNS = STEPS + 4 * ROW
MOVES = COLUMNS + ROW * (ROW + 1)
READS = MOVES + WIDEST
PAIR_READS = READS + WIDEST * ROW
HELD = PAIR_READS + WIDEST * ROW


@part
def can_hold(table: Any) -> bool:
    """Whether words can be held under a table: not if its script has no letters."""
    return bool(table[0] != READINGS and LETTERS + table[3] + table[4] <= WIDEST)


@kernel
def hold(word: Any, table: Any, held: Any, path: Any) -> None:
    """Hold a word.

    Args:
        word: uint8 of `ROW`: length, then native codes.
        table: `LetterModel.table`.
        held: int32 of `HELD` places: receives it.
        path: Scratch of an alignment.
    """
    width = LETTERS + table[3] + table[4]
    n = int(word[0])
    held[COUNT], held[BEST] = n, best_latin_kernel(word[1:], n, table, path)
    drop, add, reads, pair_reads = table[8], table[9], table[20], table[21]
    for number in range(width):
        held[MOVES + number] = table[add + number] if number < LETTERS else IMPOSSIBLE
    before = 0
    for at in range(n):
        code = int(word[1 + at])
        held[DROPS + at] = table[drop + code]
        chunk = table[table[5] + before * table[1] + code] if at else 0  # no chunk, 0, is impossible
        for number in range(width):
            one, two = table[reads + code * width + number], table[pair_reads + chunk * width + number]
            held[READS + number * ROW + at], held[PAIR_READS + number * ROW + at] = one, two
            held[MOVES + number] = min(held[MOVES + number], min(one, two))
        before = code


@part
def least_cost(held: Any, latin: Any, row: int, table: Any) -> Any:
    """What aligning a row of Latin letters costs at least, and the least cost of the row over all native strings.

    Args:
        held: The word.
        latin: uint8 `(rows, ROW)`: length, then codes.
        row: Which of them.
        table: The table under which the word is held.
    """
    bigrams, trigrams, third = table[6], table[7], LETTERS + table[3]
    best_add, best_two, best_three = table[17], table[18], table[19]
    cost1, cost2, cost3 = (
        np.int64(0),
        np.int64(0),
        np.int64(0),
    )  # up to the last letter, the one before, the one before it
    best1, best2, best3 = np.int64(0), np.int64(0), np.int64(0)
    before, last = np.int64(0), np.int64(0)
    for at in range(1, np.int64(latin[row, 0]) + 1):
        letter = np.int64(latin[row, at])
        cost = cost1 + held[MOVES + letter]
        best = best1 + table[best_add + letter]
        two, three = np.int64(0), np.int64(0)
        if at > 1:
            both = last * 27 + letter
            two = np.int64(table[bigrams + both])
            if two > 0:
                cost = min(cost, cost2 + held[MOVES + LETTERS + two])
                best = min(best, best2 + table[best_two + two])
            if at > 2:
                three = np.int64(table[trigrams + before * 729 + both])
                if three > 0:
                    cost = min(cost, cost3 + held[MOVES + third + three])
                    best = min(best, best3 + table[best_three + three])
        step = STEPS + 4 * at
        held[step], held[step + 1], held[step + 2] = two, three, cost
        cost1, cost2, cost3 = cost, cost1, cost2
        best1, best2, best3 = best, best1, best2
        before, last = last, letter
    return cost1, best1


@kernel
def held_cost(held: Any, latin: Any, row: int, table: Any, limit: int) -> int:
    """Cost of aligning the held word with the row of the last `least_cost`; above a limit, any number above it.

    No move reads more than three Latin letters. So when three columns stand so high that with the least that the
    letters behind them cost they are above the limit, the end is too.

    Args:
        held: The word.
        latin: uint8 `(rows, ROW)`: length, then codes.
        row: Which of them.
        table: The table under which the word is held.
        limit: The greatest cost that matters.
    """
    n, end = np.int64(held[COUNT]), np.int64(latin[row, 0])
    width = ROW + 1
    third = LETTERS + np.int64(table[3])
    whole = np.int64(held[STEPS + 4 * end + 2])
    held[COLUMNS] = 0
    for i in range(n):
        held[COLUMNS + i + 1] = held[COLUMNS + i] + held[DROPS + i]
    above = 0
    for at in range(1, end + 1):
        letter = np.int64(latin[row, at])
        added = table[table[9] + letter]
        step = STEPS + 4 * at
        now = COLUMNS + at * width
        before, earlier, first = now - width, now - 2 * width, now - 3 * width
        reads, pair_reads = READS + letter * ROW, PAIR_READS + letter * ROW
        held[now] = held[before] + added
        for i in range(n):
            held[now + i + 1] = min(held[before + i + 1] + added, held[before + i] + held[reads + i])
        for i in range(1, n):
            held[now + i + 1] = min(held[now + i + 1], held[before + i - 1] + held[pair_reads + i])
        if held[step] > 0:
            reads = READS + (LETTERS + np.int64(held[step])) * ROW
            pair_reads = reads + PAIR_READS - READS
            for i in range(n):
                held[now + i + 1] = min(held[now + i + 1], held[earlier + i] + held[reads + i])
            for i in range(1, n):
                held[now + i + 1] = min(held[now + i + 1], held[earlier + i - 1] + held[pair_reads + i])
        if held[step + 1] > 0:
            reads = READS + (third + np.int64(held[step + 1])) * ROW
            for i in range(n):
                held[now + i + 1] = min(held[now + i + 1], held[first + i] + held[reads + i])
        least = held[now]
        for i in range(n):
            held[now + i + 1] = min(held[now + i + 1], held[now + i] + held[DROPS + i])
            least = min(least, held[now + i + 1])
        above = above + 1 if least + whole - held[step + 2] > limit else 0
        if above == 3:
            return IMPOSSIBLE
    return int(held[COLUMNS + end * width + n])
