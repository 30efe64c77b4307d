"""The score of one traveller against one listed person: the sum of its leaves.

The name counts once, by the best of the entry's comparable names (each traveller's name against each); everything
beside it once. The prior is a leaf, so the leaves sum to the match weight exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matcher.entry import ListedName, PersonEntry
from matcher.query import Query
from matcher.score.evidence import Evidence, total_bits
from matcher.score.fields import birth_date_leaf, birth_place_leaf, nationality_leaf, sex_leaf
from matcher.score.model import Model
from matcher.score.names import NameAlignment, align_names, name_leaves
from matcher.text import Token, analyse_name


@dataclass(frozen=True, slots=True)
class BestName:
    """The alignment of the best pair of names, and whether the listed one is a weak alias."""

    alignment: NameAlignment
    is_weak: bool
    bits: float

    @property
    def agrees_fully(self) -> bool:
        """Rule 9's full-name agreement; a weak alias of one token does not count."""
        one_token = max(len(self.alignment.left), len(self.alignment.right)) == 1
        return self.alignment.agrees_fully and not (self.is_weak and one_token)


@dataclass(frozen=True, slots=True)
class PersonScore:
    """The weighed evidence of one pair.

    Attributes:
        leaves: All evidence, prior first, in a fixed order.
        weight_bits: Their sum, the match weight.
        name: The best pair of names; None when the pair is comparable without one.
        is_opposed: Whether a field reached a level that the model calls opposing.
    """

    leaves: tuple[Evidence, ...]
    weight_bits: float
    name: BestName | None
    is_opposed: bool

    @property
    def is_equal_name(self) -> bool:
        """Whether the names agree fully (rule 9)."""
        return self.name is not None and self.name.agrees_fully


def best_name(model: Model, pairs: Iterable[tuple[tuple[Token, ...], ListedName, bool]]) -> BestName | None:
    """Align each pair of names and keep the best: full agreement first, then most bits, then the first.

    A weak alias pays its price before the comparison.

    Args:
        model: Weights.
        pairs: Tokens of the query's name, the listed name, and whether the pair counts whatever its alignment says;
            one that doesn't counts only if it agrees fully.
    """
    best: BestName | None = None
    for tokens, listed, is_firm in pairs:
        alignment = align_names(model, tokens, analyse_name(listed.text))
        if alignment is None:
            continue
        price = model.weight("name", "weak_alias") if listed.is_weak else 0.0
        found = BestName(alignment, listed.is_weak, alignment.bits + price)
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
        birth_date_leaf(model, query.birth_date, entry.birth_dates),
        sex_leaf(model, query.sex, entry.sex),
        nationality_leaf(model, query.nationalities, entry.nationalities),
        birth_place_leaf(model, query.birth_place, entry.birth_places),
    )
    beside = [leaf for leaf in fields if leaf is not None]
    leaves = [Evidence("prior", "person", None, None, model.person_prior_bits)]
    if name is not None:
        leaves += name_leaves(model, name.alignment, weak_alias=name.is_weak)
    leaves += [*beside, *documents]
    opposed = any(leaf.level in model.opposing.get(leaf.feature, ()) for leaf in beside)
    return PersonScore(tuple(leaves), total_bits(leaves), name, opposed)
