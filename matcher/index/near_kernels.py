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
    value_of,
)
from matcher.jit import kernel, part, prefetch

FULL = -1
FEW_FORMS = 24  # listed shapes of one length up to which pairs of look-alikes are made for each shape
N_SHAPES = SHAPES + MAX_LISTED + 1  # of one table
ABSENT_DIGIT = 99
_ONE = u64(1)


@kernel
def class_of(shapes: Any, n: Any, shape: Any) -> Any:
    """Which filter knows the listed numbers of this length with these letters; ABSENT when there are none."""
    if n > MAX_WIDE:
        return LONG_SHAPE if n <= MAX_LISTED and shapes[SHAPES + n] else ABSENT
    return shapes[(1 << n) | shape] if n > 0 else ABSENT


@part
def write_group(base: Any, power: Any, letters: Any, but: Any, which: Any, keys: Any) -> None:
    """Add the keys with each digit, or each letter, at one place, but for one character."""
    wanted, counts = keys
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


@part
def same_length(digits: Any, n: Any, shape: Any, key: Any, start: Any, shapes: Any, keys: Any) -> None:
    """Substitutions and transpositions; not those to a letter before the stem, which `same_stem` finds.

    Absent shapes are left out before anything is called: a call with arrays costs 30 nanoseconds.
    """
    is_wide = n <= MAX_WIDE
    full, long = 1 << n, class_of(shapes, n, shape)
    for at in range(n):
        power = POWERS[n - 1 - at]
        bit = 1 << (n - 1 - at)
        base = key - u64(digits[at]) * power
        which = shapes[full | (shape & ~bit)] if is_wide else long
        if which != ABSENT:
            write_group(base, power, False, digits[at], which, keys)
        which = shapes[full | (shape | bit)] if is_wide else long
        if which != ABSENT and (at >= start or not is_wide):
            write_group(base, power, True, digits[at], which, keys)
    wanted, counts = keys
    for at in range(n - 1):
        one, two = digits[at], digits[at + 1]
        if one != two:
            both = 3 << (n - 2 - at)
            swapped = (shape & ~both) | (((two > 9) * 2 + (one > 9)) << (n - 2 - at))
            which = shapes[full | swapped] if is_wide else long
            wanted[which, counts[which]] = key + (u64(two) - u64(one)) * (POWERS[n - 1 - at] - POWERS[n - 2 - at])
            counts[which] += which != ABSENT


@kernel
def two_alike(digits: Any, n: Any, shape: Any, key: Any, tables: Any, noted: Any, keys: Any) -> None:
    """Pairs of look-alikes: every change of one character is noted once, then added to those further right.

    The inner loop has no branch for wide numbers: what isn't counted is overwritten (1.3 against 2.8 microseconds).
    """
    shapes, _, ((others, first), _, _) = tables
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


@part
def note_changes(digits: Any, n: Any, likes: Any, changes: Any, begins: Any) -> None:
    """Changes of one character to a look-alike of one of the two kinds of `likes`, by place."""
    others, first = likes
    m = 0
    for at in range(n):
        begins[at] = m
        power = POWERS[n - 1 - at]
        for x in range(first[digits[at]], first[digits[at] + 1]):
            changes[m] = (u64(others[x]) - u64(digits[at])) * power
            m += 1
    begins[n] = m


@part
def write_pairs(key: Any, ones: Any, others: Any, which: Any, keys: Any) -> None:
    """Add the keys with one change of each of two lists."""
    wanted, counts = keys
    c = counts[which]
    for one in ones:
        base = key + one
        for other in others:
            wanted[which, c] = base + other
            c += 1
    counts[which] = c


@part
def two_alike_of(digits: Any, n: Any, shape: Any, key: Any, tables: Any, noted: Any, keys: Any) -> None:
    """As `two_alike`, for a wide number and few shapes: for each listed shape the pairs that lead to it."""
    shapes, forms, (_, same_kind, other_kind) = tables
    (plain, plain_begins), (turned, turned_begins) = noted
    wanted, counts = keys
    note_changes(digits, n, same_kind, plain, plain_begins)
    m = plain_begins[n]
    is_turned = False
    for form in forms:
        which = shapes[form]
        one = two = -1  # places whose kind must change
        n_turned = 0
        differing = form ^ shape ^ (1 << n)
        for at in range(n if differing else 0):
            if (differing >> (n - 1 - at)) & 1:
                one, two = two, at
                n_turned += 1
        if 1 <= n_turned <= 2 and not is_turned:
            note_changes(digits, n, other_kind, turned, turned_begins)
            is_turned = True
        if n_turned == 0:
            c = counts[which]
            for at in range(n - 1):
                for x in range(plain_begins[at], plain_begins[at + 1]):
                    base = key + plain[x]
                    for y in range(plain_begins[at + 1], m):
                        wanted[which, c] = base + plain[y]
                        c += 1
            counts[which] = c
        elif n_turned == 1:
            own = turned[turned_begins[two] : turned_begins[two + 1]]
            write_pairs(key, own, plain[: plain_begins[two]], which, keys)
            write_pairs(key, own, plain[plain_begins[two + 1] : m], which, keys)
        elif n_turned == 2:
            own = turned[turned_begins[one] : turned_begins[one + 1]]
            write_pairs(key, own, turned[turned_begins[two] : turned_begins[two + 1]], which, keys)


@part
def other_length(digits: Any, n: Any, shape: Any, parts: Any, shapes: Any, keys: Any) -> None:
    """The number without one of its characters, and with one more; not a letter more before the stem."""
    heads, tails, start = parts
    wanted, counts = keys
    is_wide = n <= MAX_WIDE + 1
    full, long = 1 << (n - 1), class_of(shapes, n - 1, shape)
    for at in range(n if n > 1 else 0):
        if at == 0 or digits[at] != digits[at - 1]:
            less = ((shape >> (n - at)) << (n - 1 - at)) | (shape & ((1 << (n - 1 - at)) - 1))
            which = shapes[full | less] if is_wide else long
            wanted[which, counts[which]] = heads[at] * POWERS[n - 1 - at] + tails[at + 1]
            counts[which] += which != ABSENT
    is_wide = n < MAX_WIDE
    full, long = 1 << (n + 1), class_of(shapes, n + 1, shape)
    for at in range(n + 1):
        power = POWERS[n - at]
        base = heads[at] * POWERS[n - at + 1] + tails[at]
        before = digits[at - 1] if at else ABSENT_DIGIT  # put after its like, a character gives the same number
        room = ((shape >> (n - at)) << (n - at + 1)) | (shape & ((1 << (n - at)) - 1))
        which = shapes[full | room] if is_wide else long
        if which != ABSENT:
            write_group(base, power, False, before, which, keys)
        which = shapes[full | room | (1 << (n - at))] if is_wide else long
        if which != ABSENT and (at > start or not is_wide):
            write_group(base, power, True, before, which, keys)


@part
def put(query: Any, place: Any, used: Any, found: Any) -> Any:
    """Add a found place; FULL when there is no room."""
    queries, places = found
    if used == FULL or used >= len(queries):
        return FULL
    queries[used], places[used] = query, place
    return used + 1


@part
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


@part
def add_rows(query: Any, key: Any, keys: Any, rows: Any, offset: Any, found: Any, used: Any) -> Any:
    """Add the rows of a key in a sorted table of longer numbers; they follow the places of the wide ones."""
    at, count = find_from(keys, 0, len(keys), key)
    for j in range(count):
        used = put(query, offset + np.int64(rows[at + j]), used, found)
    return used


@part
def probe_long(query: Any, wanted: Any, n: Any, long: Any, offset: Any, work: Any, found: Any, used: Any) -> Any:
    """Look up n keys among the longer numbers."""
    keys, rows, words = long
    notes, passed = work
    if n and len(keys):
        ask_filter(words, wanted, 0, n, notes)
        for i in range(read_filter(words, n, notes, passed)):
            used = add_rows(query, wanted[passed[i]], keys, rows, offset, found, used)
    return used


@part
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


@part
def longer_by_prefix(query: Any, key: Any, prefixes: Any, found: Any, used: Any) -> Any:
    """Add the places of wide numbers that begin with a nine-character one."""
    keys, places, cells = prefixes
    cell = part_of(mix(key) >> u64(32), len(cells) - 1)
    at, count = find_from(keys, np.int64(cells[cell]), np.int64(cells[cell + _ONE]), key)
    for j in range(count):
        used = put(query, np.int64(places[at + j]), used, found)
    return used


@part
def ask_cell(cell: Any, table: Any) -> None:
    """Ask for the keys of a cell, whose beginning has come."""
    keys, cells = table
    if len(keys):
        prefetch(keys, u64(min(cells[cell], len(keys) - 1)))
        prefetch(keys, u64(max(cells[cell + _ONE], 1) - 1))  # a cell may reach into the next line


@part
def look_ahead(query: Any, presented: Any, index: Any, ahead: Any) -> None:
    """Ask for the cells of a number two turns early, and for their keys one turn early."""
    digits, lengths = presented
    wide, prefixes = index[0], index[2]
    for turn in range(2):
        at = query + 2 - turn
        if at < len(lengths) and lengths[at] > 0:
            cell, prefix_cell = ahead[at & 3]
            if turn:
                ask_cell(cell, wide)
                if lengths[at] == PREFIX_LENGTH:
                    ask_cell(prefix_cell, (prefixes[0], prefixes[2]))
            else:
                n = lengths[at]
                stem = value_of(digits[at], stem_start(digits[at], n), n)
                ahead[at & 3, 0] = part_of(mix(stem) >> u64(32), len(wide[1]) - 1)
                prefetch(wide[1], ahead[at & 3, 0])
                if n == PREFIX_LENGTH:
                    key = value_of(digits[at], 0, n)
                    ahead[at & 3, 1] = part_of(mix(key) >> u64(32), len(prefixes[2]) - 1)
                    prefetch(prefixes[2], ahead[at & 3, 1])


@kernel
def near_one(query: Any, presented: Any, known: Any, index: Any, room: Any, found: Any, used: Any) -> Any:
    """Add every place that may hold a near number of the shapes of one table; FULL when there is no room."""
    digits, n = presented
    shapes, forms = known
    wide, filters, prefixes, long, long_stems, long_prefixes, _, likes = index
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
    counts[:] = 0
    asked[:] = 0
    same_length(digits, n, shape, key, start, shapes, keys)
    if n > PREFIX_LENGTH:
        wanted[COMMON, counts[COMMON]] = heads[PREFIX_LENGTH]
        counts[COMMON] += 1
    ask(keys, filters, notes, asked)  # the rest is written while memory comes
    if n <= MAX_WIDE and len(forms) <= FEW_FORMS:
        two_alike_of(digits, n, shape, key, (shapes, forms, likes), (changes[0], changes[1]), keys)
    elif n <= MAX_LISTED:
        two_alike(digits, n, shape, key, (shapes, forms, likes), changes[2], keys)
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
def near_batch(presented: Any, tables: Any, begin: Any, index: Any, most: Any, found: Any) -> Any:
    """Search numbers from `begin` on until there is no room; returns the next one and the places written.

    `tables` says whose shapes are looked for; `most` bounds the neighbours of one number, whatever their class.
    """
    digits, lengths = presented
    shapes, forms, begins = index[6]
    keys = np.empty((4, most), np.uint64), np.zeros(4, np.int64)
    parts = np.empty(MAX_READ + 1, np.uint64), np.empty(MAX_READ + 1, np.uint64)
    plain = np.empty(most, np.uint64), np.empty(MAX_READ + 1, np.int64)
    turned = np.empty(most, np.uint64), np.empty(MAX_READ + 1, np.int64)
    both = np.empty(most, np.uint64), np.empty(most, np.int64), np.empty(MAX_READ + 1, np.int64)
    notes = np.empty((4, most), np.uint64), np.empty((4, most), np.uint64)
    work = np.zeros(4, np.int64), np.empty(most + 1, np.int64), np.empty(most, np.uint64)
    room = keys, parts, (plain, turned, both), notes, work
    ahead = np.zeros((4, 2), np.uint64)
    used = 0
    for query in range(begin, len(lengths)):
        look_ahead(query, presented, index, ahead)
        n = lengths[query]
        if n > 0:
            table = tables[query]
            own = shapes[table * N_SHAPES : (table + 1) * N_SHAPES]
            at = table * (MAX_WIDE + 1) + n if n <= MAX_WIDE else 0
            known = own, forms[begins[at] : begins[at + 1]]
            after = near_one(query, (digits[query], n), known, index, room, found, used)
            if after == FULL:
                return query, used
            used = after
    return len(lengths), used
