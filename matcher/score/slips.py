"""The weight of a near document number: how likely the slip is, against how many listed numbers it could reach.

    bits = log2(P(slip | source) / expected neighbours of that kind in the listed number's series) + log2(entries)

The last term spreads the coincidence over the entries that the prior beside it stands for: the model's documents, or
its persons for a document that is attached to one. A number read from a machine readable zone whose check digits hold
allows only slips that keep the number's own check digit (domain facts 1.3). Numbers of other series than the listed
one's are not counted: they add little, and the found one is there.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

from matcher.documents.mrz.check_digits import check_digit
from matcher.documents.numbers import normalise
from matcher.documents.series import DIGIT, KEPT_LETTERS, N_DIGITS, N_LETTERS, pattern_of, space_of
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

    Source:
        Counted without writing the numbers down; slow twin in `tests/score/test_slips.py`.

    Examples:
        >>> chance("substituted", "AB1234567", "AB1234568") * 10**7
        63.0
    """
    if slip in _CONTAINED:
        return 1.0 / space_of(pattern_of(min(presented, listed, key=len)))
    pattern = pattern_of(listed)
    return max(1, _COUNTS[slip](presented, pattern)) / space_of(pattern)


def _fits(sign: str, place: int, mark: str) -> bool:
    """Whether a character at a place has the pattern's mark there."""
    if place < KEPT_LETTERS and mark != DIGIT:
        return sign == mark
    return sign.isdigit() == (mark == DIGIT)


def _size(place: int, mark: str) -> int:
    """How many characters have the mark at a place."""
    if mark == DIGIT:
        return N_DIGITS
    return 1 if place < KEPT_LETTERS else N_LETTERS


def _misfits(number: str, pattern: str) -> list[int]:
    marks = zip(number, pattern, strict=True)
    return [place for place, (sign, mark) in enumerate(marks) if not _fits(sign, place, mark)]


def _substituted(number: str, pattern: str) -> int:
    misfits = _misfits(number, pattern)
    if len(misfits) == 1:
        return _size(misfits[0], pattern[misfits[0]])
    return 0 if misfits else sum(_size(place, mark) - 1 for place, mark in enumerate(pattern))


def _deleted(number: str, pattern: str) -> int:
    """Numbers with one character more; put after its like, a character gives the same number as before it."""
    count = 0
    for at, mark in enumerate(pattern):
        before = all(_fits(number[place], place, pattern[place]) for place in range(at))
        if before and all(_fits(number[place - 1], place, pattern[place]) for place in range(at + 1, len(pattern))):
            count += _size(at, mark) - (at > 0 and _fits(number[at - 1], at, mark))
    return count


def _inserted(number: str, pattern: str) -> int:
    shorter = {number[:at] + number[at + 1 :] for at in range(len(number))}
    return sum(not _misfits(one, pattern) for one in shorter)


def _transposed(number: str, pattern: str) -> int:
    swapped = (number[:at] + number[at + 1] + number[at] + number[at + 2 :] for at in range(len(number) - 1))
    return sum(one != number and not _misfits(one, pattern) for one in swapped)


def _lookalike(number: str, pattern: str) -> int:
    """One or two places with a look-alike: a sum over places, and over pairs of them."""
    misfits = set(_misfits(number, pattern))
    alike = [
        sum(_fits(other, place, mark) for other in _alikes()[sign])
        for place, (sign, mark) in enumerate(zip(number, pattern, strict=True))
    ]
    total, squares = sum(alike), sum(count * count for count in alike)
    if not misfits:
        return total + (total * total - squares) // 2
    own = [alike[place] for place in misfits]
    if len(own) == 1:
        return own[0] * (1 + total - own[0])
    return own[0] * own[1] if len(own) == 2 else 0


@functools.cache
def _alikes() -> dict[str, tuple[str, ...]]:
    """Look-alikes of each character."""
    pairs = look_alikes()
    return {sign: tuple(other for other in SYMBOLS if frozenset((sign, other)) in pairs) for sign in SYMBOLS}


_COUNTS: dict[str, Callable[[str, str], int]] = {
    "substituted": _substituted,
    "deleted": _deleted,
    "inserted": _inserted,
    "transposed": _transposed,
    "lookalike": _lookalike,
}
