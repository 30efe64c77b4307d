"""Kernels of the near search: the neighbours of a number, and the places where they stand.

Three steps: every number that one slip makes of the presented one is written as a key, without division, unless no
listed number has its shape; filter, then cells, both with the memory asked for in advance; what is found is labelled
by `slip_kernels.label`, which alone decides. So the steps here may find too much, never too little.

Unsigned throughout, as in `document_kernels`. Slow twin `tests/reference/near_numbers.py`, compared in
`tests/differential/test_near_numbers.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import uint64 as u64

from matcher.documents.slips import PREFIX_LENGTH
from matcher.index.document_kernels import (
    ABSENT,
    COMMON,
    LONG_SHAPE,
    MAX_LISTED,
    MAX_READ,
    MAX_WIDE,
    POWERS,
    RARE,
    SHAPES,
    ask_filter,
    find_from,
    length_of,
    mix,
    part_of,
    read_filter,
    stem_of,
    stem_start,
)
from matcher.jit import kernel, prefetch

FULL = -1
ABSENT_DIGIT = 99
_ONE = u64(1)


@kernel
def class_of(shapes: Any, n: Any, shape: Any) -> Any:
    """Which filter knows the listed numbers of this length with these letters; ABSENT when there are none."""
    if n > MAX_WIDE:
        return LONG_SHAPE if n <= MAX_LISTED and shapes[SHAPES + n] else ABSENT
    return shapes[(1 << n) | shape] if n > 0 else ABSENT


@kernel
def write(key: Any, which: Any, keys: Any) -> None:
    """Add a key to those of its class; what is absent is overwritten."""
    wanted, counts = keys
    wanted[which, counts[which]] = key
    counts[which] += which != ABSENT


@kernel
def write_group(base: Any, power: Any, letters: Any, but: Any, which: Any, keys: Any) -> None:
    """Add the keys with each digit, or each letter, at one place, but for one character."""
    wanted, counts = keys
    if which == ABSENT:
        return
    first, last = (10, 36) if letters else (0, 10)
    c = counts[which]
    if first <= but < last:
        for i in range(but - first):
            wanted[which, c + i] = base + u64(first + i) * power
        c += but - first
        first = but + 1
    for i in range(last - first):
        wanted[which, c + i] = base + u64(first + i) * power
    counts[which] = c + last - first


@kernel
def same_length(digits: Any, n: Any, shape: Any, key: Any, start: Any, shapes: Any, keys: Any) -> None:
    """Substitutions and transpositions; not those to a letter before the stem, which `same_stem` finds."""
    for at in range(n):
        power = POWERS[n - 1 - at]
        bit = 1 << (n - 1 - at)
        base = key - u64(digits[at]) * power
        write_group(base, power, False, digits[at], class_of(shapes, n, shape & ~bit), keys)
        if at >= start or n > MAX_WIDE:
            write_group(base, power, True, digits[at], class_of(shapes, n, shape | bit), keys)
    for at in range(n - 1):
        one, two = digits[at], digits[at + 1]
        both = 3 << (n - 2 - at)
        swapped = (shape & ~both) | (((two > 9) * 2 + (one > 9)) << (n - 2 - at))
        if one != two:
            swap = (u64(two) - u64(one)) * (POWERS[n - 1 - at] - POWERS[n - 2 - at])
            write(key + swap, class_of(shapes, n, swapped), keys)


@kernel
def two_alike(digits: Any, n: Any, shape: Any, key: Any, tables: Any, noted: Any, keys: Any) -> None:
    """Pairs of look-alikes: every change of one character is noted once, then added to those further right.

    The inner loop has no branch for wide numbers: what isn't counted is overwritten (1.3 against 2.8 microseconds).
    """
    shapes, (others, first) = tables
    changes, turns, begins = noted
    wanted, counts = keys
    m = 0
    for at in range(n):
        begins[at] = m
        for x in range(first[digits[at]], first[digits[at] + 1]):
            changes[m] = (u64(others[x]) - u64(digits[at])) * POWERS[n - 1 - at]
            turns[m] = ((others[x] > 9) != (digits[at] > 9)) << (n - 1 - at)
            m += 1
    begins[n] = m
    common, rare, long = counts[COMMON], counts[RARE], counts[LONG_SHAPE]
    is_long = n > MAX_WIDE
    for at in range(n - 1 if not is_long or shapes[SHAPES + n] else 0):
        for x in range(begins[at], begins[at + 1]):
            base, turned = key + changes[x], (1 << n) | (shape ^ turns[x])
            if is_long:
                for y in range(begins[at + 1], m):
                    wanted[LONG_SHAPE, long] = base + changes[y]
                    long += 1
            else:
                for y in range(begins[at + 1], m):
                    which = shapes[turned ^ turns[y]]
                    wanted[COMMON, common] = wanted[RARE, rare] = base + changes[y]
                    common += which == COMMON
                    rare += which == RARE
    counts[COMMON], counts[RARE], counts[LONG_SHAPE] = common, rare, long


@kernel
def other_length(digits: Any, n: Any, shape: Any, parts: Any, shapes: Any, keys: Any) -> None:
    """The number without one of its characters, and with one more; not a letter more before the stem."""
    heads, tails, start = parts
    for at in range(n):
        if at == 0 or digits[at] != digits[at - 1]:
            less = ((shape >> (n - at)) << (n - 1 - at)) | (shape & ((1 << (n - 1 - at)) - 1))
            write(heads[at] * POWERS[n - 1 - at] + tails[at + 1], class_of(shapes, n - 1, less), keys)
    for at in range(n + 1):
        power = POWERS[n - at]
        base = heads[at] * POWERS[n - at + 1] + tails[at]
        before = digits[at - 1] if at else ABSENT_DIGIT  # put after its like, a character gives the same number
        room = ((shape >> (n - at)) << (n - at + 1)) | (shape & ((1 << (n - at)) - 1))
        write_group(base, power, False, before, class_of(shapes, n + 1, room), keys)
        if at > start or n >= MAX_WIDE:
            write_group(base, power, True, before, class_of(shapes, n + 1, room | (1 << (n - at))), keys)


@kernel
def put(query: Any, place: Any, used: Any, found: Any) -> Any:
    """Add a found place; FULL when there is no room."""
    queries, places = found
    if used == FULL or used >= len(queries):
        return FULL
    queries[used], places[used] = query, place
    return used + 1


@kernel
def ask(keys: Any, filters: Any, notes: Any, asked: Any) -> None:
    """Ask for the memory of the keys that were added since."""
    wanted, counts = keys
    for which in (COMMON, RARE):
        words = filters[0] if which == COMMON else filters[1]
        ask_filter(words, wanted[which], asked[which], counts[which], (notes[0][which], notes[1][which]))
        asked[which] = counts[which]


@kernel
def probe_wide(query: Any, wanted: Any, passed: Any, n_passed: Any, wide: Any, own: Any, found: Any, used: Any) -> Any:
    """Look up the keys that passed the filter and add the places that hold them."""
    keys, cells = wide
    for i in range(n_passed):
        own[i] = part_of(mix(stem_of(wanted[passed[i]])) >> u64(32), len(cells) - 1)
        prefetch(cells, own[i])
    for i in range(n_passed):
        prefetch(keys, u64(min(cells[own[i]], len(keys) - 1)))
        prefetch(keys, u64(max(cells[own[i] + _ONE], 1) - 1))
    for i in range(n_passed):
        at, count = find_from(keys, np.int64(cells[own[i]]), np.int64(cells[own[i] + _ONE]), wanted[passed[i]])
        for j in range(count):
            used = put(query, at + j, used, found)
    return used


@kernel
def add_rows(query: Any, key: Any, keys: Any, rows: Any, offset: Any, found: Any, used: Any) -> Any:
    """Add the rows of a key in a sorted table of longer numbers; they follow the places of the wide ones."""
    at, count = find_from(keys, 0, len(keys), key)
    for j in range(count):
        used = put(query, offset + np.int64(rows[at + j]), used, found)
    return used


@kernel
def probe_long(query: Any, wanted: Any, n: Any, long: Any, offset: Any, work: Any, found: Any, used: Any) -> Any:
    """Look up n keys among the longer numbers."""
    keys, rows, words = long
    notes, passed = work
    if n and len(keys):
        ask_filter(words, wanted, 0, n, notes)
        for i in range(read_filter(words, n, notes, passed)):
            used = add_rows(query, wanted[passed[i]], keys, rows, offset, found, used)
    return used


@kernel
def same_stem(query: Any, key: Any, n: Any, start: Any, tails: Any, wide: Any, found: Any, used: Any) -> Any:
    """Add the places of the stem's cell where one number ends with the other, or what precedes the stem is as long.

    As long or one character longer or shorter: so every edit of a letter before the stem is found here.
    """
    keys, cells = wide
    power = POWERS[min(n - start, MAX_WIDE)]
    stem = POWERS[n - start] + tails[start]
    cell = part_of(mix(stem) >> u64(32), len(cells) - 1)
    low, high = np.int64(cells[cell]), np.int64(cells[cell + _ONE])
    for at in range(low, high):
        length = length_of(keys[at])
        if abs(length - n) <= 1:
            is_candidate = (keys[at] - tails[start]) % power == 0
        elif length < n:
            is_candidate = keys[at] == POWERS[length] + tails[n - length]
        else:
            is_candidate = keys[at] % POWERS[n] == key - POWERS[n]
        if is_candidate:
            used = put(query, at, used, found)
    return used


@kernel
def longer_by_prefix(query: Any, key: Any, prefixes: Any, found: Any, used: Any) -> Any:
    """Add the places of wide numbers that begin with a nine-character one."""
    keys, places, cells = prefixes
    cell = part_of(mix(key) >> u64(32), len(cells) - 1)
    at, count = find_from(keys, np.int64(cells[cell]), np.int64(cells[cell + _ONE]), key)
    for j in range(count):
        used = put(query, np.int64(places[at + j]), used, found)
    return used


@kernel
def near_one(query: Any, digits: Any, n: Any, index: Any, room: Any, found: Any, used: Any) -> Any:
    """Add every place that may hold a near number; FULL when there is no room."""
    wide, filters, prefixes, long, long_stems, long_prefixes, shapes, likes = index
    keys, (heads, tails), changes, notes, (asked, passed, own) = room
    wanted, counts = keys
    offset = len(wide[0])
    shape = 0
    heads[0] = _ONE
    for at in range(n):
        heads[at + 1] = heads[at] * u64(36) + u64(digits[at])
        shape = (shape << 1) | (digits[at] > 9)
    key = heads[n]
    for at in range(n + 1):
        tails[at] = key - heads[at] * POWERS[n - at]
    start = stem_start(digits, n)
    stem = POWERS[n - start] + tails[start]
    cell = part_of(mix(stem) >> u64(32), len(wide[1]) - 1)
    prefetch(wide[1], cell)
    prefetch(prefixes[2], part_of(mix(key) >> u64(32), len(prefixes[2]) - 1))
    counts[:] = 0
    asked[:] = 0
    same_length(digits, n, shape, key, start, shapes, keys)
    if n > PREFIX_LENGTH:
        write(heads[PREFIX_LENGTH], COMMON, keys)
    ask(keys, filters, notes, asked)  # the rest is written while memory comes
    if offset:
        prefetch(wide[0], u64(min(wide[1][cell], offset - 1)))
    if n <= MAX_LISTED:
        two_alike(digits, n, shape, key, (shapes, likes), changes, keys)
    ask(keys, filters, notes, asked)
    other_length(digits, n, shape, (heads, tails, start), shapes, keys)
    ask(keys, filters, notes, asked)
    for which in (RARE, COMMON):
        words = filters[0] if which == COMMON else filters[1]
        n_passed = read_filter(words, counts[which], (notes[0][which], notes[1][which]), passed)
        used = probe_wide(query, wanted[which], passed, n_passed, wide, own, found, used)
    work = (notes[0][LONG_SHAPE], notes[1][LONG_SHAPE]), passed
    used = probe_long(query, wanted[LONG_SHAPE], counts[LONG_SHAPE], long, offset, work, found, used)
    used = same_stem(query, key, n, start, tails, wide, found, used)  # the number itself among them
    used = add_rows(query, stem, long_stems[0], long_stems[1], offset, found, used)
    if n == PREFIX_LENGTH:
        used = longer_by_prefix(query, key, prefixes, found, used)
        used = add_rows(query, key, long_prefixes[0], long_prefixes[1], offset, found, used)
    return used


@kernel
def near_batch(digits: Any, lengths: Any, begin: Any, index: Any, most: Any, found: Any) -> Any:
    """Search numbers from `begin` on until there is no room; returns the next one and the places written.

    `most` bounds the neighbours of one number, whatever their class.
    """
    keys = np.empty((4, most), np.uint64), np.zeros(4, np.int64)
    parts = np.empty(MAX_READ + 1, np.uint64), np.empty(MAX_READ + 1, np.uint64)
    changes = np.empty(most, np.uint64), np.empty(most, np.int64), np.empty(MAX_READ + 1, np.int64)
    notes = np.empty((4, most), np.uint64), np.empty((4, most), np.uint64)
    work = np.zeros(4, np.int64), np.empty(most + 1, np.int64), np.empty(most, np.uint64)
    room = keys, parts, changes, notes, work
    used = 0
    for query in range(begin, len(lengths)):
        if lengths[query] > 0:
            after = near_one(query, digits[query], lengths[query], index, room, found, used)
            if after == FULL:
                return query, used
            used = after
    return len(lengths), used
