"""The years of a list's birth dates as arrays: the most that a birth date can weigh, for many entries at once.

Most names that are a little alike belong to persons of another age. Their birth dates are not graded here, only
bounded: years two or more apart, with another day and month, can reach the last steps of the ladders and no more
(`compare.birth_date.levels_apart`). Whatever is less simple (several dates, another calendar) is bounded by the most.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matcher.compare.birth_date import CIRCA_YEARS, MOST_APART, levels_apart, open_years
from matcher.records import GREGORIAN, PartialDate
from matcher.score.model import Model

Array = np.ndarray[Any, Any]
_ANY = np.int16(-32768)  # first year of an entry whose dates are not simple: no year is known to be apart
_NONE = np.int16(32767)  # of an entry without a date


class BirthYears:
    """Years, and days of the year, of a list's entries.

    Args:
        birth_dates: The column of `PERSON_ENTRY`.

    Examples:
        >>> from matcher.schema import PERSON_ENTRY
        >>> from matcher.score.model import load_model
        >>> dates = [[{"year": 1960, "month": 8, "day": 31}], [{"year": 1990}], []]
        >>> years = BirthYears(pa.chunked_array([dates], PERSON_ENTRY.field("birth_dates").type))
        >>> years.most_bits(load_model(), PartialDate(1960, 8, 31), np.arange(3), "unknown").tolist()
        [12.7..., -8.0, 0.0]
    """

    def __init__(self, birth_dates: pa.ChunkedArray) -> None:
        column = birth_dates.combine_chunks()
        counts = pc.list_value_length(column).fill_null(0).to_numpy(zero_copy_only=False)
        self.first = np.where(counts == 0, _NONE, _ANY)
        self.last = np.where(counts == 0, _NONE, np.int16(32767))
        self.days = np.zeros(len(counts), np.int16)
        self._take_simple(counts, pc.list_flatten(column))

    def _take_simple(self, counts: Array, dates: pa.StructArray) -> None:
        """Note the years of the entries with one Gregorian date."""
        ends = np.cumsum(counts)
        entries = np.flatnonzero(counts == 1)
        one = dates.take(pa.array(ends[entries] - 1))
        year = _integers(one, "year")
        last = np.maximum(_integers(one, "year_to"), year)
        wide = np.where(
            pc.fill_null(pc.struct_field(one, "approximate"), False).to_numpy(zero_copy_only=False), CIRCA_YEARS, 0
        )
        calendar = pc.fill_null(pc.struct_field(one, "calendar"), GREGORIAN)
        plain = pc.equal(calendar, GREGORIAN).to_numpy(zero_copy_only=False) & (year > 0)
        entries = entries[plain]
        self.first[entries], self.last[entries] = (year - wide)[plain], (last + wide)[plain]
        self.days[entries] = (32 * _integers(one, "month") + _integers(one, "day"))[plain]

    def most_bits(self, model: Model, date: PartialDate, entries: Array, source: str) -> Array:
        """Bound what a traveller's birth date weighs with each of some entries, in bits.

        Args:
            model: Weights.
            date: The traveller's.
            entries: Entry rows.
            source: As for `Model.field_bits`.
        """
        ladder = _ladder(model, source)
        asked = open_years(date)
        if asked is None:
            return np.full(len(entries), ladder[0])
        first, last = self.first[entries].astype(np.int64), self.last[entries].astype(np.int64)
        apart = np.maximum(np.maximum(first - asked[1], asked[0] - last), 0)
        if date.calendar == GREGORIAN and date.month and date.day:
            apart[self.days[entries] == 32 * date.month + date.day] = 0
        elif date.calendar != GREGORIAN:
            apart[:] = 0
        bits = ladder[np.minimum(apart, MOST_APART)]
        bits[first == _NONE] = 0.0
        return bits


@functools.lru_cache(maxsize=64)
def _ladder(model: Model, source: str) -> Array:
    """The most bits by years apart."""

    weights = model.weights["birth_date"]

    def most(years: int) -> float:
        return max(model.field_bits(weights[level], source) for level in levels_apart(years))

    return np.array([most(years) for years in range(MOST_APART + 1)])


def _integers(dates: pa.StructArray, name: str) -> Array:
    values: Array = pc.fill_null(pc.struct_field(dates, name), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    return values
