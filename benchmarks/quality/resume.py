"""A screening killed again and again, and gone on with, against an undisturbed one.

    python -m benchmarks.quality.resume [--kills 20] [--copies 200]

The shipped passengers, repeated, are screened by a real process that is killed with SIGKILL at seeded random moments;
the last run is left alone. Rows, references, outcomes and weights must equal those of one undisturbed run.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

import matcher

DATA = Path("data")
COLUMNS = ("reference", "outcome", "match_weight", "list_id", "entry_id", "channel")


def prepare(folder: Path, copies: int) -> None:
    """Import the shipped suspects and repeat the shipped passengers."""
    store = matcher.Store(folder / "store")
    mapping = DATA / "mappings" / "suspects.toml"
    store.import_list("suspects", format="mapped-csv", path=DATA / "suspects.csv", mapping=mapping)
    header, *rows = (DATA / "passengers.csv").read_text("utf-8").splitlines(True)
    (folder / "passengers.csv").write_text(header + "".join(rows) * copies, encoding="utf-8")


def command(folder: Path, output: str) -> list[str]:
    """The command that screens the passengers."""
    paths = [str(folder / "passengers.csv"), "--store", str(folder / "store"), "--output", str(folder / output)]
    return [sys.executable, "-m", "matcher.cli.main", "screen", *paths]


def main() -> int:
    """Kill, go on, compare; 0 when nothing differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--copies", type=int, default=200)
    arguments = parser.parse_args()
    draw, killed = random.Random(20261121), 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, arguments.copies)
        began = time.perf_counter()
        subprocess.run(command(folder, "undisturbed.parquet"), stdout=subprocess.DEVNULL, check=True)
        seconds = time.perf_counter() - began
        for _ in range(arguments.kills):
            process = subprocess.Popen(command(folder, "killed.parquet"), stdout=subprocess.DEVNULL)
            time.sleep(draw.uniform(0.5, max(1.0, seconds / 4)))
            killed += process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait()
        subprocess.run(command(folder, "killed.parquet"), stdout=subprocess.DEVNULL, check=True)
        tables = [pq.read_table(folder / f"{one}.parquet", columns=list(COLUMNS)) for one in ("undisturbed", "killed")]
    differing = 0 if tables[0].equals(tables[1]) else 1
    sys.stdout.write(
        f"{tables[0].num_rows:,} travellers, {killed} of {arguments.kills} kills while it ran: "
        f"{'equal' if not differing else 'DIFFERENT'}\n"
    )
    return differing


if __name__ == "__main__":
    sys.exit(main())
