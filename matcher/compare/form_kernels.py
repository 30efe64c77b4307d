"""Compiled making of form tables: what follows from a row's letters, and the runs of neighbours written as one."""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.compare.kernels import skeleton_length, skeleton_of_row
from matcher.compare.letter_kernels import SCRATCH, best_native_kernel
from matcher.compare.token_kernels import BEST, FACTS, RARITY, SCRIPT, SKELETON, SYMBOLS, TOKENS, finish_row
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
        finish_row(letters, facts, at)
        facts[at, BEST] = best_native_kernel(letters[at, 33:], int(letters[at, 32]), latin, path)


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
        if facts[row, SCRIPT] != facts[rows[first], SCRIPT]:
            return False
        if variant == WITH_LEADS and leads[at] >= 0 and (at > first or whole):
            own, form = _append(to, leads[at], letters, own, form)
        own, form = _append(to, row, letters, own, form)
        rarity += facts[row, RARITY]
    if own < 0:
        return False
    letters[to, 0] = own
    letters[to, 32] = form
    facts[to, SCRIPT] = facts[rows[first], SCRIPT]
    facts[to, RARITY] = rarity
    facts[to, TOKENS] = count
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
    all_facts = np.zeros((begin + n_runs, FACTS), np.int64)
    all_letters[:begin] = letters
    all_facts[:begin] = facts
    units = np.zeros((n_units, 5), np.int32)
    starts = np.zeros(n_names + 1, np.int64)
    scratch = np.zeros((2, 40), np.int64)
    path = np.empty(SCRATCH, np.int32)
    to, unit = begin, 0
    for name in range(n_names):
        first = token_starts[name]
        n = token_starts[name + 1] - first
        for at in range(n):
            led = 1 if leads[first + at] >= 0 else 0
            units[unit, 0], units[unit, 1], units[unit, 2], units[unit, 4] = at, 1, rows[first + at], led
            unit += 1
            if seconds[first + at] >= 0:
                units[unit, 0], units[unit, 1], units[unit, 2], units[unit, 3] = at, 1, seconds[first + at], 1
                units[unit, 4] = led
                unit += 1
            if parts[first + at] >= 0:
                units[unit, 0], units[unit, 1], units[unit, 2], units[unit, 3] = at, 1, parts[first + at], 2
                units[unit, 4] = led
                unit += 1
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
                    all_facts[to, SKELETON] = np.int64(packed)
                    all_facts[to, SYMBOLS] = skeleton_length(packed)
                    finish_row(all_letters, all_facts, to)
                    form = all_letters[to, 33:]
                    all_facts[to, BEST] = best_native_kernel(form, int(all_letters[to, 32]), latin, path)
                    units[unit, 0], units[unit, 1], units[unit, 2] = at, count, to
                    units[unit, 3] = 1 if variant == WITH_SECONDS else 0
                    unit += 1
                    to += 1
        starts[name + 1] = unit
    return all_letters[:to].copy(), all_facts[:to].copy(), starts, units[:unit].copy()
