"""A list's birth dates as an array, from which a search tells at a glance who was born at another time.

Most names that are a little alike belong to persons of another age. Their birth dates are not graded here, only placed:
how two dates stand to each other bounds what they weigh (`wanted.levels_at`). Whatever is less simple
(several dates, another calendar) may weigh anything.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matcher.compare.birth_date import CIRCA_YEARS
from matcher.compare.birth_date_kernels import DATE_COLUMNS, DAY, FIRST, LAST, MONTH, NO_DATE, NO_YEAR
from matcher.records import GREGORIAN, PartialDate

Array = np.ndarray[Any, Any]


def listed_dates(birth_dates: pa.ChunkedArray) -> Array:
    """Place the birth dates of a list's entries: int16 `(entries, DATE_COLUMNS)`.

    Args:
        birth_dates: The column of `PERSON_ENTRY`.

    Examples:
        >>> from matcher.schema import PERSON_ENTRY
        >>> dates = [[{"year": 1960, "month": 8, "day": 31}], [{"year": 1990, "approximate": True}], []]
        >>> listed_dates(pa.chunked_array([dates], PERSON_ENTRY.field("birth_dates").type)).tolist()
        [[1960, 1960, 8, 31], [1988, 1992, 0, 0], [32767, 0, 0, 0]]
    """
    column = birth_dates.combine_chunks()
    counts = pc.list_value_length(column).fill_null(0).to_numpy(zero_copy_only=False)
    placed = np.zeros((len(counts), DATE_COLUMNS), np.int16)
    placed[:, FIRST] = np.where(counts == 0, NO_DATE, NO_YEAR)
    entries = np.flatnonzero(counts == 1)
    one = pc.list_flatten(column).take(pa.array(np.cumsum(counts)[entries] - 1))
    year, month, day = (_integers(one, name) for name in ("year", "month", "day"))
    approximate = pc.fill_null(pc.struct_field(one, "approximate"), False).to_numpy(zero_copy_only=False)
    wide = np.where(approximate, CIRCA_YEARS, 0)
    last = np.maximum(_integers(one, "year_to"), year)
    has_day = (month > 0) & (day > 0) & ((month > 1) | (day > 1)) & (last == year) & ~approximate
    has_day &= pc.is_null(pc.struct_field(one, "year_to")).to_numpy(zero_copy_only=False)
    columns = np.stack([year - wide, last + wide, np.where(has_day, month, 0), np.where(has_day, day, 0)], axis=1)
    calendar = pc.fill_null(pc.struct_field(one, "calendar"), GREGORIAN)
    simple = pc.equal(calendar, GREGORIAN).to_numpy(zero_copy_only=False) & (year > 0)
    placed[entries[simple]] = columns[simple]
    return placed


def asked_date(date: PartialDate | None) -> Array:
    """Place a traveller's birth date: int16 of `DATE_COLUMNS`.

    Examples:
        >>> asked_date(PartialDate(1960, 8, 31)).tolist(), asked_date(PartialDate(1960, 1, 1)).tolist()
        ([1960, 1960, 8, 31], [1960, 1960, 0, 0])
    """
    placed = np.zeros(DATE_COLUMNS, np.int16)
    if date is None or date.year is None or date.calendar != GREGORIAN:
        placed[FIRST] = NO_YEAR
        return placed
    wide = CIRCA_YEARS if date.approximate else 0
    placed[FIRST], placed[LAST] = date.year - wide, max(date.year, date.year_to or 0) + wide
    if date.is_complete and not date.is_default_like and not date.approximate and date.year_to is None:
        placed[MONTH], placed[DAY] = date.month or 0, date.day or 0
    return placed


def _integers(dates: pa.StructArray, name: str) -> Array:
    values: Array = pc.fill_null(pc.struct_field(dates, name), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    return values
