"""`open_writer`: four formats hold the same decisions, and a file appears whole or not at all."""

from __future__ import annotations

import csv
import datetime
import gc
import json
import stat
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from matcher.errors import ColumnTypeError, DiskError, UsageError
from matcher.output import ENDINGS, REGISTRY, open_writer
from matcher.schema import DECISION, DOCUMENT_MATCH
from tests.faulty_disk import Died, FaultyDisk

FORMATS = sorted(REGISTRY)
ATTACK = '=HYPERLINK("http://x")'
LEAF = {"feature": "prior", "level": "prior", "query_value": None, "entry_value": "ق", "weight_bits": -19.5}


def decision(reference: str, n_matches: int) -> dict[str, Any]:
    """Make a decision row with so many matches."""
    match = {
        "list_id": "un-sc",
        "entry_id": "@1",
        "channel": "person",
        "outcome": "review",
        "match_weight": -2.5,
        "match_probability": 0.15,
        "explanation": [LEAF],
        "category": "sanction",
        "role": None,
        "protective": False,
        "requested_action": "+freeze",
        "contact": None,
        "status": None,
    }
    best = match if n_matches else dict.fromkeys(match)
    return {
        "reference": reference,
        "outcome": "review" if n_matches else "no_match",
        **{name: best[name] for name in ("match_weight", "list_id", "entry_id", "channel")},
        "matches": [match] * n_matches,
        "caps": {"matches_over_limit": 3, "equal_names_opposed": 0, "names_over_limit": 0},
        "warnings": ["birth_date_unreadable", "sex_unknown"],
        "reject_reason": None,
        "snapshot_id": "s1",
        "model_id": "m1",
        "decided_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        "is_lead": True,
    }


def decisions(*rows: tuple[str, int]) -> pa.Table:
    """Make a table of decisions."""
    return pa.Table.from_pylist([decision(*row) for row in rows], schema=DECISION)


TABLE = decisions((ATTACK, 2), ("-5", 0), ("line\rend", 1))


def read(path: Path, format: str) -> list[dict[str, Any]]:
    """Read an output back as rows."""
    if format == "csv":
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    if format == "jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    table = pq.read_table(path) if format == "parquet" else pa.ipc.open_file(path).read_all()
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


@pytest.mark.parametrize("format", FORMATS)
def test_rows_come_back_in_order_from_several_writes(tmp_path: Path, format: str) -> None:
    """Three writes, one of them a batch, give all rows once, in order, in a file of mode 600."""
    path = tmp_path / f"out.{format}"
    with open_writer(path) as writer:
        writer.write(TABLE.slice(0, 1))
        writer.write(TABLE.slice(1, 1).to_batches()[0])
        writer.write(TABLE.slice(2))
        assert writer.n_rows == 3
        assert not path.exists()
    rows = read(path, format)
    assert len(rows) == 3
    assert [row["outcome"] for row in rows] == ["review", "no_match", "review"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("format", ["parquet", "arrow"])
def test_columnar_formats_hold_the_very_table(tmp_path: Path, format: str) -> None:
    """Parquet and Arrow give back the table with its values and types."""
    path = tmp_path / f"out.{format}"
    with open_writer(path) as writer:
        writer.write(TABLE)
    assert read(path, format) == TABLE.to_pylist()
    if format == "arrow":
        assert pa.ipc.open_file(path).read_all().equals(TABLE)


def test_json_lines_hold_the_very_values(tmp_path: Path) -> None:
    """One object a line, nested as the table, nothing escaped that JSON doesn't ask for."""
    path = tmp_path / "out.jsonl"
    with open_writer(path) as writer:
        writer.write(TABLE)
    rows = read(path, "jsonl")
    expected = TABLE.to_pylist()
    for row, wanted in zip(rows, expected, strict=True):
        assert datetime.datetime.fromisoformat(row.pop("decided_at")) == wanted.pop("decided_at")
        assert row == wanted


def test_csv_is_flat_and_escaped(tmp_path: Path) -> None:
    """Every attack in a text cell is disarmed, numbers stay numbers, the nesting reads back from JSON."""
    path = tmp_path / "out.csv"
    with open_writer(path) as writer:
        writer.write(TABLE)
    first, second, third = read(path, "csv")
    assert (first["reference"], first["entry_id"], first["requested_action"]) == (f"'{ATTACK}", "'@1", "'+freeze")
    assert (first["match_weight"], first["n_matches"], first["matches_over_limit"]) == ("-2.5", "2", "3")
    assert first["warnings"] == "birth_date_unreadable; sex_unknown"
    assert first["decided_at"] == "2026-01-01T00:00:00+00:00"
    assert json.loads(first["matches"])[0]["explanation"] == [LEAF]
    assert (second["reference"], second["match_weight"], second["n_matches"]) == ("'-5", "", "0")
    assert third["reference"] == "line\rend"


@pytest.mark.parametrize("format", FORMATS)
def test_no_rows_is_a_whole_file(tmp_path: Path, format: str) -> None:
    """An output without rows can be read: a header, a schema, or an empty file of lines."""
    path = tmp_path / f"out.{format}"
    with open_writer(path, schema=DOCUMENT_MATCH):
        pass
    assert read(path, format) == []


@pytest.mark.parametrize("format", FORMATS)
def test_an_error_in_the_block_leaves_what_was_there(tmp_path: Path, format: str) -> None:
    """A failure half-way keeps the old file and leaves no other behind."""
    path = tmp_path / f"out.{format}"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), open_writer(path) as writer:
        writer.write(TABLE.slice(0, 1 // (len(TABLE) - 3)))
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("mode", ["full", "broken", "die"])
@pytest.mark.parametrize("format", FORMATS)
def test_a_disk_that_fails_at_any_call_leaves_the_old_file_or_the_new(tmp_path: Path, format: str, mode: str) -> None:
    """At every call a full, broken or dying disk ends in one error, and the name holds old or new, whole."""
    path = tmp_path / f"out.{format}"
    with open_writer(path) as writer:
        writer.write(TABLE)
    new = read(path, format)
    counting = FaultyDisk()
    with open_writer(path, disk=counting) as writer:
        writer.write(TABLE)
    for call in range(1, counting.n_calls + 1):
        path.write_text("old", encoding="utf-8")
        with pytest.raises((DiskError, Died)), open_writer(path, disk=FaultyDisk(call, mode)) as writer:
            writer.write(TABLE)
        assert path.read_bytes() == b"old"
        if mode != "die":
            assert list(tmp_path.iterdir()) == [path]
        for left in tmp_path.glob(".*"):
            left.unlink()
    gc.collect()  # an encoder that was left open would complain here
    assert len(new) == 3
    assert counting.n_calls >= 4  # create, write, flush, rename: each has failed above


def test_a_folder_that_is_not_there_is_a_disk_error(tmp_path: Path) -> None:
    """One line, before any row is made."""
    with pytest.raises(DiskError), open_writer(tmp_path / "none" / "out.csv"):
        pytest.fail("the block must not run")


def test_an_unknown_format_names_the_known_ones(tmp_path: Path) -> None:
    """The message lists the registry, and nothing is made."""
    for format in (None, "xls"):
        with pytest.raises(UsageError, match=", ".join(REGISTRY)), open_writer(tmp_path / "out.xls", format):
            pytest.fail("the block must not run")
    assert set(ENDINGS.values()) == set(REGISTRY)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", FORMATS)
def test_a_table_of_another_schema_is_refused_and_string_types_are_cast(tmp_path: Path, format: str) -> None:
    """Other string types and column orders are cast at this boundary; a missing column is an error."""
    schema = pa.schema([("reference", pa.large_string()), ("match_weight", pa.float64())])
    path = tmp_path / f"out.{format}"
    with open_writer(path, schema=schema) as writer:
        writer.write(pa.table({"match_weight": [1.0], "reference": pa.array(["x"], pa.string())}))
    assert [row["reference"] for row in read(path, format)] == ["x"]
    with pytest.raises(ColumnTypeError), open_writer(path, schema=schema) as writer:
        writer.write(pa.table({"reference": ["x"]}))
    with pytest.raises(ColumnTypeError), open_writer(path, schema=schema) as writer:
        writer.write(pa.table({"reference": ["x"], "match_weight": ["heavy"]}))
