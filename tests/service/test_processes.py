"""Several processes on one socket, and an end that lets requests under way finish."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import httpx
import pytest

import matcher
from service.protocol import HEAD_SECONDS
from tests.cli.runner import write_lists
from tests.service.server import serving

ASK = {"document": {"number": "L898902C3", "issuing_state": "UTO"}}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with persons and documents."""
    folder = tmp_path_factory.mktemp("processes")
    write_lists(folder)
    made = matcher.Store(folder / "store")
    made.import_list("people", format="mapped-csv", path=folder / "people.csv", mapping=folder / "people.toml")
    made.import_list("sltd", format="sltd-csv", path=folder / "documents.csv")
    return folder / "store"


def maps_lists(pid: int) -> bool:
    """Whether a process has the store's files mapped; one that has ended has none."""
    try:
        return ".arrow" in Path(f"/proc/{pid}/maps").read_text()
    except (FileNotFoundError, ProcessLookupError):  # it ended before the file was opened, or before it was read
        return False


def children_of(pid: int) -> list[int]:
    """Process ids of the workers: the children that have the store's files mapped."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(one) for one in (task / "children").read_text().split()]
    return [one for one in found if maps_lists(one)]


def test_a_process_that_has_ended_maps_nothing() -> None:
    """It may end between the listing of its parent's children and the look at it."""
    with subprocess.Popen(["true"]) as ended:
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        assert not maps_lists(ended.pid)  # not yet waited for
    assert not maps_lists(ended.pid)


def two_workers(pid: int, *, gone: int | None = None, seconds: int = 60) -> list[int]:
    """Wait until a server has two workers, and one that was killed is not among them."""
    workers: list[int] = []
    for _ in range(10 * seconds):
        workers = children_of(pid)
        if len(workers) == 2 and gone not in workers:
            return workers
        time.sleep(0.1)
    raise AssertionError(f"{len(workers)} workers after {seconds} s")


def shared_kilobytes(pid: int) -> int:
    """How much of the store's files a process has in memory that another one has too."""
    total, is_ours = 0, False
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if "-" in line.split()[0]:
            is_ours = line.endswith(".arrow")
        elif is_ours and line.startswith("Shared_Clean"):
            total += int(line.split()[1])
    return total


def counted(url: str) -> float:
    """Return how many hits all processes have counted."""
    for line in httpx.get(f"{url}/metrics", trust_env=False).text.splitlines():
        if line.startswith('epervier_lookups_total{outcome="hit"}'):
            return float(line.split()[-1])
    return 0.0


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="needs Linux's /proc to look at mappings")
def test_processes_share_lists_and_counts_and_are_replaced(store: Path) -> None:
    """Two workers map the same files, their counts are summed, a killed one is replaced, and the sum stays."""
    with serving(store, "--processes", "2") as server:
        workers = two_workers(server.process.pid)
        assert all(shared_kilobytes(pid) > 0 for pid in workers)
        for _ in range(20):  # a new connection each, so that both are asked
            assert httpx.post(f"{server.url}/v1/lookups", json=ASK, trust_env=False).status_code == 200
        assert counted(server.url) == 20
        os.kill(workers[0], signal.SIGKILL)
        two_workers(server.process.pid, gone=workers[0])
        assert httpx.post(f"{server.url}/v1/lookups", json=ASK, trust_env=False).status_code == 200
        assert counted(server.url) == 21
    assert server.process.returncode is not None
    assert not [line for line in server.log if "Traceback" in line]


@pytest.mark.parametrize("processes", [1, 2])
def test_a_screening_under_way_ends_before_the_service_does(store: Path, processes: int) -> None:
    """SIGTERM in the middle of an answer: the answer is whole, then the service is gone."""
    file = b"full_name\n" + b"".join(b"Anna Quartermain %d\n" % row for row in range(20_000))
    begun, lines = threading.Event(), []

    with serving(store, "--processes", str(processes)) as server:

        def ask() -> None:
            with httpx.stream(
                "POST", f"{server.url}/v1/screenings", content=file, headers={"content-type": "text/csv"},
                timeout=120, trust_env=False,
            ) as answer:  # fmt: skip
                for line in answer.iter_lines():
                    lines.append(line)
                    begun.set()

        asking = threading.Thread(target=ask)
        asking.start()
        assert begun.wait(60)
        seen = len(lines)
        server.process.send_signal(signal.SIGTERM)
        asking.join(120)
        server.process.wait(60)
    assert seen < 20_000
    assert json.loads(lines[-1])["ended"]["travellers"] == 20_000
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{server.url}/healthz", trust_env=False)


def test_a_head_that_does_not_arrive_ends(store: Path) -> None:
    """A client that sends its head a byte at a time is cut off, and others are answered meanwhile."""
    with serving(store) as server, socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as slow:
        began, slow_head = time.monotonic(), iter(b"GET /healthz HTTP/1.1\r\nX: " + b"y" * 1000)
        slow.settimeout(0.5)
        ended = False
        while not ended and time.monotonic() - began < 3 * HEAD_SECONDS:
            with contextlib.suppress(TimeoutError):
                slow.send(bytes([next(slow_head)]))
                ended = slow.recv(100) == b""
            assert httpx.get(f"{server.url}/healthz", trust_env=False).status_code == 200
    assert ended
    assert time.monotonic() - began < 3 * HEAD_SECONDS


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="needs Linux's /proc to look at processes")
def test_a_worker_killed_while_it_is_asked_is_replaced(store: Path) -> None:
    """One that no longer answers is waited for as long as it may hang, but not once it is dead."""
    with serving(store, "--processes", "2") as server:
        workers = two_workers(server.process.pid)
        os.kill(workers[0], signal.SIGSTOP)
        time.sleep(3)  # by now the parent waits for its answer
        os.kill(workers[0], signal.SIGKILL)
        two_workers(server.process.pid, gone=workers[0], seconds=30)
