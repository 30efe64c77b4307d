"""Nothing leaves without its record: what a record holds, and what happens when it can't be kept."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from matcher.records import Traveller
from service.audit import chain as chain_module
from service.audit.chain import Chain, Entry
from service.audit.record import canonical, query_digest
from service.audit.verify import export
from service.database.engine import open_engine
from service.database.tables import PERIODS
from service.keys import Keys
from service.models import SearchedDocument
from service.refusals import AuditError
from service.settings import Settings
from tests.service.audit.chains import verified
from tests.service.client import Client, client_of
from tests.service.fakes import FakeWatchlist, make_app

ASK = {"travellers": [{"names": ["SECRETNAME A"]}]}
DOCUMENT = {"documents": [{"number": "SECRET1", "issuing_state": "UTO", "type": "P"}]}
FILE = ("full_name,date_of_birth\n" + "SECRETNAME B,1970-01-02\n" * 1100).encode()


@pytest.fixture
def audit(tmp_path: Path) -> Iterator[tuple[Engine, Settings]]:
    """The database of a service on a fake list."""
    settings = Settings(store=tmp_path)
    engine = open_engine(settings)
    yield engine, settings
    engine.dispose()


def records(engine: Engine) -> list[dict[str, Any]]:
    """Read the records of requests and acts."""
    return [one["record"] for one in export(engine) if one["record"].get("kind") != "writer"]


def failing(monkeypatch: pytest.MonkeyPatch, is_due: Callable[[Sequence[Entry]], bool]) -> None:
    """Let appending fail when it is due, as on a full disk."""
    append = Chain.append

    def append_or_fail(self: Chain, entries: Sequence[Entry]) -> None:
        if is_due(entries):
            raise AuditError("the disk is full")
        append(self, entries)

    monkeypatch.setattr(chain_module.Chain, "append", append_or_fail)


def test_a_record_says_who_what_when_why_and_what_was_found(tmp_path: Path, audit: tuple[Engine, Settings]) -> None:
    """Key, roles, purpose, route, status, snapshot, model, outcomes and digests are there; no name and no number is."""
    key, secret = Keys(audit[0], audit[1].checkpoint_folder).make("desk", roles=["officer"], purposes=["border-check"])
    headers = {"authorization": f"Bearer {secret}", "x-purpose": "border-check"}
    with client_of(make_app(tmp_path, FakeWatchlist())) as client:
        answer = client.post("/v1/lookups", json=ASK, headers=headers)
        client.post("/v1/documents/search", json=DOCUMENT, headers=headers)
        client.get("/v1/lists?name=SECRETNAME", headers={"x-api-key": "SECRETNAME"})
        client.get("/SECRETNAME")
    looked, searched, refused, lost = records(audit[0])
    assert looked["request"] == answer.headers["x-request-id"]
    assert (looked["what"], looked["caller"], looked["roles"]) == ("POST /v1/lookups", key.id, ["officer"])
    assert (looked["purpose"], looked["status"], looked["outcomes"]) == ("border-check", 200, {"no_match": 1})
    assert (looked["snapshot"], looked["model"]) == ("snapshot-1", "model-1")
    assert (refused["status"], refused["problem"], refused["what"]) == (401, "key", "GET /v1/lists")
    assert (lost["status"], lost["problem"], lost["what"]) == (404, "route", "-")
    with audit[0].connect() as connection:
        period = connection.execute(PERIODS.select()).one()
    traveller = Traveller(names=["SECRETNAME A"], reference="any")
    assert looked["digests"] == [query_digest(period.key, canonical(traveller))]
    assert searched["digests"] == [query_digest(period.key, canonical(SearchedDocument("SECRET1", "UTO", "P")))]
    assert looked["period"] == period.number
    for file in tmp_path.rglob("*"):
        assert file.is_dir() or b"SECRET" not in file.read_bytes(), file


def test_an_answer_waits_for_its_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the commit hasn't returned no byte of the answer is sent."""
    gate, append = threading.Event(), Chain.append

    def slow(self: Chain, entries: Sequence[Entry]) -> None:
        if entries[0].record.kind == "request":
            assert gate.wait(10)
        append(self, entries)

    monkeypatch.setattr(Chain, "append", slow)
    app = make_app(tmp_path, FakeWatchlist())

    async def run() -> None:
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                asked = asyncio.create_task(client.post("/v1/lookups", json=ASK))
                done, _ = await asyncio.wait([asked], timeout=0.3)
                assert not done
                gate.set()
                assert (await asked).status_code == 200

    asyncio.run(run())


def test_requests_at_once_share_commits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, audit: tuple[Engine, Settings]
) -> None:
    """A hundred requests at once need fewer transactions, and each has its record."""
    sizes: list[int] = []
    append = Chain.append

    def counted(self: Chain, entries: Sequence[Entry]) -> None:
        sizes.append(len(entries))
        append(self, entries)

    monkeypatch.setattr(Chain, "append", counted)
    app = make_app(tmp_path, FakeWatchlist(), queue=200)

    async def run() -> list[str]:
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                answers = await asyncio.gather(*(client.post("/v1/lookups", json=ASK) for _ in range(100)))
        return [answer.headers["x-request-id"] for answer in answers if answer.status_code == 200]

    asked = asyncio.run(run())
    assert len(asked) == 100
    assert {one["request"] for one in records(audit[0])} == set(asked)
    assert len(sizes) < 100  # how many fewer is up to the machine
    assert verified(*audit).findings == []


def test_without_its_record_an_answer_is_not_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, audit: tuple[Engine, Settings]
) -> None:
    """A full disk under the audit: 503 with a problem, and nothing of the decision; with room again it answers."""
    is_full = threading.Event()
    failing(monkeypatch, lambda entries: is_full.is_set())
    with client_of(make_app(tmp_path, FakeWatchlist())) as client:
        assert client.post("/v1/lookups", json=ASK).status_code == 200
        is_full.set()
        for answer in (client.post("/v1/lookups", json=ASK), client.get("/v1/lists"), client.get("/nowhere")):
            assert answer.status_code == 503
            assert answer.json()["type"] == "urn:epervier:problem:audit"
            assert answer.headers["retry-after"]
            assert "decisions" not in answer.text
        assert client.get("/healthz").status_code == 200  # says nothing about anybody
        is_full.clear()
        assert client.post("/v1/lookups", json=ASK).status_code == 200
    assert [one["status"] for one in records(audit[0])] == [200, 200]
    assert verified(*audit).findings == []


def test_a_database_that_is_being_written_by_another_is_waited_for_and_then_refused(
    tmp_path: Path, audit: tuple[Engine, Settings]
) -> None:
    """A lock that is held too long: 503 and no answer; when it is free again requests are answered."""
    with client_of(make_app(tmp_path, FakeWatchlist(), database_timeout_seconds=0.2)) as client:
        with audit[0].begin():
            assert client.post("/v1/lookups", json=ASK).status_code == 503
        assert client.post("/v1/lookups", json=ASK).status_code == 200
    assert verified(*audit).findings == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_service_that_keeps_no_records_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the thread that commits has died of a bug: nothing is answered, and `/readyz` says so."""

    def die(self: Chain, entries: Sequence[Entry]) -> None:
        if entries[0].record.kind == "request":
            raise ValueError("planted")
        append(self, entries)

    append = Chain.append
    monkeypatch.setattr(Chain, "append", die)
    app = make_app(tmp_path, FakeWatchlist())
    with client_of(app) as client:
        assert client.get("/readyz").status_code == 200
        for _ in range(2):
            assert client.post("/v1/lookups", json=ASK).status_code == 503
        assert client.get("/readyz").status_code == 503
        monkeypatch.setattr(Chain, "append", append)
        monkeypatch.setattr(app.state.parts.desk, "act", _nothing)


async def _nothing(*_: object, **__: object) -> None:
    return


def test_a_stream_is_recorded_piece_by_piece(tmp_path: Path, audit: tuple[Engine, Settings]) -> None:
    """A screening has a record at its head and one for each piece; together they count every traveller."""
    with client_of(make_app(tmp_path, FakeWatchlist())) as client:
        answer = client.post("/v1/screenings", content=FILE, headers={"content-type": "text/csv"})
        assert answer.status_code == 200
    parts = records(audit[0])
    assert len(parts) >= 2
    assert len({one["request"] for one in parts}) == 1
    assert [one.get("part", 0) for one in parts] == list(range(len(parts)))
    assert sum(one.get("outcomes", {}).get("no_match", 0) for one in parts) == 1100
    assert len(parts[0]["digests"]) == 1


def test_a_stream_whose_record_fails_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a later piece can't be recorded it isn't sent: the answer has no end, which its reader sees."""
    failing(monkeypatch, lambda entries: entries[0].record.part >= 1)
    with client_of(make_app(tmp_path, FakeWatchlist())) as client:
        try:
            answer = client.post("/v1/screenings", content=FILE, headers={"content-type": "text/csv"})
        except (httpx.HTTPError, AssertionError):  # the transport's way to say that there was no end
            return
        assert '"ended"' not in answer.text


def test_a_fault_of_ours_is_recorded_too(tmp_path: Path, audit: tuple[Engine, Settings]) -> None:
    """A request that ends in a bug has a record before its 500 leaves."""
    with client_of(make_app(tmp_path, FakeWatchlist(fault=ValueError("SECRETNAME")))) as client:
        assert client.post("/v1/lookups", json=ASK).status_code == 500
    (record,) = records(audit[0])
    assert "status" not in record
    assert "SECRETNAME" not in str(record)


def test_refusals_cannot_fill_the_disk(tmp_path: Path, audit: tuple[Engine, Settings]) -> None:
    """Beyond some refusals a second they are 429 and no longer recorded."""
    Keys(audit[0], audit[1].checkpoint_folder).make("desk", roles=["officer"])
    with client_of(make_app(tmp_path, FakeWatchlist(), refused_per_second=1)) as client:
        statuses = [client.get("/v1/lists").status_code for _ in range(20)]
    assert statuses[:2] == [401, 401]
    assert statuses.count(429) >= 15
    assert len(records(audit[0])) == len(statuses) - statuses.count(429)


def send(client: Client, key: str = "a-1", body: Any = ASK) -> httpx.Response:
    """Send a lookup with an Idempotency-Key."""
    return client.post("/v1/lookups", json=body, headers={"idempotency-key": key})


class TestIdempotency:
    """A request that is sent again with its Idempotency-Key gets the answer that it got."""

    def test_the_answer_is_given_again(self, tmp_path: Path, audit: tuple[Engine, Settings]) -> None:
        """The same bytes and headers, said to be a replay, recorded as one; the lists aren't asked again."""
        watchlist = FakeWatchlist()
        with client_of(make_app(tmp_path, watchlist)) as client:
            first, again = send(client), send(client)
        assert (first.status_code, first.content) == (again.status_code, again.content)
        assert first.headers["x-snapshot-id"] == again.headers["x-snapshot-id"]
        assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
        assert len([one for one in watchlist.asked if one.names == ["SECRETNAME A"]]) == 1
        assert records(audit[0])[1]["about"] == {"replay_of": first.headers["x-request-id"]}
        assert first.headers["x-request-id"] != again.headers["x-request-id"]

    def test_another_body_is_refused(self, tmp_path: Path) -> None:
        """The key of another request is 422, of a problem too; another key or caller is free."""
        with client_of(make_app(tmp_path, FakeWatchlist())) as client:
            assert send(client).status_code == 200
            other = send(client, body={"travellers": [{"names": ["B"]}]})
            assert (other.status_code, other.json()["type"]) == (422, "urn:epervier:problem:idempotency-body")
            assert send(client, key="a-2", body={"travellers": [{"names": ["B"]}]}).status_code == 200

    def test_two_at_once_are_one(self, tmp_path: Path) -> None:
        """While the first is being answered the second is 409."""
        watchlist = FakeWatchlist(gate=threading.Event())
        app = make_app(tmp_path, watchlist)

        async def run() -> None:
            assert watchlist.gate is not None
            async with app.router.lifespan_context(app):
                transport = httpx.ASGITransport(app=app)
                async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                    headers = {"idempotency-key": "a-1"}
                    first = asyncio.create_task(client.post("/v1/lookups", json=ASK, headers=headers))
                    await asyncio.sleep(0.3)
                    assert (await client.post("/v1/lookups", json=ASK, headers=headers)).status_code == 409
                    watchlist.gate.set()
                    assert (await first).status_code == 200

        asyncio.run(run())

    def test_a_fault_of_ours_gives_the_key_back(self, tmp_path: Path) -> None:
        """After a 500 the same key may be sent again."""
        watchlist = FakeWatchlist(fault=ValueError())
        with client_of(make_app(tmp_path, watchlist)) as client:
            assert send(client).status_code == 500
            watchlist.fault = None
            assert send(client).status_code == 200

    def test_an_answer_is_forgotten_in_time(self, tmp_path: Path) -> None:
        """After its time the key is free again."""
        with client_of(make_app(tmp_path, FakeWatchlist(), idempotency_hours=0.0001)) as client:
            assert send(client).status_code == 200
            for _ in range(100):
                if send(client).headers.get("idempotency-replayed") is None:
                    break
                time.sleep(0.02)
            else:
                pytest.fail("never forgotten")

    @pytest.mark.parametrize(("path", "key", "status"), [("/v1/lookups", "é", 400), ("/v1/lookups", "x" * 256, 400)])
    def test_what_is_no_key_is_refused(self, tmp_path: Path, path: str, key: str, status: int) -> None:
        """A key of other characters, or too long a one, is 400."""
        with client_of(make_app(tmp_path, FakeWatchlist())) as client:
            answer = client.post(path, json=ASK, headers=[(b"idempotency-key", key.encode())])
            assert answer.status_code == status

    def test_a_stream_takes_no_key(self, tmp_path: Path) -> None:
        """A screening's answer isn't kept, and a key there is a problem instead of a promise."""
        with client_of(make_app(tmp_path, FakeWatchlist())) as client:
            headers = {"content-type": "text/csv", "idempotency-key": "a"}
            assert client.post("/v1/screenings", content=FILE, headers=headers).status_code == 400


def test_a_database_that_is_busy_at_the_start_is_waited_for(tmp_path: Path, audit: tuple[Engine, Settings]) -> None:
    """A worker that starts while the database is held by another doesn't give up: it is ready when it is free."""
    app = make_app(tmp_path, FakeWatchlist(), database_timeout_seconds=0.1)
    held = audit[0].connect()
    held.begin()
    threading.Timer(1.0, held.close).start()
    with client_of(app) as client:
        assert client.post("/v1/lookups", json=ASK).status_code == 200
