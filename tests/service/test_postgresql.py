"""The same service on PostgreSQL: several replicas, one database, each with its own checkpoints."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy import Engine

from service.audit.verify import verify
from service.database.engine import open_engine, reading
from service.database.tables import METADATA
from service.keys import Keys
from service.settings import Settings
from tests.service.audit.chains import chain_on, entries, sql
from tests.service.client import client_of
from tests.service.fakes import FakeWatchlist, make_app
from tests.service.postgresql import postgresql
from tests.service.test_records import ASK, send

HEADERS = {"x-purpose": "border-check"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Address of an empty database."""
    with postgresql() as made:
        yield made


@pytest.fixture
def engine(address: str, tmp_path: Path) -> Iterator[Engine]:
    """The database with its tables, emptied."""
    made = open_engine(Settings(store=tmp_path, database=SecretStr(address)))
    with made.begin() as connection:
        for table in METADATA.sorted_tables:
            connection.execute(table.delete())
    yield made
    made.dispose()


def test_migrations_make_the_tables_that_the_code_uses(engine: Engine) -> None:
    """The database that migrations make has exactly the tables of the code."""
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_replicas_share_keys_and_audit(engine: Engine, address: str, tmp_path: Path) -> None:
    """Two replicas at once: one key, two writers, one audit that verifies with both folders of checkpoints."""
    folders = [tmp_path / name for name in ("one", "two")]
    _, secret = Keys(engine, folders[0] / "audit").make("gate", roles=["officer"], purposes=["border-check"])
    headers = {**HEADERS, "authorization": f"Bearer {secret}"}
    apps = [make_app(folder, FakeWatchlist(), database=SecretStr(address)) for folder in folders]

    async def ask(number: int) -> list[int]:
        app = apps[number]
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                answers = await asyncio.gather(
                    *(client.post("/v1/lookups", json=ASK, headers=headers) for _ in range(20))
                )
                refused = await client.post("/v1/lookups", json=ASK)
        return [answer.status_code for answer in (*answers, refused)]

    async def both() -> list[list[int]]:
        return list(await asyncio.gather(ask(0), ask(1)))

    assert asyncio.run(both()) == [[200] * 20 + [401]] * 2
    found = verify(engine, [folder / "audit" for folder in folders])
    assert (found.findings, found.records) == ([], 2 * (21 + 3))
    assert any("no file" in finding.fault for finding in verify(engine, [folders[0] / "audit"]).findings)


def test_a_planted_fault_is_found(engine: Engine, address: str, tmp_path: Path) -> None:
    """Changed and cut records are found here too."""
    settings = Settings(store=tmp_path, database=SecretStr(address))
    with chain_on(engine, settings) as chain:
        for _ in range(3):
            chain.append(entries(2))
    assert verify(engine, [settings.checkpoint_folder]).findings == []
    sql(engine, "UPDATE audit SET body = replace(body, '200', '403') WHERE sequence = 3")
    sql(engine, "DELETE FROM audit WHERE sequence = 6")
    assert {finding.sequence for finding in verify(engine, [settings.checkpoint_folder]).findings} == {3, 6}


def test_an_answer_is_given_again_by_another_replica(engine: Engine, address: str, tmp_path: Path) -> None:
    """An Idempotency-Key is known to every replica."""
    answers = []
    for name in ("one", "two"):
        with client_of(make_app(tmp_path / name, FakeWatchlist(), database=SecretStr(address))) as client:
            answers.append(send(client))
    assert answers[0].content == answers[1].content
    assert answers[1].headers["idempotency-replayed"] == "true"


def test_a_database_that_goes_away_and_comes_back(engine: Engine, address: str, tmp_path: Path) -> None:
    """When every connection is cut, the next request is committed over a new one; none is refused or recorded twice."""
    with client_of(make_app(tmp_path, FakeWatchlist(), database=SecretStr(address))) as client:
        assert client.post("/v1/lookups", json=ASK).status_code == 200
        sql(engine, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        statuses = [client.post("/v1/lookups", json=ASK).status_code for _ in range(3)]
        assert statuses == [200] * 3
    found = verify(engine, [tmp_path / "audit"])
    assert (found.findings, found.records) == ([], 4 + 3)
