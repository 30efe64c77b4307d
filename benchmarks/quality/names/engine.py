"""What a name engine must offer to be measured, and what it may offer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

Hits = list[tuple[int, float]]  # rows of the listed names with scores, best first


class NameEngine(Protocol):
    """Compares and finds names.

    Attributes:
        name: Shown in the tables.
        same_at: Score from which the engine calls two names the same; None if it says nothing.
    """

    @property
    def name(self) -> str: ...

    @property
    def same_at(self) -> float | None: ...

    def search(self, queries: Sequence[str], listed: Sequence[str], limit: int) -> list[Hits]:
        """Find the best listed names of each query; the caller passes one `listed` object again and again."""

    def compare(self, left: Sequence[str], right: Sequence[str]) -> list[float]:
        """Score pairs of names, row by row; higher is closer. A side that can't be read gives -inf."""


@runtime_checkable
class HasFirstStage(Protocol):
    """An engine that scores only comparable pairs in full."""

    def first_stage(self, left: Sequence[str], right: Sequence[str]) -> list[tuple[bool, bool]]:
        """For each pair: whether it reaches review when scored in full, and whether it is comparable."""


@runtime_checkable
class HasFifths(Protocol):
    """An engine that learned from the Greek names, and can be made without a fifth of them."""

    def without_fifth(self, fifth: int) -> NameEngine:
        """Return the engine learned without the Greek names of a fifth (`queries.fifth_of`)."""


class EveryPair:
    """An engine that scores every listed name in full: what its first stage loses is measured against it."""

    def __init__(self, engine: NameEngine) -> None:
        self.name = f"{engine.name}, every pair"
        self.same_at = engine.same_at
        self._engine = engine

    def search(self, queries: Sequence[str], listed: Sequence[str], limit: int) -> list[Hits]:
        """Score each query against all listed names."""
        found = []
        for query in queries:
            scores = self._engine.compare([query] * len(listed), listed)
            order = sorted(range(len(listed)), key=lambda row: (-scores[row], row))
            found.append([(row, scores[row]) for row in order[:limit]])
        return found

    def compare(self, left: Sequence[str], right: Sequence[str]) -> list[float]:
        """Score as the engine does."""
        return self._engine.compare(left, right)
