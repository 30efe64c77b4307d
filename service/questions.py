"""What a lookup asks, out of its body, and its decisions: the one function that routes and page call.

A body holds travellers, zones or documents, one kind only; each item is one traveller to decide. A zone by itself
that can't be read is refused; among several it keeps its place with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec import UNSET, UnsetType

from matcher.errors import InputError
from matcher.passengers import mrz_warnings, traveller_from_mrz, traveller_row
from matcher.passengers.items import traveller_batch
from matcher.passengers.row import MRZ_UNREADABLE, reject_row
from matcher.records import Document, Name, Traveller
from service.filters import Shown
from service.models import DocumentForm, DocumentSearchRequest, LookupRequest, SearchedDocument, TravellerForm
from service.problems import BodyError

if TYPE_CHECKING:
    from matcher.decision import Decision
    from matcher.watchlist import Watchlist
    from service.settings import Settings

SMALL = 4  # travellers or documents at most of a request that isn't worth a thread of its own


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and how the answer is shown.

    Attributes:
        travellers: Travellers to decide; empty where zones are given.
        zones: Machine readable zones to decide.
        is_one_zone: A zone came by itself: if it can't be read the request is refused.
        preset: Where reviews and hits begin; None: the default.
        shown: Which matches are shown; None: all.
    """

    travellers: Sequence[Traveller] = ()
    zones: Sequence[str] = ()
    is_one_zone: bool = False
    preset: str | None = None
    shown: Shown | None = None

    @property
    def is_small(self) -> bool:
        """Whether it is about a few travellers, so that it is decided with others that wait."""
        return not self.zones and len(self.travellers) <= SMALL

    @property
    def is_quick(self) -> bool:
        """Whether it is small, about documents and no name: handing it to a thread would take as long."""
        return self.is_small and all(not one.names and len(one.documents) <= 1 for one in self.travellers)


def question_of(body: LookupRequest, settings: Settings) -> Question:
    """Turn a lookup's body into a question.

    Raises:
        BodyError: nothing or several kinds of things to look up, or too many.
    """
    given = [name for name in ("travellers", "mrz", "document", "documents") if getattr(body, name) is not UNSET]
    if not given:
        raise BodyError('the body holds nothing to look up; send {"travellers": [...]} or {"mrz": "..."}')
    if len(given) > 1:
        raise BodyError(f"the body holds {' and '.join(given)}, one of them is allowed; send several requests")
    preset, shown = _or_none(body.preset), Shown.of(*map(_or_none, (body.lists, body.categories, body.roles)))
    if not isinstance(body.mrz, UnsetType):
        zones = [body.mrz] if isinstance(body.mrz, str) else body.mrz
        check_count(zones, settings.max_travellers, "zones")
        return Question(zones=zones, is_one_zone=isinstance(body.mrz, str), preset=preset, shown=shown)
    if not isinstance(body.travellers, UnsetType):
        check_count(body.travellers, settings.max_travellers, "travellers")
        travellers = [traveller(form, row) for row, form in enumerate(body.travellers, start=1)]
    else:
        documents = body.documents if isinstance(body.document, UnsetType) else [body.document]
        assert not isinstance(documents, UnsetType)
        check_count(documents, settings.max_documents, "documents")
        travellers = [Traveller(documents=[_document(one)], reference=str(at)) for at, one in enumerate(documents, 1)]
    return Question(travellers, preset=preset, shown=shown)


def decide(watchlist: Watchlist, question: Question) -> list[Decision]:
    """Answer a question, one decision an item, in order.

    Raises:
        InputError: the only zone can't be read.
        TravellerError: it holds neither a name nor a number.
    """
    if question.is_one_zone:
        return [watchlist.lookup_mrz(question.zones[0])]
    if question.zones:
        rows = [_zone_row(zone, at) for at, zone in enumerate(question.zones, 1)]
        return [one for decisions in watchlist.decide_batches(traveller_batch(rows)) for one in decisions]
    return watchlist.lookup_batch(question.travellers)


def searched_documents(body: DocumentSearchRequest, settings: Settings) -> list[SearchedDocument]:
    """Return the documents of a search request.

    Raises:
        BodyError: none, or too many.
    """
    check_count(body.documents, settings.max_documents, "documents")
    return body.documents


def check_count(items: Sequence[object], most: int, what: str) -> None:
    """Refuse an empty list and one that is too long.

    Raises:
        BodyError: it is one of them.
    """
    if not 1 <= len(items) <= most:
        raise BodyError(f"{len(items):,} {what} in one request, 1 to {most:,} allowed; send several requests")


def _or_none(value: Any) -> Any:
    return None if value is UNSET else value


def traveller(form: TravellerForm, row: int) -> Traveller:
    """Turn a traveller's form into the library's traveller; by default its reference is its 1-based row."""
    return Traveller(
        names=[name if isinstance(name, str) else Name(name.full, name.family, name.given) for name in form.names],
        birth_date=form.birth_date,
        sex=form.sex,
        nationalities=form.nationalities,
        birth_place=form.birth_place,
        documents=[_document(each) for each in form.documents],
        reference=form.reference if form.reference is not None else str(row),
        source=form.source,
        verified=form.verified,
    )


def _document(form: DocumentForm) -> Document:
    return Document(form.number, form.issuing_state, form.type, form.expires_on)


def _zone_row(text: str, row: int) -> dict[str, Any]:
    try:
        return traveller_row(traveller_from_mrz(text), row, warned=mrz_warnings(text))
    except InputError:
        return reject_row(MRZ_UNREADABLE, row)
