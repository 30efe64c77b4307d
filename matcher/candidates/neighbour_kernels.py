"""Compiled neighbours: the rows of a list that earn something with a unit of a query name, found by keys and bounds.

Most rows that share a key with a query row can't weigh above 0 beside it, whatever their letters cost: their briefs say
so (`bounds`). The rest is weighed as the full scan weighs it (`name_kernels.unit_weight`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.candidates.bound_kernels import (
    begins_it,
    least_distance,
    least_needed,
    letters_may_do,
    may_agree,
    may_begin_it,
    most_evidence,
    nearness,
    spelled_too_far,
    top_evidence,
)
from matcher.candidates.name_kernels import ends_name, pair_scratch, unit_weight
from matcher.compare.brief_kernels import (
    FAR,
    brief_of,
    is_initial_in,
    is_several_in,
    least_edits,
    same_letters,
    script_in,
    symbols_in,
)
from matcher.compare.kernels import edits
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
SURE = 1 << 30  # in place of the most evidence of rows that are kept whatever their letters cost


@kernel
def add_groups(queries: Any, i: int, runs: bool, last: bool, listed: Any, briefs: Any, groups: Any, n_groups: int,
               stamps: Any, stamp: int, found: Any, mosts: Any, count: int, bounds: Any) -> int:  # fmt: skip
    """Append the rows of skeleton buckets that were not found yet and that their briefs don't rule out.

    Args:
        queries: A `NameForms`.
        i: The query row, no initial.
        runs: Whether it meets runs too.
        last: Whether it is the last token of a name that may be cut.
        listed: The list's `NameForms`.
        briefs: Of the list's rows.
        groups: From `groups_of`.
        n_groups: How many.
        stamps: A stamp a row.
        stamp: This call's.
        found: Receives the rows.
        mosts: Receives the most evidence of each, `SURE` for those that are kept whatever their letters cost.
        count: How many there are already.
        bounds: A `WeightBounds`.

    Returns:
        How many rows there are now.
    """
    tables, needs, prefixes = (bounds.tops, bounds.skeletons, bounds.endings), bounds.needed, bounds.prefixes
    letters, listed_letters = queries.letters, listed.letters
    word = brief_of(letters, queries.facts, i, 0)
    for g in range(n_groups):
        skeleton = u64(groups[g, 0])
        near = 0 if skeleton == u64(queries.facts[i].skeleton) else 1
        for j in range(groups[g, 1], groups[g, 2]):
            other = briefs[j, 1]
            if briefs[j, 0] != skeleton or is_initial_in(other) or stamps[j] == stamp:
                continue
            if is_several_in(other) and not runs:
                continue
            relation = relation_of(script_in(word), script_in(other))
            most = SURE
            keep = same_letters(word, other) or (
                may_begin_it(word, other, last, relation, prefixes) and begins_it(letters, i, last, listed_letters, j)
            )
            if not keep:
                most = most_evidence(word, other, relation, near, least_distance(word, other, relation), tables)
                if most < least_needed(word, other, needs):
                    continue
            stamps[j] = stamp
            found[count], mosts[count] = j, most
            count += 1
    return count


@kernel
def keep_near(queries: Any, i: int, last: bool, listed: Any, briefs: Any, first: int, count: int, found: Any,
              mosts: Any, bounds: Any) -> int:  # fmt: skip
    """Of rows that share a key with a query row, keep those that their briefs don't rule out.

    Args:
        queries: A `NameForms`.
        i: The query row.
        last: Whether it is the last token of a name that may be cut.
        listed: The list's `NameForms`.
        briefs: Of the list's rows.
        first: Where rows begin in `found`.
        count: Where they end.
        found: Rows; those kept are moved to the front, from `first` on.
        mosts: Receives the most evidence of each, `SURE` for those that are kept whatever their letters cost.
        bounds: A `WeightBounds`.

    Returns:
        Where those that are kept end.
    """
    tables, needs = (bounds.tops, bounds.skeletons, bounds.endings), bounds.needed
    initials, prefixes = bounds.initials, bounds.prefixes
    letters, listed_letters = queries.letters, listed.letters
    skeleton = u64(queries.facts[i].skeleton)
    word = brief_of(letters, queries.facts, i, 0)
    kept = first
    for f in range(first, count):
        j = found[f]
        other = briefs[j, 1]
        relation = relation_of(script_in(word), script_in(other))
        most = SURE
        keep = same_letters(word, other)
        if not keep and is_initial_in(other):
            keep = initials
        elif not keep:
            keep = may_begin_it(word, other, last, relation, prefixes) and begins_it(
                letters, i, last, listed_letters, j
            )
            near = nearness(skeleton, symbols_in(word), briefs[j, 0], symbols_in(other))
            if not keep and may_agree(word, other, relation, near):
                most = most_evidence(word, other, relation, near, least_distance(word, other, relation), tables)
                keep = most >= least_needed(word, other, needs)
        if keep:
            found[kept], mosts[kept] = j, most
            kept += 1
    return kept


@kernel
def keep_edited(queries: Any, i: int, listed: Any, briefs: Any, first: int, count: int, found: Any, mosts: Any,
                bounds: Any, masks: Any) -> int:  # fmt: skip
    """Of rows that their briefs don't rule out, keep those of which their distance doesn't say so either.

    Args:
        queries: A `NameForms`.
        i: The query row.
        listed: The list's `NameForms`.
        briefs: Of the list's rows.
        first: Where rows begin in `found`.
        count: Where they end.
        found: Rows; those kept are moved to the front, from `first` on.
        mosts: The most evidence of each.
        bounds: A `WeightBounds`.
        masks: Scratch of `edits`.

    Returns:
        Where those that are kept end.
    """
    form, listed_letters, tops, needs = queries.letters[i], listed.letters, bounds.tops, bounds.needed
    word = brief_of(queries.letters, queries.facts, i, 0)
    kept = first
    for f in range(first, count):
        j, most, other = found[f], np.int64(mosts[f]), briefs[found[f], 1]
        least = least_edits(word, other, True)
        if most != SURE and least < FAR and relation_of(script_in(word), script_in(other)) == 0:
            nearest = min(edits(form, listed_letters[j], True, masks), FAR)
            most += top_evidence(word, other, 0, nearest, tops) - top_evidence(word, other, 0, least, tops)
        if most >= least_needed(word, other, needs):
            found[kept], mosts[kept] = j, most
            kept += 1
    return kept


@kernel
def keep_held(queries: Any, i: int, held: Any, listed: Any, briefs: Any, first: int, count: int, found: Any,
              mosts: Any, bounds: Any, path: Any) -> int:  # fmt: skip
    """Of rows that their briefs don't rule out, keep those whose letters don't either, where they are compared held.

    Args:
        queries: A `NameForms`.
        i: The query row.
        held: Its letters, room to hold it, the table and the relation under which it is held, -1 for none.
        listed: The list's `NameForms`.
        briefs: Of the list's rows.
        first: Where rows begin in `found`.
        count: Where they end.
        found: Rows; those kept are moved to the front, from `first` on.
        mosts: The most evidence of each; becomes `SURE` for rows compared and kept.
        bounds: A `WeightBounds`.
        path: Scratch of an alignment.

    Returns:
        Where those that are kept end.
    """
    native, hand, table, its_relation = held
    listed_letters, needs = listed.letters, bounds.needed
    tables = (bounds.qualities, bounds.best_qualities)
    word = brief_of(queries.letters, queries.facts, i, 0)
    kept = first
    for f in range(first, count):
        j, most, keep = found[f], np.int64(mosts[f]), True
        other = briefs[j, 1]
        if most != SURE and relation_of(script_in(word), script_in(other)) == its_relation:
            needed = least_needed(word, other, needs)
            keep = not spelled_too_far(
                native, hand, table, its_relation, listed_letters, j, word, other, most, needed, tables, path
            )
            most = np.int64(SURE)
        if keep:
            found[kept], mosts[kept] = j, most
            kept += 1
    return kept


@kernel
def keep_spelled(queries: Any, i: int, listed: Any, briefs: Any, first: int, count: int, found: Any, mosts: Any,
                 bounds: Any, model: Any, path: Any) -> int:  # fmt: skip
    """Of rows that `keep_held` didn't compare, keep those whose letters don't rule them out; arguments are the same."""
    word = brief_of(queries.letters, queries.facts, i, 0)
    kept = first
    for f in range(first, count):
        j, most = found[f], mosts[f]
        if most == SURE or letters_may_do(queries, i, listed, j, word, briefs[j, 1], most, bounds, model, path):
            found[kept] = j
            kept += 1
    return kept


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
        state: Scratch: stamps a row, the last stamp, rows found, the most evidence of each.

    Returns:
        int64 `(n + 1,)`: where the neighbours of each unit begin; int32 `(neighbours, NEAR_COLUMNS)`: row, weight,
        tokens of either side that a full agreement covers (0: it isn't full), whether it agrees only as a cut end.
    """
    stamps, last_stamp, found, mosts = state
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
            native = queries.letters[i if relation == 0 else facts[i].own]
            if not can_hold(table):
                relation = -1
            hand[COUNT] = 0
            held = (native, hand, table, relation)
            n_alike = add_groups(queries, i, runs, last, listed, briefs, groups, n_groups, stamps, last_stamp[0], found,
                                 mosts, n_attested, bounds)  # fmt: skip
            count = keyed_of(queries.letters, facts, i, 2 if last else 0, directory, stamps, last_stamp[0], keys, found,
                             n_alike)  # fmt: skip
            count = keep_near(queries, i, last, listed, briefs, n_alike, count, found, mosts, bounds)
            if relation_of(facts[i].script, LATIN) == 0:
                count = keep_edited(queries, i, listed, briefs, n_attested, count, found, mosts, bounds, scratch[0])
            count = keep_held(queries, i, held, listed, briefs, n_attested, count, found, mosts, bounds, scratch[1])
            count = keep_spelled(queries, i, listed, briefs, n_attested, count, found, mosts, bounds, model, scratch[1])
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
