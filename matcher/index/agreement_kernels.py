"""Compiled directories of a vocabulary: every row that can agree with a query row, found without looking at the rest.

The agreement relation (`compare.token_kernels.agree`) is met by keys that both rows have: equal letters; one skeleton
or skeletons one edit apart (a skeleton with one symbol taken out); letters of one script one or two edits apart (the
word with one or two letters taken out); spellings attested together; a single letter and a word that begins with it;
a cut word and one that begins like it. A directory is a sorted array of 64-bit keys beside the rows that have them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.compare.kernels import _without
from matcher.compare.token_kernels import (
    ARABIC,
    HEBREW,
    KEY,
    LATIN,
    OTHER,
    SCRIPT,
    SKELETON,
    SYMBOLS,
    TOKENS,
    edits_allowed,
)
from matcher.jit import kernel

u64 = np.uint64
MAX_KEYS = 17 + 1 + 31 + 31 * 30 // 2  # keys of one row: of its skeleton, of its letters without one and without two

_SKELETON_SALT, _LETTERS_SALT, _INITIAL_SALT, _PREFIX_SALT, _IS_INITIAL_SALT = 1, 2, 3, 4, 5


@kernel
def _mixed(key: Any, salt: int) -> Any:
    key = (key ^ (u64(salt) << u64(56))) * u64(0x9E3779B97F4A7C15)
    key ^= key >> u64(32)
    key *= u64(0xBF58476D1CE4E5B9)
    return key ^ (key >> u64(29))


@kernel
def _letters_key(row: Any, script: int, first: int, second: int) -> Any:
    key = u64(0xCBF29CE484222325) ^ u64(script)
    for at in range(1, int(row[0]) + 1):
        if at != first and at != second:
            key = (key ^ u64(row[at])) * u64(0x100000001B3)
    return _mixed(key, _LETTERS_SALT)


@kernel
def _add_letters(row: Any, script: int, keys: Any, count: int) -> int:
    n = int(row[0])
    allowed = edits_allowed(n)
    if allowed == 0:
        return count
    keys[count] = _letters_key(row, script, 0, 0)
    count += 1
    for at in range(1, n + 1):
        if at > 1 and row[at] == row[at - 1]:
            continue
        keys[count] = _letters_key(row, script, at, 0)
        count += 1
    if allowed > 1:
        for at in range(1, n + 1):
            for second in range(at + 1, n + 1):
                keys[count] = _letters_key(row, script, at, second)
                count += 1
    return count


@kernel
def row_keys(letters: Any, facts: Any, at: int, keys: Any) -> int:
    """Write the keys under which a row is found; return how many."""
    count = 0
    packed = u64(facts[at, SKELETON])
    n = facts[at, SYMBOLS]
    if n == 0:
        keys[0] = _mixed(u64(facts[at, KEY]), 0)
        return 1
    keys[count] = _mixed(packed, _SKELETON_SALT)
    count += 1
    if n >= 2:
        for place in range(n):
            if place and (packed >> u64(4 * place)) & u64(15) == (packed >> u64(4 * place - 4)) & u64(15):
                continue
            keys[count] = _mixed(_without(packed, place), _SKELETON_SALT)
            count += 1
    if facts[at, TOKENS] > 1:
        return count
    script = facts[at, SCRIPT]
    if script == LATIN or script == OTHER:  # the letters of other scripts are their romanised form
        return _add_letters(letters[at, 32:], 0, keys, count)
    return _add_letters(letters[at], script, keys, count)


@kernel
def is_initial(letters: Any, facts: Any, at: int) -> bool:
    """Whether a row is a single letter of a script that has initials."""
    return int(letters[at, 32]) == 1 and facts[at, SCRIPT] != ARABIC and facts[at, SCRIPT] != HEBREW


@kernel
def initial_key(letter: int, of_initials: bool) -> Any:
    """The key of rows that begin with a letter, or of the rows that are just it."""
    return _mixed(u64(letter), _IS_INITIAL_SALT if of_initials else _INITIAL_SALT)


@kernel
def prefix_key(row: Any, n: int) -> Any:
    """The key of the first letters of a form."""
    key = u64(0x84222325CBF29CE4)
    for at in range(1, n + 1):
        key = (key ^ u64(row[at])) * u64(0x100000001B3)
    return _mixed(key, _PREFIX_SALT)


@kernel
def directory_entries(letters: Any, facts: Any, ends: Any) -> Any:
    """List (key, row) of every row, unsorted.

    Args:
        letters: Rows.
        facts: Rows.
        ends: uint8 a row; bit 0: a token as written; bit 1: the last token of a name that may be cut.
    """
    keys = np.empty(MAX_KEYS, np.uint64)
    total = 0
    for at in range(len(facts)):
        if not is_initial(letters, facts, at):
            total += row_keys(letters, facts, at, keys) + 2 + 32
        else:
            total += 2
    out_keys = np.empty(total, np.uint64)
    out_rows = np.empty(total, np.int32)
    to = 0
    for at in range(len(facts)):
        form = letters[at, 32:]
        n = int(form[0])
        if is_initial(letters, facts, at):
            out_keys[to], out_rows[to] = initial_key(int(form[1]), True), at
            to += 1
            out_keys[to], out_rows[to] = initial_key(int(form[1]), False), at
            to += 1
            continue
        count = row_keys(letters, facts, at, keys)
        out_keys[to : to + count] = keys[:count]
        out_rows[to : to + count] = at
        to += count
        out_keys[to], out_rows[to] = _mixed(u64(facts[at, KEY]), 0), at
        to += 1
        if ends[at] & 1 and n:
            out_keys[to], out_rows[to] = initial_key(int(form[1]), False), at
            to += 1
            if facts[at, SCRIPT] == LATIN or facts[at, SCRIPT] == OTHER:
                for length in range(2, n):
                    out_keys[to], out_rows[to] = prefix_key(form, length), at
                    to += 1
        if ends[at] & 2 and n >= 2:
            out_keys[to], out_rows[to] = _mixed(prefix_key(form, n), 6), at
            to += 1
    return out_keys[:to].copy(), out_rows[:to].copy()


@kernel
def _first(keys: Any, tops: Any, key: Any) -> int:
    """Place of the first entry of a key, or where it would stand."""
    shift = u64(64 - 16)
    low, high = tops[key >> shift], tops[(key >> shift) + u64(1)]
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    return int(low)


@kernel
def collect(keys: Any, rows: Any, tops: Any, key: Any, stamps: Any, stamp: int, found: Any, count: int) -> int:
    """Append the rows of a key that were not found yet; return how many there are now."""
    at = _first(keys, tops, key)
    while at < len(keys) and keys[at] == key:
        row = rows[at]
        if stamps[row] != stamp:
            stamps[row] = stamp
            found[count] = row
            count += 1
        at += 1
    return count


@kernel
def partners_of(facts: Any, at: int, directory: Any, partners: Any, stamps: Any, stamp: int, found: Any,
                count: int) -> int:  # fmt: skip
    """Append the rows that are attested with a query row; return how many rows there are now."""
    list_keys, list_rows, tops = directory
    from_keys, to_keys, from_tops = partners
    key = u64(facts[at, KEY])
    place = _first(from_keys, from_tops, key)
    while place < len(from_keys) and from_keys[place] == key:
        own = _mixed(to_keys[place], 0)
        count = collect(list_keys, list_rows, tops, own, stamps, stamp, found, count)
        place += 1
    return count


@kernel
def keyed_of(letters: Any, facts: Any, at: int, ends: int, directory: Any, stamps: Any, stamp: int, keys: Any,
             found: Any, count: int) -> int:  # fmt: skip
    """Append the rows that share a key with a query row that is no initial; return how many rows there are now."""
    list_keys, list_rows, tops = directory
    form = letters[at, 32:]
    n = int(form[0])
    n_keys = row_keys(letters, facts, at, keys)
    for k in range(n_keys):
        count = collect(list_keys, list_rows, tops, keys[k], stamps, stamp, found, count)
    count = collect(list_keys, list_rows, tops, _mixed(u64(facts[at, KEY]), 0), stamps, stamp, found, count)
    if facts[at, TOKENS] == 1 and n:
        count = collect(list_keys, list_rows, tops, initial_key(int(form[1]), True), stamps, stamp, found, count)
        if facts[at, SCRIPT] == LATIN or facts[at, SCRIPT] == OTHER:
            if ends & 2:
                count = collect(list_keys, list_rows, tops, prefix_key(form, n), stamps, stamp, found, count)
            for length in range(2, n):
                key = _mixed(prefix_key(form, length), 6)
                count = collect(list_keys, list_rows, tops, key, stamps, stamp, found, count)
    return count


@kernel
def begun_by(letters: Any, at: int, whole: bool, directory: Any, stamps: Any, stamp: int, found: Any) -> int:
    """Write the rows that are the letter of an initial, and if `whole` those that begin with it; return how many."""
    list_keys, list_rows, tops = directory
    letter = int(letters[at, 33])
    count = 0
    if whole:
        count = collect(list_keys, list_rows, tops, initial_key(letter, False), stamps, stamp, found, count)
    return collect(list_keys, list_rows, tops, initial_key(letter, True), stamps, stamp, found, count)


@kernel
def candidates_of(letters: Any, facts: Any, at: int, ends: int, directory: Any, partners: Any, stamps: Any, stamp: int,
                  keys: Any, found: Any) -> int:  # fmt: skip
    """Write every row of the directory that may agree with a query row; return how many.

    Args:
        letters: Query rows.
        facts: Query rows.
        at: The query row.
        ends: Bit 1: the query row is the last token of a name that may be cut.
        directory: Keys, rows, tops of the vocabulary.
        partners: Attested pairs as sorted `(from, to)` keys, and tops.
        stamps: A stamp a row.
        stamp: This call's.
        keys: Scratch of MAX_KEYS.
        found: Receives the rows.
    """
    if is_initial(letters, facts, at):
        return begun_by(letters, at, True, directory, stamps, stamp, found)
    count = keyed_of(letters, facts, at, ends, directory, stamps, stamp, keys, found, 0)
    return partners_of(facts, at, directory, partners, stamps, stamp, found, count)
