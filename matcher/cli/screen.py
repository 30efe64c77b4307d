"""`epervier screen`: a passenger file against the lists of a store, in bounded memory."""

from __future__ import annotations

import collections
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli import render
from matcher.cli.options import MappingOption, StoreOption
from matcher.cli.terminal import console, progress, safe, say

if TYPE_CHECKING:
    import pyarrow as pa

REJECTS_EXIT = 4
STEP_ROWS = 256  # rows between two moves of the bar; 4,096 travellers take 6 to 8 s with 256, 512 or 4,096
LINE_FORMATS = {".csv", ".tsv", ".txt", ".jsonl", ".ndjson"}


def screen(
    passengers: Annotated[Path, typer.Argument(metavar="PASSENGERS", help="CSV, Parquet or JSON lines.")],
    store: StoreOption,
    output: Annotated[
        Path, typer.Option("--output", metavar="OUT", help="Decisions: .parquet, .csv, .arrow or .jsonl.")
    ],
    mapping: MappingOption = None,
    restart: Annotated[bool, typer.Option("--restart", help="Forget an interrupted screening and begin anew.")] = False,
) -> None:
    """Screen a passenger file and write one decision a traveller, in the order of the file.

    An interrupted screening goes on where it stopped when the same command is given again.
    """
    import matcher
    from matcher.screening import Screening

    total = expected_rows(passengers) if console(stderr=True).is_terminal else None
    tally, began = Tally(), time.perf_counter()
    store_ = matcher.Store(str(store))
    screening = Screening(store_, passengers, output, mapping=mapping, restart=restart)
    if screening.is_resumed:
        say(f"going on after {screening.n_done:,} travellers, with snapshot {screening.snapshot_id}")
    with progress("screening", total) as bar:
        for decisions in screening.run(bar.advance, step_rows=STEP_ROWS):
            tally.add(decisions)
        bar.finish()
    tally.show(time.perf_counter() - began)
    say(f"decisions are in {safe(output)}")
    if tally.rejects:
        raise typer.Exit(REJECTS_EXIT)


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
