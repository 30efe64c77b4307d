"""Two sets of nationalities to a level: one in common is agreement, whatever else differs."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.documents.states import issuer_group, soft_related


def nationality_level(query: Sequence[str], entry: Sequence[str]) -> str | None:
    """Compare codes (alpha-3 or ICAO); `related` are successors and soft groups. None when a side is empty.

    Examples:
        >>> nationality_level(["GBD"], ["FRA", "GBR"]), nationality_level(["FRA"], ["DEU"])
        ('same', 'different')
    """
    if not query or not entry:
        return None
    left, right = {issuer_group(code) for code in query}, {issuer_group(code) for code in entry}
    if left & right:
        return "same"
    related = any(soft_related(one, other) for one in query for other in entry)
    return "related" if related else "different"
