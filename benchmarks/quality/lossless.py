"""Proof that the name search loses nothing: its answers beside a full scan's, value by value.

    python -m benchmarks.quality.lossless [--part small large twin] [--searches N] [--seconds S] [--write]

`small`: lists of 20,000 names, the search against the scan of every row and name by the same kernels. `large`: the same
at 1.5 million names. `twin`: lists of 300, against the slow twin of `tests/reference`, which shares no code with it.
Queries are listed names altered in every way of `benchmarks.learn.queries`, written in another script, or of clean
travellers, in turn. Compared are the rows found, their evidence, strongest agreement and cover, and the weights and
full agreement of a search with a least weight. A part ends at its count, or when its time is over; the count is told.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.learn.queries import CHANGES
from benchmarks.learn.split import WHICH, folder_of, read_rows
from benchmarks.quality import first_light
from benchmarks.results import write_section
from benchmarks.speed.name_lists import SEED, Searched, clean_names, native_population, population
from matcher import Store
from matcher.candidates.first_stage import FirstStage, NameScan
from matcher.candidates.persons import may_agree_fully
from matcher.compare.forms import NameForms
from matcher.score.evidence import GRAIN
from matcher.text import analyse_name
from tests.names_models import shipped_texts
from tests.reference import name_alignment as twin

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "python -m benchmarks.quality.lossless"
PARTS = {"small": 100_000, "large": 2_000, "twin": 2_000}
TWIN_TOKENS = 6  # at most in a name that the twin is asked for: it takes minutes for twelve
SIZES = {"small": 20_000, "large": 1_500_000, "twin": 300}
Row = tuple[int, float, float, int]
Weighed = tuple[int, float, bool]


@dataclass
class Outcome:
    """What came out of one part.

    Attributes:
        searches: Searches compared, by list.
        found: Names in the answers.
        weighed: Names in the answers of the search with a least weight.
        differing: Queries whose answers differ.
        seconds: Processor time.
    """

    searches: Counter[str] = field(default_factory=Counter)
    found: int = 0
    weighed: int = 0
    differing: list[str] = field(default_factory=list)
    seconds: float = 0.0


def script_pairs(shared: Path) -> list[tuple[str, str]]:
    """Development names in every script, each with its Latin form."""
    pairs = []
    for which in WHICH:
        for row in read_rows(folder_of(shared) / f"{which}_en_names_dev.tsv") if "raw" not in which else ():
            first, second, *_ = row.values()
            pairs.append((first, second))
    return pairs


def listed_names(shared: Path) -> list[str]:
    """Every name of the persons on the UN, OFAC and EU lists, each once."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        first_light.import_lists(store, shared)
        every = itertools.chain.from_iterable(one.persons.to_pylist() for one in store.snapshot().lists)
        return list(dict.fromkeys(name["text"] for row in every for name in row["names"] or ()))


def lists_of(part: str, shared: Path, draw: random.Random) -> dict[str, list[str]]:
    """Names to search among, by what they are."""
    size = SIZES[part]
    if part == "large":
        return {"drawn Latin names": population(shared, size, SEED)}
    pairs = script_pairs(shared)
    mixed = [name for pair in pairs for name in pair]
    real = listed_names(shared)
    if part == "twin":
        real = [name for name in real if len(analyse_name(name)) <= TWIN_TOKENS]
    return {
        "drawn Latin names": population(shared, size, SEED),
        "drawn Arabic names": native_population(shared, size, SEED),
        "names in every script": draw.sample(mixed, min(size, len(mixed))),
        "UN, OFAC and EU": draw.sample(real, min(size, len(real))),
    }


def queries_of(
    names: Sequence[str], others: dict[str, str], clean: Sequence[str], draw: random.Random
) -> Iterator[str]:
    """Altered names of the list without end, one in ten in another script, one in ten of a clean traveller."""
    changes = list(CHANGES.values())
    for turn in range(sys.maxsize):
        name = draw.choice(names)
        if turn % 10 == 9:
            yield draw.choice(clean)
        else:
            if turn % 10 == 8:
                name = others.get(name, name)
            yield changes[turn % len(changes)](name, turn)


def as_rows(stage: FirstStage) -> list[Row]:
    """What a first stage found, row by row."""
    columns = (stage.rows, stage.evidence, stage.strongest, stage.covered)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def answers(searched: Searched, forms: NameForms) -> list[list[Weighed]]:
    """What a search with a least weight found for each query."""
    found = searched.scan.search(forms, least_bits=searched.least)
    rows: list[list[Weighed]] = [[] for _ in forms.counts]
    columns = (found.queries, found.rows, found.bits, found.agrees_fully)
    for q, row, bits, fully in zip(*(column.tolist() for column in columns), strict=True):
        rows[q].append((row, bits, fully))
    return rows


def differs(
    searched: Searched, every: NameScan, forms: NameForms, q: int, *, found: list[Weighed], outcome: Outcome
) -> bool:
    """Whether the search of one query answers otherwise than the scan of every row and name."""
    stage, full = searched.scan.first_stage(forms, q), every.first_stage(forms, q)
    reaches = full.evidence >= searched.model.threshold("name_floor_bits")
    wanted = reaches | may_agree_fully(searched.index, full, int(forms.counts[q]))
    expected = [row for row, is_wanted in zip(as_rows(full), wanted, strict=True) if is_wanted]
    bits, fully = every.weigh(forms, np.array([(q, row) for row in full.rows], np.int32).reshape(-1, 2))
    kept = fully | (reaches & (bits >= searched.least))
    weighed = list(zip(full.rows[kept].tolist(), bits[kept].tolist(), fully[kept].tolist(), strict=True))
    outcome.found += len(expected)
    outcome.weighed += len(weighed)
    return as_rows(stage) != expected or found != weighed


def differs_from_twin(
    searched: Searched, names: Sequence[str], query: str, stage: FirstStage, *, found: list[Weighed], outcome: Outcome
) -> bool:
    """Whether the search of one query answers otherwise than the twin does, name by name."""
    weights = _weights()
    asked = analyse_name(query)
    expected, weighed = [], []
    for row, name in enumerate(names):
        listed = analyse_name(name)
        if not asked or not listed:
            continue
        own = twin.first_stage(weights, asked, listed)
        shorter = min(len(asked), len(listed))
        needed = 1 if len(asked) == len(listed) == 1 else max(shorter, 2)
        reaches = own.evidence / GRAIN >= searched.model.threshold("name_floor_bits")
        if reaches or own.covered >= needed:
            expected.append((row, own.evidence / GRAIN, own.strongest / GRAIN, own.covered))
        bits, fully = twin.name_weight(weights, asked, listed) / GRAIN, twin.agrees_fully(weights, asked, listed)
        if fully or (reaches and bits >= searched.least):
            weighed.append((row, bits, bool(fully)))
    outcome.found += len(expected)
    outcome.weighed += len(weighed)
    return as_rows(stage) != expected or found != weighed


_TWIN: list[twin.Weights] = []


def _weights() -> twin.Weights:
    if not _TWIN:
        _TWIN.append(twin.read_weights(shipped_texts()))
    return _TWIN[0]


def prove(part: str, shared: Path, searches: int, seconds: float) -> Outcome:
    """Run one part until it has made so many searches, or its time is over."""
    draw = random.Random(f"{part}/{SEED}")
    outcome = Outcome()
    start, ends = time.process_time(), time.monotonic() + seconds
    lists = {
        title: [name for name in names if analyse_name(name)] for title, names in lists_of(part, shared, draw).items()
    }
    others = {one: other for pair in script_pairs(shared) for one, other in (pair, pair[::-1])}
    clean = clean_names(shared)
    for place, (title, names) in enumerate(lists.items()):
        searched = Searched.of_names(names)
        every = NameScan(searched.index, searched.model, every=True)
        queries = queries_of(names, others, clean, draw)
        until = time.monotonic() + (ends - time.monotonic()) / (len(lists) - place)
        while outcome.searches[title] < searches // len(lists) and time.monotonic() < until:
            batch = [next(queries) for _ in range(20)]
            forms = searched.forms(batch)
            found = answers(searched, forms)
            for q, query in enumerate(batch):
                if time.monotonic() > until:
                    break
                if part == "twin":
                    stage = searched.scan.first_stage(forms, q)
                    is_other = differs_from_twin(searched, names, query, stage, found=found[q], outcome=outcome)
                else:
                    is_other = differs(searched, every, forms, q, found=found[q], outcome=outcome)
                outcome.searches[title] += 1
                if is_other:
                    outcome.differing.append(f"{title}: {query}")
        _say(f"{part} {title}: {outcome.searches[title]} searches, {len(outcome.differing)} differ so far")
    outcome.seconds = time.process_time() - start
    return outcome


def section(outcomes: dict[str, Outcome]) -> str:
    """Write the parts that were run as a table."""
    against = {"small": "the full scan", "large": "the full scan", "twin": "the slow twin"}
    lines = [
        "| names a list | against | lists | searches | names found | of them heavy enough or fully agreeing | differ |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for part, outcome in outcomes.items():
        lists = ", ".join(f"{title} ({n:,})" for title, n in outcome.searches.items())
        lines.append(
            f"| {SIZES[part]:,} | {against[part]} | {lists} | {outcome.searches.total():,} | {outcome.found:,} "
            f"| {outcome.weighed:,} | {len(outcome.differing)} |"
        )
    head = f"## Name search against a full scan\n\n`{COMMAND}`: every way of altering a name, every script."
    return head + "\n\n" + "\n".join(lines)


def _say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Hold the name search against a full scan.")
    parser.add_argument("--part", nargs="+", choices=list(PARTS), default=list(PARTS), help="what to run")
    parser.add_argument("--searches", type=int, help="searches of each part; else as many as the part is meant to make")
    parser.add_argument("--seconds", type=float, default=1e9, help="time of each part, wall")
    parser.add_argument("--shared", type=Path, default=ROOT / ".." / "shared", help="folder of the real data")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/RESULTS.md")
    options = parser.parse_args(arguments)
    if not (options.shared / "data" / "names").is_dir():
        sys.stderr.write(f"{options.shared} has no data/names; give the folder of the real data with --shared\n")
        return 2
    outcomes = {
        part: prove(part, options.shared, options.searches or PARTS[part], options.seconds) for part in options.part
    }
    text = section(outcomes)
    sys.stdout.write(text + "\n")
    for outcome in outcomes.values():
        for query in outcome.differing[:20]:
            _say(f"differs: {query}")
    if options.write:
        write_section("names-lossless-" + "-".join(outcomes), text)
    return 1 if any(outcome.differing for outcome in outcomes.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
