"""Letter models from their definition: the twin of `letter_kernels`, reading the tables by itself."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

MAX_LETTERS = 31


@dataclass(frozen=True)
class Moves:
    """What a table says: costs by chunk pair, and the costs of what it does not hold."""

    script: str
    letters: str
    costs: dict[tuple[str, str], int]
    drop: int
    add: int
    one: int
    leave: int

    def __hash__(self) -> int:
        return hash(self.script)

    def cost(self, native: str, latin: str) -> int | None:
        """Cost of one move, None where there is no such move."""
        if (native, latin) in self.costs:
            return self.costs[native, latin]
        if not native or not latin:
            return self.drop if len(native) == 1 else self.add if len(latin) == 1 else None
        if self.script == "han":
            general = self.costs.get(("*", latin))
            return None if general is None else general + self.left(native)
        return self.one if len(native) == len(latin) == 1 else None

    def left(self, native: str) -> int:
        """Cost of a Han character's leaving its own readings; an unknown one has none."""
        return self.costs.get((native, "*"), self.leave) if native in self.letters else 0

    def shapes(self) -> list[tuple[int, int]]:
        """Lengths of the chunks that a move can read."""
        if self.script == "han":
            return [(1, 0), (0, 1), *((1, length) for length in range(1, 7))]
        return [(1, 0), (0, 1), (1, 1), (1, 2), (1, 3), (2, 1), (2, 2)]


@functools.cache
def read_moves(script: str) -> Moves:
    """Read a shipped table line by line."""
    text = resources.files("matcher.compare").joinpath(f"tables/letters/{script}.tsv").read_text("utf-8")
    head, costs = {}, {}
    for line in text.splitlines():
        if line.startswith("# "):
            key, _, value = line[2:].partition(": ")
            head[key] = value
        elif line != "native\tlatin\tcost":
            native, latin, cost = line.split("\t")
            costs[native.replace("-", ""), latin.replace("-", "")] = int(cost)
    floors = (int(head[f"floor_{kind}"]) for kind in ("drop", "add", "one", "leave"))
    return Moves(script, head["letters"], costs, *floors)


def path_cost(script: str, native: str, latin: str) -> int:
    """Least cost over all ways to cut both spellings into moves."""
    moves = read_moves(script)
    native, latin = native[: 15 if script == "han" else MAX_LETTERS], latin[:MAX_LETTERS]

    @functools.cache
    def rest(i: int, j: int) -> int:
        if i == len(native) and j == len(latin):
            return 0
        found = []
        for n, m in moves.shapes():
            if i + n <= len(native) and j + m <= len(latin):
                cost = moves.cost(native[i : i + n], latin[j : j + m])
                if cost is not None:
                    found.append(cost + rest(i + n, j + m))
        return min(found)

    return rest(0, 0)


def best_latin(script: str, native: str) -> int:
    """Least path cost over all Latin strings: the cheapest way to read each native chunk, whatever it reads as."""
    moves = read_moves(script)
    return _cheapest(native[: 15 if script == "han" else MAX_LETTERS], lambda chunk: _latin_costs(moves, chunk), 2)


def best_native(script: str, latin: str) -> int:
    """Least path cost over all native strings."""
    moves = read_moves(script)
    return _cheapest(latin[:MAX_LETTERS], lambda chunk: _native_costs(moves, chunk), 6)


def quality(script: str, native: str, latin: str) -> int:
    """What `letters.quality` is defined to be."""
    if script == "latin" and native[:MAX_LETTERS] == latin[:MAX_LETTERS]:
        return 0
    return best_latin(script, native) + best_native(script, latin) - 2 * path_cost(script, native, latin)


@functools.cache
def _least(script: str, side: int) -> dict[str, int]:
    """Cheapest learned move by the chunk of one side."""
    least: dict[str, int] = {}
    for chunks, cost in read_moves(script).costs.items():
        if "*" not in chunks:
            least[chunks[side]] = min(cost, least.get(chunks[side], cost))
    return least


@functools.cache
def _least_general(moves: Moves) -> int:
    return min(cost for (native, _), cost in moves.costs.items() if native == "*")


def _latin_costs(moves: Moves, chunk: str) -> Iterator[int]:
    if chunk in _least(moves.script, 0):
        yield _least(moves.script, 0)[chunk]
    if len(chunk) == 1:
        yield moves.drop
        if moves.script == "han":
            yield _least_general(moves) + moves.left(chunk)
        else:
            yield moves.one


def _native_costs(moves: Moves, chunk: str) -> Iterator[int]:
    if chunk in _least(moves.script, 1):
        yield _least(moves.script, 1)[chunk]
    if len(chunk) == 1:
        yield moves.add
        if moves.script != "han":
            yield moves.one
    if ("*", chunk) in moves.costs:
        yield moves.costs["*", chunk]  # an unknown character reads so


def _cheapest(text: str, costs_of, longest: int) -> int:  # type: ignore[no-untyped-def]
    best = [0]
    for end in range(1, len(text) + 1):
        found = []
        for start in range(max(0, end - longest), end):
            found += [best[start] + cost for cost in costs_of(text[start:end])]
        best.append(min(found))
    return best[-1]
