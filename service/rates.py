"""Rates: a bucket of tokens for each caller, in each process.

A caller may make `rate` requests a second and save up some seconds of it. Each process counts by itself:
with several, a caller gets up to that many times its rate.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from service.refusals import RateError

MOST = 10_000  # callers that are remembered; beyond it all begin anew


class Rates:
    """Counts requests by caller.

    Args:
        burst_seconds: Seconds of its rate that a caller may save up.
        clock: Seconds that never go back.

    Examples:
        >>> rates = Rates(burst_seconds=1, clock=lambda: 0.0)
        >>> rates.take("k-1", rate=2), rates.take("k-1", rate=2)
        (None, None)
        >>> rates.take("k-1", rate=2)
        Traceback (most recent call last):
        service.refusals.RateError: more than 2 requests a second; wait and send it again
    """

    def __init__(self, burst_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst_seconds, self._clock = burst_seconds, clock
        self._buckets: dict[str, tuple[float, float]] = {}  # tokens left, and when that was

    def take(self, caller: str, rate: float) -> None:
        """Take a token.

        Raises:
            RateError: none is left.
        """
        most, at = max(1.0, rate * self._burst_seconds), self._clock()
        left, before = self._buckets.get(caller, (most, at))
        left = min(most, left + (at - before) * rate)
        if left < 1:
            wait = max(1, math.ceil((1 - left) / rate))
            raise RateError(f"more than {rate:g} requests a second; wait and send it again", wait)
        if len(self._buckets) >= MOST and caller not in self._buckets:
            self._buckets.clear()
        self._buckets[caller] = (left - 1, at)
