"""Versions tell the truth: what a stored file depends on cannot change without its version number.

When one of these fails after a deliberate change, raise the version named in the message and then put the new
digest here: stores written before are then refused with the command that rebuilds them, instead of misread.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from matcher.index import INDEX_VERSION
from matcher.index.document_tables import DOCUMENT_TABLES
from matcher.index.names import DATES, JOINS, NAMES, VOCABULARY
from matcher.index.series import DOCUMENT_SERIES
from matcher.schema import DOCUMENT_ENTRY, PERSON_ENTRY, REJECT, SCHEMA_VERSION
from matcher.text import NORMALISER_VERSION, analyse_name
from tests.names_strategy import PARTS

VECTORS = Path(__file__).parents[1] / "vectors" / "name_forms.tsv"


def digest(texts: list[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def test_schema_version() -> None:
    """The tables of a list version."""
    found = digest([str(schema) for schema in (PERSON_ENTRY, DOCUMENT_ENTRY, REJECT)])
    assert (SCHEMA_VERSION, found) == (1, "a6fbd994e709130f"), "raise matcher.schema.SCHEMA_VERSION"


def test_index_version() -> None:
    """The tables of a segment."""
    documents = [f"{name} {schema}" for name, schema in DOCUMENT_TABLES.items()]
    found = digest([*(str(schema) for schema in (VOCABULARY, NAMES, JOINS, DATES, DOCUMENT_SERIES)), *documents])
    assert (INDEX_VERSION, found) == (8, "6facf38e805ae267"), "raise matcher.index.INDEX_VERSION"


def test_normaliser_version() -> None:
    """The forms of names in several scripts."""
    names = [*PARTS, *(line.split("\t")[0] for line in VECTORS.read_text("utf-8").splitlines())]
    tokens = [one for name in names for token in analyse_name(name) for one in (token, token.second) if one]
    forms = [f"{one.form} {one.sound} {one.skeleton} {one.abjad} {one.letters} {one.script}" for one in tokens]
    assert (NORMALISER_VERSION, digest(forms)) == ("n2", "8b50042ab613bf44"), "raise matcher.text.NORMALISER_VERSION"
