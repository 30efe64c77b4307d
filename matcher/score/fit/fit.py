"""`fit_levels`: the one entry to fitting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from matcher.errors import UsageError
from matcher.score.fit.em import EmOptions, Mixture, expectation, fit_mixture, resampled, start_of
from matcher.score.fit.intervals import smoothed, weight_interval, wilson
from matcher.score.fit.patterns import Patterns, make_patterns
from matcher.score.fit.report import FitReport, LevelFit


def fit_levels(
    pairs: pl.DataFrame,
    *,
    label: str | None = None,
    count: str | None = None,
    levels: Mapping[str, Sequence[str]] | None = None,
    u: Mapping[str, Mapping[str, float]] | None = None,
    options: EmOptions | None = None,
) -> FitReport:
    """Estimate m and u of every level of every feature.

    Args:
        pairs: One row a pair, one column a feature with the word of its level; null: missing, which says nothing.
        label: Boolean column: whether the pair is of one person; null: not judged, left out. None: no pair is judged,
            and m, u and the share of pairs of one person are found by EM.
        count: Column that says how many pairs a row stands for.
        levels: Levels of features, strongest first; by default those of the model's tables. EM tells the two classes
            apart by this order.
        u: Shares of levels among pairs of two persons, known from random pairs; EM leaves them as they are.
        options: Of EM.

    Returns:
        A report; intervals are Wilson's (shares) and Katz's (weights) for labelled pairs, of a bootstrap for EM.

    Raises:
        UsageError: no pairs, no features, a label that isn't Boolean or has one value only, an unknown level.

    Cost:
        Distinct patterns times iterations; the bootstrap fits `resamples` times more.

    Examples:
        >>> pairs = pl.DataFrame({"sex": ["same"] * 95 + ["different"] * 5 + ["same", "different"] * 50,
        ...                       "is_match": [True] * 100 + [False] * 100})
        >>> [(one.level, round(one.m, 2), round(one.u, 2)) for one in fit_levels(pairs, label="is_match").levels]
        [('same', 0.95, 0.5), ('different', 0.05, 0.5)]
    """
    features = [name for name in pairs.columns if name not in (label, count)]
    if not features or not len(pairs):
        raise UsageError("no pairs or no features to fit; give a column of levels a feature")
    if label is None:
        return _fit_em(make_patterns(pairs, features, levels, count), u or {}, options or EmOptions())
    if pairs.schema.get(label) != pl.Boolean:
        raise UsageError("the label column must be Boolean: whether the pair is of one person")
    halves = [
        make_patterns(pairs.filter(pl.col(label) == is_match), features, levels, count) for is_match in (True, False)
    ]
    if not all(half.counts.sum() > 0 for half in halves):
        raise UsageError("labelled pairs need some of one person and some of two")
    return _fit_labelled(*halves)


def _fit_labelled(ours: Patterns, theirs: Patterns) -> FitReport:
    found = []
    for at, feature in enumerate(ours.features):
        matches, others = ours.totals(ours.counts, at), theirs.totals(theirs.counts, at)
        n, other_n = float(matches.sum()), float(others.sum())
        for level, one, other in zip(ours.levels[at], matches.tolist(), others.tolist(), strict=True):
            shares = smoothed(one, n), smoothed(other, other_n)
            bits, low, high = weight_interval(one, n, other, other_n)
            found.append(
                LevelFit(
                    feature,
                    level,
                    one,
                    other,
                    shares[0],
                    *wilson(one, n),
                    shares[1],
                    *wilson(other, other_n),
                    bits,
                    low,
                    high,
                )
            )
    n_matches, n_others = float(ours.counts.sum()), float(theirs.counts.sum())
    share = (n_matches / (n_matches + n_others), *wilson(n_matches, n_matches + n_others))
    return FitReport(tuple(found), "labelled", round(n_matches + n_others), share)


def _fit_em(patterns: Patterns, u: Mapping[str, Mapping[str, float]], options: EmOptions) -> FitReport:
    fixed = {
        feature: [u[feature].get(level, 0.0) for level in levels]
        for feature, levels in zip(patterns.features, patterns.levels, strict=True)
        if feature in u
    }
    if any(min(shares) <= 0 for shares in fixed.values()):
        raise UsageError("a given u must name every level of its feature, each above 0")
    names = frozenset(fixed)
    fitted = fit_mixture(patterns, start_of(patterns, options, fixed), options, names)
    again = resampled(patterns, fitted, options, names) or [fitted]
    likely = expectation(patterns, fitted)
    found = []
    for at, feature in enumerate(patterns.features):
        matches = patterns.totals(patterns.counts * likely, at)
        others = patterns.totals(patterns.counts * (1 - likely), at)
        bounds = _bounds(again, at)
        for place, level in enumerate(patterns.levels[at]):
            m, other = float(fitted.m[at][place]), float(fitted.u[at][place])
            (m_low, m_high), (u_low, u_high), (low, high) = (part[place] for part in bounds)
            found.append(
                LevelFit(
                    feature, level, float(matches[place]), float(others[place]), m, m_low, m_high, other, u_low, u_high,
                    float(np.log2(m / other)), low, high,
                )
            )  # fmt: skip
    low, high = np.quantile([one.share for one in again], [0.025, 0.975]).tolist()
    n_pairs = round(float(patterns.counts.sum()))
    return FitReport(tuple(found), "em", n_pairs, (fitted.share, low, high), fitted.iterations, fitted.converged)


def _bounds(again: Sequence[Mixture], feature: int) -> tuple[list[list[float]], list[list[float]], list[list[float]]]:
    """95 % of what the resamples gave: of m, of u, of the weight; a pair of bounds a level."""
    m = np.array([one.m[feature] for one in again])
    u = np.array([one.u[feature] for one in again])
    quantiles = (np.quantile(values, [0.025, 0.975], axis=0).T.tolist() for values in (m, u, np.log2(m / u)))
    first, second, third = quantiles
    return first, second, third
