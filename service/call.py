"""One request as the audit sees it: who, what, for which purpose, and what the answer holds.

`service.guard` makes it; a route notes what it was asked and what it answers. A route with a streamed
answer notes piece by piece: each piece is recorded before it leaves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service.audit.record import Record, canonical

if TYPE_CHECKING:
    from fastapi import Request

    from matcher.access import Access
    from matcher.decision import Decision
    from service.access import Rule
    from service.keys import Key

SCOPE = "epervier.call"


@dataclass(slots=True)
class Call:
    """A request under way.

    Attributes:
        request_id: Its id.
        at: When it came.
        rule: The row of the table of routes; none until it was found.
        key: The caller's key; none: no key was ever made, or the route is public.
        purpose: The purpose given.
        access: What lists are opened for; none: the library's default.
        is_open: No key was ever made: the caller may see whatever the library shows.
        status: HTTP status of the answer.
        problem: Last part of the type of the problem answered.
    """

    request_id: str
    at: str
    rule: Rule | None = None
    key: Key | None = None
    purpose: str | None = None
    access: Access | None = None
    is_open: bool = False
    status: int | None = None
    problem: str | None = None
    part: int = 0
    queries: list[bytes] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    entries: list[tuple[str, str]] = field(default_factory=list)
    snapshot_id: str | None = None
    model_id: str | None = None
    about: dict[str, Any] = field(default_factory=dict)
    has_news: bool = True
    keep_now: Callable[[], Awaitable[None]] | None = None

    def asked(self, queries: Iterable[Any]) -> None:
        """Note what is asked: forms, rows or texts; only keyed digests of them are kept."""
        self.queries.extend(map(canonical, queries))
        self.has_news = True

    def answered(self, snapshot_id: str, model_id: str | None = None) -> None:
        """Note what answers."""
        self.snapshot_id, self.model_id, self.has_news = snapshot_id, model_id, True

    def decided(self, decisions: Iterable[Decision]) -> None:
        """Note decisions that the answer holds."""
        for decision in decisions:
            self.outcomes[decision.outcome or "rejected"] += 1
            for match in decision.matches:
                if match.list_id is None or match.entry_id is None:
                    self.outcomes["neutral"] += 1  # a referral that names no entry
                else:
                    self.entries.append((match.list_id, match.entry_id))
        self.has_news = True

    def showed(self, entries: Iterable[tuple[str, str]]) -> None:
        """Note list entries that the answer holds, as list id and entry id."""
        self.entries.extend(entries)
        self.has_news = True

    def did(self, **facts: Any) -> None:
        """Note facts of an administrative act: ids and counts, never a name or a number."""
        self.about.update(facts)
        self.has_news = True

    async def commit(self) -> None:
        """Keep what was noted so far, before anything is done.

        Raises:
            AuditError: it can't be kept; nothing must be done.
        """
        assert self.keep_now is not None, "the guard sets it"
        await self.keep_now()

    def take_record(self) -> tuple[Record, Sequence[bytes]]:
        """Return what was noted since the last record, and what was asked."""
        is_act = self.rule is not None and not self.rule.is_open_without_keys
        record = Record(
            at=self.at,
            kind="act" if is_act else "request",
            request=self.request_id,
            part=self.part,
            what=self.rule.name if self.rule else "-",
            caller=self.key.id if self.key else None,
            roles=self.key.roles if self.key else (),
            purpose=self.purpose,
            status=self.status,
            problem=self.problem,
            snapshot=self.snapshot_id,
            model=self.model_id,
            outcomes=dict(self.outcomes),
            entries=self.entries,
            about=self.about,
        )
        queries = self.queries
        self.queries, self.entries, self.outcomes, self.about = [], [], Counter(), {}
        self.part += 1
        self.has_news = False
        return record, queries


def call_of(request: Request) -> Call:
    """Return the call that a request is."""
    call = request.scope[SCOPE]
    assert isinstance(call, Call)
    return call
