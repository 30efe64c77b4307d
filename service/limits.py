"""Bounds: how long a body may be and take, and how much work may wait.

Lookups run in a pool of threads (kernels release the interpreter's lock); requests beyond the queue
are turned away at once with `Retry-After`, so that a burst can't make every answer late.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import TypeVar

import anyio
import anyio.to_thread
from fastapi import Request

from service.headers import header
from service.problems import BodyTimeoutError, BodyTooLargeError, BusyError, MediaTypeError
from service.settings import Settings

T = TypeVar("T")


class WorkQueue:
    """Runs calls in a bounded pool of threads with a bounded queue before it.

    Args:
        workers: Threads.
        waiting: Calls that may wait for one.
        tell: Told how many calls run and wait, whenever that changes.
    """

    def __init__(self, workers: int, waiting: int, tell: Callable[[int], None] = lambda depth: None) -> None:
        self._limiter = anyio.CapacityLimiter(workers)
        self._most = workers + waiting
        self._present = 0
        self._tell = tell

    async def run(self, call: Callable[[], T]) -> T:
        """Run a call in the pool and return its result.

        Raises:
            BusyError: as many calls run and wait as may.
        """
        with self.place():
            return await self.run_placed(call)

    async def run_placed(self, call: Callable[[], T]) -> T:
        """Run a call of a caller who holds a place."""
        return await anyio.to_thread.run_sync(call, limiter=self._limiter)

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place in the queue, for work of several calls.

        Raises:
            BusyError: as many calls run and wait as may.
        """
        if self._present >= self._most:
            raise BusyError(f"{self._present} requests run or wait, at most {self._most} may; try again shortly")
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        self._present += change
        self._tell(self._present)


async def read_body(request: Request, settings: Settings) -> bytes:
    """Read a JSON request's body within the limits of size and time.

    Raises:
        MediaTypeError: the body is said to be something else than plain JSON.
        BodyTooLargeError: more bytes than allowed, said or sent.
        BodyTimeoutError: the body did not arrive in time.
    """
    _check_media_type(request)
    chunks: list[bytes] = []
    await take_body(request, chunks.append, most=settings.max_body_bytes, seconds=settings.body_timeout_seconds)
    return b"".join(chunks)


async def take_body(request: Request, take: Callable[[bytes], object], *, most: int, seconds: float) -> None:
    """Hand a body on piece by piece, within limits.

    Raises:
        BodyTooLargeError: more bytes than allowed, said or sent.
        BodyTimeoutError: the body did not arrive in time.
    """
    said = header(request.scope, b"content-length") or ""
    if said.isdecimal() and int(said[:20]) > most:
        raise _too_large(most)
    length = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                length += len(chunk)
                if length > most:
                    raise _too_large(most)
                take(chunk)
    except TimeoutError as error:
        raise BodyTimeoutError(f"the body took longer than {seconds:g} s") from error


def _too_large(most: int) -> BodyTooLargeError:
    return BodyTooLargeError(f"the body is longer than {most:,} bytes; send less in a request")


def _check_media_type(request: Request) -> None:
    if (header(request.scope, b"content-encoding") or "identity").strip().lower() != "identity":
        raise MediaTypeError("a compressed body is not read; send it without Content-Encoding")
    media_type, _, parameters = (header(request.scope, b"content-type") or "").partition(";")
    if media_type.strip().lower() != "application/json":
        raise MediaTypeError("the body must be JSON; send it with Content-Type: application/json")
    charset = parameters.lower().replace(" ", "").replace('"', "")
    if "charset=" in charset and "charset=utf-8" not in charset:
        raise MediaTypeError("the body must be in UTF-8; leave the charset out")
