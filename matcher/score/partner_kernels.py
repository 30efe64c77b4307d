"""Compiled bipartite matching: whether each token of a name can have a partner of its own in another."""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.jit import kernel


@kernel
def all_partnered(partners: Any, n: int) -> bool:
    """Whether the first n tokens can all be matched, by augmenting paths.

    Args:
        partners: int64 a token: the bits of the other name's tokens that it may be matched with.
        n: Tokens to match, at most `len(partners)`, which also bounds the other name's tokens.
    """
    size = len(partners)
    owner, place = np.full(size, -1, np.int64), np.full(size, -1, np.int64)
    via, queue = np.empty(size, np.int64), np.empty(size + 1, np.int64)
    for token in range(n):
        queue[0] = token
        head, tail, seen, free = 0, 1, 0, -1
        while head < tail and free < 0:
            untried = partners[queue[head]] & ~seen
            for other in range(size):
                if (untried >> other) & 1:
                    seen |= 1 << other
                    via[other] = queue[head]
                    if owner[other] < 0:
                        free = other
                        break
                    queue[tail] = owner[other]
                    tail += 1
            head += 1
        if free < 0:
            return False
        while free >= 0:  # give each token of the path the partner that was found for it
            at = via[free]
            owner[free] = at
            before = place[at]
            place[at] = free
            free = before
    return True
