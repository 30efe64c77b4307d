"""Memory of this process: what is held, and what is merely mapped from files and can be given back at any time."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType

_STATUS = Path("/proc/self/status")
_FIELDS = {"held": "RssAnon", "mapped": "RssFile"}


def resident() -> dict[str, float]:
    """Return resident memory now, GB: `held` (the process's own) and `mapped` (pages of files)."""
    lines = dict(line.split(":", 1) for line in _STATUS.read_text("ascii").splitlines())
    return {name: int(lines[field].split()[0]) / 1e6 for name, field in _FIELDS.items()}


class Peak:
    """Watches resident memory while the block runs; `held` and `both` are its peaks in GB."""

    def __init__(self, seconds: float = 0.2) -> None:
        self.held = self.both = 0.0
        self._seconds, self._ended = seconds, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._ended.wait(self._seconds):
            self._look()

    def _look(self) -> None:
        now = resident()
        self.held, self.both = max(self.held, now["held"]), max(self.both, sum(now.values()))
