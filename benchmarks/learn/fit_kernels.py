"""Compiled helpers of learning the weights: which cells of the tables a pair of tokens or names meets, and the fit.

A pair's evidence is a sum of cells, so a row of the fit is a list of cells and how much of each; everything is read by
the kernels that weigh (`token_kernels`, `alignment_kernels`), so that fitting and weighing cannot differ.
"""
# ruff: noqa: PLR0917 - kernels pass arrays, not objects

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.candidates.name_kernels import first_stage
from matcher.compare import token_kernels as tk
from matcher.index.agreement_kernels import MAX_KEYS, candidates_of
from matcher.jit import kernel
from matcher.score import edge_kernels as ak
from matcher.score.alignment_kernels import write_rests
from matcher.score.assignment_kernels import assign, keeps_order

MOST_CELLS = 64  # of one row
EDGES = (
    8  # columns of `aligned_tokens`: pair, left row, right row, kind, second readings, tokens left and right, weight
)


@kernel
def _scratch() -> Any:
    return np.zeros(256, np.uint64), np.empty(4 * 32 * 32, np.int32), np.empty(tk.PARTS, np.int64)


@kernel
def _align(left: Any, right: Any, a: int, b: int, model: Any, scratch: Any, work: Any) -> Any:
    """Align two names into `work` (edges, best, chosen, what is left over); return the weight and edges chosen."""
    edges, best, chosen, rest_left, rest_right = work
    n_left, n_right = left.counts[a], right.counts[b]
    u = left.units[left.starts[a] : left.starts[a + 1]]
    v = right.units[right.starts[b] : right.starts[b + 1]]
    one = (left.letters, left.facts, u, len(u), n_left, left.cut[a])
    other = (right.letters, right.facts, v, len(v), n_right, right.cut[b])
    n_edges = ak.gather(one, other, model, scratch, edges)
    write_rests(left.facts, u, model, rest_left)
    write_rests(right.facts, v, model, rest_right)
    return assign(u, v, n_left, n_right, edges, n_edges, rest_left, rest_right, model[5], best, chosen)


@kernel
def _work() -> Any:
    return (
        np.empty((ak.MAX_EDGES, ak.EDGE_COLUMNS), np.int32),
        np.empty(ak.STATES, np.int32),
        np.empty(ak.MAX_TOKENS, np.int32),
        np.empty(ak.MAX_TOKENS, np.int32),
        np.empty(ak.MAX_TOKENS, np.int32),
    )


@kernel
def aligned_tokens(names: Any, pairs: Any, model: Any, out: Any) -> int:
    """Write the edges that the best alignment of each pair of names chooses; return how many."""
    scratch, work = ak.edge_scratch(), _work()
    edges, chosen = work[0], work[2]
    n = 0
    for at in range(len(pairs)):
        a, b = pairs[at, 0], pairs[at, 1]
        if names.counts[a] == 0 or names.counts[b] == 0:
            continue
        _, count = _align(names, names, a, b, model, scratch, work)
        u = names.units[names.starts[a] : names.starts[a + 1]]
        v = names.units[names.starts[b] : names.starts[b + 1]]
        for k in range(count):
            if n == len(out):
                return n
            e = chosen[k]
            i, j = edges[e, ak.LEFT_UNIT], edges[e, ak.RIGHT_UNIT]
            out[n, 0], out[n, 1], out[n, 2] = at, u[i].row, v[j].row
            out[n, 3], out[n, 4] = edges[e, ak.KIND], u[i].reading + v[j].reading
            out[n, 5], out[n, 6], out[n, 7] = u[i].count, v[j].count, edges[e, ak.TOKEN_BITS]
            n += 1
    return n


@kernel
def token_rows(letters: Any, facts: Any, pairs: Any, attested: Any, tables: Any, starts: Any, cells: Any,
               counts: Any) -> None:  # fmt: skip
    """Write the cells of the token weights that each pair of rows meets."""
    scratch = _scratch()
    for at in range(len(pairs)):
        i, j = pairs[at, 0], pairs[at, 1]
        relation = tk.relation_of(facts[i].script, facts[j].script)
        n = tk.parts_of(letters, facts, i, letters, facts, j, relation, attested[at], tables, starts, scratch[0],
                        scratch[1], scratch[2])  # fmt: skip
        counts[at] = n
        for k in range(n):
            cells[at, k] = scratch[2][k]


@kernel
def attested_of(facts: Any, pairs: Any, keys: Any, values: Any) -> Any:
    """What is attested of each pair of rows."""
    out = np.empty(len(pairs), np.int64)
    for at in range(len(pairs)):
        out[at] = tk.look_up(keys, values, facts[pairs[at, 0]].key, facts[pairs[at, 1]].key)
    return out


@kernel
def chance_neighbours(letters: Any, facts: Any, rows: Any, listed: Any, directory: Any, partners: Any, known: Any,
                      keep: Any, out: Any) -> int:  # fmt: skip
    """Write (row, listed row, attested) of agreeing tokens, those for which the next number of `keep` is below 1.

    Args:
        letters: Rows.
        facts: Rows.
        rows: Query rows.
        listed: Rows that the directory is of, in its order.
        directory: The `Directory` of places in `listed`.
        partners: Attested keys.
        known: Hash table of attested pairs and its values.
        keep: Share of what is found that is kept, as a repeated pattern of 0 and 1.
        out: int64 `(n, 3)`.
    """
    keys = np.empty(MAX_KEYS, np.uint64)
    stamps = np.zeros(len(listed), np.int32)
    found = np.empty(len(listed) + 1, np.int32)
    masks = np.zeros(256, np.uint64)
    n, turn = 0, 0
    for r in range(len(rows)):
        i = rows[r]
        count = candidates_of(letters, facts, i, 0, directory, partners, stamps, r + 1, keys, found)
        for f in range(count):
            j = listed[found[f]]
            if letters[j, 0] < 2 or facts[i].key == facts[j].key:
                continue
            turn = (turn + 1) % len(keep)
            if not keep[turn]:
                continue
            relation = tk.relation_of(facts[i].script, facts[j].script)
            attested = tk.look_up(known[0], known[1], facts[i].key, facts[j].key)
            if tk.agree(letters, facts, i, letters, facts, j, relation, attested, masks):
                if n == len(out):
                    return n
                out[n, 0], out[n, 1], out[n, 2] = i, j, attested
                n += 1
    return n


@kernel
def search(queries: Any, listed: Any, ends: Any, directory: Any, partners: Any, posting_starts: Any, postings: Any,
           model: Any, floor: int, state: Any, found: Any, out_names: Any, out_weights: Any) -> None:  # fmt: skip
    """Find for each query the listed names that weigh most, of those whose first-stage evidence reaches a floor.

    Args:
        queries: A `NameForms`.
        listed: Another.
        ends: As `first_stage` takes it, like the next five.
        directory: The vocabulary's `Directory`.
        partners: Attested keys.
        posting_starts: Where each row's names begin.
        postings: Names of each row.
        model: Arrays of the model.
        floor: Evidence in 1/1024 bit.
        state: Scratch of `first_stage`.
        found: Scratch, int32 `(names, 4)`.
        out_names: int32 `(queries, limit)`, -1 for none.
        out_weights: int32 `(queries, limit)`.
    """
    scratch, work = ak.edge_scratch(), _work()
    limit = out_names.shape[1]
    above = model[5][ak.BASE] + max(model[5][ak.ORDER], 0)
    for q in range(len(queries.counts)):
        if queries.counts[q] == 0:
            continue
        n = first_stage(
            queries, q, listed, ends, directory, partners, posting_starts, postings, model, False, state, found
        )
        kept = found[:n][found[:n, 1] >= floor]
        order = np.argsort(-kept[:, 1].astype(np.int64) * (len(listed.counts) + 1) + kept[:, 0])
        n_out = 0
        for o in order:
            name = kept[o, 0]
            if n_out == limit and kept[o, 1] + above < out_weights[q, limit - 1]:
                break
            weight, _ = _align(queries, listed, q, name, model, scratch, work)
            weight += model[5][ak.BASE]
            n_out = _put_in_order(out_names[q], out_weights[q], n_out, name, weight)


@kernel
def _put_in_order(names: Any, weights: Any, n: int, name: int, weight: int) -> int:
    """Put a name where its weight belongs, the first name first among equals; return how many there are."""
    to = n
    if n == len(names):
        to = n - 1
        if weight < weights[to] or (weight == weights[to] and name > names[to]):
            return n
    while to > 0 and (weight > weights[to - 1] or (weight == weights[to - 1] and name < names[to - 1])):
        names[to], weights[to] = names[to - 1], weights[to - 1]
        to -= 1
    names[to], weights[to] = name, weight
    return min(n + 1, len(names))


@kernel
def name_rows(left: Any, right: Any, pairs: Any, model: Any, cells: Any, shares: Any, counts: Any) -> None:
    """Write the cells of the name weights that the best alignment of each pair sums, and how much of each."""
    scratch, work = ak.edge_scratch(), _work()
    edges, chosen = work[0], work[2]
    for at in range(len(pairs)):
        a, b = pairs[at, 0], pairs[at, 1]
        n_left, n_right = left.counts[a], right.counts[b]
        _, count = _align(left, right, a, b, model, scratch, work)
        u = left.units[left.starts[a] : left.starts[a + 1]]
        v = right.units[right.starts[b] : right.starts[b + 1]]
        taken_left, taken_right, used_left, used_right, n = 0, 0, 0, 0, 0
        for k in range(count):
            e = chosen[k]
            i, j = edges[e, ak.LEFT_UNIT], edges[e, ak.RIGHT_UNIT]
            taken_left |= ((1 << u[i].count) - 1) << u[i].start
            taken_right |= ((1 << v[j].count) - 1) << v[j].start
            used_left += u[i].count
            used_right += v[j].count
            part = edges[e, ak.PART] / 1024
            n = _add(cells, shares, at, n, edges[e, ak.CELL], 1 - part)
            n = _add(cells, shares, at, n, edges[e, ak.CELL] + ak.RARITIES, part)
            for reading in (u[i].reading, v[j].reading):
                if reading > 0:
                    n = _add(cells, shares, at, n, ak.SECOND + reading - 1, 1.0)
            if edges[e, ak.KIND] == ak.PLAIN and u[i].led != v[j].led:
                n = _add(cells, shares, at, n, ak.LEAD, 1.0)
        if count >= 2 and min(n_left, n_right) <= ak.EXACT and keeps_order(u, v, edges, chosen, count):
            n = _add(cells, shares, at, n, ak.ORDER, 1.0)
        n = _add_rests(left.facts, u, taken_left, model[7], cells, shares, at, n)
        n = _add_rests(right.facts, v, taken_right, model[7], cells, shares, at, n)
        rest_left, rest_right = n_left - used_left, n_right - used_right
        conflicts = min(rest_left, rest_right)
        extras = max(rest_left, rest_right) - conflicts
        shorter = min(min(n_left, n_right), ak.SHORTER) - 1
        n = _add(cells, shares, at, n, ak.CONFLICT + shorter * ak.CONFLICTS + min(conflicts, ak.CONFLICTS - 1), 1.0)
        n = _add(cells, shares, at, n, ak.EXTRA + shorter * ak.EXTRAS + min(extras, ak.EXTRAS - 1), 1.0)
        counts[at] = _add(cells, shares, at, n, ak.BASE, 1.0)


@kernel
def _add(cells: Any, shares: Any, at: int, n: int, cell: int, share: float) -> int:
    if share == 0 or n == MOST_CELLS:
        return n
    cells[at, n], shares[at, n] = cell, share
    return n + 1


@kernel
def _add_rests(facts: Any, units: Any, taken: int, limits: Any, cells: Any, shares: Any, at: int, n: int) -> int:
    for x in range(len(units)):
        if units[x].count == 1 and not units[x].reading and not (taken >> units[x].start) & 1:
            band = ak.band_of(facts[units[x].row].rarity, limits)
            n = _add(cells, shares, at, n, ak.REST + band, 1.0)
    return n


@kernel
def sums(cells: Any, shares: Any, counts: Any, weights: Any, out: Any) -> None:
    """Sum each row's cells."""
    for k in range(len(counts)):
        total = 0.0
        for a in range(counts[k]):
            total += weights[cells[k, a]] * shares[k, a]
        out[k] = total


@kernel
def normal(cells: Any, shares: Any, counts: Any, true: Any, row_weights: Any, weights: Any, hessian: Any,
           gradient: Any) -> float:  # fmt: skip
    """Add the weighted logistic loss's gradient and second derivatives; return the loss."""
    loss = 0.0
    for k in range(len(counts)):
        total = 0.0
        for a in range(counts[k]):
            total += weights[cells[k, a]] * shares[k, a]
        p = 1 / (1 + np.exp(-total))
        loss -= row_weights[k] * np.log(max(p if true[k] else 1 - p, 1e-12))
        slope, bend = row_weights[k] * (p - true[k]), row_weights[k] * p * (1 - p)
        for a in range(counts[k]):
            gradient[cells[k, a]] += slope * shares[k, a]
            for b in range(counts[k]):
                hessian[cells[k, a], cells[k, b]] += bend * shares[k, a] * shares[k, b]
    return loss
