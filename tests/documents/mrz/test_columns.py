"""Columns of zones equal the scalar parser, row by row, whatever stands in them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.documents.mrz import MRZ_TABLE, make_mrz, parse_mrz_column
from matcher.documents.mrz import columns as columns_module
from matcher.documents.mrz.columns import mrz_row
from matcher.documents.mrz.layout import ALPHABET
from matcher.documents.mrz.parse import parse_many
from matcher.errors import ColumnTypeError, InputError
from tests.documents.mrz.zones import ALL, TD3, TODAY, documents, read_vectors, spellings


def scalar_table(texts: list[str | None]) -> pa.Table:
    """The twin: every row through the scalar parser."""
    rows: list[dict[str, Any]] = []
    for text in texts:
        if text is None:
            rows.append({"error": "missing"})
            continue
        try:
            found = parse_many(text, today=TODAY)
        except InputError:
            rows.append({"error": "no_zone"})
            continue
        rows.append(mrz_row(found[0]) if len(found) == 1 else {"error": "several_zones"})
    return pa.Table.from_pylist(rows, schema=MRZ_TABLE)


def _assert_equal(texts: list[str | None]) -> None:
    found = parse_mrz_column(pa.array(texts, pa.large_string()), today=TODAY)
    expected = scalar_table(texts)
    found.validate(full=True)
    assert found.schema == MRZ_TABLE
    assert found.to_pylist() == expected.to_pylist()


@st.composite
def zones(draw: st.DrawFn) -> str | None:
    """A zone, written in some way, perhaps spoilt; or no zone."""
    if draw(st.integers(0, 19)) == 0:
        return draw(st.sampled_from([None, "", "no zone", f"{TD3}\n{TD3}", TD3.lower(), TD3[:-1]]))
    try:
        text = make_mrz(draw(documents()), draw(spellings))
    except InputError:
        text = TD3
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        place = draw(st.integers(0, len(text) - 1))
        if text[place] != "\n":
            text = text[:place] + draw(st.sampled_from(ALPHABET)) + text[place + 1 :]
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n", ""]))) + draw(st.sampled_from(["", "\n"]))


@settings(max_examples=80)
@given(st.lists(zones(), max_size=25))
def test_columns_equal_the_scalar_parser(texts: list[str | None]) -> None:
    """Formats, line ends, long numbers, unknown dates, Arabic names and corruption mixed in one column."""
    _assert_equal(texts)


def test_every_one_character_change_of_every_format_reads_the_same_both_ways() -> None:
    """Each position of each format made into a filler, a digit and a letter."""
    texts: list[str | None] = [
        zone[:place] + letter + zone[place + 1 :]
        for zone in ALL.values()
        for place in range(len(zone))
        for letter in "<3X"
        if zone[place] != "\n"
    ]
    _assert_equal(texts)


def test_the_published_specimens_read_the_same_both_ways() -> None:
    """The vector file through a column, in several pieces and sliced."""
    texts: list[str | None] = [row["zone"].replace("|", "\n") for row in read_vectors("mrz_specimens.tsv")]
    _assert_equal(texts)
    whole = pa.chunked_array([pa.array(texts[:7]), pa.array(texts[7:])])
    assert parse_mrz_column(whole.slice(3), today=TODAY).to_pylist() == scalar_table(texts[3:]).to_pylist()


def test_regular_rows_are_not_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The quick way is taken for every well-formed format: else the speed would be a story."""
    monkeypatch.setattr(columns_module, "_row", lambda text, today: pytest.fail("a regular zone went the slow way"))
    texts = [zone.replace("\n", end) for zone in ALL.values() for end in ("\n", "\r\n", "")]
    assert parse_mrz_column(texts, today=TODAY).column("valid").to_pylist() == [True] * len(texts)


@pytest.mark.parametrize("texts", [[], [None], ["", None, "x"]])
def test_empty_columns_and_rows_without_a_zone(texts: list[str | None]) -> None:
    """No rows, nulls and rubbish give a table of the same schema with an error a row."""
    found = parse_mrz_column(texts, today=TODAY)
    assert (found.schema, found.num_rows) == (MRZ_TABLE, len(texts))
    assert None not in found.column("error").to_pylist()


@pytest.mark.parametrize("column", [[1, 2], pa.array([1.5]), [b"\xff"]])
def test_a_column_of_another_type_is_refused(column: Any) -> None:
    """Numbers and bytes that are no text are a ColumnTypeError."""
    with pytest.raises(ColumnTypeError):
        parse_mrz_column(column, today=TODAY)
