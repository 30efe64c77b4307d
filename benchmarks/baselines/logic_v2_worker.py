"""Runs in the environment of nomenklatura: pairs of names as JSON in, their scores as JSON on the last line out."""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from importlib.metadata import version
from typing import Any


def main() -> None:
    """Score the pairs; ids are never used twice, because the algorithm remembers entities by id."""
    model: Any = import_module("followthemoney").model  # by name: these packages are in the other environment only
    algorithm: Any = import_module("nomenklatura.matching").get_algorithm("logic-v2")
    config: Any = import_module("nomenklatura.matching.types").ScoringConfig.defaults()
    scores = []
    pairs = json.load(sys.stdin)
    start = time.process_time()
    for row, pair in enumerate(pairs):
        one, other = (
            model.get_proxy({"id": f"{side}{row}", "schema": "Person", "properties": {"name": [name]}})
            for side, name in zip("qc", pair, strict=True)
        )
        scores.append(algorithm.compare(one, other, config).score)
    seconds = time.process_time() - start
    sys.stdout.write(json.dumps({"version": version("nomenklatura"), "scores": scores, "cpu_seconds": seconds}) + "\n")


if __name__ == "__main__":
    main()
