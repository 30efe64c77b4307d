"""Errors as RFC 9457 problems: one table from error class to status, type and title.

A problem's detail is the error's own line where the caller caused it; where the fault is on our side
the caller gets a fixed sentence and an `instance`, and the line goes to the log under that instance.
No stack trace and no personal data leave here.
"""

from __future__ import annotations

import logging
import traceback
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from matcher import errors
from matcher.errors import EpervierError
from service import refusals

MEDIA_TYPE = "application/problem+json"
LOG = logging.getLogger("epervier.service")


class RequestError(EpervierError):
    """A request that cannot be read."""


class BodyError(RequestError):
    """A body that is JSON of another form than the one documented."""


class JsonError(RequestError):
    """A body that is not JSON in UTF-8."""


class BodyTooLargeError(RequestError):
    """A body longer than the limit."""


class BodyTimeoutError(RequestError):
    """A body that did not arrive in time."""


class MediaTypeError(RequestError):
    """A body of another media type than JSON, or compressed."""


class HostError(RequestError):
    """A Host header that names another host than this one (a page rebinding its name, say)."""


class AcceptError(RequestError):
    """An answer asked for in a form that there is none of."""


class OriginError(RequestError):
    """A form that another site's page sent."""


class EntryError(RequestError):
    """An entry that no list in force has."""


class RowsError(RequestError):
    """A passenger file of more travellers than allowed."""


class ScreeningTimeoutError(EpervierError):
    """A screening that took longer than allowed."""


class BusyError(EpervierError):
    """All workers are busy and the queue is full."""


class NotReadyError(EpervierError):
    """No snapshot is open yet."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A row of the table.

    Attributes:
        status: HTTP status.
        slug: Last part of the problem's type, a URN.
        title: Short sentence, the same for each occurrence.
        detail: Fixed sentence in place of the error's own line; None: the error's line is for the caller.
        retry: Whether the answer carries `Retry-After`.
    """

    status: int
    slug: str
    title: str
    detail: str | None = None
    retry: bool = False

    @property
    def type(self) -> str:
        """The problem's type."""
        return f"urn:epervier:problem:{self.slug}"


_OPERATOR = "The fault is not in the request; the operator finds the reason in the log under this instance."


def _ours(status: int, slug: str, title: str) -> Problem:
    return Problem(status, slug, title, _OPERATOR, retry=status == 503)


PROBLEMS: Mapping[type[EpervierError], Problem] = {
    errors.EpervierError: _ours(500, "internal", "The request could not be answered"),
    errors.InputError: Problem(422, "input", "The request holds something that cannot be read"),
    errors.UsageError: Problem(422, "usage", "An argument is outside its range"),
    errors.ListIdError: Problem(422, "list-id", "Not a list id"),
    errors.MappingError: Problem(422, "mapping", "The mapping cannot be applied"),
    errors.PolicyError: Problem(422, "policy", "The list policy cannot be applied"),
    errors.ShrinkError: Problem(409, "shrink", "The list would lose more entries than its policy allows"),
    errors.SignatureError: Problem(422, "signature", "A list file is not signed as its policy asks"),
    errors.AccessError: Problem(403, "access", "The caller may not have this answer"),
    errors.TravellerError: Problem(422, "traveller", "A traveller that cannot be asked about"),
    errors.ColumnTypeError: Problem(422, "column-type", "A column of another type"),
    errors.LocaleError: Problem(422, "locale", "An unknown language"),
    errors.StoreError: _ours(503, "store", "The list store cannot be used"),
    errors.StoreLockedError: _ours(503, "store-locked", "The list store is being written"),
    errors.DamagedStoreError: _ours(503, "store-damaged", "The list store is damaged"),
    errors.StoreVersionError: _ours(503, "store-version", "The list store is of another version"),
    errors.DiskError: _ours(503, "disk", "The disk refused"),
    errors.ModelError: _ours(500, "model", "The model cannot be used"),
    errors.MissingReportError: _ours(500, "report", "Pictures cannot be drawn"),
    RequestError: Problem(400, "request", "The request cannot be read"),
    BodyError: Problem(422, "body", "The body has another form than the documented one"),
    JsonError: Problem(400, "json", "The body is not JSON"),
    BodyTooLargeError: Problem(413, "body-too-large", "The body is too large"),
    BodyTimeoutError: Problem(408, "body-timeout", "The body did not arrive in time"),
    MediaTypeError: Problem(415, "media-type", "The body is not of media type application/json"),
    HostError: Problem(421, "host", "This host is not served here"),
    AcceptError: Problem(406, "accept", "The answer has no such form"),
    OriginError: Problem(403, "origin", "A form of another site"),
    EntryError: Problem(404, "entry", "No such entry"),
    RowsError: Problem(413, "rows", "The file holds too many travellers"),
    ScreeningTimeoutError: Problem(503, "screening-timeout", "The screening took too long", retry=True),
    refusals.CallerError: Problem(403, "caller", "The caller may not do that"),
    refusals.KeyMissingError: Problem(401, "key", "An API key is needed"),
    refusals.RoleError: Problem(403, "role", "The caller's roles do not allow it"),
    refusals.PurposeError: Problem(403, "purpose", "A purpose is needed"),
    refusals.RouteError: Problem(404, "route", "Nothing is served there"),
    refusals.MethodError: Problem(405, "method", "The path has no such method"),
    refusals.RateError: Problem(429, "rate", "Too many requests"),
    refusals.IdempotencyError: Problem(400, "idempotency-key", "The Idempotency-Key cannot be used"),
    refusals.IdempotencyBodyError: Problem(422, "idempotency-body", "The Idempotency-Key came with another request"),
    refusals.IdempotencyPendingError: Problem(409, "idempotency-pending", "The first request is being answered"),
    refusals.DatabaseError: _ours(503, "database", "The service's database cannot be used"),
    refusals.AuditError: _ours(503, "audit", "The request could not be recorded and is not answered"),
    refusals.TamperedError: _ours(503, "audit-tampered", "The audit does not hold together"),
    BusyError: Problem(503, "busy", "All workers are busy", retry=True),
    NotReadyError: Problem(503, "not-ready", "No snapshot is open", retry=True),
}


def problem_of(error: type[EpervierError]) -> Problem:
    """Find the row of an error class: its own, else that of its nearest base.

    Examples:
        >>> problem_of(errors.TravellerError).status, problem_of(errors.DiskError).status
        (422, 503)
    """
    for base in error.__mro__:
        if row := PROBLEMS.get(base):
            return row
    return PROBLEMS[EpervierError]


def install(app: FastAPI) -> None:
    """Answer every error of an application with a problem."""
    app.add_exception_handler(EpervierError, _on_ours)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_exception_handler(Exception, _on_unexpected)


def response(
    status: int,
    type_: str,
    title: str,
    *,
    detail: str | None = None,
    instance: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Make the response of a problem."""
    body: dict[str, Any] = {"type": type_, "title": title, "status": status}
    if detail is not None:
        body["detail"] = detail
    if instance is not None:
        body["instance"] = instance
    return ProblemResponse(msgspec.json.encode(body), status, dict(headers or {}), MEDIA_TYPE)


class ProblemResponse(Response):
    """The response of a problem; it leaves the last part of its type in the scope, to be counted."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        scope["problem"] = slug_of(msgspec.json.decode(self.body)["type"], self.status_code)
        await super().__call__(scope, receive, send)


def slug_of(type_: str, status: int) -> str:
    """Return the last part of a problem's type; the status for a problem without a type.

    Examples:
        >>> slug_of("urn:epervier:problem:json", 400), slug_of("about:blank", 404)
        ('json', 'http-404')
    """
    return f"http-{status}" if type_ == "about:blank" else type_.rpartition(":")[2]


def of_error(error: EpervierError, retry_after_seconds: int) -> Response:
    """Make the response of an error of ours; a fault on our side is logged."""
    row = problem_of(type(error))
    headers = dict(error.headers) if isinstance(error, refusals.CallerError) else {}
    if row.retry:
        headers["Retry-After"] = str(retry_after_seconds)
    told = told_of(error)
    return response(
        row.status, row.type, row.title, detail=told["detail"], instance=told.get("instance"), headers=headers
    )


def told_of(error: EpervierError) -> dict[str, Any]:
    """Return a problem's members, for a stream whose head has left; a fault on our side is logged."""
    row = problem_of(type(error))
    told: dict[str, Any] = {"type": row.type, "title": row.title, "status": row.status, "detail": str(error)}
    if row.detail is not None:
        told["instance"] = uuid.uuid4().urn
        LOG.error("%s %s: %s", told["instance"], type(error).__name__, error)
        told["detail"] = row.detail
    return told


async def _on_ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, EpervierError)
    return of_error(error, request.app.state.settings.retry_after_seconds)


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return response(error.status_code, "about:blank", HTTPStatus(error.status_code).phrase, headers=error.headers)


async def _on_validation(request: Request, error: Exception) -> Response:
    row = PROBLEMS[BodyError]
    return response(row.status, row.type, row.title, detail="a parameter of the request has another form")


async def _on_disconnect(request: Request, error: Exception) -> Response:
    row = PROBLEMS[RequestError]  # nobody reads it; it keeps the log free of a traceback
    return response(row.status, row.type, row.title, detail="the body ended early")


async def _on_unexpected(request: Request, error: Exception) -> Response:
    instance = uuid.uuid4().urn
    LOG.error("%s %s at %s", instance, type(error).__name__, where(error))
    row = PROBLEMS[EpervierError]
    return response(row.status, row.type, row.title, detail=row.detail, instance=instance)


def where(error: BaseException) -> str:
    """Name the files and lines that an error passed, innermost last, without any value.

    Examples:
        >>> where(ValueError("a name"))
        'an unknown place'
    """
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return " > ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames) or "an unknown place"
