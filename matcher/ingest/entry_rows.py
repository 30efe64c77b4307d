"""Rows that already have the shape of PERSON_ENTRY or DOCUMENT_ENTRY: checked, not trusted.

Steps for a person: size and NUL -> id -> names -> dates, vocabularies, codes -> further columns to the note.
For a document: number, issuing state -> the person that it belongs to -> the same checks. A value outside
its vocabulary, or an impossible date, becomes null, stays in the note and is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from matcher.dates import is_possible
from matcher.documents.numbers import is_key, normalise
from matcher.documents.states import state_code
from matcher.ingest.json_values import label, note_text, usable_id
from matcher.ingest.mapping import OTHER, STATES
from matcher.ingest.names import ALIAS, LONGEST_NAME, ORIGINAL_SCRIPT, PRIMARY, WEAK_ALIAS
from matcher.ingest.person_cells import (
    CONVEYANCE,
    ORGANISATION,
    PERSON,
    PROTECTIVE_ROLES,
    ROLES,
    SUBJECT,
    Notes,
    date_row,
    name_rows,
    read_nationalities,
    read_sex,
)
from matcher.ingest.reject import (
    FIELD_TOO_LONG,
    NO_ENTRY_ID,
    NO_ISSUER,
    NO_NAME,
    NO_NUMBER,
    NUL_BYTE,
    UNKNOWN_ENTRY,
    UNKNOWN_KIND,
    UNKNOWN_ROLE,
)
from matcher.ingest.sink import Sink
from matcher.ingest.sltd_rows import CATEGORY, STATUSES
from matcher.ingest.source import FIELD_CHARS
from matcher.records import GREGORIAN, PartialDate
from matcher.schema import DOCUMENT_ENTRY, PERSON_ENTRY

KINDS = frozenset({PERSON, ORGANISATION, CONVEYANCE, "pattern"})
NAME_KINDS = frozenset({PRIMARY, ALIAS, WEAK_ALIAS, ORIGINAL_SCRIPT})
_GIVEN_BY_US = frozenset({"list_id", "source_row"})


def fault_of(row: dict[str, Any]) -> str | None:
    """Return the reason code of a row that is too long or holds NUL; None for a sound one."""
    size = 0
    for text in _texts(row):
        size += len(text)
        if "\0" in text:
            return NUL_BYTE
    return FIELD_TOO_LONG if size > FIELD_CHARS else None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


class EntryRows:
    """Hands rows of the two shapes to a sink, or rejects.

    Attributes:
        attached: Ids of persons that documents will name: such a person needs no name.
    """

    def __init__(self, sink: Sink) -> None:
        self.attached: frozenset[str] = frozenset()
        self._sink = sink
        self._ids: dict[str, tuple[str, str]] = {}  # id in the source to the one in the list, and category

    def person(self, row: dict[str, Any], number: int, source_file: str) -> None:
        """Check one row of persons."""
        given = (row.get("entry_id") or "").strip()
        entry_id = usable_id(given)
        kind = row.get("kind") or PERSON
        names = _names(row.get("names"))
        reason = fault_of(row)
        if reason is None and kind not in KINDS:
            reason = UNKNOWN_KIND
        if reason is None and not entry_id:
            reason = NO_ENTRY_ID
        if reason is None and not names and given not in self.attached:
            reason = NO_NAME
        if reason is None and (row.get("role") or SUBJECT).strip().lower() not in ROLES:
            reason = UNKNOWN_ROLE
        if reason is not None:
            self._sink.reject(number, reason, source_file=source_file)
            return
        notes = _notes(row, PERSON_ENTRY.names, self._sink)
        codes: list[str] = []
        for text in row.get("nationalities") or ():
            found, left = read_nationalities(text or "")
            codes += found
            notes.unread("nationality", "nationality", left)
        role = _one_of(row, "role", ROLES, notes)
        kept = {name: row.get(name) for name in PERSON_ENTRY.names}
        kept |= {
            "entry_id": entry_id,
            "kind": kind,
            "category": row.get("category") or OTHER,
            "role": role,
            "protective": True if role in PROTECTIVE_ROLES else row.get("protective"),
            "state": _one_of(row, "state", STATES, notes),
            "names": names,
            "birth_dates": _dates(row.get("birth_dates"), notes),
            "sex": read_sex(row.get("sex"), notes, "sex"),
            "nationalities": list(dict.fromkeys(codes)) or None,
            "birth_places": [place for place in row.get("birth_places") or () if place] or None,
            "biometric_references": [
                one for one in row.get("biometric_references") or () if one and one["kind"] and one["reference"]
            ]
            or None,
            "note": notes.text(),
            "source_row": number,
        }
        unique_id = self._sink.person(kept, source_file)
        self._ids.setdefault(given, (unique_id, str(kept["category"])))

    def document(self, row: dict[str, Any], number: int, source_file: str) -> None:
        """Check one row of documents."""
        listed, issuer = (row.get("number") or "").strip(), state_code(row.get("issuing_state"))
        person = row.get("person_entry_id")
        reason, field = fault_of(row), None
        if reason is None and not listed:
            reason, field = NO_NUMBER, "number"
        if reason is None and person is None and issuer is None:
            reason, field = NO_ISSUER, "issuing_state"
        if reason is None and person is not None and person.strip() not in self._ids:
            reason, field = UNKNOWN_ENTRY, "person_entry_id"
        if reason is not None:
            self._sink.reject(number, reason, field=field, source_file=source_file)
            return
        notes = _notes(row, DOCUMENT_ENTRY.names, self._sink)
        unique_id, category = self._ids[person.strip()] if person is not None else (None, CATEGORY)
        entry_id = usable_id((row.get("entry_id") or "").strip())
        kept = {name: row.get(name) for name in DOCUMENT_ENTRY.names}
        kept |= {
            "number": listed,
            "issuing_state": issuer,
            "category": row.get("category") or category,
            "status": _one_of(row, "status", STATUSES, notes),
            "state": _one_of(row, "state", STATES, notes),
            "note": notes.text(),
            "person_entry_id": unique_id,
            "entry_id": entry_id or None,
            "malformed": None if is_key(normalise(listed)) else True,
            "source_row": number,
        }
        self._sink.document(kept)


def _notes(row: dict[str, Any], known: list[str], sink: Sink) -> Notes:
    """Begin the note with the row's own, and with the columns that the schema doesn't have."""
    notes = Notes(sink)
    notes.keep("", row.get("note"))
    for name, value in row.items():
        if name not in known and name not in _GIVEN_BY_US:
            notes.keep(label(name), note_text(value) if isinstance(value, str | list | dict) else str(value or ""))
    return notes


def _names(listed: list[dict[str, Any] | None] | None) -> list[dict[str, Any]]:
    found = []
    for name in listed or ():
        text = " ".join(((name and name["text"]) or "").split())
        if name is not None and len(text) <= LONGEST_NAME and any(map(str.isalnum, text)):
            found.append((text, name["kind"] if name["kind"] in NAME_KINDS else ALIAS, name["quality"]))
    return name_rows(found)


def _dates(listed: list[dict[str, Any] | None] | None, notes: Notes) -> list[dict[str, Any]] | None:
    found: dict[PartialDate, None] = {}
    for one in listed or ():
        if one is None:
            continue
        date = PartialDate(**{**one, "calendar": one["calendar"] or GREGORIAN, "approximate": bool(one["approximate"])})
        if date.calendar != GREGORIAN or is_possible(date):
            found[date] = None
        else:
            notes.unread("birth_date", "birth date", "-".join(str(one[part]) for part in ("year", "month", "day")))
    return [date_row(date) for date in found] or None


def _one_of(row: dict[str, Any], field: str, allowed: frozenset[str], notes: Notes) -> str | None:
    text = (row.get(field) or "").strip()
    if text.lower() in allowed:
        return str(text.lower())
    notes.unread(field, field, text)
    return None
