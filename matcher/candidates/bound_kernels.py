"""Compiled bounds: whether two rows may weigh above 0 together, as their briefs and then their letters tell.

Most rows that share a key with a query row can't, whatever their letters cost: their briefs say so (`bounds` makes the
tables from a model). The letters of the rest are aligned as far as a limit allows. A bound may be too high, never low.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.compare.brief_kernels import (
    FAR,
    ending_in,
    is_end_in,
    is_known_in,
    is_several_in,
    least_edits,
    length_in,
    may_begin,
    rarity_in,
    script_in,
    symbols_in,
)
from matcher.compare.kernels import skeletons_near
from matcher.compare.letter_bound_kernels import BEST, COUNT, held_cost, hold, least_cost
from matcher.compare.letter_kernels import BESIDE, best_latin_kernel, best_native_kernel, limited_cost_kernel
from matcher.compare.token_kernels import (
    HAN,
    LATIN,
    LENGTHS,
    QUALITIES,
    QUALITY_STEP,
    SAME_SCRIPT,
    TWO_SCRIPTS,
    edits_allowed,
    relation_of,
)
from matcher.jit import kernel, part
from matcher.score.edge_kernels import is_prefix

u64 = np.uint64


@part
def _length_class(shorter: int) -> int:
    return 5 if shorter > 8 else 0 if shorter <= 2 else 1 if shorter == 3 else 2 if shorter == 4 else 3 + (shorter > 6)


@part
def nearness(skeleton: Any, n: int, other_skeleton: Any, n_other: int) -> int:
    """0 for one skeleton, 1 for skeletons one edit apart, 2 for others."""
    near = 2
    if skeleton == other_skeleton:
        near = 0
    elif skeletons_near(skeleton, n, other_skeleton, n_other):
        near = 1
    return near


@part
def may_agree(word: Any, other: Any, relation: int, near: int) -> bool:
    """Whether two rows that are not attested together may agree (`token_kernels.agree`)."""
    shorter = min(symbols_in(word), symbols_in(other))
    found = (near == 0 and shorter > 0) or (near == 1 and shorter >= 2)
    if not found and (relation == 0 or relation == SAME_SCRIPT) and not is_several_in(word | other):
        allowed = edits_allowed(min(length_in(word), length_in(other)))
        found = allowed > 0 and least_edits(word, other, False) <= allowed
    return found


@part
def top_evidence(word: Any, other: Any, relation: int, least: int, tops: Any) -> Any:
    """The part of `most_evidence` that their distance changes."""
    is_known, is_other_known = is_known_in(word), is_known_in(other)
    if relation == 0 or relation > HAN:
        known = is_known and is_other_known
    elif script_in(word) == LATIN:
        known = is_other_known
    else:
        known = is_known
    length = LENGTHS if relation == TWO_SCRIPTS else _length_class(min(length_in(word), length_in(other)))
    return tops[relation, length, 1 if known else 0, least]


@part
def most_evidence(word: Any, other: Any, relation: int, near: int, least: int, bounds: Any) -> Any:
    """The most token evidence of two rows that are not attested together and have no equal letters.

    Args:
        word: The second word of a row's brief.
        other: That of the other row.
        relation: Of their scripts.
        near: Of their skeletons.
        least: Their distance at least.
        bounds: tops, skeletons, endings of `WeightBounds`.
    """
    tops, skeletons, endings = bounds
    symbols = min(max(min(symbols_in(word), symbols_in(other)), 1), 4) - 1
    most = top_evidence(word, other, relation, least, tops) + skeletons[relation, symbols, near]
    return most + endings[relation, ending_in(word), ending_in(other)]


@part
def least_needed(word: Any, other: Any, needed: Any) -> Any:
    """The least token evidence with which two rows may count."""
    return needed[1 if is_several_in(word | other) else 0, min(rarity_in(word), rarity_in(other))]


@kernel
def costs_too_much(letters: Any, facts: Any, i: int, other_letters: Any, other_facts: Any, j: int, relation: int,
                   cell: int, table: Any, path: Any) -> bool:  # fmt: skip
    """Whether the letters of two rows are of a worse quality than a cell says, Latin beside Latin or another script.

    Args:
        letters: Rows.
        facts: Rows.
        i: A row.
        other_letters: Rows.
        other_facts: Rows.
        j: The other row.
        relation: Of their scripts.
        cell: The worst quality that will do.
        table: The letter table of the scripts.
        path: Scratch of an alignment.
    """
    native, latin = letters[i], other_letters[j]
    if relation != 0 and facts[i].script == LATIN:
        native, latin = other_letters[other_facts[j].own], letters[i]
    elif relation != 0:
        native = letters[facts[i].own]
    best_one = facts[i].best if relation == 0 else best_latin_kernel(native[1:], int(native[0]), table, path)
    best_other = best_native_kernel(latin[1:], int(latin[0]), table, path[BESIDE:])
    limit = (best_one + best_other + QUALITY_STEP * cell - 1) // 2
    if max(best_one, best_other) > limit:
        return True
    return bool(limited_cost_kernel(native[1:], int(native[0]), latin[1:], int(latin[0]), table, path, limit) > limit)


@part
def worst_quality(needed: Any, qualities: Any) -> int:
    """The last quality that gives as much as is needed; 0 for none."""
    low, high = 0, QUALITIES - 1
    while low < high:
        middle = (low + high + 1) >> 1
        if qualities[middle] < needed:
            high = middle - 1
        else:
            low = middle
    return low


@part
def least_distance(word: Any, other: Any, relation: int) -> Any:
    """The least distance that counts between two rows, as their briefs tell: letters of one script are compared."""
    least = FAR
    if relation == 0 or relation == SAME_SCRIPT:
        least = least_edits(word, other, relation == 0)
    elif relation == TWO_SCRIPTS:
        least = 0
    return least


@part
def may_begin_it(word: Any, other: Any, last: bool, relation: int, prefixes: bool) -> bool:
    """Whether one of two tokens may be the cut beginning of the other, as their briefs tell."""
    found = False
    if prefixes and relation == 0 and not is_several_in(word | other):
        found = (last and may_begin(word, other)) or (is_end_in(other) and may_begin(other, word))
    return found


@kernel
def begins_it(letters: Any, i: int, last: bool, other_letters: Any, j: int) -> bool:
    """Whether one of two rows begins the other, row i only if it is the last token of a name that may be cut."""
    return is_prefix(other_letters, j, letters, i) or (last and is_prefix(letters, i, other_letters, j))


@part
def spelled_too_far(native: Any, held: Any, table: Any, relation: int, listed_letters: Any, j: int, word: Any,
                    other: Any, most: Any, needed: Any, tables: Any, path: Any) -> bool:  # fmt: skip
    """Whether the letters of a listed Latin row say that it can't weigh above 0 with a row of any script.

    Args:
        native: The row's letters in that script.
        held: The row, held once it is needed (`letter_bound_kernels`).
        table: Of the script.
        relation: Of the scripts of both rows.
        listed_letters: Rows.
        j: The listed row.
        word: The second word of the row's brief.
        other: That of the listed row.
        most: From `most_evidence`.
        needed: From `least_needed`.
        tables: qualities and best qualities of `WeightBounds`.
        path: Scratch of an alignment.
    """
    qualities, best_qualities = tables
    far = False
    length = _length_class(min(length_in(word), length_in(other)))
    cell = worst_quality(needed - most + best_qualities[relation, length], qualities[relation, length])
    if cell < QUALITIES - 1:
        if held[COUNT] == 0:
            hold(native, table, held, path)
        least, best_other = least_cost(held, listed_letters, j, table)
        limit = (held[BEST] + best_other + QUALITY_STEP * cell - 1) // 2
        far = least > limit
        if not far:
            far = held_cost(held, listed_letters, j, table, limit) > limit
    return far


@kernel
def letters_may_do(queries: Any, i: int, listed: Any, j: int, word: Any, other: Any, most: Any, bounds: Any, model: Any,
                   path: Any) -> bool:  # fmt: skip
    """Whether two rows that their briefs don't rule out may weigh above 0, as their letters tell.

    Args:
        queries: A `NameForms`.
        i: A row.
        listed: The list's `NameForms`.
        j: Its row.
        word: The second word of the row's brief.
        other: That of the listed row.
        most: From `most_evidence`.
        bounds: A `WeightBounds`.
        model: Arrays of the model.
        path: Scratch of an alignment.
    """
    relation = relation_of(script_in(word), script_in(other))
    if relation > HAN:
        return True
    length = _length_class(min(length_in(word), length_in(other)))
    needed = least_needed(word, other, bounds.needed) - most + bounds.best_qualities[relation, length]
    cell = worst_quality(needed, bounds.qualities[relation, length])
    if cell == QUALITIES - 1:
        return True
    table = model[1][model[2][relation] : model[2][relation + 1]]
    return not costs_too_much(
        queries.letters, queries.facts, i, listed.letters, listed.facts, j, relation, cell, table, path
    )
