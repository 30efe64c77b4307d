"""What the audit costs: single document lookups with keys, purposes and limits, records kept and not, in turns.

    python -m benchmarks.service.audit [--seconds 10] [--rounds 3] [--folder DIR] [--write]

Two servers of one process each on the shipped suspects, loaded by wrk over loopback with 16 connections, one after the
other, in turns. The second doesn't wait for records and keeps none, which only this program can make it do. Told are
requests a second, and CPU time of the server for each request, which depends less on what else runs here.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import matcher
from benchmarks.results import write_section
from service.database.engine import open_engine
from service.desk import Desk
from service.keys import Keys
from service.settings import Settings

DATA = Path("data")
CONNECTIONS = 16
TICKS = os.sysconf("SC_CLK_TCK")
SCRIPT = """
wrk.method = "POST"
wrk.body = '{"travellers":[{"documents":[{"number":"ZZ1234567","issuing_state":"UTO","type":"P"}]}]}'
wrk.headers["Content-Type"] = "application/json"
wrk.headers["X-Purpose"] = "border-check"
wrk.headers["Authorization"] = "Bearer %s"
"""


@dataclass(frozen=True, slots=True)
class Load:
    """Requests a second, CPU milliseconds of the server a request, and answers that were no 2xx."""

    rate: float
    cpu_ms: float
    failed: int


def serve_without_records(arguments: list[str]) -> None:
    """Serve with an audit that keeps nothing."""

    async def keep(self: Desk, entry: object) -> None:
        return

    Desk.keep = keep  # type: ignore[method-assign]
    from matcher.cli.main import main as command_line

    sys.exit(command_line(arguments))


@contextlib.contextmanager
def server(store: Path, *, has_audit: bool) -> Iterator[tuple[int, int]]:
    """Run a server; gives port and process id once it is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = ["matcher.cli.main"] if has_audit else ["benchmarks.service.audit", "--serve-without-records"]
    command = [sys.executable, "-m", *program, "serve", "--store", str(store), "--port", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(1200):
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                if urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).status == 200:
                    break
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def with_wrk(port: int, pid: int, script: Path, seconds: int) -> Load:
    """Load a server as fast as its answers come."""
    before = _cpu_seconds(pid)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script)]
    ran = subprocess.run(
        [*command, f"http://127.0.0.1:{port}/v1/lookups"], capture_output=True, text=True, check=True, timeout=300
    )
    spent = _cpu_seconds(pid) - before
    count = int(_found(r"(\d+) requests in", ran.stdout))
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", ran.stdout)
    return Load(
        float(_found(r"Requests/sec:\s+([\d.]+)", ran.stdout)), spent * 1000 / count, int(failed[1]) if failed else 0
    )


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None, text
    return match[1]


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def measure(folder: Path, seconds: int, rounds: int) -> dict[bool, list[Load]]:
    """Load both servers in turns."""
    store, loads = folder / "store", dict[bool, list[Load]]()
    mapping = DATA / "mappings" / "suspects.toml"
    matcher.Store(store).import_list("suspects", format="mapped-csv", path=DATA / "suspects.csv", mapping=mapping)
    settings = Settings(store=store)
    engine = open_engine(settings)
    limits = {"roles": ["officer"], "purposes": ["border-check"]}
    _, secret = Keys(engine, settings.checkpoint_folder).make("gate", rate_per_second=1e5, **limits)  # type: ignore[arg-type]
    engine.dispose()
    script = folder / "ask.lua"
    script.write_text(SCRIPT % secret, encoding="utf-8")
    with server(store, has_audit=True) as kept, server(store, has_audit=False) as unkept:
        for place in (kept, unkept):
            with_wrk(*place, script, 2)  # warms
        for _ in range(rounds):
            for has_audit, place in ((True, kept), (False, unkept)):
                loads.setdefault(has_audit, []).append(with_wrk(*place, script, seconds))
    return loads


def main() -> int:
    """Measure and tell."""
    if sys.argv[1:2] == ["--serve-without-records"]:
        serve_without_records(sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where to work; by default a temporary folder")
    parser.add_argument("--write", action="store_true", help="put the lines into benchmarks/RESULTS.md")
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.stdout.write("skipped: wrk is not installed (Debian's package `wrk`)\n")
        return 0
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        loads = measure(Path(name), given.seconds, given.rounds)
    lines = [
        "## Service: what the audit costs",
        f"`python -m benchmarks.service.audit`: single document lookups, {CONNECTIONS} connections, key and limits on.",
    ]
    for has_audit, word in ((True, "Audit on"), (False, "Audit off")):
        rate = statistics.median(load.rate for load in loads[has_audit])
        cpu = statistics.median(load.cpu_ms for load in loads[has_audit])
        failed = sum(load.failed for load in loads[has_audit])
        lines.append(
            f"{word}: {rate:,.0f} requests a second, {cpu:.3f} ms CPU a request ({1000 / cpu:,.0f} a core), "
            f"{failed} failed."
        )
    share = statistics.median(on.rate / off.rate for on, off in zip(loads[True], loads[False], strict=True))
    lines.append(f"On against off: {share:.0%} of the requests a second (median of {given.rounds} turns).")
    text = "\n\n".join(lines)
    sys.stdout.write(text + "\n")
    if given.write:
        write_section("service-audit", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
