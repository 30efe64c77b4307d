"""The figures as Markdown: one table a question, engines as rows or columns, intervals beside the figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Figures = dict[str, Any]


def report(run: Figures) -> str:
    """Write a run; parts that were not run are left out."""
    parts = [_head(run)]
    searched = run.get("retrieval", [])
    for title, chosen in (
        ("Search among 100,000 names", [row for row in searched if not row["set"].startswith("changed: ")]),
        ("Altered Latin names", [row for row in searched if row["set"].startswith("changed: ")]),
        ("Every listed name scored, comparable or not, for a few queries", run.get("every_pair", [])),
    ):
        if chosen:
            parts += [f"### {title}", _retrieval(chosen, run["notes"])]
    if run.get("pairwise"):
        parts += ["### Pairs", _pairwise(run["pairwise"], run["notes"])]
    if run.get("first_stage"):
        parts += ["### Lost by the first-stage rule", _first_stage(run["first_stage"])]
    if run.get("speed"):
        parts += ["### Speed", _speed(run["speed"])]
    return "\n\n".join([*parts, *run.get("skipped", [])])


def _head(run: Figures) -> str:
    counts = ", ".join(f"{source} {count:,}" for source, count in sorted(run["listed"].items()))
    return (
        f"## Name evidence\n\n`{run['command']}`, {run['date']}, {run['fold']} fold, seed {run['seed']}.\n\n"
        f"Listed: {sum(run['listed'].values()):,} Latin names of different persons ({counts}). Ties count against the "
        "engine; listed persons who share a token set with a name of the right person are left out of the wrong ones. "
        "AP and recall at 90 % precision (R@P90) are pooled over each true pair and the 30 best wrong names. Intervals "
        "are 95 %: Wilson's for r@1 and r@10, bootstrap over queries or pairs for the rest."
    )


def _retrieval(rows: Sequence[Figures], notes: dict[str, str]) -> str:
    titles = ("r@1", "r@10", "AP", "R@P90", "returned")
    tables = []
    for name in dict.fromkeys(row["set"] for row in rows):
        body = [
            (row["engine"], str(row["n"]), *(_figure(row["figures"][title]) for title in titles))
            for row in rows
            if row["set"] == name
        ]
        tables.append(f"{name.removeprefix('changed: ')}: {notes[name]}\n\n" + table(("engine", "n", *titles), body))
    return "\n\n".join(tables)


def _pairwise(rows: Sequence[Figures], notes: dict[str, str]) -> str:
    tables = []
    for name in dict.fromkeys(row["set"] for row in rows):
        chosen = [row for row in rows if row["set"] == name]
        titles = ["AUC", "F1max", "F1 at same", "R@P95", "R@P99", "false at same"]
        if "recall at false share" in chosen[0]["figures"]:
            titles = ["AUC", "recall at false share", "recall at same", "false at same"]
        body = [
            (row["engine"], f"{row['n']} / {row['n_wrong']}", *(_figure(row["figures"].get(one)) for one in titles))
            for row in chosen
        ]
        heads = [title.replace("recall at false share", "recall at 1 % false") for title in titles]
        tables.append(f"{name}: {notes[name]}\n\n" + table(("engine", "true / wrong", *heads), body))
    return "\n\n".join(tables)


def _first_stage(parts: Sequence[Figures]) -> str:
    rows = [
        (
            part["engine"],
            one["set"].removeprefix("changed: "),
            str(one["n"]),
            str(one["at_review"]),
            str(one["lost"]),
            _percent(one["lost_share"]),
            _percent(one["comparable_share"]),
        )
        for part in parts
        for one in part["rows"]
    ]
    heads = ("engine", "set", "true pairs", "at review", "lost", "lost, % of those", "comparable, % of all")
    return table(heads, rows)


def _speed(rows: Sequence[Figures]) -> str:
    base = {row["pairs"]: row["pairs_a_cpu_second"] for row in rows if row["engine"] == "rapidfuzz token_sort_ratio"}
    body = [
        (
            row["pairs"],
            row["engine"],
            f"{row['pairs_a_cpu_second']:,.0f}",
            f"{base[row['pairs']] / row['pairs_a_cpu_second']:,.1f}",
        )
        for row in rows
    ]
    heads = ("pairs", "engine", "pairs a CPU second", "time, token_sort_ratio = 1")
    return "Distinct names, one core, CPU time.\n\n" + table(heads, body)


def _figure(figure: Sequence[float] | None) -> str:
    if figure is None:
        return "–"
    value, low, high = figure
    return f"{value:.3f} ({low:.3f}–{high:.3f})"


def _percent(figure: Sequence[float]) -> str:
    value, low, high = (100 * one for one in figure)
    return f"{value:.1f} ({low:.1f}–{high:.1f})"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table.

    Examples:
        >>> print(table(("engine", "n"), [("ours", "3")]))
        | engine | n |
        | --- | --- |
        | ours | 3 |
    """
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
