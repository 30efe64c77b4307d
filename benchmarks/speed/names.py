"""Name search at scale: batch and single calls beside rapidfuzz and other engines, with recall and false hits.

python -m benchmarks.speed.names [--names 1500000] [--shared ../shared] [--peers PYTHON] [--logic-v2 PYTHON] [--write]

Lists and queries are those of `name_lists`: clean travellers, one listed name in a hundred among them. Listed names
altered in ten ways tell recall (`name_kinds`). A name counts as found when it reaches review by itself. Times are CPU
time of one thread, kernels warm; single calls and threads are wall time. Other engines run in another Python.
"""

from __future__ import annotations

import argparse
import functools
import multiprocessing
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from benchmarks.baselines.logic_v2 import SKIPPED, LogicV2
from benchmarks.results import write_section
from benchmarks.speed import name_kinds
from benchmarks.speed.name_lists import SEED, Searched, native_population, population, stream_of, timed
from matcher.candidates.first_stage import NameScan

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "python -m benchmarks.speed.names"
BATCH, N_BATCHES, N_SINGLE, A_CALL, N_PAIRS = 4096, 3, 1000, 64, 1000
CUTOFF = 80
SPIN = 20_000_000


def batch_figures(searched: Searched, queries: Sequence[str]) -> list[tuple[float, float]]:
    """Microseconds of CPU and names found for each query, batch by batch: later ones know tokens of earlier ones."""
    figures = []
    for start in range(0, BATCH * N_BATCHES, BATCH):
        batch = queries[start : start + BATCH]
        cpu, _, found = timed(functools.partial(searched.search, batch))
        figures.append((1e6 * cpu / len(batch), len(found.rows) / len(batch)))
    return figures


def cdist_figures(names: Sequence[str], queries: Sequence[str]) -> tuple[float, float]:
    """Microseconds of CPU a query and hits a query of rapidfuzz, 64 queries a call."""
    scores: Callable[[Sequence[str]], Any] = functools.partial(
        process.cdist, choices=names, scorer=fuzz.token_sort_ratio, score_cutoff=CUTOFF, dtype=np.uint8, workers=1
    )
    cpu, hits = 0.0, 0
    for start in range(0, len(queries), A_CALL):
        seconds, _, found = timed(
            functools.partial(scores, [query.lower() for query in queries[start : start + A_CALL]])
        )
        cpu += seconds
        hits += int((found >= CUTOFF).sum())
    return 1e6 * cpu / len(queries), hits / len(queries)


def batch_table(shared: Path, searched: Searched, names: Sequence[str]) -> str:
    """Three streams: Latin and Arabic queries of the Latin list, Arabic queries of an Arabic list."""
    rows = ["| queries, list | first, second, third batch | rapidfuzz | against it, by batch | names found, theirs |",
            "| --- | --- | --- | --- | --- |"]  # fmt: skip
    natives = native_population(shared, len(names), SEED)
    lists = {"Latin": (names, searched), "Arabic": (natives, Searched.of_names(natives))}
    for asked, listed in (("Latin", "Latin"), ("Arabic", "Latin"), ("Arabic", "Arabic")):
        texts, search = lists[listed]
        queries = stream_of(shared, natives if asked == "Arabic" else names, native=asked == "Arabic")
        search.search(queries[-300:])
        figures = batch_figures(search, queries)
        theirs, their_hits = cdist_figures([text.lower() for text in texts], queries[: 2 * A_CALL])
        times = ", ".join(f"{cpu / 1000:.2f}" for cpu, _ in figures)
        ratios = ", ".join(f"{theirs / cpu:.0f}" for cpu, _ in figures)
        found = sum(hits for _, hits in figures) / len(figures)
        rows.append(
            f"| {asked}, {listed} | {times} ms | {theirs / 1000:.1f} ms | {ratios} × | {found:.2f}, {their_hits:.2f} |"
        )
        _say(rows[-1])
    return "\n".join(rows)


def single_table(searched: Searched, queries: Sequence[str]) -> str:
    """Wall time of single calls, normalisation included."""
    rows = [
        "| single call, wall, normalisation included | p50 | p90 | p99 | worst |",
        "| --- | --- | --- | --- | --- |",
    ]
    fresh = queries[BATCH * N_BATCHES : BATCH * N_BATCHES + N_SINGLE]
    for title, asked in (("new names", fresh), ("names of an earlier batch", queries[:N_SINGLE])):
        times = [1e3 * timed(functools.partial(searched.search, [query]))[1] for query in asked]
        figures = np.percentile(times, (50, 90, 99, 100))
        rows.append(f"| {title} | " + " | ".join(f"{value:.2f} ms" for value in figures) + " |")
        _say(rows[-1])
    return "\n".join(rows)


def threads_line(searched: Searched, queries: Sequence[str]) -> str:
    """Two workers against one, and what two busy processes get of the machine at the same time."""

    def wall(workers: int) -> float:
        scan = NameScan(searched.index, searched.model)
        return timed(lambda: scan.search(searched.forms(queries), least_bits=searched.least, workers=workers))[1]

    ratios, spins = [], []
    for _ in range(3):
        ratios.append(wall(1) / wall(2))
        alone = timed(_spin)[1]
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            pool.map(_spin, [None, None])  # started
            spins.append(2 * alone / timed(functools.partial(pool.map, _spin, [None, None]))[1])
    return (
        f"Two workers against one, a batch of {len(queries):,}, no token known, three times: "
        + ", ".join(f"{ratio:.2f}" for ratio in ratios)
        + " ×. Two processes that only count, against one, at the same time (2 on an idle machine): "
        + ", ".join(f"{spin:.2f}" for spin in spins)
        + " ×."
    )


def _spin(_: None = None) -> int:
    total = 0
    for at in range(SPIN):
        total += at
    return total


def difference_line(searched: Searched, queries: Sequence[str]) -> str:
    """How many queries have another answer than a full scan's; `benchmarks.quality.lossless` makes many more."""
    every = NameScan(searched.index, searched.model, every=True)
    differing = 0
    for query in queries:
        alone = searched.forms([query])
        fast, full = (scan.search(alone, least_bits=searched.least) for scan in (searched.scan, every))
        differing += fast.rows.tolist() != full.rows.tolist() or fast.bits.tolist() != full.bits.tolist()
    return f"{differing} of {len(queries)} searches differ from the full scan."


def pairs_line(python: Path | None, names: Sequence[str], queries: Sequence[str]) -> str:
    """Pairs of distinct names that logic-v2 compares in a second, and what a list would take."""
    if python is None:
        return SKIPPED + "."
    peer = LogicV2(python)
    rate = N_PAIRS / peer.cpu_seconds(queries[:N_PAIRS], names[:N_PAIRS])
    return f"{peer.name}: {rate:.0f} pairs a CPU second; one query of this list would take {len(names) / rate:,.0f} s."


def measure(options: argparse.Namespace) -> str:
    """Measure everything and return the section."""
    shared, n_names = options.shared, options.names
    names = population(shared, n_names, SEED)
    built = Searched.build(names)
    searched = Searched(built.tables)
    stream = stream_of(shared, names)
    searched.search(stream[-300:])
    _say(f"built in {built.seconds:.0f} CPU s, {built.bytes:.0f} bytes a name")
    kinds = name_kinds.altered(names)
    parts = [
        "## Name search, speed",
        f"`{COMMAND} --names {n_names}`, model `{searched.model.model_id}`; {n_names:,} names, built in "
        f"{built.seconds:.0f} CPU s, {built.bytes:.0f} bytes a name. Queries: clean travellers, one listed name in a "
        f"hundred. rapidfuzz: `cdist(token_sort_ratio, score_cutoff={CUTOFF})`, {A_CALL} queries a call.",
        batch_table(shared, searched, names),
        single_table(searched, stream),
        name_kinds.table(searched, names, kinds),
        name_kinds.peers_table(options.peers, names, kinds, stream[:64]),
        pairs_line(options.logic_v2, names, stream),
        threads_line(searched, stream[:BATCH]),
        difference_line(searched, stream[: options.checks]),
    ]
    return "\n\n".join(parts)


def _say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Measure name search at scale.")
    parser.add_argument("--names", type=int, default=1_500_000, help="names of the list")
    parser.add_argument("--shared", type=Path, default=ROOT / ".." / "shared", help="folder of the real data")
    parser.add_argument("--checks", type=int, default=5, help="searches held against the full scan")
    parser.add_argument("--peers", type=Path, help="Python of an environment with the engines of `name_peers`")
    parser.add_argument("--logic-v2", type=Path, help="Python of an environment with nomenklatura 4.17")
    parser.add_argument("--write", action="store_true", help="put the report into benchmarks/RESULTS.md")
    options = parser.parse_args(arguments)
    if not (options.shared / "data" / "names").is_dir():
        sys.stderr.write(f"{options.shared} has no data/names; give the folder of the real data with --shared\n")
        return 2
    text = measure(options)
    sys.stdout.write(text + "\n")
    if options.write:
        write_section("names-speed", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
