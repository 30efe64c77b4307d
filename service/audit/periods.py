"""Periods: which key digests the queries now, and which keys are destroyed.

A digest under a destroyed key says nothing any more: nobody can try names against it. Who appends to the audit
reads the key again twice a second, so that a destroyed one is in no process's hands after that.
"""

from __future__ import annotations

import datetime
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from service.database.tables import PERIODS, instant

KEY_BYTES = 32
_NEWEST = select(PERIODS.c.number, PERIODS.c.key, PERIODS.c.ends_at).order_by(PERIODS.c.number.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Policy:
    """How long a period lasts, and how many ended ones keep their key."""

    days: float
    kept: int


@dataclass(frozen=True, slots=True)
class Period:
    """The period of a record."""

    number: int
    key: bytes


def current(connection: Connection, policy: Policy, now: datetime.datetime) -> Period:
    """Return the period that a record made now belongs to; begins the next one when it is due."""
    found = connection.execute(_NEWEST).one_or_none()
    if found is not None and found.key is not None and found.ends_at > instant(now):
        return Period(found.number, found.key)
    try:
        with connection.begin_nested():
            return begin(connection, policy, now)
    except IntegrityError:  # another replica began it at the same time
        found = connection.execute(_NEWEST).one()
        return Period(found.number, found.key)


def begin(connection: Connection, policy: Policy, now: datetime.datetime) -> Period:
    """End the present period, begin the next, and destroy the keys that policy no longer keeps."""
    newest = connection.execute(select(func.max(PERIODS.c.number))).scalar() or 0
    made = Period(newest + 1, secrets.token_bytes(KEY_BYTES))
    ends = now + datetime.timedelta(days=policy.days)
    connection.execute(
        update(PERIODS).where(PERIODS.c.number == newest, PERIODS.c.ends_at > instant(now)).values(ends_at=instant(now))
    )
    connection.execute(
        insert(PERIODS).values(number=made.number, key=made.key, begins_at=instant(now), ends_at=instant(ends))
    )
    destroy(connection, newest - policy.kept, now)
    return made


def destroy(connection: Connection, last: int, now: datetime.datetime) -> int:
    """Destroy the keys of all periods up to a number; returns how many there were."""
    gone = connection.execute(
        update(PERIODS)
        .where(PERIODS.c.number <= last, PERIODS.c.key.is_not(None))
        .values(key=None, destroyed_at=instant(now))
    )
    return gone.rowcount
