"""A real server, run as its own process on a free port of this machine."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx


@dataclass
class Server:
    """A running server; its log is there when it has ended."""

    url: str
    process: subprocess.Popen[bytes]
    log: list[str] = field(default_factory=list)


@contextlib.contextmanager
def serving(store: Path, *options: str, until: str = "/readyz") -> Iterator[Server]:
    """Run `epervier serve` and wait until a path answers 200; it is interrupted at the end of the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "matcher.cli.main", "serve", "--store", str(store), "--port", str(port), *options]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log:  # not a pipe, which would fill up unread
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log)
        server = Server(f"http://127.0.0.1:{port}", process)
        try:
            for _ in range(3600):  # compiled kernels may have to be made first
                with contextlib.suppress(httpx.TransportError):
                    if httpx.get(server.url + until, trust_env=False).status_code == 200:
                        break
                assert process.poll() is None
                time.sleep(0.05)
            yield server
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.wait(120)
            log.seek(0)
            server.log = log.read().splitlines()
