"""Documents of one list that a carried document may be: found by number, read from their rows.

Steps for a batch: numbers searched together -> the rows found read together, only the columns that answers need ->
ids. What was found is kept, so that the batch's travellers are then answered one by one. One object serves one thread
at a time.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from matcher.documents.slips import SLIPS
from matcher.index.documents import DocumentIndex, warm
from matcher.index.series import Series
from matcher.query import CarriedDocument
from matcher.score.fields import NumberPair
from matcher.snapshot.documents import DocumentRows
from matcher.snapshot.entry_ids import ID_COLUMNS, DocumentIds

NUMBERS_KEPT = 65_536  # documents whose rows are kept; a batch is searched together
EXACT = SLIPS[0]
_COLUMNS = (*ID_COLUMNS, "status", "category", "state", "expires_on", "review_on")
_Asked = tuple[str, str | None, str | None, bool]  # number, issuing state, type, near


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
    review_on: datetime.date | None
    slip: str
    series: Series

    @property
    def is_attached(self) -> bool:
        """Whether it is a listed person's document."""
        return self.person_entry_id is not None

    def beside(self, carried: CarriedDocument, source: str) -> NumberPair:
        """Put it beside a carried document, to be weighed; `source` as in `score.slips`."""
        listed = CarriedDocument(self.number, self.issuing_state, self.type, self.expires_on)
        count = 0.0 if self.slip == EXACT else self.series.count(self.number, self.issuing_state)
        return NumberPair(carried, listed, self.slip, count, source, self.is_attached)


class ListedDocuments:
    """The documents of one list, asked by what travellers carry.

    Args:
        documents: The list version's rows, mapped.
        segment: Its index's tables.
        key: The store's key, for derived document ids.
    """

    def __init__(self, documents: DocumentRows, segment: Mapping[str, pa.Table], *, key: bytes) -> None:
        self._documents, self._segment = documents, segment
        self._ids = DocumentIds(documents, key=key)
        self._found: dict[_Asked, list[ListedDocument]] = {}

    @cached_property
    def numbers(self) -> DocumentIndex:
        """The list's document numbers."""
        return DocumentIndex(self._segment, self._documents)

    @cached_property
    def _series(self) -> Series:
        return Series(self._segment["document_series"])

    @cached_property
    def holders(self) -> frozenset[str]:
        """Entry ids of the persons to whom the list attaches a document."""
        found: set[str] = set()
        for batch in self._documents.batches(["person_entry_id"]):
            found.update(batch.column(0).unique().drop_null().to_pylist())
        return frozenset(found)

    def entry_rows(self, entry_id: str) -> list[dict[str, Any]]:
        """Return the rows of an entry as `DOCUMENT_ENTRY` has them; costs as `DocumentIds.rows` does."""
        rows = list(self._ids.rows(entry_id))
        found: list[dict[str, Any]] = self._documents.take(rows).to_pylist() if rows else []
        return found

    def warm(self) -> None:
        """Open the numbers, and load or compile the kernels that search them."""
        if self._documents.num_rows:
            warm()
            self.numbers.near_batch(["A1234567"])

    def prepare(self, carried: Iterable[CarriedDocument], *, near: bool) -> None:
        """Search the documents of a batch together; `found` then only reads what was found."""
        if not self._documents.num_rows:
            return
        wanted = dict.fromkeys((one.number, one.issuing_state, one.type, near) for one in carried)
        fresh = [asked for asked in wanted if asked not in self._found]
        if len(self._found) + len(fresh) > NUMBERS_KEPT:
            self._found.clear()
            fresh = list(wanted)
        for asked in fresh:
            self._found[asked] = []
        if fresh:
            self._search(fresh, near=near)

    def found(self, carried: CarriedDocument, *, near: bool) -> list[ListedDocument]:
        """Return the rows with an equal number, and with a near one if asked, best slip first."""
        asked = carried.number, carried.issuing_state, carried.type, near
        if asked not in self._found:
            self.prepare([carried], near=near)
        return self._found.get(asked, [])

    def _search(self, asked: list[_Asked], *, near: bool) -> None:
        numbers = [number for number, _, _, _ in asked]
        if near:
            states, types = ([one[place] for one in asked] for place in (1, 2))
            rows = self.numbers.near_batch(numbers, states, types)
            queries, places, slips = rows.query_row.tolist(), rows.row, [SLIPS[slip] for slip in rows.slip.tolist()]
        else:
            found, places = self.numbers.exact_rows(numbers)
            queries, slips = found.tolist(), [EXACT] * len(found)
        if not len(places):
            return
        read = self._documents.tuples(places, _COLUMNS)
        ids = self._ids.of(values[: len(ID_COLUMNS)] for values in read)
        for query, row, slip, entry_id, values in zip(queries, places.tolist(), slips, ids, read, strict=True):
            _, person, issuer, kind, number, reported_on, status, category, state, expires_on, review_on = values
            listed = ListedDocument(
                row=row,
                entry_id=entry_id,
                number=number,
                issuing_state=issuer,
                type=kind,
                status=status,
                expires_on=expires_on and expires_on.isoformat(),
                category=category or "document",
                person_entry_id=person,
                state=state,
                reported_on=reported_on,
                review_on=review_on,
                slip=slip,
                series=self._series,
            )
            self._found[asked[query]].append(listed)
