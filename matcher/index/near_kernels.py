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
    MAX_LISTED,
    MAX_READ,
    MAX_WIDE,
    POWERS,
    SHAPES,
    find_from,
    length_of,
    mix,
    part_of,
    pass_filter,
    stem_of,
    stem_start,
)
from matcher.index.jit import kernel, prefetch

FULL = -1
_ONE = u64(1)


@kernel
def is_there(shapes: Any, n: Any, shape: Any) -> Any:
    """Whether any listed number has this length and these letters."""
    if n > MAX_WIDE:
        return n <= MAX_LISTED and shapes[SHAPES + n] != 0
    return n > 0 and shapes[(1 << n) | shape] != 0


@kernel
def write_group(base: Any, power: Any, group: Any, but: Any, out: Any, c: Any) -> Any:
    """Write the keys with each digit, or each letter, at one place, but for one character; returns the new count."""
    first, last = (10, 36) if group else (0, 10)
    if first <= but < last:
        for i in range(but - first):
            out[c + i] = base + u64(first + i) * power
        c += but - first
        first = but + 1
    for i in range(last - first):
        out[c + i] = base + u64(first + i) * power
    return c + last - first


@kernel
def same_length(digits: Any, n: Any, shape: Any, key: Any, shapes: Any, likes: Any, out: Any) -> Any:
    """Substitutions, transpositions and pairs of look-alikes; returns how many keys were written."""
    others, first = likes
    c = 0
    for at in range(n):
        power = POWERS[n - 1 - at]
        bit = 1 << (n - 1 - at)
        base = key - u64(digits[at]) * power
        for group in range(2):
            if is_there(shapes, n, (shape | bit) if group else (shape & ~bit)):
                c = write_group(base, power, group, digits[at], out, c)
    for at in range(n - 1):
        one, two = digits[at], digits[at + 1]
        both = 3 << (n - 2 - at)
        swapped = (shape & ~both) | (((two > 9) * 2 + (one > 9)) << (n - 2 - at))
        if one != two and is_there(shapes, n, swapped):
            out[c] = key + (u64(two) - u64(one)) * (POWERS[n - 1 - at] - POWERS[n - 2 - at])
            c += 1
    for at in range(n - 1):
        for x in range(first[digits[at]], first[digits[at] + 1]):
            bit = 1 << (n - 1 - at)
            changed = (shape | bit) if others[x] > 9 else (shape & ~bit)
            base = key + (u64(others[x]) - u64(digits[at])) * POWERS[n - 1 - at]
            for to in range(at + 1, n):
                bit = 1 << (n - 1 - to)
                for y in range(first[digits[to]], first[digits[to] + 1]):
                    if is_there(shapes, n, (changed | bit) if others[y] > 9 else (changed & ~bit)):
                        out[c] = base + (u64(others[y]) - u64(digits[to])) * POWERS[n - 1 - to]
                        c += 1
    return c


@kernel
def one_less(digits: Any, n: Any, shape: Any, heads: Any, tails: Any, shapes: Any, out: Any) -> Any:
    """The number without one of its characters."""
    c = 0
    for at in range(n):
        low = (1 << (n - 1 - at)) - 1
        if (at == 0 or digits[at] != digits[at - 1]) and is_there(
            shapes, n - 1, ((shape >> (n - at)) << (n - 1 - at)) | (shape & low)
        ):
            out[c] = heads[at] * POWERS[n - 1 - at] + tails[at + 1]
            c += 1
    return c


@kernel
def one_more(digits: Any, n: Any, shape: Any, heads: Any, tails: Any, shapes: Any, out: Any) -> Any:
    """The number with one character more."""
    c = 0
    for at in range(n + 1):
        power = POWERS[n - at]
        base = heads[at] * POWERS[n - at + 1] + tails[at]
        before = digits[at - 1] if at else 99  # put after its like, a character gives the same number
        room = ((shape >> (n - at)) << (n - at + 1)) | (shape & ((1 << (n - at)) - 1))
        for group in range(2):
            if is_there(shapes, n + 1, room | (group << (n - at))):
                c = write_group(base, power, group, before, out, c)
    return c


@kernel
def put(query: Any, place: Any, used: Any, found: Any) -> Any:
    """Add a found place; FULL when there is no room."""
    queries, places = found
    if used == FULL or used >= len(queries):
        return FULL
    queries[used], places[used] = query, place
    return used + 1


@kernel
def probe_wide(query: Any, wanted: Any, n: Any, wide: Any, work: Any, found: Any, used: Any) -> Any:
    """Look up n keys among the wide ones and add the places that hold them."""
    keys, cells, words = wide
    hashes, passed, own = work
    for start in range(0, n if len(keys) else 0, len(hashes)):
        n_passed = pass_filter(words, wanted, start, min(start + len(hashes), n), hashes, passed)
        for i in range(n_passed):
            own[i] = part_of(mix(stem_of(wanted[passed[i]])) >> u64(32), len(cells) - 1)
            prefetch(cells, own[i])
        for i in range(n_passed):
            prefetch(keys, u64(min(cells[own[i]], len(keys) - 1)))
        for i in range(n_passed):
            low, high = np.int64(cells[own[i]]), np.int64(cells[own[i] + _ONE])
            at, count = find_from(keys, low, high, wanted[passed[i]])
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
    hashes, passed, _ = work
    for start in range(0, n if len(keys) else 0, len(hashes)):
        for i in range(pass_filter(words, wanted, start, min(start + len(hashes), n), hashes, passed)):
            used = add_rows(query, wanted[passed[i]], keys, rows, offset, found, used)
    return used


@kernel
def same_stem(query: Any, key: Any, n: Any, stem: Any, tails: Any, wide: Any, found: Any, used: Any) -> Any:
    """Add the places of the stem's cell where one number ends with the other."""
    keys, cells, _ = wide
    cell = part_of(mix(stem) >> u64(32), len(cells) - 1)
    for at in range(np.int64(cells[cell]), np.int64(cells[cell + _ONE])):
        length = length_of(keys[at])
        if length <= n:
            ends = keys[at] == POWERS[length] + tails[n - length]
        else:
            ends = keys[at] % POWERS[n] == key - POWERS[n]
        if ends:
            used = put(query, at, used, found)
    return used


@kernel
def longer_by_prefix(query: Any, key: Any, prefixes: Any, wide: Any, found: Any, used: Any) -> Any:
    """Add the places of wide numbers that begin with a nine-character one."""
    places, cells = prefixes
    cell = part_of(mix(key) >> u64(32), len(cells) - 1)
    for i in range(np.int64(cells[cell]), np.int64(cells[cell + _ONE])):
        place = np.int64(places[i])
        if wide[0][place] // POWERS[length_of(wide[0][place]) - PREFIX_LENGTH] == key:
            used = put(query, place, used, found)
    return used


@kernel
def near_one(query: Any, digits: Any, n: Any, index: Any, buffers: Any, found: Any, used: Any) -> Any:
    """Add every place that may hold a near number; FULL when there is no room."""
    wide, prefixes, long, long_stems, long_prefixes, shapes, likes = index
    wanted, heads, tails, work = buffers
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
    prefetch(wide[1], part_of(mix(stem) >> u64(32), len(wide[1]) - 1))
    for length in range(n - 1, n + 2):
        if length == n:
            c = same_length(digits, n, shape, key, shapes, likes, wanted)
            wanted[c] = key
            c += 1
        elif length < n:
            c = one_less(digits, n, shape, heads, tails, shapes, wanted)
        else:
            c = one_more(digits, n, shape, heads, tails, shapes, wanted)
        if length <= MAX_WIDE:
            used = probe_wide(query, wanted, c, wide, work, found, used)
        else:
            used = probe_long(query, wanted, c, long, offset, work, found, used)
    used = same_stem(query, key, n, stem, tails, wide, found, used)
    used = add_rows(query, stem, long_stems[0], long_stems[1], offset, found, used)
    if n > PREFIX_LENGTH:
        wanted[0] = heads[PREFIX_LENGTH]
        used = probe_wide(query, wanted, 1, wide, work, found, used)
    elif n == PREFIX_LENGTH:
        used = longer_by_prefix(query, key, prefixes, wide, found, used)
        used = add_rows(query, key, long_prefixes[0], long_prefixes[1], offset, found, used)
    return used


@kernel
def near_batch(digits: Any, lengths: Any, begin: Any, index: Any, room: Any, found: Any) -> Any:
    """Search numbers from `begin` on until there is no room; returns the next one and the places written."""
    wanted = np.empty(room, np.uint64)
    heads, tails = np.empty(MAX_READ + 1, np.uint64), np.empty(MAX_READ + 1, np.uint64)
    work = np.empty(512, np.uint64), np.empty(513, np.int64), np.empty(512, np.uint64)
    used = 0
    for query in range(begin, len(lengths)):
        if lengths[query] > 0:
            after = near_one(query, digits[query], lengths[query], index, (wanted, heads, tails, work), found, used)
            if after == FULL:
                return query, used
            used = after
    return len(lengths), used
