"""Log lines without personal data: method, known path and status; never a query, a body or a stack trace.

A path that isn't one of ours may hold anything, so it is logged as `-`.
"""

from __future__ import annotations

import logging
from typing import Any

from service.problems import where

KNOWN_PATHS = frozenset({"/v1/lookups", "/v1/documents/search", "/v1/lists", "/healthz", "/readyz", "/openapi.json"})
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class AccessFormatter(logging.Formatter):
    """Formats uvicorn's access records (client, method, path with query, HTTP version, status).

    Examples:
        >>> request = ("1.2.3.4:5", "GET", "/v1/lists?q=X", "1.1", 200)
        >>> record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, "", request, None)
        >>> AccessFormatter().format(record)
        'GET /v1/lists 200'
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return method, known path and status."""
        if not isinstance(record.args, tuple) or len(record.args) != 5:
            return "request"
        _, method, target, _, status = record.args
        path = str(target).partition("?")[0]
        shown = method if method in KNOWN_METHODS else "-"
        return f"{shown} {path if path in KNOWN_PATHS else '-'} {status}"


class WithoutTraces(logging.Filter):
    """Puts the class and the place of an exception where its message and trace would stand."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; it is always kept."""
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            record.msg, record.args = f"{type(error).__name__} at {where(error)}", None
            record.exc_info, record.exc_text = None, None
        return True


def config() -> dict[str, Any]:
    """Return the logging configuration of the service."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"without_traces": {"()": WithoutTraces}},
        "formatters": {
            "plain": {"format": "%(levelname)s %(name)s: %(message)s"},
            "access": {"()": AccessFormatter},
        },
        "handlers": {
            "plain": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stderr",
                "formatter": "plain",
                "filters": ["without_traces"],
            },
            "access": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "access"},
        },
        "loggers": {
            "uvicorn": {"handlers": ["plain"], "level": "INFO", "propagate": False},
            "uvicorn.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
            "asyncio": {"handlers": ["plain"], "level": "WARNING", "propagate": False},
            "epervier": {"handlers": ["plain"], "level": "INFO", "propagate": False},
        },
    }
