"""Every assignment of every reading of two names, the best kept: the twin of `matcher.score.names.align_names`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from matcher.compare.tokens import joins_agree, token_level
from matcher.score.model import Model
from matcher.score.names import Unit, joined_token, pair_bits
from matcher.text import Token

_Run = tuple[int, int]


def units(tokens: Sequence[Token], runs: Sequence[_Run] = ()) -> list[Unit]:
    """The tokens with each run of neighbours joined into one unit."""
    found, at = [], 0
    while at < len(tokens):
        stop = next((stop for start, stop in runs if start == at), at + 1)
        parts = tuple(tokens[at:stop])
        found.append(Unit(joined_token(parts) if len(parts) > 1 else parts[0], parts))
        at = stop
    return found


def supported(tokens: Sequence[Token], others: Sequence[Token]) -> list[_Run]:
    """Runs of two, and of all when there are three to five, that are one token of the other side."""
    runs = [(start, start + 2) for start in range(len(tokens) - 1)]
    if 3 <= len(tokens) <= 5:
        runs.append((0, len(tokens)))
    return [
        (start, stop)
        for start, stop in runs
        if any(joins_agree(joined_token(tuple(tokens[start:stop])), other) for other in others)
    ]


def readings(left: Sequence[Token], right: Sequence[Token]) -> Iterator[tuple[list[Unit], list[Unit]]]:
    """As written, each supported join alone, and all of them together."""
    one, other = supported(left, right), supported(right, left)
    yield units(left), units(right)
    for run in one:
        yield units(left, [run]), units(right)
    for run in other:
        yield units(left), units(right, [run])
    if len(one) + len(other) > 1:
        yield units(left, one), units(right, other)


def assignment_bits(model: Model, left: Sequence[Unit], right: Sequence[Unit]) -> float:
    """The largest sum over all one-to-one assignments of the shorter side to the longer."""
    if len(left) > len(right):
        left, right = right, left
    conflict, extra = model.weight("name", "conflict"), model.weight("name", "extra")
    rest = min(len(right) - len(left), int(model.weights["name"]["extra_limit"])) * extra
    best = -1e9
    for places in itertools.permutations(range(len(right)), len(left)):
        total = 0.0
        for one, place in zip(left, places, strict=True):
            level = token_level(one.token, right[place].token)
            worth = None if level is None else pair_bits(model, one, right[place], level)
            if worth is None or worth < model.weights["name_token"]["lowest_bits"]:
                total += conflict
            else:
                total += max(worth, conflict)
        best = max(best, total)
    return best + rest


def name_bits(model: Model, left: Sequence[Token], right: Sequence[Token]) -> float:
    """The evidence of two names: the best assignment of the best reading."""
    return max(assignment_bits(model, *reading) for reading in readings(left, right))
