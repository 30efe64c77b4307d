"""A truth file is read whole or refused in one line; what is said twice is counted."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from matcher.errors import EpervierError, InputError
from matcher.report.truth import make_truth, read_travellers_with_truth, read_truth

HEADER = "reference,expected_outcome,list_id,entry_id,kind\n"
TRAVELLERS = (
    "reference,full_name,dob,list_id,entry_id,kind\n"
    "a,Anna Eriksson,1974-08-12,people,3,exact\n"
    "b,Bo Berg,1950-01-02,,,clean\n"
    "a,Anna Eriksson,1974-08-12,people,4,exact\n"
    "c,...,1950-01-02,people,5,unreadable\n"
)


def test_rows_of_one_reference_name_several_right_entries(tmp_path: Path) -> None:
    """Entries of one reference are put together, a row said again is counted, a kind may be missing."""
    path = tmp_path / "truth.csv"
    path.write_text(HEADER + "1,match,l,x,typo\n1,match,l,y,typo\n1,match,l,x,again\n2,no_match,,,\n", "utf-8")
    truth = read_truth(path)
    assert {reference: one.right for reference, one in truth.expected.items()} == {
        "1": {("l", "x"), ("l", "y")},
        "2": set(),
    }
    assert (truth.n_rows, truth.n_duplicates, truth.lists()) == (4, 1, {"l"})
    assert truth.expected["2"].kind == "no kind given"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column reference"),
        (HEADER.encode(), "no row"),
        (b"reference,expected_outcome,list_id,entry_id\n1,no_match,,\n", "no column kind"),
        (HEADER.encode() + b"1,match,l\n", "row 1 has another number of fields"),
        (HEADER.encode() + b"1,no_match,,,k,more\n", "row 1 has another number of fields"),
        (HEADER.encode() + b" ,no_match,,,k\n", "row 1 has no reference"),
        (HEADER.encode() + b"1,perhaps,,,k\n", "row 1 expects neither"),
        (HEADER.encode() + b"1,match,,e,k\n", "row 1 expects a match and names no list"),
        (HEADER.encode() + b"1,no_match,l,,k\n", "row 1 expects no match and names"),
        (HEADER.encode() + b"1,no_match,,,k\n1,match,l,e,k\n", "row 2 contradicts"),
        (HEADER.encode() + b'1,"no"_match,,,k\n', "is not CSV"),
        (b"\xff\xfe1", "not UTF-8"),
    ],
)
def test_a_bad_truth_file_is_refused_in_one_line(tmp_path: Path, content: bytes, said: str) -> None:
    """Each fault is named with its row."""
    path = tmp_path / "truth.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_truth(path)


def test_travellers_and_truth_may_be_one_file(tmp_path: Path) -> None:
    """Own columns are read beside those of the travellers; a repeated traveller is screened once, a reject stays."""
    path = tmp_path / "all.csv"
    path.write_text(TRAVELLERS, "utf-8")
    truth, table = read_travellers_with_truth(path)
    assert {reference: one.right for reference, one in truth.expected.items()} == {
        "a": {("people", "3"), ("people", "4")},
        "b": set(),
    }
    assert table.column("reference").to_pylist() == ["a", "b", "c"]
    assert table.column("reject_reason").is_valid().to_pylist() == [False, False, True]


def test_every_flat_format_holds_the_same_truth(tmp_path: Path) -> None:
    """Packed CSV and Parquet give what plain CSV gives."""
    (tmp_path / "all.csv").write_text(TRAVELLERS, "utf-8")
    (tmp_path / "all.csv.gz").write_bytes(gzip.compress(TRAVELLERS.encode()))
    rows = [line.split(",") for line in TRAVELLERS.splitlines()]
    pq.write_table(
        pa.table({name: list(values) for name, *values in zip(*rows, strict=True)}), tmp_path / "all.parquet"
    )
    found = [read_travellers_with_truth(tmp_path / f"all.{end}") for end in ("csv", "csv.gz", "parquet")]
    assert all(truth.expected == found[0][0].expected and table.equals(found[0][1]) for truth, table in found)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("reference,full_name,list_id,entry_id\n1,Anna Berg,,\n", "no column kind"),
        ("reference,full_name,list_id,entry_id,kind\n1,Anna Berg,,,k\n1,Bo Berg,,,k\n", "two travellers under one"),
        ("reference,full_name,list_id,entry_id,kind\n1,...,,,k\n", "no row"),
    ],
)
def test_a_bad_file_of_both_is_refused(tmp_path: Path, content: str, said: str) -> None:
    """A missing column, two travellers under one reference, and nobody who can be screened."""
    path = tmp_path / "all.csv"
    path.write_text(content, "utf-8")
    with pytest.raises(InputError, match=said):
        read_travellers_with_truth(path)


def test_nested_travellers_are_refused(tmp_path: Path) -> None:
    """A birth place is never taken for a list id."""
    path = tmp_path / "all.jsonl"
    path.write_text(
        '{"names": ["Anna Berg"], "birth_place": "Oslo", "list_id": "l", "entry_id": "e", "kind": "k"}\n', "utf-8"
    )
    with pytest.raises(EpervierError, match="not read as a flat table"):
        read_travellers_with_truth(path)


def test_no_row_is_no_truth() -> None:
    """An empty truth is refused."""
    with pytest.raises(InputError):
        make_truth([], what="t")


def test_own_headers_may_be_written_otherwise(tmp_path: Path) -> None:
    """Case and spaces of a header don't count, as for the headers of travellers."""
    path = tmp_path / "all.csv"
    path.write_text("Reference;Full Name;List ID;Entry ID;KIND\na;Anna Berg;l;e;k\n", "utf-8")
    truth, _ = read_travellers_with_truth(path)
    assert truth.expected["a"].right == {("l", "e")}
