"""`epervier demo`: what a newcomer sees, and how it is judged."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from matcher.cli.demo import Verdict, judge, read_truth
from matcher.errors import EpervierError
from tests.cli.runner import run

DATA = Path(__file__).resolve().parents[2] / "data"


def test_the_demo_finds_what_was_planted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The demo ends with 0, shows a table with reasons, finds 98 % with at most 1 % false, and leaves both files."""
    ran = run(capsys, "demo", "--data", DATA, "--output", tmp_path / "out")
    assert ran.code in {0, 4}, ran.err
    assert "what to do" in ran.out
    assert "The list asks: " in ran.out.replace("\n", " ")
    (line,) = [line for line in ran.out.splitlines() if line.startswith("truth:")]
    shares = re.findall(r"\((\d+\.\d) %\)", line)
    assert float(shares[0]) >= 98.0, line
    assert float(shares[1]) <= 1.0, line
    assert pyarrow.parquet.read_table(tmp_path / "out" / "decisions.parquet").num_rows == 500
    assert (tmp_path / "out" / "decisions.csv").stat().st_size > 0


def row(reference: str, *matches: tuple[str, str]) -> dict[str, Any]:
    """Make a decision with matches given as (list, entry)."""
    return {"reference": reference, "matches": [{"list_id": each[0], "entry_id": each[1]} for each in matches]}


def test_only_the_expected_entry_counts_as_found() -> None:
    """Another entry, or a match of another list, is not found; any match of a clean traveller is false."""
    rows = [
        row("1", ("s", "a"), ("s", "b")),
        row("2", ("s", "c")),
        row("3", ("d", "x")),
        row("4", ("s", "a")),
        row("5"),
    ]
    lines = [("1", "match", "s", "b"), ("2", "match", "s", "b"), ("3", "match", "d", ""), ("6", "match", "s", "b")]
    lines += [("4", "no_match", "", ""), ("5", "no_match", "", "")]
    names = ("reference", "expected_outcome", "list_id", "entry_id", "kind")
    truth = [dict(zip(names, (*line, "typo"), strict=True)) for line in lines]
    assert judge(rows, truth) == Verdict(expected=4, found=2, clean=2, false=1, missed=("2 (typo)", "6 (typo)"))


@pytest.mark.parametrize(
    "content", [b"", b"reference\n1\n", b"\xff\xfe", b"reference,expected_outcome,list_id,entry_id,kind\n"]
)
def test_a_bad_truth_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """Without its columns or rows nothing is judged."""
    path = tmp_path / "truth.csv"
    path.write_bytes(content)
    with pytest.raises(EpervierError):
        read_truth(path)
