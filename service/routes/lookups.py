"""`POST /v1/lookups`: travellers in, decisions out, the same as the library's."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from matcher.records import Traveller
from service.call import Call, call_of
from service.limits import read_body
from service.models import LookupAnswer, LookupRequest, decode, travellers_of, zone_of
from service.routes.contract import answer, documented, parts_of

if TYPE_CHECKING:
    from matcher.decision import Decision
    from matcher.watchlist import Watchlist

EXAMPLES = {
    "a traveller with a passport": {
        "value": {
            "travellers": [
                {
                    "reference": "row-17",
                    "names": ["ERIKSSON, Anna Maria"],
                    "birth_date": "1974-08-12",
                    "sex": "F",
                    "nationalities": ["UTO"],
                    "documents": [{"number": "L898902C3", "issuing_state": "UTO", "type": "P"}],
                }
            ]
        }
    },
    "a machine readable zone": {
        "value": {"mrz": "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"}
    },
    "two names in two scripts": {"value": {"travellers": [{"names": ["يوسف عبد الرحمن"]}, {"names": ["Yusuf"]}]}},
}
router = APIRouter()


@router.post(
    "/v1/lookups",
    summary="Look travellers up",
    openapi_extra=documented(LookupAnswer, body=LookupRequest, examples=EXAMPLES),
)
async def lookups(request: Request) -> Response:
    """Answer one decision a traveller, in the order of the request; a match is a lead, never proof."""
    parts = parts_of(request)
    body = decode(await read_body(request, parts.settings), LookupRequest)
    call = call_of(request)
    watchlist = parts.current.watchlist(call.access)
    zone = zone_of(body)
    if zone is not None:
        call.asked([zone])
        return await parts.work.run(partial(_look_up_zone, watchlist, zone, call))
    travellers = travellers_of(body, parts.settings)
    call.asked(body.travellers or ())
    return await parts.work.run(partial(_look_up, watchlist, travellers, call))


def _look_up(watchlist: Watchlist, travellers: list[Traveller], call: Call) -> Response:
    return _answer(watchlist, watchlist.lookup_batch(travellers), call)


def _look_up_zone(watchlist: Watchlist, zone: str, call: Call) -> Response:
    return _answer(watchlist, [watchlist.lookup_mrz(zone)], call)


def _answer(watchlist: Watchlist, decisions: list[Decision], call: Call) -> Response:
    call.answered(watchlist.snapshot_id, watchlist.model_id)
    call.decided(decisions)
    plain = [decision.to_dict() for decision in decisions]
    return answer({"decisions": plain, "snapshot_id": watchlist.snapshot_id, "model_id": watchlist.model_id})
