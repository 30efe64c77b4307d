"""Compiled assignment: the set of edges in which every token of two names stands once, and which weighs most.

The weight of a set is the sum of its edges, of the tokens left over, and of one number for how many are left over on
both sides and on one. The best is found exactly where the shorter name has at most `EXACT` tokens, heaviest edge first
beyond. `tests/reference/name_alignment.py` is the slow twin.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.jit import kernel
from matcher.score.edge_kernels import (
    CONFLICT,
    CONFLICTS,
    EXACT,
    EXTRA,
    EXTRAS,
    LEFT_UNIT,
    LOWEST,
    MAX_TOKENS,
    ORDER,
    RIGHT_UNIT,
    SHORTER,
    WEIGHT,
)


@kernel
def left_over(numbers: Any, n_left: int, n_right: int, used_left: int, used_right: int) -> int:
    """Weigh how many tokens are left over: on both sides (conflicts), and on one more than on the other (extras)."""
    rest_left, rest_right = n_left - used_left, n_right - used_right
    conflicts = min(rest_left, rest_right)
    extras = max(rest_left, rest_right) - conflicts
    shorter = min(min(n_left, n_right), SHORTER) - 1
    conflict = numbers[CONFLICT + shorter * CONFLICTS + min(conflicts, CONFLICTS - 1)]
    return int(conflict + numbers[EXTRA + shorter * EXTRAS + min(extras, EXTRAS - 1)])


@kernel
def _places(flipped: bool, left_units: Any, right_units: Any, edge: Any) -> Any:
    """First token and number of tokens of an edge: of the longer name (rows), then of the shorter."""
    one, other = left_units[edge[LEFT_UNIT]], right_units[edge[RIGHT_UNIT]]
    if flipped:
        return other.start, other.count, one.start, one.count
    return one.start, one.count, other.start, other.count


@kernel
def assign(left_units: Any, right_units: Any, n_left: int, n_right: int, edges: Any, n_edges: int, rest_left: Any,
           rest_right: Any, numbers: Any, best: Any, chosen: Any) -> Any:  # fmt: skip
    """Choose edges; return the weight and how many edges were chosen (their places stand in `chosen`).

    Two edges or more that keep the order of both names earn `ORDER` once; so the best is either the best of all
    assignments or the best of those that keep the order, with that on top.
    """
    top, count = _assign_freely(left_units, right_units, n_left, n_right, edges, n_edges, rest_left, rest_right,
                                numbers, best, chosen)  # fmt: skip
    if min(n_left, n_right) > EXACT or n_edges < 2:
        return top, count
    if count >= 2 and keeps_order(left_units, right_units, edges, chosen, count):
        return top + numbers[ORDER], count
    ordered = _order_value(
        left_units, right_units, n_left, n_right, edges, n_edges, rest_left, rest_right, numbers, best
    )
    if ordered == LOWEST or ordered + numbers[ORDER] <= top:
        return top, count
    count = _trace_order(left_units, right_units, n_left, n_right, edges, n_edges, rest_left, rest_right, numbers, best,
                         ordered, chosen)  # fmt: skip
    return ordered + numbers[ORDER], count


@kernel
def keeps_order(left_units: Any, right_units: Any, edges: Any, chosen: Any, count: int) -> bool:
    """Whether chosen edges stand in the order of both names."""
    for one in range(count):
        a, b = left_units[edges[chosen[one], LEFT_UNIT]].start, right_units[edges[chosen[one], RIGHT_UNIT]].start
        for other in range(one):
            c = left_units[edges[chosen[other], LEFT_UNIT]].start
            d = right_units[edges[chosen[other], RIGHT_UNIT]].start
            if (a < c) != (b < d):
                return False
    return True


@kernel
def _state(i: int, j: int, used: int, other_used: int, count: int, n: int, m: int) -> int:
    return (((i * (m + 1) + j) * (n + 1) + used) * (m + 1) + other_used) * 3 + count


@kernel
def _order_value(left_units: Any, right_units: Any, n: int, m: int, edges: Any, n_edges: int, rest_left: Any,
                 rest_right: Any, numbers: Any, best: Any) -> int:  # fmt: skip
    """The best weight of assignments that keep the order and have two edges at least; LOWEST where there is none."""
    for at in range(_state(n, m, n, m, 2, n, m) + 1):
        best[at] = LOWEST
    best[0] = 0
    for i in range(n + 1):
        for j in range(m + 1):
            for used in range(i + 1):
                for other_used in range(j + 1):
                    for count in range(3):
                        value = best[_state(i, j, used, other_used, count, n, m)]
                        if value == LOWEST:
                            continue
                        if i < n:
                            to = _state(i + 1, j, used, other_used, count, n, m)
                            best[to] = max(best[to], value + rest_left[i])
                        if j < m:
                            to = _state(i, j + 1, used, other_used, count, n, m)
                            best[to] = max(best[to], value + rest_right[j])
                        for e in range(n_edges):
                            a, b = edges[e, LEFT_UNIT], edges[e, RIGHT_UNIT]
                            if left_units[a].start != i or right_units[b].start != j:
                                continue
                            width, height = left_units[a].count, right_units[b].count
                            to = _state(
                                i + width, j + height, used + width, other_used + height, min(count + 1, 2), n, m
                            )
                            best[to] = max(best[to], value + edges[e, WEIGHT])
    top = LOWEST
    for used in range(n + 1):
        for other_used in range(m + 1):
            value = best[_state(n, m, used, other_used, 2, n, m)]
            if value != LOWEST:
                top = max(top, value + left_over(numbers, n, m, used, other_used))
    return top


@kernel
def _trace_order(left_units: Any, right_units: Any, n: int, m: int, edges: Any, n_edges: int, rest_left: Any,
                 rest_right: Any, numbers: Any, best: Any, top: int, chosen: Any) -> int:  # fmt: skip
    """Walk back through the states that made the best one that keeps the order."""
    used, other_used, count = 0, 0, 2
    for one in range(n + 1):
        for other in range(m + 1):
            value = best[_state(n, m, one, other, 2, n, m)]
            if value != LOWEST and value + left_over(numbers, n, m, one, other) == top:
                used, other_used = one, other
    i, j, found = n, m, 0
    while i > 0 or j > 0:
        value = best[_state(i, j, used, other_used, count, n, m)]
        if i > used:
            before = best[_state(i - 1, j, used, other_used, count, n, m)]
            if before != LOWEST and before + rest_left[i - 1] == value:
                i -= 1
                continue
        if j > other_used:
            before = best[_state(i, j - 1, used, other_used, count, n, m)]
            if before != LOWEST and before + rest_right[j - 1] == value:
                j -= 1
                continue
        stuck = True
        for e in range(n_edges):
            a, b = edges[e, LEFT_UNIT], edges[e, RIGHT_UNIT]
            width, height = left_units[a].count, right_units[b].count
            if left_units[a].start + width != i or right_units[b].start + height != j:
                continue
            if used < width or other_used < height:
                continue
            for earlier in range(max(count - 1, 0), count + 1 if count == 2 else count):
                before = best[_state(i - width, j - height, used - width, other_used - height, earlier, n, m)]
                if before != LOWEST and before + edges[e, WEIGHT] == value:
                    chosen[found] = e
                    found += 1
                    i, j, used, other_used, count = i - width, j - height, used - width, other_used - height, earlier
                    stuck = False
                    break
            if not stuck:
                break
        if stuck:
            return found
    return found


@kernel
def _assign_freely(left_units: Any, right_units: Any, n_left: int, n_right: int, edges: Any, n_edges: int,
                   rest_left: Any, rest_right: Any, numbers: Any, best: Any, chosen: Any) -> Any:  # fmt: skip
    """Choose edges whatever their order; return the weight and how many (their places stand in `chosen`).

    Rows are the longer name's tokens, one after the other; the state is how many of them are used and which tokens of
    the shorter name are.
    """
    flipped = n_right > n_left
    n, m = (n_right, n_left) if flipped else (n_left, n_right)
    if m > EXACT:
        return _assign_greedily(left_units, right_units, n_left, n_right, edges, n_edges, rest_left, rest_right,
                                numbers, chosen)  # fmt: skip
    states = 1 << m
    width = (n + 1) * states
    for at in range((n + 1) * width):
        best[at] = LOWEST
    best[0] = 0
    for i in range(n):
        skip = rest_right[i] if flipped else rest_left[i]
        for used in range(i + 1):
            for state in range(states):
                value = best[i * width + used * states + state]
                if value == LOWEST:
                    continue
                to = (i + 1) * width + used * states + state
                best[to] = max(best[to], value + skip)
        for e in range(n_edges):
            start, length, place, span = _places(flipped, left_units, right_units, edges[e])
            if start != i:
                continue
            bits = ((1 << span) - 1) << place
            weight = edges[e, WEIGHT]
            for used in range(i + 1):
                for state in range(states):
                    if state & bits:
                        continue
                    value = best[i * width + used * states + state]
                    if value == LOWEST:
                        continue
                    to = (i + length) * width + (used + length) * states + (state | bits)
                    best[to] = max(best[to], value + weight)
    top, top_used, top_state = LOWEST, 0, 0
    for used in range(n + 1):
        for state in range(states):
            value = best[n * width + used * states + state]
            if value == LOWEST:
                continue
            covered = 0
            for column in range(m):
                if (state >> column) & 1:
                    covered += 1
                else:
                    value += rest_left[column] if flipped else rest_right[column]
            value += left_over(numbers, n, m, used, covered)
            if value > top:
                top, top_used, top_state = value, used, state
    return top, _trace(left_units, right_units, flipped, n, width, states, top_used, top_state, edges, n_edges,
                       rest_right if flipped else rest_left, best, chosen)  # fmt: skip


@kernel
def _trace(left_units: Any, right_units: Any, flipped: bool, n: int, width: int, states: int, used: int, state: int,
           edges: Any, n_edges: int, skips: Any, best: Any, chosen: Any) -> int:  # fmt: skip
    """Walk back through the states that made the best one."""
    count = 0
    i = n
    while i > 0:
        value = best[i * width + used * states + state]
        if i - 1 >= used and best[(i - 1) * width + used * states + state] != LOWEST:
            if best[(i - 1) * width + used * states + state] + skips[i - 1] == value:
                i -= 1
                continue
        for e in range(n_edges):
            start, length, place, span = _places(flipped, left_units, right_units, edges[e])
            bits = ((1 << span) - 1) << place
            if start + length != i or state & bits != bits or used < length:
                continue
            before = best[start * width + (used - length) * states + (state ^ bits)]
            if before != LOWEST and before + edges[e, WEIGHT] == value:
                chosen[count] = e
                count += 1
                i = start
                used -= length
                state ^= bits
                break
    return count


@kernel
def _assign_greedily(left_units: Any, right_units: Any, n_left: int, n_right: int, edges: Any, n_edges: int,
                     rest_left: Any, rest_right: Any, numbers: Any, chosen: Any) -> Any:  # fmt: skip
    """The better of two greedy choices, which break ties by the left and by the right name: so sides don't matter."""
    other = np.empty(MAX_TOKENS, np.int32)
    weight, count = _greedily(left_units, right_units, n_left, n_right, edges, n_edges, rest_left, rest_right,
                              numbers, False, chosen)  # fmt: skip
    other_weight, other_count = _greedily(left_units, right_units, n_left, n_right, edges, n_edges, rest_left,
                                          rest_right, numbers, True, other)  # fmt: skip
    if other_weight > weight:
        chosen[:other_count] = other[:other_count]
        return other_weight, other_count
    return weight, count


@kernel
def _greedily(left_units: Any, right_units: Any, n_left: int, n_right: int, edges: Any, n_edges: int, rest_left: Any,
              rest_right: Any, numbers: Any, mirrored: bool, chosen: Any) -> Any:  # fmt: skip
    """Heaviest edge first; of equal ones the one whose places are nearest and first."""
    taken_left, taken_right = 0, 0
    count = 0
    total = 0
    while True:
        top = -1
        for e in range(n_edges):
            a, b = edges[e, LEFT_UNIT], edges[e, RIGHT_UNIT]
            row = ((1 << left_units[a].count) - 1) << left_units[a].start
            column = ((1 << right_units[b].count) - 1) << right_units[b].start
            if taken_left & row or taken_right & column or edges[e, WEIGHT] <= 0:
                continue
            if top < 0 or _goes_first(left_units, right_units, edges[e], edges[top], mirrored):
                top = e
        if top < 0:
            break
        a, b = edges[top, LEFT_UNIT], edges[top, RIGHT_UNIT]
        taken_left |= ((1 << left_units[a].count) - 1) << left_units[a].start
        taken_right |= ((1 << right_units[b].count) - 1) << right_units[b].start
        total += edges[top, WEIGHT]
        chosen[count] = top
        count += 1
    used_left, used_right = 0, 0
    for at in range(n_left):
        if (taken_left >> at) & 1:
            used_left += 1
        else:
            total += rest_left[at]
    for at in range(n_right):
        if (taken_right >> at) & 1:
            used_right += 1
        else:
            total += rest_right[at]
    return total + left_over(numbers, n_left, n_right, used_left, used_right), count


@kernel
def _goes_first(left_units: Any, right_units: Any, edge: Any, top: Any, mirrored: bool) -> bool:
    """A total order of edges; `mirrored` is what it is with the names swapped."""
    if edge[WEIGHT] != top[WEIGHT]:
        return bool(edge[WEIGHT] > top[WEIGHT])
    one = left_units[edge[LEFT_UNIT]].start, right_units[edge[RIGHT_UNIT]].start
    other = left_units[top[LEFT_UNIT]].start, right_units[top[RIGHT_UNIT]].start
    if abs(one[0] - one[1]) != abs(other[0] - other[1]):
        return bool(abs(one[0] - one[1]) < abs(other[0] - other[1]))
    if one[0] + one[1] != other[0] + other[1]:
        return bool(one[0] + one[1] < other[0] + other[1])
    first, second = (RIGHT_UNIT, LEFT_UNIT) if mirrored else (LEFT_UNIT, RIGHT_UNIT)
    if edge[first] != top[first]:
        return bool(edge[first] < top[first])
    return bool(edge[second] < top[second])
