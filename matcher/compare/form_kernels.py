"""Compiled making of form tables: what follows from a row's letters, and the runs of neighbours written as one.

While a table is made its rows are 64 letters wide: own letters, then the romanised form; `part_letters` comes last.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.compare.kernels import skeleton_length, skeleton_of_row
from matcher.compare.letter_kernels import SCRATCH, best_native_kernel
from matcher.compare.token_kernels import FACTS, LATIN, OTHER, UNITS, finish_row
from matcher.jit import kernel

LONGEST_RUN = 5  # tokens of a name that are also read as one word
MOST_LETTERS = 31
PLAIN_RUN, WITH_LEADS, WITH_SECONDS = range(3)  # ways to write neighbours as one
VARIANTS = 3


@kernel
def finish_rows(letters: Any, facts: Any, latin: Any) -> None:
    """Complete the facts of every row."""
    path = np.empty(SCRATCH, np.int32)
    for at in range(len(facts)):
        finish_row(letters[at], letters[at, 32:], facts, at)
        facts[at].best = best_native_kernel(letters[at, 33:], int(letters[at, 32]), latin, path)


@kernel
def _append(to: int, row: int, letters: Any, own: int, form: int) -> Any:
    """Write a row's letters behind those of another; return how many there are then, -1 where they don't fit."""
    n, m = int(letters[row, 0]), int(letters[row, 32])
    if own < 0 or own + n > MOST_LETTERS or form + m > MOST_LETTERS:
        return -1, -1
    letters[to, 1 + own : 1 + own + n] = letters[row, 1 : 1 + n]
    letters[to, 33 + form : 33 + form + m] = letters[row, 33 : 33 + m]
    return own + n, form + m


@kernel
def _write_run(to: int, first: int, count: int, readings: Any, variant: int, whole: bool, letters: Any,
               facts: Any) -> bool:  # fmt: skip
    """Write neighbours as one word into a row; False where they can't be one: two scripts, too long."""
    rows, seconds, leads, _ = readings
    own, form = 0, 0
    rarity = 0
    for at in range(first, first + count):
        row = rows[at]
        if variant == WITH_SECONDS and seconds[at] >= 0:
            row = seconds[at]
        if facts[row].script != facts[rows[first]].script:
            return False
        if variant == WITH_LEADS and leads[at] >= 0 and (at > first or whole):
            own, form = _append(to, leads[at], letters, own, form)
        own, form = _append(to, row, letters, own, form)
        rarity += facts[row].rarity
    if own < 0:
        return False
    letters[to, 0] = own
    letters[to, 32] = form
    facts[to].script = facts[rows[first]].script
    facts[to].rarity = rarity
    facts[to].tokens = count
    return True


@kernel
def _has_variant(first: int, count: int, readings: Any, variant: int, whole: bool) -> bool:
    """Whether a run written that way differs from its tokens one after the other."""
    _, seconds, leads, _ = readings
    for at in range(first, first + count):
        if variant == WITH_LEADS and leads[at] >= 0 and (at > first or whole):
            return True
        if variant == WITH_SECONDS and seconds[at] >= 0:
            return True
    return variant == PLAIN_RUN


@kernel
def _add_unit(units: Any, at: int, start: int, count: int, row: int, reading: int, led: int) -> int:
    """Write a unit; return the next place."""
    units[at].start, units[at].count, units[at].row = start, count, row
    units[at].reading, units[at].led = reading, led
    return at + 1


@kernel
def part_letters(wide: Any, facts: Any) -> Any:
    """Set the rows' own letters behind the romanised forms, where they are other letters: uint8 `(n, 32)`."""
    n = len(wide)
    others = 0
    for at in range(n):
        is_form = facts[at].script == LATIN or facts[at].script == OTHER
        facts[at].own = at if is_form else n + others
        others += 0 if is_form else 1
    letters = np.empty((n + others, 32), np.uint8)
    for at in range(n):
        letters[at] = wide[at, 32:]
        if facts[at].own != at:
            letters[facts[at].own] = wide[at, :32]
    return letters


@kernel
def make_units(token_starts: Any, readings: Any, letters: Any, facts: Any, latin: Any) -> Any:
    """List the units of each name and add a row for each run; return the longer tables, where units begin, the units.

    Args:
        token_starts: Where each name's tokens begin.
        readings: Rows of the tokens, of their second readings, of what was dropped before them and of the names that
            fused ones are made with; -1 for none.
        letters: Rows.
        facts: Rows.
        latin: The Latin letter table.
    """
    rows, seconds, leads, parts = readings
    n_names = len(token_starts) - 1
    n_units, n_runs = 0, 0
    for name in range(n_names):
        n = token_starts[name + 1] - token_starts[name]
        runs = VARIANTS * (max(n - 1, 0) + (1 if 2 < n <= LONGEST_RUN else 0))
        n_runs += runs
        n_units += 3 * n + runs
    begin = len(facts)
    all_letters = np.zeros((begin + n_runs, 64), np.uint8)
    all_facts = np.zeros(begin + n_runs, FACTS)
    all_letters[:begin] = letters
    all_facts[:begin] = facts
    units = np.zeros(n_units, UNITS)
    starts = np.zeros(n_names + 1, np.int64)
    scratch = np.zeros((2, 40), np.int64)
    path = np.empty(SCRATCH, np.int32)
    to, unit = begin, 0
    for name in range(n_names):
        first = token_starts[name]
        n = token_starts[name + 1] - first
        for at in range(n):
            led = 1 if leads[first + at] >= 0 else 0
            unit = _add_unit(units, unit, at, 1, rows[first + at], 0, led)
            if seconds[first + at] >= 0:
                unit = _add_unit(units, unit, at, 1, seconds[first + at], 1, led)
            if parts[first + at] >= 0:
                unit = _add_unit(units, unit, at, 1, parts[first + at], 2, led)
        for at in range(n):
            for count in range(2, n - at + 1):
                if count > 2 and not (count == n and n <= LONGEST_RUN):
                    continue
                for variant in range(VARIANTS):
                    if not _has_variant(first + at, count, readings, variant, count == n):
                        continue
                    if not _write_run(to, first + at, count, readings, variant, count == n, all_letters, all_facts):
                        all_letters[to] = 0
                        continue
                    packed = skeleton_of_row(all_letters[to, 32:], 0, scratch[0], scratch[1])
                    all_facts[to].skeleton = np.int64(packed)
                    all_facts[to].symbols = skeleton_length(packed)
                    finish_row(all_letters[to], all_letters[to, 32:], all_facts, to)
                    form = all_letters[to, 33:]
                    all_facts[to].best = best_native_kernel(form, int(all_letters[to, 32]), latin, path)
                    unit = _add_unit(units, unit, at, count, to, 1 if variant == WITH_SECONDS else 0, 0)
                    to += 1
        starts[name + 1] = unit
    return all_letters[:to].copy(), all_facts[:to].copy(), starts, units[:unit].copy()
