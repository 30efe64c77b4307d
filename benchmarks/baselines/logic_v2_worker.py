"""Runs in the environment of nomenklatura: pairs of names as JSON on standard input, scores as JSON on the last line."""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from typing import Any


def main() -> None:
    """Score the pairs; ids are never used twice, because the algorithm remembers entities by id."""
    from followthemoney import model
    from nomenklatura.matching import get_algorithm
    from nomenklatura.matching.types import ScoringConfig

    algorithm: Any = get_algorithm("logic-v2")
    config = ScoringConfig.defaults()
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
