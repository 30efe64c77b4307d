"""How Han characters read in Latin letters, learned from pairs of whole names by expectation maximisation.

A character reads as one to six letters; P(reading | character) is learned, discounted, and smoothed by the readings of
all characters, so that a character that was never seen can still be read. Pinyin of the commonest characters counts as
a few seen readings each, and a new reading is the likelier the nearer it is to pinyin and to one syllable. The table
holds conditional probabilities: a rare character is not a poor match for being rare.
"""

from __future__ import annotations

import collections
import functools
import math
import re
from collections.abc import Iterable, Iterator, Mapping

from anyascii import anyascii
from rapidfuzz.distance import Levenshtein

from benchmarks.learn.multigram import cost_of
from matcher.compare.letters import ANY, Floors

LONGEST = 6
DROP, ADD = 2.0**-12, 2.0**-9  # a silent character, a letter that no character reads as
DISCOUNT, SMOOTHING = 0.3, 1.0
LEAST = 0.7  # expected times that a reading must be seen
LEAST_SHARE = 1e-3  # of a pair, that a reading must have to be counted
FARTHEST = 0.5  # a character reads as letters at about its own place in the name
PINYIN = 2.0  # times that the pinyin of a character counts as seen
CHARACTERS = 2  # that share a reading which any character may have
_VOWELS = re.compile("[aeiouy]+")

# A character that is known by its pinyin alone leaves it at this cost.
FLOORS = Floors(cost_of(DROP), cost_of(ADD), 0, cost_of(1 - (PINYIN - DISCOUNT) / (PINYIN + SMOOTHING)))

Counts = dict[str, dict[str, float]]
Pairs = Mapping[tuple[str, str], float]


def learn(pairs: Pairs, *, rounds: int) -> tuple[str, dict[tuple[str, str], int]]:
    """Learn readings: the characters, and costs by (character, reading), (any, reading) and (character, any)."""
    prior = _pinyin({char for native, _ in pairs for char in native})
    counts = prior
    for _ in range(rounds):
        model = _Model(counts)
        counts = {char: dict(readings) for char, readings in prior.items()}
        for (native, latin), weight in sorted(pairs.items()):
            _expect(native, latin, weight, model, counts)
    model = _Model(counts)
    moves = {}
    for char in counts:
        leave = cost_of(model.leave[char])
        if leave != FLOORS.leave:
            moves[char, ANY] = leave
        moves |= {(char, reading): cost_of(model.chance(char, reading)) for reading in model.own[char]}
    moves |= {(ANY, reading): cost_of(chance) for reading, chance in model.general.items()}
    return "".join(sorted(counts)), moves


class _Model:
    """Chances of readings from expected counts."""

    def __init__(self, counts: Counts) -> None:
        kinds: dict[str, float] = collections.defaultdict(float)
        self.own: Counts = {}
        self.leave: dict[str, float] = {}
        for char, readings in sorted(counts.items()):
            kept = {reading: count - DISCOUNT for reading, count in sorted(readings.items()) if count >= LEAST}
            total = math.fsum(readings.values()) + SMOOTHING
            self.own[char] = {reading: count / total for reading, count in kept.items()}
            self.leave[char] = 1 - math.fsum(self.own[char].values())
            for reading in kept:
                kinds[reading] += 1  # of characters, not of times: what any character may read as
        shared = {reading: count for reading, count in sorted(kinds.items()) if count >= CHARACTERS}
        total = math.fsum(shared.values())
        self.general = {reading: count / total for reading, count in shared.items()}

    def chance(self, char: str, reading: str) -> float:
        own = self.own.get(char, {}).get(reading, 0.0)
        return own + self.leave.get(char, 1.0) * self.general.get(reading, 0.0)


def _pinyin(seen: set[str]) -> Counts:
    """One seen reading for each character of the pairs and of the common sets of two national standards."""
    found = {}
    for char in sorted(seen | set(_common())):
        reading = _spelled(char)
        found[char] = {reading: PINYIN} if reading.isascii() and reading.isalpha() and len(reading) <= LONGEST else {}
    return found


def _common() -> Iterator[str]:
    """The first levels of GB 2312 (3,755 simplified characters) and Big5 (5,401 traditional ones)."""
    for lead in range(0xB0, 0xD8):
        yield from _decoded(lead, range(0xA1, 0xFF), "gb2312")
    for lead in range(0xA4, 0xC7):
        yield from _decoded(lead, [*range(0x40, 0x7F), *range(0xA1, 0xFF)], "big5")


def _decoded(lead: int, trails: Iterable[int], encoding: str) -> Iterator[str]:
    for trail in trails:
        char = bytes((lead, trail)).decode(encoding, "ignore")
        if len(char) == 1 and "\u4e00" <= char <= "\u9fff":
            yield char


def _expect(native: str, latin: str, weight: float, model: _Model, counts: Counts) -> None:
    """Add the expected count of each reading over all ways to cut a pair."""
    n, m = len(native), len(latin)
    reads = [
        (i, j, k, model.chance(native[i], latin[j:k]) or _unseen(native[i], latin[j:k]))
        for i in range(n)
        for j in range(m)
        for k in range(j + 1, min(m, j + LONGEST) + 1)
        if _is_near(i / n, j / m) and _is_near((i + 1) / n, k / m)
    ]
    before = _sums(n, m, [(i, j, k, chance) for i, j, k, chance in reads])
    after = _sums(n, m, [(n - 1 - i, m - k, m - j, chance) for i, j, k, chance in reads])
    total = before[n][m]
    if total > 0.0:
        for i, j, k, chance in reads:
            share = before[i][j] * chance * after[n - 1 - i][m - k] / total
            if share > LEAST_SHARE:
                found = counts[native[i]]
                found[latin[j:k]] = found.get(latin[j:k], 0.0) + weight * share


def _is_near(one: float, other: float) -> bool:
    return abs(one - other) <= FARTHEST


def _sums(n: int, m: int, reads: list[tuple[int, int, int, float]]) -> list[list[float]]:
    """Chance of all ways to read the first i characters as the first j letters."""
    ending: dict[tuple[int, int], list[tuple[int, float]]] = collections.defaultdict(list)
    for i, j, k, chance in reads:
        ending[i + 1, k].append((j, chance))
    sums = [[0.0] * (m + 1) for _ in range(n + 1)]
    sums[0][0] = 1.0
    for i in range(n + 1):
        for j in range(m + 1):
            value = sums[i][j]
            if j:
                value += sums[i][j - 1] * ADD
            if i:
                value += sums[i - 1][j] * DROP
                for start, chance in ending[i, j]:
                    value += sums[i - 1][start] * chance
            sums[i][j] = value
    return sums


@functools.cache
def _unseen(char: str, reading: str) -> float:
    """Chance of a reading that no character has yet."""
    edits = Levenshtein.distance(_spelled(char), reading)
    syllables = len(_VOWELS.findall(reading))
    return 2.0 ** -(6 + 3 * edits + 4 * abs(syllables - 1))


@functools.cache
def _spelled(char: str) -> str:
    return str(anyascii(char)).lower().strip()
