"""Workers of the service killed under load, again and again: no acknowledged lookup without its record.

    python -m benchmarks.service.kills [--kills 50] [--processes 2] [--callers 8]

A real server on the shipped suspects answers callers that give each request an id and remember the ids whose answer
they got whole. At seeded random moments one worker is killed with SIGKILL: with several processes the server puts
another in its place, with one the program starts the server again. Afterwards every remembered id must be in the
audit, and the audit must verify. The time from the kill until the next worker was ready is told.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import matcher
from service.audit.verify import Verified, export, verify
from service.database.engine import open_engine
from service.settings import Settings

DATA = Path("data")
BODY = json.dumps({"travellers": [{"documents": [{"number": "L898902C3", "issuing_state": "UTO", "type": "P"}]}]})
READY_SECONDS = 120.0


@dataclass
class Killed:
    """What came of it.

    Attributes:
        acknowledged: Ids of the requests whose answers came whole.
        recorded: Ids in the audit.
        ready_seconds: From each kill until the next worker was ready.
        verified: What verifying the audit found.
    """

    acknowledged: set[str] = field(default_factory=set)
    recorded: set[str] = field(default_factory=set)
    ready_seconds: list[float] = field(default_factory=list)
    verified: Verified = field(default_factory=Verified)

    @property
    def lost(self) -> set[str]:
        """Acknowledged requests without a record."""
        return self.acknowledged - self.recorded


class Callers:
    """Threads that look up, each over a connection of its own, and connect again when it breaks."""

    def __init__(self, port: int, count: int) -> None:
        self._port, self._ended = port, threading.Event()
        self.acknowledged: set[str] = set()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> set[str]:
        """End them; returns the ids of the answers that came."""
        self._ended.set()
        for thread in self._threads:
            thread.join()
        return self.acknowledged

    def _run(self) -> None:
        while not self._ended.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
            with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
                while not self._ended.is_set():
                    self._ask(connection)
            time.sleep(0.01)

    def _ask(self, connection: http.client.HTTPConnection) -> None:
        request_id = str(uuid.uuid4())
        headers = {"Content-Type": "application/json", "X-Request-Id": request_id}
        connection.request("POST", "/v1/lookups", BODY, headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status == 200 and json.loads(content)["decisions"]:
            self.acknowledged.add(request_id)


def kill_workers(folder: Path, *, kills: int, processes: int, callers: int, seed: int = 20261122) -> Killed:
    """Serve the shipped suspects from a folder, kill workers under load, and hold answers against records."""
    store, draw, found = folder / "store", random.Random(seed), Killed()
    mapping = DATA / "mappings" / "suspects.toml"
    matcher.Store(store).import_list("suspects", format="mapped-csv", path=DATA / "suspects.csv", mapping=mapping)
    port = _free_port()
    server = _serve(store, port, processes)
    try:
        _until_ready(port)
        load = Callers(port, callers)
        for _ in range(kills):
            time.sleep(draw.uniform(0.3, 1.0))
            before = _workers(server.pid) if processes > 1 else [server.pid]
            began = time.perf_counter()
            os.kill(draw.choice(before), signal.SIGKILL)
            if processes == 1:
                server.wait()
                server = _serve(store, port, processes)
                _until_ready(port)
            else:
                _until_replaced(store, server.pid, set(before))
            found.ready_seconds.append(time.perf_counter() - began)
        found.acknowledged = load.stop()
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)
    settings = Settings(store=store)
    engine = open_engine(settings)
    found.recorded = {one["record"]["request"] for one in export(engine) if "request" in one["record"]}
    found.verified = verify(engine, [settings.checkpoint_folder])
    engine.dispose()
    return found


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _serve(store: Path, port: int, processes: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "matcher.cli.main", "serve", "--store", str(store), "--port", str(port)]
    quiet = {**os.environ, "EPERVIER_ACCESS_LOG": "false"}
    options = ["--processes", str(processes)]
    return subprocess.Popen([*command, *options], stderr=subprocess.DEVNULL, env=quiet)


def _until_ready(port: int) -> None:
    ends = time.monotonic() + READY_SECONDS
    while time.monotonic() < ends:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.02)
    raise TimeoutError("the service did not get ready")


def _until_replaced(store: Path, server: int, before: set[int]) -> None:
    """Wait until a worker that wasn't there before has recorded that it answers."""
    settings = Settings(store=store)
    engine = open_engine(settings)
    try:
        ends = time.monotonic() + READY_SECONDS
        while time.monotonic() < ends:
            fresh = set(_workers(server)) - before
            with engine.connect() as connection:
                for worker in fresh:
                    told = f'%"what":"service is ready"%"pid":{worker}}}%'
                    if connection.exec_driver_sql("SELECT 1 FROM audit WHERE body LIKE ? LIMIT 1", (told,)).first():
                        return
                connection.rollback()
            time.sleep(0.05)
    finally:
        engine.dispose()
    raise TimeoutError("no worker came in the place of the one killed")


def _workers(server: int) -> list[int]:
    """Return the process ids of a server's workers; the command of one that has ended is gone or empty."""
    found = []
    for child in Path(f"/proc/{server}/task/{server}/children").read_text().split():
        with contextlib.suppress(OSError):
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(int(child))
    return found


def main() -> int:
    """Kill, verify, tell; 0 when nothing was lost and nothing was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--callers", type=int, default=8)
    parser.add_argument("--folder", type=Path, help="where to work; by default a temporary folder")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        found = kill_workers(Path(name), kills=given.kills, processes=given.processes, callers=given.callers)
    ready = sorted(found.ready_seconds)
    sys.stdout.write(
        f"{given.kills} kills, {given.processes} processes: {len(found.acknowledged):,} acknowledged lookups, "
        f"{len(found.lost):,} without a record; {found.verified.records:,} records, "
        f"{len(found.verified.findings):,} findings; next worker ready after "
        f"{ready[len(ready) // 2]:.2f} s (median), {ready[-1]:.2f} s (longest)\n"
    )
    return 1 if found.lost or found.verified.findings else 0


if __name__ == "__main__":
    sys.exit(main())
