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
from matcher.score.person import NameWeight, least_name_bits, most_bits

if TYPE_CHECKING:
    from matcher.candidates.birth_years import BirthYears
    from matcher.candidates.first_stage import FirstStage, NameScan
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

    def may_weigh(self, least_bits: float) -> bool:
        """Whether some pair of names agrees fully or weighs so much."""
        return least_bits == -math.inf or any(
            weight.agrees_fully or weight.bits >= least_bits for weight in self.weights.values()
        )


def comparable_persons(
    index: NameIndex,
    scan: NameScan,
    model: Model,
    query: Query,
    *,
    forms: NameForms,
    first: int = 0,
    by_document: Iterable[int] = (),
    least_bits: float = -math.inf,
    years: BirthYears | None = None,
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
        least_bits: Entries that cannot reach this match weight are left out, unless their names may agree fully or a
            document agrees.
        years: The list's birth dates, which tell many of those entries.
    """
    found: dict[int, Comparable] = {}
    known: dict[tuple[int, int], NameWeight] = {}
    documented = set(by_document)
    least = -math.inf if documented else least_name_bits(model, query, least_bits)
    for at, tokens in enumerate(query.names):
        stage = scan.first_stage(forms, first + at, least_bits=None if least == -math.inf else least)
        by_evidence = stage.evidence >= model.threshold("name_floor_bits")
        if years is not None and least > -math.inf and query.birth_date is not None and len(stage.rows):
            own = years.most_bits(model, query.birth_date, index.entry_rows[stage.rows], query.data_source)
            most = stage.evidence + scan.beside_bits + own
            by_evidence &= most >= least + most_bits(model, "birth_date", query.data_source)
        wanted = np.flatnonzero(by_evidence | may_agree_fully(index, stage, len(tokens)))
        for row, is_firm in zip(stage.rows[wanted].tolist(), by_evidence[wanted].tolist(), strict=True):
            one = found.setdefault(int(index.entry_rows[row]), Comparable())
            one.pairs[at, row] = is_firm
            one.by_evidence |= is_firm
        if stage.weights is not None:
            known.update(_weights(at, stage, wanted))
        for entry_row in _born_alike(index, scan, model, query.birth_date, (forms, first + at)):
            one = found.setdefault(entry_row, Comparable())
            one.by_birth_date = True
            _add_all(index, one, entry_row, [at])
    for entry_row in documented:
        one = found.setdefault(entry_row, Comparable())
        one.by_document = True
        _add_all(index, one, entry_row, range(len(query.names)))
    _weigh(scan, (forms, first), found.values(), known, least)
    return {row: one for row, one in sorted(found.items()) if one.may_weigh(least)}


def _weights(at: int, stage: FirstStage, wanted: np.ndarray[Any, Any]) -> Iterator[tuple[tuple[int, int], NameWeight]]:
    """What the wanted names of a stage weigh with a query name, by pair."""
    assert stage.weights is not None
    bits, fully = stage.weights
    columns = (stage.rows[wanted].tolist(), bits[wanted].tolist(), fully[wanted].tolist())
    for row, weight, is_full in zip(*columns, strict=True):
        yield (at, row), NameWeight(weight, is_full)


def _weigh(
    scan: NameScan,
    names: tuple[NameForms, int],
    found: Iterable[Comparable],
    known: Mapping[tuple[int, int], NameWeight],
    least_bits: float,
) -> None:
    """Weigh every pair of names not known yet in one call; of an entry with none that counts, nothing is kept."""
    forms, first = names
    missing = []
    for one in found:
        for key in one.pairs:
            if key in known:
                one.weights[key] = known[key]
            else:
                missing.append((one, key))
    if not missing:
        return
    places = np.array([(first + at, row) for _, (at, row) in missing], np.int32).reshape(-1, 2)
    bits, fully = scan.weigh(forms, places, least_bits=least_bits)
    counting = {id(missing[at][0]) for at in np.flatnonzero(fully | (bits >= least_bits)).tolist()}
    for (one, key), weight, is_full in zip(missing, bits.tolist(), fully.tolist(), strict=True):
        if one.weights or id(one) in counting:
            one.weights[key] = NameWeight(weight, is_full)


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
