"""One writer's chain: batches of records, each committed as a whole, and a checkpoint now and then.

Invariants: records of a writer are numbered from 1 without a gap; only the process that holds the writer's
file appends to it; a batch that failed leaves the chain where the database says that it is.
"""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Executable, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from service.audit import periods
from service.audit.checkpoints import Checkpoints, WriterFile
from service.audit.record import ENCODER, FIRST, Record, chained, query_digest
from service.database.engine import translated
from service.database.tables import AUDIT, CHECKPOINTS, IDEMPOTENCY, WRITERS, now
from service.refusals import AuditError, DatabaseError, TamperedError
from service.settings import Settings

PERIOD_SECONDS = 0.5  # for which a period that was read is believed
LOG = logging.getLogger("epervier.service")


@dataclass(slots=True)
class Entry:
    """A record to append, and what belongs to the same transaction.

    Attributes:
        record: The record, without digests.
        queries: What was asked, in its written form; only digests of it are kept.
        also: Statements that are committed with the record or not at all.
    """

    record: Record
    queries: Sequence[bytes] = ()
    also: Sequence[Executable] = ()


class Chain:
    """Appends to the chain of the writer that this process claims.

    Args:
        engine: The database, in its present form.
        settings: Where checkpoints lie and when they are due; how long digest keys last.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine, self._settings = engine, settings
        self._policy = periods.Policy(settings.digest_period_days, settings.digest_periods_kept)
        self._connection: Connection | None = None
        self._sequence, self._hash = 0, FIRST
        self._tried = FIRST  # hash of the last record of the batch that was tried last
        self._period: tuple[periods.Period, float] | None = None
        self._insert = _Insert(engine)
        self._file = self._claim(Checkpoints(settings.checkpoint_folder))
        self._signed = self._file.last.checkpoint.sequence if self._file.last else 0
        self._signed_at = time.monotonic()

    @property
    def writer(self) -> str:
        """Id of the writer."""
        return self._file.writer

    @property
    def sequence(self) -> int:
        """Number of the last record that is in the database."""
        return self._sequence

    def append(self, entries: Sequence[Entry]) -> None:
        """Commit records in one transaction; when this returns they are on the device.

        Raises:
            AuditError: nothing of it is acknowledged; it may be in the database nevertheless.
            TamperedError: the chain's last record is no longer what this process wrote.
        """
        try:
            with translated("write to"):
                self._append(entries)
        except DatabaseError as error:
            self._let_go()
            if not getattr(error.__cause__, "connection_invalidated", False):
                raise AuditError(str(error)) from error
            self._append_again(entries)

    def _append_again(self, entries: Sequence[Entry]) -> None:
        """The connection was cut: commit over a new one, unless the database has the batch already."""
        try:
            with translated("write to"):
                tried = self._tried
                self._connected()
                if self._hash != tried:
                    self._append(entries)
        except DatabaseError as error:
            self._let_go()
            raise AuditError(str(error)) from error

    def checkpoint_if_due(self) -> None:
        """Sign the chain's head when enough records or time have passed; a failure is logged and tried again."""
        unsigned = self._sequence - self._signed
        waited = time.monotonic() - self._signed_at
        if unsigned < self._settings.checkpoint_records and waited < self._settings.checkpoint_seconds:
            return
        self._signed_at = time.monotonic()
        try:
            self.checkpoint()
        except (AuditError, DatabaseError) as error:
            LOG.error("checkpoint not written: %s", error)

    def checkpoint(self) -> None:
        """Sign the chain's head, unless the newest checkpoint has it already."""
        if self._signed == self._sequence:
            return
        line = self._file.append(self._sequence, self._hash, now())
        self._signed, self._signed_at = self._sequence, time.monotonic()
        with translated("write to"), self._engine.begin() as connection:
            connection.execute(
                insert(CHECKPOINTS).values(writer=self.writer, sequence=self._sequence, digest=line.digest)
            )
            connection.execute(delete(IDEMPOTENCY).where(IDEMPOTENCY.c.expires_at <= now()))

    def close(self) -> None:
        """Sign what isn't signed yet and free the writer."""
        try:
            self.checkpoint()
        except (AuditError, DatabaseError) as error:
            LOG.error("last checkpoint not written: %s", error)
        finally:
            self._let_go()
            self._file.close()

    def _append(self, entries: Sequence[Entry]) -> None:
        connection = self._connection
        if connection is None:  # the first batch, or the one after a failure
            connection = self._connected()
        with connection.begin():
            moment = datetime.datetime.now(datetime.UTC)
            period = self._period_at(connection, moment)
            rows, previous = [], self._hash
            for sequence, entry in enumerate(entries, start=self._sequence + 1):
                body = _body(entry, period)
                hash_ = chained(previous, self.writer, sequence, body)
                rows.append(Row(self.writer, sequence, body.decode(), previous, hash_))
                previous = hash_
            self._tried = previous
            self._insert(connection, rows)
            for entry in entries:
                for statement in entry.also:
                    connection.execute(statement)
        self._sequence, self._hash = self._sequence + len(rows), previous

    def _period_at(self, connection: Connection, moment: datetime.datetime) -> periods.Period:
        """Return the period, read again often enough that no record gets the digest of a key long destroyed."""
        held = self._period
        if held is None or time.monotonic() - held[1] > PERIOD_SECONDS:
            held = self._period = (periods.current(connection, self._policy, moment), time.monotonic())
        return held[0]

    def _connected(self) -> Connection:
        """Connect, and take up the chain where the database has it: a commit that seemed to fail may be there."""
        connection = self._engine.connect()
        with connection.begin():
            known = _row(connection, self.writer, self._sequence)
            head = _head(connection, self.writer)
        if self._sequence and (known is None or known.hash != self._hash):
            connection.close()
            raise TamperedError(f"record {self._sequence} of writer {self.writer} is not the one that was written")
        self._sequence, self._hash = head
        self._connection = connection
        return connection

    def _claim(self, checkpoints: Checkpoints) -> WriterFile:
        """Take over a free writer whose records bear out its last checkpoint; else make a new one."""
        file = checkpoints.claim()
        if (fault := self._take(file)) is not None:
            LOG.error("%s; its records are left as they are, run `epervier audit verify`", fault)
            file.close()
            file = checkpoints.make()
            self._take(file)
        return file

    def _take(self, file: WriterFile) -> str | None:
        last = file.last.checkpoint if file.last else None
        with translated("open"), self._engine.begin() as connection:
            if last is not None:
                signed = _row(connection, file.writer, last.sequence)
                if signed is None or signed.hash.hex() != last.hash:
                    return f"the audit lacks record {last.sequence} of writer {file.writer}, which a checkpoint names"
            known = connection.execute(select(WRITERS.c.id).where(WRITERS.c.id == file.writer)).one_or_none()
            if known is None:
                connection.execute(insert(WRITERS).values(id=file.writer, made_at=now()))
            self._sequence, self._hash = _head(connection, file.writer)
        return None

    def _let_go(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            try:
                connection.close()
            except SQLAlchemyError:
                connection.invalidate()


class Row(NamedTuple):
    """A row of the table of records."""

    writer: str
    sequence: int
    body: str
    previous: bytes
    hash: bytes


class _Insert:
    """Inserts rows by a statement that is compiled once: under load this is most of what a small batch costs."""

    def __init__(self, engine: Engine) -> None:
        compiled = insert(AUDIT).compile(dialect=engine.dialect)
        self._sql, self._is_positional = compiled.string, compiled.positional
        assert not self._is_positional or tuple(compiled.positiontup or ()) == Row._fields

    def __call__(self, connection: Connection, rows: Sequence[Row]) -> None:
        values: Any = rows if self._is_positional else [row._asdict() for row in rows]
        connection.exec_driver_sql(self._sql, values)


def _body(entry: Entry, period: periods.Period) -> bytes:
    record = entry.record
    if entry.queries:
        record.period = period.number
        record.digests = [query_digest(period.key, query) for query in entry.queries]
    return ENCODER.encode(record)


def _row(connection: Connection, writer: str, sequence: int) -> Any:
    wanted = select(AUDIT.c.hash).where(AUDIT.c.writer == writer, AUDIT.c.sequence == sequence)
    return connection.execute(wanted).one_or_none()


def _head(connection: Connection, writer: str) -> tuple[int, bytes]:
    newest = (
        select(AUDIT.c.sequence, AUDIT.c.hash)
        .where(AUDIT.c.writer == writer)
        .order_by(AUDIT.c.sequence.desc())
        .limit(1)
    )
    found = connection.execute(newest).one_or_none()
    return (found.sequence, found.hash) if found else (0, FIRST)
