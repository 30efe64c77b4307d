"""Answers "was this asked?": digests a query under every key that is not yet destroyed, and looks for it.

A query is found by the same values in the same fields; another spelling is another query. References don't
count. Periods whose key was destroyed can't be searched any more, by anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Engine, select

from matcher.errors import InputError
from service.audit.record import canonical, query_digest
from service.audit.verify import export
from service.database.engine import reading, translated
from service.database.tables import PERIODS
from service.models import DocumentSearchRequest, LookupRequest, decode
from service.problems import RequestError
from service.questions import question_of
from service.settings import Settings


def queries_of(body: bytes, settings: Settings) -> list[bytes]:
    """Return the queries of a lookup's or a document search's body, in their written form.

    Raises:
        InputError: the body is neither.
    """
    queries: list[Any] = []
    faults = []
    try:
        question = question_of(decode(body, LookupRequest), settings)
        queries.extend(question.zones or question.travellers)
    except RequestError as error:
        faults.append(str(error))
    try:
        queries.extend(decode(body, DocumentSearchRequest).documents)
    except RequestError as error:
        faults.append(str(error))
    if not queries:
        raise InputError(f"that is the body of neither a lookup nor a document search: {'; '.join(faults)}")
    return [canonical(query) for query in queries]


def find(engine: Engine, queries: Sequence[bytes]) -> Iterator[dict[str, Any]]:
    """Go through the records in which one of the queries was asked."""
    with translated("read"), reading(engine) as connection:
        held = {row.number: row.key for row in connection.execute(select(PERIODS.c.number, PERIODS.c.key))}
    wanted = {
        number: {query_digest(key, query) for query in queries} for number, key in held.items() if key is not None
    }
    for one in export(engine):
        record = one["record"]
        if wanted.get(record.get("period"), set()) & set(record.get("digests", ())):
            yield {"writer": one["writer"], "sequence": one["sequence"], **record}
