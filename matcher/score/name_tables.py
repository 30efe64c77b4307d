"""The numbers that weigh names, read from a model's tables and checked on load.

`token_weights.tsv` weighs two tokens, `name_weights.tsv` an alignment of them, `limits.toml` parts token evidence and
rarity into levels, `frequency.tsv` counts classes of tokens in public names. A table that lacks a cell, or has one
twice, refuses to start. All weights are integers in 1/1024 bit.
"""

from __future__ import annotations

import functools
import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any, TypeAlias

import numpy as np

from matcher.compare import token_kernels as tokens
from matcher.compare.attested import Attested, load_attested
from matcher.compare.letters import load_letters
from matcher.errors import ModelError
from matcher.score import edge_kernels as names
from matcher.text.skeleton import MAX_SYMBOLS, SYMBOLS, pack

Array: TypeAlias = np.ndarray[Any, Any]

LETTER_MODELS = ("latin", "arabic", "cyrillic", "greek", "hebrew", "hangul", "han")
KIND_NAMES = ("plain", "joined", "initial", "prefix")
_GRAIN = 1024


@dataclass(frozen=True, eq=False)
class NameTables:
    """Everything that weighs names, as the kernels take it.

    Attributes:
        arrays: Token weights, letter tables, where each begins, attested pairs, their values, name weights, level
            knots, rarity limits.
        attested: Spellings that are known.
        skeletons: Packed token classes of the frequency table, ascending.
        rarities: Rarity of each, in 1/1024 bit.
        unseen: Rarity of a class that the table does not hold.
    """

    arrays: tuple[Array, ...]
    attested: Attested
    skeletons: Array
    rarities: Array
    unseen: int

    @property
    def numbers(self) -> Array:
        """The weights of alignments."""
        numbers: Array = self.arrays[5]
        return numbers

    def rarity(self, skeletons: Array) -> Array:
        """Look up the rarity of packed skeletons, in 1/1024 bit."""
        places = np.minimum(np.searchsorted(self.skeletons, skeletons), len(self.skeletons) - 1)
        return np.where(self.skeletons[places] == skeletons, self.rarities[places], self.unseen)

    def known(self, keys: Array) -> Array:
        """What is known of the spellings of tokens, by key."""
        wanted = np.asarray(keys).view(np.uint64)
        known, paired = (_stands_in(wanted, those) for those in (self.attested.known, self.attested.paired))
        flags: Array = known * np.int8(tokens.KNOWN_BIT) + paired * np.int8(tokens.PAIRED_BIT)
        return flags


def _stands_in(keys: Array, those: Array) -> Array:
    """Whether each key is one of some sorted ones."""
    if not len(those):
        return np.zeros(len(keys), bool)
    found: Array = those[np.minimum(np.searchsorted(those, keys), len(those) - 1)] == keys
    return found


@functools.cache
def load_name_tables(model_id: str) -> NameTables:
    """Read the tables of a shipped model; once a process, about half a second.

    Raises:
        ModelError: a table is missing, or a cell of one is missing, unknown or twice there.
    """
    folder = resources.files("matcher.score").joinpath("models", model_id)
    try:
        texts = {name: folder.joinpath(name).read_text("utf-8") for name in _FILES}
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError) as error:
        raise ModelError(
            f"model {model_id!r} has no readable name tables ({', '.join(_FILES)}); restore them"
        ) from error
    return make_name_tables(model_id, texts, load_attested())


_FILES = ("token_weights.tsv", "name_weights.tsv", "limits.toml", "frequency.tsv")


def make_name_tables(model_id: str, texts: dict[str, str], attested: Attested) -> NameTables:
    """Check the texts of a model's tables and build them; `load_name_tables` reads them from disk."""
    knots, limits, lowest, highest = _read_limits(model_id, texts["limits.toml"])
    weights = _read_cells(model_id, "token_weights.tsv", texts["token_weights.tsv"], list(token_cells()))
    numbers = _read_cells(model_id, "name_weights.tsv", texts["name_weights.tsv"], list(name_cells()))
    skeletons, rarities, unseen = _read_frequency(model_id, texts["frequency.tsv"], lowest, highest)
    tables = [load_letters(script).table for script in LETTER_MODELS]
    starts = np.cumsum([0, *map(len, tables)]).astype(np.int64)
    arrays = (weights, np.concatenate(tables), starts, attested.pairs, attested.values, numbers, knots, limits)
    return NameTables(arrays, attested, skeletons, rarities, unseen)


def token_cells() -> Iterator[tuple[str, ...]]:
    """Name every cell of the token weights, in their order."""
    sizes = (
        ("quality", tokens.LENGTHS, tokens.QUALITIES),
        ("distance", tokens.LENGTHS, tokens.DISTANCES),
        ("skeleton", tokens.SKELETONS, tokens.NEARNESSES),
        ("ending", tokens.ENDINGS, tokens.ENDINGS),
        ("attested", tokens.BANDS, 1),
        ("special", tokens.SPECIALS, 1),
    )
    for part, first, second in sizes:
        for relation in range(tokens.RELATIONS):
            for one in range(first):
                for other in range(second):
                    yield part, str(relation), str(one), str(other)


def name_cells() -> Iterator[tuple[str, ...]]:
    """Name every cell of the name weights, in their order."""
    for kind in KIND_NAMES:
        for level in range(names.LEVELS):
            for rarity in range(names.RARITIES):
                yield "edge", kind, str(level), str(rarity)
    for rarity in range(names.RARITIES):
        yield "rest", "-", "-", str(rarity)
    for part, counts in (("conflict", names.CONFLICTS), ("extra", names.EXTRAS)):
        for shorter in range(names.SHORTER):
            for count in range(counts):
                yield part, "-", str(shorter), str(count)
    for part in ("second", "part", "lead", "other_sex", "order", "base"):
        yield part, "-", "-", "-"


def _read_cells(model_id: str, file: str, text: str, cells: list[tuple[str, ...]]) -> Array:
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")][1:]
    found: dict[tuple[str, ...], int] = {}
    for row in rows:
        cell, weight = tuple(row[:-1]), row[-1]
        if cell in found or not weight.lstrip("-").isdigit():
            raise ModelError(f"model {model_id}: {file} has a cell twice, or a weight that is no integer: {cell}")
        found[cell] = int(weight)
    if missing := sorted(set(cells) ^ set(found)):
        raise ModelError(f"model {model_id}: {file} lacks or doesn't know {len(missing)} cells, the first {missing[0]}")
    return np.array([found[cell] for cell in cells], np.int32)


def _read_limits(model_id: str, text: str) -> tuple[Array, Array, float, float]:
    try:
        table = tomllib.loads(text)
        knots = np.array(table["knots"], np.int32)
        limits = np.array(table["rarities"], np.int32)
        lowest, highest = float(table["min_rarity_bits"]), float(table["max_rarity_bits"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"model {model_id}: limits.toml cannot be read: {error}") from error
    if len(knots) != names.LEVELS - 1 or len(limits) != names.RARITIES - 1:
        raise ModelError(f"model {model_id}: limits.toml needs {names.LEVELS - 1} knots, {names.RARITIES - 1} rarities")
    if (np.diff(knots) <= 0).any() or (np.diff(limits) <= 0).any():
        raise ModelError(f"model {model_id}: knots and rarities of limits.toml must ascend")
    return knots, limits, lowest, highest


def _read_frequency(model_id: str, text: str, lowest: float, highest: float) -> tuple[Array, Array, int]:
    total, counts = 0, dict[int, int]()
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("# total:"):
            value = line.partition(":")[2].strip()
            total = int(value) if value.isdigit() else 0
        elif line and not line.startswith("#") and line != "class\tcount":
            skeleton, _, count = line.partition("\t")
            if not count.isdigit() or not set(skeleton) <= set(SYMBOLS) or len(skeleton) > MAX_SYMBOLS:
                raise ModelError(f"model {model_id}: frequency table line {number} is not `class<TAB>count`")
            counts[signed(pack(skeleton))] = int(count)
    if total < sum(counts.values()) or not counts:
        raise ModelError(f"model {model_id}: frequency table has no `# total:` at least the sum of its counts")

    def rarity(count: float) -> int:
        return round(min(max(-math.log2(count / total), lowest), highest) * _GRAIN)

    skeletons = np.array(sorted(counts), np.int64)
    rarities = np.array([rarity(counts[int(one)]) for one in skeletons], np.int64)
    return skeletons, rarities, rarity(0.5)


def signed(packed: int) -> int:
    """A packed skeleton as the form table keeps it."""
    return packed if packed < 1 << 63 else packed - (1 << 64)
