"""Compiled search: the names that may be comparable with a query name, and their first-stage evidence, exactly.

A name is wanted when its evidence reaches the floor (rule 3 a), or when full agreements may cover it (d). Both ask two
places of either name. So a wanted name agrees with one place of the query by the floor; or with a run of its tokens; or
it holds two tokens that agree with two places of the query, and names are listed by such pairs (`index.pair_kernels`).
Where a query has too many pairs, postings are walked instead: each place has a *reserve*, what it may add unwalked;
all reserves sum to less than the floor, so a name that agrees nowhere with more than one stays below it. The
greatest posting lists are left out first. The names that were met are completed from their own units, which gives what
the full scan gives (`name_kernels.first_stage`). Who was born at another time than the traveller needs more evidence:
what was met of a name bounds it, so that most of those aren't completed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.candidates.meeting_kernels import (
    AS_END,
    COVER,
    ENTRY_COLUMNS,
    IS_RUN,
    PLACE,
    POSTINGS,
    REACHED,
    ROW,
    WEIGHT,
    choose_reserves,
    look_up_pairs,
    look_up_single,
    pairs_are_fewer,
    walk_postings,
    walk_runs,
    write_most,
)
from matcher.candidates.name_kernels import add_top, ends_name, evidence_of
from matcher.candidates.neighbour_kernels import NEAR_AS_END, NEAR_COVER, NEAR_ROW, NEAR_WEIGHT
from matcher.compare.birth_date_kernels import OPEN, stand_of
from matcher.jit import kernel
from matcher.score.edge_kernels import MAX_TOKENS

# What is found of a name: row, evidence, strongest agreement, tokens under full agreements, whether evidence is enough.
NAME, EVIDENCE, STRONGEST, COVERED, IS_ENOUGH = range(5)
FOUND_COLUMNS = 5


@kernel
def _first_full_then_heaviest(entries: Any) -> Any:
    """The order of entries by place, then full ones, then heavy ones."""
    keys = np.empty(len(entries), np.int64)
    for e in range(len(entries)):
        later = 0 if entries[e, COVER] else 1
        keys[e] = ((entries[e, PLACE] * 2 + later) << 32) - entries[e, WEIGHT]
    return np.argsort(keys)


@kernel
def gather_entries(queries: Any, q: int, spans: Any, neighbours: Any, listed: Any, posting_starts: Any) -> Any:
    """The neighbours of a query name's units: int32 `(n, ENTRY_COLUMNS)`, by place, full ones first, then heavy."""
    first, end = queries.starts[q], queries.starts[q + 1]
    total = 0
    for u in range(first, end):
        total += spans[u, 1] - spans[u, 0]
    entries = np.empty((total, ENTRY_COLUMNS), np.int32)
    n = 0
    for u in range(first, end):
        for at in range(spans[u, 0], spans[u, 1]):
            row = neighbours[at, NEAR_ROW]
            entries[n, PLACE], entries[n, ROW] = queries.units[u].start, row
            entries[n, WEIGHT], entries[n, COVER] = neighbours[at, NEAR_WEIGHT], neighbours[at, NEAR_COVER]
            entries[n, AS_END] = neighbours[at, NEAR_AS_END]
            entries[n, POSTINGS] = posting_starts[row + 1] - posting_starts[row]
            entries[n, IS_RUN] = 1 if listed.facts[row].tokens > 1 else 0
            n += 1
    return entries[_first_full_then_heaviest(entries)]


@kernel
def complete(listed: Any, name: int, entries: Any, order: Any, heads: Any, n_places: int, tops: Any,
             covers: Any, out: Any) -> None:  # fmt: skip
    """Write the evidence of a name, its strongest agreement and the tokens under full ones, from the name's units.

    Args:
        listed: The list's `NameForms`.
        name: The name.
        entries: From `gather_entries`.
        order: From `link_rows`.
        heads: From `link_rows`.
        n_places: Tokens of the query name.
        tops: Scratch of `add_top`, `(MAX_TOKENS, 3)`.
        covers: Scratch `(2, MAX_TOKENS)`: the most covered by place of the query name, and of the listed.
        out: Receives them, the name first.
    """
    n_own = listed.counts[name]
    tops[:n_places] = 0
    covers[0, :n_places] = 0
    covers[1, :n_own] = 0
    mask = len(heads) - 1
    for u in range(listed.starts[name], listed.starts[name + 1]):
        row = listed.units[u].row
        slot = (row * 40503) & mask
        while heads[slot, 0] >= 0 and heads[slot, 0] != row:
            slot = (slot + 1) & mask
        if heads[slot, 0] < 0:
            continue
        at = heads[slot, 1]
        while at < len(order) and entries[order[at], ROW] == row:
            e = order[at]
            at += 1
            if entries[e, AS_END] and not ends_name(listed, name, listed.units[u]):
                continue
            place, own = entries[e, PLACE], listed.units[u].start
            if entries[e, WEIGHT] > 0:
                add_top(tops, place, own, entries[e, WEIGHT])
            covers[0, place] = max(covers[0, place], entries[e, COVER])
            covers[1, own] = max(covers[1, own], entries[e, COVER])
    out[NAME], out[EVIDENCE] = name, evidence_of(tops, n_places)
    out[STRONGEST] = tops[:n_places, 0].max()
    out[COVERED] = min(covers[0, :n_places].sum(), covers[1, :n_own].sum())


@kernel
def link_rows(entries: Any) -> Any:
    """The order of entries by row, and a hash table from a row to its first place in it."""
    order = np.argsort(entries[:, ROW])
    size = 16
    while size < 2 * len(entries):
        size *= 2
    heads = np.full((size, 2), -1, np.int32)
    for at in range(len(order)):
        row = entries[order[at], ROW]
        if at and entries[order[at - 1], ROW] == row:
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
def search_names(queries: Any, first: int, end: int, spans: Any, neighbours: Any, listed: Any, posting_starts: Any,
                 postings: Any, pairs: Any, born: Any, floors: Any, state: Any) -> Any:  # fmt: skip
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
        born: Entry row of each name; dates of the entries and of these query names, as for `stand_of`.
        floors: int32 `(query names, STANDS)`: the least evidence by how the dates stand, in 1/1024 bit, above 0; the
            least of all where they are `OPEN`.
        state: Scratch: int32 `(names, MARKS)`, a name's marks side by side in memory; the names met; the last stamp.

    Returns:
        int64 `(names + 1,)`: where what was found for each query begins; int32 `(found, FOUND_COLUMNS)`.
    """
    marks, met, last_stamp = state
    entry_rows, dates, asked = born
    reserves, rests = np.empty(MAX_TOKENS, np.int64), np.empty(MAX_TOKENS, np.int64)
    tops, covers = np.empty((MAX_TOKENS, 3), np.int64), np.empty((2, MAX_TOKENS), np.int64)
    most_of_places = np.empty(MAX_TOKENS, np.int64)
    starts = np.zeros(end - first + 1, np.int64)
    out = np.empty((64 + 8 * (end - first), FOUND_COLUMNS), np.int32)
    n = 0
    for q in range(first, end):
        n_left, floor = queries.counts[q], int(floors[q - first, OPEN])
        entries = gather_entries(queries, q, spans, neighbours, listed, posting_starts)
        if n_left == 0 or len(entries) == 0:
            starts[q - first + 1] = n
            continue
        reserve = choose_reserves(entries, n_left, floor, reserves)
        in_all = write_most(entries, n_left, most_of_places)
        by_weight = pairs_are_fewer(entries, reserves, floor)
        rests[:n_left] = 0
        if by_weight:
            reserve = floor - 1
            reserves[:n_left] = reserve
            rests[:n_left] = in_all - most_of_places[:n_left]
        last_stamp[0] += 1
        stamp = last_stamp[0]
        n_met = walk_postings(entries, reserves, rests, posting_starts, postings, marks, stamp, met)
        if by_weight:
            n_met = walk_runs(
                entries, most_of_places, in_all, floor, posting_starts, postings, marks, stamp, met, n_met
            )
        if n_left == 1:
            n_met = look_up_single(entries, pairs, marks, stamp, met, n_met)
        n_met = look_up_pairs(entries, most_of_places, in_all, floor, by_weight, pairs, marks, stamp, met, n_met)
        order, heads = link_rows(entries)
        is_one_floor = floors[q - first].max() == floor
        for at in range(n_met):
            name = met[at]
            most, needed = marks[name, REACHED] + reserve, floor
            if most < floor:
                continue
            if not is_one_floor:
                needed = floors[q - first, stand_of(dates, entry_rows[name], asked, q - first)]
                if most < needed:
                    continue
            if n == len(out):
                longer = np.empty((2 * n, FOUND_COLUMNS), np.int32)
                longer[:n] = out
                out = longer
            complete(listed, name, entries, order, heads, n_left, tops, covers, out[n])
            out[n, IS_ENOUGH] = 1 if out[n, EVIDENCE] >= needed else 0
            if out[n, IS_ENOUGH] or out[n, COVERED] >= needed_cover(n_left, listed.counts[name]):
                n += 1
        starts[q - first + 1] = n
    return starts, out[:n].copy()


@kernel
def strongest_of(queries: Any, q: int, spans: Any, neighbours: Any, listed: Any, posting_starts: Any,
                 names: Any) -> Any:  # fmt: skip
    """The strongest agreement of a query name with each of some names, in 1/1024 bit."""
    entries = gather_entries(queries, q, spans, neighbours, listed, posting_starts)
    order, heads = link_rows(entries)
    tops, covers = np.empty((MAX_TOKENS, 3), np.int64), np.empty((2, MAX_TOKENS), np.int64)
    found = np.empty(FOUND_COLUMNS, np.int32)
    out = np.zeros(len(names), np.int32)
    for at in range(len(names)):
        complete(listed, names[at], entries, order, heads, queries.counts[q], tops, covers, found)
        out[at] = found[STRONGEST]
    return out
