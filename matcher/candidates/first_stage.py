"""The first stage: the names of a list that may be comparable with a query name, and their evidence (rule 3 a, d).

Steps for a batch: the distinct units of its names -> their neighbours in the list's vocabulary, remembered across
batches (`neighbours`) -> the names that may be comparable, by postings and bounds (`search_kernels`). `every=True`
looks at every row and every name instead and gives the same (the full scan, for tests and measurements). What is
defined is in `name_kernels`.
"""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeVar

import numpy as np

from matcher.candidates.meeting_kernels import MARKS
from matcher.candidates.name_kernels import first_stage, scan_scratch
from matcher.candidates.neighbours import Neighbours
from matcher.candidates.search_kernels import EVIDENCE, FOUND_COLUMNS, IS_ENOUGH, NAME, search_names, strongest_of
from matcher.candidates.wanted import Wanted, wanted_bits
from matcher.compare.birth_date_kernels import DATE_COLUMNS, stands_of
from matcher.compare.forms import NameForms
from matcher.index.names import NameIndex, tops_of
from matcher.score import edge_kernels as names
from matcher.score.alignment_kernels import align_pairs
from matcher.score.edge_kernels import LOWEST
from matcher.score.evidence import GRAIN
from matcher.score.model import Model

Array: TypeAlias = np.ndarray[Any, Any]
NAMES_A_PART = 256  # searched by one thread at a time
_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class FirstStage:
    """First-stage evidence of one query name against names of a list: those that may be comparable by it.

    Attributes:
        rows: Name rows, ascending.
        evidence: Bits of each.
        strongest: Bits of the best single agreement of each.
        covered: Tokens covered by full agreements of each: the most of each place, summed over the places of the name
            that gives less; at least the number of agreeing tokens of the shorter name.
        is_enough: Whether the evidence of each is what was wanted; the others only may agree fully.
        weights: What each weighs with the query name: bits, and whether they agree fully; None: not worked out yet.
    """

    rows: Array
    evidence: Array
    strongest: Array
    covered: Array
    is_enough: Array
    weights: tuple[Array, Array] | None = None


@dataclass(frozen=True, slots=True)
class FoundNames:
    """Names found for a batch of query names, by query, then name row.

    Attributes:
        queries: Query name of each.
        rows: Name row of each.
        bits: Weight of the two names.
        agrees_fully: Whether they agree fully (rule 9).
    """

    queries: Array
    rows: Array
    bits: Array
    agrees_fully: Array


class NameScan:
    """Searches one list's names for a model; may be used by several threads at once.

    Args:
        index: The list's names.
        model: Weighs.
        dates: Birth dates of the list's entries, placed (`birth_dates`); by default none is known.
        every: Look at every row and name, and return every name that agrees anywhere.
    """

    def __init__(self, index: NameIndex, model: Model, dates: Array | None = None, *, every: bool = False) -> None:
        self._index, self._model, self._every = index, model, every
        self._dates = np.empty((0, DATE_COLUMNS), np.int16) if dates is None else dates
        self._floor = max(1, math.ceil(model.threshold("name_floor_bits") * GRAIN))
        self._beside_edges = _most_beside_edges(model)
        self._neighbours = Neighbours(index, model)
        self._own = threading.local()
        self._ready: tuple[NameForms, Sequence[Wanted], list[FirstStage]] | None = None

    def prepare(self, queries: NameForms, wanted: Sequence[Wanted] = (), *, workers: int = 1) -> None:
        """Find the neighbours of a batch's tokens; of many names also search and weigh, so that asking only reads.

        Args:
            queries: The batch's names.
            wanted: What each name will be asked for, by place; empty: nothing is searched yet.
            workers: Threads that share the work; the answer doesn't depend on them.
        """
        if len(self._index.counts) and not self._every:
            self._neighbours.of(queries, workers=workers)
            self._ready = None
            if workers > 1 and len(wanted) > NAMES_A_PART:  # fewer are weighed when they are asked
                parts = _in_parts(len(wanted), workers, lambda part: self._weighed_part(queries, part, wanted))
                self._ready = (queries, wanted, list(itertools.chain.from_iterable(parts)))

    def _weighed_part(self, queries: NameForms, part: tuple[int, int], wanted: Sequence[Wanted]) -> list[FirstStage]:
        """The first stage of some of the names, weighed, each with what is wanted of it."""
        own = wanted[part[0] : part[1]]
        stages = self._stages(queries, part, own)
        ends = np.cumsum([len(stage.rows) for stage in stages])
        bits, fully = self.weigh(queries, _pairs(stages, part[0]), least_bits=min(one.least_bits for one in own))
        return [
            replace(stage, weights=(bits[end - len(stage.rows) : end], fully[end - len(stage.rows) : end]))
            for stage, end in zip(stages, ends.tolist(), strict=True)
        ]

    def first_stage(self, queries: NameForms, q: int, wanted: Wanted | None = None) -> FirstStage:
        """Return the names that have enough evidence for what is wanted, or that full agreements may cover.

        Args:
            queries: The batch's names.
            q: Which of them is asked.
            wanted: What for; None: the floor alone counts.

        Cost:
            About 0.03 ms a name on 10,000 names, 0.1 ms on 100,000; at the first call for a batch also 0.1 ms for each
            token never asked before, since the neighbours of the whole batch are found together.
        """
        ready = self._ready
        if ready is not None and ready[0] is queries and wanted is ready[1][q]:
            return ready[2][q]
        return self._stages(queries, (q, q + 1), [wanted or wanted_bits(-math.inf)])[0]

    def reaches(self, entries: Array, wanted: Wanted, bits: Array) -> Array:
        """Whether names of some entries weigh what is wanted: one boolean each."""
        stands = stands_of(self._dates, entries, wanted.asked[None])
        enough: Array = bits >= wanted.bits[stands]
        return enough

    def strongest(self, queries: NameForms, q: int, rows: Array) -> Array:
        """Bits of the best single agreement of a query name with each of some name rows; 0 where nothing agrees."""
        index, near = self._index, self._neighbours.of(queries)
        found = strongest_of(
            queries, q, near.spans, near.entries, index.forms, index.posting_starts, np.asarray(rows, np.int32)
        )
        bits: Array = found / GRAIN
        return bits

    def search(self, queries: NameForms, *, least_bits: float, workers: int = 1) -> FoundNames:
        """Find the comparable names that weigh at least so much, or agree fully, for every name of a batch.

        Args:
            queries: The query names.
            least_bits: The least weight.
            workers: Threads that share the work; the answer doesn't depend on them.
        """
        self._neighbours.of(queries, workers=workers)
        found = _in_parts(len(queries.counts), workers, lambda part: self._search_part(queries, part, least_bits))
        columns = zip(*found, strict=True) if found else ([np.empty(0, np.int32)] for _ in range(4))
        return FoundNames(*(np.concatenate(column) for column in columns))

    def _search_part(self, queries: NameForms, part: tuple[int, int], least_bits: float) -> tuple[Array, ...]:
        """The columns of `FoundNames` for some of the names."""
        stages = self._stages(queries, part, [wanted_bits(least_bits)] * (part[1] - part[0]))
        pairs = _pairs(stages, part[0])
        asked, rows = pairs.T
        enough = np.concatenate([stage.is_enough for stage in stages] or [np.empty(0, bool)])
        bits, fully = self.weigh(queries, pairs, least_bits=least_bits)
        kept = fully | ((bits >= least_bits) & enough)
        return asked[kept], rows[kept], bits[kept], fully[kept]

    def _stages(self, queries: NameForms, part: tuple[int, int], wanted: Sequence[Wanted]) -> list[FirstStage]:
        """What `first_stage` gives for each of some names, in one call."""
        index = self._index
        if not len(index.counts):
            return [_stage(np.empty((0, FOUND_COLUMNS), np.int32)) for _ in wanted]
        floors = self._floors(wanted)
        if self._every:
            return [
                _stage(self._scan_every(queries, q, own, floors[q - part[0]]))
                for q, own in zip(range(*part), wanted, strict=True)
            ]
        near = self._neighbours.of(queries)
        born = (index.entry_rows, self._dates, np.stack([one.asked for one in wanted]))
        starts, found = search_names(
            queries, *part, near.spans, near.entries, index.forms, index.posting_starts, index.postings, index.pairs,
            born, floors, self._scratch(),
        )  # fmt: skip
        return [_stage(found[start:end]) for start, end in itertools.pairwise(starts.tolist())]

    def _floors(self, wanted: Sequence[Wanted]) -> Array:
        """The least evidence of each name, by how the birth dates stand: int32 `(names, STANDS)`."""
        least = np.stack([one.bits for one in wanted])
        units = np.ceil(np.maximum(least, LOWEST / GRAIN) * GRAIN) - self._beside_edges
        floors: Array = np.maximum(units, self._floor).astype(np.int32)
        return floors

    def weigh(self, queries: NameForms, pairs: Array, *, least_bits: float = -math.inf) -> tuple[Array, Array]:
        """Weigh query names against listed ones: bits, and whether they agree fully (rule 9).

        Args:
            queries: The query names.
            pairs: int32 `(n, 2)`: query name, name row.
            least_bits: A pair that weighs less and doesn't agree fully may come out with any weight below.
        """
        least = LOWEST if least_bits == -math.inf else math.ceil(least_bits * GRAIN)
        out = np.empty((len(pairs), 3), np.int32)
        if len(pairs):
            align_pairs(queries, self._index.forms, pairs, self._model.names.arrays, least, out)
        return out[:, 0] / GRAIN, out[:, 2].astype(bool)

    def _scratch(self) -> tuple[Array, ...]:
        """A thread's own marks of the names."""
        state: tuple[Array, ...] | None = getattr(self._own, "state", None)
        if state is None:
            n_names = len(self._index.counts)
            marks = np.zeros((n_names, MARKS), np.int32)
            state = self._own.state = (marks, np.empty(n_names, np.int32), np.zeros(1, np.int32))
        return state

    def _scan_every(self, queries: NameForms, q: int, wanted: Wanted, floors: Array) -> Array:
        index, attested = self._index, self._model.names.attested
        n_names = len(index.counts)
        if not hasattr(self._own, "every"):
            self._own.every = scan_scratch(len(index.ends), n_names)
        out = np.empty((n_names, FOUND_COLUMNS), np.int32)
        partners = (attested.from_keys, attested.to_keys, tops_of(attested.from_keys))
        count = first_stage(
            queries, q, index.forms, index.ends, index.directory, partners, index.posting_starts, index.postings,
            self._model.names.arrays, True, self._own.every, out,
        )  # fmt: skip
        found = out[:count]
        stands = stands_of(self._dates, index.entry_rows[found[:, NAME]], wanted.asked[None])
        found[:, IS_ENOUGH] = found[:, EVIDENCE] >= floors[stands]
        return found


def _in_parts(n: int, workers: int, act: Callable[[tuple[int, int]], _Part]) -> list[_Part]:
    """Do something for the names of a batch, so many at a time, by several threads; the results in order."""
    parts = [(first, min(first + NAMES_A_PART, n)) for first in range(0, n, NAMES_A_PART)]
    if workers < 2 or len(parts) < 2:
        return [act(part) for part in parts]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(act, parts))


def _pairs(stages: list[FirstStage], first: int) -> Array:
    """Each query name with each of its rows: int32 `(n, 2)`."""
    asked = np.repeat(np.arange(first, first + len(stages), dtype=np.int32), [len(stage.rows) for stage in stages])
    rows = np.concatenate([stage.rows for stage in stages] or [np.empty(0, np.int32)]).astype(np.int32)
    return np.stack([asked, rows], axis=1)


def _stage(found: Array) -> FirstStage:
    rows, evidence, strongest, covered, is_enough = found[np.argsort(found[:, NAME])].T
    return FirstStage(rows, evidence / GRAIN, strongest / GRAIN, covered, is_enough != 0)


def _most_beside_edges(model: Model) -> int:
    """The most that an alignment weighs beside first-stage evidence, in 1/1024 bit."""
    numbers = model.names.numbers

    def most(first: int, end: int) -> int:
        return max(0, int(numbers[first:end].max()))

    a_token = most(names.REST, names.CONFLICT) + most(names.LEAD, names.ORDER) + most(names.SECOND, names.LEAD)
    left_over = most(names.CONFLICT, names.EXTRA) + most(names.EXTRA, names.SECOND)
    in_all = 2 * names.MAX_TOKENS * a_token + left_over + most(names.ORDER, names.BASE)
    return in_all + int(numbers[names.BASE])
