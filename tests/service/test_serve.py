"""`epervier serve`: one real server over loopback, and what it refuses to do."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

import matcher
from matcher.errors import InputError, UsageError
from service.commands import loopback_address, read_settings
from tests.cli.runner import run, spawn, write_lists
from tests.service.server import serving


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a document list."""
    folder = tmp_path_factory.mktemp("serve")
    write_lists(folder)
    matcher.Store(folder / "store").import_list("sltd", format="sltd-csv", path=folder / "documents.csv")
    return folder / "store"


def test_a_real_server_answers_and_logs_nothing_personal(store: Path) -> None:
    """Over a real socket: a lookup, a refusal, a problem; the log holds no name, number, query or path of others."""
    ask = {"travellers": [{"names": ["SECRETNAME"], "documents": [{"number": "L898902C3", "issuing_state": "UTO"}]}]}
    with serving(store, until="/readyz") as server, httpx.Client(base_url=server.url, trust_env=False) as client:
        answer = client.post("/v1/lookups?name=SECRETNAME", json=ask)
        assert answer.json()["decisions"][0]["outcome"] == "hit"
        assert client.post("/v1/lookups", content=b"{", headers={"content-type": "application/json"}).status_code == 400
        assert client.get("/SECRETNAME").status_code == 404
        assert client.get("/readyz", headers={"host": "evil.example"}).status_code == 421
        assert (
            client.post(
                "/v1/lookups", content=b"x" * (5 << 20), headers={"content-type": "application/json"}
            ).status_code
            == 413
        )
    assert server.process.returncode == 130
    log = "\n".join(server.log)
    assert "no key was made yet" in server.log[0]
    lines = [json.loads(line) for line in server.log[1:]]
    requests = [(one["method"], one["route"], one["status"]) for one in lines if one["event"] == "request"]
    assert ("POST", "/v1/lookups", 200) in requests
    assert ("GET", "-", 404) in requests
    for secret in ("SECRETNAME", "L898902C3", "?", "evil.example", "Traceback"):
        assert secret not in log


def test_a_server_starts_before_its_first_list(tmp_path: Path) -> None:
    """On an empty folder the server lives and isn't ready; after an import it is."""
    write_lists(tmp_path)
    (tmp_path / "store").mkdir()
    with serving(tmp_path / "store", until="/healthz") as server, httpx.Client(trust_env=False) as client:
        answer = client.get(server.url + "/readyz")
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        matcher.Store(tmp_path / "store").import_list("sltd", format="sltd-csv", path=tmp_path / "documents.csv")
        for _ in range(3600):
            if client.get(server.url + "/readyz").status_code == 200:
                break
            time.sleep(0.05)
        assert client.get(server.url + "/readyz").status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "::ffff:192.0.2.1"])
def test_another_address_than_loopback_is_refused(capsys: pytest.CaptureFixture[str], store: Path, host: str) -> None:
    """Without keys the service isn't reachable from other machines: one line says why."""
    ran = run(capsys, "serve", "--store", store, "--host", host)
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert "no key was made yet" in ran.err


def test_a_host_from_the_environment_is_checked_too(
    capsys: pytest.CaptureFixture[str], store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`EPERVIER_HOST` can't get around the rule."""
    monkeypatch.setenv("EPERVIER_HOST", "0.0.0.0")
    assert run(capsys, "serve", "--store", store).code == 2


def test_loopback_names_and_addresses() -> None:
    """`localhost` and both loopback addresses are accepted, nonsense isn't."""
    assert loopback_address("::1") == "::1"
    assert loopback_address("127.8.9.1") == "127.8.9.1"
    assert loopback_address("localhost") in {"127.0.0.1", "::1"}
    with pytest.raises(UsageError):
        loopback_address("0")
    for nonsense in ("no such host.invalid", "a" * 100):
        with pytest.raises(InputError):
            loopback_address(nonsense)


def test_a_store_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A store's folder that doesn't exist is a slip: refused at start."""
    ran = run(capsys, "serve", "--store", tmp_path / "nothing")
    assert ran.code == 3
    assert ran.err.count("\n") == 1


def test_settings_out_of_range_are_named_without_their_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong setting refuses to start and names itself; options win over the environment."""
    monkeypatch.setenv("EPERVIER_PORT", "1234")
    monkeypatch.setenv("EPERVIER_STORE", "s")
    assert read_settings(port=None).port == 1234
    assert read_settings(port=99).port == 99
    monkeypatch.setenv("EPERVIER_WORKERS", "SECRET")
    with pytest.raises(UsageError) as refused:
        read_settings()
    assert "workers" in str(refused.value)
    assert "SECRET" not in str(refused.value)
    monkeypatch.delenv("EPERVIER_WORKERS")
    monkeypatch.delenv("EPERVIER_STORE")
    with pytest.raises(UsageError):
        read_settings()


def test_without_the_extra_the_command_says_how_to_install_it(tmp_path: Path) -> None:
    """Where the web framework is missing, `epervier serve` names the extra and exits with 3; the rest works."""
    for name in ("fastapi", "uvicorn", "pydantic_settings"):
        (tmp_path / f"{name}.py").write_text(f"raise ModuleNotFoundError(name={name!r})\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "matcher.cli.main"]
    for arguments, code in ((["serve", "--store", str(tmp_path)], 3), (["--help"], 0)):
        done = subprocess.run(
            [*command, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == code, done.stderr
        if code:
            assert "pip install 'epervier[service]'" in done.stderr
            assert done.stderr.count("\n") == 1


def test_the_port_in_use_is_refused(store: Path) -> None:
    """A taken port ends the command with an error code and no traceback."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = spawn("serve", "--store", store, "--port", str(taken.getsockname()[1]))
    assert ran.code == 3
    assert ran.err.startswith("epervier: cannot listen on port")
    assert ran.err.count("\n") == 1
