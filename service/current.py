"""The snapshot in force: one open watchlist for each access that asks, all replaced together.

At most one `stat` of the store's pointer every 20 ms; a change opens the new snapshot for every access that is held,
in a thread, and requests go on with what is open until all of it is. A snapshot that can't be opened leaves the
old one in force; it is tried again after a while or when the pointer changes again.

Requests that began with the old snapshot keep it until they end: a watchlist is never changed. An access that
wasn't asked for lately is let go when there are too many.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread

from matcher.errors import EpervierError
from service.problems import NotReadyError, where

if TYPE_CHECKING:
    from matcher.access import Access
    from matcher.watchlist import Watchlist

LOG = logging.getLogger("epervier.service")
RETRY_SECONDS = 5.0  # before a snapshot that couldn't be opened is tried again
LOOK_SECONDS = 0.02  # between looks at the pointer: every such call lets other threads run first
Mark = tuple[int, int, int]


class Current:
    """Holds the open watchlists.

    Args:
        pointer: The file that names the snapshot in force, `CURRENT` of the store.
        open_watchlist: Opens what it names for an access, None: the library's default; runs in a thread.
        most: Watchlists held at once.
    """

    def __init__(self, pointer: Path, open_watchlist: Callable[[Access | None], Watchlist], most: int = 16) -> None:
        self._pointer = pointer
        self._open = open_watchlist
        self._most = most
        self._held: dict[Access | None, Watchlist] = {}  # the one asked for last is at the end
        self._mark: Mark | None = None  # of the pointer when the last opening began
        self._looked_at = -LOOK_SECONDS
        self._failed_at: float | None = None
        self._opening: asyncio.Task[None] | None = None
        self._adding = asyncio.Lock()

    async def start(self) -> None:
        """Open the snapshot in force before the first request; a failure is logged, not raised."""
        self._notice()
        await self._settle()

    async def stop(self) -> None:
        """Wait for an opening under way and let the watchlists go."""
        await self._settle()
        self._held = {}

    async def opened(self, access: Access | None) -> Watchlist:
        """Return the watchlist of an access, opened when it is first asked for.

        Raises:
            NotReadyError: no snapshot is open yet.
            EpervierError: it can't be opened for this access.
        """
        if access is not None and access not in self._held and self._held:
            async with self._adding:
                while access not in self._held:
                    mark = self._mark
                    found = await anyio.to_thread.run_sync(self._open, access)
                    if mark == self._mark:  # else a swap passed between, and this may be the old snapshot
                        self._held = self._without_the_oldest() | {access: found}
        return self.watchlist(access)

    def watchlist(self, access: Access | None = None) -> Watchlist:
        """Return the watchlist of an access that was opened; None: the library's default.

        Raises:
            NotReadyError: it isn't open yet.
        """
        self._notice()
        found = self._held.get(access)
        if found is None:
            raise NotReadyError("no list snapshot is open; import a list, or try again shortly")
        if access is not None and len(self._held) >= self._most:
            self._held[access] = self._held.pop(access)
        return found

    @property
    def is_open(self) -> bool:
        """Whether requests can be answered."""
        return bool(self._held)

    @property
    def is_behind(self) -> bool:
        """Whether the pointer names a snapshot that isn't open (being opened, or refused)."""
        return self._opening is not None or self._failed_at is not None

    def holds(self, access: Access | None, watchlist: Watchlist) -> bool:
        """Whether a watchlist is still what an access is answered with."""
        return self._held.get(access) is watchlist

    def _without_the_oldest(self) -> dict[Access | None, Watchlist]:
        """Make room for one more; the library's default always stays."""
        known = [access for access in self._held if access is not None]
        gone = known[: max(0, len(self._held) + 1 - self._most)]
        return {access: held for access, held in self._held.items() if access not in gone}

    def _notice(self) -> None:
        at = time.monotonic()
        if self._opening is not None or at - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = at
        mark = self._read_mark()
        if mark is None:  # no store there, or it went away: what is open stays
            return
        waited = self._failed_at is not None and at - self._failed_at >= RETRY_SECONDS
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
            opened = await anyio.to_thread.run_sync(partial(self._open_all, list({None: 0} | self._held)))
        except EpervierError as error:
            LOG.error("snapshot not opened, %s: %s", type(error).__name__, error)
        else:
            self._held, self._failed_at = opened, None
            LOG.info("snapshot %s in force", opened[None].snapshot_id)
        finally:
            self._mark, self._opening = mark, None

    def _open_all(self, wanted: list[Access | None]) -> dict[Access | None, Watchlist]:
        return {access: self._open(access) for access in wanted}


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        LOG.error("snapshot not opened, %s at %s", type(error).__name__, where(error))
