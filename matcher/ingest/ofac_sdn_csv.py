"""Format `ofac-sdn-csv`: the Specially Designated Nationals list of the US Treasury, as CSV.

Three files without header, told apart by their number of columns and given in any order: entries (12
columns, needed), alternate names (5) and addresses (6). `-0-` is null. Steps: alternate names and
addresses by entry number into memory -> entries one by one, joined with them -> what belongs to no entry
becomes a reject.

Addresses go to the note: they say where somebody may be found, not where somebody was born or belongs.
The file carries no date, so `as_of` stays null. `purpose` holds the sanctions programmes as listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from matcher.errors import InputError
from matcher.files import Disk
from matcher.ingest.document_text import document_row
from matcher.ingest.names import ALIAS, PRIMARY, WEAK_ALIAS
from matcher.ingest.ofac_remarks import Remarks, read_remarks
from matcher.ingest.person_cells import (
    CONVEYANCE,
    ORGANISATION,
    PERSON,
    SANCTION,
    SUBJECT,
    Notes,
    date_rows,
    name_rows,
)
from matcher.ingest.reject import NO_ENTRY_ID, NO_NAME, UNKNOWN_ENTRY, WRONG_COLUMN_COUNT
from matcher.ingest.sink import Sink
from matcher.ingest.source import read_records, refuse_mapping, require_entries

FORMAT = "ofac-sdn-csv"
ENTRIES, NAMES, ADDRESSES = 12, 5, 6  # columns of the three files
KINDS = {"individual": PERSON, "vessel": CONVEYANCE, "aircraft": CONVEYANCE}
MAX_JOINED_ROWS = 1_000_000  # alternate names and addresses, held in memory; the real list has 26,000
NULL = "-0-"

Row = tuple[str, int, list[str]]  # file, 1-based row, cells


def read(paths: Sequence[Path], sink: Sink, *, mapping: bytes | None, disk: Disk) -> None:
    """Read the list's files into the sink.

    Args:
        paths: The files, in any order; the one with the entries must be among them.
        sink: Takes the entries.
        mapping: Must be None.
        disk: The seam for disk access.

    Raises:
        InputError: a file has another number of columns, there is no file of entries, or no entry in it.
        UsageError: a mapping was given.
    """
    refuse_mapping(mapping, FORMAT)
    files: dict[int, list[Path]] = {ENTRIES: [], NAMES: [], ADDRESSES: []}
    for path in paths:
        files[_width(path, disk)].append(path)
    if not files[ENTRIES]:
        raise InputError(f"no file with {ENTRIES} columns among {len(paths)}: give sdn.csv, with alt.csv and add.csv")
    names = _by_entry(_rows(files[NAMES], NAMES, sink, disk))
    addresses = _by_entry(_rows(files[ADDRESSES], ADDRESSES, sink, disk))
    for name, number, cells in _rows(files[ENTRIES], ENTRIES, sink, disk):
        _put_entry((name, number, cells), names.pop(cells[0], []), addresses.pop(cells[0], []), sink)
    for rows in (*names.values(), *addresses.values()):
        for name, number, _ in rows:
            sink.reject(number, UNKNOWN_ENTRY, source_file=name)
    require_entries(sink, paths)


def _width(path: Path, disk: Disk) -> int:
    cells, fault = next(read_records(path, disk))
    if fault is None and len(cells) in (ENTRIES, NAMES, ADDRESSES):
        return len(cells)
    raise InputError(
        f"{path.name} begins with a row of {len(cells)} columns; {ENTRIES} (sdn), {NAMES} (alt) or {ADDRESSES} (add) "
        "without a header are needed"
    )


def _rows(paths: Sequence[Path], width: int, sink: Sink, disk: Disk) -> Iterator[Row]:
    """Yield the usable rows of some files, cells stripped and null as ""; the others become rejects."""
    for path in paths:
        for number, (cells, fault) in enumerate(read_records(path, disk), 1):
            if fault is None and len(cells) != width:
                fault = WRONG_COLUMN_COUNT
            values = [cell.strip() for cell in cells]
            if fault is None and not values[0].isdecimal():
                fault = NO_ENTRY_ID
            if fault is not None:
                sink.reject(number, fault, source_file=path.name)
                continue
            yield path.name, number, ["" if value == NULL else value for value in values]


def _by_entry(rows: Iterator[Row]) -> dict[str, list[Row]]:
    kept: dict[str, list[Row]] = {}
    for count, row in enumerate(rows, 1):
        if count > MAX_JOINED_ROWS:
            raise InputError(f"{row[0]} has more than {MAX_JOINED_ROWS} rows; it is not a file of this list")
        kept.setdefault(row[2][0], []).append(row)
    return kept


def _put_entry(entry: Row, alternates: list[Row], addresses: list[Row], sink: Sink) -> None:
    source_file, number, cells = entry
    entry_id, name, kind_word, programme = cells[:4]
    kind = KINDS.get(kind_word.lower(), ORGANISATION)
    if not any(letter.isalpha() if kind == PERSON else letter.isalnum() for letter in name):
        sink.reject(number, NO_NAME, field="name", source_file=source_file)
        return
    notes = Notes(sink)
    remarks = read_remarks(cells[11])
    names: list[tuple[str, str, str | None]] = [(name, PRIMARY, None)]
    for _, _, (_, _, word, alias, remark) in alternates:
        is_weak = "weak" in remark.lower()
        names.append((alias, WEAK_ALIAS if is_weak else ALIAS, "weak" if is_weak else word or None))
        notes.keep("alias note", "" if is_weak else remark)
    names += [(alias, WEAK_ALIAS, word) for alias, word in remarks.weak_aliases]
    _keep_notes(cells, addresses, remarks, kind, notes)
    row: dict[str, object] = {
        "entry_id": entry_id,
        "kind": kind,
        "source_reference": entry_id,
        "category": SANCTION,
        "role": SUBJECT if kind == PERSON else None,
        "purpose": programme or None,
        "related_entries": list(dict.fromkeys(remarks.related)) or None,
        "names": name_rows((text, kind, quality) for text, kind, quality in names if text),
        "birth_dates": date_rows(remarks.birth_dates),
        "sex": remarks.sexes[0] if len(set(remarks.sexes)) == 1 else None,
        "nationalities": list(dict.fromkeys(remarks.nationalities)) or None,
        "birth_places": list(dict.fromkeys(remarks.birth_places)) or None,
        "note": notes.text(),
        "source_row": number,
    }
    unique_id = sink.person(row, source_file)
    for document in remarks.documents:
        sink.document(document_row(document, unique_id, SANCTION, number))


def _keep_notes(cells: list[str], addresses: list[Row], remarks: Remarks, kind: str, notes: Notes) -> None:
    for label, value in zip(
        ("title", "call sign", "vessel type", "tonnage", "gross registered tonnage", "flag", "owner"),
        cells[4:11],
        strict=True,
    ):
        notes.keep(label, value)
    for _, _, (_, _, street, city, country, remark) in addresses:
        notes.keep("address", ", ".join(filter(None, (street, city, country, remark))))
    if len(set(remarks.sexes)) > 1:
        notes.unread("sex", "sex", ", ".join(remarks.sexes))
    for field, clause in remarks.unread:
        if kind == PERSON:
            notes.unread(field, "", clause)
        else:
            notes.keep("", clause)
