"""Speed of reading machine readable zones, beside PyPI `mrz` in the same run.

    python -m benchmarks.speed.mrz [--peer-python PYTHON] [--write]

The peer (`mrz` 0.6.2, GPL) is never imported here: it runs in an interpreter of its own optional environment, given by
`--peer-python`, and tells how many specimens it reads right and its processor time a zone on those. Without it the
table has our rows only. Right: format known, number, dates, sex and states as `parse_mrz`'s vector file has them for
the peer's fields; check digits all told to hold where they do.
Two sets are timed: every zone that the peer reads right and whose check digits hold, and of those the passports alone,
as a column of one format is the usual one. Broken zones cost us more, since repairs are proposed for them: the last
table. Rounds are interleaved, the lowest of each counts; processor time, so a busy machine hurts less.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks import results
from matcher.documents.mrz import parse_mrz, parse_mrz_column
from matcher.schema import TEXT

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "tests" / "vectors" / "mrz_specimens.tsv"
TODAY = datetime.date(2026, 11, 21)
COLUMN_ROWS = 200_000
ROUNDS = 5
_SCALAR_REPEATS = 40
_TITLES = {"columns": "Épervier, columns", "scalar": "Épervier, one by one", "peer": "PyPI `mrz` 0.6.2"}

# Runs under the peer's interpreter: zones as JSON on standard input, one list of answers and a time a zone out.
_PEER = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
from mrz.checker.td1 import TD1CodeChecker
from mrz.checker.td2 import TD2CodeChecker
from mrz.checker.td3 import TD3CodeChecker
from mrz.checker.mrva import MRVACodeChecker
from mrz.checker.mrvb import MRVBCodeChecker
CHECKERS = {"TD1": TD1CodeChecker, "TD2": TD2CodeChecker, "TD3": TD3CodeChecker,
            "MRV-A": MRVACodeChecker, "MRV-B": MRVBCodeChecker}
def read(kind, zone):
    checker = CHECKERS[kind](zone)
    bool(checker)
    return checker
answers = []
job = json.load(sys.stdin)
for kind, zone in job["zones"]:
    try:
        checker = read(kind, zone)
        fields = checker.fields()
        answers.append({"valid": bool(checker), "number": fields.document_number, "birth": fields.birth_date,
                        "expiry": fields.expiry_date, "sex": fields.sex})
    except Exception as error:
        answers.append({"error": type(error).__name__})
chosen = [job["zones"][row] for row in job["timed"]]
best = None
if chosen:
    for _ in range(3):
        started = time.process_time()
        for _ in range(20):
            for kind, zone in chosen:
                read(kind, zone).fields()
        spent = (time.process_time() - started) / 20 / len(chosen)
        best = spent if best is None else min(best, spent)
json.dump({"answers": answers, "seconds": best}, sys.stdout)
"""


@dataclass(frozen=True, slots=True)
class Specimen:
    """A published zone and what it says, from the vector file."""

    format: str
    zone: str
    number: str
    birth: str
    expiry: str
    sex: str
    valid: bool


def read_specimens(path: Path = VECTORS) -> list[Specimen]:
    """Read the vector file of published specimens."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return [
        Specimen(
            row["format"],
            row["zone"].replace("|", "\n"),
            row["document_number"],
            row["birth_date"],
            row["expiry_date"],
            row["sex"],
            row["valid"] == "1",
        )
        for row in rows
    ]


def ours_right(specimen: Specimen) -> bool:
    """Tell whether `parse_mrz` says what the vector file says."""
    mrz = parse_mrz(specimen.zone, today=TODAY)
    dates = [date.iso() if date is not None else "" for date in (mrz.birth_date, mrz.expiry_date)]
    found = (mrz.format, mrz.document_number, *dates, mrz.sex or "", mrz.valid)
    return found == (*(getattr(specimen, name) for name in ("format", "number", "birth", "expiry", "sex", "valid")),)


def peer_right(specimen: Specimen, answer: dict[str, object]) -> bool:
    """Tell whether the peer says so too; it gives dates as six characters, so only their digits are compared."""
    six = [date[2:].replace("-", "") if len(date) == 10 else None for date in (specimen.birth, specimen.expiry)]
    asked = {"valid": specimen.valid, "number": specimen.number, "birth": six[0], "expiry": six[1]}
    return all(value is None or answer.get(name) == value for name, value in asked.items())


def ask_peer(python: str, specimens: Sequence[Specimen], timed: Sequence[int]) -> dict[str, Any]:
    """Run the peer on every specimen; times those that are asked for."""
    zones = [(one.format if one.format != "FR-ID" else "TD2", one.zone) for one in specimens]
    job = json.dumps({"zones": zones, "timed": list(timed)})
    done = subprocess.run([python, "-c", _PEER], input=job, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def seconds_of(act: Callable[[], object], zones: int) -> float:
    """Return the processor time of one call divided by the zones it reads."""
    started = time.process_time()
    act()
    return (time.process_time() - started) / zones


def measure(python: str | None) -> dict[str, Any]:
    """Measure ours, and the peer where there is one, on the same specimens."""
    specimens = read_specimens()
    rows = list(range(len(specimens)))
    figures: dict[str, Any] = {"specimens": len(specimens), "ours_right": sum(map(ours_right, specimens))}
    if python is not None:
        answers = ask_peer(python, specimens, [])["answers"]
        rows = [row for row in rows if peer_right(specimens[row], answers[row])]
        figures["peer_right"] = len(rows)
    sets = {
        "all formats, check digits hold": [row for row in rows if specimens[row].valid],
        "TD3, check digits hold": [row for row in rows if specimens[row].valid and specimens[row].format == "TD3"],
        "a check digit fails": [row for row in rows if not specimens[row].valid],
    }
    figures["sets"] = {name: measure_set(python, specimens, chosen) for name, chosen in sets.items() if chosen}
    return figures


def measure_set(python: str | None, specimens: Sequence[Specimen], rows: Sequence[int]) -> dict[str, Any]:
    """Time every reader on some specimens; seconds of processor time a zone, the lowest of the rounds."""
    zones = [specimens[row].zone for row in rows]
    n_rows = COLUMN_ROWS if specimens[rows[0]].valid else COLUMN_ROWS // 20
    column = pa.array((zones * (n_rows // len(zones) + 1))[:n_rows], TEXT)

    def scalar() -> None:
        for _ in range(_SCALAR_REPEATS):
            for zone in zones:
                parse_mrz(zone, today=TODAY)

    parse_mrz_column(column.slice(0, 1000), today=TODAY)
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        found = {
            "columns": seconds_of(lambda: parse_mrz_column(column, today=TODAY), len(column)),
            "scalar": seconds_of(scalar, _SCALAR_REPEATS * len(zones)),
        }
        if python is not None:
            found["peer"] = ask_peer(python, specimens, rows)["seconds"]
        best = {name: min(best.get(name, seconds), seconds) for name, seconds in found.items()}
    return {"zones": len(zones), "seconds": best}


def report(figures: dict[str, Any]) -> str:
    """Write the figures as Markdown, ratios first."""
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    n = figures["specimens"]
    right = f"Specimens read right: Épervier {figures['ours_right']} of {n}"
    right += f", PyPI `mrz` 0.6.2 {figures['peer_right']} of {n}" if "peer_right" in figures else ""
    lines = [
        "| zones | reader | times the peer | processor time a zone | zones a second and core |",
        "|" + " --- |" * 5,
    ]
    for name, one in figures["sets"].items():
        seconds = one["seconds"]
        for key, title in _TITLES.items():
            if key in seconds:
                ratio = f"{seconds['peer'] / seconds[key]:.1f}" if "peer" in seconds else ""
                rate = f"{1 / seconds[key]:,.0f}"
                cells = (f"{name} ({one['zones']})", title, ratio, f"{1e6 * seconds[key]:.2f} µs", rate)
                lines.append(f"| {' | '.join(cells)} |")
    return (
        f"## Machine readable zones\n\n`python -m benchmarks.speed.mrz --peer-python PYTHON --write`, {day}. {right}. "
        f"## Machine readable zones\n\n`python -m benchmarks.speed.mrz --peer-python PYTHON --write`, {day}. {right}. "
        f"{ROUNDS} interleaved rounds, processor time.\n\n" + "\n".join(lines)
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Time the reading of machine readable zones.")
    parser.add_argument("--peer-python", help="interpreter of an environment that has PyPI mrz 0.6.2")
    parser.add_argument("--write", action="store_true", help="put the report into benchmarks/RESULTS.md")
    options = parser.parse_args(arguments)
    text = report(measure(options.peer_python))
    sys.stdout.write(text + "\n")
    if options.write:
        results.write_section("mrz-speed", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
