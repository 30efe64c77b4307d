"""One list of the open snapshot, ready to be asked: entries by row, names, numbers.

Opens segments lazily and keeps entries that were read once. One object serves one thread at a time.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from matcher.entry import ACTIVE, PersonEntry, open_person
from matcher.listed import ListedDocument, ListedDocuments
from matcher.query import CarriedDocument
from matcher.score.model import Model
from matcher.score.names import align_names
from matcher.snapshot.read import OpenList
from matcher.text import analyse_name

if TYPE_CHECKING:
    from matcher.candidates.first_stage import NameScan
    from matcher.compare.forms import NameForms
    from matcher.index.names import NameIndex


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
        self._persons, self._segment = opened.persons, opened.segment
        self._model = model
        self._documents = ListedDocuments(opened.documents, opened.segment, key=key)
        self._opened: dict[int, PersonEntry] = {}

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
    def _rows(self) -> dict[str, int]:
        """Row of each person with an attached document, by entry id."""
        return {entry_id: row for row, entry_id in enumerate(self._persons.column("entry_id").to_pylist())}

    def has_documents(self, entry_id: str) -> bool:
        """Whether the list attaches any document to a person."""
        return entry_id in self._documents.holders

    def warm(self) -> None:
        """Open the names and the numbers, and load or compile the kernels that search them."""
        from matcher.compare.forms import name_forms

        names = name_forms([analyse_name("warm name")], self._model.names)
        self.scan.first_stage(names, 0)
        self.scan.strongest(names, 0, np.zeros(min(1, len(self.names.counts)), np.int32))
        self.scan.weigh(names, np.zeros((min(1, len(self.names.counts)), 2), np.int32))
        align_names(self._model, analyse_name("warm name"), analyse_name("warm names"))
        self._documents.warm()

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

    def prepare_names(self, forms: NameForms, *, workers: int = 1) -> None:
        """Search a batch of names and weigh what is found, in several threads; equal tokens are worked once."""
        self.scan.prepare(forms, workers=workers)

    def prepare_documents(self, carried: Iterable[CarriedDocument], *, near: bool = True) -> None:
        """Search the documents of a batch together; `documents` then only reads what was found."""
        self._documents.prepare(carried, near=near)

    def documents(
        self, carried: CarriedDocument, decided_on: datetime.date, *, near: bool = True
    ) -> list[ListedDocument]:
        """Return the rows with an equal or near number that may appear in an answer, best slip first."""
        found = self._documents.found(carried, near=near)
        return [one for one in found if self._is_document_returnable(one, decided_on)]

    def _is_document_returnable(self, document: ListedDocument, decided_on: datetime.date) -> bool:
        """Active and not withdrawn, and its person too; a document's own expiry does not end its report."""
        if document.entry_id in self.withdrawn or (document.state or ACTIVE) != ACTIVE:
            return False
        if document.person_entry_id is None:
            return True
        row = self.person_row(document.person_entry_id)
        return row is not None and self.is_person_returnable(self.person(row), decided_on)
