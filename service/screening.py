"""A screening that answers while it runs.

Steps: what the file is -> the first travellers, so that a file that can't be read is a problem and no half answer ->
head and `began` -> the rest, step by step in a thread -> `ended`. When the client goes away the work ends with the
step that runs; a client that doesn't read is cut off when the time is over.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from matcher.errors import EpervierError
from service.filters import Filtered, filtered
from service.problems import ScreeningTimeoutError, told_of
from service.streams import Counts, form_of

if TYPE_CHECKING:
    from matcher.watchlist import Watchlist
    from service.call import Call
    from service.filters import Shown
    from service.in_force import InForce
    from service.passenger_files import PassengerFile
    from service.routes.contract import Parts

STEP_ROWS = 512  # travellers decided between two pieces of the answer
GRACE_SECONDS = 5.0  # for the last piece to leave when the time is over


@dataclass(frozen=True, slots=True)
class Asked:
    """How a screening is answered: the form's media type, what is shown, and the language."""

    media_type: str
    shown: Shown | None
    locale: str


class Screening:
    """One screening of one request.

    Args:
        parts: Of the service.
        call: Is told what each piece of the answer holds, so that it is recorded before it leaves.
        in_force: What it is answered with.
        passengers: The travellers.
        asked: How it is answered.
    """

    def __init__(self, parts: Parts, call: Call, in_force: InForce, passengers: PassengerFile, asked: Asked) -> None:
        self._call = call
        self._parts, self._in_force, self._passengers, self._asked = parts, in_force, passengers, asked
        self._form = form_of(asked.media_type, is_filtered=asked.shown is not None, locale=asked.locale)
        self._counts = Counts()
        self._decided_at = datetime.datetime.now(datetime.UTC)
        self._ends_at = time.monotonic() + parts.settings.screening_timeout_seconds
        self._source: dict[str, Any] = {}
        self._steps: Iterator[list[Filtered]] = iter(())

    async def start(self) -> list[Filtered]:
        """Find out what the file is and decide its first travellers.

        Raises:
            InputError: it can't be read.
            RowsError: it holds too many travellers.
        """
        self._source = await self._run(self._passengers.describe)
        self._steps = self._decided(self._in_force.screening())
        first: list[Filtered] = await self._run(partial(next, self._steps, []))
        return first

    async def pieces(self, first: list[Filtered]) -> AsyncIterator[bytes]:
        """Go through the pieces of the answer; a fault is its last piece, where the form can say it."""
        yield self._form.began(self._began())
        try:
            decided = first
            while decided:
                yield await self._run(partial(self._encoded, decided))
                if time.monotonic() > self._ends_at:
                    seconds = self._parts.settings.screening_timeout_seconds
                    raise ScreeningTimeoutError(f"the screening took longer than {seconds:g} s; send less at once")
                decided = await self._run(partial(next, self._steps, []))
        except EpervierError as error:
            last = self._form.failed(told_of(error))
            if last is None:
                raise CutOffError from error
            yield last
            return
        yield self._form.ended(self._counts)

    def head(self) -> dict[str, str]:
        """Return the headers of the answer."""
        headers = {**self._in_force.headers, "Content-Language": self._asked.locale, "Vary": "Accept, Accept-Language"}
        if self._asked.shown is not None:
            told = self._asked.shown.told()
            headers["X-Filter"] = ", ".join(name for name, given in told.items() if given is not None)
        return headers

    async def _run(self, call: Callable[[], Any]) -> Any:
        return await self._parts.long_work.run_placed(call)

    def _began(self) -> dict[str, Any]:
        began = {**self._in_force.told(), "decided_at": self._decided_at.isoformat(), "source": self._source}
        return began if self._asked.shown is None else {**began, "filter": self._asked.shown.told()}

    def _decided(self, watchlist: Watchlist) -> Iterator[list[Filtered]]:
        for batch in self._passengers.batches(self._parts.settings.max_screening_rows):
            for decisions in watchlist.decide_batches(batch, self._decided_at, batch_rows=STEP_ROWS):
                for decision in decisions:
                    self._parts.measures.looked_up(decision.outcome)
                yield filtered(decisions, self._asked.shown)

    def _encoded(self, decided: list[Filtered]) -> bytes:
        self._counts.add(decided)
        self._call.decided(decision for decision, _ in decided)
        return self._form.decided(decided)


class CutOffError(Exception):
    """The answer can't be ended: the connection is closed before its end, which the client sees."""


class ScreeningResponse(StreamingResponse):
    """Sends a screening's pieces; what it holds is given back however that ends.

    Args:
        pieces: The pieces of the answer.
        held: Closed at the end: the file, the place among the screenings.
        seconds: Time for all of it.
    """

    def __init__(
        self,
        pieces: AsyncIterator[bytes],
        *,
        media_type: str,
        headers: dict[str, str],
        held: contextlib.ExitStack,
        seconds: float,
    ) -> None:
        super().__init__(pieces, headers=headers, media_type=media_type)
        self._pieces, self._held, self._seconds = pieces, held, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer; one that is cut off is left without its end."""
        with self._held, contextlib.suppress(CutOffError, TimeoutError, ClientDisconnect):
            async with contextlib.aclosing(self._pieces):  # type: ignore[type-var]
                async with asyncio.timeout(self._seconds + GRACE_SECONDS):
                    await super().__call__(scope, receive, send)
