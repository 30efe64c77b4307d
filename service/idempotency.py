"""Requests that may be sent again: an Idempotency-Key gets the answer that it got before.

The answer is kept in the database for a bounded time, by caller, key and digest of the request, in the same
transaction as its record. A key that is being answered is told so (409); one that came with another request
is refused (422). An answer that is a fault of ours isn't kept: the request may be sent again.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Executable, delete, insert, select, update

from service.database.engine import translated
from service.database.tables import IDEMPOTENCY, instant, now
from service.refusals import IdempotencyBodyError, IdempotencyError, IdempotencyPendingError

FORM = re.compile(r"[\x21-\x7e]{1,255}")
PENDING_SECONDS = 120  # a request that has not ended by then was cut off
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that was given before."""

    request_id: str
    status: int
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """An Idempotency-Key of a caller, and the request that it came with."""

    caller: str
    key: str
    request_digest: bytes

    @property
    def _row(self) -> Any:
        return (IDEMPOTENCY.c.caller == self.caller) & (IDEMPOTENCY.c.key == self.key)

    def keep(self, answer: Kept, hours: float) -> Executable:
        """Make the statement that keeps an answer, or gives the key up where the fault was ours."""
        if answer.status >= 500 or answer.status == 429:
            return delete(IDEMPOTENCY).where(self._row)
        return (
            update(IDEMPOTENCY)
            .where(self._row)
            .values(
                status=answer.status,
                headers=msgspec.json.encode(answer.headers).decode(),
                answer=answer.body,
                request=answer.request_id,
                expires_at=_in(datetime.timedelta(hours=hours)),
            )
        )


def claim_of(caller: str, key: str, *parts: bytes) -> Claim:
    """Make the claim of a request.

    Args:
        caller: Id of the caller's key; empty: no key was ever made.
        key: The header as it came.
        parts: What makes the request: method, path, purpose, body.

    Raises:
        IdempotencyError: the header is no key.
    """
    if not FORM.fullmatch(key):
        raise IdempotencyError("Idempotency-Key must be 1 to 255 visible ASCII characters; a UUID is a good one")
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return Claim(caller, key, digest.digest())


def begin(engine: Engine, claim: Claim) -> Kept | None:
    """Return the answer kept for a claim, or reserve the key and return None.

    Raises:
        IdempotencyBodyError: the key came with another request.
        IdempotencyPendingError: the first request with the key is being answered.
        DatabaseError: the database can't be used.
    """
    with translated("write to"), engine.begin() as connection:
        found = connection.execute(select(IDEMPOTENCY).where(claim._row)).one_or_none()
        if found is None or found.expires_at <= now():
            _reserve(connection, claim)
            return None
    if bytes(found.request_digest) != claim.request_digest:
        raise IdempotencyBodyError("this Idempotency-Key came before with another request; use a new one")
    if found.status is None:
        raise IdempotencyPendingError("the first request with this Idempotency-Key is being answered; wait for it")
    headers = msgspec.json.decode(found.headers, type=Headers)
    return Kept(found.request, found.status, headers, bytes(found.answer))


def _reserve(connection: Connection, claim: Claim) -> None:
    connection.execute(delete(IDEMPOTENCY).where(claim._row))
    connection.execute(
        insert(IDEMPOTENCY).values(
            caller=claim.caller,
            key=claim.key,
            request_digest=claim.request_digest,
            expires_at=_in(datetime.timedelta(seconds=PENDING_SECONDS)),
        )
    )


def _in(time: datetime.timedelta) -> str:
    return instant(datetime.datetime.now(datetime.UTC) + time)
