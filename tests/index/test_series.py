"""Counts of series: those of a plain count by issuer group and pattern."""

from __future__ import annotations

import collections
import random

import pyarrow as pa
import pytest

from benchmarks.numbers import draw_document
from matcher.documents.numbers import normalise
from matcher.documents.series import pattern_of
from matcher.documents.states import issuer_group
from matcher.index import series
from matcher.index.series import Series, build_series
from matcher.schema import DOCUMENT_ENTRY
from matcher.snapshot.documents import DocumentRows
from tests.opened import document_row


def made(n: int) -> list[tuple[str, str | None]]:
    draw = random.Random(8)
    states = {"D": "DEU", "GBR": "GBN"}
    rows: list[tuple[str, str | None]] = []
    for _ in range(n):
        one = draw_document(draw)
        rows.append((one.number, draw.choice([None, one.issuing_state, states.get(one.issuing_state)])))
    return [*rows, ("bad??", "UTO"), ("", "UTO")]


def opened(rows: list[tuple[str, str | None]]) -> Series:
    listed = [document_row(number, state, "P") for number, state in rows]
    table = pa.Table.from_pylist(listed, schema=DOCUMENT_ENTRY)
    return Series(build_series(DocumentRows.of(table)))


def test_counts_are_those_of_a_plain_count() -> None:
    """Every listed number's series, codes of one issuer together; an unknown series counts the number itself."""
    rows = made(3000)
    found = opened(rows)
    expected = collections.Counter((state and issuer_group(state), pattern_of(normalise(text))) for text, state in rows)
    for text, state in rows[:-2]:
        assert found.count(text, state) == expected[state and issuer_group(state), pattern_of(normalise(text))]
    assert found.count("ZZZZ1", "UTO") == found.count("C12345678", "XYZ") == 1.0
    assert opened([]).count("A1", None) == 1.0


def test_a_sample_is_scaled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the sample every k-th row stands for k."""
    monkeypatch.setattr(series, "SAMPLE_ROWS", 100)
    assert opened([("A1234567", "UTO")] * 450).count("A7654321", "UTO") == 450.0
