"""Runs every benchmark that can run here and says why another can't.

python -m benchmarks [--shared ../shared]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

BENCHMARKS = (  # module, and whether it needs the shared data
    ("benchmarks.quality.first_light", True),
    ("benchmarks.quality.decisions", True),
    ("benchmarks.quality.names", True),
    ("benchmarks.quality.near_documents", False),
    ("benchmarks.quality.resume", False),
    ("benchmarks.speed.travellers", False),
    ("benchmarks.speed.documents", False),
    ("benchmarks.speed.document_path", False),
    ("benchmarks.service.load", True),
    ("benchmarks.service.malformed", False),
)


def main() -> int:
    """Run the benchmarks in turn; the first failure's exit code, else 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    shared = parser.parse_args().shared
    failed = 0
    for module, needs_shared in BENCHMARKS:
        if needs_shared and not (shared / "data").is_dir():
            sys.stdout.write(f"{module}: skipped, no data at {shared}/data (give --shared)\n")
            continue
        sys.stdout.write(f"{module}\n")
        sys.stdout.flush()
        command = [sys.executable, "-m", module, *(["--shared", str(shared)] if needs_shared else [])]
        failed = failed or subprocess.run(command, check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
