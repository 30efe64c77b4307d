"""The weight of a near document number: how likely the slip is, against how many listed numbers it could reach.

    bits = log2(P(slip | source) / expected neighbours of that kind in the listed number's series) + log2(entries)

The last term spreads the coincidence over the entries that the prior beside it stands for: the model's documents, or
its persons for a document that is attached to one. A number read from a machine readable zone whose check digits hold
allows only slips that keep the number's own check digit (domain facts 1.3). Numbers of other series than the listed
one's are not counted: they add little, and the found one is there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from matcher.documents.mrz.check_digits import check_digit
from matcher.documents.numbers import normalise
from matcher.documents.series import pattern_of, space_of
from matcher.documents.slips import SYMBOLS, look_alikes
from matcher.score.evidence import Evidence, to_grain
from matcher.score.model import Model

TYPED, MRZ, MRZ_FAILED = "typed", "mrz", "mrz_failed"  # sources, each with a table `slip_<source>` in the model
_CONTAINED = frozenset({"check_digit", "prefix", "glued", "leading"})  # one number holds the other
_KEEPS_DIGIT = frozenset({"lookalike", "transposed", "substituted", "deleted", "inserted"})


def slip_leaf(
    model: Model, slip: str, *, carried: str, listed: str, series_count: float, source: str, entries: str
) -> Evidence | None:
    """Weigh a near number; None when the source rules the slip out.

    Args:
        model: Holds P(slip | source) and the number of documents that its prior stands for.
        slip: One of `documents.slips.SLIPS`, not `exact`.
        carried: Number as presented.
        listed: Number as listed.
        series_count: Listed numbers of the listed number's series.
        source: `typed`, `mrz` (its check digits hold) or `mrz_failed`.
        entries: What the prior stands for: `documents` or `persons`.
    """
    presented, kept = normalise(carried), normalise(listed)
    if source == MRZ and slip in _KEEPS_DIGIT and _digit(presented) != _digit(kept):
        return None
    reached = series_count * chance(slip, presented, kept)
    bits = math.log2(model.weights[f"slip_{source}"][slip] / reached) + math.log2(model.weights["prior"][entries])
    highest = model.weights["document_number"]["exact"] - 1.0  # a slip never weighs as much as the number itself
    return Evidence("document_number", slip, carried, listed, to_grain(min(bits, highest)))


def _digit(number: str) -> str:
    return check_digit(number[:9].ljust(9, "<"))


def chance(slip: str, presented: str, listed: str) -> float:
    """Return the share of the listed number's series that shows this slip with the presented number.

    Examples:
        >>> chance("substituted", "AB1234567", "AB1234568") * 10**7
        63.0
    """
    pattern = pattern_of(listed)
    if slip in _CONTAINED:
        return 1.0 / space_of(pattern_of(min(presented, listed, key=len)))
    found = sum(pattern_of(number) == pattern for number in set(_neighbours(slip, presented)) - {presented})
    return max(1, found) / space_of(pattern)


def _neighbours(slip: str, number: str) -> Iterator[str]:
    """Numbers that one slip could have made into the presented one."""
    places = range(len(number))
    if slip == "substituted":
        yield from (number[:at] + sign + number[at + 1 :] for at in places for sign in SYMBOLS)
    elif slip == "deleted":
        yield from (number[:at] + sign + number[at:] for at in (*places, len(number)) for sign in SYMBOLS)
    elif slip == "inserted":
        yield from (number[:at] + number[at + 1 :] for at in places)
    elif slip == "transposed":
        yield from (number[:at] + number[at + 1] + number[at] + number[at + 2 :] for at in places[:-1])
    elif slip == "lookalike":
        singles = list(_look_alikes(number))
        yield from singles
        yield from (two for one in singles for two in _look_alikes(one))


def _look_alikes(number: str) -> Iterator[str]:
    pairs = look_alikes()
    for at, sign in enumerate(number):
        for other in SYMBOLS:
            if frozenset((sign, other)) in pairs:
                yield number[:at] + other + number[at + 1 :]
