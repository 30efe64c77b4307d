"""A decision from the rules alone: every entry of every list against the traveller, nothing indexed or cached.

The twin of `matcher.screen`: comparable by rule 3, scored, decided by rule 9. Slow and obvious.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from matcher.decide import better, decide_document, decide_person
from matcher.documents.numbers import lookup_key
from matcher.entry import PersonEntry
from matcher.query import CarriedDocument, Query, make_query
from matcher.records import PartialDate
from matcher.score.evidence import Evidence, total_bits
from matcher.score.fields import birth_date_leaf, document_leaves
from matcher.score.model import Model
from matcher.score.names import align_names
from matcher.score.person import BestName, best_name, score_person
from matcher.text import analyse_name
from tests.reference.first_stage import first_stage_bits

Found = tuple[str, str, str, float]  # entry id, channel, outcome, match weight


def attached_leaves(model: Model, query: Query, documents: Sequence[Mapping[str, Any]]) -> list[Evidence]:
    """Leaves of the best equal number among a person's documents."""
    best: list[Evidence] = []
    for carried in query.documents:
        for listed in documents:
            if lookup_key(carried.number) == lookup_key(listed["number"]):
                leaves = number_leaves(model, carried, listed)
                if not best or strength(leaves) > strength(best):
                    best = leaves
    return best


def number_leaves(model: Model, carried: CarriedDocument, listed: Mapping[str, Any]) -> list[Evidence]:
    """Leaves of one equal number."""
    return document_leaves(
        model,
        number=(carried.number, listed["number"]),
        issuer=(carried.issuing_state, listed["issuing_state"]),
        kind=(carried.type, listed["type"]),
    )


def strength(leaves: Sequence[Evidence]) -> tuple[bool, float]:
    """Outcome first, then weight."""
    return decide_document(leaves) == "hit", total_bits(leaves)


def is_exact_day(date: PartialDate) -> bool:
    """Complete, exact and not 1 January."""
    return date.is_complete and not date.is_default_like and not date.approximate and date.year_to is None


def comparable_name(
    model: Model, query: Query, entry: PersonEntry, *, has_document: bool
) -> tuple[BestName | None, bool]:
    """The best pair among those that rule 3 makes comparable, and whether name or birth date does so."""
    floor, rare = model.threshold("name_floor_bits"), model.threshold("rare_token_bits")
    pairs, by_name_or_date = [], False
    for tokens in query.names:
        listed = [(name, analyse_name(name.text)) for name in entry.names if analyse_name(name.text)]
        born_alike = (
            query.birth_date is not None and is_exact_day(query.birth_date) and query.birth_date in entry.birth_dates
        )
        shares_rare = any(first_stage_bits(model, [token], other) >= rare for token in tokens for _, other in listed)
        for name, other in listed:
            alignment = align_names(model, tokens, other)
            assert alignment is not None
            by_evidence = first_stage_bits(model, tokens, other) >= floor
            by_date = born_alike and shares_rare
            if by_evidence or by_date or has_document or alignment.agrees_fully:
                pairs.append((tokens, name))
            by_name_or_date |= by_evidence or by_date or alignment.agrees_fully
    return best_name(model, pairs), by_name_or_date


def decide_entry(
    model: Model, query: Query, entry: PersonEntry, documents: Sequence[Mapping[str, Any]]
) -> Found | None:
    """The match that one listed person makes, or None."""
    attached = attached_leaves(model, query, documents)
    name, by_name_or_date = comparable_name(model, query, entry, has_document=bool(attached))
    if not (by_name_or_date or attached):
        return None
    score = score_person(model, query, entry, name, attached)
    date = birth_date_leaf(model, query.birth_date, entry.birth_dates)
    if attached and not (by_name_or_date or (date is not None and date.level == "exact")):
        weight = model.document_prior_bits + total_bits(attached)
        return entry.entry_id, "document", decide_document(attached), weight
    outcome = better(decide_person(model, score), decide_document(attached) if attached else None)
    return None if outcome is None else (entry.entry_id, "person", outcome, score.weight_bits)


def decide_persons(
    model: Model,
    row: Mapping[str, Any],
    entries: Sequence[PersonEntry],
    documents: Sequence[Mapping[str, Any]],
    day: datetime.date,
) -> set[Found]:
    """Every match among the persons of a list."""
    query = make_query(row)
    found = set()
    for entry in entries:
        if entry.is_returnable(day):
            own = [one for one in documents if one["person_entry_id"] == entry.entry_id]
            match = decide_entry(model, query, entry, own)
            if match is not None:
                found.add(match)
    return found
