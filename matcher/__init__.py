"""Épervier matches travellers and their documents against watchlists, across scripts, with reasons.

The flow, in the order of the layers:

    list file -> `ingest` -> `snapshot` -> `index`            a `Store` holds immutable list versions
    traveller -> `passengers` -> `query` -> `candidates` -> `compare` -> `score` -> `decide` -> `explain` -> `output`

A match is a lead and never proof. Names load on first use, so that `import matcher` is quick.

Examples:
    >>> import matcher
    >>> matcher.compare_names("Yusuf Abd al-Rahman", "يوسف عبد الرحمن").same
    True
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from matcher.errors import EpervierError
from matcher.records import Document, ListVersion, Name, PartialDate, Traveller

if TYPE_CHECKING:
    from matcher.access import Access
    from matcher.conflicts import document_conflicts
    from matcher.decision import Decision, Match
    from matcher.documents.mrz import MrzDocument, parse_mrz
    from matcher.names import NameComparison, compare_name_pairs, compare_names
    from matcher.passengers import read_travellers
    from matcher.store import Store
    from matcher.watchlist import Watchlist

_LAZY = {
    "Access": "matcher.access",
    "Decision": "matcher.decision",
    "Match": "matcher.decision",
    "MrzDocument": "matcher.documents.mrz",
    "NameComparison": "matcher.names",
    "Store": "matcher.store",
    "Watchlist": "matcher.watchlist",
    "compare_name_pairs": "matcher.names",
    "compare_names": "matcher.names",
    "document_conflicts": "matcher.conflicts",
    "parse_mrz": "matcher.documents.mrz",
    "read_travellers": "matcher.passengers",
}

__all__ = [
    "Access",
    "Decision",
    "Document",
    "EpervierError",
    "ListVersion",
    "Match",
    "MrzDocument",
    "Name",
    "NameComparison",
    "PartialDate",
    "Store",
    "Traveller",
    "Watchlist",
    "compare_name_pairs",
    "compare_names",
    "document_conflicts",
    "parse_mrz",
    "read_travellers",
]


def __getattr__(name: str) -> Any:
    """Load a public name on first use."""
    module = _LAZY.get(name)
    if module is None:
        raise AttributeError(f"module 'matcher' has no attribute {name!r}")
    return getattr(importlib.import_module(module), name)


def __dir__() -> list[str]:
    return sorted(__all__)
