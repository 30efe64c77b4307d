"""Compiled first stage: the evidence of one query name against every name of a list, and the best alignments.

First-stage evidence (rule 3 a) is, for each place of the query name, the most that a unit beginning there earns with a
unit of the listed name, never below 0, summed over the places. No alignment earns more from its edges, so it bounds
the weight; it grows with every agreeing token.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.compare.token_kernels import PARTS, RARITY, SCRIPT, agree, look_up, parts_of, relation_of
from matcher.compare.token_kernels import KEY
from matcher.index.agreement_kernels import MAX_KEYS, candidates_of, is_initial
from matcher.jit import kernel
from matcher.score.alignment_kernels import (
    BASE,
    COUNT,
    EDGE,
    EDGE_COLUMNS,
    EXACT,
    INITIAL,
    IS_SECOND,
    JOINED,
    LEVELS,
    LOWEST,
    MAX_EDGES,
    MAX_TOKENS,
    PLAIN,
    PREFIX,
    RARITIES,
    SECOND,
    START,
    UNIT_ROW,
    agrees_fully,
    assign,
    band_of,
    between,
    gather,
    is_prefix,
    level_of,
    write_rests,
)


@kernel
def unit_weight(letters: Any, facts: Any, i: int, joined: bool, second: int, ends: bool, other_letters: Any,
                other_facts: Any, j: int, other_ends: bool, model: Any, scratch: Any) -> int:  # fmt: skip
    """What an edge between a query unit and a row of the list earns; LOWEST where they don't agree."""
    weights, tables, starts, pairs, values, numbers, level_limits, rarity_limits = model
    masks, path, parts = scratch
    joined = joined or other_facts[j, 10] > 1
    one_length, other_length = int(letters[i, 32]), int(other_letters[j, 32])
    if joined and (2 * one_length < other_length or 2 * other_length < one_length):
        return LOWEST
    kind = JOINED if joined else PLAIN
    rarity = min(facts[i, RARITY], other_facts[j, RARITY])
    part = 0
    is_one, is_other = is_initial(letters, facts, i), is_initial(other_letters, other_facts, j)
    if is_one or is_other:
        if joined or letters[i, 33] != other_letters[j, 33]:
            return LOWEST
        kind, level, rarity = INITIAL, 1 if is_one and is_other else 0, 0
    else:
        relation = relation_of(facts[i, SCRIPT], other_facts[j, SCRIPT])
        attested = look_up(pairs, values, facts[i, KEY], other_facts[j, KEY])
        if agree(letters, facts, i, other_letters, other_facts, j, relation, attested, masks):
            n_parts = parts_of(letters, facts, i, other_letters, other_facts, j, relation, attested, tables, starts,
                               masks, path, parts)  # fmt: skip
            total = 0
            for at in range(n_parts):
                total += weights[parts[at]]
            level, part = level_of(total, level_limits)
            if facts[i, KEY] == other_facts[j, KEY]:
                level, part = LEVELS - 1, 0
        elif not joined and relation == 0 and ends and is_prefix(letters, i, other_letters, j):
            kind, level = PREFIX, 0 if one_length <= 3 else 1
        elif not joined and relation == 0 and other_ends and is_prefix(other_letters, j, letters, i):
            kind, level = PREFIX, 0 if other_length <= 3 else 1
        else:
            return LOWEST
    cell = EDGE + (kind * LEVELS + level) * RARITIES + band_of(rarity, rarity_limits)
    return between(numbers, cell, part) + second * numbers[SECOND]


@kernel
def search(queries: Any, wanted: Any, listed: Any, ends: Any, directory: Any, partners: Any, posting_starts: Any,
           postings: Any, model: Any, floor: int, limit: int, out_names: Any, out_weights: Any, counters: Any) -> None:  # fmt: skip
    """Find, for each wanted query name, the `limit` listed names that weigh most, among those that reach the floor.

    Args:
        queries: A `NameForms`.
        wanted: Places of the query names.
        listed: A `NameForms` whose rows are distinct.
        ends: uint8 a listed row; bit 0: a token; bit 1: the last of a name that may be cut.
        directory: Keys, rows, tops.
        partners: Attested keys.
        posting_starts: Where each row's names begin.
        postings: Names of each row.
        model: Arrays of the model.
        floor: First-stage evidence in 1/1024 bit that a name must reach.
        limit: How many names.
        out_names: int32 `(wanted, limit)`, -1 for none.
        out_weights: int32 `(wanted, limit)`.
        counters: int64, five sums: rows looked at, edges, names touched, names aligned, names above the floor.
    """
    numbers = model[5]
    n_rows, n_names = len(listed.facts), len(listed.counts)
    stamps = np.zeros(n_rows, np.int32)
    found = np.empty(n_rows + 1, np.int32)
    keys = np.empty(MAX_KEYS, np.uint64)
    evidence = np.zeros(n_names, np.int32)
    at_place = np.zeros(n_names, np.int32)
    place_stamps = np.zeros(n_names, np.int32)
    touched = np.empty(n_names, np.int32)
    scratch = (np.zeros(256, np.uint64), np.empty(4 * 32 * 32, np.int32), np.empty(PARTS, np.int64))
    edges = np.empty((MAX_EDGES, EDGE_COLUMNS), np.int32)
    best = np.empty((MAX_TOKENS + 1) * (MAX_TOKENS + 1) * (1 << EXACT), np.int32)
    chosen = np.empty(MAX_TOKENS, np.int32)
    rest_left, rest_right = np.empty(MAX_TOKENS, np.int32), np.empty(MAX_TOKENS, np.int32)
    directory_of = (directory[0], directory[1], directory[2])
    stamp, place_stamp = 0, 0
    for w in range(len(wanted)):
        q = wanted[w]
        units = queries.units[queries.starts[q] : queries.starts[q + 1]]
        n_left = queries.counts[q]
        n_touched = 0
        for place in range(n_left):
            place_stamp += 1
            for a in range(len(units)):
                if units[a, START] != place:
                    continue
                i = units[a, UNIT_ROW]
                last = queries.cut[q] and units[a, START] == n_left - 1
                stamp += 1
                count = candidates_of(queries.letters, queries.facts, i, 2 if last else 0, directory_of, partners,
                                      stamps, stamp, keys, found)  # fmt: skip
                counters[0] += count
                for f in range(count):
                    j = found[f]
                    weight = unit_weight(queries.letters, queries.facts, i, units[a, COUNT] > 1, units[a, IS_SECOND],
                                         last, listed.letters, listed.facts, j, (ends[j] >> 1) & 1, model, scratch)  # fmt: skip
                    if weight <= 0:
                        continue
                    counters[1] += 1
                    for p in range(posting_starts[j], posting_starts[j + 1]):
                        name = postings[p]
                        if place_stamps[name] != place_stamp:
                            if evidence[name] == 0:
                                touched[n_touched] = name
                                n_touched += 1
                            place_stamps[name] = place_stamp
                            at_place[name] = weight
                            evidence[name] += weight
                        elif weight > at_place[name]:
                            evidence[name] += weight - at_place[name]
                            at_place[name] = weight
        counters[2] += n_touched
        kept = 0
        for t in range(n_touched):
            name = touched[t]
            if evidence[name] >= floor:
                touched[kept], touched[t] = name, touched[kept]
                kept += 1
        counters[4] += kept
        order = np.argsort(-evidence[touched[:kept]])
        n_out = 0
        write_rests(queries.facts, units, model, rest_left)
        for o in range(kept):
            name = touched[order[o]]
            bound = evidence[name] + numbers[BASE]
            if n_out == limit and bound < out_weights[w, limit - 1]:
                break
            counters[3] += 1
            other_units = listed.units[listed.starts[name] : listed.starts[name + 1]]
            n_right = listed.counts[name]
            n_edges = gather(
                (queries.letters, queries.facts, units, len(units), n_left, queries.cut[q]),
                (listed.letters, listed.facts, other_units, len(other_units), n_right, listed.cut[name]),
                model, scratch, edges,
            )  # fmt: skip
            write_rests(listed.facts, other_units, model, rest_right)
            weight, _ = assign(units, other_units, n_left, n_right, edges, n_edges, rest_left, rest_right, numbers,
                               best, chosen)  # fmt: skip
            weight += numbers[BASE]
            to = n_out
            if n_out == limit:
                to = limit - 1
                if weight < out_weights[w, to] or (weight == out_weights[w, to] and name > out_names[w, to]):
                    continue
            else:
                n_out += 1
            while to > 0 and (weight > out_weights[w, to - 1] or (weight == out_weights[w, to - 1] and name < out_names[w, to - 1])):
                out_weights[w, to], out_names[w, to] = out_weights[w, to - 1], out_names[w, to - 1]
                to -= 1
            out_weights[w, to], out_names[w, to] = weight, name
        for t in range(n_touched):
            evidence[touched[t]] = 0
