"""List tables on disk: what goes in comes out, whatever is constant, and small."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import ColumnTypeError, DamagedStoreError, InputError
from matcher.files import LOCAL_DISK
from matcher.ingest.sink import TABLES
from matcher.schema import DOCUMENT_ENTRY
from matcher.snapshot.columns import KEPT, Packing, unpack
from matcher.snapshot.documents import DocumentRows
from matcher.snapshot.layout import Layout
from matcher.snapshot.manifest import TableFile
from matcher.snapshot.read import check_files
from matcher.snapshot.write import ListWriter, write_segment

DAY = datetime.date(2025, 1, 2)
ROWS = st.fixed_dictionaries(
    {
        "number": st.sampled_from(["A1", "B2", "C3"]),
        "issuing_state": st.sampled_from([None, "UTO", "XOM"]),
        "status": st.sampled_from(["lost", "stolen"]),
        "reported_on": st.sampled_from([None, DAY, datetime.date(1969, 12, 31)]),
        "note": st.sampled_from([None, "", "kept"]),
        "malformed": st.sampled_from([None, True, False]),
        "entry_id": st.sampled_from([None, "r1"]),
        "national_reference": st.sampled_from([None, "r1"]),
        "source_row": st.integers(1, 3),
    }
)


def write_documents(folder: Path, batches: list[list[dict[str, Any]]]) -> pa.Table:
    """Write batches of documents and map them again."""
    folder.mkdir(exist_ok=True)
    with ListWriter(folder, LOCAL_DISK) as writer:
        for rows in batches:
            writer.on_batch("documents", pa.RecordBatch.from_pylist(rows, schema=DOCUMENT_ENTRY))
        files = writer.finish()
    check_files(LOCAL_DISK, folder, files)
    assert {path.name for path in folder.iterdir()} == {"persons.arrow", "documents.arrow", "rejects.arrow"}
    table = LOCAL_DISK.map_table(folder / "documents.arrow")
    opened = DocumentRows(table, files["documents"])
    whole = unpack(table, DOCUMENT_ENTRY, files["documents"])
    assert pa.Table.from_batches(opened.batches(), DOCUMENT_ENTRY).to_pylist() == whole.to_pylist()
    assert all(opened.column(name).to_pylist() == whole.column(name).to_pylist() for name in DOCUMENT_ENTRY.names)
    places = [*range(whole.num_rows)][::-1] * 2
    assert opened.take(places).to_pylist() == [whole.slice(place, 1).to_pylist()[0] for place in places]
    return whole


@given(st.lists(st.lists(ROWS, max_size=3), max_size=4))
@settings(max_examples=60)
def test_what_is_written_is_mapped(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[dict[str, Any]]]
) -> None:
    """Any batches come back equal, with nulls apart from empty, false and zero."""
    table = write_documents(tmp_path_factory.mktemp("list"), batches)
    assert table.schema.equals(DOCUMENT_ENTRY)
    given_rows = pa.Table.from_pylist([row for rows in batches for row in rows], schema=DOCUMENT_ENTRY)
    assert table.to_pylist() == given_rows.to_pylist()


def packed(batches: list[list[dict[str, Any]]]) -> TableFile:
    """Return what a file of these batches leaves out."""
    packing = Packing(DOCUMENT_ENTRY, kept=KEPT["documents"])
    for rows in batches:
        packing.see(pa.RecordBatch.from_pylist(rows, schema=DOCUMENT_ENTRY))
    figures = packing.note_in(TableFile(0, "", 0))
    left_out = [*figures.constants, *figures.same, *figures.sequences]
    assert not set(figures.taken) & set(left_out)
    assert sorted([*packing.schema().names, *left_out]) == sorted(DOCUMENT_ENTRY.names)
    return figures


def test_a_column_is_constant_only_while_every_batch_says_so() -> None:
    """Null and false are two values, and a value that comes back later doesn't count."""
    row = {"number": "A1", "status": "lost", "malformed": False, "reported_on": DAY, "source_row": 5}
    found = packed([[row, row], [row]]).constants
    assert {"status": "lost", "malformed": False, "reported_on": 20090, "source_row": 5}.items() <= found.items()
    assert "number" not in found
    found = packed([[row], [{**row, "malformed": None, "status": "stolen"}], [row]]).constants
    assert not {"malformed", "status"} & set(found)


def test_an_entry_id_that_is_the_reference_is_kept_once() -> None:
    """One differing row is enough to keep both columns."""
    rows = [
        {"number": "A1", "entry_id": name, "national_reference": name, "source_row": 1} for name in ("x", None, "y")
    ]
    assert packed([rows[:1], rows[1:]]).same == {"entry_id": "national_reference"}
    assert packed([rows, [{**rows[0], "entry_id": None}]]).same == {}
    assert packed([rows, [{**rows[0], "entry_id": None}]]).taken == {"entry_id": "national_reference"}
    for other in ("z", None):
        assert packed([rows, [{**rows[0], "national_reference": other}]]).taken == {}
    assert packed([[{**row, "entry_id": None, "national_reference": None} for row in rows]]).same == {}


def test_rows_that_count_up_are_left_out() -> None:
    """A gap, a repeat or a null keeps the column."""
    cases: list[tuple[list[list[int | None]], dict[str, int]]] = [
        ([[2, 3], [4]], {"source_row": 2}),
        ([[2, 3], [5]], {}),
        ([[2, 2], [3]], {}),
        ([[2, None], [4]], {}),
        ([[None, 3], [4]], {}),
        ([[0, 1], [2]], {"source_row": 0}),
    ]
    for numbers, sequences in cases:
        assert packed([[{"number": "A", "source_row": n} for n in part] for part in numbers]).sequences == sequences


def test_notes_are_coded_while_they_are_few(tmp_path: Path) -> None:
    """Forty thousand different notes stay text, and all come back."""
    rows = [{"number": "A", "note": f"note {n}", "source_row": 1} for n in range(40_000)]
    table = write_documents(tmp_path / "list", [rows[:20_000], rows[20_000:]])
    assert table.column("note").to_pylist() == [row["note"] for row in rows]


def test_a_typical_document_list_takes_at_most_60_bytes_a_row(tmp_path: Path) -> None:
    """Ten thousand lost documents with number, issuer, type, status, four dates, references and notes."""
    rows = [
        {
            "number": f"L{n:08d}", "issuing_state": f"X{n % 90:02d}", "type": "PI"[n % 2],
            "status": ("lost", "stolen")[n % 2], "category": "document",
            "reported_on": DAY + datetime.timedelta(n % 900), "issued_on": DAY - datetime.timedelta(n % 999),
            "expires_on": DAY + datetime.timedelta(n % 3000), "review_on": DAY + datetime.timedelta(n % 3001),
            "national_reference": f"XOM-2025-{n:06d}" if n % 2 else None, "note": "from a hotel" if n % 9 else None,
            "entry_id": f"XOM-2025-{n:06d}" if n % 2 else None, "source_row": n + 2,
        }
        for n in range(10_000)
    ]  # fmt: skip
    assert write_documents(tmp_path / "list", [rows[:7000], rows[7000:]]).num_rows == 10_000
    assert (tmp_path / "list" / "documents.arrow").stat().st_size <= 60 * 10_000


def test_too_many_codes_are_refused(tmp_path: Path) -> None:
    """More codes than the column's index can count are an input error, not a wrapped number."""
    batches = [
        [{"number": "A", "issuing_state": f"{part}-{n}", "source_row": 1} for n in range(20_000)] for part in range(2)
    ]
    with pytest.raises(InputError, match="different codes"):
        write_documents(tmp_path / "list", batches)


def test_another_schema_is_refused(tmp_path: Path) -> None:
    """A reader that makes other columns is stopped at once."""
    with ListWriter(tmp_path, LOCAL_DISK) as writer, pytest.raises(ColumnTypeError):
        writer.on_batch("documents", pa.record_batch({"number": ["A"]}))


def test_segment_columns_are_one_chunk(tmp_path: Path) -> None:
    """Segment tables, empty ones too, are mapped with one chunk a column."""
    parts = pa.chunked_array([[1, 2], [3]])
    figures = write_segment(
        tmp_path, {"full": pa.table({"a": parts}), "empty": pa.table({"a": parts[:0]})}, disk=LOCAL_DISK
    )
    check_files(LOCAL_DISK, tmp_path, figures)
    for name, rows in (("full", [1, 2, 3]), ("empty", [])):
        column = LOCAL_DISK.map_table(tmp_path / f"{name}.arrow").column("a")
        assert (column.num_chunks, column.to_pylist(), figures[name].rows) == (1, rows, len(rows))


def test_missing_and_short_files_are_named(tmp_path: Path) -> None:
    """The error for a file that is missing or cut names it."""
    with ListWriter(tmp_path, LOCAL_DISK) as writer:
        files = writer.finish()
    assert set(files) == set(TABLES)
    (tmp_path / "rejects.arrow").write_bytes(b"")
    with pytest.raises(DamagedStoreError, match=r"rejects\.arrow is damaged: it has 0 bytes"):
        check_files(LOCAL_DISK, tmp_path, files)
    (tmp_path / "rejects.arrow").unlink()
    with pytest.raises(DamagedStoreError, match=r"rejects\.arrow is damaged: it is missing"):
        check_files(LOCAL_DISK, tmp_path, files)


def test_the_key_is_not_shown(tmp_path: Path) -> None:
    """A layout in a log or a traceback doesn't show its key."""
    assert "secret" not in repr(Layout(tmp_path, given_key=b"secret" * 4))
