"""`POST /v1/lookups`: travellers, zones or documents in, decisions out, the same as the library's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from service.call import call_of
from service.filters import filtered, told
from service.limits import read_body
from service.models import LookupAnswer, LookupRequest, decode
from service.questions import Question, decide, question_of
from service.routes.contract import PlainRoute, answer, documented, in_force_of, locale_of, parts_of
from service.routes.examples import LOOKED_UP, LOOKUPS

if TYPE_CHECKING:
    from matcher.decision import Decision
    from service.in_force import InForce
    from service.routes.contract import Parts

router = APIRouter(route_class=PlainRoute)


@router.post(
    "/v1/lookups",
    summary="Look travellers, zones or documents up",
    openapi_extra=documented(LookupAnswer, body=LookupRequest, examples=LOOKUPS, answered=LOOKED_UP),
)
async def lookups(request: Request) -> Response:
    """Answer one decision an item, in the order of the request; a match is a lead, never proof."""
    parts = parts_of(request)
    question = question_of(decode(await read_body(request, parts.settings), LookupRequest), parts.settings)
    call_of(request).asked(question.zones or question.travellers)
    in_force = await in_force_of(request, question.preset)
    watchlist = in_force.watchlist
    if question.is_small:
        return _answer(request, in_force, question, await parts.together.decide(watchlist, question))
    return await parts.work.run(lambda: _answer(request, in_force, question, decide(watchlist, question)))


def _answer(request: Request, in_force: InForce, question: Question, decisions: list[Decision]) -> Response:
    locale = locale_of(request)
    decided = filtered(counted(parts_of(request), decisions), question.shown)
    call_of(request).decided(decision for decision, _ in decided)
    plain = [told(one, locale) for one in decided]
    value = {"decisions": plain, **in_force.told()}
    if question.shown is not None:
        value["filter"] = question.shown.told()
    return answer(value, in_force, locale=locale)


def counted(parts: Parts, decisions: list[Decision]) -> list[Decision]:
    """Count decisions by outcome and give them back."""
    for decision in decisions:
        parts.measures.looked_up(decision.outcome)
    return decisions
