"""Document numbers drawn from issuers' usual shapes (`document_patterns.tsv`).

Used for travellers' own documents, for documents attached to listed persons and for the document list.
"""

from __future__ import annotations

import csv
import functools
import random
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).with_name("document_patterns.tsv")
SIGNS = {
    "@": "ABCDEFGHJKLMNPRSTVWXYZ",
    "#": "0123456789",
    "*": "ABCDEFGHJKLMNPRSTVWXYZ0123456789",
    "%": "123456789CFGHJKLMNPRTVWXYZ",
}


class Pattern(NamedTuple):
    """The usual shape of one issuer's numbers of one document type, and its share."""

    issuing_state: str
    type: str
    shape: str
    weight: int


class DrawnDocument(NamedTuple):
    """A travel document that nobody carries."""

    number: str
    issuing_state: str
    type: str


@functools.cache
def patterns() -> tuple[Pattern, ...]:
    """Read the table of shapes, in file order."""
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#")]
    rows = csv.DictReader(lines, delimiter="\t")
    return tuple(Pattern(row["issuing_state"], row["type"], row["pattern"], int(row["weight"])) for row in rows)


@functools.cache
def _shares(issuing_state: str | None) -> tuple[tuple[Pattern, ...], tuple[int, ...]]:
    chosen = tuple(row for row in patterns() if issuing_state in (None, row.issuing_state))
    return chosen, tuple(accumulate(row.weight for row in chosen))


def draw_document(draw: random.Random, issuing_state: str | None = None) -> DrawnDocument:
    """Draw a document of one issuer, or of any by its share.

    Examples:
        >>> draw_document(random.Random(1), "IRQ")
        DrawnDocument(number='A14177763', issuing_state='IRQ', type='P')
    """
    chosen, shares = _shares(issuing_state)
    pattern = draw.choices(chosen, cum_weights=shares)[0]
    number = "".join(draw.choice(SIGNS[sign]) if sign in SIGNS else sign for sign in pattern.shape)
    return DrawnDocument(number, pattern.issuing_state, pattern.type)


def neighbourhood(number: str) -> set[str]:
    """Return keys of which two numbers share at least one when one slip turns one into the other.

    A slip is an insertion, a deletion or a substitution; the keys are the number and what is left of
    it after each deletion of one character.

    Examples:
        >>> neighbourhood("A12") & neighbourhood("A1")
        {'A1'}
    """
    return {number} | {number[:at] + number[at + 1 :] for at in range(len(number))}
