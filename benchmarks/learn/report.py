"""How well the letter models find a token's true Latin spelling, on names of the dev fold.

    python -m benchmarks.learn.report [--shared ../shared] [--queries 500]

A query is a native token of a dev name with as many native as Latin tokens; its true spelling is the Latin token at the
same place (for Latin, at the same place of another spelling of the name). It is ranked by quality among 20,000 Latin
tokens drawn with a fixed seed from all name files, ties against it. Beside it: how often the skeletons of the pair are
equal or one edit apart. A share of the pairs is not a pair at all (other order, other name), for all methods alike.
"""

from __future__ import annotations

import argparse
import random
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

from benchmarks.learn import pairs
from benchmarks.learn.pairs import Spelled
from benchmarks.learn.split import variant_groups
from matcher.compare import letter_kernels as kernels
from matcher.compare.letters import SCRIPTS, load_letters

VOCABULARY = 20_000
SEED = 5
HEADER = """| script | queries | rank 1 | rank 10 | rank 100 | skeleton equal | within one edit |
|---|--:|--:|--:|--:|--:|--:|
"""


def queries_of(shared: Path, script: str) -> list[tuple[Spelled, Spelled]]:
    """Native token and true Latin token, each pair once, sorted."""
    if script == "latin":
        groups = [group for group in variant_groups(shared) if group.fold == "dev"]
        spelled = [[pairs.tokens_of(latin) for latin, _, _ in group.variants] for group in groups]
        names = [pairs.Name(*two) for variants in spelled for two in combinations(variants, 2)]
    else:
        names = pairs.held_names(shared, script, ("dev",))
    found: set[tuple[Spelled, Spelled]] = set()
    for name in names:
        if len(name.native) == len(name.latin):
            found.update(two for two in zip(name.native, name.latin, strict=True) if two[0] != two[1])
    return sorted(found)


def vocabulary_of(shared: Path) -> list[str]:
    """Latin tokens of the names of all files, 20,000 of them."""
    forms = {token.form for script in pairs.SOURCES for names in (pairs.train_names, pairs.held_names)
             for name in names(shared, script) for token in name.latin}  # fmt: skip
    return random.Random(SEED).sample(sorted(forms), VOCABULARY)


def rank(script: str, letters: str, rows: np.ndarray) -> int:
    """Place of the true spelling (the last row) among all rows, 1 is best."""
    model = load_letters(script)
    native = pairs.rows_of([letters], None if script == "latin" else model)
    places = np.zeros((len(rows), 2), np.int64)
    places[:, 1] = np.arange(len(rows))
    found = kernels.quality_pairs(native, rows, places, script == "latin", model.table)
    return int((found[:-1] >= found[-1]).sum()) + 1


def report(shared: Path, script: str, vocabulary: list[str], most: int) -> str:
    """One line of the table."""
    queries = queries_of(shared, script)
    queries = random.Random(SEED).sample(queries, min(most, len(queries)))
    others = pairs.rows_of(vocabulary, None)
    forms = np.array(vocabulary)
    ranks = []
    for query, true in queries:
        rows = others[(forms != true.form) & (forms != query.form)]
        ranks.append(rank(script, query.letters, np.concatenate([rows, pairs.rows_of([true.form], None)])))
    edits = [Levenshtein.distance(query.skeleton, true.skeleton) for query, true in queries]
    shares = [np.mean(np.array(ranks) <= most) for most in (1, 10, 100)]
    shares += [np.mean(np.array(edits) <= most) for most in (0, 1)]
    return f"| {script} | {len(queries)} | " + " | ".join(f"{share:.3f}" for share in shares) + " |\n"


def main() -> None:
    """Read the arguments and write the table to standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--scripts", nargs="*", default=SCRIPTS)
    arguments = parser.parse_args()
    vocabulary = vocabulary_of(arguments.shared)
    sys.stdout.write(HEADER)
    for script in arguments.scripts:
        sys.stdout.write(report(arguments.shared, script, vocabulary, arguments.queries))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
