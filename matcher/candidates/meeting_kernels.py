"""Compiled meeting: the names that may be wanted, met by walking postings or by looking up pairs of tokens.

`search_kernels` says which names are wanted, and completes those that were met.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.index.pair_kernels import bucket_of_pair
from matcher.jit import kernel

STEPS = 32  # reserves are raised so often at most
STAMP, REACHED = range(2)  # marks of a name: when it was met; the most evidence it may have, less all reserves
MARKS = 2
LINK = 8  # completing a name costs as much as looking up so many pairs
MOST_REACHED = 1 << 29
PLACE, ROW, WEIGHT, COVER, AS_END, POSTINGS, IS_RUN = range(7)  # columns of an entry
ENTRY_COLUMNS = 7


@kernel
def choose_reserves(entries: Any, n_places: int, floor: int, reserves: Any) -> int:
    """Give each place its reserve; return their sum, which is below the floor.

    Again and again the place and weight are taken that leave out the most postings for a bit of reserve.
    """
    for place in range(n_places):
        reserves[place] = 0
    order = np.argsort(entries[:, PLACE].astype(np.int64) * (1 << 32) + entries[:, WEIGHT])
    total = 0
    for _ in range(STEPS):
        best, best_place, best_weight = 0.0, -1, 0
        place, saved = -1, 0
        for at in range(len(order)):
            e = order[at]
            if entries[e, PLACE] != place:
                place, saved = entries[e, PLACE], 0
            step = entries[e, WEIGHT] - reserves[place]
            if step <= 0 or total + step >= floor:
                continue
            saved += entries[e, POSTINGS]
            if saved / step > best:
                best, best_place, best_weight = saved / step, place, entries[e, WEIGHT]
        if best_place < 0:
            break
        total += best_weight - reserves[best_place]
        reserves[best_place] = best_weight
    return total


@kernel
def write_most(entries: Any, n_places: int, most: Any) -> int:
    """Write the most that each place earns; return their sum."""
    most[:n_places] = 0
    for e in range(len(entries)):
        most[entries[e, PLACE]] = max(most[entries[e, PLACE]], entries[e, WEIGHT])
    return int(most[:n_places].sum())


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
def walk_postings(entries: Any, reserves: Any, rests: Any, posting_starts: Any, postings: Any, marks: Any, stamp: int,
                  met: Any) -> int:  # fmt: skip
    """Meet the names that agree with more than a reserve, or fully with a run; return how many were met.

    Args:
        entries: From `gather_entries`.
        reserves: Of each place.
        rests: Of each place: what its names may have beside, more than all reserves; 0 where places are summed up.
        posting_starts: Where each row's names begin.
        postings: Names of each row.
        marks: Of the names.
        stamp: This call's.
        met: Receives the names.
    """
    n_met = 0
    for e in range(len(entries)):
        row, place = entries[e, ROW], entries[e, PLACE]
        gain = entries[e, WEIGHT] - reserves[place]
        if gain > 0:
            gain += rests[place]
        if entries[e, COVER] > 1:
            gain = MOST_REACHED
        if gain > 0:
            for p in range(posting_starts[row], posting_starts[row + 1]):
                n_met = _meet(postings[p], gain, marks, stamp, met, n_met)
    return n_met


@kernel
def walk_runs(entries: Any, most_of_places: Any, in_all: int, floor: int, posting_starts: Any, postings: Any,
              marks: Any, stamp: int, met: Any, n_met: int) -> int:  # fmt: skip
    """Meet the names that agree with a run which may make them wanted; return how many were met."""
    for e in range(len(entries)):
        row = entries[e, ROW]
        if entries[e, IS_RUN] and entries[e, WEIGHT] + in_all - most_of_places[entries[e, PLACE]] >= floor:
            for p in range(posting_starts[row], posting_starts[row + 1]):
                n_met = _meet(postings[p], MOST_REACHED, marks, stamp, met, n_met)
    return n_met


@kernel
def look_up_pairs(entries: Any, most_of_places: Any, in_all: int, floor: int, by_weight: bool, pairs: Any, marks: Any,
                  stamp: int, met: Any, n_met: int) -> int:  # fmt: skip
    """Meet the names that hold two tokens which agree fully, or earn enough with what other places earn at most.

    Args:
        entries: From `gather_entries`.
        most_of_places: The most that each place of the query name earns.
        in_all: Their sum.
        floor: The least evidence.
        by_weight: Look for names by what they earn, not only by full agreements; all reserves are `floor` - 1 then.
        pairs: The list's `Pairs`.
        marks: Of the names.
        stamp: This call's.
        met: The names that were met already, and receives others.
        n_met: How many there are already.

    Returns:
        How many were met.
    """
    for e in range(len(entries)):
        place, weight, full = entries[e, PLACE], entries[e, WEIGHT], entries[e, COVER] == 1
        if entries[e, IS_RUN] or not (full or by_weight):
            continue
        f = e + 1
        while f < len(entries):
            other = entries[f, PLACE]
            most = weight + entries[f, WEIGHT] + in_all - most_of_places[place] - most_of_places[other]
            is_wanted = by_weight and most >= floor and weight > 0 and entries[f, WEIGHT] > 0
            is_over = entries[f, COVER] == 0 and not is_wanted  # those behind it at its place earn less
            if other == place or is_over:
                while f < len(entries) and entries[f, PLACE] == other:
                    f += 1
                continue
            both_full = full and entries[f, COVER] == 1
            if not entries[f, IS_RUN] and (is_wanted or both_full):
                gain = MOST_REACHED if both_full else most - floor + 1
                begin, behind = bucket_of_pair(pairs, entries[e, ROW], entries[f, ROW])
                for p in range(begin, behind):
                    n_met = _meet(pairs.pair_names[p], gain, marks, stamp, met, n_met)
            f += 1
    return n_met


@kernel
def look_up_single(entries: Any, pairs: Any, marks: Any, stamp: int, met: Any, n_met: int) -> int:
    """Meet the names of one token that agree fully with the only place of a query name; return how many were met."""
    for e in range(len(entries)):
        if entries[e, COVER] == 1:
            begin, behind = bucket_of_pair(pairs, entries[e, ROW], entries[e, ROW])
            for p in range(begin, behind):
                n_met = _meet(pairs.pair_names[p], MOST_REACHED, marks, stamp, met, n_met)
    return n_met


@kernel
def pairs_are_fewer(entries: Any, reserves: Any, floor: int) -> bool:
    """Whether looking up every pair surely takes less than walking the postings that the reserves leave."""
    saved = 0
    for e in range(len(entries)):
        if reserves[entries[e, PLACE]] < entries[e, WEIGHT] < floor:
            saved += entries[e, POSTINGS]
    return len(entries) * len(entries) <= 2 * LINK * saved
