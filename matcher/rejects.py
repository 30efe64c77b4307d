"""Reject reports: what could not be read, by reason and row number, without anything of the rows themselves.

For lists the rejects are the table of a list version (`matcher.schema.REJECT`); for travellers they are the
rows of decisions that carry a `reject_reason` (`TravellerRejects`). Steps: rejects -> one sentence a reason ->
a CSV file of one line a reject (mode 600, whole or not at all), and a short text of counts.

A report holds row numbers, codes and names of columns and files. Whose row it was stands in the source alone.
"""

from __future__ import annotations

import collections
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from matcher.errors import ColumnTypeError
from matcher.files import LOCAL_DISK, Disk
from matcher.ingest import reject
from matcher.output import open_writer
from matcher.schema import REJECT, TEXT

ROWS_SHOWN = 5  # row numbers a reason in the summary
REPORT = pa.schema(
    [
        ("row", pa.int64()),  # 1-based row in the source; 0: the file as a whole
        ("reason", TEXT),  # code; never null
        ("sentence", TEXT),  # the code in words; never null
        ("field", TEXT),  # column or element; null: the whole row
        ("source_file", TEXT),  # base name of the file; never null
    ]
)
TRAVELLER_SENTENCES: dict[str, str] = {
    "no_name_or_document": "The row has neither a letter in a name nor a document.",
    "field_too_long": "The row is longer than any real one.",
    "row_has_wrong_field_count": "The row has more or fewer cells than the header.",
    "row_has_bad_quotes": "A quoted cell is not closed before its comma or the end of the row.",
    "repeated_header": "The row is the header once more.",
    "row_is_not_a_json_object": "The line is not one whole JSON object.",
    "row_has_no_known_field": "The row has no member that is known as a field.",
    "mrz_unreadable": "The machine readable zone could not be read.",
}
WARNING_SENTENCES: dict[str, str] = {
    "birth_date_ambiguous": "Day and month of the birth date could be taken either way.",
    "birth_date_converted": "The birth date was converted from another calendar.",
    "birth_date_unreadable": "The birth date could not be read, and was left out of the comparison.",
    "encoding_damaged": "Some bytes of the row are no text in the encoding of the file.",
    "mrz_check_digit_failed": "A check digit of the machine readable zone does not fit.",
    "mrz_unreadable": "The machine readable zone could not be read, and was left out.",
    "birth_date_differs_from_mrz": "The birth date differs from the machine readable zone's, which counts.",
    "nationality_differs_from_mrz": "The nationality differs from the machine readable zone's, which counts.",
    "sex_differs_from_mrz": "The sex differs from the machine readable zone's, which counts.",
    "indicator_unknown": "An indicator that was ticked is not in the table, and brought no guidance.",
    "nationality_unknown": "The nationality is not known, and was left out of the comparison.",
    "sex_unknown": "The sex could not be read, and was left out of the comparison.",
    "source_unknown": "The kind of source is not known, and was left out.",
}
_NO_SENTENCE = "No sentence is kept for this code."
_SENTENCES: dict[str, str] = {**TRAVELLER_SENTENCES, **reject.REASONS}


class TravellerRejects:
    """Collects the rejected rows of a screening from its batches of decisions, in order.

    Attributes:
        warnings: Rows with each warning; those rows were screened all the same.
        n_rows: Decisions seen so far.

    Args:
        source_file: Base name of the passenger file.
    """

    def __init__(self, source_file: str) -> None:
        self.warnings: collections.Counter[str] = collections.Counter()
        self.n_rows = 0
        self._source_file = source_file
        self._kept: list[pa.Table] = []

    def add(self, decisions: pa.Table | pa.RecordBatch) -> None:
        """Take the next rows, in the order of the passenger file.

        Args:
            decisions: Rows of `matcher.schema.DECISION`; only `reject_reason` and `warnings` are read.

        Raises:
            ColumnTypeError: one of the two columns is missing.
        """
        if not {"reject_reason", "warnings"} <= set(decisions.schema.names):
            raise ColumnTypeError("a table without reject_reason and warnings; give decisions as screen returns them")
        reasons = _flat(decisions.column("reject_reason"))
        rows = pc.add(pc.indices_nonzero(pc.is_valid(reasons)).cast(pa.int64()), self.n_rows + 1)
        n_rejects = len(rows)
        if n_rejects:
            columns = [
                rows,
                reasons.drop_null().cast(TEXT),
                pa.nulls(n_rejects, TEXT),
                pa.array([self._source_file] * n_rejects, TEXT),
            ]
            self._kept.append(pa.Table.from_arrays(columns, schema=REJECT))
        for code in pc.value_counts(pc.list_flatten(_flat(decisions.column("warnings")))).to_pylist():
            self.warnings[code["values"]] += code["counts"]
        self.n_rows += decisions.num_rows

    def table(self) -> pa.Table:
        """Return the rejects so far, in the shape of `matcher.schema.REJECT`."""
        return pa.concat_tables(self._kept) if self._kept else REJECT.empty_table()


def write_reject_report(
    rejects: pa.Table | Iterable[Mapping[str, Any]], path: str | Path, *, disk: Disk = LOCAL_DISK
) -> int:
    """Write a CSV file of one line a reject: row, reason, sentence, field, source_file.

    Cells that a spreadsheet would run are escaped; the file appears whole or not at all, with mode 600.

    Args:
        rejects: A table in the shape of `matcher.schema.REJECT`, or its rows.
        path: The file to make; an existing one is replaced.
        disk: The seam for disk access.

    Returns:
        How many rejects were written.

    Raises:
        ColumnTypeError: the table has another shape.
        DiskError: the file cannot be made or written.

    Examples:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "rejects.csv"
        >>> write_reject_report([{"row": 3, "reason": "no_name", "field": None, "source_file": "list.xml"}], path)
        1
        >>> print(path.read_text(), end="")
        row,reason,sentence,field,source_file
        3,no_name,The entry has no letter in any name.,,list.xml
    """
    table = _as_table(rejects)
    with open_writer(path, "csv", schema=REPORT, disk=disk) as writer:
        for batch in table.to_batches(max_chunksize=65_536):
            sentences = [_SENTENCES.get(code, _NO_SENTENCE) for code in batch.column("reason").to_pylist()]
            columns = {name: batch.column(name) for name in REJECT.names}
            writer.write(pa.table({**columns, "sentence": pa.array(sentences, TEXT)}))
    return int(table.num_rows)


def summary(rejects: pa.Table | Iterable[Mapping[str, Any]], warnings: Mapping[str, int] | None = None) -> str:
    """Return the rejects as a text: each reason with its count, its sentence and its first rows.

    Args:
        rejects: As for `write_reject_report`.
        warnings: Rows by warning code, for travellers.

    Returns:
        Lines of text, the most frequent reason first; no cell of a row is in it.

    Examples:
        >>> rows = [{"row": row, "reason": "no_name", "field": None, "source_file": "list.xml"} for row in (3, 8)]
        >>> print(summary(rows, {"sex_unknown": 1}))
        2 rows rejected
          2 x no_name: The entry has no letter in any name.
              list.xml: rows 3, 8
        1 warning
          1 x sex_unknown: The sex could not be read, and was left out of the comparison.
    """
    table = _as_table(rejects)
    lines = [_count(table.num_rows, "row", " rejected")]
    for reason, count, first in _by_reason(table):
        lines.append(f"  {count:,} x {reason}: {_SENTENCES.get(reason, _NO_SENTENCE)}")
        lines += [f"      {name}: {text}" for name, text in first.items()]
    if warnings:
        lines.append(_count(sum(warnings.values()), "warning"))
        for code, count in sorted(warnings.items(), key=lambda item: (-item[1], item[0])):
            lines.append(f"  {count:,} x {code}: {WARNING_SENTENCES.get(code, _NO_SENTENCE)}")
    return "\n".join(lines)


def _by_reason(table: pa.Table) -> list[tuple[str, int, dict[str, str]]]:
    """Return code, count and the first rows by file, the most frequent code first."""
    counts: collections.Counter[str] = collections.Counter()
    rows: dict[str, dict[str, list[int]]] = {}
    by_file: collections.Counter[tuple[str, str]] = collections.Counter()
    for batch in table.to_batches():
        columns = (batch.column(name).to_pylist() for name in ("row", "reason", "source_file"))
        for row, reason, source_file in zip(*columns, strict=True):
            counts[reason] += 1
            by_file[reason, source_file] += 1
            kept = rows.setdefault(reason, {}).setdefault(source_file, [])
            if len(kept) < ROWS_SHOWN:
                kept.append(row)
    found = []
    for reason, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        texts = {}
        for source_file, first in rows[reason].items():
            n_more = by_file[reason, source_file] - len(first)
            listed = ", ".join(f"{row:,}" for row in first)
            texts[source_file] = f"row{'s' if len(first) > 1 else ''} {listed}" + (
                f" and {n_more:,} more" if n_more else ""
            )
        found.append((reason, count, texts))
    return found


def _count(number: int, noun: str, rest: str = "") -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}{rest}"


def _as_table(rejects: pa.Table | Iterable[Mapping[str, Any]]) -> pa.Table:
    if not isinstance(rejects, pa.Table):
        return pa.Table.from_pylist([dict(row) for row in rejects], schema=REJECT)
    try:
        return rejects.select(REJECT.names).cast(REJECT)
    except (KeyError, pa.ArrowException) as error:
        raise ColumnTypeError(
            f"a table of {rejects.num_columns} columns is no table of rejects; give the columns "
            f"{', '.join(REJECT.names)}"
        ) from error


def _flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
