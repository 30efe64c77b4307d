"""Would equality of a phonetic code say more than the token evidence says already?

    python -m benchmarks.learn.phonetic [--shared ../shared]

Latin spellings of one Arabic token against Latin forms of tokens that have the same consonant skeleton, in bands of the
weight that the shipped model gives the two; per code the bits that equality, and inequality, would add in that band.
A code earns its place where equality adds more than a bit in bands that hold many true pairs.
"""

from __future__ import annotations

import argparse
import collections
import itertools
import math
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import jellyfish
import numpy as np

from benchmarks.learn.split import folder_of, read_rows
from matcher.score.model import load_model
from matcher.score.names import weigh_pairs
from matcher.text import analyse_name

CODES: dict[str, Callable[[str], str]] = {
    "metaphone": jellyfish.metaphone,
    "soundex": jellyfish.soundex,
    "NYSIIS": jellyfish.nysiis,
    "match rating": jellyfish.match_rating_codex,
}
BANDS = (-math.inf, -10.0, -8.0, -6.0, -4.0, -2.0, 0.0, math.inf)
MOST_WRONG = 40_000
SEED = 5


def pairs_of(shared: Path) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Make pairs of Latin forms of one token, and of tokens with one skeleton; each pair once."""
    by_skeleton: dict[str, set[tuple[str, str]]] = collections.defaultdict(set)
    true = set()
    for row in read_rows(folder_of(shared) / "latin_variants_dev.tsv"):
        forms = [variant.rpartition(":")[0] for variant in row["variants(latin:count)"].split("|")]
        forms = [form for form in forms if form.isascii() and form.isalpha()]
        true |= {(min(pair), max(pair)) for pair in itertools.combinations(forms, 2)}
        for form in forms:
            tokens = analyse_name(form)
            if len(tokens) == 1:
                by_skeleton[tokens[0].skeleton].add((form, row["arabic"]))
    wrong = sorted(set(_crossed(by_skeleton.values())) - true)
    random.Random(SEED).shuffle(wrong)
    return sorted(true), wrong[:MOST_WRONG]


def _crossed(groups: Iterable[set[tuple[str, str]]]) -> Iterator[tuple[str, str]]:
    for group in groups:
        for (form, token), (other, other_token) in itertools.combinations(sorted(group), 2):
            if token != other_token and form != other:
                yield min(form, other), max(form, other)


def bits_of(pairs: Sequence[tuple[str, str]]) -> np.ndarray[Any, Any]:
    """Weigh single-token names as the shipped model does."""
    texts = dict.fromkeys(text for pair in pairs for text in pair)
    places = {text: at for at, text in enumerate(texts)}
    weights, _ = weigh_pairs(
        load_model(),
        [analyse_name(text) for text in texts],
        np.array([[places[one], places[other]] for one, other in pairs], np.int32),
    )
    return weights


def report(shared: Path) -> str:
    """Tabulate what each code would add, by band."""
    true, wrong = pairs_of(shared)
    weights = bits_of(true), bits_of(wrong)
    lines = ["| bits so far | true | wrong | " + " | ".join(f"{name}: equal, unequal" for name in CODES) + " |"]
    lines.append("|" + " --- |" * (3 + len(CODES)))
    for low, high in itertools.pairwise(BANDS):
        kept = [np.flatnonzero((bits >= low) & (bits < high)).tolist() for bits in weights]
        cells = [f"{low:g} to {high:g}", f"{len(kept[0]):,}", f"{len(kept[1]):,}"]
        for code in CODES.values():
            shares = [
                (sum(code(pairs[at][0]) == code(pairs[at][1]) for at in rows) + 0.5) / (len(rows) + 1)
                for pairs, rows in ((true, kept[0]), (wrong, kept[1]))
            ]
            equal, unequal = math.log2(shares[0] / shares[1]), math.log2((1 - shares[0]) / (1 - shares[1]))
            cells.append(f"{equal:+.1f}, {unequal:+.1f}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Read the arguments and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    sys.stdout.write(report(parser.parse_args().shared) + "\n")


if __name__ == "__main__":
    main()
