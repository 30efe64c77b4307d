"""The thread that commits: it takes all records that wait, commits them together, and starts again.

There is no timer: under load a batch is what came while the one before was being committed. A request
awaits the future of its record; nothing of its answer leaves before.
"""

from __future__ import annotations

import asyncio
import collections
import threading

from service.audit.chain import Chain, Entry
from service.refusals import AuditError

MOST = 256  # records in one transaction
Waiting = tuple[Entry, asyncio.Future[None]]


class Group:
    """Commits the records of one process. `submit` is called in the event loop.

    Args:
        chain: Where to; closed by `stop`.
        tick_seconds: How often an idle thread looks whether a checkpoint is due.
    """

    def __init__(self, chain: Chain, tick_seconds: float) -> None:
        self._chain, self._tick = chain, tick_seconds
        self._waiting: collections.deque[Waiting] = collections.deque()
        self._wake = threading.Event()
        self._is_stopped = False
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether records are being kept."""
        return not self._is_stopped and self._thread.is_alive()

    def submit(self, entry: Entry) -> asyncio.Future[None]:
        """Hand a record over; the future ends when it is committed, or with an `AuditError`."""
        future: asyncio.Future[None] = self._loop.create_future()
        if not self.is_alive:
            future.set_exception(AuditError("the audit has stopped; nothing is answered without a record"))
            return future
        self._waiting.append((entry, future))
        self._wake.set()
        return future

    async def stop(self) -> None:
        """Commit what waits, sign it, and end the thread."""
        self._is_stopped = True
        self._wake.set()
        while self._thread.is_alive():
            await asyncio.sleep(0.005)

    def _run(self) -> None:
        try:
            while True:
                is_last = self._is_stopped
                if not self._waiting and not is_last:
                    self._wake.wait(self._tick)
                self._wake.clear()
                if batch := self._take():
                    self._commit(batch)
                elif is_last:
                    return
                self._chain.checkpoint_if_due()
        finally:
            self._is_stopped = True  # from here on nothing more is taken in, whatever ended this thread
            self._loop.call_soon_threadsafe(self._refuse_waiting)
            self._chain.close()

    def _refuse_waiting(self) -> None:
        """Runs in the event loop, as `submit` does, so that nothing can come in between."""
        left = list(self._waiting)
        self._waiting.clear()
        _settle(left, "the audit has stopped; nothing is answered without a record")

    def _take(self) -> list[Waiting]:
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST))]

    def _commit(self, batch: list[Waiting]) -> None:
        fault: str | None = "a record could not be made"  # if this thread is about to die
        try:
            self._chain.append([entry for entry, _ in batch])
            fault = None
        except AuditError as error:
            fault = str(error)
        finally:
            self._loop.call_soon_threadsafe(_settle, batch, fault)


def _settle(batch: list[Waiting], fault: str | None) -> None:
    for _, future in batch:
        if future.done():  # its request was cancelled
            continue
        if fault is None:
            future.set_result(None)
        else:
            future.set_exception(AuditError(fault))
