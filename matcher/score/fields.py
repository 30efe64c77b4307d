"""Weighs what stands beside the name: birth date, sex, nationality, birth place, documents.

Each function makes at most one leaf: of several values on the entry the one that weighs most counts. A value missing
on either side makes no leaf, which is a weight of 0 (rule 7).
"""

from __future__ import annotations

from collections.abc import Sequence

from matcher.compare.birth_date import birth_date_level
from matcher.compare.birth_place import birth_place_level
from matcher.compare.document import class_level, issuer_level
from matcher.compare.nationality import nationality_level
from matcher.compare.sex import sex_level
from matcher.records import PartialDate
from matcher.score.evidence import Evidence
from matcher.score.model import Model


def birth_date_leaf(model: Model, query: PartialDate | None, entry: Sequence[PartialDate]) -> Evidence | None:
    """Weigh a birth date against every date on the entry; the best counts."""
    best: Evidence | None = None
    for date in entry:
        level = birth_date_level(query, date)
        if query is None or level is None:
            continue
        leaf = Evidence("birth_date", level, query.iso(), date.iso(), model.weight("birth_date", level))
        if best is None or leaf.weight_bits > best.weight_bits:
            best = leaf
    return best


def sex_leaf(model: Model, query: str | None, entry: str | None) -> Evidence | None:
    """Weigh two sexes."""
    level = sex_level(query, entry)
    return None if level is None else Evidence("sex", level, query, entry, model.weight("sex", level))


def nationality_leaf(model: Model, query: Sequence[str], entry: Sequence[str]) -> Evidence | None:
    """Weigh two sets of nationalities."""
    level = nationality_level(query, entry)
    if level is None:
        return None
    return Evidence("nationality", level, ", ".join(query), ", ".join(entry), model.weight("nationality", level))


def birth_place_leaf(model: Model, query: str | None, entry: Sequence[str]) -> Evidence | None:
    """Weigh a birth place against every place on the entry; the best counts."""
    best: Evidence | None = None
    for place in entry:
        level = birth_place_level(query, place)
        if level is None:
            continue
        leaf = Evidence("birth_place", level, query, place, model.weight("birth_place", level))
        if best is None or leaf.weight_bits > best.weight_bits:
            best = leaf
    return best


def document_leaves(
    model: Model, *, number: tuple[str, str], issuer: tuple[str | None, str | None], kind: tuple[str | None, str | None]
) -> list[Evidence]:
    """Weigh an equal document number with its issuer and class; pairs are `(carried, listed)`, as written."""
    issuer_is, kind_is = issuer_level(*issuer), class_level(*kind)
    return [
        Evidence("document_number", "exact", *number, model.weight("document_number", "exact")),
        Evidence("document_issuer", issuer_is, *issuer, model.weight("document_issuer", issuer_is)),
        Evidence("document_class", kind_is, *kind, model.weight("document_class", kind_is)),
    ]
