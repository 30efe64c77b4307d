"""Compiled alignment of two names: the one-to-one assignment of their tokens that weighs most.

A name is a run of *units*: its tokens, second readings of them, and neighbours written as one. Two units that agree are
an edge with a weight; an alignment is a set of edges in which every token stands once; its weight is the sum of its
edges, of the tokens left over, and of one number for how many are left over on both sides and on one. The best is
found exactly where the shorter name has at most `EXACT` tokens, heaviest edge first beyond. All numbers are integers in
1/1024 bit, so that sums are exact and left and right are alike. `tests/reference/name_alignment.py` is the slow twin.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.compare.token_kernels import (
    ARABIC,
    BAND_MASK,
    CONFUSABLE_BIT,
    HAN,
    HANGUL,
    HEBREW,
    PARTS,
    agree,
    is_known,
    look_up,
    parts_of,
    relation_of,
)
from matcher.jit import kernel
from matcher.score.partner_kernels import all_partnered

u64 = np.uint64

EXACT = 8  # tokens of the shorter name that are assigned exactly
MAX_TOKENS = 24
MAX_EDGES = 72 * 72 + 2 * 69 * 72  # tokens and other readings with each other, and with runs of the other name
FULL_LEVEL = 11  # levels from here on are spellings of one name
USUAL_BAND = 3  # bands of attested spellings from here on are more than rare
SIMILAR_LEVEL = 4  # from here on it is likelier one token than not
LOWEST = -(1 << 28)
STATES = (MAX_TOKENS + 1) * (MAX_TOKENS + 1) * (1 << EXACT)  # most states of an assignment

PLAIN, JOINED, INITIAL, PREFIX = range(4)
KINDS, LEVELS, RARITIES, SHORTER, CONFLICTS, EXTRAS = 4, 16, 8, 4, 4, 5
EDGE = 0
REST = EDGE + KINDS * LEVELS * RARITIES
CONFLICT = REST + RARITIES
EXTRA = CONFLICT + SHORTER * CONFLICTS
SECOND = EXTRA + SHORTER * EXTRAS  # by a unit's reading, from 1: a second reading, a part of a fused name
READINGS = 2
LEAD = SECOND + READINGS
OTHER_SEX = LEAD + 1
ORDER = OTHER_SEX + 1
BASE = ORDER + 1
NUMBERS = BASE + 1

# Columns of an edge.
LEFT_UNIT, RIGHT_UNIT, WEIGHT, TOKEN_BITS, KIND, LEVEL, CELL, PART, IS_FULL = range(9)
EDGE_COLUMNS = 9


@kernel
def band_of(value: int, limits: Any) -> int:
    """How many of the ascending limits a value reaches."""
    band = 0
    for at in range(len(limits)):
        if value >= limits[at]:
            band = at + 1
    return band


@kernel
def level_of(value: int, knots: Any) -> Any:
    """The last knot that a value reaches, and how far it is on the way to the next, in 1/1024.

    Below the first knot a value is at it; from the last one on it is at that.
    """
    band = band_of(value, knots)
    if band == 0:
        return 0, 0
    if band == len(knots):
        return band - 1, 0
    low, high = knots[band - 1], knots[band]
    return band - 1, ((value - low) * 1024) // (high - low)


@kernel
def level_of_pair(total: int, attested: int, knots: Any) -> Any:
    """`level_of` the evidence of two tokens; what is often seen for one name is a spelling of it, however far apart.

    From `FULL_LEVEL` on, a level for each band above rare.
    """
    above = (attested & BAND_MASK) - USUAL_BAND
    if above >= 0 and attested & CONFUSABLE_BIT == 0:
        total = max(total, knots[min(FULL_LEVEL + above, len(knots) - 1)])
    return level_of(total, knots)


@kernel
def between(numbers: Any, cell: int, part: int) -> int:
    """The weight at a cell, or part of the way to the next level's."""
    low = numbers[cell]
    if part == 0:
        return int(low)
    return int(low + (((numbers[cell + RARITIES] - low) * part) >> 10))


@kernel
def is_prefix(letters: Any, i: int, other_letters: Any, j: int) -> bool:
    """Whether the romanised row i is the cut beginning of row j."""
    n = int(letters[i, 0])
    if n < 2 or n >= int(other_letters[j, 0]):
        return False
    for at in range(1, n + 1):
        if letters[i, at] != other_letters[j, at]:
            return False
    return True


@kernel
def has_initial(letters: Any, facts: Any, units: Any, n_units: int, run: Any) -> bool:
    """Whether a single letter is among the tokens of a unit: in `jsmith` it weighs as little as a slip."""
    for at in range(n_units):
        unit = units[at]
        if unit.count == 1 and run.start <= unit.start < run.start + run.count:
            row = unit.row
            if letters[row, 0] == 1 and facts[row].script != ARABIC and facts[row].script != HEBREW:
                return True
    return False


@kernel
def reading_price(numbers: Any, reading: int) -> int:
    """What a reading weighs that is not a token's first (`token_kernels.UNITS`)."""
    return 0 if reading == 0 else int(numbers[SECOND + reading - 1])


@kernel
def sex_at(facts: Any, units: Any, n_units: int, place: int) -> int:
    """Sex of the token at a place: 1 a man's given name, 2 a woman's, 0 neither is known."""
    for at in range(n_units):
        if units[at].start == place and units[at].count == 1 and units[at].reading == 0:
            return int(facts[units[at].row].sex)
    return 0


@kernel
def crosses_sex(facts: Any, units: Any, n_units: int, a: int, other_facts: Any, other_units: Any, n_other_units: int,
                b: int) -> bool:  # fmt: skip
    """Whether a man's given name stands against a woman's: in two tokens, or at one place of two whole names."""
    if units[a].count != other_units[b].count:
        return False
    if units[a].count == 1:
        return bool(facts[units[a].row].sex * other_facts[other_units[b].row].sex == 2)
    for place in range(units[a].count):
        one = sex_at(facts, units, n_units, units[a].start + place)
        other = sex_at(other_facts, other_units, n_other_units, other_units[b].start + place)
        if one * other == 2:
            return True
    return False


@kernel
def may_be_one_name(facts: Any, i: int, other_facts: Any, j: int, relation: int, attested: int) -> bool:
    """Whether two rows can be spellings of one name: seen together more than rarely, or nothing else is known of them.

    The short syllables of Hangul and Han, if never seen together, must have the same consonants.
    """
    band = attested & BAND_MASK
    if facts[i].key == other_facts[j].key or band >= USUAL_BAND:
        return True
    if (relation == HANGUL or relation == HAN) and facts[i].skeleton != other_facts[j].skeleton:
        return False
    return bool(band == 0 and not is_known(facts, i, other_facts, j, relation))


@kernel
def gather(left: Any, right: Any, model: Any, scratch: Any, edges: Any) -> int:
    """Find and weigh every agreeing pair of units; return how many edges."""
    letters, facts, units, n_units, n_left, cut_left = left
    other_letters, other_facts, other_units, n_other_units, n_right, cut_right = right
    weights, tables, starts, pairs, values, numbers, level_limits, rarity_limits = model
    masks, path, parts = scratch
    count = 0
    for a in range(n_units):
        i = units[a].row
        for b in range(n_other_units):
            one_count, other_count = units[a].count, other_units[b].count
            if one_count > 1 and other_count > 1 and not (one_count == n_left and other_count == n_right):
                continue
            j = other_units[b].row
            joined = one_count > 1 or other_count > 1
            one_length, other_length = int(letters[i, 0]), int(other_letters[j, 0])
            if joined and (2 * one_length < other_length or 2 * other_length < one_length):
                continue
            relation = relation_of(facts[i].script, other_facts[j].script)
            kind = JOINED if joined else PLAIN
            is_one = one_length == 1 and facts[i].script != ARABIC and facts[i].script != HEBREW
            is_other = other_length == 1 and other_facts[j].script != ARABIC and other_facts[j].script != HEBREW
            rarity = min(facts[i].rarity, other_facts[j].rarity)
            total, part = 0, 0
            one_name = False
            if is_one or is_other:
                if joined or letters[i, 1] != other_letters[j, 1]:
                    continue
                kind = INITIAL
                level = 1 if is_one and is_other else 0
                rarity = 0
            else:
                attested = look_up(pairs, values, facts[i].key, other_facts[j].key)
                if agree(letters, facts, i, other_letters, other_facts, j, relation, attested, masks):
                    n_parts = parts_of(letters, facts, i, other_letters, other_facts, j, relation, attested, tables,
                                       starts, masks, path, parts)  # fmt: skip
                    for at in range(n_parts):
                        total += weights[parts[at]]
                    level, part = level_of_pair(total, attested, level_limits)
                    if facts[i].key == other_facts[j].key:
                        level, part = LEVELS - 1, 0
                    one_name = may_be_one_name(facts, i, other_facts, j, relation, attested)
                else:
                    if joined:
                        continue
                    ends = cut_left and units[a].start == n_left - 1
                    other_ends = cut_right and other_units[b].start == n_right - 1
                    if relation == 0 and ends and is_prefix(letters, i, other_letters, j):
                        level = 0 if one_length <= 3 else 1
                    elif relation == 0 and other_ends and is_prefix(other_letters, j, letters, i):
                        level = 0 if other_length <= 3 else 1
                    else:
                        continue
                    kind = PREFIX
            cell = EDGE + (kind * LEVELS + level) * RARITIES + band_of(rarity, rarity_limits)
            one_reading, other_reading = int(units[a].reading), int(other_units[b].reading)
            weight = between(numbers, cell, part)
            weight += reading_price(numbers, one_reading) + reading_price(numbers, other_reading)
            if kind == PLAIN and units[a].led != other_units[b].led:
                weight += numbers[LEAD]
            crosses = crosses_sex(facts, units, n_units, a, other_facts, other_units, n_other_units, b)
            if crosses:
                weight += numbers[OTHER_SEX]
            if count < MAX_EDGES:
                edges[count, LEFT_UNIT] = a
                edges[count, RIGHT_UNIT] = b
                edges[count, WEIGHT] = weight
                edges[count, TOKEN_BITS] = total
                edges[count, KIND] = kind
                edges[count, LEVEL] = level
                edges[count, CELL] = cell
                edges[count, PART] = part
                whole = one_name and one_reading < 2 and other_reading < 2 and not crosses
                edges[count, IS_FULL] = whole and level >= FULL_LEVEL and (
                    kind == PLAIN
                    or (kind == JOINED and level == LEVELS - 1)
                    or (kind == JOINED and not (one_count > 1 and other_count > 1)
                        and not has_initial(letters, facts, units, n_units, units[a])
                        and not has_initial(other_letters, other_facts, other_units, n_other_units, other_units[b]))
                )  # fmt: skip
                count += 1
    return count


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
    if count >= 2 and _keeps_order(left_units, right_units, edges, chosen, count):
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
def _keeps_order(left_units: Any, right_units: Any, edges: Any, chosen: Any, count: int) -> bool:
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
    scratch = (np.zeros(256, np.uint64), np.empty(4 * 32 * 32, np.int32), np.empty(PARTS, np.int64))
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
    with the very same letters: what is another name by itself (`Samar`, `Samir`) is a slip in a whole name.
    Of two names of as many tokens, either may be the shorter one: neighbours of one may be one token of the other.
    """
    flipped = n_left > n_right
    n, m = (n_right, n_left) if flipped else (n_left, n_right)
    if m == 1:
        for e in range(n_edges):
            if edges[e, LEVEL] == LEVELS - 1 and edges[e, KIND] == PLAIN:
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
    scratch = (np.zeros(256, np.uint64), np.empty(4 * 32 * 32, np.int32), np.empty(PARTS, np.int64))
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
