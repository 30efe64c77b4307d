"""Screening: TRAVELLER rows in, decisions out; a lookup is row 0 of a batch of one (rule 1).

Steps for a batch: rows -> queries -> the batch's names as arrays. Steps for a traveller:
documents by number -> comparable persons -> scores -> outcomes -> entries that no name finds -> matches, from which
`answer` makes what the caller may have.
"""

from __future__ import annotations

import datetime
import functools
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from matcher.access import REFER, Access
from matcher.answer import Found, Naming, decision_of
from matcher.candidates.persons import Comparable, comparable_persons
from matcher.compare.pattern import Agreement, Journey, agreements
from matcher.decide import (
    NO_MATCH,
    OUTCOMES,
    REVIEW,
    better,
    decide_agreement,
    decide_description,
    decide_document,
    decide_person,
)
from matcher.decision import Caps, Decision, KnownDifferent, Match, Weighed, WeighedPair
from matcher.entry import PersonEntry
from matcher.exceptions import Exceptions
from matcher.explain import Explanation, Missing, Subject, missing_fields
from matcher.listed import ListedDocument
from matcher.policy.kinds import kind_of
from matcher.policy.matching import matching
from matcher.query import Query, make_query
from matcher.score.evidence import Evidence, total_bits
from matcher.score.fields import document_leaves
from matcher.score.model import Model, number_prior
from matcher.score.person import PersonScore, best_name, may_reach, person_leaves, score_person
from matcher.searchable import DESCRIPTION, PATTERN, SearchableList

if TYPE_CHECKING:
    from matcher.candidates.wanted import Wanted
    from matcher.compare.forms import NameForms

_Leaves = tuple[Evidence, ...]


class _Names(NamedTuple):
    """Names of a batch as arrays, which of them is the traveller's first, and what they are searched for."""

    forms: NameForms
    first: int
    wanted: Wanted | None


class _Judged(NamedTuple):
    """A comparable person, scored.

    Attributes:
        score: The weighed evidence.
        document: Leaves where only an attached document makes the pair, prior included; empty: the score's count.
        agrees: Whether the names agree fully.
        settled: The outcome that no threshold of the weight changes.
        outcome: The outcome under the model's thresholds; None: no match.
    """

    entry: PersonEntry
    score: PersonScore
    document: _Leaves
    agrees: bool
    settled: str | None
    outcome: str | None


class Screener:
    """Decides travellers against the lists of one snapshot with one model.

    Args:
        lists: The snapshot's lists.
        model: Weights and thresholds.
        snapshot_id: Named in every decision.
        key: The store's, that known false pairs are keyed with.
        access: For whom the lists were opened; None sees everything.
    """

    def __init__(
        self,
        lists: Sequence[SearchableList],
        model: Model,
        snapshot_id: str,
        *,
        key: bytes,
        access: Access | None = None,
    ) -> None:
        self._lists, self._model, self._key = lists, model, key
        self._naming = Naming(snapshot_id, model.model_id, int(model.weights["limits"]["matches"]), access)

    @property
    def _least_bits(self) -> float:
        """The least match weight that may be in an answer, names and documents that settle it apart."""
        return min(self._model.threshold("review_bits"), self._model.threshold("hit_bits"))

    @cached_property
    def _exceptions(self) -> Exceptions:
        return Exceptions((row for one in self._lists for row in one.exception_rows()), key=self._key)

    @functools.cached_property
    def _no_names(self) -> NameForms:
        from matcher.compare.forms import name_forms

        return name_forms([], self._model.names)

    def decide(
        self, rows: Sequence[Mapping[str, Any]], decided_at: datetime.datetime, *, workers: int = 1
    ) -> list[Decision]:
        """Decide a batch of TRAVELLER rows (as dicts), in order; `workers` threads share the search of its names."""
        opened = self._opened(rows, workers, self._least_bits)
        return [self._decide_one(row, query, own, decided_at) for row, query, own in opened]

    def weigh(
        self, rows: Sequence[Mapping[str, Any]], decided_at: datetime.datetime, *, workers: int = 1
    ) -> list[Weighed]:
        """Weigh every comparable entry of a batch of TRAVELLER rows, in order, without thresholds and reasons."""
        day = decided_at.date()
        return [self._weigh_one(row, query, own, day) for row, query, own in self._opened(rows, workers, -math.inf)]

    def _opened(
        self, rows: Sequence[Mapping[str, Any]], workers: int, least_bits: float
    ) -> Iterator[tuple[Mapping[str, Any], Query, _Names]]:
        """Each row with its query and names; documents of the batch are searched together first."""
        from matcher.candidates.wanted import wanted_by  # imports numba
        from matcher.compare.forms import name_forms

        queries = [make_query(row) for row in rows]
        for one in self._lists:
            one.prepare_documents(carried for query in queries for carried in query.documents)
        spoken = [name for query in queries for name in query.names]
        if not spoken:  # documents alone: nothing is prepared for names
            yield from ((row, query, _Names(self._no_names, 0, None)) for row, query in zip(rows, queries, strict=True))
            return
        forms = name_forms(spoken, self._model.names)
        wanted = [wanted_by(self._model, query, least_bits) for query in queries]
        of_names = [own for own, query in zip(wanted, queries, strict=True) for _ in query.names]
        for one in self._lists:
            one.prepare_names(forms, of_names, workers=workers)
        firsts = itertools.accumulate((len(query.names) for query in queries), initial=0)
        names = (_Names(forms, first, own) for first, own in zip(firsts, wanted, strict=False))  # a border more
        yield from zip(rows, queries, names, strict=True)

    def _decide_one(
        self, row: Mapping[str, Any], query: Query, names: _Names, decided_at: datetime.datetime
    ) -> Decision:
        found = Found([])
        contacts: list[str | None] = []
        for one in self._lists if row["reject_reason"] is None else ():
            matches, opposed = self._ask(one, query, names, decided_at.date())
            matches += self._patterns(one, row, query, decided_at.date())
            if one.sight == REFER:
                contacts += [one.policy.contact] if matches else []
            else:
                found.matches += matches
                found.opposed += opposed
        found.contacts = tuple(contacts)
        if self._exceptions and found.matches:
            self._hold_back(row, found, decided_at.date())
        caps = Caps(names_over_limit=query.n_names_cut, documents_over_limit=query.n_documents_cut)
        return decision_of(row, found, caps, self._naming, decided_at)

    def _hold_back(self, row: Mapping[str, Any], found: Found, day: datetime.date) -> None:
        """Take out the matches that somebody decided to be another person; a protective one always stays."""
        traveller = self._exceptions.digest_of(row)
        kept: list[tuple[Match, PersonEntry | None]] = []
        different: list[KnownDifferent] = []
        for match, entry in found.matches:
            held = None
            if entry is not None and match.list_id is not None and not match.protective:
                content = self._entry_row(match.list_id, entry.entry_id)
                held = self._exceptions.held_back((traveller, match.list_id, entry.entry_id), content, day)
            if held is None:
                kept.append((match, entry))
            else:
                different.append(held)
        found.matches, found.known_different = kept, tuple(different)

    def _entry_row(self, list_id: str, entry_id: str) -> Mapping[str, Any]:
        """Read the whole row of an entry, whichever part of the list holds it."""
        rows = (one.entry_row(entry_id) for one in self._lists if one.list_id == list_id)
        return next(row for row in rows if row is not None)

    def _patterns(
        self, one: SearchableList, row: Mapping[str, Any], query: Query, day: datetime.date
    ) -> list[tuple[Match, PersonEntry | None]]:
        """Compare the journey with the list's ways of working; each that agrees is a review that nothing weighs."""
        if not one.patterns:
            return []
        journey = Journey(query.documents, row["carrier"], tuple(row["route"] or ()))
        made: list[tuple[Match, PersonEntry | None]] = []
        for entry in one.patterns:
            if entry.pattern is None or not one.is_person_returnable(entry, day):
                continue
            agreed = agreements(journey, entry.pattern)
            if agreed is not None and len(agreed) >= matching().least_criteria:
                subject = _person_subject(one, entry, PATTERN)
                made.append((_match(subject, tuple(map(_criterion_leaf, agreed)), REVIEW, is_weighed=False), entry))
        return made

    def _weigh_one(self, row: Mapping[str, Any], query: Query, names: _Names, day: datetime.date) -> Weighed:
        pairs: list[WeighedPair] = []
        for one in self._lists if row["reject_reason"] is None else ():
            own, attached = self._documents(one, query, day)
            for document, leaves in own:
                bits = total_bits((number_prior(self._model, is_attached=False), *leaves))
                outcome = decide_document(self._model, leaves, is_attached=False)
                pairs.append(WeighedPair(one.list_id, document.entry_id, "document", bits, outcome))
            for found in self._judged_persons(one, query, names, attached, day):
                channel = "document" if found.document else "person"
                bits = total_bits(found.document) if found.document else found.score.weight_bits
                pairs.append(WeighedPair(one.list_id, found.entry.entry_id, channel, bits, found.settled))
        return Weighed(row["reference"], row["reject_reason"], tuple(pairs))

    def _ask(
        self, one: SearchableList, query: Query, names: _Names, day: datetime.date
    ) -> tuple[list[tuple[Match, PersonEntry | None]], int]:
        """Ask one list; returns its matches with their persons, and how many equal names other evidence opposed."""
        own, attached = self._documents(one, query, day)
        matches: list[tuple[Match, PersonEntry | None]] = [
            (match, None) for document, leaves in own if (match := self._document_match(one, document, leaves))
        ]
        opposed = 0
        for found in self._judged_persons(one, query, names, attached, day, least_bits=self._least_bits):
            if found.outcome is not None:
                matches.append((self._person_match(one, query, found, found.outcome), found.entry))
            else:
                opposed += found.agrees
        return matches, opposed

    def _judged_persons(
        self,
        one: SearchableList,
        query: Query,
        names: _Names,
        attached: Mapping[str, _Leaves],
        day: datetime.date,
        *,
        least_bits: float = -math.inf,
    ) -> Iterator[_Judged]:
        """Score the comparable persons of a list that may be in an answer: who may weigh enough, or agree."""
        rows = ((one.person_row(entry_id), leaves) for entry_id, leaves in attached.items())
        by_document = {row: leaves for row, leaves in rows if row is not None}
        if not one.has_persons or not (query.names or by_document or one.has_described):
            return
        comparables = comparable_persons(
            one.names, one.scan, self._model, query,
            forms=names.forms, first=names.first, by_document=by_document,
            wanted=None if one.has_described else names.wanted,  # a description may count whatever a name says
        )  # fmt: skip
        for row, comparable in comparables.items():
            entry = one.person(row)
            if one.is_person_returnable(entry, day):
                found = self._judge(one, query, entry, comparable, by_document.get(row, ()), least_bits=least_bits)
                if found is not None:
                    yield found
        for row in one.described_as_born(query.birth_date):
            entry = one.person(row)
            if row not in comparables and one.is_person_returnable(entry, day):
                score = score_person(self._model, query, entry, None)
                outcome = decide_description(score.beside, least=matching().least_without_name)
                yield _Judged(entry, score, (), False, outcome, outcome)

    def _documents(
        self, one: SearchableList, query: Query, day: datetime.date
    ) -> tuple[list[tuple[ListedDocument, _Leaves]], dict[str, _Leaves]]:
        """Equal and near numbers: the best row of each document entry, and the best leaves of each attached person."""
        own: dict[str, tuple[ListedDocument, _Leaves]] = {}
        attached: dict[str, _Leaves] = {}
        for carried in query.documents:
            for listed in one.documents(carried, day):
                leaves = tuple(document_leaves(self._model, listed.beside(carried, query.number_source)))
                if not leaves:
                    continue
                if listed.person_entry_id is None:
                    before = own.get(listed.entry_id)
                    if before is None or self._strength(leaves, False) > self._strength(before[1], False):
                        own[listed.entry_id] = (listed, leaves)
                elif self._strength(leaves, True) > self._strength(attached.get(listed.person_entry_id, ()), True):
                    attached[listed.person_entry_id] = leaves
        return list(own.values()), attached

    def _strength(self, leaves: _Leaves, is_attached: bool) -> tuple[int, float]:
        if not leaves:
            return (-1, 0.0)
        outcome = decide_document(self._model, leaves, is_attached=is_attached)
        return OUTCOMES.index(outcome or NO_MATCH), total_bits(leaves)

    def _document_match(self, one: SearchableList, listed: ListedDocument, leaves: _Leaves) -> Match | None:
        outcome = decide_document(self._model, leaves, is_attached=False)
        if outcome is None:
            return None
        subject = Subject(
            one.list_id,
            listed.entry_id,
            "document",
            listed.category,
            status=listed.status,
            document_type=listed.type,
            reported_on=listed.reported_on,
        )
        return _match(subject, (number_prior(self._model, is_attached=False), *leaves), outcome)

    def _judge(
        self,
        one: SearchableList,
        query: Query,
        entry: PersonEntry,
        comparable: Comparable,
        documents: _Leaves,
        *,
        least_bits: float,
    ) -> _Judged | None:
        """Score one comparable person; None if only full agreement would make the pair, or it weighs too little."""
        places, weights = one.names.places, comparable.weights
        pairs = (
            (query.names[at], entry.names[int(places[row])], is_firm, weights[at, row])
            for (at, row), is_firm in comparable.pairs.items()
        )
        name = best_name(self._model, pairs)
        agrees = name is not None and name.agrees_fully
        if comparable.only_if_full and not agrees:
            return None
        is_described = kind_of(entry.category).found_by == DESCRIPTION
        if not (agrees or documents or is_described or may_reach(self._model, query, entry, name, least_bits)):
            return None
        score = score_person(self._model, query, entry, name, documents)
        is_comparable = comparable.by_evidence or comparable.by_birth_date or agrees or _born_alike(score.beside)
        by_document = decide_document(self._model, documents, is_attached=True) if documents else None
        if documents and not is_comparable:
            leaves = (number_prior(self._model, is_attached=True), *documents)
            return _Judged(entry, score, leaves, False, by_document, by_document)
        if is_described:
            by_description = decide_description(score.beside, least=matching().least_features)
            outcome = better(by_description, by_document)
            return _Judged(entry, score, (), agrees, outcome, outcome)
        settled = better(decide_agreement(score), by_document)
        return _Judged(entry, score, (), agrees, settled, better(decide_person(self._model, score), by_document))

    def _person_match(self, one: SearchableList, query: Query, found: _Judged, outcome: str) -> Match:
        if found.document:
            return _match(_person_subject(one, found.entry, "document"), found.document, outcome)
        subject = _person_subject(one, found.entry, "person")
        has_documents = one.has_documents(found.entry.entry_id)
        missing = missing_fields(query, found.entry, found.score.beside, has_documents=has_documents)
        equal_name = found.agrees and not found.score.is_opposed
        return _match(subject, person_leaves(self._model, found.score), outcome, missing, equal_name=equal_name)


def _born_alike(leaves: Iterable[Evidence]) -> bool:
    return any(leaf.feature == "birth_date" and leaf.level == "exact" for leaf in leaves)


def _criterion_leaf(agreed: Agreement) -> Evidence:
    """A criterion of a way of working that agrees; it weighs nothing, since it says nothing of a person."""
    return Evidence(PATTERN, agreed.criterion, agreed.query_value, agreed.entry_value, 0.0)


def _person_subject(one: SearchableList, entry: PersonEntry, channel: str) -> Subject:
    return Subject(
        one.list_id,
        entry.entry_id,
        channel,
        entry.category,
        role=entry.role,
        protective=entry.protective,
        requested_action=entry.requested_action,
        contact=entry.contact or one.policy.contact,
    )


def _match(
    subject: Subject,
    leaves: _Leaves,
    outcome: str,
    missing: tuple[Missing, ...] = (),
    *,
    equal_name: bool = False,
    is_weighed: bool = True,
) -> Match:
    kind = kind_of(subject.category)
    return Match(
        list_id=subject.list_id,
        entry_id=subject.entry_id,
        channel=subject.channel,
        outcome=outcome,
        match_weight=total_bits(leaves) if is_weighed else None,
        equal_name=equal_name,
        explanation=Explanation(leaves, subject, missing),
        category=subject.category,
        role=subject.role,
        protective=subject.protective,
        requested_action=subject.requested_action or kind.action,
        urgency=kind.urgency,
        contact=subject.contact,
        status=subject.status,
        document_type=subject.document_type,
        reported_on=subject.reported_on,
    )
