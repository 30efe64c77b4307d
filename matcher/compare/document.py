"""A carried document against a listed one with the same number key: issuer and class to levels.

A class missing on either side counts as equal; a missing issuer does not (rule 9). Near numbers have their own work.
"""

from __future__ import annotations

import datetime

from matcher.documents.states import same_issuer, soft_related
from matcher.documents.types import document_class


def issuer_level(query: str | None, entry: str | None) -> str:
    """Return `same`, `related` (a state that is no more and its successor), `different` or `missing`.

    Examples:
        >>> issuer_level("D", "DEU"), issuer_level("FRA", "UTO"), issuer_level(None, "UTO")
        ('same', 'different', 'missing')
        >>> issuer_level("SUN", "RUS")
        'related'
    """
    if not query or not entry:
        return "missing"
    if same_issuer(query, entry):
        return "same"
    return "related" if soft_related(query, entry) else "different"


def class_level(query: str | None, entry: str | None) -> str:
    """Return `same` or `different` for two document codes, `missing` when a class is not known.

    Examples:
        >>> class_level("P", "PD"), class_level("P", "V"), class_level(None, "P")
        ('same', 'different', 'missing')
    """
    left, right = document_class(query), document_class(entry)
    if left is None or right is None:
        return "missing"
    return "same" if left == right else "different"


def expiry_level(query: str | None, entry: str | None) -> str | None:
    """Return `same` or `different` for two days written `YYYY-MM-DD`; None when either is missing or another form.

    Examples:
        >>> expiry_level("2030-01-02", "2030-01-02"), expiry_level("2030-01-02", None)
        ('same', None)
    """
    if not query or not entry:
        return None
    try:
        left, right = datetime.date.fromisoformat(query.strip()), datetime.date.fromisoformat(entry)
    except ValueError:
        return None
    return "same" if left == right else "different"


def slip_of(slip: str, issuer: str, kind: str) -> str:
    """Name the difference of a number: its slip, or for an equal one `exact`, `issuer` or `type`."""
    if slip != "exact":
        return slip
    if issuer != "same":
        return "issuer"
    return "type" if kind == "different" else "exact"
