"""Other stores of document numbers, each measured in a process of its own.

python document_stores.py STORE LIST.arrow ROWS

Stands alone (no import of the project), so that it runs in an environment with the stores and nothing else. Every
store answers "is this number listed": 100,000 numbers, half of them listed, as texts; pyroaring holds integers, and
packs each text when asked. Memory is the growth of the process, or the file.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

N, N_SINGLE = 100_000, 5_000
MEMORY_LIMIT = 12_000_000_000  # bytes; the machine is shared
NEEDED = {"set": 110, "dict": 140, "duckdb": 60, "polars": 60, "pyarrow": 60, "pyroaring": 40}  # bytes a row, about
SLOW_SINGLE = {"polars": 20, "pyarrow": 3, "duckdb": 500}  # single calls measured
Texts = list[str]


class Measured:
    """What a store gives back: how to ask for many, for one, and the file that holds it."""

    def __init__(self, many: Callable[[Texts], int], one: Callable[[str], Any], file: Path | None = None) -> None:
        self.many, self.one, self.file = many, one, file


def _column(path: str) -> Any:
    return pa.ipc.open_file(pa.memory_map(path)).read_all().column(0)


def _batches(path: str) -> Iterator[Texts]:
    for chunk in _column(path).chunks:
        yield chunk.to_pylist()


def _set(path: str, _: Path) -> Measured:
    held: set[str] = set()
    for batch in _batches(path):
        held.update(batch)
    return Measured(lambda texts: sum(text in held for text in texts), held.__contains__)


def _dict(path: str, _: Path) -> Measured:
    held: dict[str, int] = {}
    row = 0
    for batch in _batches(path):
        held.update(zip(batch, range(row, row + len(batch)), strict=True))
        row += len(batch)
    return Measured(lambda texts: sum(held.get(text) is not None for text in texts), held.get)


def _sqlite(path: str, work: Path) -> Measured:
    import sqlite3

    file = work / "numbers.sqlite"
    base = sqlite3.connect(file)
    base.executescript("pragma journal_mode=off; pragma synchronous=off; pragma cache_size=-500000")
    base.execute("create table listed (number text, row integer)")
    row = 0
    for batch in _batches(path):
        base.executemany("insert into listed values (?, ?)", zip(batch, range(row, row + len(batch)), strict=True))
        row += len(batch)
    base.execute("create index numbers on listed (number, row)")
    base.commit()
    base.execute("pragma mmap_size=20000000000")
    ask = "select row from listed where number = ?"
    return Measured(
        lambda texts: sum(base.execute(ask, (text,)).fetchone() is not None for text in texts),
        lambda text: base.execute(ask, (text,)).fetchall(),
        file,
    )


def _lmdb(path: str, work: Path) -> Measured:
    import lmdb  # type: ignore[import-not-found]

    base = lmdb.open(str(work / "numbers.lmdb"), map_size=1 << 36, writemap=True, sync=False)
    ordered = np.unique(np.concatenate([np.array(batch, "S12") for batch in _batches(path)]))
    for start in range(0, len(ordered), 1_000_000):
        with base.begin(write=True) as writing, writing.cursor() as cursor:
            cursor.putmulti([(key, b"\0\0\0\0") for key in ordered[start : start + 1_000_000].tolist()], append=True)
    del ordered
    reading = base.begin()
    return Measured(
        lambda texts: sum(reading.get(text.encode()) is not None for text in texts),
        lambda text: reading.get(text.encode()),
        work / "numbers.lmdb" / "data.mdb",
    )


def _duckdb(path: str, work: Path) -> Measured:
    import duckdb  # type: ignore[import-not-found]

    base = duckdb.connect(str(work / "numbers.duckdb"), config={"threads": 1, "memory_limit": "8GB"})
    base.register("arrow_list", pa.table({"number": _column(path)}))
    base.execute("create table listed as select number from arrow_list")
    base.execute("create index numbers on listed (number)")

    def many(texts: Texts) -> int:
        base.register("asked", pa.table({"number": texts}))
        return int(base.execute("select count(*) from asked semi join listed using (number)").fetchall()[0][0])

    ask = "select number from listed where number = ?"
    return Measured(many, lambda text: base.execute(ask, [text]).fetchall(), work / "numbers.duckdb")


def _polars(path: str, _: Path) -> Measured:
    import polars

    listed = polars.DataFrame(pa.table({"number": _column(path)}))

    def many(texts: Texts) -> int:
        return polars.DataFrame({"number": texts}).join(listed, on="number", how="semi").height

    return Measured(many, lambda text: listed.filter(polars.col("number") == text).height)


def _pyarrow(path: str, _: Path) -> Measured:
    listed = _column(path)

    def many(texts: Texts) -> int:
        return int(pc.sum(pc.is_in(pa.array(texts, pa.large_string()), value_set=listed)).as_py())

    return Measured(many, lambda text: many([text]))


def _pyroaring(path: str, _: Path) -> Measured:
    import pyroaring  # type: ignore[import-not-found]

    held = pyroaring.BitMap64()
    for batch in _batches(path):
        held.update([int(f"1{text}", 36) for text in batch])
    return Measured(
        lambda texts: sum(int(f"1{text}", 36) in held for text in texts), lambda text: int(f"1{text}", 36) in held
    )


STORES: dict[str, Callable[[str, Path], Measured]] = {
    "set": _set,
    "dict": _dict,
    "sqlite": _sqlite,
    "lmdb": _lmdb,
    "duckdb": _duckdb,
    "polars": _polars,
    "pyarrow": _pyarrow,
    "pyroaring": _pyroaring,
}


def main() -> int:
    """Measure one store and print its figures as JSON."""
    os.environ["POLARS_MAX_THREADS"] = "1"
    pa.set_cpu_count(1)
    name, path, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if (needed := NEEDED.get(name, 0) * rows) > MEMORY_LIMIT:
        sys.stderr.write(f"needs about {needed / 1e9:.0f} GB of memory, {MEMORY_LIMIT / 1e9:.0f} allowed\n")
        return 1
    draw = random.Random(1)
    column = _column(path)
    asked = [column[draw.randrange(rows)].as_py() for _ in range(N // 2)]
    asked += [f"{text[:-2]}{draw.choice('XYZWQ')}{text[-1]}" for text in asked]
    draw.shuffle(asked)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory(dir=Path(path).parent) as folder:
        start = time.process_time()
        store = STORES[name](path, Path(folder))
        build = time.process_time() - start
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
        start = time.process_time()
        store.many(asked)
        batch = (time.process_time() - start) / N
        taken = []
        for text in asked[: SLOW_SINGLE.get(name, N_SINGLE)]:
            begun = time.perf_counter_ns()
            store.one(text)
            taken.append(time.perf_counter_ns() - begun)
        memory = (
            f"{store.file.stat().st_blocks * 512 / rows:.1f} bytes on disk"
            if store.file
            else f"{grown / rows:.0f} bytes"
        )
    half, most = (_time(float(value) * 1e-9) for value in np.percentile(taken, [50, 99]))
    figures = {"batch": _time(batch), "single": f"{half} / {most}", "build": f"{build:.0f} s", "memory": memory}
    sys.stdout.write(json.dumps(figures))
    return 0


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.0f} ns"


if __name__ == "__main__":
    sys.exit(main())
