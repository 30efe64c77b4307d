"""Compares every pair set with every engine and measures the scores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.quality.names.engine import HasFirstStage, NameEngine
from benchmarks.quality.names.measures import pair_figures, recall_at_false_share, share
from benchmarks.quality.names.pairs import PairSet
from benchmarks.quality.names.queries import QuerySet

Row = dict[str, Any]


def measure(engine: NameEngine, sets: Sequence[PairSet], say: Callable[[str], None]) -> list[Row]:
    """Measure an engine on each pair set; false `same` by kind of negative."""
    rows = []
    for pairs in sets:
        scores = engine.compare(pairs.left, pairs.right)
        figures = pair_figures(scores, pairs.same, engine.same_at)
        row: Row = {"engine": engine.name, "set": pairs.name, "n": sum(pairs.same), "n_wrong": pairs.same.count(False)}
        if pairs.most_false is not None:
            figures["recall at false share"], row["bar"] = recall_at_false_share(scores, pairs.same, pairs.most_false)
        row["figures"] = {title: list(figure) for title, figure in figures.items()}
        if engine.same_at is not None:
            row["false_by_kind"] = _false_by_kind(pairs, scores, engine.same_at)
            row["errors"] = _errors(pairs, scores, engine.same_at)
        rows.append(row)
        say(f"{engine.name}: {pairs.name} n {row['n']} " + " ".join(f"{k} {v[0]:.3f}" for k, v in figures.items()))
    return rows


def _false_by_kind(pairs: PairSet, scores: Sequence[float], same_at: float) -> dict[str, list[float]]:
    called: dict[str, list[bool]] = defaultdict(list)
    for kind, score, same in zip(pairs.kinds, scores, pairs.same, strict=True):
        if not same:
            called[kind].append(score >= same_at)
    return {kind: [*share(sum(found), len(found)), len(found)] for kind, found in sorted(called.items())}


def _errors(pairs: PairSet, scores: Sequence[float], same_at: float) -> list[Row]:
    """Pairs on the wrong side of `same`, for reading in the JSON file, by hand."""
    rows = zip(pairs.left, pairs.right, scores, pairs.kinds, pairs.same, strict=True)
    return [
        {"left": left, "right": right, "score": max(score, -1e9), "kind": kind}
        for left, right, score, kind, same in rows
        if (score >= same_at) != same
    ]


def first_stage_loss(engine: HasFirstStage, sets: Sequence[QuerySet], listed: Sequence[str]) -> list[Row]:
    """Share of the true pairs that reach review when scored in full and are not comparable, by query set."""
    rows = []
    for queries in sets:
        true = [listed[truths[0]] for truths in queries.truths]
        found = engine.first_stage(queries.queries, true)
        reaching = [comparable for reaches, comparable in found if reaches]
        lost = sum(not comparable for comparable in reaching)
        comparable = sum(comparable for _, comparable in found)
        rows.append(
            {
                "set": queries.name,
                "n": len(found),
                "at_review": len(reaching),
                "lost": lost,
                "lost_share": list(share(lost, len(reaching))),
                "comparable_share": list(share(comparable, len(found))),
            }
        )
    return rows
