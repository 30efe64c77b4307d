"""Compiled neighbours: the rows of a list that earn something with a unit of a query name, found by keys and bounds.

Most rows that share a key with a query row can't weigh above 0 beside it, whatever their letters cost: their briefs say
so (`bounds`). The rest is weighed as the full scan weighs it (`name_kernels.unit_weight`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.candidates.name_kernels import ends_name, pair_scratch, unit_weight
from matcher.compare.brief_kernels import (
    FAR,
    brief_of,
    ending_in,
    is_end_in,
    is_initial_in,
    is_known_in,
    is_several_in,
    least_edits,
    length_in,
    may_begin,
    rarity_in,
    same_letters,
    script_in,
    symbols_in,
)
from matcher.compare.kernels import edits, skeletons_near
from matcher.compare.letter_kernels import BESIDE, best_latin_kernel, best_native_kernel, limited_cost_kernel
from matcher.compare.token_kernels import (
    HAN,
    LATIN,
    LENGTHS,
    QUALITIES,
    QUALITY_STEP,
    SAME_SCRIPT,
    TWO_SCRIPTS,
    edits_allowed,
    relation_of,
)
from matcher.index.agreement_kernels import MAX_GROUPS, MAX_KEYS, begun_by, groups_of, is_initial, keyed_of, partners_of
from matcher.jit import kernel, part
from matcher.score.edge_kernels import is_prefix

u64 = np.uint64
NEAR_ROW, NEAR_WEIGHT, NEAR_COVER, NEAR_AS_END = range(4)  # columns of a neighbour
NEAR_COLUMNS = 4


@part
def _length_class(shorter: int) -> int:
    return 5 if shorter > 8 else 0 if shorter <= 2 else 1 if shorter == 3 else 2 if shorter == 4 else 3 + (shorter > 6)


@part
def _nearness(skeleton: Any, n: int, other_skeleton: Any, n_other: int) -> int:
    """0 for one skeleton, 1 for skeletons one edit apart, 2 for others."""
    near = 2
    if skeleton == other_skeleton:
        near = 0
    elif skeletons_near(skeleton, n, other_skeleton, n_other):
        near = 1
    return near


@part
def may_agree(word: Any, other: Any, relation: int, near: int) -> bool:
    """Whether two rows that are not attested together may agree (`token_kernels.agree`)."""
    shorter = min(symbols_in(word), symbols_in(other))
    found = (near == 0 and shorter > 0) or (near == 1 and shorter >= 2)
    if not found and (relation == 0 or relation == SAME_SCRIPT) and not is_several_in(word | other):
        allowed = edits_allowed(min(length_in(word), length_in(other)))
        found = allowed > 0 and least_edits(word, other, False) <= allowed
    return found


@part
def most_evidence(word: Any, other: Any, relation: int, near: int, least: int, bounds: Any) -> Any:
    """The most token evidence of two rows that are not attested together and have no equal letters.

    Args:
        word: The second word of a row's brief.
        other: That of the other row.
        relation: Of their scripts.
        near: Of their skeletons.
        least: Their distance at least.
        bounds: tops, skeletons, endings of `WeightBounds`.
    """
    tops, skeletons, endings = bounds
    is_known, is_other_known = is_known_in(word), is_known_in(other)
    if relation == 0 or relation > HAN:
        known = is_known and is_other_known
    elif script_in(word) == LATIN:
        known = is_other_known
    else:
        known = is_known
    length = LENGTHS if relation == TWO_SCRIPTS else _length_class(min(length_in(word), length_in(other)))
    symbols = min(max(min(symbols_in(word), symbols_in(other)), 1), 4) - 1
    most = tops[relation, length, 1 if known else 0, least] + skeletons[relation, symbols, near]
    return most + endings[relation, ending_in(word), ending_in(other)]


@part
def least_needed(word: Any, other: Any, needed: Any) -> Any:
    """The least token evidence with which two rows may count."""
    return needed[1 if is_several_in(word | other) else 0, min(rarity_in(word), rarity_in(other))]


@kernel
def costs_too_much(letters: Any, facts: Any, i: int, other_letters: Any, other_facts: Any, j: int, relation: int,
                   cell: int, table: Any, path: Any) -> bool:  # fmt: skip
    """Whether the letters of two rows are of a worse quality than a cell says, Latin beside Latin or another script.

    Args:
        letters: Rows.
        facts: Rows.
        i: A row.
        other_letters: Rows.
        other_facts: Rows.
        j: The other row.
        relation: Of their scripts.
        cell: The worst quality that will do.
        table: The letter table of the scripts.
        path: Scratch of an alignment.
    """
    native, latin = letters[i], other_letters[j]
    if relation != 0 and facts[i].script == LATIN:
        native, latin = other_letters[other_facts[j].own], letters[i]
    elif relation != 0:
        native = letters[facts[i].own]
    best_one = facts[i].best if relation == 0 else best_latin_kernel(native[1:], int(native[0]), table, path)
    best_other = best_native_kernel(latin[1:], int(latin[0]), table, path[BESIDE:])
    limit = (best_one + best_other + QUALITY_STEP * cell - 1) // 2
    if max(best_one, best_other) > limit:
        return True
    return bool(limited_cost_kernel(native[1:], int(native[0]), latin[1:], int(latin[0]), table, path, limit) > limit)


@part
def worst_quality(needed: Any, qualities: Any) -> int:
    """The last quality that gives as much as is needed; 0 for none."""
    cell = QUALITIES - 1
    while cell > 0 and qualities[cell] < needed:
        cell -= 1
    return cell


@part
def least_distance(word: Any, other: Any, relation: int) -> Any:
    """The least distance that counts between two rows, as their briefs tell: letters of one script are compared."""
    least = FAR
    if relation == 0 or relation == SAME_SCRIPT:
        least = least_edits(word, other, relation == 0)
    elif relation == TWO_SCRIPTS:
        least = 0
    return least


@part
def may_begin_it(word: Any, other: Any, last: bool, relation: int, prefixes: bool) -> bool:
    """Whether one of two tokens may be the cut beginning of the other, as their briefs tell."""
    found = False
    if prefixes and relation == 0 and not is_several_in(word | other):
        found = (last and may_begin(word, other)) or (is_end_in(other) and may_begin(other, word))
    return found


@kernel
def begins_it(letters: Any, i: int, last: bool, other_letters: Any, j: int) -> bool:
    """Whether one of two rows begins the other, row i only if it is the last token of a name that may be cut."""
    return is_prefix(other_letters, j, letters, i) or (last and is_prefix(letters, i, other_letters, j))


@kernel
def letters_may_do(queries: Any, i: int, listed: Any, j: int, word: Any, other: Any, near: int, bounds: Any, model: Any,
                   scratch: Any) -> bool:  # fmt: skip
    """Whether two rows that their briefs don't rule out may weigh above 0, as their letters tell.

    Args:
        queries: A `NameForms`.
        i: A row.
        listed: The list's `NameForms`.
        j: Its row.
        word: The second word of the row's brief.
        other: That of the listed row.
        near: Of their skeletons.
        bounds: A `WeightBounds`.
        model: Arrays of the model.
        scratch: Masks of `edits`, and of an alignment.
    """
    tops, qualities, best_qualities, skeletons, endings, needs, _, _ = bounds
    masks, path = scratch
    tables = (tops, skeletons, endings)
    relation = relation_of(script_in(word), script_in(other))
    needed = least_needed(word, other, needs)
    least = least_distance(word, other, relation)
    if relation == 0 and least < FAR:
        least = min(edits(queries.letters[i], listed.letters[j], True, masks), FAR)
    most = most_evidence(word, other, relation, near, least, tables)
    if most < needed:
        return False
    if relation > HAN:
        return True
    length = _length_class(min(length_in(word), length_in(other)))
    cell = worst_quality(needed - most + best_qualities[relation, length], qualities[relation, length])
    if cell == QUALITIES - 1:
        return True
    table = model[1][model[2][relation] : model[2][relation + 1]]
    return not costs_too_much(
        queries.letters, queries.facts, i, listed.letters, listed.facts, j, relation, cell, table, path
    )


@kernel
def keep_near(queries: Any, i: int, last: bool, listed: Any, briefs: Any, first: int, count: int, found: Any,
              bounds: Any, model: Any, scratch: Any) -> int:  # fmt: skip
    """Of rows that are not attested with a query row, keep those that may weigh above 0 with it or be its spelling.

    Args:
        queries: A `NameForms`.
        i: The query row.
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
    tables = (bounds.tops, bounds.skeletons, bounds.endings)
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
            near = _nearness(skeleton, symbols_in(word), briefs[j, 0], symbols_in(other))
            if not keep and may_agree(word, other, relation, near):
                least = least_distance(word, other, relation)
                most = most_evidence(word, other, relation, near, least, tables)
                keep = most >= least_needed(word, other, bounds.needed) and letters_may_do(
                    queries, i, listed, j, word, other, near, bounds, model, scratch
                )
        if keep:
            found[kept] = j
            kept += 1
    return kept


@kernel
def keep_of_groups(queries: Any, i: int, runs: bool, last: bool, listed: Any, briefs: Any, groups: Any, n_groups: int,
                   stamps: Any, stamp: int, found: Any, count: int, bounds: Any, model: Any,
                   scratch: Any) -> int:  # fmt: skip
    """Append the rows of skeleton buckets that were not found yet and that `keep_near` would keep.

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
        count: How many there are already.
        bounds: A `WeightBounds`.
        model: Arrays of the model.
        scratch: Masks of `edits`, and of an alignment.

    Returns:
        How many rows there are now.
    """
    tables = (bounds.tops, bounds.skeletons, bounds.endings)
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
            relation = relation_of(script_in(word), script_in(other))
            keep = same_letters(word, other) or (
                may_begin_it(word, other, last, relation, bounds.prefixes)
                and begins_it(queries.letters, i, last, listed.letters, j)
            )
            if not keep:
                least = least_distance(word, other, relation)
                most = most_evidence(word, other, relation, near, least, tables)
                if most < least_needed(word, other, bounds.needed):
                    continue
                if stamps[j] == stamp or not letters_may_do(
                    queries, i, listed, j, word, other, near, bounds, model, scratch
                ):
                    continue
            if stamps[j] != stamp:
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
            n_alike = keep_of_groups(queries, i, runs, last, listed, briefs, groups, n_groups, stamps, last_stamp[0],
                                     found, n_attested, bounds, model, scratch[:2])  # fmt: skip
            count = keyed_of(queries.letters, facts, i, 2 if last else 0, directory, stamps, last_stamp[0], keys, found,
                             n_alike)  # fmt: skip
            count = keep_near(queries, i, last, listed, briefs, n_alike, count, found, bounds, model, scratch[:2])
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
