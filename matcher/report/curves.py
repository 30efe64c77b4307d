"""ROC, precision–recall and cost curves of scores, over every threshold that changes anything.

A threshold lets through every score at or above it. A traveller without a comparable entry has the score minus
infinity and is let through by no finite threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from matcher.report.measures import expected_cost

Array: TypeAlias = np.ndarray[Any, Any]

MOST_POINTS = 300  # of a curve that is written out; its area and best point come from all


@dataclass(frozen=True)
class Curve:
    """Points of a curve, thresholds falling.

    Attributes:
        threshold: In bits; the first is infinite where nothing is let through.
        x: Along the horizontal axis.
        y: Along the vertical axis.
    """

    threshold: Array
    x: Array
    y: Array

    def to_points(self, most: int = MOST_POINTS, *, least_x: float | None = None) -> list[list[float | None]]:
        """Return at most so many `[threshold, x, y]`, evenly along the drawn line; an infinite threshold is None.

        Args:
            most: Points to keep; the first and the last are among them.
            least_x: Left end of a logarithmic axis; None: the axis is linear.
        """
        x = self.x if least_x is None else np.log(np.maximum(self.x, least_x))
        length = np.concatenate([[0.0], np.cumsum(np.hypot(_steps(x), _steps(self.y)))])
        if len(self.threshold) <= most:
            chosen = np.arange(len(self.threshold))
        else:
            chosen = np.unique(np.searchsorted(length, np.linspace(0, length[-1], most - 1), side="left"))
            chosen = np.unique(np.append(chosen, len(length) - 1))
        rows = zip(self.threshold[chosen].tolist(), self.x[chosen].tolist(), self.y[chosen].tolist(), strict=True)
        return [[threshold if np.isfinite(threshold) else None, x, y] for threshold, x, y in rows]


def _steps(values: Array) -> Array:
    """Steps between values as parts of their finite range; to and from an infinite value there is none."""
    finite = values[np.isfinite(values)]
    spread = float(finite.max() - finite.min()) if len(finite) else 0.0
    with np.errstate(invalid="ignore"):
        steps = np.diff(values) / (spread or 1.0)
    return np.where(np.isfinite(steps), steps, 0.0)


def thresholds_of(*scores: Array) -> Array:
    """Every finite score, falling, behind infinity: the thresholds that change anything."""
    every = np.unique(np.concatenate(scores)) if scores else np.empty(0)
    return np.concatenate([[np.inf], every[np.isfinite(every)][::-1]])


def share_at(scores: Array, thresholds: Array) -> Array:
    """Share of scores at or above each threshold; 0 of no scores.

    Examples:
        >>> share_at(np.array([1.0, 3.0]), np.array([np.inf, 3.0, 1.0])).tolist()
        [0.0, 0.5, 1.0]
    """
    ordered = np.sort(scores)
    below = np.searchsorted(ordered, thresholds, side="left")
    shares: Array = (len(ordered) - below) / max(1, len(ordered))
    return shares


def roc(true: Array, clean: Array) -> tuple[Curve, float | None]:
    """Return recall over the share of false alarms, and the area under it.

    Args:
        true: Scores of true travellers, of their right entry.
        clean: Scores of clean travellers, of their best entry.

    Returns:
        The curve, ended by everything let through, and the chance that a true traveller scores above a clean one (equal
        scores count half); None where a side is empty.

    Examples:
        >>> curve, area = roc(np.array([2.0, 3.0]), np.array([1.0, 2.0]))
        >>> curve.x.tolist(), curve.y.tolist(), area
        ([0.0, 0.0, 0.5, 1.0, 1.0], [0.0, 0.5, 1.0, 1.0, 1.0], 0.875)
    """
    thresholds = np.concatenate([thresholds_of(true, clean), [-np.inf]])
    curve = Curve(thresholds, share_at(clean, thresholds), share_at(true, thresholds))
    if not len(true) or not len(clean):
        return curve, None
    ordered = np.sort(clean)
    above = np.searchsorted(ordered, true, side="left") + np.searchsorted(ordered, true, side="right")
    return curve, float(above.mean() / 2 / len(clean))


def precision_recall(right: Array, true: Array, clean: Array, base_rate: float) -> tuple[Curve, float]:
    """Return precision over recall at a base rate, and the average precision.

    Args:
        right: Scores of true travellers, of their right entry.
        true: Scores of the same travellers, of their best entry.
        clean: Scores of clean travellers.
        base_rate: Share of true travellers.

    Examples:
        >>> scores = np.array([2.0, 3.0])
        >>> precision_recall(scores, scores, np.array([2.5, 1.0]), base_rate=0.5)[0].y.round(3).tolist()
        [1.0, 0.5, 0.667, 0.5]
    """
    thresholds = thresholds_of(right, true, clean)[1:]
    recall = share_at(right, thresholds)
    alarms = base_rate * share_at(true, thresholds) + (1 - base_rate) * share_at(clean, thresholds)
    precision = np.divide(base_rate * recall, alarms, out=np.zeros_like(alarms), where=alarms > 0)
    average = float(np.sum(np.diff(recall, prepend=0.0) * precision))
    return Curve(thresholds, recall, precision), average


def at_false_alarms(right: Array, clean: Array, most: float) -> tuple[float, float]:
    """Return the lowest threshold with at most a share of false alarms, and the recall there.

    Args:
        right: Scores of true travellers, of their right entry.
        clean: Scores of clean travellers.
        most: Share of clean travellers let through, at most.

    Examples:
        >>> at_false_alarms(np.array([2.0, 3.0]), np.array([1.0, 2.5]), most=0.5)
        (2.0, 1.0)
    """
    thresholds = thresholds_of(right, clean)
    at = int(np.flatnonzero(share_at(clean, thresholds) <= most)[-1])
    return float(thresholds[at]), float(share_at(right, thresholds[at : at + 1])[0])


def cost(right: Array, clean: Array, base_rate: float, miss_cost: float) -> tuple[Curve, float, float]:
    """Return the expected cost of a traveller over the review threshold, the best threshold and its cost.

    Args:
        right: Threshold up to which each true traveller's right entry is reviewed (`Reach.operating_bits`).
        clean: The same of clean travellers and any entry.
        base_rate: Share of true travellers.
        miss_cost: Price of a miss, in false alarms.

    Returns:
        The curve with the threshold as x; of equally cheap thresholds the highest.
    """
    thresholds = thresholds_of(right, clean)
    price = expected_cost(share_at(right, thresholds), share_at(clean, thresholds), base_rate, miss_cost)
    best = int(np.argmin(price))
    return Curve(thresholds, thresholds, price), float(thresholds[best]), float(price[best])
