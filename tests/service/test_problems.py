"""Errors leave as RFC 9457 problems, by one table, without personal data."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

import service.app  # noqa: F401  so that every class of the service is defined
import service.commands  # noqa: F401
from matcher.errors import DiskError, EpervierError, LocaleError, TravellerError
from service.logs import WithoutTraces
from service.problems import PROBLEMS, problem_of
from tests.service.client import client_of
from tests.service.fakes import FakeWatchlist, make_app

ASK = {"travellers": [{"names": ["A B"]}]}
COMMAND_LINE_ONLY = {"MissingExtraError", "MissingServiceError"}  # raised before there is a service


def classes(base: type[EpervierError] = EpervierError) -> Iterator[type[EpervierError]]:
    """Walk the tree of our errors; those that tests define are left out."""
    if base.__module__.partition(".")[0] in {"matcher", "service"}:
        yield base
    for child in base.__subclasses__():
        yield from classes(child)


def test_every_error_class_has_its_own_row() -> None:
    """An error class without a row of its own in the table is noticed here."""
    missing = {found.__name__ for found in classes() if found not in PROBLEMS} - COMMAND_LINE_ONLY
    assert not missing


def test_the_walk_finds_a_class_without_a_row() -> None:
    """The walk would find a new class: a planted one is found and takes its base's row."""

    class PlantedError(DiskError):
        __module__ = "matcher.planted"

    assert PlantedError in set(classes())
    assert problem_of(PlantedError) is PROBLEMS[DiskError]
    PlantedError.__module__ = __name__


def test_rows_are_valid_and_distinct() -> None:
    """Every row has an error status, and its type stands for one row only."""
    rows = list(PROBLEMS.values())
    assert all(400 <= HTTPStatus(row.status) < 600 for row in rows)
    assert len({row.type for row in rows}) == len(rows)
    assert all(row.retry for row in rows if row.status == 503)


def test_a_fault_of_the_caller_is_told_as_it_is(tmp_path: Path) -> None:
    """Errors that the caller caused leave with their own line."""
    for error in (TravellerError("traveller 1 has no letter"), LocaleError("no language xx")):
        with client_of(make_app(tmp_path / "s", FakeWatchlist(fault=error))) as client:
            answer = client.post("/v1/lookups", json=ASK)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"] == str(error)


def test_a_fault_of_ours_is_told_without_paths(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Errors of the store leave with a fixed sentence; the line is in the log under the same instance."""
    fault = DiskError("cannot read /srv/lists/x: Input/output error")
    with client_of(make_app(tmp_path / "s", FakeWatchlist(fault=fault))) as client:
        answer = client.post("/v1/lookups", json=ASK)
    problem = answer.json()
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert "/srv" not in answer.text
    assert f"{problem['instance']} DiskError: {fault}" in caplog.text


def test_an_unexpected_error_shows_neither_message_nor_trace(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A bug's message, which may hold a name, is in neither answer nor our log line."""
    with client_of(make_app(tmp_path / "s", FakeWatchlist(fault=ValueError("JOHN SMITH")))) as client:
        answer = client.post("/v1/lookups", json=ASK)
    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:epervier:problem:internal"
    assert "JOHN" not in answer.text
    assert "Traceback" not in answer.text
    assert "ValueError at " in caplog.text
    assert "JOHN" not in caplog.text


def test_the_servers_own_log_of_an_exception_loses_its_message() -> None:
    """uvicorn logs an exception with its trace; the filter leaves class and place."""
    try:
        raise ValueError("JOHN SMITH")
    except ValueError as error:
        info = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("uvicorn.error", logging.ERROR, "", 0, "Exception in ASGI application\n", (), info)
    assert WithoutTraces().filter(record)
    line = logging.Formatter().format(record)
    assert line.startswith("ValueError at test_problems.py:")
    assert "JOHN" not in line


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/v1/lookups", 405), ("POST", "/healthz", 405), ("GET", "/docs", 404)],
)
def test_http_errors_are_problems(tmp_path: Path, method: str, path: str, status: int) -> None:
    """Unknown paths and methods are problems too."""
    with client_of(make_app(tmp_path / "s", FakeWatchlist())) as client:
        answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    if status == 405:
        assert answer.headers["allow"]
