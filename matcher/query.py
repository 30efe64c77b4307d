"""A traveller after normalisation: what the lists are asked. One side only; no list is seen here.

Steps: names to tokens -> birth date, sex, nationalities, place as they came from the TRAVELLER row -> documents with
their number keys. The row itself was made by `matcher.passengers`, the same way for a lookup and for a batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matcher.documents.numbers import lookup_key
from matcher.documents.states import state_code
from matcher.records import GREGORIAN, PartialDate
from matcher.text import Token, analyse_name
from matcher.text.names import is_cut

MAX_NAMES = 16  # names read of one traveller; more are counted in the decision's caps
MAX_DOCUMENTS = 16  # documents likewise
DATA_SOURCES = (
    "read",
    "read_failed",
    "sent",
    "typed",
    "unknown",
)  # by a machine, with a failed digit; by a carrier; by hand


@dataclass(frozen=True, slots=True)
class CarriedDocument:
    """A document as it is compared: number as written, issuer as a code, type as written, expiry as `YYYY-MM-DD`."""

    number: str
    issuing_state: str | None
    type: str | None
    expires_on: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for one traveller.

    Attributes:
        names: Tokens of each name that has any.
        n_names_cut: Names left out or read in part because of a limit.
        birth_date, sex, nationalities, birth_place: As in the TRAVELLER row.
        documents: Those with a number key.
        n_documents_cut: Documents left out because of the limit.
        number_source: How the numbers were read: `typed`, `mrz` or `mrz_failed`.
        data_source: How far the other fields can be trusted, one of `DATA_SOURCES`.
    """

    names: tuple[tuple[Token, ...], ...]
    n_names_cut: int
    birth_date: PartialDate | None
    sex: str | None
    nationalities: tuple[str, ...]
    birth_place: str | None
    documents: tuple[CarriedDocument, ...]
    n_documents_cut: int
    number_source: str
    data_source: str = "unknown"


def partial_date(value: Mapping[str, Any] | None) -> PartialDate | None:
    """Read a PARTIAL_DATE struct; None for null."""
    if value is None:
        return None
    return PartialDate(
        value["year"],
        value["month"],
        value["day"],
        value["calendar"] or GREGORIAN,
        value["year_to"],
        bool(value["approximate"]),
    )


def make_query(row: Mapping[str, Any]) -> Query:
    """Normalise a TRAVELLER row (as a dict) into a query."""
    texts = row["names"] or ()
    names = dict.fromkeys(tokens for text in texts[:MAX_NAMES] if (tokens := analyse_name(text)))
    carried = row["documents"] or ()
    documents = (
        CarriedDocument(one["number"], state_code(one["issuing_state"]), one["type"], one["expires_on"])
        for one in carried[:MAX_DOCUMENTS]
        if one["number"] and lookup_key(one["number"])
    )
    return Query(
        names=tuple(names),
        n_names_cut=sum(map(is_cut, texts[:MAX_NAMES])) + max(0, len(texts) - MAX_NAMES),
        birth_date=partial_date(row["birth_date"]),
        sex=row["sex"],
        nationalities=tuple(row["nationalities"] or ()),
        birth_place=row["birth_place"],
        documents=tuple(dict.fromkeys(documents)),
        n_documents_cut=max(0, len(carried) - MAX_DOCUMENTS),
        number_source=_number_source(row),
        data_source=_data_source(row),
    )


def _number_source(row: Mapping[str, Any]) -> str:
    if row["source"] != "mrz":
        return "typed"
    return "mrz_failed" if "mrz_check_digit_failed" in (row["warnings"] or ()) else "mrz"


def _data_source(row: Mapping[str, Any]) -> str:
    """A check digit that failed comes first; then what the caller verified; then the channel."""
    source, verified = row["source"], row["verified"]
    if source == "mrz" and "mrz_check_digit_failed" in (row["warnings"] or ()):
        return "read_failed"
    if verified or (source == "mrz" and verified is None):
        return "read"
    if verified is None and source in (None, "api"):
        return "sent" if source else "unknown"
    return "typed"
