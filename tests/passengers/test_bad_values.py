"""Bad values are reported beside the answer, whichever way they come, and what contradicts a zone is said."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import matcher
from matcher.dates import FROM_ISLAMIC
from matcher.passengers import read_travellers, traveller_row, travellers_from_flat
from matcher.passengers.contradictions import contradictions
from matcher.records import PartialDate, Traveller
from matcher.schema import TRAVELLER

TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"
NEXT_YEAR = str(datetime.date.today().year + 1)
BAD: list[tuple[str, str, str]] = [
    ("birth_date", "1990-02-31", "birth_date_unreadable"),
    ("birth_date", "31/13/1990", "birth_date_unreadable"),
    ("birth_date", f"{NEXT_YEAR}-06-01", "birth_date_unreadable"),
    ("birth_date", NEXT_YEAR, "birth_date_unreadable"),
    ("birth_date", "1790-05-06", "birth_date_unreadable"),
    ("birth_date", "born", "birth_date_unreadable"),
    ("sex", "Q", "sex_unknown"),
    ("sex", "3", "sex_unknown"),
    ("nationality", "Ruritania", "nationality_unknown"),
    ("nationality", "QZZ", "nationality_unknown"),
]


def of_file(path: Path, text: str) -> dict[str, Any]:
    path.write_text(text, "utf-8")
    rows = read_travellers(path).read_all().to_pylist()
    assert len(rows) == 1
    return dict(rows[0])


@pytest.mark.parametrize(("field", "value", "warning"), BAD)
def test_a_bad_value_is_null_and_named_on_every_way_in(tmp_path: Path, field: str, value: str, warning: str) -> None:
    """CSV, JSON Lines and a single traveller: the value is null, the warning stands beside it, the row is screened."""
    many = field == "nationality"
    fields: Mapping[str, Any] = {"nationalities": [value]} if many else {field: value}
    rows = [
        of_file(tmp_path / "one.csv", f"full_name,{field}\nOmar Haddad,{value}\n"),
        of_file(tmp_path / "one.jsonl", json.dumps({"names": ["Omar Haddad"], **fields}) + "\n"),
        traveller_row(Traveller(names=["Omar Haddad"], **fields), 1),
    ]
    for row in rows:
        assert not row["nationalities" if many else field]
        assert (row["warnings"], row["reject_reason"]) == ([warning], None)


@pytest.mark.parametrize(
    "parts",
    [
        {"year": 3000, "month": 2, "day": 3},
        {"year": 1790, "month": None, "day": None},
        {"year": 1990, "month": 2, "day": 31},
        {"year": 1990, "month": 13, "day": None},
        {"year": 1990, "year_to": 1980},
        {"year": 1980, "month": 2, "day": 3, "calendar": "mayan"},
        {"year": 1980, "month": 2, "day": 31, "calendar": FROM_ISLAMIC},
    ],
)
def test_a_table_of_travellers_is_checked_as_a_file_is(parts: dict[str, Any]) -> None:
    """Arrow rows that claim to be TRAVELLER hold no date that never was; nothing is dropped silently."""
    date = {**dict.fromkeys(["year", "month", "day", "calendar", "year_to"]), "approximate": False, **parts}
    row = {**dict.fromkeys(TRAVELLER.names), "reference": "1", "names": ["Omar Haddad"], "birth_date": date, "sex": "Q"}
    table = pa.Table.from_pylist([row], schema=TRAVELLER)
    (read,) = travellers_from_flat(table).read_all().to_pylist()
    assert (read["birth_date"], read["sex"]) == (None, None)
    assert read["warnings"] == ["birth_date_unreadable", "sex_unknown"]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"birth_date": "1974-08-12", "sex": "female", "nationality": "UTO"}, None),
        ({"birth_date": "1974-08-13"}, ["birth_date_differs_from_mrz"]),
        ({"birth_date": "1974"}, None),
        ({"birth_date": "12/08/1974"}, None),  # either order: only the year is sure
        ({"birth_date": "03/04/1975"}, ["birth_date_differs_from_mrz"]),
        ({"birth_date": "1394-07-25"}, None),  # the lunar day two days off
        ({"birth_date": "1394-08-25"}, ["birth_date_differs_from_mrz"]),
        ({"birth_date": "1990-02-31"}, ["birth_date_unreadable"]),
        ({"sex": "M"}, ["sex_differs_from_mrz"]),
        ({"sex": "X"}, None),
        ({"sex": "blue"}, ["sex_unknown"]),
        ({"nationality": "Sweden"}, ["nationality_differs_from_mrz"]),
        ({"nationality": "Sweden;Utopia"}, None),
        ({"nationality": "Ruritania"}, ["nationality_unknown"]),
    ],
)
def test_contradictions_between_a_zone_and_typed_columns(
    tmp_path: Path, columns: dict[str, str], expected: list[str] | None
) -> None:
    """The zone counts; what the columns say otherwise is named, and so is what they say that means nothing."""
    header, values = ",".join(["full_name", "mrz", *columns]), ",".join(["Anna Maria Eriksson", TD3, *columns.values()])
    row = of_file(tmp_path / "one.csv", f"{header}\n{values}\n")
    assert row["warnings"] == expected
    assert (row["birth_date"]["day"], row["sex"], row["nationalities"]) == (12, "F", ["UTO"])


def test_missing_parts_and_ranges_contradict_nothing() -> None:
    """What either side lacks is no contradiction (rule 7); a range is one where the year lies outside."""
    zone = Traveller(birth_date=PartialDate(1974, 8), sex="F", nationalities=["SWE"])
    for date in (PartialDate(1974, 8, 3), PartialDate(None, 8, 3), PartialDate(1960, approximate=True), None, " "):
        assert contradictions(zone, Traveller(birth_date=date)) == []
    assert contradictions(zone, Traveller(birth_date=PartialDate(1970, year_to=1980))) == []
    assert contradictions(zone, Traveller(birth_date=PartialDate(1975, year_to=1980))) == [
        "birth_date_differs_from_mrz"
    ]
    assert contradictions(Traveller(), Traveller(birth_date="1974", sex="M", nationalities=["SWE"])) == []


def test_a_lookup_carries_the_warnings_of_what_it_could_not_use(tmp_path: Path) -> None:
    """`decision.warnings` names every value left out, and the decision is made without them."""
    store = matcher.Store(tmp_path / "lists.store")
    (tmp_path / "list.csv").write_text("name,dob\nOmar Haddad,1960-08-31\n", "utf-8")
    (tmp_path / "list.toml").write_text('[columns]\nname = "name"\nbirth_date = "dob"\n', "utf-8")
    store.import_list("test", format="mapped-csv", path=tmp_path / "list.csv", mapping=tmp_path / "list.toml")
    asked = Traveller(
        names=["Omar Haddad"], birth_date="1790-08-31", sex="Q", nationalities=["QZZ", "LBN"], source="hearsay"
    )
    decision = store.open().lookup(asked)
    expected = ("birth_date_unreadable", "nationality_unknown", "sex_unknown", "source_unknown")
    assert tuple(decision.warnings) == expected
    assert decision.outcome != "no_match"
