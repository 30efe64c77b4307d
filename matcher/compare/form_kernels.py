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


@kernel
def finish_rows(letters: Any, facts: Any, latin: Any) -> None:
    """Complete the facts of every row."""
    path = np.empty(SCRATCH, np.int32)
    for at in range(len(facts)):
        finish_row(letters, facts, at)
        facts[at, BEST] = best_native_kernel(letters[at, 33:], int(letters[at, 32]), latin, path)


@kernel
def _run_fits(first: int, count: int, rows: Any, letters: Any, facts: Any) -> bool:
    """Whether neighbours can be one word: one script, no initials, not longer than a row."""
    own, form = 0, 0
    for at in range(first, first + count):
        row = rows[at]
        own += int(letters[row, 0])
        form += int(letters[row, 32])
        if facts[row, SCRIPT] != facts[rows[first], SCRIPT]:
            return False
    return own <= MOST_LETTERS and form <= MOST_LETTERS


@kernel
def _write_run(to: int, first: int, count: int, rows: Any, letters: Any, facts: Any) -> None:
    """Write neighbours as one word into a row."""
    own, form = 0, 0
    rarity = 0
    for at in range(first, first + count):
        row = rows[at]
        n = int(letters[row, 0])
        letters[to, 1 + own : 1 + own + n] = letters[row, 1 : 1 + n]
        own += n
        n = int(letters[row, 32])
        letters[to, 33 + form : 33 + form + n] = letters[row, 33 : 33 + n]
        form += n
        rarity += facts[row, RARITY]
    letters[to, 0] = own
    letters[to, 32] = form
    facts[to, SCRIPT] = facts[rows[first], SCRIPT]
    facts[to, RARITY] = rarity
    facts[to, TOKENS] = count


@kernel
def make_units(token_starts: Any, rows: Any, seconds: Any, letters: Any, facts: Any, latin: Any) -> Any:
    """List the units of each name and add a row for each run; return the longer tables, where units begin, the units."""
    n_names = len(token_starts) - 1
    n_units, n_runs = 0, 0
    for name in range(n_names):
        n = token_starts[name + 1] - token_starts[name]
        runs = max(n - 1, 0) + (1 if 2 < n <= LONGEST_RUN else 0)
        n_runs += runs
        n_units += 2 * n + runs
    begin = len(facts)
    all_letters = np.zeros((begin + n_runs, 64), np.uint8)
    all_facts = np.zeros((begin + n_runs, FACTS), np.int64)
    all_letters[:begin] = letters
    all_facts[:begin] = facts
    units = np.empty((n_units, 4), np.int32)
    starts = np.zeros(n_names + 1, np.int64)
    scratch = np.zeros((2, 40), np.int64)
    path = np.empty(SCRATCH, np.int32)
    to, unit = begin, 0
    for name in range(n_names):
        first = token_starts[name]
        n = token_starts[name + 1] - first
        for at in range(n):
            units[unit, 0], units[unit, 1], units[unit, 2], units[unit, 3] = at, 1, rows[first + at], 0
            unit += 1
            if seconds[first + at] >= 0:
                units[unit, 0], units[unit, 1], units[unit, 2], units[unit, 3] = at, 1, seconds[first + at], 1
                unit += 1
        for at in range(n):
            for count in range(2, n + 1):
                if count > 2 and not (count == n and n <= LONGEST_RUN):
                    continue
                if at + count > n or not _run_fits(first + at, count, rows, all_letters, all_facts):
                    continue
                _write_run(to, first + at, count, rows, all_letters, all_facts)
                packed = skeleton_of_row(all_letters[to, 32:], 0, scratch[0], scratch[1])
                all_facts[to, SKELETON] = np.int64(packed)
                all_facts[to, SYMBOLS] = skeleton_length(packed)
                finish_row(all_letters, all_facts, to)
                all_facts[to, BEST] = best_native_kernel(all_letters[to, 33:], int(all_letters[to, 32]), latin, path)
                units[unit, 0], units[unit, 1], units[unit, 2], units[unit, 3] = at, count, to, 0
                unit += 1
                to += 1
        starts[name + 1] = unit
    return all_letters[:to].copy(), all_facts[:to].copy(), starts, units[:unit].copy()
