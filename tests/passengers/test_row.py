"""One traveller, one row: what is read, what becomes a warning, and what alone is a reject."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.passengers.items import traveller_batch
from matcher.passengers.row import WARNINGS, traveller_row
from matcher.records import Document, Name, PartialDate, Traveller
from matcher.schema import TRAVELLER


def read(**fields: Any) -> dict[str, Any]:
    """Make the row of a traveller with a name and the given fields."""
    return traveller_row(Traveller(**{"names": ["ERIKSSON, Anna"], **fields}), 1)


def test_a_row_has_every_column_of_the_schema() -> None:
    """The row holds the columns of TRAVELLER, no more and no fewer."""
    assert list(read()) == TRAVELLER.names


def test_the_original_text_is_kept() -> None:
    """Names, place and document stay as typed but for the outer white space."""
    document = Document(" l898902c<3 ", "Utopia", "p<", "2030-01-01")
    row = read(
        names=["  ERIKSSON<<ANNA<MARIA ", Name(family="ÅS", given="Anna")],
        birth_place=" Göteborg ",
        documents=[document],
    )
    assert row["names"] == ["ERIKSSON<<ANNA<MARIA", "ÅS, Anna"]
    assert row["birth_place"] == "Göteborg"
    expected = {"number": "l898902c<3", "issuing_state": "Utopia", "type": "p<", "expires_on": "2030-01-01"}
    assert row["documents"] == [expected]


def test_the_whole_name_beside_its_parts_is_one_name() -> None:
    """A `Name` with whole and parts gives one text."""
    assert read(names=[Name(full="Anna Eriksson", family="Eriksson", given="Anna")])["names"] == ["Anna Eriksson"]


@pytest.mark.parametrize(
    ("given_date", "expected"),
    [
        ("1974-08-12", (1974, 8, 12)),
        ("1974-8-2", (1974, 8, 2)),
        ("1974", (1974, None, None)),
        ("7408<<", (1974, 8, None)),
        (PartialDate(1974, 8), (1974, 8, None)),
    ],
)
def test_birth_dates_in_every_form(given_date: str | PartialDate, expected: tuple[int | None, ...]) -> None:
    """ISO parts, the six characters and partial dates are read without a warning."""
    row = read(birth_date=given_date)
    assert tuple(row["birth_date"][part] for part in ("year", "month", "day")) == expected
    assert row["warnings"] is None


@pytest.mark.parametrize(
    "impossible",
    ["1990-02-31", "31 Feb", "2999-01-01", "x" * 500_000, PartialDate(1990, 2, 31), PartialDate(1380, 5, 1)],
)
def test_an_impossible_birth_date_is_null_with_a_warning(impossible: str | PartialDate) -> None:
    """The date becomes null, the warning says so, and the row still goes through."""
    row = read(birth_date=impossible)
    assert row["birth_date"] is None
    assert row["warnings"] == ["birth_date_unreadable"]
    assert row["reject_reason"] is None


@pytest.mark.parametrize("nothing", [None, "", "  ", "<<<<<<", PartialDate()])
def test_a_birth_date_that_is_not_given_is_no_warning(nothing: str | PartialDate | None) -> None:
    """Missing is not wrong."""
    assert read(birth_date=nothing)["warnings"] is None


def test_unknown_codes_are_null_with_warnings() -> None:
    """Sex, nationality and source that mean nothing become null, each with its warning, in fixed order."""
    row = read(sex="blue", nationalities=["Ruritania"], source="rumour", birth_date="never")
    assert [row[field] for field in ("sex", "nationalities", "source", "birth_date")] == [None] * 4
    assert row["warnings"] == ["birth_date_unreadable", "nationality_unknown", "sex_unknown", "source_unknown"]
    assert set(row["warnings"]) <= set(WARNINGS)
    assert row["reject_reason"] is None


def test_nationalities_are_codes_in_order_and_once() -> None:
    """Names and codes become alpha-3; a known one beside an unknown one stays; `XXX` is not given."""
    row = read(nationalities=["Swedish", "no", "SWE", "Ruritania", "", "XXX"])
    assert row["nationalities"] == ["SWE", "NOR"]
    assert row["warnings"] == ["nationality_unknown"]
    assert read(nationalities=["XXX"])["nationalities"] is None


def test_only_a_traveller_without_letter_and_document_is_a_reject() -> None:
    """A document alone or a single letter is enough; digits, dots or an empty number are not."""
    assert read(names=[], documents=[Document("X1")])["reject_reason"] is None
    assert read(names=["ق"])["reject_reason"] is None
    for names in ([], ["..."], ["123"], ["  "]):
        assert read(names=names, documents=[Document("-"), Document(" ")])["reject_reason"] == "no_name_or_document"


def test_the_reference_is_the_callers_else_the_row_number() -> None:
    """A blank reference is none."""
    assert read(reference=" x7 ")["reference"] == "x7"
    assert read(reference=" ")["reference"] == "1"
    assert traveller_row(Traveller(), 12)["reference"] == "12"


def test_more_than_a_megabyte_is_a_reject() -> None:
    """A traveller of over a million characters is rejected, wherever they stand."""
    long = "A" * 600_000
    for fields in (
        {"names": [long, long]},
        {"names": [long], "documents": [Document(long)]},
        {"birth_place": long * 2},
    ):
        row = read(**fields)
        assert row["reject_reason"] == "field_too_long"
        assert row["names"] is None
    assert read(names=[long])["reject_reason"] is None


def test_hostile_characters_go_through() -> None:
    """A NUL byte, bidi controls and half a surrogate pair can be written to Arrow and lose no row."""
    row = read(names=["AN\x00NA \u202eERIKSSON", "\ud800Anna"], birth_place="\udfff")
    batch = traveller_batch([row])
    assert batch.num_rows == 1
    assert batch.column("names")[0].as_py()[0] == "AN\x00NA \u202eERIKSSON"


TEXTS = st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["male", "1974-08-12", "se", "<", "XXX"]))


@settings(max_examples=150)
@given(st.lists(st.text(max_size=12), max_size=3), TEXTS, TEXTS, st.lists(st.text(max_size=8), max_size=2), TEXTS)
def test_any_traveller_gives_a_row_that_arrow_holds(
    names: list[str], date: str | None, sex: str | None, nationalities: list[str], place: str | None
) -> None:
    """No text breaks the row, and a row made of its own values is itself: normalising twice changes nothing."""
    row = traveller_row(Traveller(names, date, sex, nationalities, place), 3)
    assert traveller_batch([row]).to_pylist() == [row]
    again = traveller_row(Traveller(row["names"], None, row["sex"], row["nationalities"] or (), row["birth_place"]), 3)
    same = ("reference", "names", "sex", "nationalities", "birth_place", "reject_reason")
    assert [again[field] for field in same] == [row[field] for field in same]
