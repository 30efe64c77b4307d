"""A server to measure: `epervier serve` in processes of its own, its CPU time, and two ways to load it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from service.database.engine import open_engine
from service.keys import Keys
from service.settings import Settings

TICKS = os.sysconf("SC_CLK_TCK")
READY_SECONDS = 600
_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass(frozen=True, slots=True)
class Load:
    """What a load gave: requests a second, CPU milliseconds of the server a request, latencies in milliseconds."""

    rate: float
    cpu_ms: float
    p50: float
    p99: float
    failed: int

    @property
    def a_core(self) -> float:
        """Requests a second that one core of the server would answer if nothing else ran."""
        return 1000 / self.cpu_ms


Place = tuple[str, int, int]  # host, port, process id
Headers: TypeAlias = Mapping[str, str]
NO_HEADERS: Headers = {}
JSON_HEADERS = {"Content-Type": "application/json"}


@contextlib.contextmanager
def server(store: Path, *, processes: int = 1, **settings: str) -> Iterator[Place]:
    """Run a service on a store with settings of the environment, until the end of the block."""
    arguments = ["matcher.cli.main", "serve", "--store", str(store), "--processes", str(processes), "--port"]
    with _running(arguments, settings) as place:
        yield place


@contextlib.contextmanager
def bare_server() -> Iterator[Place]:
    """Run FastAPI and msgspec alone (`benchmarks.service.bare`)."""
    with _running(["benchmarks.service.bare"], {}) as place:
        yield place


@contextlib.contextmanager
def _running(arguments: list[str], settings: dict[str, str]) -> Iterator[Place]:
    """Run a module with a free port as its last argument; gives it once it is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", *arguments, str(port)]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **settings})
        try:
            _wait(f"http://127.0.0.1:{port}/readyz", process)
            yield "127.0.0.1", port, process.pid
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            if urllib.request.urlopen(url, timeout=5).status == 200:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError("the server did not become ready")


def cpu_seconds(pid: int) -> float:
    """CPU seconds that a process and its children have used."""
    total = 0.0
    for one in (pid, *_children(pid)):
        fields = Path(f"/proc/{one}/stat").read_text("ascii").rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += map(int, (task / "children").read_text("ascii").split())
    return found


def make_key(store: Path) -> Headers:
    """Make an officer's key, limited as far as no load reaches; the headers of a request with it and a purpose."""
    settings = Settings(store=store)
    engine = open_engine(settings)
    limits = {"roles": ["officer"], "purposes": ["border-check"]}
    _, secret = Keys(engine, settings.checkpoint_folder).make("gate", rate_per_second=1e5, **limits)  # type: ignore[arg-type]
    engine.dispose()
    return {"Authorization": f"Bearer {secret}", "X-Purpose": "border-check"}


def with_wrk(
    place: Place, path: str, bodies: Sequence[bytes], *, connections: int, seconds: int, headers: Headers = NO_HEADERS
) -> Load:
    """Load a route with wrk, each request with the next body, as fast as answers come."""
    host, port, pid = place
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "bodies.lua")
        script.write_text(_script(path, bodies, Path(folder, "bodies"), headers), "utf-8")
        command = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{seconds}s",
            "--latency",
            "--timeout",
            "30s",
            "-s",
            str(script),
        ]
        before = cpu_seconds(pid)
        told = subprocess.run([*command, f"http://{host}:{port}"], check=True, capture_output=True, text=True).stdout
        used = cpu_seconds(pid) - before
    n_requests = int(_found(r"(\d+) requests in", told))
    failed = sum(int(one) for line in re.findall(r"Socket errors: (.*)", told) for one in re.findall(r"\d+", line))
    failed += int((re.findall(r"Non-2xx or 3xx responses: (\d+)", told) or ["0"])[0])
    halves = [float(number) * _UNITS[unit] for number, unit in re.findall(r"(?:50|99)%\s+([\d.]+)(us|ms|s|m)", told)]
    return Load(
        float(_found(r"Requests/sec:\s+([\d.]+)", told)), used / n_requests * 1000, halves[0], halves[1], failed
    )


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"wrk did not say {pattern}: {text[:500]}")
    return found[1]


def _script(path: str, bodies: Sequence[bytes], file: Path, headers: Headers) -> str:
    """A script that sends the bodies, which stand in a file one a line, in turn."""
    file.write_bytes(b"\n".join(bodies))
    head = ", ".join(f'["{name}"] = "{value}"' for name, value in {**JSON_HEADERS, **headers}.items())
    return f"""
local bodies, at = {{}}, 0
for line in io.lines("{file}") do bodies[#bodies + 1] = line end
local head = {{{head}}}
request = function()
  at = at % #bodies + 1
  return wrk.format("POST", "{path}", head, bodies[at])
end
"""


async def at_rate(
    place: Place,
    path: str,
    bodies: Sequence[bytes],
    *,
    rate: float,
    seconds: float,
    connections: int = 16,
    headers: Headers = NO_HEADERS,
) -> Load:
    """Load a route at a fixed rate; latency counts from the instant at which a request was due."""
    host, port, pid = place
    waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    times: list[float] = []
    failed = 0

    async def work() -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection(host, port)
        while True:
            due, body = await waiting.get()
            writer.write(_raw(host, port, path, body, headers))
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(_found(r"content-length: (\d+)", head.decode().lower())))
            times.append(time.perf_counter() - due)
            failed += not head.startswith(b"HTTP/1.1 200")

    workers = [asyncio.create_task(work()) for _ in range(connections)]
    before, began = cpu_seconds(pid), time.perf_counter()
    n_requests = int(rate * seconds)
    for at in range(n_requests):
        due = began + at / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        waiting.put_nowait((due, bodies[at % len(bodies)]))
    while len(times) < n_requests and time.perf_counter() - began < 3 * seconds:
        await asyncio.sleep(0.01)
    used, taken = cpu_seconds(pid) - before, time.perf_counter() - began
    for one in workers:
        one.cancel()
    half, most = (float(value) * 1000 for value in np.percentile(times, (50, 99)))
    return Load(len(times) / taken, used / len(times) * 1000, half, most, failed + n_requests - len(times))


def _raw(host: str, port: int, path: str, body: bytes, headers: Headers) -> bytes:
    every = {"Host": f"{host}:{port}", **JSON_HEADERS, "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in every.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body
