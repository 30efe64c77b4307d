"""Verifies the audit against itself and against its signed checkpoints.

Found: a record that was changed, moved or taken out; records cut off that a checkpoint covers; a checkpoint
that was changed or taken out; a writer whose records or file are gone. Not to be found: records cut off
after a writer's newest checkpoint, whose number is told, and a past rewritten by somebody who holds the
database, the folder and the signing key together. Copies of checkpoints kept elsewhere narrow both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select

from service.audit.checkpoints import Line, checkpoints_of, public_key, writers
from service.audit.record import FIRST, chained
from service.database.engine import reading, translated
from service.database.tables import AUDIT, CHECKPOINTS, WRITERS
from service.refusals import TamperedError

ROWS = 10_000  # fetched at a time


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold together."""

    writer: str
    sequence: int | None
    fault: str

    def __str__(self) -> str:
        place = f"writer {self.writer}" if self.sequence is None else f"record {self.sequence} of writer {self.writer}"
        return f"{place}: {self.fault}"


@dataclass(slots=True)
class Verified:
    """What was verified.

    Attributes:
        records: Records read.
        checkpoints: Signed checkpoints read.
        unsigned: Records of each writer after its newest checkpoint; cutting those off can't be seen.
        findings: What does not hold together; empty: all is as it was written.
    """

    records: int = 0
    checkpoints: int = 0
    unsigned: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def verify(engine: Engine, folders: Sequence[Path]) -> Verified:
    """Verify every writer that the database or a folder of checkpoints knows.

    Args:
        engine: The database.
        folders: Folders of checkpoints: this machine's, and copies of other replicas'.

    Raises:
        DatabaseError: the database can't be read.
        TamperedError: a folder has no public key.
    """
    found = Verified()
    signed = _read_files(folders, found)  # before the records: a running service goes on signing
    with translated("read"), reading(engine) as connection:
        known = set(connection.scalars(select(WRITERS.c.id))) | set(_writers(connection))
        for writer in sorted(known | signed.keys()):
            lines = signed.get(writer)
            if lines is None:
                found.findings.append(Finding(writer, None, "has no file of checkpoints in the folders given"))
            _verify_writer(connection, writer, lines or [], found)
    return found


def _read_files(folders: Sequence[Path], found: Verified) -> dict[str, list[Line]]:
    signed: dict[str, list[Line]] = {}
    for folder in folders:
        key = public_key(folder)
        for writer in writers(folder):
            lines: list[Line] = []
            try:
                lines.extend(checkpoints_of(folder, writer, key))
            except TamperedError as error:
                found.findings.append(Finding(writer, None, str(error)))
            signed[writer] = lines
            found.checkpoints += len(lines)
    return signed


def _verify_writer(connection: Connection, writer: str, lines: list[Line], found: Verified) -> None:
    wanted = select(CHECKPOINTS.c.sequence, CHECKPOINTS.c.digest).where(CHECKPOINTS.c.writer == writer)
    noted = {row.sequence: row.digest for row in connection.execute(wanted)}
    held = {line.checkpoint.sequence: line for line in lines}
    for sequence, digest in sorted(noted.items()):
        if sequence not in held or held[sequence].digest != digest:
            found.findings.append(
                Finding(writer, sequence, "its checkpoint is not in the file; the file was cut or changed")
            )
    last, hash_ = 0, FIRST
    for row in _rows(connection, writer):
        found.records += 1
        found.findings.extend(Finding(writer, row.sequence, fault) for fault in _faults(row, writer, last, hash_))
        line = held.pop(row.sequence, None)
        if line is not None and line.checkpoint.hash != row.hash.hex():
            found.findings.append(Finding(writer, row.sequence, "is not the record that was signed; it was rewritten"))
        last, hash_ = row.sequence, row.hash
    for sequence in sorted(held):
        found.findings.append(Finding(writer, sequence, "a checkpoint names it and it is gone; records were cut off"))
    newest = max((line.checkpoint.sequence for line in lines), default=0)
    if last > newest:
        found.unsigned[writer] = last - newest


def _faults(row: Any, writer: str, last: int, hash_: bytes) -> Iterator[str]:
    if row.sequence != last + 1:
        gone = row.sequence - last - 1
        yield f"{gone:,} records before it are gone" if gone > 0 else "has a number that no writer gives"
    elif row.previous != hash_:
        yield "does not follow the record before it; one of them was changed or moved"
    if row.hash != chained(row.previous, writer, row.sequence, row.body.encode()):
        yield "is not what was written; it was changed or moved"


def _rows(connection: Connection, writer: str) -> Iterator[Any]:
    last = 0
    while True:
        wanted = (
            select(AUDIT.c.sequence, AUDIT.c.body, AUDIT.c.previous, AUDIT.c.hash)
            .where(AUDIT.c.writer == writer, AUDIT.c.sequence > last)
            .order_by(AUDIT.c.sequence)
            .limit(ROWS)
        )
        rows = connection.execute(wanted).all()
        yield from rows
        if len(rows) < ROWS:
            return
        last = rows[-1].sequence


def _writers(connection: Connection) -> list[str]:
    """Return the writers that have records, sorted: one step along the key for each, whatever there is of records."""
    found: list[str] = []
    while True:
        after = select(AUDIT.c.writer).where(AUDIT.c.writer > (found[-1] if found else ""))
        writer = connection.scalar(after.order_by(AUDIT.c.writer).limit(1))
        if writer is None:
            return found
        found.append(writer)


def export(engine: Engine, *, since: str = "", until: str = "~", caller: str | None = None) -> Iterator[dict[str, Any]]:
    """Read records, writer by writer in order, each with what is needed to verify it alone.

    Args:
        engine: The database.
        since: First instant, ISO 8601; records keep the instant at which the request came.
        until: First instant that is no longer wanted.
        caller: Only records of one key.
    """
    import msgspec

    with translated("read"), reading(engine) as connection:
        rows = ((writer, row) for writer in _writers(connection) for row in _rows(connection, writer))
        for writer, row in rows:
            record = msgspec.json.decode(row.body)
            if not since <= record.get("at", "") < until or caller not in (None, record.get("caller")):
                continue
            yield {
                "writer": writer,
                "sequence": row.sequence,
                "record": record,
                "body": row.body,
                "previous": row.previous.hex(),
                "hash": row.hash.hex(),
            }
