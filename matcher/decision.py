"""What a caller gets back: a decision per traveller, with its matches in order, as objects, dicts and Arrow rows."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from matcher.decide import NO_MATCH
from matcher.explain import Explanation
from matcher.policy import indicators
from matcher.score.evidence import probability


@dataclass(frozen=True, slots=True)
class Match:
    """One entry that reached review or hit. A match is a lead, never proof.

    Attributes:
        list_id, entry_id: Where it is listed; None for a neutral referral.
        channel: `person`; `document`, which says nothing about the holder; `pattern`, a way of working, which says
            nothing about the person; `referral`, which says nothing but whom to ask.
        outcome: `review` or `hit`.
        match_weight: Log2 odds in bits; the sum of the explanation's leaves. None where nothing was weighed: a pattern
            or a referral.
        equal_name: Whether the full name agrees and nothing opposes that, so that any weight is reviewed (rule 9).
        explanation: The leaves and the entry's facts.
        category, role, protective, contact: As the list gives them.
        requested_action: What the list asks for, quoted; else the code of the kind's action, or `refer`.
        urgency: Of the kind: `immediate`, `prompt` or `routine`; None for a referral.
        related: `list/entry` of the decision's other matches that the lists call the same person, or related to it.
        status: Of a listed document: stolen, lost, ...; None for a person.
        document_type: Code of a listed document, as listed.
        reported_on: Day that a listed document was reported.
    """

    list_id: str | None
    entry_id: str | None
    channel: str
    outcome: str
    match_weight: float | None
    equal_name: bool
    explanation: Explanation
    category: str | None
    role: str | None
    protective: bool
    requested_action: str
    urgency: str | None
    contact: str | None
    status: str | None
    document_type: str | None
    reported_on: datetime.date | None
    related: tuple[str, ...] = ()

    @property
    def match_probability(self) -> float | None:
        """2^w / (1 + 2^w) of the match weight."""
        return None if self.match_weight is None else probability(self.match_weight)

    def to_row(self) -> dict[str, Any]:
        """Return the match as a row of `schema.MATCH`."""
        row = {name: getattr(self, name) for name in _MATCH_FIELDS}
        leaves = [asdict(leaf) for leaf in self.explanation.leaves()]
        return {**row, "explanation": leaves, "related": list(self.related)}

    def to_dict(self, locale: str = "en", *, letters: bool = False) -> dict[str, Any]:
        """Return the match ready for JSON, with the explanation as leaves, what was missing, and text.

        `explanation.to_dict` holds more: a sentence and the aligned letters of each leaf. They cost too much for every
        match of every answer; `letters` puts them into the text.
        """
        row = self.to_row()
        row["reported_on"] = self.reported_on and self.reported_on.isoformat()
        row["explanation"] = {
            "leaves": row["explanation"],
            "missing": [asdict(one) for one in self.explanation.missing],
            "text": self.explanation.to_text(locale, letters=letters),
        }
        return row


_MATCH_FIELDS = (
    "list_id", "entry_id", "channel", "outcome", "match_weight", "match_probability", "equal_name", "category", "role",
    "protective", "requested_action", "urgency", "contact", "status", "document_type", "reported_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownDifferent:
    """A match that is not raised, because somebody decided that traveller and entry are two persons."""

    list_id: str
    entry_id: str
    author: str
    reason: str
    expires_on: datetime.date | None


@dataclass(frozen=True, slots=True)
class WeighedPair:
    """A comparable entry of one traveller with its weight, whatever the thresholds say: what an evaluation reads.

    Attributes:
        list_id, entry_id: Where it is listed.
        channel: `person` or `document`.
        match_weight: Bits, as a match would have them.
        settled: The outcome that hit and review thresholds cannot lower: of a document, or of a fully agreeing name;
            None when the weight alone decides.
    """

    list_id: str
    entry_id: str
    channel: str
    match_weight: float
    settled: str | None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A traveller with every comparable entry; none for a traveller that could not be screened."""

    reference: str
    reject_reason: str | None
    pairs: tuple[WeighedPair, ...]


@dataclass(frozen=True, slots=True)
class Caps:
    """What was counted instead of shown.

    Attributes:
        matches_over_limit: Matches beyond the limit of the model.
        equal_names_opposed: Fully agreeing names below review because other evidence opposes them (rule 9).
        names_over_limit: Names left out or read in part because of their length or number.
        documents_over_limit: Documents left out because of their number.
    """

    matches_over_limit: int = 0
    equal_names_opposed: int = 0
    names_over_limit: int = 0
    documents_over_limit: int = 0

    def to_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return {name: getattr(self, name) for name in _CAPS}


_CAPS = tuple(field.name for field in fields(Caps))


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer for one traveller.

    Attributes:
        reference: The traveller's.
        outcome: `no_match`, `review` or `hit`; a carrier's is `cleared`, `refer` or `document_invalid`. None when the
            traveller could not be screened.
        matches: What reached review or hit, ordered: protective first, outcome, match weight, list and entry id.
        warnings: Codes of values that could not be used.
        reject_reason: Why the traveller could not be screened; None when it was.
        caps: What was counted instead of shown.
        snapshot_id, model_id: What was searched and what weighed.
        decided_at: The instant that the decision holds for.
        known_different: Matches that an exception holds back; never a protective one.
        guidance: Ids of the indicators that an officer ticked: to be shown with their guidance, no part of the outcome.
    """

    reference: str
    outcome: str | None
    matches: tuple[Match, ...]
    warnings: tuple[str, ...]
    reject_reason: str | None
    caps: Caps
    snapshot_id: str
    model_id: str
    decided_at: datetime.datetime
    known_different: tuple[KnownDifferent, ...] = ()
    guidance: tuple[str, ...] = ()

    @property
    def is_lead(self) -> bool:
        """Always true: a positive answer is a lead and never proof."""
        return True

    def to_row(self) -> dict[str, Any]:
        """Return the decision as a row of `schema.DECISION`."""
        best = self.matches[0] if self.matches else None
        return {
            "reference": self.reference,
            "outcome": self.outcome,
            "match_weight": best and best.match_weight,
            "list_id": best and best.list_id,
            "entry_id": best and best.entry_id,
            "channel": best and best.channel,
            "matches": [match.to_row() for match in self.matches],
            "caps": self.caps.to_dict(),
            "known_different": [asdict(one) for one in self.known_different],
            "guidance": list(self.guidance),
            "warnings": list(self.warnings),
            "reject_reason": self.reject_reason,
            "snapshot_id": self.snapshot_id,
            "model_id": self.model_id,
            "decided_at": self.decided_at,
            "is_lead": self.is_lead,
        }

    def to_dict(self, locale: str = "en", *, letters: bool = False) -> dict[str, Any]:
        """Return the decision ready for JSON; `letters` as for a match."""
        return {
            "reference": self.reference,
            "outcome": self.outcome,
            "matches": [match.to_dict(locale, letters=letters) for match in self.matches],
            "known_different": [
                {**asdict(one), "expires_on": one.expires_on and one.expires_on.isoformat()}
                for one in self.known_different
            ],
            "guidance": guidance_of(self.guidance, locale),
            "warnings": list(self.warnings),
            "reject_reason": self.reject_reason,
            "caps": self.caps.to_dict(),
            "snapshot_id": self.snapshot_id,
            "model_id": self.model_id,
            "decided_at": self.decided_at.isoformat(),
            "is_lead": self.is_lead,
        }


def guidance_of(ids: Sequence[str], locale: str) -> dict[str, Any] | None:
    """Write out what an officer is shown for the indicators that were ticked; None for none.

    Raises:
        LocaleError: no catalogue for the language.
    """
    if not ids:
        return None
    found = [one for name in ids if (one := indicators.indicator(name)) is not None]
    return {
        "indicators": [{"id": one.indicator_id, "text": one.text(locale)} for one in found],
        "guidance": indicators.guidance(locale),
        "referral": indicators.referral(locale),
    }


def outcome_of(matches: tuple[Match, ...]) -> str:
    """Return the strongest outcome among matches, `no_match` when there are none."""
    if any(match.outcome == "hit" for match in matches):
        return "hit"
    return "review" if matches else NO_MATCH
