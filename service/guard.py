"""Stands before every route: finds the rule, admits the caller, and keeps the record before the answer leaves.

Steps of a request: row of the table of routes -> API key -> role -> rate -> purpose -> Idempotency-Key -> route ->
record committed -> answer. A step that refuses is recorded like an answer. An answer is held until its record
is kept; if it can't be kept the caller gets a problem instead (503), and what was decided is not told.
"""

from __future__ import annotations

import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matcher.errors import EpervierError
from service import problems
from service.access import Rule, access_of
from service.audit.chain import Entry
from service.call import SCOPE, Call
from service.database.tables import now
from service.desk import Desk
from service.headers import header
from service.idempotency import Claim, Kept, claim_of
from service.keys import PURPOSE, Key
from service.limits import read_body
from service.refusals import AuditError, IdempotencyError, KeyMissingError, PurposeError, RateError, RoleError

NOBODY = ""  # stands for callers without a key; no key has that id
REPLAYED = (b"idempotency-replayed", b"true")


class Guard:
    """The middleware.

    Args:
        app: What is guarded.
        desk: Keys, rates and audit.
    """

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app, self._desk = app, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        call = scope[SCOPE] = Call(_request_id(scope), now())
        answer = _Answer(call, self._desk, scope, send)
        call.keep_now = answer.keep_now
        try:
            try:
                self._admit(call, scope)
                if (given := header(scope, b"idempotency-key")) is not None:
                    receive = await self._claim(call, given, answer, scope, receive)
            except EpervierError as error:
                refusal = problems.of_error(self._counted(error, call, answer), self._desk.settings.retry_after_seconds)
                await refusal(scope, receive, answer.send)
                return
            answer.is_recorded = call.rule is None or call.rule.is_recorded
            if answer.replay is not None:
                await answer.send_kept(answer.replay)
            else:
                await self._app(scope, receive, answer.send)
        finally:
            await answer.close()

    def _admit(self, call: Call, scope: Scope) -> None:
        """Find the rule and the caller, and hold one against the other."""
        desk = self._desk
        rule = call.rule = scope["route"] = desk.rules.find(scope["method"], scope["path"])
        call.is_open = desk.keys.no_key_is_known
        if rule.is_public:
            return
        if desk.keys.is_open:
            if not rule.is_open_without_keys:
                raise KeyMissingError("this needs an API key, and none was made yet; run: epervier keys make")
            return
        key = call.key = self._key(scope)
        desk.rates.take(key.id, key.rate_per_second or desk.settings.rate_per_second)
        if rule.roles.isdisjoint(key.roles):
            raise RoleError("none of the caller's roles may do that")
        call.purpose = _purpose(scope, key, rule)
        call.access = access_of(key, call.purpose)

    def _counted(self, error: EpervierError, call: Call, answer: _Answer) -> EpervierError:
        """Count a refusal; a caller that is refused too often is no longer recorded, so that it can't fill the disk."""
        try:
            self._desk.rates.take(
                f"refused {call.key.id if call.key else NOBODY}", self._desk.settings.refused_per_second
            )
        except RateError as too_often:
            answer.is_recorded = False
            return too_often
        return error

    def _key(self, scope: Scope) -> Key:
        secret = header(scope, b"x-api-key")
        if secret is None:
            scheme, _, secret = (header(scope, b"authorization") or "").partition(" ")
            if scheme.lower() != "bearer" or not secret:
                raise KeyMissingError("an API key is needed; send it as Authorization: Bearer ...")
        return self._desk.keys.find(secret.strip())

    async def _claim(self, call: Call, given: str, answer: _Answer, scope: Scope, receive: Receive) -> Receive:
        """Look whether the request was answered before; returns what gives its body again."""
        assert call.rule is not None
        if not call.rule.keeps_answers:
            raise IdempotencyError("Idempotency-Key is not honoured here; leave it out")
        body = await read_body(Request(scope, receive), self._desk.settings)
        place = f"{call.rule.method} {scope['path']}".encode() + b"?" + scope["query_string"]
        language = (header(scope, b"accept-language") or "").encode()
        caller = call.key.id if call.key else NOBODY
        claim = claim_of(caller, given, place, (call.purpose or "").encode(), language, body)
        answer.replay = await self._desk.begin_once(claim)
        if answer.replay is None:
            answer.claim = claim
        return _again(body, receive)


class _Answer:
    """An answer on its way out, held until its record is kept."""

    def __init__(self, call: Call, desk: Desk, scope: Scope, send: Send) -> None:
        self._call, self._desk, self._scope, self._send = call, desk, scope, send
        self._head: Message | None = None  # held back
        self._has_begun = False
        self._is_withheld = False  # its record couldn't be kept
        self.is_recorded = True
        self._held: list[bytes] = []  # of an answer that is kept to be given again
        self.claim: Claim | None = None
        self.replay: Kept | None = None

    async def send(self, message: Message) -> None:
        """Send a part of the answer when what it holds is recorded."""
        call = self._call
        if self._is_withheld:
            return
        if message["type"] == "http.response.start":
            self._head, call.status, call.problem = message, message["status"], self._scope.get("problem")
            return
        if self.claim is not None and message["type"] == "http.response.body":
            self._held.append(message.get("body", b""))
            if message.get("more_body", False):
                return
            message = {"type": "http.response.body", "body": b"".join(self._held)}
        if call.has_news and self.is_recorded and not await self._keep():
            return
        if self._head is not None:
            head, self._head, self._has_begun = self._head, None, True
            await self._send(head)
        await self._send(message)

    async def send_kept(self, kept: Kept) -> None:
        """Send an answer that was given before."""
        self._call.did(replay_of=kept.request_id)
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in kept.headers]
        await self.send({"type": "http.response.start", "status": kept.status, "headers": [*headers, REPLAYED]})
        await self.send({"type": "http.response.body", "body": kept.body})

    async def close(self) -> None:
        """Record a request whose answer never came: the caller left, or a fault ended it."""
        if self._call.part == 0 and self.is_recorded and not self._is_withheld:
            self._call.status = None
            record, queries = self._call.take_record()
            await self._desk.keep(Entry(record, queries, self._also(500)))

    async def keep_now(self) -> None:
        """Keep the record of what is about to be done."""
        record, queries = self._call.take_record()
        self._call.has_news = True  # the answer gets its own
        await self._desk.keep(Entry(record, queries))

    async def _keep(self) -> bool:
        """Keep the record; without it the answer isn't given."""
        record, queries = self._call.take_record()
        try:
            await self._desk.keep(Entry(record, queries, self._also(self._call.status or 500)))
        except AuditError as error:
            if self._has_begun:
                raise  # cuts the stream off: its caller sees that it isn't whole
            self._is_withheld = True
            refusal: Response = problems.of_error(error, self._desk.settings.retry_after_seconds)
            await refusal(self._scope, _nothing, self._send)
            return False
        return True

    def _also(self, status: int) -> tuple[Any, ...]:
        if self.claim is None:
            return ()
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in (self._head["headers"] if self._head else ())
            if name not in {b"content-length", b"x-request-id"}
        ]
        kept = Kept(self._call.request_id, status, headers, b"".join(self._held))
        return (self.claim.keep(kept, self._desk.settings.idempotency_hours),)


def _purpose(scope: Scope, key: Key, rule: Rule) -> str | None:
    purpose = header(scope, b"x-purpose")
    if purpose is None:
        if rule.needs_purpose:
            raise PurposeError("a purpose is needed; send its code as X-Purpose")
        return None
    if not PURPOSE.fullmatch(purpose):
        raise PurposeError("X-Purpose is no code; use small letters, digits, `.`, `_` and `-`, at most 32")
    if purpose not in key.purposes:
        raise PurposeError("the purpose is not among those of the caller's key")
    return purpose


def _request_id(scope: Scope) -> str:
    given = scope.get("state", {}).get("request_id")
    return str(given) if given else str(uuid.uuid4())


def _again(body: bytes, receive: Receive) -> Receive:
    is_given = False

    async def receive_again() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
