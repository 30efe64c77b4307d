"""Rows of documents: any rows in any order from many stored batches, nothing made before it is asked for."""

from __future__ import annotations

import datetime
import random
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from matcher.files import LOCAL_DISK
from matcher.ingest.entry_ids import derived_entry_id
from matcher.schema import DOCUMENT_ENTRY, PERSON_ENTRY
from matcher.snapshot import write
from matcher.snapshot.diff import EntryDigests, diff_digests
from matcher.snapshot.documents import DocumentRows
from matcher.snapshot.entry_ids import DocumentIds
from matcher.snapshot.write import ListWriter
from tests.opened import document_row

KEY = b"k" * 32
NUMBERS = ["L898902C3", "ab 12-34", "bad??", "№ 7", "é" * 30, "x" * 20]


def made_rows(draw: random.Random, n: int) -> list[dict[str, Any]]:
    """Rows with every kind of column: constant, coded, counted, taken from another, null."""
    rows = []
    for at in range(n):
        reference = draw.choice([None, f"r-{at}"])
        row = document_row(draw.choice(NUMBERS), draw.choice([None, "UTO", "DEU"]), draw.choice(["P", "ID", None]))
        row |= {"note": draw.choice([None, "kept", "another"]), "source_row": at + 5, "status": "lost"}
        row |= {"national_reference": reference, "entry_id": draw.choice([None, reference])}
        row |= {"reported_on": draw.choice([None, datetime.date(2025, 1, 2)])}
        rows.append(row | {"person_entry_id": draw.choice([None, None, "7"]) if row["entry_id"] is None else None})
    return rows


def written(folder: Path, rows: list[dict[str, Any]], batch: int) -> DocumentRows:
    folder.mkdir()
    with ListWriter(folder, LOCAL_DISK) as writer:
        for start in range(0, len(rows), batch):
            part = pa.RecordBatch.from_pylist(rows[start : start + batch], schema=DOCUMENT_ENTRY)
            writer.on_batch("documents", part)
        figures = writer.finish()["documents"]
    assert set(figures.taken) == {"entry_id"}
    assert set(figures.sequences) == {"source_row"}
    return DocumentRows(LOCAL_DISK.map_table(folder / "documents.arrow"), figures)


@pytest.mark.parametrize("n_asked", [1, 5, 300])
def test_any_rows_come_as_they_were_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_asked: int) -> None:
    """Few or many rows, from one or many batches, with repeats: each row as it was, its codes with it."""
    monkeypatch.setitem(write.FILE_ROWS, "documents", 16)
    draw = random.Random(n_asked)
    rows = made_rows(draw, 120)
    documents = written(tmp_path / "list", rows, batch=8)
    assert documents.num_rows == 120
    asked = [draw.randrange(120) for _ in range(n_asked)]
    assert documents.take(asked).to_pylist() == [rows[row] for row in asked]
    names = DOCUMENT_ENTRY.names
    assert documents.tuples(asked, names) == [tuple(rows[row][name] for name in names) for row in asked]
    for name in ("issuing_state", "type", "status", "state"):
        values = [*documents.values(name), None]
        expected = [rows[row][name] for row in asked]
        assert [values[code] for code in documents.codes(name, np.array(asked)).tolist()] == expected
        whole = [values[code] for codes in documents.all_codes(name) for code in codes.tolist()]
        assert whole == [row[name] for row in rows]
    assert documents.take([]).num_rows == 0


def test_opening_makes_nothing_in_memory(tmp_path: Path) -> None:
    """Counted rows, notes and ids of 50,000 documents take no memory until asked for, and then for the rows asked."""
    rows = made_rows(random.Random(3), 50_000)
    documents = written(tmp_path / "list", rows, batch=10_000)
    table = LOCAL_DISK.map_table(tmp_path / "list" / "documents.arrow")
    before = pa.total_allocated_bytes()
    opened = DocumentRows(table, documents._figures)
    kept = opened.column("number"), opened.take([49_999, 0]), opened.codes("type", np.arange(3))
    assert pa.total_allocated_bytes() - before < 50_000
    assert kept[1].to_pylist() == [rows[49_999], rows[0]]


def test_derived_ids_are_found_without_deriving_all(tmp_path: Path) -> None:
    """Every id of a list is held by it, whatever it comes from; another id of the same form is not."""
    documents = written(tmp_path / "list", made_rows(random.Random(5), 60), batch=60)
    ids = DocumentIds(documents, key=KEY)
    assert all(ids.holds(entry_id) for entry_id in ids.all())
    other = derived_entry_id(KEY, "UTO", "P", "M1", None)
    assert not any(ids.holds(entry_id) for entry_id in (other, "r-none", "d-", "d-" + "1" * 16, ""))


def test_a_difference_is_told_by_id(tmp_path: Path) -> None:
    """Against a dictionary of rows by id: added, removed and changed entries; place, order and repeats don't count."""
    draw = random.Random(11)
    for turn in range(20):
        before = made_rows(draw, 40)
        after = [dict(row) for row in before if draw.random() < 0.9] + made_rows(draw, 4)
        for row in draw.sample(after, 5):
            row["expires_on"] = datetime.date(2030, 1, draw.randrange(1, 28))
        draw.shuffle(after)
        versions, expected = [], []
        for rows in (before, after):
            documents = DocumentRows.of(pa.Table.from_pylist(rows, schema=DOCUMENT_ENTRY))
            versions.append(EntryDigests(PERSON_ENTRY.empty_table(), documents, key=KEY))
            by_id: dict[str, list[str]] = {}
            for entry_id, row in zip(DocumentIds(documents, key=KEY).all(), rows, strict=True):
                content = {name: value for name, value in row.items() if name not in ("source_row", "entry_id")}
                by_id.setdefault(entry_id, []).append(repr(content))
            expected.append({entry_id: sorted(contents) for entry_id, contents in by_id.items()})
        found = diff_digests("mine", ("v1", versions[0]), ("v2", versions[1]))
        old, new = expected
        assert found.added == tuple(sorted(new.keys() - old.keys()))
        assert found.removed == tuple(sorted(old.keys() - new.keys()))
        assert found.changed == tuple(sorted(one for one in new.keys() & old.keys() if old[one] != new[one]))
        assert turn or found.changed
