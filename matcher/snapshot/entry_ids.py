"""Entry ids of documents, most of which are not stored but derived: a list holds millions.

Order: the id that the reader gave; else the entry of the person that the document is attached to; else
the keyed digest of `matcher.ingest.entry_ids`. Rows alike in issuer, type, number and day of report are
one entry and share the id.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from matcher.documents.numbers import lookup_key
from matcher.ingest.entry_ids import derived_entry_id
from matcher.snapshot.documents import DocumentRows

ID_COLUMNS = ["entry_id", "person_entry_id", "issuing_state", "type", "number", "reported_on"]


class DocumentIds:
    """Derives the entry ids of one list version's documents.

    Args:
        documents: The list version's rows.
        key: The store's key.

    Examples:
        >>> import pyarrow as pa
        >>> from matcher.schema import DOCUMENT_ENTRY
        >>> row = {"number": "L898902C3", "issuing_state": "UTO", "type": "P", "source_row": 2}
        >>> table = pa.Table.from_pylist([row, {**row, "person_entry_id": "7"}], schema=DOCUMENT_ENTRY)
        >>> DocumentIds(DocumentRows.of(table), key=bytes(32)).at([1, 0])
        ['7', 'd-...']
    """

    def __init__(self, documents: DocumentRows, *, key: bytes) -> None:
        self._documents = documents
        self._key = key

    def at(self, rows: Sequence[int]) -> list[str]:
        """Return the ids of some rows, in the order asked; rows count from 0."""
        return list(self.of(self._documents.take(rows, ID_COLUMNS)))

    def all(self) -> Iterator[str]:
        """Go through the ids of all rows, in the table's order."""
        for batch in self._documents.batches(ID_COLUMNS):
            yield from self.of(batch)

    def of(self, rows: pa.RecordBatch) -> Iterator[str]:
        """Go through the ids of rows that were read, given with the columns `ID_COLUMNS`."""
        for row in zip(*(column.to_pylist() for column in rows.columns), strict=True):
            given, person, issuer, kind, number, reported_on = row
            if given is not None or person is not None:
                yield given if given is not None else person
            else:
                yield derived_entry_id(self._key, issuer, kind, lookup_key(number), reported_on)
