"""Flat cells: what a spreadsheet would run is escaped, and every column of the table has its place."""

from __future__ import annotations

import datetime
import json

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.output.cells import RUN_BY_SPREADSHEETS, escape, lay_out, write_value
from matcher.schema import DECISION, DOCUMENT_MATCH, TRAVELLER

ATTACKS = [
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_formula_is_text_after_escaping(attack: str) -> None:
    """A text that a spreadsheet would run begins with an apostrophe and is whole behind it."""
    assert write_value(attack) == f"'{attack}"


@pytest.mark.parametrize("harmless", ["Anna", "", "'=1", "O'Connor", "a=b", "١٢٣", " =1"])
def test_other_text_is_left_alone(harmless: str) -> None:
    """Nothing else is reformatted."""
    assert escape(harmless) == harmless


def test_negative_numbers_are_numbers() -> None:
    """Numeric cells are never escaped, whatever their sign."""
    assert [write_value(value) for value in (-5, -5.25, 0.0, True, None)] == ["-5", "-5.25", "0.0", "true", ""]


def test_instants_are_iso() -> None:
    """An instant keeps its zone and microseconds."""
    instant = datetime.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=datetime.UTC)
    assert write_value(instant) == "2026-01-02T03:04:05.000006+00:00"


@settings(max_examples=100)
@given(st.text(max_size=10))
def test_no_text_comes_out_runnable(text: str) -> None:
    """Whatever the text, its cell doesn't begin with a sign that is run."""
    assert not write_value(text).startswith(RUN_BY_SPREADSHEETS)


def test_a_decision_is_laid_out_flat() -> None:
    """The best match's columns, the counts and the whole nesting as JSON stand in fixed order."""
    names = list(lay_out(DECISION))
    assert names[:6] == ["reference", "outcome", "match_weight", "list_id", "entry_id", "channel"]
    best = {"n_matches", "match_probability", "category", "role", "protective", "requested_action", "contact", "status"}
    assert best < set(names)
    assert {"matches", "matches_over_limit", "warnings", "reject_reason", "snapshot_id", "decided_at"} < set(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("schema", [DECISION, TRAVELLER, DOCUMENT_MATCH])
def test_every_schema_can_be_laid_out_with_nulls(schema: pa.Schema) -> None:
    """A row of nulls gives a text for every column and raises nothing."""
    row = dict.fromkeys(schema.names)
    cells = {name: cell(row) for name, cell in lay_out(schema).items()}
    assert {value for name, value in cells.items() if not name.startswith("n_")} <= {"", "[]"}


def test_nested_lists_are_json_and_count() -> None:
    """A list of structs gives its count and JSON that reads back to the very value."""
    schema = pa.schema([("parts", pa.list_(pa.struct([("text", pa.string())])))])
    row = {"parts": [{"text": "=1+1"}, {"text": "ق"}]}
    cells = {name: cell(row) for name, cell in lay_out(schema).items()}
    assert cells["n_parts"] == "2"
    assert json.loads(cells["parts"]) == row["parts"]
