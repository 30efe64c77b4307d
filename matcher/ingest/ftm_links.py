"""Sanctions and documents of FollowTheMoney: what a link adds to the entry that it points to.

Several sanctions are one entry's: programmes and authorities are joined, the first day counts as the day of
entry. An entry expires only where every sanction has a last day, on the latest of them: one that has ended
must not take away another that is in force. `provisions`, `reason`, `status` and the rest go to the note.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from matcher.documents.states import state_code
from matcher.ingest.dates import ANY_DAY, as_day, read_dates
from matcher.ingest.document_text import FoundDocument, read_type
from matcher.ingest.json_values import Members, note_text
from matcher.ingest.person_cells import Notes

_BEGINS = ("startDate", "listingDate")  # the first that a sanction has


def read_sanctions(sanctions: Sequence[dict[str, Any]], notes: Notes) -> dict[str, Any] | None:
    """Read the sanctions of one entry into its columns; None when there is none.

    Args:
        sanctions: Properties of each.
        notes: Takes what has no column.
    """
    if not sanctions:
        return None
    authorities: list[str] = []
    programmes: list[str] = []
    begins: list[datetime.date] = []
    ends: list[datetime.date | None] = []
    for properties in sanctions:
        members = Members(properties, notes)
        authorities += members.take("authority", "source_owner")
        programmes += members.take("program", "purpose") or members.take("programId", "purpose")
        days = [_days(members, name, "entered_on", notes) for name in _BEGINS]
        begins += next(filter(None, days), [])
        ends.append(max(_days(members, "endDate", "expires_on", notes), default=None))
        members.keep_rest()
    last_days = [day for day in ends if day is not None]
    return {
        "source_owner": "; ".join(dict.fromkeys(authorities)) or None,
        "purpose": "; ".join(dict.fromkeys(programmes)) or None,
        "entered_on": min(begins, default=None),
        "expires_on": max(last_days) if len(last_days) == len(ends) else None,
    }


def read_document(schema: str, properties: dict[str, Any], notes: Notes) -> FoundDocument | None:
    """Read a `Passport` or an `Identification`; None, and a note, for one without a number.

    Args:
        schema: Which of the two it is.
        properties: Its properties.
        notes: Takes what has no column.
    """
    members = Members(properties, notes)
    numbers = members.take("number", "document") or members.take("passportNumber", "document")
    if not numbers:
        notes.unread("document", schema, note_text(properties))
        return None
    for number in numbers[1:]:
        notes.unread("document", schema, number)
    kind = members.first("type", "document")
    issued, expires = (_days(members, name, "document", notes) for name in ("startDate", "endDate"))
    country, authority = members.first("country", "document"), members.first("authority", "document")
    document = FoundDocument(
        number=numbers[0],
        issuing_state=state_code(country),
        type="P" if schema == "Passport" else read_type(kind) or kind or None,
        issued_on=issued[0] if len(issued) == 1 else None,
        expires_on=expires[0] if len(expires) == 1 else None,
        note="; ".join(filter(None, (kind, authority))) or None,
    )
    members.keep_rest()
    return document


def _days(members: Members, name: str, field: str, notes: Notes) -> list[datetime.date]:
    """Take the full days of a property; a partial or unreadable one is counted and kept."""
    found: list[datetime.date] = []
    for text in members.take(name, field):
        dates, left = read_dates(text.partition("T")[0], latest=ANY_DAY)
        day = as_day(dates[0]) if len(dates) == 1 and not left else None
        if day is None:
            notes.unread(field, name, text)
        else:
            found.append(day)
    return found
