"""`epervier keys`, `audit` and `config` on the command line: what they do is in the audit."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from service.app import create_app
from service.audit.verify import export
from service.database.engine import open_engine
from service.settings import Settings
from tests.cli.runner import Ran, run, spawn
from tests.service.audit.chains import sql
from tests.service.client import client_of
from tests.service.fakes import FakeWatchlist, make_app

Capture = pytest.CaptureFixture[str]
BODY = {"travellers": [{"names": ["SECRETNAME A"]}]}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A folder for a store."""
    (tmp_path / "store").mkdir()
    return tmp_path / "store"


def make(capsys: Capture, store: Path, *options: str) -> tuple[str, str]:
    """Make a key; returns its id and its secret."""
    ran = run(capsys, "keys", "make", "Gate 4", "--role", "officer", *options, "--store", store)
    assert ran.code == 0, ran.err
    return ran.err.split(":")[0], ran.out.strip()


def acts(store: Path) -> list[str]:
    """Name the acts in the audit."""
    engine = open_engine(Settings(store=store))
    told = [one["record"]["what"] for one in export(engine) if one["record"].get("kind") == "act"]
    engine.dispose()
    return told


def test_a_key_from_its_making_to_its_end(capsys: Capture, store: Path) -> None:
    """Made, listed without its secret, rotated, revoked; each act but looking is recorded, with no secret anywhere."""
    key_id, secret = make(capsys, store, "--purpose", "border-check", "--days", "30", "--rate", "5", "--country", "FR")
    rotated = run(capsys, "keys", "rotate", key_id, "--overlap-hours", "1", "--store", store)
    assert rotated.out.strip() not in ("", secret)
    told = json.loads(run(capsys, "keys", "list", "--json", "--store", store).out)
    assert (told["id"], told["roles"], told["purposes"], told["rate_per_second"]) == (
        key_id, ["officer"], ["border-check"], 5,
    )  # fmt: skip
    assert run(capsys, "keys", "revoke", key_id, "--store", store).code == 0
    assert "revoked" in run(capsys, "keys", "list", "--store", store).out
    assert acts(store) == ["keys make", "keys rotate", "keys revoke"]
    for file in store.rglob("*"):
        content = b"" if file.is_dir() else file.read_bytes()
        assert secret.encode() not in content
        assert rotated.out.strip().encode() not in content


@pytest.mark.parametrize(
    "options",
    [
        ["--role", "king"],
        ["--role", "officer", "--scope", "everything"],
        ["--role", "carrier", "--scope", "protection"],
        ["--role", "officer", "--role", "carrier"],
        ["--role", "officer", "--country", "Atlantis"],
        ["--role", "officer", "--purpose", "Not A Code"],
        ["--role", "officer", "--rate", "0"],
        ["--role", "officer", "--days", "-1"],
        [],
    ],
)
def test_a_key_that_means_nothing_is_not_made(capsys: Capture, store: Path, options: list[str]) -> None:
    """Unknown or contradicting roles, scopes, countries, purposes, rates and expiries: 2, and no key."""
    assert run(capsys, "keys", "make", "Gate 4", *options, "--store", store).code == 2
    assert run(capsys, "keys", "list", "--store", store).out == ""


def test_what_is_not_there_is_refused(capsys: Capture, store: Path) -> None:
    """A store or a key that doesn't exist is one line and exit code 3."""
    make(capsys, store)
    for arguments in (["keys", "list", "--store", store / "no"], ["keys", "revoke", "k-0", "--store", store]):
        ran = run(capsys, *arguments)
        assert (ran.code, ran.err.count("\n")) == (3, 1)


def test_the_audit_is_verified_exported_and_searched(capsys: Capture, store: Path, tmp_path: Path) -> None:
    """A lookup is found by its body and not by another; the export has mode 600; a changed record is exit code 3."""
    with client_of(make_app(store, FakeWatchlist())) as client:
        assert client.post("/v1/lookups", json=BODY).status_code == 200
    sound = run(capsys, "audit", "verify", "--store", store)
    assert (sound.code, "nothing was changed" in sound.out) == (0, True)
    found = [_find(store, body) for body in (BODY, {"travellers": [{"names": ["SOMEBODY ELSE"]}]})]
    assert [ran.code for ran in found] == [0, 0]
    assert [len(ran.out.splitlines()) for ran in found] == [1, 0]
    assert json.loads(found[0].out)["what"] == "POST /v1/lookups"
    output = tmp_path / "audit.jsonl"
    exported = run(capsys, "audit", "export", "--output", output, "--store", store)
    assert exported.code == 0
    assert output.stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert "POST /v1/lookups" in {line["record"]["what"] for line in lines}
    assert run(capsys, "audit", "export", "--output", output, "--store", store).code == 3  # never over a file
    assert acts(store) == ["audit find", "audit find", "audit export"]
    engine = open_engine(Settings(store=store))
    sql(engine, "UPDATE audit SET body = replace(body, '200', '403') WHERE body LIKE '%lookups%'")
    engine.dispose()
    tampered = run(capsys, "audit", "verify", "--store", store)
    assert (tampered.code, "not what was written" in tampered.err) == (3, True)
    told = json.loads(run(capsys, "audit", "verify", "--json", "--store", store).out)
    assert len(told["findings"]) == 1


def test_after_a_rotation_that_destroys_the_past_cannot_be_searched(capsys: Capture, store: Path) -> None:
    """With the key of its period a query's digest says nothing any more; the audit still verifies."""
    with client_of(make_app(store, FakeWatchlist())) as client:
        assert client.post("/v1/lookups", json=BODY).status_code == 200
    assert run(capsys, "audit", "rotate", "--store", store).code == 0
    assert _find(store, BODY).out
    assert run(capsys, "audit", "rotate", "--destroy-all", "--store", store).code == 0
    assert _find(store, BODY).out == ""
    assert run(capsys, "audit", "verify", "--store", store).code == 0


def test_a_body_that_asks_nothing_is_refused(store: Path) -> None:
    """What is neither a lookup nor a document search can't be searched for: one line, without the body."""
    ran = spawn("audit", "find", "--store", store, given=b'{"names": "SECRETNAME"}')
    assert ran.code == 3
    assert "SECRETNAME" not in ran.err
    assert ran.err.count("\n") == 1


def test_a_key_made_on_the_command_line_opens_the_service(capsys: Capture, store: Path) -> None:
    """The secret that was shown is good, for its purposes only."""
    _, secret = make(capsys, store, "--purpose", "border-check")
    with client_of(make_app(store, FakeWatchlist())) as client:
        headers = {"authorization": f"Bearer {secret}", "x-purpose": "border-check"}
        assert client.post("/v1/lookups", json=BODY, headers=headers).status_code == 200
        assert client.post("/v1/lookups", json=BODY, headers={**headers, "x-purpose": "asylum"}).status_code == 403


def test_another_address_needs_a_key_and_then_tls(
    capsys: Capture, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a key: refused. With a key and no TLS: refused. Behind a proxy: it would listen."""
    for is_made in (False, True):
        if is_made:
            make(capsys, store)
        ran = run(capsys, "serve", "--store", store, "--host", "0.0.0.0")
        assert ran.code == 2
        assert ("in the clear" in ran.err) == is_made
    monkeypatch.setenv("EPERVIER_BEHIND_PROXY", "true")
    if os.getuid() != 0:
        assert run(capsys, "serve", "--store", store, "--host", "0.0.0.0", "--port", "1").code == 3


def test_the_description_of_the_service_says_that_it_is_open(store: Path) -> None:
    """`/readyz` says whether a key is needed, and the OpenAPI document what that means."""
    app = make_app(store, FakeWatchlist())
    with client_of(app) as client:
        assert client.get("/readyz").json()["needs_key"] is False
        assert "no key was ever made" in client.get("/openapi.json").json()["info"]["description"]
    assert create_app(Settings(store=store)).openapi()["info"]["description"]


def _find(store: Path, body: object) -> Ran:
    return spawn("audit", "find", "--store", store, given=json.dumps(body).encode())
