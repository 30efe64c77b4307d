"""The OpenAPI document holds for every route: schemathesis finds no answer outside it, and none of the 5xx kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi import checks as openapi

import matcher
from tests.cli.runner import write_lists
from tests.service.server import serving

ADMINISTRATION = {  # served once a key was made; `test_administration` asks them
    "POST /v1/lists/{list_id}/imports",
    "POST /v1/lists/{list_id}/withdrawals",
    "POST /v1/lists/{list_id}/expirations",
}
ROUTES = {
    "GET /healthz", "GET /metrics", "GET /readyz", "GET /v1/entries/{list_id}/{entry_id}", "GET /v1/lists",
    "GET /v1/model", "POST /v1/compare", "POST /v1/documents/search", "POST /v1/lookups", "POST /v1/screenings",
}  # fmt: skip
EXAMPLES = 40  # of each kind, right and wrong
CALM = list(HealthCheck)
CHECKED = [
    checks.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_schema_conformance,
    openapi.response_headers_conformance,
    openapi.unsupported_method,
]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The schema of a running service on two small lists."""
    folder = tmp_path_factory.mktemp("openapi")
    write_lists(folder)
    store = matcher.Store(folder / "store")
    store.import_list("people", format="mapped-csv", path=folder / "people.csv", mapping=folder / "people.toml")
    store.import_list("sltd", format="sltd-csv", path=folder / "documents.csv")
    with serving(folder / "store") as server:
        yield schemathesis.openapi.from_url(f"{server.url}/openapi.json")


def test_every_route_is_described(api: Any) -> None:
    """OpenAPI 3.1, with every route, an example of every body, and nothing of the page."""
    raw = api.raw_schema
    assert raw["openapi"].startswith("3.1")
    described = {f"{method.upper()} {path}": one for path, at in raw["paths"].items() for method, one in at.items()}
    assert set(described) == ROUTES | ADMINISTRATION
    for name, one in described.items():
        assert one["summary"], name
        assert {"200", "421", "500", "503"} <= set(one["responses"]), name
        for media_type, content in one.get("requestBody", {"content": {}})["content"].items():
            assert content.get("examples") or content["schema"].get("format") == "binary", (name, media_type)


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_every_answer_is_a_documented_one(api: Any, route: str) -> None:
    """Generated requests, right ones and wrong ones, get documented statuses, media types, heads and forms."""
    method, _, path = route.partition(" ")
    operation = api[path][method]
    seen = set()
    for mode in GenerationMode if method == "POST" else (GenerationMode.POSITIVE,):  # a GET has nothing to get wrong

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=CALM,
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def check(case: schemathesis.Case[Any]) -> None:
            seen.add(case.call_and_validate(checks=CHECKED, timeout=30).status_code)

        check()
    assert seen >= ({200, 422} if method == "POST" else {404} if "{" in path else {200})
