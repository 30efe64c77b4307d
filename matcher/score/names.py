"""The evidence of two names: optimal one-to-one alignment of their tokens, in bits.

Steps: token pairs by level -> bits of each pair (rarity of the commoner token less the level's penalty) -> readings in
which neighbours on one side are joined because the other side writes them as one -> best assignment -> conflicts and
extra tokens. Symmetric: both sides are treated alike; a tie goes to the alignment that keeps the written order.

A pair that agrees at all earns its bits; each token of the shorter name without a partner is a conflict; the tokens
that the longer name has more cost a little. The reference twin tries every assignment
(`tests/reference/name_alignment.py`).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matcher.compare.tokens import FULL_LEVELS, joins_agree, token_level
from matcher.score.evidence import Evidence, to_grain
from matcher.score.model import Model
from matcher.text import Token
from matcher.text.names import make_token

MAX_EXACT_TOKENS = 9  # agreeing tokens a side that are assigned exactly; above, best pair first


@dataclass(frozen=True, slots=True)
class Pair:
    """Two aligned tokens: places in their readings, level, bits."""

    left: int
    right: int
    level: str
    bits: float


@dataclass(frozen=True, slots=True)
class Unit:
    """A token of a reading: one token as written, or neighbours joined.

    Attributes:
        token: Its forms.
        parts: The tokens that it was made of, one unless joined.
    """

    token: Token
    parts: tuple[Token, ...]

    @property
    def count(self) -> int:
        """How many tokens as written it stands for."""
        return len(self.parts)


@dataclass(frozen=True, slots=True)
class NameAlignment:
    """The best alignment of two names.

    Attributes:
        left: Units of the left name, in its order.
        right: Units of the right name.
        pairs: Aligned units.
        bits: Evidence of the pairs, conflicts and extras together.
        agrees_fully: Rule 9: every token of the shorter name agrees (two at least), or both are one and equal.
    """

    left: tuple[Unit, ...]
    right: tuple[Unit, ...]
    pairs: tuple[Pair, ...]
    bits: float
    agrees_fully: bool


def pair_bits(model: Model, left: Unit, right: Unit, level: str) -> float:
    """Weigh an agreeing pair: the rarity of the commoner side, less the level's penalty.

    Where one side joins neighbours, the rarity is that of its parts together: the glued spelling is in no table.
    """
    table = model.weights["name_token"]
    if level == "initial":
        return to_grain(table["initial_bits"] - table["initial"])
    joined = [unit for unit in (left, right) if unit.count > 1]
    rarity = min(sum(model.rarity_bits(part.skeleton) for part in unit.parts) for unit in joined or (left, right))
    return joined_bits(model, rarity, level) if joined else to_grain(rarity - table[level])


def joined_bits(model: Model, rarity: float, level: str) -> float:
    """Weigh an agreement with neighbours written as one, from the rarity of the parts together."""
    table = model.weights["name_token"]
    return to_grain(rarity - table[level] - table["joined"])


def align_names(model: Model, left: Sequence[Token], right: Sequence[Token]) -> NameAlignment | None:
    """Align two names; None when either has no token.

    Cost:
        About 30 µs for names of three tokens; equal pairs of names are remembered.
    """
    if not left or not right:
        return None
    return _align(model, tuple(left), tuple(right))


@functools.lru_cache(maxsize=32_768)
def _align(model: Model, left: tuple[Token, ...], right: tuple[Token, ...]) -> NameAlignment:
    best: NameAlignment | None = None
    for left_units, right_units in _readings(left, right):
        found = _assign(model, left_units, right_units)
        if best is None or (found.bits, found.agrees_fully) > (best.bits, best.agrees_fully):
            best = found
    assert best is not None
    return best


def _readings(left: tuple[Token, ...], right: tuple[Token, ...]) -> Iterator[tuple[tuple[Unit, ...], tuple[Unit, ...]]]:
    """The names as written, then with each join that the other side supports, then with all of them."""
    plain_left, plain_right = _units(left), _units(right)
    yield plain_left, plain_right
    left_runs, right_runs = supported_runs(left, right), supported_runs(right, left)
    for start, stop in left_runs:
        yield _join(left, [(start, stop)]), plain_right
    for start, stop in right_runs:
        yield plain_left, _join(right, [(start, stop)])
    if len(left_runs) + len(right_runs) > 1:
        yield _join(left, left_runs), _join(right, right_runs)


def runs_of(count: int) -> list[tuple[int, int]]:
    """Runs of neighbouring tokens that may be written as one: every two, and all of them.

    Examples:
        >>> runs_of(3), runs_of(1)
        ([(0, 2), (1, 3), (0, 3)], [])
    """
    runs = [(start, start + 2) for start in range(count - 1)]
    return [*runs, (0, count)] if 2 < count <= 5 else runs


@functools.lru_cache(maxsize=65_536)
def joined_token(tokens: tuple[Token, ...]) -> Token:
    """Write neighbouring tokens as one."""
    form = "".join(token.form for token in tokens)
    original = " ".join(token.original for token in tokens)
    return make_token(form, abjad=any(token.abjad for token in tokens), original=original)


def supported_runs(tokens: tuple[Token, ...], others: tuple[Token, ...]) -> list[tuple[int, int]]:
    """Runs of `tokens` that, written as one, are a token of the other name."""
    return [
        (start, stop)
        for start, stop in runs_of(len(tokens))
        if any(joins_agree(joined_token(tokens[start:stop]), other) for other in others)
    ]


def _units(tokens: tuple[Token, ...]) -> tuple[Unit, ...]:
    return tuple(Unit(token, (token,)) for token in tokens)


def _join(tokens: tuple[Token, ...], runs: Sequence[tuple[int, int]]) -> tuple[Unit, ...]:
    units, at = [], 0
    starts = dict(reversed(runs))  # of overlapping runs the first is taken
    while at < len(tokens):
        stop = starts.get(at, at + 1)
        parts = tokens[at:stop]
        units.append(Unit(joined_token(parts) if len(parts) > 1 else parts[0], parts))
        at = stop
    return tuple(units)


def _assign(model: Model, left: tuple[Unit, ...], right: tuple[Unit, ...]) -> NameAlignment:
    lowest = model.weights["name_token"]["lowest_bits"]
    edges = []
    for at, one in enumerate(left):
        for to, other in enumerate(right):
            level = token_level(one.token, other.token)
            if level is not None and (bits := pair_bits(model, one, other, level)) >= lowest:
                edges.append(Pair(at, to, level, bits))
    pairs = best_assignment(edges, gain=-model.weight("name", "conflict"))
    shorter = min(len(left), len(right))
    conflicts = shorter - len(pairs)
    bits = sum(pair.bits for pair in pairs) + conflicts * model.weight("name", "conflict")
    return NameAlignment(
        left, right, pairs, bits + extra_bits(model, abs(len(left) - len(right))), _agrees_fully(left, right, pairs)
    )


def extra_bits(model: Model, count: int) -> float:
    """Weigh the tokens that one name has more than the other."""
    return to_grain(min(count, int(model.weights["name"]["extra_limit"])) * model.weight("name", "extra"))


def _agrees_fully(left: tuple[Unit, ...], right: tuple[Unit, ...], pairs: Sequence[Pair]) -> bool:
    full = [pair for pair in pairs if pair.level in FULL_LEVELS]
    if len(full) < min(len(left), len(right)):
        return False
    if max(len(left), len(right)) == 1:
        return full[0].level != "close_sound" or left[0].count + right[0].count > 2
    side = left if len(left) <= len(right) else right
    return sum(unit.count for unit in side) >= 2 or _both_written_in_two(left, right, full)


def _both_written_in_two(left: tuple[Unit, ...], right: tuple[Unit, ...], pairs: Sequence[Pair]) -> bool:
    """A single glued token that the other side writes as two or more."""
    return any(left[pair.left].count + right[pair.right].count > 2 for pair in pairs)


def best_assignment(edges: Sequence[Pair], *, gain: float) -> tuple[Pair, ...]:
    """Choose pairs, each token once, so that the sum of `bits + gain` is largest; ties keep the written order.

    Exact up to `MAX_EXACT_TOKENS` agreeing tokens on the smaller side; beyond, best pair first.
    """
    worth = [edge for edge in edges if edge.bits + gain > 0]
    rows = sorted({edge.left for edge in worth})
    if len(rows) > MAX_EXACT_TOKENS:
        return _greedy(worth)
    places = {column: 1 << at for at, column in enumerate(sorted({edge.right for edge in worth}))}
    by_row = {row: [edge for edge in worth if edge.left == row] for row in rows}

    @functools.cache
    def best(at: int, used: int) -> tuple[float, int, tuple[Pair, ...]]:
        if at == len(rows):
            return 0.0, 0, ()
        top = best(at + 1, used)
        for edge in by_row[rows[at]]:
            place = places[edge.right]
            if used & place:
                continue
            rest, order, pairs = best(at + 1, used | place)
            order += sum(pair.right > edge.right for pair in pairs)
            top = max(top, (rest + edge.bits + gain, order, (edge, *pairs)), key=lambda found: found[:2])
        return top

    return best(0, 0)[2]


def _greedy(edges: Sequence[Pair]) -> tuple[Pair, ...]:
    chosen: list[Pair] = []
    rows, columns = set(), set()
    for edge in sorted(edges, key=lambda edge: (-edge.bits, abs(edge.left - edge.right), edge.left, edge.right)):
        if edge.left not in rows and edge.right not in columns:
            chosen.append(edge)
            rows.add(edge.left)
            columns.add(edge.right)
    return tuple(sorted(chosen, key=lambda pair: pair.left))


def name_leaves(model: Model, alignment: NameAlignment, *, weak_alias: bool) -> list[Evidence]:
    """Make the leaves of a name: one an aligned pair, one for each kind of rest; their sum is `bits`."""
    left, right = alignment.left, alignment.right
    leaves = [
        Evidence("name", pair.level, left[pair.left].token.original, right[pair.right].token.original, pair.bits)
        for pair in alignment.pairs
    ]
    rest_left = _rest(left, {pair.left for pair in alignment.pairs})
    rest_right = _rest(right, {pair.right for pair in alignment.pairs})
    conflicts = min(len(left), len(right)) - len(alignment.pairs)
    if conflicts:
        weight = conflicts * model.weight("name", "conflict")
        leaves.append(Evidence("name", "conflict", rest_left, rest_right, weight))
    if extras := abs(len(left) - len(right)):
        values = (None, None) if conflicts else (rest_left, rest_right)
        leaves.append(Evidence("name", "extra", *values, extra_bits(model, extras)))
    if weak_alias:
        leaves.append(Evidence("name", "weak_alias", None, None, model.weight("name", "weak_alias")))
    return leaves


def _rest(units: tuple[Unit, ...], taken: set[int]) -> str | None:
    return " ".join(unit.token.original for at, unit in enumerate(units) if at not in taken) or None
