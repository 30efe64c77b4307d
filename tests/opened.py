"""Lists opened in memory, for tests that need a watchlist but no disk."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa

from matcher.access import OPEN
from matcher.index import build_segment
from matcher.policy.lists import DEFAULT_POLICY
from matcher.schema import DOCUMENT_ENTRY, PERSON_ENTRY
from matcher.score.model import load_model
from matcher.screen import Screener
from matcher.searchable import SearchableList
from matcher.snapshot.documents import DocumentRows
from matcher.snapshot.read import OpenList

KEY = bytes(32)
_Date = tuple[int | None, int | None, int | None]


def person_row(
    entry_id: str,
    names: Sequence[str],
    *,
    kinds: Sequence[str] | None = None,
    birth_date: _Date | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """A PERSON_ENTRY row with every column."""
    kinds = kinds or ["primary"] + ["alias"] * (len(names) - 1)
    dates = None
    if birth_date is not None:
        year, month, day = birth_date
        dates = [{"year": year, "month": month, "day": day, "calendar": None, "year_to": None, "approximate": None}]
    row = {**dict.fromkeys(PERSON_ENTRY.names), "list_id": "test", "entry_id": entry_id, "kind": "person"}
    row |= {"category": "other", "source_row": 1, "birth_dates": dates}
    row["names"] = [{"text": text, "kind": kind, "quality": None} for text, kind in zip(names, kinds, strict=True)]
    return row | fields


def document_row(number: str, issuing_state: str | None, type: str | None, **fields: Any) -> dict[str, Any]:
    """A DOCUMENT_ENTRY row with every column."""
    row = {**dict.fromkeys(DOCUMENT_ENTRY.names), "number": number, "issuing_state": issuing_state, "type": type}
    return row | {"category": "document", "source_row": 1} | fields


class Opened:
    """One or more lists ready to be asked, without a store."""

    def __init__(self, lists: Sequence[SearchableList]) -> None:
        self.lists = lists
        self.screener = Screener(lists, load_model(), "s-test", key=bytes(32))

    def decide(self, row: Mapping[str, Any], at: datetime.datetime) -> Any:
        """The decision for one TRAVELLER row."""
        return self.screener.decide([row], at)[0]


def searchable(
    persons: Sequence[Mapping[str, Any]],
    documents: Sequence[Mapping[str, Any]],
    *,
    list_id: str = "test",
    withdrawn: Sequence[str] = (),
) -> SearchableList:
    """One list from rows."""
    tables = (
        pa.Table.from_pylist(list(persons), schema=PERSON_ENTRY),
        DocumentRows.of(pa.Table.from_pylist(list(documents), schema=DOCUMENT_ENTRY)),
    )
    manifest = SimpleNamespace(list_id=list_id)
    opened = SimpleNamespace(
        manifest=manifest,
        persons=tables[0],
        documents=tables[1],
        segment=build_segment(*tables),
        withdrawn=frozenset(withdrawn),
        policy=DEFAULT_POLICY,
        sight=OPEN,
    )
    return SearchableList(cast(OpenList, opened), model=load_model(), key=KEY)


def watchlist_of(
    persons: Sequence[Mapping[str, Any]], documents: Sequence[Mapping[str, Any]], **options: Any
) -> Opened:
    """A single list, ready to be asked."""
    return Opened([searchable(persons, documents, **options)])
