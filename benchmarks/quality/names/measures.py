"""Figures of ranked answers and of scored pairs, with 95 % intervals.

Ties count against the engine everywhere: a wrong name with the true one's score stands above it, and a threshold
takes all pairs of one score or none. Intervals of shares are Wilson's; those of pooled figures come from a bootstrap
over queries (or pairs) with a fixed seed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

import numpy as np

from benchmarks.intervals import wilson
from benchmarks.quality.names.engine import Hits

WRONG_NAMES = 30  # best wrong names of a query that stand beside its true pair
RESAMPLES = 400
SEED = 5
_Array = np.ndarray[Any, Any]


class Figure(NamedTuple):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


class Answer(NamedTuple):
    """What one query's search gave.

    Attributes:
        rank: Place of the true name, from 1; None when it was not returned.
        true_score: Its score.
        wrong_scores: Scores of the best wrong names, best first.
    """

    rank: int | None
    true_score: float | None
    wrong_scores: tuple[float, ...]


def answer_of(hits: Hits, truths: Collection[int], left_out: Collection[int]) -> Answer:
    """Rank the best true row among the wrong ones; rows left out count on neither side.

    Examples:
        >>> answer_of([(7, 3.0), (1, 2.0), (4, 2.0), (5, 1.0)], {1}, {7})
        Answer(rank=2, true_score=2.0, wrong_scores=(2.0, 1.0))
    """
    wrong = sorted((score for row, score in hits if row not in truths and row not in left_out), reverse=True)
    true_score = max((score for row, score in hits if row in truths), default=None)
    rank = None if true_score is None else 1 + sum(score >= true_score for score in wrong)
    return Answer(rank, true_score, tuple(wrong[:WRONG_NAMES]))


def retrieval_figures(answers: Sequence[Answer]) -> dict[str, Figure]:
    """Measure r@1, r@10, AP, recall at 90 % precision, and the share of true names returned at all."""
    n = len(answers)
    ranks = [answer.rank for answer in answers]
    figures = {
        title: share(sum(rank is not None and rank <= most for rank in ranks), n)
        for title, most in (("r@1", 1), ("r@10", 10), ("returned", 10**9))
    }
    pooled = _Pooled.of_answers(answers)
    return figures | {
        "AP": _resampled(pooled.average_precision, n),
        "R@P90": _resampled(lambda weights: pooled.recall_at(0.90, weights), n),
    }


def pair_figures(scores: Sequence[float], same: Sequence[bool], same_at: float | None) -> dict[str, Figure]:
    """Measure AUC, F1 at the best threshold and at the engine's own, recall at 95 and 99 % precision."""
    pooled = _Pooled.of_pairs(scores, same)
    n = len(scores)
    figures = {
        "AUC": _resampled(pooled.area, n),
        "F1max": _resampled(pooled.best_f1, n),
        "R@P95": _resampled(lambda weights: pooled.recall_at(0.95, weights), n),
        "R@P99": _resampled(lambda weights: pooled.recall_at(0.99, weights), n),
    }
    if same_at is not None:
        figures["F1 at same"] = _resampled(lambda weights: pooled.f1_at(same_at, weights), n)
        true = [score >= same_at for score, one in zip(scores, same, strict=True) if one]
        false = [score >= same_at for score, one in zip(scores, same, strict=True) if not one]
        figures |= {"recall at same": share(sum(true), len(true)), "false at same": share(sum(false), len(false))}
    return figures


def recall_at_false_share(scores: Sequence[float], same: Sequence[bool], most_false: float) -> tuple[Figure, float]:
    """Recall at the lowest threshold that lets at most a share of the false pairs through, and that threshold.

    Examples:
        >>> recall_at_false_share([3, 1, 2, 1, 0, 0], [True, True, False, False, False, False], 0.25)[0].value
        0.5
    """
    truth = np.array(same)
    values = np.array(scores, float)
    false = np.sort(values[~truth])[::-1]
    allowed = int(most_false * len(false))
    bar = float(false[allowed]) if allowed < len(false) else -np.inf  # must be beaten, not reached
    return share(int((values[truth] > bar).sum()), int(truth.sum())), bar


def share(count: int, n: int) -> Figure:
    """A share with Wilson's interval."""
    return Figure(count / max(n, 1), *wilson(count, n))


def _resampled(measure: Callable[[_Array], float], n: int) -> Figure:
    """A figure of `n` units with its percentile bootstrap interval; `measure` takes the weight of each unit."""
    draw = np.random.default_rng(SEED)
    weights = draw.multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    values = [measure(row.astype(float)) for row in weights]
    low, high = np.percentile(values, [2.5, 97.5])
    return Figure(measure(np.ones(n)), float(low), float(high))


class _Pooled:
    """Scored pairs of all units together, best first; in a tie the false ones come first."""

    def __init__(self, scores: _Array, same: _Array, units: _Array, *, one_each: bool) -> None:
        self._one_each = one_each  # each unit is a query with one true pair, returned or not
        order = np.lexsort((same, -scores))
        self.scores, self.same, self.units = scores[order], same[order].astype(bool), units[order]
        self.ends = np.append(self.scores[1:] != self.scores[:-1], True)  # last of a run of equal scores

    @classmethod
    def of_answers(cls, answers: Sequence[Answer]) -> _Pooled:
        scores: list[float] = []
        same: list[bool] = []
        units: list[int] = []
        for unit, answer in enumerate(answers):
            found = [] if answer.true_score is None else [answer.true_score]
            scores += [*found, *answer.wrong_scores]
            same += [True] * len(found) + [False] * len(answer.wrong_scores)
            units += [unit] * (len(found) + len(answer.wrong_scores))
        return cls(np.array(scores, float), np.array(same, bool), np.array(units, int), one_each=True)

    @classmethod
    def of_pairs(cls, scores: Sequence[float], same: Sequence[bool]) -> _Pooled:
        finite = np.maximum(np.array(scores, float), np.finfo(float).min)  # -inf minus -inf is no number
        return cls(finite, np.array(same, bool), np.arange(len(scores)), one_each=False)

    def _sums(self, weights: _Array) -> tuple[_Array, _Array]:
        each = weights[self.units] if len(self.units) else np.empty(0)
        return np.cumsum(each * self.same), np.cumsum(each)

    def average_precision(self, weights: _Array) -> float:
        """AP over the pooled pairs; a query whose true name was not returned adds nothing."""
        true, every = self._sums(weights)
        each = weights[self.units] if len(self.units) else np.empty(0)
        at = self.same & (each > 0)
        return float((each[at] * true[at] / every[at]).sum() / weights.sum())

    def recall_at(self, precision: float, weights: _Array) -> float:
        """Largest recall at a threshold with at least this precision."""
        true, every = self._sums(weights)
        good = self.ends & (every > 0) & (true >= precision * every)
        return float(true[good].max() / self._n_true(weights)) if good.any() else 0.0

    def best_f1(self, weights: _Array) -> float:
        """F1 at the best threshold."""
        true, every = self._sums(weights)
        return float((2 * true / (every + self._n_true(weights)))[self.ends].max())

    def f1_at(self, bar: float, weights: _Array) -> float:
        """F1 at a threshold."""
        each, above = weights[self.units], self.scores >= bar
        return float(2 * (each * (above & self.same)).sum() / ((each * above).sum() + self._n_true(weights)))

    def area(self, weights: _Array) -> float:
        """AUC; a tie counts one half."""
        true, every = self._sums(weights)
        true, false = true[self.ends], (every - true)[self.ends]
        steps = np.diff(false, prepend=0.0)
        heights = (true + np.concatenate(([0.0], true[:-1]))) / 2
        return float((steps * heights).sum() / max(true[-1] * false[-1], 1e-9))

    def _n_true(self, weights: _Array) -> float:
        true = weights.sum() if self._one_each else (weights[self.units] * self.same).sum()
        return max(float(true), 1e-9)
