"""Name lists of many millions: building, memory, opening as a mapping, and a batch of searches.

python -m benchmarks.speed.name_scale --names 3000000 [--folder FOLDER] [--shared ../shared] [--write]

The list is built in a process of its own, so that its peak memory is known, and written to a folder; another process
maps it. Queries as in `benchmarks.speed.names`. Times are CPU time of one thread, kernels warm.
"""

from __future__ import annotations

import argparse
import functools
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.memory import Peak, resident
from benchmarks.results import write_section
from benchmarks.speed.name_lists import SEED, Searched, population, stream_of, timed
from matcher.score.model import load_model

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "python -m benchmarks.speed.name_scale"
BATCH, N_BATCHES, N_SINGLE = 4096, 2, 500


def build(shared: Path, n_names: int, folder: Path) -> dict[str, Any]:
    """Draw and index a list, write it to a folder, and tell what it took."""
    names = population(shared, n_names, SEED)
    with Peak() as peak:
        made = Searched.build(names, folder)
    return {"seconds": made.seconds, "bytes": made.bytes, "peak": peak.held}


def built_apart(shared: Path, n_names: int, folder: Path) -> dict[str, Any]:
    """`build` in another process."""
    arguments = ["--names", str(n_names), "--shared", str(shared), "--folder", str(folder), "--build-only"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.speed.name_scale", *arguments], check=True, capture_output=True, text=True
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def measure(shared: Path, n_names: int, folder: Path) -> str:
    """Measure everything and return the section."""
    built = built_apart(shared, n_names, folder)
    stream = stream_of(shared, population(shared, 2000, SEED))
    load_model()
    Searched.of_names(["Warm Name"]).search(["Warm Name"])  # numba and the model are loaded
    before = resident()
    cpu, wall, searched = timed(functools.partial(Searched.opened, folder))
    opened = resident()
    searched.search(stream[-300:])
    batches = [
        timed(functools.partial(searched.search, stream[at : at + BATCH])) for at in range(0, BATCH * N_BATCHES, BATCH)
    ]
    singles = sorted(
        1e3 * timed(functools.partial(searched.search, [query]))[1]
        for query in stream[BATCH * N_BATCHES : BATCH * N_BATCHES + N_SINGLE]
    )
    after = resident()
    touched = {kind: 1e3 * (opened[kind] - before[kind]) for kind in ("held", "mapped")}
    rows = [
        ("built in", f"{built['seconds']:.0f} CPU s, peak {built['peak']:.1f} GB, the names among it"),
        ("on disk, mapped", f"{built['bytes']:.0f} bytes a name"),
        ("opened in", f"{1e3 * cpu:.1f} ms CPU, {1e3 * wall:.1f} ms wall"),
        ("memory that opening took", f"{touched['held']:.1f} MB held, {touched['mapped']:.1f} MB mapped"),
    ]
    for at, (seconds, _, found) in enumerate(batches, 1):
        each = f"{1e3 * seconds / BATCH:.2f} ms CPU a query, {len(found.rows) / BATCH:.2f} names found"
        rows.append((f"batch {at} of {BATCH:,}", each))
    p50, p99 = singles[len(singles) // 2], singles[len(singles) * 99 // 100]
    rows.append(("single call, wall", f"p50 {p50:.2f} ms, p99 {p99:.2f} ms"))
    rows.append(("memory after all searches", f"{after['held']:.1f} GB held, {after['mapped']:.1f} GB mapped"))
    table = "\n".join(f"| {what} | {value} |" for what, value in rows)
    head = f"## Name search, {n_names:,} names\n\n`{COMMAND} --names {n_names}`."
    return f"{head}\n\n| what | measured |\n| --- | --- |\n{table}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Measure name search on a very large list.")
    parser.add_argument("--names", type=int, default=3_000_000, help="names of the list")
    parser.add_argument("--shared", type=Path, default=ROOT / ".." / "shared", help="folder of the real data")
    parser.add_argument("--folder", type=Path, help="where the list is written; else a temporary folder")
    parser.add_argument("--build-only", action="store_true", help="build and write the list, print figures as JSON")
    parser.add_argument("--write", action="store_true", help="put the report into benchmarks/RESULTS.md")
    options = parser.parse_args(arguments)
    if not (options.shared / "data" / "names").is_dir():
        sys.stderr.write(f"{options.shared} has no data/names; give the folder of the real data with --shared\n")
        return 2
    with tempfile.TemporaryDirectory() as made:
        folder = options.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        if options.build_only:
            sys.stdout.write(json.dumps(build(options.shared, options.names, folder)) + "\n")
            return 0
        text = measure(options.shared, options.names, folder)
    sys.stdout.write(text + "\n")
    if options.write:
        write_section(f"names-scale-{options.names}", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
