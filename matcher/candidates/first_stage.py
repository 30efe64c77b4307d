"""The first stage: name evidence of one query name against every name of a list (rule 3 a).

The rows that can agree with a query row are found through the list's directory; `every=True` looks at all rows instead
and gives the same (the full scan, for tests and measurements). What is defined is in `name_kernels`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from matcher.candidates.name_kernels import first_stage
from matcher.compare.forms import NameForms
from matcher.index.agreement_kernels import MAX_KEYS
from matcher.index.names import NameIndex, tops_of
from matcher.score.alignment_kernels import align_pairs
from matcher.score.evidence import GRAIN
from matcher.score.model import Model

Array: TypeAlias = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class FirstStage:
    """First-stage evidence of one query name against the names of a list that it agrees with anywhere.

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

    def strongest_of(self, name_row: int) -> float:
        """Bits of the best single agreement of a name; 0 where nothing agrees."""
        place = int(np.searchsorted(self.rows, name_row))
        found = place < len(self.rows) and self.rows[place] == name_row
        return float(self.strongest[place]) if found else 0.0


class NameScan:
    """Searches one list's names for a model; holds scratch, so one object serves one thread."""

    def __init__(self, index: NameIndex, model: Model, *, every: bool = False) -> None:
        self._index, self._model, self._every = index, model, every
        n_rows, n_names = len(index.ends), len(index.counts)
        attested = model.names.attested
        self._partners = (attested.from_keys, attested.to_keys, tops_of(attested.from_keys))
        self._state = (
            np.zeros(n_rows, np.int32),
            np.zeros(2, np.int32),
            np.empty(n_rows + 1, np.int32),
            np.empty(MAX_KEYS, np.uint64),
            *(np.zeros(n_names, np.int32) for _ in range(7)),
        )
        self._out = np.empty((n_names, 4), np.int32)

    def first_stage(self, queries: NameForms, q: int) -> FirstStage:
        """Return the first-stage evidence of a query name.

        Cost:
            About 1 ms on 35,000 names.
        """
        index = self._index
        count = 0
        if len(index.counts):
            count = first_stage(
                queries,
                q,
                index.forms,
                index.ends,
                index.directory,
                self._partners,
                index.posting_starts,
                index.postings,
                self._model.names.arrays,
                self._every,
                self._state,
                self._out,
            )
        found = self._out[:count]
        found = found[np.argsort(found[:, 0])]
        return FirstStage(found[:, 0], found[:, 1] / GRAIN, found[:, 2] / GRAIN, found[:, 3])

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
