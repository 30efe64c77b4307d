"""Kernels of the document index: reading numbers, packing, building, exact search.

A number of up to 12 characters is one 64-bit key: its value in base 36 with a leading one, so that numbers of
different lengths differ and a longer one never collides. The same sum modulo 2**64 is the hash of a longer number.
Keys are kept in cells: a cell is chosen by the hash of the number's stem (the number without leading letters and
zeros), so a number, its forms with a code glued in front and those with leading zeros lost lie side by side.

Everything here is unsigned: one signed operand would make numba compute in floating point. The descriptions of
tables and arguments stand in `documents`; slow twin `tests/reference/near_numbers.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import uint64 as u64

from matcher.jit import kernel, prefetch

Array = np.ndarray[Any, Any]
MAX_WIDE = 12  # characters of the longest number that is its own key: 2 * 36**12 < 2**64
MAX_READ = 24  # characters read of a number; see `documents.slips.LONGEST_QUERY`
MAX_LISTED = 20  # characters of the longest listed number that is a key
SHORTEST_STEM = 4  # characters that are kept of a number's end whatever they are
SHAPES = 1 << (MAX_WIDE + 1)  # shapes of wide numbers; lengths of longer ones follow
ASK = 255  # state of a row that needs the Python function
WIDE, LONG = 0, 1
ABSENT, COMMON, RARE, LONG_SHAPE = range(4)  # classes of shapes
SCAN = 32  # entries of a cell above which it is searched by halves
WINDOW = 32  # searches in flight; 64 and more were no faster
_ONE = u64(1)
POWERS = np.array([pow(36, exponent, 1 << 64) for exponent in range(MAX_READ + 2)], np.uint64)
_SEPARATOR, _OTHER = 64, 255
_CODES = np.full(256, _OTHER, np.uint8)
for _sign in " -./\\<":
    _CODES[ord(_sign)] = _SEPARATOR
for _value, _sign in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
    _CODES[ord(_sign)] = _CODES[ord(_sign.lower())] = _value


@kernel
def mix(x: Any) -> Any:
    x = u64(x)
    x ^= x >> u64(31)
    x *= u64(0x9E3779B97F4A7C15)
    x ^= x >> u64(29)
    x *= u64(0xBF58476D1CE4E5B9)
    x ^= x >> u64(32)
    return x


@kernel
def part_of(top: Any, n_parts: Any) -> Any:
    """Which of n parts a 32-bit hash falls into, without division."""
    return (u64(top) * u64(n_parts)) >> u64(32)


@kernel
def bits_of(h: Any) -> Any:
    """Four bits of a filter's word."""
    six = u64(63)
    low = (_ONE << (h & six)) | (_ONE << ((h >> u64(6)) & six))
    return low | (_ONE << ((h >> u64(12)) & six)) | (_ONE << ((h >> u64(18)) & six))


@kernel
def read_number(data: Any, start: Any, stop: Any, digits: Any) -> Any:
    """Read the characters of a plainly written number as 0..35; -1: ask the Python function."""
    n = 0
    for at in range(start, stop):
        code = _CODES[data[at]]
        if code < 36:
            if n == MAX_READ:
                return -1
            digits[n] = code
            n += 1
        elif code == _OTHER or (data[at] == 46 and n > 0 and digits[0] == 23):  # perhaps a leading "No."
            return -1
    return n if n else -1


@kernel
def stem_start(digits: Any, n: Any) -> Any:
    """Where the stem begins: at the first digit that is not zero, with four characters left at least."""
    at = 0
    while at < n - SHORTEST_STEM and not 1 <= digits[at] <= 9:
        at += 1
    return at


@kernel
def value_of(digits: Any, start: Any, stop: Any) -> Any:
    value = _ONE
    for at in range(start, stop):
        value = value * u64(36) + u64(digits[at])
    return value


@kernel
def length_of(key: Any) -> Any:
    n = MAX_WIDE
    while POWERS[n] > key:
        n -= 1
    return n


@kernel
def stem_of(key: Any) -> Any:
    """Stem of a wide key, itself a key."""
    n = length_of(key)
    rest = key - POWERS[n]
    while n > SHORTEST_STEM:
        power = POWERS[n - 1]
        digit = rest // power
        if _ONE <= digit <= u64(9):
            break
        rest -= digit * power
        n -= 1
    return POWERS[n] + rest


@kernel
def shape_of(digits: Any, n: Any) -> Any:
    """Place in the table of shapes: which characters are letters, or the length of a longer number."""
    if n > MAX_WIDE:
        return SHAPES + n
    shape = 1
    for at in range(n):
        shape = (shape << 1) | (digits[at] > 9)
    return shape


@kernel
def pack_rows(data: Any, offsets: Any, tables: Any, packed: Any, shapes: Any) -> None:
    """Read a chunk of numbers: key, upper half of the stem's hash, state; counts the shapes in each row's table."""
    keys, tops, states = packed
    digits = np.empty(MAX_READ, np.uint8)
    for row in range(len(keys)):
        n = read_number(data, offsets[row], offsets[row + 1], digits)
        if n < 1 or n > MAX_LISTED:
            states[row] = ASK
            continue
        keys[row] = value_of(digits, 0, n)
        tops[row] = mix(value_of(digits, stem_start(digits, n), n)) >> u64(32)
        states[row] = WIDE if n <= MAX_WIDE else LONG
        shapes[tables[row], shape_of(digits, n)] += 1


@kernel
def read_rows(data: Any, offsets: Any, digits: Any, lengths: Any) -> None:
    """Read numbers into a matrix of characters; length -1: ask the Python function."""
    for row in range(len(lengths)):
        lengths[row] = read_number(data, offsets[row], offsets[row + 1], digits[row])


@kernel
def pack_digits(digits: Any, lengths: Any, most: Any, keys: Any) -> None:
    """Key of the first characters of each number, of `most` at most."""
    for row in range(len(keys)):
        keys[row] = value_of(digits[row], 0, min(lengths[row], most))


@kernel
def stems_of_digits(digits: Any, lengths: Any, stems: Any) -> None:
    for row in range(len(stems)):
        n = lengths[row]
        stems[row] = value_of(digits[row], stem_start(digits[row], n), n)


@kernel
def count_cells(tops: Any, states: Any, wanted: Any, cells: Any) -> None:
    """Count the rows of one state in each cell, then add up: `cells[c]` is the end of cell c."""
    n_cells = len(cells) - 1
    for row in range(len(tops)):
        if states[row] == wanted:
            cells[part_of(tops[row], n_cells)] += 1
    total = 0
    for cell in range(n_cells + 1):
        total += cells[cell]
        cells[cell] = total


@kernel
def scatter(keys: Any, tops: Any, states: Any, wanted: Any, cells: Any, sorted_rows: Any) -> None:
    """Put keys and rows into their cells, from the end, so that `cells[c]` becomes the beginning of cell c."""
    sorted_keys, order = sorted_rows
    n_cells = len(cells) - 1
    for row in range(len(keys) - 1, -1, -1):
        if states[row] == wanted:
            cell = part_of(tops[row], n_cells)
            cells[cell] -= 1
            sorted_keys[cells[cell]] = keys[row]
            order[cells[cell]] = row


@kernel
def sort_cells(cells: Any, keys: Any, order: Any) -> None:
    """Sort each cell by key; rows of one key stay ascending."""
    for cell in range(len(cells) - 1):
        low, high = np.int64(cells[cell]), np.int64(cells[cell + 1])
        if high - low > SCAN:
            by = np.argsort(keys[low:high], kind="mergesort")
            keys[low:high] = keys[low:high][by]
            order[low:high] = order[low:high][by]
            continue
        for at in range(low + 1, high):
            key, row = keys[at], order[at]
            to = at
            while to > low and keys[to - 1] > key:
                keys[to], order[to] = keys[to - 1], order[to - 1]
                to -= 1
            keys[to], order[to] = key, row


@kernel
def fill_filter(keys: Any, words: Any) -> None:
    n_words = len(words)
    for at in range(len(keys)):
        h = mix(keys[at])
        words[part_of(h >> u64(32), n_words)] |= bits_of(h)


@kernel
def shape_of_key(key: Any) -> Any:
    """Shape of a wide key, as `shape_of`."""
    n = length_of(key)
    shape, bit = 1 << n, 1
    for _ in range(n):
        rest = key // u64(36)
        if key - rest * u64(36) > u64(9):
            shape |= bit
        key, bit = rest, bit << 1
    return shape


@kernel
def keys_of_class(keys: Any, shapes: Any, wanted: Any, out: Any) -> None:
    """Copy the keys whose shape is of one class; `out` has their number."""
    n = 0
    for at in range(len(keys)):
        if n < len(out) and shapes[shape_of_key(keys[at])] == wanted:
            out[n] = keys[at]
            n += 1


@kernel
def prefixes_of(keys: Any, length: Any, prefixes: Any, tops: Any, states: Any) -> None:
    """First characters of each wide key that has more; `states` says which have."""
    for at in range(len(keys)):
        n = length_of(keys[at])
        states[at] = ASK
        if n > length:
            prefixes[at] = keys[at] // POWERS[n - length]
            tops[at] = mix(prefixes[at]) >> u64(32)
            states[at] = WIDE


@kernel
def lower_bound(keys: Any, low: Any, high: Any, key: Any) -> Any:
    while high - low > SCAN:
        middle = (low + high) >> 1
        if keys[middle] < key:
            low = middle
        else:
            high = middle
    while low < high and keys[low] < key:
        low += 1
    return low


@kernel
def find_from(keys: Any, low: Any, high: Any, key: Any) -> Any:
    """First place of a key in its cell and how many places it has; (-1, 0) when it isn't there."""
    at = lower_bound(keys, low, high, key)
    count = 0
    while at + count < high and keys[at + count] == key:
        count += 1
    return (at, count) if count else (-1, 0)


@kernel
def find_one(tables: Any, signed: Any) -> Any:
    """First place of a key and how many; the cell is asked for while the filter is read.

    The key comes less 2**63: a plain Python integer is a signed one to numba. The arrays come as one tuple, which
    numba takes in half the time of three read-only arrays (0.6 against 1.2 microseconds a call).
    """
    keys, cells, words = tables
    key = u64(signed) + (_ONE << u64(63))
    cell = part_of(mix(stem_of(key)) >> u64(32), len(cells) - 1)
    prefetch(cells, cell)
    h = mix(key)
    bits = bits_of(h)
    if words[part_of(h >> u64(32), len(words))] & bits != bits:
        return -1, 0
    return find_from(keys, np.int64(cells[cell]), np.int64(cells[cell + 1]), key)


@kernel
def ask_filter(words: Any, wanted: Any, start: Any, stop: Any, notes: Any) -> None:
    """Ask for the memory of the filter that `wanted[start:stop]` need; where and what for is noted."""
    blocks, masks = notes
    n_words = u64(len(words))
    for at in range(start, stop):  # apart from the next loop, so that it runs on vectors
        h = mix(wanted[at])
        blocks[at] = ((h >> u64(32)) * n_words) >> u64(32)
        masks[at] = bits_of(h)
    for at in range(start, stop):
        prefetch(words, blocks[at])


@kernel
def read_filter(words: Any, n: Any, notes: Any, passed: Any) -> Any:
    """Write the places below n that the filter lets through into `passed`, which has one more; returns how many."""
    blocks, masks = notes
    n_passed = 0
    for at in range(n):
        passed[n_passed] = at
        n_passed += words[blocks[at]] & masks[at] == masks[at]
    return n_passed


@kernel
def find_batch(keys: Any, cells: Any, words: Any, wanted: Any, found: Any) -> None:
    """Find many keys; 64 of them wait for memory together."""
    first, counts = found
    n_cells = len(cells) - 1
    notes = np.empty(WINDOW, np.uint64), np.empty(WINDOW, np.uint64)
    passed, own = np.empty(WINDOW + 1, np.int64), np.empty(WINDOW, np.uint64)
    for start in range(0, len(wanted), WINDOW):
        some = wanted[start : start + WINDOW]
        ask_filter(words, some, 0, len(some), notes)
        for at in range(start, start + len(some)):
            first[at], counts[at] = -1, 0
        n = read_filter(words, len(some), notes, passed)
        for i in range(n):
            own[i] = part_of(mix(stem_of(some[passed[i]])) >> u64(32), n_cells)
            prefetch(cells, own[i])
        for i in range(n):
            prefetch(keys, u64(min(cells[own[i]], len(keys) - 1)))
            prefetch(keys, u64(max(cells[own[i] + _ONE], 1) - 1))  # a cell may reach into the next line
        for i in range(n):
            at = start + passed[i]
            first[at], counts[at] = find_from(keys, np.int64(cells[own[i]]), np.int64(cells[own[i] + _ONE]), wanted[at])
