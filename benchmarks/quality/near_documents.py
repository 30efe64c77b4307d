"""Near document numbers end to end: found, among the first three, and worth a review, by kind of slip and source.

    python -m benchmarks.quality.near_documents [--rows 1000000] [--planted 1000] [--write]

A made-up lost/stolen list goes through import, store and watchlist; slips are planted on listed numbers, with their
issuer and type, and unlisted numbers are drawn from the same issuers' shapes (the hardest unlisted ones there are).
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

import matcher
from benchmarks.intervals import percent
from benchmarks.numbers import patterns
from benchmarks.results import write_section
from benchmarks.speed.document_numbers import draw_batch, plant
from matcher.documents.numbers import normalise
from matcher.documents.slips import SLIPS

HEADER = (
    "document_number", "issuing_state", "document_type", "status",
    "reported_on", "issued_on", "expires_on", "review_on",
)  # fmt: skip
SOURCES = ("manual", "mrz")
SEED = 20261121
BATCH = 1_000_000


def write_list(path: Path, rows: int) -> None:
    """Write an sltd-csv file of made-up numbers."""
    draw = np.random.default_rng(SEED)
    shapes = patterns()
    states = pa.array([shape.issuing_state for shape in shapes])
    kinds = pa.array([shape.type for shape in shapes])
    empty = [*HEADER[4:], "national_reference", "note"]
    schema = pa.schema([(name, pa.large_string()) for name in (*HEADER[:4], *empty)])
    with pa_csv.CSVWriter(str(path), schema, write_options=pa_csv.WriteOptions(quoting_style="none")) as writer:
        for start in range(0, rows, BATCH):
            batch = draw_batch(draw, min(BATCH, rows - start))
            chosen = batch.column("pattern").cast(pa.int32())
            columns = [batch.column("number"), states.take(chosen), kinds.take(chosen)]
            constant = [pa.array(["lost"] * batch.num_rows), *([pa.array([""] * batch.num_rows)] * len(empty))]
            texts = [column.cast(pa.large_string()) for column in (*columns, *constant)]
            writer.write_table(pa.table(texts, schema=schema))


def listed_numbers(path: Path) -> Iterator[tuple[int, str]]:
    """Rows of the list in an order of their own, for ever."""
    table = pa_csv.read_csv(path)
    numbers = table.column("document_number").cast(pa.large_string())
    draw = random.Random(SEED)
    while True:
        row = draw.randrange(len(numbers))
        yield row, numbers[row].as_py()


def outcomes(watchlist: matcher.Watchlist, documents: Sequence[matcher.Document], source: str) -> list[str | None]:
    """The outcome for travellers who carry one document each and nothing else."""
    travellers = [matcher.Traveller(documents=[one], source=source) for one in documents]
    return [decision.outcome for decision in watchlist.lookup_batch(travellers)]


def measure(rows: int, planted: int, folder: Path) -> str:
    """Build, plant, ask; returns the report."""
    path = folder / "list.csv"
    write_list(path, rows)
    store = matcher.Store(folder / "store")
    began = time.process_time()
    store.import_list("sltd", format="sltd-csv", path=path)
    import_seconds = time.process_time() - began
    watchlist = store.open()
    table = pa_csv.read_csv(path)
    states, kinds = table.column("issuing_state"), table.column("document_type")
    lines = [
        "| slip | found | among the first three | review, typed | review, zone whose digits hold |",
        "|---" * 5 + "|",
    ]
    for kind in SLIPS[1:]:
        draw = random.Random(f"{SEED}/{kind}")
        cases = plant(draw, listed_numbers(path), kind, planted)
        if not cases:
            continue
        documents = [matcher.Document(number, states[row].as_py(), kinds[row].as_py()) for row, number in cases]
        lines.append(_kind_line(watchlist, table, kind, cases, documents))
    lines.append("")
    lines.append(_unlisted(watchlist, table, planted * 10))
    head = f"{rows:,} listed numbers, imported in {import_seconds:,.0f} s CPU; {planted:,} slips a kind, seed {SEED}."
    command = f"python -m benchmarks.quality.near_documents --rows {rows} --planted {planted} --write"
    return "\n".join(["## Near documents, end to end", "", f"`{command}`. {head}", "", *lines])


def _kind_line(
    watchlist: matcher.Watchlist,
    table: pa.Table,
    kind: str,
    cases: Sequence[tuple[int, str]],
    documents: Sequence[matcher.Document],
) -> str:
    asked = [one.number for one in documents]
    found = watchlist.search_documents(asked, [one.issuing_state for one in documents], [one.type for one in documents])
    by_query: dict[int, list[str]] = {}
    for query, number in zip(found.column("query_row").to_pylist(), found.column("number").to_pylist(), strict=True):
        by_query.setdefault(query, []).append(normalise(number))
    wanted = [normalise(table.column("document_number")[row].as_py()) for row, _ in cases]
    places = [by_query[at].index(number) if number in by_query.get(at, ()) else -1 for at, number in enumerate(wanted)]
    n = len(cases)
    shares = [sum(place >= 0 for place in places), sum(0 <= place < 3 for place in places)]
    for source in SOURCES:
        shares.append(sum(outcome in ("review", "hit") for outcome in outcomes(watchlist, documents, source)))
    return f"| {kind} | " + " | ".join(percent(share, n) for share in shares) + " |"


def _unlisted(watchlist: matcher.Watchlist, table: pa.Table, n: int) -> str:
    draw = np.random.default_rng(SEED + 1)
    shapes = patterns()
    listed = set(table.column("document_number").to_pylist())
    batch = draw_batch(draw, 2 * n)
    drawn = zip(batch.column("number").to_pylist(), batch.column("pattern").to_pylist(), strict=True)
    fresh = list(itertools.islice(((number, shapes[at]) for number, at in drawn if number not in listed), n))
    documents = [matcher.Document(number, shape.issuing_state, shape.type) for number, shape in fresh]
    found = watchlist.search_documents([one.number for one in documents], [one.issuing_state for one in documents])
    any_row = len(set(found.column("query_row").to_pylist()))
    reviewed = {
        source: sum(outcome != "no_match" for outcome in outcomes(watchlist, documents, source)) for source in SOURCES
    }
    return (
        f"Unlisted numbers of the same issuers: any row {percent(any_row, n)}; review when typed "
        f"{percent(reviewed['manual'], n)}, from a zone whose digits hold {percent(reviewed['mrz'], n)}."
    )


def main() -> int:
    """Measure, print, and write the section if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--planted", type=int, default=1_000)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = measure(arguments.rows, arguments.planted, Path(folder))
    sys.stdout.write(text + "\n")
    if arguments.write:
        write_section("near-documents", text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
