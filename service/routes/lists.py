"""`GET /v1/lists` and `GET /v1/entries/{list_id}/{entry_id}`: what is in force, and what a list says of an entry."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

from fastapi import APIRouter, Request, Response

from service.call import call_of
from service.forms import EntryAnswer
from service.in_force import InForce
from service.models import ListsAnswer
from service.problems import EntryError
from service.routes.contract import answer, documented, in_force_of, parts_of
from service.routes.examples import LISTS

router = APIRouter()


@router.get("/v1/lists", summary="Show the lists in force", openapi_extra=documented(ListsAnswer, answered=LISTS))
async def lists(request: Request) -> Response:
    """Answer each list's version, as-of instant, counts and age."""
    in_force = await in_force_of(request, is_about_lists=True)
    imported = in_force.watchlist.imported_at()
    ages = {age.list_id: age for age in in_force.freshness.ages}
    told = []
    for one in in_force.watchlist.lists():
        age = ages[one.list_id]
        fresh = {"age_seconds": age.seconds(), "is_stale": in_force.freshness.is_stale(age)}
        told.append({**asdict(one), "imported_at": imported[one.list_id], **fresh})
    return answer({"lists": told, **in_force.ids}, in_force)


@router.get(
    "/v1/entries/{list_id}/{entry_id}",
    summary="Show an entry of a list",
    openapi_extra={
        **documented(EntryAnswer, refusals=(404,)),
        "parameters": [
            {"name": "list_id", "in": "path", "required": True, "schema": {"type": "string"}, "example": "sltd"},
            {
                "name": "entry_id",
                "in": "path",
                "required": True,
                "description": "As a match names it; a slash in it is written %2F.",
                "schema": {"type": "string"},
                "example": "d-aq7egysq4k5uyjhe",
            },
        ],
    },
)
async def entry(request: Request) -> Response:
    """Answer what a list says under an entry id, with where it came from."""
    in_force = await in_force_of(request)
    list_id, entry_id = request.path_params["list_id"], request.path_params["entry_id"]
    call_of(request).asked([{"list_id": list_id, "entry_id": entry_id}])
    call_of(request).showed([(list_id, entry_id)])
    return await parts_of(request).long_work.run(partial(_entry, in_force, list_id, entry_id))


def _entry(in_force: InForce, list_id: str, entry_id: str) -> Response:
    found = in_force.watchlist.entry(list_id, entry_id)
    if found is None:
        raise EntryError("no list in force has that entry; ids are those of matches")
    return answer({**asdict(found), **in_force.ids}, in_force)
