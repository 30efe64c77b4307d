"""The neighbours of query names in a list's vocabulary: found once for equal tokens of a batch, remembered across them.

What a unit's neighbours are depends on the unit's row, its reading and whether it ends its name; never on the name that
it stands in. Two generations of what was found are kept: the older one goes when the younger is full.
"""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from matcher.candidates.bounds import weight_bounds
from matcher.candidates.neighbour_kernels import NEAR_COLUMNS, ending_units, find_neighbours
from matcher.compare.forms import NameForms
from matcher.compare.token_kernels import FACTS
from matcher.index.names import NameIndex, tops_of
from matcher.score.model import Model

Array: TypeAlias = np.ndarray[Any, Any]

UNITS_A_PART = 256  # worked by one thread at a time
MOST_UNITS = 200_000  # units remembered a generation
MOST_ENTRIES = 4_000_000  # and neighbours: 64 MB


class NearUnits(NamedTuple):
    """Neighbours of the units of a batch of names.

    Attributes:
        spans: int64 `(units, 2)`: where the neighbours of each unit begin and end.
        entries: int32 `(neighbours, NEAR_COLUMNS)`.
    """

    spans: Array
    entries: Array


class Neighbours:
    """Finds the neighbours of units in one list, for one model."""

    def __init__(self, index: NameIndex, model: Model) -> None:
        self._index, self._model = index, model
        self._bounds = weight_bounds(model.names)
        attested = model.names.attested
        self._partners = (attested.from_keys, attested.to_keys, tops_of(attested.from_keys))
        self._young: dict[bytes, Array] = {}
        self._old: dict[bytes, Array] = {}
        self._entries = 0
        self._turn = threading.Lock()
        self._last: tuple[NameForms, NearUnits] | None = None
        self._own = threading.local()

    def of(self, queries: NameForms, *, workers: int = 1) -> NearUnits:
        """Return the neighbours of every unit of some names; those of the last names asked are at hand.

        Args:
            queries: The names.
            workers: Threads that share the work.
        """
        last = self._last
        if last is not None and last[0] is queries:
            return last[1]
        with self._turn:
            found = self._find(queries, workers)
            self._last = (queries, found)
        return found

    def _find(self, queries: NameForms, workers: int) -> NearUnits:
        units = queries.units
        owners = np.repeat(np.arange(len(queries.counts), dtype=np.int32), np.diff(queries.starts))
        ending = ending_units(queries, owners)
        codes = (units["row"].astype(np.int64) << 3) | (units["reading"].astype(np.int64) << 1) | ending
        _, firsts, inverse = np.unique(codes, return_index=True, return_inverse=True)
        keys = _keys(queries, units[firsts], ending[firsts])
        known = [self._remembered(key) for key in keys]
        missing = [at for at, one in enumerate(known) if one is None]
        for at, one in zip(missing, self._work(queries, firsts[missing], ending, workers), strict=True):
            known[at] = one
            self._remember(keys[at], one)
        found = [one for one in known if one is not None]
        ends = np.cumsum([len(one) for one in found], dtype=np.int64)
        borders = np.concatenate(([0], ends)).astype(np.int64)
        spans = np.stack([borders[:-1], borders[1:]], axis=1)[inverse]
        entries = np.concatenate(found) if found else np.empty((0, NEAR_COLUMNS), np.int32)
        return NearUnits(np.ascontiguousarray(spans), entries)

    def _work(self, queries: NameForms, wanted: Array, ending: Array, workers: int) -> list[Array]:
        """Find the neighbours of units that are not remembered."""
        todo = np.stack([wanted, ending[wanted]], axis=1).astype(np.int64)
        parts = [todo[at : at + UNITS_A_PART] for at in range(0, len(todo), UNITS_A_PART)]
        if workers > 1 and len(parts) > 1:
            with ThreadPoolExecutor(workers) as pool:
                found = list(pool.map(lambda part: self._work_part(queries, part), parts))
        else:
            found = [self._work_part(queries, part) for part in parts]
        return [one for part in found for one in part]

    def _work_part(self, queries: NameForms, todo: Array) -> list[Array]:
        index = self._index
        state: tuple[Array, ...] | None = getattr(self._own, "state", None)
        if state is None:
            n_rows = len(index.ends)
            state = self._own.state = (
                np.zeros(n_rows, np.int32),
                np.zeros(1, np.int32),
                np.empty(n_rows + 1, np.int32),
                np.empty(n_rows + 1, np.int32),
            )
        starts, entries = find_neighbours(
            queries, todo, index.forms, index.briefs, index.ends, index.directory, self._partners,
            self._model.names.arrays, self._bounds, state,
        )  # fmt: skip
        return [entries[start:end] for start, end in itertools.pairwise(starts.tolist())]

    def _remembered(self, key: bytes) -> Array | None:
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self._remember(key, found)
        return found

    def _remember(self, key: bytes, found: Array) -> None:
        if len(self._young) >= MOST_UNITS or self._entries + len(found) > MOST_ENTRIES:
            self._old, self._young, self._entries = self._young, {}, 0
        self._young[key] = found if found.base is None else found.copy()
        self._entries += len(found)


def _keys(queries: NameForms, units: Array, ending: Array) -> list[bytes]:
    """What tells units apart: their rows' letters and facts, the reading, whether they end their name."""
    rows = units["row"]
    facts = queries.facts[rows]
    own = queries.letters[facts["own"]]
    facts["own"] = 0  # a place in this batch's letters
    beside = np.stack([units["reading"], ending], axis=1).astype(np.uint8)
    said = facts.view(np.uint8).reshape(len(rows), FACTS.itemsize)
    packed = np.ascontiguousarray(np.concatenate([queries.letters[rows], own, said, beside], axis=1))
    width = packed.shape[1]
    text = packed.tobytes()
    return [text[at : at + width] for at in range(0, len(text), width)]
