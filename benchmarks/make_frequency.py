"""Make the reference table of token classes (consonant skeletons) that ships with a model.

    python -m benchmarks.make_frequency [--shared ../shared] [--output matcher/score/models/baseline-1/frequency.tsv]

Counts come from public names only (rule 4: never from a list in force): `name_frequency.tsv` (given names and surnames
of 25 countries) and the Latin side of the Cyrillic, Hebrew, Greek, Korean and Chinese name pairs (persons of the whole
world). Classes seen once are left out: an unseen class gets the rarest weight anyway.
"""

from __future__ import annotations

import argparse
import collections
import csv
from pathlib import Path

from matcher.text import analyse_name

PAIRS = ("cyr_en", "he_en", "el_en", "ko_en", "zh_en")
HEADER = """# id: frequency-1
# source: Wikidata names (CC0), from shared data names/name_frequency.tsv and the Latin side of {pairs} _names_dev.tsv
# made by: python -m benchmarks.make_frequency
# date: 2026-11-21
# total: {total}
"""


def count_classes(names: Path) -> collections.Counter[str]:
    """Count the skeleton of every token, weighted by how often its name occurs."""
    counts: collections.Counter[str] = collections.Counter()
    with (names / "name_frequency.tsv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            for token in analyse_name(row["latin"]):
                counts[token.skeleton] += int(row["count"])
    for pair in PAIRS:
        with (names / f"{pair}_names_dev.tsv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
                counts.update(token.skeleton for token in analyse_name(row["latin"] or ""))
    return counts


def main() -> None:
    """Read the arguments and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--output", type=Path, default=Path("matcher/score/models/baseline-1/frequency.tsv"))
    arguments = parser.parse_args()
    counts = count_classes(arguments.shared / "data/names")
    kept = sorted((item for item in counts.items() if item[1] > 1 and item[0]), key=lambda item: (-item[1], item[0]))
    lines = [f"{skeleton}\t{count}\n" for skeleton, count in kept]
    header = HEADER.format(pairs=", ".join(PAIRS), total=counts.total())
    arguments.output.write_text(header + "class\tcount\n" + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
