"""A listed person as scoring and deciding read it: one PERSON_ENTRY row, opened."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matcher.query import partial_date
from matcher.records import PartialDate

ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class ListedName:
    """One name of an entry, as listed."""

    text: str
    is_weak: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a way of working is compared by; an empty tuple says nothing (`schema.PATTERN`)."""

    document_types: tuple[str, ...]
    issuing_states: tuple[str, ...]
    routes: tuple[str, ...]
    carriers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """The parts of a PERSON_ENTRY row that decisions are made from; see `matcher.schema` for meanings."""

    entry_id: str
    names: tuple[ListedName, ...]
    birth_dates: tuple[PartialDate, ...]
    sex: str | None
    nationalities: tuple[str, ...]
    birth_places: tuple[str, ...]
    category: str
    role: str
    protective: bool
    requested_action: str | None
    contact: str | None
    expires_on: datetime.date | None
    state: str
    source_reference: str | None = None
    related: tuple[str, ...] = ()
    pattern: Pattern | None = None

    def is_returnable(self, decided_on: datetime.date) -> bool:
        """Whether the entry may appear in an answer: active and not expired (rule 10)."""
        return is_in_force(self.state, self.expires_on, decided_on)


def is_in_force(state: str | None, expires_on: datetime.date | None, decided_on: datetime.date) -> bool:
    """Tell whether an entry is active on a day; it ends with the start of its expiry day.

    Examples:
        >>> day = datetime.date(2026, 1, 1)
        >>> is_in_force(None, day, day), is_in_force("active", None, day), is_in_force("withdrawn", None, day)
        (False, True, False)
    """
    return (state or ACTIVE) == ACTIVE and (expires_on is None or decided_on < expires_on)


def open_person(row: Mapping[str, Any]) -> PersonEntry:
    """Open a PERSON_ENTRY row (as a dict)."""
    dates = (partial_date(date) for date in row["birth_dates"] or ())
    return PersonEntry(
        entry_id=row["entry_id"],
        names=tuple(ListedName(name["text"], name["kind"] == "weak_alias") for name in row["names"] or ()),
        birth_dates=tuple(date for date in dates if date is not None),
        sex=row["sex"],
        nationalities=tuple(row["nationalities"] or ()),
        birth_places=tuple(row["birth_places"] or ()),
        category=row["category"] or "other",
        role=row["role"] or "subject",
        protective=bool(row["protective"]),
        requested_action=row["requested_action"],
        contact=row["contact"],
        expires_on=row["expires_on"],
        state=row["state"] or ACTIVE,
        source_reference=row["source_reference"],
        related=tuple(row["related_entries"] or ()),
        pattern=_pattern(row["pattern"]),
    )


def _pattern(value: Mapping[str, Any] | None) -> Pattern | None:
    return None if value is None else Pattern(**{name: tuple(value[name] or ()) for name in value})
