"""Whatever of the audit's writes a power cut leaves, what was acknowledged is there, verifies, and is gone on with.

A process that appends to the audit runs with `recorder.c` preloaded, which logs each write, truncation and flush of
the database, its write-ahead log and the checkpoints. The log is then replayed up to every flush. The state on the
device is: all that was flushed, and of what was written since nothing at all, or (a second replay, seeded) some of
the writes and half of one, since a device may have taken those too. Not covered: the making of the files themselves,
which is done before the recording begins.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.service.audit.chains import chain_on, database, entries, verified

HERE = Path(__file__).parent
BATCHES = 40
# a small write-ahead log, so that it is often written back into the database
PROGRAM = """
import os, sys
from tests.service.audit.chains import *
folder = Path(sys.argv[1])
mark = os.open(folder / "mark", os.O_WRONLY | os.O_CREAT)
with database(folder, checkpoint_records=7) as (engine, settings), chain_on(engine, settings) as chain:
    chain.append(entries(1))
    chain._connection.exec_driver_sql("PRAGMA wal_autocheckpoint=8")
    chain._connection.rollback()
    for batch in range(int(sys.argv[2])):
        chain.append(entries(1 + batch % 3))
        os.write(mark, str(chain.sequence).encode().ljust(8))
        chain.checkpoint_if_due()
"""


@dataclass
class File:
    """A file as its process sees it, as the device has it, and the writes that are only on their way."""

    content: bytearray
    flushed: bytes | None  # None: it was made since the recording began and never flushed
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def write(self, offset: int, content: bytes | None) -> None:
        """Write, or cut where there is no content."""
        _apply(self.content, offset, content)
        self.pending.append((offset, content))

    def flush(self) -> None:
        """Everything is on the device."""
        self.flushed, self.pending = bytes(self.content), []

    def torn(self, chance: random.Random) -> bytes | None:
        """What the device has if it took some of the pending writes, in any order, and half of one."""
        if self.flushed is None:
            return None
        content = bytearray(self.flushed)
        for offset, written in self.pending:
            if chance.random() < 0.5:
                half = written if written is None or chance.random() < 0.7 else written[: len(written) // 2]
                _apply(content, offset, half)
        return bytes(content)


Recorded = tuple[Path, dict[str, bytes], bytes]


def _apply(content: bytearray, offset: int, written: bytes | None) -> None:
    if written is None:
        del content[offset:]
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(written)] = written


def replay(began: dict[str, bytes], log: bytes) -> Iterator[tuple[dict[str, File], int]]:
    """Go through the log; gives the files and the number acknowledged so far after each flush."""
    files = {name: File(bytearray(content), content) for name, content in began.items()}
    place, acknowledged = 0, 0
    while place < len(log):
        end = log.index(b"\n", place)
        kind, path, *numbers = log[place:end].decode().split(" ")
        place = end + 1
        name = path.replace(" (deleted)", "")
        if kind == "W":
            content = log[place : place + int(numbers[1])]
            place += int(numbers[1])
            if name.endswith("/mark"):
                acknowledged = int(content)
            else:
                files.setdefault(name, File(bytearray(), None)).write(int(numbers[0]), content)
        elif kind == "T":
            files.setdefault(name, File(bytearray(), None)).write(int(numbers[0]), None)
        elif name in files:  # else a folder's names
            files[name].flush()
            yield files, acknowledged


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A folder in which the program ran, what was in it before, and the log of its writes."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler; install one to record writes: apt-get install gcc")
    made = tmp_path_factory.mktemp("recorder") / "recorder.so"
    build = [compiler, "-shared", "-fPIC", "-O1", "-o", str(made), str(HERE / "recorder.c"), "-ldl", "-lpthread"]
    subprocess.run(build, check=True)
    folder = tmp_path_factory.mktemp("recorded")
    with database(folder) as (engine, settings), chain_on(engine, settings) as chain:
        chain.append(entries(1))
    began = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    log = made.with_name("log")
    seen = {"LD_PRELOAD": str(made), "RECORDED_FOLDER": str(folder), "RECORDED_LOG": str(log)}
    command = [sys.executable, "-c", PROGRAM, str(folder), str(BATCHES)]
    subprocess.run(command, env={**os.environ, **seen}, check=True, timeout=120)
    return folder, began, log.read_bytes()


def put(files: dict[str, bytes | None], original: Path, target: Path) -> None:
    """Lay files out in a folder as the device has them."""
    for name, content in files.items():
        path = target / Path(name).relative_to(original)
        if content is None or path.name.endswith("-shm"):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def check(folder: Path, acknowledged: int) -> None:
    """Start on what is there: everything acknowledged is there, it verifies, and it is gone on with."""
    with database(folder) as (engine, settings):
        with chain_on(engine, settings) as chain:
            assert chain.sequence >= acknowledged
            chain.append(entries(1))
        found = verified(engine, settings)
        assert found.findings == []
        assert found.records > acknowledged


def test_the_recording_sees_the_writes(recorded: Recorded) -> None:
    """The log replayed to its end is the files as they are; it holds flushes of database, log and checkpoints."""
    folder, began, log = recorded
    states = list(replay(began, log))
    files, acknowledged = states[-1]
    assert len(states) > BATCHES
    assert acknowledged > BATCHES
    names = {Path(name).suffix for name in files}
    assert {".sqlite", ".sqlite-wal", ".jsonl"} <= names
    (checkpoints,) = (name for name in files if name.endswith(".jsonl"))
    assert bytes(files[checkpoints].content) == Path(checkpoints).read_bytes()
    database_file = str(folder / "service.sqlite")
    assert bytes(files[database_file].content) == Path(database_file).read_bytes()


@pytest.mark.parametrize("is_torn", [False, True])
def test_every_state_that_a_power_cut_may_leave_is_sound(recorded: Recorded, tmp_path: Path, is_torn: bool) -> None:
    """At each flush, without what wasn't flushed or with a part of it: all that was acknowledged is there."""
    folder, began, log = recorded
    chance, states, most = random.Random(20261122), 0, 0
    for number, (files, acknowledged) in enumerate(replay(began, log)):
        target = tmp_path / f"{number}"
        target.mkdir()
        left = {name: file.torn(chance) if is_torn else file.flushed for name, file in files.items()}
        put(left, folder, target)
        check(target, acknowledged)
        states, most = states + 1, max(most, acknowledged)
        shutil.rmtree(target)
    assert states > BATCHES
    assert most > BATCHES
