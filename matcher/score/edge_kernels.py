"""Compiled edges of an alignment: the units of two names that agree, and what each agreement weighs.

A name is a run of *units*: its tokens, second readings of them, and neighbours written as one. Two units that agree are
an edge with a weight. All numbers are integers in 1/1024 bit. `tests/reference/name_alignment.py` is the slow twin.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.compare.token_kernels import (
    BAND_MASK,
    CONFUSABLE_BIT,
    HAN,
    HANGUL,
    PAIRED_BIT,
    PARTS,
    agree,
    attested_of,
    is_initial,
    is_known,
    parts_of,
    relation_of,
    skeletons_agree,
)
from matcher.jit import kernel, part

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

MAX_UNITS = 72 + 69 + 69  # tokens and other readings, and runs in both variants
ROW, TOKENS, KEY, SKELETON, SYMBOLS, IS_PAIRED, RARITY, IS_INITIAL = range(8)  # what an edge asks of a unit
SIDE_COLUMNS = 8
REMEMBERED = 2048  # pairs of rows
AGREES, EVIDENCE, AT_LEVEL, BEYOND, ONE_NAME = range(5)  # of two rows: level, and how far on the way to the next
JUDGED = 5

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
            if is_initial(letters, facts, unit.row):
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
def judge_rows(letters: Any, facts: Any, i: int, other_letters: Any, other_facts: Any, j: int, model: Any, scratch: Any,
               out: Any) -> None:  # fmt: skip
    """Write what two rows are to each other wherever they stand: whether they agree, `EVIDENCE` and what is behind it.

    Args:
        letters: Rows.
        facts: Rows.
        i: A row, no initial.
        other_letters: Rows.
        other_facts: Rows.
        j: The other row, no initial.
        model: Arrays of the model.
        scratch: Masks of `edits`, of an alignment of letters, parts of evidence, and more.
        out: int32 of `JUDGED`.
    """
    weights, tables, starts, pairs, values, _, level_limits, _ = model
    masks, path, parts = scratch[0], scratch[1], scratch[2]
    out[AGREES] = 0
    relation = relation_of(facts[i].script, other_facts[j].script)
    attested = attested_of(facts, i, other_facts, j, pairs, values)
    if not agree(letters, facts, i, other_letters, other_facts, j, relation, attested, masks):
        return
    n_parts = parts_of(letters, facts, i, other_letters, other_facts, j, relation, attested, tables, starts, masks,
                       path, parts)  # fmt: skip
    total = 0
    for at in range(n_parts):
        total += weights[parts[at]]
    level, part = level_of_pair(total, attested, level_limits)
    if facts[i].key == other_facts[j].key:
        level, part = LEVELS - 1, 0
    out[AGREES], out[EVIDENCE], out[AT_LEVEL], out[BEYOND] = 1, total, level, part
    out[ONE_NAME] = may_be_one_name(facts, i, other_facts, j, relation, attested)


@kernel
def edge_scratch() -> Any:
    """Scratch of `gather`; it remembers rows, so it serves two tables of rows and one model only."""
    return (
        np.zeros(256, np.uint64),
        np.empty(4 * 32 * 32, np.int32),
        np.empty(PARTS, np.int64),
        np.full(REMEMBERED, -1, np.int64),
        np.empty((REMEMBERED, JUDGED), np.int32),
        np.empty((MAX_UNITS, SIDE_COLUMNS), np.int64),
        np.empty((MAX_UNITS, SIDE_COLUMNS), np.int64),
    )


@kernel
def write_side(letters: Any, facts: Any, units: Any, n_units: int, side: Any) -> None:
    """Write what an edge asks of each unit of a name: int64 `(units, SIDE_COLUMNS)`; not the letters of runs."""
    for at in range(n_units):
        unit = units[at]
        row = unit.row
        side[at, ROW], side[at, TOKENS], side[at, KEY] = row, unit.count, facts[row].key
        side[at, SKELETON], side[at, SYMBOLS] = facts[row].skeleton, facts[row].symbols
        side[at, IS_PAIRED], side[at, RARITY] = facts[row].known & PAIRED_BIT, facts[row].rarity
        side[at, IS_INITIAL] = 1 if unit.count == 1 and is_initial(letters, facts, row) else 0


@part
def may_be_joined(side: Any, a: int, other: Any, b: int) -> bool:
    """Whether two units, one of them several tokens written as one, may agree: all but what is attested (`agree`)."""
    found = side[a, KEY] == other[b, KEY] or side[a, IS_PAIRED] & other[b, IS_PAIRED] != 0
    if not found and abs(side[a, SYMBOLS] - other[b, SYMBOLS]) <= 1:
        found = bool(
            skeletons_agree(u64(side[a, SKELETON]), side[a, SYMBOLS], u64(other[b, SKELETON]), other[b, SYMBOLS])
        )
    return bool(found)


@part
def place_of(i: int, j: int) -> Any:
    """Where in the scratch of `gather` it may stand what `judge_rows` wrote of two rows."""
    key = (np.int64(i) << 32) | np.int64(j)
    return key, np.int64(((u64(key) * u64(0x9E3779B97F4A7C15)) >> u64(40)) & u64(REMEMBERED - 1))


@kernel
def gather(left: Any, right: Any, model: Any, scratch: Any, edges: Any) -> int:
    """Find and weigh every agreeing pair of units; return how many edges."""
    letters, facts, units, n_units, n_left, cut_left = left
    other_letters, other_facts, other_units, n_other_units, n_right, cut_right = right
    numbers, rarity_limits = model[5], model[7]
    known_keys, known = scratch[3], scratch[4]  # a name is compared with many that hold the same rows
    side, other_side = scratch[5], scratch[6]
    write_side(letters, facts, units, n_units, side)
    write_side(other_letters, other_facts, other_units, n_other_units, other_side)
    count = 0
    for a in range(n_units):
        i, one_count, is_one = side[a, ROW], side[a, TOKENS], side[a, IS_INITIAL] != 0
        for b in range(n_other_units):
            j, other_count, is_other = other_side[b, ROW], other_side[b, TOKENS], other_side[b, IS_INITIAL] != 0
            if one_count > 1 and other_count > 1 and not (one_count == n_left and other_count == n_right):
                continue
            joined = one_count > 1 or other_count > 1
            if joined and (is_one or is_other or not may_be_joined(side, a, other_side, b)):
                continue
            if joined and (is_initial(letters, facts, i) or is_initial(other_letters, other_facts, j)):
                continue
            one_length, other_length = int(letters[i, 0]), int(other_letters[j, 0])
            if joined and (2 * one_length < other_length or 2 * other_length < one_length):
                continue
            kind = JOINED if joined else PLAIN
            rarity = min(side[a, RARITY], other_side[b, RARITY])
            total, part = 0, 0
            one_name = False
            if is_one or is_other:
                if letters[i, 1] != other_letters[j, 1]:
                    continue
                kind = INITIAL
                level = 1 if is_one and is_other else 0
                rarity = 0
            else:
                key, at = place_of(i, j)
                if known_keys[at] != key:
                    known_keys[at] = key
                    judge_rows(letters, facts, i, other_letters, other_facts, j, model, scratch, known[at])
                if known[at, AGREES]:
                    total, level, part = known[at, EVIDENCE], known[at, AT_LEVEL], known[at, BEYOND]
                    one_name = known[at, ONE_NAME] != 0
                else:
                    if joined:
                        continue
                    relation = relation_of(facts[i].script, other_facts[j].script)
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
