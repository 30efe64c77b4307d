"""Records that a caller makes: traveller, name, document, partial date.

Plain frozen values without behaviour beyond their own reading; `matcher.schema` holds the same
shapes as Arrow tables. What a caller gets back (`Decision`, `Match`) is in `matcher.decision`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

GREGORIAN = "gregorian"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of which parts may be unknown, or a range of years.

    Attributes:
        year: Four-digit year in `calendar`, or None.
        month: 1 to 12, or None.
        day: 1 to 31, or None.
        calendar: `gregorian` unless the source says otherwise; `gregorian-from-islamic` for Gregorian parts converted
            from the lunar calendar.
        year_to: Last year of a range that begins with `year` ("between 1963 and 1968"), or None.
        approximate: The source itself says "circa" or "approximately".

    Examples:
        >>> PartialDate(1960, 8, 31).iso()
        '1960-08-31'
        >>> PartialDate(1965, 1, 1).is_default_like, PartialDate(1965).is_default_like
        (True, False)
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    calendar: str = GREGORIAN
    year_to: int | None = None
    approximate: bool = False

    @property
    def is_default_like(self) -> bool:
        """Whether the day is 1 January, which often stands for "unknown" (rule 7)."""
        return self.month == 1 and self.day == 1

    @property
    def is_complete(self) -> bool:
        """Whether year, month and day are all known."""
        return self.year is not None and self.month is not None and self.day is not None

    def iso(self) -> str:
        """Write the known parts as `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, ranges as `YYYY/YYYY`."""
        year = "????" if self.year is None else f"{self.year:04d}"
        if self.year_to is not None:
            year = f"{year}/{self.year_to:04d}"
        month = "" if self.month is None else f"-{self.month:02d}"
        day = "" if self.day is None else f"-{self.day:02d}" if month else f"-??-{self.day:02d}"
        return ("~" if self.approximate else "") + year + month + day


@dataclass(frozen=True, slots=True)
class Name:
    """A name in one piece or in parts; parts beside the whole are one name, not two."""

    full: str | None = None
    family: str | None = None
    given: str | None = None

    def text(self) -> str:
        """Return the name as one string: `full`, else `FAMILY, GIVEN`.

        Examples:
            >>> Name(family="ERIKSSON", given="Anna Maria").text()
            'ERIKSSON, Anna Maria'
        """
        if self.full and self.full.strip():
            return self.full
        return ", ".join(part for part in (self.family, self.given) if part and part.strip())


@dataclass(frozen=True, slots=True)
class Document:
    """A travel document as presented: number as printed, issuer and type as given."""

    number: str
    issuing_state: str | None = None
    type: str | None = None
    expires_on: str | None = None


@dataclass(frozen=True, slots=True)
class Traveller:
    """The person row presented for checking.

    Attributes:
        names: Each a `str` (free order, `FAMILY, GIVEN`, or MRZ form with `<<`) or a `Name`.
        birth_date: `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, the MRZ's six characters, or a `PartialDate`.
        sex: `M`, `F`, `X` or a usual word; None when unknown.
        nationalities: Codes (ISO alpha-2, alpha-3, ICAO) or names, any case.
        birth_place: Free text, or None.
        documents: Travel documents carried.
        reference: The caller's own key; null becomes the 1-based row number.
        source: `mrz`, `api`, `pnr`, `manual`, or None.
        verified: Whether a machine read the data from the document; None when unknown.
        carrier: Who carries the traveller, code or name, or None.
        route: Places of the journey in order, as the carrier or the officer writes them.
        indicators: Ids of `matcher.policy.indicators` that an officer ticked; they bring guidance, never a match.
    """

    names: Sequence[str | Name] = ()
    birth_date: str | PartialDate | None = None
    sex: str | None = None
    nationalities: Sequence[str] = ()
    birth_place: str | None = None
    documents: Sequence[Document] = ()
    reference: str | None = None
    source: str | None = None
    verified: bool | None = None
    carrier: str | None = None
    route: Sequence[str] = ()
    indicators: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ListVersion:
    """What an import made: one immutable version of one list, with its counts.

    Attributes:
        list_id: The list's id.
        version: Digest of source bytes, mapping and reader; the same files give the same version.
        format: The reader's name in `matcher.ingest.REGISTRY`.
        as_of: The instant that the source says it describes (ISO 8601 text), or None.
        entries: Entries kept: persons, organisations, conveyances and document rows.
        malformed: Entries whose document number cannot be a key (kept, found by exact text).
        rejects: Rows that could not be read; each is in `rejects.arrow` with its reason.
        by_kind: Entries by kind: `person`, `organisation`, `conveyance`, `document`.
        by_reason: Rejects by reason code.
        dropped: Rows that the mapping's filter left out.
        notes: Cells that no rule could read and that stay in `note`, by field.
        imported_at: When it was read, ISO 8601 text, UTC.
        sources: BLAKE2b-256 of each source file, by its base name.
    """

    list_id: str
    version: str
    format: str
    as_of: str | None
    entries: int
    malformed: int
    rejects: int
    by_kind: dict[str, int] = field(default_factory=dict)
    by_reason: dict[str, int] = field(default_factory=dict)
    dropped: int = 0
    notes: dict[str, int] = field(default_factory=dict)
    imported_at: str | None = None
    sources: dict[str, str] = field(default_factory=dict)
