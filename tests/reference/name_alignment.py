"""Two names from the definition: units, edges, every one-to-one assignment, full agreement, first-stage evidence.

The twin of `compare.forms`, `score.alignment_kernels` and `candidates.name_kernels`, for names of up to eight tokens;
all weights are integers in 1/1024 bit.
"""

from __future__ import annotations

import functools
import itertools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from matcher.text import Token
from matcher.text.given_names import sex_of
from tests.reference.tokens import (
    Cell,
    Rarities,
    Row,
    agree,
    band,
    cells,
    is_known,
    marks,
    read_rarities,
    relation,
    row_of,
    run_of,
)

EXACT_LEVEL, FULL_LEVEL = 15, 11


@dataclass(frozen=True)
class Weights:
    """A model's tables, read from their texts.

    Attributes:
        tokens: Weights of token cells.
        names: Weights of alignment cells.
        knots: Where token evidence parts into levels.
        limits: Where rarity parts into bands.
        rarities: The frequency table.
    """

    tokens: Mapping[Cell, int]
    names: Mapping[Cell, int]
    knots: Sequence[int]
    limits: Sequence[int]
    rarities: Rarities

    def __hash__(self) -> int:
        return id(self)


def read_weights(texts: Mapping[str, str]) -> Weights:
    """Read the tables of a model."""
    limits = tomllib.loads(texts["limits.toml"])
    return Weights(
        _cells(texts["token_weights.tsv"]),
        _cells(texts["name_weights.tsv"]),
        limits["knots"],
        limits["rarities"],
        read_rarities(texts["frequency.tsv"], texts["limits.toml"]),
    )


def _cells(text: str) -> dict[Cell, int]:
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")][1:]
    return {(part, one, other, last): int(weight) for part, one, other, last, weight in rows}


@dataclass(frozen=True)
class Unit:
    """A token, its second reading, or neighbours written as one: where it begins, of how many tokens it is.

    `reading`: 0 the first, 1 a second one, 2 the name that a fused one is made with. `is_led`: a token before which a
    particle was dropped. `sexes`: of each token, for given names of one sex.
    """

    start: int
    count: int
    row: Row
    reading: int = 0
    is_led: bool = False
    sexes: tuple[str | None, ...] = ()

    @property
    def places(self) -> frozenset[int]:
        """The tokens it is made of."""
        return frozenset(range(self.start, self.start + self.count))


@dataclass(frozen=True)
class Reading:
    """A name as its units.

    Attributes:
        units: All of them.
        n: Tokens.
        is_cut: Whether its last token may have been cut to fit a field.
    """

    units: tuple[Unit, ...]
    n: int
    is_cut: bool


@dataclass(frozen=True)
class Edge:
    """Two units that agree."""

    left: Unit
    right: Unit
    kind: str
    level: int
    weight: int


@functools.lru_cache(maxsize=1 << 16)
def read_name(tokens: tuple[Token, ...], weights: Weights) -> Reading:
    """List the units of a name."""
    rows = [row_of(token, weights.rarities) for token in tokens]
    leads = [
        row_of(token.lead, weights.rarities) if token.lead and token.lead.script == token.script else None
        for token in tokens
    ]
    seconds = [row_of(token.second, weights.rarities) if token.second else None for token in tokens]
    made_with = [row_of(token.part, weights.rarities) if token.part else None for token in tokens]
    units = []
    for at in range(len(tokens)):
        for reading, row in enumerate((rows[at], seconds[at], made_with[at])):
            if row:
                units.append(Unit(at, 1, row, reading, leads[at] is not None, sexes_of([row])))
    for start, stop in _runs(len(tokens)):
        nothing: list[Row | None] = [None] * (stop - start)
        before = leads[start:stop] if stop - start == len(tokens) else [None, *leads[start + 1 : stop]]
        variants = [(rows[start:stop], nothing, False)]
        if before != nothing:
            variants.append((rows[start:stop], before, False))
        if seconds[start:stop] != nothing:
            others = [second or row for row, second in zip(rows, seconds, strict=True)]
            variants.append((others[start:stop], nothing, True))
        for parts, dropped, is_second in variants:
            joined = run_of(parts, dropped)
            if joined and joined.script == rows[start].script:
                units.append(Unit(start, stop - start, joined, int(is_second), sexes=sexes_of(rows[start:stop])))
    is_cut = len(tokens) > 1 and sum(len(row.form) for row in rows) >= 14
    return Reading(tuple(units), len(tokens), is_cut)


def _runs(n: int) -> list[tuple[int, int]]:
    """Neighbours, and the whole name of three to five."""
    return sorted([(at, at + 2) for at in range(n - 1)] + ([(0, n)] if 3 <= n <= 5 else []))


def level_of(value: int, knots: Sequence[int]) -> tuple[int, int]:
    """The level of token evidence and how far it is to the next, in 1/1024."""
    if value < knots[0]:
        return 0, 0
    last = max(at for at, knot in enumerate(knots) if value >= knot)
    if last == len(knots) - 1:
        return last, 0
    return last, (value - knots[last]) * 1024 // (knots[last + 1] - knots[last])


def edge_of(weights: Weights, left: Unit, right: Unit, left_ends: bool, right_ends: bool) -> Edge | None:
    """Weigh two units; None if they disagree. `left_ends`: the unit is the last token of a name that may be cut."""
    one, other = left.row, right.row
    is_joined = left.count > 1 or right.count > 1
    sizes = sorted((len(one.form), len(other.form)))
    if is_joined and 2 * sizes[0] < sizes[1]:
        return None
    rarity = min(one.rarity, other.rarity)
    part = 0
    if one.is_initial or other.is_initial:
        if is_joined or one.form[:1] != other.form[:1]:
            return None
        kind, level, rarity = "initial", int(one.is_initial and other.is_initial), 0
    elif agree(one, other):
        kind = "joined" if is_joined else "plain"
        total = sum(weights.tokens[cell] for cell in cells(one, other))
        if band(one, other) >= 3 and "confusable" not in marks(one, other):
            total = max(total, weights.knots[FULL_LEVEL + band(one, other) - 3])
        level, part = (EXACT_LEVEL, 0) if one.key == other.key else level_of(total, weights.knots)
    elif not is_joined and relation(one, other) == 0 and (cut := _cut(one, other, left_ends, right_ends)):
        kind, level = "prefix", int(len(cut) > 3)
    else:
        return None
    rare = str(sum(rarity >= limit for limit in weights.limits))
    weight = weights.names["edge", kind, str(level), rare]
    if part:
        above = weights.names["edge", kind, str(level + 1), rare]
        weight += (above - weight) * part // 1024
    for unit in (left, right):
        if unit.reading:
            weight += weights.names[("second", "part")[unit.reading - 1], "-", "-", "-"]
    return Edge(left, right, kind, level, weight)


def _cut(one: Row, other: Row, left_ends: bool, right_ends: bool) -> str | None:
    """The form that is the cut beginning of the other's."""
    for short, long, ends in ((one.form, other.form, left_ends), (other.form, one.form, right_ends)):
        if ends and 2 <= len(short) < len(long) and long.startswith(short):
            return short
    return None


def ends_cut(name: Reading, unit: Unit) -> bool:
    """Whether a unit is the last token of a name that may be cut."""
    return name.is_cut and unit.count == 1 and unit.start == name.n - 1


def edges_of(weights: Weights, left: Reading, right: Reading) -> list[Edge]:
    """Every pair of units that agree; of runs only whole names meet."""
    found = []
    for one in left.units:
        for other in right.units:
            is_whole = one.count == left.n and other.count == right.n
            if one.count > 1 and other.count > 1 and not is_whole:
                continue
            edge = edge_of(weights, one, other, ends_cut(left, one), ends_cut(right, other))
            if edge and edge.kind == "plain" and one.is_led != other.is_led:
                edge = replace(edge, weight=edge.weight + weights.names["lead", "-", "-", "-"])
            if edge and crosses(one, other):
                edge = replace(edge, weight=edge.weight + weights.names["other_sex", "-", "-", "-"])
            found += [edge] if edge else []
    return found


def sexes_of(rows: Sequence[Row]) -> tuple[str | None, ...]:
    """The sex of each token's usual bearers, where it is known."""
    return tuple(sex_of(row.form) for row in rows)


def crosses(left: Unit, right: Unit) -> bool:
    """Whether a man's given name stands against a woman's: in two tokens, or at one place of two whole names."""
    pairs = zip(left.sexes, right.sexes, strict=True) if len(left.sexes) == len(right.sexes) else ()
    return any({*pair} == {"M", "F"} for pair in pairs)


def assignments(edges: Sequence[Edge], n: int, at: int = 0) -> Iterator[list[Edge]]:
    """Every set of edges in which each token stands once, the left name's tokens one after the other."""
    if at >= n:
        yield []
        return
    yield from assignments(edges, n, at + 1)
    for edge in edges:
        if edge.left.start == at:
            free = [one for one in edges if not one.right.places & edge.right.places]
            yield from ([edge, *rest] for rest in assignments(free, n, at + edge.left.count))


def rests(weights: Weights, name: Reading, used: frozenset[int]) -> int:
    """What the tokens of a name weigh that stand alone."""
    total = 0
    for unit in name.units:
        if unit.count == 1 and not unit.reading and unit.start not in used:
            band = sum(unit.row.rarity >= limit for limit in weights.limits)
            total += weights.names["rest", "-", "-", str(band)]
    return total


def weight_of(weights: Weights, left: Reading, right: Reading, chosen: Sequence[Edge]) -> int:
    """The weight of one assignment."""
    used = frozenset[int]().union(*(edge.left.places for edge in chosen))
    other_used = frozenset[int]().union(*(edge.right.places for edge in chosen))
    alone = sorted((left.n - len(used), right.n - len(other_used)))
    shorter = str(min(left.n, right.n, 4) - 1)
    keeps_order = len(chosen) >= 2 and all(
        (one.left.start < other.left.start) == (one.right.start < other.right.start)
        for one, other in itertools.combinations(chosen, 2)
    )
    return (
        sum(edge.weight for edge in chosen)
        + (weights.names["order", "-", "-", "-"] if keeps_order else 0)
        + rests(weights, left, used)
        + rests(weights, right, other_used)
        + weights.names["conflict", "-", shorter, str(min(alone[0], 3))]
        + weights.names["extra", "-", shorter, str(min(alone[1] - alone[0], 4))]
        + weights.names["base", "-", "-", "-"]
    )


def name_weight(weights: Weights, left: Sequence[Token], right: Sequence[Token]) -> int:
    """The weight of two names: the best of all assignments."""
    one, other = read_name(tuple(left), weights), read_name(tuple(right), weights)
    every = assignments(edges_of(weights, one, other), one.n)
    return max(weight_of(weights, one, other, chosen) for chosen in every)


def may_be_one_name(one: Row, other: Row) -> bool:
    """Whether two tokens can be spellings of one name: seen together more than rarely, or nothing else is known."""
    seen = band(one, other)
    if one.key == other.key or seen >= 3:
        return True
    if {one.script, other.script} in ({"latin", "hangul"}, {"latin", "han"}) and one.skeleton != other.skeleton:
        return False
    known = [is_known(row) for row in (one, other) if row.script != "latin" or one.script == other.script]
    return seen == 0 and not all(known)


def is_full(edge: Edge, left: Reading, right: Reading) -> bool:
    """Whether an edge says that two units are spellings of one name."""
    if edge.kind not in ("plain", "joined") or edge.level < FULL_LEVEL or crosses(edge.left, edge.right):
        return False
    if 2 in (edge.left.reading, edge.right.reading) or not may_be_one_name(edge.left.row, edge.right.row):
        return False
    if edge.kind == "plain" or edge.level == EXACT_LEVEL:
        return True
    parts = [(left, edge.left), (right, edge.right)]
    initials = [one for name, run in parts for one in name.units if one.places <= run.places and one.row.is_initial]
    return not initials and 1 in (edge.left.count, edge.right.count)


def agrees_fully(weights: Weights, left: Sequence[Token], right: Sequence[Token]) -> bool:
    """Rule 9: every token of the shorter name agrees, two at least; or both are one token and equal."""
    one, other = read_name(tuple(left), weights), read_name(tuple(right), weights)
    edges = edges_of(weights, one, other)
    if one.n == other.n == 1:
        whole = (edge for edge in edges if 2 not in (edge.left.reading, edge.right.reading))
        return any(edge.kind == "plain" and edge.level == EXACT_LEVEL for edge in whole)
    full = [edge for edge in edges if is_full(edge, one, other)]
    if min(one.n, other.n) == 1:
        return any(edge.left.count > 1 or edge.right.count > 1 for edge in full)
    for chosen in assignments(full, one.n):
        used = frozenset[int]().union(*(edge.left.places for edge in chosen))
        other_used = frozenset[int]().union(*(edge.right.places for edge in chosen))
        if (one.n <= other.n and len(used) == one.n) or (other.n <= one.n and len(other_used) == other.n):
            return True
    return False


@dataclass(frozen=True)
class FirstStage:
    """First-stage evidence of a query name and a listed one.

    Attributes:
        evidence: The most of two agreements at two places of either name, with the best of each further place of the
            query; or of one alone.
        strongest: The best of them.
        covered: Tokens under full agreements: the most of each place, summed over the name's places that gives less.
    """

    evidence: int
    strongest: int
    covered: int


def first_stage(weights: Weights, query: Sequence[Token], listed: Sequence[Token]) -> FirstStage:
    """What a query name earns with a listed one, place by place (rule 3 a)."""
    one, other = read_name(tuple(query), weights), read_name(tuple(listed), weights)
    gains, covers = [], []
    listed_covers = [0] * other.n
    earning: list[tuple[int, Edge]] = []
    for place in range(one.n):
        here = [unit for unit in one.units if unit.start == place]
        readings = [Unit(unit.start, unit.count, unit.row) for unit in other.units]  # a row doesn't tell its readings
        pairs = [
            (unit, listed_unit)
            for unit in here
            for listed_unit in readings
            if unit.count == 1 or listed_unit.count == 1 or unit.count == one.n
        ]
        found = [
            edge_of(weights, unit, listed_unit, ends_cut(one, unit), ends_cut(other, listed_unit))
            for unit, listed_unit in pairs
        ]
        edges = [edge for edge in found if edge]
        gains.append(max((edge.weight for edge in edges if edge.weight > 0), default=0))
        earning += [(place, edge) for edge in edges if edge.weight > 0]
        full = [
            edge
            for edge in edges
            if edge.kind in ("plain", "joined") and edge.level >= FULL_LEVEL and edge.left.reading < 2
        ]
        covers.append(max((max(edge.left.count, edge.right.count) for edge in full), default=0))
        for edge in full:
            own = edge.right.start
            listed_covers[own] = max(listed_covers[own], edge.left.count, edge.right.count)
    evidence = max(gains, default=0)
    for (place, edge), (other_place, other_edge) in itertools.combinations(earning, 2):
        if place != other_place and edge.right.start != other_edge.right.start:
            further = sum(gain for at, gain in enumerate(gains) if at not in (place, other_place))
            evidence = max(evidence, edge.weight + other_edge.weight + further)
    return FirstStage(evidence, max(gains, default=0), min(sum(covers), sum(listed_covers)))
