"""Runs the service on a bound socket, in this process or in several that share it.

Each process maps the same files, so the lists lie in memory once. Counts of several processes meet in files of a
private folder, which is removed at the end. On an interrupt or a termination no new connection is taken, requests
under way may end within `stop_seconds`, and then the processes end.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from socket import socket
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.supervisors import Multiprocess

from service import logs
from service.problems import where
from service.protocol import TimedProtocol

if TYPE_CHECKING:
    from fastapi import FastAPI

    from service.settings import Settings

HANGING_SECONDS = 60  # before a process that does not answer is replaced; a busy machine takes long to start one
LOG = logging.getLogger("epervier.service")
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # read by prometheus-client when it is imported, so it isn't here


def run(settings: Settings, listener: socket) -> None:
    """Serve until told to stop."""
    password = settings.tls_key_password
    config = uvicorn.Config(
        partial(make_app, settings),
        factory=True,
        http=TimedProtocol,
        workers=settings.processes,
        log_config=logs.config(),
        access_log=False,  # `service.observed` writes a line without path and query
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=settings.stop_seconds,
        timeout_worker_healthcheck=HANGING_SECONDS,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        ssl_keyfile_password=password.get_secret_value() if password is not None else None,
    )
    if settings.processes == 1:
        uvicorn.Server(config).run(sockets=[listener])
        return
    with _counting_together():
        Workers(config, [listener]).run()


class Workers(Multiprocess):
    """Processes of which one that is killed is replaced at once, also if it was being asked whether it answers.

    The parent keeps its copy of the end that a process answers by, so the death of the process would not end the
    wait for its answer, which is as long as a process may hang.
    """

    def init_processes(self) -> None:
        """Start the processes."""
        super().init_processes()
        self._let_go()

    def keep_subprocess_alive(self) -> None:
        """Replace the processes that have ended or hang."""
        super().keep_subprocess_alive()
        self._let_go()

    def _let_go(self) -> None:
        for process in self.processes:
            process.child_conn.close()


def make_app(settings: Settings) -> FastAPI:
    """Make the application, in the process that will answer."""
    from service.app import create_app

    threading.excepthook = _report
    return create_app(settings)


def _report(ended: threading.ExceptHookArgs) -> None:
    """Log the class and the place of what ended a thread; its message can hold what a caller wrote."""
    name = ended.thread.name if ended.thread else "-"
    place = where(ended.exc_value) if ended.exc_value else "an unknown place"
    LOG.error("thread %s ended, %s at %s", name, ended.exc_type.__name__, place)


@contextlib.contextmanager
def _counting_together() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="epervier-counts-") as folder:
        os.environ[FOLDER_VARIABLE] = folder
        yield
