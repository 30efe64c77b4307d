"""Compiled agreement and evidence of two tokens: which numbers of the weight table two rows of a form table meet.

A form table is two arrays: `letters` (64 bytes a row: the own script's letters, then the romanised form, each with its
length first) and `facts` (int64, the columns below). The evidence of a pair is the sum of at most `PARTS` numbers of
one flat table of weights; this module finds their places, so that fitting and weighing cannot differ.
`tests/reference/tokens.py` is the slow twin.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.compare.kernels import edits, key_of_row, skeletons_near
from matcher.compare.letter_kernels import best_latin_kernel, best_native_kernel, path_cost_kernel
from matcher.jit import kernel

u64 = np.uint64

# Columns of `facts`.
SCRIPT, KNOWN, SKELETON, SYMBOLS, KEY, FORM_KEY, ENDING, SEX, BEST, RARITY, TOKENS = range(11)
FACTS = 11

# Relations of two scripts: what is compared with what.
LATIN, ARABIC, CYRILLIC, GREEK, HEBREW, HANGUL, HAN, OTHER = range(8)
SAME_SCRIPT, TWO_SCRIPTS = 7, 8  # beside 0 (romanised forms) and 1-6 (that script against romanised forms)
RELATIONS = 9

# Parts of the weight table: relation x ...
LENGTHS, QUALITIES, DISTANCES, ENDINGS, BANDS, SPECIALS = 6, 28, 12, 6, 16, 3
SKELETONS, NEARNESSES = 4, 3
EDITS = 4  # none, one, two, more; told apart by what is known: nothing, that it is never so spelled, that it is
QUALITY_STEP = 2048  # letter quality counts both sides: one bit of either
_QUALITY = 0
_DISTANCE = _QUALITY + RELATIONS * LENGTHS * QUALITIES
_SKELETON = _DISTANCE + RELATIONS * LENGTHS * DISTANCES
_ENDING = _SKELETON + RELATIONS * SKELETONS * NEARNESSES
_BAND = _ENDING + RELATIONS * ENDINGS * ENDINGS
_SPECIAL = _BAND + RELATIONS * BANDS
WEIGHTS = _SPECIAL + RELATIONS * SPECIALS
PARTS = 8
CONFUSABLE, NICKNAME, COGNATE = range(SPECIALS)

# Attested pairs: a byte a pair.
BAND_MASK, CONFUSABLE_BIT, NICKNAME_BIT, COGNATE_BIT = 15, 16, 32, 64


@kernel
def finish_row(letters: Any, facts: Any, at: int) -> None:
    """Work out a row's keys and ending from its letters and script."""
    form = letters[at, 32:]
    script = facts[at, SCRIPT]
    facts[at, KEY] = np.int64(key_of_row(letters[at], script))
    facts[at, FORM_KEY] = np.int64(key_of_row(form, 0))
    n = int(form[0])
    last = int(form[n]) if n > 0 else 0
    prior = int(form[n - 1]) if n > 1 else 0
    abjad = script == ARABIC or script == HEBREW
    ending = 0
    if last == 1 or last == 5 or (last == 8 and (prior == 1 or prior == 5 or abjad)):  # a e, ah eh
        ending = 1
    elif last == 9 or last == 25:  # i y
        ending = 2
    elif last == 15 or last == 21 or last == 23:  # o u w
        ending = 3
    elif last == 14:  # n
        ending = 4
    elif last == 20 or last == 8:  # t, h after a consonant
        ending = 5
    facts[at, ENDING] = ending


@kernel
def relation_of(left: int, right: int) -> int:
    """Which comparison two scripts need."""
    if left == right:
        return 0 if left == LATIN else SAME_SCRIPT
    if left == LATIN or right == LATIN:
        other = left + right
        return other if other <= HAN else 0
    return TWO_SCRIPTS


@kernel
def look_up(pairs: Any, values: Any, left: Any, right: Any) -> int:
    """What is attested of two keys, in either order; 0 for nothing."""
    key = u64(left) + u64(right)
    key = (key ^ (key >> u64(31))) * u64(0x9E3779B97F4A7C15)
    key ^= key >> u64(29)
    if key == u64(0):
        key = u64(1)
    mask = u64(len(pairs) - 1)
    place = key & mask
    while pairs[place] != u64(0):
        if pairs[place] == key:
            return int(values[place])
        place = (place + u64(1)) & mask
    return 0


@kernel
def put(pairs: Any, values: Any, left: Any, right: Any, value: int) -> None:
    """Keep a value under two keys; of two values the bits are joined, of two bands the better one is kept."""
    key = u64(left) + u64(right)
    key = (key ^ (key >> u64(31))) * u64(0x9E3779B97F4A7C15)
    key ^= key >> u64(29)
    if key == u64(0):
        key = u64(1)
    mask = u64(len(pairs) - 1)
    place = key & mask
    while pairs[place] != u64(0) and pairs[place] != key:
        place = (place + u64(1)) & mask
    pairs[place] = key
    old = int(values[place])
    band = max(old & BAND_MASK, value & BAND_MASK)
    values[place] = (old | value) & ~BAND_MASK | band


@kernel
def skeletons_agree(one: Any, n_one: int, other: Any, n_other: int) -> bool:
    """One skeleton, or one edit apart where the shorter has two symbols at least."""
    if one == other:
        return n_one > 0
    return min(n_one, n_other) >= 2 and skeletons_near(one, n_one, other, n_other)


@kernel
def edits_allowed(shorter: int) -> int:
    """How many letters may differ in words of one script, by the shorter one's length."""
    if shorter <= 3:
        return 0
    return 1 if shorter <= 6 else 2


@kernel
def agree(letters: Any, facts: Any, i: int, other_letters: Any, other_facts: Any, j: int, relation: int,
          attested: int, masks: Any) -> bool:  # fmt: skip
    """The agreement relation (rule 3): what an index must find, and no more."""
    if facts[i, KEY] == other_facts[j, KEY]:
        return True
    if attested & (BAND_MASK | NICKNAME_BIT | COGNATE_BIT):
        return True
    if skeletons_agree(u64(facts[i, SKELETON]), facts[i, SYMBOLS], u64(other_facts[j, SKELETON]),
                       other_facts[j, SYMBOLS]):  # fmt: skip
        return True
    if (relation != 0 and relation != SAME_SCRIPT) or facts[i, TOKENS] > 1 or other_facts[j, TOKENS] > 1:
        return False
    begin = 32 if relation == 0 else 0
    one, other = letters[i, begin : begin + 32], other_letters[j, begin : begin + 32]
    shorter, longer = min(one[0], other[0]), max(one[0], other[0])
    allowed = edits_allowed(shorter)
    if allowed == 0 or longer - shorter > allowed:
        return False
    return edits(one, other, False, masks) <= allowed


@kernel
def is_known(facts: Any, i: int, other_facts: Any, j: int, relation: int) -> bool:
    """Whether spellings of the token are known, so that another one means something."""
    if relation == 0 or relation >= SAME_SCRIPT:
        return bool(facts[i, KNOWN] != 0 and other_facts[j, KNOWN] != 0)
    if facts[i, SCRIPT] != LATIN:
        return bool(facts[i, KNOWN] != 0)
    return bool(other_facts[j, KNOWN] != 0)


@kernel
def parts_of(letters: Any, facts: Any, i: int, other_letters: Any, other_facts: Any, j: int, relation: int,
             attested: int, tables: Any, starts: Any, masks: Any, scratch: Any, parts: Any) -> int:  # fmt: skip
    """Write the places in the weight table that the evidence of two agreeing rows sums; return how many."""
    one, other = letters[i], other_letters[j]
    form, other_form = one[32:], other[32:]
    swap = relation >= 1 and relation <= HAN and facts[i, SCRIPT] == LATIN
    model = relation
    if relation == TWO_SCRIPTS:
        model = 0
    same = facts[i, KEY] == other_facts[j, KEY] if facts[i, SCRIPT] == other_facts[j, SCRIPT] else False
    if relation == 0 or model == 0:
        n_one, n_other = int(form[0]), int(other_form[0])
        same = same or facts[i, FORM_KEY] == other_facts[j, FORM_KEY]
    elif relation == SAME_SCRIPT:
        n_one, n_other = int(one[0]), int(other[0])
    else:
        n_one = int(other[0]) if swap else int(one[0])
        n_other = int(form[0]) if swap else int(other_form[0])
    shorter = min(n_one, n_other)
    length = 0 if shorter <= 2 else 1 if shorter == 3 else 2 if shorter == 4 else 3 if shorter <= 6 else 4
    if shorter > 8:
        length = 5
    distance = 3
    quality = QUALITIES - 1
    if same:
        quality = 0
        distance = 0
    elif relation == SAME_SCRIPT:
        distance = min(edits(one, other, False, masks), 3)
        quality = min(4 * distance, QUALITIES - 1)
    else:
        if model == 0:
            distance = min(edits(form, other_form, True, masks), 3)
            cost = path_cost_kernel(form[1:], n_one, other_form[1:], n_other, tables[starts[0] : starts[1]], scratch)
            best = facts[i, BEST] + other_facts[j, BEST]  # least costs against any spelling
        else:
            table = tables[starts[model] : starts[model + 1]]
            if swap:
                cost = path_cost_kernel(other[1:], int(other[0]), form[1:], n_other, table, scratch)
                best = best_latin_kernel(other[1:], int(other[0]), table, scratch)
                best += best_native_kernel(form[1:], n_other, table, scratch)
            else:
                cost = path_cost_kernel(one[1:], n_one, other_form[1:], n_other, table, scratch)
                best = best_latin_kernel(one[1:], n_one, table, scratch)
                best += best_native_kernel(other_form[1:], n_other, table, scratch)
        quality = 1 + min(max((2 * cost - best) // QUALITY_STEP, 0), QUALITIES - 2)
    parts[0] = _QUALITY + (relation * LENGTHS + length) * QUALITIES + quality
    near = 2
    if facts[i, SKELETON] == other_facts[j, SKELETON]:
        near = 0
    elif skeletons_near(u64(facts[i, SKELETON]), facts[i, SYMBOLS], u64(other_facts[j, SKELETON]),
                        other_facts[j, SYMBOLS]):  # fmt: skip
        near = 1
    band = attested & BAND_MASK
    if band > 1:
        distance += 2 * EDITS  # spellings of one name may differ by any number of letters
    elif is_known(facts, i, other_facts, j, relation):
        band = 1
        distance += EDITS  # a slip seldom makes another known name
    parts[1] = _DISTANCE + (relation * LENGTHS + length) * DISTANCES + distance
    symbols = min(max(min(facts[i, SYMBOLS], other_facts[j, SYMBOLS]), 1), 4) - 1
    parts[2] = _SKELETON + (relation * SKELETONS + symbols) * NEARNESSES + near
    low, high = facts[i, ENDING], other_facts[j, ENDING]
    if swap or (relation == 0 and low > high) or (relation >= SAME_SCRIPT and low > high):
        low, high = high, low
    parts[3] = _ENDING + (relation * ENDINGS + low) * ENDINGS + high
    parts[4] = _BAND + relation * BANDS + band
    count = 5
    special = _SPECIAL + relation * SPECIALS
    if attested & CONFUSABLE_BIT:
        parts[count] = special + CONFUSABLE
        count += 1
    if attested & NICKNAME_BIT:
        parts[count] = special + NICKNAME
        count += 1
    elif attested & COGNATE_BIT:
        parts[count] = special + COGNATE
        count += 1
    return count
