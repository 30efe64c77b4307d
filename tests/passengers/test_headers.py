"""Headers: known ones in any writing, others by a mapping, and a clear refusal when none is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.errors import InputError, MappingError
from matcher.passengers.headers import known_fields, place_fields, read_mapping


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("full_name", "full_name"),
        ("Full Name", "full_name"),
        ("FULLNAME", "full_name"),
        ("first_name", "given_name"),
        ("Given Names", "given_name"),
        ("surname", "family_name"),
        ("FamilyName", "family_name"),
        ("DateOfBirth", "birth_date"),
        ("DOB", "birth_date"),
        ("date-of-birth", "birth_date"),
        ("Gender", "sex"),
        ("passport_number", "document_number"),
        ("Passport No.", "document_number"),
        ("document_country", "issuing_state"),
        ("issuing_state", "issuing_state"),
        ("nationality", "nationality"),
        ("place_of_birth", "birth_place"),
        ("PNR", "reference"),
        ("الجنسية", "nationality"),
    ],
)
def test_a_header_is_known_in_any_writing(header: str, field: str) -> None:
    """Case, spaces, underscores, hyphens, dots and camel case don't matter."""
    assert place_fields(["names", header] if field != "full_name" else [header], what="t")[field][-1] >= 0


def test_the_preferred_of_two_headers_counts() -> None:
    """Where a field has several columns the first of the header table counts; numbers take them all."""
    placed = place_fields(["pnr", "id", "reference", "name", "passport_number", "document_number"], what="t")
    assert placed["reference"] == [2]
    assert placed["document_number"] == [5, 4]


def test_a_mapping_names_other_headers_and_wins() -> None:
    """A mapped field is taken from its column alone, in any writing; other fields are still found."""
    placed = place_fields(["full_name", "Naam", "dob"], {"full_name": "naam"}, what="t")
    assert placed == {"full_name": [1], "birth_date": [2]}


def test_no_known_column_is_refused_with_count_and_rule() -> None:
    """The message names the number of columns, the rule and what to do."""
    with pytest.raises(InputError, match=r"list\.csv has 2 columns and none is known .* mapping"):
        place_fields(["foo", "bar"], what="list.csv")
    with pytest.raises(InputError):
        place_fields(["sex", "nationality"], what="list.csv")  # nothing that a traveller could be found by


def test_two_columns_with_one_header_are_refused() -> None:
    """A file with `name` twice can't be read without a mapping: neither column is dropped silently."""
    with pytest.raises(InputError, match="two columns"):
        place_fields(["Name", "name"], what="t")


@pytest.mark.parametrize(
    "content",
    [
        "[columns]\nshoe = 'x'",
        "[other]\na = 'b'",
        "columns = 3",
        "not toml",
        "[columns]\nsex = 4",
        "[columns]\nsex = ['a', 'b']",
    ],
)
def test_a_bad_mapping_file_is_refused(tmp_path: Path, content: str) -> None:
    """Not TOML, another table, an unknown field or another kind of value: one line, MappingError."""
    path = tmp_path / "map.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(MappingError) as caught:
        read_mapping(path)
    assert "\n" not in str(caught.value)


def test_a_mapped_column_that_is_missing_is_refused() -> None:
    """A mapping to a column that isn't there is an error, not a field without values."""
    with pytest.raises(MappingError, match="no column"):
        place_fields(["name"], {"sex": "geslacht"}, what="t")


def test_fields_are_listed_for_messages() -> None:
    """The fields that a mapping may name are those of the table."""
    assert {"full_name", "birth_date", "document_number", "reference"} <= set(known_fields())
