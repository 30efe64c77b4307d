"""`POST /v1/documents/search`: document numbers in, list entries out; it says nothing about a bearer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from service.call import Call, call_of
from service.limits import read_body
from service.models import DocumentSearchAnswer, DocumentSearchRequest, SearchedDocument, decode, searched_documents
from service.routes.contract import answer, documented, parts_of

if TYPE_CHECKING:
    from matcher.watchlist import Watchlist

EXAMPLES = {
    "one passport": {
        "value": {"documents": [{"number": "L898902C3", "issuing_state": "UTO", "type": "P"}], "near": False}
    }
}
router = APIRouter()


@router.post(
    "/v1/documents/search",
    summary="Search documents by number",
    openapi_extra=documented(DocumentSearchAnswer, body=DocumentSearchRequest, examples=EXAMPLES),
)
async def search(request: Request) -> Response:
    """Answer one match a list entry found; a document not found has none."""
    parts = parts_of(request)
    body = decode(await read_body(request, parts.settings), DocumentSearchRequest)
    wanted = searched_documents(body, parts.settings)
    call = call_of(request)
    call.asked(wanted)
    return await parts.work.run(partial(_search, parts.current.watchlist(call.access), wanted, body.near, call))


def _search(watchlist: Watchlist, wanted: list[SearchedDocument], near: bool, call: Call) -> Response:
    found = watchlist.search_documents(
        [document.number for document in wanted],
        issuing_states=[document.issuing_state for document in wanted],
        types=[document.type for document in wanted],
        near=near,
    )
    call.answered(watchlist.snapshot_id)
    call.showed(zip(found.column("list_id").to_pylist(), found.column("entry_id").to_pylist(), strict=True))
    return answer({"matches": found.to_pylist(), "snapshot_id": watchlist.snapshot_id})
