"""`GET /v1/lists`: the list versions of the snapshot in force."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from service.call import call_of
from service.models import ListsAnswer
from service.routes.contract import answer, documented, parts_of

router = APIRouter()


@router.get("/v1/lists", summary="Show the lists in force", openapi_extra=documented(ListsAnswer))
async def lists(request: Request) -> Response:
    """Answer each list's version, as-of instant and counts."""
    call = call_of(request)
    watchlist = parts_of(request).current.watchlist(call.access)
    call.answered(watchlist.snapshot_id)
    return answer({"lists": watchlist.lists(), "snapshot_id": watchlist.snapshot_id})
