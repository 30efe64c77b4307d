"""Seeded fuzzing of the CSV reader of travellers: no exception that isn't ours, no hang, no row without an answer.

    python -m benchmarks.fuzz.csv --runs 500000 [--seed 1] [--keep FOLDER]

Steps for one run: a seed file -> one to six mutations -> the reader, on a disk in memory -> checks. The input of a run
depends on the seed and the run's number alone; one that fails is kept in FOLDER, named after its run.
"""

from __future__ import annotations

import argparse
import collections
import io
import random
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import BinaryIO, cast

import matcher
from matcher.files import Disk
from matcher.passengers import REJECT_REASONS, WARNINGS

LONGEST_SECONDS = 20
_TEXT = (
    "full_name,date_of_birth,nationality,document_number,mrz\n"
    '"ERIKSSON, Anna",1974-08-12,Sweden,L898902C3,\n'
    "محمد علي,12/08/1394,تونس,X12,\n"
    "Åke,31/12/1974,no|dk,,\n"
    ',"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",,,\n'
)
_SEEDS = [
    _TEXT.encode(),
    _TEXT.encode("utf-16"),
    _TEXT.encode("utf-16-be"),
    _TEXT.encode("windows-1256", "replace"),
    _TEXT.encode("iso-8859-6", "replace"),
    _TEXT.replace(",", ";").encode("utf-8-sig"),
    "nom\tprénom\tné le\tsexe\nDupont\tZoé\t1er août 1974\tF\n".encode("cp1252"),
    "الاسم|تاريخ الميلاد|الجنسية\nيوسف|١٢ رجب ١٣٩٠|لبنان\n".encode(),
    b"name\r" + b"Anna\r" * 50,
]
TOKENS = [
    *(
        b"\x00",
        b"\xff",
        b"\xfe\xff",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\r",
        b"\n",
        b"\r\n",
        b"\x1a",
        b"\x85",
        b"\xe2\x80\xa8",
    ),
    *(b'"', b'""', b",", b";", b"\t", b"|", b"<", b"=1+1", b"\\", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc3"),
    *(b"1394-01-01", b"31.02.1990", b"99/99/9999", b"2517", b"0000", b"name", b"mrz,mrz", b"x" * 3000, b'"' * 300),
    *("١٣٩٤/١٣/٠١".encode(), "\u202e".encode(), "ﷺ".encode(), "１９７４年".encode(), "½/⅓/²".encode()),
]


class MemoryDisk(Disk):
    """A disk that holds one file in memory."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def open_read(self, path: Path) -> BinaryIO:
        return cast(BinaryIO, io.BytesIO(self._content))

    def size(self, path: Path) -> int:
        return len(self._content)


def mutate(draw: random.Random, seeds: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    """Make one input of the seeds."""
    content = bytearray(draw.choice(seeds))
    for _ in range(draw.randint(1, 6)):
        at = draw.randint(0, len(content))
        to = min(len(content), at + draw.choice((1, 2, 8, 40)))
        kind = draw.randrange(7)
        if kind == 0 and content:
            content[at % len(content)] = draw.randrange(256)
        elif kind == 1:
            content[at:at] = draw.choice(tokens)
        elif kind == 2:
            del content[at:to]
        elif kind == 3:
            content[at:at] = content[at:to] * draw.randint(1, 20)
        elif kind == 4:
            other = draw.choice(seeds)
            content[at:to] = other[draw.randint(0, len(other)) :]
        elif kind == 5:
            content[at:to] = draw.choice(tokens)
        else:
            content[at:at] = draw.randbytes(draw.randint(1, 12))
    return bytes(content)


def read_and_check(content: bytes, name: str) -> str:
    """Read an input; returns what came of it, raises what must not come."""
    try:
        table = matcher.read_travellers(Path(name), disk=MemoryDisk(content)).read_all()
    except matcher.EpervierError as error:
        if "\n" in str(error):
            raise AssertionError("a message of several lines") from error
        return type(error).__name__
    table.validate(full=True)
    for row in table.select(["names", "documents", "warnings", "reject_reason"]).to_pylist():
        if row["reject_reason"] is None and not row["names"] and not row["documents"]:
            raise AssertionError("a row without name and document that is no reject")
        if row["reject_reason"] not in (None, *REJECT_REASONS) or not set(row["warnings"] or ()) <= set(WARNINGS):
            raise AssertionError("a reason or a warning that isn't in the table of them")
    return "rows" if table.num_rows else "no rows"


def _too_long(signum: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"over {LONGEST_SECONDS} s")


def run(make: Callable[[random.Random], bytes], name: str, arguments: Sequence[str] | None = None) -> int:
    """Run the command line of a fuzzer; returns the exit code."""
    parser = argparse.ArgumentParser(description=f"Fuzz the reader of {name}.")
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--keep", type=Path, help="folder for inputs that fail")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGALRM, _too_long)
    outcomes: collections.Counter[str] = collections.Counter()
    failures: list[str] = []
    began = time.perf_counter()
    for number in range(options.runs):
        content = make(random.Random(f"{options.seed}/{name}/{number}"))
        signal.alarm(LONGEST_SECONDS)
        try:
            outcomes[read_and_check(content, name)] += 1
        except Exception as error:  # noqa: BLE001  # any exception that isn't ours is what is looked for
            failures.append(f"run {number}: {type(error).__name__}: {error}")
            _keep(options.keep, f"{number}-{name}", content)
        finally:
            signal.alarm(0)
    seconds = time.perf_counter() - began
    lines = [f"{options.runs} runs in {seconds:.0f} s: {dict(outcomes.most_common())}", *failures[:20]]
    sys.stdout.write("\n".join([*lines, f"{len(failures)} failures", ""]))
    return 1 if failures else 0


def _keep(folder: Path | None, name: str, content: bytes) -> None:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz the CSV reader."""
    return run(lambda draw: mutate(draw, _SEEDS, TOKENS), "fuzz.csv", arguments)


if __name__ == "__main__":
    sys.exit(main())
