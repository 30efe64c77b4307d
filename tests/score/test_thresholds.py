"""The lowest review threshold is the one that a search over all would find."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from matcher.score.evidence import GRAIN
from matcher.score.thresholds import LOWEST_BITS, lowest_review_bits

WEIGHTS = st.lists(st.integers(-32 * GRAIN, 8 * GRAIN).map(lambda grains: grains / GRAIN), max_size=30)


@given(WEIGHTS, st.integers(0, 5), st.integers(0, 20))
def test_no_lower_threshold_keeps_the_limit(weights: list[float], n_agreeing: int, allowed: int) -> None:
    """At the threshold the reviews are at most those allowed; one grain lower they are more, or it is the lowest."""
    found = lowest_review_bits(weights, n_agreeing=n_agreeing, n_travellers=10_000, per_10000=allowed)
    if math.isinf(found):
        assert n_agreeing > allowed
        return

    def reviews(bits: float) -> int:
        return n_agreeing + sum(weight >= bits for weight in weights)

    assert reviews(found) <= allowed
    assert found == LOWEST_BITS or reviews(found - 1 / GRAIN) > allowed


def test_reviews_are_counted_per_traveller_screened() -> None:
    """Among half as many travellers half as many reviews are allowed."""
    weights = [-3.0, -4.0, -5.0]
    assert lowest_review_bits(weights, n_agreeing=0, n_travellers=10_000, per_10000=2) == -5.0 + 1 / GRAIN
    assert lowest_review_bits(weights, n_agreeing=0, n_travellers=5_000, per_10000=2) == -4.0 + 1 / GRAIN
