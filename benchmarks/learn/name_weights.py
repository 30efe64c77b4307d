"""Learn what an alignment weighs: dev names against the right and the best wrong names that a search finds.

Three rounds: search with the weights so far, align what was found, fit; then weights are made to rise along levels.
Pairs of different persons with near names (homonyms) of the train and dev folds are wrong pairs in every round.
Last, the base is set so that 0 bits parts same from different best where both are as many (`choose_base`).
"""

from __future__ import annotations

import collections
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.learn import corpus, queries
from benchmarks.learn.fit_kernels import MOST_CELLS, name_rows, search
from benchmarks.learn.logistic import Floats, Penalty, Rows, fit, in_grains, met, rising
from benchmarks.learn.queries import NOBODY, Listed, Query
from benchmarks.learn.split import negatives
from matcher.candidates.name_kernels import scan_scratch
from matcher.compare.forms import NameForms
from matcher.index.names import directory_of, distinct_rows
from matcher.score import edge_kernels as ak
from matcher.score.alignment_kernels import align_pairs
from matcher.score.name_tables import NameTables, name_cells

ROUNDS = 3
FOUND = 40  # names that a search returns
ORDER_PULL = 150.0  # what order weighs is no first-stage evidence, so that the tokens must weigh more
FLOOR = 1536  # of first-stage evidence: half of what a model asks for, so that what is just below is learned too
CELLS = {cell: at for at, cell in enumerate(name_cells())}
AT_MOST_ZERO = tuple(at for cell, at in CELLS.items() if cell[0] in ("rest", "conflict", "second", "part", "lead"))
WEIGHTS = {"ar": 2.0, "fa": 2.0, "ur": 2.0, "ar_raw": 2.0, "fa_raw": 2.0, "lat": 3.0, "homonym": 2.0}
WEIGHTS |= {"typo in every": 2.0, "glue all": 2.0}  # the hardest changes
START_LEVELS = (-8, -6, -4, -2.5, -1, 0, 0.5, 1, 1.5, 2.5, 3, 3.5, 4, 4.5, 5, 6)


class Search(NamedTuple):
    """The list and the queries as the kernels read them."""

    listed: Listed
    asked: list[Query]
    names: NameForms
    queries: NameForms
    ends: Any
    directory: Any
    partners: Any
    posting_starts: Any
    postings: Any
    left_out: list[set[int]]


class Answers(NamedTuple):
    """Pairs that are learned from: query, listed name, whether it is the right person."""

    query: NDArray[np.int64]
    name: NDArray[np.int64]
    true: NDArray[np.bool_]


def prepare(listed: Listed, asked: list[Query], tables: NameTables) -> Search:
    """Lay out the list and the queries."""
    names = distinct_rows(corpus.forms_of(listed.names, tables))
    ends = np.zeros(len(names.facts), np.uint8)
    ends[names.facts["tokens"] == 1] |= 1
    for at in np.flatnonzero(names.cut):
        units = names.units[names.starts[at] : names.starts[at + 1]]
        last = units[(units["start"] == names.counts[at] - 1) & (units["count"] == 1)]
        ends[last["row"]] |= 2
    owners = np.repeat(np.arange(len(listed.names)), np.diff(names.starts))
    order = np.argsort(names.units["row"], kind="stable")
    starts = np.searchsorted(names.units["row"][order], np.arange(len(names.facts) + 1)).astype(np.int64)
    return Search(
        listed, asked, names, corpus.forms_of([query.name for query in asked], tables), ends,
        directory_of(names.letters, names.facts, ends), corpus.partners_of(tables.attested),
        starts, owners[order].astype(np.int32), _left_out(listed, asked),
    )  # fmt: skip


def _left_out(listed: Listed, asked: Sequence[Query]) -> list[set[int]]:
    """Listed names with the tokens of the query or of a right answer: neither right nor wrong."""
    tokens = [frozenset(token.form for token in corpus.tokens_of(name)) for name in listed.names]
    alike: dict[frozenset[str], list[int]] = collections.defaultdict(list)
    of_person: dict[int, set[frozenset[str]]] = collections.defaultdict(set)
    for at, (one, person) in enumerate(zip(tokens, listed.persons.tolist(), strict=True)):
        alike[one].append(at)
        of_person[person].add(one)
    found = []
    for query in asked:
        own = of_person[query.person] | {frozenset(token.form for token in corpus.tokens_of(query.name))}
        found.append({at for one in own for at in alike[one] if listed.persons[at] != query.person})
    return found


def answers(space: Search, arrays: tuple[Any, ...]) -> tuple[Answers, Floats]:
    """Search; for each query its best right name and the wrong ones; and what they weigh, in bits."""
    n = len(space.asked)
    names, weights = np.full((n, FOUND), -1, np.int32), np.zeros((n, FOUND), np.int32)
    n_names = len(space.names.counts)
    state = scan_scratch(len(space.names.facts), n_names)
    search(
        space.queries, space.names, space.ends, space.directory, space.partners, space.posting_starts, space.postings,
        arrays, FLOOR, state, np.empty((n_names, 4), np.int32), names, weights,
    )  # fmt: skip
    asked, places = np.nonzero(names >= 0)
    found = names[asked, places].astype(np.int64)
    persons = np.array([query.person for query in space.asked])
    true = space.listed.persons[found] == persons[asked]
    kept = np.ones(len(found), bool)
    seen: set[int] = set()
    for at, (query, name, right) in enumerate(zip(asked.tolist(), found.tolist(), true.tolist(), strict=True)):
        if right:
            kept[at] = query not in seen
            seen.add(query)
        elif name in space.left_out[query] or space.listed.persons[name] == NOBODY:
            kept[at] = False
    bits = weights[asked, places][kept] / 1024
    return Answers(asked[kept].astype(np.int64), found[kept], true[kept]), bits


def rows_of(names: tuple[NameForms, NameForms, Any], true: Any, weights: Any, arrays: Any) -> Rows:
    """Rows of the fit, of two tables of names and pairs of their places."""
    left, right, pairs = names
    cells = np.zeros((len(pairs), MOST_CELLS), np.int64)
    shares, counts = np.zeros(cells.shape), np.zeros(len(pairs), np.int64)
    name_rows(left, right, np.asarray(pairs, np.int32), arrays, cells, shares, counts)
    return Rows(cells, shares, counts, np.asarray(true, np.int8), np.asarray(weights, float))


class NamePairs(NamedTuple):
    """Pairs of names apart from any search."""

    left: NameForms
    right: NameForms
    true: NDArray[np.bool_]
    kinds: list[str]


def homonyms(shared: Path, folds: Sequence[str], tables: NameTables) -> NamePairs:
    """Different persons with near names: native against the other's Latin name, both ways, and Latin against Latin."""
    pairs = []
    for row in negatives(shared):
        if row.fold in folds:
            pairs += [(row.native, row.other_latin), (row.other_native, row.latin), (row.latin, row.other_latin)]
    pairs = sorted(set(pairs))
    left, right = (corpus.forms_of([pair[side] for pair in pairs], tables) for side in (0, 1))
    return NamePairs(left, right, np.zeros(len(pairs), bool), ["homonym"] * len(pairs))


def hard_pairs(shared: Path, tables: NameTables) -> NamePairs:
    """As many different as same: dev homonyms, native against Latin, and true Arabic-script dev pairs."""
    different = sorted(
        {two for row in negatives(shared) if row.fold == "dev"
         for two in ((row.native, row.other_latin), (row.other_native, row.latin))}
    )  # fmt: skip
    same = [pair[:2] for pair in corpus.natural_pairs(shared, ("dev",), ("ar", "fa", "ur"))]
    step = max(1, len(same) // max(1, len(different)))
    same = same[::step][: len(different)]
    pairs = [*same, *different]
    left, right = (corpus.forms_of([pair[side] for pair in pairs], tables) for side in (0, 1))
    return NamePairs(left, right, np.arange(len(pairs)) < len(same), ["hard"] * len(pairs))


def weigh(pairs: NamePairs, arrays: Any) -> Floats:
    """Weights of pairs, in bits."""
    out = np.zeros((len(pairs.true), 3), np.int32)
    both = np.repeat(np.arange(len(pairs.true), dtype=np.int32)[:, None], 2, axis=1)
    align_pairs(pairs.left, pairs.right, both, arrays, ak.LOWEST, out)
    return out[:, 0] / 1024


def start_numbers() -> NDArray[np.int32]:
    """Name weights to search with before anything is learned."""
    numbers = np.zeros(ak.NUMBERS, np.int32)
    for (part, kind, level, rarity), at in CELLS.items():
        if part == "edge" and kind in ("plain", "joined"):
            value = START_LEVELS[int(level)]
            bits = min(value, 2) + min(max(0, value + 1), int(rarity) + 2) - (kind == "joined")
            numbers[at] = round(1024 * bits)
        elif part == "edge":
            numbers[at] = 1024 if kind == "initial" else 2048
        elif part == "rest":
            numbers[at] = -3 * 1024
    numbers[ak.SECOND : ak.SECOND + ak.READINGS] = -1024, -2048
    return numbers


def penalty() -> Penalty:
    """Neighbouring levels, rarities and counts are alike; joined tokens are like plain ones."""
    pull = Penalty(ak.NUMBERS, 0.02)
    for (part, kind, level, rarity), at in CELLS.items():
        if part == "edge":
            one, two = int(level), int(rarity)
            if one:
                pull.alike(at, CELLS[part, kind, str(one - 1), rarity], 2.0 if kind in ("plain", "joined") else 0.01)
            if two:
                pull.alike(at, CELLS[part, kind, level, str(two - 1)], 4.0)
            if kind == "joined":
                pull.alike(at, CELLS[part, "plain", level, rarity], 0.5)
        elif part == "rest" and int(rarity):
            pull.alike(at, at - 1, 5.0)
        elif part in ("conflict", "extra"):
            if rarity == "0":
                pull.small(at, 1e6)
            if int(level):
                pull.alike(at, CELLS[part, "-", str(int(level) - 1), rarity], 2.0)
            if int(rarity) > 1:
                pull.alike(at, at - 1, 0.5)
    pull.small(ak.ORDER, ORDER_PULL)
    return pull


def monotone(weights: NDArray[np.int32], seen: Floats) -> NDArray[np.int32]:
    """Make the weights of edges rise, or stay, along levels, those of conflicts fall along counts."""
    shaped = weights.copy()
    edges = shaped[: ak.REST].reshape(ak.KINDS, ak.LEVELS, ak.RARITIES)
    counts = seen[: ak.REST].reshape(edges.shape) + 1e-3
    for kind in (ak.PLAIN, ak.JOINED):
        for rarity in range(ak.RARITIES):
            edges[kind, :, rarity] = np.round(
                np.array(rising(edges[kind, :, rarity].tolist(), counts[kind, :, rarity]))
            )
    for begin, columns in ((ak.CONFLICT, ak.CONFLICTS), (ak.EXTRA, ak.EXTRAS)):
        for shorter in range(ak.SHORTER):
            row = slice(begin + shorter * columns, begin + (shorter + 1) * columns)
            weight = seen[row] + 1e-3
            weight[0] = 1e9  # nothing left over weighs nothing
            shaped[row] = -np.round(np.array(rising((-shaped[row]).tolist(), weight)))
    return shaped


def learn_name_weights(shared: Path, tables: NameTables, tokens: Any, *, changed: int = 150) -> NDArray[np.int32]:
    """Learn the flat table of name weights, given the token weights."""
    space = prepare(*queries.make(shared, changed=changed), tables)
    wrong = homonyms(shared, ("train", "dev"), tables)
    numbers = start_numbers()
    for _ in range(ROUNDS):
        arrays = corpus.with_weights(tables, tokens=tokens, names=numbers)
        rows = fit_rows(space, wrong, arrays)
        numbers = fitted(rows)
    return choose_base(numbers, tokens, shared, tables)


def fit_rows(space: Search, wrong: NamePairs, arrays: Any) -> Rows:
    """Rows of the fit: what a search finds, and the homonyms."""
    found, _ = answers(space, arrays)
    weights = np.array([WEIGHTS.get(query.kind, 1.0) for query in space.asked])[found.query]
    pairs = np.stack([found.query, found.name], 1)
    both = np.repeat(np.arange(len(wrong.true), dtype=np.int32)[:, None], 2, axis=1)
    near = np.full(len(both), WEIGHTS["homonym"])
    return rows_of((space.queries, space.names, pairs), found.true, weights, arrays).and_also(
        rows_of((wrong.left, wrong.right, both), wrong.true, near, arrays)
    )


def fitted(rows: Rows) -> NDArray[np.int32]:
    """Fit and bring into shape."""
    return monotone(
        in_grains(fit(rows, penalty(), at_most_zero=AT_MOST_ZERO, at_least_zero=(ak.ORDER,))), met(rows, ak.NUMBERS)
    )


def choose_base(numbers: NDArray[np.int32], tokens: Any, shared: Path, tables: NameTables) -> NDArray[np.int32]:
    """Set the base so that 0 bits parts same from different with the best F1 on as many of both, of the dev fold."""
    pairs = hard_pairs(shared, tables)
    bits = weigh(pairs, corpus.with_weights(tables, tokens=tokens, names=numbers))
    order = np.argsort(-bits, kind="stable")
    same = np.cumsum(pairs.true[order])
    f1 = 2 * same / (np.arange(1, len(bits) + 1) + pairs.true.sum())
    best = np.flatnonzero(f1 >= f1.max() - 0.002)
    threshold = (bits[order[best[0]]] + bits[order[best[-1]]]) / 2
    shifted = numbers.copy()
    shifted[ak.BASE] -= round(threshold * 1024)
    return shifted
