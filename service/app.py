"""The application: routes, problems, the check of the Host header, and the OpenAPI document.

A request passes in this order: id, clock and log -> Host header -> route -> body within limits -> decode ->
snapshot in force -> pool of threads, unless it is quick -> answer. The interactive documentation pages are off: they
load scripts from another site.
"""

from __future__ import annotations

import functools
import gc
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from service import page, problems
from service.current import Current
from service.described import with_rules
from service.desk import Desk
from service.forms import FORMS
from service.guard import Guard
from service.headers import header
from service.in_force import Presets
from service.limits import WorkQueue
from service.logs import request_log
from service.measures import Measures
from service.models import schema_components
from service.observed import Observed
from service.page.credentials import FormCredentials
from service.problems import HostError
from service.routes import administration, documents, health, lists, lookups, model, screenings
from service.routes.contract import Parts
from service.settings import Settings
from service.together import Together

if TYPE_CHECKING:
    from matcher.access import Access
    from matcher.store import Store
    from matcher.watchlist import Watchlist

DESCRIPTION = (
    "Every match is a lead to verify, never proof. While no key was ever made the service listens on this machine "
    "only, asks for neither key nor purpose, answers with everything that the library shows, and keeps its audit. "
    "From the first key on a request needs one (`Authorization: Bearer` or `X-API-Key`) and queries a purpose "
    "(`X-Purpose`)."
)


def create_app(settings: Settings, open_watchlist: Callable[[Access | None], Watchlist] | None = None) -> FastAPI:
    """Make the application of one store.

    Args:
        settings: What the service is told at start.
        open_watchlist: Opens the snapshot in force for an access; by default that of `settings.store`.

    Examples:
        >>> app = create_app(Settings(store="lists.store"))
        >>> sorted(path for path in app.openapi()["paths"])
        ['/healthz', '/metrics', '/readyz', '/v1/compare', '/v1/documents/search', '/v1/entries/{list_id}/{entry_id}',
         '/v1/lists', '/v1/lists/{list_id}/expirations', '/v1/lists/{list_id}/imports',
         '/v1/lists/{list_id}/withdrawals', '/v1/lookups', '/v1/model', '/v1/screenings']
    """
    current = Current(settings.store / "CURRENT", open_watchlist or _opener(settings), settings.max_watchlists)
    desk = Desk(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await desk.start()
        try:
            await current.start()
            await desk.act("service is ready", pid=os.getpid())
            yield
            await current.stop()
        finally:
            await desk.stop()

    app = FastAPI(
        title="Épervier",
        version="1",
        summary="Matches travellers and travel documents against watchlists, with reasons.",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # its spans would hold paths; `measures` counts
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.parts = parts = _parts(settings, current, desk)
    app.add_middleware(HostCheck, settings=settings)
    app.add_middleware(Guard, desk=desk)  # the outer of the two: what the other refuses is recorded too
    problems.install(app)
    for routes in (lookups, documents, screenings, model, lists, administration, health, page):
        app.router.routes.extend(routes.router.routes)  # included routers would be looked through at each request
    app.add_middleware(FormCredentials, settings=settings, render=page.said_in_page)  # around what admits callers
    _observe(app, parts)
    generated = app.openapi
    app.openapi = lambda: with_rules(_with_forms(generated()), desk.rules)  # type: ignore[method-assign]
    return app


def _parts(settings: Settings, current: Current, desk: Desk) -> Parts:
    measures, presets = Measures(), Presets(current, settings.stale_after_days)
    measures.watch(current, presets)
    work = WorkQueue(settings.workers, settings.queue, partial(measures.queued, "lookups"))
    return Parts(
        settings,
        current,
        desk,
        presets,
        work=work,
        together=Together(work),
        long_work=WorkQueue(settings.screenings, 0, partial(measures.queued, "screenings")),
        measures=measures,
    )


def _observe(app: FastAPI, parts: Parts) -> None:
    """Put `Observed` around everything, the answers to unexpected errors included."""
    build, log = app.build_middleware_stack, request_log() if parts.settings.access_log else None
    app.build_middleware_stack = lambda: Observed(build(), parts.measures, log)  # type: ignore[method-assign]


class HostCheck:
    """Refuses requests for another host name, so that a web page can't reach a loopback service by its own."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._is_served(header(scope, b"host") or ""):
            error = HostError("the Host header names another host; ask for 127.0.0.1 or localhost")
            await problems.of_error(error, self._settings.retry_after_seconds)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_served(self, host: str) -> bool:
        name, _, port = host.rpartition(":")
        return (name if name and port.isdecimal() else host).lower() in self._settings.allowed_hosts


def _opener(settings: Settings) -> Callable[[Access | None], Watchlist]:
    @functools.cache
    def store() -> Store:  # one for all: it compares a file with its checksum once
        import matcher

        return matcher.Store(str(settings.store))

    def open_watchlist(access: Access | None) -> Watchlist:
        import matcher

        watchlist = store().open(access=access)
        watchlist.warm()  # compiled kernels are loaded, or made, before the service says that it is ready
        if access is None:
            carried = [matcher.Document("A1234567", "UTO", "P")]  # and so is what is made on first use
            watchlist.lookup(matcher.Traveller(names=["WARM UP"], documents=carried))
        _spare_collections()
        return watchlist

    return open_watchlist


def _spare_collections() -> None:
    """Take what is open out of the garbage collector's full rounds: a walk over it stops every request for 80 ms."""
    gc.unfreeze()  # what an older snapshot left
    gc.collect()
    gc.freeze()


def _with_forms(document: dict[str, Any]) -> dict[str, Any]:
    document.setdefault("components", {}).setdefault("schemas", {}).update(schema_components(*FORMS))
    return document
