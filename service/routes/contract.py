"""What routes share: the service's parts of a request, the JSON answer, and the OpenAPI of both."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from fastapi import Request, Response
from fastapi.routing import APIRoute

from matcher.access import NOTHING
from service import problems
from service.call import call_of
from service.headers import header
from service.languages import language_of

if TYPE_CHECKING:
    from service.current import Current
    from service.desk import Desk
    from service.in_force import InForce, Presets
    from service.limits import WorkQueue
    from service.measures import Measures
    from service.settings import Settings
    from service.together import Together

REFUSALS = (400, 408, 413, 415, 421, 422, 500, 503)
NO_STORE = {"Cache-Control": "no-store"}
_ENCODER = msgspec.json.Encoder()
_IDS = {"X-Snapshot-Id": "What was searched.", "X-Model-Id": "What weighed.", "X-Normaliser-Version": "What read."}


@dataclass(frozen=True, slots=True)
class Parts:
    """What a route works with.

    Attributes:
        settings: What the service was told at start.
        current: The snapshot in force.
        desk: Keys and audit.
        presets: The same under each preset.
        work: Threads for lookups.
        together: Small lookups, decided as one batch.
        long_work: Threads for screenings and for what passes over a whole list.
        measures: What is counted.
    """

    settings: Settings
    current: Current
    desk: Desk
    presets: Presets
    work: WorkQueue
    together: Together
    long_work: WorkQueue
    measures: Measures


class PlainRoute(APIRoute):
    """A route whose function takes the request and makes the response itself.

    FastAPI's own handler would look for dependencies and parameters that there are none of, which costs as much as
    looking a document up. What admits a caller stands around the application, not in a route (`service.app`).
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the function itself."""
        endpoint: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return endpoint


def parts_of(request: Request) -> Parts:
    """Return the parts that the application was made with."""
    parts = request.app.state.parts
    assert isinstance(parts, Parts)
    return parts


async def in_force_of(request: Request, preset: str | None = None, *, is_about_lists: bool = False) -> InForce:
    """Return what answers a request, opened for its caller; the audit is told.

    Args:
        request: The request.
        preset: Where reviews and hits begin.
        is_about_lists: Nothing is asked of entries: who administers or audits the lists is told of all of them.

    Raises:
        NotReadyError: no snapshot is open yet.
        UsageError: there is no such preset.
    """
    call, parts = call_of(request), parts_of(request)
    access = call.access
    if is_about_lists and access is not None and access.answers == NOTHING:
        access = None
    await parts.current.opened(access)
    in_force = parts.presets.in_force(preset, access)
    call.answered(in_force.watchlist.snapshot_id, in_force.watchlist.model_id)
    return in_force


def locale_of(request: Request) -> str:
    """Return the language that the caller asks for."""
    accepted = header(request.scope, b"accept-language")
    return language_of(accepted) if accepted else "en"


def answer(value: Any, in_force: InForce | None = None, *, locale: str | None = None) -> Response:
    """Encode an answer, with the ids of what answered in its head; it must not be kept by anything on the way."""
    headers = NO_STORE if in_force is None else in_force.headers
    if locale is not None:
        headers = {**headers, "Content-Language": locale}
    return Response(_ENCODER.encode(value), media_type="application/json", headers=headers)


def documented(
    form: type,
    *,
    body: type | None = None,
    examples: dict[str, Any] | None = None,
    answered: Any = None,
    ids: bool = True,
    refusals: tuple[int, ...] = (),
) -> dict[str, Any]:
    """Describe a route's body and answers for OpenAPI.

    Args:
        form: Of the answer.
        body: Of the request, None without one.
        examples: Of the body.
        answered: An example of the answer.
        ids: Whether the answer's head names snapshot, model and normaliser.
        refusals: Statuses beside those that every route has.
    """
    content: dict[str, Any] = {"schema": _reference(form.__name__)}
    if answered is not None:
        content["example"] = answered
    good: dict[str, Any] = {
        "description": (form.__doc__ or "").split("\n", 1)[0],
        "content": {"application/json": content},
    }
    if ids:
        good["headers"] = id_headers()
    described: dict[str, Any] = {"responses": {"200": good, **refused(body is not None, refusals)}}
    if body is not None:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _reference(body.__name__), "examples": examples or {}}},
        }
    return described


def refused(has_body: bool, more: tuple[int, ...] = ()) -> dict[str, Any]:
    """Describe the problems that a route answers."""
    problem = {problems.MEDIA_TYPE: {"schema": _reference("ProblemForm"), "example": PROBLEM}}
    statuses = sorted({*(REFUSALS if has_body else (421, 500, 503)), *more})
    return {str(status): {"description": "Problem (RFC 9457)", "content": problem} for status in statuses}


def id_headers() -> dict[str, Any]:
    """Describe the headers that name what answered."""
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in _IDS.items()}


PROBLEM = {
    "type": "urn:epervier:problem:json",
    "title": "The body is not JSON",
    "status": 400,
    "detail": "the body is not JSON in UTF-8; send one JSON object",
}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
