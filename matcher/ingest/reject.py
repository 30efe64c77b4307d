"""Reason codes of rejects: why a row could not become an entry, one English sentence a code.

A reject keeps row, field and file (`matcher.schema.REJECT`), never the row's text: that stays in the
source. A reader that needs another reason adds a line here.
"""

from __future__ import annotations

WRONG_COLUMN_COUNT = "wrong_column_count"
BROKEN_QUOTES = "broken_quotes"
FIELD_TOO_LONG = "field_too_long"
NUL_BYTE = "nul_byte"
BROKEN_JSON = "broken_json"
NO_ENTRY_ID = "no_entry_id"
NO_NAME = "no_name"
NO_NUMBER = "no_number"
NO_ISSUER = "no_issuer"
UNKNOWN_ENTRY = "unknown_entry"
UNKNOWN_KIND = "unknown_kind"
UNKNOWN_HANDLING = "unknown_handling_code"
UNKNOWN_RESTRICTION = "unknown_restriction"
CONTRADICTING = "contradicting_restrictions"
EXPIRY_BEFORE_ENTRY = "expiry_before_entry"
UNKNOWN_ROLE = "unknown_role"
NO_PATTERN = "no_pattern"

REASONS: dict[str, str] = {
    WRONG_COLUMN_COUNT: "The row has more or fewer cells than the format or the header says.",
    BROKEN_QUOTES: "A quoted cell is not closed before its comma or the end of the row.",
    FIELD_TOO_LONG: "A cell, or the row as a whole, is longer than any real one.",
    NUL_BYTE: "The row holds a NUL byte: it was damaged or is not text.",
    BROKEN_JSON: "The record is not one whole JSON object in UTF-8, or it nests too deep.",
    NO_ENTRY_ID: "The entry has no usable identifier.",
    NO_NAME: "The entry has no letter in any name.",
    NO_NUMBER: "The document has no number.",
    NO_ISSUER: "The document has no issuing state.",
    UNKNOWN_ENTRY: "The row belongs to an entry that the list does not hold.",
    UNKNOWN_HANDLING: "The handling code is not in the table of handling codes, so nobody knows who may see the entry.",
    UNKNOWN_RESTRICTION: "The entry shuts out somebody who is neither a state nor a caller role.",
    CONTRADICTING: "The entry's restrictions contradict each other: it is open and discreet, or nobody could see it.",
    EXPIRY_BEFORE_ENTRY: "The entry ends before it was entered.",
    UNKNOWN_ROLE: "The role is none of suspect, facilitator, victim, witness, missing and subject.",
    NO_PATTERN: "The entry is a way of working and says no document type, issuer, route or carrier to compare.",
    UNKNOWN_KIND: "The mapping does not say whether this is a person, an organisation or a conveyance.",
}
