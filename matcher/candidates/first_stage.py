"""The first stage: the names of a list that may be comparable with a query name, and their evidence (rule 3 a, d).

Steps for a batch: the distinct units of its names -> their neighbours in the list's vocabulary, remembered across
batches (`neighbours`) -> the names that may be comparable, by postings and bounds (`search_kernels`). `every=True`
looks at every row and every name instead and gives the same (the full scan, for tests and measurements). What is
defined is in `name_kernels`.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from matcher.candidates.name_kernels import first_stage
from matcher.candidates.neighbours import Neighbours
from matcher.candidates.search_kernels import search_names, strongest_of
from matcher.compare.forms import NameForms
from matcher.index.agreement_kernels import MAX_KEYS
from matcher.index.names import NameIndex, tops_of
from matcher.score.alignment_kernels import align_pairs
from matcher.score.evidence import GRAIN
from matcher.score.model import Model

Array: TypeAlias = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class FirstStage:
    """First-stage evidence of one query name against names of a list: those that may be comparable by it.

    Attributes:
        rows: Name rows, ascending.
        evidence: Bits of each.
        strongest: Bits of the best single agreement of each.
        covered: Tokens of either side covered by full agreements of each; at least the number of agreeing tokens of
            the shorter name.
    """

    rows: Array
    evidence: Array
    strongest: Array
    covered: Array


class NameScan:
    """Searches one list's names for a model; may be used by several threads at once.

    Args:
        index: The list's names.
        model: Weighs.
        every: Look at every row and name, and return every name that agrees anywhere.
    """

    def __init__(self, index: NameIndex, model: Model, *, every: bool = False) -> None:
        self._index, self._model, self._every = index, model, every
        self._floor = max(1, math.ceil(model.threshold("name_floor_bits") * GRAIN))
        self._neighbours = Neighbours(index, model)
        self._own = threading.local()

    def first_stage(self, queries: NameForms, q: int) -> FirstStage:
        """Return the names that reach the floor with a query name, or that full agreements may cover.

        The neighbours of all names of `queries` are found at the first call; another batch takes their place.

        Cost:
            About 0.1 ms a name in a batch, on 35,000 names; tokens never asked before 0.1 ms each.
        """
        if not len(self._index.counts):
            return _stage(np.empty((0, 4), np.int32))
        if self._every:
            return _stage(self._scan_every(queries, q))
        index, near = self._index, self._neighbours.of(queries)
        _, found = search_names(
            queries, q, q + 1, near.spans, near.entries, index.forms, index.posting_starts, index.postings,
            self._floor, self._scratch(),
        )  # fmt: skip
        return _stage(found)

    def strongest(self, queries: NameForms, q: int, rows: Array) -> Array:
        """Bits of the best single agreement of a query name with each of some name rows; 0 where nothing agrees."""
        index, near = self._index, self._neighbours.of(queries)
        found = strongest_of(
            queries, q, near.spans, near.entries, index.forms, index.posting_starts, np.asarray(rows, np.int32)
        )
        bits: Array = found / GRAIN
        return bits

    def weigh(self, queries: NameForms, pairs: Array) -> tuple[Array, Array]:
        """Weigh query names against listed ones: bits, and whether they agree fully (rule 9).

        Args:
            queries: The query names.
            pairs: int32 `(n, 2)`: query name, name row.
        """
        out = np.empty((len(pairs), 3), np.int32)
        if len(pairs):
            align_pairs(queries, self._index.forms, pairs, self._model.names.arrays, out)
        return out[:, 0] / GRAIN, out[:, 2].astype(bool)

    def _scratch(self) -> tuple[Array, ...]:
        """A thread's own stamps and sums, one of each a name."""
        state: tuple[Array, ...] | None = getattr(self._own, "state", None)
        if state is None:
            n_names = len(self._index.counts)
            state = self._own.state = (*(np.zeros(n_names, np.int32) for _ in range(4)), np.zeros(1, np.int32))
        return state

    def _scan_every(self, queries: NameForms, q: int) -> Array:
        index, attested = self._index, self._model.names.attested
        n_rows, n_names = len(index.ends), len(index.counts)
        if not hasattr(self._own, "every"):
            self._own.every = (
                np.zeros(n_rows, np.int32),
                np.zeros(2, np.int32),
                np.empty(n_rows + 1, np.int32),
                np.empty(MAX_KEYS, np.uint64),
                *(np.zeros(n_names, np.int32) for _ in range(7)),
            )
        out = np.empty((n_names, 4), np.int32)
        partners = (attested.from_keys, attested.to_keys, tops_of(attested.from_keys))
        count = first_stage(
            queries, q, index.forms, index.ends, index.directory, partners, index.posting_starts, index.postings,
            self._model.names.arrays, True, self._own.every, out,
        )  # fmt: skip
        return out[:count]


def _stage(found: Array) -> FirstStage:
    found = found[np.argsort(found[:, 0])]
    return FirstStage(found[:, 0], found[:, 1] / GRAIN, found[:, 2] / GRAIN, found[:, 3])
