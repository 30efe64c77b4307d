"""Key and purpose from the page's form, for a browser can't set headers: they become the headers of the request.

Stands around whatever admits callers, so that the page's callers are admitted, counted and recorded as all others.
A key that the caller's headers hold already stays. What is refused is said in the page, not as JSON.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matcher.errors import EpervierError
from service import problems
from service.limits import take_body
from service.page.fields import FORM, Fields, fields_of

if TYPE_CHECKING:
    from service.settings import Settings

Render = Callable[[Fields, str, int], Response]


class FormCredentials:
    """Turns `key` and `purpose` of the page's form into `Authorization` and `X-Purpose`.

    Args:
        app: What it stands around.
        settings: Bounds of the body.
        render: Makes the page with the form as it was filled in, a problem's slug and a status.
    """

    def __init__(self, app: ASGIApp, settings: Settings, render: Render) -> None:
        self._app, self._settings, self._render = app, settings, render

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, a form of the page with the headers that it stands for."""
        if not _is_form(scope):
            await self._app(scope, receive, send)
            return
        chunks: list[bytes] = []
        settings = self._settings
        try:
            most, seconds = settings.max_body_bytes, settings.body_timeout_seconds
            await take_body(Request(scope, receive), chunks.append, most=most, seconds=seconds)
        except EpervierError as error:
            await problems.of_error(error, settings.retry_after_seconds)(scope, receive, send)
            return
        try:
            fields = fields_of(b"".join(chunks))
        except EpervierError:  # the route refuses it too, once the caller is admitted and recorded
            await self._app(scope, _replayed(b"".join(chunks), receive), send)
            return
        given = {b"authorization": f"Bearer {fields.key}" if fields.key else "", b"x-purpose": fields.purpose}
        present = {name for name, _ in scope["headers"]}
        added = [(name, _header(text)) for name, text in given.items() if text and name not in present]
        scope["headers"] = [*scope["headers"], *added]
        answer = _InPage(send, lambda slug, status: self._render(dataclasses.replace(fields, key=""), slug, status))
        await self._app(scope, _replayed(b"".join(chunks), receive), answer)
        await answer.finish(scope, receive)


class _InPage:
    """Passes an answer on, but holds a problem back to say it in the page."""

    def __init__(self, send: Send, render: Callable[[str, int], Response]) -> None:
        self._send, self._render = send, render
        self._status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kinds = [value for name, value in message["headers"] if name == b"content-type"]
            self._status = message["status"] if kinds == [problems.MEDIA_TYPE.encode()] else None
        if self._status is None:
            await self._send(message)

    async def finish(self, scope: Scope, receive: Receive) -> None:
        """Send the page in place of a problem that was held back."""
        if self._status is not None:
            slug: str = scope.get("problem", "other")
            await self._render(slug, self._status)(scope, receive, self._send)


def _is_form(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] != "/":
        return False
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    return bool(kind.partition(b";")[0].strip().lower() == FORM.encode())


def _header(text: str) -> bytes:
    """Write a header's value; what no header can hold becomes `?`, which no key and no purpose has."""
    return "".join(sign if " " <= sign < "\x7f" else "?" for sign in text).encode("ascii")


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Give the body that was read once more, then what follows."""
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return messages.pop() if messages else await receive()

    return again
