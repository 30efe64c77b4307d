"""One list of the open snapshot, ready to be asked: entries by row, names, numbers.

Opens segments lazily and keeps entries that were read once. One object serves one thread at a time.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.documents.slips import SLIPS
from matcher.entry import ACTIVE, PersonEntry, open_person
from matcher.index.documents import DocumentIndex, warm
from matcher.index.series import Series
from matcher.query import CarriedDocument
from matcher.score.fields import NumberPair
from matcher.score.model import Model
from matcher.snapshot.entry_ids import DocumentIds
from matcher.snapshot.read import OpenList
from matcher.text import analyse_name

if TYPE_CHECKING:
    from matcher.candidates.first_stage import NameScan
    from matcher.index.names import NameIndex

NUMBERS_KEPT = 65_536  # numbers whose rows are kept; a batch is searched together


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document row whose number is equal to the one asked for, or near it by a slip."""

    row: int
    entry_id: str
    number: str
    issuing_state: str | None
    type: str | None
    status: str | None
    expires_on: str | None
    category: str
    person_entry_id: str | None
    state: str | None
    reported_on: datetime.date | None
    slip: str
    series_count: float

    @property
    def is_attached(self) -> bool:
        """Whether it is a listed person's document."""
        return self.person_entry_id is not None

    def beside(self, carried: CarriedDocument, source: str) -> NumberPair:
        """Put it beside a carried document, to be weighed; `source` as in `score.slips`."""
        listed = CarriedDocument(self.number, self.issuing_state, self.type, self.expires_on)
        return NumberPair(carried, listed, self.slip, self.series_count, source, self.is_attached)


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
        self._found: dict[str, list[tuple[int, str]]] = {}

    @cached_property
    def names(self) -> NameIndex:
        """The list's names."""
        from matcher.index.names import NameIndex  # imports numba

        return NameIndex(self._segment)

    @cached_property
    def scan(self) -> NameScan:
        """The scan over the names."""
        from matcher.candidates.first_stage import NameScan

        return NameScan(self.names, self._model)

    @cached_property
    def numbers(self) -> DocumentIndex:
        """The list's document numbers."""
        return DocumentIndex(self._segment, self._documents.column("number"))

    @cached_property
    def _series(self) -> Series:
        return Series(self._segment["document_series"])

    @cached_property
    def _rows(self) -> dict[str, int]:
        """Row of each person with an attached document, by entry id."""
        return {entry_id: row for row, entry_id in enumerate(self._persons.column("entry_id").to_pylist())}

    @cached_property
    def _with_documents(self) -> frozenset[str]:
        return frozenset(self._documents.column("person_entry_id").unique().drop_null().to_pylist())

    def has_documents(self, entry_id: str) -> bool:
        """Whether the list attaches any document to a person."""
        return entry_id in self._with_documents

    def warm(self) -> None:
        """Open the names and the numbers, and load or compile the kernels that search them."""
        from matcher.compare.forms import name_forms

        names = name_forms([analyse_name("warm name")], self._model.names)
        self.scan.first_stage(names, 0)
        self.scan.weigh(names, np.zeros((min(1, len(self.names.counts)), 2), np.int32))
        if self._documents.num_rows:
            warm()
            self.numbers.near_batch(["A1234567"])

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

    def prepare_documents(self, numbers: Iterable[str]) -> None:
        """Search the numbers of a batch together; `documents` then only reads what was found."""
        wanted = list(dict.fromkeys(number for number in numbers if number not in self._found))
        if len(self._found) + len(wanted) > NUMBERS_KEPT:
            self._found.clear()
        for number in wanted:
            self._found[number] = []
        near = self.numbers.near_batch(wanted) if wanted and self._documents.num_rows else None
        for at, row, slip in zip(near.query_row, near.row, near.slip, strict=True) if near is not None else ():
            self._found[wanted[at]].append((int(row), SLIPS[slip]))

    def documents(self, number: str, decided_on: datetime.date, *, near: bool = True) -> list[ListedDocument]:
        """Return the rows with an equal or near number that may appear in an answer, best slip first."""
        self.prepare_documents([number])
        pairs = [(row, slip) for row, slip in self._found[number] if near or slip == "exact"]
        ids = self._ids.at([row for row, _ in pairs])
        found = (self._document(row, entry_id, slip) for (row, slip), entry_id in zip(pairs, ids, strict=True))
        return [one for one in found if self._is_document_returnable(one, decided_on)]

    def _is_document_returnable(self, document: ListedDocument, decided_on: datetime.date) -> bool:
        """Active and not withdrawn, and its person too; a document's own expiry does not end its report."""
        if document.entry_id in self.withdrawn or (document.state or ACTIVE) != ACTIVE:
            return False
        if document.person_entry_id is None:
            return True
        row = self.person_row(document.person_entry_id)
        return row is not None and self.is_person_returnable(self.person(row), decided_on)

    def _document(self, row: int, entry_id: str, slip: str) -> ListedDocument:
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
            state=values["state"],
            expires_on=values["expires_on"] and values["expires_on"].isoformat(),
            reported_on=values["reported_on"],
            slip=slip,
            series_count=self._series.count(values["number"], values["issuing_state"]),
        )
