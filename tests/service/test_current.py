"""The snapshot in force is swapped as a whole, and a bad one leaves the old one in force."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from matcher.access import Access
from matcher.errors import DamagedStoreError
from service import current as module
from service.current import Current
from service.problems import NotReadyError
from tests.service.client import client_of
from tests.service.fakes import FakeWatchlist, make_app, put_in_force

if TYPE_CHECKING:
    from matcher.watchlist import Watchlist


@pytest.fixture(autouse=True)
def _always_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.0)


class Opener:
    """Opens the snapshot that the pointer names; counts, waits at a gate, or fails when told."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.calls = 0
        self.fault: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, access: Any = None) -> Watchlist:
        self.calls += 1
        self.gate.wait(10)
        if self.fault is not None:
            raise self.fault
        return cast("Watchlist", FakeWatchlist((self.store / "CURRENT").read_text(encoding="utf-8")))


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition, at most two seconds."""
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("never came true")


def test_a_changed_pointer_swaps_the_watchlist_once(tmp_path: Path) -> None:
    """Requests go on with the old snapshot until the new one is open; then all see the new one."""

    async def run() -> None:
        put_in_force(tmp_path, "one")
        opener = Opener(tmp_path)
        current = Current(tmp_path / "CURRENT", opener)
        await current.start()
        old = current.watchlist()
        assert old.snapshot_id == "one"
        opener.gate.clear()
        put_in_force(tmp_path, "two")
        assert [current.watchlist() for _ in range(5)] == [old] * 5
        assert current.is_behind
        opener.gate.set()
        await until(lambda: current.watchlist().snapshot_id == "two")
        assert (opener.calls, current.is_behind) == (2, False)

    asyncio.run(run())


def test_a_snapshot_that_cannot_be_opened_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A damaged new snapshot is logged and tried again after a while; the old one answers meanwhile."""

    async def run() -> None:
        put_in_force(tmp_path, "one")
        opener = Opener(tmp_path)
        current = Current(tmp_path / "CURRENT", opener)
        await current.start()
        opener.fault = DamagedStoreError("persons.arrow differs from its checksum")
        put_in_force(tmp_path, "two")
        current.watchlist()
        await until(lambda: opener.calls == 2 and current._opening is None)
        assert current.watchlist().snapshot_id == "one"
        assert current.is_behind
        assert opener.calls == 2  # not tried at every request
        opener.fault = None
        monkeypatch.setattr(module, "RETRY_SECONDS", 0.0)
        await until(lambda: current.watchlist().snapshot_id == "two")

    with caplog.at_level(logging.ERROR):
        asyncio.run(run())
    assert "DamagedStoreError" in caplog.text


def test_each_access_has_its_own_and_the_oldest_is_let_go(tmp_path: Path) -> None:
    """An access is opened once, swapped with the others, and opened again when there were too many."""

    async def run() -> None:
        put_in_force(tmp_path, "one")
        opener = Opener(tmp_path)
        current = Current(tmp_path / "CURRENT", opener, most=3)
        await current.start()
        officer, analyst, carrier = (Access(roles=[role]) for role in ("officer", "analyst", "carrier"))
        first = await current.opened(officer)
        assert await current.opened(officer) is first
        assert first is not await current.opened(None)
        assert (await current.opened(analyst), opener.calls)[1] == 3
        put_in_force(tmp_path, "two")
        current.watchlist()
        await until(lambda: current.watchlist().snapshot_id == "two")
        assert opener.calls == 6
        assert [(await current.opened(one)).snapshot_id for one in (officer, analyst, None)] == ["two"] * 3
        await current.opened(carrier)
        assert opener.calls == 7
        await current.opened(officer)
        assert opener.calls == 8

    asyncio.run(run())


def test_an_unexpected_fault_while_opening_is_logged_without_its_message(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A bug while opening doesn't end the service, and its message stays out of the log."""

    async def run() -> None:
        put_in_force(tmp_path, "one")
        opener = Opener(tmp_path)
        opener.fault = ValueError("JOHN SMITH")
        current = Current(tmp_path / "CURRENT", opener)
        await current.start()
        with pytest.raises(NotReadyError):
            current.watchlist()
        await asyncio.sleep(0.05)

    asyncio.run(run())
    assert "ValueError at " in caplog.text
    assert "JOHN" not in caplog.text


def test_ready_only_when_a_snapshot_is_open(tmp_path: Path) -> None:
    """Without a snapshot `/readyz` and lookups are 503 with Retry-After, `/healthz` is 200; then it opens."""
    app = make_app(tmp_path / "store", FakeWatchlist())
    (tmp_path / "store" / "CURRENT").unlink()
    with client_of(app) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        for answer in (
            client.get("/readyz"),
            client.get("/v1/lists"),
            client.post("/v1/lookups", json={"travellers": [{"names": ["A"]}]}),
        ):
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "2"
            assert answer.json()["type"] == "urn:epervier:problem:not-ready"
        put_in_force(tmp_path / "store")
        client.get("/readyz")
        for _ in range(200):
            if client.get("/readyz").status_code == 200:
                break
        assert client.get("/readyz").json()["snapshot_id"] == "snapshot-1"
