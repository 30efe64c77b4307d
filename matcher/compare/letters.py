"""Learned letter models: how well the letters of one script spell those of Latin, in 1/1024 bit.

One table a script (`tables/letters/<script>.tsv`): moves that read a chunk of native letters as a chunk of Latin ones,
each with its cost, learned from pairs of names by `benchmarks.learn.letters`. Fixed order: letters -> `encode` -> best
joint alignment (`path_cost`) -> `quality`, which is 0 for the best spelling there can be and falls below it. All costs
are integers, so sums are exact in any order. The alignment is compiled (`letter_kernels`, imported when first used);
the walk that an explanation shows is plain (`aligned_chunks`). Not here: spellings that were seen (`spellings`).
"""

from __future__ import annotations

import functools
import itertools
import unicodedata
from collections.abc import Callable, Iterator
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint8]
Costs = NDArray[np.int32]

SCRIPTS = ("arabic", "cyrillic", "greek", "han", "hangul", "hebrew", "latin")
MAX_LETTERS = 31  # letters of a token that are read; of Han 15, which take two code bytes each
IMPOSSIBLE = 1 << 28  # above any sum of real costs
HEAD = 22  # words of a table's sizes and places
NOTHING, ANY = "-", "*"  # in a table: no letter; any character or reading
LETTER_MOVES = ((1, 0), (0, 1), (1, 1), (1, 2), (1, 3), (2, 1), (2, 2))  # native letters, Latin letters
READING_MOVES = ((1, 0), (0, 1), (1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6))


class Floors(NamedTuple):
    """Costs of what was not learned: a dropped native letter, an added Latin one, one for one.

    `leave` (Han): cost of a reading that is not among the character's own, before the reading's own cost.
    """

    drop: int
    add: int
    one: int
    leave: int


class LetterModel(NamedTuple):
    """One script's letters against Latin.

    Attributes:
        script: One of `SCRIPTS`.
        codes: Code of each native letter, from 1.
        size: One more than the code of an unknown letter, which is the last.
        moves: Cost of each learned move, by native and Latin chunk.
        floors: Costs of moves that were not learned.
        table: All of it as one row for the kernels (`letter_kernels` describes it).
    """

    script: str
    codes: dict[str, int]
    size: int
    moves: dict[tuple[str, str], int]
    floors: Floors
    table: Costs


@functools.cache
def load_letters(script: str) -> LetterModel:
    """Read the model of a script; once a process.

    Args:
        script: One of `SCRIPTS`; `latin` holds Latin spellings of one name against each other.

    Raises:
        ValueError: There is no model of this script.

    Examples:
        >>> model = load_letters("arabic")
        >>> model.moves["خ", "kh"] < model.moves["خ", "k"]
        True
    """
    if script not in SCRIPTS:
        raise ValueError(f"script '{script}' has no letter model, use one of {', '.join(SCRIPTS)}")
    text = resources.files("matcher.compare").joinpath(f"tables/letters/{script}.tsv").read_text("utf-8")
    return parse_letters(script, text)


def parse_letters(script: str, text: str) -> LetterModel:
    """Read a model from the text of its table."""
    lines = text.splitlines()
    head = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
    rows = (line.split("\t") for line in itertools.islice(lines, len(head) + 1, None))
    moves = {(native.strip(NOTHING), latin.strip(NOTHING)): int(cost) for native, latin, cost in rows}
    floors = Floors(*(int(head[f"floor_{kind}"]) for kind in Floors._fields))
    codes = {letter: code for code, letter in enumerate(head["letters"], start=1)}
    build = _readings_table if script == "han" else _letter_table
    return LetterModel(script, codes, len(codes) + 2, moves, floors, build(codes, moves, floors))


def normalised(script: str, letters: str) -> str:
    """Bring a token's letters to those of the tables: syllables of Hangul are taken apart."""
    return unicodedata.normalize("NFD", letters) if script == "hangul" else letters


def encode(script: str, letters: str) -> Codes:
    """Turn the letters of a token (`Token.letters`) into codes of its script's model.

    Examples:
        >>> len(encode("arabic", "محمد")), encode("latin", "abba").tolist()
        (4, [1, 2, 2, 1])
    """
    model = load_letters(script)
    letters = normalised(script, letters)
    unknown = model.size - 1
    if script == "han":
        found = [model.codes.get(letter, unknown) for letter in letters[: MAX_LETTERS // 2]]
        return np.array(found, ">u2").view(np.uint8)
    return np.array([model.codes.get(letter, unknown) for letter in letters[:MAX_LETTERS]], np.uint8)


def encode_latin(form: str) -> Codes:
    """Turn a romanised form into codes 1 to 26; what is not `a`-`z` is left out.

    Examples:
        >>> encode_latin("ali").tolist()
        [1, 12, 9]
    """
    return np.array([ord(letter) - 96 for letter in form if "a" <= letter <= "z"][:MAX_LETTERS], np.uint8)


def path_cost(model: LetterModel, native: Codes, latin: Codes) -> int:
    """Cost of the best joint alignment of native and Latin codes; any pair has one."""
    from matcher.compare import letter_kernels as kernels

    scratch = np.empty(kernels.SCRATCH, np.int32)
    return int(kernels.path_cost_kernel(native, len(native), latin, len(latin), model.table, scratch))


def best_latin(model: LetterModel, native: Codes) -> int:
    """Least path cost of native codes over all Latin strings."""
    from matcher.compare import letter_kernels as kernels

    scratch = np.empty(kernels.SCRATCH, np.int32)
    return int(kernels.best_latin_kernel(native, len(native), model.table, scratch))


def best_native(model: LetterModel, latin: Codes) -> int:
    """Least path cost of Latin codes over all native strings."""
    from matcher.compare import letter_kernels as kernels

    scratch = np.empty(kernels.SCRATCH, np.int32)
    return int(kernels.best_native_kernel(latin, len(latin), model.table, scratch))


def quality(model: LetterModel, native: Codes, latin: Codes) -> int:
    """How well two spellings spell one another, in 1/1024 bit: 0 is best, worse is below.

    `best_latin(native) + best_native(latin) - 2 * path_cost(native, latin)`. Between two Latin spellings it is
    symmetric, and 0 where they are equal.

    Examples:
        >>> arabic = load_letters("arabic")
        >>> hassan = encode("arabic", "حسن")
        >>> quality(arabic, hassan, encode_latin("hasan")) > quality(arabic, hassan, encode_latin("husayn"))
        True
    """
    if model.script == "latin" and np.array_equal(native, latin):
        return 0
    return best_latin(model, native) + best_native(model, latin) - 2 * path_cost(model, native, latin)


def aligned_chunks(model: LetterModel, native: str, latin: str) -> list[tuple[str, str, int]]:
    """Show the best alignment of a token's letters with a Latin form.

    Returns:
        Native chunk (maybe empty), Latin chunk (maybe empty) and cost, in order; the costs sum to `path_cost`.

    Examples:
        >>> [chunk[:2] for chunk in aligned_chunks(load_letters("arabic"), "شريف", "sherif")]
        [('ش', 'sh'), ('ر', 'er'), ('ي', 'i'), ('ف', 'f')]
    """
    native = normalised(model.script, native)[: MAX_LETTERS // 2 if model.script == "han" else MAX_LETTERS]
    latin = "".join(letter for letter in latin if "a" <= letter <= "z")[:MAX_LETTERS]
    cost_of = _reading_cost if model.script == "han" else _letter_cost
    best = {(0, 0): (0, (0, 0))}
    for place in itertools.product(range(len(native) + 1), range(len(latin) + 1)):
        if place != (0, 0):
            best[place] = min(_arrivals(model, (native, latin), place, best, cost_of))
    chunks = []
    i, j = len(native), len(latin)
    while (i, j) != (0, 0):
        cost, (k, m) = best[i, j]
        chunks.append((native[k:i], latin[m:j], cost - best[k, m][0]))
        i, j = k, m
    return chunks[::-1]


Place = tuple[int, int]
Best = dict[Place, tuple[int, Place]]
CostOf = Callable[[LetterModel, str, str], int | None]


def _arrivals(
    model: LetterModel, texts: tuple[str, str], place: Place, best: Best, cost_of: CostOf
) -> Iterator[tuple[int, Place]]:
    """Costs of the ways to a place of the alignment, each with the place before."""
    native, latin = texts
    for n, m in READING_MOVES if model.script == "han" else LETTER_MOVES:
        i, j = place[0] - n, place[1] - m
        if i >= 0 and j >= 0:
            cost = cost_of(model, native[i : i + n], latin[j : j + m])
            if cost is not None:
                yield best[i, j][0] + cost, (i, j)


def _letter_cost(model: LetterModel, native: str, latin: str) -> int | None:
    known = model.moves.get((native, latin))
    if known is not None:
        return known
    floors = model.floors
    return {(1, 0): floors.drop, (0, 1): floors.add, (1, 1): floors.one}.get((len(native), len(latin)))


def _reading_cost(model: LetterModel, native: str, latin: str) -> int | None:
    if not native or not latin:
        return model.floors.add if latin else model.floors.drop
    known = model.moves.get((native, latin))
    general = model.moves.get((ANY, latin))
    if known is not None or general is None:
        return known
    return general + (model.moves.get((native, ANY), model.floors.leave) if native in model.codes else 0)


def _numbers(chunks: set[str]) -> dict[str, int]:
    return {chunk: at for at, chunk in enumerate(sorted(chunks), start=1)}


def _letter_table(codes: dict[str, int], moves: dict[tuple[str, str], int], floors: Floors) -> Costs:
    """Lay a letter model out for the kernels."""
    size = len(codes) + 2
    latin = {chr(96 + code): code for code in range(1, 27)}
    pairs = _numbers({native for native, _ in moves if len(native) == 2})
    twos = _numbers({chunk for _, chunk in moves if len(chunk) == 2})
    threes = _numbers({chunk for _, chunk in moves if len(chunk) == 3})
    numbers: dict[int, dict[str, int]] = {1: latin, 2: twos, 3: threes}
    parts = {
        (n, m): np.full(
            (len(numbers[m]) + 1 if m else 1, size if n == 1 else len(pairs) + 1 if n else 1), IMPOSSIBLE, np.int32
        )
        for n, m in LETTER_MOVES
    }
    parts[1, 0][:, 1:], parts[0, 1][1:], parts[1, 1][1:, 1:] = floors.drop, floors.add, floors.one
    for (native, chunk), cost in moves.items():
        row = numbers[len(chunk)][chunk] if chunk else 0
        column = codes[native] if len(native) == 1 else pairs[native] if native else 0
        parts[len(native), len(chunk)][row, column] = cost
    maps = [np.zeros(size * size, np.int32), np.zeros(27**2, np.int32), np.zeros(27**3, np.int32)]
    for chunk, at in pairs.items():
        maps[0][codes[chunk[0]] * size + codes[chunk[1]]] = at
    for chunk, at in (twos | threes).items():
        maps[len(chunk) - 1][functools.reduce(lambda place, letter: place * 27 + latin[letter], chunk, 0)] = at
    best = [
        np.minimum.reduce([parts[1, m].min(axis=0) for m in range(4)]),
        np.minimum.reduce([parts[2, m].min(axis=0) for m in (1, 2)]),
        np.minimum.reduce([parts[n, 1].min(axis=1) for n in range(3)]),
        np.minimum(parts[1, 2].min(axis=1), parts[2, 2].min(axis=1)),
        parts[1, 3].min(axis=1),
    ]
    no_threes = np.full((len(pairs) + 1, len(threes) + 1), IMPOSSIBLE, np.int32)
    reads = [
        np.concatenate([parts[1, m].T for m in (1, 2, 3)], axis=1),
        np.concatenate([parts[2, 1].T, parts[2, 2].T, no_threes], axis=1),
    ]
    return _packed([0, size, len(pairs) + 1, len(twos) + 1, len(threes) + 1], [*maps, *parts.values(), *best, *reads])


def _readings_table(codes: dict[str, int], moves: dict[tuple[str, str], int], floors: Floors) -> Costs:
    """Lay a readings model (Han) out for the kernels."""
    size = len(codes) + 2
    leave = np.full(size, floors.leave, np.int32)
    leave[size - 1] = 0  # an unknown character has no readings of its own
    general: dict[int, int] = {}
    own: list[tuple[int, int, int]] = []
    for (native, latin), cost in moves.items():
        if latin == ANY:
            leave[codes[native]] = cost
        elif native == ANY:
            general[_key(latin)] = cost
        else:
            own.append((codes[native], _key(latin), cost))
    chars, keys, costs = np.array(sorted(own), np.int32).T
    known = np.union1d(keys, np.array(list(general), np.int32))
    back = np.array([general.get(int(key), IMPOSSIBLE) for key in known], np.int32)
    best_native = back.copy()  # an unknown character reads so
    np.minimum.at(best_native, np.searchsorted(known, keys), costs)
    best_char = np.minimum(floors.drop, leave + back.min())
    np.minimum.at(best_char, chars, costs)
    starts = np.searchsorted(chars, np.arange(size + 1))
    single = np.array([floors.drop]), np.full(27, floors.add)
    parts = [starts, keys, costs, *single, known, back, best_native, leave, best_char]
    return _packed([1, size, len(known), 0, 0], [part.astype(np.int32) for part in parts])


def _key(latin: str) -> int:
    return functools.reduce(lambda key, letter: key << 5 | ord(letter) - 96, latin, 0)


def _packed(head: list[int], parts: list[Costs]) -> Costs:
    """Join parts into one row: sizes, where each part begins, the parts."""
    from_ = HEAD + np.cumsum([0, *(part.size for part in parts)])
    places = [*head, *from_[:-1]]
    return np.concatenate([np.array(places + [0] * (HEAD - len(places)), np.int32), *(part.ravel() for part in parts)])
