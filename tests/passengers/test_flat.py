"""Tables of travellers: flat or TRAVELLER-shaped, every row comes out once and in order."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import ColumnTypeError, InputError
from matcher.passengers.flat import travellers_from_flat
from matcher.passengers.row import traveller_row
from matcher.records import Document, Traveller
from matcher.schema import TRAVELLER


def rows(columns: Mapping[str, Sequence[Any]], **options: Any) -> list[dict[str, Any]]:
    """Read a table of columns and return its TRAVELLER rows."""
    result: list[dict[str, Any]] = travellers_from_flat(pa.table(columns), **options).read_all().to_pylist()
    return result


def test_the_whole_name_wins_over_its_parts() -> None:
    """`full_name` beside its parts is one name; without it the parts make `FAMILY, GIVEN MIDDLE`."""
    columns: dict[str, list[str | None]] = {
        "full_name": ["Anna Maria Eriksson", "", None],
        "first_name": ["Anna", "Anna", None],
        "middle_name": ["Maria", "Maria", None],
        "last_name": ["Eriksson", "Eriksson", "Eriksson"],
    }
    names = [row["names"] for row in rows(columns)]
    assert names == [["Anna Maria Eriksson"], ["Eriksson, Anna Maria"], ["Eriksson"]]


def test_name_beside_surname_is_the_given_name() -> None:
    """A header `name` beside a surname is the given name unless it holds the surname already."""
    columns = {"name": ["Anna", "Anna Eriksson"], "surname": ["Eriksson", "ERIKSSON"]}
    assert [row["names"] for row in rows(columns)] == [["Eriksson, Anna"], ["Anna Eriksson"]]


def test_a_row_of_a_table_equals_a_single_traveller() -> None:
    """A flat row gives the very row that `traveller_row` gives for the same traveller (rule 1)."""
    flat = rows(
        {
            "name": ["ERIKSSON, Anna"],
            "sex": ["female"],
            "dob": ["1974-08-12"],
            "nationality": ["Sweden; NOR|dk"],
            "passport_number": ["L898902C3"],
            "issuing_state": ["UTO"],
            "document_type": ["P"],
            "birth_place": ["Lund"],
        }
    )
    document = Document("L898902C3", "UTO", "P")
    nationalities = ["Sweden", "NOR", "dk"]
    one = Traveller(["ERIKSSON, Anna"], "1974-08-12", "female", nationalities, "Lund", documents=[document])
    assert flat == [traveller_row(one, 1)]
    assert flat[0]["nationalities"] == ["SWE", "NOR", "DNK"]


def test_two_document_columns_are_two_documents() -> None:
    """Both numbers are kept; the issuer belongs to the preferred one."""
    columns = {"document_number": ["A1", "A1"], "passport_number": ["B2", "A1"], "issuing_state": ["SWE", "SWE"]}
    first, second = rows(columns)
    assert [(item["number"], item["issuing_state"]) for item in first["documents"]] == [("A1", "SWE"), ("B2", None)]
    assert len(second["documents"]) == 1


def test_values_of_other_arrow_types_are_read() -> None:
    """Dates, instants, whole numbers, floats, dictionaries and lists in a flat table are their text."""
    columns = {
        "name": pa.array(["Anna"]).dictionary_encode(),
        "dob": pa.array([datetime.date(1974, 8, 12)]),
        "id": pa.array([17.0]),
        "passport_number": pa.array([123456]),
        "nationality": pa.array([["SE", "NO"]]),
    }
    row = travellers_from_flat(pa.table(columns)).read_all().to_pylist()[0]
    assert (row["reference"], row["nationalities"], row["birth_date"]["day"]) == ("17", ["SWE", "NOR"], 12)
    assert row["documents"][0]["number"] == "123456"


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_every_string_type_is_taken(kind: pa.DataType) -> None:
    """string, large_string and string_view give large_string (rule 13)."""
    table = pa.table({"name": pa.array(["Anna"], kind)})
    assert travellers_from_flat(table).read_all().schema.equals(TRAVELLER)


def test_batch_table_reader_and_polars_frame_are_taken() -> None:
    """A batch gives a batch, everything else a reader; the rows are the same."""
    batch = pa.record_batch({"name": ["Anna", "Berit"]})
    direct = travellers_from_flat(batch)
    assert isinstance(direct, pa.RecordBatch)
    table = pa.Table.from_batches([batch])
    for source in (table, table.to_reader(), pl.DataFrame({"name": ["Anna", "Berit"]})):
        assert travellers_from_flat(source).read_all().to_pylist() == direct.to_pylist()
    with pytest.raises(ColumnTypeError):
        travellers_from_flat([{"name": "Anna"}])


def test_first_row_counts_references_on() -> None:
    """`first_row` is the reference of the first row without one."""
    assert [row["reference"] for row in rows({"name": ["A", "B"]}, first_row=8)] == ["8", "9"]


def test_a_table_without_known_columns_is_refused_at_once() -> None:
    """The columns are checked before the first batch is asked for."""
    with pytest.raises(InputError):
        travellers_from_flat(pa.table({"foo": ["x"]}))


def test_a_traveller_table_passes_through_unchanged() -> None:
    """Reading what was read changes nothing, warnings and rejects included."""
    first = travellers_from_flat(
        pa.table({"name": ["Anna", "...", "Berit"], "dob": ["1974-02-31", "", "1974"], "passport": ["", "", "X1"]})
    ).read_all()
    assert [row["reject_reason"] for row in first.to_pylist()] == [None, "no_name_or_document", None]
    assert travellers_from_flat(first).read_all().equals(first)
    assert travellers_from_flat(travellers_from_flat(first)).read_all().equals(first)


def test_a_traveller_table_may_lack_columns_and_hold_plain_values() -> None:
    """Missing columns are null, a text birth date and words for sex and nationality are read."""
    table = pa.table(
        {
            "names": [["Anna", None], [], None],
            "birth_date": ["1974-08-12", None, ""],
            "nationalities": [["Swedish"], ["Ruritania"], None],
            "sex": ["female", "blue", None],
            "documents": pa.array([None, [{"number": "X1"}], []], pa.list_(pa.struct([("number", pa.string())]))),
        }
    )
    first, second, third = travellers_from_flat(table).read_all().to_pylist()
    assert (first["names"], first["birth_date"]["year"], first["nationalities"]) == (["Anna"], 1974, ["SWE"])
    assert second["warnings"] == ["nationality_unknown", "sex_unknown"]
    assert second["documents"] == [{"number": "X1", "issuing_state": None, "type": None, "expires_on": None}]
    assert third["reject_reason"] == "no_name_or_document"


@pytest.mark.parametrize(
    "columns",
    [
        {"names": [[1]]},
        {"names": [["A"]], "birth_date": [5]},
        {"names": [["A"]], "documents": [["X1"]]},
        {"names": [["A"]], "sex": [["M"]]},
        {"names": [["A"]], "verified": ["yes"]},
        {"names": [["A"]], "nationalities": ["SWE"]},
    ],
)
def test_a_traveller_table_with_wrong_types_is_refused(columns: dict[str, list[Any]]) -> None:
    """A column that cannot hold what its name promises is an error that names it, not a crash later."""
    with pytest.raises(ColumnTypeError, match=list(columns)[-1]):
        travellers_from_flat(pa.table(columns))


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8), st.text(max_size=6)), max_size=30), st.integers(1, 7)
)
def test_as_many_rows_come_out_as_went_in(values: list[tuple[str, str, str]], chunk: int) -> None:
    """Whatever the cells hold and however the table is cut, no row is lost, doubled or moved."""
    table = pa.table(
        {
            "name": pa.array([value[0] for value in values], pa.string()),
            "dob": pa.array([value[1] for value in values], pa.string()),
            "id": pa.array([f"r{row}" for row in range(len(values))], pa.string()),
            "passport": pa.array([value[2] for value in values], pa.string()),
        }
    )
    pieces = pa.Table.from_batches(table.to_batches(max_chunksize=chunk), table.schema)
    result = travellers_from_flat(pieces).read_all()
    assert result.column("reference").to_pylist() == [f"r{row}" for row in range(len(values))]
    assert result.to_pylist() == travellers_from_flat(table).read_all().to_pylist()
