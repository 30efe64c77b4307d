"""Penalised logistic regression over cells of a table, and what holds a table in shape.

Newton's method until nothing moves, so that the result depends on the data alone: the same rows give the same numbers,
to far less than the 1/1024 bit that they are rounded to. Penalties pull neighbouring cells together, so that a cell
without data has its neighbours' weight.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.learn.fit_kernels import normal, sums

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_ROUNDS = 60
STILL = 1e-7
LONGEST_STEP = 4.0


class Rows(NamedTuple):
    """Rows of a fit: cells, how much of each, how many; whether true; what each row weighs."""

    cells: Ints
    shares: Floats
    counts: Ints
    true: NDArray[np.int8]
    weights: Floats

    def chosen(self, which: NDArray[np.bool_]) -> Rows:
        """Some of the rows."""
        columns: list[Any] = [column[which] for column in self]
        return Rows(*columns)

    def and_also(self, other: Rows) -> Rows:
        """Rows of two sources."""
        pairs: list[Any] = list(zip(self, other, strict=True))
        columns: list[Any] = [np.concatenate(two) for two in pairs]
        return Rows(*columns)


class Penalty:
    """A quadratic penalty of a table's cells: their sizes, and the differences of pairs of cells."""

    def __init__(self, cells: int, size: float) -> None:
        """Begin with the same small penalty of every cell's size."""
        self.matrix = np.diag(np.full(cells, size))

    def alike(self, one: int, other: int, strength: float) -> None:
        """Pull two cells together."""
        self.matrix[one, one] += strength
        self.matrix[other, other] += strength
        self.matrix[one, other] -= strength
        self.matrix[other, one] -= strength

    def small(self, cell: int, strength: float) -> None:
        """Pull a cell to zero."""
        self.matrix[cell, cell] += strength


def fit(rows: Rows, penalty: Penalty, *, at_most_zero: Sequence[int] = (), at_least_zero: Sequence[int] = ()) -> Floats:
    """Fit the cells, in natural logarithms of odds; cells on the wrong side of zero are held at zero."""
    coefficients = np.zeros(len(penalty.matrix))
    free = np.ones(len(coefficients), bool)
    while True:
        coefficients = _newton(rows, penalty.matrix, coefficients, free)
        wrong = [cell for cell in at_most_zero if coefficients[cell] > 0]
        wrong += [cell for cell in at_least_zero if coefficients[cell] < 0]
        if not wrong:
            return coefficients
        coefficients[wrong] = 0.0
        free[wrong] = False


def _newton(rows: Rows, penalty: Floats, coefficients: Floats, free: NDArray[np.bool_]) -> Floats:
    size = len(coefficients)
    for _ in range(MOST_ROUNDS):
        hessian, gradient = np.zeros((size, size)), np.zeros(size)
        normal(rows.cells, rows.shares, rows.counts, rows.true, rows.weights, coefficients, hessian, gradient)
        gradient += penalty @ coefficients
        hessian += penalty
        step = np.zeros(size)
        step[free] = np.linalg.solve(hessian[np.ix_(free, free)], gradient[free])
        longest = float(np.abs(step).max())
        coefficients = coefficients - step * min(1.0, LONGEST_STEP / max(longest, STILL))
        if longest < STILL:
            break
    return coefficients


def totals(rows: Rows, coefficients: Floats) -> Floats:
    """Sum each row's cells."""
    out = np.empty(len(rows.counts))
    sums(rows.cells, rows.shares, rows.counts, coefficients, out)
    return out


def met(rows: Rows, cells: int) -> Floats:
    """How much the rows meet each cell."""
    used = np.arange(rows.cells.shape[1])[None, :] < rows.counts[:, None]
    weighed = rows.shares * rows.weights[:, None]
    return np.bincount(rows.cells[used], weighed[used], cells).astype(np.float64)


def in_grains(coefficients: Floats) -> NDArray[np.int32]:
    """Turn natural logarithms of odds into integers in 1/1024 bit."""
    return np.round(coefficients / math.log(2) * 1024).astype(np.int32)


def rising(values: Iterable[float], weights: Iterable[float]) -> list[float]:
    """The nearest sequence that never falls (weighted least squares, pool adjacent violators).

    Examples:
        >>> rising([1, 3, 2, 4], [1, 1, 1, 1]), rising([3, 0], [2, 1])
        ([1.0, 2.5, 2.5, 4.0], [2.0, 2.0])
    """
    pools: list[list[float]] = []  # mean, weight, how many
    for value, weight in zip(values, weights, strict=True):
        pools.append([float(value), weight, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, heavy, many = pools.pop()
            last = pools[-1]
            last[0] = (last[0] * last[1] + mean * heavy) / (last[1] + heavy)
            last[1] += heavy
            last[2] += many
    return [mean for mean, _, many in pools for _ in range(int(many))]
