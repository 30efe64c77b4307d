"""The service answers as the library does, in the documented forms."""

from __future__ import annotations

import datetime
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import matcher
from service.app import create_app
from service.models import DocumentSearchAnswer, ListsAnswer, LookupAnswer, ProblemForm, ReadyAnswer
from service.settings import Settings
from tests.cli.runner import write_lists
from tests.service.client import Client, client_of
from tests.service.test_bodies import mutated

TRAVELLERS: list[dict[str, Any]] = [
    {"reference": "x1", "names": ["ABDELRAHMAN YOUSSEF"], "birth_date": "1971-03-02", "nationalities": ["IRQ"]},
    {"names": ["Zebulon Quartermain"], "sex": "M"},
    {"names": [{"family": "Eriksson", "given": "Anna Maria"}], "birth_date": "12 August"},
    {"names": ["ANYONE"], "documents": [{"number": "L898902C3", "issuing_state": "UTO", "type": "P"}]},
    {"documents": [{"number": "AB1234567", "issuing_state": "Iraq"}]},
    {"names": ["يوسف عبد الرحمن", "<b>x</b> \u202e\x1b[2J"]},
]


NASTY = [
    "", " ", "\x1b[2J", "\u202e\u2066", "\ufdfa" * 50, "a" * 3000, "a b " * 500, "\u0301" * 500, "😀", "<<", "<" * 50,
    ",", "O'Neill; DROP", "0000-00-00", "9999-12-31", "1974-13-45", "²²²²-²-²", "١٩٧٤", "-1", "1e999", "NaN", "null",
    "../../etc", "=1+1", "%s{0}", "\u2028", "\ufeff", "ß", "İ", "ﬀ", "ـ" * 40, "يوسف", "L898902C3", "UTO", "P", "X",
]  # fmt: skip
WRONG: list[Any] = [None, 7, [], {}, True, "\x00", "\ud800"]


def nasty_traveller(chance: random.Random) -> dict[str, Any]:
    """Make a traveller of nasty texts, now and then with a value of another type."""

    def text() -> Any:
        return (
            chance.choice([None, 7, [], {}, True, "\x00", "\ud800"]) if chance.random() < 0.02 else chance.choice(NASTY)
        )

    def some(make: Callable[[], Any]) -> list[Any]:
        return [make() for _ in range(chance.randint(0, 3))]

    def document() -> dict[str, Any]:
        return {"number": text() or "X", "issuing_state": text(), "type": text(), "expires_on": text()}

    fields = {
        name: text() for name in ("reference", "birth_date", "sex", "birth_place", "source") if chance.random() < 0.7
    }
    names = some(lambda: text() if chance.random() < 0.8 else {"family": text(), "given": text()})
    return {**fields, "names": names, "nationalities": some(text), "documents": some(document)}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a person list and a document list."""
    folder = tmp_path_factory.mktemp("service")
    write_lists(folder)
    made = matcher.Store(folder / "store")
    made.import_list("people", format="mapped-csv", path=folder / "people.csv", mapping=folder / "people.toml")
    made.import_list("sltd", format="sltd-csv", path=folder / "documents.csv")
    return folder / "store"


@pytest.fixture(scope="module")
def client(store: Path) -> Iterator[Client]:
    """A client of a service on that store."""
    with client_of(create_app(Settings(store=store))) as made:
        yield made


def traveller(form: dict[str, Any], row: int) -> matcher.Traveller:
    """Make the library's traveller of a JSON form."""
    names = [name if isinstance(name, str) else matcher.Name(**name) for name in form.get("names", ())]
    documents = [matcher.Document(**document) for document in form.get("documents", ())]
    return matcher.Traveller(**{"reference": str(row), **form, "names": names, "documents": documents})


def test_lookups_equal_the_library_bit_for_bit(client: Client, store: Path) -> None:
    """Each decision, with weights, leaves and texts, is the library's own for the same instant."""
    answer = client.post("/v1/lookups", json={"travellers": TRAVELLERS})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    watchlist = matcher.Store(store).open()
    assert (told["snapshot_id"], told["model_id"]) == (watchlist.snapshot_id, watchlist.model_id)
    assert [decision["outcome"] for decision in told["decisions"]].count("no_match") == 1
    for row, (form, decision) in enumerate(zip(TRAVELLERS, told["decisions"], strict=True), start=1):
        instant = datetime.datetime.fromisoformat(decision["decided_at"])
        own = watchlist.lookup(traveller(form, row), decided_at=instant).to_dict()
        assert json.loads(json.dumps(own)) == decision
    msgspec.convert(told, LookupAnswer)


def test_document_search_equals_the_library(client: Client, store: Path) -> None:
    """Found entries are the library's rows, by place in the request."""
    asked = [
        {"number": "ZZ0000000"},
        {"number": "L898902C3", "issuing_state": "UTO", "type": "P"},
        {"number": "AB1234567"},
    ]
    told = client.post("/v1/documents/search", json={"documents": asked}).json()
    found = (
        matcher.Store(store)
        .open()
        .search_documents(
            [each["number"] for each in asked],
            issuing_states=[each.get("issuing_state") for each in asked],
            types=[each.get("type") for each in asked],
        )
    )
    days = [row["reported_on"] and row["reported_on"].isoformat() for row in found.to_pylist()]
    assert told["matches"] == [{**row, "reported_on": day} for row, day in zip(found.to_pylist(), days, strict=True)]
    assert {match["query_row"] for match in told["matches"]} >= {1, 2}
    msgspec.convert(told, DocumentSearchAnswer)


def test_lists_and_readiness_are_told_in_their_forms(client: Client, store: Path) -> None:
    """The lists in force with their counts; ready with the snapshot's id."""
    lists = msgspec.convert(client.get("/v1/lists").json(), ListsAnswer)
    assert [(each.list_id, each.entries) for each in lists.lists] == [("people", 3), ("sltd", 2)]
    ready = msgspec.convert(client.get("/readyz").json(), ReadyAnswer)
    assert ready.snapshot_id == lists.snapshot_id == matcher.Store(store).open().snapshot_id


def test_a_traveller_with_nothing_to_ask_is_a_problem_or_a_rejected_row(client: Client) -> None:
    """No letter and no document: never a silent no match."""
    answer = client.post("/v1/lookups", json={"travellers": [{"names": ["..."]}]})
    if answer.status_code == 200:
        (decision,) = answer.json()["decisions"]
        assert decision["outcome"] is None
        assert decision["reject_reason"]
    else:
        assert answer.status_code == 422
        msgspec.convert(answer.json(), ProblemForm)


def test_mutated_travellers_never_give_a_server_error(client: Client) -> None:
    """Two hundred seeded travellers with nasty values, in bodies that are whole or not, get no 5xx."""
    chance = random.Random(20261121)
    seen = []
    for row in range(200):
        body = {"travellers": [nasty_traveller(chance) for _ in range(chance.randint(1, 3))]}
        raw = json.dumps(body, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
        raw = mutated(chance, raw) if row % 4 == 0 else raw
        answer = client.post("/v1/lookups", content=raw, headers={"content-type": "application/json"})
        assert answer.status_code == 200 or 400 <= answer.status_code < 500, raw
        seen.append(answer.status_code)
    assert seen.count(200) >= 50
    assert seen.count(422) >= 10


def test_an_import_is_noticed(tmp_path: Path) -> None:
    """A list imported while the service runs is in its answers shortly after."""
    write_lists(tmp_path)
    store = matcher.Store(tmp_path / "store")
    store.import_list("sltd", format="sltd-csv", path=tmp_path / "documents.csv")
    with client_of(create_app(Settings(store=tmp_path / "store"))) as client:
        before = client.get("/v1/lists").json()
        store.import_list("people", format="mapped-csv", path=tmp_path / "people.csv", mapping=tmp_path / "people.toml")
        for _ in range(500):
            after = client.get("/v1/lists").json()
            if after["snapshot_id"] != before["snapshot_id"]:
                break
        assert [each["list_id"] for each in after["lists"]] == ["people", "sltd"]


def test_the_openapi_document_is_whole(client: Client) -> None:
    """Every reference in the OpenAPI document leads somewhere, and its examples are accepted."""
    document = client.get("/openapi.json").json()
    references = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                references.add(node["$ref"])
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(document)
    names = {reference.removeprefix("#/components/schemas/") for reference in references}
    assert names <= document["components"]["schemas"].keys()
    assert {"LookupRequest", "LookupAnswer", "ProblemForm"} <= names
    for path in ("/v1/lookups", "/v1/documents/search"):
        content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        assert content["examples"]
        for example in content["examples"].values():
            assert client.post(path, json=example["value"]).status_code == 200
