"""`POST /v1/documents/search`: document numbers in, list entries out; it says nothing about a bearer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from service.call import Call, call_of
from service.limits import read_body
from service.models import DocumentSearchAnswer, DocumentSearchRequest, SearchedDocument, decode
from service.questions import SMALL, searched_documents
from service.routes.contract import PlainRoute, answer, documented, in_force_of, parts_of
from service.routes.examples import DOCUMENT_SEARCHES

if TYPE_CHECKING:
    from service.in_force import InForce

router = APIRouter(route_class=PlainRoute)


@router.post(
    "/v1/documents/search",
    summary="Search documents by number",
    openapi_extra=documented(DocumentSearchAnswer, body=DocumentSearchRequest, examples=DOCUMENT_SEARCHES),
)
async def search(request: Request) -> Response:
    """Answer one match a list entry found; a document not found has none."""
    parts = parts_of(request)
    body = decode(await read_body(request, parts.settings), DocumentSearchRequest)
    wanted = searched_documents(body, parts.settings)
    call = call_of(request)
    call.asked(wanted)
    in_force = await in_force_of(request)
    if len(wanted) <= SMALL:
        return _search(call, in_force, wanted, body.near)
    return await parts.work.run(partial(_search, call, in_force, wanted, body.near))


def _search(call: Call, in_force: InForce, wanted: list[SearchedDocument], near: bool) -> Response:
    found = in_force.watchlist.search_documents(
        [document.number for document in wanted],
        issuing_states=[document.issuing_state for document in wanted],
        types=[document.type for document in wanted],
        near=near,
    )
    call.showed(zip(found.column("list_id").to_pylist(), found.column("entry_id").to_pylist(), strict=True))
    return answer({"matches": found.to_pylist(), **in_force.told()}, in_force)
