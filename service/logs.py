"""Log lines: one JSON object a line on standard error, without personal data.

A request's line holds method, route, status, milliseconds and request id: the route is the template that was matched,
never the path, the query, a header or a body. Other lines are ours or the server's; an exception leaves its class and
its place, never its message, which can hold what a caller wrote.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any, TextIO

import msgspec
import structlog

from service.problems import where

KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
RequestLog = Callable[..., Any]


def request_log(stream: TextIO | None = None) -> RequestLog:
    """Return a function that writes the line of a request.

    Args:
        stream: Where to; by default standard error.

    Examples:
        >>> import io
        >>> stream = io.StringIO()
        >>> request_log(stream)("request", method="GET", route="/v1/lists", status=200)
        >>> sorted(msgspec.json.decode(stream.getvalue()))
        ['event', 'level', 'method', 'route', 'status', 'timestamp']
    """
    logger = structlog.wrap_logger(
        structlog.WriteLogger(stream or sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_encode),
        ],
        wrapper_class=structlog.BoundLogger,
    )
    log: RequestLog = logger.info
    return log


def known_method(method: str) -> str:
    """Return a method of HTTP as it is, and `-` for anything else, which a caller can choose freely.

    Examples:
        >>> known_method("POST"), known_method("SMITH")
        ('POST', '-')
    """
    return method if method in KNOWN_METHODS else "-"


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
    """Return the configuration of Python's logging, for our own lines and the server's."""
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(serializer=_encode),
        ],
        "foreign_pre_chain": [
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
    }
    handler = {
        "class": "logging.StreamHandler",
        "stream": "ext://sys.stderr",
        "formatter": "json",
        "filters": ["without_traces"],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"without_traces": {"()": WithoutTraces}},
        "formatters": {"json": formatter},
        "handlers": {"json": handler},
        "loggers": {
            "uvicorn": {"handlers": ["json"], "level": "INFO", "propagate": False},
            "asyncio": {"handlers": ["json"], "level": "WARNING", "propagate": False},
            "epervier": {"handlers": ["json"], "level": "INFO", "propagate": False},
        },
    }


def _encode(value: Any, **_: Any) -> str:
    return msgspec.json.encode(value, enc_hook=str).decode()
