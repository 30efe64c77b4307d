"""Fitting recovers what was planted, says how sure it is, and refuses what it can't fit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest

from matcher.errors import UsageError
from matcher.score.fit import EmOptions, FitReport, fit_levels
from matcher.score.fit.intervals import weight_interval, wilson

LEVELS = {"name": ("exact", "near", "other"), "birth_date": ("exact", "year", "other"), "sex": ("same", "different")}
M = {"name": (0.7, 0.2, 0.1), "birth_date": (0.85, 0.1, 0.05), "sex": (0.98, 0.02)}
U = {"name": (0.01, 0.09, 0.9), "birth_date": (0.002, 0.05, 0.948), "sex": (0.6, 0.4)}
SHARE = 0.03
N = 60_000


def planted(seed: int = 11, n: int = N) -> pl.DataFrame:
    """Pairs with known m, u and share; a tenth of each field is missing."""
    random = np.random.default_rng(seed)
    is_match = random.random(n) < SHARE
    columns: dict[str, Any] = {"is_match": is_match}
    for feature, levels in LEVELS.items():
        ours, theirs = (random.choice(len(levels), n, p=shares[feature]) for shares in (M, U))
        codes = np.where(is_match, ours, theirs)
        words = np.array(levels, dtype=object)[codes]
        words[random.random(n) < 0.1] = None
        columns[feature] = words.tolist()
    return pl.DataFrame(columns)


def errors_of(report: FitReport) -> dict[tuple[str, str], float]:
    """How many bits each weight is off."""
    return {
        (one.feature, one.level): one.weight_bits
        - math.log2(dict(zip(LEVELS[one.feature], M[one.feature], strict=True))[one.level]
                    / dict(zip(LEVELS[one.feature], U[one.feature], strict=True))[one.level])
        for one in report.levels
    }  # fmt: skip


def covered(report: FitReport) -> int:
    """How many of the planted m lie in their intervals."""
    return sum(
        one.m_low <= dict(zip(LEVELS[one.feature], M[one.feature], strict=True))[one.level] <= one.m_high
        for one in report.levels
    )


def test_labelled_pairs_give_back_what_was_planted() -> None:
    """Weights within two fifths of a bit, the share as planted."""
    report = fit_levels(planted(), label="is_match", levels=LEVELS)
    assert report.method == "labelled"
    assert max(map(abs, errors_of(report).values())) < 0.4
    assert report.match_share[1] <= SHARE <= report.match_share[2]
    assert report.n_pairs == N


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Over 40 samples some 95 % of the intervals of m lie over the planted one."""
    found = [covered(fit_levels(planted(seed, 10_000), label="is_match", levels=LEVELS)) for seed in range(40)]
    assert 0.9 <= sum(found) / (40 * 8) <= 0.99


def test_em_recovers_planted_parameters_without_a_label() -> None:
    """From unlabelled pairs alone: the share and every weight near the truth, and intervals that say how near."""
    report = fit_levels(planted().drop("is_match"), levels=LEVELS, options=EmOptions(resamples=20))
    assert report.method == "em"
    assert report.converged
    assert report.match_share[0] == pytest.approx(SHARE, rel=0.15)
    assert max(map(abs, errors_of(report).values())) < 0.6
    assert covered(report) >= 6
    assert all(one.weight_low <= one.weight_bits <= one.weight_high for one in report.levels)


def test_em_leaves_a_given_u_as_it_is() -> None:
    """u from random pairs is better known than EM can find it; m is found beside it."""
    given = {feature: dict(zip(LEVELS[feature], U[feature], strict=True)) for feature in LEVELS}
    report = fit_levels(planted().drop("is_match"), levels=LEVELS, u=given, options=EmOptions(resamples=0))
    assert all(one.u == one.u_low == one.u_high == given[one.feature][one.level] for one in report.levels)
    assert max(map(abs, errors_of(report).values())) < 0.4


def test_counts_stand_for_pairs() -> None:
    """A frame of patterns with their counts gives the numbers of the frame of pairs."""
    pairs = planted()
    patterns = pairs.group_by(pl.all()).len("n")
    whole, counted = (
        fit_levels(pairs, label="is_match", levels=LEVELS),
        fit_levels(patterns, label="is_match", count="n", levels=LEVELS),
    )
    assert whole == counted
    assert whole.to_frame().height == 8
    assert set(whole.weights()) == set(LEVELS)


def test_a_level_never_seen_has_a_finite_weight_and_a_wide_interval() -> None:
    """Nothing seen is no proof of never: half a count is added."""
    bits, low, high = weight_interval(0, 50, 5000, 10_000)
    assert math.isfinite(bits)
    assert high - low > 4
    assert wilson(0, 50)[1] > 0.05


@pytest.mark.parametrize(
    ("pairs", "arguments"),
    [
        (pl.DataFrame(), {}),
        (pl.DataFrame({"is_match": [True]}), {"label": "is_match"}),
        (pl.DataFrame({"sex": ["same"], "is_match": [1]}), {"label": "is_match"}),
        (pl.DataFrame({"sex": ["same"], "is_match": [True]}), {"label": "is_match"}),
        (pl.DataFrame({"sex": ["unheard of"]}), {}),
        (pl.DataFrame({"height": ["tall"]}), {}),
        (pl.DataFrame({"sex": ["same"], "n": [-1]}), {"count": "n"}),
        (pl.DataFrame({"sex": ["same"]}), {"u": {"sex": {"same": 1.0}}}),
    ],
)
def test_what_cannot_be_fitted_is_refused(pairs: pl.DataFrame, arguments: dict[str, Any]) -> None:
    """Nothing to fit, a label of the wrong kind or of one value, words that are no levels, counts below 0: one line."""
    with pytest.raises(UsageError, match=r"^[^\n]+$"):
        fit_levels(pairs, **arguments)


def test_options_out_of_bounds_are_refused() -> None:
    """A start share of 0 never moves."""
    with pytest.raises(UsageError, match="start share"):
        EmOptions(start_share=0.0)
