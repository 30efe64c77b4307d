"""Imports, withdrawals and expirations: what changes the lists. Each is in the audit before it is done, and after.

The store is changed as the command line changes it; the service notices the new snapshot by the store's pointer and
goes on answering meanwhile. One writer at a time: a second is told that the store is being written (503).
"""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

import matcher
from matcher.ingest import AUTO, REGISTRY
from matcher.snapshot.manifest import check_name
from service.call import call_of
from service.forms import ExpirationAnswer, ExpirationRequest, ImportAnswer, WithdrawalAnswer, WithdrawalRequest
from service.limits import read_body
from service.models import decode
from service.problems import BodyError
from service.routes.contract import PlainRoute, answer, documented, parts_of
from service.uploads import ARCHIVE, files_of, private_folder, take_file

if TYPE_CHECKING:
    from matcher.records import ListVersion
    from service.settings import Settings

MAPPING, POLICY = "mapping.toml", "policy.toml"  # members of those names are no files of the list
SHRINK = "x-accept-shrink"
LIST_ID = {
    "name": "list_id",
    "in": "path",
    "required": True,
    "description": "Small letters, digits, `.`, `_` and `-`, at most 64.",
    "schema": {"type": "string"},
    "example": "sltd",
}
_IMPORT_PARAMETERS = [
    LIST_ID,
    {"name": "format", "in": "query", "schema": {"type": "string", "enum": [AUTO, *REGISTRY], "default": AUTO}},
    {
        "name": "X-Accept-Shrink",
        "in": "header",
        "required": False,
        "description": "Why the list may lose more entries than its policy allows; kept with the version.",
        "schema": {"type": "string", "maxLength": 200},
    },
    {"name": "strict", "in": "query", "schema": {"type": "boolean", "default": False}},
]
_BODY = {"schema": {"type": "string", "format": "binary"}}
_IMPORT_DOCUMENTED = {
    **documented(ImportAnswer, ids=False, refusals=(400, 401, 403, 408, 413, 422, 429)),
    "parameters": _IMPORT_PARAMETERS,
    "requestBody": {
        "required": True,
        "description": "The list's file; as `application/zip` its files with `mapping.toml` and `policy.toml`.",
        "content": {"application/octet-stream": _BODY, ARCHIVE: _BODY},
    },
}
_REFUSED = (400, 401, 403, 422, 429)
_WITHDRAWALS = {"an entry": {"value": {"entry_id": "6908555"}}, "the whole list": {"value": {}}}
_EXPIRATIONS = {"as of today": {"value": {}}, "as of a day": {"value": {"on": "2026-11-22"}}}
router = APIRouter(route_class=PlainRoute)


@router.post("/v1/lists/{list_id}/imports", summary="Import a list", openapi_extra=_IMPORT_DOCUMENTED)
async def import_list(request: Request) -> Response:
    """Read a list from its file and put it in force; the same file again changes nothing."""
    parts, call, list_id = parts_of(request), call_of(request), check_name(request.path_params["list_id"])
    options = _options(request)
    with parts.long_work.place(), private_folder() as folder:
        path = await take_file(request, parts.settings, folder)
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        about = {"format": options.format, "accepts_shrink": options.accept_shrink is not None}
        call.did(list=list_id, bytes=path.stat().st_size, stage="begins", **about)
        await call.commit()
        act = partial(_import, parts.settings, list_id, (path, media_type), options)
        version: ListVersion = await parts.long_work.run_placed(act)
    call.did(list=list_id, version=version.version, entries=version.entries, rejects=version.rejects, stage="done")
    return answer(asdict(version))


@router.post(
    "/v1/lists/{list_id}/withdrawals",
    summary="Withdraw an entry, or a list",
    openapi_extra={
        **documented(WithdrawalAnswer, body=WithdrawalRequest, examples=_WITHDRAWALS, ids=False, refusals=_REFUSED),
        "parameters": [LIST_ID],
    },
)
async def withdraw(request: Request) -> Response:
    """Withdraw an entry for good, or a whole list until its next import."""
    parts, call, list_id = parts_of(request), call_of(request), check_name(request.path_params["list_id"])
    body = decode(await read_body(request, parts.settings), WithdrawalRequest)
    call.did(list=list_id, entry=body.entry_id, stage="begins")
    await call.commit()
    await parts.long_work.run(partial(_store(parts.settings).withdraw, list_id, body.entry_id))
    call.did(list=list_id, entry=body.entry_id, stage="done")
    return answer({"list_id": list_id, "entry_id": body.entry_id, "withdrawn": True})


@router.post(
    "/v1/lists/{list_id}/expirations",
    summary="Delete what has expired",
    openapi_extra={
        **documented(ExpirationAnswer, body=ExpirationRequest, examples=_EXPIRATIONS, ids=False, refusals=_REFUSED),
        "parameters": [LIST_ID],
    },
)
async def expire(request: Request) -> Response:
    """Delete the entries whose time is over on a day, by default today, and answer what proves it."""
    parts, call, list_id = parts_of(request), call_of(request), check_name(request.path_params["list_id"])
    body = decode(await read_body(request, parts.settings), ExpirationRequest)
    on = body.on or datetime.datetime.now(datetime.UTC).date()
    if on > datetime.datetime.now(datetime.UTC).date():
        raise BodyError("the day is still to come; nothing has expired by then")
    call.did(list=list_id, on=on.isoformat(), stage="begins")
    await call.commit()
    deleted: list[Any] = await parts.long_work.run(partial(_store(parts.settings).expire, on, list_id))
    call.did(list=list_id, on=on.isoformat(), deleted=len(deleted), stage="done")
    return answer({"list_id": list_id, "on": on, "deleted": len(deleted)})


@dataclass(frozen=True, slots=True)
class Options:
    """How a list is imported."""

    format: str
    is_strict: bool
    accept_shrink: str | None


def _options(request: Request) -> Options:
    given = dict(request.query_params)
    if len(request.query_params.multi_items()) != len(given) or given.keys() - {"format", "strict"}:
        raise BodyError("the query may hold `format` and `strict`, each once")
    format, strict = given.get("format", AUTO), given.get("strict", "false")
    if format != AUTO and format not in REGISTRY:
        raise BodyError(f"format is none of {', '.join((AUTO, *REGISTRY))}")
    if strict not in {"true", "false"}:
        raise BodyError("strict is true or false")
    accept_shrink = request.headers.get(SHRINK)
    if accept_shrink is not None and not 1 <= len(accept_shrink.strip()) <= 200:
        raise BodyError("X-Accept-Shrink says why, in 1 to 200 characters")
    return Options(format, strict == "true", accept_shrink)


def _import(settings: Settings, list_id: str, upload: tuple[Path, str], options: Options) -> ListVersion:
    path, media_type = upload
    files = {file.name: file for file in files_of(path, media_type, settings.max_import_bytes)}
    mapping, policy = files.pop(MAPPING, None), files.pop(POLICY, None)
    return _store(settings).import_list(
        list_id,
        format=options.format,
        path=list(files.values()),
        mapping=mapping,
        policy=policy,
        accept_shrink=options.accept_shrink,
        strict=options.is_strict,
    )


def _store(settings: Settings) -> matcher.Store:
    return matcher.Store(str(settings.store))
