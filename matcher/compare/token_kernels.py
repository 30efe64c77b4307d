"""Compiled agreement and evidence of two tokens: which numbers of the weight table two rows of a form table meet.

A form table is two arrays: `letters` (32 bytes a row: the romanised form, its length first; behind the last row, in the
same way, the own letters of the rows of other scripts) and `facts` (a record a row, below). The evidence of a pair is
the sum of at most `PARTS` numbers of one flat table of weights; this module finds their places, so that fitting and
weighing cannot differ. `tests/reference/tokens.py` is the slow twin.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.compare.kernels import edits, key_of_row, skeletons_near
from matcher.compare.letter_kernels import best_latin_kernel, best_native_kernel, path_cost_kernel
from matcher.jit import kernel, part

u64 = np.uint64

# What is known of a row: numbers as small as their values, since a list of a million names has millions of rows.
FACTS = np.dtype(
    [
        ("skeleton", np.int64),  # packed
        ("key", np.int64),  # of its own letters and script
        ("best", np.int32),  # the least cost of its romanised form against any spelling
        ("rarity", np.int32),  # of its class, in 1/1024 bit
        ("own", np.int32),  # where its own letters stand in `letters`: at the row itself if they are the romanised form
        ("script", np.int8),
        ("known", np.int8),  # `KNOWN_BIT`: its spellings are known; `PAIRED_BIT`: it is attested with any other
        ("symbols", np.int8),  # of the skeleton
        ("ending", np.int8),
        ("sex", np.int8),  # 1 a man's given name, 2 a woman's
        ("tokens", np.int8),  # that are written as one in it
    ]
)
# A token, a second reading of one, or a run of neighbours written as one, with its place in a name.
UNITS = np.dtype(
    [
        ("row", np.int32),
        ("start", np.int8),  # place of its first token
        ("count", np.int8),  # how many tokens
        ("reading", np.int8),  # 0 the first, 1 a second one, 2 the name that a fused one is made with
        ("led", np.int8),  # whether an article or another particle was dropped before
    ]
)

# Relations of two scripts: what is compared with what.
LATIN, ARABIC, CYRILLIC, GREEK, HEBREW, HANGUL, HAN, OTHER = range(8)
SAME_SCRIPT, TWO_SCRIPTS = 7, 8  # beside 0 (romanised forms) and 1-6 (that script against romanised forms)
RELATIONS = 9

KNOWN_BIT, PAIRED_BIT = 1, 2

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
def finish_row(own: Any, form: Any, facts: Any, at: int) -> None:
    """Work out a row's key and ending from its own letters, its romanised form and its script."""
    script = facts[at].script
    facts[at].key = np.int64(key_of_row(own, script))
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
    facts[at].ending = ending


@kernel
def same_row(one: Any, other: Any) -> bool:
    """Whether two rows of letters are equal."""
    for at in range(int(one[0]) + 1):
        if one[at] != other[at]:
            return False
    return True


@part
def is_initial(letters: Any, facts: Any, at: int) -> bool:
    """Whether a row is a single letter of a script that has initials."""
    return bool(letters[at, 0] == 1 and facts[at].script != ARABIC and facts[at].script != HEBREW)


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
    if facts[i].key == other_facts[j].key:
        return True
    if attested & (BAND_MASK | NICKNAME_BIT | COGNATE_BIT):
        return True
    if skeletons_agree(u64(facts[i].skeleton), facts[i].symbols, u64(other_facts[j].skeleton),
                       other_facts[j].symbols):  # fmt: skip
        return True
    if (relation != 0 and relation != SAME_SCRIPT) or facts[i].tokens > 1 or other_facts[j].tokens > 1:
        return False
    one, other = letters[i], other_letters[j]
    if relation != 0:
        one, other = letters[facts[i].own], other_letters[other_facts[j].own]
    shorter, longer = min(one[0], other[0]), max(one[0], other[0])
    allowed = edits_allowed(shorter)
    if allowed == 0 or longer - shorter > allowed:
        return False
    return edits(one, other, False, masks) <= allowed


@kernel
def is_known(facts: Any, i: int, other_facts: Any, j: int, relation: int) -> bool:
    """Whether spellings of the token are known, so that another one means something."""
    if relation == 0 or relation >= SAME_SCRIPT:
        return bool(facts[i].known & other_facts[j].known & KNOWN_BIT)
    if facts[i].script != LATIN:
        return bool(facts[i].known & KNOWN_BIT)
    return bool(other_facts[j].known & KNOWN_BIT)


@kernel
def attested_of(facts: Any, i: int, other_facts: Any, j: int, pairs: Any, values: Any) -> int:
    """What is attested of two rows; most stand in no pair at all, and the table isn't asked."""
    if facts[i].known & other_facts[j].known & PAIRED_BIT == 0:
        return 0
    return look_up(pairs, values, facts[i].key, other_facts[j].key)


@kernel
def parts_of(letters: Any, facts: Any, i: int, other_letters: Any, other_facts: Any, j: int, relation: int,
             attested: int, tables: Any, starts: Any, masks: Any, scratch: Any, parts: Any) -> int:  # fmt: skip
    """Write the places in the weight table that the evidence of two agreeing rows sums; return how many."""
    form, other_form = letters[i], other_letters[j]
    one, other = letters[facts[i].own], other_letters[other_facts[j].own]
    swap = relation >= 1 and relation <= HAN and facts[i].script == LATIN
    model = relation
    if relation == TWO_SCRIPTS:
        model = 0
    same = facts[i].key == other_facts[j].key if facts[i].script == other_facts[j].script else False
    if relation == 0 or model == 0:
        n_one, n_other = int(form[0]), int(other_form[0])
        same = same or same_row(form, other_form)
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
            best = facts[i].best + other_facts[j].best  # least costs against any spelling
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
    if facts[i].skeleton == other_facts[j].skeleton:
        near = 0
    elif skeletons_near(u64(facts[i].skeleton), facts[i].symbols, u64(other_facts[j].skeleton),
                        other_facts[j].symbols):  # fmt: skip
        near = 1
    band = attested & BAND_MASK
    if band > 1:
        distance += 2 * EDITS  # spellings of one name may differ by any number of letters
    elif is_known(facts, i, other_facts, j, relation):
        band = 1
        distance += EDITS  # a slip seldom makes another known name
    parts[1] = _DISTANCE + (relation * LENGTHS + length) * DISTANCES + distance
    symbols = min(max(min(facts[i].symbols, other_facts[j].symbols), 1), 4) - 1
    parts[2] = _SKELETON + (relation * SKELETONS + symbols) * NEARNESSES + near
    low, high = facts[i].ending, other_facts[j].ending
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
