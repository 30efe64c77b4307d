"""Chains of the audit on a database in a folder, and what an intruder does to them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from service.audit.chain import Chain, Entry
from service.audit.record import Record
from service.audit.verify import Verified, verify
from service.database.engine import open_engine
from service.database.tables import now
from service.settings import Settings


@contextlib.contextmanager
def database(folder: Path, **settings: Any) -> Iterator[tuple[Engine, Settings]]:
    """Open the database of a folder."""
    folder.mkdir(exist_ok=True)
    made = Settings(store=folder, **settings)
    engine = open_engine(made)
    try:
        yield engine, made
    finally:
        engine.dispose()


@contextlib.contextmanager
def chain_on(engine: Engine, settings: Settings) -> Iterator[Chain]:
    """Take up a chain; it is closed, and so signed, at the end of the block."""
    made = Chain(engine, settings)
    try:
        yield made
    finally:
        made.close()


def entries(count: int) -> list[Entry]:
    """Make records of lookups."""
    return [Entry(Record(at=now(), what="POST /v1/lookups", status=200), [b"query"]) for _ in range(count)]


def sql(engine: Engine, statement: str) -> None:
    """Change the database behind the service's back."""
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


def verified(engine: Engine, settings: Settings) -> Verified:
    """Verify against the folder of checkpoints."""
    return verify(engine, [settings.checkpoint_folder])
