"""JSON Lines: both forms of objects, and every line that is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.errors import InputError
from matcher.passengers import describe_travellers, read_travellers, traveller_row
from matcher.records import Document, Name, Traveller

ZONE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"


def read(folder: Path, lines: list[Any]) -> list[dict[str, Any]]:
    """Write lines (objects as JSON, texts as they are) and return their TRAVELLER rows."""
    path = folder / "list.jsonl"
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines), encoding="utf-8")
    rows: list[dict[str, Any]] = read_travellers(path).read_all().to_pylist()
    return rows


def test_both_forms_equal_the_traveller_that_a_caller_makes(tmp_path: Path) -> None:
    """An object in the API's form and a flat one give the row of the same traveller (rule 1)."""
    shaped = {
        "reference": "r1",
        "names": [{"family": "ERIKSSON", "given": "Anna"}],
        "birth_date": "1974-08-12",
        "sex": "female",
        "nationalities": ["Sweden"],
        "documents": [{"number": "L898902C3", "issuing_state": "UTO", "type": "P"}],
    }
    flat = {
        "PNR": "r1",
        "surname": "ERIKSSON",
        "firstName": "Anna",
        "dob": {"year": 1974, "month": 8, "day": 12},
        "sex": "female",
        "nationality": ["Sweden"],
        "passportNumber": "L898902C3",
        "issuer": "UTO",
        "documentType": "P",
    }
    one = Traveller(
        [Name(family="ERIKSSON", given="Anna")],
        "1974-08-12",
        "female",
        ["Sweden"],
        documents=[Document("L898902C3", "UTO", "P")],
        reference="r1",
    )
    assert read(tmp_path, [shaped, flat]) == [traveller_row(one, 1), traveller_row(one, 2)]


def test_each_object_may_have_other_keys(tmp_path: Path) -> None:
    """Columns are placed for every set of keys; an object without a known one is a reject."""
    rows = read(tmp_path, [{"name": "Anna"}, {"dob": 1975, "full_name": "Berit"}, {"shoe": 44}, {"name": "Cilla"}])
    assert [row["reject_reason"] or row["names"][0] for row in rows] == [
        "Anna",
        "Berit",
        "row_has_no_known_field",
        "Cilla",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "null",
        "3",
        '["a"]',
        '"a"',
        '{"name": NaN}',
        '{"name": 1e999}',
        "x",
        '{"name":"A"}{"name":"B"}',
        "[" * 5_000,
    ],
)
def test_a_line_that_is_no_object_is_a_reject_alone(tmp_path: Path, line: str) -> None:
    """The lines around it go through."""
    rows = read(tmp_path, [{"name": "Anna"}, line, "", "  ", {"name": "Berit"}])
    assert [row["reject_reason"] or row["names"][0] for row in rows] == ["Anna", "row_is_not_a_json_object", "Berit"]


@pytest.mark.parametrize(
    "content", ["", "\n \n", '[\n{"name": "Anna"}\n]', "name,dob\nAnna,1974\n", '{"shoe": 44}', "PK\x03\x04"]
)
def test_what_is_no_such_file_is_refused_in_one_line(tmp_path: Path, content: str) -> None:
    """Empty, one array, another format, nothing known, binary."""
    path = tmp_path / "list.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=";"):
        read_travellers(path)


def test_values_of_any_type_make_no_row_fail(tmp_path: Path) -> None:
    """What has a type that a field can't have says nothing, or is a warning; the rest of the object counts."""
    odd = {
        "reference": 17,
        "names": ["Anna", 5, None, {"given": ["x"]}, []],
        "birth_date": {"year": "1974"},
        "sex": ["F"],
        "nationalities": "SWE",
        "documents": [None, "X1", {"number": 123}, {"number": {"a": 1}}],
        "verified": "yes",
    }
    row = read(tmp_path, [odd])[0]
    assert (row["reference"], row["names"][:2], row["nationalities"]) == ("17", ["Anna", "5"], ["SWE"])
    assert [document["number"] for document in row["documents"]] == ["123"]
    assert row["verified"] is None
    assert "birth_date_unreadable" in row["warnings"]


def test_a_zone_stands_in_either_form(tmp_path: Path) -> None:
    """The key `mrz` is read alone, beside other keys and in the API's form."""
    rows = read(tmp_path, [{"mrz": ZONE}, {"mrz": ZONE, "PNR": "r2"}, {"names": [], "mrz": ZONE}, {"mrz": "P<UTO"}])
    assert [row["reject_reason"] or row["documents"][0]["number"] for row in rows] == ["L898902C3"] * 3 + [
        "mrz_unreadable"
    ]
    assert rows[1]["reference"] == "r2"


def test_the_description_names_keys_of_the_first_object(tmp_path: Path) -> None:
    """Known keys by field, the others as they are."""
    read(tmp_path, [{"name": "Anna", "seat": "12A"}])
    found = describe_travellers(tmp_path / "list.jsonl")
    assert (found.format, found.recognised, found.unrecognised) == ("jsonl", {"name": ("name",)}, ("seat",))
    read(tmp_path, [{"names": ["Anna"], "seat": "12A"}])
    assert describe_travellers(tmp_path / "list.jsonl").unrecognised == ("seat",)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["names", "name", "birth_date", "dob", "sex", "nationalities", "documents", "verified", "mrz", "x"]
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(KEYS, JSON, max_size=5), max_size=5))
def test_any_objects_give_one_row_each(tmp_path: Path, objects: list[dict[str, Any]]) -> None:
    """Whatever the values, an object is a row, read or rejected."""
    assert len(read(tmp_path, [{"name": "Anna"}, *objects])) == len(objects) + 1
