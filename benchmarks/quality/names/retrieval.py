"""Searches every query set with every engine and measures the answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.quality.names.engine import HasFifths, Hits, NameEngine
from benchmarks.quality.names.measures import answer_of, retrieval_figures
from benchmarks.quality.names.queries import FIFTHS, QuerySet, fifth_of

LIMIT = 60  # names asked of a search: the 30 best wrong ones, the true ones and those left out
Row = dict[str, Any]


def measure(
    engine: NameEngine, sets: Sequence[QuerySet], listed: Sequence[str], say: Callable[[str], None]
) -> list[Row]:
    """Measure an engine on each set: figures, CPU time, and the true names that were not first."""
    rows = []
    for query_set in sets:
        asked = query_set.first(getattr(engine, "most_queries", None))
        start = time.process_time()
        hits = _five_fold(engine, asked, listed) if asked.name == "Greek, all" else None
        hits = hits or engine.search(asked.queries, listed, LIMIT)
        seconds = time.process_time() - start
        answers = [
            answer_of(found, truths, left_out)
            for found, truths, left_out in zip(hits, asked.truths, asked.left_out, strict=True)
        ]
        figures = retrieval_figures(answers)
        missed = [row for row, answer in enumerate(answers) if answer.rank != 1]
        rows.append(
            {
                "engine": engine.name,
                "set": asked.name,
                "n": len(answers),
                "figures": {title: list(figure) for title, figure in figures.items()},
                "cpu_ms_a_query": 1000 * seconds / len(answers),
                "missed": [_miss(asked, row, hits[row], listed) for row in missed],
            }
        )
        say(f"{engine.name}: {asked.name} {_short(rows[-1])}")
    return rows


def _five_fold(engine: NameEngine, asked: QuerySet, listed: Sequence[str]) -> list[Hits] | None:
    """Each fifth searched by the engine that was learned without it, if the engine learns from Greek at all."""
    if not isinstance(engine, HasFifths):
        return None
    hits: list[Hits] = [[] for _ in asked.queries]
    for fifth in range(FIFTHS):
        rows = [row for row, query in enumerate(asked.queries) if fifth_of(query) == fifth]
        found = engine.without_fifth(fifth).search(asked.only(rows).queries, listed, LIMIT)
        for row, one in zip(rows, found, strict=True):
            hits[row] = one
    return hits


def _miss(asked: QuerySet, row: int, hits: Hits, listed: Sequence[str]) -> Row:
    """A query whose right name isn't first, with what is: for reading in the JSON file, by hand."""
    true = [listed[truth] for truth in asked.truths[row]]
    best = [(listed[hit], score) for hit, score in hits[:3] if hit not in asked.left_out[row]]
    return {"query": asked.queries[row], "true": true, "best": best}


def _short(row: Row) -> str:
    figures = row["figures"]
    return (
        f"n {row['n']} "
        + " ".join(f"{title} {figures[title][0]:.3f}" for title in ("r@1", "r@10", "AP", "R@P90", "returned"))
        + f" {row['cpu_ms_a_query']:.1f} ms"
    )
