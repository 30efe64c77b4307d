"""Two sets of nationalities to a level: one in common is agreement, whatever else differs.

Rules: codes of one issuer are one nationality (`GBD` is `GBR`); states that are no more are related to their successors
(`SUN` to `UKR`), and so are the kinds of statelessness to each other; an organisation that issues documents is no
nationality (`UNO`), nor is `XXX`; being stateless or a refugee opposes no state: both may be true of one person.

Source: `tables/nationality_codes.tsv`, `documents.states` for groups and relations.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from pathlib import Path

from matcher.documents.states import issuer_group, soft_related
from matcher.documents.words import read_table

_TABLE = Path(__file__).parent / "tables" / "nationality_codes.tsv"


def nationality_level(query: Sequence[str], entry: Sequence[str]) -> str | None:
    """Compare codes (alpha-3 or ICAO); `related` are successors and soft groups. None when nothing can be compared.

    Examples:
        >>> nationality_level(["GBD"], ["FRA", "GBR"]), nationality_level(["FRA"], ["DEU"])
        ('same', 'different')
        >>> nationality_level(["SUN"], ["UKR"]), nationality_level(["XXA"], ["DEU"]), nationality_level(["UNO"], ["X"])
        ('related', None, None)
    """
    return _level(tuple(query), tuple(entry)) if query and entry else None


@functools.lru_cache(maxsize=65_536)
def _level(query: tuple[str, ...], entry: tuple[str, ...]) -> str | None:
    left, right = _nationalities(query), _nationalities(entry)
    if not left or not right:
        return None
    if left & right:
        return "same"
    stateless = _codes("stateless")
    if (left & stateless and right & stateless) or any(soft_related(one, other) for one in left for other in right):
        return "related"
    return "different" if left - stateless and right - stateless else None


def common_nationalities(query: Sequence[str], entry: Sequence[str]) -> frozenset[str]:
    """Return the nationalities that both sides have, by the code that stands for each.

    Examples:
        >>> sorted(common_nationalities(["GBD", "FRA"], ["FRA", "GBR", "UNO"]))
        ['FRA', 'GBR']
    """
    return _nationalities(query) & _nationalities(entry)


def _nationalities(codes: Iterable[str]) -> frozenset[str]:
    return frozenset(map(issuer_group, codes)) - _codes("organisation") - _codes("unspecified")


@functools.cache
def _codes(says: str) -> frozenset[str]:
    return frozenset(row["code"] for row in read_table(_TABLE) if row["says"] == says)
