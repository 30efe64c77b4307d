"""The figures of an evaluation: their keys, their counts, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import matcher
from matcher.errors import InputError, UsageError
from matcher.report import evaluation
from matcher.report.defaults import Settings
from matcher.report.evaluation import MOST_GROUPS, OTHERS, check_lists, groups, measure
from matcher.report.sample import make_sample
from matcher.report.truth import Expected, Truth, read_truth
from matcher.report.weighing import WeighedTravellers
from matcher.score.model import load_model
from tests.report.conftest import DATA
from tests.report.test_sample import made, truth_of

PERSONS = {"suspects": 2000, "lost-stolen": 0}
SHARE = {"count", "of", "share", "low", "high"}
LEVEL = {
    "recall", "false_alarms", "precision", "precision_at_base_rate", "false_alarms_per_right_match", "expected_cost",
}  # fmt: skip


@pytest.fixture(scope="module")
def figures(data_store: matcher.Store, weighed: WeighedTravellers) -> dict[str, Any]:
    """Figures of the shipped data."""
    sample = make_sample(read_truth(DATA / "truth.csv"), weighed)
    return measure(sample, data_store.model(), Settings(list_sizes=(0.5, 1.0)), PERSONS)


def test_the_keys_are_stable(figures: dict[str, Any]) -> None:
    """Programs read these names; a change of them is a change of `SCHEMA`."""
    assert evaluation.SCHEMA == figures["schema"] == 1
    assert set(figures) == {
        "schema", "model_id", "preset", "base_rate", "miss_cost", "sources", "rows", "presets", "by_kind", "by_script",
        "by_list", "by_list_size", "curves", "calibration",
    }  # fmt: skip
    assert set(figures["rows"]) == {
        "truth_rows", "duplicate_rows", "unknown_references", "without_truth", "rejected", "measured", "true", "clean",
        "true_without_comparable_entry",
    }  # fmt: skip
    for preset in figures["presets"]:
        assert set(preset) == {"preset", "hit_bits", "review_bits", "review", "hit"}
        for level in ("review", "hit"):
            assert set(preset[level]) == LEVEL
            assert set(preset[level]["recall"]) == SHARE
    for name in ("by_kind", "by_script"):
        assert {frozenset(row) for row in figures[name]} == {frozenset({"name", "expected", "review", "hit"})}
    for row in (*figures["by_list"], *figures["by_list_size"]):
        assert set(row["review"]) == set(row["hit"]) == {"recall", "false_alarms"}
    assert set(figures["curves"]) == {"roc", "precision_recall", "cost"}
    assert set(figures["calibration"]) == {
        "base_rate", "shift_bits", "tenths", "pairs", "right", "fewest_pairs", "counted_tenths", "largest_gap",
        "largest_sure_gap", "line",
    }  # fmt: skip


def test_the_figures_are_plain_json(figures: dict[str, Any]) -> None:
    """No infinity, no number of numpy's, nothing that JSON lacks."""
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures


def test_groups_sum_to_the_whole(figures: dict[str, Any]) -> None:
    """Every traveller is in one kind and one script; the right entries are each on one list."""
    rows = figures["rows"]
    assert (rows["measured"], rows["true"], rows["clean"]) == (500, 116, 384)
    balanced = next(one for one in figures["presets"] if one["preset"] == "balanced")
    for name in ("by_kind", "by_script"):
        for expected, share in (("match", "recall"), ("no_match", "false_alarms")):
            mine = [row["review"] for row in figures[name] if row["expected"] == expected]
            whole = balanced["review"][share]
            assert (sum(one["count"] for one in mine), sum(one["of"] for one in mine)) == (whole["count"], whole["of"])
    assert sum(row["review"]["recall"]["of"] for row in figures["by_list"]) == rows["true"]
    assert figures["by_list_size"][-1]["review"] == {
        name: balanced["review"][name] for name in ("recall", "false_alarms")
    }


def test_the_shipped_cases_are_found(figures: dict[str, Any]) -> None:
    """The planted travellers reach review, as the demonstration promises."""
    assert figures["presets"][0]["review"]["recall"]["share"] >= 0.98
    assert figures["curves"]["roc"]["area"] > 0.98


def test_smaller_lists_by_hand() -> None:
    """Only pairs whose entry is in the part count, and only true travellers whose entry is in it."""
    keys = [("l", str(at)) for at in range(40)]
    weighed = made([(at, *key, 20.0, 0, True) for at, key in enumerate(keys)], n=80)
    truth = Truth({str(at): Expected("k", {keys[at]} if at < 20 else set()) for at in range(80)}, 80)
    sample = make_sample(truth, weighed)
    found = measure(sample, load_model(), Settings(list_sizes=(0.5,)), {"l": 40})["by_list_size"][0]
    within = dict(zip(sample.entries, sample.entry_shares(20261121) < 0.5, strict=True))
    n_true, n_false = sum(within[key] for key in keys[:20]), sum(within[key] for key in keys[20:])
    assert 0 < n_true < 20
    assert (found["review"]["recall"]["count"], found["review"]["recall"]["of"]) == (n_true, n_true)
    assert (found["review"]["false_alarms"]["count"], found["review"]["false_alarms"]["of"]) == (n_false, 60)


def test_pairs_nobody_judged_are_in_no_tenth() -> None:
    """A true traveller's pair on a list that its truth doesn't name is left out; a clean one's counts on every list."""
    weighed = made([(0, "l", "a", 50.0, 0, True), (0, "m", "a", 50.0, 0, True), (1, "m", "b", 50.0, 0, True)])
    sample = make_sample(truth_of(t0={("l", "a")}, t1=set()), weighed)
    found = measure(sample, load_model(), Settings(), {"l": 10, "m": 90})["calibration"]
    assert (found["pairs"], found["right"]) == (2, 1)
    assert found["base_rate"] == 1 / (10 + 100)


def test_many_kinds_are_put_together() -> None:
    """A file with a kind a row gives a bounded table that loses no row."""
    weighed = made([], n=200)
    sample = make_sample(Truth({str(at): Expected(f"kind {at}") for at in range(200)}, 200), weighed)
    rows = groups(sample.kinds, sample.reached(), {"hit_bits": 6.0, "review_bits": 0.0})
    assert len(rows) == MOST_GROUPS
    assert rows[-1]["name"] == OTHERS
    assert sum(row["review"]["of"] for row in rows) == 200


def test_only_clean_or_only_true_travellers_are_measured() -> None:
    """A side that is missing leaves its shares unknown, and nothing fails."""
    weighed = made([(0, "l", "a", 50.0, 0, True)])
    for truth in (truth_of(t0=set(), t1=set()), truth_of(t0={("l", "a")})):
        found = measure(make_sample(truth, weighed), load_model(), Settings(), {"l": 3})
        assert found["curves"]["roc"]["area"] is None
        json.dumps(found, allow_nan=False)


def test_a_list_that_is_not_in_force_is_refused(data_store: matcher.Store) -> None:
    """In one line that names the list."""
    with pytest.raises(InputError, match="'other'"):
        check_lists(data_store.open(), truth_of(t0={("other", "a")}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"preset": "bold"}, {"base_rate": 0.0}, {"base_rate": 1.0}, {"miss_cost": 0.0}, {"miss_cost": np.inf},
        {"list_sizes": (0.0,)}, {"list_sizes": (1.5,)}, {"base_rate": float("nan")}, {"list_sizes": (float("nan"),)},
    ],
)  # fmt: skip
def test_settings_outside_their_range_are_refused(wrong: dict[str, Any]) -> None:
    """Each number has a range, each preset a name."""
    with pytest.raises(UsageError):
        Settings(**wrong)
