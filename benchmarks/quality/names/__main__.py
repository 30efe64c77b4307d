"""Measures name evidence: `python -m benchmarks.quality.names [--shared ../shared] [--write]`."""

from __future__ import annotations

import argparse
import datetime
import importlib.util
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from benchmarks import results
from benchmarks.baselines import romanised, token_names
from benchmarks.baselines.logic_v2 import SKIPPED, LogicV2
from benchmarks.learn.split import Fold
from benchmarks.quality.names import pairwise, retrieval, speed
from benchmarks.quality.names.changes import change_sets
from benchmarks.quality.names.engine import EveryPair, HasFirstStage, NameEngine
from benchmarks.quality.names.listing import SEED, Material, read_material
from benchmarks.quality.names.ours import Epervier
from benchmarks.quality.names.pairs import PairSet, pair_sets
from benchmarks.quality.names.queries import QuerySet, query_sets
from benchmarks.quality.names.report import report

_Set = TypeVar("_Set", QuerySet, PairSet)
ROOT = Path(__file__).resolve().parents[3]
NO_ANYASCII = "The romanised baselines were not run: anyascii is not installed (extra `bench`)."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    options = _options(arguments)
    if not (options.shared / "data" / "names").is_dir():
        sys.stderr.write(f"{options.shared} has no data/names; give the folder of the real data with --shared\n")
        return 2
    run = measure(options)
    text = report(run)
    sys.stdout.write(text + "\n")
    if options.json:
        options.json.write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if options.write:
        results.write_section("names", text)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality.names", description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT / ".." / "shared", help="folder of the real data")
    parser.add_argument("--fold", choices=get_args(Fold), default="test", help="names reported; dev while building")
    parser.add_argument("--sets", nargs="*", default=[], help="only sets whose name contains one of these words")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=PARTS, help="what is measured")
    parser.add_argument("--limit-queries", type=int, help="at most so many queries a set")
    parser.add_argument("--model", help="a shipped model's id instead of the default")
    parser.add_argument("--no-baselines", action="store_true", help="measure our engine only")
    parser.add_argument("--no-ours", action="store_true", help="measure the baselines only")
    parser.add_argument("--every-pair", type=int, default=0, metavar="N", help="score every listed name for N queries")
    parser.add_argument("--logic-v2", type=Path, metavar="PYTHON", help="an environment with nomenklatura 4.17")
    parser.add_argument("--json", type=Path, help="also write all figures, misses and errors to this file")
    parser.add_argument("--write", action="store_true", help="put the report into benchmarks/RESULTS.md")
    return parser.parse_args(arguments)


PARTS = ("search", "changed", "pairs", "first-stage", "speed")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Make the sets, run the engines and return everything that the report and the JSON file hold."""
    material = read_material(options.shared)
    listed = material.listing.names
    searches = _chosen(query_sets(material, options.fold), options, "search")
    changed = _chosen(change_sets(material, options.fold), options, "changed")
    pairs = _chosen(pair_sets(options.shared, material, options.fold), options, "pairs")
    searches, changed = ([one.first(options.limit_queries) for one in sets] for sets in (searches, changed))
    ours: list[Epervier] = [] if options.no_ours else [Epervier(options.model)]
    logic_v2 = LogicV2(options.logic_v2) if options.logic_v2 else None
    quick, full = _baselines(options)
    run: dict[str, Any] = {
        "command": " ".join(["python -m benchmarks.quality.names", *_shown(options)]),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "fold": options.fold,
        "seed": SEED,
        "listed": material.listing.counts,
        "notes": {one.name: one.note for one in [*searches, *changed]} | {one.name: one.note for one in pairs},
        "retrieval": [],
        "pairwise": [],
    }
    for engine in (*full, *ours):
        run["retrieval"] += retrieval.measure(engine, searches, listed, _say)
    for engine in (*quick, *ours):
        run["retrieval"] += retrieval.measure(engine, changed, listed, _say)
    for engine in (*full, *([logic_v2] if logic_v2 else []), *ours):
        run["pairwise"] += pairwise.measure(engine, pairs, _say)
    run |= _of_ours(options, ours, [*searches, *changed], material, logic_v2)
    run["skipped"] = _skipped(options, full, logic_v2)
    return run


def _of_ours(
    options: argparse.Namespace,
    ours: Sequence[Epervier],
    sets: Sequence[QuerySet],
    material: Material,
    logic_v2: LogicV2 | None,
) -> dict[str, Any]:
    """What only our engine can be asked, and the speeds."""
    listed = material.listing.names
    found: dict[str, Any] = {}
    if "first-stage" in options.parts:
        found["first_stage"] = [
            {"engine": engine.name, "rows": pairwise.first_stage_loss(engine, sets, listed)}
            for engine in ours
            if isinstance(engine, HasFirstStage)
        ]
    if options.every_pair:
        few = [one.first(options.every_pair) for one in sets]
        both = [engine for one in ours for engine in (one, EveryPair(one))]
        found["every_pair"] = [row for engine in both for row in retrieval.measure(engine, few, listed, _say)]
    if "speed" in options.parts:
        found["speed"] = speed.measure(ours, material, logic_v2)
    return found


def _baselines(options: argparse.Namespace) -> tuple[list[NameEngine], list[NameEngine]]:
    """The baselines for altered names, and those for everything else."""
    if options.no_baselines or importlib.util.find_spec("anyascii") is None:
        return [], []
    whole, tokens = romanised.engines(), token_names.similarity_engines()
    return [*whole, *tokens], [*whole, *tokens, *token_names.phonetic_engines()]


def _chosen(sets: Sequence[_Set], options: argparse.Namespace, part: str) -> list[_Set]:
    words = options.sets
    return [one for one in sets if part in options.parts and (not words or any(word in one.name for word in words))]


def _skipped(options: argparse.Namespace, full: Sequence[NameEngine], logic_v2: LogicV2 | None) -> list[str]:
    skipped = []
    if not full and not options.no_baselines:
        skipped.append(NO_ANYASCII)
    if logic_v2 is None and "pairs" in options.parts:
        skipped.append(f"{SKIPPED}.")
    return skipped


def _shown(options: argparse.Namespace) -> list[str]:
    """The options that change what is measured, without paths."""
    shown = ["--fold dev"] if options.fold == "dev" else []
    shown += [f"--sets {' '.join(options.sets)}"] if options.sets else []
    shown += [f"--parts {' '.join(options.parts)}"] if tuple(options.parts) != PARTS else []
    shown += [f"--limit-queries {options.limit_queries}"] if options.limit_queries else []
    shown += [f"--model {options.model}"] if options.model else []
    shown += ["--no-baselines"] if options.no_baselines else []
    shown += ["--logic-v2 PYTHON"] if options.logic_v2 else []
    return shown


def _say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
