"""Expectation maximisation: m and u of fields from pairs that nobody judged.

Fellegi and Sunter's model: a share of the pairs is of one person; given that, fields are independent, each with its own
shares of levels. A missing field says nothing. Steps, again and again: how likely each pattern is of one person ->
shares of levels among those and among the rest -> until nothing moves. The start says which class is which: m leans to
the strongest levels, u to what is seen most. Correlated fields break the assumption: read the result as a start.

Source: A. P. Dempster, N. M. Laird, D. B. Rubin 1977; W. E. Winkler 1988 for record linkage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.errors import UsageError
from matcher.score.fit.patterns import Patterns

Shares = tuple[NDArray[np.float64], ...]  # of each feature's levels


@dataclass(frozen=True, slots=True)
class EmOptions:
    """How to fit.

    Attributes:
        start_share: First guess of the share of pairs of one person.
        most_iterations: Stop there.
        tolerance: Stop when no share moves by more.
        pseudo_count: Added to every level, so that none has a share of 0.
        resamples: Of the bootstrap that gives the intervals; 0: intervals of no width.
        seed: Of the bootstrap.
    """

    start_share: float = 0.01
    most_iterations: int = 2000
    tolerance: float = 1e-8
    pseudo_count: float = 0.01
    resamples: int = 100
    seed: int = 6

    def __post_init__(self) -> None:
        if not 0 < self.start_share < 1 or self.pseudo_count <= 0 or self.most_iterations < 1 or self.resamples < 0:
            raise UsageError(
                "EM needs a start share between 0 and 1, a pseudo count above 0 and one iteration at least"
            )


@dataclass(frozen=True, slots=True)
class Mixture:
    """Parameters at rest: share of pairs of one person, m and u by feature, and how it went."""

    share: float
    m: Shares
    u: Shares
    iterations: int
    converged: bool


def start_of(patterns: Patterns, options: EmOptions, u: Mapping[str, Sequence[float]]) -> Mixture:
    """Guess: each level of m half as likely as the stronger one before it; u as seen among all pairs, or as given."""
    m, others = [], []
    for at, (feature, levels) in enumerate(zip(patterns.features, patterns.levels, strict=True)):
        falling = 0.5 ** np.arange(1, len(levels) + 1)
        m.append(falling / falling.sum())
        seen = patterns.totals(patterns.counts, at) + options.pseudo_count
        others.append(np.asarray(u[feature], np.float64) if feature in u else seen / seen.sum())
    return Mixture(options.start_share, tuple(m), tuple(others), 0, converged=False)


def expectation(patterns: Patterns, mixture: Mixture) -> NDArray[np.float64]:
    """How likely each pattern is of one person."""
    bits = np.full(len(patterns.counts), np.log2(mixture.share / (1 - mixture.share)))
    for at, (m, u) in enumerate(zip(mixture.m, mixture.u, strict=True)):
        weights = np.append(np.log2(m / u), 0.0)  # the last is what a missing field weighs
        bits += weights[patterns.codes[:, at]]
    likely: NDArray[np.float64] = 1.0 / (1.0 + np.exp2(-np.clip(bits, -1000, 1000)))
    return likely


def fit_mixture(patterns: Patterns, start: Mixture, options: EmOptions, fixed: frozenset[str]) -> Mixture:
    """Repeat expectation and maximisation until nothing moves; u of the features `fixed` stays."""
    now = start
    total = patterns.counts.sum()
    for iteration in range(1, options.most_iterations + 1):
        likely = expectation(patterns, now)
        ours, theirs = patterns.counts * likely, patterns.counts * (1 - likely)
        m = tuple(_shares(patterns, ours, at, options) for at in range(len(patterns.features)))
        u = tuple(
            now.u[at] if feature in fixed else _shares(patterns, theirs, at, options)
            for at, feature in enumerate(patterns.features)
        )
        share = float(np.clip(ours.sum() / total, 1e-12, 1 - 1e-12))
        moved = max(
            abs(share - now.share), *(float(np.abs(new - old).max()) for new, old in zip(m, now.m, strict=True))
        )
        now = Mixture(share, m, u, iteration, converged=moved < options.tolerance)
        if now.converged:
            break
    return now


def resampled(patterns: Patterns, fitted: Mixture, options: EmOptions, fixed: frozenset[str]) -> list[Mixture]:
    """Fit again on pairs drawn with replacement, from the fitted parameters on."""
    random = np.random.default_rng(options.seed)
    n = round(float(patterns.counts.sum()))
    drawn = (random.multinomial(n, patterns.counts / patterns.counts.sum()) for _ in range(options.resamples))
    return [
        fit_mixture(replace(patterns, counts=counts.astype(np.float64)), fitted, options, fixed) for counts in drawn
    ]


def _shares(patterns: Patterns, weights: NDArray[np.float64], feature: int, options: EmOptions) -> NDArray[np.float64]:
    totals = patterns.totals(weights, feature) + options.pseudo_count
    found: NDArray[np.float64] = totals / totals.sum()
    return found
