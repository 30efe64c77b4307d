"""Around every request: its id, its line in the log, and what is counted of it."""

from __future__ import annotations

import itertools
import time
import uuid
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.logs import known_method

if TYPE_CHECKING:
    from service.logs import RequestLog
    from service.measures import Measures

HEADER = b"x-request-id"
_OWN = str(uuid.uuid4())[:-12]  # a process's own; drawing randomness for each request would let other threads run first
_NUMBERS = itertools.count(1)


class Observed:
    """Gives each request an id, and notes how it ended.

    A caller's `X-Request-Id` is taken over if it is a UUID; anything else could hold a name.
    """

    def __init__(self, app: ASGIApp, measures: Measures, log: RequestLog | None) -> None:
        self._app, self._measures, self._log = app, measures, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, is_whole = time.perf_counter(), 500, False
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id

        async def sending(message: Message) -> None:
            nonlocal status, is_whole
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (HEADER, request_id.encode())]
            elif message["type"] == "http.response.body":
                is_whole = not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            self._note(scope, status, is_whole, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, is_whole: bool, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", None) or "-"
        self._measures.answered(route, status, seconds)
        if problem := scope.get("problem"):
            self._measures.refused(problem)
        if self._log is not None:
            self._log(
                "request",
                method=known_method(scope["method"]),
                route=route,
                status=status,
                problem=problem,
                is_whole=is_whole,
                milliseconds=round(seconds * 1000, 3),
                request_id=scope["state"]["request_id"],
            )


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == HEADER and len(value) <= 36:
            try:
                return str(uuid.UUID(value.decode("ascii")))
            except (UnicodeDecodeError, ValueError):
                break
    return f"{_OWN}{next(_NUMBERS):012x}"
