"""Blocks give exactly what rows give: entries, rejects, counts and errors, wherever the blocks are cut."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from matcher.errors import EpervierError
from matcher.files import LOCAL_DISK
from matcher.ingest import blocks, sltd_csv, sltd_rows
from matcher.ingest.blocks import read_pieces
from matcher.ingest.source import read_table
from tests.ingest.reading import read_bytes

HEADER = ",".join(sltd_csv.COLUMNS)
DATA = Path(__file__).parents[2] / "data" / "lost_stolen_documents.csv"
CELLS: dict[str, list[str]] = {
    "document_number": ["A1234567", "ab123", " X 9 ", "No. 77", "bad??", "", "１２", "A" * 21, "x\u00a0", "عبد1", "-"],
    "issuing_state": ["UTO", "ma", "D<<", "<", "", "Ruritania", " fr ", "qqq"],
    "document_type": ["P", "", "ID ", "é"],
    "status": ["stolen", "LOST", "", "mislaid", "stolen_blank "],
    "reported_on": ["2025-01-02", "", "2025-02-30", "2025/01/02", "20250102", "2025-01-02 "],
    "issued_on": ["", "2024-02-29"],
    "expires_on": ["", "2031-12-31"],
    "review_on": ["", "x"],
    "national_reference": [
        "",
        "R-1",
        "R-2",
        "a1234567",
        "A 123-4567",
        "No.A1234567",
        "r\u200b",
        "R" * 65,
        "é-9",
        " R-3",
    ],
    "note": ["", "a note", "été", '"quoted, note"', '"with ""quotes"""', "\u3000", "\x1f", "x" * 300],
}
REST = ",UTO,P,lost,,,,,,"
ODD_LINES = ["", "   ", ",,,,,,,,,", "A1,UTO", f"A\0{REST}", f'"multi\nline"{REST}', f'"open{REST}', f'A"1{REST}']
ODD_LINES += [f'"A1" {REST}', f"A1{REST}\r", "A1,UTO\rB,P", "\x1a", f"\ufeffA1{REST}"]


def content(seed: int, *, n_rows: int = 60, n_odd: int = 0) -> bytes:
    chance = random.Random(seed)
    lines = [",".join(chance.choice(CELLS[name]) for name in sltd_csv.COLUMNS) for _ in range(n_rows)]
    for _ in range(n_odd):
        lines.insert(chance.randrange(len(lines)), chance.choice(ODD_LINES))
    end = chance.choice(["\n", "\r\n"])
    return (HEADER + end + end.join(lines) + chance.choice(["", end, end + end])).encode()


def outcome(text: bytes, folder: Path) -> Any:
    try:
        found = read_bytes("sltd-csv", folder, text)
    except EpervierError as error:
        return str(error)
    counts = (dict(found.sink.by_kind), found.sink.malformed, dict(found.sink.notes), dict(found.sink.by_reason))
    return found.documents, found.tables["rejects"], counts


def by_rows(text: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    with monkeypatch.context() as patched:
        patched.setattr(sltd_csv, "read_pieces", lambda path, disk, *_, **__: iter([(1, read_table(path, disk)[1])]))
        return outcome(text, folder)


@pytest.mark.parametrize("n_odd", [0, 1, 5])
@pytest.mark.parametrize("block_bytes", [1, 300, 4096, 1 << 20])
def test_blocks_equal_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block_bytes: int, n_odd: int) -> None:
    """Every kind of odd cell and odd line, in blocks of every size: the same rows, counts and errors."""
    monkeypatch.setattr(blocks, "BLOCK_BYTES", block_bytes)
    monkeypatch.setattr(blocks, "SMALL_BYTES", block_bytes // 10)
    seen: Counter[str] = Counter()
    for seed in range(4 if block_bytes == 1 else 20):
        text = content(seed, n_odd=n_odd)
        expected = by_rows(text, tmp_path, monkeypatch)
        assert outcome(text, tmp_path) == expected
        seen["error" if isinstance(expected, str) else "read"] += 1
    assert seen["read"] > 1


def test_the_shipped_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of the synthetic list is the same by blocks and by rows."""
    text = DATA.read_bytes()
    assert outcome(text, tmp_path) == by_rows(text, tmp_path, monkeypatch)


def test_plain_rows_go_by_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clean list never takes the slow way; an odd row takes it alone."""
    n_slow = 0
    slow = sltd_rows.document_of

    def counted(*given: Any, **named: Any) -> Any:
        nonlocal n_slow
        n_slow += 1
        return slow(*given, **named)

    monkeypatch.setattr(sltd_rows, "document_of", counted)
    monkeypatch.setattr(sltd_csv, "document_of", counted)
    rows = [f'A{number},UTO,P,lost,2025-01-02,,,,R-{number},"a, note"' for number in range(500)]
    rows[77] = "bad??,UTO,P,lost,,,,,,"
    found = read_bytes("sltd-csv", tmp_path, "\n".join([HEADER, *rows]).encode())
    assert (found.sink.entries, found.sink.malformed, n_slow) == (500, 1, 1)
    assert [row["source_row"] for row in found.documents] == list(range(1, 501))


@pytest.mark.parametrize("damage", [b"\xff", b"x" * 5_000_000, b'"' + b"x" * 5_000_000 + b"\n"])
def test_damage_far_inside_gives_the_same_error_or_rejects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    """Bytes that are no UTF-8, an endless line and an endless quote behind many good blocks."""
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1000)
    text = content(1, n_rows=200) + b"\nA1," + damage + b"\nB2,UTO,P,lost,,,,,,\n"
    assert outcome(text, tmp_path) == by_rows(text, tmp_path, monkeypatch)


def test_pieces_are_numbered_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first row of each piece follows the last of the piece before."""
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 50)
    path = tmp_path / "list.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 30 + b"short\n" + b"3,4\n" * 30)
    expected, kinds = 1, set()
    for first, piece in read_pieces(path, LOCAL_DISK, ["a", "b"]):
        assert first == expected
        kinds.add(isinstance(piece, pa.Table))
        expected += piece.num_rows if isinstance(piece, pa.Table) else len(list(piece))
    assert (expected, kinds) == (62, {True, False})
