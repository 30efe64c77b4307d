"""What the guard works with: database, keys, rates and the audit of one process, opened and closed together."""

from __future__ import annotations

import asyncio
import logging
import os
import time

import anyio.to_thread
from sqlalchemy import Engine

from service.access import Rules
from service.audit.chain import Chain, Entry
from service.audit.group import Group
from service.audit.record import Record
from service.database.engine import open_engine
from service.database.tables import now
from service.idempotency import Claim, Kept, begin
from service.keys import KeyRing
from service.rates import Rates
from service.refusals import AuditError, DatabaseError
from service.settings import Settings

LOG = logging.getLogger("epervier.service")
START_SECONDS = 30.0  # for which a start that fails is tried again
IDLE_SECONDS = 1.0  # how often an idle audit looks whether a checkpoint is due


class Desk:
    """Admits callers and keeps records, for one process.

    Args:
        settings: What the service was told at start.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.rules = Rules.load()
        self.rates = Rates(settings.rate_burst_seconds)
        self._engine: Engine | None = None
        self._ring: KeyRing | None = None
        self._group: Group | None = None

    async def start(self) -> None:
        """Open the database, read the keys, and take up a chain of the audit.

        What fails is tried again for a while: a worker that gives up makes the server give up all of them.

        Raises:
            DatabaseError: the database can't be used; the service must not start.
            AuditError: the checkpoints can't be.
        """
        ends = time.monotonic() + START_SECONDS
        while True:
            try:
                await self._start()
            except (DatabaseError, AuditError) as error:
                await self._close()
                if time.monotonic() >= ends:
                    raise
                LOG.warning("not started yet, tried again: %s", error)
                await asyncio.sleep(1)
            else:
                return

    async def stop(self) -> None:
        """Record the end, sign it, and close everything."""
        try:
            if self._group is not None:
                await self.act("service stops")
        finally:
            await self._close()

    async def _start(self) -> None:
        chain = await anyio.to_thread.run_sync(self._open)
        self._group = Group(chain, min(IDLE_SECONDS, self.settings.checkpoint_seconds))
        await self.act("service starts", writer=chain.writer, pid=os.getpid())

    async def _close(self) -> None:
        group, ring, engine = self._group, self._ring, self._engine
        self._group = self._ring = self._engine = None
        if group is not None:
            await group.stop()
        if ring is not None:
            await anyio.to_thread.run_sync(ring.stop)
        if engine is not None:
            engine.dispose()

    @property
    def keys(self) -> KeyRing:
        """The keys in force.

        Raises:
            AuditError: the service has not started.
        """
        if self._ring is None:
            raise AuditError("the service has not started; nobody is let in")
        return self._ring

    def check(self) -> None:
        """Refuse to be ready when no record can be kept any more.

        Raises:
            AuditError: the audit has not started, or its thread has ended.
        """
        if self._group is None or not self._group.is_alive:
            raise AuditError("the audit keeps no records; nothing is answered without one")

    async def keep(self, entry: Entry) -> None:
        """Keep a record; when this returns it is on the device.

        Raises:
            AuditError: it isn't kept.
        """
        if self._group is None:
            raise AuditError("the service has not started; nothing is answered without a record")
        await self._group.submit(entry)

    async def act(self, what: str, **about: object) -> None:
        """Keep a record of something that is no request."""
        await self.keep(Entry(Record(at=now(), kind="writer", what=what, about=about)))

    async def begin_once(self, claim: Claim) -> Kept | None:
        """See `idempotency.begin`."""
        engine = self._engine
        assert engine is not None, "requests come after the start"
        return await anyio.to_thread.run_sync(begin, engine, claim)

    def _open(self) -> Chain:
        self._engine = open_engine(self.settings)
        ring = KeyRing(self._engine, self.settings.checkpoint_folder, self.settings.keys_refresh_seconds)
        ring.start()
        self._ring = ring
        return Chain(self._engine, self.settings)
