"""CSV files: the same cells as Python's `csv` gives, and no row lost where quotes are broken."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import DiskError, InputError
from matcher.files import LOCAL_DISK
from matcher.ingest import source
from matcher.ingest.source import read_records, read_table

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


def records(content: bytes, folder: Path) -> list[tuple[list[str], str | None]]:
    path = folder / "list.csv"
    path.write_bytes(content)
    return list(read_records(path, LOCAL_DISK))


@settings(max_examples=100)
@given(
    rows=st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=6),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_well_formed_files_are_read_as_the_csv_module_reads_them(rows: list[list[str]], quoting: int, end: str) -> None:
    """Whatever the csv module writes comes back cell by cell, quotes, commas and line ends included."""
    text = io.StringIO()
    csv.writer(text, quoting=quoting, lineterminator=end).writerows(rows)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder:
        found = records(text.getvalue().encode(), Path(folder))
    expected = [cells for cells in csv.reader(io.StringIO(text.getvalue(), newline="")) if cells]  # not blank lines
    assert [cells for cells, _ in found] == expected
    assert {fault for _, fault in found} == {None}


def test_a_broken_quote_costs_its_own_row_only(tmp_path: Path) -> None:
    """The rows behind an unclosed quote are still read, each as itself."""
    found = records(b'1,a\n2,"b\n3,c\n4,"d"\n5,e\n', tmp_path)
    assert [(cells[0], fault) for cells, fault in found] == [
        ("1", None),
        ("2", "broken_quotes"),
        ("3", None),
        ("4", None),
        ("5", None),
    ]


def test_a_file_cut_inside_a_quoted_cell_gives_a_reject(tmp_path: Path) -> None:
    """The last row of a truncated file is a reject, not half an entry."""
    assert records(b'1,a\n2,"half a na', tmp_path)[-1] == (["2"], "broken_quotes")


def test_text_behind_a_closing_quote_is_a_reject(tmp_path: Path) -> None:
    """`"a"b` is damage and is not glued together."""
    assert [fault for _, fault in records(b'1,"a"b,c\n2,x,y\n', tmp_path)] == ["broken_quotes", None]


def test_broken_quotes_throughout_refuse_the_file(tmp_path: Path) -> None:
    """A file whose quotes break over and over is refused in one line instead of being guessed at."""
    with pytest.raises(InputError, match=r"list.csv has broken quotes in more than 100 rows; .*RFC 4180"):
        records(b'"a\nb"c\n' * 200, tmp_path)


def test_a_ten_megabyte_cell_is_one_reject(tmp_path: Path) -> None:
    """A huge cell is rejected, quoted or not, and the next row is read."""
    big = b"x" * 10_000_000
    for cell in (big, b'"' + big + b'"', b'"' + b"x\n" * 5_000_000 + b'"'):
        found = records(b"1," + cell + b"\n2,b\n", tmp_path)
        assert [fault for _, fault in found] == ["field_too_long", None]
        assert found[1][0] == ["2", "b"]
        assert sum(map(len, found[0][0])) <= source.RECORD_CHARS + 1


def test_a_huge_cell_that_is_never_closed_refuses_the_file(tmp_path: Path) -> None:
    """When a quote swallows more than a record may hold and never closes, the file is refused."""
    with pytest.raises(InputError, match=r"list.csv has a quoted cell that is never closed; .*get it again"):
        records(b'1,"' + b"x\n" * 3_000_000, tmp_path)


def test_a_nul_byte_is_a_reject(tmp_path: Path) -> None:
    """A row with NUL is rejected by name, in plain and in quoted cells; its neighbours are read."""
    found = records(b'1,a\0b\n2,"c\0d"\n3,e\n', tmp_path)
    assert [fault for _, fault in found] == ["nul_byte", "nul_byte", None]


@pytest.mark.parametrize("content", ["é;ü\n".encode("latin-1"), "a,b\n".encode("utf-16")])
def test_another_encoding_refuses_the_file(tmp_path: Path, content: bytes) -> None:
    """Text that is not UTF-8 is refused with the file's name and what to do."""
    with pytest.raises(InputError, match=r"list.csv is not UTF-8 text; save it as UTF-8 and import it again"):
        records(content, tmp_path)


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf", b"\x1a"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """A file without a record is refused, whatever blanks it holds."""
    with pytest.raises(InputError, match=r"list.csv is empty"):
        records(content, tmp_path)


def test_byte_order_mark_bidi_controls_and_blank_lines(tmp_path: Path) -> None:
    """A byte order mark is dropped, bidi controls stay in the text, blank lines are no rows."""
    found = records("\ufeff1,a\u202eb\n\n \r\n2,c\n".encode(), tmp_path)
    assert [cells for cells, _ in found] == [["1", "a\u202eb"], ["2", "c"]]


def test_a_final_end_of_file_byte_is_no_row_and_an_inner_one_is(tmp_path: Path) -> None:
    """0x1A ends a file only where nothing follows it: otherwise rows would be dropped silently."""
    assert len(records(b"1,a\n\x1a\n", tmp_path)) == 1
    assert len(records(b"1,a\n\x1a\n2,b\n", tmp_path)) == 3


def test_a_header_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    """A header with a column twice, or with NUL, is refused; a short row gets its reason."""
    path = tmp_path / "list.csv"
    for content, message in ((b"a,a\n1,2\n", "names a column twice"), (b"a,\0\n1,2\n", "no readable header")):
        path.write_bytes(content)
        with pytest.raises(InputError, match=message):
            read_table(path, LOCAL_DISK)
    path.write_bytes(b" a ,b\n1\n1,2\n")
    header, rows = read_table(path, LOCAL_DISK)
    assert header == ["a", "b"]
    assert list(rows) == [(["1"], "wrong_column_count"), (["1", "2"], None)]


def test_a_missing_file_is_a_disk_error(tmp_path: Path) -> None:
    """A file that is not there gives an error of ours, in one line."""
    with pytest.raises(DiskError) as caught:
        list(read_records(tmp_path / "none.csv", LOCAL_DISK))
    assert "\n" not in str(caught.value)
