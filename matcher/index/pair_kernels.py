"""Compiled pairs: the names that hold two given tokens, found without walking the names of either.

A name is listed under every pair of its tokens (and second readings of them) at two places; a name of one token under
that token with itself. Like a `Directory`, a table of pairs holds no keys: names of other pairs are found too.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from matcher.index.hash_kernels import bits_of, bucket_of, may_have, mixed, word_of
from matcher.jit import kernel

u64 = np.uint64
A_PAIR_BUCKET = 2  # names in a bucket, on average
A_PAIR_WORD = 4  # keys of a word of the filter, on average: most pairs that are asked for stand in no name
_PAIR_SALT = 7


class Pairs(NamedTuple):
    """Names by the hash of two of their rows.

    Attributes:
        pair_starts: int32: where each bucket begins in `pair_names`, and the end.
        pair_names: int32.
        pairs: uint64: the filter of pairs.
    """

    pair_starts: Any
    pair_names: Any
    pairs: Any


@kernel
def pair_key(one: int, other: int) -> Any:
    """The key of two vocabulary rows, in either order."""
    return mixed((u64(min(one, other)) << u64(32)) | u64(max(one, other)), _PAIR_SALT)


@kernel
def keys_of_name(forms: Any, name: int, keys: Any) -> int:
    """Write the keys under which a name is listed, or none if `keys` is empty; return how many there are."""
    count = 0
    first, end = forms.starts[name], forms.starts[name + 1]
    for u in range(first, end):
        unit = forms.units[u]
        if unit.count > 1:
            continue
        partners = u if forms.counts[name] == 1 else first  # one token stands with itself, others with those before
        for v in range(partners, u + 1):
            other = forms.units[v]
            is_pair = other.count == 1 and (v == u if forms.counts[name] == 1 else other.start != unit.start)
            if is_pair:
                if len(keys):
                    keys[count] = pair_key(unit.row, other.row)
                count += 1
    return count


@kernel
def _fill(forms: Any, starts: Any, names: Any, words: Any, keys: Any) -> None:
    n_buckets = len(starts) - 1
    for name in range(len(forms.counts)):
        for k in range(keys_of_name(forms, name, keys)):
            starts[bucket_of(keys[k], n_buckets)] += 1
            words[word_of(keys[k], len(words))] |= bits_of(keys[k])
    for bucket in range(1, len(starts)):
        starts[bucket] += starts[bucket - 1]
    for back in range(len(forms.counts)):  # from the last name, so that buckets end up where they begin
        name = len(forms.counts) - 1 - back
        for k in range(keys_of_name(forms, name, keys)):
            bucket = bucket_of(keys[k], n_buckets)
            starts[bucket] -= 1
            names[starts[bucket]] = name


@kernel
def _count(forms: Any) -> Any:
    """How many pairs all names have, and the most of one."""
    total, most = 0, 0
    none = np.empty(0, np.uint64)
    for name in range(len(forms.counts)):
        count = keys_of_name(forms, name, none)
        total += count
        most = max(most, count)
    return total, most


def pairs_of(forms: Any) -> Pairs:
    """List the names of a `NameForms` by pairs of their rows."""
    total, most = _count(forms)
    pairs = Pairs(
        np.zeros(total // A_PAIR_BUCKET + 2, np.int32),
        np.empty(total, np.int32),
        np.zeros(total // A_PAIR_WORD + 1, np.uint64),
    )
    _fill(forms, *pairs, np.empty(max(most, 1), np.uint64))
    return pairs


@kernel
def bucket_of_pair(pairs: Any, one: int, other: int) -> Any:
    """Where the names that may hold two rows begin in `pair_names`, and end."""
    key = pair_key(one, other)
    if not may_have(pairs.pairs, key):
        return 0, 0
    bucket = bucket_of(key, len(pairs.pair_starts) - 1)
    return pairs.pair_starts[bucket], pairs.pair_starts[bucket + 1]
