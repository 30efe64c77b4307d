"""Load on the lookup service over loopback, beside the library asked directly in the same run.

    python -m benchmarks.service.load [--names 1000000] [--documents 10000000] [--seconds 10] [--work FOLDER] [--write]

The store stays under `--work`, so that a second run only asks. Requests are of unlisted travellers (names of the clean
travellers of `--shared`, made-up birth dates and documents), none asked twice. The server is `epervier serve` with one
process, its log, audit and limits on; each request has a key and a purpose. wrk asks as fast as answers come and runs
on the same machine, so requests a second depend on what else runs; CPU time of the server a request, read from /proc,
does so less, and "a core" is 1 s over it; FastAPI and msgspec alone, in the same run, tell how fast the machine was.
The row at half load comes at a fixed rate and counts from the instant at which each request was due.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import matcher
from benchmarks.results import write_section
from benchmarks.service.material import bodies, prepare, travellers_of
from benchmarks.service.serving import Headers, Load, Place, at_rate, bare_server, make_key, server, with_wrk

PATH = "/v1/lookups"
SPARE = 1.5  # bodies made for so many times the requests expected
BATCH = 100
Row = tuple[str, ...]


def library_ms(store: Path, given: list[bytes]) -> float:
    """CPU milliseconds a traveller of the library, a hundred at a time, encoded as an answer or not at all."""
    watchlist = matcher.Store(store).open()
    watchlist.warm()
    travellers = travellers_of(given)
    watchlist.lookup_batch(travellers[:BATCH])
    start = time.process_time()
    for at in range(BATCH, len(travellers), BATCH):
        watchlist.lookup_batch(travellers[at : at + BATCH])
    return (time.process_time() - start) * 1000 / (len(travellers) - BATCH)


def single_rows(place: Place, given: dict[str, list[bytes]], seconds: int, headers: Headers) -> list[Row]:
    """Single lookups at one and sixteen connections; travellers also at half of what a core gives."""
    rows = []
    for kind in ("document", "traveller"):
        for at, connections in enumerate((1, 16)):
            share = given[kind][at::3]
            load = with_wrk(place, PATH, share, connections=connections, seconds=seconds, headers=headers)
            rows.append(_row(f"single {kind}, {connections} connection{'s' * (connections > 1)}", load))
    rate = load.rate / 2
    asked = given["traveller"][2::3]
    half = asyncio.run(at_rate(place, PATH, asked, rate=rate, seconds=seconds, headers=headers))
    rows.append(_row(f"single traveller, at half of that ({rate:.0f} a second)", half))
    return rows


def batch_rows(place: Place, store: Path, given: list[bytes], seconds: int, headers: Headers) -> list[Row]:
    """A hundred travellers a request, beside the library."""
    half = len(given) // 2
    own = library_ms(store, given[:half])
    load = with_wrk(place, PATH, given[half:], connections=2, seconds=seconds, headers=headers)
    each = load.cpu_ms / BATCH
    return [
        _row(f"{BATCH} travellers a request, 2 connections", load),
        (f"the same a traveller: service {each:.3f} ms, library {own:.3f} ms", "", "", f"{own / each:.0%}", "", "", ""),
    ]


def _row(what: str, load: Load) -> Row:
    figures = (f"{load.rate:,.0f}", f"{load.cpu_ms:.3f}", f"{load.a_core:,.0f}", f"{load.p50:.2f}", f"{load.p99:.2f}")
    return what, *figures, str(load.failed)


def measure(given: Any) -> str:
    """Everything, as a table."""
    store = prepare(given.work, given.shared, given.names, given.documents)
    asked = {
        "document": bodies(given.shared, "document", int(3 * SPARE * given.seconds * 3000)),
        "traveller": bodies(given.shared, "traveller", int(3 * SPARE * given.seconds * 800)),
    }
    hundreds = bodies(given.shared, "traveller", int(2 * SPARE * given.seconds * 15), each=BATCH)
    with bare_server() as place:
        bare = with_wrk(place, PATH, asked["document"][:2000], connections=16, seconds=given.seconds)
    headers = make_key(store)
    with server(store) as place:
        warming = bodies(given.shared, "traveller", 500, each=2)
        with_wrk(place, PATH, warming, connections=1, seconds=10, headers=headers)
        rows = [_row("FastAPI and msgspec alone, 16 connections", bare)]
        rows += single_rows(place, asked, given.seconds, headers)
        rows += batch_rows(place, store, hundreds, given.seconds, headers)
    head = ("what", "requests a second", "server CPU, ms a request", "a core", "p50, ms", "p99, ms", "failed")
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> int:
    """Measure, print, and write the section if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--documents", type=int, default=10_000_000)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--work", type=Path)
    parser.add_argument("--write", action="store_true")
    given: Any = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.stdout.write("skipped: wrk is not installed (Debian's package `wrk`)\n")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        given.work = given.work or Path(folder)
        lines = measure(given)
    size = f"--names {given.names} --documents {given.documents}"
    title = f"## Service: {given.names:,} names, {given.documents:,} documents"
    how = "one process; log, audit, key and limits on; wrk on loopback."
    text = f"{title}\n\n`python -m benchmarks.service.load {size}`: {how}\n\n{lines}"
    sys.stdout.write(text + "\n")
    if given.write:
        write_section(f"service-load-{given.names}-{given.documents}", text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
