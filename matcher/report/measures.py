"""Shares with intervals, precision at a base rate, the expected cost of a threshold: pure functions of counts.

Recall: travellers whose right entry is reached, of those who have one. False alarms: clean travellers who reach
anything. Precision: right matches of all travellers with an alarm. Everything at a level includes what is above it: a
hit is also a review.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from matcher.score.fit.intervals import wilson

Array: TypeAlias = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Share:
    """A count of a whole, with Wilson's 95 % interval.

    Examples:
        >>> one = Share(95, 100)
        >>> one.value, round(one.low, 3), round(one.high, 3)
        (0.95, 0.888, 0.978)
        >>> Share(0, 0).value is None
        True
    """

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, from 0 to 1; None of nothing."""
        return self.count / self.of if self.of else None

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return wilson(self.count, self.of)[0]

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return wilson(self.count, self.of)[1]

    def to_dict(self) -> dict[str, Any]:
        """Return count, whole, share and interval."""
        return {"count": self.count, "of": self.of, "share": self.value, "low": self.low, "high": self.high}


def share_among(reached: Array, among: Array) -> Share:
    """Count travellers who reached something among some of them; both boolean, shape `(n,)`."""
    return Share(int((reached & among).sum()), int(among.sum()))


@dataclass(frozen=True, slots=True)
class Alarms:
    """What one threshold lets through.

    Attributes:
        recall: True travellers whose right entry is reached.
        true_alarms: True travellers who reach any entry, right or wrong.
        false_alarms: Clean travellers who reach any entry.
    """

    recall: Share
    true_alarms: Share
    false_alarms: Share

    def precision(self) -> Share:
        """Right matches of all travellers with an alarm, at the set's own base rate."""
        return Share(self.recall.count, self.true_alarms.count + self.false_alarms.count)

    def precision_at(self, base_rate: float) -> tuple[float | None, float, float]:
        """Precision if one traveller in 1/`base_rate` were a true one, with a cautious interval.

        The interval puts the ends of both shares together against and for the model, so it is wider than 95 %.

        Examples:
            >>> alarms = Alarms(Share(90, 100), Share(90, 100), Share(1, 1000))
            >>> round(alarms.precision_at(0.001)[0], 3)
            0.474
        """
        recall, alarms, false = self.recall.value, self.true_alarms.value, self.false_alarms.value
        extra = max(0, self.true_alarms.count - self.recall.count) / max(1, self.true_alarms.of)
        value = None
        if recall is not None and alarms is not None and false is not None:
            value = _precision(recall, alarms - recall, false, base_rate)
        low = _precision(self.recall.low, extra, self.false_alarms.high, base_rate)
        high = _precision(self.recall.high, extra, self.false_alarms.low, base_rate)
        return value, low or 0.0, 1.0 if high is None else high

    def false_alarms_per_match(self, base_rate: float) -> float | None:
        """False alarms for each right match at a base rate; None without a right match."""
        recall, false = self.recall.value, self.false_alarms.value
        if not recall or false is None:
            return None
        return (1 - base_rate) * false / (base_rate * recall)

    def cost(self, base_rate: float, miss_cost: float) -> float | None:
        """Expected cost of one traveller in units of one false alarm; see `expected_cost`."""
        recall, false = self.recall.value, self.false_alarms.value
        if recall is None or false is None:
            return None
        return float(expected_cost(np.array(recall), np.array(false), base_rate, miss_cost))

    def to_dict(self, base_rate: float, miss_cost: float) -> dict[str, Any]:
        """Return every figure of the threshold."""
        value, low, high = self.precision_at(base_rate)
        return {
            "recall": self.recall.to_dict(),
            "false_alarms": self.false_alarms.to_dict(),
            "precision": self.precision().to_dict(),
            "precision_at_base_rate": {"share": value, "low": low, "high": high},
            "false_alarms_per_right_match": self.false_alarms_per_match(base_rate),
            "expected_cost": self.cost(base_rate, miss_cost),
        }


def _precision(recall: float, extra: float, false: float, base_rate: float) -> float | None:
    alarms = base_rate * (recall + extra) + (1 - base_rate) * false
    return base_rate * recall / alarms if alarms > 0 else None


def expected_cost(recall: Array, false_alarms: Array, base_rate: float, miss_cost: float) -> Array:
    """Expected cost of one traveller, in units of one false alarm.

    base rate · (1 - recall) · price of a miss + (1 - base rate) · share of clean travellers with an alarm.

    Examples:
        >>> round(float(expected_cost(np.array(0.9), np.array(0.01), base_rate=0.5, miss_cost=10)), 3)
        0.505
    """
    cost: Array = base_rate * (1 - recall) * miss_cost + (1 - base_rate) * false_alarms
    return cost
