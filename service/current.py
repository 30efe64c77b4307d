"""The snapshot in force: one open watchlist, replaced as a whole when the store's pointer changes.

Per request one `stat` of the pointer file; a change starts one opening in a thread, and requests go
on with the snapshot that is open until the new one is. A snapshot that can't be opened leaves the old
one in force; it is tried again after a while or when the pointer changes again.

Requests that began with the old snapshot keep it until they end: a watchlist is never changed.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread

from matcher.errors import EpervierError
from service.problems import NotReadyError, where

if TYPE_CHECKING:
    from matcher.watchlist import Watchlist
    from service.interim_access import Access

LOG = logging.getLogger("epervier.service")
RETRY_SECONDS = 5.0  # before a snapshot that couldn't be opened is tried again
Mark = tuple[int, int, int]


class Current:
    """Holds the open watchlist.

    Args:
        pointer: The file that names the snapshot in force, `CURRENT` of the store.
        open_watchlist: Opens what it names; runs in a thread.
    """

    def __init__(self, pointer: Path, open_watchlist: Callable[[], Watchlist]) -> None:
        self._pointer = pointer
        self._open = open_watchlist
        self._watchlist: Watchlist | None = None
        self._mark: Mark | None = None  # of the pointer when the last opening began
        self._failed_at: float | None = None
        self._opening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the snapshot in force before the first request; a failure is logged, not raised."""
        self._notice()
        await self._settle()

    async def stop(self) -> None:
        """Wait for an opening under way and let the watchlist go."""
        await self._settle()
        self._watchlist = None

    def watchlist(self, access: Access | None = None) -> Watchlist:
        """Return the watchlist to answer a request with.

        Args:
            access: For whom it is opened; None: the library's default.

        Raises:
            NotReadyError: none is open yet.
        """
        self._notice()
        if self._watchlist is None:
            raise NotReadyError("no list snapshot is open; import a list, or try again shortly")
        return self._watchlist

    def holds(self, watchlist: Watchlist) -> bool:
        """Whether a watchlist is still what requests are answered with."""
        return watchlist is self._watchlist

    @property
    def is_open(self) -> bool:
        """Whether requests can be answered."""
        return self._watchlist is not None

    @property
    def is_behind(self) -> bool:
        """Whether the pointer names a snapshot that isn't open (being opened, or refused)."""
        return self._opening is not None or self._failed_at is not None

    def _notice(self) -> None:
        if self._opening is not None:
            return
        mark = self._read_mark()
        if mark is None:  # no store there, or it went away: what is open stays
            return
        waited = self._failed_at is not None and time.monotonic() - self._failed_at >= RETRY_SECONDS
        if mark != self._mark or waited:
            self._opening = asyncio.get_running_loop().create_task(self._swap(mark))
            self._opening.add_done_callback(_report)

    def _read_mark(self) -> Mark | None:
        try:
            found = self._pointer.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    async def _settle(self) -> None:
        if self._opening is not None:
            await asyncio.wait([self._opening])

    async def _swap(self, mark: Mark) -> None:
        self._failed_at = time.monotonic()  # until it has gone well
        try:
            opened = await anyio.to_thread.run_sync(self._open)
        except EpervierError as error:
            LOG.error("snapshot not opened, %s: %s", type(error).__name__, error)
        else:
            self._watchlist, self._failed_at = opened, None
            LOG.info("snapshot %s in force", opened.snapshot_id)
        finally:
            self._mark, self._opening = mark, None


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        LOG.error("snapshot not opened, %s at %s", type(error).__name__, where(error))
