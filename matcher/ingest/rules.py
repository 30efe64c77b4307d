"""The rules of the data for one entry: its kind by the table, who may see it, and whether its rules can be kept.

Every person, organisation, conveyance and pattern of every reader passes here (`Sink.person`). What can't be kept as
the owner asked is a reject, never an entry that everybody sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcher.access import UNRESTRICTED, Restriction, shut_out_codes
from matcher.ingest.reject import CONTRADICTING, EXPIRY_BEFORE_ENTRY, NO_PATTERN, UNKNOWN_HANDLING, UNKNOWN_RESTRICTION
from matcher.policy.handling import handling_of
from matcher.policy.kinds import kind_of, without_scope

PATTERN = "pattern"  # kind of an entry that describes a way of working, not a person
UNKNOWN_CATEGORY = "unknown_kind_of_entry"  # counted among the notes
OPEN_HANDLING = "open"


def ruled(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row with its category as the table of kinds writes it; an unknown one is kept."""
    kind = kind_of(row.get("category"))
    found = {**row, "category": kind.kind_id if kind.is_known else row["category"]}
    if kind.found_by == PATTERN:
        found["kind"] = PATTERN
    return found


def is_known(row: Mapping[str, Any]) -> bool:
    """Whether the row's kind is in the table."""
    return kind_of(row.get("category")).is_known


def fault_of(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return reason and field of a row whose rules can't be kept; None for a sound one."""
    handling = handling_of(row.get("handling_code"))
    if handling is None:
        return UNKNOWN_HANDLING, "handling_code"
    shut_out, unknown = shut_out_codes(row.get("access_restriction") or ())
    if unknown is not None:
        return UNKNOWN_RESTRICTION, "access_restriction"
    says_open = bool(row.get("handling_code")) and handling.code == OPEN_HANDLING
    if says_open and (row.get("discreet") or shut_out):
        return CONTRADICTING, "handling_code"
    if handling.roles and handling.roles <= set(shut_out):
        return CONTRADICTING, "access_restriction"
    entered, expires = row.get("entered_on"), row.get("expires_on")
    if entered is not None and expires is not None and expires < entered:
        return EXPIRY_BEFORE_ENTRY, "expires_on"
    if row.get("kind") == PATTERN and not any((row.get("pattern") or {}).values()):
        return NO_PATTERN, "pattern"
    return None


def restriction_of(row: Mapping[str, Any]) -> Restriction:
    """Return what decides who may see a sound row."""
    kind, protective = kind_of(row.get("category")), bool(row.get("protective"))
    handling = handling_of(row.get("handling_code"))
    is_for_all = without_scope(kind, None, False) == "show"
    found = Restriction(
        category=None if is_for_all else row["category"],
        role=row.get("role") if protective else None,
        protective=protective,
        discreet=bool(row.get("discreet")),
        handling=None if handling is None or handling.code == OPEN_HANDLING else handling.code,
        shut_out=shut_out_codes(row.get("access_restriction") or ())[0],
    )
    return UNRESTRICTED if found.is_open else found
