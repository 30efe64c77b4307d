"""`GET /healthz` and `GET /readyz`: whether the process runs, and whether it can answer."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from service.models import HealthAnswer, ReadyAnswer
from service.routes.contract import answer, documented, parts_of

router = APIRouter()


@router.get("/healthz", summary="Tell whether the process runs", openapi_extra=documented(HealthAnswer))
async def healthz() -> Response:
    """Answer as long as the process runs, with or without a snapshot."""
    return answer({"status": "ok"})


@router.get("/readyz", summary="Tell whether a snapshot is open", openapi_extra=documented(ReadyAnswer))
async def readyz(request: Request) -> Response:
    """Answer 200 when lookups can be answered, else 503 with `Retry-After`."""
    current = parts_of(request).current
    watchlist = current.watchlist()
    return answer(
        {
            "status": "ready",
            "snapshot_id": watchlist.snapshot_id,
            "model_id": watchlist.model_id,
            "is_behind": current.is_behind,
        }
    )
