"""`GET /v1/model` and `POST /v1/compare`: what weighs, and two names weighed without a list."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

import matcher
from matcher.explain import LOCALES
from matcher.score.model import PRESETS
from service.call import call_of
from service.forms import CompareAnswer, CompareRequest, ModelAnswer
from service.limits import read_body
from service.models import decode
from service.problems import BodyError
from service.questions import check_count
from service.routes.contract import PlainRoute, answer, documented, in_force_of, locale_of, parts_of
from service.routes.examples import COMPARED, COMPARISONS

if TYPE_CHECKING:
    from service.in_force import InForce

router = APIRouter(route_class=PlainRoute)


@router.get("/v1/model", summary="Show what weighs", openapi_extra=documented(ModelAnswer))
async def model(request: Request) -> Response:
    """Answer the model's weights and the thresholds of its presets."""
    in_force = await in_force_of(request, is_about_lists=True)
    weighs = in_force.watchlist.model
    presets = {name: {level: weighs.weights[name][level] for level in ("review_bits", "hit_bits")} for name in PRESETS}
    weights = {name: dict(table) for name, table in weighs.weights.items() if name not in PRESETS}
    told = {
        "presets": presets,
        "weights": weights,
        "opposing": {feature: sorted(levels) for feature, levels in weighs.opposing.items()},
        "languages": LOCALES,
    }
    return answer({**told, **in_force.ids}, in_force)


@router.post(
    "/v1/compare",
    summary="Compare names",
    openapi_extra=documented(CompareAnswer, body=CompareRequest, examples=COMPARISONS, answered=COMPARED),
)
async def compare(request: Request) -> Response:
    """Answer what each pair of names weighs at even odds; no list is asked."""
    parts = parts_of(request)
    body = decode(await read_body(request, parts.settings), CompareRequest)
    call_of(request).asked([body])
    in_force = await in_force_of(request)
    if isinstance(body.left, str) and isinstance(body.right, str):
        return await parts.work.run(partial(_one, in_force, body.left, body.right, locale_of(request)))
    if isinstance(body.left, str) or isinstance(body.right, str):
        raise BodyError("a name stands on one side and a column on the other; send two names, or two columns")
    check_count(body.left, parts.settings.max_pairs, "pairs")
    return await parts.work.run(partial(_columns, in_force, body.left, body.right))


def _one(in_force: InForce, left: str, right: str, locale: str) -> Response:
    found = matcher.compare_names(left, right, model=in_force.watchlist.model)
    comparison: dict[str, Any] = {
        "match_weight": found.match_weight,
        "match_probability": found.match_probability,
        "same": found.same,
        "explanation": {
            "leaves": [asdict(leaf) for leaf in found.explanation.leaves()],
            "missing": [],
            "text": found.explanation.to_text(locale, letters=True),
        },
    }
    return answer({"comparisons": [comparison], **in_force.ids}, in_force, locale=locale)


def _columns(in_force: InForce, left: list[str | None], right: list[str | None]) -> Response:
    found = matcher.compare_name_pairs(left, right)
    return answer({"comparisons": found.to_pylist(), **in_force.ids}, in_force)
