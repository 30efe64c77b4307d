"""Starting costs little: what is heavy is imported when it is first needed."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys, time
begin = time.process_time()
import matcher
print(time.process_time() - begin)
print(*(name for name in ("numba", "polars", "pyarrow", "numpy", "rapidfuzz") if name in sys.modules))
"""


def test_importing_the_library_is_light() -> None:
    """`import matcher` takes at most 0.3 s of CPU and imports neither numba nor a table library."""
    ran = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    seconds, modules = ran.stdout.split("\n")[:2]
    assert modules == ""
    assert float(seconds) <= 0.3
