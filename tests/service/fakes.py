"""Stand-ins for a watchlist: canned decisions, planted faults, a gate that holds a lookup open."""

from __future__ import annotations

import dataclasses
import datetime
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
from fastapi import FastAPI

from matcher.passengers import traveller_from_mrz
from matcher.records import ListVersion, Traveller
from matcher.schema import DOCUMENT_MATCH
from service.app import create_app
from service.settings import Settings

if TYPE_CHECKING:
    from matcher.watchlist import Watchlist

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


@dataclass
class FakeDecision:
    """A decision without matches."""

    reference: str
    snapshot_id: str
    model_id: str = "model-1"
    outcome: str | None = "no_match"
    reject_reason: str | None = None
    warnings: tuple[str, ...] = ()
    matches: tuple[Any, ...] = ()

    def to_dict(self, locale: str = "en") -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "reference": self.reference,
            "outcome": self.outcome,
            "reject_reason": None,
            "warnings": [],
            "matches": [],
            "caps": {},
            "snapshot_id": self.snapshot_id,
            "model_id": "model-1",
            "decided_at": NOW.isoformat(),
            "is_lead": True,
        }


@dataclass
class FakeWatchlist:
    """Answers no match to everything, or raises what it was given."""

    snapshot_id: str = "snapshot-1"
    model_id: str = "model-1"
    fault: Exception | None = None
    gate: threading.Event | None = None
    asked: list[Traveller] = field(default_factory=list)

    def lookup_mrz(self, text: str, decided_at: Any = None) -> FakeDecision:
        """Read the zone as the library does, and answer."""
        return self.lookup_batch([traveller_from_mrz(text)])[0]

    def lookup_batch(self, travellers: list[Traveller], decided_at: Any = None) -> list[FakeDecision]:
        """Remember the travellers and answer."""
        if self.gate is not None:
            self.gate.wait(10)
        if self.fault is not None:
            raise self.fault
        self.asked.extend(travellers)
        return [FakeDecision(str(traveller.reference), self.snapshot_id) for traveller in travellers]

    def search_documents(self, numbers: Sequence[str], **_: Any) -> pa.Table:
        """Find nothing."""
        if self.fault is not None:
            raise self.fault
        return DOCUMENT_MATCH.empty_table()

    def decide_batches(self, travellers: Any, decided_at: Any = None, **_: Any) -> Iterator[list[FakeDecision]]:
        """Answer each row."""
        for batch in [travellers] if isinstance(travellers, pa.RecordBatch) else travellers:
            yield self.lookup_batch([Traveller(reference=row) for row in batch.column("reference").to_pylist()])

    def with_preset(self, preset: str) -> FakeWatchlist:
        """Take another preset's name."""
        return dataclasses.replace(self, model_id=f"model-1+{preset}")

    def apart(self) -> FakeWatchlist:
        """Answer as before."""
        return self

    def imported_at(self) -> dict[str, str]:
        """Say when the list came."""
        return {"sltd": NOW.isoformat()}

    def max_age_days(self) -> dict[str, int]:
        """Say that the list may be of any age."""
        return {}

    def lists(self) -> list[ListVersion]:
        """Show one list."""
        return [ListVersion("sltd", "v1", "sltd-csv", None, 3, 1, 0, {"document": 3})]


def put_in_force(store: Path, name: str = "snapshot-1") -> None:
    """Replace the pointer of a store as a writer does."""
    store.mkdir(exist_ok=True)
    temporary = store / f".CURRENT.{name}"
    temporary.write_text(name, encoding="utf-8")
    temporary.replace(store / "CURRENT")


def make_app(store: Path, watchlist: FakeWatchlist, **settings: Any) -> FastAPI:
    """Make an application on a fake watchlist."""
    put_in_force(store)
    return create_app(Settings(store=store, **settings), lambda access: cast("Watchlist", watchlist))
