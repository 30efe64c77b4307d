"""Make the tables of `matcher/text/tables` that are learned from public name pairs.

    python -m benchmarks.make_name_tables [--shared ../shared] [--output matcher/text/tables]

Four tables: readings of Han characters in transcriptions of foreign names (each character stands for a run of Latin
letters, found by a few rounds of best alignment from pinyin), spellings of Korean family names, Latin words with a
glued article, Latin words whose `th`, `sh`, ... is two letters in Arabic script. The same
data give the same tables: nothing is drawn.
"""

from __future__ import annotations

import argparse
import collections
import csv
import math
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from anyascii import anyascii
from rapidfuzz.distance import Levenshtein

from matcher.text.translit import arabic, latin

ARABIC_PAIRS = ("ar_en", "fa_en", "ur_en")
ROUNDS = 6  # of alignment; the readings are stable after four
LONGEST = 6  # letters of one character's reading
SEEN = 5  # times that a reading must be aligned to be kept
DIGRAPHS = ("th", "sh", "dh", "kh", "gh", "zh", "ch")
FIRST_LETTERS = {"th": "تط", "sh": "سص", "dh": "دض", "kh": "كق", "gh": "گ", "zh": "زظذض", "ch": ""}


def rows(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the native and the Latin side of a file of pairs."""
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(reader)
        for row in reader:
            yield unicodedata.normalize("NFKC", row[0]), row[1]


def table(path: Path, source: str, header: str, lines: list[str]) -> None:
    """Write one table with its id, source and date."""
    head = (
        f"# id: {path.stem.replace('_', '-')}-1\n# source: {source}\n# made by: python -m benchmarks.make_name_tables\n"
    )
    path.write_text(f"{head}# date: 2026-11-21\n{header}\n" + "".join(f"{line}\n" for line in lines), encoding="utf-8")


def is_han(text: str) -> bool:
    """Tell whether a text is Han characters only."""
    return bool(text) and all("\u4e00" <= letter <= "\u9fff" for letter in text)


def transcriptions(names: Path) -> list[tuple[str, str]]:
    """Pair Han tokens with Latin tokens: single tokens, and names whose parts are separated by a middle dot."""
    pairs = list(rows(names / "zh_en_tokens_dev.tsv"))
    for native, written in rows(names / "zh_en_names_dev.tsv"):
        parts, words = native.replace("・", "·").split("·"), written.split()
        if len(parts) == len(words) > 1:
            pairs += zip(parts, words, strict=True)
    found = [(native, latin.romanise(written)) for native, written in pairs]
    return [(native, word) for native, word in found if is_han(native) and len(word) >= len(native)]


def align(native: str, word: str, costs: dict[tuple[str, str], float]) -> list[str] | None:
    """Cut a Latin word into one run a character, at the least cost."""
    best: list[dict[int, tuple[float, list[str]]]] = [{0: (0.0, [])}]
    for letter in native:
        reached: dict[int, tuple[float, list[str]]] = {}
        for start, (cost, cut) in best[-1].items():
            for stop in range(start, min(len(word), start + LONGEST) + 1):
                run = word[start:stop]
                total = cost + costs.get((letter, run), 9.0 + start_cost(letter, run))
                if stop not in reached or total < reached[stop][0]:
                    reached[stop] = (total, [*cut, run])
        best.append(reached)
    return best[-1][len(word)][1] if len(word) in best[-1] else None


def start_cost(letter: str, run: str) -> float:
    """Distance of a run from the character's pinyin."""
    pinyin = anyascii(letter).lower()
    bare = [word.translate(str.maketrans("", "", "aeiou")) for word in (pinyin, run)]
    return Levenshtein.distance(pinyin, run) + 2.0 * Levenshtein.distance(*bare)


def han_readings(names: Path) -> list[str]:
    """Learn the likeliest Latin run of each character in transcriptions."""
    pairs = transcriptions(names)
    costs: dict[tuple[str, str], float] = {}
    counts: dict[str, collections.Counter[str]] = {}
    for _ in range(ROUNDS):
        counts = collections.defaultdict(collections.Counter)
        for native, word in pairs:
            for letter, run in zip(native, align(native, word, costs) or (), strict=False):
                counts[letter][run] += 1
        costs = {
            (letter, run): -math.log(count / runs.total()) + 0.2 * start_cost(letter, run) / math.sqrt(count)
            for letter, runs in counts.items()
            for run, count in runs.items()
        }
    best = {letter: max(runs.items(), key=lambda one: (one[1], one[0])) for letter, runs in counts.items()}
    return [
        f"{letter}\t{run}\t{count}\t{counts[letter].total()}"
        for letter, (run, count) in sorted(best.items())
        if run and count >= SEEN and count >= 0.4 * counts[letter].total() and run != anyascii(letter).lower()
    ]


def korean_families(names: Path) -> list[str]:
    """Count the Latin spellings of the first syllable of three-syllable Korean names of two or three Latin words."""
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for native, written in rows(names / "ko_en_names_dev.tsv"):
        words = [latin.romanise(word) for word in written.split()]
        if len(native) == 3 and native.isalpha() and len(words) == 2 and "\uac00" <= native[0] <= "\ud7a3":
            counts[native[0]].update({words[0], words[-1]})
    lines = []
    for syllable, spellings in sorted(counts.items()):
        kept = [(word, count) for word, count in spellings.most_common(4) if count >= 8 and 1 < len(word) < 7]
        if kept and kept[0][1] >= 0.3 * spellings.total() / 2:
            lines += [f"{syllable}\t{word}\t{count}" for word, count in kept if count >= 0.06 * kept[0][1]]
    return lines


def aligned_words(names: Path) -> Iterator[tuple[str, str]]:
    """Yield Arabic-script words beside Latin words of names that have as many of both."""
    for pair in ARABIC_PAIRS:
        for native, written in rows(names / f"{pair}_names_dev.tsv"):
            words = [latin.romanise(word) for word in written.split()]
            letters = [arabic.fold(word) for word in native.split()]
            if len(words) == len(letters):
                yield from zip(letters, words, strict=True)


def glued_articles(names: Path) -> list[str]:
    """Count, for Latin words that begin like an article, how often the Arabic word has one."""
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for letters, word in aligned_words(names):
        if word.startswith(("al", "el", "l", "il", "ul")) and len(word) > 3:
            stem = word[1:] if word[0] == "l" else word[2:]
            stem_ok = letters[2:3] and arabic.romanise(letters[2:])[:1] in _like(stem[:1])
            kind = "article" if letters.startswith("ال") and stem_ok else "whole"
            counts[word][kind] += 1
    return [
        f"{word}\t{kinds['article']}\t{kinds['whole']}"
        for word, kinds in sorted(counts.items())
        if kinds.total() >= 2 and (kinds["article"] or not word.startswith("l"))
    ]


def _like(letter: str) -> str:
    vowels = "aeiouyw"
    same = {"k": "kqc", "c": "kqsc", "q": "kqg", "g": "gjq", "j": "jg", "z": "zds", "d": "d", "s": "sz", "t": "t"}
    return vowels if letter in vowels else same.get(letter, letter)


def split_digraphs(names: Path) -> list[str]:
    """Count, for Latin words with `th`, `sh`, ..., how often the Arabic word has two letters there."""
    counts: dict[tuple[str, str], collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for letters, word in aligned_words(names):
        for digraph in DIGRAPHS:
            if digraph in word:
                two = any(first + h in letters for first in FIRST_LETTERS[digraph] for h in "هحھ")
                counts[word, digraph]["two" if two else "one"] += 1
    return [
        f"{word}\t{word.replace(digraph, digraph[0] + chr(39) + 'h')}\t{kinds['two']}\t{kinds['one']}"
        for (word, digraph), kinds in sorted(counts.items())
        if kinds["two"] >= 2 and kinds["two"] > 2 * kinds["one"]
    ]


def main() -> None:
    """Read the arguments and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--output", type=Path, default=Path("matcher/text/tables"))
    arguments = parser.parse_args()
    names, output = arguments.shared / "data/names", arguments.output
    wikidata = "Wikidata names (CC0), shared data names/"
    table(
        output / "han_readings.tsv",
        f"{wikidata}zh_en_tokens_dev.tsv and zh_en_names_dev.tsv; only where it is not the pinyin",
        "character\treading\tcount\tseen",
        han_readings(names),
    )
    table(
        output / "korean_families.tsv",
        f"{wikidata}ko_en_names_dev.tsv; spellings of the first of three syllables, commonest first",
        "syllable\tspelling\tcount",
        korean_families(names),
    )
    pairs = ", ".join(f"{pair}_names_dev.tsv" for pair in ARABIC_PAIRS)
    table(
        output / "glued_articles.tsv",
        f"{wikidata}{pairs}; Latin words, with and without an article in the Arabic word",
        "word\twith_article\twithout",
        glued_articles(names),
    )
    table(
        output / "split_digraphs.tsv",
        f"{wikidata}{pairs}; Latin words, with two letters and with one in the Arabic word",
        "word\tspelled\ttwo_letters\tone_letter",
        split_digraphs(names),
    )


if __name__ == "__main__":
    main()
