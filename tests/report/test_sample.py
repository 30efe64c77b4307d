"""Truth joined with weighed travellers: what is re-decided from weights is what a screening decides."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import matcher
from matcher.decide import OUTCOMES
from matcher.errors import InputError
from matcher.report.sample import Sample, make_sample
from matcher.report.truth import Expected, Truth, read_truth
from matcher.report.weighing import WeighedTravellers, weigh_travellers
from matcher.score.model import PRESETS
from tests.report.conftest import AT, DATA


def made(pairs: list[tuple[int, str, str, float, int, bool]], n: int = 3) -> WeighedTravellers:
    """Travellers 0, 1, ... with pairs of traveller, list, entry, weight, settled outcome, channel person."""
    entries = sorted({(list_id, entry_id) for _, list_id, entry_id, *_ in pairs})
    return WeighedTravellers(
        references=[str(at) for at in range(n)],
        scripts=["latin"] * n,
        rejected=np.zeros(n, np.bool_),
        entries=entries,
        traveller=np.array([pair[0] for pair in pairs], np.int32),
        entry=np.array([entries.index((pair[1], pair[2])) for pair in pairs], np.int32),
        weight=np.array([pair[3] for pair in pairs], np.float32),
        settled=np.array([pair[4] for pair in pairs], np.int8),
        is_person=np.array([pair[5] for pair in pairs], np.bool_),
    )


def truth_of(**right: set[tuple[str, str]]) -> Truth:
    """Expectations by reference, which is `t` and a number."""
    return Truth({name[1:]: Expected("kind", keys) for name, keys in right.items()}, len(right))


@pytest.mark.parametrize("preset", PRESETS)
def test_outcomes_by_weight_are_those_of_a_screening(
    data_store: matcher.Store, weighed: WeighedTravellers, preset: str
) -> None:
    """Every traveller of the shipped list, at every preset: the outcome, and which entries reach it."""
    watchlist = data_store.open(preset=preset)
    with matcher.read_travellers(DATA / "passengers.csv") as reader:
        screened = watchlist.screen(reader, AT).to_pylist()
    sample = make_sample(read_truth(DATA / "truth.csv"), weighed)
    bits = {name: watchlist.model.threshold(name) for name in ("hit_bits", "review_bits")}
    every = sample.reach()
    level = every.at("review", **bits).astype(int) + every.at("hit", **bits)
    assert [OUTCOMES[at] for at in level] == [row["outcome"] for row in screened]
    of_pairs = np.where(
        sample.is_person, (sample.weight >= bits["review_bits"]).astype(int) + (sample.weight >= bits["hit_bits"]), 0
    )
    of_pairs = np.maximum(of_pairs, sample.settled)
    found = np.flatnonzero(of_pairs).tolist()
    keys = [(int(sample.traveller[at]), *sample.entries[sample.entry[at]]) for at in found]
    reached = dict(zip(keys, of_pairs[found].tolist(), strict=True))
    weights = dict(zip(keys, sample.weight[found].tolist(), strict=True))
    assert reached == {
        (at, match["list_id"], match["entry_id"]): OUTCOMES.index(match["outcome"])
        for at, row in enumerate(screened)
        for match in row["matches"]
    }
    for at, row in enumerate(screened):
        for match in row["matches"]:
            assert weights[at, match["list_id"], match["entry_id"]] == match["match_weight"]


def test_reach_by_hand() -> None:
    """A document's weight is no threshold's matter; a settled name is reviewed at any; wrong entries aren't right."""
    sample = make_sample(
        truth_of(t0={("l", "a")}, t1={("l", "b")}, t2=set()),
        made([(0, "l", "a", -20.0, 1, True), (0, "l", "b", 9.0, 0, True), (1, "d", "x", 30.0, 0, False)]),
    )
    right, every = sample.reach(sample.is_right), sample.reach()
    assert right.weight.tolist() == [-20.0, -np.inf, -np.inf]
    assert every.weight.tolist() == [9.0, 30.0, -np.inf]
    bits = {"hit_bits": 6.0, "review_bits": -10.0}
    assert right.at("review", **bits).tolist() == [True, False, False]
    assert right.at("hit", **bits).tolist() == [False, False, False]
    assert every.at("hit", **bits).tolist() == [True, False, False]
    assert right.operating_bits().tolist() == [np.inf, -np.inf, -np.inf]


def test_recall_falls_with_the_threshold(weighed: WeighedTravellers) -> None:
    """Each step up finds no more, and raises no more, than the one before."""
    reached = make_sample(read_truth(DATA / "truth.csv"), weighed).reached()
    found = [reached.alarms("review", {"hit_bits": 100.0, "review_bits": bits}) for bits in range(-40, 40, 2)]
    for before, after in itertools.pairwise(found):
        assert after.recall.count <= before.recall.count
        assert after.false_alarms.count <= before.false_alarms.count
    assert found[0].false_alarms.count > found[-1].false_alarms.count


def test_any_entry_of_a_list_may_be_right() -> None:
    """A truth that names a list and no entry takes every entry of that list."""
    sample = make_sample(truth_of(t0={("l", "")}), made([(0, "l", "a", 1.0, 0, True), (0, "m", "a", 2.0, 0, True)]))
    assert sample.is_right.tolist() == [True, False]


def test_what_has_no_counterpart_is_counted() -> None:
    """References without a traveller, travellers without a truth, travellers that cannot be screened."""
    weighed = made([(0, "l", "a", 1.0, 0, True)], n=4)
    weighed.rejected[2] = True
    sample = make_sample(
        Truth({"0": Expected("k", {("l", "a")}), "2": Expected("k"), "9": Expected("k")}, 5, 1), weighed
    )
    counts = sample.counts
    assert (counts.truth_rows, counts.duplicate_rows, counts.unknown_references) == (5, 1, 1)
    assert (counts.without_truth, counts.rejected, len(sample.is_true)) == (2, 1, 1)


def test_sets_that_cannot_be_joined_are_refused() -> None:
    """No common reference, and one reference twice."""
    weighed = made([])
    with pytest.raises(InputError, match="no traveller"):
        make_sample(truth_of(t7=set()), weighed)
    doubled = WeighedTravellers(**{**vars(weighed), "references": ["0", "0", "2"]})
    with pytest.raises(InputError, match="traveller 2"):
        make_sample(truth_of(t0=set()), doubled)


def test_travellers_come_in_any_batches(data_store: matcher.Store, weighed: WeighedTravellers) -> None:
    """Ten batches give the pairs of one."""
    with matcher.read_travellers(DATA / "passengers.csv") as reader:
        table = reader.read_all()
    steps: list[int] = []
    batches = (batch for start in range(0, 500, 50) for batch in table.slice(start, 50).to_batches())
    again = weigh_travellers(data_store.open(), batches, decided_at=AT, on_rows=steps.append)
    assert steps == [50] * 10
    assert again.references == weighed.references
    assert keys_of(again) == keys_of(weighed)


def keys_of(weighed: WeighedTravellers) -> list[tuple[int, tuple[str, str], float]]:
    """Pairs by traveller and entry, in order."""
    columns = zip(weighed.traveller, weighed.entry, weighed.weight, strict=True)
    return [(int(traveller), weighed.entries[entry], float(weight)) for traveller, entry, weight in columns]


def test_parts_of_the_lists_are_nested_and_about_their_size() -> None:
    """An entry of a quarter is in the half; the draw depends on the ids and the seed alone."""
    entries = [("l", str(at)) for at in range(4000)]
    sample = Sample(**{**vars(make_sample(truth_of(t0=set()), made([]))), "entries": entries})
    shares = sample.entry_shares(1)
    assert 0.22 < np.mean(shares < 0.25) < 0.28
    assert shares[:5].tolist() == Sample(**{**vars(sample), "entries": entries[:5]}).entry_shares(1).tolist()
    assert (sample.entry_shares(2) != shares).any()
