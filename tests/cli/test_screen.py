"""`epervier screen`: files in, decisions out, in order, with counts."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet
import pytest

import matcher
from matcher.cli import screen
from matcher.cli.screen import expected_rows
from tests.cli.runner import run

PASSENGERS = """reference,full_name,date_of_birth,nationality,document_number,issuing_state,document_type
r1,Anna Maria Eriksson,1974-08-12,,,,
r2,Zebulon Quartermain,1980-01-02,,,,
r3,ABDELRAHMAN YOUSSEF,1971-03-02,,,,
r4,Somebody Else,1990-05-06,,L898902C3,UTO,P
"""


@pytest.fixture
def passengers(tmp_path: Path) -> Path:
    """A passenger file of four rows, three of which match."""
    path = tmp_path / "passengers.csv"
    path.write_text(PASSENGERS, encoding="utf-8")
    return path


def test_decisions_come_in_order_in_every_format(
    capsys: pytest.CaptureFixture[str], lists_store: Path, passengers: Path, tmp_path: Path
) -> None:
    """Parquet, CSV, Arrow and JSON lines hold one decision a traveller, in input order."""
    watchlist = matcher.Store(lists_store).open()
    expected = watchlist.screen(matcher.read_travellers(str(passengers)))
    outcomes = expected.column("outcome").to_pylist()
    assert outcomes[1] == "no_match"
    assert "no_match" not in (outcomes[0], outcomes[2], outcomes[3])
    found = {}
    for suffix in ("parquet", "csv", "arrow", "jsonl"):
        output = tmp_path / f"out.{suffix}"
        ran = run(capsys, "screen", passengers, "--store", lists_store, "--output", output)
        assert ran.code == 0, ran.err
        assert "4 travellers in " in ran.out
        found[suffix] = output
    rows = pyarrow.parquet.read_table(found["parquet"])
    assert rows.column("outcome").to_pylist() == outcomes
    assert rows.column("reference").to_pylist() == ["r1", "r2", "r3", "r4"]
    assert pyarrow.csv.read_csv(found["csv"]).column("outcome").to_pylist() == outcomes
    lines = found["jsonl"].read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["outcome"] for line in lines] == outcomes


def test_decisions_do_not_depend_on_the_steps(
    capsys: pytest.CaptureFixture[str],
    lists_store: Path,
    passengers: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Row by row or all at once: the same rows, one instant for all, references by row of the file."""
    passengers.write_text("full_name\n" + "Anna Maria Eriksson\nZebulon Quartermain\n" * 3, encoding="utf-8")
    tables = []
    for rows in (1, 512):
        monkeypatch.setattr(screen, "STEP_ROWS", rows)
        output = tmp_path / f"{rows}.parquet"
        assert run(capsys, "screen", passengers, "--store", lists_store, "--output", output).code == 0
        tables.append(pyarrow.parquet.read_table(output))
        assert len(set(tables[-1].column("decided_at").to_pylist())) == 1
    assert tables[0].column("reference").to_pylist() == ["1", "2", "3", "4", "5", "6"]
    assert tables[0].drop_columns("decided_at") == tables[1].drop_columns("decided_at")


def test_rejected_rows_are_counted_by_reason_and_exit_with_four(
    capsys: pytest.CaptureFixture[str], lists_store: Path, passengers: Path, tmp_path: Path
) -> None:
    """A row with neither a letter nor a document is counted; the others are screened."""
    passengers.write_text(PASSENGERS + "r5,...,,,,,\n", encoding="utf-8")
    ran = run(capsys, "screen", passengers, "--store", lists_store, "--output", tmp_path / "out.parquet")
    assert ran.code == 4
    assert "rejected rows by reason" in ran.out
    rows = pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert [row["reject_reason"] is None for row in rows] == [True] * 4 + [False]


@pytest.mark.parametrize("output", ["out.docx", "out", "no/such/folder/out.csv"])
def test_an_output_that_cannot_be_written_is_refused(
    capsys: pytest.CaptureFixture[str], lists_store: Path, passengers: Path, tmp_path: Path, output: str
) -> None:
    """An unknown ending and a missing folder are refused in one line."""
    ran = run(capsys, "screen", passengers, "--store", lists_store, "--output", tmp_path / output)
    assert ran.code in {2, 3}
    assert ran.err.count("\n") == 1
    assert not (tmp_path / output).exists()


def test_the_passenger_file_is_never_overwritten(
    capsys: pytest.CaptureFixture[str], lists_store: Path, passengers: Path
) -> None:
    """The output can't be the input."""
    ran = run(capsys, "screen", passengers, "--store", lists_store, "--output", passengers)
    assert ran.code == 2
    assert passengers.read_text(encoding="utf-8") == PASSENGERS


def test_what_the_file_was_read_as_is_said(
    capsys: pytest.CaptureFixture[str], lists_store: Path, tmp_path: Path
) -> None:
    """Format, encoding and order of dates are stated with their reasons; a report of rejects holds no name."""
    path = tmp_path / "carrier.csv"
    path.write_bytes("nom complet;date de naissance\nZoé Müller;25/08/1974\n...;\n".encode("cp1252"))
    report = tmp_path / "rejects.csv"
    ran = run(capsys, "screen", path, "--store", lists_store, "--output", tmp_path / "out.csv", "--rejects", report)
    assert ran.code == 4
    assert "reading csv" in ran.out
    assert "windows-1252" in ran.out
    assert "dmy" in ran.out
    assert "no_name_or_document" in report.read_text("utf-8")
    assert "Zo" not in report.read_text("utf-8")
    strict = run(capsys, "screen", path, "--store", lists_store, "--output", tmp_path / "two.csv", "--strict")
    assert (strict.code, strict.err.count("\n")) == (3, 1)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\xff" * 50, b"a,b,c\n1,2,3\n"])
def test_a_bad_passenger_file_is_one_line(
    capsys: pytest.CaptureFixture[str], lists_store: Path, tmp_path: Path, content: bytes
) -> None:
    """Empty, binary, headerless and wrongly encoded files are refused without a traceback."""
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    ran = run(capsys, "screen", path, "--store", lists_store, "--output", tmp_path / "out.csv")
    assert ran.code == 3, (ran.out, ran.err)
    assert ran.err.count("\n") == 1


def test_the_estimate_of_rows(tmp_path: Path, passengers: Path) -> None:
    """Lines are counted for the time left; a format without lines has no estimate."""
    assert expected_rows(passengers) == 4
    assert expected_rows(tmp_path / "x.xlsx") is None


def test_one_document_with_two_identities_is_reported(
    capsys: pytest.CaptureFixture[str], lists_store: Path, tmp_path: Path
) -> None:
    """`--conflicts` writes the pairs of rows that share a document but can't be one person."""
    path, report = tmp_path / "flight.csv", tmp_path / "conflicts.csv"
    rows = "Anna Eriksson,1974-08-12,X1234567,UTO\nOmar Haddad,1990-01-02,X1234567,UTO\n"
    path.write_text(f"full_name,birth_date,document_number,issuing_state\n{rows}", encoding="utf-8")
    output = tmp_path / "out.csv"
    ran = run(capsys, "screen", path, "--store", lists_store, "--output", output, "--conflicts", report)
    assert ran.code == 0, ran.err
    assert "1 pairs share a document" in ran.out
    assert report.read_text("utf-8").splitlines()[1].startswith("1,2,X1234567,UTO,")
