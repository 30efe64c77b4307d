"""Calibration on names of the test fold: what a probability of two names says, and how often they are one name.

*Pairs*: natural spellings of one name and hard negatives (`benchmarks.quality.names.pairs`), at each set's own share of
true pairs; a weight of `compare_names` begins at even odds. *Search*: each query with every comparable one of 100,000
listed names, where about one pair in 100,000 is right; there the leaf `comparable` counts too, as in a screening. Names
of listed persons don't ask: the same person stands on the other lists in other spellings, which would count as wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.learn.split import Fold
from benchmarks.quality.names.listing import Listing, read_material
from benchmarks.quality.names.ours import Epervier
from benchmarks.quality.names.pairs import PairSet, pair_sets
from benchmarks.quality.names.queries import QuerySet, query_sets
from matcher.report import calibration
from matcher.report.defaults import defaults
from matcher.score.model import load_model

FOLD: Fold = "test"
QUERIES = 1_000  # of each set
MOST_COMPARABLE = 100_000  # of a query: all
SEARCHED = ("WD-ar", "WD-fa", "WD-ur", "WD-lat", "Cyrillic", "Greek", "Hebrew")


def measure(shared: Path, limit: int | None) -> list[dict[str, Any]]:
    """Calibrate every set and all pairs together.

    Args:
        shared: The shared folder.
        limit: At most so many pairs and queries a set; None: all pairs, `QUERIES` queries.
    """
    material = read_material(shared)
    engine = Epervier()
    found = []
    every: list[tuple[Sequence[float], Sequence[bool]]] = []
    for pairs in pair_sets(shared, material, FOLD):
        scores, same = _compared(engine, pairs, limit)
        every.append((scores, same))
        found.append(_calibrated(pairs.name, np.array(scores), np.array(same)))
    scores, same = ([value for column in columns for value in column] for columns in zip(*every, strict=True))
    found.append(_calibrated("all pairs", np.array(scores), np.array(same)))
    queries = [one.first(min(limit or QUERIES, QUERIES)) for one in query_sets(material, FOLD) if one.name in SEARCHED]
    return [*found, _search(engine, queries, material.listing)]


def _compared(engine: Epervier, pairs: PairSet, limit: int | None) -> tuple[list[float], list[bool]]:
    """Weights of a set's pairs; with a limit every n-th pair, so that both kinds are kept."""
    step = max(1, -(-len(pairs.same) // limit)) if limit else 1
    scores = engine.compare(pairs.left[::step], pairs.right[::step])
    kept = [(score, same) for score, same in zip(scores, pairs.same[::step], strict=True) if np.isfinite(score)]
    return [score for score, _ in kept], [same for _, same in kept]


def _search(engine: Epervier, sets: Sequence[QuerySet], listing: Listing) -> dict[str, Any]:
    """Every comparable listed name of every query; the same person under another entry is left out."""
    bits, right = [np.empty(0)], [np.empty(0, np.bool_)]
    n_queries = n_right = 0
    for queries in sets:
        hits = engine.search(queries.queries, listing.names, MOST_COMPARABLE)
        for truths, found in zip(queries.truths, hits, strict=True):
            left_out = listing.left_out(truths)
            kept = [(row in truths, weight) for row, weight in found if row in truths or row not in left_out]
            right.append(np.array([is_right for is_right, _ in kept], np.bool_))
            bits.append(np.array([weight for _, weight in kept], np.float64))
            n_right += len(truths)
        n_queries += len(queries.queries)
    # the leaf `comparable` stands for what the weight of two comparable names doesn't say
    weights = np.concatenate(bits) + load_model().weight("name", "comparable")
    return _calibrated(
        "search", weights, np.concatenate(right), n_pairs=n_queries * len(listing.names), n_right=n_right
    )


def _calibrated(
    name: str, bits: Any, is_right: Any, *, n_pairs: int | None = None, n_right: int | None = None
) -> dict[str, Any]:
    """Compare predicted and observed; pairs that aren't comparable are in the numbers of pairs only."""
    all_pairs = len(is_right) if n_pairs is None else n_pairs
    all_right = int(is_right.sum()) if n_right is None else n_right
    shift = calibration.shift_bits(all_right, all_pairs, 0.0)
    found = calibration.tenths(calibration.probabilities(bits + shift), is_right)
    return {
        "name": name,
        "base_rate": all_right / all_pairs,
        "shift_bits": shift,
        **calibration.summary(found, fewest=int(defaults()["fewest_pairs"])),
        "line": calibration.line(bits + shift, is_right),
    }
