"""The chance that a series shows a slip: counted by places, as if every number had been written down."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import pytest

from matcher.documents.series import pattern_of, space_of
from matcher.documents.slips import SYMBOLS, look_alikes
from matcher.score.slips import chance

SHAPES = ("#####", "@####", "@@###", "#@@##", "@@@##", "@#@#@")


def drawn(draw: random.Random) -> str:
    signs = {"#": "0123456789", "@": SYMBOLS[10:]}
    return "".join(draw.choice(signs[sign]) for sign in draw.choice(SHAPES))


def neighbours(slip: str, number: str) -> Iterator[str]:
    """Numbers of which one slip makes the presented one, written down."""
    places = range(len(number))
    if slip == "substituted":
        yield from (number[:at] + sign + number[at + 1 :] for at in places for sign in SYMBOLS)
    elif slip == "deleted":
        yield from (number[:at] + sign + number[at:] for at in (*places, len(number)) for sign in SYMBOLS)
    elif slip == "inserted":
        yield from (number[:at] + number[at + 1 :] for at in places)
    elif slip == "transposed":
        yield from (number[:at] + number[at + 1] + number[at] + number[at + 2 :] for at in places[:-1])
    else:
        for at in itertools.chain(((one,) for one in places), itertools.combinations(places, 2)):
            alike = ([two for two in SYMBOLS if frozenset((number[one], two)) in look_alikes()] for one in at)
            for signs in itertools.product(*alike):
                changed = dict(zip(at, signs, strict=True))
                yield "".join(changed.get(place, sign) for place, sign in enumerate(number))


@pytest.mark.parametrize("slip", ["lookalike", "substituted", "deleted", "inserted", "transposed"])
def test_the_count_by_places_is_the_count_of_numbers(slip: str) -> None:
    """For presented and listed numbers of all shapes, near or not, the share is that of the numbers written down."""
    draw = random.Random(slip)
    more_than_one = 0
    for _ in range(150):
        presented = drawn(draw)
        near = [one for one in neighbours(slip, presented) if one != presented]
        listed = draw.choice(near)
        if draw.random() < 0.2:
            listed = next(one for one in iter(lambda: drawn(draw), None) if one)[: len(listed)].ljust(len(listed), "7")
        found = {one for one in near if pattern_of(one) == pattern_of(listed)}
        more_than_one += len(found) > 1
        assert chance(slip, presented, listed) == max(1, len(found)) / space_of(pattern_of(listed))
    assert more_than_one > 20
