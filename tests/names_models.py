"""Weights of names for tests: the shipped tables, and small ones made up so that numbers are known."""

from __future__ import annotations

import random
import tomllib
from importlib import resources
from typing import Any

from matcher.compare.attested import load_attested
from matcher.score.model import DEFAULT_MODEL, Model, make_model
from matcher.score.name_tables import make_name_tables, name_cells, token_cells

FOLDER = resources.files("matcher.score").joinpath("models", DEFAULT_MODEL)
FILES = ("token_weights.tsv", "name_weights.tsv", "limits.toml", "frequency.tsv")
FREQUENCY = "# total: 4096\nclass\tcount\nmhmd\t512\nhsn\t64\nAl\t256\nAhmd\t128\nknt\t1\n"
LIMITS = """
knots = [-8192, -6144, -4096, -2048, 0, 1024, 2048, 3072, 4096, 5120, 6144, 7168, 8192, 9216, 10240]
rarities = [4096, 5120, 6144, 7168, 8192, 9216, 10240]
min_rarity_bits = 3.0
max_rarity_bits = 12.0
"""


def shipped_texts() -> dict[str, str]:
    """The texts of the shipped tables."""
    return {name: FOLDER.joinpath(name).read_text("utf-8") for name in FILES}


def model_table() -> dict[str, Any]:
    """The shipped model.toml, parsed."""
    return tomllib.loads(FOLDER.joinpath("model.toml").read_text("utf-8"))


def small_texts(seed: int = 0, *, edge_bits: int = 0) -> dict[str, str]:
    """Tables of plausible shape with random numbers, so that every cell differs from its neighbours.

    Args:
        seed: Of the numbers.
        edge_bits: More for each agreement.
    """
    chance = random.Random(seed)
    tokens = ["part\trelation\tfirst\tsecond\tweight"]
    for part, relation, first, second in token_cells():
        top = {"quality": 6000 - 600 * int(second), "attested": 400 * int(first)}.get(part, 0)
        tokens.append(f"{part}\t{relation}\t{first}\t{second}\t{top + chance.randint(-700, 700)}")
    names = ["part\tkind\tlevel\trarity\tweight"]
    for part, kind, level, rarity in name_cells():
        weight = chance.randint(-2000, -100)
        if part == "edge":
            top = {"plain": 500 * int(level), "joined": 450 * int(level)}.get(kind, 2500)
            weight = 1024 * edge_bits + top - 1500 + 300 * int(rarity) + chance.randint(-200, 200)
        elif part == "order":
            weight = chance.randint(0, 900)
        elif part in ("conflict", "extra"):
            weight = chance.randint(-300, 0) - 900 * int(rarity)
        names.append(f"{part}\t{kind}\t{level}\t{rarity}\t{weight}")
    return {
        "token_weights.tsv": "\n".join(tokens) + "\n",
        "name_weights.tsv": "\n".join(names) + "\n",
        "limits.toml": LIMITS,
        "frequency.tsv": FREQUENCY,
    }


def listed_texts(seed: int = 0, *, edge_bits: int = 0) -> dict[str, str]:
    """The same with the shipped rarities, which an index keeps."""
    shipped, texts = shipped_texts(), small_texts(seed, edge_bits=edge_bits)
    bounds = [line for line in shipped["limits.toml"].splitlines() if "_rarity_bits" in line]
    own = [line for line in texts["limits.toml"].splitlines() if "_rarity_bits" not in line]
    return {**texts, "frequency.tsv": shipped["frequency.tsv"], "limits.toml": "\n".join([*own, *bounds])}


def model_of(texts: dict[str, str]) -> Model:
    """A model of tables; everything beside names is the shipped model's."""
    return make_model(model_table(), make_name_tables("test", texts, load_attested()))
