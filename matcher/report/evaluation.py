"""The figures of an evaluation, as one plain dict that JSON holds; terminal, page and file show the same.

Steps: travellers weighed once (`weighing`) -> joined with the truth (`sample`) -> every preset, then groups at the
chosen one, then curves and calibration. Curves score a true traveller by the weight of its right entry and a clean one
by its best weight; presets and costs go by the rule of `decide`, in which documents and fully agreeing names are
settled whatever the threshold says.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from matcher.decide import HIT, REVIEW
from matcher.errors import InputError
from matcher.report import calibration, curves
from matcher.report.defaults import Settings, defaults, source_of
from matcher.report.measures import share_among
from matcher.report.sample import Reached, Sample, make_sample, names_of, share_of
from matcher.report.truth import Truth
from matcher.report.weighing import weigh_travellers
from matcher.score.model import PRESETS, Model
from matcher.watchlist import Watchlist

Array: TypeAlias = np.ndarray[Any, Any]

SCHEMA = 1  # of the figures; grows when a name in them changes its meaning
MOST_GROUPS = 60  # kinds or scripts shown one by one; the rest is put together
OTHERS = "all others"
LEAST_SHARE = 1e-5  # left end of the axis of false alarms
FALSE_ALARMS = (1e-4, 1e-3, 2e-3, 1e-2, 1e-1)  # at which the recall of the ROC curve is told
_LEVELS = (REVIEW, HIT)


def evaluate(
    watchlist: Watchlist,
    truth: Truth,
    travellers: Iterable[pa.RecordBatch],
    settings: Settings = Settings(),  # noqa: B008 - frozen
    *,
    decided_at: datetime.datetime | None = None,
    on_rows: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Screen travellers whose truth is known and return the figures.

    Args:
        watchlist: The lists in force, with the model whose presets are measured.
        truth: From `truth.read_truth` or `read_travellers_with_truth`.
        travellers: TRAVELLER batches.
        settings: Preset of the groups, base rate, price of a miss, list sizes.
        decided_at: The instant to decide for; default now.
        on_rows: Called with the number of travellers weighed since the last call.

    Returns:
        Counts and figures without a name, a reference or an entry id; keys as in `tests/report/test_evaluation.py`.

    Raises:
        InputError: the truth names a list that is not in force, or no traveller is in both.
    """
    check_lists(watchlist, truth)
    instant = decided_at or datetime.datetime.now(datetime.UTC)
    weighed = weigh_travellers(watchlist, travellers, decided_at=instant, on_rows=on_rows)
    persons = {one.list_id: one.by_kind.get("person", 0) for one in watchlist.lists()}
    figures = measure(make_sample(truth, weighed), watchlist.model, settings, persons)
    return {"snapshot_id": watchlist.snapshot_id, "decided_at": instant.isoformat(), **figures}


def check_lists(watchlist: Watchlist, truth: Truth) -> None:
    """Refuse a truth about a list that is not in force.

    Raises:
        InputError: there is one.
    """
    absent = sorted(truth.lists() - {one.list_id for one in watchlist.lists()})
    if absent:
        raise InputError(
            f"the truth names list {ascii(absent[0])[:70]}, which is not in force; import it, or mend the truth file"
        )


def measure(sample: Sample, model: Model, settings: Settings, persons: Mapping[str, int]) -> dict[str, Any]:
    """Return the figures of a sample.

    Args:
        sample: Travellers and pairs with their truth.
        model: Thresholds of its presets, and its prior.
        settings: As for `evaluate`.
        persons: How many persons each list holds.
    """
    reached, bits = sample.reached(), thresholds(model, settings.preset)
    is_true = sample.is_true
    return {
        "schema": SCHEMA,
        "model_id": model.base_id,
        "preset": settings.preset,
        "base_rate": settings.rate(),
        "miss_cost": settings.price(),
        "sources": {name: source_of(name) for name in ("base_rate", "miss_cost")},
        "rows": {
            **asdict(sample.counts),
            "measured": len(is_true),
            "true": int(is_true.sum()),
            "clean": int((~is_true).sum()),
            "true_without_comparable_entry": int((is_true & np.isneginf(reached.right.weight)).sum()),
        },
        "presets": [preset_figures(preset, model, reached, settings) for preset in PRESETS],
        "by_kind": groups(sample.kinds, reached, bits),
        "by_script": groups(sample.scripts, reached, bits),
        "by_list": _by_list(sample, reached, bits),
        "by_list_size": [_list_size(sample, size, bits) for size in sorted(settings.list_sizes)],
        "curves": curves_of(reached, settings),
        "calibration": calibration_of(sample, model, persons),
    }


def thresholds(model: Model, preset: str) -> dict[str, float]:
    """Return the thresholds of a preset, as arguments of `Reach.at`."""
    made = model.with_preset(preset)
    return {name: made.threshold(name) for name in ("hit_bits", "review_bits")}


def preset_figures(preset: str, model: Model, reached: Reached, settings: Settings) -> dict[str, Any]:
    """Return the thresholds of a preset, and what they let through at review and at hit."""
    bits = thresholds(model, preset)
    rate, price = settings.rate(), settings.price()
    return {
        "preset": preset,
        **bits,
        **{level: reached.alarms(level, bits).to_dict(rate, price) for level in _LEVELS},
    }


def groups(names: Sequence[str], reached: Reached, bits: Mapping[str, float]) -> list[dict[str, Any]]:
    """Return recall of true and alarms of clean travellers by a word of theirs, the most frequent word first."""
    order = names_of(names)
    shown = {name: at for at, name in enumerate(order[: MOST_GROUPS - 1] if len(order) > MOST_GROUPS else order)}
    places = np.array([shown.get(name, len(shown)) for name in names])
    by_level = {level: (reached.right.at(level, **bits), reached.every.at(level, **bits)) for level in _LEVELS}
    rows = []
    for at, name in enumerate([*shown, *([OTHERS] if len(shown) < len(order) else [])]):
        for expected in (True, False):
            among = (places == at) & (reached.is_true == expected)
            if among.any():
                shares = {level: share_among(by_level[level][not expected], among).to_dict() for level in _LEVELS}
                rows.append({"name": name, "expected": "match" if expected else "no_match", **shares})
    return rows


def _by_list(sample: Sample, reached: Reached, bits: Mapping[str, float]) -> list[dict[str, Any]]:
    """Recall of travellers whose right entry is on a list, and alarms of clean ones that the list raises."""
    names, places = sample.list_places()
    own = np.array(sample.lists)
    rows = []
    for name in sorted({*names, *sample.lists} - {""}):
        pairs = places == names.index(name) if name in names else np.zeros(len(places), np.bool_)
        listed = Reached(reached.right, sample.reach(pairs), sample.is_true)
        rows.append({"name": name, **_recall_and_alarms(listed, sample.is_true & (own == name), bits)})
    return rows


def _list_size(sample: Sample, size: float, bits: Mapping[str, float]) -> dict[str, Any]:
    """The same travellers against a random part of the lists; larger parts hold the smaller ones.

    A weight doesn't depend on what else is listed (rule 4), so leaving out pairs is exact. A true traveller whose right
    entries aren't in the part doesn't count there.
    """
    seed = int(defaults()["seed"])
    kept = (sample.entry_shares(seed) < size) | (size >= 1)
    part = sample.reached(kept[sample.entry])
    present = np.array([size >= 1 or any(share_of(key, seed) < size for key in right) for right in sample.right])
    present |= np.isfinite(part.right.weight)  # any entry of a list is right
    return {"size": size, **_recall_and_alarms(part, sample.is_true & present, bits)}


def _recall_and_alarms(reached: Reached, expected: Array, bits: Mapping[str, float]) -> dict[str, Any]:
    return {
        level: {
            "recall": share_among(reached.right.at(level, **bits), expected).to_dict(),
            "false_alarms": share_among(reached.every.at(level, **bits), ~reached.is_true).to_dict(),
        }
        for level in _LEVELS
    }


def curves_of(reached: Reached, settings: Settings) -> dict[str, Any]:
    """Return ROC, precision-recall and cost curves, thinned, with what sums them up."""
    rate, price, is_true = settings.rate(), settings.price(), reached.is_true
    right, clean = reached.right.weight[is_true], reached.every.weight[~is_true]
    roc, area = curves.roc(right, clean)
    precision, average = curves.precision_recall(right, reached.every.weight[is_true], clean, rate)
    cost, best, least = curves.cost(
        reached.right.operating_bits()[is_true], reached.every.operating_bits()[~is_true], rate, price
    )
    return {
        "roc": {"area": area, "points": roc.to_points(least_x=LEAST_SHARE), "at_false_alarms": _at(right, clean)},
        "precision_recall": {"average_precision": average, "points": precision.to_points()},
        "cost": {
            "best_review_bits": best if np.isfinite(best) else None,
            "least_cost": least,
            "points": [[threshold, y] for threshold, _, y in cost.to_points()],
        },
    }


def _at(right: Array, clean: Array) -> list[dict[str, Any]]:
    rows = []
    for most in FALSE_ALARMS:
        bits, recall = curves.at_false_alarms(right, clean, most)
        rows.append({"false_alarms": most, "bits": bits if np.isfinite(bits) else None, "recall": recall})
    return rows


def calibration_of(sample: Sample, model: Model, persons: Mapping[str, int]) -> dict[str, Any]:
    """Compare predicted probability and observed frequency over pairs of travellers and listed persons.

    A true traveller's pairs count on the lists that its truth names, a clean one's on all: nobody said what is right on
    the others. Pairs that aren't comparable are in the base rate and in no tenth.
    """
    named = [frozenset(list_id for list_id, _ in right) for right in sample.right]
    all_persons = sum(persons.values())
    n_pairs = sum(sum(persons.get(name, 0) for name in lists) if lists else all_persons for lists in named)
    n_right = sum(persons.get(list_id, 0) > 0 for right in sample.right for list_id, _ in right)
    names, places = sample.list_places()
    counts = sample.is_person.copy()
    for at in np.flatnonzero(sample.is_true[sample.traveller]).tolist():
        counts[at] &= names[places[at]] in named[sample.traveller[at]]
    fewest = int(defaults()["fewest_pairs"])
    if not 0 < n_right < n_pairs:
        return {"base_rate": None, "shift_bits": None, **calibration.summary([], fewest=fewest), "line": None}
    shift = calibration.shift_bits(n_right, n_pairs, model.person_prior_bits)
    bits = sample.weight[counts].astype(np.float64) + shift
    found = calibration.tenths(calibration.probabilities(bits), sample.is_right[counts])
    return {
        "base_rate": n_right / n_pairs,
        "shift_bits": shift,
        **calibration.summary(found, fewest=fewest),
        "line": calibration.line(bits, sample.is_right[counts]),
    }
