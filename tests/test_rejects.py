"""Reject reports: every reject with its sentence, nothing of the rows themselves, and no formula run."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import pyarrow as pa
import pytest

from matcher.errors import ColumnTypeError, DiskError
from matcher.passengers import REJECT_REASONS, WARNINGS
from matcher.rejects import (
    TRAVELLER_SENTENCES,
    WARNING_SENTENCES,
    TravellerRejects,
    summary,
    write_reject_report,
)
from matcher.schema import DECISION, REJECT
from tests.faulty_disk import FaultyDisk
from tests.ingest.reading import read_bytes


def decisions(*rows: tuple[str | None, list[str]]) -> pa.Table:
    return pa.Table.from_pylist(
        [{"reject_reason": reason, "warnings": codes} for reason, codes in rows], schema=DECISION
    )


def test_every_code_has_a_sentence() -> None:
    """Whatever code a traveller's row can get, the report says it in words."""
    assert set(TRAVELLER_SENTENCES) == set(REJECT_REASONS)
    assert set(WARNING_SENTENCES) == set(WARNINGS)


def test_a_list_report(tmp_path: Path) -> None:
    """One line a reject, in order, private, and equal to what the reader counted."""
    rows = "document_number,issuing_state,document_type,status,reported_on,issued_on,expires_on,review_on,"
    rows += "national_reference,note\nL898902C3,,P,,,,,,,\nA1,UTO,P,,,,,,,\nB2,UTO\n"
    outcome = read_bytes("sltd-csv", tmp_path, rows.encode())
    path = tmp_path / "rejects.csv"
    assert write_reject_report(outcome.tables["rejects"], path) == 2
    with path.open(encoding="utf-8", newline="") as stream:
        found = list(csv.DictReader(stream))
    assert [(row["row"], row["reason"], row["field"], row["source_file"]) for row in found] == [
        ("1", "no_issuer", "issuing_state", "list0.txt"),
        ("3", "wrong_column_count", "", "list0.txt"),
    ]
    assert found[0]["sentence"] == "The document has no issuing state."
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "L898902C3" not in path.read_text() + summary(outcome.tables["rejects"])


def test_cells_that_a_spreadsheet_would_run_are_escaped(tmp_path: Path) -> None:
    """A file or column named like a formula is written as text."""
    row = {"row": 1, "reason": "no_name", "field": "@x", "source_file": "=cmd|' /C calc'!A0"}
    write_reject_report([row], tmp_path / "r.csv")
    assert (tmp_path / "r.csv").read_text().splitlines()[1].endswith(",'@x,'=cmd|' /C calc'!A0")


def test_rejected_travellers_are_numbered_over_batches() -> None:
    """Row numbers go on from batch to batch, warnings are counted by code, screened rows are no rejects."""
    rejects = TravellerRejects("pax.csv")
    rejects.add(decisions((None, ["sex_unknown"]), ("no_name_or_document", [])))
    rejects.add(decisions((None, [])).slice(0, 0))
    rejects.add(decisions(("row_has_bad_quotes", []), (None, ["sex_unknown", "source_unknown"])).to_batches()[0])
    assert [(row["row"], row["reason"]) for row in rejects.table().to_pylist()] == [
        (2, "no_name_or_document"),
        (3, "row_has_bad_quotes"),
    ]
    assert (dict(rejects.warnings), rejects.n_rows) == ({"sex_unknown": 2, "source_unknown": 1}, 4)
    text = summary(rejects.table(), rejects.warnings)
    assert text.splitlines()[0] == "2 rows rejected"
    assert "pax.csv: row 2" in text
    assert "2 x sex_unknown" in text
    assert TravellerRejects("x").table().schema == REJECT


def test_the_summary_shows_the_first_rows_of_each_file() -> None:
    """The most frequent reason stands first; of many rows the first five are shown, the rest counted."""
    rows = [{"row": row, "reason": "no_name", "field": None, "source_file": "b.csv"} for row in range(1, 1201)]
    rows.append({"row": 7, "reason": "nul_byte", "field": None, "source_file": "a.csv"})
    lines = summary(rows).splitlines()
    assert lines[:3] == [
        "1,201 rows rejected",
        "  1,200 x no_name: The entry has no letter in any name.",
        "      b.csv: rows 1, 2, 3, 4, 5 and 1,195 more",
    ]
    assert lines[4] == "      a.csv: row 7"
    assert summary([]) == "0 rows rejected"


def test_another_table_is_refused() -> None:
    """A table without the columns of rejects, or of decisions, is an error of ours."""
    with pytest.raises(ColumnTypeError, match="is no table of rejects"):
        summary(pa.table({"a": [1]}))
    with pytest.raises(ColumnTypeError, match="without reject_reason"):
        TravellerRejects("x").add(pa.table({"a": [1]}))


def test_a_failing_disk_leaves_no_half_report(tmp_path: Path) -> None:
    """Wherever the disk fails, the older report stays as it was."""
    rows = [{"row": 1, "reason": "no_name", "field": None, "source_file": "a"}]
    path = tmp_path / "r.csv"
    path.write_text("older")
    counting = FaultyDisk()
    write_reject_report(rows, tmp_path / "count.csv", disk=counting)
    for place in range(1, counting.n_calls + 1):
        with pytest.raises(DiskError):
            write_reject_report(rows, path, disk=FaultyDisk(place, "fail"))
        assert path.read_text() == "older"
