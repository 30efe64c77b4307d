"""Compiled neighbours: the rows of a list that earn something with a unit of a query name, found by keys and bounds.

Most rows that share a key with a query row can't weigh above 0 beside it, whatever their letters cost: their briefs say
so (`bounds`). The rest is weighed as the full scan weighs it (`name_kernels.unit_weight`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.candidates.bound_kernels import (
    begins_it,
    may_agree,
    may_begin_it,
    may_weigh,
    nearness,
)
from matcher.candidates.name_kernels import ends_name, pair_scratch, unit_weight
from matcher.compare.brief_kernels import (
    brief_of,
    is_initial_in,
    is_several_in,
    same_letters,
    script_in,
    symbols_in,
)
from matcher.compare.letter_bound_kernels import COUNT, HELD, can_hold
from matcher.compare.token_kernels import (
    LATIN,
    is_initial,
    relation_of,
)
from matcher.index.agreement_kernels import MAX_GROUPS, MAX_KEYS, begun_by, groups_of, keyed_of, partners_of
from matcher.jit import kernel

u64 = np.uint64
NEAR_ROW, NEAR_WEIGHT, NEAR_COVER, NEAR_AS_END = range(4)  # columns of a neighbour
NEAR_COLUMNS = 4


@kernel
def keep_near(queries: Any, i: int, held: Any, last: bool, listed: Any, briefs: Any, first: int, count: int, found: Any,
              bounds: Any, model: Any, scratch: Any) -> int:  # fmt: skip
    """Of rows that are not attested with a query row, keep those that may weigh above 0 with it or be its spelling.

    Args:
        queries: A `NameForms`.
        i: The query row.
        held: Its own letters, room to hold it, the table and the relation under which it is held, -1 for none.
        last: Whether it is the last token of a name that may be cut.
        listed: The list's `NameForms`.
        briefs: Of the list's rows.
        first: Where rows begin in `found`.
        count: Where they end.
        found: Rows; those kept are moved to the front, from `first` on.
        bounds: A `WeightBounds`.
        model: Arrays of the model.
        scratch: Masks of `edits`, and of an alignment.

    Returns:
        Where those that are kept end.
    """
    skeleton = u64(queries.facts[i].skeleton)
    word = brief_of(queries.letters, queries.facts, i, 0)
    kept = first
    for f in range(first, count):
        j = found[f]
        other = briefs[j, 1]
        keep = same_letters(word, other)
        relation = relation_of(script_in(word), script_in(other))
        if not keep and is_initial_in(other):
            keep = bounds.initials
        elif not keep:
            keep = may_begin_it(word, other, last, relation, bounds.prefixes) and begins_it(
                queries.letters, i, last, listed.letters, j
            )
            near = nearness(skeleton, symbols_in(word), briefs[j, 0], symbols_in(other))
            if not keep and may_agree(word, other, relation, near):
                keep = may_weigh(queries, i, held, listed, j, word, other, relation, near, bounds, model, scratch)
        if keep:
            found[kept] = j
            kept += 1
    return kept


@kernel
def keep_of_groups(queries: Any, i: int, held: Any, runs: bool, last: bool, listed: Any, briefs: Any, groups: Any,
                   n_groups: int, stamps: Any, stamp: int, found: Any, count: int, bounds: Any, model: Any,
                   scratch: Any) -> int:  # fmt: skip
    """Append the rows of skeleton buckets that were not found yet and that `keep_near` would keep.

    Args:
        queries: A `NameForms`.
        i: The query row, no initial.
        held: Its own letters, room to hold it, the table and the relation under which it is held, -1 for none.
        runs: Whether it meets runs too.
        last: Whether it is the last token of a name that may be cut.
        listed: The list's `NameForms`.
        briefs: Of the list's rows.
        groups: From `groups_of`.
        n_groups: How many.
        stamps: A stamp a row.
        stamp: This call's.
        found: Receives the rows.
        count: How many there are already.
        bounds: A `WeightBounds`.
        model: Arrays of the model.
        scratch: Masks of `edits`, and of an alignment.

    Returns:
        How many rows there are now.
    """
    word = brief_of(queries.letters, queries.facts, i, 0)
    for g in range(n_groups):
        skeleton = u64(groups[g, 0])
        near = 0 if skeleton == u64(queries.facts[i].skeleton) else 1
        for j in range(groups[g, 1], groups[g, 2]):
            other = briefs[j, 1]
            if briefs[j, 0] != skeleton or is_initial_in(other):
                continue
            if is_several_in(other) and not runs:
                continue
            if stamps[j] == stamp:
                continue
            relation = relation_of(script_in(word), script_in(other))
            keep = same_letters(word, other) or (
                may_begin_it(word, other, last, relation, bounds.prefixes)
                and begins_it(queries.letters, i, last, listed.letters, j)
            )
            if not keep:
                keep = may_weigh(queries, i, held, listed, j, word, other, relation, near, bounds, model, scratch)
            if keep:
                stamps[j] = stamp
                found[count] = j
                count += 1
    return count


@kernel
def find_neighbours(queries: Any, wanted: Any, listed: Any, briefs: Any, ends: Any, directory: Any, partners: Any,
                    model: Any, bounds: Any, state: Any) -> Any:  # fmt: skip
    """Every row of a list that weighs above 0 with a unit of a query name, or is a spelling of it.

    Args:
        queries: A `NameForms`.
        wanted: int64 `(n, 2)`: a unit, and whether it `ends_name`.
        listed: The list's `NameForms`.
        briefs: Of the list's rows.
        ends: uint8 a listed row; bit 1: the last of a name that may be cut.
        directory: The vocabulary's `Directory`.
        partners: Attested keys, partners, tops.
        model: Arrays of the model.
        bounds: The model's `WeightBounds`.
        state: Scratch: stamps a row, the last stamp, rows found.

    Returns:
        int64 `(n + 1,)`: where the neighbours of each unit begin; int32 `(neighbours, NEAR_COLUMNS)`: row, weight,
        tokens of either side that a full agreement covers (0: it isn't full), whether it agrees only as a cut end.
    """
    stamps, last_stamp, found = state
    scratch = pair_scratch()
    keys, groups = np.empty(MAX_KEYS, np.uint64), np.empty((MAX_GROUPS, 3), np.int64)
    hand = np.zeros(HELD, np.int32)
    starts = np.zeros(len(wanted) + 1, np.int64)
    out = np.empty((64 + 16 * len(wanted), NEAR_COLUMNS), np.int32)
    n = 0
    for w in range(len(wanted)):
        unit = queries.units[wanted[w, 0]]
        last = wanted[w, 1] != 0
        i = unit.row
        last_stamp[0] += 1
        if is_initial(queries.letters, queries.facts, i):
            count = begun_by(queries.letters, i, bounds.initials, directory, stamps, last_stamp[0], found)
        else:
            facts = queries.facts
            n_attested = partners_of(facts, i, directory, partners, stamps, last_stamp[0], found, 0)
            runs = unit.count == 1 or last
            words = directory.skeletons if runs else directory.tokens
            n_groups = groups_of(u64(facts[i].skeleton), facts[i].symbols, words, directory.skeleton_starts, groups)
            relation = relation_of(facts[i].script, LATIN)
            table = model[1][model[2][relation] : model[2][relation + 1]]
            if relation == 0 or not can_hold(table):
                relation = -1
            hand[COUNT] = 0
            held = (queries.letters[facts[i].own], hand, table, relation)
            n_alike = keep_of_groups(queries, i, held, runs, last, listed, briefs, groups, n_groups, stamps,
                                     last_stamp[0], found, n_attested, bounds, model, scratch[:2])  # fmt: skip
            count = keyed_of(queries.letters, facts, i, 2 if last else 0, directory, stamps, last_stamp[0], keys, found,
                             n_alike)  # fmt: skip
            count = keep_near(queries, i, held, last, listed, briefs, n_alike, count, found, bounds, model, scratch[:2])
        for f in range(count):
            j = found[f]
            weight, is_full, as_end = unit_weight(
                queries.letters, queries.facts, i, unit.count > 1, unit.reading, last, listed.letters, listed.facts,
                j, (ends[j] >> 1) & 1, model, scratch,
            )  # fmt: skip
            if weight <= 0 and not is_full:
                continue
            if n == len(out):
                longer = np.empty((2 * n, NEAR_COLUMNS), np.int32)
                longer[:n] = out
                out = longer
            out[n, NEAR_ROW], out[n, NEAR_WEIGHT] = j, max(weight, 0)
            out[n, NEAR_COVER] = max(unit.count, listed.facts[j].tokens) if is_full else 0
            out[n, NEAR_AS_END] = 1 if as_end else 0
            n += 1
        starts[w + 1] = n
    return starts, out[:n].copy()


@kernel
def ending_units(queries: Any, owners: Any) -> Any:
    """Whether each unit `ends_name`; `owners`: the name of each unit."""
    found = np.zeros(len(queries.units), np.uint8)
    for u in range(len(queries.units)):
        found[u] = 1 if ends_name(queries, owners[u], queries.units[u]) else 0
    return found
