"""Lists of lost documents through the whole path: import from CSV, opening, searches and lookups.

    python -m benchmarks.speed.document_path [--rows 1000000] [--list issuers|spread] [--work FOLDER] [--write]

The list and its store stay under `--work`, so that a second run only asks. Times are CPU time of one run, kernels warm,
no number asked before (a watchlist keeps what it found); single calls are wall time. The process that asks opens the
store by `Store.open`, as every caller does.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import matcher
from benchmarks.memory import resident
from benchmarks.prepared import SEED, Figures, prepare
from benchmarks.results import write_section
from benchmarks.speed.document_numbers import DRAWS, KINDS, issuer_and_type, plant
from benchmarks.speed.documents import Line, single_times, table
from matcher.documents.numbers import is_key, normalise
from matcher.index.documents import warm

N_BATCH, N_SINGLE, N_SPARE = 20_000, 1_000, 1_000
_NUMBER = ["number", "issuing_state", "type"]


def import_lines(figures: Figures) -> list[Line]:
    """What the import took."""
    each = figures.cpu_seconds / figures.entries * 1e6
    return [
        ("import, index included, CPU", f"{figures.cpu_seconds / 60:.1f} minutes, {each:.2f} µs an entry"),
        ("the file", f"{figures.csv_bytes / 1e9:.1f} GB"),
        ("malformed, kept; rejects, kept", f"{figures.malformed:,}; {figures.rejects:,}"),
        ("peak memory of the import, held by the process", f"{figures.held:.1f} GB"),
        ("the same with mapped files, which can be given back", f"{figures.with_mapped:.1f} GB"),
    ]


def open_lines(store: matcher.Store) -> tuple[list[Line], matcher.Watchlist]:
    """Opening: verifying every byte, then mapping."""
    before = resident()
    cpu, wall = time.process_time(), time.perf_counter()
    watchlist = store.open()
    taken = f"{time.process_time() - cpu:.1f} s CPU, {time.perf_counter() - wall:.1f} s"
    opened = resident()
    watchlist.search_documents(["A1234567"], ["UTO"], ["P"])
    after = resident()
    held = (f"{(one['held'] - before['held']) * 1000:.0f} MB" for one in (opened, after))
    return [
        ("open: checksums of every file, then mapped", taken),
        ("memory held: opened; first search done", "; ".join(held)),
    ], watchlist


Columns = tuple[list[str], list[str], list[str]]


def asked(store: matcher.Store, kind: str, seed: int) -> dict[str, Columns]:
    """Numbers with issuers and types: listed ones, unlisted ones of the same shapes, listed ones with a slip.

    Listed numbers that can't be keys are left out: on the made-up lists they have one text in common.
    """
    documents = store.snapshot().lists[0].documents
    rows = np.random.default_rng(seed).integers(0, documents.num_rows, 2 * N_BATCH + N_SPARE)
    plain = [values for values in documents.tuples(rows, _NUMBER) if is_key(normalise(values[0]))]
    read = [list(column) for column in zip(*plain[: 2 * N_BATCH], strict=True)]
    listed = [column[:N_BATCH] for column in read]
    drawn = DRAWS[kind](np.random.default_rng(seed + 1), N_BATCH)
    patterns = drawn.column("pattern").to_pylist()
    unlisted = [
        drawn.column("number").to_pylist(),
        *([names[at] for at in patterns] for names in issuer_and_type(kind)),
    ]
    draw, numbered = random.Random(seed), iter(list(enumerate(read[0]))[N_BATCH:])
    cases = [one for slip in KINDS for one in plant(draw, numbered, slip, N_BATCH // 20)]
    slipped = [[number for _, number in cases], *([column[at] for at, _ in cases] for column in read[1:])]
    named = {"listed": listed, "unlisted": unlisted, "with a slip": slipped}
    return {what: (columns[0], columns[1], columns[2]) for what, columns in named.items()}


def search_lines(store: matcher.Store, watchlist: matcher.Watchlist, kind: str) -> list[Line]:
    """Batches and single calls, of listed, unlisted and slipped numbers; no number is asked twice."""
    lines: list[Line] = []
    for near in (False, True):
        for what, columns in asked(store, kind, SEED + 10 * near).items():
            start = time.process_time()
            watchlist.search_documents(*columns, near=near)
            taken = (time.process_time() - start) / len(columns[0]) * 1e6
            lines.append(
                (f"search_documents, {'near and equal' if near else 'equal'}, batch, {what}", f"{taken:.1f} µs")
            )
    for what, columns in asked(store, kind, SEED + 20).items():
        rows = list(zip(*columns, strict=True))
        draw = random.Random(SEED)
        draw.shuffle(rows)
        ones = [([number], [state], [each]) for number, state, each in rows[:N_SINGLE]]
        half, most = single_times(lambda one: watchlist.search_documents(*one), ones)
        lines.append((f"search_documents, near and equal, single, {what}, p50 / p99", f"{half:.0f} / {most:.0f} µs"))
        travellers = [matcher.Traveller(documents=[matcher.Document(*one)]) for one in rows[N_SINGLE : 2 * N_SINGLE]]
        half, most = single_times(watchlist.lookup, travellers)
        lines.append((f"lookup by document, {what}, p50 / p99", f"{half:.0f} / {most:.0f} µs"))
    return lines


def measure(work: Path, kind: str, rows: int) -> str:
    """Everything, as a table."""
    folder, figures = prepare(work, kind, rows)
    warm()
    store = matcher.Store(folder)
    opened, watchlist = open_lines(store)
    lines = [*import_lines(figures), *opened, *search_lines(store, watchlist, kind)]
    return table(("what", "measured"), lines)


def main() -> int:
    """Measure, print, and write the section if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--list", choices=tuple(DRAWS), default="spread")
    parser.add_argument("--work", type=Path)
    parser.add_argument("--write", action="store_true")
    given: Any = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lines = measure(given.work or Path(folder), given.list, given.rows)
    title = f"## Documents, the whole path: {given.rows:,} rows, list `{given.list}`"
    command = f"python -m benchmarks.speed.document_path --rows {given.rows} --list {given.list}"
    text = f"{title}\n\n`{command}`: CPU time, one thread, kernels warm.\n\n{lines}"
    sys.stdout.write(text + "\n")
    if given.write:
        write_section(f"document-path-{given.list}-{given.rows}", text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
