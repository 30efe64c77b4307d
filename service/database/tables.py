"""The tables, as SQLAlchemy Core. Instants are ISO 8601 text in UTC with microseconds, so that they sort.

A change here needs a step in `migrations/versions`; a test compares the two.
"""

from __future__ import annotations

import datetime

from sqlalchemy import BigInteger, Column, Float, Integer, LargeBinary, MetaData, String, Table, Text

METADATA = MetaData()

STATE = Table(
    "state",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("value", BigInteger, nullable=False),
    comment="keys_version: changes with every change of a key; 0 or no row: no key was ever made",
)
KEYS = Table(
    "keys",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),  # SHA-256 of the key
    Column("old_digest", LargeBinary),  # of the key before the last rotation
    Column("old_until", String(32)),
    Column("label", Text, nullable=False),
    Column("roles", Text, nullable=False),  # separated by blanks, as scopes and purposes
    Column("scopes", Text, nullable=False),
    Column("purposes", Text, nullable=False),
    Column("country", Text),
    Column("rate_per_second", Float),
    Column("made_at", String(32), nullable=False),
    Column("rotated_at", String(32)),
    Column("expires_at", String(32)),
    Column("revoked_at", String(32)),
)
WRITERS = Table(
    "writers",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("made_at", String(32), nullable=False),
)
AUDIT = Table(
    "audit",
    METADATA,
    Column("writer", String(32), primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),  # the record as it was hashed
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
CHECKPOINTS = Table(
    "checkpoints",
    METADATA,
    Column("writer", String(32), primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary, nullable=False),  # SHA-256 of the line in the file
)
PERIODS = Table(
    "periods",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key", LargeBinary),  # null: destroyed
    Column("begins_at", String(32), nullable=False),
    Column("ends_at", String(32), nullable=False),
    Column("destroyed_at", String(32)),
)
IDEMPOTENCY = Table(
    "idempotency",
    METADATA,
    Column("caller", String(32), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_digest", LargeBinary, nullable=False),
    Column("status", Integer),  # null: being answered
    Column("headers", Text),  # of the answer, JSON
    Column("request", String(64)),  # id of the request that was answered first
    Column("answer", LargeBinary),
    Column("expires_at", String(32), nullable=False),
)


def instant(moment: datetime.datetime) -> str:
    """Write an instant as the tables hold it.

    Examples:
        >>> instant(datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC))
        '2026-01-02T00:00:00.000000Z'
    """
    return moment.astimezone(datetime.UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def now() -> str:
    """Return the present instant as the tables hold it."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
