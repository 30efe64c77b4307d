"""The score of one traveller against one listed person: the sum of its leaves.

The name counts once, by the best of the entry's comparable names (each traveller's name against each), and no more than
the model's `most`: people of one family, place or faith share names oftener than their tokens' frequencies multiply to.
Everything beside it counts once. The prior is a leaf, so the leaves sum to the match weight exactly.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matcher.entry import ListedName, PersonEntry
from matcher.query import Query
from matcher.score.evidence import Evidence, total_bits
from matcher.score.fields import birth_date_leaf, birth_place_leaf, nationality_leaf, sex_leaf
from matcher.score.model import Model
from matcher.score.names import align_names, name_leaves
from matcher.text import Token, analyse_name


@dataclass(frozen=True, slots=True)
class NameWeight:
    """What a pair of names weighs: bits at even odds, and whether they agree fully (rule 9)."""

    bits: float
    agrees_fully: bool


@dataclass(frozen=True, slots=True)
class BestName:
    """The best pair of names of a traveller and an entry.

    Attributes:
        tokens: The traveller's name.
        listed: The entry's.
        bits: Weight of the pair, a weak alias's price paid.
        agrees_fully: Rule 9's full-name agreement; a weak alias of one token does not count.
    """

    tokens: tuple[Token, ...]
    listed: ListedName
    bits: float
    agrees_fully: bool


@dataclass(frozen=True, slots=True)
class PersonScore:
    """The weighed evidence of one pair.

    Attributes:
        weight_bits: The match weight: the sum of the leaves.
        name: The best pair of names; None when the pair is comparable without one.
        beside: Leaves of everything beside the name.
        is_opposed: Whether a field reached a level that the model calls opposing.
    """

    weight_bits: float
    name: BestName | None
    beside: tuple[Evidence, ...]
    is_opposed: bool

    @property
    def is_equal_name(self) -> bool:
        """Whether the names agree fully (rule 9)."""
        return self.name is not None and self.name.agrees_fully


def best_name(model: Model, pairs: Iterable[tuple[tuple[Token, ...], ListedName, bool, NameWeight]]) -> BestName | None:
    """Keep the best pair of names: full agreement first, then most bits, then the first.

    A weak alias pays its price before the comparison.

    Args:
        model: Weights.
        pairs: Tokens of the query's name, the listed name, whether the pair counts whatever its weight says (one that
            doesn't counts only if it agrees fully), its weight.
    """
    best: BestName | None = None
    for tokens, listed, is_firm, weight in pairs:
        price = model.weight("name", "weak_alias") if listed.is_weak else 0.0
        is_one = listed.is_weak and len(tokens) == 1 == len(analyse_name(listed.text))
        found = BestName(tokens, listed, weight.bits + price, weight.agrees_fully and not is_one)
        if not (is_firm or found.agrees_fully):
            continue
        if best is None or (found.agrees_fully, found.bits) > (best.agrees_fully, best.bits):
            best = found
    return best


def score_person(
    model: Model,
    query: Query,
    entry: PersonEntry,
    name: BestName | None,
    documents: Sequence[Evidence] = (),
) -> PersonScore:
    """Sum the evidence of a comparable pair.

    Args:
        model: Weights.
        query: The traveller.
        entry: The listed person.
        name: The best pair of names, from `best_name`.
        documents: Leaves of an attached document whose number agrees.
    """
    fields = (
        birth_date_leaf(model, query.birth_date, entry.birth_dates, query.data_source),
        sex_leaf(model, query.sex, entry.sex, query.data_source),
        nationality_leaf(model, query.nationalities, entry.nationalities, query.data_source),
        birth_place_leaf(model, query.birth_place, entry.birth_places, query.data_source),
    )
    beside = (*(leaf for leaf in fields if leaf is not None), *documents)
    weight = model.person_prior_bits + total_bits(beside)
    if name is not None:
        weight += min(name.bits + model.weight("name", "comparable"), model.weight("name", "most"))
    opposed = any(leaf.level in model.opposing.get(leaf.feature, ()) for leaf in beside)
    return PersonScore(weight, name, beside, opposed)


def may_reach(model: Model, query: Query, entry: PersonEntry, name: BestName | None, least_bits: float) -> bool:
    """Whether a pair without documents may weigh so much: name and birth date weighed, the rest at its most.

    Spares most comparable pairs their whole score: the names are a little alike and the birth dates far apart.

    Args:
        model: Weights.
        query: The traveller.
        entry: The listed person.
        name: The best pair of names, from `best_name`.
        least_bits: The match weight that counts.
    """
    most = model.person_prior_bits
    if name is not None:
        most += min(name.bits + model.weight("name", "comparable"), model.weight("name", "most"))
    if query.sex is not None and entry.sex is not None:
        most += most_bits(model, "sex", query.data_source)
    if query.nationalities and entry.nationalities:
        most += most_bits(model, "nationality", query.data_source)
    if query.birth_place is not None and entry.birth_places:
        most += most_bits(model, "birth_place", query.data_source)
    if query.birth_date is not None and most + most_bits(model, "birth_date", query.data_source) >= least_bits:
        date = birth_date_leaf(model, query.birth_date, entry.birth_dates, query.data_source)
        most += date.weight_bits if date is not None else 0.0
    return most >= least_bits


def least_name_bits(model: Model, query: Query, least_bits: float) -> float:
    """What two names must weigh for a pair without documents to reach a match weight, the rest at its most.

    No entry is looked at, so that names which weigh less needn't be weighed exactly: `may_reach` would say no to all.

    Args:
        model: Weights.
        query: The traveller.
        least_bits: The match weight that counts; minus infinity: any.
    """
    given = {
        "sex": query.sex is not None,
        "nationality": bool(query.nationalities),
        "birth_place": query.birth_place is not None,
        "birth_date": query.birth_date is not None,
    }
    beside = sum(most_bits(model, feature, query.data_source) for feature, is_given in given.items() if is_given)
    return least_bits - model.person_prior_bits - beside - model.weight("name", "comparable")


@functools.lru_cache(maxsize=256)
def most_bits(model: Model, feature: str, source: str) -> float:
    """The most that a field weighs, never below 0."""
    return max(0.0, *(model.field_bits(bits, source) for bits in model.weights[feature].values()))


def person_leaves(model: Model, score: PersonScore) -> tuple[Evidence, ...]:
    """Write out a score as leaves, prior first, in a fixed order; their sum is the match weight exactly."""
    leaves = [Evidence("prior", "person", None, None, model.person_prior_bits)]
    if score.name is not None:
        alignment = align_names(model, score.name.tokens, analyse_name(score.name.listed.text))
        assert alignment is not None
        leaves.append(Evidence("name", "comparable", None, None, model.weight("name", "comparable")))
        leaves += name_leaves(model, alignment, weak_alias=score.name.listed.is_weak)
        beyond = score.name.bits + model.weight("name", "comparable") - model.weight("name", "most")
        if beyond > 0:
            leaves.append(Evidence("name", "most", None, None, -beyond))
    return (*leaves, *score.beside)
