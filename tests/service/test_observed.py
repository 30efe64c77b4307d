"""What is counted and logged: enough to run the service by, and nothing about anybody."""

from __future__ import annotations

import json
import logging
import logging.config
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

import matcher
from service.app import create_app
from service.logs import config
from service.measures import forget_dead
from service.routes.examples import ZONE
from service.settings import Settings
from tests.cli.runner import write_lists
from tests.service.client import Client, client_of
from tests.service.fakes import FakeWatchlist, make_app

NAME, NUMBER, DAY = "Quillfeather", "XQ7654321", "1967-08-09"
PLANTED = (NAME, NAME.upper(), NUMBER, DAY, "670809", "evil.example")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that lists the planted person and document, so that they are in answers too."""
    folder = tmp_path_factory.mktemp("observed")
    write_lists(folder)
    with (folder / "people.csv").open("a", encoding="utf-8") as people:
        people.write(f"4,Zoltan {NAME},{DAY}\n")
    with (folder / "documents.csv").open("a", encoding="utf-8") as documents:
        documents.write(f"{NUMBER},UTO,P,stolen,2025-01-02,,,,,\n")
    made = matcher.Store(folder / "store")
    made.import_list("people", format="mapped-csv", path=folder / "people.csv", mapping=folder / "people.toml")
    made.import_list("sltd", format="sltd-csv", path=folder / "documents.csv")
    return folder / "store"


def everywhere(client: Client) -> Iterator[httpx.Response]:
    """Ask every route with the planted person in every place where a caller can put it, rightly and wrongly."""
    traveller = {
        "reference": NAME,
        "names": [f"Zoltan {NAME}"],
        "birth_date": DAY,
        "documents": [{"number": NUMBER, "issuing_state": "UTO"}],
    }
    bodies: dict[str, dict[str, Any]] = {
        "/v1/lookups": {"travellers": [traveller]},
        "/v1/documents/search": {"documents": [{"number": NUMBER}]},
        "/v1/compare": {"left": f"Zoltan {NAME}", "right": NAME},
        "/v1/screenings": {"travellers": [traveller]},
    }
    heads = {"user-agent": NAME, "x-request-id": NAME, "referer": f"http://{NAME}", "accept-language": NAME}
    for path, body in bodies.items():
        raw = json.dumps(body).encode()
        kind = {"content-type": "application/json"}
        yield client.post(path, json=body, headers=heads)
        yield client.post(f"{path}?name={NAME}", json=body)
        yield client.post(path, content=raw[:-5], headers=kind)
        yield client.post(path, json={**body, NAME: NUMBER})
        yield client.post(path, content=raw, headers={"content-type": f"text/{NAME}"})
        yield client.post(path, content=raw + b"\xff", headers=kind)
        yield client.request(NAME.upper(), path, content=raw)
    yield client.post("/v1/lookups", json={"mrz": ZONE.replace("L898902C3", NUMBER).replace("ERIKSSON", NAME.upper())})
    yield client.post("/v1/lookups", json={"mrz": f"P<UTO{NAME.upper()}"})
    file = f"full_name,number\nZoltan {NAME},{NUMBER}\n,{NUMBER},{NAME}\n".encode()
    for options in ("", f"?format={NAME}", f"?encoding={NAME}", f"?{NAME}={NUMBER}", "?format=parquet", "?format=xlsx"):
        yield client.post(f"/v1/screenings{options}", content=file, headers={"content-type": "text/csv"})
    for path in ("/", "/v1/lists", "/v1/model", "/healthz", "/readyz", "/metrics", "/openapi.json", f"/{NAME}"):
        yield client.get(f"{path}?q={NAME}")
    yield client.get("/v1/lists", headers={"host": "evil.example"})
    for path in (f"/v1/entries/people/{NAME}", f"/v1/entries/{NAME}/{NUMBER}", "/v1/entries/people/4"):
        yield client.get(path)
    for fields in ({"name": f"Zoltan {NAME}"}, {"mrz": NAME}, {"name": NAME, "preset": NAME}):
        yield client.post("/", data=fields)


def test_nobody_is_in_logs_metrics_or_errors(
    store: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A name, a number, a day and a host planted in every route: no log line, no metric and no problem holds one."""
    with caplog.at_level(logging.DEBUG), client_of(create_app(Settings(store=store))) as client:
        answers = list(everywhere(client))
        metrics = client.get("/metrics").text
    problems = [one.text for one in answers if one.headers["content-type"] == "application/problem+json"]
    pages = [one for one in answers if one.status_code == 200 and NAME in one.text]
    assert len(problems) >= 20
    assert len(pages) >= 6  # the plants do reach the answers, where they belong
    lines = capsys.readouterr().err.splitlines()
    assert len([line for line in lines if json.loads(line)["event"] == "request"]) >= len(answers)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(("epervier", "uvicorn"))]
    for place in ("\n".join(lines), metrics, "\n".join(problems), "\n".join(ours)):
        for planted in PLANTED:
            assert planted not in place


def test_a_planted_leak_would_be_seen(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The greps look at what is really written: the route and the status of a request are there."""
    with client_of(create_app(Settings(store=store))) as client:
        client.get("/v1/entries/people/4")
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (line["route"], line["status"]) == ("/v1/entries/{list_id}/{entry_id}", 200)
    assert re.fullmatch(r"[0-9a-f-]{36}", line["request_id"])


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Read metrics into values by name and labels."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_counts_follow_what_happened(store: Path) -> None:
    """Lookups by outcome, requests by route and status, refusals by problem, times by route, lists by age and size."""
    with client_of(create_app(Settings(store=store))) as client:
        client.post("/v1/lookups", json={"travellers": [{"names": [NAME]}, {"names": ["Nobody Else"]}]})
        client.post("/v1/lookups", json={"documents": [{"number": NUMBER, "issuing_state": "UTO"}]})
        client.post("/v1/lookups", content=b"{", headers={"content-type": "application/json"})
        client.get("/nowhere")
        told = samples(client.get("/metrics").text)

    def value(name: str, **labels: str) -> float:
        return told[name, frozenset(labels.items())]

    assert value("epervier_lookups_total", outcome="hit") == 1
    assert sum(number for (name, _), number in told.items() if name == "epervier_lookups_total") == 3
    assert value("epervier_requests_total", route="/v1/lookups", status="200") == 2
    assert value("epervier_requests_total", route="-", status="404") == 1
    assert value("epervier_refusals_total", problem="json") == 1
    assert value("epervier_refusals_total", problem="route") == 1
    assert value("epervier_request_seconds_count", route="/v1/lookups") == 3
    assert value("epervier_list_entries", list_id="sltd") == 3
    assert 0 <= value("epervier_list_age_seconds", list_id="people") < 3600
    assert value("epervier_queue_depth", queue="lookups") == 0
    assert value("epervier_snapshot_behind") == 0


def test_metrics_are_there_before_a_list_is(tmp_path: Path) -> None:
    """Without a snapshot the counts are shown all the same."""
    app = make_app(tmp_path / "store", FakeWatchlist())
    (tmp_path / "store" / "CURRENT").unlink()
    with client_of(app) as client:
        assert client.get("/readyz").status_code == 503
        assert ("epervier_snapshot_behind", frozenset()) in samples(client.get("/metrics").text)


def test_log_can_be_turned_off(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`access_log=False` writes no line a request."""
    with client_of(create_app(Settings(store=store, access_log=False))) as client:
        assert client.get("/healthz").status_code == 200
    assert '"request"' not in capsys.readouterr().err


def test_the_servers_lines_are_json_without_traces(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines of Python's logging are JSON objects too; an exception leaves class and place, not its message."""
    given = config()
    logging.config.dictConfig({**given, "loggers": {"epervier.test": {**given["loggers"]["epervier"]}}})
    try:
        raise ValueError(NAME)
    except ValueError:
        logging.getLogger("epervier.test").exception("failed")
    line = json.loads(capsys.readouterr().err)
    assert (line["level"], line["logger"]) == ("error", "epervier.test")
    assert line["event"].startswith("ValueError at test_observed.py:")
    assert NAME not in json.dumps(line)


def test_gauges_of_ended_processes_are_forgotten(tmp_path: Path) -> None:
    """A killed process no longer counts in the queue's depth; the files of running ones stay."""
    for pid in (2**22 + 1, os.getpid()):
        (tmp_path / f"gauge_livesum_{pid}.db").write_bytes(b"")
        (tmp_path / f"counter_{pid}.db").write_bytes(b"")
    forget_dead(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [f"counter_{2**22 + 1}.db", f"counter_{os.getpid()}.db", f"gauge_livesum_{os.getpid()}.db"]
    )
