"""`epervier demo`: the lists and passengers of `data/`, from files to decisions, with reasons.

Steps: import both lists -> screen the passengers -> print who matched, which list, why, what to do ->
compare with the truth file -> leave the decisions as Parquet and CSV. No real person is in the data.
"""

from __future__ import annotations

import contextlib
import csv
import io
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer
from rich.table import Table

from matcher.cli import render
from matcher.cli.lists import describe
from matcher.cli.screen import Tally
from matcher.cli.terminal import cell, console, progress, safe, say, sentence_cell
from matcher.errors import InputError

LISTS = (
    ("lost-stolen", "sltd-csv", "lost_stolen_documents.csv", None),
    ("suspects", "mapped-csv", "suspects.csv", "mappings/suspects.toml"),
)
TRUTH_COLUMNS = ("reference", "expected_outcome", "list_id", "entry_id", "kind")
Row: TypeAlias = Mapping[str, Any]


def demo(
    store: Annotated[
        Path | None, typer.Option("--store", metavar="DIR", help="Keep the store here; by default it is thrown away.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="Folder of the demo's files; by default `data`.")
    ] = None,
    output: Annotated[Path, typer.Option("--output", metavar="DIR", help="Folder for the decisions.")] = Path(
        "demo-output"
    ),
) -> None:
    """Screen made-up passengers against made-up lists and show what was found, and why."""
    import matcher

    folder = data or _data_folder()
    truth = read_truth(folder / "truth.csv")
    began = time.perf_counter()
    with _store_folder(store) as where:
        lists = matcher.Store(str(where))
        for list_id, format_, file, mapping in LISTS:
            started = time.perf_counter()
            version = lists.import_list(
                list_id,
                format=format_,
                path=str(folder / file),
                mapping=None if mapping is None else str(folder / mapping),
            )
            describe(version, time.perf_counter() - started)
        watchlist, started = lists.open(), time.perf_counter()
        watchlist.warm()
        say(f"ready to be searched after {time.perf_counter() - started:.1f} s; the first time on a machine compiles")
        travellers = matcher.read_travellers(str(folder / "passengers.csv")).read_all()
        tally, started = Tally(), time.perf_counter()
        with progress("screening", travellers.num_rows) as bar:
            decisions = watchlist.screen(travellers)
            bar.advance(decisions.num_rows)
        seconds = time.perf_counter() - started
        _write(decisions, output)
        names = dict(zip(*(travellers.column(name).to_pylist() for name in ("reference", "names")), strict=True))
        rows = decisions.to_pylist()
    show(rows, truth, names)
    tally.add(decisions)
    tally.show(seconds)
    say(f"decisions are in {output / 'decisions.parquet'} and {output / 'decisions.csv'}")
    verdict = judge(rows, truth)
    say(verdict.line())
    for line in verdict.missed:
        say(f"missed: {safe(line)}")
    say(f"whole run: {time.perf_counter() - began:.1f} s")


def show(rows: Sequence[Row], truth: Sequence[Mapping[str, str]], names: Mapping[str, Sequence[str] | None]) -> None:
    """Print one traveller of each planted kind that matched, protective first, then hits before reviews."""
    kinds = {line["reference"]: line["kind"] for line in truth}
    first: dict[str, Row] = {}
    for row in rows:
        if row["matches"]:
            first.setdefault(kinds.get(row["reference"], "not in the truth file"), row)
    title = f"one traveller of each of {len(first)} kinds that matched (a match is a lead to verify, never proof)"
    table = Table(title=title, title_justify="left", show_lines=True)
    for heading, share in (("traveller", 3), ("outcome", 2), ("list and entry", 2), ("why", 6), ("what to do", 5)):
        table.add_column(heading, overflow="fold", ratio=share)
    for kind, row in sorted(first.items(), key=lambda item: _order(item[1])):
        match = row["matches"][0]
        who = " / ".join(safe(name) for name in names.get(row["reference"]) or ()) or "no name"
        mark = ", protective" if match["protective"] else ""
        table.add_row(
            sentence_cell(f"{who}\n{safe(row['reference'])}, {kind.replace('_', ' ')}"),
            cell(f"{row['outcome']}{mark}", render.OUTCOME_STYLE.get(row["outcome"], "")),
            cell(f"{match['list_id']} {match['entry_id']}"),
            sentence_cell(render.reason(match)),
            sentence_cell(render.advice(match)),
        )
    console().print(table)


def _order(row: Row) -> tuple[bool, bool, float]:
    match = row["matches"][0]
    return not match["protective"], match["outcome"] != "hit", -(match["match_weight"] or 0.0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found against the truth file; `missed` names the planted travellers that weren't."""

    expected: int
    found: int
    clean: int
    false: int
    missed: tuple[str, ...] = ()

    def line(self) -> str:
        """Return the line that begins with `truth:`.

        Examples:
            >>> Verdict(expected=50, found=49, clean=450, false=0).line()
            'truth: found 49 of 50 (98.0 %), false 0 of 450 (0.0 %)'
        """
        found, false = (100 * part / whole if whole else 0.0 for part, whole in self._pairs())
        return (
            f"truth: found {self.found} of {self.expected} ({found:.1f} %), "
            f"false {self.false} of {self.clean} ({false:.1f} %)"
        )

    def _pairs(self) -> tuple[tuple[int, int], tuple[int, int]]:
        return (self.found, self.expected), (self.false, self.clean)


def judge(rows: Sequence[Row], truth: Sequence[Mapping[str, str]]) -> Verdict:
    """Compare decisions with the truth file.

    A planted traveller is found when the expected entry is among its matches; where the truth names
    no entry (documents), when a match is on the expected list. A clean traveller with any match is false.

    Examples:
        >>> match = {"list_id": "a", "entry_id": "x"}
        >>> rows = [{"reference": "1", "matches": [match]}, {"reference": "2", "matches": []}]
        >>> planted = {"reference": "1", "expected_outcome": "match", "list_id": "a", "entry_id": "x", "kind": "typo"}
        >>> clean = {"reference": "2", "expected_outcome": "no_match", "list_id": "", "entry_id": "", "kind": "clean"}
        >>> judge(rows, [planted, clean])
        Verdict(expected=1, found=1, clean=1, false=0, missed=())
    """
    matches = {row["reference"]: row["matches"] for row in rows}
    planted = [line for line in truth if line["expected_outcome"] == "match"]
    clean = [line for line in truth if line["expected_outcome"] == "no_match"]
    missed = [
        line for line in planted if not any(_is_expected(match, line) for match in matches.get(line["reference"], ()))
    ]
    false = sum(bool(matches.get(line["reference"])) for line in clean)
    named = tuple(f"{line['reference']} ({line['kind']})" for line in missed)
    return Verdict(len(planted), len(planted) - len(missed), len(clean), false, named)


def _is_expected(match: Mapping[str, Any], line: Mapping[str, str]) -> bool:
    if line["entry_id"]:
        return bool(match["entry_id"] == line["entry_id"])
    return bool(match["list_id"] == line["list_id"])


def read_truth(path: Path) -> list[dict[str, str]]:
    """Read the truth file.

    Raises:
        InputError: not UTF-8, or a column is missing.
    """
    from matcher.files import LOCAL_DISK

    try:
        text = LOCAL_DISK.read(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path} is not in UTF-8; make it again with `python -m benchmarks.generate`") from None
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    if not lines or set(TRUTH_COLUMNS) - lines[0].keys():
        raise InputError(f"{path} needs rows under the columns {', '.join(TRUTH_COLUMNS)}")
    return lines


def _data_folder() -> Path:
    folder = Path(__file__).resolve().parents[2] / "data"
    if not folder.is_dir():
        raise InputError("the demo's files are not installed; run in a checkout, or give their folder with --data")
    return folder


@contextlib.contextmanager
def _store_folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="epervier-demo-", ignore_cleanup_errors=True) as made:
        yield Path(made) / "store"


def _write(decisions: Any, output: Path) -> None:
    from matcher.files import LOCAL_DISK
    from matcher.output import open_writer

    LOCAL_DISK.make_folder(output)
    for name in ("decisions.parquet", "decisions.csv"):
        with open_writer(str(output / name)) as writer:
            writer.write(decisions)
