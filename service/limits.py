"""Bounds: how long a body may be and take, and how much work may wait.

Lookups run in a pool of threads (kernels release the interpreter's lock); requests beyond the queue
are turned away at once with `Retry-After`, so that a burst can't make every answer late.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread
from fastapi import Request

from service.problems import BodyTimeoutError, BodyTooLargeError, BusyError, MediaTypeError
from service.settings import Settings

T = TypeVar("T")


class WorkQueue:
    """Runs calls in a bounded pool of threads with a bounded queue before it."""

    def __init__(self, workers: int, waiting: int) -> None:
        self._limiter = anyio.CapacityLimiter(workers)
        self._most = workers + waiting
        self._present = 0

    async def run(self, call: Callable[[], T]) -> T:
        """Run a call in the pool and return its result.

        Raises:
            BusyError: as many calls run and wait as may.
        """
        if self._present >= self._most:
            raise BusyError(f"{self._present} requests run or wait, at most {self._most} may; try again shortly")
        self._present += 1
        try:
            return await anyio.to_thread.run_sync(call, limiter=self._limiter)
        finally:
            self._present -= 1


async def read_body(request: Request, settings: Settings) -> bytes:
    """Read a JSON request's body within the limits of size and time.

    Raises:
        MediaTypeError: the body is said to be something else than plain JSON.
        BodyTooLargeError: more bytes than allowed, said or sent.
        BodyTimeoutError: the body did not arrive in time.
    """
    _check_media_type(request)
    most = settings.max_body_bytes
    too_large = BodyTooLargeError(f"the body is longer than {most:,} bytes; send fewer travellers a request")
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said[:20]) > most:
        raise too_large
    chunks, length = [], 0
    try:
        async with asyncio.timeout(settings.body_timeout_seconds):
            async for chunk in request.stream():
                length += len(chunk)
                if length > most:
                    raise too_large
                chunks.append(chunk)
    except TimeoutError as error:
        raise BodyTimeoutError(f"the body took longer than {settings.body_timeout_seconds:g} s") from error
    return b"".join(chunks)


def _check_media_type(request: Request) -> None:
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise MediaTypeError("a compressed body is not read; send it without Content-Encoding")
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != "application/json":
        raise MediaTypeError("the body must be JSON; send it with Content-Type: application/json")
    charset = parameters.lower().replace(" ", "").replace('"', "")
    if "charset=" in charset and "charset=utf-8" not in charset:
        raise MediaTypeError("the body must be in UTF-8; leave the charset out")
