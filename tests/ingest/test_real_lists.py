"""The real lists: exact counts, and floors for what is read of dates and documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.reading import SHARED, Outcome, needs_shared, read_paths

pytestmark = [needs_shared, pytest.mark.shared]
MAPPING = Path(__file__).resolve().parents[2] / "data" / "mappings" / "eu.toml"


def share_with(outcome: Outcome, column: str) -> float:
    persons = [row for row in outcome.persons if row["kind"] == "person"]
    return sum(bool(row[column]) for row in persons) / len(persons)


@pytest.mark.parametrize(("day", "persons", "organisations"), [("2018-10-29", 703, 390), ("2026-02-27", 730, 273)])
def test_the_un_list(day: str, persons: int, organisations: int) -> None:
    """Every person and entity is an entry, nothing is rejected, almost all birth dates are read."""
    outcome = read_paths("un-sc-xml", [SHARED / "un" / f"consolidated_{day}.xml"])
    assert dict(outcome.sink.by_kind) == {"person": persons, "organisation": organisations}
    assert (outcome.rejects, str(outcome.sink.as_of)[:10]) == ([], day)
    assert share_with(outcome, "birth_dates") > 0.92
    assert len(outcome.documents) > 410
    assert outcome.sink.notes["birth_date"] <= 4


@pytest.mark.parametrize(
    ("year", "kinds"),
    [
        ("2019", {"person": 3845, "organisation": 2994, "conveyance": 540}),
        ("2021", {"person": 4620, "organisation": 3673, "conveyance": 683}),
    ],
)
def test_the_ofac_list(year: str, kinds: dict[str, int]) -> None:
    """8,976 rows of 2021 and 7,379 of 2019 are entries; dates and passports of the remarks are read."""
    outcome = read_paths("ofac-sdn-csv", [SHARED / "ofac" / f"{name}_{year}.csv" for name in ("add", "sdn", "alt")])
    assert dict(outcome.sink.by_kind) == kinds
    assert outcome.rejects == []
    assert share_with(outcome, "birth_dates") > 0.95
    assert outcome.sink.notes["birth_date"] < 0.01 * kinds["person"]
    assert sum(row["type"] == "P" for row in outcome.documents) > 1_200


def test_the_eu_tables_with_the_shipped_mapping() -> None:
    """8,017 rows, 4,500 persons, nothing rejected; dates and passports are read in at least 99 of 100 cells."""
    outcome = read_paths("mapped-csv", sorted((SHARED / "eu").glob("*.csv")), MAPPING.read_bytes())
    assert dict(outcome.sink.by_kind) == {"person": 4500, "organisation": 2780, "conveyance": 737}
    assert (outcome.rejects, outcome.sink.dropped) == ([], 0)
    assert len({row["entry_id"] for row in outcome.persons}) == 8017
    assert sum(bool(row["birth_dates"]) for row in outcome.persons) >= 3843  # of 3,850 cells
    assert outcome.sink.notes["birth_date"] <= 20
    assert outcome.sink.notes["document"] <= 6  # of 951 cells
    assert len(outcome.documents) > 1_100
    kinds = [name["kind"] for row in outcome.persons for name in row["names"]]
    assert kinds.count("original_script") > 3_700
