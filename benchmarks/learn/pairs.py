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
from matcher.compare.letters import Codes, LetterModel
from matcher.text import analyse_name
from matcher.text.names import skeleton_of

SOURCES: dict[str, tuple[Which, ...]] = {
    "arabic": ("ar", "fa", "ur", "ar_raw", "fa_raw"),
    "cyrillic": ("cyr",),
    "greek": ("el",),
    "han": ("zh",),
    "hangul": ("ko",),
    "hebrew": ("he",),
}
TOKEN_FILES = {"arabic": "ar", "cyrillic": "ru", "han": "zh", "hebrew": "he"}
BY_PLACE = ("han", "hangul")  # transcriptions keep their order
LEAST_SKELETON = 0.34  # similarity of skeletons that a first alignment asks for
LEAST_QUALITY = -2.0  # bits a letter (both sides counted) that an alignment by the model asks for

Counts = collections.Counter[tuple[str, str]]


class Spelled(NamedTuple):
    """What is learned from of one token."""

    letters: str
    form: str
    script: str


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
    return tuple(_spelled(token.letters, token.form, token.script) for token in analyse_name(text))


def _spelled(letters: str, form: str, script: str) -> Spelled:
    kind = unicodedata.name(letters[:1], "") if letters else ""
    if kind.startswith("HANGUL"):
        return Spelled(unicodedata.normalize("NFD", letters), form, "hangul")
    return Spelled(letters, form, "han" if kind.startswith("CJK") else script)


def names_of(rows: Iterable[NamePair], script: str) -> list[Name]:
    """Analyse both sides of name pairs; rows whose sides are not in the two scripts are left out."""
    names = []
    for row in rows:
        name = Name(tokens_of(row.native), tokens_of(row.latin))
        if all(name) and {token.script for token in name.native} == {script} and _is_latin(name.latin):
            names.append(name)
    return names


def _is_latin(tokens: Sequence[Spelled]) -> bool:
    return all(token.script == "latin" for token in tokens)


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
    """Pairs of a file of single tokens, with their counts."""
    counts: Counts = collections.Counter()
    for row in read_rows(folder_of(shared) / f"{TOKEN_FILES[script]}_en_tokens_dev.tsv"):
        native, latin = tokens_of(row["native"]), tokens_of(row["latin"])
        if len(native) == len(latin) == 1 and native[0].script == script and _is_latin(latin):
            counts[native[0].letters, latin[0].form] += int(row["count"])
    return counts


def frequent(shared: Path) -> Counts:
    """Arabic tokens with Latin spellings from the frequency files, less what dev and test names hold of them."""
    held: Counts = collections.Counter()
    for name in held_names(shared, "arabic"):
        held.update({(left.letters, right.form) for left in name.native for right in name.latin})
    counts: Counts = collections.Counter()
    for text, latin, count in _frequencies(shared):
        native, spelled = tokens_of(text), tokens_of(latin)
        if len(native) == len(spelled) == 1 and native[0].script == "arabic" and _is_latin(spelled):
            counts[native[0].letters, spelled[0].form] += count
    return collections.Counter({pair: n - held[pair] for pair, n in counts.items() if n > held[pair]})


def _frequencies(shared: Path) -> Iterator[tuple[str, str, int]]:
    for row in read_rows(folder_of(shared) / "name_frequency.tsv"):
        yield row["arabic_key"], row["latin"], int(row["count"])
    for row in read_rows(folder_of(shared) / "latin_variants_dev.tsv"):
        for variant in row["variants(latin:count)"].split("|"):
            latin, _, count = variant.rpartition(":")
            yield row["arabic"], latin, int(count)


def first_alignment(names: Iterable[Name], script: str) -> Counts:
    """Pair the tokens of each name before there is a model."""
    counts: Counts = collections.Counter()
    for name in names:
        if script in BY_PLACE:
            counts.update(_by_place(name))
            continue
        scored = [
            (_likeness(left, right), i, j) for i, left in enumerate(name.native) for j, right in enumerate(name.latin)
        ]
        counts.update(_one_to_one(name, [entry for entry in scored if entry[0] > 0]))
    return counts


def alignment(names: Sequence[Name], model: LetterModel, least: float = LEAST_QUALITY) -> Counts:
    """Pair the tokens of each name by the model: the best pairs first, each token once."""
    native = _rows_of((token.letters for name in names for token in name.native), model)
    latin = _rows_of((token.form for name in names for token in name.latin), None)
    places = [
        (native[0][left.letters], latin[0][right.form])
        for name in names
        for left in name.native
        for right in name.latin
    ]
    pairs = np.array(places, np.int64).reshape(-1, 2)
    found = iter(kernels.quality_pairs(native[1], latin[1], pairs, False, model.table).tolist())
    counts: Counts = collections.Counter()
    for name in names:
        scored = []
        for i, left in enumerate(name.native):
            for j, right in enumerate(name.latin):
                score = next(found) / (1024 * (len(left.letters) + len(right.form)))
                if score >= least:
                    scored.append((score, i, j))
        counts.update(_one_to_one(name, scored))
    return counts


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


def _rows_of(texts: Iterable[str], model: LetterModel | None) -> tuple[dict[str, int], Codes]:
    places = {text: at for at, text in enumerate(dict.fromkeys(texts))}
    return places, rows_of(list(places), model)


def _by_place(name: Name) -> list[tuple[str, str]]:
    """Tokens by their place where there are as many of both, else the whole name."""
    native, latin = [token.letters for token in name.native], [token.form for token in name.latin]
    return list(zip(native, latin, strict=True)) if len(native) == len(latin) else [("".join(native), "".join(latin))]


def _likeness(left: Spelled, right: Spelled) -> float:
    skeletons = Levenshtein.normalized_similarity(_skeleton(left.form), _skeleton(right.form))
    return (
        skeletons + 0.5 * Levenshtein.normalized_similarity(left.form, right.form)
        if skeletons >= LEAST_SKELETON
        else 0.0
    )


_skeleton = functools.cache(skeleton_of)


def _one_to_one(name: Name, scored: list[tuple[float, int, int]]) -> list[tuple[str, str]]:
    pairs, left, right = [], set[int](), set[int]()
    for _, i, j in sorted(scored, key=lambda entry: (-entry[0], entry[1], entry[2])):
        if i not in left and j not in right:
            left.add(i)
            right.add(j)
            pairs.append((name.native[i].letters, name.latin[j].form))
    return pairs
