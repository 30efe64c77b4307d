"""API keys: made, listed, rotated and revoked in the database; a process knows those in force by heart.

A key is 256 random bits. The database keeps its SHA-256, which tells nobody the key: there is nothing to
guess. A process reads the keys again when their version changes; it looks twice a second, so that a revoked
key stops within a second. Where the database can't be read for longer, nobody is let in.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import logging
import math
import re
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from matcher.access import Access
from matcher.errors import EpervierError, InputError, UsageError
from matcher.files import LOCAL_DISK
from service.database.engine import reading, translated
from service.database.tables import KEYS, STATE, instant, now
from service.refusals import DatabaseError, KeyMissingError

LOG = logging.getLogger("epervier.service")
PREFIX = "epv_"  # so that a key that leaked is recognised
KEY_BYTES = 32
KEYS_VERSION = "keys_version"
MARK = "keys-were-made"  # beside the checkpoints: a new database alone doesn't open the service again
PURPOSE = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
STALE_SECONDS = 10.0  # without a reading of the database nobody is let in


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept, without the secret.

    Attributes:
        id: Names the key in the audit and in logs.
        label: What the operator calls it.
        roles: What its holder is.
        scopes: What its holder may see beyond that.
        purposes: Purposes that its holder may give.
        country: The holder's state.
        rate_per_second: Requests a second; none: the setting's.
        expires_at: First instant at which it is no longer good; none: never.
        revoked_at: When it was revoked.
    """

    id: str
    label: str
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    purposes: tuple[str, ...]
    country: str | None
    rate_per_second: float | None
    made_at: str
    rotated_at: str | None
    expires_at: str | None
    revoked_at: str | None

    def is_in_force(self, at: str) -> bool:
        """Whether the key is good at an instant."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


class Keys:
    """Changes keys; each change is told to every process by the version.

    Args:
        engine: The database.
        folder: Where the mark lies that keys were made.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine, self._folder = engine, folder

    def make(
        self,
        label: str,
        *,
        roles: Sequence[str],
        purposes: Sequence[str] = (),
        scopes: Sequence[str] = (),
        country: str | None = None,
        rate_per_second: float | None = None,
        expires_at: datetime.datetime | None = None,
        key_id: str | None = None,
    ) -> tuple[Key, str]:
        """Make a key; the secret is returned once and never kept.

        Args:
            label: What the operator calls it.
            roles: What its holder is.
            purposes: Purposes that its holder may give.
            scopes: What its holder may see beyond its roles.
            country: The holder's state.
            rate_per_second: Requests a second; none: the setting's.
            expires_at: First instant at which it is no longer good; none: never.
            key_id: As `new_id` made it; by default a new one.

        Raises:
            UsageError: no label, a malformed purpose, a rate or expiry that means nothing.
        """
        check(label, roles, scopes, country)
        _check_limits(purposes, rate_per_second, expires_at)
        secret = _secret()
        values: dict[str, Any] = {
            "id": key_id or new_id(),
            "label": label,
            "roles": " ".join(sorted(set(roles))),
            "scopes": " ".join(sorted(set(scopes))),
            "purposes": " ".join(sorted(set(purposes))),
            "country": country,
            "rate_per_second": rate_per_second,
            "made_at": now(),
            "expires_at": None if expires_at is None else instant(expires_at),
        }
        LOCAL_DISK.make_folder(self._folder)
        if not LOCAL_DISK.exists(self._folder / MARK):
            LOCAL_DISK.replace(self._folder / MARK, b"keys were made: without one nobody is let in\n")
        with translated("write to"), self._engine.begin() as connection:
            connection.execute(insert(KEYS).values(digest=digest_of(secret), **values))
            _raise_version(connection)
            return _find(connection, values["id"]), secret

    def all(self) -> list[Key]:
        """Return every key that was made, oldest first."""
        with translated("read"), reading(self._engine) as connection:
            return [_key(row) for row in connection.execute(select(KEYS).order_by(KEYS.c.made_at, KEYS.c.id))]

    def rotate(self, key_id: str, *, overlap: datetime.timedelta = datetime.timedelta(0)) -> tuple[Key, str]:
        """Give a key a new secret; the old one is good for the overlap, by default no longer.

        Raises:
            InputError: there is no such key, or it was revoked.
        """
        secret = _secret()
        until = instant(datetime.datetime.now(datetime.UTC) + overlap) if overlap else None
        with translated("write to"), self._engine.begin() as connection:
            if _find(connection, key_id).revoked_at is not None:
                raise InputError("that key was revoked; make another")
            old = KEYS.c.digest if overlap else None
            change = update(KEYS).where(KEYS.c.id == key_id)
            connection.execute(
                change.values(old_digest=old, old_until=until, digest=digest_of(secret), rotated_at=now())
            )
            _raise_version(connection)
            return _find(connection, key_id), secret

    def revoke(self, key_id: str) -> Key:
        """Revoke a key for good.

        Raises:
            InputError: there is no such key.
        """
        with translated("write to"), self._engine.begin() as connection:
            if _find(connection, key_id).revoked_at is None:
                connection.execute(update(KEYS).where(KEYS.c.id == key_id).values(revoked_at=now(), old_digest=None))
                _raise_version(connection)
            return _find(connection, key_id)


class KeyRing:
    """The keys in force as a process knows them, read again by a thread of its own.

    Args:
        engine: The database.
        folder: Where the mark lies that keys were made.
        refresh_seconds: How often the version is looked at.
    """

    def __init__(self, engine: Engine, folder: Path, refresh_seconds: float) -> None:
        self._engine, self._mark = engine, folder / MARK
        self._refresh_seconds = refresh_seconds
        self._keys: dict[bytes, tuple[Key, float]] = {}  # with the time until which it is good
        self._version = -1
        self._read_at = 0.0
        self._is_open = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keys", daemon=True)

    def start(self) -> None:
        """Read the keys, then go on looking.

        Raises:
            DatabaseError: the database can't be read.
        """
        self._read()
        self._thread.start()

    def stop(self) -> None:
        """Stop looking."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def is_open(self) -> bool:
        """Whether no key was ever made, so that no key is asked for."""
        self._refuse_stale()
        return self._is_open

    @property
    def no_key_is_known(self) -> bool:
        """As `is_open`, by the last reading, however long ago: for what anybody may ask."""
        return self._is_open

    def find(self, secret: str) -> Key:
        """Return the key in force of a secret.

        Raises:
            KeyMissingError: there is none; which of the reasons it is isn't told.
            DatabaseError: the keys couldn't be read for a while.
        """
        self._refuse_stale()
        found = self._keys.get(digest_of(secret))
        if found is not None:
            key, until = found
            if time.time() < until:
                return key
        raise KeyMissingError("the API key is not in force; ask the operator for another")

    def _refuse_stale(self) -> None:
        if time.monotonic() - self._read_at > STALE_SECONDS:
            raise DatabaseError("keys could not be read for a while; nobody is let in until they can")

    def _run(self) -> None:
        while not self._ended.wait(self._refresh_seconds):
            try:
                self._read()
            except EpervierError as error:
                LOG.error("keys not read: %s", error)

    def _read(self) -> None:
        with translated("read"), reading(self._engine) as connection:
            version = _version(connection)
            if version != self._version:
                rows = connection.execute(select(KEYS)).all()
                self._keys, self._version = _by_digest(rows), version
        self._is_open = version == 0 and not LOCAL_DISK.exists(self._mark)
        self._read_at = time.monotonic()


def were_made(engine: Engine, folder: Path) -> bool:
    """Tell whether a key was ever made, for this database or beside these checkpoints."""
    with translated("read"), reading(engine) as connection:
        return _version(connection) > 0 or LOCAL_DISK.exists(folder / MARK)


def digest_of(secret: str) -> bytes:
    """Return the digest under which a key is kept."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()


def new_id() -> str:
    """Make an id for a key; it is no secret."""
    return f"k-{secrets.token_hex(6)}"


def _secret() -> str:
    return PREFIX + base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).rstrip(b"=").decode()


def check(label: str, roles: Sequence[str], scopes: Sequence[str], country: str | None) -> None:
    """Refuse a key that no list could be opened for.

    Raises:
        UsageError: no label, or roles, scopes or a country that mean nothing.
    """
    if not label.strip() or len(label) > 200:
        raise UsageError(f"the label has {len(label)} characters, 1 to 200 allowed; name the holder's office")
    Access(roles=roles, country=country, scopes=scopes)


def _check_limits(purposes: Sequence[str], rate_per_second: float | None, expires_at: datetime.datetime | None) -> None:
    for purpose in purposes:
        if not PURPOSE.fullmatch(purpose):
            raise UsageError("a purpose is no code; use small letters, digits, `.`, `_` and `-`, at most 32")
    if rate_per_second is not None and not 0 < rate_per_second < 1e6:
        raise UsageError("the rate is not above 0; give requests a second")
    if expires_at is not None and expires_at <= datetime.datetime.now(datetime.UTC):
        raise UsageError("the key would have expired already; give a later instant")


def _by_digest(rows: Sequence[Any]) -> dict[bytes, tuple[Key, float]]:
    found: dict[bytes, tuple[Key, float]] = {}
    for row in rows:
        if row.revoked_at is not None:
            continue
        until = _seconds(row.expires_at)
        if row.old_digest is not None:
            found[bytes(row.old_digest)] = (_key(row), min(until, _seconds(row.old_until)))
        found[bytes(row.digest)] = (_key(row), until)
    return found


def _seconds(at: str | None) -> float:
    return math.inf if at is None else datetime.datetime.fromisoformat(at).timestamp()


def _key(row: Any) -> Key:
    return Key(
        id=row.id,
        label=row.label,
        roles=tuple(row.roles.split()),
        scopes=tuple(row.scopes.split()),
        purposes=tuple(row.purposes.split()),
        country=row.country,
        rate_per_second=row.rate_per_second,
        made_at=row.made_at,
        rotated_at=row.rotated_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )


def _find(connection: Connection, key_id: str) -> Key:
    row = connection.execute(select(KEYS).where(KEYS.c.id == key_id)).one_or_none()
    if row is None:
        raise InputError("there is no key with that id; `epervier keys list` shows them")
    return _key(row)


def _version(connection: Connection) -> int:
    return connection.execute(select(STATE.c.value).where(STATE.c.name == KEYS_VERSION)).scalar() or 0


def _raise_version(connection: Connection) -> None:
    before = _version(connection)
    if before:
        connection.execute(update(STATE).where(STATE.c.name == KEYS_VERSION).values(value=before + 1))
    else:
        connection.execute(insert(STATE).values(name=KEYS_VERSION, value=1))
