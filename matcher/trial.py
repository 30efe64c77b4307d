"""What an import would change: the decisions of a sample of travellers, on the list in force and on the new one."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from matcher.decision import Decision
from matcher.schema import TEXT
from matcher.watchlist import Watchlist

CHANGE = pa.schema(
    [
        ("reference", TEXT),  # the traveller's; never null
        ("before", TEXT),  # outcome on the list in force; null: the traveller could not be screened
        ("after", TEXT),  # outcome on the new version
        ("lost", pa.large_list(TEXT)),  # entry ids that no longer match
        ("gained", pa.large_list(TEXT)),  # entry ids that match now
        ("moved", pa.large_list(TEXT)),  # entry ids that match in both with another outcome
    ]
)
ROWS = 1024


def changes(before: Watchlist, after: Watchlist, travellers: Any, decided_at: datetime.datetime) -> pa.Table:
    """Screen travellers on two watchlists; returns `CHANGE`, one row a traveller whose matches differ."""
    rows = []
    for first, second in zip(
        _decisions(before, travellers, decided_at), _decisions(after, travellers, decided_at), strict=True
    ):
        old, new = _matches(first), _matches(second)
        if old != new:
            rows.append(
                {
                    "reference": first.reference,
                    "before": first.outcome,
                    "after": second.outcome,
                    "lost": sorted(set(old) - set(new)),
                    "gained": sorted(set(new) - set(old)),
                    "moved": sorted(one for one in set(old) & set(new) if old[one] != new[one]),
                }
            )
    return pa.Table.from_pylist(rows, schema=CHANGE)


def _decisions(watchlist: Watchlist, travellers: pa.Table, decided_at: datetime.datetime) -> Iterator[Decision]:
    for batch in travellers.to_batches(max_chunksize=ROWS):
        yield from watchlist.decide_rows(batch.to_pylist(), decided_at)


def _matches(decision: Decision) -> dict[str, str]:
    return {match.entry_id: match.outcome for match in decision.matches if match.entry_id is not None}
