"""Lost and stolen documents: every row with a number and an issuer is an entry."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from matcher.errors import InputError, UsageError
from matcher.ingest import sltd_csv
from tests.ingest.reading import Outcome, read_bytes

HEADER = ",".join(sltd_csv.COLUMNS) + "\n"


def read(folder: Path, *rows: str) -> Outcome:
    return read_bytes("sltd-csv", folder, (HEADER + "\n".join(rows) + "\n").encode())


def test_the_contracts_rows(tmp_path: Path) -> None:
    """Three rows, three entries, one malformed, none rejected."""
    outcome = read(
        tmp_path,
        "L898902C3,UTO,P,stolen,2025-01-02,,,,,",
        "AB1234567,IRQ,P,lost,2024-05-06,,,,,",
        "bad number??,IRQ,P,lost,,,,,,",
    )
    assert (outcome.sink.entries, outcome.sink.malformed, outcome.rejects) == (3, 1, [])
    assert [row["number"] for row in outcome.documents] == ["L898902C3", "AB1234567", "bad number??"]
    assert outcome.documents[0]["reported_on"] == datetime.date(2025, 1, 2)
    assert [row["malformed"] for row in outcome.documents] == [None, None, True]


def test_only_a_row_without_number_or_issuer_is_a_reject(tmp_path: Path) -> None:
    """Everything else is kept: without type, status or dates, and with an issuer that nobody knows."""
    outcome = read(tmp_path, ",UTO,P,lost,,,,,,", "A1,,P,lost,,,,,,", "A2,Ruritania,,,,,,,,", "A3,qqq,P,lost,,,,,,")
    assert outcome.rejects == [(1, "no_number"), (2, "no_issuer")]
    assert [(row["issuing_state"], row["type"], row["status"]) for row in outcome.documents] == [
        ("Ruritania", None, None),
        ("QQQ", "P", "lost"),
    ]


def test_an_unknown_status_or_impossible_date_is_null_kept_and_counted(tmp_path: Path) -> None:
    """Nothing is guessed: the text goes to the note, and the column stays null."""
    outcome = read(
        tmp_path, "A1,UTO,P,Mislaid,2025-02-30,2025/01/02,20250102,1999-12-31,,as told", "A2,UTO,P,STOLEN,,,,,,"
    )
    first, second = outcome.documents
    assert (first["status"], first["reported_on"], first["issued_on"], first["expires_on"]) == (None, None, None, None)
    assert first["review_on"] == datetime.date(1999, 12, 31)
    assert (
        first["note"]
        == "as told\nreported_on: 2025-02-30\nissued_on: 2025/01/02\nexpires_on: 20250102\nstatus: Mislaid"
    )
    assert dict(outcome.sink.notes) == {"status": 1, "reported_on": 1, "issued_on": 1, "expires_on": 1}
    assert second["status"] == "stolen"


def test_a_national_reference_is_the_id_only_where_it_is_one(tmp_path: Path) -> None:
    """Repeated references, and those that show the number, are no ids; the reference itself is kept."""
    outcome = read(
        tmp_path,
        "A1,UTO,P,lost,,,,,R-1,",
        "A2,UTO,P,lost,,,,,R-2,",
        "A3,UTO,P,lost,,,,,R-2,",
        "A 4,UTO,P,lost,,,,,a-4,",
        "A5,UTO,P,lost,,,,,,",
    )
    assert [row["entry_id"] for row in outcome.documents] == ["R-1", None, None, None, None]
    assert [row["national_reference"] for row in outcome.documents] == ["R-1", "R-2", "R-2", "a-4", None]


def test_references_are_unique_over_all_files(tmp_path: Path) -> None:
    """A reference in two files of one list is not unique in the list."""
    content = (HEADER + "A1,UTO,P,lost,,,,,R-1,\n").encode()
    outcome = read_bytes("sltd-csv", tmp_path, content, content)
    assert [row["entry_id"] for row in outcome.documents] == [None, None]


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    """The header decides what a cell is."""
    header = ",".join(reversed(sltd_csv.COLUMNS))
    outcome = read_bytes("sltd-csv", tmp_path, f"\ufeff{header}\nn,,,,,,lost,P,UTO,A1\n".encode())
    row = outcome.documents[0]
    assert (row["number"], row["issuing_state"], row["note"], row["category"]) == ("A1", "UTO", "n", "document")


def test_bad_rows_are_rejects(tmp_path: Path) -> None:
    """A short row, a broken quote and a NUL byte are rejects; the rows around them are read."""
    outcome = read(tmp_path, "A1,UTO", '"A2,UTO,P,lost,,,,,,', "A\x003,UTO,P,lost,,,,,,", "A4,UTO,P,lost,,,,,,")
    assert outcome.rejects == [(1, "wrong_column_count"), (2, "broken_quotes"), (3, "nul_byte")]
    assert [row["number"] for row in outcome.documents] == ["A4"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "list0.txt is empty"),
        (HEADER.encode(), "list0.txt gives no entry"),
        (b"document_number,issuing_state\nA1,UTO\n", "list0.txt lacks the columns document_type, status"),
        (HEADER.replace("note", "note,colour").encode(), "has 11 columns, 10 expected"),
        (HEADER.replace(",", ";").encode(), "lacks the columns"),
        ((HEADER + "é").encode("latin-1"), "is not UTF-8 text"),
    ],
)
def test_what_is_not_this_format_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """Each refusal names the file, the rule and what to do."""
    with pytest.raises(InputError, match=message):
        read_bytes("sltd-csv", tmp_path, content)


def test_a_missing_header_shows_no_document_number(tmp_path: Path) -> None:
    """The first row of a file without header is data, and is not repeated in the message."""
    with pytest.raises(InputError) as caught:
        read_bytes("sltd-csv", tmp_path, b"L898902C3,UTO,P,stolen,2025-01-02,,,,,\n")
    assert "L898902C3" not in str(caught.value)


def test_a_mapping_is_refused(tmp_path: Path) -> None:
    """The columns are fixed: a mapping is an error."""
    with pytest.raises(UsageError, match="takes no mapping"):
        read_bytes("sltd-csv", tmp_path, HEADER.encode(), mapping=b"")
