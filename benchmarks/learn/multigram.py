"""The joint multigram of two alphabets, learned from pairs of spellings by expectation maximisation.

A pair is made by moves, each reading a chunk of native letters as a chunk of Latin ones (none for one up to two for
two); its probability is the sum over its alignments of the product of the moves' probabilities. Long moves are
discounted, so that a few thousand of them remain. Sums run in one fixed order without fused or reordered
arithmetic, so that the same pairs give the same numbers, bit for bit. Output: integer costs, `round(-1024 * log2 P)`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.compare.letters import MAX_LETTERS, Floors
from matcher.index.jit import kernel

Weights = NDArray[np.float64]
Ints = NDArray[np.int64]
Tables = tuple[Weights, Weights, Weights, Weights, Weights, Weights, Weights]

START = (1e-3, 1e-2, 1e-3, 2e-5, 1e-8, 2e-6, 1e-9)  # drop, add, one, two, three, pair, both
DISCOUNT = (0.0, 0.0, 0.0, 0.3, 1.0, 0.5, 1.0)  # taken from each expected count
MIRRORED_DISCOUNT = (0.0, 0.0, 0.0, 0.3, 0.0, 0.3, 1.0)
FREE_ROUNDS = 2  # rounds before the discount begins
FLOOR = (1e-5, 2e-4, 2e-6)  # added to the probability of drop, add, one
MIRRORED_FLOOR = (2e-4, 2e-4, 2e-6)
LEAST = 1e-8  # a rarer long move is left out
WIDTH = MAX_LETTERS + 1


class Pair(NamedTuple):
    """Codes of two spellings and how much the pair counts."""

    native: bytes
    latin: bytes
    weight: float


def train(pairs: Sequence[Pair], size: int, *, rounds: int = 7, mirrored: bool = False) -> Tables:
    """Learn the probability of each move.

    Args:
        pairs: In a fixed order; spellings of more than 31 letters are left out.
        size: Native codes, unknown and 0 included.
        rounds: Passes over the pairs.
        mirrored: Whether both sides are Latin: a move costs what its mirror image costs, and three for one is no move.
    """
    packed = _packed([pair for pair in pairs if max(len(pair.native), len(pair.latin)) <= MAX_LETTERS])
    widths = (1, 27, 27, 27**2, 27**3, 27, 27**2)
    rows = (size, 1, size, size, size, size * size, size * size)
    tables = [np.full((rows[at], widths[at]), START[at] * (at != 4 or not mirrored)) for at in range(7)]
    for done in range(rounds):
        counts = [np.zeros_like(table) for table in tables]
        _expect(packed, size, tuple(tables), tuple(counts))
        if mirrored:
            _mirror(counts, size)
        if done >= FREE_ROUNDS:
            discount = MIRRORED_DISCOUNT if mirrored else DISCOUNT
            counts = [np.maximum(count - discount[at], 0.0) for at, count in enumerate(counts)]
        total = sum(_total(count.ravel()) for count in counts)
        tables = [count / total for count in counts]
        for at, floor in enumerate(MIRRORED_FLOOR if mirrored else FLOOR):
            tables[at] += floor
        tables[0][0] = tables[1][:, 0] = tables[2][0] = tables[2][:, 0] = 0.0
    return tuple(tables)  # type: ignore[return-value]  # seven


def cost_of(probability: float) -> int:
    """Bits of a probability, in 1/1024."""
    return round(-1024 * math.log2(probability))


def floors_of(*, mirrored: bool = False) -> Floors:
    """Costs of moves that were not learned."""
    drop, add, one = (cost_of(floor) for floor in (MIRRORED_FLOOR if mirrored else FLOOR))
    return Floors(drop, add, one, leave=0)


def moves_of(tables: Tables, letters: str, floors: Floors) -> dict[tuple[str, str], int]:
    """List the learned moves with their costs; what costs its floor is left out."""
    size = len(letters) + 2
    moves = {}
    for at, table in enumerate(tables):
        for row, column in np.argwhere(table > LEAST):
            native = _native_chunk(int(row), at, size, letters)
            latin = "" if at == 0 else _latin_chunk(int(column))
            cost = cost_of(float(table[row, column]))
            if native is not None and (at > 2 or cost < floors[at]):
                moves[native, latin] = cost
    return moves


def _mirror(counts: list[Weights], size: int) -> None:
    """Replace each count by the mean of itself and its mirror image; native codes 1 to 26 are Latin's own."""
    drop, add, one, two, _, pair, both = counts
    drop[1:27, 0] = add[0, 1:27] = (drop[1:27, 0] + add[0, 1:27]) / 2
    one[1:27, 1:27] = (one[1:27, 1:27] + one[1:27, 1:27].T) / 2
    pairs = pair.reshape(size, size, 27)[:27, :27]  # views: what is written here is written there
    twos = two.reshape(size, 27, 27)[:27]
    mean = (pairs + twos.transpose(1, 2, 0)) / 2
    pairs[:], twos[:] = mean, mean.transpose(2, 0, 1)
    boths = both.reshape(size, size, 27, 27)[:27, :27]
    boths[:] = (boths + boths.transpose(2, 3, 0, 1)) / 2


def _native_chunk(row: int, at: int, size: int, letters: str) -> str | None:
    codes = [] if at == 1 else [row] if at < 5 else list(divmod(row, size))
    return "".join(letters[code - 1] for code in codes) if all(0 < code < size - 1 for code in codes) else None


def _latin_chunk(column: int) -> str:
    chunk = ""
    while column:
        column, code = divmod(column, 27)
        chunk = chr(96 + code) + chunk
    return chunk


def _packed(pairs: Sequence[Pair]) -> tuple[Ints, Ints, Ints, Ints, Weights]:
    native = np.frombuffer(b"".join(pair.native for pair in pairs), np.uint8).astype(np.int64)
    latin = np.frombuffer(b"".join(pair.latin for pair in pairs), np.uint8).astype(np.int64)
    from_native = np.cumsum([0, *(len(pair.native) for pair in pairs)])
    from_latin = np.cumsum([0, *(len(pair.latin) for pair in pairs)])
    return native, from_native, latin, from_latin, np.array([pair.weight for pair in pairs])


@kernel
def _total(values: Weights) -> float:
    total = 0.0
    for value in values:
        total += value
    return total


@kernel
def _forward(a: Ints, b: Ints, size: int, tables: Any, sums: Weights) -> float:
    """Fill `sums[i, j]`: probability of all alignments of the first i and j letters."""
    drop, add, one, two, three, pair, both = tables
    sums[0, 0] = 1.0
    for i in range(len(a) + 1):
        for j in range(len(b) + 1):
            if i == 0 and j == 0:
                continue
            value = 0.0
            if j > 0:
                value += sums[i, j - 1] * add[0, b[j - 1]]
            if i > 0:
                x = a[i - 1]
                value += sums[i - 1, j] * drop[x, 0]
                if j > 0:
                    value += sums[i - 1, j - 1] * one[x, b[j - 1]]
                if j > 1:
                    g = b[j - 2] * 27 + b[j - 1]
                    value += sums[i - 1, j - 2] * two[x, g]
                    if j > 2:
                        value += sums[i - 1, j - 3] * three[x, b[j - 3] * 729 + g]
                if i > 1 and j > 0:
                    p = a[i - 2] * size + x
                    value += sums[i - 2, j - 1] * pair[p, b[j - 1]]
                    if j > 1:
                        value += sums[i - 2, j - 2] * both[p, b[j - 2] * 27 + b[j - 1]]
            sums[i, j] = value
    return float(sums[len(a), len(b)])


@kernel
def _backward(a: Ints, b: Ints, scale: float, tables: Any, counts: Any, work: Any) -> None:  # noqa: C901, PLR0912, PLR0917
    """Fill the sums from the end and add each move's expected count."""
    size, sums, rest = work
    drop, add, one, two, three, pair, both = tables
    c_drop, c_add, c_one, c_two, c_three, c_pair, c_both = counts
    n, m = len(a), len(b)
    for i in range(n, -1, -1):
        for j in range(m, -1, -1):
            value = 1.0 if i == n and j == m else 0.0
            here = sums[i, j] * scale
            if j < m:
                part = add[0, b[j]] * rest[i, j + 1]
                c_add[0, b[j]] += here * part
                value += part
            if i < n:
                x = a[i]
                part = drop[x, 0] * rest[i + 1, j]
                c_drop[x, 0] += here * part
                value += part
                if j < m:
                    part = one[x, b[j]] * rest[i + 1, j + 1]
                    c_one[x, b[j]] += here * part
                    value += part
                if j + 1 < m:
                    g = b[j] * 27 + b[j + 1]
                    if two[x, g] > 0.0:
                        part = two[x, g] * rest[i + 1, j + 2]
                        c_two[x, g] += here * part
                        value += part
                    if j + 2 < m:
                        t = g * 27 + b[j + 2]
                        if three[x, t] > 0.0:
                            part = three[x, t] * rest[i + 1, j + 3]
                            c_three[x, t] += here * part
                            value += part
                if i + 1 < n and j < m:
                    p = x * size + a[i + 1]
                    if pair[p, b[j]] > 0.0:
                        part = pair[p, b[j]] * rest[i + 2, j + 1]
                        c_pair[p, b[j]] += here * part
                        value += part
                    if j + 1 < m:
                        g = b[j] * 27 + b[j + 1]
                        if both[p, g] > 0.0:
                            part = both[p, g] * rest[i + 2, j + 2]
                            c_both[p, g] += here * part
                            value += part
            rest[i, j] = value


@kernel
def _expect(packed: Any, size: int, tables: Any, counts: Any) -> None:
    """Add the expected count of every move over all pairs."""
    native, from_native, latin, from_latin, weights = packed
    sums, rest = np.zeros((WIDTH, WIDTH)), np.zeros((WIDTH, WIDTH))
    for k in range(len(weights)):
        a, b = native[from_native[k] : from_native[k + 1]], latin[from_latin[k] : from_latin[k + 1]]
        chance = _forward(a, b, size, tables, sums)
        if chance > 1e-280:
            _backward(a, b, weights[k] / chance, tables, counts, (size, sums, rest))
