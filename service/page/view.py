"""A decision laid out for the page: what happened, what is asked, and each leaf as a sentence with its weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matcher.explain import catalogue, sentence
from matcher.policy.kinds import kind_of

if TYPE_CHECKING:
    from matcher.decision import Decision, Match


@dataclass(frozen=True, slots=True)
class Leaf:
    """One piece of evidence: its sentence, and its weight as text with a sign."""

    text: str
    bits: str
    is_against: bool


@dataclass(frozen=True, slots=True)
class MatchView:
    """A match as the page shows it."""

    match: Match
    category: str
    role: str | None
    bits: str
    probability: str
    leaves: list[Leaf]
    text: str


@dataclass(frozen=True, slots=True)
class View:
    """An answer as the page shows it."""

    outcome: str
    outcome_text: str
    decision: Decision
    matches: list[MatchView]
    caps: list[tuple[str, int]]
    stale_lists: list[str]


def view_of(decision: Decision, stale_lists: list[str], locale: str) -> View:
    """Lay a decision out in a language."""
    words = catalogue(locale)
    caps = decision.to_dict()["caps"]
    reason = decision.reject_reason or ""
    outcome = decision.outcome or "rejected"
    return View(
        outcome=outcome,
        outcome_text=words["answer"]["not_looked_up"].format(reason=reason)
        if decision.outcome is None
        else words["answer"][outcome],
        decision=decision,
        matches=[_match(match, locale) for match in decision.matches],
        caps=[(words["caps"].get(name, name), count) for name, count in caps.items() if count],
        stale_lists=stale_lists,
    )


def _match(match: Match, locale: str) -> MatchView:
    words, kind = catalogue(locale), kind_of(match.category)
    return MatchView(
        match=match,
        category=kind.wording(locale).name if kind.is_known else match.category or "",
        role=match.role and words["role"].get(match.role, match.role),
        bits="" if match.match_weight is None else f"{match.match_weight:+.2f}",
        probability="" if match.match_probability is None else f"{match.match_probability:.4f}",
        leaves=[
            Leaf(sentence(leaf, words), f"{leaf.weight_bits:+.2f}", leaf.weight_bits < 0)
            for leaf in match.explanation.leaves()
        ],
        text=match.explanation.to_text(locale, letters=True),
    )
