"""Compiled hashing: buckets of rows by the hash of a key, and filters (Bloom) that say which keys nobody has."""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.jit import kernel, part

u64 = np.uint64
A_WORD = 8  # keys of a word of a filter, on average


@kernel
def mixed(key: Any, salt: int) -> Any:
    """A hash of a key; keys of different salts are different keys."""
    key = (key ^ (u64(salt) << u64(56))) * u64(0x9E3779B97F4A7C15)
    key ^= key >> u64(32)
    key *= u64(0xBF58476D1CE4E5B9)
    return key ^ (key >> u64(29))


@part
def bucket_of(key: Any, n: int) -> Any:
    """Which of n buckets a hash falls into."""
    return np.int64(((key >> u64(32)) * u64(n)) >> u64(32))


@part
def word_of(key: Any, n: int) -> Any:
    """Which of a filter's n words a hash falls into."""
    return np.int64(((key & u64(0xFFFFFFFF)) * u64(n)) >> u64(32))


@part
def bits_of(key: Any) -> Any:
    """The bits of a word that a hash sets."""
    one = u64(1)
    return (
        (one << ((key >> u64(40)) & u64(63))) | (one << ((key >> u64(46)) & u64(63)))
        | (one << ((key >> u64(52)) & u64(63)))
    )  # fmt: skip


@part
def may_have(words: Any, key: Any) -> bool:
    """Whether a filter may have a hash."""
    bits = bits_of(key)
    return bool(words[word_of(key, len(words))] & bits == bits)
