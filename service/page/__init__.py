"""The page at `/`: a form for a traveller, a document or a machine readable zone, and the answer with its reasons.

Rendered here, without script; what is asked goes in the body of a POST, so that no address holds a person's data.
`fields` reads the form, `view` lays a decision out, `messages` are the sentences, one catalogue a language.
The answer is that of `POST /v1/lookups`, by the same function.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from fastapi import APIRouter, Request, Response

from matcher.errors import EpervierError
from matcher.explain import LOCALES
from service.call import call_of
from service.limits import take_body
from service.page.fields import FORM, Fields, check_origin, fields_of
from service.page.messages import messages
from service.page.view import View, view_of
from service.problems import MediaTypeError, problem_of
from service.questions import decide
from service.routes.contract import in_force_of, locale_of, parts_of
from service.routes.lookups import counted

if TYPE_CHECKING:
    from service.in_force import InForce
    from service.questions import Question

HERE = Path(__file__).parent
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # not `no-referrer`: the browser would then hide where a form came from
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_STYLE = (HERE / "static" / "page.css").read_bytes()
router = APIRouter(include_in_schema=False)


@router.get("/")
async def show(request: Request) -> Response:
    """Show the empty form."""
    given = request.query_params.get("lang", "")
    return _page(Fields(), given if given in LOCALES else locale_of(request))


@router.get("/page.css")
async def style() -> Response:
    """Send the style sheet."""
    return Response(_STYLE, media_type="text/css", headers=HEADERS)


@router.post("/")
async def look_up(request: Request) -> Response:
    """Answer the form; what can't be asked is said above it, in the page."""
    parts = parts_of(request)
    check_origin(request.headers, request.url.scheme)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise MediaTypeError("the page takes the form that it shows; send JSON to /v1/lookups")
    chunks: list[bytes] = []
    settings = parts.settings
    await take_body(request, chunks.append, most=settings.max_body_bytes, seconds=settings.body_timeout_seconds)
    fields = fields_of(b"".join(chunks))
    locale = fields.lang if fields.lang in LOCALES else locale_of(request)
    try:
        question = fields.question()
        call_of(request).asked(question.zones or question.travellers)
        in_force = await in_force_of(request, question.preset)
        view = await parts.work.run(partial(_answered, request, in_force, question, locale))
    except EpervierError as error:
        row = problem_of(type(error))
        return _page(fields, locale, problem=row.slug, status=row.status)
    return _page(fields, locale, view=view)


def _answered(request: Request, in_force: InForce, question: Question, locale: str) -> View:
    (decision,) = counted(parts_of(request), decide(in_force.watchlist, question))
    call_of(request).decided([decision])
    return view_of(decision, in_force.freshness.stale_lists(), locale)


def said_in_page(fields: Fields, slug: str, status: int) -> Response:
    """Make the page that says a problem, with the form as it was filled in."""
    return _page(fields, fields.lang if fields.lang in LOCALES else LOCALES[0], problem=slug, status=status)


def _page(
    fields: Fields, locale: str, *, view: View | None = None, problem: str | None = None, status: int = 200
) -> Response:
    words = messages(locale)
    html = _TEMPLATES.get_template("page.html").render(
        words=words,
        locale=locale,
        locales={one: messages(one)["page"]["language"] for one in LOCALES},
        fields=fields,
        view=view,
        problem=None if problem is None else words["problems"].get(problem, words["problems"]["other"]),
    )
    return Response(html, status, {**HEADERS, "Content-Language": locale}, "text/html; charset=utf-8")
