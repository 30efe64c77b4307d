"""One list of the open snapshot, ready to be asked: entries by row, names, numbers.

Opens segments lazily and keeps entries that were read once. One object serves one thread at a time.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from matcher.candidates.full_scan import FullScan
from matcher.entry import ACTIVE, PersonEntry, open_person
from matcher.index.documents import DocumentIndex
from matcher.index.names import NameIndex
from matcher.score.model import Model
from matcher.snapshot.entry_ids import DocumentIds
from matcher.snapshot.read import OpenList


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document row that carries the number asked for."""

    row: int
    entry_id: str
    number: str
    issuing_state: str | None
    type: str | None
    status: str | None
    category: str
    person_entry_id: str | None
    note: str | None
    state: str | None


class SearchableList:
    """A list's tables with what is derived from them.

    Args:
        opened: The list, mapped.
        model: Weighs the scan's evidence.
        key: The store's key, for derived document ids.
    """

    def __init__(self, opened: OpenList, *, model: Model, key: bytes) -> None:
        self.manifest = opened.manifest
        self.list_id = opened.manifest.list_id
        self.withdrawn = opened.withdrawn
        self._persons, self._documents, self._segment = opened.persons, opened.documents, opened.segment
        self._model = model
        self._ids = DocumentIds(opened.documents, key=key)
        self._opened: dict[int, PersonEntry] = {}

    @cached_property
    def names(self) -> NameIndex:
        """The list's names."""
        return NameIndex(self._segment)

    @cached_property
    def scan(self) -> FullScan:
        """The scan over the names."""
        return FullScan(self.names, self._model)

    @cached_property
    def numbers(self) -> DocumentIndex:
        """The list's document numbers."""
        return DocumentIndex(self._segment, self._documents.column("number"))

    @cached_property
    def _rows(self) -> dict[str, int]:
        """Row of each person with an attached document, by entry id."""
        return {entry_id: row for row, entry_id in enumerate(self._persons.column("entry_id").to_pylist())}

    def person(self, row: int) -> PersonEntry:
        """Return the person entry of a row."""
        entry = self._opened.get(row)
        if entry is None:
            entry = self._opened[row] = open_person(self._persons.slice(row, 1).to_pylist()[0])
        return entry

    def person_row(self, entry_id: str) -> int | None:
        """Return the row of a person entry, None when the list has none of that id."""
        return self._rows.get(entry_id)

    def is_person_returnable(self, entry: PersonEntry, decided_on: datetime.date) -> bool:
        """Whether a person entry may appear in an answer."""
        return entry.entry_id not in self.withdrawn and entry.is_returnable(decided_on)

    def documents(self, number: str, decided_on: datetime.date) -> list[ListedDocument]:
        """Return the rows with an equal number key that may appear in an answer, by row."""
        rows = self.numbers.rows(number)
        found = (self._document(row, entry_id) for row, entry_id in zip(rows, self._ids.at(rows), strict=True))
        return [one for one in found if self._is_document_returnable(one, decided_on)]

    def _is_document_returnable(self, document: ListedDocument, decided_on: datetime.date) -> bool:
        """Active and not withdrawn, and its person too; a document's own expiry does not end its report."""
        if document.entry_id in self.withdrawn or (document.state or ACTIVE) != ACTIVE:
            return False
        if document.person_entry_id is None:
            return True
        row = self.person_row(document.person_entry_id)
        return row is not None and self.is_person_returnable(self.person(row), decided_on)

    def _document(self, row: int, entry_id: str) -> ListedDocument:
        values: dict[str, Any] = self._documents.slice(row, 1).to_pylist()[0]
        return ListedDocument(
            row=row,
            entry_id=entry_id,
            number=values["number"],
            issuing_state=values["issuing_state"],
            type=values["type"],
            status=values["status"],
            category=values["category"] or "document",
            person_entry_id=values["person_entry_id"],
            note=values["note"],
            state=values["state"],
        )
