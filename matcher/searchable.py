"""One list of the open snapshot, ready to be asked: entries by row, names, numbers.

Opens segments lazily and keeps entries that were read once. One object serves one thread at a time.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matcher.candidates.persons import exact_day
from matcher.entry import ACTIVE, PersonEntry, open_person
from matcher.listed import ListedDocument, ListedDocuments
from matcher.policy.kinds import kind_of
from matcher.query import CarriedDocument
from matcher.records import PartialDate
from matcher.schema import TEXT
from matcher.score.model import Model
from matcher.score.names import align_names
from matcher.snapshot.read import OpenList
from matcher.text import analyse_name

if TYPE_CHECKING:
    from matcher.candidates.first_stage import NameScan
    from matcher.candidates.wanted import Wanted
    from matcher.compare.forms import NameForms
    from matcher.index.names import NameIndex


DESCRIPTION = "description"  # how entries are found that are bodies to be identified
PATTERN, EXCEPTION = "pattern", "exception"  # kinds of entries that are no person


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """What a list says under one entry id.

    Attributes:
        list_id, entry_id: Where it stands.
        person: The row of `PERSON_ENTRY`; None: a document's entry.
        documents: Rows of `DOCUMENT_ENTRY`: the document itself, or those attached to the person.
    """

    list_id: str
    entry_id: str
    person: dict[str, Any] | None
    documents: list[dict[str, Any]]


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
        self.policy, self.sight = opened.policy, opened.sight
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
        """The scan over the names, which knows the birth dates."""
        from matcher.candidates.birth_dates import listed_dates
        from matcher.candidates.first_stage import NameScan

        return NameScan(self.names, self._model, listed_dates(self._persons.column("birth_dates")))

    @cached_property
    def _rows(self) -> dict[str, int]:
        """Row of each person with an attached document, by entry id."""
        return {entry_id: row for row, entry_id in enumerate(self._persons.column("entry_id").to_pylist())}

    def entry(self, entry_id: str, day: datetime.date) -> ListedEntry | None:
        """Return an entry in force on a day by its id: the person, and the documents listed under it."""
        if entry_id in self.withdrawn:
            return None
        row = pc.index(self._persons.column("entry_id"), pa.scalar(entry_id, TEXT)).as_py()
        if row >= 0 and not self.is_person_returnable(self.person(row), day):
            return None
        person = self._persons.slice(row, 1).to_pylist()[0] if row >= 0 else None
        documents = self._documents.entry_rows(entry_id)
        active = [one for one in documents if (one["state"] or ACTIVE) == ACTIVE]
        return ListedEntry(self.list_id, entry_id, person, active) if person or active else None

    @cached_property
    def patterns(self) -> tuple[PersonEntry, ...]:
        """The list's ways of working."""
        return tuple(map(open_person, self._rows_of_kind(PATTERN)))

    @cached_property
    def _described(self) -> dict[datetime.date, list[int]]:
        """Rows of the entries that are found by their description, by each exact birth date that they list."""
        found: dict[datetime.date, list[int]] = {}
        for category in self._categories:
            if kind_of(category).found_by != DESCRIPTION:
                continue
            rows = np.flatnonzero(pc.equal(self._persons.column("category"), category).to_numpy(zero_copy_only=False))
            for row in rows.tolist():
                for date in self.person(row).birth_dates:
                    if (day := exact_day(date)) is not None:
                        found.setdefault(day, []).append(row)
        return found

    @cached_property
    def has_described(self) -> bool:
        """Whether the list holds entries that are found by their description."""
        return any(kind_of(category).found_by == DESCRIPTION for category in self._categories)

    @cached_property
    def _categories(self) -> tuple[str, ...]:
        return tuple(pc.unique(self._persons.column("category")).to_pylist())

    def described_as_born(self, date: PartialDate | None) -> Sequence[int]:
        """Rows of entries found by their description that list an exact birth date."""
        day = exact_day(date)
        return () if day is None else self._described.get(day, ())

    def exception_rows(self) -> list[dict[str, Any]]:
        """Rows of the list's known false pairs that are not withdrawn."""
        return [row for row in self._rows_of_kind(EXCEPTION) if row["entry_id"] not in self.withdrawn]

    def entry_row(self, entry_id: str) -> dict[str, Any] | None:
        """Return the whole PERSON_ENTRY row of an entry; None when the list has none of that id."""
        row = self.person_row(entry_id)
        return None if row is None else self._persons.slice(row, 1).to_pylist()[0]

    def _rows_of_kind(self, kind: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._persons.filter(pc.equal(self._persons.column("kind"), kind)).to_pylist()
        return rows

    def has_documents(self, entry_id: str) -> bool:
        """Whether the list attaches any document to a person."""
        return entry_id in self._documents.holders

    def warm(self) -> None:
        """Open the names and the numbers, and load or compile the kernels that search them."""
        from matcher.candidates.wanted import wanted_bits
        from matcher.compare.forms import name_forms

        names = name_forms([analyse_name("warm name")], self._model.names)
        self.scan.first_stage(names, 0)
        self.scan.strongest(names, 0, np.zeros(min(1, len(self.names.counts)), np.int32))
        self.scan.weigh(names, np.zeros((min(1, len(self.names.counts)), 2), np.int32))
        align_names(self._model, analyse_name("warm name"), analyse_name("warm names"))
        self.scan.reaches(np.zeros(0, np.int32), wanted_bits(0.0), np.zeros(0))
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

    @property
    def has_persons(self) -> bool:
        """Whether the list holds entries beside documents."""
        return bool(self._persons.num_rows)

    def prepare_names(self, forms: NameForms, wanted: Sequence[Wanted], *, workers: int = 1) -> None:
        """Search a batch of names in several threads; equal tokens are worked once. Arguments as for the scan's."""
        if self.has_persons:
            self.scan.prepare(forms, () if self.has_described else wanted, workers=workers)

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
        """Active and not withdrawn, and its person too.

        A document's own expiry does not end its report; its review does where the list's policy says so.
        """
        if document.entry_id in self.withdrawn or (document.state or ACTIVE) != ACTIVE:
            return False
        if document.person_entry_id is None:
            ends_on = document.review_on if self.policy.ends_on_review else None
            return ends_on is None or decided_on < ends_on
        row = self.person_row(document.person_entry_id)
        return row is not None and self.is_person_returnable(self.person(row), decided_on)
