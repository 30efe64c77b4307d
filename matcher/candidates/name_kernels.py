"""Compiled first stage: the evidence of one query name against every name of a list.

First-stage evidence (rule 3 a) is the most that two units at two places of either name earn together, with the most
that each further place of the query name earns; or what one unit earns alone. No alignment earns more from its edges,
so it bounds the weight; it grows with every agreeing token. A run of the query name meets listed runs only if it is the
whole name: an alignment asks that of both.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.compare.kernels import edits
from matcher.compare.token_kernels import (
    PAIRED_BIT,
    PARTS,
    SAME_SCRIPT,
    edits_allowed,
    is_initial,
    relation_of,
    skeletons_agree,
)
from matcher.index.agreement_kernels import MAX_KEYS, candidates_of
from matcher.jit import kernel, part
from matcher.score.edge_kernels import (
    AGREES,
    AT_LEVEL,
    BEYOND,
    EDGE,
    FULL_LEVEL,
    INITIAL,
    JOINED,
    JUDGED,
    LEVELS,
    LOWEST,
    MAX_TOKENS,
    PLAIN,
    PREFIX,
    RARITIES,
    band_of,
    between,
    is_prefix,
    judge_rows,
    reading_price,
)

u64 = np.uint64


@kernel
def pair_scratch() -> Any:
    """Scratch of `unit_weight`: masks of `edits`, of an alignment of letters, parts of evidence, what rows are."""
    return (
        np.zeros(256, np.uint64), np.empty(4 * 32 * 32, np.int32), np.empty(PARTS, np.int64),
        np.empty(JUDGED, np.int32),
    )  # fmt: skip


@kernel
def unit_weight(letters: Any, facts: Any, i: int, joined: bool, second: int, ends: bool, other_letters: Any,
                other_facts: Any, j: int, other_ends: bool, model: Any, scratch: Any) -> Any:  # fmt: skip
    """What an edge between a query unit and a row of the list earns; LOWEST where they don't agree.

    Also whether they are spellings of one name, and whether the row agrees only as the end of a name that may be cut.
    `ends` says whether the query unit `ends_name`, `other_ends` whether the row ends a listed name that may be cut.
    """
    numbers, rarity_limits = model[5], model[7]
    if joined and other_facts[j].tokens > 1 and not ends:
        return LOWEST, False, False
    as_end = False
    joined = joined or other_facts[j].tokens > 1
    one_length, other_length = int(letters[i, 0]), int(other_letters[j, 0])
    if joined and (2 * one_length < other_length or 2 * other_length < one_length):
        return LOWEST, False, False
    kind = JOINED if joined else PLAIN
    rarity = min(facts[i].rarity, other_facts[j].rarity)
    part = 0
    is_one, is_other = is_initial(letters, facts, i), is_initial(other_letters, other_facts, j)
    if is_one or is_other:
        if joined or letters[i, 1] != other_letters[j, 1]:
            return LOWEST, False, False
        kind, level, rarity = INITIAL, 1 if is_one and is_other else 0, 0
    else:
        relation = relation_of(facts[i].script, other_facts[j].script)
        said = scratch[3]
        judge_rows(letters, facts, i, other_letters, other_facts, j, model, scratch, said)
        if said[AGREES]:
            level, part = int(said[AT_LEVEL]), int(said[BEYOND])
        elif not joined and relation == 0 and ends and is_prefix(letters, i, other_letters, j):
            kind, level = PREFIX, 0 if one_length <= 3 else 1
        elif not joined and relation == 0 and other_ends and is_prefix(other_letters, j, letters, i):
            kind, level = PREFIX, 0 if other_length <= 3 else 1
            as_end = True
        else:
            return LOWEST, False, False
    cell = EDGE + (kind * LEVELS + level) * RARITIES + band_of(rarity, rarity_limits)
    full = kind <= JOINED and level >= FULL_LEVEL and second < 2
    return between(numbers, cell, part) + reading_price(numbers, second), full, as_end


@kernel
def rows_that_may_agree(letters: Any, facts: Any, i: int, last: bool, other_letters: Any, other_facts: Any, ends: Any,
                        masks: Any, found: Any) -> int:  # fmt: skip
    """Write the rows of a list that may agree with a query row; return how many. Most have nothing in common with it.

    No index and no bound is asked: this is `token_kernels.agree` itself, but for rows that may be attested together,
    and rows of which one may be the cut beginning of the other: those stay.

    Args:
        letters: Rows.
        facts: Rows.
        i: The query row.
        last: Whether it is the last token of a name that may be cut.
        other_letters: Rows of the list.
        other_facts: Rows of the list.
        ends: uint8 a listed row; bit 1: the last of a name that may be cut.
        masks: Scratch of `edits`.
        found: Receives the rows.
    """
    count = 0
    script, key, skeleton, symbols = facts[i].script, facts[i].key, u64(facts[i].skeleton), int(facts[i].symbols)
    is_single = is_initial(letters, facts, i)
    for j in range(len(other_facts)):
        relation = relation_of(script, other_facts[j].script)
        paired = facts[i].known & other_facts[j].known & PAIRED_BIT != 0
        if is_single or is_initial(other_letters, other_facts, j):
            keep = letters[i, 1] == other_letters[j, 1]
        elif (
            paired
            or other_facts[j].key == key
            or skeletons_agree(skeleton, symbols, u64(other_facts[j].skeleton), int(other_facts[j].symbols))
        ):
            keep = True
        elif (relation != 0 and relation != SAME_SCRIPT) or facts[i].tokens > 1 or other_facts[j].tokens > 1:
            keep = False
        elif relation == 0 and letters[i, 1] == other_letters[j, 1] and (last or ends[j] & 2):
            keep = True
        else:
            at, other_at = (i, j) if relation == 0 else (facts[i].own, other_facts[j].own)
            shorter, longer = letters[at, 0], other_letters[other_at, 0]
            if longer < shorter:
                shorter, longer = longer, shorter
            allowed = edits_allowed(shorter)
            keep = allowed > 0 and longer - shorter <= allowed
            if keep:
                keep = edits(letters[at], other_letters[other_at], False, masks) <= allowed
        if keep:
            found[count] = j
            count += 1
    return count


@kernel
def ends_name(names: Any, name: int, unit: Any) -> bool:
    """Whether a unit is the last token of a name that may be cut, or the whole name as a run."""
    if unit.count > 1:
        return bool(unit.count == names.counts[name])
    return bool(names.cut[name] and unit.start == names.counts[name] - 1)


@part
def add_top(tops: Any, place: int, own: int, gain: int) -> None:
    """Keep the two most that a place of the query name earns at two places of the listed name, and the first of those.

    Args:
        tops: int32 `(places, 3)`: the most, where, the most elsewhere.
        place: Of the query name.
        own: Of the listed name.
        gain: What they earn together, above 0.
    """
    if tops[place, 0] == 0 or own == tops[place, 1]:
        tops[place, 0], tops[place, 1] = max(tops[place, 0], gain), own
    elif gain > tops[place, 0]:
        tops[place, 2] = tops[place, 0]
        tops[place, 0], tops[place, 1] = gain, own
    else:
        tops[place, 2] = max(tops[place, 2], gain)


@kernel
def evidence_of(tops: Any, n_places: int) -> int:
    """First-stage evidence from the tops of each place of the query name."""
    in_all, found = 0, 0
    for place in range(n_places):
        in_all += tops[place, 0]
        found = max(found, tops[place, 0])
    for one in range(n_places):
        for other in range(one):
            first, second = tops[one, 0], tops[other, 0]
            if first == 0 or second == 0:
                continue
            both = first + second
            if tops[one, 1] == tops[other, 1]:
                both = 0
                if tops[other, 2] > 0:
                    both = first + tops[other, 2]
                if tops[one, 2] > 0:
                    both = max(both, second + tops[one, 2])
            if both > 0:
                found = max(found, in_all - first - second + both)
    return int(found)


@kernel
def note_agreement(listed: Any, name: int, row: int, place: int, as_end: bool, gain: int, full: int, tops: Any,
                   covers: Any) -> bool:  # fmt: skip
    """Keep what a row earns and covers at the places of a listed name where it begins; False for none.

    Args:
        listed: The list's `NameForms`.
        name: The name.
        row: The row.
        place: Of the query name.
        as_end: Whether it agrees only where it `ends_name`.
        gain: What it earns.
        full: Tokens that it covers as a full agreement.
        tops: As for `add_top`.
        covers: The most covered at each place of the listed name.
    """
    found = False
    for at in range(listed.starts[name], listed.starts[name + 1]):
        unit = listed.units[at]
        if unit.row == row and (not as_end or ends_name(listed, name, unit)):
            found = True
            if gain > 0:
                add_top(tops, place, unit.start, gain)
            covers[unit.start] = max(covers[unit.start], full)
    return found


def scan_scratch(n_rows: int, n_names: int) -> tuple[Any, ...]:
    """Scratch of `first_stage` for a list of so many rows and names."""
    return (
        np.zeros(n_rows, np.int32),
        np.zeros(2, np.int32),
        np.empty(n_rows + 1, np.int32),
        np.empty(MAX_KEYS, np.uint64),
        *(np.zeros(n_names, np.int32) for _ in range(5)),
        np.zeros((n_names, MAX_TOKENS, 3), np.int32),
        np.zeros((n_names, MAX_TOKENS), np.int32),
    )


@kernel
def first_stage(queries: Any, q: int, listed: Any, ends: Any, directory: Any, partners: Any, posting_starts: Any,
                postings: Any, model: Any, every: bool, state: Any, out: Any) -> int:  # fmt: skip
    """First-stage evidence of one query name against every listed name that it agrees with anywhere.

    Args:
        queries: A `NameForms`.
        q: The query name.
        listed: The list's `NameForms`.
        ends: uint8 a listed row; bit 0: a token; bit 1: the last of a name that may be cut.
        directory: The vocabulary's `Directory`.
        partners: Attested keys, partners, tops.
        posting_starts: Where each row's names begin.
        postings: Names of each row.
        model: Arrays of the model.
        every: Look at every row instead of the directory's (the full scan).
        state: From `scan_scratch`; one state serves many calls.
        out: int32 `(names, 4)` or wider: receives name, evidence, strongest agreement, tokens under full agreements.

    Returns:
        How many names were written, in no order.
    """
    (stamps, counters, found, keys, strongest, covered, full_at_place, place_stamps, touched, tops,
     listed_covers) = state  # fmt: skip
    scratch = pair_scratch()
    units = queries.units[queries.starts[q] : queries.starts[q + 1]]
    n_left = queries.counts[q]
    n_touched = 0
    for place in range(n_left):
        counters[1] += 1
        for a in range(len(units)):
            if units[a].start != place:
                continue
            i = units[a].row
            last = ends_name(queries, q, units[a])
            if every:
                count = rows_that_may_agree(queries.letters, queries.facts, i, last, listed.letters, listed.facts, ends,
                                            scratch[0], found)  # fmt: skip
            else:
                counters[0] += 1
                count = candidates_of(queries.letters, queries.facts, i, 2 if last else 0, directory, partners, stamps,
                                      counters[0], keys, found)  # fmt: skip
            for f in range(count):
                j = found[f]
                weight, is_full, as_end = unit_weight(
                    queries.letters, queries.facts, i, units[a].count > 1, units[a].reading, last, listed.letters,
                    listed.facts, j, (ends[j] >> 1) & 1, model, scratch,
                )  # fmt: skip
                full = max(units[a].count, listed.facts[j].tokens) if is_full else 0
                if weight <= 0 and full == 0:
                    continue
                gain = max(weight, 0)
                for p in range(posting_starts[j], posting_starts[j + 1]):
                    name = postings[p]
                    if not note_agreement(listed, name, j, place, as_end, gain, full, tops[name], listed_covers[name]):
                        continue
                    if strongest[name] == 0:
                        touched[n_touched] = name
                        n_touched += 1
                        strongest[name] = -1  # touched
                    if gain > 0:
                        strongest[name] = max(strongest[name], gain)
                    if place_stamps[name] != counters[1]:
                        place_stamps[name] = counters[1]
                        full_at_place[name] = 0
                    if full > full_at_place[name]:
                        covered[name] += full - full_at_place[name]
                        full_at_place[name] = full
    for t in range(n_touched):
        name = touched[t]
        out[t, 0], out[t, 2] = name, max(strongest[name], 0)
        out[t, 1] = evidence_of(tops[name], n_left)
        out[t, 3] = min(covered[name], listed_covers[name].sum())
        strongest[name], covered[name] = 0, 0
        tops[name], listed_covers[name] = 0, 0
    return n_touched
