"""Compiled building of the attested pairs: which spellings of one token were seen beside each other, and how often.

Bands, of the share of a token's spellings that are this one: 2 below 1/64, 3 from 1/64, 4 from 1/8, 5 from 1/2. Between
two Latin forms it is the chance that the same native token gives the other form, in the better direction and through
the native token that makes it greatest. 0 is nothing; 1, "known, but never so spelled", follows from the rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.compare.kernels import key_of_row
from matcher.compare.token_kernels import put
from matcher.jit import kernel

LEAST_SHARE = 1.0 / 4096  # rarer than this is chance


@kernel
def band_of_share(share: float) -> int:
    """The band of a share."""
    return 5 if share >= 0.5 else 4 if share >= 0.125 else 3 if share >= 1.0 / 64 else 2


@kernel
def keys_of(rows: Any, scripts: Any) -> Any:
    """Keys of rows of letters."""
    keys = np.empty(len(rows), np.uint64)
    for at in range(len(rows)):
        keys[at] = key_of_row(rows[at], scripts[at])
    return keys


@kernel
def attest(native_keys: Any, form_keys: Any, counts: Any, group_starts: Any, form_totals: Any, pairs: Any, values: Any,
           from_keys: Any, to_keys: Any) -> int:  # fmt: skip
    """Put every pair of every native token's spellings into the table; return how many partners were listed.

    Args:
        native_keys: Key of each row's native token; rows of one token stand together.
        form_keys: Key of each row's Latin form.
        counts: How often the row was seen.
        group_starts: Where each native token's rows begin, and the end.
        form_totals: How often each row's Latin form was seen in all.
        pairs: Hash table of pairs.
        values: Its values.
        from_keys: Receives a partner, both ways.
        to_keys: Receives the other.
    """
    n = 0
    for group in range(len(group_starts) - 1):
        start, end = group_starts[group], group_starts[group + 1]
        total = 0
        for row in range(start, end):
            total += counts[row]
        for row in range(start, end):
            put(pairs, values, native_keys[row], form_keys[row], band_of_share(counts[row] / total))
            from_keys[n], to_keys[n] = native_keys[row], form_keys[row]
            from_keys[n + 1], to_keys[n + 1] = form_keys[row], native_keys[row]
            n += 2
            for other in range(row + 1, end):
                both = counts[row] * counts[other] / total
                share = max(both / form_totals[row], both / form_totals[other])
                if share < LEAST_SHARE or form_keys[row] == form_keys[other]:
                    continue
                put(pairs, values, form_keys[row], form_keys[other], band_of_share(share))
                from_keys[n], to_keys[n] = form_keys[row], form_keys[other]
                from_keys[n + 1], to_keys[n + 1] = form_keys[other], form_keys[row]
                n += 2
    return n
