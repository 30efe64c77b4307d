"""How densely a list fills each series of numbers: what a coincidence with a near number is judged by.

A series is an issuer group and a pattern (`documents.series`). Counts come from every k-th row, at most `SAMPLE_ROWS`
of them, scaled.
"""

from __future__ import annotations

import bisect

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matcher.documents.numbers import normalise
from matcher.documents.series import DIGIT, KEPT_LETTERS, LETTER, pattern_of
from matcher.documents.states import issuer_group
from matcher.schema import TEXT
from matcher.snapshot.documents import DocumentRows

SAMPLE_ROWS = 1_000_000
UNSAID = ""  # the group of rows without issuer
DOCUMENT_SERIES = pa.schema(
    [
        ("issuer_group", TEXT),  # ascending; empty: not said; never null
        ("pattern", TEXT),  # ascending within a group; never null
        ("count", pa.float64()),  # listed numbers, about; never null
    ]
)


def build_series(documents: DocumentRows) -> pa.Table:
    """Count the numbers of each series on a list."""
    step = -(-documents.num_rows // SAMPLE_ROWS) or 1
    sample = documents.take(np.arange(0, documents.num_rows, step), ["number", "issuing_state"])
    plain = pc.replace_substring_regex(pc.utf8_upper(sample.column("number")), "[^0-9A-Z]", "")
    head = pc.replace_substring_regex(pc.utf8_slice_codeunits(plain, 0, KEPT_LETTERS), "[0-9]", DIGIT)
    tail = pc.replace_substring_regex(pc.utf8_slice_codeunits(plain, KEPT_LETTERS), "[A-Z]", LETTER)
    tail = pc.replace_substring_regex(tail, "[0-9]", DIGIT)
    pattern = pc.binary_join_element_wise(head, tail, pa.scalar("", TEXT))
    states = sample.column("issuing_state")
    groups = pa.array([issuer_group(state) for state in states.dictionary.to_pylist()], TEXT)
    group = groups.take(states.indices).fill_null(UNSAID)
    table = pa.table({"issuer_group": group, "pattern": pattern})
    counted = table.group_by(["issuer_group", "pattern"]).aggregate([([], "count_all")])
    counts = pc.multiply(counted.column("count_all").cast(pa.float64()), float(step))
    return (
        pa.table([counted.column("issuer_group"), counted.column("pattern"), counts], schema=DOCUMENT_SERIES)
        .sort_by([("issuer_group", "ascending"), ("pattern", "ascending")])
        .combine_chunks()
    )


class Series:
    """Looks up how many numbers of a series are listed, in the mapped table.

    Examples:
        >>> listed = [("D", "C01X00T47"), ("DEU", "C01X00T48"), ("UTO", "AB12345")]
        >>> states = pa.array([state for state, _ in listed], pa.dictionary(pa.int16(), TEXT))
        >>> table = pa.table({"number": pa.array([number for _, number in listed], TEXT), "issuing_state": states})
        >>> series = Series(build_series(DocumentRows.of(table)))
        >>> series.count("C99X99T99", "DEU"), series.count("AB12346", None)
        (2.0, 1.0)
    """

    def __init__(self, table: pa.Table) -> None:
        groups, self._patterns, self._counts = (column.combine_chunks() for column in table.columns)
        runs = pc.run_end_encode(groups, run_end_type=pa.int64())
        ends = runs.run_ends.to_pylist()
        begins = [0, *ends[:-1]] if ends else []
        self._ranges = dict(zip(runs.values.to_pylist(), zip(begins, ends, strict=True), strict=True))

    def count(self, number: str, issuing_state: str | None) -> float:
        """Return about how many listed numbers share a listed number's series, itself included.

        Args:
            number: As listed.
            issuing_state: As listed.
        """
        group = issuer_group(issuing_state) if issuing_state else UNSAID
        begin, end = self._ranges.get(group, (0, 0))
        pattern = pattern_of(normalise(number))
        place = bisect.bisect_left(range(end), pattern, begin, end, key=lambda at: str(self._patterns[at].as_py()))
        if place == end or self._patterns[place].as_py() != pattern:
            return 1.0
        return max(1.0, float(self._counts[place].as_py()))
