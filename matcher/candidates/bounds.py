"""What two rows can weigh at most, from the model's tables: most rows of a list are ruled out by it unread.

`weight_bounds` turns the tables into a few small ones; `neighbour_kernels` looks rows up in them. A bound may be too
high, never too low, whatever the numbers of the model are.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from matcher.compare import token_kernels as tokens
from matcher.compare.brief_kernels import FAR, MOST_RARITY, RARITY_STEP
from matcher.score import edge_kernels as names
from matcher.score.name_tables import NameTables

Array: TypeAlias = np.ndarray[Any, Any]
ANY_LENGTH = tokens.LENGTHS  # the place of the most over all lengths
NEVER, ALWAYS = 1 << 29, -(1 << 29)


class WeightBounds(NamedTuple):
    """Bounds of what two rows that are not attested together weigh.

    Attributes:
        tops: int32 `(relations, lengths + 1, 2, FAR + 1)`: the most that quality, distance and what is known give, by
            whether the tokens are known and by the least distance.
        qualities: int32 `(relations, lengths, QUALITIES)`: the most that each quality of letters or a worse one gives.
        best_qualities: int32 `(relations, lengths)`: the most of them in rows without equal letters.
        skeletons: int32 `(relations, SKELETONS, NEARNESSES)`: what the skeletons give.
        endings: int32 `(relations, ENDINGS, ENDINGS)`: the most that endings give, in either order.
        needed: int32 `(2, MOST_RARITY + 1)`: the least token evidence with which a plain or a joined agreement may
            weigh above 0, or be full, by the rarity of a brief.
        initials: Whether a single letter may weigh above 0 with a word that it begins.
        prefixes: Whether a cut word may weigh above 0 with one that it begins.
    """

    tops: Array
    qualities: Array
    best_qualities: Array
    skeletons: Array
    endings: Array
    needed: Array
    initials: bool
    prefixes: bool


def weight_bounds(tables: NameTables) -> WeightBounds:
    """Work out the bounds of a model."""
    weights, numbers, knots, limits = tables.arrays[0], tables.arrays[5], tables.arrays[6], tables.arrays[7]
    quality, distance, skeletons, endings, bands, specials = _parts(weights)
    tops = np.empty((tokens.RELATIONS, tokens.LENGTHS + 1, 2, FAR + 1), np.int32)
    for known in range(2):
        for least in range(FAR + 1):
            farther = distance[:, :, 4 * known + least : 4 * known + FAR + 1].max(2)
            best = quality[:, :, 1:].max(2)
            if least == 0:  # one romanised form in two scripts; rows of one script with equal letters need no bound
                best[tokens.TWO_SCRIPTS] = quality[tokens.TWO_SCRIPTS].max(1)
            tops[:, :-1, known, least] = farther + best + bands[:, None, known]
    tops[:, ANY_LENGTH] = tops[:, :-1].max(1)
    tops += np.maximum(specials[:, tokens.CONFUSABLE], 0)[:, None, None, None].astype(np.int32)
    price = max(0, int(numbers[names.SECOND : names.SECOND + names.READINGS].max()))
    most_rarity = (np.arange(1, MOST_RARITY + 2) << RARITY_STEP) - 1  # of each step; the last one has no end
    bands = np.searchsorted(limits, most_rarity, side="right")
    bands[MOST_RARITY] = len(limits)
    edges = numbers[names.EDGE : names.REST].reshape(names.KINDS, names.LEVELS, names.RARITIES)
    return WeightBounds(
        tops,
        np.maximum.accumulate(quality[:, :, ::-1], axis=2)[:, :, ::-1].copy(),
        quality[:, :, 1:].max(2),
        skeletons.copy(),
        _either_order(endings),
        np.array([_needed(edges[kind] + price, knots)[bands] for kind in (names.PLAIN, names.JOINED)], np.int32),
        bool(edges[names.INITIAL, 0, 0] + price > 0),
        bool((edges[names.PREFIX, :2] + price > 0).any()),
    )


def _parts(weights: Array) -> list[Array]:
    """The parts of the weight table, by relation."""
    sizes = (
        (tokens.LENGTHS, tokens.QUALITIES),
        (tokens.LENGTHS, tokens.DISTANCES),
        (tokens.SKELETONS, tokens.NEARNESSES),
        (tokens.ENDINGS, tokens.ENDINGS),
        (tokens.BANDS,),
        (tokens.SPECIALS,),
    )
    found, at = [], 0
    for size in sizes:
        length = tokens.RELATIONS * int(np.prod(size))
        found.append(weights[at : at + length].reshape(tokens.RELATIONS, *size))
        at += length
    return found


def _either_order(endings: Array) -> Array:
    most: Array = np.maximum(endings, endings.transpose(0, 2, 1))
    for relation in (0, tokens.SAME_SCRIPT, tokens.TWO_SCRIPTS):  # the lower ending stands first: half is not met
        upper = np.triu(endings[relation])
        most[relation] = upper + np.triu(upper, 1).T
    return most


def _needed(edges: Array, knots: Array) -> Array:
    """The least token evidence that may count, by rarity; one that is known from above only takes the least below."""
    needed = np.full(names.RARITIES, NEVER, np.int64)
    for rarity in range(names.RARITIES):
        for level in range(names.LEVELS - 1):
            above = min(level + 1, names.LEVELS - 2)
            if level >= names.FULL_LEVEL or edges[level : above + 1, rarity].max() > 0:
                needed[rarity] = knots[level] if level else ALWAYS
                break
    return np.minimum.accumulate(needed)
