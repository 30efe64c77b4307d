"""Pairs of tokens, native and Latin, from the shared name files: what the letter models learn from.

Names of the train fold are aligned token by token: first by skeleton and spelling (by place where a script has no
romanisation yet), then by the learned model. Token files are taken as they are. Counts of files that were made from
names of all folds (`name_frequency`, `latin_variants`) are lowered by what the dev and test names hold of them.
"""

from __future__ import annotations

import collections
import functools
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein

from benchmarks.learn.split import NamePair, Which, folder_of, name_pairs, read_rows, variant_groups
from matcher.compare import letter_kernels as kernels
from matcher.compare.letters import Codes, LetterModel, normalised
from matcher.text import analyse_name

SOURCES: dict[str, tuple[Which, ...]] = {
    "arabic": ("ar", "fa", "ur", "ar_raw", "fa_raw"),
    "cyrillic": ("cyr",),
    "greek": ("el",),
    "han": ("zh",),
    "hangul": ("ko",),
    "hebrew": ("he",),
}
TOKEN_FILES = {"arabic": "ar", "cyrillic": "ru", "han": "zh", "hebrew": "he"}
SYLLABIC = ("han", "hangul")  # first aligned by place; one native token may be several Latin ones
LONGEST_RUN = 4  # Latin tokens that one of them may be
LEAST_COUNT = 2  # of a spelling in the frequency files
LEAST_SKELETON = 0.34  # similarity of skeletons that a first alignment asks for
LEAST_QUALITY = -2.6  # bits a letter (both sides counted) that an alignment by the model asks for

Counts = collections.Counter[tuple[str, str]]


class Spelled(NamedTuple):
    """What is learned from of one token."""

    letters: str
    form: str
    script: str
    skeleton: str


class Name(NamedTuple):
    """The tokens of one name in two scripts."""

    native: tuple[Spelled, ...]
    latin: tuple[Spelled, ...]


@functools.cache
def tokens_of(text: str) -> tuple[Spelled, ...]:
    """Analyse a name; the one place that knows what `matcher.text` calls a token's letters.

    Examples:
        >>> [token.letters for token in tokens_of("عبد الله الحسن")], tokens_of("Łukasz")[0].form
        (['عبدالله', 'حسن'], 'lukasz')
    """
    return tuple(
        Spelled(normalised(token.script, token.letters), token.form, token.script, token.skeleton)
        for token in analyse_name(text)
    )


def names_of(rows: Iterable[NamePair], script: str) -> list[Name]:
    """Analyse both sides of name pairs; rows whose sides are not in the two scripts are left out."""
    names = []
    for row in rows:
        name = Name(tokens_of(row.native), tokens_of(row.latin))
        if all(name) and _is_pure(name.native, script) and _is_pure(name.latin, "latin"):
            names.append(name)
    return names


def _is_pure(tokens: Sequence[Spelled], script: str) -> bool:
    """Whether all letters of all tokens are of one script."""
    kind = "CJK" if script == "han" else script.upper()
    return all(token.script == script and _kinds(token.letters) == {kind} for token in tokens)


@functools.cache
def _kinds(letters: str) -> set[str]:
    return {unicodedata.name(letter, "").split(" ")[0].split("-")[0] for letter in letters}


def train_names(shared: Path, script: str) -> list[Name]:
    """Names of the train fold, in the order of the files; Arabic with the spellings of `latin_fullname_variants`."""
    rows = [row for which in SOURCES[script] for row in name_pairs(shared, which) if row.fold == "train"]
    if script == "arabic":
        groups = (group for group in variant_groups(shared) if group.fold == "train")
        rows += [NamePair(group.native, latin, "", "train") for group in groups for latin, _, _ in group.variants]
    return names_of(rows, script)


def held_names(shared: Path, script: str, folds: Sequence[str] = ("dev", "test")) -> list[Name]:
    """Names of the folds that nothing is learned from."""
    return names_of(
        (row for which in SOURCES[script] for row in name_pairs(shared, which) if row.fold in folds), script
    )


def token_file(shared: Path, script: str) -> Counts:
    """Pairs of a script's file of single tokens, with their counts; none where there is no such file."""
    counts: Counts = collections.Counter()
    if script not in TOKEN_FILES:
        return counts
    for row in read_rows(folder_of(shared) / f"{TOKEN_FILES[script]}_en_tokens_dev.tsv"):
        native, latin = tokens_of(row["native"]), tokens_of(row["latin"])
        if len(native) == len(latin) == 1 and _is_pure(native, script) and _is_pure(latin, "latin"):
            counts[native[0].letters, latin[0].form] += int(row["count"])
    return counts


def frequent(shared: Path) -> Counts:
    """Arabic tokens with Latin spellings from the frequency files, less what dev and test names hold of them."""
    held: Counts = collections.Counter()
    for name in held_names(shared, "arabic"):
        held.update({(left.letters, right.form) for left in name.native for right in name.latin})
    counts: Counts = collections.Counter()
    for rows in (_name_frequency(shared), _latin_variants(shared)):
        found: Counts = collections.Counter()
        for text, latin, count in rows:
            if count < LEAST_COUNT:
                continue
            native, spelled = tokens_of(text), tokens_of(latin)
            if len(native) == len(spelled) == 1 and _is_pure(native, "arabic") and _is_pure(spelled, "latin"):
                found[native[0].letters, spelled[0].form] += count
        counts |= found  # both were counted from the same names
    return collections.Counter({pair: n - held[pair] for pair, n in counts.items() if n > held[pair]})


def _name_frequency(shared: Path) -> Iterator[tuple[str, str, int]]:
    for row in read_rows(folder_of(shared) / "name_frequency.tsv"):
        yield row["arabic_key"], row["latin"], int(row["count"])


def _latin_variants(shared: Path) -> Iterator[tuple[str, str, int]]:
    for row in read_rows(folder_of(shared) / "latin_variants_dev.tsv"):
        for variant in row["variants(latin:count)"].split("|"):
            latin, _, count = variant.rpartition(":")
            yield row["arabic"], latin, int(count)


def letter_values(script: str) -> Counts:
    """Pairs of single letters that a script with few names begins from."""
    counts: Counts = collections.Counter()
    for row in read_rows(Path(__file__).with_name("letter_values.tsv")):
        if row["script"] == script:
            counts[row["native"], row["latin"]] += int(row["count"])
    return counts


def first_alignment(names: Iterable[Name], script: str) -> Counts:
    """Pair the tokens of each name before there is a model."""
    counts: Counts = collections.Counter()
    for name in names:
        if script in SYLLABIC:
            counts.update(_by_place(name))
        else:
            scored = [
                (_likeness(left, right), (i,), (j,))
                for i, left in enumerate(name.native)
                for j, right in enumerate(name.latin)
            ]
            counts.update(_one_to_one(name, [entry for entry in scored if entry[0] > 0]))
    return counts


def alignment(names: Sequence[Name], model: LetterModel, least: float = LEAST_QUALITY) -> Counts:
    """Pair the tokens of each name by the model: the best pairs first, each token once."""
    longest = LONGEST_RUN if model.script in SYLLABIC else 1
    runs = [_runs(len(name.latin), longest) for name in names]
    latin = [
        ["".join(name.latin[at].form for at in run) for run in found] for name, found in zip(names, runs, strict=True)
    ]
    left = _places(token.letters for name in names for token in name.native)
    right = _places(text for texts in latin for text in texts)
    pairs = [
        (left[token.letters], right[text])
        for name, texts in zip(names, latin, strict=True)
        for token in name.native
        for text in texts
    ]
    rows = rows_of(list(left), model), rows_of(list(right), None)
    found = iter(kernels.quality_pairs(*rows, np.array(pairs, np.int64).reshape(-1, 2), False, model.table).tolist())
    counts: Counts = collections.Counter()
    for name, ways, texts in zip(names, runs, latin, strict=True):
        scored = [
            (next(found) / (1024 * (len(token.letters) + len(text))), (i,), run)
            for i, token in enumerate(name.native)
            for run, text in zip(ways, texts, strict=True)
        ]
        counts.update(_one_to_one(name, [entry for entry in scored if entry[0] >= least]))
    return counts


def plausible(counts: Counts, model: LetterModel, least: float = LEAST_QUALITY) -> Counts:
    """Keep the pairs that the model takes for spellings of one another."""
    listed = list(counts)
    rows = rows_of([native for native, _ in listed], model), rows_of([latin for _, latin in listed], None)
    places = np.arange(len(listed), dtype=np.int64).repeat(2).reshape(-1, 2)
    found = kernels.quality_pairs(*rows, places, False, model.table).tolist()
    kept = (pair for pair, value in zip(listed, found, strict=True) if value >= 1024 * least * len("".join(pair)))
    return collections.Counter({pair: counts[pair] for pair in kept})


def _runs(count: int, longest: int) -> list[tuple[int, ...]]:
    """Neighbouring places, one to `longest` of them."""
    return [tuple(range(at, at + n)) for n in range(1, longest + 1) for at in range(count - n + 1)]


def rows_of(texts: Sequence[str], model: LetterModel | None) -> Codes:
    """Encode spellings as the rows that the batch kernels read; Latin where there is no model."""
    rows = np.zeros((len(texts), kernels.ROW), np.uint8)
    for at, text in enumerate(texts):
        codes = encoded(text, model)
        rows[at, 0] = len(codes)
        rows[at, 1 : len(codes) + 1] = np.frombuffer(codes, np.uint8)
    return rows


def encoded(text: str, model: LetterModel | None) -> bytes:
    """Codes of a spelling under a model that is not shipped yet; Latin where there is none."""
    if model is None:
        return bytes(ord(letter) - 96 for letter in text if "a" <= letter <= "z")[: kernels.ROW - 1]
    codes = [model.codes.get(letter, model.size - 1) for letter in text]
    if model.script == "han":
        return b"".join(code.to_bytes(2, "big") for code in codes[: kernels.ROW // 2 - 1])
    return bytes(codes[: kernels.ROW - 1])


def _places(texts: Iterable[str]) -> dict[str, int]:
    return {text: at for at, text in enumerate(dict.fromkeys(texts))}


def _by_place(name: Name) -> list[tuple[str, str]]:
    """Tokens by their place where there are as many of both, else the whole name."""
    native, latin = [token.letters for token in name.native], [token.form for token in name.latin]
    return list(zip(native, latin, strict=True)) if len(native) == len(latin) else [("".join(native), "".join(latin))]


def _likeness(left: Spelled, right: Spelled) -> float:
    skeletons = Levenshtein.normalized_similarity(left.skeleton, right.skeleton)
    return (
        skeletons + 0.5 * Levenshtein.normalized_similarity(left.form, right.form)
        if skeletons >= LEAST_SKELETON
        else 0.0
    )


def _one_to_one(name: Name, scored: list[tuple[float, tuple[int, ...], tuple[int, ...]]]) -> list[tuple[str, str]]:
    pairs, left, right = [], set[int](), set[int]()
    for _, native, latin in sorted(scored, key=lambda entry: (-entry[0], entry[1:])):
        if left.isdisjoint(native) and right.isdisjoint(latin):
            left.update(native)
            right.update(latin)
            joined = "".join(name.native[at].letters for at in native), "".join(name.latin[at].form for at in latin)
            pairs.append(joined)
    return pairs
