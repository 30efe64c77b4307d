"""Compiled alignment of two names: the one-to-one assignment of their tokens that weighs most.

Edges are those of `edge_kernels`, the best set of them that of `assignment_kernels`; whether two names agree fully is
said here. Sums are integers in 1/1024 bit, so they are exact and left and right are alike.
`tests/reference/name_alignment.py` is the slow twin.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.jit import kernel
from matcher.score.assignment_kernels import _places, assign
from matcher.score.edge_kernels import (
    BASE,
    CONFLICT,
    EDGE_COLUMNS,
    EXACT,
    EXTRA,
    IS_FULL,
    KIND,
    LEFT_UNIT,
    LEVEL,
    LEVELS,
    LOWEST,
    MAX_EDGES,
    MAX_TOKENS,
    ORDER,
    PLAIN,
    REST,
    RIGHT_UNIT,
    SECOND,
    STATES,
    WEIGHT,
    band_of,
    edge_scratch,
    gather,
)
from matcher.score.partner_kernels import all_partnered


@kernel
def most_beside(numbers: Any) -> int:
    """The most that an alignment of one name's tokens weighs beside edges and that name's tokens left over."""
    most = int(numbers[BASE]) + max(int(numbers[ORDER]), 0)
    most += MAX_TOKENS * max(int(numbers[REST:CONFLICT].max()), 0)
    return most + max(int(numbers[CONFLICT:EXTRA].max()), 0) + max(int(numbers[EXTRA:SECOND].max()), 0)


@kernel
def most_weight(units: Any, n: int, edges: Any, n_edges: int, side: int, rests: Any, reached: Any) -> int:
    """The most that edges and the tokens left over of one name can weigh, whatever the other name's tokens are left.

    Args:
        units: Of the name.
        n: Its tokens.
        edges: Found edges.
        n_edges: How many.
        side: `LEFT_UNIT` or `RIGHT_UNIT`.
        rests: What each token weighs when it is left over.
        reached: Scratch of n + 1.
    """
    reached[0] = 0
    for at in range(n):
        reached[at + 1] = LOWEST
    for at in range(n):
        reached[at + 1] = max(reached[at + 1], reached[at] + rests[at])
        for e in range(n_edges):
            unit = units[edges[e, side]]
            if unit.start == at:
                to = at + unit.count
                reached[to] = max(reached[to], reached[at] + edges[e, WEIGHT])
    return int(reached[n])


@kernel
def has_full(edges: Any, n_edges: int) -> bool:
    """Whether any edge is full, or equal: without one no names agree fully."""
    for e in range(n_edges):
        if edges[e, IS_FULL] or edges[e, LEVEL] == LEVELS - 1:
            return True
    return False


@kernel
def align_pairs(left: Any, right: Any, pairs: Any, model: Any, least: int, out: Any) -> None:
    """Weigh many pairs of names.

    Args:
        left: A `NameForms`.
        right: Another, or the same.
        pairs: int32 `(n, 2)`: name on the left, name on the right.
        model: Arrays of the model.
        least: The least weight that counts, in 1/1024 bit: what is below and agrees not fully may come out as `LOWEST`.
        out: int32 `(n, 3)`: weight, edges chosen, whether the names agree fully.
    """
    numbers = model[5]
    scratch = edge_scratch()
    edges = np.empty((MAX_EDGES, EDGE_COLUMNS), np.int32)
    best = np.empty(STATES, np.int32)
    chosen = np.empty(MAX_TOKENS, np.int32)
    rest_left, rest_right = np.empty(MAX_TOKENS, np.int32), np.empty(MAX_TOKENS, np.int32)
    beside = most_beside(numbers)
    for at in range(len(pairs)):
        one, other = pairs[at, 0], pairs[at, 1]
        n_left, n_right = left.counts[one], right.counts[other]
        if n_left == 0 or n_right == 0:
            out[at, 0], out[at, 1], out[at, 2] = LOWEST, 0, 0
            continue
        units = left.units[left.starts[one] : left.starts[one + 1]]
        other_units = right.units[right.starts[other] : right.starts[other + 1]]
        n_edges = gather(
            (left.letters, left.facts, units, len(units), n_left, left.cut[one]),
            (right.letters, right.facts, other_units, len(other_units), n_right, right.cut[other]),
            model, scratch, edges,
        )  # fmt: skip
        write_rests(left.facts, units, model, rest_left)
        write_rests(right.facts, other_units, model, rest_right)
        out[at, 0], out[at, 1], out[at, 2] = LOWEST, 0, 0
        if has_full(edges, n_edges):
            out[at, 2] = agrees_fully(units, other_units, n_left, n_right, edges, n_edges, best)
        most = min(most_weight(units, n_left, edges, n_edges, LEFT_UNIT, rest_left, best),
                   most_weight(other_units, n_right, edges, n_edges, RIGHT_UNIT, rest_right, best))  # fmt: skip
        if out[at, 2] or most + beside >= least:
            weight, out[at, 1] = assign(units, other_units, n_left, n_right, edges, n_edges, rest_left, rest_right,
                                        numbers, best, chosen)  # fmt: skip
            out[at, 0] = weight + numbers[BASE]


@kernel
def write_rests(facts: Any, units: Any, model: Any, rests: Any) -> None:
    """What each token of a name weighs when it is left over."""
    numbers, rarity_limits = model[5], model[7]
    for at in range(len(units)):
        if units[at].count == 1 and not units[at].reading:
            rests[units[at].start] = numbers[REST + band_of(facts[units[at].row].rarity, rarity_limits)]


@kernel
def agrees_fully(units: Any, other_units: Any, n_left: int, n_right: int, edges: Any, n_edges: int,
                 reached: Any) -> int:  # fmt: skip
    """Rule 9: every token of the shorter name agrees at a full level, two at least; or both are one and equal.

    An edge is full at a full level; neighbours as one word only against one token, and if no initial is among them, or
    with the very same letters: what is another name by itself (`Samar`, `Samir`) is a slip in a whole name. The name
    that a fused one is made with (`Bashir` of `Abdul Bashir`) is not the whole of it.
    Of two names of as many tokens, either may be the shorter one: neighbours of one may be one token of the other.
    """
    flipped = n_left > n_right
    n, m = (n_right, n_left) if flipped else (n_left, n_right)
    if m == 1:
        for e in range(n_edges):
            is_whole = units[edges[e, LEFT_UNIT]].reading < 2 and other_units[edges[e, RIGHT_UNIT]].reading < 2
            if edges[e, LEVEL] == LEVELS - 1 and edges[e, KIND] == PLAIN and is_whole:
                return 1
        return 0
    if n > EXACT:
        return _agree_one_by_one(units, other_units, flipped, n, edges, n_edges)
    if _covers(units, other_units, flipped, n, m, edges, n_edges, reached):
        return 1
    return _covers(units, other_units, True, n, m, edges, n_edges, reached) if n == m else 0


@kernel
def _covers(units: Any, other_units: Any, flipped: bool, n: int, m: int, edges: Any, n_edges: int,
            reached: Any) -> int:  # fmt: skip
    """Whether full edges can take up all n tokens of the shorter name (the right one if flipped)."""
    states = 1 << n
    # state: tokens of the shorter name; the longer name's tokens are walked, joined runs in one step
    for at in range((m + 1) * states):
        reached[at] = 0
    reached[0] = 1
    for i in range(m):
        for state in range(states):
            if reached[i * states + state]:
                reached[(i + 1) * states + state] |= reached[i * states + state]
        for e in range(n_edges):
            if not edges[e, IS_FULL]:
                continue
            start, length, place, span = _places(not flipped, units, other_units, edges[e])
            if start != i or (n == 1 and length == 1):
                continue  # one token among several is no full agreement unless it is several written as one
            bits = ((1 << span) - 1) << place
            for state in range(states):
                if not state & bits and reached[i * states + state]:
                    reached[(i + length) * states + (state | bits)] = 1
    return int(reached[m * states + states - 1])


@kernel
def _agree_one_by_one(units: Any, other_units: Any, flipped: bool, n: int, edges: Any, n_edges: int) -> int:
    """Whether each token of a long name can have a full partner of its own."""
    partners = np.zeros(MAX_TOKENS, np.int64)
    for e in range(n_edges):
        long, length, short, span = _places(not flipped, units, other_units, edges[e])
        if length == 1 and span == 1 and edges[e, IS_FULL]:
            partners[short] |= 1 << long
    return 1 if all_partnered(partners, n) else 0


@kernel
def align_one(left: Any, one: int, right: Any, other: int, model: Any) -> Any:
    """Align two names and tell how; both have tokens.

    Returns:
        int64 `(n, 7)`, an aligned pair a row: first token and number of tokens on the left, the same on the right,
        kind, level, weight; the weight of the alignment; whether the names agree fully.
    """
    numbers = model[5]
    scratch = edge_scratch()
    edges = np.empty((MAX_EDGES, EDGE_COLUMNS), np.int32)
    n_left, n_right = left.counts[one], right.counts[other]
    best = np.empty(STATES, np.int32)
    chosen = np.empty(MAX_TOKENS, np.int32)
    rest_left, rest_right = np.empty(MAX_TOKENS, np.int32), np.empty(MAX_TOKENS, np.int32)
    units = left.units[left.starts[one] : left.starts[one + 1]]
    other_units = right.units[right.starts[other] : right.starts[other + 1]]
    n_edges = gather(
        (left.letters, left.facts, units, len(units), n_left, left.cut[one]),
        (right.letters, right.facts, other_units, len(other_units), n_right, right.cut[other]),
        model, scratch, edges,
    )  # fmt: skip
    write_rests(left.facts, units, model, rest_left)
    write_rests(right.facts, other_units, model, rest_right)
    weight, count = assign(units, other_units, n_left, n_right, edges, n_edges, rest_left, rest_right, numbers,
                           best, chosen)  # fmt: skip
    rows = np.empty((count, 7), np.int64)
    for at in range(count):
        e = chosen[at]
        a, b = edges[e, LEFT_UNIT], edges[e, RIGHT_UNIT]
        rows[at, 0], rows[at, 1] = units[a].start, units[a].count
        rows[at, 2], rows[at, 3] = other_units[b].start, other_units[b].count
        rows[at, 4], rows[at, 5], rows[at, 6] = edges[e, KIND], edges[e, LEVEL], edges[e, WEIGHT]
    fully = agrees_fully(units, other_units, n_left, n_right, edges, n_edges, best)
    return rows, weight + numbers[BASE], fully
