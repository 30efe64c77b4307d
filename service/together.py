"""Small lookups that wait at the same time are decided as one batch; the answers are the same.

A watchlist is asked by one thread at a time, so requests that come together would only stand in line. Names are
searched in a thread; what has waited meanwhile is the next batch. A few documents are asked on the event loop (handing
them to a thread would take as long); a batch is what came in one round of the loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from matcher.errors import EpervierError
from service.questions import Question, decide

if TYPE_CHECKING:
    from matcher.decision import Decision
    from matcher.watchlist import Watchlist
    from service.limits import WorkQueue

MOST_TRAVELLERS = 32  # of a batch: it ends before a request that came just after it has waited for long

_Outcome = list["Decision"] | EpervierError


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that waits."""

    watchlist: Watchlist
    question: Question
    answer: asyncio.Future[list[Decision]]


class Together:
    """Gathers the small lookups of one process. Used in the event loop.

    Args:
        work: Whose threads search names, and whose places a request that waits for one takes.
    """

    def __init__(self, work: WorkQueue) -> None:
        self._work = work
        self._names, self._quick = _Line(self._in_thread), _Line(_at_once)

    async def decide(self, watchlist: Watchlist, question: Question) -> list[Decision]:
        """Answer a small question (`Question.is_small`), one decision a traveller, in order.

        Raises:
            BusyError: as many requests wait for a thread as may.
            TravellerError: as for `questions.decide`; other requests don't notice.
        """
        if question.is_quick:
            return await self._quick.ask(watchlist, question)
        with self._work.place():
            return await self._names.ask(watchlist, question)

    async def _in_thread(self, batch: Sequence[_Asked]) -> list[_Outcome]:
        return await self._work.run_placed(partial(_outcomes, batch))


class _Line:
    """Requests that wait for one another, and the task that answers them batch by batch while there are any."""

    def __init__(self, act: Callable[[Sequence[_Asked]], Coroutine[Any, Any, list[_Outcome]]]) -> None:
        self._act = act
        self._waiting: deque[_Asked] = deque()
        self._task: asyncio.Task[None] | None = None

    async def ask(self, watchlist: Watchlist, question: Question) -> list[Decision]:
        asked = _Asked(watchlist, question, asyncio.get_running_loop().create_future())
        self._waiting.append(asked)
        if self._task is None:
            self._task = asyncio.create_task(self._run())  # begins after what this round of the loop has brought
        return await asked.answer

    async def _run(self) -> None:
        batch: list[_Asked] = []
        try:
            while self._waiting:
                batch, self._waiting = _take(self._waiting)
                work = asyncio.create_task(self._act(batch))
                await asyncio.wait([work])
                if (fault := work.exception()) is not None:
                    _settle(batch, [fault] * len(batch))
                else:
                    _settle(batch, work.result())
        finally:
            self._task = None
            for asked in (*batch, *self._waiting):  # none but when the service is ended meanwhile
                asked.answer.cancel()


async def _at_once(batch: Sequence[_Asked]) -> list[_Outcome]:
    return _outcomes(batch)


def _take(waiting: deque[_Asked]) -> tuple[list[_Asked], deque[_Asked]]:
    """The first that waits with others that ask the same watchlist, and those that are left."""
    watchlist, room = waiting[0].watchlist, MOST_TRAVELLERS
    batch: list[_Asked] = []
    left: deque[_Asked] = deque()
    for asked in waiting:
        n_travellers = len(asked.question.travellers)
        if asked.answer.done():  # its caller has left
            continue
        if asked.watchlist is watchlist and (n_travellers <= room or not batch):
            batch.append(asked)
            room -= n_travellers
        else:
            left.append(asked)
    return batch, left


def _outcomes(batch: Sequence[_Asked]) -> list[_Outcome]:
    """Decide a batch."""
    if len(batch) < 2:
        return [_alone(asked) for asked in batch]
    travellers = [traveller for asked in batch for traveller in asked.question.travellers]
    try:
        decisions = iter(batch[0].watchlist.lookup_batch(travellers))
    except EpervierError:  # one of them can't be decided: the others are
        return [_alone(asked) for asked in batch]
    return [[next(decisions) for _ in asked.question.travellers] for asked in batch]


def _alone(asked: _Asked) -> _Outcome:
    try:
        return decide(asked.watchlist, asked.question)
    except EpervierError as error:
        return error


def _settle(batch: Sequence[_Asked], outcomes: Sequence[_Outcome | BaseException]) -> None:
    for asked, outcome in zip(batch, outcomes, strict=True):
        if asked.answer.done():  # its caller has left
            continue
        if isinstance(outcome, BaseException):
            asked.answer.set_exception(outcome)
        else:
            asked.answer.set_result(outcome)
