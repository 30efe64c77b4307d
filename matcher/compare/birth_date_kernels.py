"""Compiled look at two birth dates: how they stand to each other, as far as it bounds what they can weigh.

Grading a date takes a microsecond and more; where two dates stand is told from eight bytes of each, for as many listed
persons as share a token. `candidates.wanted.levels_at` says which levels a stand leaves open.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.jit import kernel, part

# A date: the years that it leaves open, and month and day if both are known and speak (0: they don't).
FIRST, LAST, MONTH, DAY = range(4)
DATE_COLUMNS = 4
NO_DATE = 32767  # first year of who has none
NO_YEAR = -32768  # first year of a date that is not simple: several, or of another calendar

MOST_APART = 21  # years: farther is as far
# How two dates stand: one of them is missing; anything may be; days of two months side by side; days that differ in the
# month alone; other days so many years apart; years so many apart, where not both days are known.
ABSENT, OPEN, NEXT_MONTH, OTHER_MONTH, DAYS_APART = range(5)
YEARS_APART = DAYS_APART + MOST_APART + 1
STANDS = YEARS_APART + MOST_APART + 1


@part
def stand_of(dates: Any, entry: int, asked: Any, q: int) -> int:
    """How the listed date of an entry stands to a traveller's.

    Args:
        dates: int16 `(entries, DATE_COLUMNS)`; none at all: anything may be.
        entry: Which of them.
        asked: int16 `(queries, DATE_COLUMNS)`.
        q: Which of them.
    """
    stand = OPEN
    if len(dates) and dates[entry, FIRST] == NO_DATE:
        stand = ABSENT
    elif len(dates) and dates[entry, FIRST] != NO_YEAR and asked[q, FIRST] != NO_YEAR:
        year, other = int(dates[entry, FIRST]), int(asked[q, FIRST])
        month, day = int(dates[entry, MONTH]), int(dates[entry, DAY])
        other_month, other_day = int(asked[q, MONTH]), int(asked[q, DAY])
        if month > 0 and other_month > 0:
            apart = abs(year - other)
            swapped = apart == 0 and month == other_day and day == other_month
            if swapped or (month == other_month and (apart == 0 or day == other_day)):
                stand = OPEN
            elif abs(12 * (year - other) + month - other_month) == 1:
                stand = NEXT_MONTH
            elif apart == 0 and day == other_day:
                stand = OTHER_MONTH
            else:
                stand = DAYS_APART + min(apart, MOST_APART)
        else:
            apart = max(year - int(asked[q, LAST]), other - int(dates[entry, LAST]))
            stand = YEARS_APART + min(max(apart, 0), MOST_APART)
    return stand


@kernel
def stands_of(dates: Any, entries: Any, asked: Any) -> Any:
    """How the dates of some entries stand to a traveller's; `asked`: int16 `(1, DATE_COLUMNS)`."""
    stands = np.empty(len(entries), np.int64)
    for at in range(len(entries)):
        stands[at] = stand_of(dates, entries[at], asked, 0)
    return stands
