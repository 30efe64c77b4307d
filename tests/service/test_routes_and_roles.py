"""Who may do what: every route against every role, and against every way of coming without a good key."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from matcher.errors import ModelError
from service.access import COLUMNS, Rule, Rules
from service.database.engine import open_engine
from service.keys import KeyRing, Keys
from service.settings import Settings
from tests.service.client import Client, client_of
from tests.service.fakes import FakeWatchlist, make_app

ROLES = ("officer", "analyst", "auditor", "admin", "carrier", "partner")
RULES = Rules.load().rows
BODIES: dict[str, dict[str, Any]] = {
    "POST /v1/lookups": {"json": {"travellers": [{"names": ["A B"]}]}},
    "POST /v1/documents/search": {"json": {"documents": [{"number": "X1"}]}},
    "POST /v1/screenings": {"json": {"travellers": [{"names": ["A B"]}]}},
    "POST /v1/compare": {"json": {"left": "A B", "right": "A C"}},
}
REFUSED = {401, 403}


def path_of(rule: Rule) -> str:
    """Fill a template with a list and an entry that may exist."""
    return rule.path.replace("{list_id}", "sltd").replace("{entry_id}", "e-1")


def walk(routes: Any) -> Iterator[APIRoute]:
    """Go through the routes of an application and of the routers in it."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif (router := getattr(route, "original_router", None)) is not None:
            yield from walk(router.routes)


def ask(client: Client, rule: Rule, secret: str | None, purpose: str | None = "border-check") -> int:
    """Call a route and return the status."""
    headers = {} if secret is None else {"authorization": f"Bearer {secret}"}
    if purpose is not None:
        headers["x-purpose"] = purpose
    return client.request(rule.method, path_of(rule), headers=headers, **BODIES.get(rule.name, {})).status_code


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a service on a fake list."""
    return Settings(store=tmp_path / "store", rate_per_second=1e5, refused_per_second=1e5, keys_refresh_seconds=0.05)


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    """The service."""
    quick = {name: getattr(settings, name) for name in ("rate_per_second", "refused_per_second")}
    return make_app(settings.store, FakeWatchlist(), keys_refresh_seconds=0.05, **quick)


@pytest.fixture
def keys(settings: Settings, app: FastAPI) -> Iterator[Keys]:
    """Changes the keys of that service."""
    engine = open_engine(settings)
    yield Keys(engine, settings.checkpoint_folder)
    engine.dispose()


def eventually(condition: Any) -> bool:
    """Wait for a condition for a second, in which a change of a key must be known everywhere."""
    ends = time.monotonic() + 1
    while time.monotonic() < ends:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_every_route_is_in_the_table_and_the_table_has_no_other(app: FastAPI) -> None:
    """A route of the application without a row, or a row without a route, is noticed here."""
    served = {f"{method} {route.path}" for route in walk(app.routes) for method in route.methods or ()}
    assert served | {"GET /openapi.json"} == {rule.name for rule in RULES}


def test_a_route_that_is_not_in_the_table_is_not_served(app: FastAPI) -> None:
    """A route that somebody adds without a row can't be reached, with or without keys."""
    app.add_api_route("/v1/planted", lambda: {"secret": 1})
    with client_of(app) as client:
        assert client.get("/v1/planted").status_code == 404


@pytest.mark.parametrize("role", ROLES)
def test_every_route_with_every_role(app: FastAPI, keys: Keys, role: str) -> None:
    """A role gets into the routes that the table gives it, and into no other."""
    _, secret = keys.make("desk", roles=[role], purposes=["border-check"])
    with client_of(app) as client:
        for rule in RULES:
            status = ask(client, rule, secret)
            is_allowed = rule.is_public or role in rule.roles
            assert (status not in REFUSED) == is_allowed, (rule.name, role, status)
            assert is_allowed or status == 403


def test_without_a_good_key_only_public_routes_answer(app: FastAPI, keys: Keys) -> None:
    """No key, a wrong one, an expired one, a revoked one: 401 everywhere but on public routes."""
    all_roles: dict[str, Any] = {"roles": ["officer", "admin", "auditor"], "purposes": ["border-check"]}
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=0.3)
    _, expired = keys.make("expired", expires_at=soon, **all_roles)
    key, revoked = keys.make("revoked", **all_roles)
    keys.revoke(key.id)
    time.sleep(0.3)
    with client_of(app) as client:
        for secret in (None, "epv_wrong", "", "é" * 50, expired, revoked):
            for rule in RULES:
                header = secret.encode() if secret else secret
                headers = {} if header is None else {"x-api-key": header, "x-purpose": "border-check"}
                answer = client.request(rule.method, path_of(rule), headers=headers, **BODIES.get(rule.name, {}))
                assert (answer.status_code == 401) == (not rule.is_public), (rule.name, answer.status_code)
                if answer.status_code == 401:
                    assert answer.headers["www-authenticate"].startswith("Bearer")
                    assert answer.headers["content-type"] == "application/problem+json"


def test_before_any_key_the_library_is_open_and_administration_is_not(app: FastAPI) -> None:
    """Lookups need neither key nor purpose; changing lists needs a key."""
    with client_of(app) as client:
        for rule in RULES:
            status = ask(client, rule, None, purpose=None)
            assert (status == 401) == (not rule.is_open_without_keys), (rule.name, status)


def test_the_first_key_closes_a_running_service_and_nothing_opens_it_again(
    app: FastAPI, keys: Keys, settings: Settings
) -> None:
    """Within a second of the first key nobody gets in without; revoked keys, removed rows or database: the same."""
    rule = next(rule for rule in RULES if rule.name == "POST /v1/lookups")
    with client_of(app) as client:
        assert ask(client, rule, None) == 200
        key, secret = keys.make("first", roles=["officer"], purposes=["border-check"])
        assert eventually(lambda: ask(client, rule, None) == 401)
        assert ask(client, rule, secret) == 200
        keys.revoke(key.id)
        assert eventually(lambda: ask(client, rule, secret) == 401)
        with keys._engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM keys")
        time.sleep(0.2)
        assert ask(client, rule, None) == 401
    keys._engine.dispose()
    for file in settings.store.glob("service.sqlite*"):
        file.unlink()
    with client_of(app) as client:
        assert ask(client, rule, None) == 401


def test_rotation_ends_the_old_secret_now_or_after_an_overlap(app: FastAPI, keys: Keys) -> None:
    """The new secret is good at once; the old one as long as was asked for."""
    rule = next(rule for rule in RULES if rule.name == "GET /v1/lists")
    key, first = keys.make("desk", roles=["officer"])
    with client_of(app) as client:
        _, second = keys.rotate(key.id, overlap=datetime.timedelta(seconds=1))
        assert eventually(lambda: ask(client, rule, second, None) == 200)
        assert ask(client, rule, first, None) == 200
        assert eventually(lambda: ask(client, rule, first, None) == 401)
        _, third = keys.rotate(key.id)
        assert eventually(lambda: ask(client, rule, second, None) == 401)
        assert ask(client, rule, third, None) == 200


@pytest.mark.parametrize("purpose", [None, "", "asylum", "Border-Check", "a b", "x" * 33, "../x"])
def test_a_purpose_must_be_one_of_the_keys(app: FastAPI, keys: Keys, purpose: str | None) -> None:
    """A query without a purpose, or with another one, is refused; the answer doesn't repeat it."""
    _, secret = keys.make("desk", roles=["officer"], purposes=["border-check"])
    headers = {"authorization": f"Bearer {secret}"} | ({} if purpose is None else {"x-purpose": purpose})
    with client_of(app) as client:
        answer = client.post("/v1/lookups", headers=headers, **BODIES["POST /v1/lookups"])
        assert answer.status_code == 403
        assert answer.json()["type"] == "urn:epervier:problem:purpose"
        assert not purpose or f'"{purpose}"' not in answer.text


def test_a_caller_beyond_its_rate_is_told_to_wait(app: FastAPI, keys: Keys) -> None:
    """Requests beyond the rate are 429 with Retry-After; another caller isn't held up."""
    _, slow = keys.make("slow", roles=["officer"], rate_per_second=1)
    _, other = keys.make("other", roles=["officer"])
    with client_of(app) as client:
        answers = [client.get("/v1/lists", headers={"authorization": f"Bearer {slow}"}) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert client.get("/v1/lists", headers={"authorization": f"Bearer {other}"}).status_code == 200


def test_keys_that_cannot_be_read_let_nobody_in(
    settings: Settings, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the database could not be read for a while, good keys are no longer believed: 503."""
    monkeypatch.setattr(KeyRing, "_run", lambda self: None)
    with client_of(app) as client:
        assert client.get("/v1/lists").status_code == 200
        monkeypatch.setattr("service.keys.STALE_SECONDS", 0.0)
        answer = client.get("/v1/lists")
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:epervier:problem:database")


def test_the_database_holds_no_key(settings: Settings, keys: Keys) -> None:
    """A secret is in no file of the service."""
    _, secret = keys.make("desk", roles=["officer"])
    assert len(secret) == 4 + 43
    for file in settings.store.rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes()


@pytest.mark.parametrize(
    "row",
    [
        "GET\t/x\t\tyes\tnone\tyes\tkept",
        "GET\t/x\tpublic,admin\tyes\tnone\tyes\tkept",
        "GET\t/x\tadmin\tperhaps\tnone\tyes\tkept",
        "GET\t/x\tadmin\tyes\tnone\tyes\tkept\nGET\t/x\tofficer\tyes\tnone\tyes\tkept",
    ],
)
def test_a_bad_table_refuses_to_start(row: str) -> None:
    """A row with an empty role, a word that is none, or a route twice is refused."""
    with pytest.raises(ModelError):
        Rules.read("\t".join(COLUMNS) + "\n" + row)
