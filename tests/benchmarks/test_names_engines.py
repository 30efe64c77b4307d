"""Engines of the name benchmark: a search is the comparison of every listed name, sorted."""

from __future__ import annotations

import pytest

from benchmarks import population
from benchmarks.baselines import romanised, token_names
from benchmarks.quality.names.engine import EveryPair, NameEngine
from benchmarks.quality.names.ours import Epervier
from matcher.score.evidence import to_grain
from matcher.score.model import load_model

LISTED = [one.latin_name for one, _ in zip(population.travellers("names"), range(300), strict=False)]
QUERIES = [*LISTED[:4], "يوسف خان", "Анна Иванова", "Mohamed", LISTED[7].split()[-1]]


def _baselines() -> list[NameEngine]:
    pytest.importorskip("anyascii", reason="the romanised baselines need anyascii (extra bench)")
    return [*romanised.engines(), *token_names.similarity_engines(), *token_names.phonetic_engines()]


def test_a_baseline_finds_what_it_compares_best() -> None:
    """The best 20 of a search have the 20 highest scores of comparing every listed name."""
    for engine in _baselines():
        for query, hits in zip(QUERIES, engine.search(QUERIES, LISTED, 20), strict=True):
            scores = engine.compare([query] * len(LISTED), LISTED)
            assert [score for _, score in hits] == pytest.approx(sorted(scores, reverse=True)[:20], rel=1e-5)
            assert [score for _, score in hits] == pytest.approx([scores[row] for row, _ in hits], rel=1e-5)


def test_a_listed_name_is_found_first_by_every_baseline() -> None:
    """Equal names have the highest score there is."""
    for engine in _baselines():
        for query, hits in zip(LISTED[:20], engine.search(LISTED[:20], LISTED, 5), strict=True):
            assert query in {LISTED[row] for row, score in hits if score == hits[0][1]}, engine.name


def test_our_search_is_a_scan_of_every_comparable_name() -> None:
    """Stopping early loses nothing: the same rows and weights as scoring all 300 names."""
    engine = Epervier()
    model = load_model()
    floor, share = model.threshold("name_floor_bits"), model.weights["name"]["between_two"]
    for query, hits in zip(QUERIES, engine.search(QUERIES, LISTED, 10), strict=True):
        weights = engine.compare([query] * len(LISTED), LISTED)
        comparable = [found for _, found in engine.first_stage([query] * len(LISTED), LISTED)]
        every = sorted((-weights[row], row) for row in range(len(LISTED)) if comparable[row])
        compared = [(row, to_grain(share * weight)) for row, weight in hits]  # a search counts the whole weight
        assert compared == [(row, -weight) for weight, row in every[:10]]
        assert all(comparable[row] for row, weight in enumerate(weights) if weight >= floor)


def test_every_pair_ranks_names_that_are_not_comparable_too() -> None:
    """It returns as many names as asked, by their weight."""
    engine = Epervier()
    (hits,) = EveryPair(engine).search(["Anna Eriksson"], ["Bo Berg", "Anna Erikson", "Li Wu"], 3)
    assert len(hits) == 3
    assert hits[0] == (1, engine.compare(["Anna Eriksson"], ["Anna Erikson"])[0])


def test_a_model_by_its_id_scores_as_the_default_does() -> None:
    """The default model named is the default model."""
    named = Epervier(load_model().model_id)
    assert named.compare(QUERIES, LISTED[: len(QUERIES)]) == Epervier().compare(QUERIES, LISTED[: len(QUERIES)])
