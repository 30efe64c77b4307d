"""A traveller beside a way of working (a purple notice): document, route and carrier, no person.

Every criterion that the entry names must agree, one value of each; a traveller that says nothing of one doesn't agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matcher.documents.states import same_issuer, state_code
from matcher.documents.types import document_class
from matcher.entry import Pattern
from matcher.query import CarriedDocument

_JOINTS = "-/>,;"


@dataclass(frozen=True, slots=True)
class Journey:
    """What a traveller says beside name and person: documents, carrier, places in order."""

    documents: tuple[CarriedDocument, ...]
    carrier: str | None
    route: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """One criterion of a pattern that agrees: which, what was presented, what is listed."""

    criterion: str
    query_value: str
    entry_value: str


def agreements(journey: Journey, pattern: Pattern) -> tuple[Agreement, ...] | None:
    """Return the agreement of every criterion that a pattern names; None when one does not agree.

    Document type and issuer must agree on one document.

    Examples:
        >>> journey = Journey((CarriedDocument("A1", "UTO", "P"),), "XY", ("AAA", "BBB", "CCC"))
        >>> [one.criterion for one in agreements(journey, Pattern(("P",), (), ("AAA-CCC",), ())) or ()]
        ['document_type', 'route']
        >>> agreements(journey, Pattern(("P",), ("XXA",), (), ())) is None
        True
    """
    found: list[Agreement] = []
    if pattern.document_types or pattern.issuing_states:
        by_document = next((one for carried in journey.documents if (one := _document(carried, pattern))), None)
        if by_document is None:
            return None
        found += by_document
    if pattern.routes:
        route = next((listed for listed in pattern.routes if _passes(journey.route, listed)), None)
        if route is None:
            return None
        found.append(Agreement("route", "-".join(journey.route), route))
    if pattern.carriers:
        wanted = _word(journey.carrier or "")
        carrier = next((listed for listed in pattern.carriers if wanted and _word(listed) == wanted), None)
        if carrier is None:
            return None
        found.append(Agreement("carrier", journey.carrier or "", carrier))
    return tuple(found) or None


def _document(carried: CarriedDocument, pattern: Pattern) -> list[Agreement] | None:
    found = []
    if pattern.document_types:
        kind = document_class(carried.type)
        listed = next((one for one in pattern.document_types if kind and document_class(one) == kind), None)
        if listed is None:
            return None
        found.append(Agreement("document_type", carried.type or "", listed))
    if pattern.issuing_states:
        issuer = carried.issuing_state
        listed = next((one for one in pattern.issuing_states if same_issuer(issuer, state_code(one))), None)
        if listed is None:
            return None
        found.append(Agreement("issuing_state", carried.issuing_state or "", listed))
    return found


def _passes(route: Sequence[str], listed: str) -> bool:
    """Whether the places of a listed route are places of the journey, in that order."""
    for joint in _JOINTS[1:]:
        listed = listed.replace(joint, _JOINTS[0])
    places = iter(map(_word, route))
    wanted = [word for part in listed.split(_JOINTS[0]) if (word := _word(part))]
    return bool(wanted) and all(any(place == word for place in places) for word in wanted)


def _word(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
