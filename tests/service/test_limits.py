"""Work and time are bounded: a full queue turns away at once, a slow body ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from tests.service.client import client_of
from tests.service.fakes import FakeWatchlist, make_app, put_in_force

ASK = {"travellers": [{"names": ["A"]}]}


async def _client(app: object) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://localhost")


def test_beyond_the_queue_requests_are_turned_away(tmp_path: Path) -> None:
    """One worker and one place in the queue: of five requests at once three get 503 with Retry-After."""
    watchlist = FakeWatchlist(gate=threading.Event())
    assert watchlist.gate is not None
    app = make_app(tmp_path / "s", watchlist, workers=1, queue=1, retry_after_seconds=7)

    async def run() -> None:
        async with app.router.lifespan_context(app), await _client(app) as client:
            tasks = [asyncio.create_task(client.post("/v1/lookups", json=ASK)) for _ in range(5)]
            refused, waiting = await asyncio.wait(tasks, timeout=1)
            assert sorted(task.result().status_code for task in refused) == [503] * 3
            assert {task.result().headers["retry-after"] for task in refused} == {"7"}
            assert {task.result().json()["type"] for task in refused} == {"urn:epervier:problem:busy"}
            assert watchlist.gate is not None
            watchlist.gate.set()
            assert [(await task).status_code for task in waiting] == [200] * 2
            assert (await client.post("/v1/lookups", json=ASK)).status_code == 200  # places are given back

    asyncio.run(run())


def test_a_fault_gives_its_place_back(tmp_path: Path) -> None:
    """Failed lookups don't use the queue up."""
    with client_of(make_app(tmp_path / "s", FakeWatchlist(fault=ValueError()), workers=1, queue=0)) as client:
        assert [client.post("/v1/lookups", json=ASK).status_code for _ in range(5)] == [500] * 5


def test_a_body_that_does_not_arrive_ends(tmp_path: Path) -> None:
    """A body that takes longer than allowed is 408."""
    app = make_app(tmp_path / "s", FakeWatchlist(), body_timeout_seconds=0.05)

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(1)
        yield b"}"

    async def run() -> int:
        async with app.router.lifespan_context(app), await _client(app) as client:
            answer = await client.post("/v1/lookups", content=slow(), headers={"content-type": "application/json"})
        return answer.status_code

    assert asyncio.run(run()) == 408


def test_another_host_name_is_refused(tmp_path: Path) -> None:
    """A page that points its own name at the loopback address gets nothing."""
    put_in_force(tmp_path / "s")
    with client_of(make_app(tmp_path / "s", FakeWatchlist())) as client:
        for host, status in (
            ("localhost:8000", 200),
            ("127.0.0.1", 200),
            ("[::1]:8000", 200),
            ("LOCALHOST", 200),
            ("evil.example", 421),
            ("evil.example:8000", 421),
            ("127.0.0.1.evil.example", 421),
            ("", 421),
        ):
            answer = client.get("/v1/lists", headers={"host": host})
            assert answer.status_code == status, host
            if status == 421:
                assert answer.headers["content-type"] == "application/problem+json"
