"""Baselines on romanised whole names: anyascii, then one string measure of rapidfuzz.

What a first script for the task does. anyascii is an optional dependency of the benchmarks (extra `bench`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler, Levenshtein

from benchmarks.quality.names.engine import Hits

_CHUNK = 16  # queries a matrix
_NOT_LETTERS = re.compile("[^a-z]+")
_APOSTROPHES = re.compile("['`’ʻ]")


def romanised(name: str) -> str:
    """Write a name in plain lower-case Latin letters, one space between tokens.

    Examples:
        >>> romanised("AL-SHA’ARI, Saïd"), romanised("Бортников")
        ('al shaari said', 'bortnikov')
    """
    from anyascii import anyascii  # optional: only these baselines need it

    return _NOT_LETTERS.sub(" ", _APOSTROPHES.sub("", anyascii(name)).lower()).strip()


def romanised_sorted(name: str) -> str:
    """The same with the tokens sorted."""
    return " ".join(sorted(romanised(name).split()))


class WholeNames:
    """One measure of whole strings.

    Args:
        name: Shown in the tables.
        prepare: Makes the compared text of a name.
        scorer: A batch scorer of rapidfuzz; higher is closer.
        most_queries: Queries of a set that are searched; None for all. For measures that take an hour otherwise.
    """

    same_at: float | None = None

    def __init__(
        self, name: str, prepare: Callable[[str], str], scorer: Any, *, most_queries: int | None = None
    ) -> None:
        self.name, self.most_queries = name, most_queries
        self._prepare, self._scorer = prepare, scorer
        self._listed: Sequence[str] | None = None
        self._texts: list[str] = []

    def search(self, queries: Sequence[str], listed: Sequence[str], limit: int) -> list[Hits]:
        """Score every listed name and keep the best."""
        if self._listed is not listed:
            self._listed, self._texts = listed, [self._prepare(name) for name in listed]
        found: list[Hits] = []
        for start in range(0, len(queries), _CHUNK):
            texts = [self._prepare(name) for name in queries[start : start + _CHUNK]]
            found += [best_rows(row, limit) for row in process.cdist(texts, self._texts, scorer=self._scorer)]
        return found

    def compare(self, left: Sequence[str], right: Sequence[str]) -> list[float]:
        """Score pairs."""
        one, other = ([self._prepare(name) for name in names] for names in (left, right))
        scores: list[float] = process.cpdist(one, other, scorer=self._scorer, dtype=np.float32).tolist()
        return scores


def best_rows(scores: np.ndarray[Any, Any], limit: int) -> Hits:
    """The best rows of a row of scores, by score, then row.

    Examples:
        >>> best_rows(np.array([0.5, 0.9, 0.9, 0.1]), 3)
        [(1, 0.9), (2, 0.9), (0, 0.5)]
    """
    rows = np.argpartition(-scores, limit)[:limit] if limit < len(scores) else np.arange(len(scores))
    order = np.lexsort((rows, -scores[rows]))
    return [(int(row), float(scores[row])) for row in rows[order]]


def engines() -> list[WholeNames]:
    """The four measures that everybody tries first."""
    return [
        WholeNames("anyascii + Jaro–Winkler, whole name", romanised, JaroWinkler.normalized_similarity),
        WholeNames("anyascii + Levenshtein, whole name", romanised, Levenshtein.normalized_similarity),
        WholeNames("anyascii + token_sort_ratio", romanised_sorted, fuzz.ratio),
        WholeNames("anyascii + token_set_ratio", romanised, fuzz.token_set_ratio, most_queries=100),
    ]
