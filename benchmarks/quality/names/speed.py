"""How many pairs of distinct names are compared in a CPU second, on one core, beside two baselines in the same run.

Names of the list and queries in other scripts, each in one pair only, so that no remembered name helps. The clock is
the process's CPU time; the first thousand pairs, other ones, only warm up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from rapidfuzz import fuzz

from benchmarks.baselines.logic_v2 import LogicV2
from benchmarks.quality.names.engine import NameEngine
from benchmarks.quality.names.listing import Material

N_PAIRS = 20_000
N_SLOW = 1_000  # pairs given to logic-v2
_WARM = 1_000
_SLICES = 3  # the best slice counts: other programs share the machine
Row = dict[str, Any]


def measure(engines: Sequence[NameEngine], material: Material, logic_v2: LogicV2 | None) -> list[Row]:
    """Measure Latin–Latin and Arabic–Latin pairs."""
    names = material.listing.names
    arabic = [person.natives[0] for person in material.people["arabic"]]
    sets = {
        "Latin–Latin": (names[:N_PAIRS], names[N_PAIRS : 2 * N_PAIRS]),
        "Arabic–Latin": (arabic[:N_PAIRS], names[2 * N_PAIRS : 3 * N_PAIRS]),
    }
    warm = (names[-_WARM:], arabic[-_WARM:])
    rows = []
    for title, (left, right) in sets.items():
        speeds = {engine.name: _best(engine.compare, left, right, warm) for engine in engines}
        speeds["rapidfuzz token_sort_ratio"] = _best(_token_sort, left, right, warm)
        if logic_v2 is not None:
            seconds = logic_v2.cpu_seconds(left[:N_SLOW], right[:N_SLOW])
            speeds[logic_v2.name] = N_SLOW / seconds
        rows += [{"pairs": title, "engine": name, "pairs_a_cpu_second": speed} for name, speed in speeds.items()]
    return rows


_Compare = Callable[[Sequence[str], Sequence[str]], Sequence[float]]


def _best(compare: _Compare, left: Sequence[str], right: Sequence[str], warm: tuple[list[str], list[str]]) -> float:
    compare(*warm)
    step = len(left) // _SLICES
    speeds = []
    for start in range(0, step * _SLICES, step):
        one, other = left[start : start + step], right[start : start + step]
        clock = time.process_time()
        compare(one, other)
        speeds.append(step / (time.process_time() - clock))
    return max(speeds)


def _token_sort(left: Sequence[str], right: Sequence[str]) -> list[float]:
    return [fuzz.token_sort_ratio(*pair) for pair in zip(left, right, strict=True)]
