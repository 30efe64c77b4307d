"""Same document, different identity: travellers of one batch who carry the same number and can't be one person.

Steps: numbers of all rows, by hash -> rows whose number occurs again with the same issuer group and class -> each pair
of them compared by birth date, sex and name. ETIAS Art. 20 asks exactly this of applications. It says something about
the document, never about who of the two holds it rightly.
"""

from __future__ import annotations

import collections
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from matcher.compare.birth_date import OFF, birth_date_level
from matcher.compare.sex import sex_level
from matcher.documents.numbers import lookup_key
from matcher.documents.states import issuer_group
from matcher.documents.types import document_class
from matcher.passengers import travellers_from_flat
from matcher.query import CarriedDocument, Query, make_query
from matcher.schema import TEXT
from matcher.score.model import Model, load_model
from matcher.score.names import align_names

PAIRS_SHOWN = 100  # of the rows that share one document; more pairs say nothing new
CONFLICTS = pa.schema(
    [
        ("reference", TEXT),  # of the earlier row; never null
        ("other_reference", TEXT),  # of the later row; never null
        ("number", TEXT),  # as the earlier row presents it; never null
        ("issuing_state", TEXT),  # likewise; null: not given
        ("reasons", pa.large_list(TEXT)),  # birth_date, sex, name: what can't be one person's; never empty
    ]
)
_Key = tuple[str, str | None, str | None]


def document_conflicts(travellers: Any, *, model: Model | None = None) -> pa.Table:
    """Report travellers who carry the same document with identities that can't be one person's.

    Args:
        travellers: As for `Watchlist.screen`: TRAVELLER or a flat table with known headers.
        model: Weighs the names; by default the shipped model.

    Returns:
        One row a pair, in the order of the later row: references, number, issuer, reasons.

    Cost:
        Memory for all travellers that have a document.

    Examples:
        >>> table = pa.table({"full_name": ["Anna Eriksson", "Omar Haddad"], "document_number": ["X1234567"] * 2,
        ...                   "issuing_state": ["UTO"] * 2, "birth_date": ["1974-08-12", "1990-01-02"]})
        >>> document_conflicts(table).column("reasons").to_pylist()
        [['birth_date', 'name']]
    """
    found: list[dict[str, Any]] = []
    carriers: dict[_Key, list[tuple[str, CarriedDocument, Query]]] = collections.defaultdict(list)
    known = model or load_model()
    for row in _rows(travellers):
        query = make_query(row)
        for carried in query.documents:
            others = carriers[_key(carried)]
            for reference, document, other in itertools.islice(others, PAIRS_SHOWN):
                if reasons := differences(known, other, query):
                    found.append(
                        {
                            "reference": reference,
                            "other_reference": row["reference"],
                            "number": document.number,
                            "issuing_state": document.issuing_state,
                            "reasons": reasons,
                        }
                    )
            others.append((row["reference"], carried, query))
    return pa.Table.from_pylist(found, schema=CONFLICTS)


def _rows(travellers: Any) -> Iterator[Mapping[str, Any]]:
    table = pa.table(travellers) if isinstance(travellers, pa.RecordBatch) else travellers
    batches: Iterable[pa.RecordBatch] = travellers_from_flat(table)
    for batch in batches:
        yield from (row for row in batch.to_pylist() if row["documents"] and row["reject_reason"] is None)


def _key(carried: CarriedDocument) -> _Key:
    issuer = carried.issuing_state and issuer_group(carried.issuing_state)
    return lookup_key(carried.number), issuer, document_class(carried.type)


def differences(model: Model, one: Query, other: Query) -> list[str]:
    """Name what keeps two queries from being one person; missing values keep nothing."""
    reasons = []
    if birth_date_level(one.birth_date, other.birth_date) in OFF:
        reasons.append("birth_date")
    if sex_level(one.sex, other.sex) == "different":
        reasons.append("sex")
    alignments = [found for left in one.names for right in other.names if (found := align_names(model, left, right))]
    if alignments and max(found.bits for found in alignments) < model.threshold("other_name_bits"):
        reasons.append("name")
    return reasons
