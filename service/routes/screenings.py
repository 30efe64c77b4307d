"""`POST /v1/screenings`: a passenger file or rows in, decisions out while it runs (`service.screening`)."""

from __future__ import annotations

import contextlib

from fastapi import APIRouter, Request, Response

from matcher.passengers.items import traveller_batch
from matcher.passengers.row import traveller_row
from service.call import call_of
from service.forms import ScreeningRequest
from service.limits import read_body
from service.models import decode
from service.passenger_files import PassengerFile, ReadAs, format_of
from service.questions import check_count, traveller
from service.routes.contract import Parts, PlainRoute, in_force_of, locale_of, parts_of
from service.routes.screening_docs import DOCUMENTED
from service.screening import Asked, Screening, ScreeningResponse
from service.screening_options import Options, options_of
from service.streams import media_type_of

router = APIRouter(route_class=PlainRoute)


@router.post("/v1/screenings", summary="Screen a passenger file", openapi_extra=DOCUMENTED)
async def screenings(request: Request) -> Response:
    """Answer one decision a traveller, in the order of the file, while it is read; a match is a lead, never proof."""
    parts, options = parts_of(request), options_of(request.query_params)
    media_type = media_type_of(request.headers.get("accept", ""))
    in_force = await in_force_of(request, options.preset)
    with contextlib.ExitStack() as held:
        held.enter_context(parts.long_work.place())
        passengers = await _passengers(request, parts, options)
        held.callback(passengers.close)
        call = call_of(request)
        call.asked([{"screened": await parts.long_work.run_placed(passengers.digest)}])
        screening = Screening(parts, call, in_force, passengers, Asked(media_type, options.shown, locale_of(request)))
        pieces = screening.pieces(await screening.start())
        return ScreeningResponse(
            pieces,
            media_type=media_type,
            headers=screening.head(),
            held=held.pop_all(),
            seconds=parts.settings.screening_timeout_seconds,
        )


async def _passengers(request: Request, parts: Parts, options: Options) -> PassengerFile:
    format = format_of(request, options.format)
    if format is None:
        body = decode(await read_body(request, parts.settings), ScreeningRequest)
        check_count(body.travellers, parts.settings.max_screening_rows, "travellers")
        rows = [traveller_row(traveller(form, row), row) for row, form in enumerate(body.travellers, 1)]
        return PassengerFile(rows=traveller_batch(rows))
    read_as = ReadAs(format, options.encoding, options.sheet, options.date_order, options.calendar)
    passengers = PassengerFile(read_as)
    with contextlib.ExitStack() as undo:
        undo.callback(passengers.close)
        await passengers.fill(request, parts.settings)
        undo.pop_all()
    return passengers
