"""Measures decisions: `python -m benchmarks.quality.decisions [--shared ../shared] [--json F] [--html F] [--write]`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import results
from benchmarks.quality.decisions.measure import measure
from benchmarks.quality.decisions.write_up import report

ROOT = Path(__file__).resolve().parents[3]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality.decisions", description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT / ".." / "shared", help="folder of the real data")
    parser.add_argument(
        "--limit", type=int, metavar="N", help="at most so many travellers of a kind and names of a set"
    )
    parser.add_argument("--no-names", action="store_true", help="leave the pairs of unseen names out")
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    parser.add_argument("--html", type=Path, help="also write the page of the held-out half (extra `report`)")
    parser.add_argument("--write", action="store_true", help="put the report into benchmarks/RESULTS.md")
    options = parser.parse_args(arguments)
    if not (options.shared / "data" / "lists").is_dir():
        sys.stderr.write(f"{options.shared} has no data/lists; give the folder of the real data with --shared\n")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        run = measure(options.shared, Path(folder), limit=options.limit, with_names=not options.no_names, say=_say)
    text = report(run)
    sys.stdout.write(text + "\n")
    if options.json:
        options.json.write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if options.html:
        from matcher.report.page import page

        options.html.write_text(page({"snapshot_id": run["snapshot_id"], **run["halves"]["held-out"]}), "utf-8")
    if options.write:
        results.write_section("decisions", text)
    return 0


def _say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
