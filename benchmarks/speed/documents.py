"""Document numbers: exact and near search against baselines of the same run; build, memory, planted slips.

python -m benchmarks.speed.documents [--rows 1000000] [--list issuers|spread] [--write] [--work FOLDER]
    [--others PYTHON]

The list is made up (`document_numbers`: `issuers` in issuers' usual shapes, most in few and dense series; `spread` as
the design was measured, over many issuers) and kept under `--work`, as are the mapped tables. `--others` names a Python
that has the stores to compare with (`document_stores`), and measures those alone, one at a time. Times are CPU time
of one thread, kernels warm, the best of three; single calls are wall time, less the clock's own. The machine may be
busy: read the ratios.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.results import write_section
from benchmarks.speed import document_stores
from benchmarks.speed.document_numbers import BATCH, DRAWS, KINDS, issuer_and_type, plant, write_list
from matcher.files import LOCAL_DISK
from matcher.index.document_tables import build_documents
from matcher.index.documents import DocumentIndex, pack_key, warm
from matcher.snapshot.documents import DocumentRows
from matcher.snapshot.manifest import TableFile
from matcher.snapshot.write import write_segment

N_EXACT, N_SINGLE, N_NEAR, N_PLANTED, N_FILTERED = 1_000_000, 20_000, 100_000, 20_000, 200_000
REPEATS = 3
SEED = 20261121
COMMAND = "python -m benchmarks.speed.documents"
STORE_HEAD = ("store", "batch", "single, p50 / p99", "build, CPU", "memory an entry")
Line = tuple[str, ...]


def cpu_seconds(act: Callable[[], Any]) -> float:
    """Least CPU time of some runs."""
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        act()
        times.append(time.process_time() - start)
    return min(times)


def single_times(act: Callable[[Any], Any], arguments: list[Any]) -> tuple[float, float]:
    """Median and 99th percentile of single calls, microseconds of wall time less the clock's own."""
    taken, empty = [], []
    for argument in arguments:
        start = time.perf_counter_ns()
        middle = time.perf_counter_ns()
        act(argument)
        taken.append(time.perf_counter_ns() - middle)
        empty.append(middle - start)
    half, most = np.percentile(taken, [50, 99]) - np.median(empty)
    return float(half) / 1000, float(most) / 1000


class Bench:
    """One list, built and mapped, and what is measured on it."""

    def __init__(self, work: Path, rows: int, kind: str) -> None:
        self.rows, self.kind = rows, kind
        path = work / f"{kind}-{rows}.arrow"
        if not path.exists():
            write_list(path, rows, kind=kind, seed=SEED)
        self.listed = LOCAL_DISK.map_table(path)
        documents = DocumentRows(self.listed, TableFile(0, "", rows))
        folder = work / f"segment-{kind}-{rows}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        start = time.process_time()
        tables = build_documents(documents)
        self.build_seconds = time.process_time() - start
        self.build_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        self.bytes = {name: figures.bytes for name, figures in write_segment(folder, tables, disk=LOCAL_DISK).items()}
        del tables
        mapped = {name: LOCAL_DISK.map_table(folder / f"{name}.arrow") for name in self.bytes}
        self.keys = mapped["document_keys"].column("key").chunk(0).to_numpy()
        self.index = DocumentIndex(mapped, documents)
        self.unlisted = DRAWS[kind](np.random.default_rng(SEED + 1), N_EXACT)
        self.named = issuer_and_type(kind)

    def size(self) -> list[Line]:
        """Build and memory."""
        each = {name: size / self.rows for name, size in self.bytes.items()}
        parts = ", ".join(f"{name} {size:.2f}" for name, size in each.items() if size > 0.005)
        return [
            ("build of the tables, CPU", f"{self.build_seconds:.1f} s"),
            ("peak resident memory of the build, the mapped list among it", f"{self.build_peak:.1f} GB"),
            (f"index, all of it, an entry ({parts})", f"{sum(each.values()):.2f} bytes"),
        ]

    def exact(self) -> list[Line]:
        """Batch and single, half of the numbers listed."""
        draw = np.random.default_rng(SEED + 2)
        texts = [text for text in self.unlisted.column("number").to_pylist() if len(text) <= 12]
        other = np.array([pack_key(text) for text in texts[: N_EXACT // 2]], np.uint64)
        wanted = np.concatenate((self.keys[draw.integers(0, len(self.keys), N_EXACT - len(other))], other))
        draw.shuffle(wanted)
        ordered = np.sort(self.keys)
        places = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
        if not np.array_equal(ordered[places] == wanted, self.index.exact_batch(wanted)[1] > 0):
            raise SystemExit("the index and searchsorted disagree")
        ours = cpu_seconds(lambda: self.index.exact_batch(wanted)) / N_EXACT * 1e9
        searched = cpu_seconds(lambda: np.searchsorted(ordered, wanted)) / N_EXACT * 1e9
        packed = wanted[:N_SINGLE].tolist()
        kernel = single_times(self.index.places, packed)
        asked = texts[-N_SINGLE // 2 :] + [self.number(row) for row in draw.integers(0, self.rows, N_SINGLE // 2)]
        draw.shuffle(asked)
        packing, whole = single_times(pack_key, asked), single_times(self.index.rows, asked)
        return [
            ("exact, batch, packed keys to places", f"{ours:.0f} ns"),
            ("numpy `searchsorted`, same keys, random order", f"{searched:.0f} ns"),
            ("ratio", f"{searched / ours:.1f}"),
            ("exact, single, a packed key from Python, p50 / p99", f"{kernel[0]:.2f} / {kernel[1]:.2f} µs"),
            ("packing a normalised number, p50 / p99", f"{packing[0]:.2f} / {packing[1]:.2f} µs"),
            ("exact, single, text to rows with normalisation, p50 / p99", f"{whole[0]:.2f} / {whole[1]:.2f} µs"),
        ]

    def as_store(self) -> Line:
        """The index as a row among other stores: texts to rows, half of them listed."""
        draw = random.Random(SEED)
        asked = [self.number(draw.randrange(self.rows)) for _ in range(N_NEAR // 2)]
        asked += [f"{text[:-2]}{draw.choice('XYZWQ')}{text[-1]}" for text in asked]
        draw.shuffle(asked)
        batch = cpu_seconds(lambda: self.index.exact_rows(asked)) / len(asked) * 1e9
        half, most = single_times(self.index.rows, asked[:5000])
        size = f"{sum(self.bytes.values()) / self.rows:.1f} bytes, mapped"
        build = f"{self.build_seconds:.0f} s"
        return ("Épervier, texts to rows", f"{batch:.0f} ns", f"{half:.2f} / {most:.2f} µs", build, size)

    def near(self) -> list[Line]:
        """Batch of numbers that aren't listed, and of numbers with slips; issuer and type known, and not."""
        asked = [column[:N_NEAR] for column in self.carried(self.unlisted.column("pattern").to_numpy())]
        texts = self.unlisted.column("number").slice(0, N_NEAR)
        unlisted = cpu_seconds(lambda: self.index.near_batch(texts, *asked)) / N_NEAR * 1e6
        alone = cpu_seconds(lambda: self.index.near_batch(texts)) / N_NEAR * 1e6
        planted = [one for kind in KINDS for one in self.planted(kind, N_NEAR // len(KINDS))]
        slips = [text for _, text in planted]
        own = self.carried(self.patterns_at(np.array([row for row, _ in planted])))
        slipped = cpu_seconds(lambda: self.index.near_batch(slips, *own)) / len(planted) * 1e6
        some = range(0, len(planted), len(planted) // 3000)
        cases = [(slips[at], *(column[at].as_py() for column in own)) for at in some]
        single = single_times(lambda case: self.index.near(*case), cases)
        lines = [
            ("near, batch, all kinds, unlisted numbers, issuer and type given", f"{unlisted:.1f} µs"),
            ("near, batch, all kinds, numbers with a slip, issuer and type given", f"{slipped:.1f} µs"),
            ("near, batch, all kinds, unlisted numbers alone", f"{alone:.1f} µs"),
            ("near, single from Python, issuer and type given, p50 / p99", f"{single[0]:.0f} / {single[1]:.0f} µs"),
        ]
        return [*lines, *self.unlisted_rows()]

    def unlisted_rows(self) -> list[Line]:
        """How many unlisted numbers get any row."""
        asked = [column[:N_FILTERED] for column in self.carried(self.unlisted.column("pattern").to_numpy())]
        texts = self.unlisted.column("number").slice(0, N_FILTERED)
        lines = []
        for what, named in (("issuer and type given", asked), ("the number alone", [])):
            found = self.index.near_batch(texts, *named)
            equal = np.unique(found.query_row[found.slip == 0])
            any_row = len(np.setdiff1d(found.query_row, equal)) / (N_FILTERED - len(equal))
            lines.append((f"unlisted numbers with any row, {what}", f"{any_row:.2%}"))
        drawn = ("numbers drawn at random that happen to be listed, of any issuer", f"{len(equal) / N_FILTERED:.2%}")
        return [drawn, *lines]

    def kinds(self) -> list[Line]:
        """Share found and share among the first three, by planted kind."""
        lines = []
        for kind in KINDS:
            planted = self.planted(kind, N_PLANTED)
            rows = np.array([row for row, _ in planted])
            texts = [text for _, text in planted]
            shares = []
            for named in ([], self.carried(self.patterns_at(rows))):
                found = self.index.near_batch(texts, *named)
                is_right = found.row == rows[found.query_row]
                first = is_right & (_places(found.query_row) < 3)
                shares += [f"{each.sum() / N_PLANTED:.2%}" for each in (is_right, first)]
            lines.append((kind, *shares, f"{len(found.row) / N_PLANTED:.2f}"))
        return lines

    def carried(self, patterns: Any) -> list[pa.Array]:
        """Issuing state and type of numbers, by their pattern."""
        return [pa.array(names).take(pa.array(patterns.astype(np.int32))) for names in self.named]

    def patterns_at(self, rows: Any) -> Any:
        """Pattern of listed rows."""
        column = self.listed.column("pattern")
        return np.array([column.chunk(row // BATCH)[row % BATCH].as_py() for row in rows.tolist()])

    def planted(self, kind: str, n: int) -> list[tuple[int, str]]:
        """Slips of one kind on random rows."""
        draw = random.Random(f"{SEED} {kind}")

        def rows() -> Iterator[tuple[int, str]]:
            while True:
                row = draw.randrange(self.rows)
                yield row, self.number(row)

        return plant(draw, rows(), kind, n)

    def number(self, row: int) -> str:
        """The listed number of a row."""
        text: str = self.listed.column("number").chunk(row // BATCH)[row % BATCH].as_py()
        return text


def _places(query_rows: Any) -> Any:
    """Place of each row among those of its query; the rows of a query stand together."""
    begins = np.concatenate(([True], query_rows[1:] != query_rows[:-1]))[: len(query_rows)]
    at = np.arange(len(query_rows))
    return at - np.maximum.accumulate(np.where(begins, at, 0))


def others(python: str, path: Path, rows: int) -> list[Line]:
    """Run each store in its own process, one at a time."""
    lines: list[Line] = []
    for name in document_stores.STORES:
        command = [python, str(Path(document_stores.__file__)), name, str(path), str(rows)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
            lines.append((name, f"not measured: {reason}", "", "", ""))
        else:
            figures = json.loads(done.stdout)
            lines.append((name, *(figures[key] for key in ("batch", "single", "build", "memory"))))
    return lines


def table(head: Line, lines: list[Line]) -> str:
    """A Markdown table."""
    rows = [head, tuple("---" for _ in head), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def measure(bench: Bench) -> list[str]:
    """The index alone, as parts of a section."""
    head = ("slip", "found", "in the first three", "found, given", "in the first three, given", "rows a number, given")
    return [
        f"## Document numbers, {bench.rows:,} rows, list `{bench.kind}`",
        f"`{COMMAND} --rows {bench.rows} --list {bench.kind}`: CPU time, one thread, kernels warm.",
        table(("what", "measured"), [*bench.size(), *bench.exact(), *bench.near()]),
        f"{N_PLANTED:,} planted slips a kind, listed numbers of 6 to 12 characters; given: with issuer and type:",
        table(head, bench.kinds()),
    ]


def main() -> int:
    """Measure and print; with `--write`, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--list", choices=tuple(DRAWS), default="issuers")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--work", type=Path)
    parser.add_argument("--others", metavar="PYTHON")
    arguments = parser.parse_args()
    warm()
    with tempfile.TemporaryDirectory() as folder:
        work = arguments.work or Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        bench = Bench(work, arguments.rows, arguments.list)
        section = "documents"
        if arguments.others:
            section = "document-stores"
            own = bench.as_store()
            del bench
            path = work / f"{arguments.list}-{arguments.rows}.arrow"
            parts = [
                f"## Document numbers in other stores, {arguments.rows:,} rows, list `{arguments.list}`",
                f"`{COMMAND} --rows {arguments.rows} --list {arguments.list} --others PYTHON`: exact search of texts, "
                "half of them listed, each store in its own process, one at a time.",
                table(STORE_HEAD, [own, *others(arguments.others, path, arguments.rows)]),
            ]
        else:
            parts = measure(bench)
    content = "\n\n".join(parts)
    sys.stdout.write(content + "\n")
    if arguments.write:
        write_section(f"{section}-{arguments.list}-{arguments.rows}", content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
