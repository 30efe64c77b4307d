"""Whether a probability means what it says: predicted against observed, by tenths, at a set's own base rate.

A match weight is log2 of the odds after evidence that began at the model's prior odds. In a set where right pairs are
more frequent the same evidence means more: predicted = 2^v / (1 + 2^v) with v = weight - prior bits of the model + log2
of the set's own odds, right pairs against wrong ones among all its pairs, comparable or not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from matcher.report.measures import Share

Array: TypeAlias = np.ndarray[Any, Any]

TENTHS = 10
_STEPS, _NEAR, _FLAT = 100, 1e-9, 1e-12  # of Newton's method


@dataclass(frozen=True, slots=True)
class Tenth:
    """Pairs whose predicted probability lies in one tenth of 0 to 1.

    Attributes:
        low, high: Its ends.
        predicted: Mean predicted probability of its pairs; None without any.
        observed: Right pairs of all its pairs.
    """

    low: float
    high: float
    predicted: float | None
    observed: Share

    @property
    def gap(self) -> float | None:
        """Distance of the observed share from the predicted one."""
        if self.predicted is None or self.observed.value is None:
            return None
        return abs(self.observed.value - self.predicted)

    @property
    def sure_gap(self) -> float | None:
        """Distance of the prediction from the interval of the observed share: what chance doesn't explain."""
        if self.predicted is None:
            return None
        return max(0.0, self.observed.low - self.predicted, self.predicted - self.observed.high)

    def to_dict(self) -> dict[str, Any]:
        """Return every figure of the tenth."""
        return {
            "low": self.low,
            "high": self.high,
            "predicted": self.predicted,
            "observed": self.observed.to_dict(),
            "gap": self.gap,
            "sure_gap": self.sure_gap,
        }


def shift_bits(n_right: int, n_pairs: int, model_prior_bits: float) -> float:
    """Return what to add to a weight so that its prior odds are the set's own.

    Args:
        n_right: Right pairs of the set.
        n_pairs: All its pairs, more than `n_right`.
        model_prior_bits: Prior odds in the weight, log2; 0 for `compare_names`.

    Examples:
        >>> shift_bits(1, 3, 0.0), shift_bits(1, 3, -20.0)
        (-1.0, 19.0)
    """
    return math.log2(n_right / (n_pairs - n_right)) - model_prior_bits


def probabilities(bits: Array) -> Array:
    """Turn weights into probabilities, 2^w / (1 + 2^w), without overflow."""
    odds = np.exp2(-np.abs(bits))
    found: Array = np.where(bits >= 0, 1.0 / (1.0 + odds), odds / (1.0 + odds))
    return found


def tenths(predicted: Array, is_right: Array) -> list[Tenth]:
    """Count pairs by tenths of their predicted probability; a probability of 1 is in the last.

    Examples:
        >>> [one.observed.of for one in tenths(np.array([0.0, 0.05, 1.0]), np.array([False, False, True]))]
        [2, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    """
    places = np.minimum((predicted * TENTHS).astype(int), TENTHS - 1)
    n = np.bincount(places, minlength=TENTHS)
    right = np.bincount(places, weights=is_right, minlength=TENTHS)
    sums = np.bincount(places, weights=predicted, minlength=TENTHS)
    return [
        Tenth(
            at / TENTHS,
            (at + 1) / TENTHS,
            float(sums[at] / n[at]) if n[at] else None,
            Share(int(right[at]), int(n[at])),
        )
        for at in range(TENTHS)
    ]


def summary(found: Sequence[Tenth], *, fewest: int) -> dict[str, Any]:
    """Return the tenths with the largest gap, and the largest that chance doesn't explain.

    Args:
        found: From `tenths`.
        fewest: Pairs that a tenth needs to be held against the model.
    """
    counted = [one for one in found if one.observed.of >= fewest]
    return {
        "tenths": [one.to_dict() for one in found],
        "pairs": sum(one.observed.of for one in found),
        "right": sum(one.observed.count for one in found),
        "fewest_pairs": fewest,
        "counted_tenths": len(counted),
        "largest_gap": max((one.gap for one in counted if one.gap is not None), default=None),
        "largest_sure_gap": max((one.sure_gap for one in counted if one.sure_gap is not None), default=None),
    }


def line(bits: Array, is_right: Array) -> dict[str, float] | None:
    """Fit observed log odds = slope · weight + offset, in bits: 1 and 0 for a model that means what it says.

    A slope below 1 says that weights are too large in either direction, an offset below 0 that all are too high.

    Args:
        bits: Weights at the set's own base rate, shape `(n,)`.
        is_right: Whether each pair is right.

    Returns:
        `slope` and `offset_bits`; None where a line cannot be fitted: nothing right, nothing wrong, or every right
        weight above every wrong one.

    Source:
        D. R. Cox 1958, logistic calibration; Newton's method.
    """
    if is_right.all() or not is_right.any() or bits[is_right].min() > bits[~is_right].max():
        return None
    columns = np.stack([bits, np.ones_like(bits)])
    fitted = np.array([1.0, 0.0])
    for _ in range(_STEPS):
        expected = probabilities(fitted @ columns)
        variance = expected * (1 - expected)
        information = (columns * variance) @ columns.T * math.log(2) ** 2
        if abs(np.linalg.det(information)) < _FLAT:
            return None
        step = np.linalg.solve(information, columns @ (is_right - expected) * math.log(2))
        fitted = fitted + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < _NEAR:
            return {"slope": float(fitted[0]), "offset_bits": float(fitted[1])}
    return None
