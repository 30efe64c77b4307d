"""Compiled search: the names that may be comparable with a query name, and their first-stage evidence, exactly.

A name is wanted when its evidence reaches the floor (rule 3 a), or when full agreements may cover it (d). Both have a
bound that needs no more than some of the postings:

1. Each place of the query name gets a *reserve*: what it may add without its postings being walked. The reserves sum
   to less than the floor, so a name that agrees nowhere with more than the reserve stays below it. The greatest posting
   lists are left out first.
2. Full agreements cover a name (d) only where a run of two tokens agrees fully, which is walked, or where two tokens at
   two places of either name do, and the names that hold those two are listed (`index.pair_kernels`).
3. The names that were met are summed up by what was walked, with the reserves for the rest; those that still may be
   wanted are completed from their own units, which gives what the full scan gives (`name_kernels.first_stage`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.candidates.name_kernels import is_end_of
from matcher.candidates.neighbour_kernels import NEAR_AS_END, NEAR_COVER, NEAR_ROW, NEAR_WEIGHT
from matcher.index.pair_kernels import bucket_of_pair
from matcher.jit import kernel
from matcher.score.alignment_kernels import MAX_TOKENS

STEPS = 32  # reserves are raised so often at most
STAMP, REACHED = range(2)  # marks of a name: when it was met, what was walked of its weight
MARKS = 2
MOST_REACHED = 1 << 29
FOUND_COLUMNS = 4  # of what is found: name, evidence, strongest agreement, tokens under full agreements


@kernel
def gather_entries(queries: Any, q: int, spans: Any, neighbours: Any, posting_starts: Any) -> Any:
    """The neighbours of a query name's units: int32 `(n, 6)`: place, row, weight, cover, as a cut end, postings."""
    first, end = queries.starts[q], queries.starts[q + 1]
    total = 0
    for u in range(first, end):
        total += spans[u, 1] - spans[u, 0]
    entries = np.empty((total, 6), np.int32)
    n = 0
    for u in range(first, end):
        for at in range(spans[u, 0], spans[u, 1]):
            row = neighbours[at, NEAR_ROW]
            entries[n, 0], entries[n, 1] = queries.units[u].start, row
            entries[n, 2], entries[n, 3] = neighbours[at, NEAR_WEIGHT], neighbours[at, NEAR_COVER]
            entries[n, 4] = neighbours[at, NEAR_AS_END]
            entries[n, 5] = posting_starts[row + 1] - posting_starts[row]
            n += 1
    return entries


@kernel
def choose_reserves(entries: Any, n_places: int, floor: int, reserves: Any) -> int:
    """Give each place its reserve; return their sum, which is below the floor.

    Again and again the place and weight are taken that leave out the most postings for a bit of reserve.
    """
    for place in range(n_places):
        reserves[place] = 0
    order = np.argsort(entries[:, 0].astype(np.int64) * (1 << 32) + entries[:, 2])
    total = 0
    for _ in range(STEPS):
        best, best_place, best_weight = 0.0, -1, 0
        place, saved = -1, 0
        for at in range(len(order)):
            e = order[at]
            if entries[e, 0] != place:
                place, saved = entries[e, 0], 0
            step = entries[e, 2] - reserves[place]
            if step <= 0 or total + step >= floor:
                continue
            saved += entries[e, 5]
            if saved / step > best:
                best, best_place, best_weight = saved / step, place, entries[e, 2]
        if best_place < 0:
            break
        total += best_weight - reserves[best_place]
        reserves[best_place] = best_weight
    return total


@kernel
def complete(listed: Any, name: int, entries: Any, order: Any, heads: Any, n_places: int, weights: Any, covers: Any,
             out: Any) -> None:  # fmt: skip
    """Write the evidence of a name, its strongest agreement and the tokens under full ones, from the name's units.

    Args:
        listed: The list's `NameForms`.
        name: The name.
        entries: From `gather_entries`.
        order: From `link_rows`.
        heads: From `link_rows`.
        n_places: Tokens of the query name.
        weights: Scratch of `MAX_TOKENS`.
        covers: Scratch of two times `MAX_TOKENS`: by place of the query name, then of the listed one.
        out: Receives them, the name first.
    """
    for place in range(n_places):
        weights[place], covers[place] = 0, 0
    for place in range(MAX_TOKENS, MAX_TOKENS + listed.counts[name]):
        covers[place] = 0
    mask = len(heads) - 1
    for u in range(listed.starts[name], listed.starts[name + 1]):
        row = listed.units[u].row
        slot = (row * 40503) & mask
        while heads[slot, 0] >= 0 and heads[slot, 0] != row:
            slot = (slot + 1) & mask
        if heads[slot, 0] < 0:
            continue
        at = heads[slot, 1]
        while at < len(order) and entries[order[at], 1] == row:
            e = order[at]
            at += 1
            if entries[e, 4] and not is_end_of(listed, name, row):
                continue
            place = entries[e, 0]
            weights[place] = max(weights[place], entries[e, 2])
            covers[place] = max(covers[place], entries[e, 3])
            own = MAX_TOKENS + listed.units[u].start
            covers[own] = max(covers[own], entries[e, 3])
    out[0], out[1], out[2], out[3] = name, 0, 0, 0
    for place in range(n_places):
        out[1] += weights[place]
        out[2] = max(out[2], weights[place])
        out[3] += covers[place]
    covered = 0
    for place in range(MAX_TOKENS, MAX_TOKENS + listed.counts[name]):
        covered += covers[place]
    out[3] = min(out[3], covered)


@kernel
def link_rows(entries: Any) -> Any:
    """The order of entries by row, and a hash table from a row to its first place in it."""
    order = np.argsort(entries[:, 1])
    size = 16
    while size < 2 * len(entries):
        size *= 2
    heads = np.full((size, 2), -1, np.int32)
    for at in range(len(order)):
        row = entries[order[at], 1]
        if at and entries[order[at - 1], 1] == row:
            continue
        slot = (row * 40503) & (size - 1)
        while heads[slot, 0] >= 0:
            slot = (slot + 1) & (size - 1)
        heads[slot, 0], heads[slot, 1] = row, at
    return order, heads


@kernel
def needed_cover(n_left: int, n_right: int) -> int:
    """How many tokens full agreements must cover: those of the shorter name, two at least, one where both have one."""
    if n_left == 1 and n_right == 1:
        return 1
    return max(min(n_left, n_right), 2)


@kernel
def _meet(name: int, gain: int, marks: Any, stamp: int, met: Any, n_met: int) -> int:
    """Note that a name was met and what it gained; return how many were met."""
    if marks[name, STAMP] != stamp:
        marks[name, STAMP] = stamp
        marks[name, REACHED] = 0
        met[n_met] = name
        n_met += 1
    marks[name, REACHED] = min(marks[name, REACHED] + gain, MOST_REACHED)
    return n_met


@kernel
def walk_postings(entries: Any, reserves: Any, posting_starts: Any, postings: Any, enough: int, marks: Any, stamp: int,
                  met: Any) -> int:  # fmt: skip
    """Meet the names that agree with more than a reserve, or fully with a run; return how many were met.

    Args:
        entries: From `gather_entries`.
        reserves: Of each place.
        posting_starts: Where each row's names begin.
        postings: Names of each row.
        enough: What a name is given that may be covered by a run.
        marks: Of the names.
        stamp: This call's.
        met: Receives the names.
    """
    n_met = 0
    for e in range(len(entries)):
        row = entries[e, 1]
        gain = max(entries[e, 2] - reserves[entries[e, 0]], 0)
        if entries[e, 3] > 1:
            gain += enough
        if gain > 0:
            for p in range(posting_starts[row], posting_starts[row + 1]):
                n_met = _meet(postings[p], gain, marks, stamp, met, n_met)
    return n_met


@kernel
def look_up_pairs(entries: Any, n_places: int, pairs: Any, enough: int, marks: Any, stamp: int, met: Any,
                  n_met: int) -> int:  # fmt: skip
    """Meet the names that hold tokens which agree fully with two places of the query name; return how many were met.

    Args:
        entries: From `gather_entries`.
        n_places: Tokens of the query name; a name of one token asks for names of one.
        pairs: The list's `Pairs`.
        enough: What such a name is given.
        marks: Of the names.
        stamp: This call's.
        met: The names that were met already, and receives others.
        n_met: How many there are already.
    """
    for e in range(len(entries)):
        if entries[e, 3] != 1:
            continue
        for f in range(e, e + 1 if n_places == 1 else len(entries)):
            if n_places > 1 and (entries[f, 3] != 1 or entries[f, 0] == entries[e, 0]):
                continue
            begin, behind = bucket_of_pair(pairs, entries[e, 1], entries[f, 1])
            for p in range(begin, behind):
                n_met = _meet(pairs.pair_names[p], enough, marks, stamp, met, n_met)
    return n_met


@kernel
def search_names(queries: Any, first: int, end: int, spans: Any, neighbours: Any, listed: Any, posting_starts: Any,
                 postings: Any, pairs: Any, floor: int, state: Any) -> Any:  # fmt: skip
    """Find the names that may be comparable with each of some query names.

    Args:
        queries: A `NameForms`.
        first: The first query name.
        end: Behind the last one.
        spans: int64 `(units, 2)`: where the neighbours of each unit begin and end.
        neighbours: From `neighbour_kernels.find_neighbours`.
        listed: The list's `NameForms`.
        posting_starts: Where each row's names begin.
        postings: Names of each row.
        pairs: The list's `Pairs`.
        floor: The least evidence, in 1/1024 bit, above 0.
        state: Scratch: int32 `(names, MARKS)`, a name's marks side by side in memory; the names met; the last stamp.

    Returns:
        int64 `(names + 1,)`: where what was found for each query begins; int32 `(found, FOUND_COLUMNS)`.
    """
    marks, met, last_stamp = state
    reserves = np.empty(MAX_TOKENS, np.int64)
    weights, covers = np.empty(MAX_TOKENS, np.int64), np.empty(2 * MAX_TOKENS, np.int64)
    starts = np.zeros(end - first + 1, np.int64)
    out = np.empty((64 + 8 * (end - first), FOUND_COLUMNS), np.int32)
    n = 0
    for q in range(first, end):
        n_left = queries.counts[q]
        entries = gather_entries(queries, q, spans, neighbours, posting_starts)
        if n_left == 0 or len(entries) == 0:
            starts[q - first + 1] = n
            continue
        reserve = choose_reserves(entries, n_left, floor, reserves)
        last_stamp[0] += 1
        stamp = last_stamp[0]
        n_met = walk_postings(entries, reserves, posting_starts, postings, floor - reserve, marks, stamp, met)
        n_met = look_up_pairs(entries, n_left, pairs, floor - reserve, marks, stamp, met, n_met)
        order, heads = link_rows(entries)
        for at in range(n_met):
            name = met[at]
            if marks[name, REACHED] + reserve < floor:
                continue
            if n == len(out):
                longer = np.empty((2 * n, FOUND_COLUMNS), np.int32)
                longer[:n] = out
                out = longer
            complete(listed, name, entries, order, heads, n_left, weights, covers, out[n])
            if out[n, 1] >= floor or out[n, 3] >= needed_cover(n_left, listed.counts[name]):
                n += 1
        starts[q - first + 1] = n
    return starts, out[:n].copy()


@kernel
def strongest_of(queries: Any, q: int, spans: Any, neighbours: Any, listed: Any, posting_starts: Any,
                 names: Any) -> Any:  # fmt: skip
    """The strongest agreement of a query name with each of some names, in 1/1024 bit."""
    entries = gather_entries(queries, q, spans, neighbours, posting_starts)
    order, heads = link_rows(entries)
    weights, covers = np.empty(MAX_TOKENS, np.int64), np.empty(2 * MAX_TOKENS, np.int64)
    found = np.empty(FOUND_COLUMNS, np.int32)
    out = np.zeros(len(names), np.int32)
    for at in range(len(names)):
        complete(listed, names[at], entries, order, heads, queries.counts[q], weights, covers, found)
        out[at] = found[2]
    return out
