"""Learn the letter models and write their tables.

    python -m benchmarks.learn.letters [--shared ../shared] [--output matcher/compare/tables]

The same files give the same tables, byte for byte. See `pairs` for what is learned from, `multigram` and `readings` for
how, `matcher.compare.letters` for what the tables mean.
"""

from __future__ import annotations

import argparse
import collections
import math
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path

from rapidfuzz.distance import JaroWinkler

from benchmarks.learn import multigram, pairs, readings, spellings
from benchmarks.learn.pairs import Counts
from matcher.compare.letters import Floors, LetterModel, parse_letters

DATE = "2026-11-21"
COMMAND = "python -m benchmarks.learn.letters --shared ../shared"
LATIN = "abcdefghijklmnopqrstuvwxyz"
MOST_WEIGHT = 20  # a pair counts as the square root of its count, at most of this
SPELLINGS = 12  # Latin spellings of one native token that are set against each other
ALIKE = 0.6  # Jaro-Winkler similarity that two of them need
EQUAL_WEIGHT = 0.35
LEARNED = ("arabic", "cyrillic", "greek", "han", "hangul", "hebrew")
FILES = {
    "arabic": "ar_en, fa_en, ur_en, ar_raw_orthography, fa_raw_orthography _names_dev (train fold), "
    "latin_fullname_variants_dev (train fold), ar_en_tokens_dev; name_frequency and latin_variants_dev less dev, test",
    "cyrillic": "cyr_en_names_dev (train fold), ru_en_tokens_dev; ICAO 9303-3 letter values",
    "greek": "el_en_names_dev (train fold); ISO 843 letter values",
    "han": "zh_en_names_dev (train fold), zh_en_tokens_dev; pinyin of common characters (anyascii, ISC)",
    "hangul": "ko_en_names_dev (train fold)",
    "hebrew": "he_en_names_dev (train fold), he_en_tokens_dev",
    "latin": "spellings that share a native token: the pairs of the Arabic model, ru_en_tokens_dev, he_en_tokens_dev",
}
HEADER = """# id: letters-{script}-1
# source: Wikidata names (CC0) and public records, from shared data names/: {files}
# date: {date}
# command: {command}
# letters: {letters}
# floor_drop: {floors.drop}
# floor_add: {floors.add}
# floor_one: {floors.one}
# floor_leave: {floors.leave}
native\tlatin\tcost
"""


def learn_script(shared: Path, script: str) -> tuple[str, LetterModel, Counts]:
    """Learn one script against Latin: align, learn, align by what was learned, twice.

    Returns:
        The text of the table, the model, and the counts of the token pairs that were learned from.
    """
    names = pairs.train_names(shared, script)
    values, known = pairs.letter_values(script), pairs.token_file(shared, script)
    if script == "arabic":
        known |= pairs.frequent(shared)  # the larger count: these were counted from the same names, among others
    counts = pairs.first_alignment(names, script) | known
    text, model = fit(script, counts + values, rounds=4)
    for rounds in (4, 7):
        counts = pairs.alignment(names, model) | pairs.plausible(known, model)
        text, model = fit(script, counts + values, rounds=rounds)
    return text, model, counts


def fit(script: str, counts: Mapping[tuple[str, str], float], *, rounds: int) -> tuple[str, LetterModel]:
    """Learn a table from weighted pairs; its text and the model that reads it."""
    if script == "han":
        weights = {pair: math.sqrt(min(count, MOST_WEIGHT)) for pair, count in counts.items()}
        letters, moves = readings.learn(weights, rounds=rounds // 2)
        text = table_text(script, letters, moves, readings.FLOORS)
        return text, parse_letters(script, text)
    letters = LATIN if script == "latin" else "".join(sorted({letter for native, _ in counts for letter in native}))
    codes = {letter: code for code, letter in enumerate(letters, start=1)}
    found = [
        multigram.Pair(bytes(codes[letter] for letter in native), pairs.encoded(latin, None), weight)
        for (native, latin), weight in sorted(counts.items())
    ]
    if script != "latin":
        found = [pair._replace(weight=math.sqrt(min(pair.weight, MOST_WEIGHT))) for pair in found]
    mirrored = script == "latin"
    floors = multigram.floors_of(mirrored=mirrored)
    moves = multigram.moves_of(
        multigram.train(found, len(letters) + 2, rounds=rounds, mirrored=mirrored), letters, floors
    )
    text = table_text(script, letters, moves, floors)
    return text, parse_letters(script, text)


def table_text(script: str, letters: str, moves: Mapping[tuple[str, str], int], floors: Floors) -> str:
    """Write a table: header, then the moves sorted by native chunk and cost."""
    head = HEADER.format(script=script, files=FILES[script], date=DATE, command=COMMAND, letters=letters, floors=floors)
    rows = sorted((native, cost, latin) for (native, latin), cost in moves.items())
    return head + "".join(f"{native or '-'}\t{latin or '-'}\t{cost}\n" for native, cost, latin in rows)


def latin_pairs(sources: Iterable[Counts]) -> dict[tuple[str, str], float]:
    """Latin spellings that share a native token, both ways round, each token's sharing out what one pair weighs."""
    weights: dict[tuple[str, str], float] = collections.defaultdict(float)
    for counts in sources:
        groups: dict[str, Counts] = collections.defaultdict(collections.Counter)
        for (native, latin), count in sorted(counts.items()):
            groups[native][latin, ""] += count
        for group in groups.values():
            common = sorted(group, key=lambda entry: (-group[entry], entry))[:SPELLINGS]
            for (one, _), (other, _) in combinations(common, 2):
                if JaroWinkler.similarity(one, other) >= ALIKE:
                    weights[one, other] += 1 / (len(common) - 1)
                    weights[other, one] += 1 / (len(common) - 1)
            for one, _ in common:
                weights[one, one] += EQUAL_WEIGHT
    return weights


def learn_all(shared: Path) -> dict[str, str]:
    """Learn every script; the text of each table by its path under the tables' folder."""
    texts, counts = {}, {}
    for script in LEARNED:
        texts[f"letters/{script}.tsv"], _, counts[script] = learn_script(shared, script)
    texts["letters/latin.tsv"] = fit("latin", latin_pairs(counts.values()), rounds=7)[0]
    texts["spellings.tsv"] = _text(spellings.SPELLINGS_HEAD, spellings.spelling_rows(shared, counts))
    texts["confusable.tsv"] = _text(spellings.CONFUSABLE_HEAD, spellings.confusable_rows(shared, counts["arabic"]))
    return texts


def _text(head: str, rows: Iterable[tuple[str | int, ...]]) -> str:
    lines = ("\t".join(map(str, row)) + "\n" for row in rows)
    return head.format(date=DATE, command=COMMAND) + "".join(lines)


def main() -> None:
    """Read the arguments, learn, write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--output", type=Path, default=Path("matcher/compare/tables"))
    arguments = parser.parse_args()
    (arguments.output / "letters").mkdir(parents=True, exist_ok=True)
    for path, text in learn_all(arguments.shared).items():
        (arguments.output / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
