"""Épervier as an engine: the library's public comparison, its full scan and its comparable rule.

A search scores the comparable names of the list (rule 3 a and d) best first-stage evidence first, and stops when the
rest can't reach the best so far: first-stage evidence bounds the alignment's. So the answer is that of scoring every
comparable name.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

import matcher
from benchmarks.quality.names.engine import Hits
from matcher.candidates.full_scan import FirstStage, FullScan
from matcher.index.names import NameIndex, build_names
from matcher.score.model import Model, load_model
from matcher.score.names import align_names
from matcher.text import Token, analyse_name


class Epervier:
    """The library with one model.

    Args:
        model_id: A shipped model; None for the default one, compared through `matcher.compare_name_pairs`.
    """

    same_at: float | None = 0.0

    def __init__(self, model_id: str | None = None) -> None:
        self._is_default = model_id is None
        self._model = load_model(model_id) if model_id else load_model()
        self.name = f"Épervier, {self._model.model_id}"
        self._listed: Sequence[str] | None = None
        self._list: _List | None = None

    def search(self, queries: Sequence[str], listed: Sequence[str], limit: int) -> list[Hits]:
        """Find the best comparable names by match weight."""
        if self._list is None or self._listed is not listed:
            self._listed, self._list = listed, _List(listed, self._model)
        return [self._list.best(analyse_name(query), limit) for query in queries]

    def compare(self, left: Sequence[str], right: Sequence[str]) -> list[float]:
        """Compare pairs of names; the match weight at even odds."""
        if self._is_default:
            weights = matcher.compare_name_pairs(left, right).column("match_weight").to_pylist()
        else:
            pairs = zip(left, right, strict=True)
            weights = [matcher.compare_names(*pair, model=self._model).match_weight for pair in pairs]
        return [float("-inf") if weight is None else weight for weight in weights]

    def first_stage(self, left: Sequence[str], right: Sequence[str]) -> list[tuple[bool, bool]]:
        """Whether each pair reaches review on its name alone, and whether it is comparable."""
        listed = _List(right, self._model)
        needed = self._model.threshold("review_bits") - self._model.person_prior_bits
        found = []
        for row, (query, name) in enumerate(zip(left, right, strict=True)):
            tokens = analyse_name(query)
            alignment = align_names(self._model, tokens, analyse_name(name))
            if alignment is None:
                found.append((False, False))
                continue
            reaches = alignment.agrees_fully or alignment.bits >= needed
            found.append((reaches, listed.is_comparable(tokens, row)))
        return found


class _List:
    """A list of names, opened for the scan."""

    def __init__(self, listed: Sequence[str], model: Model) -> None:
        self._model = model
        persons = pa.table(
            {
                "kind": ["person"] * len(listed),
                "names": [[{"text": name, "kind": "primary"}] for name in listed],
                "birth_dates": pa.nulls(len(listed), pa.list_(pa.null())),
            }
        )
        self._index = NameIndex(build_names(persons))
        self._scan = FullScan(self._index, model)
        self._ends = np.cumsum(self._index.counts, dtype=np.int64)
        self._rows = {int(entry): row for row, entry in enumerate(self._index.entry_rows.tolist())}

    def best(self, tokens: tuple[Token, ...], limit: int) -> Hits:
        """The best comparable names of a query, by weight, then row."""
        if not tokens:
            return []
        stage = self._scan.first_stage(tokens)
        kept: list[tuple[float, int]] = []
        for row, by_evidence in self._comparable(stage, len(tokens)):
            if len(kept) == limit and stage.evidence[row] < kept[0][0]:
                break
            alignment = align_names(self._model, tokens, self._tokens_of(row))
            if alignment is None or not (by_evidence or alignment.agrees_fully):
                continue
            scored = (alignment.bits, -int(self._index.entry_rows[row]))
            (heapq.heappushpop if len(kept) == limit else heapq.heappush)(kept, scored)
        return [(-row, bits) for bits, row in sorted(kept, reverse=True)]

    def is_comparable(self, tokens: tuple[Token, ...], entry: int) -> bool:
        """Whether a query and the name of an entry row are comparable."""
        row = self._rows.get(entry)
        if row is None:
            return False
        stage = self._scan.first_stage(tokens)
        if stage.evidence[row] >= self._model.threshold("name_floor_bits"):
            return True
        alignment = align_names(self._model, tokens, self._tokens_of(row))
        return alignment is not None and alignment.agrees_fully

    def _comparable(self, stage: FirstStage, n_tokens: int) -> Iterator[tuple[int, bool]]:
        """Name rows that may be comparable, best evidence first, and whether by evidence."""
        shorter = np.minimum(self._index.counts, n_tokens)
        both_one = (self._index.counts == 1) & (n_tokens == 1)
        by_agreement = stage.covered >= np.where(both_one, 1, np.maximum(shorter, 2))
        by_evidence = stage.evidence >= self._model.threshold("name_floor_bits")
        rows = np.flatnonzero(by_evidence | by_agreement)
        for row in rows[np.argsort(-stage.evidence[rows], kind="stable")].tolist():
            yield row, bool(by_evidence[row])

    def _tokens_of(self, row: int) -> tuple[Token, ...]:
        end = int(self._ends[row])
        ids = self._index.name_tokens[end - int(self._index.counts[row]) : end]
        return tuple(self._index.tokens[token] for token in ids.tolist())
