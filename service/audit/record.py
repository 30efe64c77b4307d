"""A record of the audit: what is written down of a request or an act, and how it is chained to the one before.

The body is JSON and is hashed as it is kept. `hash = SHA-256(previous hash, writer, sequence, body)`, so a
record that is changed, moved or left out breaks every hash after it. The query itself isn't kept: only a
keyed digest of it, which answers "was this asked?" for as long as the period's key is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec

from matcher.records import Traveller

FIRST = bytes(32)  # stands for the hash before a writer's first record
DIGEST_BYTES = 32


class Record(msgspec.Struct, omit_defaults=True, kw_only=True):
    """What is kept of a request, or of a part of one whose answer is streamed.

    Attributes:
        at: When it came, UTC.
        kind: `request`, `act` (administrative), `writer` (a process begins or ends).
        request: The request's id, as in its answer.
        part: 0, or the number of the part of a streamed answer.
        what: Method and route as a template, or the act.
        caller: Id of the caller's key; none: no key was ever made, or none was given.
        roles: The caller's roles at that time.
        purpose: The purpose that the caller gave.
        status: HTTP status of the answer; none: the caller left before there was one.
        problem: Type of the problem answered with.
        snapshot: Snapshot that answered, as the caller sees it.
        model: Model that weighed.
        outcomes: How many of each outcome.
        entries: List id and entry id of each entry that the answer holds.
        period: Which key the digests are made with.
        digests: Keyed digest of each query, in order.
        about: Further facts of an act: ids, counts; never a name or a number.
    """

    at: str
    kind: str = "request"
    request: str | None = None
    part: int = 0
    what: str
    caller: str | None = None
    roles: Sequence[str] = ()
    purpose: str | None = None
    status: int | None = None
    problem: str | None = None
    snapshot: str | None = None
    model: str | None = None
    outcomes: dict[str, int] = {}
    entries: Sequence[tuple[str, str]] = ()
    period: int | None = None
    digests: Sequence[str] = ()
    about: dict[str, Any] = {}


ENCODER = msgspec.json.Encoder()
_SORTED = msgspec.json.Encoder(order="sorted")


def chained(previous: bytes, writer: str, sequence: int, body: bytes) -> bytes:
    """Return the hash of a record.

    Examples:
        >>> chained(FIRST, "w-1", 1, b"{}").hex()[:8] == chained(FIRST, "w-1", 2, b"{}").hex()[:8]
        False
    """
    head = previous + writer.encode() + b"\x00" + sequence.to_bytes(8, "big")
    return hashlib.sha256(head + body).digest()


def query_digest(key: bytes, query: bytes) -> str:
    """Return the digest of a query under a period's key.

    Args:
        key: 32 random bytes.
        query: The query in its written form (`canonical`).

    Examples:
        >>> query_digest(bytes(32), b'{"number":"X"}') == query_digest(bytes(31) + b"1", b'{"number":"X"}')
        False
    """
    return hashlib.blake2b(query, key=key, digest_size=DIGEST_BYTES).hexdigest()


def canonical(form: Any) -> bytes:
    """Write a query down in the one form that is digested: JSON, names of fields sorted.

    A traveller's reference is left out: the same question has the same digest under any reference.

    Examples:
        >>> canonical({"number": "X", "issuing_state": None})
        b'{"issuing_state":null,"number":"X"}'
        >>> canonical(Traveller(reference="7")) == canonical(Traveller(reference="8"))
        True
    """
    if isinstance(form, Traveller) and form.reference is not None:
        form = replace(form, reference=None)
    return _SORTED.encode(form)
