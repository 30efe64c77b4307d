"""A decision from the rules alone: every entry of every list against the traveller, nothing indexed or cached.

The twin of `matcher.screen`: comparable by rule 3, scored, decided by rule 9. Slow and obvious.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from matcher.decide import OUTCOMES, better, decide_document, decide_person
from matcher.documents.numbers import normalise
from matcher.documents.series import pattern_of
from matcher.documents.states import issuer_group
from matcher.entry import PersonEntry
from matcher.query import CarriedDocument, Query, make_query
from matcher.records import GREGORIAN, PartialDate
from matcher.score.evidence import Evidence, total_bits
from matcher.score.fields import NumberPair, birth_date_leaf, document_leaves
from matcher.score.model import Model
from matcher.score.names import align_names
from matcher.score.person import BestName, NameWeight, best_name, score_person
from matcher.text import analyse_name
from tests.reference.name_alignment import Weights, first_stage
from tests.reference.near_numbers import near

Found = tuple[str, str, str, float]  # entry id, channel, outcome, match weight


def attached_leaves(
    model: Model, query: Query, own: Sequence[Mapping[str, Any]], every: Sequence[Mapping[str, Any]]
) -> list[Evidence]:
    """Leaves of the best equal or near number among a person's documents; `every` is the whole list's."""
    best: list[Evidence] = []
    for carried in query.documents:
        for listed in own:
            for _, _, slip, _ in near([carried.number], [listed["number"]]):
                leaves = number_leaves(model, query, carried=carried, listed=listed, slip=slip, every=every)
                if leaves and (not best or strength(model, leaves) > strength(model, best)):
                    best = leaves
    return best


def series_count(listed: Mapping[str, Any], every: Sequence[Mapping[str, Any]]) -> int:
    """How many listed numbers share the issuer and the pattern of one."""

    def series(one: Mapping[str, Any]) -> tuple[str | None, str]:
        issuer = one["issuing_state"]
        return issuer and issuer_group(issuer), pattern_of(normalise(one["number"]))

    return sum(series(one) == series(listed) for one in every)


def number_leaves(
    model: Model,
    query: Query,
    *,
    carried: CarriedDocument,
    listed: Mapping[str, Any],
    slip: str,
    every: Sequence[Mapping[str, Any]],
) -> list[Evidence]:
    """Leaves of one equal or near number."""
    expires_on = listed["expires_on"] and listed["expires_on"].isoformat()
    other = CarriedDocument(listed["number"], listed["issuing_state"], listed["type"], expires_on)
    return document_leaves(
        model, NumberPair(carried, other, slip, series_count(listed, every), query.number_source, is_attached=True)
    )


def strength(model: Model, leaves: Sequence[Evidence]) -> tuple[int, float]:
    """Outcome first, then weight."""
    return OUTCOMES.index(decide_document(model, leaves, is_attached=True) or "no_match"), total_bits(leaves)


def is_exact_day(date: PartialDate) -> bool:
    """Complete, exact, not converted and not 1 January."""
    return (
        date.calendar == GREGORIAN
        and date.is_complete
        and not date.is_default_like
        and not date.approximate
        and date.year_to is None
    )


def comparable_name(
    model: Model, weights: Weights, query: Query, entry: PersonEntry, *, has_document: bool
) -> tuple[BestName | None, bool]:
    """The best pair among those that rule 3 makes comparable, and whether name or birth date does so."""
    floor, rare = model.threshold("name_floor_bits"), model.threshold("rare_token_bits")
    pairs, by_name_or_date = [], False
    for tokens in query.names:
        listed = [(name, analyse_name(name.text)) for name in entry.names if analyse_name(name.text)]
        born_alike = (
            query.birth_date is not None and is_exact_day(query.birth_date) and query.birth_date in entry.birth_dates
        )
        stages = [first_stage(weights, tokens, other) for _, other in listed]
        shares_rare = any(stage.strongest >= rare * 1024 for stage in stages)
        for (name, other), stage in zip(listed, stages, strict=True):
            alignment = align_names(model, tokens, other)
            assert alignment is not None
            by_evidence = stage.evidence >= floor * 1024
            by_date = born_alike and shares_rare
            is_one = len(tokens) == len(other) == 1
            agrees = alignment.agrees_fully and not (name.is_weak and is_one)  # rule 9: weak aliases excepted
            if by_evidence or by_date or has_document or agrees:
                pairs.append((tokens, name, True, NameWeight(alignment.bits, alignment.agrees_fully)))
            by_name_or_date |= by_evidence or by_date or agrees
    return best_name(model, pairs), by_name_or_date


def decide_entry(
    model: Model, weights: Weights, query: Query, entry: PersonEntry, every: Sequence[Mapping[str, Any]]
) -> Found | None:
    """The match that one listed person makes, or None; `every` is the list's documents."""
    own = [one for one in every if one["person_entry_id"] == entry.entry_id]
    attached = attached_leaves(model, query, own, every)
    name, by_name_or_date = comparable_name(model, weights, query, entry, has_document=bool(attached))
    if not (by_name_or_date or attached):
        return None
    score = score_person(model, query, entry, name, attached)
    date = birth_date_leaf(model, query.birth_date, entry.birth_dates)
    if attached and not (by_name_or_date or (date is not None and date.level == "exact")):
        weight = model.person_prior_bits + total_bits(attached)
        by_document = decide_document(model, attached, is_attached=True)
        return (entry.entry_id, "document", by_document, weight) if by_document else None
    outcome = better(
        decide_person(model, score), decide_document(model, attached, is_attached=True) if attached else None
    )
    return None if outcome is None else (entry.entry_id, "person", outcome, score.weight_bits)


def decide_persons(
    model: Model,
    weights: Weights,
    row: Mapping[str, Any],
    entries: Sequence[PersonEntry],
    documents: Sequence[Mapping[str, Any]],
    *,
    day: datetime.date,
) -> set[Found]:
    """Every match among the persons of a list."""
    query = make_query(row)
    found = set()
    for entry in entries:
        if entry.is_returnable(day):
            match = decide_entry(model, weights, query, entry, documents)
            if match is not None:
                found.add(match)
    return found
