"""Entry ids of documents, most of which are not stored but derived: a list holds millions.

Order: the id that the reader gave; else the entry of the person that the document is attached to; else
the keyed digest of `matcher.ingest.entry_ids`. Rows alike in issuer, type, number and day of report are
one entry and share the id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from matcher.documents.numbers import MAX_KEY_LENGTH, lookup_key
from matcher.ingest.entry_ids import DERIVED_ID, derived_entry_id, digest_of_id, keyed_digest
from matcher.schema import TEXT
from matcher.snapshot.documents import DocumentRows

DERIVED_FROM = ["issuing_state", "type", "number", "reported_on"]
ID_COLUMNS = ["entry_id", "person_entry_id", *DERIVED_FROM]
_PLAIN_NUMBER = f"^[0-9A-Za-z]{{1,{MAX_KEY_LENGTH}}}$"


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
        return list(self.of(self._documents.tuples(rows, ID_COLUMNS)))

    def all(self) -> Iterator[str]:
        """Go through the ids of all rows, in the table's order."""
        for batch in self._documents.batches(ID_COLUMNS):
            yield from self.of(zip(*(column.to_pylist() for column in batch.columns), strict=True))

    def holds(self, entry_id: str) -> bool:
        """Tell whether some row has this id; costs as `rows` does."""
        return next(self.rows(entry_id), None) is not None

    def rows(self, entry_id: str) -> Iterator[int]:
        """Go through the rows that have this id, ascending.

        Cost:
            A pass over the columns of ids; for one of a derived id's form another pass, about 1 microsecond a row.
        """
        wanted, start = pa.scalar(entry_id, TEXT), 0
        for batch in self._documents.batches(["entry_id", "person_entry_id"]):
            given = pc.coalesce(batch.column("entry_id"), batch.column("person_entry_id"))
            yield from (start + at for at in pc.indices_nonzero(pc.equal(given, wanted).fill_null(False)).to_pylist())
            start += batch.num_rows
        if DERIVED_ID.fullmatch(entry_id):
            yield from self._derived_rows(entry_id)

    def _derived_rows(self, entry_id: str) -> Iterator[int]:
        asked = digest_of_id(entry_id)
        keyed, start = keyed_digest(self._key), 0
        for batch in self._documents.batches(ID_COLUMNS):
            is_given = pc.or_(batch.column("entry_id").is_valid(), batch.column("person_entry_id").is_valid())
            places = pc.indices_nonzero(pc.invert(is_given))
            for place, message in enumerate(_messages(batch.take(places))):
                digest = keyed.copy()
                digest.update(message)
                if digest.digest() == asked:
                    yield start + places[place].as_py()
            start += batch.num_rows

    def of(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
        """Go through the ids of rows that were read, given by their values of `ID_COLUMNS`."""
        for given, person, issuer, kind, number, reported_on in rows:
            if given is not None or person is not None:
                yield given if given is not None else person
            else:
                yield derived_entry_id(self._key, issuer, kind, lookup_key(number), reported_on)


def plain_keys(numbers: pa.Array) -> pa.Array:
    """Return the lookup keys of a column of numbers: together where they are plainly written, else one by one."""
    keys = pc.ascii_upper(numbers)
    is_odd = pc.invert(pc.match_substring_regex(numbers, _PLAIN_NUMBER))
    odd = [lookup_key(number) for number in numbers.filter(is_odd).to_pylist()]
    return pc.replace_with_mask(keys, is_odd, pa.array(odd, TEXT)) if odd else keys


def _messages(rows: pa.RecordBatch) -> Iterator[bytes]:
    """What the derived ids of rows are digests of, as `ingest.entry_ids.derived_entry_id` writes it."""
    framed = []
    for name in DERIVED_FROM:
        column = rows.column(name)
        text = plain_keys(column) if name == "number" else column.cast(TEXT)
        lengths = pc.binary_length(text).cast(TEXT)
        framed.append(pc.binary_join_element_wise(lengths, text, pa.scalar(":", TEXT)).fill_null("-"))
    joined = pc.binary_join_element_wise(*framed, pa.scalar("", TEXT))
    yield from joined.cast(pa.large_binary()).to_pylist()
