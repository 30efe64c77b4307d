"""Kernels that say which slip two numbers show: the definition that the near search keeps to.

The first that fits, in the order of `documents.slips.SLIPS`. Slow twin `tests/reference/near_numbers.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import uint64 as u64

from matcher.documents.slips import PREFIX_LENGTH, SHORTEST, SLIPS
from matcher.index.document_kernels import MAX_LISTED, MAX_READ, length_of, value_of
from matcher.jit import kernel, prefetch

EXACT, LOOKALIKE, CHECK_DIGIT, PREFIX, GLUED, LEADING, TRANSPOSED, SUBSTITUTED, DELETED, INSERTED = range(len(SLIPS))
NONE = 255
AHEAD = 16  # places whose keys are on their way from memory


@kernel
def check_digit(digits: Any, n: Any) -> Any:
    """ICAO 9303-3, 4.9: weights 7, 3, 1."""
    total = 0
    for at in range(n):
        total += digits[at] * (7 if at % 3 == 0 else 3 if at % 3 == 1 else 1)
    return total % 10


@kernel
def label_same_length(query: Any, listed: Any, n: Any, alike: Any) -> Any:
    changed, at, all_alike = 0, -1, True
    for i in range(n):
        if query[i] != listed[i]:
            changed += 1
            at = i
            all_alike &= alike[query[i], listed[i]] != 0
    if changed == 0:
        return EXACT, 0
    if n < SHORTEST or changed > 2:
        return NONE, 0
    if all_alike:
        return LOOKALIKE, changed
    if changed == 1:
        return SUBSTITUTED, 1
    if at and query[at] == listed[at - 1] and query[at - 1] == listed[at]:
        return TRANSPOSED, 2
    return NONE, 0


@kernel
def label_longer(longer: Any, n: Any, shorter: Any, m: Any, codes: Any) -> Any:
    """The slip of two numbers of different length, DELETED or not: the direction is the caller's."""
    same = 0  # characters alike from the left
    while same < m and longer[same] == shorter[same]:
        same += 1
    if m < SHORTEST:
        return NONE
    if n == m + 1 and same == m and longer[m] == check_digit(shorter, m):
        return CHECK_DIGIT
    if m == PREFIX_LENGTH and same == m:
        return PREFIX
    extra = n - m
    at = 0  # characters alike from the right
    while at < m and longer[n - 1 - at] == shorter[m - 1 - at]:
        at += 1
    if at == m:
        letters, plain = True, True
        for i in range(extra):
            letters &= longer[i] > 9
            plain &= longer[i] > 9 or longer[i] == 0
        if letters and extra <= 3 and codes[value_of(longer, 0, extra)]:
            return GLUED
        if plain:
            return LEADING
    return DELETED if extra == 1 and same + at >= m else NONE


@kernel
def label(query: Any, n: Any, listed: Any, m: Any, alike: Any, codes: Any) -> Any:
    """The slip that two numbers show, and how many characters it changed; NONE when they aren't near."""
    if n == m:
        return label_same_length(query, listed, n, alike)
    if n < m:
        slip = label_longer(listed, m, query, n, codes)
        return slip, m - n
    slip = label_longer(query, n, listed, m, codes)
    return (INSERTED if slip == DELETED else slip), n - m


@kernel
def label_wide(presented: Any, found: Any, keys: Any, tables: Any, labels: Any) -> None:
    """Label found places of wide keys."""
    alike, codes = tables
    slips, changed = labels
    digits, lengths = presented
    queries, places = found
    listed = np.empty(MAX_READ, np.uint8)
    for i in range(len(queries)):
        prefetch(keys, places[min(i + AHEAD, len(queries) - 1)])
        key = keys[places[i]]
        m = length_of(key)
        rest = key
        for at in range(m - 1, -1, -1):
            after = rest // u64(36)
            listed[at] = rest - after * u64(36)
            rest = after
        slips[i], changed[i] = label(digits[queries[i]], lengths[queries[i]], listed, m, alike, codes)


@kernel
def label_read(presented: Any, queries: Any, read: Any, tables: Any, labels: Any) -> None:
    """Label found rows whose listed numbers were read."""
    alike, codes = tables
    slips, changed = labels
    digits, lengths = presented
    listed, listed_lengths = read
    for i in range(len(queries)):
        slips[i] = NONE
        if 0 < listed_lengths[i] <= MAX_LISTED:
            query = queries[i]
            slips[i], changed[i] = label(digits[query], lengths[query], listed[i], listed_lengths[i], alike, codes)
