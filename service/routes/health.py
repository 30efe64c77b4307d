"""`GET /healthz`, `GET /readyz`, `GET /metrics`: whether the process runs, whether it can answer, what it counted."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from service.call import call_of
from service.models import HealthAnswer, ReadyAnswer
from service.routes.contract import NO_STORE, answer, documented, parts_of, refused

router = APIRouter()


@router.get(
    "/healthz",
    summary="Tell whether the process runs",
    openapi_extra=documented(HealthAnswer, answered={"status": "ok"}, ids=False),
)
async def healthz() -> Response:
    """Answer as long as the process runs, with or without a snapshot."""
    return answer({"status": "ok"})


@router.get("/readyz", summary="Tell whether a snapshot is open", openapi_extra=documented(ReadyAnswer))
async def readyz(request: Request) -> Response:
    """Answer 200 when lookups can be answered, else 503 with `Retry-After`.

    Ids and stale lists are told while no key was made; later `/v1/lists` tells them to those who may know.
    """
    parts = parts_of(request)
    parts.desk.check()
    in_force = parts.presets.in_force()
    is_open = call_of(request).is_open
    told = {
        "status": "ready",
        "is_behind": parts.current.is_behind,
        "needs_key": not is_open,
        "n_stale_lists": len(in_force.freshness.stale_lists()),
    }
    return answer(told | in_force.told(), in_force) if is_open else answer(told)


@router.get(
    "/metrics",
    summary="Show what was counted",
    openapi_extra={
        "responses": {
            "200": {
                "description": "Prometheus's text format; no label holds personal data.",
                "content": {"text/plain": {"schema": {"type": "string"}}},
            },
            **refused(has_body=False),
        }
    },
)
async def metrics(request: Request) -> Response:
    """Answer the counts of all processes, and the lists in force."""
    text = parts_of(request).measures.text()
    return Response(text, headers={**NO_STORE, "Content-Type": CONTENT_TYPE_LATEST})
