"""Name search at scale: batch and single calls beside rapidfuzz in the same run, with recall and false hits.

python -m benchmarks.speed.names [--names 1500000] [--shared ../shared] [--checks 10] [--write]

The list is drawn from `name_frequency.tsv`: a country by the count of its surnames, then given names and a surname by
theirs, so that common names are as common as they are. Queries are clean travellers with Latin names, one listed name
in a hundred among them; listed names altered in nine ways tell recall. A name counts as found when it reaches review by
itself. Times are CPU time of one thread, kernels warm; single calls are wall time, normalisation included.
"""

from __future__ import annotations

import argparse
import csv
import functools
import itertools
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from rapidfuzz import fuzz, process

from benchmarks import perturb
from benchmarks.learn.split import folder_of, read_rows
from benchmarks.memory import resident
from benchmarks.quality.names.material import is_latin
from benchmarks.results import write_section
from matcher.candidates.first_stage import FoundNames, NameScan
from matcher.compare.forms import NameForms, name_forms
from matcher.index.names import NameIndex, build_names
from matcher.score.model import Model, load_model
from matcher.text import analyse_name

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "python -m benchmarks.speed.names"
SEED = 20261122
BATCH, N_BATCHES, N_SINGLE, A_CALL, N_KIND, N_KIND_CDIST = 4096, 3, 1000, 64, 300, 64
CUTOFF = 80
_Alter = Callable[..., str]
KINDS: dict[str, _Alter] = {
    "none": lambda name, seed: name,
    "typo": perturb.typo,
    "two typos": perturb.two_typos,
    "swap": perturb.swap_order,
    "drop": perturb.drop_token,
    "glue": perturb.glue,
    "split": perturb.split,
    "truncation": lambda name, seed: perturb.truncate(name, length=18),
    "initial": perturb.initial,
}


def population(shared: Path, count: int, seed: int) -> list[str]:
    """Draw Latin names, half of them of three tokens."""
    parts: dict[tuple[str, str], tuple[list[str], list[int]]] = defaultdict(lambda: ([], []))
    for row in read_rows(folder_of(shared) / "name_frequency.tsv"):
        if is_latin(row["latin"]):
            names, counts = parts[row["country"], row["role"]]
            names.append(row["latin"])
            counts.append(int(row["count"]))
    countries = sorted({one for one, _ in parts if (one, "given") in parts and (one, "surname") in parts})
    summed = {key: (names, list(itertools.accumulate(counts))) for key, (names, counts) in parts.items()}
    draw = random.Random(seed)
    found = []
    for country in draw.choices(countries, [sum(parts[one, "surname"][1]) for one in countries], k=count):
        (given, given_sums), (family, family_sums) = summed[country, "given"], summed[country, "surname"]
        chosen = draw.choices(given, cum_weights=given_sums, k=2 if draw.random() < 0.5 else 1)
        found.append(" ".join([*chosen, *draw.choices(family, cum_weights=family_sums)]))
    return found


def clean_names(shared: Path) -> list[str]:
    """Latin names of clean travellers, each once."""
    with (shared / "data/travellers/negatives_global.csv").open(encoding="utf-8", newline="") as stream:
        names = [row["full_name"] for row in csv.DictReader(stream)]
    return list(dict.fromkeys(name for name in names if name and is_latin(name)))


class Searched:
    """A list, indexed, and what it took."""

    def __init__(self, names: Sequence[str], model: Model) -> None:
        start = time.process_time()
        persons = pa.table(
            {
                "kind": ["person"] * len(names),
                "names": [[{"text": name, "kind": "primary"}] for name in names],
                "birth_dates": pa.nulls(len(names), pa.list_(pa.null())),
            }
        )
        tables = build_names(persons)
        self.build_seconds = time.process_time() - start
        self.bytes = sum(table.nbytes for table in tables.values()) / len(names)
        self.index, self.model = NameIndex(tables), model
        self.scan = NameScan(self.index, model)
        weights = model.weights
        self.least = weights["thresholds"]["review_bits"] - weights["name"]["comparable"] - model.person_prior_bits

    def forms(self, queries: Sequence[str]) -> NameForms:
        """Queries as arrays."""
        return name_forms([analyse_name(query) for query in queries], self.model.names)

    def search(self, queries: Sequence[str], workers: int = 1) -> FoundNames:
        """The names that reach review by themselves."""
        return self.scan.search(self.forms(queries), least_bits=self.least, workers=workers)


def timed(act: Callable[[], Any]) -> tuple[float, float, Any]:
    """CPU seconds, wall seconds, and what came out."""
    cpu, wall = time.process_time(), time.perf_counter()
    found = act()
    return time.process_time() - cpu, time.perf_counter() - wall, found


def measure_batches(searched: Searched, queries: Sequence[str]) -> list[tuple[float, float]]:
    """Microseconds of CPU and names found for each query, batch by batch: later ones know tokens of earlier ones."""
    figures = []
    for start in range(0, BATCH * N_BATCHES, BATCH):
        batch = queries[start : start + BATCH]
        cpu, _, found = timed(functools.partial(searched.search, batch))
        figures.append((1e6 * cpu / len(batch), len(found.rows) / len(batch)))
    return figures


def measure_single(searched: Searched, queries: Sequence[str]) -> list[float]:
    """Wall time of single calls, normalisation included: p50, p90, p99, worst, in milliseconds."""
    times = [1e3 * timed(functools.partial(searched.search, [query]))[1] for query in queries]
    return [float(value) for value in np.percentile(times, (50, 90, 99, 100))]


def measure_threads(searched: Searched, queries: Sequence[str]) -> tuple[float, float]:
    """Wall seconds of a batch by one worker and by two, no token known."""

    def spin(workers: int) -> float:
        scan = NameScan(searched.index, searched.model)
        return timed(lambda: scan.search(searched.forms(queries), least_bits=searched.least, workers=workers))[1]

    return spin(1), spin(2)


def measure_cdist(names: Sequence[str], queries: Sequence[str]) -> tuple[float, float]:
    """Microseconds of CPU a query and hits a query of rapidfuzz, 64 queries a call."""
    cpu, hits = 0.0, 0
    for start in range(0, len(queries), A_CALL):
        seconds, _, scores = timed(functools.partial(_cdist, queries[start : start + A_CALL], names))
        cpu += seconds
        hits += int((scores >= CUTOFF).sum())
    return 1e6 * cpu / len(queries), hits / len(queries)


def _cdist(queries: Sequence[str], names: Sequence[str]) -> np.ndarray[Any, Any]:
    scores: np.ndarray[Any, Any] = process.cdist(
        queries, names, scorer=fuzz.token_sort_ratio, score_cutoff=CUTOFF, dtype=np.uint8, workers=1
    )
    return scores


def measure_kinds(searched: Searched, names: Sequence[str], lowered: Sequence[str]) -> list[tuple[str, float, float]]:
    """Share of altered listed names whose source is found, by kind: ours, rapidfuzz's."""
    rows = []
    for kind, alter in KINDS.items():
        draw = random.Random(f"{kind}/{SEED}")
        sources: list[int] = []
        queries: list[str] = []
        while len(queries) < N_KIND:
            at = draw.randrange(len(names))
            altered = alter(names[at], seed=f"{SEED}/{at}")
            if altered != names[at] or kind == "none":
                sources.append(at)
                queries.append(altered)
        found = searched.search(queries)
        entries = searched.index.entry_rows[found.rows]
        pairs = set(zip(found.queries.tolist(), entries.tolist(), strict=True))
        ours = sum((q, source) in pairs for q, source in enumerate(sources)) / len(sources)
        scores = _cdist([query.lower() for query in queries[:N_KIND_CDIST]], lowered)
        theirs = np.mean([scores[q, source] >= CUTOFF for q, source in enumerate(sources[:N_KIND_CDIST])])
        rows.append((kind, ours, float(theirs)))
    return rows


def count_differences(searched: Searched, queries: Sequence[str]) -> int:
    """Queries whose answer differs from the full scan's."""
    every = NameScan(searched.index, searched.model, every=True)
    differing = 0
    for q in range(len(queries)):
        alone = searched.forms([queries[q]])
        fast = searched.scan.search(alone, least_bits=searched.least)
        full = every.search(alone, least_bits=searched.least)
        differing += fast.rows.tolist() != full.rows.tolist() or fast.bits.tolist() != full.bits.tolist()
    return differing


def measure(shared: Path, n_names: int, n_checks: int) -> str:
    """Measure everything and return the section."""
    names = population(shared, n_names, SEED)
    lowered = [name.lower() for name in names]
    clean = clean_names(shared)
    random.Random(SEED).shuffle(clean)
    listed = random.Random(SEED + 1).sample(names, len(clean) // 100)
    stream = [
        listed[at // 100] if at % 100 == 99 and at // 100 < len(listed) else name for at, name in enumerate(clean)
    ]
    searched = Searched(names, load_model())
    searched.search(stream[-300:])  # warm
    _say(f"built {searched.build_seconds:.0f} CPU s, {searched.bytes:.0f} B a name, held {resident()['held']:.1f} GB")
    batches = measure_batches(searched, stream)
    _say(f"batches {batches}")
    theirs, their_hits = measure_cdist(lowered, [name.lower() for name in stream[: 4 * A_CALL]])
    _say(f"cdist {theirs:.0f} us, {their_hits:.1f} hits")
    single = measure_single(searched, stream[BATCH * N_BATCHES : BATCH * N_BATCHES + N_SINGLE])
    again = measure_single(searched, stream[:N_SINGLE])
    _say(f"single {single} known tokens {again}")
    one, two = measure_threads(searched, stream[:BATCH])
    _say(f"threads {one:.2f} {two:.2f}")
    kinds = measure_kinds(searched, names, lowered)
    _say(f"kinds {kinds}")
    differing = count_differences(searched, stream[:n_checks])
    lines = [
        "## Name search, speed",
        f"`{COMMAND} --names {n_names}`, model `{searched.model.model_id}`; {n_names:,} names, built in "
        f"{searched.build_seconds:.0f} CPU s, {searched.bytes:.0f} bytes a name. Queries: clean travellers with Latin "
        f"names, one listed name in a hundred. {differing} of {n_checks} searches differ from the full scan.",
        "| what | CPU a query | against rapidfuzz | names found a query |\n| --- | --- | --- | --- |",
    ]
    titles = ("first batch: no token known", "second batch", "third batch")
    table = [
        f"| {title} of {BATCH:,} | {cpu / 1000:.2f} ms | {theirs / cpu:.0f} × | {hits:.2f} |"
        for title, (cpu, hits) in zip(titles, batches, strict=True)
    ]
    table.append(
        f"| rapidfuzz `cdist(token_sort_ratio, score_cutoff={CUTOFF})`, {A_CALL} a call | {theirs / 1000:.1f} ms | 1 | "
        f"{their_hits:.1f} |"
    )
    lines[-1] += "\n" + "\n".join(table)
    lines.append(
        "| single call, wall, normalisation included | p50 | p90 | p99 | worst |\n| --- | --- | --- | --- | --- |\n"
        + "\n".join(
            f"| {title} | " + " | ".join(f"{value:.2f} ms" for value in row) + " |"
            for title, row in (("new names", single), ("tokens known", again))
        )
    )
    lines.append(
        "| listed name altered | found by itself at review | rapidfuzz ≥ 80 |\n| --- | --- | --- |\n"
        + "\n".join(f"| {kind} | {ours:.3f} | {other:.3f} |" for kind, ours, other in kinds)
    )
    lines.append(f"Two workers against one, a batch of {BATCH:,}, wall time: {one / two:.2f} ×.")
    return "\n\n".join(lines)


def _say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Measure name search at scale.")
    parser.add_argument("--names", type=int, default=1_500_000, help="names of the list")
    parser.add_argument("--shared", type=Path, default=ROOT / ".." / "shared", help="folder of the real data")
    parser.add_argument("--checks", type=int, default=10, help="searches held against the full scan")
    parser.add_argument("--write", action="store_true", help="put the report into benchmarks/RESULTS.md")
    options = parser.parse_args(arguments)
    if not (options.shared / "data" / "names").is_dir():
        sys.stderr.write(f"{options.shared} has no data/names; give the folder of the real data with --shared\n")
        return 2
    text = measure(options.shared, options.names, options.checks)
    sys.stdout.write(text + "\n")
    if options.write:
        write_section("names-speed", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
