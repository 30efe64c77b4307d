"""Where a list reader puts what it reads: persons, documents, rejects, notes, counts.

The sink makes Arrow batches of bounded size and hands each to a callback, so an import holds at most
`BATCH_ROWS` entries of a kind in memory, or one block of a reader that gives columns. Entry ids are made unique
here (`#2`, `#3` in file order), and every entry meets the rules of the data (`matcher.ingest.rules`): entries that
are not for everybody go to parts of the list of their own, with their documents.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from matcher.access import UNRESTRICTED, Restriction
from matcher.ingest import rules
from matcher.schema import DOCUMENT_ENTRY, PERSON_ENTRY, REJECT

BATCH_ROWS = 16_384
TABLES = {"persons": PERSON_ENTRY, "documents": DOCUMENT_ENTRY, "rejects": REJECT}


OnBatch = Callable[[str, pa.RecordBatch], None]


@dataclass
class Part:
    """The entries of one restriction: their counts, and those rows that are still in memory."""

    by_kind: collections.Counter[str] = field(default_factory=collections.Counter)
    malformed: int = 0
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in TABLES})


class Sink:
    """Collects what a reader finds; `close` flushes the rest.

    Args:
        list_id: The list.
        on_batch: Takes table name and batch of entries that are for everybody, and of rejects.
        on_restricted: Takes restriction, table name and batch of the others; without it nothing is parted.

    Attributes:
        as_of: Instant that the source says it describes (ISO 8601 text), set by the reader.
        by_kind: Entries by kind (`document` for rows of a document list).
        by_reason: Rejects by reason code.
        notes: Values that no rule could read and that were kept in `note`, by field.
        dropped: Rows that a mapping's filter left out.
        parts: Counts by restriction.
    """

    def __init__(
        self,
        list_id: str,
        on_batch: OnBatch,
        on_restricted: Callable[[Restriction, str, pa.RecordBatch], None] | None = None,
    ) -> None:
        self.list_id = list_id
        self.as_of: str | None = None
        self.by_reason: collections.Counter[str] = collections.Counter()
        self.notes: collections.Counter[str] = collections.Counter()
        self.dropped = 0
        self.parts: dict[Restriction, Part] = {UNRESTRICTED: Part()}
        self._on_batch, self._on_restricted = on_batch, on_restricted
        self._ids: collections.Counter[str] = collections.Counter()
        self._restricted: dict[str, Restriction] = {}  # by entry id; those for everybody are left out
        self._refused: set[str] = set()  # entry ids, whose documents go with them

    def person(self, row: Mapping[str, Any], source_file: str = "") -> str:
        """Add a person, organisation, conveyance or pattern; returns its unique entry id, also where it is refused.

        A row whose rules can't be kept is a reject, and so are its documents; `source_file` is for that.
        """
        self._ids[row["entry_id"]] += 1
        count = self._ids[row["entry_id"]]
        entry_id = row["entry_id"] if count == 1 else f"{row['entry_id']}#{count}"
        if count > 1 and self._ids[entry_id]:
            return self.person({**row, "entry_id": entry_id}, source_file)  # the source itself uses that id
        self._ids[entry_id] = max(self._ids[entry_id], 1)
        kept = {**rules.ruled(row), "entry_id": entry_id, "list_id": self.list_id}
        if (fault := rules.fault_of(kept)) is not None:
            self._refused.add(entry_id)
            self.reject(row["source_row"], fault[0], field=fault[1], source_file=source_file)
            return str(entry_id)
        if not rules.is_known(kept):
            self.note(rules.UNKNOWN_CATEGORY)
        restriction = UNRESTRICTED if self._on_restricted is None else rules.restriction_of(kept)
        if not restriction.is_open:
            self._restricted[entry_id] = restriction
        part = self.parts.setdefault(restriction, Part())
        part.by_kind[kept["kind"]] += 1
        self._add("persons", kept, restriction)
        return str(entry_id)

    def document(self, row: Mapping[str, Any]) -> None:
        """Add a document; one without `person_entry_id` is an entry of a document list."""
        holder = row.get("person_entry_id")
        if holder in self._refused:
            return
        restriction = UNRESTRICTED if holder is None else self._restricted.get(holder, UNRESTRICTED)
        part = self.parts[restriction]
        if holder is None:
            part.by_kind["document"] += 1
        if row.get("malformed"):
            part.malformed += 1
        self._add("documents", {**row, "category": rules.ruled(row)["category"]}, restriction)

    def document_list(self, batch: pa.RecordBatch) -> None:
        """Add rows of a document list that are already columns of `DOCUMENT_ENTRY`, in order."""
        self._flush("documents", UNRESTRICTED)
        part = self.parts[UNRESTRICTED]
        part.by_kind["document"] += batch.num_rows
        part.malformed += batch.num_rows - batch.column("malformed").null_count
        self._on_batch("documents", batch)

    def reject(self, row: int, reason: str, *, field: str | None = None, source_file: str) -> None:
        """Record a row that cannot be read; see `matcher.ingest.reject.REASONS`."""
        self.by_reason[reason] += 1
        self._add("rejects", {"row": row, "reason": reason, "field": field, "source_file": source_file}, UNRESTRICTED)

    def note(self, field: str) -> None:
        """Count a value that no rule reads; the reader keeps its text in `note`."""
        self.notes[field] += 1

    def close(self) -> None:
        """Hand over what is left in memory."""
        for restriction in self.parts:
            for name in TABLES:
                self._flush(name, restriction)

    @property
    def by_kind(self) -> collections.Counter[str]:
        """Entries so far, by kind."""
        return sum((part.by_kind for part in self.parts.values()), collections.Counter())

    @property
    def malformed(self) -> int:
        """Entries so far whose document number cannot be a key."""
        return sum(part.malformed for part in self.parts.values())

    @property
    def entries(self) -> int:
        """Entries so far."""
        return sum(part.by_kind.total() for part in self.parts.values())

    def _add(self, name: str, row: dict[str, Any], restriction: Restriction) -> None:
        rows = self.parts[restriction].rows[name]
        rows.append(row)
        if len(rows) >= BATCH_ROWS:
            self._flush(name, restriction)

    def _flush(self, name: str, restriction: Restriction) -> None:
        rows = self.parts[restriction].rows
        if rows[name]:
            batch = pa.RecordBatch.from_pylist(rows[name], schema=TABLES[name])
            rows[name] = []
            if self._on_restricted is None or restriction.is_open:
                self._on_batch(name, batch)
            else:
                self._on_restricted(restriction, name, batch)
