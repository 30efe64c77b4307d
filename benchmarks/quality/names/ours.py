"""Épervier as an engine: the library's public comparison, its first stage and its comparable rule.

A search weighs every comparable name of the list (rule 3 a and d).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

import matcher
from benchmarks.quality.names.engine import Hits
from matcher.candidates.first_stage import NameScan
from matcher.candidates.persons import may_agree_fully
from matcher.compare.forms import NameForms, name_forms
from matcher.index.names import NameIndex, build_names
from matcher.score.model import Model, load_model
from matcher.text import analyse_name

QUERIES_A_CALL = 2_000


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
        found: list[Hits] = []
        for start in range(0, len(queries), QUERIES_A_CALL):
            forms = name_forms(
                [analyse_name(query) for query in queries[start : start + QUERIES_A_CALL]], self._model.names
            )
            found += [self._list.best(forms, q, limit) for q in range(len(forms.counts))]
        return found

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
        weights = self._model.weights
        needed = weights["thresholds"]["review_bits"] - weights["name"]["comparable"] - self._model.person_prior_bits
        forms = name_forms([analyse_name(name) for name in left], self._model.names)
        return [listed.alone(forms, row, row, needed) for row in range(len(left))]


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
        self._scan = NameScan(self._index, model)
        self._rows = {int(entry): row for row, entry in enumerate(self._index.entry_rows.tolist())}

    def best(self, forms: NameForms, q: int, limit: int) -> Hits:
        """The best comparable names of a query, by weight, then row."""
        rows, firm = self._comparable(forms, q)
        bits, fully = self._scan.weigh(forms, _pairs(q, rows))
        kept = np.flatnonzero(firm | fully)
        order = kept[np.lexsort((rows[kept], -bits[kept]))[:limit]]
        return [(int(self._index.entry_rows[rows[at]]), float(bits[at])) for at in order]

    def alone(self, forms: NameForms, q: int, entry: int, needed: float) -> tuple[bool, bool]:
        """Whether a query reaches review with the name of an entry row alone, and whether the two are comparable."""
        row = self._rows.get(entry)
        if row is None or not forms.counts[q]:
            return False, False
        bits, fully = self._scan.weigh(forms, _pairs(q, np.array([row])))
        rows, firm = self._comparable(forms, q)
        is_firm = bool(firm[rows == row].any())
        return bool(fully[0] or bits[0] >= needed), is_firm or bool(fully[0])

    def _comparable(self, forms: NameForms, q: int) -> tuple[np.ndarray, np.ndarray]:
        """Name rows that may be comparable, and whether by evidence."""
        stage = self._scan.first_stage(forms, q)
        firm = stage.evidence >= self._model.threshold("name_floor_bits")
        wanted = np.flatnonzero(firm | may_agree_fully(self._index, stage, int(forms.counts[q])))
        return stage.rows[wanted], firm[wanted]


def _pairs(q: int, rows: np.ndarray) -> np.ndarray:
    return np.stack([np.full(len(rows), q), rows], axis=1).astype(np.int32)
