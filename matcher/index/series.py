"""How densely a list fills each series of numbers: what a coincidence with a near number is judged by.

A series is an issuer and a pattern (`documents.series`). Counts come from every k-th row, at most `SAMPLE_ROWS` of
them, scaled.
"""

from __future__ import annotations

import collections
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matcher.documents.numbers import normalise
from matcher.documents.series import DIGIT, KEPT_LETTERS, LETTER, pattern_of
from matcher.documents.states import issuer_group
from matcher.schema import TEXT
from matcher.snapshot.documents import DocumentRows

SAMPLE_ROWS = 1_000_000
DOCUMENT_SERIES = pa.schema(
    [
        ("issuing_state", TEXT),  # as listed; null: not said
        ("pattern", TEXT),  # never null
        ("count", pa.float64()),  # listed numbers, about; never null
    ]
)


def build_series(documents: DocumentRows) -> pa.Table:
    """Count the numbers of each series on a list."""
    step = -(-documents.num_rows // SAMPLE_ROWS) or 1
    sample = pa.table(documents.take(np.arange(0, documents.num_rows, step), ["number", "issuing_state"]))
    plain = pc.replace_substring_regex(pc.utf8_upper(sample.column("number").cast(TEXT)), "[^0-9A-Z]", "")
    head = pc.replace_substring_regex(pc.utf8_slice_codeunits(plain, 0, KEPT_LETTERS), "[0-9]", DIGIT)
    tail = pc.replace_substring_regex(pc.utf8_slice_codeunits(plain, KEPT_LETTERS), "[A-Z]", LETTER)
    tail = pc.replace_substring_regex(tail, "[0-9]", DIGIT)
    pattern = pc.binary_join_element_wise(head, tail, pa.scalar("", TEXT))
    table = pa.table({"issuing_state": sample.column("issuing_state").cast(TEXT), "pattern": pattern})
    counted = table.group_by(["issuing_state", "pattern"]).aggregate([([], "count_all")])
    counts = pc.multiply(counted.column("count_all").cast(pa.float64()), float(step))
    return (
        pa.table([counted.column("issuing_state"), counted.column("pattern"), counts], schema=DOCUMENT_SERIES)
        .sort_by([("issuing_state", "ascending"), ("pattern", "ascending")])
        .combine_chunks()
    )


class _Key(NamedTuple):
    issuer: str | None
    pattern: str


class Series:
    """Looks up how many numbers of a series are listed."""

    def __init__(self, table: pa.Table) -> None:
        self._counts: collections.Counter[_Key] = collections.Counter()
        columns = (table.column(name).to_pylist() for name in DOCUMENT_SERIES.names)
        for issuer, pattern, count in zip(*columns, strict=True):
            self._counts[_Key(issuer and issuer_group(issuer), pattern)] += count

    def count(self, number: str, issuing_state: str | None) -> float:
        """Return about how many listed numbers share a listed number's series, itself included.

        Args:
            number: As listed.
            issuing_state: As listed.
        """
        key = _Key(issuing_state and issuer_group(issuing_state), pattern_of(normalise(number)))
        return max(1.0, self._counts[key])
