"""The document tables of a segment: what they hold, what they cost, and that chunks and order change nothing."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.numbers import draw_document
from matcher.documents.numbers import lookup_key
from matcher.errors import InputError
from matcher.index import document_issuers, document_tables
from matcher.index.document_tables import DOCUMENT_TABLES, build_documents
from matcher.index.documents import DocumentIndex, pack_key
from matcher.snapshot.documents import DocumentRows

CODE = pa.dictionary(pa.int16(), pa.large_string())


def listed(numbers: list[str], chunk: int, issuers: Sequence[str | None] = ("UTO", None, "D")) -> DocumentRows:
    columns = {
        "number": pa.array(numbers, pa.large_string()),
        "issuing_state": pa.array([issuers[len(number) % len(issuers)] for number in numbers], CODE),
        "type": pa.nulls(len(numbers), CODE),
    }
    return DocumentRows.of(pa.Table.from_batches(pa.table(columns).to_batches(max_chunksize=chunk)))


@pytest.fixture(scope="module")
def numbers() -> list[str]:
    draw = random.Random(4)
    made = [draw_document(draw).number for _ in range(5000)]
    return [*made, *made[:100], "bad number??", "12345678901234", "", "A" * 21, "ab 12-34"]


def test_chunks_change_nothing(numbers: list[str]) -> None:
    """Numbers in one chunk, in many, or in slices of a longer one give the same tables, byte by byte."""
    whole = build_documents(listed(numbers, len(numbers)))
    assert set(whole) == set(DOCUMENT_TABLES)
    for other in (listed(numbers, 7), listed(numbers, 1000)):
        made = build_documents(other)
        assert all(made[name].equals(whole[name]) for name in whole)


def test_every_row_stands_once_and_by_key(numbers: list[str]) -> None:
    """Each row with a number is in exactly one of the two tables of keys; rows of one key are ascending neighbours."""
    tables = build_documents(listed(numbers, 512))
    rows = tables["document_keys"].column("row").to_pylist() + tables["long_keys"].column("row").to_pylist()
    assert sorted(rows) == [row for row, number in enumerate(numbers) if lookup_key(number)]
    keys, cells = tables["document_keys"].column("key").to_numpy(), tables["document_cells"].column("first").to_numpy()
    assert cells[0] == 0
    assert cells[-1] == len(keys)
    for low, high in itertools.pairwise(cells.tolist()):
        inside = list(zip(keys[low:high].tolist(), rows[low:high], strict=True))
        assert inside == sorted(inside)


def test_sixteen_bytes_an_entry(numbers: list[str]) -> None:
    """Everything that a search touches takes 16 bytes an entry at most, for numbers in issuers' usual shapes."""
    draw = random.Random(5)
    made = [draw_document(draw).number for _ in range(50_000)]
    tables = build_documents(listed(made, 4096))
    fixed = tables["document_shapes"].nbytes + tables["document_issuers"].nbytes
    assert sum(table.nbytes for table in tables.values()) - fixed <= 16 * len(made)


def test_packed_batch_equals_sorted_keys(numbers: list[str]) -> None:
    """The reference of the index is a plain sorted column: the same keys are found, as often."""
    index = DocumentIndex(build_documents(listed(numbers, 512)), listed(numbers, 512))
    keys = [pack_key(key) for number in numbers if (key := lookup_key(number)).isalnum() and len(key) <= 12]
    ordered = np.sort(np.array(keys, np.uint64))
    wanted = np.concatenate((ordered, ordered + np.uint64(1), np.array([0, 36, 2**64 - 1], np.uint64)))
    first, counts = index.exact_batch(wanted)
    expected = ordered.searchsorted(wanted, "right") - ordered.searchsorted(wanted, "left")
    assert counts.tolist() == expected.tolist()
    assert (first >= 0).tolist() == (expected > 0).tolist()


def test_a_list_beyond_32_bits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are 32-bit: one list version beyond them is refused in one line."""
    monkeypatch.setattr(document_tables, "MAX_ROWS", 2)
    with pytest.raises(InputError, match="at most 2 are searchable"):
        build_documents(listed(["A1", "A2", "A3"], 3))


def test_progress_grows_to_the_whole(numbers: list[str]) -> None:
    """The callback is told rows done and rows in all, growing, after each chunk, and at the end all of them."""
    told: list[tuple[int, int]] = []
    build_documents(listed(numbers, 1000), progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1] == (len(numbers), len(numbers))
    assert len(told) >= 5


def test_groups_beyond_the_tables_are_searched_by_all_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """More issuers than tables of shapes: the largest keep one, and near numbers of the others are still found."""
    monkeypatch.setattr(document_issuers, "MAX_GROUPS", 2)
    made = [f"{'A' * length}{row:06d}" for length in range(1, 5) for row in range(10 * length)]
    rows = listed(made, 32, issuers=("QQA", "QQB", "QQC", "QQD"))
    tables = build_documents(rows)
    assert tables["document_issuers"].column("group").to_pylist() == ["QQB", "QQC"]
    index = DocumentIndex(tables, rows)
    for row, number in enumerate(made):
        issuer = ("QQA", "QQB", "QQC", "QQD")[len(number) % 4]
        presented = f"{number[:-1]}X"
        assert row in [one.row for one in index.near(presented, issuer)]
        assert index.near(presented, "QQX") == []
