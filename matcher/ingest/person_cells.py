"""Cells that every list of persons has: nationalities, dates, role; and the rows made of them.

A value that no rule reads is not put in its column: the text goes to the entry's note, and the sink counts
it (`Notes`). So a missing value stays missing, and nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from matcher.documents.sex import is_readable_sex, sex_code
from matcher.documents.states import nationality_code
from matcher.ingest.names import ALIAS, ORIGINAL_SCRIPT, PRIMARY, name_row, split_at_labels, split_outside_brackets
from matcher.ingest.sink import Sink
from matcher.records import GREGORIAN, PartialDate

PERSON, ORGANISATION, CONVEYANCE = "person", "organisation", "conveyance"
SANCTION = "sanction"
SUBJECT = "subject"
ROLES = frozenset({"suspect", "facilitator", "victim", "witness", "missing", SUBJECT})
PROTECTIVE_ROLES = frozenset({"victim", "witness", "missing"})
LONGEST_CELL = 2_000  # characters of nationalities; a longer cell is left over as a whole
LONGEST_NOTE = 20_000  # characters of one entry's note; the rest is cut, and the cut is said

_JOINT = re.compile(r"\s*[,/;]\s*|\s+and\s+", re.I)
_CODE = re.compile(r"[A-Z]{3}")


class Notes:
    """Collects what stays in the note of one entry, and tells the sink what no rule could read."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._lines: dict[str, None] = {}  # in order, each once

    def keep(self, label: str, text: str | None) -> None:
        """Keep a text that has no column of its own."""
        if text and (text := text.strip()):
            self._lines[f"{label}: {text}" if label else text] = None

    def unread(self, field: str, label: str, text: str | None) -> None:
        """Keep a text that should have been read, and count it under its field."""
        if text and text.strip():
            self._sink.note(field)
            self.keep(label, text)

    def text(self) -> str | None:
        """Return the note, one text a line; None if there is nothing to keep."""
        text = "\n".join(self._lines)
        if len(text) > LONGEST_NOTE:
            text = f"{text[:LONGEST_NOTE]} [cut: {len(text)} characters in the source]"
        return text or None


def read_nationalities(text: str) -> tuple[list[str], str]:
    """Read every nationality of a cell.

    Args:
        text: The cell as listed: names of states, adjectives or codes, one or several.

    Returns:
        Three-letter codes, each once, and the parts that no rule reads ("" if none). An unknown code of
        three capitals is kept as a code.

    Examples:
        >>> read_nationalities("(a) German, (b) Moroccan"), read_nationalities("Kuwaiti citizenship withdrawn in 2002")
        ((['DEU', 'MAR'], ''), ([], 'Kuwaiti citizenship withdrawn in 2002'))
    """
    if len(text) > LONGEST_CELL:
        return [], text
    codes: list[str] = []
    left: list[str] = []
    for segment in split_outside_brackets(text, (";",)):
        for part in filter(None, (_trimmed(part) for part in split_at_labels(segment))):
            _read_states(part, codes, left)
    return list(dict.fromkeys(codes)), "; ".join(left)


def read_sex(text: str | None, notes: Notes, label: str) -> str | None:
    """Return the code for a sex; a text that means neither is left in the notes."""
    text = (text or "").strip().rstrip(".")
    if not is_readable_sex(text):
        notes.unread("sex", label, text)
    return sex_code(text)


def name_rows(names: Iterable[tuple[str, str, str | None]]) -> list[dict[str, Any]]:
    """Make the names of an entry from (text, kind, quality): primary first, each text and kind once.

    Without a primary name the first alias becomes one, so that an entry can be shown by its name; a weak
    alias never does.
    """
    rows: dict[tuple[str, bool], dict[str, Any]] = {}
    for text, kind, quality in names:
        row = name_row(text, kind, quality)
        rows.setdefault((text, row["kind"] in (PRIMARY, ALIAS, ORIGINAL_SCRIPT)), row)
    order = (PRIMARY, ALIAS, ORIGINAL_SCRIPT)
    ordered = sorted(rows.values(), key=lambda row: order.index(row["kind"]) if row["kind"] in order[:2] else 2)
    if ordered and ordered[0]["kind"] == ALIAS:
        ordered[0] = {**ordered[0], "kind": PRIMARY}
    return ordered


def date_row(date: PartialDate) -> dict[str, Any]:
    """Make one row of `matcher.schema.PARTIAL_DATE`."""
    return {
        "year": date.year,
        "month": date.month,
        "day": date.day,
        "calendar": None if date.calendar == GREGORIAN else date.calendar,
        "year_to": date.year_to,
        "approximate": date.approximate or None,
    }


def date_rows(dates: Iterable[PartialDate]) -> list[dict[str, Any]] | None:
    """Make the birth dates of an entry, each once; None when there are none."""
    return [date_row(date) for date in dict.fromkeys(dates)] or None


def _read_states(part: str, codes: list[str], left: list[str]) -> None:
    if code := _state(part):
        codes.append(code)
        return
    head, _, _ = part.partition("(")
    if head.strip() and (code := _state(head)):
        codes.append(code)
        remark = part[len(head) :].strip(" ()")
        if _state(remark) != code:
            left.append(remark)
        return
    pieces = [_trimmed(piece) for piece in _JOINT.split(part)]
    if len(pieces) > 1 and all(_state(piece) for piece in pieces):
        codes.extend(filter(None, map(_state, pieces)))
        return
    if len(pieces) > 1 and head != part:  # "Ukrainian, Russian (a remark)"
        pieces = [_trimmed(piece) for piece in _JOINT.split(head)]
        if all(_state(piece) for piece in pieces):
            codes.extend(filter(None, map(_state, pieces)))
            left.append(part[len(head) :].strip(" ()"))
            return
    first, stop, rest = part.partition(". ")
    if stop and (code := _state(first)):
        codes.append(code)
        left.append(rest.strip())
    else:
        left.append(part)


def _state(text: str) -> str | None:
    text = _trimmed(text)
    return nationality_code(text) or (text if _CODE.fullmatch(text) else None)


def _trimmed(text: str) -> str:
    text = text.strip(' \t\r\n,;."')
    return text[len("of the ") :] if text.lower().startswith("of the ") else text
