"""A made-up list of lost and stolen documents as large as wanted, as an sltd-csv file written by streaming.

Numbers, issuers and types come from `speed.document_numbers` (`issuers` or `spread`); the other columns are filled as
such lists are: every row has status and day of report, most have dates of issue and expiry, half a national
reference, some a note. One row in 10,000 each has a number that can't be a key, no issuer, an impossible day, a
quoted note, or a reference that another row has too; one in a million has too few cells.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.speed.document_numbers import DRAWS, issuer_and_type
from matcher.ingest.sltd_csv import COLUMNS
from matcher.schema import TEXT

BATCH = 1_000_000
FAULT_SHARE = 10_000  # one row in so many has each of the faults
_STATUSES = ("lost", "stolen", "stolen_blank", "revoked", "invalid")
_STATUS_SHARES = (0.52, 0.38, 0.04, 0.04, 0.02)
_NOTES = ("burglary", "lost in transit", "reported by holder", "stolen from a vehicle", "handed in by a relative")
_QUOTED = '"found, then lost again"'
_LAST_DAY = datetime.date(2026, 6, 30)
_DAYS = 3650
_SHORT_LINE = b"AB12,UTO\n"
Array = np.ndarray[Any, Any]


def write_sltd(path: Path, rows: int, *, kind: str, seed: int, is_reviewed: bool = False) -> None:
    """Write a list of about `rows` documents; holds a million rows at a time.

    With `is_reviewed` each has a review date ten years after its report (SLTD: automatic deletion).
    """
    draw = np.random.default_rng(seed)
    states, types = issuer_and_type(kind)
    with path.open("wb") as file:
        file.write((",".join(COLUMNS) + "\n").encode())
        for start in range(0, rows, BATCH):
            batch = DRAWS[kind](draw, min(BATCH, rows - start))
            pattern = batch.column("pattern").to_numpy()
            columns = _columns(draw, batch.column("number"), start, is_reviewed=is_reviewed)
            columns["issuing_state"] = _faulty(draw, _chosen(states, pattern), "")
            columns["document_type"] = _chosen(types, pattern)
            _write_rows(file, [columns[name] for name in COLUMNS])
            if batch.num_rows == BATCH:
                file.write(_SHORT_LINE)


def _columns(draw: np.random.Generator, numbers: pa.Array, start: int, *, is_reviewed: bool) -> dict[str, pa.Array]:
    n = len(numbers)
    days = _day_texts()
    reported = draw.integers(0, _DAYS, n)
    issued = np.maximum(reported - draw.integers(0, _DAYS, n), 0)
    has_dates = draw.random(n) < 0.7
    empty = pa.array([""] * n)
    references = pa.array(np.char.add("R-", (np.arange(start, start + n) * 7919 % 10**9).astype("U9")))
    references = pc.if_else(pa.array(draw.random(n) < 0.5), references, empty)
    notes = _chosen(("", *_NOTES), np.where(draw.random(n) < 0.2, draw.integers(1, len(_NOTES) + 1, n), 0))
    return {
        "document_number": _faulty(draw, numbers.cast(pa.string()), "not a number?"),
        "status": _chosen(_STATUSES, draw.choice(len(_STATUSES), n, p=_STATUS_SHARES)),
        "reported_on": _faulty(draw, _chosen(days, reported), "2025-02-30"),
        "issued_on": pc.if_else(pa.array(has_dates), _chosen(days, issued), empty),
        "expires_on": pc.if_else(pa.array(has_dates), _chosen(days, np.minimum(issued + 1200, _DAYS)), empty),
        "review_on": _chosen(_review_texts(), reported) if is_reviewed else empty,
        "national_reference": _faulty(draw, references, "R-repeated"),
        "note": _faulty(draw, notes, _QUOTED),
    }


def _day_texts() -> list[str]:
    first = _LAST_DAY - datetime.timedelta(_DAYS)
    return [(first + datetime.timedelta(day)).isoformat() for day in range(_DAYS + 1)]


def _review_texts() -> list[str]:
    """Ten years after each day of report."""
    return [f"{int(day[:4]) + 10}{day[4:] if day[5:] != '02-29' else '-03-01'}" for day in _day_texts()]


def _chosen(values: Sequence[str], places: Array) -> pa.Array:
    return pa.array(list(values)).take(pa.array(places.astype(np.int32)))


def _faulty(draw: np.random.Generator, column: pa.Array, fault: str) -> pa.Array:
    return pc.if_else(pa.array(draw.random(len(column)) < 1 / FAULT_SHARE), fault, column)


def _write_rows(file: BinaryIO, columns: Sequence[pa.Array]) -> None:
    comma, end = pa.scalar(",", TEXT), pa.scalar("\n", TEXT)
    lines = pc.binary_join_element_wise(*(column.cast(TEXT) for column in columns), comma)
    file.write(pc.binary_join_element_wise(lines, pa.scalar("", TEXT), end).buffers()[2])
