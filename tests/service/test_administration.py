"""Lists are changed through the service by an administrator, recorded, without a pause for those who look up."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

import matcher
from service.app import create_app
from service.audit.verify import export
from service.database.engine import open_engine
from service.keys import Keys
from service.settings import Settings
from tests.cli.runner import write_lists
from tests.service.client import Client, client_of
from tests.service.test_routes_and_roles import eventually

DOCUMENT = {"documents": [{"number": "L898902C3", "issuing_state": "UTO", "type": "P"}]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with list files and a store with the document list."""
    write_lists(tmp_path)
    matcher.Store(tmp_path / "store").import_list("sltd", format="sltd-csv", path=tmp_path / "documents.csv")
    return tmp_path


@pytest.fixture
def settings(folder: Path) -> Settings:
    """Settings of the service on that store."""
    return Settings(store=folder / "store", keys_refresh_seconds=0.05, rate_per_second=1e5)


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """The service's database."""
    made = open_engine(settings)
    yield made
    made.dispose()


@pytest.fixture
def admin(settings: Settings, engine: Engine) -> dict[str, str]:
    """Headers of an administrator."""
    _, secret = Keys(engine, settings.checkpoint_folder).make("office", roles=["admin"])
    return {"authorization": f"Bearer {secret}"}


@pytest.fixture
def client(settings: Settings, admin: dict[str, str]) -> Iterator[Client]:
    """A client of the service."""
    with client_of(create_app(settings)) as made:
        yield made


def archive(**files: bytes) -> bytes:
    """Pack files into a zip archive; `__` in a name stands for a dot."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "."), content)
    return packed.getvalue()


def acts(engine: Engine) -> list[dict[str, Any]]:
    """Read the records of acts on lists."""
    return [one["record"] for one in export(engine) if one["record"].get("kind") == "act"]


def in_force(settings: Settings) -> list[str]:
    """Name the lists in force."""
    return [one.list_id for one in matcher.Store(settings.store).lists()]


def test_a_list_is_imported_as_the_command_line_imports_it(
    client: Client, admin: dict[str, str], folder: Path, settings: Settings, engine: Engine
) -> None:
    """A file, and an archive with its mapping: the same versions as the library makes; each act has two records."""
    body = (folder / "documents.csv").read_bytes()
    same = client.post("/v1/lists/sltd/imports", content=body, headers=admin)
    assert same.status_code == 200
    assert same.json()["version"] == matcher.Store(settings.store).lists()[0].version
    packed = archive(
        people__csv=(folder / "people.csv").read_bytes(), mapping__toml=(folder / "people.toml").read_bytes()
    )
    headers = {**admin, "content-type": "application/zip"}
    told = client.post("/v1/lists/people/imports?format=mapped-csv&strict=true", content=packed, headers=headers)
    assert (told.status_code, told.json()["entries"]) == (200, 3)
    assert in_force(settings) == ["people", "sltd"]
    stages = [(one["about"]["list"], one["about"]["stage"]) for one in acts(engine)]
    assert stages == [("sltd", "begins"), ("sltd", "done"), ("people", "begins"), ("people", "done")]
    assert {one["caller"] for one in acts(engine)} == {acts(engine)[0]["caller"]}


def test_an_entry_and_a_list_are_withdrawn(
    client: Client, admin: dict[str, str], settings: Settings, engine: Engine
) -> None:
    """A withdrawn entry is no longer found; a withdrawn list is no longer in force; both are recorded by their ids."""
    store = matcher.Store(settings.store)
    (found,) = store.open().search_documents(["L898902C3"], near=False).column("entry_id").to_pylist()
    assert client.post("/v1/lists/sltd/withdrawals", json={"entry_id": found}, headers=admin).status_code == 200
    assert store.open().search_documents(["L898902C3"], near=False).num_rows == 0
    assert acts(engine)[-1]["about"] == {"list": "sltd", "entry": found, "stage": "done"}
    assert client.post("/v1/lists/sltd/withdrawals", json={}, headers=admin).status_code == 200
    assert in_force(settings) == []


@pytest.mark.parametrize(
    "asked",
    [
        ("/v1/lists/sltd/imports?format=nonsense", b"x", "text/csv", 422),
        ("/v1/lists/sltd/imports?strict=perhaps", b"x", "text/csv", 422),
        ("/v1/lists/sltd/imports?a=1", b"x", "text/csv", 422),
        ("/v1/lists/sltd/imports", b"", "text/csv", 422),
        ("/v1/lists/sltd/imports", b"nothing of a list", "text/csv", 422),
        ("/v1/lists/..%2Fx/imports", b"x", "text/csv", 404),
        ("/v1/lists/UPPER/imports", b"x", "text/csv", 422),
        ("/v1/lists/sltd/imports", b"no archive", "application/zip", 422),
        ("/v1/lists/sltd/imports", archive(**{"../x": b"x"}), "application/zip", 422),
        ("/v1/lists/sltd/imports", archive(upload=b"x"), "application/zip", 422),
        ("/v1/lists/sltd/imports", archive(bomb__csv=bytes(50 << 20)), "application/zip", 413),
        ("/v1/lists/none/withdrawals", b"{}", "application/json", 422),
        ("/v1/lists/sltd/withdrawals", b'{"entry_id":"no"}', "application/json", 422),
        ("/v1/lists/sltd/withdrawals", b'{"entry":"no"}', "application/json", 422),
        ("/v1/lists/sltd/expirations", b'{"on":"2999-01-01"}', "application/json", 422),
        ("/v1/lists/sltd/expirations", b'{"on":"today"}', "application/json", 422),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_changes(
    client: Client, admin: dict[str, str], settings: Settings, asked: tuple[str, bytes, str, int]
) -> None:
    """A bad format, file, archive, list or entry is a problem, and the list in force stays."""
    path, body, kind, status = asked
    before = matcher.Store(settings.store).lists()
    answer = client.post(path, content=body, headers={**admin, "content-type": kind})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert matcher.Store(settings.store).lists() == before


def test_a_list_that_shrinks_is_refused_without_a_reason(
    client: Client, admin: dict[str, str], folder: Path, engine: Engine
) -> None:
    """Under a policy that allows no loss: 409; with a reason it is imported, and the audit says that there was one."""
    whole = (folder / "documents.csv").read_bytes()
    policy = b'id = "p"\nsource = "test"\ndate = "2026-11-22"\nmax_shrink = 0.0\nshrink_floor = 0\n'
    archived = {**admin, "content-type": "application/zip"}
    first = archive(documents__csv=whole, policy__toml=policy)
    assert client.post("/v1/lists/sltd/imports", content=first, headers=archived).status_code == 200
    fewer = b"".join(whole.splitlines(keepends=True)[:-1])
    assert client.post("/v1/lists/sltd/imports", content=fewer, headers=admin).status_code == 409
    given = {**admin, "x-accept-shrink": "returned to their bearers"}
    assert client.post("/v1/lists/sltd/imports", content=fewer, headers=given).status_code == 200
    assert acts(engine)[-2]["about"]["accepts_shrink"] is True


def test_a_file_beyond_the_limit_is_refused(settings: Settings, admin: dict[str, str], folder: Path) -> None:
    """More bytes than allowed, said or sent, is 413."""
    with client_of(create_app(settings.model_copy(update={"max_import_bytes": 10}))) as client:
        answer = client.post("/v1/lists/sltd/imports", content=b"x" * 11, headers=admin)
    assert answer.status_code == 413


def test_swaps_under_load_fail_no_lookup_and_mix_no_answer(
    settings: Settings, admin: dict[str, str], engine: Engine, folder: Path
) -> None:
    """Ten swaps while lookups run: each answer is 200 and agrees with the one snapshot that it names."""
    _, secret = Keys(engine, settings.checkpoint_folder).make("gate", roles=["officer"], purposes=["border-check"])
    officer = {"authorization": f"Bearer {secret}", "x-purpose": "border-check"}
    app = create_app(settings)
    whole = (folder / "documents.csv").read_bytes()
    without = b"".join(line for line in whole.splitlines(keepends=True) if not line.startswith(b"L898902C3"))
    told: dict[str, set[int]] = {}
    statuses: set[int] = set()

    async def look_up(client: httpx.AsyncClient, until: asyncio.Event) -> None:
        while not until.is_set():
            answer = await client.post("/v1/documents/search", json=DOCUMENT, headers=officer)
            statuses.add(answer.status_code)
            if answer.status_code == 200:
                assert answer.json()["snapshot_id"] == answer.headers["x-snapshot-id"]
                told.setdefault(answer.json()["snapshot_id"], set()).add(len(answer.json()["matches"]))

    async def run() -> None:
        transport, ended = httpx.ASGITransport(app=app), asyncio.Event()
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
        ):
            asking = [asyncio.create_task(look_up(client, ended)) for _ in range(3)]
            for step in range(10):
                body = without if step % 2 == 0 else whole
                done = await client.post("/v1/lists/sltd/imports", content=body, headers=admin)
                statuses.add(done.status_code)
                await asyncio.sleep(0.05)
            ended.set()
            await asyncio.gather(*asking)

    asyncio.run(run())
    assert statuses == {200}
    assert len(told) == 2
    assert sorted(told.values(), key=sorted) == [{0}, {1}]


def test_administration_needs_its_role(settings: Settings, engine: Engine, client: Client) -> None:
    """An officer's key changes no list."""
    _, secret = Keys(engine, settings.checkpoint_folder).make("gate", roles=["officer"])
    headers = {"authorization": f"Bearer {secret}"}
    assert eventually(lambda: client.get("/v1/lists", headers=headers).status_code != 401)
    assert client.post("/v1/lists/sltd/withdrawals", json={}, headers=headers).status_code == 403
    assert in_force(settings) == ["sltd"]
