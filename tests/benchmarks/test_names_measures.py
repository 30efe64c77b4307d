"""The figures of the name benchmark are what their definitions say, ties against the engine."""

from __future__ import annotations

import random

import pytest

from benchmarks.quality.names.measures import (
    WRONG_NAMES,
    Answer,
    answer_of,
    pair_figures,
    recall_at_false_share,
    retrieval_figures,
)


def test_a_tie_puts_the_wrong_name_first() -> None:
    """A wrong name with the true one's score ranks above it, wherever the engine put it."""
    assert answer_of([(1, 2.0), (4, 2.0), (5, 2.0)], {1}, set()).rank == 3
    assert answer_of([(1, 2.0), (4, 1.9)], {1}, set()).rank == 1


def test_rows_left_out_count_on_neither_side() -> None:
    """They are no wrong names and don't move the rank; a second true row isn't wrong either."""
    answer = answer_of([(9, 5.0), (1, 3.0), (2, 2.0), (4, 1.0)], {1, 2}, {9})
    assert answer == Answer(1, 3.0, (1.0,))


def test_at_most_thirty_wrong_names_are_pooled() -> None:
    """The best ones, and the rank counts all of them."""
    answer = answer_of([(row, 100.0 - row) for row in range(60)], {50}, set())
    assert answer.rank == 51
    assert answer.wrong_scores == tuple(100.0 - row for row in range(WRONG_NAMES))


def test_a_name_that_is_not_returned_counts_as_missed() -> None:
    """It has no rank, and lowers AP and recall."""
    answers = [Answer(1, 9.0, (1.0,)), Answer(None, None, (5.0,))]
    figures = retrieval_figures(answers)
    assert [figures[title].value for title in ("r@1", "r@10", "returned", "AP", "R@P90")] == [0.5] * 5


def test_average_precision_pools_the_queries() -> None:
    """A wrong name of one query above another query's true pair costs precision."""
    figures = retrieval_figures([Answer(1, 9.0, (8.0, 1.0)), Answer(1, 7.0, (7.0,)), Answer(2, 3.0, (4.0,))])
    # in order: T9 F8 F7 T7 F4 T3 F1
    assert figures["AP"].value == pytest.approx((1 + 2 / 4 + 3 / 6) / 3)
    assert figures["R@P90"].value == pytest.approx(1 / 3)
    assert figures["r@1"].value == pytest.approx(2 / 3)


def _brute(scores: list[float], same: list[bool]) -> dict[str, float]:
    true = [score for score, one in zip(scores, same, strict=True) if one]
    false = [score for score, one in zip(scores, same, strict=True) if not one]
    area = sum((a > b) + 0.5 * (a == b) for a in true for b in false) / (len(true) * len(false))
    f1, recalls = 0.0, {0.95: 0.0, 0.99: 0.0}
    for bar in set(scores):
        hits, wrong = sum(a >= bar for a in true), sum(b >= bar for b in false)
        f1 = max(f1, 2 * hits / (hits + wrong + len(true)))
        for precision in recalls:
            if hits >= precision * (hits + wrong):
                recalls[precision] = max(recalls[precision], hits / len(true))
    return {"AUC": area, "F1max": f1, "R@P95": recalls[0.95], "R@P99": recalls[0.99]}


@pytest.mark.parametrize("seed", range(5))
def test_pair_figures_are_those_of_every_threshold(seed: int) -> None:
    """AUC, F1 and recall equal a count over all thresholds, with many ties and an unreadable name."""
    draw = random.Random(seed)
    same = [draw.random() < 0.5 for _ in range(150)]
    scores = [float(draw.randrange(12) + 6 * one) for one in same]
    scores[3] = float("-inf")
    figures = pair_figures(scores, same, 9.0)
    for title, value in _brute(scores, same).items():
        assert figures[title].value == pytest.approx(value), title
        assert figures[title].low - 1e-9 <= figures[title].value <= figures[title].high + 1e-9
    called = [score >= 9.0 for score in scores]
    both = sum(a and b for a, b in zip(called, same, strict=True))
    assert figures["F1 at same"].value == pytest.approx(2 * both / (sum(called) + sum(same)))
    assert figures["false at same"].value == pytest.approx((sum(called) - both) / same.count(False))


def test_a_false_share_is_not_exceeded_by_ties() -> None:
    """With all wrong pairs at one score, only true pairs above it are found."""
    scores = [5.0, 4.0, 3.0, *[4.0] * 100]
    found, bar = recall_at_false_share(scores, [True] * 3 + [False] * 100, 0.01)
    assert found.value == pytest.approx(1 / 3)
    assert bar == 4.0


def test_an_interval_narrows_with_more_queries() -> None:
    """The bootstrap follows the number of queries, and is the same in a second run."""
    few = [Answer(1, float(row), (1.5,)) for row in range(4)]
    once, twice, many = (retrieval_figures(answers)["AP"] for answers in (few, few, few * 50))
    assert once == twice
    assert many.high - many.low < once.high - once.low
