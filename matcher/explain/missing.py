"""What could not be compared, and why: an absent value weighs 0 and leaves no leaf, so it is said apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matcher.entry import PersonEntry
from matcher.query import Query
from matcher.score.evidence import Evidence

FIELDS = ("birth_date", "sex", "nationality", "birth_place", "document")
SIDES = ("query", "entry", "both", "unusable", "none_in_common")


@dataclass(frozen=True, slots=True)
class Missing:
    """A field without a leaf.

    Attributes:
        field: One of `FIELDS`.
        side: Where it is absent: `query`, `entry` or `both`; else `unusable` (both sides give something, but nothing
            that can be compared) or, of documents, `none_in_common`.
    """

    field: str
    side: str


def missing_fields(
    query: Query, entry: PersonEntry, leaves: Iterable[Evidence], *, has_documents: bool
) -> tuple[Missing, ...]:
    """List what was not compared between a traveller and a listed person, in the order of `FIELDS`.

    Args:
        query: The traveller.
        entry: The listed person.
        leaves: The evidence of the pair: a field that made a leaf was compared.
        has_documents: Whether the list attaches any document to the person.
    """
    compared = {leaf.feature.removesuffix("_number") for leaf in leaves}
    given = {
        "birth_date": (query.birth_date is not None, bool(entry.birth_dates)),
        "sex": (query.sex is not None, entry.sex is not None),
        "nationality": (bool(query.nationalities), bool(entry.nationalities)),
        "birth_place": (query.birth_place is not None, bool(entry.birth_places)),
        "document": (bool(query.documents), has_documents),
    }
    return tuple(Missing(field, _side(field, *given[field])) for field in FIELDS if field not in compared)


def _side(field: str, is_presented: bool, is_listed: bool) -> str:
    if is_presented and is_listed:
        return "none_in_common" if field == "document" else "unusable"
    if is_presented:
        return "entry"
    return "query" if is_listed else "both"
