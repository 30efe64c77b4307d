"""What the fuzzers of list readers share: seeded mutations of a corpus, run in memory, with a time limit.

Each input is made from `seed` and its number alone, so a failure is run again by `--seed S --first N --runs 1`.
A reader may give entries, or raise an `EpervierError` of one line; anything else is a fault, and so is an input
that takes longer than `LIMIT_SECONDS`. Faults are kept as files where `--keep` says so.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import io
import random
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import BinaryIO, cast

from matcher.errors import EpervierError
from matcher.files import Disk
from matcher.ingest import reader
from matcher.ingest.sink import Sink

CORPUS = Path(__file__).resolve().parents[2] / "tests" / "vectors" / "fuzz_lists"
LIMIT_SECONDS = 10.0
MAX_BYTES = 200_000

Mutate = Callable[[bytes, random.Random], bytes]


class MemoryDisk(Disk):
    """A disk with one file on it."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def open_read(self, path: Path) -> BinaryIO:
        """Open the one file, whatever it is called."""
        return cast(BinaryIO, io.BytesIO(self.content))

    def size(self, path: Path) -> int:
        """Return the one file's size."""
        return len(self.content)


class TooSlowError(Exception):
    """An input took longer than the limit."""


def run_one(content: bytes, format_name: str) -> str:
    """Read one input: `read`, `rejects` or `refused`.

    Raises:
        AssertionError: the error has more than one line, or the counts don't add up.
        Exception: whatever the reader raised that is not ours.
    """
    tables: collections.Counter[str] = collections.Counter()

    def on_batch(name: str, batch: object) -> None:
        tables[name] += len(cast(Sequence[object], batch))

    sink = Sink("fuzz", on_batch)
    try:
        reader(format_name)([Path("input")], sink, mapping=None, disk=MemoryDisk(content))
        sink.close()
    except EpervierError as error:
        if "\n" in str(error) or len(str(error)) > 1000:
            raise AssertionError("an error of more than one short line") from error
        return "refused"
    if tables["rejects"] != sink.by_reason.total() or tables["persons"] + tables["documents"] < sink.entries:
        raise AssertionError("rows handed over differ from what was counted")
    return "rejects" if tables["rejects"] else "read"


def mutate_bytes(content: bytes, chance: random.Random, words: Sequence[bytes]) -> bytes:
    """Change some bytes: flipped, cut, doubled, moved, replaced by a word, or the end cut off."""
    made = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        size = len(made)
        start = chance.randrange(size + 1)
        end = min(size, start + chance.choice((0, 1, 1, 2, 8, 64, 500)))
        kind = chance.randrange(6)
        if kind == 0 and start < size:
            made[start] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del made[start:end]
        elif kind == 2:
            made[start:start] = made[start:end] * chance.choice((1, 1, 3, 40))
        elif kind == 3:
            made[start:end] = chance.choice(words)
        elif kind == 4:
            made[start:start] = chance.choice(words)
        elif chance.random() < 0.2:
            del made[start:]
        del made[MAX_BYTES:]
    return bytes(made)


def main(name: str, suffixes: Sequence[str], formats: Sequence[str], mutate: Mutate) -> int:
    """Run a fuzzer from the command line; returns 1 if a fault was found."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.fuzz.{name}", description=f"Fuzz the {name} readers.")
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--keep", type=Path, help="folder for inputs that show a fault")
    given = parser.parse_args()
    signal.signal(signal.SIGALRM, _too_slow)
    began = time.perf_counter()
    counts, faults = fuzz(
        seeds(suffixes), formats, mutate, numbers=range(given.first, given.first + given.runs), seed=given.seed,
        keep=given.keep,
    )  # fmt: skip
    seconds = time.perf_counter() - began
    for number, fault in faults:
        sys.stdout.write(f"input {number}: {fault}\n")
    shown = ", ".join(f"{counts[kind]:,} {kind}" for kind in sorted(counts))
    sys.stdout.write(f"{given.runs:,} inputs in {seconds:.0f} s ({given.runs / seconds:,.0f}/s): {shown}\n")
    return 1 if faults else 0


def seeds(suffixes: Sequence[str]) -> list[bytes]:
    """Return the corpus files with one of the endings, in the order of their names."""
    found = [path.read_bytes() for path in sorted(CORPUS.iterdir()) if path.suffix in suffixes]
    if not found:
        raise SystemExit(f"no corpus in {CORPUS}; check the checkout")
    return found


def fuzz(
    corpus: Sequence[bytes],
    formats: Sequence[str],
    mutate: Mutate,
    *,
    numbers: Sequence[int],
    seed: int,
    keep: Path | None = None,
) -> tuple[collections.Counter[str], list[tuple[int, str]]]:
    """Run inputs by number; returns the outcomes counted, and the faults with their input's number."""
    counts: collections.Counter[str] = collections.Counter()
    faults: list[tuple[int, str]] = []
    has_limit = signal.getsignal(signal.SIGALRM) is _too_slow
    for number in numbers:
        chance = random.Random(f"{seed}-{number}")
        content = mutate(chance.choice(corpus), chance)
        format_name = formats[number % len(formats)]
        try:
            if has_limit:
                signal.setitimer(signal.ITIMER_REAL, LIMIT_SECONDS)
            counts[run_one(content, format_name)] += 1
        except Exception as fault:  # noqa: BLE001 - every kind of exception is what this looks for
            counts["fault"] += 1
            faults.append((number, f"{format_name}: {type(fault).__name__}: {str(fault)[:200]}"))
            if keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{hashlib.blake2b(content, digest_size=6).hexdigest()}.bin").write_bytes(content)
        finally:
            if has_limit:
                signal.setitimer(signal.ITIMER_REAL, 0)
    return counts, faults


def _too_slow(_: int, __: FrameType | None) -> None:
    raise TooSlowError(f"longer than {LIMIT_SECONDS:.0f} s")
