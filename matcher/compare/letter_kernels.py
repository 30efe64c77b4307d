"""Compiled alignment of two letter strings with a learned table; values of `letters`, thousands of times faster.

A table is one row of int32 (`letters.LetterModel.table`), so that a kernel takes one array for every script. Its first
22 words are sizes and the places where its parts begin. Parts of a letter table, for S native codes, P native pairs,
B Latin pairs, T Latin triples (number 0 of each stands for "no such chunk"; all costs in 1/1024 bit):

    pairs[S, S] bigrams[27, 27] trigrams[27, 27, 27]   chunk numbers
    drop[S] add[27] one[27, S] two[B, S] three[T, S] pair[27, P] pair_two[B, P]   costs of the moves
    best_drop[S] best_pair[P] best_add[27] best_two[B] best_three[T]   the least cost of a move that reads this chunk
    reads[S, 27 + B + T] pair_reads[P, 27 + B + T]   one two three, and pair pair_two, by native letter or pair

A readings table (Han; two code bytes a character) has `chars[C + 1]` offsets into `keys`, `costs` (the readings of a
character, sorted; a key is five bits a letter), the general readings `back_keys`, `back_costs`, `back_best`, and
`leave[C]`, the cost of leaving a character's own readings. Twin: `tests/reference/letters.py`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.jit import kernel

Codes = NDArray[np.uint8]
Costs = NDArray[np.int32]

ROW = 32  # bytes of a row of letters: its length, then at most 31 codes
SCRATCH = 4 * ROW * ROW  # int32 places that an alignment needs
BESIDE = 2 * ROW * ROW  # where the scratch is free beside an alignment
IMPOSSIBLE = 1 << 28  # above any sum of real costs, far from overflow
READINGS = 1  # first word of a readings table; a letter table has 0
LONGEST_READING = 6


@kernel
def _letter_path(a: Codes, na: int, b: Codes, nb: int, table: Costs, scratch: Costs, limit: int) -> int:
    """Cost of the best alignment under a letter table; column by column of the Latin side.

    No move reads more than three Latin letters. So when three columns stand so high that with the least that the
    letters behind them cost they are above the limit, the end is too; the least costs of the letters up to each column
    stand in the scratch from `BESIDE` on, where a limit is given.
    """
    size, n_pairs = table[1], table[2]
    bigrams, trigrams = table[6], table[7]
    drop, add, one, two, three = table[8], table[9], table[10], table[11], table[12]
    pair, pair_two = table[13], table[14]
    chunks = ROW * ROW  # numbers of the native pairs stand behind the columns
    scratch[0] = 0
    above = 0
    for i in range(1, na + 1):
        x = int(a[i - 1])
        scratch[i] = scratch[i - 1] + table[drop + x]
        scratch[chunks + i] = table[table[5] + int(a[i - 2]) * size + x] if i > 1 else 0
    for j in range(1, nb + 1):
        b1 = int(b[j - 1])
        g2 = 0
        g3 = 0
        if j > 1:
            b2 = int(b[j - 2]) * 27 + b1
            g2 = int(table[bigrams + b2])
            if j > 2:
                g3 = int(table[trigrams + int(b[j - 3]) * 729 + b2])
        now, before = j * ROW, (j - 1) * ROW
        added = table[add + b1]
        scratch[now] = scratch[before] + added
        one_at, pair_at = one + b1 * size, pair + b1 * n_pairs
        two_at, three_at, both_at = two + g2 * size, three + g3 * size, pair_two + g2 * n_pairs
        least = scratch[now]
        for i in range(1, na + 1):
            x = int(a[i - 1])
            cost = min(scratch[now + i - 1] + table[drop + x], scratch[before + i] + added)
            cost = min(cost, scratch[before + i - 1] + table[one_at + x])
            if g2 > 0:
                cost = min(cost, scratch[before - ROW + i - 1] + table[two_at + x])
            if g3 > 0:
                cost = min(cost, scratch[before - 2 * ROW + i - 1] + table[three_at + x])
            chunk = scratch[chunks + i]
            if chunk > 0:
                cost = min(cost, scratch[before + i - 2] + table[pair_at + chunk])
                if g2 > 0:
                    cost = min(cost, scratch[before - ROW + i - 2] + table[both_at + chunk])
            scratch[now + i] = cost
            least = min(least, cost)
        if limit < IMPOSSIBLE:
            above = above + 1 if least + scratch[BESIDE + nb] - scratch[BESIDE + j] > limit else 0
            if above == 3:
                return IMPOSSIBLE
    return int(scratch[nb * ROW + na])


@kernel
def _letter_best_latin(a: Codes, na: int, table: Costs, scratch: Costs) -> int:
    scratch[0] = 0
    for i in range(1, na + 1):
        x = int(a[i - 1])
        cost = scratch[i - 1] + table[table[15] + x]
        if i > 1:
            chunk = table[table[5] + int(a[i - 2]) * table[1] + x]
            if chunk > 0:
                cost = min(cost, scratch[i - 2] + table[table[16] + chunk])
        scratch[i] = cost
    return int(scratch[na])


@kernel
def _letter_best_native(b: Codes, nb: int, table: Costs, scratch: Costs) -> int:
    scratch[0] = 0
    for j in range(1, nb + 1):
        b1 = int(b[j - 1])
        cost = scratch[j - 1] + table[table[17] + b1]
        if j > 1:
            b2 = int(b[j - 2]) * 27 + b1
            g2 = table[table[6] + b2]
            if g2 > 0:
                cost = min(cost, scratch[j - 2] + table[table[18] + g2])
            if j > 2:
                g3 = table[table[7] + int(b[j - 3]) * 729 + b2]
                if g3 > 0:
                    cost = min(cost, scratch[j - 3] + table[table[19] + g3])
        scratch[j] = cost
    return int(scratch[nb])


@kernel
def _found(keys: Costs, start: int, end: int, key: int) -> int:
    """Place of a key in a sorted part of the table, -1 where it is absent."""
    while start < end:
        middle = (start + end) >> 1
        if keys[middle] < key:
            start = middle + 1
        elif keys[middle] > key:
            end = middle
        else:
            return middle
    return -1


@kernel
def _char(a: Codes, i: int) -> int:
    return int(a[2 * i]) * 256 + int(a[2 * i + 1])


@kernel
def _readings_path(a: Codes, na: int, b: Codes, nb: int, table: Costs, scratch: Costs, limit: int) -> int:
    """Cost of the best alignment under a readings table: a character reads as one to six letters.

    When as many columns as a reading is long stand above the limit, so does the end.
    """
    back, n_back, drop = table[10], table[2], table[table[8]]
    chars, keys = table[5], table[6]
    own = table[7] - keys
    n = na // 2
    known = ROW * ROW  # key and general cost of the letters that end at j, behind the columns
    scratch[0] = 0
    above = 0
    for i in range(1, n + 1):
        scratch[i] = scratch[i - 1] + drop
    for j in range(1, nb + 1):
        now = j * ROW
        added = table[table[9] + int(b[j - 1])]
        scratch[now] = scratch[now - ROW] + added
        least = scratch[now]
        key = 0
        longest = min(j, LONGEST_READING)
        for k in range(1, longest + 1):
            key |= int(b[j - k]) << (5 * (k - 1))
            at = _found(table, back, back + n_back, key)
            scratch[known + 2 * k] = key
            scratch[known + 2 * k + 1] = table[table[11] + at - back] if at >= 0 else IMPOSSIBLE
        for i in range(1, n + 1):
            x = _char(a, i - 1)
            cost = min(scratch[now + i - 1] + drop, scratch[now - ROW + i] + added)
            first, end, leave = table[chars + x], table[chars + x + 1], table[table[13] + x]
            for k in range(1, longest + 1):
                at = _found(table, keys + first, keys + end, scratch[known + 2 * k])
                read = table[at + own] if at >= 0 else leave + scratch[known + 2 * k + 1]
                cost = min(cost, scratch[now - k * ROW + i - 1] + read)
            scratch[now + i] = cost
            least = min(least, cost)
        above = above + 1 if least > limit else 0
        if above == LONGEST_READING:
            return IMPOSSIBLE
    return int(scratch[nb * ROW + n])


@kernel
def _readings_best_latin(a: Codes, na: int, table: Costs) -> int:
    cost = 0
    for i in range(na // 2):
        cost += table[table[14] + _char(a, i)]
    return int(cost)


@kernel
def _readings_best_native(b: Codes, nb: int, table: Costs, scratch: Costs) -> int:
    back = table[10]
    scratch[0] = 0
    for j in range(1, nb + 1):
        cost = scratch[j - 1] + table[table[9] + int(b[j - 1])]
        key = 0
        for k in range(1, min(j, LONGEST_READING) + 1):
            key |= int(b[j - k]) << (5 * (k - 1))
            at = _found(table, back, back + table[2], key)
            if at >= 0:
                cost = min(cost, scratch[j - k] + table[table[12] + at - back])
        scratch[j] = cost
    return int(scratch[nb])


@kernel
def path_cost_kernel(a: Codes, na: int, b: Codes, nb: int, table: Costs, scratch: Costs) -> int:
    """Cost of the best joint alignment, in 1/1024 bit.

    Args:
        a: Native codes (Han: two bytes a character), the first `na` of them count, at most 31.
        na: Bytes of `a` that are read.
        b: Latin codes 1 to 26, the first `nb` of them count, at most 31.
        nb: Letters of `b`.
        table: `LetterModel.table` of the native side's script.
        scratch: int32 of `SCRATCH` places, overwritten.

    Cost:
        0.3 µs for 7 letters on 7, no allocation. Twin: `tests/reference/letters.py`.
    """
    return limited_cost_kernel(a, na, b, nb, table, scratch, IMPOSSIBLE)


@kernel
def limited_cost_kernel(a: Codes, na: int, b: Codes, nb: int, table: Costs, scratch: Costs, limit: int) -> int:
    """The same where it is at most a limit; what is above it may come out as any number above it.

    `best_native_kernel` of the same letters must have written into the scratch from `BESIDE` on.
    """
    if table[0] == READINGS:
        return _readings_path(a, na, b, nb, table, scratch, limit)
    return _letter_path(a, na, b, nb, table, scratch, limit)


@kernel
def best_latin_kernel(a: Codes, na: int, table: Costs, scratch: Costs) -> int:
    """Least path cost of native codes over all Latin strings."""
    if table[0] == READINGS:
        return _readings_best_latin(a, na, table)
    return _letter_best_latin(a, na, table, scratch)


@kernel
def best_native_kernel(b: Codes, nb: int, table: Costs, scratch: Costs) -> int:
    """Least path cost of Latin codes over all native strings."""
    if table[0] == READINGS:
        return _readings_best_native(b, nb, table, scratch)
    return _letter_best_native(b, nb, table, scratch)


@kernel
def best_rows(rows: Codes, latin: bool, table: Costs) -> Costs:
    """Least path cost of each row: over all native strings where the rows are Latin, else over all Latin strings."""
    scratch = np.empty(SCRATCH, np.int32)
    out = np.empty(len(rows), np.int32)
    for at in range(len(rows)):
        n = int(rows[at, 0])
        if latin:
            out[at] = best_native_kernel(rows[at, 1:], n, table, scratch)
        else:
            out[at] = best_latin_kernel(rows[at, 1:], n, table, scratch)
    return out


@kernel
def quality_pairs(native: Codes, latin: Codes, pairs: NDArray[np.int64], same: bool, table: Costs) -> Costs:
    """Qualities `q <= 0` of pairs of rows, in 1/1024 bit.

    Args:
        native: uint8 `(n, 32)`: length, then codes.
        latin: uint8 `(m, 32)`.
        pairs: int64 `(k, 2)`: a row of `native`, a row of `latin`.
        same: Whether both sides are Latin, so that equal rows have quality 0.
        table: `LetterModel.table`.
    """
    scratch = np.empty(SCRATCH, np.int32)
    best_left, best_right = best_rows(native, False, table), best_rows(latin, True, table)
    out = np.empty(len(pairs), np.int32)
    for at in range(len(pairs)):
        i, j = pairs[at, 0], pairs[at, 1]
        n, m = int(native[i, 0]), int(latin[j, 0])
        if same and n == m and (native[i, 1 : n + 1] == latin[j, 1 : n + 1]).all():
            out[at] = 0
        else:
            path = path_cost_kernel(native[i, 1:], n, latin[j, 1:], m, table, scratch)
            out[at] = best_left[i] + best_right[j] - 2 * path
    return out
