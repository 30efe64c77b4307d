"""Near document numbers end to end: found, among the first three, and worth a review, by kind of slip and source.

    python -m benchmarks.quality.near_documents [--rows 1000000] [--list issuers|spread] [--planted 1000] [--write]
        [--work FOLDER]

A made-up lost/stolen list goes through import, store and watchlist; slips are planted on listed numbers, with their
issuer and type, and unlisted numbers are drawn from the same issuers' shapes (the hardest unlisted ones there are).

How many of the first three places can be right in a list that fills its series? `expected` says it without asking the
index: each planted slip has K neighbours of the same kind in its series besides the true one, K drawn as a Poisson
variable of (listed numbers of the series) x (share of the series that shows the slip), all equally likely to be meant,
so the true one is among the first three with chance min(1, 3 / (K + 1)).
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

import matcher
from benchmarks.intervals import percent
from benchmarks.prepared import SEED, Figures, prepare
from benchmarks.results import write_section
from benchmarks.speed.document_numbers import DRAWS, issuer_and_type, plant
from matcher.documents.numbers import normalise
from matcher.documents.slips import SLIPS
from matcher.index.series import Series
from matcher.passengers import traveller_row
from matcher.schema import TRAVELLER
from matcher.score.slips import chance
from matcher.snapshot.documents import DocumentRows

SOURCES = {  # column head: source of the traveller, warnings
    "review, typed": ("manual", ()),
    "zone whose digits hold": ("mrz", ()),
    "zone with a failed digit": ("mrz", ("mrz_check_digit_failed",)),
}
EXPECTED = (
    "Expected: the share that is among the first three when all neighbours of the same kind in the true number's "
    "series are equally likely to be meant, a Poisson number of them. Where it is below 99 % the density of the list "
    "allows no more: a losing row."
)
TAKEN = 10_000  # rows read at a time
PLACES = 3
_NUMBER = ["number", "issuing_state", "type"]


def listed_numbers(documents: DocumentRows, seed: str) -> Iterator[tuple[int, str]]:
    """Rows of the list at random, for ever."""
    draw = np.random.default_rng(list(seed.encode()))
    while True:
        rows = draw.integers(0, documents.num_rows, TAKEN)
        yield from zip(rows.tolist(), documents.take(rows, ["number"]).column(0).to_pylist(), strict=True)


def outcomes(
    watchlist: matcher.Watchlist, documents: Sequence[matcher.Document], source: str, warnings: Sequence[str]
) -> list[str | None]:
    """The outcome for travellers who carry one document each and nothing else."""
    travellers = [matcher.Traveller(documents=[one], source=source) for one in documents]
    rows = [traveller_row(one, number, warned=warnings) for number, one in enumerate(travellers, 1)]
    decided = watchlist.screen(pa.Table.from_pylist(rows, schema=TRAVELLER))
    found: list[str | None] = decided.column("outcome").to_pylist()
    return found


def share_in_first(expected: float) -> float:
    """Chance that the true one is among the first three of K + 1, K a Poisson variable of this mean."""
    if not expected:
        return 1.0
    most = int(expected + 12 * math.sqrt(expected) + 20)
    return sum(
        math.exp(n_others * math.log(expected) - expected - math.lgamma(n_others + 1))
        * min(1.0, PLACES / (n_others + 1))
        for n_others in range(most)
    )


def kind_line(watchlist: matcher.Watchlist, opened: tuple[DocumentRows, Series], kind: str, planted: int) -> str:
    """One row of the table: what was found of the planted slips of one kind."""
    documents, series = opened
    cases = plant(random.Random(f"{SEED}/{kind}"), listed_numbers(documents, kind), kind, planted)
    true = documents.take([row for row, _ in cases], _NUMBER).to_pylist()
    carried = [
        matcher.Document(number, one["issuing_state"], one["type"])
        for (_, number), one in zip(cases, true, strict=True)
    ]
    columns = ([one.number for one in carried], [one.issuing_state for one in carried], [one.type for one in carried])
    found = watchlist.search_documents(*columns)
    by_query: dict[int, list[str]] = {}
    for query, number in zip(found.column("query_row").to_pylist(), found.column("number").to_pylist(), strict=True):
        by_query.setdefault(query, []).append(normalise(number))
    wanted = [normalise(one["number"]) for one in true]
    places = [by_query[at].index(number) if number in by_query.get(at, ()) else -1 for at, number in enumerate(wanted)]
    shares = [sum(place >= 0 for place in places), sum(0 <= place < PLACES for place in places)]
    texts = [percent(share, len(cases)) for share in shares]
    others = (
        series.count(one["number"], one["issuing_state"]) * chance(kind, normalise(one_carried.number), number)
        for one, one_carried, number in zip(true, carried, wanted, strict=True)
    )
    expected = sum(share_in_first(count) for count in others) / len(cases)
    for source, warnings in SOURCES.values():
        reviewed = sum(outcome in ("review", "hit") for outcome in outcomes(watchlist, carried, source, warnings))
        texts.append(percent(reviewed, len(cases)))
    return f"| {kind} | " + " | ".join([*texts[:2], f"{expected:.1%}", *texts[2:]]) + " |"


def unlisted_line(watchlist: matcher.Watchlist, kind: str, n: int) -> str:
    """How many unlisted numbers, issuer and type given, get a row, and how many reach review."""
    batch = DRAWS[kind](np.random.default_rng(SEED + 1), n + n // 10)
    states, types = issuer_and_type(kind)
    patterns = batch.column("pattern").to_pylist()
    columns = (batch.column("number").to_pylist(), [states[at] for at in patterns], [types[at] for at in patterns])
    equal = set(watchlist.search_documents(*columns, near=False).column("query_row").to_pylist())
    fresh = [at for at in range(batch.num_rows) if at not in equal][:n]
    asked = [[column[at] for at in fresh] for column in columns]
    found = watchlist.search_documents(asked[0], asked[1], asked[2])
    any_row = len(set(found.column("query_row").to_pylist()))
    documents = [matcher.Document(*one) for one in zip(*asked, strict=True)]
    reviewed = {
        head: sum(outcome != "no_match" for outcome in outcomes(watchlist, documents, *source))
        for head, source in SOURCES.items()
    }
    shares = "; ".join(f"{head} {percent(count, len(fresh))}" for head, count in reviewed.items())
    return f"Unlisted numbers, issuer and type given: any row {percent(any_row, len(fresh))}; {shares}."


def measure(store: Path, figures: Figures, kind: str, planted: int) -> str:
    """Plant, ask; returns the table and the line below it."""
    opened = matcher.Store(store)
    watchlist = opened.open()
    one = opened.snapshot().lists[0]
    pair = one.documents, Series(one.segment["document_series"])
    heads = ["slip", "found", "among the first three", "expected", *SOURCES]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    lines += [kind_line(watchlist, pair, slip, planted) for slip in SLIPS[1:]]
    head = f"{figures.entries:,} listed numbers, list `{kind}`; {planted:,} slips a kind, seed {SEED}."
    return "\n".join([head, "", *lines, "", EXPECTED, "", unlisted_line(watchlist, kind, planted * 10)])


def main() -> int:
    """Measure, print, and write the section if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--list", choices=tuple(DRAWS), default="issuers")
    parser.add_argument("--planted", type=int, default=1_000)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--write", action="store_true")
    given: Any = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store, figures = prepare(given.work or Path(folder), given.list, given.rows)
        table = measure(store, figures, given.list, given.planted)
    command = f"python -m benchmarks.quality.near_documents --rows {given.rows} --list {given.list}"
    title = f"## Near documents, end to end: {given.rows:,} rows, list `{given.list}`"
    text = f"{title}\n\n`{command} --planted {given.planted} --write`. {table}"
    sys.stdout.write(text + "\n")
    if given.write:
        write_section(f"near-documents-{given.list}-{given.rows}", text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
