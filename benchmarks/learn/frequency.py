"""Reference frequencies of token classes (consonant skeletons), from public names only (rule 4: never a list in force).

Counted are `name_frequency.tsv` (given names and surnames of 25 countries) and the Latin side of the Cyrillic, Hebrew,
Greek, Korean and Chinese name pairs (persons of the whole world) without their test fold. A class seen once is left
out: an unseen class gets the rarest weight anyway.
"""

from __future__ import annotations

import collections
from pathlib import Path

from benchmarks.learn.split import Which, folder_of, name_pairs, read_rows
from matcher.text import analyse_name

PAIRS: tuple[Which, ...] = ("cyr", "he", "el", "ko", "zh")
LEAST_COUNT = 2
HEADER = """# id: frequency-2
# source: Wikidata names (CC0): shared data names/name_frequency.tsv; {pairs} name pairs (Latin side, no test fold)
# date: {date}
# command: {command}
# total: {total}
class\tcount
"""


def count_classes(shared: Path) -> collections.Counter[str]:
    """Count the skeleton of every token, weighted by how often its name occurs."""
    counts: collections.Counter[str] = collections.Counter()
    for row in read_rows(folder_of(shared) / "name_frequency.tsv"):
        for token in analyse_name(row["latin"]):
            counts[token.skeleton] += int(row["count"])
    for which in PAIRS:
        for pair in name_pairs(shared, which):
            if pair.fold != "test":
                counts.update(token.skeleton for token in analyse_name(pair.latin))
    return counts


def frequency_text(shared: Path, *, date: str, command: str) -> str:
    """Write the table: the commonest class first."""
    counts = count_classes(shared)
    kept = [(skeleton, count) for skeleton, count in counts.items() if skeleton and count >= LEAST_COUNT]
    kept.sort(key=lambda item: (-item[1], item[0]))
    head = HEADER.format(pairs=", ".join(PAIRS), date=date, command=command, total=counts.total())
    return head + "".join(f"{skeleton}\t{count}\n" for skeleton, count in kept)
