"""FollowTheMoney entities: links joined whatever their order, nothing lost without being counted."""

from __future__ import annotations

import datetime
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import InputError, UsageError
from matcher.ingest import ftm_json
from tests.ingest.reading import Outcome, read_bytes, read_paths

SAMPLE = Path(__file__).parents[2] / "data" / "samples" / "entities.ftm.jsonl"


def entity(schema: str, entity_id: str, **properties: Any) -> dict[str, Any]:
    return {"id": entity_id, "schema": schema, "properties": properties}


def read(folder: Path, *entities: object) -> Outcome:
    return read_bytes("ftm-json", folder, "\n".join(map(json.dumps, entities)).encode())


def test_the_sample() -> None:
    """Each schema in its place, links before and behind their targets, the rest counted."""
    outcome = read_paths("ftm-json", [SAMPLE])
    assert dict(outcome.sink.by_kind) == {"person": 2, "organisation": 1, "conveyance": 1}
    assert (outcome.sink.dropped, dict(outcome.sink.notes)) == (1, {"schema Address": 1})
    assert outcome.rejects == [(10, "unknown_entry")]
    person = outcome.persons[0]
    assert outcome.names() == [
        ("Aru Bensaldo", "primary"),
        ("Arou Ben Saldo", "alias"),
        ("Aru Saldo", "alias"),
        ("Арю Бенсальдо", "original_script"),
        ("Ro", "weak_alias"),
    ]
    assert (person["category"], person["purpose"], person["source_owner"], person["requested_action"]) == (
        "sanction", "SAMPLE-1", "Office of Samples", None,
    )  # fmt: skip
    assert (person["entered_on"], person["expires_on"]) == (datetime.date(2019, 4, 2), None)
    assert (person["sex"], person["nationalities"]) == ("M", ["MAR", "FRA"])
    assert person["birth_places"] == ["Sefrouda", "MAR"]
    assert [(date["year"], date["month"], date["day"]) for date in person["birth_dates"]] == [(1968, 11, None)]
    assert "reason: Made up for tests." in person["note"]
    assert "position: trader" in person["note"]
    vessel = outcome.persons[2]
    assert (vessel["expires_on"], vessel["category"]) == (datetime.date(2021, 4, 1), "sanction")
    assert outcome.persons[3]["names"][0]["text"] == "Al Torifan, Sonavi"


def test_documents_are_attached_once(tmp_path: Path) -> None:
    """A linked passport and the same number on the person are one document, the linked one with its issuer."""
    outcome = read_paths("ftm-json", [SAMPLE])
    found = [(row["number"], row["issuing_state"], row["type"], row["expires_on"]) for row in outcome.documents]
    assert found == [
        ("AB1234567", "MAR", "P", datetime.date(2025, 1, 30)),
        ("K-99 001", "FRA", "ID", None),
        ("77665544", None, "ID", None),
    ]
    assert {row["person_entry_id"] for row in outcome.documents} == {"sample-person-1"}


def test_the_order_of_the_file_does_not_matter(tmp_path: Path) -> None:
    """Shuffled entities give the same entries and documents, but for their row numbers."""
    lines = SAMPLE.read_text("utf-8").splitlines()

    def content(outcome: Outcome) -> list[str]:
        rows = [*outcome.persons, *outcome.documents]
        return sorted(json.dumps({**row, "source_row": 0}, default=str, sort_keys=True) for row in rows)

    expected = content(read_paths("ftm-json", [SAMPLE]))
    for seed in range(5):
        random.Random(seed).shuffle(lines)
        assert content(read_bytes("ftm-json", tmp_path, "\n".join(lines).encode())) == expected


def test_an_entry_expires_only_with_its_last_sanction(tmp_path: Path) -> None:
    """One sanction that has ended does not take away another that is in force."""
    sanctions = [
        entity("Sanction", "s1", entity=["p1", "p2"], endDate=["2020-01-02"], startDate=["2019-01-01"], program=["A"]),
        entity("Sanction", "s2", entity=["p1"], listingDate=["2018-05-06T10:00:00"], programId=["B"]),
        entity("Sanction", "s3", entity=["p3"], endDate=["2020"], startDate=["2019"]),
    ]
    persons = [entity("Person", f"p{number}", name=["Aru"]) for number in (1, 2, 3)]
    first, second, third = read(tmp_path, *sanctions, *persons).persons
    assert (first["expires_on"], first["entered_on"]) == (None, datetime.date(2018, 5, 6))
    assert first["purpose"] == "A; B"
    assert second["expires_on"] == datetime.date(2020, 1, 2)
    assert (third["expires_on"], third["entered_on"]) == (None, None)
    assert "endDate: 2020" in third["note"]


def test_missing_and_circular_links_are_rejects(tmp_path: Path) -> None:
    """A link to nothing, to itself, to another link or without a target is a reject; nothing is followed on."""
    outcome = read(
        tmp_path,
        entity("Person", "p1", name=["Aru"]),
        entity("Passport", "d1", holder=["d1"], number=["1"]),
        entity("Sanction", "s1", entity=["s2"]),
        entity("Sanction", "s2", entity=["s1"]),
        entity("Identification", "d2", number=["2"]),
        entity("Passport", "d3", holder=[{"id": "p1", "schema": "Person", "properties": {}}], number=["A3"]),
        entity("Passport", "d4", holder=["p1"]),
    )
    assert sorted(outcome.rejects) == [(row, "unknown_entry") for row in (2, 3, 4, 5)]
    assert [row["number"] for row in outcome.documents] == ["A3"]
    assert outcome.sink.notes["document"] == 1


def test_nested_exports(tmp_path: Path) -> None:
    """Sanctions and documents that stand inside their target are read as links are."""
    inner = entity("Sanction", "s1", entity=["p1"], program=["A"], authority=["Office"])
    passport = entity("Passport", "d1", number=["A1"], country=["iq"])
    person = entity("Person", "p1", name=["Aru"], sanctions=[inner], passports=[passport], x=[{"a": 1}])
    outcome = read(tmp_path, person)
    assert (outcome.persons[0]["purpose"], outcome.persons[0]["category"]) == ("A", "sanction")
    assert [(row["number"], row["issuing_state"]) for row in outcome.documents] == [("A1", "IRQ")]
    assert 'x: [{"a":1}]' in outcome.persons[0]["note"]


def test_a_sanction_topic_is_a_category_and_no_other_is(tmp_path: Path) -> None:
    """The topic `sanction` counts; linked persons and other topics are `other`, and stay in the note."""
    topics = (["sanction"], ["sanction.linked"], ["role.pep", "crime"])
    outcome = read(tmp_path, *(entity("Person", str(n), name=["Aru"], topics=one) for n, one in enumerate(topics)))
    assert [row["category"] for row in outcome.persons] == ["sanction", "other", "other"]
    assert "topics: role.pep; crime" in outcome.persons[2]["note"]


def test_ids_twice_and_entities_without_id_name_or_schema(tmp_path: Path) -> None:
    """Equal ids are numbered; what cannot be an entry is a reject or counted by schema."""
    outcome = read(
        tmp_path,
        entity("Person", "p1", name=["Aru"]),
        entity("Person", "p1", name=["Ben"]),
        {"schema": "Person", "properties": {"name": ["Aru"]}},
        entity("Person", "p2", name=["?"]),
        {"id": "x"},
        {"id": "x", "schema": "no schema <script>", "properties": 7},
        entity("Family", "f1", person=["p1"]),
    )
    assert [row["entry_id"] for row in outcome.persons] == ["p1", "p1#2"]
    assert outcome.rejects == [(3, "no_entry_id"), (4, "no_name")]
    assert dict(outcome.sink.notes) == {"schema": 2, "schema Family": 1, "name": 1}
    assert outcome.sink.dropped == 3


def test_too_many_links_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links are held in memory, up to a bound that is said with what to do."""
    monkeypatch.setattr(ftm_json, "LINK_BYTES", 1000)
    link = entity("Sanction", "s", entity=["p"], reason=["x" * 600])
    with pytest.raises(InputError, match="of sanctions and documents; cut the list"):
        read(tmp_path, entity("Person", "p", name=["Aru"]), link, link)


def test_what_is_not_this_format_is_refused(tmp_path: Path) -> None:
    """A mapping, and a file of other entities alone, are refused."""
    with pytest.raises(UsageError, match="takes no mapping"):
        read_bytes("ftm-json", tmp_path, b"{}", mapping=b"")
    with pytest.raises(InputError, match="gives no entry"):
        read(tmp_path, entity("Address", "a", full=["x"]))


PROPERTIES = (
    "name", "alias", "weakAlias", "previousName", "firstName", "lastName", "birthDate", "birthPlace", "birthCountry",
    "gender", "nationality", "citizenship", "passportNumber", "idNumber", "topics", "notes", "holder", "entity",
    "number", "country", "type", "authority", "program", "startDate", "endDate", "listingDate",
)  # fmt: skip
SCHEMATA = ("Person", "Company", "Vessel", "Sanction", "Passport", "Identification", "Address")
SCALARS = (
    st.booleans() | st.integers(-9, 9999) | st.sampled_from(["z", "ru", "2020-01-02", "A 1"]) | st.text(max_size=4)
)


def _embedded(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({"id": inner, "schema": st.sampled_from(SCHEMATA), "properties": inner})


VALUES = st.recursive(st.none() | SCALARS, lambda inner: st.lists(inner, max_size=3) | _embedded(inner), max_leaves=6)
ENTITIES = st.fixed_dictionaries(
    {
        "id": VALUES,
        "schema": st.sampled_from(SCHEMATA),
        "properties": st.dictionaries(st.sampled_from(PROPERTIES), VALUES),
    }
)


@settings(max_examples=200)
@given(st.lists(ENTITIES, max_size=4))
def test_any_values_are_entries_rejects_or_counted(
    tmp_path_factory: pytest.TempPathFactory, entities: list[dict[str, Any]]
) -> None:
    """Whatever the properties hold, every entity is an entry, a link, a reject or dropped."""
    outcome = read(tmp_path_factory.mktemp("any"), entity("Person", "z", name=["LAST"]), *entities)
    n_links = sum(one["schema"] in ftm_json.LINKS for one in entities)
    counted = outcome.sink.entries + outcome.sink.dropped + outcome.sink.by_reason.total()
    assert counted + n_links >= 1 + len(entities) >= outcome.sink.entries + outcome.sink.dropped
