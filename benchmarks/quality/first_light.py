"""First light on real lists: what is found among altered travellers, and what clean travellers set off.

    python -m benchmarks.quality.first_light [--shared ../shared] [--json OUT] [--write] [--no-baselines]

Steps: import UN 2018, then 2026 (the difference is shown), OFAC 2021 and the EU tables into a new store ->
screen the altered UN travellers -> screen the clean travellers -> baselines on the same rows -> report.
Found = an entry that the row stands for (`un_truth`) in the UN list, at review or above. The clean travellers
are reported in two halves: look at the first while building, believe the second.
"""

from __future__ import annotations

import argparse
import datetime
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

import matcher
from benchmarks import intervals, results
from benchmarks.baselines import whole_names
from benchmarks.quality import un_truth
from benchmarks.quality.un_truth import UnTravellers

ROOT = Path(__file__).resolve().parents[2]
UN, OFAC, EU = "un-sc", "ofac-sdn", "eu"
DECIDED_AT = datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)
HALF = 25_000  # rows of clean travellers before the held-out half
BASELINE_STEP = 25  # every 25th clean traveller goes through the baselines: 2,000 of 50,000
GROUPS = ("altered", "name", "birth_date", "all")
_GROUP_TITLES = {
    "altered": "altered rows",
    "name": "names altered",
    "birth_date": "birth dates altered",
    "all": "all rows",
}


@dataclass
class Screening:
    """What came out of one passenger file.

    Attributes:
        outcomes: One a row, in input order.
        reached: `(list_id, entry_id)` of every match, a set a row.
        cpu_seconds: Processor time of reading, deciding and counting, all threads.
        seconds: Wall-clock time of the same.
    """

    outcomes: list[str | None] = field(default_factory=list)
    reached: list[set[whole_names.Key]] = field(default_factory=list)
    cpu_seconds: float = 0.0
    seconds: float = 0.0

    def count(self, outcome: str, rows: Iterable[int]) -> int:
        """Count the rows that had an outcome."""
        return sum(self.outcomes[row] == outcome for row in rows)


def import_lists(store: matcher.Store, shared: Path) -> tuple[list[matcher.ListVersion], dict[str, int]]:
    """Import the real lists; returns their versions and the counts of the UN list's difference."""
    lists = shared / "data" / "lists"
    older = store.import_list(UN, format="un-sc-xml", path=lists / "un/consolidated_2018-10-29.xml")
    newer = store.import_list(UN, format="un-sc-xml", path=lists / "un/consolidated_2026-02-27.xml")
    changes = store.diff(UN, older.version, newer.version)
    ofac = [lists / "ofac" / f"{name}_2021.csv" for name in ("sdn", "alt", "add")]
    eu = sorted((lists / "eu").glob("*.csv"))
    versions = [
        older,
        newer,
        store.import_list(OFAC, format="ofac-sdn-csv", path=ofac),
        store.import_list(EU, format="mapped-csv", path=eu, mapping=ROOT / "data/mappings/eu.toml"),
    ]
    return versions, {name: len(getattr(changes, name)) for name in ("added", "removed", "changed")}


def screen_file(watchlist: matcher.Watchlist, path: Path) -> Screening:
    """Screen a passenger file and keep outcomes and matches."""
    found = Screening()
    cpu, wall = time.process_time(), time.perf_counter()
    for table in watchlist.screen_batches(matcher.read_travellers(path), decided_at=DECIDED_AT):
        found.outcomes += table.column("outcome").to_pylist()
        found.reached += _reached(table)
    found.cpu_seconds, found.seconds = time.process_time() - cpu, time.perf_counter() - wall
    return found


def _reached(table: pa.Table) -> Iterator[set[whole_names.Key]]:
    for matches in table.column("matches").to_pylist():
        yield {(match["list_id"], match["entry_id"]) for match in matches}


def n_found(truth: UnTravellers, group: str, reached: Sequence[set[whole_names.Key]]) -> tuple[int, int]:
    """Count the rows of a group whose person was reached, and the rows of the group."""
    rows = truth.group(group)
    return sum(any((UN, entry) in reached[row] for entry in truth.entries[row]) for row in rows), len(rows)


def measure_clean(screening: Screening) -> dict[str, Any]:
    """Count hits and reviews by half, with speed."""
    n = len(screening.outcomes)
    halves = {"development": range(min(HALF, n)), "held-out": range(min(HALF, n), n)}
    counts = {
        half: {"rows": len(rows), **{outcome: screening.count(outcome, rows) for outcome in ("hit", "review")}}
        for half, rows in halves.items()
    }
    speed = {
        "per_cpu_second": round(n / screening.cpu_seconds, 1),
        "per_second": round(n / screening.seconds, 1),
    }
    return {"halves": counts, "rejected": screening.outcomes.count(None), **speed}


def measure_baselines(
    truth: UnTravellers, clean_rows: Sequence[un_truth.Row], persons: Iterable[pa.Table], ours: dict[str, Any]
) -> list[dict[str, Any]]:
    """Run every baseline on the same altered and clean rows; Épervier's own row comes last."""
    listed = whole_names.listed_names(persons)
    treated = [whole_names.traveller_row(row) for row in truth.rows]
    clean = [whole_names.traveller_row(row) for row in clean_rows]
    rows = []
    for baseline in whole_names.BASELINES:
        reached = whole_names.alarms(baseline, treated, listed)
        n_alarms = sum(map(bool, whole_names.alarms(baseline, clean, listed)))
        found = {group: n_found(truth, group, reached) for group in GROUPS}
        rows.append({"method": baseline.name, "found": found, "alarms": n_alarms, "clean": len(clean)})
    return [*rows, {"method": "Épervier, review or hit", **ours, "clean": len(clean)}]


def measure(shared: Path, folder: Path, *, with_baselines: bool) -> dict[str, Any]:
    """Run everything and return the figures."""
    travellers = shared / "data" / "travellers"
    store = matcher.Store(folder / "first-light.store")
    versions, changes = import_lists(store, shared)
    persons = {one.manifest.list_id: one.persons for one in store.snapshot().lists}
    truth = un_truth.read(travellers, persons[UN])
    watchlist = store.open()
    altered = screen_file(watchlist, travellers / "positives_un_treated.csv")
    clean = screen_file(watchlist, travellers / "negatives_global.csv")
    figures: dict[str, Any] = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "snapshot_id": watchlist.snapshot_id,
        "model_id": watchlist.model_id,
        "lists": [_list_figures(version) for version in versions],
        "un_changes": changes,
        "left_the_list": sum(not entries for entries in truth.entries),
        "found": {group: n_found(truth, group, altered.reached) for group in GROUPS},
        "lost_rows": [row + 1 for row in truth.group("altered") if not _is_found(truth, altered, row)],
        "clean": measure_clean(clean),
        "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    if with_baselines:
        sample = range(0, len(clean.outcomes), BASELINE_STEP)
        alarms = len(sample) - clean.count("no_match", sample) - sum(clean.outcomes[row] is None for row in sample)
        rows = un_truth.read_rows(travellers / "negatives_global.csv")[::BASELINE_STEP]
        ours = {"found": figures["found"], "alarms": alarms}
        figures["baselines"] = measure_baselines(truth, rows, persons.values(), ours)
    return figures


def _is_found(truth: UnTravellers, screening: Screening, row: int) -> bool:
    return any((UN, entry) in screening.reached[row] for entry in truth.entries[row])


def _list_figures(version: matcher.ListVersion) -> dict[str, Any]:
    return {
        "list_id": version.list_id,
        "as_of": version.as_of,
        "entries": version.entries,
        "by_kind": version.by_kind,
        "rejects": version.rejects,
        "by_reason": version.by_reason,
    }


def report(figures: dict[str, Any]) -> str:
    """Write the figures as Markdown."""
    parts = [
        f"## First light\n\n`python -m benchmarks.quality.first_light --write`, {figures['date']}, model "
        f"`{figures['model_id']}`. Intervals are Wilson's, 95 %.",
        _lists_table(figures),
        _found_table(figures),
        _clean_table(figures),
    ]
    if "baselines" in figures:
        parts.append(_baseline_table(figures["baselines"]))
    return "\n\n".join(parts)


def _lists_table(figures: dict[str, Any]) -> str:
    rows = [
        (
            one["list_id"],
            (one["as_of"] or "not said")[:10],
            f"{one['entries']:,}",
            _counts(one["by_kind"]),
            f"{one['rejects']} {_counts(one['by_reason'])}".strip(),
        )
        for one in figures["lists"]
    ]
    changes = figures["un_changes"]
    return (
        _table(("list", "as of", "entries", "kinds", "rejects"), rows)
        + f"\n\nUN list, 2018 to 2026: {changes['added']} added, {changes['removed']} removed, "
        f"{changes['changed']} changed."
    )


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))


def _found_table(figures: dict[str, Any]) -> str:
    rows = [(_GROUP_TITLES[group], intervals.percent(*figures["found"][group])) for group in GROUPS]
    left = f"{figures['left_the_list']} rows whose person left the list don't count."
    return _table(("UN travellers", "found in the UN list at review or above"), rows) + f"\n\n{left}"


def _clean_table(figures: dict[str, Any]) -> str:
    clean = figures["clean"]
    rows = [
        (half, *(intervals.per_ten_thousand(counts[outcome], counts["rows"]) for outcome in ("hit", "review")))
        for half, counts in clean["halves"].items()
    ]
    return (
        _table(("clean travellers", "hits per 10,000", "reviews per 10,000"), rows)
        + f"\n\n{clean['per_cpu_second']:,.0f} travellers per CPU second ({clean['per_second']:,.0f} per second), "
        f"peak memory {figures['peak_megabytes']:,} MB, rejected rows {clean['rejected']}."
    )


def _baseline_table(baselines: Iterable[dict[str, Any]]) -> str:
    rows = [
        (
            one["method"],
            intervals.percent(*one["found"]["altered"]),
            f"{100 * one['found']['name'][0] / one['found']['name'][1]:.1f} %",
            intervals.per_ten_thousand(one["alarms"], one["clean"]),
        )
        for one in baselines
    ]
    headers = ("method", "altered rows found", "names altered", "clean travellers with an alarm, per 10,000")
    return (
        "Baselines: the same altered rows, every 25th clean traveller, the names of all listed persons.\n\n"
        + _table(headers, rows)
    )


def _table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Screen real altered and clean travellers against real lists.")
    parser.add_argument("--shared", type=Path, default=ROOT / ".." / "shared", help="folder of the real data")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--write", action="store_true", help="put the report into benchmarks/RESULTS.md")
    parser.add_argument("--no-baselines", action="store_true", help="leave the baselines out (they take a minute)")
    options = parser.parse_args(arguments)
    if not (options.shared / "data" / "lists").is_dir():
        sys.stderr.write(f"{options.shared} has no data/lists; give the folder of the real data with --shared\n")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(options.shared, Path(folder), with_baselines=not options.no_baselines)
    text = report(figures)
    sys.stdout.write(text + "\n")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", "utf-8")
    if options.write:
        results.write_section("first-light", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
