"""`epervier screen`: a passenger file against the lists of a store, in bounded memory."""

from __future__ import annotations

import collections
import dataclasses
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli import render
from matcher.cli.options import MappingOption, PresetOption, RejectsOption, StoreOption, StrictOption
from matcher.cli.terminal import console, progress, safe, say

if TYPE_CHECKING:
    import pyarrow as pa

    from matcher.passengers import SourceDescription
    from matcher.screening import Reading

REJECTS_EXIT = 4
STEP_ROWS = 256  # rows between two moves of the bar; 4,096 travellers take 6 to 8 s with 256, 512 or 4,096
LINE_FORMATS = {".csv", ".tsv", ".txt", ".jsonl", ".ndjson"}


def screen(
    *,
    passengers: Annotated[
        Path,
        typer.Argument(
            metavar="PASSENGERS", help="CSV, JSON Lines, xlsx, Parquet, Arrow or MRZ file; gzip or zip too."
        ),
    ],
    store: StoreOption,
    output: Annotated[
        Path, typer.Option("--output", metavar="OUT", help="Decisions: .parquet, .csv, .arrow or .jsonl.")
    ],
    mapping: MappingOption = None,
    format_: Annotated[
        str | None, typer.Option("--format", metavar="NAME", help="Of the passengers; else by the ending.")
    ] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", metavar="NAME", help="Else found out.")] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="NAME", help="Of a workbook; else the first.")] = None,
    date_order: Annotated[
        str | None, typer.Option("--date-order", metavar="dmy|mdy", help="Of birth dates; else found out.")
    ] = None,
    calendar: Annotated[
        str | None, typer.Option("--calendar", metavar="islamic|persian", help="Of birth years 1250 to 1450.")
    ] = None,
    preset: PresetOption = None,
    strict: StrictOption = False,
    rejects: RejectsOption = None,
    conflicts: Annotated[
        Path | None,
        typer.Option(
            "--conflicts", metavar="FILE", help="Write travellers who share a document but can't be one person."
        ),
    ] = None,
    restart: Annotated[bool, typer.Option("--restart", help="Forget an interrupted screening and begin anew.")] = False,
) -> None:
    """Screen a passenger file and write one decision a traveller, in the order of the file.

    An interrupted screening goes on where it stopped when the same command is given again.
    """
    import matcher
    from matcher.rejects import TravellerRejects, write_reject_report
    from matcher.screening import Reading, Screening

    reading = Reading(format_, mapping, encoding, sheet, date_order, calendar)
    lists = matcher.Store(str(store))
    screening = Screening(lists, passengers, output, reading=reading, strict=strict, preset=preset, restart=restart)
    say(describe(screening.describe()))
    total = expected_rows(passengers) if console(stderr=True).is_terminal else None
    tally, refused, began = Tally(), TravellerRejects(passengers.name), time.perf_counter()
    if screening.is_resumed:
        say(f"going on after {screening.n_done:,} travellers, with snapshot {screening.snapshot_id}")
    with progress("screening", total) as bar:
        for decisions in screening.run(bar.advance, step_rows=STEP_ROWS):
            tally.add(decisions)
            refused.add(decisions)
        bar.finish()
    tally.show(time.perf_counter() - began)
    render.counts("warnings", refused.warnings)
    say(f"decisions are in {safe(output)}")
    if rejects is not None:
        write_reject_report(refused.table(), rejects)
        say(f"reject report: {safe(rejects)}")
    if conflicts is not None:
        report_conflicts(passengers, reading, conflicts)
    if tally.rejects:
        raise typer.Exit(REJECTS_EXIT)


def report_conflicts(passengers: Path, reading: Reading, output: Path) -> None:
    """Write the pairs of travellers who carry one document with two identities."""
    import matcher
    from matcher.conflicts import CONFLICTS
    from matcher.output import open_writer

    with matcher.read_travellers(passengers, **dataclasses.asdict(reading)) as reader:
        table = matcher.document_conflicts(reader)
    with open_writer(output, schema=CONFLICTS) as writer:
        writer.write(table)
    say(f"{table.num_rows:,} pairs share a document with another identity: {safe(output)}")


def describe(found: SourceDescription) -> str:
    """Say in one line what a passenger file was read as, and why."""
    parts = [f"reading {found.format}" + (f" out of {found.packing}" if found.packing else "")]
    if found.encoding:
        parts.append(f"encoding {found.encoding} ({found.encoding_reason})")
    if found.sheet:
        parts.append(f"sheet {safe(found.sheet)}")
    if found.date_order_reason:
        parts.append(
            f"dates {found.date_order or 'year first, or year only where ambiguous'} ({found.date_order_reason})"
        )
    if found.unrecognised:
        parts.append(f"{len(found.unrecognised)} columns not read")
    return "; ".join(parts)


class Tally:
    """Counts of a screening: rows by outcome and rejected rows by reason."""

    def __init__(self) -> None:
        self.rows = 0
        self.outcomes: collections.Counter[str] = collections.Counter()
        self.rejects: collections.Counter[str] = collections.Counter()

    def add(self, decisions: pa.Table) -> None:
        """Count a table of decisions."""
        self.rows += decisions.num_rows
        for column, counter in (("outcome", self.outcomes), ("reject_reason", self.rejects)):
            for pair in decisions.column(column).combine_chunks().drop_null().value_counts().to_pylist():
                counter[pair["values"]] += pair["counts"]

    def show(self, seconds: float) -> None:
        """Print the summary."""
        rate = f", {self.rows / seconds:,.0f} a second" if seconds > 0 and self.rows else ""
        say(f"{self.rows:,} travellers in {seconds:.1f} s{rate}")
        for outcome in ("hit", "review", "no_match"):
            say(f"  {render.OUTCOME_WORDS[outcome]:<28} {self.outcomes[outcome]:>12,}")
        if self.rejects:
            say(f"  {'rejected, not screened':<28} {self.rejects.total():>12,}")
            render.counts("rejected rows by reason", self.rejects)


def expected_rows(path: Path) -> int | None:
    """Estimate the rows of a passenger file for the time left; None where only reading would tell.

    Lines are counted, so a cell with a line break in it makes the estimate too high; the true total
    takes its place at the end.
    """
    from matcher.files import CHUNK_BYTES, LOCAL_DISK

    suffix = path.suffix.lower()
    if suffix == ".parquet":
        import pyarrow.parquet as pq

        with LOCAL_DISK.open_read(path) as stream:
            return int(pq.read_metadata(stream).num_rows)
    if suffix not in LINE_FORMATS:
        return None
    with LOCAL_DISK.open_read(path) as stream:
        lines = sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(CHUNK_BYTES), b""))
    return max(lines - (suffix not in {".jsonl", ".ndjson"}), 0)
