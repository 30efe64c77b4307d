"""Versions tell the truth: what a stored file depends on cannot change without its version number.

When one of these fails after a deliberate change, raise the version named in the message and then put the new
digest here: stores written before are then refused with the command that rebuilds them, instead of misread.
"""

from __future__ import annotations

import hashlib
import tomllib
from importlib import resources
from pathlib import Path

from matcher.compare.forms import name_forms
from matcher.index import INDEX_VERSION
from matcher.index.document_tables import DOCUMENT_TABLES
from matcher.index.names import NAME_TABLES
from matcher.index.series import DOCUMENT_SERIES
from matcher.schema import DOCUMENT_ENTRY, PERSON_ENTRY, REJECT, SCHEMA_VERSION
from matcher.score.model import DEFAULT_MODEL, load_model
from matcher.text import NORMALISER_VERSION, analyse_name
from tests.names_strategy import PARTS

VECTORS = Path(__file__).parents[1] / "vectors" / "name_forms.tsv"


def digest(texts: list[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def test_schema_version() -> None:
    """The tables of a list version."""
    found = digest([str(schema) for schema in (PERSON_ENTRY, DOCUMENT_ENTRY, REJECT)])
    assert (SCHEMA_VERSION, found) == (2, "fd6f18f4c521c87e"), "raise matcher.schema.SCHEMA_VERSION"


def test_index_version() -> None:
    """The tables of a segment."""
    tables = {**NAME_TABLES, **DOCUMENT_TABLES, "document_series": DOCUMENT_SERIES}
    found = digest([f"{name} {schema}" for name, schema in tables.items()])
    assert (INDEX_VERSION, found) == (14, "d423259c75786ba5"), "raise matcher.index.INDEX_VERSION"


def test_index_version_follows_the_reference_tables() -> None:
    """What a segment keeps of a token beside its letters: how rare its class is, what is known of its spellings."""
    score, compare, text = (resources.files(f"matcher.{package}") for package in ("score", "compare", "text"))
    paths = (
        score.joinpath("models", DEFAULT_MODEL, "frequency.tsv"),
        compare.joinpath("tables", "spellings.tsv"),
        compare.joinpath("tables", "confusable.tsv"),
        text.joinpath("tables", "nicknames.tsv"),
        compare.joinpath("tables", "letters", "latin.tsv"),
        text.joinpath("tables", "given_name_sex.tsv"),
    )
    limits = tomllib.loads(score.joinpath("models", DEFAULT_MODEL, "limits.toml").read_text("utf-8"))
    bounds = f"{limits['min_rarity_bits']} {limits['max_rarity_bits']}"
    lines = [line for path in paths for line in path.read_text("utf-8").splitlines()]
    found = digest([bounds, *(line for line in lines if line[:1] != "#" or line.startswith("# total"))])
    assert (INDEX_VERSION, found) == (14, "b6be8781e9e510e9"), "raise matcher.index.INDEX_VERSION"


def test_index_version_follows_the_facts() -> None:
    """The rows of the names strategy's parts, as a segment keeps them."""
    forms = name_forms([analyse_name(" ".join(PARTS[at : at + 3])) for at in range(len(PARTS) - 2)], load_model().names)
    found = hashlib.sha256(forms.letters.tobytes() + forms.facts.tobytes() + forms.units.tobytes()).hexdigest()[:16]
    assert (INDEX_VERSION, found) == (14, "9ce83a3cf431151b"), "raise matcher.index.INDEX_VERSION"


def test_normaliser_version() -> None:
    """The forms of names in several scripts."""
    names = [*PARTS, *(line.split("\t")[0] for line in VECTORS.read_text("utf-8").splitlines())]
    every = (
        one for name in names for token in analyse_name(name) for one in (token, token.second, token.part, token.lead)
    )
    tokens = [one for one in every if one]
    forms = [f"{one.form} {one.skeleton} {one.letters} {one.script}" for one in tokens]
    assert (NORMALISER_VERSION, digest(forms)) == ("n4", "38f3091ad384c122"), "raise matcher.text.NORMALISER_VERSION"
