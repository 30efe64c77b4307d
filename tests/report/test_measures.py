"""Measures, curves and calibration against values worked by hand and slow, obvious twins."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.report import calibration, curves
from matcher.report.measures import Alarms, Share, expected_cost

SCORES = st.lists(st.integers(-6, 6).map(float) | st.just(-math.inf), min_size=1, max_size=30).map(np.array)


def test_precision_by_hand() -> None:
    """90 of 100 found, 5 more with a wrong alarm, 1 of 1,000 clean: at the set's base rate and at 1 in 1,000."""
    alarms = Alarms(Share(90, 100), Share(95, 100), Share(1, 1000))
    assert alarms.precision() == Share(90, 96)
    value, low, high = alarms.precision_at(0.001)
    assert value == pytest.approx(0.001 * 0.9 / (0.001 * 0.95 + 0.999 * 0.001))
    assert value is not None
    assert low < value < high
    assert alarms.false_alarms_per_match(0.001) == pytest.approx(0.999 * 0.001 / (0.001 * 0.9))
    assert alarms.cost(0.001, 500) == pytest.approx(0.001 * 0.1 * 500 + 0.999 * 0.001)


def test_nothing_to_measure_is_none_and_not_zero() -> None:
    """Without true, or without clean travellers, a share of them is not known."""
    only_clean = Alarms(Share(0, 0), Share(0, 0), Share(3, 10))
    assert (only_clean.recall.value, only_clean.precision_at(0.1)[0], only_clean.cost(0.1, 1)) == (None, None, None)
    assert Alarms(Share(1, 2), Share(1, 2), Share(0, 0)).precision_at(0.1)[0] is None


@given(SCORES, SCORES)
def test_the_area_is_the_chance_that_a_true_one_scores_higher(true: np.ndarray, clean: np.ndarray) -> None:
    """Against every pair, equal scores counted half."""
    pairs = [(one > other) + (one == other) / 2 for one in true for other in clean]
    assert curves.roc(true, clean)[1] == pytest.approx(sum(pairs) / len(pairs))


@given(SCORES, SCORES)
def test_the_roc_curve_rises_and_holds_every_threshold(true: np.ndarray, clean: np.ndarray) -> None:
    """It goes from nothing to everything, never back, and each point is what its threshold lets through."""
    curve, _ = curves.roc(true, clean)
    assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1]) == (0, 0, 1, 1)
    assert (np.diff(curve.threshold) < 0).all()
    assert (np.diff(curve.x) >= 0).all()
    assert (np.diff(curve.y) >= 0).all()
    for threshold, x, y in zip(curve.threshold, curve.x, curve.y, strict=True):
        assert x == np.mean(clean >= threshold)
        assert y == np.mean(true >= threshold)


@given(SCORES, SCORES, st.floats(0.001, 0.999))
def test_precision_and_recall_by_threshold(right: np.ndarray, clean: np.ndarray, base_rate: float) -> None:
    """Against the definition at every threshold; true travellers may have a better score by a wrong entry."""
    every = np.maximum(right, 0.0)
    curve, _ = curves.precision_recall(right, every, clean, base_rate)
    for threshold, recall, precision in zip(curve.threshold, curve.x, curve.y, strict=True):
        found, alarms = np.mean(right >= threshold), np.mean(every >= threshold)
        false = np.mean(clean >= threshold)
        assert recall == found
        assert precision == pytest.approx(base_rate * found / (base_rate * alarms + (1 - base_rate) * false))


@given(SCORES, SCORES, st.floats(0.001, 0.999), st.floats(0.1, 1000))
def test_the_cheapest_threshold_is_the_cheapest(
    right: np.ndarray, clean: np.ndarray, base_rate: float, price: float
) -> None:
    """No threshold costs less than the best one; of equals it is the highest."""
    _, best, least = curves.cost(right, clean, base_rate, price)

    def cost_at(threshold: float) -> float:
        recall, false = np.mean(right >= threshold), np.mean(clean >= threshold)
        return float(expected_cost(np.array(recall), np.array(false), base_rate, price))

    every = [math.inf, *{score for score in (*right, *clean) if math.isfinite(score)}]
    assert least == cost_at(best) == min(map(cost_at, every))
    assert best == max(threshold for threshold in every if cost_at(threshold) == least)


@given(SCORES, SCORES, st.floats(0, 1))
def test_recall_at_a_share_of_false_alarms(right: np.ndarray, clean: np.ndarray, most: float) -> None:
    """The threshold lets no more through than allowed, and the next lower one does."""
    bits, recall = curves.at_false_alarms(right, clean, most)
    assert np.mean(clean >= bits) <= most
    assert recall == np.mean(right >= bits)
    lower = [score for score in (*right, *clean) if -math.inf < score < bits]
    if lower:
        assert np.mean(clean >= max(lower)) > most


def test_a_thinned_curve_keeps_its_ends_and_its_corner() -> None:
    """Of 10,000 points on two straight lines few are kept, spread along both."""
    curve = curves.Curve(
        np.arange(10_000, 0, -1.0),
        np.concatenate([np.zeros(50), np.linspace(0, 1, 9_950)]),
        np.concatenate([np.linspace(0, 1, 50), np.ones(9_950)]),
    )
    points = curve.to_points(100)
    assert len(points) <= 100
    assert points[0] == [10_000.0, 0.0, 0.0]
    assert points[-1] == [1.0, 1.0, 1.0]
    assert 30 <= sum(y is not None and y < 1 for _, _, y in points) <= 60


def test_an_infinite_threshold_is_written_as_none() -> None:
    """JSON has no infinity."""
    points = curves.roc(np.array([1.0]), np.array([0.0]))[0].to_points(least_x=1e-5)
    assert [threshold for threshold, _, _ in points] == [None, 1.0, 0.0, None]


def test_tenths_by_hand() -> None:
    """Means, counts and gaps of two tenths; the others are empty."""
    found = calibration.tenths(np.array([0.25, 0.29, 0.95, 0.93]), np.array([True, False, True, True]))
    second, last = found[2], found[9]
    assert second.predicted == pytest.approx(0.27)
    assert second.observed == Share(1, 2)
    assert second.gap == pytest.approx(0.23)
    assert last.observed == Share(2, 2)
    assert [one.gap for one in found if not one.observed.of] == [None] * 8
    assert calibration.summary(found, fewest=1)["largest_gap"] == pytest.approx(0.23)
    assert calibration.summary(found, fewest=3)["largest_gap"] is None


def _made(slope: float, offset: float, n: int = 200_000) -> tuple[np.ndarray, np.ndarray]:
    """Weights, and truth drawn as log odds = slope · weight + offset."""
    rng = np.random.default_rng(7)
    bits = rng.normal(0, 4, n)
    return bits, rng.random(n) < calibration.probabilities(slope * bits + offset)


def test_a_calibrated_set_is_within_its_intervals() -> None:
    """Truth drawn from the predicted probabilities leaves nothing that chance doesn't explain, slope 1, offset 0."""
    bits, is_right = _made(1.0, 0.0)
    found = calibration.summary(calibration.tenths(calibration.probabilities(bits), is_right), fewest=30)
    assert found["counted_tenths"] == 10
    assert found["largest_gap"] < 0.02
    assert found["largest_sure_gap"] < 0.005
    line = calibration.line(bits, is_right)
    assert line is not None
    assert (line["slope"], line["offset_bits"]) == pytest.approx((1, 0), abs=0.05)


@pytest.mark.parametrize(("slope", "offset"), [(0.5, 0.0), (1.0, -3.0), (0.6, 1.0)])
def test_a_planted_miscalibration_shows(slope: float, offset: float) -> None:
    """Weights too large or too high leave a gap, and the line names what was planted."""
    bits, is_right = _made(slope, offset)
    found = calibration.summary(calibration.tenths(calibration.probabilities(bits), is_right), fewest=30)
    assert found["largest_sure_gap"] > 0.05
    line = calibration.line(bits, is_right)
    assert line is not None
    assert (line["slope"], line["offset_bits"]) == pytest.approx((slope, offset), abs=0.06)


def test_a_line_that_cannot_be_fitted_is_none() -> None:
    """Nothing right, nothing wrong, kinds that don't mix."""
    bits = np.array([1.0, 2.0])
    for is_right in ([False, False], [True, True], [False, True]):
        assert calibration.line(bits, np.array(is_right)) is None


def test_the_shift_gives_the_base_rate_its_odds() -> None:
    """A weight that is nothing but the model's prior means the set's own share."""
    prior = -20.0
    shift = calibration.shift_bits(25, 1000, prior)
    assert calibration.probabilities(np.array([prior + shift]))[0] == pytest.approx(0.025)


def test_probabilities_do_not_overflow() -> None:
    """Large weights are 0 and 1."""
    assert calibration.probabilities(np.array([-5000.0, 0.0, 5000.0])).tolist() == [0.0, 0.5, 1.0]
