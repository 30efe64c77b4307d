"""Opening the database, and bringing it to the present form before it is used.

SQLite: a file of mode 600, write-ahead log, every commit flushed to the device, deleted content
overwritten with zeros. A transaction takes the write lock when it begins, so that it can't fail half way
for want of it; single reads run in autocommit and take none. Errors of the database leave as
`DatabaseError` without the statement's values.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from matcher.errors import InputError
from matcher.files import FILE_MODE
from service.database.tables import METADATA
from service.refusals import DatabaseError
from service.settings import Settings

MIGRATION_LOCK = 0x65706572  # an arbitrary number that stands for our migrations in PostgreSQL's advisory locks


def open_engine(settings: Settings) -> Engine:
    """Open the database of the settings and bring it to the present form.

    Raises:
        DatabaseError: it can't be opened, or a newer program has changed it.
    """
    engine = make_engine(settings)
    with translated("open"):
        _migrate(engine)
    return engine


def make_engine(settings: Settings) -> Engine:
    """Make the engine without touching tables; a missing SQLite file is made, mode 600.

    Raises:
        InputError: the address is none of a database that is supported.
    """
    address = settings.database_url.get_secret_value()
    timeout = settings.database_timeout_seconds
    try:
        url = make_url(address)
    except ArgumentError:
        raise InputError("the database setting is not an address; give `sqlite` or postgresql://...") from None
    if url.drivername == "sqlite":
        return _sqlite(Path(url.database or ""), timeout)
    if url.drivername != "postgresql+psycopg":
        raise InputError("the database is neither SQLite nor PostgreSQL; give `sqlite` or postgresql://...")
    try:
        limits = f"-c statement_timeout={int(timeout * 1000)} -c synchronous_commit=on"
        return create_engine(
            url,
            connect_args={"connect_timeout": max(1, int(timeout)), "options": limits},
            hide_parameters=True,
            pool_pre_ping=True,
        )
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise InputError("PostgreSQL needs a package; run: pip install 'epervier[postgresql]'") from error


@contextlib.contextmanager
def translated(act: str) -> Iterator[None]:
    """Turn errors of the database into `DatabaseError`, which names the act and the kind of fault only."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None)
        reason = type(cause or error).__name__
        if cause is not None and type(cause).__module__ == "sqlite3":
            reason = f"{reason}: {cause}"  # SQLite's own texts hold names of tables and columns only
        raise DatabaseError(f"cannot {act} the service's database ({reason})") from error


def reading(engine: Engine) -> Connection:
    """Open a connection whose reads take no write lock."""
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def flush_folder(folder: Path) -> None:
    """Flush the names in a folder to the device."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sqlite(path: Path, timeout: float) -> Engine:
    try:
        if not path.exists():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE))
            flush_folder(path.parent)  # else a power cut could lose the file's name
        if path.stat().st_mode & 0o077:
            path.chmod(FILE_MODE)
    except OSError as error:
        raise DatabaseError(f"cannot open the database file {path}: {error.strerror}") from error
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": timeout}, hide_parameters=True)

    def prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions begin where `begin` below says so
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _migrate(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", "service.database:migrations")
    script = ScriptDirectory.from_config(config)
    with reading(engine) as connection:
        if _revisions(connection) == set(script.get_heads()):
            return
    with engine.begin() as connection:  # in SQLite this waits for another process that does the same
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": MIGRATION_LOCK})
        if _revisions(connection) - {one.revision for one in script.walk_revisions()}:
            raise DatabaseError("the service's database was changed by a newer program; use that program")

        def upgrade(revision: Any, _: object) -> Any:
            return script._upgrade_revs("head", revision)

        with EnvironmentContext(config, script, fn=upgrade, destination_rev="head") as environment:
            environment.configure(connection=connection, target_metadata=METADATA)
            environment.run_migrations()


def _revisions(connection: Connection) -> set[str]:
    return set(MigrationContext.configure(connection).get_current_heads())
