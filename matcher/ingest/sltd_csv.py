"""Format `sltd-csv`: lost, stolen, revoked and invalid travel documents, one a row.

Steps, two passes: national references are counted (as digests, 8 bytes each) -> rows become entries. The
`entry_id` is the national reference where the list holds it once and it does not show the number itself;
else it stays null, and the store derives one (`entry_ids`).

Only a row without number or issuing state is a reject. A number that cannot be a key is an entry all the
same, found by its exact text (`malformed`). An unknown status or an impossible date becomes null: its text
goes to the note, and the sink counts it.
"""

from __future__ import annotations

import array
import datetime
import functools
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from matcher.documents.numbers import is_key, normalise
from matcher.documents.states import state_code
from matcher.errors import InputError
from matcher.files import Disk
from matcher.ingest.reject import NO_ISSUER, NO_NUMBER
from matcher.ingest.sink import Sink
from matcher.ingest.source import read_table, refuse_mapping, require_entries

FORMAT = "sltd-csv"
CATEGORY = "document"
COLUMNS = (
    "document_number", "issuing_state", "document_type", "status", "reported_on", "issued_on", "expires_on",
    "review_on", "national_reference", "note",
)  # fmt: skip
DATES = ("reported_on", "issued_on", "expires_on", "review_on")
STATUSES = frozenset({"stolen", "lost", "stolen_blank", "revoked", "invalid"})
LONGEST_ID = 64  # characters of a national reference that can be an entry id

Row = tuple[int, dict[str, str]]  # 1-based row, cells by column


def read(paths: Sequence[Path], sink: Sink, *, mapping: bytes | None, disk: Disk) -> None:
    """Read one or several files of documents into the sink.

    Args:
        paths: The files, each with the header `COLUMNS` (any order).
        sink: Takes the documents.
        mapping: Must be None.
        disk: The seam for disk access.

    Raises:
        InputError: a file is empty, is not UTF-8 or has another header; or no document was found.
        UsageError: a mapping was given.

    Cost:
        Reads the files twice; 8 bytes of memory a row with a national reference.
    """
    refuse_mapping(mapping, FORMAT)
    repeated = _repeated_references(paths, disk)
    for path in paths:
        for number, row in _rows(path, disk, sink):
            _put_document(path.name, number, row, repeated, sink)
    require_entries(sink, paths)


def _rows(path: Path, disk: Disk, sink: Sink | None) -> Iterator[Row]:
    """Yield the usable rows of one file; the others become rejects of the sink, if there is one."""
    header, records = read_table(path, disk)
    if missing := [name for name in COLUMNS if name not in header]:
        raise InputError(f"{path.name} lacks the columns {', '.join(missing)}; {FORMAT} is comma-separated")
    if len(header) != len(COLUMNS):
        raise InputError(f"{path.name} has {len(header)} columns, {len(COLUMNS)} expected; remove what {FORMAT} lacks")
    for number, (cells, fault) in enumerate(records, 1):
        if fault is None:
            yield number, dict(zip(header, map(str.strip, cells), strict=True))
        elif sink is not None:
            sink.reject(number, fault, source_file=path.name)


def _repeated_references(paths: Sequence[Path], disk: Disk) -> frozenset[int]:
    """Return the digests of the national references that the list holds more than once."""
    seen = array.array("Q")
    for path in paths:
        for _, row in _rows(path, disk, None):
            if reference := row["national_reference"]:
                seen.append(_digest(reference))
    digests: npt.NDArray[np.uint64] = np.sort(np.frombuffer(seen, np.uint64)) if seen else np.empty(0, np.uint64)
    return frozenset(digests[1:][digests[1:] == digests[:-1]].tolist())


def _digest(reference: str) -> int:
    return int.from_bytes(hashlib.blake2b(reference.encode(), digest_size=8).digest(), "little")


def _put_document(source_file: str, number: int, row: dict[str, str], repeated: frozenset[int], sink: Sink) -> None:
    for column, reason in (("document_number", NO_NUMBER), ("issuing_state", NO_ISSUER)):
        if not row[column]:
            sink.reject(number, reason, field=column, source_file=source_file)
            return
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
    sink.document(
        {
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
    )


@functools.lru_cache(maxsize=65_536)
def _day(text: str) -> datetime.date | None:
    """Read `YYYY-MM-DD` and nothing else; None for another form or an impossible day."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _is_usable_id(reference: str, key: str, repeated: frozenset[int]) -> bool:
    """Tell whether a national reference can be the entry's id: one of its kind, and not the number itself."""
    if not reference or len(reference) > LONGEST_ID or not reference.isprintable():
        return False
    return normalise(reference) != key and _digest(reference) not in repeated
