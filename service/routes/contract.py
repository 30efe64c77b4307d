"""What routes share: the service's parts of a request, the JSON answer, and the OpenAPI of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from fastapi import Request, Response

from service import problems
from service.current import Current
from service.limits import WorkQueue
from service.settings import Settings

REFUSALS = (400, 408, 413, 415, 421, 422, 500, 503)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a route works with."""

    settings: Settings
    current: Current
    work: WorkQueue


def parts_of(request: Request) -> Parts:
    """Return the parts that the application was made with."""
    parts = request.app.state.parts
    assert isinstance(parts, Parts)
    return parts


def answer(value: Any) -> Response:
    """Encode an answer; it must not be kept by anything on the way."""
    return Response(msgspec.json.encode(value), media_type="application/json", headers={"Cache-Control": "no-store"})


def documented(form: type, *, body: type | None = None, examples: dict[str, Any] | None = None) -> dict[str, Any]:
    """Describe a route's body and answers for OpenAPI, by the forms of `service.models`."""
    problem = {problems.MEDIA_TYPE: {"schema": _reference("ProblemForm")}}
    described: dict[str, Any] = {
        "responses": {
            "200": {
                "description": (form.__doc__ or "").split("\n", 1)[0],
                "content": {"application/json": {"schema": _reference(form.__name__)}},
            },
            **{
                str(status): {"description": "Problem (RFC 9457)", "content": problem}
                for status in (REFUSALS if body is not None else (421, 500, 503))
            },
        }
    }
    if body is not None:
        content = {"schema": _reference(body.__name__), "examples": examples or {}}
        described["requestBody"] = {"required": True, "content": {"application/json": content}}
    return described


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
