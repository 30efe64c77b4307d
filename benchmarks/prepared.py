"""A made-up list of documents imported into a store, once, for the benchmarks that ask it.

    python -m benchmarks.prepared LIST.csv STORE

imports by the public path in a process of its own and prints its figures as JSON: CPU seconds, and peak memory (what
the process held itself, and with the mapped files that can be given back at any time).
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import matcher
from benchmarks.document_list import write_sltd
from benchmarks.memory import Peak
from matcher.index.documents import warm

SEED = 20261121
LIST_ID = "sltd"


@dataclass(frozen=True)
class Figures:
    """What an import took; memory in GB."""

    entries: int
    malformed: int
    rejects: int
    cpu_seconds: float
    wall_seconds: float
    csv_bytes: int
    held: float
    with_mapped: float


def prepare(work: Path, kind: str, rows: int) -> tuple[Path, Figures]:
    """Write the list and import it, unless that was done; returns the store and what the import took."""
    work.mkdir(parents=True, exist_ok=True)
    path, store, kept = (work / f"{kind}-{rows}{end}" for end in (".csv", ".store", ".json"))
    if not kept.exists():
        if not path.exists():
            write_sltd(path, rows, kind=kind, seed=SEED)
        command = [sys.executable, "-m", "benchmarks.prepared", str(path), str(store)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        kept.write_text(done.stdout, "utf-8")
    return store, Figures(**json.loads(kept.read_text("utf-8")))


def main() -> int:
    """Import one list and print what it took."""
    path, folder = Path(sys.argv[1]), Path(sys.argv[2])
    warm()
    cpu, wall = time.process_time(), time.perf_counter()
    with Peak() as peak:
        version = matcher.Store(folder).import_list(LIST_ID, format="sltd-csv", path=path)
    figures = Figures(
        entries=version.entries,
        malformed=version.malformed,
        rejects=version.rejects,
        cpu_seconds=time.process_time() - cpu,
        wall_seconds=time.perf_counter() - wall,
        csv_bytes=path.stat().st_size,
        held=peak.held,
        with_mapped=peak.both,
    )
    sys.stdout.write(json.dumps(asdict(figures)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
