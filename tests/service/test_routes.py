"""Beyond lookups of travellers: documents and zones alone, filters, presets, languages, comparisons, entries, model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

import matcher
from matcher.explain import catalogue
from matcher.score.model import load_model
from matcher.text import NORMALISER_VERSION
from service.app import create_app
from service.forms import CompareAnswer, EntryAnswer, ModelAnswer
from service.freshness import Freshness
from service.models import DocumentSearchAnswer, ListsAnswer, LookupAnswer
from service.routes.examples import ZONE
from service.settings import Settings
from tests.cli.runner import write_lists
from tests.service.client import Client, client_of

DOCUMENT = {"number": "L898902C3", "issuing_state": "UTO", "type": "P"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with persons, one of them missing, and documents."""
    folder = tmp_path_factory.mktemp("routes")
    write_lists(folder)
    made = matcher.Store(folder / "store")
    made.import_list("people", format="mapped-csv", path=folder / "people.csv", mapping=folder / "people.toml")
    made.import_list("sltd", format="sltd-csv", path=folder / "documents.csv")
    data = Path(__file__).parents[2] / "data"
    made.import_list(
        "suspects", format="mapped-csv", path=data / "suspects.csv", mapping=data / "mappings" / "suspects.toml"
    )
    return folder / "store"


@pytest.fixture(scope="module")
def client(store: Path) -> Iterator[Client]:
    """A client of a service on that store."""
    with client_of(create_app(Settings(store=store))) as made:
        yield made


def ask(client: Client, body: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Look something up."""
    answer = client.post("/v1/lookups", json=body, **options)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    msgspec.convert(told, LookupAnswer)
    return told


def test_a_document_alone_is_looked_up(client: Client) -> None:
    """One document, several documents: a decision each, with the row as reference."""
    (one,) = ask(client, {"document": DOCUMENT})["decisions"]
    assert (one["reference"], one["outcome"]) == ("1", "hit")
    several = ask(client, {"documents": [{"number": "ZZ0000000"}, DOCUMENT]})["decisions"]
    assert [(each["reference"], each["outcome"]) for each in several] == [("1", "no_match"), ("2", "hit")]


def test_several_zones_keep_their_places(client: Client, store: Path) -> None:
    """A zone that can't be read is a rejected row among others; by itself it is refused."""
    told = ask(client, {"mrz": [ZONE, "P<UTO", ZONE]})["decisions"]
    assert [(each["outcome"], each["reject_reason"]) for each in told] == [
        ("hit", None),
        (None, "mrz_unreadable"),
        ("hit", None),
    ]
    own = matcher.Store(store).open().lookup_mrz(ZONE).to_dict()
    assert told[0]["matches"] == own["matches"]
    assert client.post("/v1/lookups", json={"mrz": "P<UTO"}).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {"document": DOCUMENT, "documents": [DOCUMENT]},
        {"mrz": ZONE, "document": DOCUMENT},
        {"documents": []},
        {"mrz": []},
        {"preset": "balanced"},
        {"document": DOCUMENT, "preset": "best"},
        {"document": DOCUMENT, "lists": []},
        {"document": DOCUMENT, "roles": "suspect"},
    ],
)
def test_bodies_that_mean_nothing_are_refused(client: Client, body: dict[str, Any]) -> None:
    """Two kinds at once, none at all, an unknown preset, an empty filter: 422."""
    assert client.post("/v1/lookups", json=body).status_code == 422


def test_every_answer_names_what_answered(client: Client) -> None:
    """Snapshot, model and normaliser stand in head and body alike; nothing on the way may keep the answer."""
    for answer in (
        client.post("/v1/lookups", json={"document": DOCUMENT}),
        client.post("/v1/documents/search", json={"documents": [DOCUMENT]}),
        client.post("/v1/compare", json={"left": "Ali", "right": "علي"}),
        client.get("/v1/lists"),
        client.get("/v1/model"),
        client.get("/v1/entries/people/1"),
        client.get("/readyz"),
    ):
        told = answer.json()
        assert answer.headers["x-snapshot-id"] == told["snapshot_id"]
        assert answer.headers["x-model-id"] == told["model_id"] == "names-1"
        assert answer.headers["x-normaliser-version"] == told["normaliser_version"] == NORMALISER_VERSION
        assert answer.headers["cache-control"] == "no-store"
        assert len(answer.headers["x-request-id"]) == 36
    msgspec.convert(client.post("/v1/documents/search", json={"documents": [DOCUMENT]}).json(), DocumentSearchAnswer)


def test_a_request_id_is_taken_over_only_if_it_holds_no_words(client: Client) -> None:
    """A UUID is given back, a name is replaced."""
    given = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
    assert client.get("/healthz", headers={"x-request-id": given}).headers["x-request-id"] == given
    assert "SMITH" not in client.get("/healthz", headers={"x-request-id": "SMITH"}).headers["x-request-id"]


def test_a_preset_decides(client: Client, store: Path) -> None:
    """The preset asked for is the library's, and its model is named; the next request has the default again."""
    traveller = {"names": ["Anna Erikson"]}
    told = ask(client, {"travellers": [traveller], "preset": "high-recall"})
    own = (
        matcher.Store(store).open(preset="high-recall").lookup(matcher.Traveller(names=["Anna Erikson"], reference="1"))
    )
    assert told["model_id"] == "names-1+high-recall" == own.model_id
    assert [match["match_weight"] for match in told["decisions"][0]["matches"]] == [
        match.match_weight for match in own.matches
    ]
    assert ask(client, {"travellers": [traveller]})["model_id"] == "names-1"


def test_filters_leave_out_what_is_shown_and_say_so(client: Client, store: Path) -> None:
    """Matches of other lists, categories and roles are counted, not shown; protective entries always are."""
    watchlist = matcher.Store(store).open()
    persons = [
        one
        for one in (watchlist.entry("suspects", f"s-{at:07d}") for at in range(1, 200))
        if one is not None and one.person is not None
    ]
    missing = next(one for one in persons if one.person and one.person["protective"])
    suspect = next(one for one in persons if one.person and not one.person["protective"])
    for entry, is_shown in ((missing, True), (suspect, False)):
        assert entry.person is not None
        body: dict[str, Any] = {"travellers": [{"names": [entry.person["names"][0]["text"]]}]}
        (plain,) = ask(client, body)["decisions"]
        assert entry.entry_id in [match["entry_id"] for match in plain["matches"]]
        for given in ({"lists": ["sltd"]}, {"categories": ["none"]}, {"roles": ["none"]}):
            told = ask(client, {**body, **given})
            assert {name: value for name, value in told["filter"].items() if value} == given
            (decision,) = told["decisions"]
            shown = [match["entry_id"] for match in decision["matches"]]
            assert (entry.entry_id in shown) is is_shown
            assert decision["caps"]["matches_filtered"] == len(plain["matches"]) - len(shown)
            assert decision["outcome"] == ("no_match" if not shown else decision["matches"][0]["outcome"])
    assert "filter" not in ask(client, body)
    (document,) = ask(client, {"document": DOCUMENT, "roles": ["suspect"]})["decisions"]
    assert document["outcome"] == "hit"  # a document has no role, so none leaves it out


@pytest.mark.parametrize(("accepted", "language"), [("fr-CA,en;q=0.5", "fr"), ("ar", "ar"), ("es", "es"), ("de", "en")])
def test_sentences_are_in_the_language_asked_for(client: Client, accepted: str, language: str) -> None:
    """Explanations follow `Accept-Language`, and the answer says which language was taken."""
    answer = client.post("/v1/lookups", json={"document": DOCUMENT}, headers={"accept-language": accepted})
    assert answer.headers["content-language"] == language
    text = answer.json()["decisions"][0]["matches"][0]["explanation"]["text"]
    assert catalogue(language)["frame"]["lead"] in text


def test_names_are_compared_one_by_one_or_in_columns(client: Client) -> None:
    """A pair has reasons; columns give as many rows, in order, the same weights as the library."""
    one = client.post("/v1/compare", json={"left": "Yusuf Abd al-Rahman", "right": "يوسف عبد الرحمن"}).json()
    (comparison,) = one["comparisons"]
    assert comparison["same"]
    leaves = [leaf["weight_bits"] for leaf in comparison["explanation"]["leaves"]]
    assert sum(leaves) == comparison["match_weight"]
    left, right = ["Jon Smith", None, "..."], ["John Smith", "Ali", "Ali"]
    columns = client.post("/v1/compare", json={"left": left, "right": right}).json()
    assert columns["comparisons"] == matcher.compare_name_pairs(left, right).to_pylist()
    for told in (one, columns):
        msgspec.convert(told, CompareAnswer)
    wrong: list[dict[str, Any]] = [
        {"left": ["A"], "right": "A"},
        {"left": ["A"], "right": []},
        {"left": [], "right": []},
    ]
    for body in wrong:
        assert client.post("/v1/compare", json=body).status_code == 422


def test_an_entry_is_shown_as_listed(client: Client, store: Path) -> None:
    """A person with documents, a document by its derived id; what isn't listed or was withdrawn is 404."""
    person = client.get("/v1/entries/people/3").json()
    assert person["person"]["names"][0]["text"] == "Anna Maria Eriksson"
    (match,) = ask(client, {"document": DOCUMENT})["decisions"][0]["matches"]
    document = client.get(f"/v1/entries/sltd/{match['entry_id']}").json()
    assert document["person"] is None
    assert [row["number"] for row in document["documents"]] == ["L898902C3"]
    for told in (person, document):
        msgspec.convert(told, EntryAnswer)
    for path in ("people/999", "nowhere/1", "sltd/d-aaaaaaaaaaaaaaaa", "people/..%2f..", "people/%00"):
        answer = client.get(f"/v1/entries/{path}")
        assert answer.status_code == 404, path
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_withdrawn_entry_is_gone(tmp_path: Path) -> None:
    """An entry that was withdrawn is not shown, nor its documents."""
    write_lists(tmp_path)
    store = matcher.Store(tmp_path / "store")
    store.import_list("sltd", format="sltd-csv", path=tmp_path / "documents.csv")
    found = store.open().search_documents(["L898902C3"]).to_pylist()[0]["entry_id"]
    assert store.open().entry("sltd", found) is not None
    store.withdraw("sltd", found)
    assert store.open().entry("sltd", found) is None


def test_the_model_is_shown(client: Client) -> None:
    """Thresholds of every preset and all weights, as the library holds them."""
    told = msgspec.convert(client.get("/v1/model").json(), ModelAnswer)
    model = load_model()
    assert told.presets["balanced"].review_bits == model.threshold("review_bits")
    assert told.weights["sex"] == dict(model.weights["sex"])
    assert told.languages == ["en", "fr", "ar", "es"]


def test_old_lists_are_stale_everywhere(store: Path) -> None:
    """A list older than the setting allows is named in its row, on each answer, when ready and in the metrics."""
    with client_of(create_app(Settings(store=store, stale_after_days=1e-9))) as client:
        lists = msgspec.convert(client.get("/v1/lists").json(), ListsAnswer)
        assert all(one.is_stale for one in lists.lists)
        stale = [one.list_id for one in lists.lists]
        assert ask(client, {"document": DOCUMENT})["stale_lists"] == stale
        assert client.get("/readyz").json()["stale_lists"] == stale
        assert 'epervier_list_stale{list_id="sltd"} 1.0' in client.get("/metrics").text


def test_a_list_is_stale_by_its_own_policy(store: Path, tmp_path: Path) -> None:
    """Without a setting the policy of each list counts: one day for a list that is years old."""
    policy = tmp_path / "policy.toml"
    policy.write_text('id = "p"\nsource = "t"\ndate = "2026-11-22"\nmax_age_days = 1\n', "utf-8")
    opened = matcher.Store(store)
    for version in opened.lists():
        opened.set_policy(version.list_id, policy)
    fresh = Freshness(opened.open(), None)
    assert fresh.stale_lists() == []
    old = [replace(age, since=age.since - 2 * 86_400) for age in fresh.ages]
    assert all(fresh.is_stale(age) for age in old)
    assert all(age.most == 86_400 for age in old)


def test_fresh_lists_are_not_stale(client: Client) -> None:
    """Without the setting no list is ever stale; ages are told all the same."""
    lists = msgspec.convert(client.get("/v1/lists").json(), ListsAnswer)
    assert not any(one.is_stale for one in lists.lists)
    assert all(0 <= one.age_seconds < 3600 for one in lists.lists)
