"""From the matches of one traveller to the decision that a caller may have (architecture rule 10).

Steps: what an exception holds back -> who is one person -> order -> the limit -> one neutral referral for all that the
caller may not see -> for a carrier nothing but an outcome. Nothing that the caller may not see is counted.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from matcher.access import CARRIER, Access
from matcher.decide import HIT, OUTCOMES, REVIEW
from matcher.decision import Caps, Decision, KnownDifferent, Match, outcome_of
from matcher.entry import PersonEntry
from matcher.explain import Explanation, Subject
from matcher.policy.kinds import carrier_answer, kind_of

REFER = "refer"  # requested action of a neutral referral, and a carrier's outcome
CLEARED, DOCUMENT_INVALID = "cleared", "document_invalid"  # a carrier's other outcomes
REFERRAL = "referral"  # channel of a neutral referral
NO_CAPS = Caps()


@dataclass
class Found:
    """What the lists gave for one traveller.

    Attributes:
        matches: With the entry of each that is a person's.
        opposed: Equal names that other evidence opposes.
        contacts: Of the lists that hold something that the caller is only referred for; None where one names nobody.
        known_different: Matches that exceptions hold back.
    """

    matches: list[tuple[Match, PersonEntry | None]]
    opposed: int = 0
    contacts: tuple[str | None, ...] = ()
    known_different: tuple[KnownDifferent, ...] = ()


@dataclass(frozen=True, slots=True)
class Naming:
    """What every decision of a watchlist names."""

    snapshot_id: str
    model_id: str
    limit: int
    access: Access | None


def decision_of(
    row: Mapping[str, Any], found: Found, caps: Caps, naming: Naming, decided_at: datetime.datetime
) -> Decision:
    """Make the decision of a TRAVELLER row (as a dict); `caps` counts what was left out of the traveller."""
    matches = sorted(related(found.matches), key=order_of)
    shown = tuple(matches[: naming.limit])
    if found.contacts:
        shown = (*shown, referral(next(filter(None, found.contacts), None)))
    decision = Decision(
        reference=row["reference"],
        outcome=outcome_of(shown) if row["reject_reason"] is None else None,
        matches=shown,
        warnings=tuple(row["warnings"] or ()),
        reject_reason=row["reject_reason"],
        caps=Caps(
            matches_over_limit=max(0, len(matches) - naming.limit),
            equal_names_opposed=found.opposed,
            names_over_limit=caps.names_over_limit,
            documents_over_limit=caps.documents_over_limit,
        ),
        snapshot_id=naming.snapshot_id,
        model_id=naming.model_id,
        decided_at=decided_at,
        known_different=found.known_different,
        guidance=tuple(row["indicators"] or ()),
    )
    return carrier_decision(decision) if naming.access is not None and naming.access.answers == CARRIER else decision


def referral(contact: str | None) -> Match:
    """Return the one neutral match for everything that a caller may not see, but is asked to refer."""
    subject = Subject(None, None, REFERRAL, None, requested_action=REFER, contact=contact)
    return Match(
        list_id=None,
        entry_id=None,
        channel=REFERRAL,
        outcome=REVIEW,
        match_weight=None,
        equal_name=False,
        explanation=Explanation((), subject),
        category=None,
        role=None,
        protective=False,
        requested_action=REFER,
        urgency=None,
        contact=contact,
        status=None,
        document_type=None,
        reported_on=None,
    )


def carrier_decision(decision: Decision) -> Decision:
    """Reduce a decision to what a carrier gets: an outcome, no match, no count."""
    outcome = decision.outcome and _carrier_outcome(decision.matches)
    return replace(decision, outcome=outcome, matches=(), caps=NO_CAPS, known_different=(), guidance=())


def _carrier_outcome(matches: Sequence[Match]) -> str:
    outcomes = {_answer(match) for match in matches if match.outcome == HIT}
    if DOCUMENT_INVALID in outcomes:
        return DOCUMENT_INVALID
    is_referred = any(_answer(match) != CLEARED for match in matches)
    return REFER if is_referred else CLEARED


def _answer(match: Match) -> str:
    return carrier_answer(kind_of(match.category), match.role, match.protective)


def related(found: Sequence[tuple[Match, PersonEntry | None]]) -> list[Match]:
    """Name on every match the others that the lists relate to it: one person on several lists, or on one twice."""
    if sum(entry is not None for _, entry in found) < 2:
        return [match for match, _ in found]
    made = []
    for match, entry in found:
        names = {
            f"{other.list_id}/{other.entry_id}"
            for other, others in found
            if entry is not None and others is not None and other is not match and _are_related(entry, others)
        }
        made.append(replace(match, related=tuple(sorted(names))) if names else match)
    return made


def _are_related(left: PersonEntry, right: PersonEntry) -> bool:
    return _names_other(left, right) or _names_other(right, left)


def _names_other(one: PersonEntry, other: PersonEntry) -> bool:
    return bool(set(one.related) & set(filter(None, (other.entry_id, other.source_reference))))


def order_of(match: Match) -> tuple[bool, int, float, str, str]:
    """Protective first, then outcome, weight, list and entry id (rule 10)."""
    weight = 0.0 if match.match_weight is None else match.match_weight
    outcome = -OUTCOMES.index(match.outcome)
    return (not match.protective, outcome, -weight, match.list_id or "", match.entry_id or "")
