"""What a query name is searched for: how much a listed name must weigh, by how the birth dates stand to each other.

Whoever was born at another time needs a better name to reach a review. Most names that are a little alike are left out
so, before they are completed or aligned.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np

from matcher.candidates.birth_dates import asked_date
from matcher.compare.birth_date import all_levels, levels_apart
from matcher.compare.birth_date_kernels import (
    ABSENT,
    DAYS_APART,
    NEXT_MONTH,
    OPEN,
    OTHER_MONTH,
    STANDS,
    YEARS_APART,
)
from matcher.query import Query
from matcher.score.model import Model
from matcher.score.person import least_name_bits, most_bits

Array = np.ndarray[Any, Any]


class Wanted(NamedTuple):
    """What a query name is searched for.

    Attributes:
        asked: The traveller's birth date, placed (`birth_dates`).
        bits: What a listed name must weigh, unless the names agree fully, by `birth_date_kernels.stand_of`.
    """

    asked: Array
    bits: Array

    @property
    def least_bits(self) -> float:
        """What the name of any entry must weigh."""
        return float(self.bits.min())


def wanted_bits(least_bits: float) -> Wanted:
    """Want names of a weight, whatever else is known."""
    return Wanted(asked_date(None), np.full(STANDS, least_bits))


def wanted_by(model: Model, query: Query, least_bits: float) -> Wanted:
    """Want names with which a traveller may reach a match weight, everything but the birth date at its most.

    Args:
        model: Weights.
        query: The traveller.
        least_bits: The match weight that counts; minus infinity: any.
    """
    least = least_name_bits(model, query, least_bits)
    if query.birth_date is None:
        return wanted_bits(least)
    own = most_by_stand(model, query.data_source)
    return Wanted(asked_date(query.birth_date), least + most_bits(model, "birth_date", query.data_source) - own)


def levels_at(stand: int) -> frozenset[str]:
    """Levels of two birth dates, by how they stand (`birth_date_kernels`); none where one is missing.

    Examples:
        >>> "one_day_off" in levels_at(NEXT_MONTH), "one_day_off" in levels_at(OTHER_MONTH), levels_at(ABSENT)
        (True, False, frozenset())
    """
    if stand == ABSENT:
        return frozenset()
    if stand == OPEN:
        return all_levels()
    if stand >= YEARS_APART:
        return levels_apart(stand - YEARS_APART, has_days=False)
    slips = {NEXT_MONTH: {"one_day_off", "one_digit"}, OTHER_MONTH: {"one_digit"}}.get(stand, set())
    return levels_apart(max(stand - DAYS_APART, 0), has_days=True) | slips


@functools.lru_cache(maxsize=64)
def most_by_stand(model: Model, source: str) -> Array:
    """The most that two birth dates weigh, in bits, by how they stand; `source` as for `Model.field_bits`."""
    weights = model.weights["birth_date"]

    def most(stand: int) -> float:
        return max((model.field_bits(weights[level], source) for level in levels_at(stand)), default=0.0)

    return np.array([most(stand) for stand in range(STANDS)])
