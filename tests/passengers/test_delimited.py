"""CSV of travellers: streaming, no row lost, and every attack a reject or one clear line."""

from __future__ import annotations

import csv
import io
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.errors import DiskError, EpervierError, InputError
from matcher.passengers import read_travellers
from matcher.passengers.row import LONGEST_ROW
from tests.faulty_disk import FaultyDisk

HEADER = "full_name,date_of_birth,nationality\n"


def read(folder: Path, content: str | bytes, **options: Any) -> list[dict[str, Any]]:
    """Write a CSV file and return its TRAVELLER rows."""
    path = folder / "list.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    rows: list[dict[str, Any]] = read_travellers(path, "csv", **options).read_all().to_pylist()
    return rows


def outcome(rows: list[dict[str, Any]]) -> list[str | None]:
    """Return a row's first name, or the reason why it was rejected."""
    return [row["reject_reason"] or row["names"][0] for row in rows]


def test_a_plain_file_is_read_in_order(tmp_path: Path) -> None:
    """Quoted commas, doubled quotes and line ends inside quotes are part of the value."""
    rows = read(tmp_path, HEADER + '"ERIKSSON, Anna",1974-08-12,se\n"Åke ""Olle"" B","1960",no\n"Two\nlines",,\n')
    assert [row["names"] for row in rows] == [["ERIKSSON, Anna"], ['Åke "Olle" B'], ["Two\nlines"]]
    assert [row["reference"] for row in rows] == ["1", "2", "3"]
    assert rows[0]["nationalities"] == ["SWE"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_line_ends_and_delimiters(tmp_path: Path, encoding: str, line_end: str, delimiter: str) -> None:
    """UTF-8 with and without mark, UTF-16 with one, the three line ends and four delimiters are found out."""
    text = line_end.join([delimiter.join(["full name", "dob"]), delimiter.join(["محمد علي", "1974"]), ""])
    rows = read(tmp_path, text.encode(encoding))
    assert [(row["names"], row["birth_date"]["year"]) for row in rows] == [(["محمد علي"], 1974)]


def test_blank_lines_are_not_rows_and_a_row_of_nothing_is(tmp_path: Path) -> None:
    """An empty line is skipped; a row of empty cells is a reject, so nothing is lost."""
    assert outcome(read(tmp_path, HEADER + "\nAnna,,\n\n,,\nBerit,,")) == ["Anna", "no_name_or_document", "Berit"]


def test_wrong_field_counts_reject_their_row_alone(tmp_path: Path) -> None:
    """A row with too many or too few fields is a reject; the rows around it go through."""
    rows = read(tmp_path, HEADER + "Anna,,\nA,B\nA,,,,D\nBerit,,\n")
    bad = "row_has_wrong_field_count"
    assert outcome(rows) == ["Anna", bad, bad, "Berit"]
    assert [row["reference"] for row in rows] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    "line", ['"Anna,1974,se', '"Anna" x,1974,se', 'Anna,"1974,se', '"A"B"C",1974,se', 'Anna,1974,"', '"a,"b",c']
)
def test_quotes_that_never_close_reject_their_row_alone(tmp_path: Path, line: str) -> None:
    """A stray quote takes no other row with it, at the start, in the middle or at the end of the file."""
    bad = "row_has_bad_quotes"
    assert outcome(read(tmp_path, HEADER + f"{line}\nBerit,,\nCilla,,\n")) == [bad, "Berit", "Cilla"]
    assert outcome(read(tmp_path, HEADER + f'Berit,,\n{line}\n"Cilla",,\n')) == ["Berit", bad, "Cilla"]
    assert outcome(read(tmp_path, HEADER + f"Berit,,\n{line}")) == ["Berit", bad]


def test_a_quote_that_never_closes_in_a_long_file(tmp_path: Path) -> None:
    """All 20,000 rows after the stray quote are read, though none of them ends it."""
    rows = read(tmp_path, HEADER + '"Stray,,\n' + "Anna,,\n" * 20_000)
    assert outcome(rows) == ["row_has_bad_quotes"] + ["Anna"] * 20_000


def test_a_quote_inside_an_unquoted_name_is_a_letter(tmp_path: Path) -> None:
    """A nickname in quotes in the middle of a cell needs no quoting."""
    assert outcome(read(tmp_path, HEADER + 'Anna "Ninni" Berg,1974,se\n')) == ['Anna "Ninni" Berg']


def test_nul_bytes_and_bidi_controls_go_through(tmp_path: Path) -> None:
    """They stand in the original text, lose no row and hide no column."""
    rows = read(tmp_path, "\u200efull_name\u202c,dob\nAn\x00na,1974\n\u202eAnna\u202c,1975\n")
    assert [row["birth_date"]["year"] for row in rows] == [1974, 1975]


@pytest.mark.parametrize("field", ["x" * 10_000_000, '"' + "x" * 10_000_000 + '"', '"' + "x" * 10_000_000])
def test_a_field_of_ten_megabytes_is_a_reject(tmp_path: Path, field: str) -> None:
    """The row is rejected, the next ones are read, and memory stays far below the field's size."""
    path = tmp_path / "list.csv"
    path.write_text(f"{HEADER}Anna,,\n{field},,\nBerit,,\n", encoding="utf-8")
    tracemalloc.start()
    try:
        rows = read_travellers(path).read_all().to_pylist()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert outcome(rows) == ["Anna", "field_too_long", "Berit"]
    assert peak < 9_000_000


def test_a_line_of_the_longest_length_is_read(tmp_path: Path) -> None:
    """The limit is one million characters a row: at it the row is read, one over it is a reject."""
    line = "A" * (LONGEST_ROW - 3)
    assert outcome(read(tmp_path, f"{HEADER}{line},,\n{line}A,,\nBerit,,")) == [line, "field_too_long", "Berit"]


def test_impossible_values_are_warnings_not_rejects(tmp_path: Path) -> None:
    """A bad date and an unknown nationality leave the row in."""
    rows = read(tmp_path, HEADER + "Anna,1974-02-31,Ruritania\n")
    assert rows[0]["warnings"] == ["birth_date_unreadable", "nationality_unknown"]
    assert rows[0]["reject_reason"] is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\xef\xbb\xbf",
        b"foo,bar\n1,2\n",
        b"\xff\xfef\x00u",
        b"PK\x03\x04rest of an xlsx",
        b"PAR1....",
        b"\x1f\x8b\x08\x00",
        bytes(range(256)) * 100,
        b"x" * 2_000_000,
    ],
)
def test_a_file_that_is_no_such_csv_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    """Empty, binary, another encoding, no known column: InputError that says what to do."""
    with pytest.raises(InputError) as caught:
        read(tmp_path, content)
    assert "\n" not in str(caught.value)
    assert ";" in str(caught.value)  # the half that says what to do


def test_wrong_bytes_far_down_are_a_warning_of_their_row(tmp_path: Path) -> None:
    """A row with bytes that are no text keeps its other letters and says so; the rows around it don't."""
    rows = read(
        tmp_path, HEADER.encode() + b"Anna,,\n" * 30_000 + b"\xd8\xff\xfe B,,\nCilla \xc3\xa5\xc3\xa5\xc3\xa5,,\n"
    )
    assert [row["warnings"] for row in rows[29_999:]] == [None, ["encoding_damaged"], None]
    assert outcome(rows[30_000:]) == ["\ufffd\ufffd\ufffd B", "Cilla ååå"]


def test_a_header_in_the_middle_is_a_reject(tmp_path: Path) -> None:
    """Files put together repeat their header: it is no traveller, and not lost without a word."""
    rows = read(tmp_path, HEADER + "Anna,,\n" + HEADER.replace(",", " ,") + "Berit,,\n")
    assert outcome(rows) == ["Anna", "repeated_header", "Berit"]


def test_ten_thousand_columns_are_read(tmp_path: Path) -> None:
    """Unknown columns cost their width and nothing else; more than the limit is one clear line."""
    wide = "x," * 10_000
    assert outcome(read(tmp_path, f"{wide}full_name\n{wide}Anna\n")) == ["Anna"]
    with pytest.raises(InputError, match="columns, at most 20000"):
        read(tmp_path, f"{wide * 3}full_name\n")


def test_a_disk_that_fails_is_a_disk_error(tmp_path: Path) -> None:
    """A missing file, a folder and a refused call are DiskErrors of one line."""
    (tmp_path / "list.csv").write_text(HEADER, encoding="utf-8")
    for path, disk in (("none.csv", FaultyDisk()), (".", FaultyDisk()), ("list.csv", FaultyDisk(1, "broken"))):
        with pytest.raises(DiskError):
            read_travellers(tmp_path / path, "csv", disk=disk)


def test_a_header_alone_gives_no_rows(tmp_path: Path) -> None:
    """A file without data rows is empty, not an error."""
    assert read(tmp_path, HEADER) == []


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SHORT = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SHORT
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=12))
def test_what_a_csv_writer_wrote_is_read_cell_for_cell(tmp_path: Path, cells: list[tuple[str, str, str]]) -> None:
    """Every row of any cells comes back once, in order, with its name as it was."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([["full_name", "birth_place", "reference"], *cells])
    rows = read(tmp_path, text.getvalue())
    assert len(rows) == len(cells)
    for row, (name, place, _) in zip(rows, cells, strict=True):
        assert row["names"] == ([name.strip()] if name.strip() else [])
        assert row["birth_place"] == (place.strip() or None)


@SHORT
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters='"'), max_size=12), max_size=8))
def test_any_lines_give_one_row_each(tmp_path: Path, lines: list[str]) -> None:
    """Without quotes a line that isn't blank is one row, read or rejected, whatever it holds."""
    text = "\n".join(lines)
    n_rows = sum(bool(line.strip("\r\n")) for line in io.StringIO(text, newline=""))
    assert len(read(tmp_path, f"{HEADER}{text}\n")) == n_rows


@SHORT
@given(st.lists(st.text('",;a\n ', max_size=12), max_size=8))
def test_no_quotes_swallow_the_rows_around_them(tmp_path: Path, lines: list[str]) -> None:
    """Rows before and after any tangle of quotes are read."""
    rows = read(tmp_path, HEADER + "First,,\n" + "\n".join(lines) + "\nLast,1974,se\n")
    assert outcome(rows)[0] == "First"
    assert outcome(rows)[-1] == "Last"


@SHORT
@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_one_error_of_ours(tmp_path: Path, content: bytes) -> None:
    """No bytes make the reader end in anything but rows or an EpervierError."""
    for start in (b"", HEADER.encode()):
        try:
            read(tmp_path, start + content)
        except EpervierError as error:
            message = str(error)
        else:
            message = ""
        assert "\n" not in message
