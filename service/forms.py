"""JSON forms of comparisons, entries, the model and screenings, beside those of lookups in `service.models`."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from service.models import DecisionForm, ExplanationForm, FilterForm, ProblemForm, Text, TravellerForm, VersionForm

Side = Annotated[
    Text | list[Text | None], Meta(description="A name, or a column of names; null compares with nothing.")
]


class CompareRequest(msgspec.Struct, forbid_unknown_fields=True):
    """What `POST /v1/compare` takes: a name on each side, or a column of names on each, of one length."""

    left: Side
    right: Side


class ComparisonForm(msgspec.Struct, forbid_unknown_fields=True):
    """What two names say about being one person's, at even odds; null: a side without a letter."""

    match_weight: float | None
    match_probability: float | None
    same: bool
    explanation: Annotated[ExplanationForm, Meta(description="Of a single pair.")] | UnsetType = UNSET


class CompareAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """What `POST /v1/compare` answers, in the order of the request."""

    comparisons: list[ComparisonForm]
    snapshot_id: str
    model_id: str
    normaliser_version: str


class EntryAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """What a list says under an entry id, as it was imported, original text included."""

    list_id: str
    entry_id: str
    person: Annotated[dict[str, Any] | None, Meta(description="Columns of PERSON_ENTRY; null: a document.")]
    documents: Annotated[list[dict[str, Any]], Meta(description="Columns of DOCUMENT_ENTRY, one item a row.")]
    snapshot_id: str
    model_id: str
    normaliser_version: str


class ImportAnswer(VersionForm, forbid_unknown_fields=True):
    """What `POST /v1/lists/{list_id}/imports` answers: the version that is in force now, and its counts."""


class WithdrawalRequest(msgspec.Struct, forbid_unknown_fields=True):
    """What `POST /v1/lists/{list_id}/withdrawals` takes: an entry, or nothing for the whole list."""

    entry_id: Annotated[Text, Meta(description="As a match names it; null: the whole list.")] | None = None


class WithdrawalAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """What `POST /v1/lists/{list_id}/withdrawals` answers."""

    list_id: str
    entry_id: str | None
    withdrawn: bool


class ExpirationRequest(msgspec.Struct, forbid_unknown_fields=True):
    """What `POST /v1/lists/{list_id}/expirations` takes."""

    on: Annotated[datetime.date, Meta(description="The day for which entries are judged; by default today.")] | None = (
        None
    )


class ExpirationAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """What `POST /v1/lists/{list_id}/expirations` answers."""

    list_id: str
    on: str
    deleted: Annotated[int, Meta(description="Entries deleted; the store keeps what, when and under which rule.")]


class PresetForm(msgspec.Struct, forbid_unknown_fields=True):
    """Where reviews and hits begin, in bits."""

    review_bits: float
    hit_bits: float


class ModelAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """What weighs: `GET /v1/model`."""

    model_id: str
    presets: dict[str, PresetForm]
    weights: Annotated[dict[str, dict[str, float]], Meta(description="Bits, or the unit in the name, by level.")]
    opposing: Annotated[dict[str, list[str]], Meta(description="Levels that oppose an equal name (rule 9).")]
    languages: Annotated[list[str], Meta(description="Of explanations, by Accept-Language.")]
    snapshot_id: str
    normaliser_version: str


class ScreeningRequest(msgspec.Struct, forbid_unknown_fields=True):
    """What `POST /v1/screenings` takes as JSON: rows; anything else is a passenger file."""

    travellers: list[TravellerForm]


class BeganForm(msgspec.Struct, forbid_unknown_fields=True):
    """What a screening is answered with, and what the file was recognised as."""

    snapshot_id: str
    model_id: str
    normaliser_version: str
    decided_at: str
    stale_lists: list[str]
    source: Annotated[dict[str, Any], Meta(description="Format, packing, encoding, columns, order of dates; and why.")]
    filter: FilterForm | UnsetType = UNSET


class ProgressForm(msgspec.Struct, forbid_unknown_fields=True):
    """How far a screening is."""

    travellers: int


class EndedForm(msgspec.Struct, forbid_unknown_fields=True):
    """What a screening counted; `travellers` is the number of decision lines."""

    travellers: int
    outcomes: dict[str, int]
    rejects: Annotated[dict[str, int], Meta(description="Travellers that could not be screened, by reason.")]
    warnings: dict[str, int]


class ScreeningLine(msgspec.Struct, forbid_unknown_fields=True):
    """A line of `POST /v1/screenings` as JSON Lines: an object with exactly one of these members.

    The first line is `began`; then come `decision` lines in the order of the file, with `progress` lines between; the
    last line is `ended` or `problem`. An answer whose last line is neither was cut off.
    """

    began: BeganForm | UnsetType = UNSET
    decision: DecisionForm | UnsetType = UNSET
    progress: ProgressForm | UnsetType = UNSET
    ended: EndedForm | UnsetType = UNSET
    problem: ProblemForm | UnsetType = UNSET


FORMS = (
    CompareRequest,
    CompareAnswer,
    EntryAnswer,
    ExpirationRequest,
    ExpirationAnswer,
    ImportAnswer,
    ModelAnswer,
    ScreeningRequest,
    ScreeningLine,
    WithdrawalRequest,
    WithdrawalAnswer,
)
