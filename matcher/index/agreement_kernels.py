"""Compiled directories of a vocabulary: every row that can agree with a query row, found without looking at the rest.

The agreement relation (`compare.token_kernels.agree`) is met by keys. A row is listed under its skeleton, its letters,
its letters without one and without two (words of one script one or two edits apart share one of these); an initial and
a cut word under what they begin with. A query row asks for its own keys, for every skeleton one edit from its own, and
for the keys of spellings attested together with it.

A directory holds no keys: rows lie in buckets by the hash of a key, so rows of other keys are found too, and whoever
asks looks at them. Filters (Bloom) say which keys nobody has: of skeletons, and of all else that is near. The rows of a
vocabulary stand in the order of their skeletons' hashes, so a bucket of skeletons is a run of rows, read in one sweep.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from matcher.compare.kernels import _without
from matcher.compare.token_kernels import LATIN, OTHER, edits_allowed, is_initial
from matcher.index.hash_kernels import bits_of, bucket_of, may_have, mixed, word_of
from matcher.jit import kernel, part

u64 = np.uint64
MAX_KEYS = 1 + 1 + 31 + 31 * 30 // 2 + 33  # of one row: key, letters, and what it begins with
MAX_GROUPS = 2 + 16 * 16 + 17 * 15  # skeletons one edit from one
SYMBOLS = 15  # of a skeleton
A_BUCKET = 4  # rows in a bucket, on average
A_GROUP = 2  # rows in a bucket of skeletons

_SKELETON_SALT, _LETTERS_SALT, _INITIAL_SALT, _PREFIX_SALT, _IS_INITIAL_SALT, _CUT_SALT = 1, 2, 3, 4, 5, 6


class Directory(NamedTuple):
    """Rows by the hash of their keys.

    Attributes:
        skeleton_starts: int32: the row with which each bucket of skeletons begins, and the end.
        near_starts: int32: where each bucket of other near keys begins in `near_rows`, and the end.
        near_rows: int32.
        wide_starts: int32: the same for what rows begin with: few keys, many rows of each.
        wide_rows: int32.
        skeletons: uint64: the filter of skeletons.
        tokens: uint64: the filter of skeletons of rows that are one token.
        others: uint64: the filter of other near keys.
    """

    skeleton_starts: Any
    near_starts: Any
    near_rows: Any
    wide_starts: Any
    wide_rows: Any
    skeletons: Any
    tokens: Any
    others: Any


@kernel
def _letters_key(row: Any, script: int, first: int, second: int) -> Any:
    key = u64(0xCBF29CE484222325) ^ u64(script)
    for at in range(1, int(row[0]) + 1):
        if at != first and at != second:
            key = (key ^ u64(row[at])) * u64(0x100000001B3)
    return mixed(key, _LETTERS_SALT)


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
def skeleton_keys(facts: Any) -> Any:
    """The key of each row's skeleton: rows of a vocabulary ascend by it."""
    keys = np.empty(len(facts), np.uint64)
    for at in range(len(facts)):
        keys[at] = mixed(u64(facts[at].skeleton), _SKELETON_SALT)
    return keys


@kernel
def row_keys(letters: Any, facts: Any, at: int, keys: Any) -> int:
    """Write the near keys of a row: its own, of its letters, of its letters without some; return how many."""
    keys[0] = mixed(u64(facts[at].key), 0)
    if facts[at].tokens > 1 or facts[at].symbols == 0:
        return 1
    script = facts[at].script
    if script == LATIN or script == OTHER:  # the letters of other scripts are their romanised form
        return _add_letters(letters[at], 0, keys, 1)
    return _add_letters(letters[facts[at].own], script, keys, 1)


@kernel
def initial_key(letter: int, of_initials: bool) -> Any:
    """The key of rows that begin with a letter, or of the rows that are just it."""
    return mixed(u64(letter), _IS_INITIAL_SALT if of_initials else _INITIAL_SALT)


@kernel
def prefix_key(row: Any, n: int) -> Any:
    """The key of the first letters of a form."""
    key = u64(0x84222325CBF29CE4)
    for at in range(1, n + 1):
        key = (key ^ u64(row[at])) * u64(0x100000001B3)
    return mixed(key, _PREFIX_SALT)


@kernel
def listed_keys(letters: Any, facts: Any, at: int, ends: int, keys: Any) -> Any:
    """Write the keys under which a row is listed; return how many are near keys, and how many there are.

    Args:
        letters: Rows.
        facts: Rows.
        at: The row.
        ends: Bit 0: a token as written; bit 1: the last token of a name that may be cut.
        keys: Receives them.
    """
    form = letters[at]
    n = int(form[0])
    if is_initial(letters, facts, at):
        keys[0], keys[1] = initial_key(int(form[1]), True), initial_key(int(form[1]), False)
        return 0, 2
    near = row_keys(letters, facts, at, keys)
    count = near
    if ends & 1 and n:
        keys[count] = initial_key(int(form[1]), False)
        count += 1
        if facts[at].script == LATIN or facts[at].script == OTHER:
            for length in range(2, n):
                keys[count] = prefix_key(form, length)
                count += 1
    if ends & 2 and n >= 2:
        keys[count] = mixed(prefix_key(form, n), _CUT_SALT)
        count += 1
    return near, count


@kernel
def count_keys(letters: Any, facts: Any, ends: Any) -> Any:
    """How many near keys the rows have, and how many others."""
    keys = np.empty(MAX_KEYS, np.uint64)
    near, wide = 0, 0
    for at in range(len(facts)):
        one, every = listed_keys(letters, facts, at, ends[at], keys)
        near += one
        wide += every - one
    return near, wide


@kernel
def fill_directory(letters: Any, facts: Any, ends: Any, directory: Any) -> None:
    """List the rows of a vocabulary, in the order of `skeleton_keys`, in a directory whose starts and filters are zero.

    Args:
        letters: Rows.
        facts: Rows.
        ends: uint8 a row, as in `listed_keys`.
        directory: Receives them: a `Directory`.
    """
    keys = np.empty(MAX_KEYS, np.uint64)
    near_starts, wide_starts = directory.near_starts, directory.wide_starts
    n_near, n_wide = len(near_starts) - 1, len(wide_starts) - 1
    for at in range(len(facts)):
        near, every = listed_keys(letters, facts, at, ends[at], keys)
        for k in range(every):
            if k >= near:
                wide_starts[bucket_of(keys[k], n_wide)] += 1
                continue
            near_starts[bucket_of(keys[k], n_near)] += 1
            directory.others[word_of(keys[k], len(directory.others))] |= bits_of(keys[k])
        key = mixed(u64(facts[at].skeleton), _SKELETON_SALT)
        directory.skeletons[word_of(key, len(directory.skeletons))] |= bits_of(key)
        if facts[at].tokens == 1:
            directory.tokens[word_of(key, len(directory.tokens))] |= bits_of(key)
        directory.skeleton_starts[bucket_of(key, len(directory.skeleton_starts) - 1) + 1] += 1
    skeleton_starts = directory.skeleton_starts
    for bucket in range(1, len(skeleton_starts)):
        skeleton_starts[bucket] += skeleton_starts[bucket - 1]
    for starts in (near_starts, wide_starts):
        for bucket in range(1, len(starts)):
            starts[bucket] += starts[bucket - 1]
    for back in range(len(facts)):  # from the last row, so that buckets end up where they begin and rows ascend
        at = len(facts) - 1 - back
        near, every = listed_keys(letters, facts, at, ends[at], keys)
        for k in range(every):
            if k < near:
                bucket = bucket_of(keys[k], n_near)
                near_starts[bucket] -= 1
                directory.near_rows[near_starts[bucket]] = at
            else:
                bucket = bucket_of(keys[k], n_wide)
                wide_starts[bucket] -= 1
                directory.wide_rows[wide_starts[bucket]] = at


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
def collect(starts: Any, rows: Any, key: Any, stamps: Any, stamp: int, found: Any, count: int) -> int:
    """Append the rows of a key's bucket that were not found yet; return how many there are now."""
    bucket = bucket_of(key, len(starts) - 1)
    for at in range(starts[bucket], starts[bucket + 1]):
        row = rows[at]
        if stamps[row] != stamp:
            stamps[row] = stamp
            found[count] = row
            count += 1
    return count


@kernel
def collect_near(directory: Any, key: Any, stamps: Any, stamp: int, found: Any, count: int) -> int:
    """`collect` the rows of a near key."""
    if not may_have(directory.others, key):
        return count
    return collect(directory.near_starts, directory.near_rows, key, stamps, stamp, found, count)


@part
def _add_group(words: Any, starts: Any, packed: Any, groups: Any, count: int) -> int:
    """Write the bucket of a skeleton, unless a filter says that no row has it; return how many groups there are now."""
    key = mixed(packed, _SKELETON_SALT)
    if may_have(words, key):
        bucket = bucket_of(key, len(starts) - 1)
        groups[count, 0] = np.int64(packed)
        groups[count, 1], groups[count, 2] = starts[bucket], starts[bucket + 1]
        count += 1
    return count


@part
def _with(packed: Any, place: int, symbol: int) -> Any:
    """Put a symbol in at a place."""
    low = packed & ((u64(1) << u64(4 * place)) - u64(1))
    return low | (u64(symbol) << u64(4 * place)) | ((packed ^ low) << u64(4))


@kernel
def groups_of(packed: Any, n: int, words: Any, starts: Any, groups: Any) -> int:
    """Write the buckets of rows that may have a skeleton, or one that is one edit apart; return how many.

    Args:
        packed: The skeleton.
        n: Its symbols.
        words: A filter of the rows' skeletons.
        starts: Where buckets of skeletons begin.
        groups: int64 `(MAX_GROUPS, 3)`: receives a skeleton, the first row of its bucket, the row behind it.
    """
    if n == 0:
        return 0
    count = _add_group(words, starts, packed, groups, 0)
    if n == 1:
        return count
    for place in range(n):
        rest = _without(packed, place)
        if n > 2:
            count = _add_group(words, starts, rest, groups, count)
        own = (packed >> u64(4 * place)) & u64(15)
        for symbol in range(1, SYMBOLS + 1):
            if u64(symbol) != own:
                count = _add_group(words, starts, _with(rest, place, symbol), groups, count)
        other = (packed >> u64(4 * place + 4)) & u64(15) if place + 1 < n else own
        if other != own:
            swapped = packed ^ ((own ^ other) << u64(4 * place)) ^ ((own ^ other) << u64(4 * place + 4))
            count = _add_group(words, starts, swapped, groups, count)
    if n < 16:
        for place in range(n + 1):
            for symbol in range(1, SYMBOLS + 1):
                if place == 0 or u64(symbol) != (packed >> u64(4 * place - 4)) & u64(15):  # a like one stood before it
                    count = _add_group(words, starts, _with(packed, place, symbol), groups, count)
    return count


@kernel
def partners_of(facts: Any, at: int, directory: Any, partners: Any, stamps: Any, stamp: int, found: Any,
                count: int) -> int:  # fmt: skip
    """Append the rows that are attested with a query row; return how many rows there are now."""
    from_keys, to_keys, from_tops = partners
    key = u64(facts[at].key)
    place = _first(from_keys, from_tops, key)
    while place < len(from_keys) and from_keys[place] == key:
        count = collect_near(directory, mixed(to_keys[place], 0), stamps, stamp, found, count)
        place += 1
    return count


@kernel
def keyed_of(letters: Any, facts: Any, at: int, ends: int, directory: Any, stamps: Any, stamp: int, keys: Any,
             found: Any, count: int) -> int:  # fmt: skip
    """Append the rows that share a key with a query row that is no initial; return how many rows there are now."""
    form = letters[at]
    n = int(form[0])
    for k in range(row_keys(letters, facts, at, keys)):
        count = collect_near(directory, keys[k], stamps, stamp, found, count)
    if facts[at].tokens == 1 and n:
        starts, rows = directory.wide_starts, directory.wide_rows
        count = collect(starts, rows, initial_key(int(form[1]), True), stamps, stamp, found, count)
        if facts[at].script == LATIN or facts[at].script == OTHER:
            if ends & 2:
                count = collect(starts, rows, prefix_key(form, n), stamps, stamp, found, count)
            for length in range(2, n):
                key = mixed(prefix_key(form, length), _CUT_SALT)
                count = collect(starts, rows, key, stamps, stamp, found, count)
    return count


@kernel
def begun_by(letters: Any, at: int, whole: bool, directory: Any, stamps: Any, stamp: int, found: Any) -> int:
    """Write the rows that are the letter of an initial, and if `whole` those that begin with it; return how many."""
    starts, rows = directory.wide_starts, directory.wide_rows
    letter = int(letters[at, 1])
    count = 0
    if whole:
        count = collect(starts, rows, initial_key(letter, False), stamps, stamp, found, count)
    return collect(starts, rows, initial_key(letter, True), stamps, stamp, found, count)


@kernel
def candidates_of(letters: Any, facts: Any, at: int, ends: int, directory: Any, partners: Any, stamps: Any, stamp: int,
                  keys: Any, found: Any) -> int:  # fmt: skip
    """Write every row of the directory that may agree with a query row, and a few others; return how many.

    Args:
        letters: Query rows.
        facts: Query rows.
        at: The query row.
        ends: Bit 1: the query row is the last token of a name that may be cut.
        directory: The vocabulary's `Directory`.
        partners: Attested pairs as sorted `(from, to)` keys, and tops.
        stamps: A stamp a row.
        stamp: This call's.
        keys: Scratch of MAX_KEYS.
        found: Receives the rows.
    """
    if is_initial(letters, facts, at):
        return begun_by(letters, at, True, directory, stamps, stamp, found)
    count = keyed_of(letters, facts, at, ends, directory, stamps, stamp, keys, found, 0)
    groups = np.empty((MAX_GROUPS, 3), np.int64)
    words, starts = directory.skeletons, directory.skeleton_starts
    for g in range(groups_of(u64(facts[at].skeleton), facts[at].symbols, words, starts, groups)):
        for row in range(groups[g, 1], groups[g, 2]):
            if stamps[row] != stamp:
                stamps[row] = stamp
                found[count] = row
                count += 1
    return partners_of(facts, at, directory, partners, stamps, stamp, found, count)
