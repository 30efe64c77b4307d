"""Truth and weighed travellers joined: what each traveller reached, for any thresholds.

Steps: expectations to travellers by reference (what has no counterpart is counted) -> pairs marked right or wrong ->
per traveller the most that its right pairs, and all its pairs, reach.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from matcher.decide import HIT, OUTCOMES
from matcher.errors import InputError
from matcher.report.measures import Alarms, share_among
from matcher.report.truth import Key, Truth
from matcher.report.weighing import WeighedTravellers

Array: TypeAlias = np.ndarray[Any, Any]

NOTHING = -np.inf  # the weight of a traveller without a comparable entry


@dataclass(frozen=True)
class Reach:
    """The most that some pairs of each traveller reach.

    Attributes:
        weight: Greatest match weight in bits; `NOTHING` without a pair. The score of the curves.
        decisive: The same of the pairs that thresholds decide, which are those of the channel `person`.
        settled: int8, the best outcome that no threshold changes, as a place in `OUTCOMES`.
    """

    weight: Array
    decisive: Array
    settled: Array

    def at(self, outcome: str, *, hit_bits: float, review_bits: float) -> Array:
        """Tell which travellers reach an outcome or a better one, by the rule of `decide`."""
        bits = hit_bits if outcome == HIT else review_bits
        reached: Array = (self.decisive >= bits) | (self.settled >= OUTCOMES.index(outcome))
        return reached

    def operating_bits(self) -> Array:
        """The review threshold up to which each traveller is reviewed: infinite where the outcome is settled."""
        return np.where(self.settled > 0, np.inf, self.decisive)


@dataclass(frozen=True)
class Reached:
    """What true and clean travellers reach.

    Attributes:
        right: By right entries only.
        every: By any entry.
        is_true: Whether a right entry is expected, by traveller.
    """

    right: Reach
    every: Reach
    is_true: Array

    def alarms(self, outcome: str, bits: Mapping[str, float]) -> Alarms:
        """Count what thresholds (`hit_bits`, `review_bits`) let through at an outcome."""
        found, reached = self.right.at(outcome, **bits), self.every.at(outcome, **bits)
        return Alarms(
            share_among(found, self.is_true), share_among(reached, self.is_true), share_among(reached, ~self.is_true)
        )


@dataclass(frozen=True)
class Counts:
    """What was left out of the sample, and why."""

    truth_rows: int
    duplicate_rows: int
    unknown_references: int
    without_truth: int
    rejected: int


@dataclass(frozen=True)
class Sample:
    """The travellers that were screened and whose truth is known.

    Attributes:
        is_true: Whether a right entry is expected, by traveller; the others are clean.
        kinds: Kind of case by traveller.
        scripts: Script by traveller.
        lists: List of the first right entry by traveller, empty for a clean one.
        right: Right entries by traveller; an empty entry id stands for any entry of its list.
        entries: `(list id, entry id)` by place.
        traveller, entry, weight, settled, is_person: Pairs as columns, as in `WeighedTravellers`.
        is_right: Whether the truth names a pair's entry.
        counts: What was left out.
    """

    is_true: Array
    kinds: Sequence[str]
    scripts: Sequence[str]
    lists: Sequence[str]
    right: Sequence[frozenset[Key]]
    entries: Sequence[tuple[str, str]]
    traveller: Array
    entry: Array
    weight: Array
    settled: Array
    is_person: Array
    is_right: Array
    counts: Counts

    def reach(self, pairs: Array | None = None) -> Reach:
        """Reduce pairs, all or some, to what each traveller reaches."""
        chosen = slice(None) if pairs is None else pairs
        n, traveller, weight = len(self.is_true), self.traveller[chosen], self.weight[chosen].astype(np.float64)
        most, decisive, settled = np.full(n, NOTHING), np.full(n, NOTHING), np.zeros(n, np.int8)
        np.maximum.at(most, traveller, weight)
        np.maximum.at(decisive, traveller, np.where(self.is_person[chosen], weight, NOTHING))
        np.maximum.at(settled, traveller, self.settled[chosen])
        return Reach(most, decisive, settled)

    def reached(self, pairs: Array | None = None) -> Reached:
        """Reduce pairs, all or some, to what true and clean travellers reach."""
        chosen = np.ones(len(self.traveller), np.bool_) if pairs is None else pairs
        return Reached(self.reach(chosen & self.is_right), self.reach(chosen), self.is_true)

    def list_places(self) -> tuple[list[str], Array]:
        """The list ids that pairs name, sorted, and the place of each pair's list among them."""
        names = sorted({list_id for list_id, _ in self.entries})
        place = {name: at for at, name in enumerate(names)}
        of_entry = np.array([place[list_id] for list_id, _ in self.entries], np.int16)
        return names, of_entry[self.entry] if len(of_entry) else np.empty(0, np.int16)

    def entry_shares(self, seed: int) -> Array:
        """A number from 0 to 1 for each entry, by its id alone: those below a share are a random part of the lists."""
        return np.array([share_of(key, seed) for key in self.entries], np.float64)


def share_of(key: tuple[str, str], seed: int) -> float:
    """Draw a number from 0 to 1 for an entry; a function of its ids and the seed.

    Examples:
        >>> 0 <= share_of(("un", "a"), 1) < 1, share_of(("un", "a"), 1) == share_of(("un", "b"), 1)
        (True, False)
    """
    text = "\0".join((str(seed), *key)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=6).digest(), "big") / 2.0**48


def make_sample(truth: Truth, weighed: WeighedTravellers) -> Sample:
    """Join a truth with weighed travellers by reference.

    Raises:
        InputError: no reference is in both, or one reference stands for two screened travellers.
    """
    measured: list[int] = []
    seen: set[str] = set()
    for at, (reference, is_rejected) in enumerate(zip(weighed.references, weighed.rejected, strict=True)):
        if is_rejected or reference not in truth.expected:
            continue
        if reference in seen:
            raise InputError(f"traveller {at + 1} has the reference of an earlier one; give each traveller its own")
        seen.add(reference)
        measured.append(at)
    if not measured:
        raise InputError("no traveller that can be screened has a reference of the truth file; are they of one set?")
    rejected = {weighed.references[at] for at in np.flatnonzero(weighed.rejected).tolist()}
    n_rejected = int(weighed.rejected.sum())
    counts = Counts(
        truth_rows=truth.n_rows,
        duplicate_rows=truth.n_duplicates,
        unknown_references=len(truth.expected.keys() - seen - rejected),
        without_truth=len(weighed.references) - n_rejected - len(measured),
        rejected=n_rejected,
    )
    return _joined(truth, weighed, measured, counts)


def _joined(truth: Truth, weighed: WeighedTravellers, measured: Sequence[int], counts: Counts) -> Sample:
    expected = [truth.expected[weighed.references[at]] for at in measured]
    places = np.full(len(weighed.references), -1, np.int32)
    places[measured] = np.arange(len(measured), dtype=np.int32)
    kept = places[weighed.traveller] >= 0
    traveller, entry = places[weighed.traveller[kept]], weighed.entry[kept]
    is_true = np.array([bool(one.right) for one in expected], np.bool_)
    is_right = np.zeros(len(traveller), np.bool_)
    for at in np.flatnonzero(is_true[traveller]).tolist():
        right, key = expected[traveller[at]].right, weighed.entries[entry[at]]
        is_right[at] = key in right or (key[0], "") in right
    return Sample(
        is_true=is_true,
        kinds=[one.kind for one in expected],
        scripts=[weighed.scripts[at] for at in measured],
        lists=[min(one.right)[0] if one.right else "" for one in expected],
        right=[frozenset(one.right) for one in expected],
        entries=weighed.entries,
        traveller=traveller,
        entry=entry,
        weight=weighed.weight[kept],
        settled=weighed.settled[kept],
        is_person=weighed.is_person[kept],
        is_right=is_right,
        counts=counts,
    )


def names_of(values: Sequence[str]) -> list[str]:
    """Names in order of how often they occur, most first, then by name.

    Examples:
        >>> names_of(["b", "a", "b"])
        ['b', 'a']
    """
    counts = Counter(values)
    return sorted(counts, key=lambda name: (-counts[name], name))
