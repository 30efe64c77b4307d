"""Rows of lost and stolen documents, one by one or as columns of a block; both give the same entries.

Steps for a block: cells that few values fill (state, type, status, days) are read once a value -> rows that need
a closer look (no number, odd characters, an unknown status, an impossible day) go one by one -> both parts
are put together in the order of the file. `document_of` is the rule; `put_block` is its fast twin
(`tests/ingest/test_sltd_blocks.py`).
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matcher.documents.numbers import is_key, normalise
from matcher.documents.states import state_code
from matcher.ingest.reject import NO_ISSUER, NO_NUMBER
from matcher.ingest.sink import Sink
from matcher.schema import DOCUMENT_ENTRY, TEXT

Array = np.ndarray[Any, Any]
CATEGORY = "document"
DATES = ("reported_on", "issued_on", "expires_on", "review_on")
STATUSES = frozenset({"stolen", "lost", "stolen_blank", "revoked", "invalid"})
LONGEST_ID = 64  # characters of a national reference that can be an entry id
# A number that is its own key but for case; a reference whose comparable form is a matter of these separators.
_PLAIN_NUMBER = "^[0-9A-Za-z]{1,20}$"
_PLAIN_REFERENCE = r"^[0-9A-Za-z /\\<-]{0,64}$"
_SEPARATORS = " /\\<-"
_PLAIN = pa.schema([(one.name, TEXT if pa.types.is_dictionary(one.type) else one.type) for one in DOCUMENT_ENTRY])


def digests_of(references: pa.Array) -> Array:
    """Return 8 bytes each that stand for national references while they are counted, uint64."""
    import polars  # only who reads a list of documents waits for it

    column = polars.Series(values=references)
    return column.hash().to_numpy()


class Repeated:
    """The national references that a list holds more than once, by their digests.

    Two references whose digests happen to be equal are taken for repeated: both rows then get derived ids.

    Args:
        parts: Digests of all references of the list, in any parts.

    Examples:
        >>> references = pa.array(["R-1", "R-2", "R-1"], pa.large_string())
        >>> Repeated([digests_of(references)]).among(references).tolist()
        [True, False, True]
    """

    def __init__(self, parts: Sequence[Array]) -> None:
        digests = np.concatenate([*parts, np.empty(0, np.uint64)])
        digests.sort()
        self._digests = np.unique(digests[1:][digests[1:] == digests[:-1]])

    def among(self, references: pa.Array) -> Array:
        """Tell which references are repeated, bool, shape `(n,)`."""
        if not len(self._digests):
            return np.zeros(len(references), np.bool_)
        digests = digests_of(references)
        places = np.minimum(np.searchsorted(self._digests, digests), len(self._digests) - 1)
        found: Array = self._digests[places] == digests
        return found

    def holds(self, reference: str) -> bool:
        """Tell whether one reference is repeated."""
        return bool(len(self._digests)) and bool(self.among(pa.array([reference], TEXT))[0])


def document_of(
    row: dict[str, str], number: int, repeated: Repeated, sink: Sink, *, source_file: str
) -> dict[str, Any] | None:
    """Make one document of a row of stripped cells; None, and a reject, without number or issuer.

    Args:
        row: Text by column.
        number: 1-based row.
        repeated: The references that the list holds more than once.
        sink: Takes the reject and the counts of unread cells, not the document.
        source_file: Base name of the file.
    """
    for column, reason in (("document_number", NO_NUMBER), ("issuing_state", NO_ISSUER)):
        if not row[column]:
            sink.reject(number, reason, field=column, source_file=source_file)
            return None
    notes = [row["note"]] if row["note"] else []
    days: dict[str, datetime.date | None] = {}
    for column in DATES:
        days[column] = _day(row[column])
        if row[column] and days[column] is None:
            sink.note(column)
            notes.append(f"{column}: {row[column]}")
    status = row["status"].lower()
    if status not in STATUSES:
        if status:
            sink.note("status")
            notes.append(f"status: {row['status']}")
        status = ""
    key = normalise(row["document_number"])
    reference = row["national_reference"]
    return {
        "number": row["document_number"],
        "issuing_state": state_code(row["issuing_state"]),
        "type": row["document_type"] or None,
        "status": status or None,
        "category": CATEGORY,
        **days,
        "national_reference": reference or None,
        "note": "\n".join(notes) or None,
        "entry_id": reference if _is_usable_id(reference, key, repeated) else None,
        "malformed": None if is_key(key) else True,
        "source_row": number,
    }


@functools.lru_cache(maxsize=65_536)
def _day(text: str) -> datetime.date | None:
    """Read `YYYY-MM-DD` and nothing else; None for another form or an impossible day."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _is_usable_id(reference: str, key: str, repeated: Repeated) -> bool:
    """Tell whether a national reference can be the entry's id: one of its kind, and not the number itself."""
    if not reference or len(reference) > LONGEST_ID or not reference.isprintable():
        return False
    return normalise(reference) != key and not repeated.holds(reference)


def put_block(table: pa.Table, first: int, repeated: Repeated, sink: Sink, *, source_file: str) -> None:
    """Hand a block of rows to the sink, as `document_of` would one by one.

    Args:
        table: Columns of stripped texts without nulls.
        first: 1-based row of the block's first.
        repeated: The references that the list holds more than once.
        sink: Takes documents, rejects and counts.
        source_file: Base name of the file.
    """
    cells = {name: table.column(name).combine_chunks() for name in table.column_names}
    columns, is_odd = _read_columns(cells, repeated)
    columns["source_row"] = pa.array(np.arange(first, first + table.num_rows), pa.int32())
    plain = pa.table([columns[name] for name in _PLAIN.names], schema=_PLAIN)
    odd_rows = np.flatnonzero(is_odd)
    if len(odd_rows):
        found = [
            document_of(row, first + int(place), repeated, sink, source_file=source_file)
            for place, row in zip(odd_rows, table.take(odd_rows).to_pylist(), strict=True)
        ]
        odd = pa.Table.from_pylist([one for one in found if one is not None], schema=_PLAIN)
        plain = pa.concat_tables([plain.filter(pa.array(~is_odd)), odd]).sort_by("source_row")
    if plain.num_rows:
        arrays = [_encoded(plain.column(field.name).combine_chunks(), field.type) for field in DOCUMENT_ENTRY]
        sink.document_list(pa.RecordBatch.from_arrays(arrays, schema=DOCUMENT_ENTRY))


def _read_columns(cells: dict[str, pa.Array], repeated: Repeated) -> tuple[dict[str, pa.Array], Array]:
    """Read the cells by column; and tell the rows that have to be read one by one."""
    number, reference = cells["document_number"], cells["national_reference"]
    is_plain = pc.and_(
        pc.match_substring_regex(number, _PLAIN_NUMBER), pc.match_substring_regex(reference, _PLAIN_REFERENCE)
    )
    is_odd = ~is_plain.to_numpy(zero_copy_only=False) | _is_empty(cells["issuing_state"])
    status = _by_value(cells["status"], lambda text: text.lower() if text.lower() in STATUSES else None, TEXT)
    is_odd |= _is_null(status) & ~_is_empty(cells["status"])
    days = {}
    for name in DATES:
        days[name] = _by_value(cells[name], _day, pa.date32())
        is_odd |= _is_null(days[name]) & ~_is_empty(cells[name])
    comparable = pc.ascii_upper(_without_separators(reference))
    is_id = pc.and_(pc.not_equal(reference, ""), pc.not_equal(comparable, pc.ascii_upper(number)))
    is_id = pc.and_(is_id, pa.array(~repeated.among(reference)))
    n_rows = len(number)
    nothing = pa.scalar(None, TEXT)
    columns = {
        "number": number,
        "issuing_state": _by_value(cells["issuing_state"], state_code, TEXT),
        "type": _or_null(cells["document_type"]),
        "status": status,
        "category": pa.repeat(pa.scalar(CATEGORY, TEXT), n_rows),
        **days,
        "national_reference": _or_null(reference),
        "note": _or_null(cells["note"]),
        "state": pa.nulls(n_rows, TEXT),
        "person_entry_id": pa.nulls(n_rows, TEXT),
        "entry_id": pc.if_else(is_id, reference, nothing),
        "malformed": pa.nulls(n_rows, pa.bool_()),
    }
    return columns, is_odd


def _without_separators(column: pa.Array) -> pa.Array:
    for separator in _SEPARATORS:
        column = pc.replace_substring(column, separator, "")
    return column


def _by_value(column: pa.Array, read_value: Callable[[str], Any], kind: pa.DataType) -> pa.Array:
    """Read each value of a column once, however many rows have it."""
    encoded = column.dictionary_encode()
    return pa.array(map(read_value, encoded.dictionary.to_pylist()), kind).take(encoded.indices)


def _or_null(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, TEXT), column)


def _is_empty(column: pa.Array) -> Array:
    found: Array = pc.equal(column, "").to_numpy(zero_copy_only=False)
    return found


def _is_null(column: pa.Array) -> Array:
    found: Array = pc.is_null(column).to_numpy(zero_copy_only=False)
    return found


def _encoded(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if not pa.types.is_dictionary(kind):
        return column
    encoded = column.dictionary_encode()
    return pa.DictionaryArray.from_arrays(encoded.indices.cast(kind.index_type), encoded.dictionary)
