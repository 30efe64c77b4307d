"""Where a list reader puts what it reads: persons, documents, rejects, notes, counts.

The sink makes Arrow batches of bounded size and hands each to a callback, so an import holds at most
`BATCH_ROWS` entries of a kind in memory, or one block of a reader that gives columns. Entry ids are made unique
here (`#2`, `#3` in file order).
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from matcher.schema import DOCUMENT_ENTRY, PERSON_ENTRY, REJECT

BATCH_ROWS = 16_384
TABLES = {"persons": PERSON_ENTRY, "documents": DOCUMENT_ENTRY, "rejects": REJECT}


class Sink:
    """Collects what a reader finds; `close` flushes the rest.

    Attributes:
        as_of: Instant that the source says it describes (ISO 8601 text), set by the reader.
        by_kind: Entries by kind (`document` for rows of a document list).
        by_reason: Rejects by reason code.
        notes: Values that no rule could read and that were kept in `note`, by field.
        dropped: Rows that a mapping's filter left out.
        malformed: Entries whose document number cannot be a key.
    """

    def __init__(self, list_id: str, on_batch: Callable[[str, pa.RecordBatch], None]) -> None:
        self.list_id = list_id
        self.as_of: str | None = None
        self.by_kind: collections.Counter[str] = collections.Counter()
        self.by_reason: collections.Counter[str] = collections.Counter()
        self.notes: collections.Counter[str] = collections.Counter()
        self.dropped = 0
        self.malformed = 0
        self._on_batch = on_batch
        self._rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        self._ids: collections.Counter[str] = collections.Counter()

    def person(self, row: Mapping[str, Any]) -> str:
        """Add a person, organisation, conveyance or pattern; returns its unique entry id."""
        self._ids[row["entry_id"]] += 1
        count = self._ids[row["entry_id"]]
        entry_id = row["entry_id"] if count == 1 else f"{row['entry_id']}#{count}"
        if count > 1 and self._ids[entry_id]:
            return self.person({**row, "entry_id": entry_id})  # the source itself uses that id
        self._ids[entry_id] = max(self._ids[entry_id], 1)
        self.by_kind[row["kind"]] += 1
        self._add("persons", {**row, "entry_id": entry_id, "list_id": self.list_id})
        return str(entry_id)

    def document(self, row: Mapping[str, Any]) -> None:
        """Add a document; one without `person_entry_id` is an entry of a document list."""
        if row.get("person_entry_id") is None:
            self.by_kind["document"] += 1
        if row.get("malformed"):
            self.malformed += 1
        self._add("documents", dict(row))

    def document_list(self, batch: pa.RecordBatch) -> None:
        """Add rows of a document list that are already columns of `DOCUMENT_ENTRY`, in order."""
        self._flush("documents")
        self.by_kind["document"] += batch.num_rows
        self.malformed += batch.num_rows - batch.column("malformed").null_count
        self._on_batch("documents", batch)

    def reject(self, row: int, reason: str, *, field: str | None = None, source_file: str) -> None:
        """Record a row that cannot be read; see `matcher.ingest.reject.REASONS`."""
        self.by_reason[reason] += 1
        self._add("rejects", {"row": row, "reason": reason, "field": field, "source_file": source_file})

    def note(self, field: str) -> None:
        """Count a value that no rule reads; the reader keeps its text in `note`."""
        self.notes[field] += 1

    def close(self) -> None:
        """Hand over what is left in memory."""
        for name in TABLES:
            self._flush(name)

    @property
    def entries(self) -> int:
        """Entries so far."""
        return self.by_kind.total()

    def _add(self, name: str, row: dict[str, Any]) -> None:
        self._rows[name].append(row)
        if len(self._rows[name]) >= BATCH_ROWS:
            self._flush(name)

    def _flush(self, name: str) -> None:
        if self._rows[name]:
            self._on_batch(name, pa.RecordBatch.from_pylist(self._rows[name], schema=TABLES[name]))
            self._rows[name] = []
