"""Weighs what stands beside the name: birth date, sex, nationality, birth place, documents.

Each function makes at most one leaf: of several values on the entry the one that weighs most counts. A value missing
on either side makes no leaf, which is a weight of 0 (rule 7). How the traveller's data came is a factor: what was typed
for a booking supports and opposes less than what a machine read (`Model.field_bits`); more agreement never weighs less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from matcher.compare.birth_date import between_years, birth_date_level
from matcher.compare.birth_place import birth_place_level
from matcher.compare.document import class_level, expiry_level, issuer_level
from matcher.compare.nationality import common_nationalities, nationality_level
from matcher.compare.sex import sex_level
from matcher.query import CarriedDocument
from matcher.records import PartialDate
from matcher.score.evidence import Evidence
from matcher.score.model import Model
from matcher.score.slips import slip_leaf

T = TypeVar("T")


def birth_date_leaf(
    model: Model, query: PartialDate | None, entry: Sequence[PartialDate], source: str = "unknown"
) -> Evidence | None:
    """Weigh a birth date against every date on the entry and the years between two of them; the best counts."""
    if query is None:
        return None
    between = between_years(query, entry) if len(entry) > 1 else None
    dates = entry if between is None else (*entry, between)
    found = _best(model, "birth_date", [(birth_date_level(query, date), date) for date in dates])
    if found is None:
        return None
    level, date, bits = found
    return Evidence("birth_date", level, query.iso(), date.iso(), model.field_bits(bits, source))


def sex_leaf(model: Model, query: str | None, entry: str | None, source: str = "unknown") -> Evidence | None:
    """Weigh two sexes."""
    level = sex_level(query, entry)
    if level is None:
        return None
    return Evidence("sex", level, query, entry, model.field_bits(model.weight("sex", level), source))


def nationality_leaf(
    model: Model, query: Sequence[str], entry: Sequence[str], source: str = "unknown"
) -> Evidence | None:
    """Weigh two sets of nationalities: the rarest in common, by its share of all people."""
    level = nationality_level(query, entry)
    if level is None:
        return None
    common = common_nationalities(query, entry)
    bits = model.common_nationality_bits(common) if common else model.weight("nationality", level)
    return Evidence("nationality", level, ", ".join(query), ", ".join(entry), model.field_bits(bits, source))


def birth_place_leaf(model: Model, query: str | None, entry: Sequence[str], source: str = "unknown") -> Evidence | None:
    """Weigh a birth place against every place on the entry; the best counts."""
    found = _best(model, "birth_place", [(birth_place_level(query, place), place) for place in entry])
    if found is None:
        return None
    level, place, bits = found
    return Evidence("birth_place", level, query, place, model.field_bits(bits, source))


def _best(model: Model, feature: str, found: Sequence[tuple[str | None, T]]) -> tuple[str, T, float] | None:
    """The level that weighs most with its value, the first of equal ones."""
    weights = model.weights[feature]
    known = [(level, value, weights[level]) for level, value in found if level is not None]
    return max(known, key=lambda one: one[2], default=None)


@dataclass(frozen=True, slots=True)
class NumberPair:
    """A carried document beside a listed one whose number is equal or near; as written.

    Attributes:
        carried, listed: The two documents' values.
        slip: One of `documents.slips.SLIPS`.
        series_count: Listed numbers of the listed number's series.
        source: How the carried number was read (`score.slips`).
        is_attached: Whether the listed document is a listed person's.
    """

    carried: CarriedDocument
    listed: CarriedDocument
    slip: str
    series_count: float
    source: str
    is_attached: bool


def document_leaves(model: Model, pair: NumberPair) -> list[Evidence]:
    """Weigh an equal or near number with issuer, class and expiry; empty when its source rules the slip out."""
    carried, listed = pair.carried, pair.listed
    if pair.slip == "exact":
        number = Evidence(
            "document_number", "exact", carried.number, listed.number, model.weight("document_number", "exact")
        )
    else:
        found = slip_leaf(
            model,
            pair.slip,
            carried=carried.number,
            listed=listed.number,
            series_count=pair.series_count,
            source=pair.source,
            entries="persons" if pair.is_attached else "documents",
        )
        if found is None:
            return []
        number = found
    issuer_is, kind_is = (
        issuer_level(carried.issuing_state, listed.issuing_state),
        class_level(carried.type, listed.type),
    )
    issuers = "document_issuer" if pair.slip == "exact" else "near_document_issuer"
    leaves = [
        number,
        Evidence(
            "document_issuer", issuer_is, carried.issuing_state, listed.issuing_state, model.weight(issuers, issuer_is)
        ),
        Evidence("document_class", kind_is, carried.type, listed.type, model.weight("document_class", kind_is)),
    ]
    expiry_is = expiry_level(carried.expires_on, listed.expires_on)
    if expiry_is is not None:
        leaves.append(
            Evidence(
                "document_expiry",
                expiry_is,
                carried.expires_on,
                listed.expires_on,
                model.weight("document_expiry", expiry_is),
            )
        )
    return leaves
