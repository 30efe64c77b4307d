"""Comparable persons of one list for one query, by every way that rule 3 names.

(a) first-stage name evidence, (c) an exact birth date with one rare token, (d) what may be full-name agreement: from
the scan. (b), an attached document, is given by the caller, who looked the number up. (d) is only possible here: the
scorer keeps such a pair only if its alignment agrees fully.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.query import Query
from matcher.records import GREGORIAN, PartialDate
from matcher.score.model import Model
from matcher.score.person import NameWeight

if TYPE_CHECKING:
    from matcher.candidates.first_stage import FirstStage, NameScan
    from matcher.candidates.wanted import Wanted
    from matcher.compare.forms import NameForms
    from matcher.index.names import NameIndex


@dataclass(slots=True)
class Comparable:
    """One comparable entry.

    Attributes:
        pairs: `(query name, name row)` pairs to align, and whether each is comparable whatever its alignment says
            (a, b, c); the others are only if they agree fully (d).
        weights: What each pair weighs.
        by_evidence: Comparable by first-stage evidence (rule 3 a).
        by_document: Comparable by an attached document (b).
        by_birth_date: Comparable by birth date and a rare token (c).
    """

    pairs: dict[tuple[int, int], bool] = field(default_factory=dict)
    weights: dict[tuple[int, int], NameWeight] = field(default_factory=dict)
    by_evidence: bool = False
    by_document: bool = False
    by_birth_date: bool = False

    @property
    def only_if_full(self) -> bool:
        """Whether nothing but full-name agreement (d) can make the pair comparable."""
        return not (self.by_evidence or self.by_document or self.by_birth_date)


def comparable_persons(
    index: NameIndex,
    scan: NameScan,
    model: Model,
    query: Query,
    *,
    forms: NameForms,
    first: int = 0,
    by_document: Iterable[int] = (),
    wanted: Wanted | None = None,
) -> dict[int, Comparable]:
    """Find the comparable entries of one list, by entry row, ascending, with the weights of their names.

    Args:
        index: The list's names.
        scan: The scan over them.
        model: Holds `name_floor_bits` and `rare_token_bits`.
        query: The traveller.
        forms: Names of the batch as arrays.
        first: Which of them is the query's first.
        by_document: Entry rows whose attached document agrees (rule 3 b).
        wanted: Entries whose names don't weigh so much are left out, unless they agree fully; None, or where a document
            agrees: none is.
    """
    found: dict[int, Comparable] = {}
    known: dict[tuple[int, int], NameWeight] = {}
    documented = set(by_document)
    if documented:
        wanted = None
    for at, tokens in enumerate(query.names):
        stage = scan.first_stage(forms, first + at, wanted)
        kept = np.flatnonzero(stage.is_enough | may_agree_fully(index, stage, len(tokens)))
        for row, is_firm in zip(stage.rows[kept].tolist(), stage.is_enough[kept].tolist(), strict=True):
            one = found.setdefault(int(index.entry_rows[row]), Comparable())
            one.pairs[at, row] = is_firm
            one.by_evidence |= is_firm
        if stage.weights is not None:
            known.update(_weights(at, stage, kept))
        for entry_row in _born_alike(index, scan, model, query.birth_date, (forms, first + at)):
            one = found.setdefault(entry_row, Comparable())
            one.by_birth_date = True
            _add_all(index, one, entry_row, [at])
    for entry_row in documented:
        one = found.setdefault(entry_row, Comparable())
        one.by_document = True
        _add_all(index, one, entry_row, range(len(query.names)))
    _weigh(scan, (forms, first), found, known, wanted)
    return {row: one for row, one in sorted(found.items()) if wanted is None or one.weights}


def _weights(at: int, stage: FirstStage, kept: np.ndarray[Any, Any]) -> Iterator[tuple[tuple[int, int], NameWeight]]:
    """What some names of a stage weigh with a query name, by pair."""
    assert stage.weights is not None
    bits, fully = stage.weights
    columns = (stage.rows[kept].tolist(), bits[kept].tolist(), fully[kept].tolist())
    for row, weight, is_full in zip(*columns, strict=True):
        yield (at, row), NameWeight(weight, is_full)


def _weigh(
    scan: NameScan,
    names: tuple[NameForms, int],
    found: Mapping[int, Comparable],
    known: Mapping[tuple[int, int], NameWeight],
    wanted: Wanted | None,
) -> None:
    """Write what every pair of names weighs; of an entry with none that counts, nothing."""
    forms, first = names
    pairs = [(row, key) for row, one in found.items() for key in one.pairs]
    weights = [known.get(key) for _, key in pairs]
    missing = [at for at, weight in enumerate(weights) if weight is None]
    if missing:
        places = np.array([(first + pairs[at][1][0], pairs[at][1][1]) for at in missing], np.int32)
        bits, fully = scan.weigh(forms, places, least_bits=-math.inf if wanted is None else wanted.least_bits)
        for at, weight, is_full in zip(missing, bits.tolist(), fully.tolist(), strict=True):
            weights[at] = NameWeight(weight, is_full)
    weighed = [weight for weight in weights if weight is not None]
    counts = np.ones(len(pairs), bool)
    if wanted is not None and pairs:
        entries = np.array([row for row, _ in pairs], np.int32)
        counts = scan.reaches(entries, wanted, np.array([weight.bits for weight in weighed]))
        counts |= np.array([weight.agrees_fully for weight in weighed])
    counting = {pairs[at][0] for at in np.flatnonzero(counts).tolist()}
    for (row, key), weight in zip(pairs, weighed, strict=True):
        if row in counting:
            found[row].weights[key] = weight


def may_agree_fully(index: NameIndex, stage: FirstStage, n_tokens: int) -> np.ndarray[Any, Any]:
    """Names that full agreements may cover: two tokens at least, or one when both names have one."""
    counts = index.counts[stage.rows]
    shorter = np.minimum(counts, n_tokens)
    both_one = (counts == 1) & (n_tokens == 1)
    needed: np.ndarray[Any, Any] = np.where(both_one, 1, np.maximum(shorter, 2))
    covers: np.ndarray[Any, Any] = stage.covered >= needed
    return covers


def _born_alike(
    index: NameIndex, scan: NameScan, model: Model, date: PartialDate | None, name: tuple[NameForms, int]
) -> list[int]:
    """Entry rows with the query's exact birth date and one rare agreeing token."""
    day = exact_day(date)
    born = index.entries_born(day) if day is not None else []
    if not born:
        return []
    rows, entries = index.names_of_each(born)
    is_rare = scan.strongest(*name, rows) >= model.threshold("rare_token_bits")
    return list(dict.fromkeys(entries[is_rare].tolist()))


def _add_all(index: NameIndex, one: Comparable, entry_row: int, query_names: Iterable[int]) -> None:
    for at in query_names:
        one.pairs.update(dict.fromkeys(((at, row) for row in index.names_of(entry_row)), True))


def exact_day(date: PartialDate | None) -> datetime.date | None:
    """Return a complete birth date that is not default-like, as a day; None for any other."""
    if date is None or date.is_default_like or date.approximate or date.year_to is not None:
        return None
    if date.calendar != GREGORIAN or date.year is None or date.month is None or date.day is None:
        return None
    return datetime.date(date.year, date.month, date.day)
