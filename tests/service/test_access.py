"""A caller gets what the library gives to its access: over keys, presets, streams and entries, and nothing more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import matcher
from matcher import Access
from service.app import create_app
from service.audit.verify import export
from service.database.engine import open_engine
from service.keys import Keys
from service.settings import Settings
from tests.access.lists import KEY, asked, person, put
from tests.service.client import Client, client_of

ROWS = [
    person("e-red", "Zebulon Quartermain"),
    person("e-missing", "Ludmila Farkasova", category="yellow", role="missing", protective="true"),
    person("e-discreet", "Oswaldo Brackenridge", discreet="true"),
    person("e-shut", "Hyacinth Thistlewood", access_restriction="FRA"),
]
NAMES = [row["name"] for row in ROWS]
CALLERS: dict[str, dict[str, Any]] = {
    "officer": {"roles": ["officer"], "country": "FRA"},
    "protector": {"roles": ["officer"], "country": "FRA", "scopes": ["protection"]},
    "abroad": {"roles": ["officer"], "country": "DEU"},
    "carrier": {"roles": ["carrier"], "country": "FRA"},
    "partner": {"roles": ["partner"], "country": "FRA"},
}
PURPOSE = "border-check"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A store with restricted entries."""
    folder = tmp_path_factory.mktemp("access")
    put(matcher.Store(folder / "store", KEY), "people", ROWS, folder)
    (folder / "store" / "KEY").exists() or (folder / "store" / "KEY").write_bytes(KEY)
    return Settings(store=folder / "store", rate_per_second=1e5, refused_per_second=1e5)


@pytest.fixture(scope="module")
def secrets(settings: Settings) -> dict[str, str]:
    """A key of each caller."""
    engine = open_engine(settings)
    keys = Keys(engine, settings.checkpoint_folder)
    made = {name: keys.make(name, purposes=[PURPOSE], **caller)[1] for name, caller in CALLERS.items()}
    made["admin"] = keys.make("admin", roles=["admin"])[1]
    engine.dispose()
    return made


@pytest.fixture(scope="module")
def client(settings: Settings, secrets: dict[str, str]) -> Iterator[Client]:
    """A client of the service."""
    with client_of(create_app(settings)) as made:
        yield made


def headers(secret: str) -> dict[str, str]:
    """What a caller sends."""
    return {"authorization": f"Bearer {secret}", "x-purpose": PURPOSE}


def forms() -> list[dict[str, Any]]:
    """Ask for each listed person, and for nobody."""
    return [{"names": [name], "birth_date": "1971-03-04", "reference": "t"} for name in (*NAMES, "Nobody Atall")]


def plain(decision: Any) -> dict[str, Any]:
    """Return a decision without its instant."""
    told = json.loads(json.dumps(decision if isinstance(decision, dict) else decision.to_dict()))
    told.pop("decided_at")
    return dict(told)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("preset", [None, "high-recall"])
def test_an_answer_is_that_of_the_callers_access(
    client: Client, secrets: dict[str, str], settings: Settings, caller: str, preset: str | None
) -> None:
    """Each decision, and the snapshot's id, is what the library gives to the same access, under each preset."""
    body = {"travellers": forms()} | ({} if preset is None else {"preset": preset})
    told = client.post("/v1/lookups", json=body, headers=headers(secrets[caller])).json()
    access = Access(purpose=PURPOSE, **CALLERS[caller])
    watchlist = matcher.Store(settings.store).open(access=access, preset=preset)
    own = [plain(watchlist.lookup(asked(name))) for name in (*NAMES, "Nobody Atall")]
    assert [plain(decision) for decision in told["decisions"]] == own
    assert told["snapshot_id"] == watchlist.snapshot_id


@pytest.mark.parametrize(
    ("caller", "hidden"),
    [
        ("officer", {"e-missing", "e-discreet", "e-shut"}),
        ("abroad", {"e-missing", "e-discreet"}),
        ("carrier", {"e-red", "e-missing", "e-discreet", "e-shut"}),
        ("partner", {"e-red", "e-missing", "e-discreet", "e-shut"}),
    ],
)
def test_what_a_caller_may_not_see_is_in_no_answer(
    client: Client, secrets: dict[str, str], caller: str, hidden: set[str]
) -> None:
    """Ids of hidden entries are in no lookup, screening, list or entry, in any form."""
    given = headers(secrets[caller])
    lines = "full_name,date_of_birth\n" + "".join(f"{name},1971-03-04\n" for name in NAMES)
    answers = [client.post("/v1/lookups", json={"travellers": forms()}, headers=given)]
    answers += [client.get(f"/v1/entries/people/{entry_id}", headers=given) for entry_id in sorted(hidden)]
    for form in ("application/x-ndjson", "text/csv", "application/vnd.apache.arrow.stream"):
        kinds = {"content-type": "text/csv", "accept": form}
        answers.append(client.post("/v1/screenings", content=lines, headers=given | kinds))
    assert answers[0].status_code == 200
    assert all(answer.status_code in {403, 404} for answer in answers[1 : 1 + len(hidden)])
    for answer in answers:
        assert not [entry_id for entry_id in hidden if entry_id.encode() in answer.content], answer.request.url


def test_the_scope_opens_what_it_is_for(client: Client, secrets: dict[str, str]) -> None:
    """With the scope protection the missing and the discreet person are found, and shown as entries."""
    given = headers(secrets["protector"])
    told = client.post("/v1/lookups", json={"travellers": forms()}, headers=given).json()
    found = {match["entry_id"] for decision in told["decisions"] for match in decision["matches"]}
    assert {"e-red", "e-missing", "e-discreet"} <= found
    assert client.get("/v1/entries/people/e-missing", headers=given).status_code == 200


def test_an_administrator_is_told_of_all_lists_and_of_no_entry(client: Client, secrets: dict[str, str]) -> None:
    """Lists and counts, yes; an entry or a lookup, no."""
    given = {"authorization": f"Bearer {secrets['admin']}"}
    (told,) = client.get("/v1/lists", headers=given).json()["lists"]
    assert (told["list_id"], told["entries"]) == ("people", len(ROWS))
    assert client.get("/v1/entries/people/e-red", headers=given).status_code == 403


def test_records_name_the_entries_that_were_told(client: Client, secrets: dict[str, str], settings: Settings) -> None:
    """The audit says which entries each answer held, and that a neutral referral held none by name."""
    engine = open_engine(settings)
    for caller, entries in (("officer", [["people", "e-red"]]), ("carrier", [])):
        answer = client.post("/v1/lookups", json={"travellers": forms()}, headers=headers(secrets[caller]))
        (record,) = (
            one["record"] for one in export(engine) if one["record"].get("request") == answer.headers["x-request-id"]
        )
        assert record.get("entries", []) == entries
        neutral = [
            match
            for decision in answer.json()["decisions"]
            for match in decision["matches"]
            if match["entry_id"] is None
        ]
        assert record["outcomes"].get("neutral", 0) == len(neutral)
    engine.dispose()
