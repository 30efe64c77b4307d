"""JSON forms of requests and answers, in the words of the glossary; the OpenAPI document is made of them.

Requests are decoded by msgspec: unknown fields, wrong types and NUL characters are refused, and the
message names the place, never the value. Answers are the library's own forms; their structs here
document them and are what the tests hold the answers against.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from service.problems import BodyError, JsonError

LONGEST_TEXT = 10_000  # characters of one value; the longest listed name has a few hundred
T = TypeVar("T")
_ZONE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
_BIRTH_DATE = "YYYY, YYYY-MM, YYYY-MM-DD, or the six characters of the machine readable zone."

Text = Annotated[str, Meta(max_length=LONGEST_TEXT, pattern="^[^\\x00]*$")]
Reference = Annotated[Text, Meta(description="The caller's own key, given back; by default the row number.")]
Number = Annotated[Text, Meta(min_length=1, description="Document number as printed.", examples=["L898902C3"])]
State = Annotated[Text, Meta(description="Issuer: ISO alpha-2, alpha-3, ICAO code or name.", examples=["UTO"])]
Type = Annotated[Text, Meta(description="Document code as in its machine readable zone.", examples=["P"])]


class NameForm(msgspec.Struct, forbid_unknown_fields=True):
    """A name in one piece or in parts; parts beside the whole are one name."""

    full: Text | None = None
    family: Text | None = None
    given: Text | None = None


class DocumentForm(msgspec.Struct, forbid_unknown_fields=True):
    """A travel document as presented."""

    number: Number
    issuing_state: State | None = None
    type: Type | None = None
    expires_on: Text | None = None


class TravellerForm(msgspec.Struct, forbid_unknown_fields=True):
    """The person presented for checking; a value that isn't known is left out and weighs nothing."""

    reference: Reference | None = None
    names: Annotated[
        list[Text | NameForm],
        Meta(max_length=100, description="In any script and order, whole or in parts.", examples=[["ERIKSSON, Anna"]]),
    ] = []
    birth_date: Annotated[Text, Meta(description=_BIRTH_DATE, examples=["1974-08-12"])] | None = None
    sex: Annotated[Text, Meta(description="M, F or X.", examples=["F"])] | None = None
    nationalities: Annotated[list[Text], Meta(max_length=100, description="Codes or names.", examples=[["UTO"]])] = []
    birth_place: Text | None = None
    documents: Annotated[list[DocumentForm], Meta(max_length=100)] = []
    source: Annotated[Text, Meta(description="mrz, api, pnr or manual.", examples=["api"])] | None = None
    verified: bool | None = None


Word = Annotated[str, Meta(max_length=64, pattern="^[^\\x00]*$")]
Words = Annotated[list[Word], Meta(min_length=1, max_length=100)]
Preset = Annotated[
    Literal["high-recall", "balanced", "high-precision"], Meta(description="Where reviews and hits begin.")
]
Lists = Annotated[Words, Meta(description="Show matches of these lists only; protective entries are always shown.")]
Categories = Annotated[Words, Meta(description="Show matches of these categories only; protective ones always.")]
Roles = Annotated[Words, Meta(description="Show persons of these roles only; protective ones and documents always.")]
Zone = Annotated[Text, Meta(description="A machine readable zone, lines ended in any way.", examples=[_ZONE])]


class LookupRequest(msgspec.Struct, forbid_unknown_fields=True):
    """What `POST /v1/lookups` takes: exactly one of `travellers`, `mrz`, `document` and `documents`."""

    travellers: list[TravellerForm] | UnsetType = UNSET
    mrz: Zone | list[Zone] | UnsetType = UNSET
    document: DocumentForm | UnsetType = UNSET
    documents: Annotated[list[DocumentForm], Meta(description="Each asked about alone.")] | UnsetType = UNSET
    preset: Preset | UnsetType = UNSET
    lists: Lists | UnsetType = UNSET
    categories: Categories | UnsetType = UNSET
    roles: Roles | UnsetType = UNSET


class SearchedDocument(msgspec.Struct, forbid_unknown_fields=True):
    """A document to search for by its number."""

    number: Number
    issuing_state: State | None = None
    type: Type | None = None


class DocumentSearchRequest(msgspec.Struct, forbid_unknown_fields=True):
    """What `POST /v1/documents/search` takes."""

    documents: list[SearchedDocument]
    near: Annotated[bool, Meta(description="Also numbers that differ by one slip.")] = True


class LeafForm(msgspec.Struct, forbid_unknown_fields=True):
    """One piece of evidence; the weights of a match's leaves sum to its match weight."""

    feature: str
    level: str
    query_value: str | None
    entry_value: str | None
    weight_bits: Annotated[float, Meta(description="log2(m/u), a multiple of 1/1024 bit.")]


class MissingForm(msgspec.Struct, forbid_unknown_fields=True):
    """A field that was not compared and weighs nothing."""

    field: str
    side: Annotated[str, Meta(description="Where it is absent: query, entry or both; or unusable, none_in_common.")]


class ExplanationForm(msgspec.Struct, forbid_unknown_fields=True):
    """Why a match weighs what it weighs."""

    leaves: list[LeafForm]
    missing: list[MissingForm]
    text: str


class MatchForm(msgspec.Struct, forbid_unknown_fields=True):
    """A list entry that reached review or hit: a lead to verify, never proof."""

    list_id: Annotated[str | None, Meta(description="Null: a neutral referral.")]
    entry_id: str | None
    channel: Annotated[str, Meta(description="person, document, pattern (a way of working) or referral")]
    outcome: Annotated[str, Meta(description="review or hit")]
    match_weight: Annotated[float | None, Meta(description="Bits: log2 of the odds. Null: nothing was weighed.")]
    match_probability: float | None
    equal_name: Annotated[bool, Meta(description="The full name agrees and nothing opposes: a review at least.")]
    explanation: ExplanationForm
    category: str | None
    role: str | None
    protective: bool
    requested_action: Annotated[str, Meta(description="Quoted from the list, else the kind's code, or refer.")]
    urgency: Annotated[str | None, Meta(description="immediate, prompt or routine")]
    contact: str | None
    related: Annotated[list[str], Meta(description="list/entry of the decision's other matches on the same person.")]
    status: Annotated[str | None, Meta(description="Of a listed document.")] = None
    document_type: Annotated[str | None, Meta(description="Of a listed document, as listed.")] = None
    reported_on: Annotated[str | None, Meta(description="Day that a listed document was reported.")] = None


class KnownDifferentForm(msgspec.Struct, forbid_unknown_fields=True):
    """A match that is not raised: somebody decided that traveller and entry are two persons."""

    list_id: str
    entry_id: str
    author: str
    reason: str
    expires_on: str | None


class IndicatorForm(msgspec.Struct, forbid_unknown_fields=True):
    """A sign of trafficking that an officer ticked."""

    id: str
    text: str


class GuidanceForm(msgspec.Struct, forbid_unknown_fields=True):
    """What an officer is shown for ticked indicators; no part of the outcome."""

    indicators: list[IndicatorForm]
    guidance: str
    referral: str


class DecisionForm(msgspec.Struct, forbid_unknown_fields=True):
    """The answer for one traveller."""

    reference: str
    outcome: Annotated[
        str | None,
        Meta(description="no_match, review or hit; a carrier's: cleared, refer, document_invalid; null: not looked up"),
    ]
    reject_reason: Annotated[str | None, Meta(description="Why it could not be looked up.")]
    warnings: list[str]
    matches: list[MatchForm]
    caps: Annotated[dict[str, int], Meta(description="What was counted instead of shown.")]
    known_different: list[KnownDifferentForm]
    guidance: GuidanceForm | None
    snapshot_id: str
    model_id: str
    decided_at: str
    is_lead: bool


class FilterForm(msgspec.Struct, forbid_unknown_fields=True):
    """The filter that was applied to the matches shown; `caps.matches_filtered` counts those left out."""

    lists: list[str] | None
    categories: list[str] | None
    roles: list[str] | None


class LookupAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """What `POST /v1/lookups` answers: one decision a traveller, in the order of the request."""

    decisions: list[DecisionForm]
    snapshot_id: str
    model_id: str
    normaliser_version: str
    stale_lists: Annotated[list[str], Meta(description="Lists older than allowed; their entries are searched.")]
    filter: FilterForm | UnsetType = UNSET


class DocumentMatchForm(msgspec.Struct, forbid_unknown_fields=True):
    """A list entry found by its number."""

    query_row: Annotated[int, Meta(description="0-based place in the request.")]
    list_id: str
    entry_id: str
    number: str
    issuing_state: str | None
    type: str | None
    status: str | None
    reported_on: Annotated[str | None, Meta(description="Day of the report, YYYY-MM-DD.")]
    slip: Annotated[str, Meta(description="Kind of difference: exact, lookalike, substituted, ..., issuer, type.")]
    match_weight: float


class DocumentSearchAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """What `POST /v1/documents/search` answers, by `query_row`, best first."""

    matches: list[DocumentMatchForm]
    snapshot_id: str
    model_id: str
    normaliser_version: str
    stale_lists: list[str]


class VersionForm(msgspec.Struct, forbid_unknown_fields=True):
    """A list version and what its import counted."""

    list_id: str
    version: str
    format: str
    as_of: str | None
    entries: int
    malformed: int
    rejects: int
    by_kind: dict[str, int]
    by_reason: dict[str, int]
    dropped: int
    notes: dict[str, int]


class ListForm(VersionForm, forbid_unknown_fields=True):
    """A list version in force, where it came from and how old it is."""

    imported_at: str | None
    sources: Annotated[dict[str, str], Meta(description="BLAKE2b-256 of each source file, by its base name.")]
    age_seconds: Annotated[int, Meta(description="Since the instant that the source describes, else the import.")]
    is_stale: Annotated[bool, Meta(description="Older than its policy or the settings allow.")]


class ListsAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """What `GET /v1/lists` answers."""

    lists: list[ListForm]
    snapshot_id: str
    model_id: str
    normaliser_version: str


class ReadyAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """What `GET /readyz` answers when a snapshot is open."""

    status: str
    is_behind: Annotated[bool, Meta(description="A newer snapshot is being opened, or couldn't be.")]
    needs_key: Annotated[bool, Meta(description="A key was made; ids and names of lists are then told elsewhere.")]
    n_stale_lists: Annotated[int, Meta(description="How many lists are older than allowed.")]
    snapshot_id: str | UnsetType = UNSET
    model_id: str | UnsetType = UNSET
    normaliser_version: str | UnsetType = UNSET
    stale_lists: Annotated[list[str], Meta(description="Lists older than allowed.")] | UnsetType = UNSET


class HealthAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """What `GET /healthz` answers while the process runs."""

    status: str


class ProblemForm(msgspec.Struct, forbid_unknown_fields=True):
    """An error as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str | UnsetType = UNSET
    instance: str | UnsetType = UNSET


_PLACE = re.compile(r" - at `(\$(?:\.[a-z_]+|\[\d+\]|\[\.\.\.\])*)`$")


def decode(raw: bytes, form: type[T]) -> T:
    """Decode a body, strictly.

    Raises:
        JsonError: not JSON in UTF-8, or nested too deeply.
        BodyError: JSON of another form; says where and what was expected, never the value.

    Examples:
        >>> decode(b'{"documents": [{"number": "L898902C3"}]}', DocumentSearchRequest).near
        True
    """
    try:
        return msgspec.json.decode(raw, type=form)
    except msgspec.ValidationError as error:
        raise BodyError(_without_values(str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise JsonError("the body is not JSON in UTF-8; send one JSON object") from None


def _without_values(message: str) -> str:
    """Take out what the caller wrote: a field's name can be a person's."""
    found = _PLACE.search(message)
    place = f" at {found[1]}" if found else ""
    if "unknown field" in message:
        return f"an unknown field{place}; see /openapi.json for the fields"
    return f"text with a NUL character{place}; remove it" if "regex" in message else message


def schema_components(*more: type) -> dict[str, Any]:
    """Return the JSON schemas of all forms, for `components/schemas` of the OpenAPI document."""
    forms: list[type] = [LookupRequest, LookupAnswer, DocumentSearchRequest, DocumentSearchAnswer]
    forms += [ListsAnswer, ReadyAnswer, HealthAnswer, ProblemForm, *more]
    _, components = msgspec.json.schema_components(forms, ref_template="#/components/schemas/{name}")
    return components
