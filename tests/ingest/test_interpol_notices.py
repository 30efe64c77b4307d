"""Notices: every form and colour in its place, and members of the wrong type lose nothing but themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import InputError, MappingError
from tests.ingest.reading import Outcome, read_bytes, read_paths

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
FORMAT = "interpol-notices-json"


def sample(name: str) -> Outcome:
    return read_paths(FORMAT, [SAMPLES / name])


def read(folder: Path, *notices: dict[str, Any], mapping: bytes | None = None) -> Outcome:
    return read_bytes(FORMAT, folder, "\n".join(map(json.dumps, notices)).encode(), mapping=mapping)


def test_red_notices_one_a_line() -> None:
    """A red notice is a suspect; the warrants' issuers own it; what has no column is in the note."""
    outcome = sample("interpol_red.jsonl")
    first, second, third = outcome.persons
    assert (first["entry_id"], first["category"], first["role"], first["protective"]) == (
        "2031/10001", "red", "suspect", None,
    )  # fmt: skip
    assert outcome.names() == [("BENSALDO, Aru", "primary")]
    assert [(date["year"], date["month"], date["day"]) for date in first["birth_dates"]] == [(1968, 11, 5)]
    assert (first["sex"], first["nationalities"], first["birth_places"]) == ("M", ["MAR", "FRA"], ["Sefrouda, MAR"])
    assert (first["source_owner"], first["requested_action"], first["purpose"]) == ("FRA", None, None)
    for text in ("charge translation: fraud by a group", "height: 1.78", "distinguishing marks: scar on the left hand"):
        assert text in first["note"]
    assert [(date["year"], date["month"]) for date in second["birth_dates"]] == [(1974, None)]
    assert (second["source_owner"], third["source_owner"], third["sex"]) == ("RUS, KAZ", "914", None)
    assert outcome.rejects == []
    assert not outcome.sink.notes


def test_the_list_form() -> None:
    """A page of the public interface stands for its notices; the page itself is no entry."""
    outcome = sample("interpol_red_list.json")
    assert [(row["entry_id"], row["category"]) for row in outcome.persons] == [
        ("2031/10001", "red"),
        ("2031/10004", "red"),
    ]


def test_a_yellow_notice_is_protective() -> None:
    """A missing person is protective, and the name at birth is a name of its own."""
    outcome = sample("interpol_yellow.json")
    person = outcome.persons[0]
    assert (person["category"], person["role"], person["protective"]) == ("yellow", "missing", True)
    assert outcome.names() == [("OSTROVAN, Mirela", "primary"), ("VALDORIN, Mirela", "alias")]
    assert "date of event: 2030/07/02" in person["note"]
    assert "mother forename: Ilinca" in person["note"]


def test_un_notices() -> None:
    """Persons and entities, their references, scripts, aliases, purposes and documents."""
    outcome = sample("interpol_un.json")
    person, organisation = outcome.persons
    assert (person["category"], person["source_reference"], person["purpose"]) == (
        "un", "QDi.9901", "Assets freeze; Travel ban",
    )  # fmt: skip
    assert outcome.names() == [
        ("ABD AL-TORIF, Yusar", "primary"),
        ("Abu Torif", "alias"),
        ("Yousar Abdel Torif", "alias"),
        ("عبد التوريف, يوسر", "original_script"),
    ]
    assert (organisation["kind"], organisation["role"]) == ("organisation", None)
    assert organisation["names"][1] == {"text": "Torif & Co", "kind": "alias", "quality": "f.k.a."}
    assert [(row["number"], row["issuing_state"], row["type"]) for row in outcome.documents] == [
        ("Y0012345", "YEM", "P"),
        ("9988776655", None, "ID"),
    ]
    assert {row["person_entry_id"] for row in outcome.documents} == {"2031/30001"}


@pytest.mark.parametrize(
    ("members", "category", "role"),
    [
        ({"arrest_warrants": [{"charge": "x"}]}, "red", "suspect"),
        ({"date_of_event": "2030/01/01"}, "yellow", "missing"),
        ({"un_reference": "QDi.1"}, "un", "subject"),
        ({"_links": {"self": {"href": "https://host/notices/v1/blue/1"}}}, "blue", "subject"),
        ({"_links": {"self": {"href": "/redactions/1"}}}, "other", "subject"),
        ({"_links": [1]}, "other", "subject"),
        ({}, "other", "subject"),
    ],
)
def test_the_colour_comes_from_the_data(tmp_path: Path, members: dict[str, Any], category: str, role: str) -> None:
    """The address decides, then members that one colour alone has; an unknown colour is counted."""
    outcome = read(tmp_path, {"entity_id": "1", "name": "ARU", **members})
    assert (outcome.persons[0]["category"], outcome.persons[0]["role"]) == (category, role)
    assert outcome.sink.notes["category"] == (category == "other")


def test_constants_say_what_the_data_does_not(tmp_path: Path) -> None:
    """The mapping's colour is used where the notice has none, and gives the role; the data comes first."""
    mapping = b'[constants]\ncategory = "yellow"\nrequested_action = "tell the desk"\nsource_owner = "NCB"\n'
    red = {"entity_id": "2", "name": "IVO", "arrest_warrants": [{"issuing_country_id": "FR"}]}
    outcome = read(tmp_path, {"entity_id": "1", "name": "ARU"}, red, mapping=mapping)
    found = [(row["category"], row["role"], row["protective"], row["source_owner"]) for row in outcome.persons]
    assert found == [("yellow", "missing", True, "NCB"), ("red", "suspect", None, "FRA")]
    assert {row["requested_action"] for row in outcome.persons} == {"tell the desk"}
    for wrong in (b'[columns]\nname = "n"\n', b'[constants]\ncolour = "red"\n', b"constants = 1"):
        with pytest.raises(MappingError):
            read(tmp_path, {"entity_id": "1", "name": "ARU"}, mapping=wrong)


def test_a_notice_twice_is_kept_once_and_another_with_its_id_is_kept(tmp_path: Path) -> None:
    """Overlapping pages bring the same notice again: counted as dropped. Another text under one id is an entry."""
    one, again = {"entity_id": "1", "name": "ARU", "weight": 1}, {"weight": 1, "name": "ARU", "entity_id": "1"}
    outcome = read(tmp_path, one, again, {"entity_id": "1", "name": "ARU BEN"})
    assert [row["entry_id"] for row in outcome.persons] == ["1", "1#2"]
    assert outcome.sink.dropped == 1


def test_a_notice_without_id_or_name_is_a_reject(tmp_path: Path) -> None:
    """What cannot be named or found is counted with its reason and row."""
    overlong, number = {"entity_id": "x" * 300, "name": "A"}, {"entity_id": 7, "name": "ARU"}
    outcome = read(tmp_path, {"name": "ARU"}, {"entity_id": "1"}, overlong, number)
    assert outcome.rejects == [(1, "no_entry_id"), (2, "no_name"), (3, "no_entry_id")]
    assert [row["entry_id"] for row in outcome.persons] == ["7"]


def test_unreadable_values_are_kept_and_counted(tmp_path: Path) -> None:
    """An impossible date, an unknown country and an unreadable sex become null; their text stays."""
    notice = {"entity_id": "1", "name": "ARU", "date_of_birth": "1960/02/31", "sex_id": "Q"}
    further = {"nationalities": ["QQ", "NA"], "identity_documents": [{"type": "Passport"}, "none"]}
    outcome = read(tmp_path, {**notice, **further})
    person = outcome.persons[0]
    assert (person["birth_dates"], person["sex"], person["nationalities"]) == (None, None, ["NAM"])
    for text in ("1960/02/31", "sex: Q", "nationality: QQ", "none"):
        assert text in person["note"]
    assert {"birth_date", "sex", "nationality", "document"} <= set(outcome.sink.notes)


MEMBERS = (
    "entity_id", "forename", "name", "birth_name", "date_of_birth", "sex_id", "nationalities", "country_of_birth_id",
    "place_of_birth", "arrest_warrants", "un_reference", "aliases", "identity_documents", "name_in_original_script",
    "forename_in_original_script", "name_at_birth", "purposes", "associates", "_links", "_embedded", "height",
    "summary",
)  # fmt: skip
NESTED = [[[]], [None], [{}], {"a": {"b": [1]}}, [["x"]], {"self": {"href": 3}}]
WRONG = [7, 1.5, True, None, "", "\u202e", [], {}, *NESTED]


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize("wrong", WRONG, ids=map(str, range(len(WRONG))))
def test_a_wrong_type_anywhere_loses_nothing_else(tmp_path: Path, member: str, wrong: object) -> None:
    """Whatever a member holds, the notice is an entry or a reject, and its neighbour is read."""
    notice = {"entity_id": "1", "name": "ARU", "forename": "Ben", member: wrong}
    outcome = read(tmp_path, notice, {"entity_id": "2", "name": "IVO"})
    assert outcome.sink.entries + len(outcome.rejects) == 2 or (member, wrong) == ("_embedded", {})
    assert outcome.persons[-1]["entry_id"] == "2"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9999) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(MEMBERS), JSON))
def test_any_object_is_an_entry_or_a_reject(tmp_path_factory: pytest.TempPathFactory, notice: dict[str, Any]) -> None:
    """No combination of members makes the reader fail."""
    outcome = read(tmp_path_factory.mktemp("any"), {"entity_id": "z", "name": "LAST"}, notice)
    assert outcome.persons[0]["entry_id"] == "z"


def test_a_file_without_a_notice_is_refused(tmp_path: Path) -> None:
    """An empty page must not replace the list in force."""
    with pytest.raises(InputError, match="gives no entry"):
        read(tmp_path, {"total": 0, "_embedded": {"notices": []}})


def test_ten_thousand_members_and_a_huge_note_stay_bounded(tmp_path: Path) -> None:
    """A notice of very many members is read in one pass, and its note is cut and says so."""
    members = {f"member{count}": "x" * 20 for count in range(50_000)}
    outcome = read(tmp_path, {"entity_id": "1", "name": "ARU", **members})
    assert "[cut:" in outcome.persons[0]["note"]
    assert len(outcome.persons[0]["note"]) < 21_000
