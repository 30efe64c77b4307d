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

    def to_points(self, most: int = MOST_POINTS) -> list[list[float | None]]:
        """Return at most so many `[threshold, x, y]`, first and last among them; an infinite threshold is None."""
        n = len(self.threshold)
        chosen = np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(int)) if n else np.empty(0, int)
        rows = zip(self.threshold[chosen].tolist(), self.x[chosen].tolist(), self.y[chosen].tolist(), strict=True)
        return [[threshold if np.isfinite(threshold) else None, x, y] for threshold, x, y in rows]


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
