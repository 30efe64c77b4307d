"""Compiled alignment of one native word with thousands of Latin ones: what is the word's own is worked out once.

A word is *held*: the costs of every move that reads one of its letters, or two, stand side by side by the Latin letters
that the move reads. What a Latin word costs at least (each of its letters or chunks read by the cheapest move that the
held word allows) then takes one step a letter, and an alignment one step a letter for all native letters at once. What
the first letters of a Latin word gave serves the next word that begins with them: a list keeps such words together.
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
# word's letters (0: no word is held) and the least that it costs against any Latin string; the last Latin row, and how
# many of its letters are aligned; the cost of leaving out each letter; by letter of the last Latin row, the chunks of
# two and of three that end there, the least costs up to it, of the word and of any, and the least of its column; the
# columns of an alignment; the least cost of reading each Latin letter and chunk; what reading it costs with each letter
# of the word; and with each letter and the one before it.
COUNT, BEST, LAST, ALIGNED = range(4)
DROPS = 4
STEPS = DROPS + ROW
TWO, THREE, LEAST, LEAST_OF_ANY, LEAST_OF_COLUMN = range(5)
STEP = 5
COLUMNS = STEPS + STEP * (ROW + 1)
MOVES = COLUMNS + (ROW + 1) * (ROW + 1)
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
    held[LAST], held[ALIGNED] = -1, 0
    held[STEPS : STEPS + STEP] = 0
    held[COLUMNS] = 0
    drop, add, reads, pair_reads = table[8], table[9], table[20], table[21]
    for number in range(width):
        held[MOVES + number] = table[add + number] if number < LETTERS else IMPOSSIBLE
    before = 0
    for at in range(n):
        code = int(word[1 + at])
        held[DROPS + at] = table[drop + code]
        held[COLUMNS + at + 1] = held[COLUMNS + at] + held[DROPS + at]
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
    end, last = np.int64(latin[row, 0]), held[LAST]
    at: Any = 1
    if last >= 0:
        both = min(end, np.int64(latin[last, 0]))
        while at <= both and latin[row, at] == latin[last, at]:
            at += 1
    held[LAST], held[ALIGNED] = row, min(held[ALIGNED], at - 1)
    while at <= end:
        letter = np.int64(latin[row, at])
        step = STEPS + STEP * at
        cost = held[step - STEP + LEAST] + held[MOVES + letter]
        best = held[step - STEP + LEAST_OF_ANY] + table[best_add + letter]
        two, three = np.int64(0), np.int64(0)
        if at > 1:
            pair = np.int64(latin[row, at - 1]) * 27 + letter
            two = np.int64(table[bigrams + pair])
            if two > 0:
                cost = min(cost, held[step - 2 * STEP + LEAST] + held[MOVES + LETTERS + two])
                best = min(best, held[step - 2 * STEP + LEAST_OF_ANY] + table[best_two + two])
            if at > 2:
                three = np.int64(table[trigrams + np.int64(latin[row, at - 2]) * 729 + pair])
                if three > 0:
                    cost = min(cost, held[step - 3 * STEP + LEAST] + held[MOVES + third + three])
                    best = min(best, held[step - 3 * STEP + LEAST_OF_ANY] + table[best_three + three])
        held[step + TWO], held[step + THREE], held[step + LEAST], held[step + LEAST_OF_ANY] = two, three, cost, best
        at += 1
    step = STEPS + STEP * end
    return np.int64(held[step + LEAST]), np.int64(held[step + LEAST_OF_ANY])


@part
def align_letter(held: Any, letter: Any, at: int, table: Any) -> None:
    """Work out the column of one Latin letter of the last row, from the columns before it.

    Args:
        held: The word.
        letter: Which letter.
        at: Its place in the row, from 1.
        table: The table under which the word is held.
    """
    n, width, third = np.int64(held[COUNT]), ROW + 1, LETTERS + np.int64(table[3])
    added = table[table[9] + letter]
    step = STEPS + STEP * at
    now = COLUMNS + at * width
    before, earlier, first = now - width, now - 2 * width, now - 3 * width
    reads, pair_reads = READS + letter * ROW, PAIR_READS + letter * ROW
    held[now] = held[before] + added
    for i in range(n):
        held[now + i + 1] = min(held[before + i + 1] + added, held[before + i] + held[reads + i])
    for i in range(1, n):
        held[now + i + 1] = min(held[now + i + 1], held[before + i - 1] + held[pair_reads + i])
    if held[step + TWO] > 0:
        reads = READS + (LETTERS + np.int64(held[step + TWO])) * ROW
        pair_reads = reads + PAIR_READS - READS
        for i in range(n):
            held[now + i + 1] = min(held[now + i + 1], held[earlier + i] + held[reads + i])
        for i in range(1, n):
            held[now + i + 1] = min(held[now + i + 1], held[earlier + i - 1] + held[pair_reads + i])
    if held[step + THREE] > 0:
        reads = READS + (third + np.int64(held[step + THREE])) * ROW
        for i in range(n):
            held[now + i + 1] = min(held[now + i + 1], held[first + i] + held[reads + i])
    least = held[now]
    for i in range(n):
        held[now + i + 1] = min(held[now + i + 1], held[now + i] + held[DROPS + i])
        least = min(least, held[now + i + 1])
    held[step + LEAST_OF_COLUMN] = least


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
    whole = np.int64(held[STEPS + STEP * end + LEAST])
    above = 0
    for at in range(1, end + 1):
        step = STEPS + STEP * at
        if at > held[ALIGNED]:
            align_letter(held, np.int64(latin[row, at]), at, table)
            held[ALIGNED] = at
        above = above + 1 if held[step + LEAST_OF_COLUMN] + whole - held[step + LEAST] > limit else 0
        if above == 3:
            return IMPOSSIBLE
    return int(held[COLUMNS + end * width + n])
