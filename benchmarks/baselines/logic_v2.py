"""nomenklatura's logic-v2 as an engine, in its own environment.

It needs PyICU and fifty packages that this project doesn't use, so it runs in another Python by a subprocess:
`python -m venv DIR && DIR/bin/pip install nomenklatura==4.17.4`, then `--logic-v2 DIR/bin/python`.
It compares pairs only; a search of 100,000 names would take three minutes a query.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.quality.names.engine import Hits

WORKER = Path(__file__).with_name("logic_v2_worker.py")
SKIPPED = "logic-v2 was not run: give the Python of an environment with nomenklatura 4.17 by --logic-v2"


class LogicV2:
    """The algorithm `logic-v2` with its default configuration; `same` from its own threshold, 0.70.

    Args:
        python: The other environment's interpreter.
    """

    same_at: float | None = 0.70

    def __init__(self, python: Path) -> None:
        self._python = python
        self.name = f"nomenklatura {self._run([], [])['version']} logic-v2"

    def search(self, queries: Sequence[str], listed: Sequence[str], limit: int) -> list[Hits]:
        """Not offered."""
        raise NotImplementedError("logic-v2 is measured on pairs only")

    def compare(self, left: Sequence[str], right: Sequence[str]) -> list[float]:
        """Score pairs, 0 to 1."""
        scores: list[float] = self._run(left, right)["scores"]
        return scores

    def cpu_seconds(self, left: Sequence[str], right: Sequence[str]) -> float:
        """Processor time of comparing pairs, start of the interpreter not counted."""
        return float(self._run(left, right)["cpu_seconds"])

    def _run(self, left: Sequence[str], right: Sequence[str]) -> dict[str, Any]:
        pairs = json.dumps(list(zip(left, right, strict=True)))
        done = subprocess.run([self._python, str(WORKER)], input=pairs, capture_output=True, text=True, check=True)
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer
