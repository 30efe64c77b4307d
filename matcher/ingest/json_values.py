"""Members of a JSON object as texts: taken one by one, whatever their type; what nobody takes is kept.

A list file's member may be a text, a number, a list of either, null, or something else altogether. A reader
takes the members that it knows as texts; a value of another type goes to the notes and is counted; and the
members that no reader took go to the notes at the end.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from matcher.ingest.names import LONGEST_NAME
from matcher.ingest.person_cells import LONGEST_NOTE, Notes

LONGEST_ID = 255  # characters of an entry's id
LONGEST_LABEL = 60  # characters of a member's name in a note


class Members:
    """The members of one object while it is read.

    Args:
        values: The object; it is not changed.
        notes: Takes what has no column of its own.
    """

    def __init__(self, values: Mapping[str, Any], notes: Notes) -> None:
        self._left = dict(values)
        self._notes = notes

    def take(self, name: str, field: str | None = None) -> list[str]:
        """Take a member's texts, in their order, each once; none where it is missing, null or empty.

        Args:
            name: The member.
            field: What a value of another type is counted under; by default the member's name.
        """
        found: list[str] = []
        if name not in self._left:
            return found
        for value in _listed(self._left.pop(name)):
            if (text := scalar_text(value)) is not None:
                found.append(text)
            elif value is not None:
                self._notes.unread(field or name, label(name), note_text(value))
        return list(dict.fromkeys(filter(None, found)))

    def first(self, name: str, field: str | None = None) -> str:
        """Take a member that holds one text, "" where it is missing; further ones are kept in the notes."""
        found = self.take(name, field)
        for text in found[1:]:
            self._notes.unread(field or name, label(name), text)
        return found[0] if found else ""

    def objects(self, name: str, field: str | None = None) -> list[dict[str, Any]]:
        """Take the objects of a member; its texts stay for `take`, other values are counted and kept."""
        values = _listed(self._left.pop(name, None))
        texts = [value for value in values if scalar_text(value) is not None]
        if texts:
            self._left[name] = texts
        for value in values:
            if isinstance(value, list):
                self._notes.unread(field or name, label(name), note_text(value))
        return [value for value in values if isinstance(value, dict)]

    def keep_rest(self, left_out: Collection[str] = ()) -> None:
        """Keep every member that was not taken, but those of `left_out`."""
        for name, value in self._left.items():
            if name not in left_out:
                self._notes.keep(label(name), note_text(value))
        self._left.clear()


def scalar_text(value: Any) -> str | None:
    """Return a text, number or truth value as text on one line; None for another type and for null.

    Examples:
        >>> scalar_text(" a  b"), scalar_text(1.8), scalar_text(True), scalar_text(None), scalar_text([1])
        ('a b', '1.8', 'true', None, None)
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return " ".join(str(value).split())
    return None


def note_text(value: Any) -> str:
    """Return any value as a text for a note: texts and lists of them plainly, anything else as JSON.

    Examples:
        >>> note_text(["BRO", "GRY"]), note_text({"a": [1]}), note_text(None)
        ('BRO; GRY', '{"a":[1]}', '')
    """
    values = _listed(value)
    texts = [scalar_text(one) for one in values]
    if all(text is not None or one is None for text, one in zip(texts, values, strict=True)):
        return "; ".join(filter(None, texts))
    return msgspec.json.encode(value).decode()[: LONGEST_NOTE + 1]


def label(name: str) -> str:
    """Return a member's name as a note's label, on one line and bounded."""
    return " ".join(name.replace("_", " ").split())[:LONGEST_LABEL]


def usable_id(text: str) -> str:
    """Return a text that can be an entry's id, "" for one that is too long or not printable."""
    return text if len(text) <= LONGEST_ID and text.isprintable() else ""


def is_name(text: str, *, needs_letter: bool = True) -> bool:
    """Tell whether a text can be a name: not overlong, and with a letter (or a digit, for organisations)."""
    if len(text) > LONGEST_NAME:
        return False
    return any(letter.isalpha() if needs_letter else letter.isalnum() for letter in text)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
