"""Filters of what is shown: by list, category and role. Everything is searched; a protective entry is always shown.

A match that is left out is counted in the decision (`matches_filtered`), and the answer says that a filter was
applied, so that a filtered `no_match` can't be taken for a clean one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from matcher.decision import outcome_of

if TYPE_CHECKING:
    from matcher.decision import Decision, Match

Filtered: TypeAlias = "tuple[Decision, int | None]"  # with how many matches were left out; None: there is no filter
REFER = "refer"  # the neutral match of an entry that the caller may not see: never filtered


@dataclass(frozen=True, slots=True)
class Shown:
    """Which matches are shown; None: those of every value.

    Attributes:
        lists: By list id.
        categories: By category of the entry.
        roles: By role of a listed person; a document has none and is not filtered by it.
    """

    lists: frozenset[str] | None = None
    categories: frozenset[str] | None = None
    roles: frozenset[str] | None = None

    @classmethod
    def of(
        cls, lists: Iterable[str] | None, categories: Iterable[str] | None, roles: Iterable[str] | None
    ) -> Shown | None:
        """Make a filter; None when nothing is to be left out.

        Examples:
            >>> Shown.of(None, None, None) is None, Shown.of(["sltd"], None, None).told()["lists"]
            (True, ['sltd'])
        """
        if lists is categories is roles is None:
            return None
        return cls(*(None if one is None else frozenset(one) for one in (lists, categories, roles)))

    def applied(self, decision: Decision) -> Filtered:
        """Return the decision with what is shown, its outcome that of those matches, and how many were left out."""
        shown = tuple(match for match in decision.matches if self.shows(match))
        n_left_out = len(decision.matches) - len(shown)
        if not n_left_out:
            return decision, 0
        return replace(decision, matches=shown, outcome=outcome_of(shown)), n_left_out

    def shows(self, match: Match) -> bool:
        """Tell whether a match is shown."""
        if match.protective or match.requested_action == REFER:
            return True
        return (
            (self.lists is None or match.list_id in self.lists)
            and (self.categories is None or match.category in self.categories)
            and (self.roles is None or match.role is None or match.role in self.roles)
        )

    def told(self) -> dict[str, list[str] | None]:
        """Return the filter as the answer says it."""
        return {
            name: None if given is None else sorted(given)
            for name, given in (("lists", self.lists), ("categories", self.categories), ("roles", self.roles))
        }


def filtered(decisions: Iterable[Decision], shown: Shown | None) -> list[Filtered]:
    """Apply a filter to each decision; without one nothing was left out, and nothing is said about it."""
    if shown is None:
        return [(decision, None) for decision in decisions]
    return [shown.applied(decision) for decision in decisions]


def told(one: Filtered, locale: str) -> dict[str, Any]:
    """Return a decision as an answer holds it, with sentences of a language."""
    decision, n_left_out = one
    plain = decision.to_dict(locale)
    if n_left_out is not None:
        plain["caps"]["matches_filtered"] = n_left_out
    return plain
