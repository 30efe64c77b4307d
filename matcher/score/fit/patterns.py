"""Pairs of levels to counted patterns: what many pairs share is worked out once.

Steps: columns checked -> levels to numbers, missing to -1 -> equal rows counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matcher.errors import UsageError
from matcher.score.model import FIELD_LEVELS

MISSING = -1
COUNT = "_count"


@dataclass(frozen=True, slots=True)
class Patterns:
    """Distinct rows of levels.

    Attributes:
        features: Names, in the order of the columns.
        levels: Of each feature, strongest first.
        codes: int64 `(patterns, features)`: place of the level, `MISSING` where the feature has none.
        counts: float64 `(patterns,)`: pairs of each pattern.
    """

    features: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    codes: NDArray[np.int64]
    counts: NDArray[np.float64]

    def totals(self, weights: NDArray[np.float64], feature: int) -> NDArray[np.float64]:
        """Sum weights of patterns by level of a feature; missing ones are left out."""
        codes = self.codes[:, feature]
        seen = codes >= 0
        return np.bincount(codes[seen], weights[seen], len(self.levels[feature])).astype(np.float64)


def make_patterns(
    pairs: pl.DataFrame, features: Sequence[str], levels: Mapping[str, Sequence[str]] | None, count: str | None
) -> Patterns:
    """Count the distinct rows of a frame.

    Args:
        pairs: One column a feature, of words; null is missing.
        features: Columns to use.
        levels: Levels of features, strongest first; those of the model's tables where none are given.
        count: Column that says how many pairs a row stands for; None: one.

    Raises:
        UsageError: a feature without known levels, a word that is none of its levels, a count below 0.
    """
    known = {name: tuple((levels or {}).get(name, FIELD_LEVELS.get(name, ()))) for name in features}
    for name in features:
        _check(pairs[name], known[name])
    amounts = pl.lit(1.0) if count is None else pl.col(count).cast(pl.Float64)
    columns: list[Any] = [
        pl.col(name)
        .cast(pl.String)
        .replace_strict({level: at for at, level in enumerate(known[name])}, default=None, return_dtype=pl.Int64)
        .fill_null(MISSING)
        for name in features
    ]
    rows = pairs.select(*columns, amounts.alias(COUNT)).group_by(features).agg(pl.col(COUNT).sum()).sort(features)
    counts = rows[COUNT].to_numpy().astype(np.float64)
    if len(counts) and counts.min() < 0:
        raise UsageError("a count of pairs is below 0; give how many pairs each row stands for")
    return Patterns(tuple(features), tuple(known.values()), rows.select(features).to_numpy().astype(np.int64), counts)


def _check(column: pl.Series, levels: Sequence[str]) -> None:
    if not levels:
        raise UsageError(f"feature {column.name!r} has no known levels; give them as `levels`, strongest first")
    unknown = set(column.cast(pl.String).drop_nulls().unique()) - set(levels)
    if unknown:
        raise UsageError(f"column {column.name!r} holds {len(unknown)} words that are no levels; name every level")
