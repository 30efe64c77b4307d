"""One traveller to one TRAVELLER row: the only place where a traveller's values are normalised.

Files, tables and the single lookup all pass here, so that a row of a screening equals a lookup (rule 1).
Fixed order of the steps for one traveller:

1. size: more than `LONGEST_ROW` characters is a reject, `field_too_long`;
2. names: original text, outer white space stripped, blank ones left out, equal ones once;
3. nationalities, birth date (Gregorian, `matcher.passengers.dates`), sex, source: to their codes; what cannot be
   read becomes null and a warning;
4. documents: kept as presented; one without letter or digit is none;
5. neither a letter in a name nor a document: a reject, `no_name_or_document`.

Not here: comparable forms of names (`matcher.text`) and numbers (`matcher.documents.numbers`): the row
keeps what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from matcher.dates import BUDDHIST, FROM_ISLAMIC, ISLAMIC, PERSIAN, is_possible
from matcher.documents.numbers import normalise
from matcher.documents.sex import is_readable_sex, sex_code
from matcher.documents.states import nationality_code, state_code
from matcher.passengers import contradictions, dates
from matcher.policy.indicators import indicator
from matcher.records import GREGORIAN, Document, Name, PartialDate, Traveller
from matcher.schema import TRAVELLER

LONGEST_ROW = 1_000_000  # characters of one traveller, all fields together
SOURCES = ("mrz", "api", "pnr", "manual")
NO_NAME_OR_DOCUMENT = "no_name_or_document"
FIELD_TOO_LONG = "field_too_long"
WRONG_FIELD_COUNT = "row_has_wrong_field_count"
BAD_QUOTES = "row_has_bad_quotes"
REPEATED_HEADER = "repeated_header"
NOT_JSON = "row_is_not_a_json_object"
NO_KNOWN_FIELD = "row_has_no_known_field"
MRZ_UNREADABLE = "mrz_unreadable"
REJECT_REASONS = (
    NO_NAME_OR_DOCUMENT,
    FIELD_TOO_LONG,
    WRONG_FIELD_COUNT,
    BAD_QUOTES,
    REPEATED_HEADER,
    NOT_JSON,
    NO_KNOWN_FIELD,
    MRZ_UNREADABLE,
)
ENCODING_DAMAGED = "encoding_damaged"  # some bytes of the row are no text in the file's encoding
INDICATOR_UNKNOWN = "indicator_unknown"
MRZ_DIGIT_FAILED = "mrz_check_digit_failed"
WARNINGS = (
    dates.AMBIGUOUS,
    dates.CONVERTED,
    dates.UNREADABLE,
    ENCODING_DAMAGED,
    MRZ_DIGIT_FAILED,
    MRZ_UNREADABLE,  # of a column `mrz` beside other columns; alone it is a reject
    contradictions.BIRTH_DATE_DIFFERS,  # of typed columns beside a zone: the zone's value counts
    contradictions.NATIONALITY_DIFFERS,
    contradictions.SEX_DIFFERS,
    INDICATOR_UNKNOWN,
    "nationality_unknown",
    "sex_unknown",
    "source_unknown",
)
T = TypeVar("T")
_UNSPECIFIED = "XXX"  # ICAO 9303-3: nationality not specified, which is not a nationality (rule 7)


def traveller_row(
    traveller: Traveller,
    row_number: int,
    reading: dates.DateReading = dates.PLAIN,
    *,
    warned: Sequence[str] = (),
) -> dict[str, Any]:
    """Turn a traveller into a row of `matcher.schema.TRAVELLER`.

    Args:
        traveller: As a caller or a reader made it; any field may be missing.
        row_number: 1-based row, the reference of a traveller that has none.
        reading: Order and calendar of dates, as known of the column or told by the caller.
        warned: Codes of `WARNINGS` that the reader of the row adds.

    Returns:
        One dict with every column of TRAVELLER. `warnings` holds sorted codes of `WARNINGS`, or None;
        `reject_reason` one of `REJECT_REASONS`, or None when the row can be screened.

    Examples:
        >>> row = traveller_row(Traveller(names=["ERIKSSON, Anna"], birth_date="1990-02-31", sex="female"), 7)
        >>> row["reference"], row["names"], row["sex"], row["birth_date"], row["warnings"]
        ('7', ['ERIKSSON, Anna'], 'F', None, ['birth_date_unreadable'])
        >>> traveller_row(Traveller(names=["..."]), 1)["reject_reason"]
        'no_name_or_document'
    """
    if _size(traveller) > LONGEST_ROW:
        return reject_row(FIELD_TOO_LONG, row_number)
    warnings = set(warned)
    names = _names(traveller.names)
    documents = [row for document in traveller.documents if (row := _document(document))]
    nationalities = _nationalities(traveller.nationalities, warnings)
    can_be_screened = bool(documents) or any(map(_has_letter, names))
    return {
        "reference": _text(traveller.reference) or str(row_number),
        "names": names,
        "birth_date": _birth_date(traveller, nationalities, reading, warnings),
        "sex": _sex(traveller.sex, warnings),
        "nationalities": nationalities or None,
        "birth_place": _text(traveller.birth_place),
        "documents": documents or None,
        "source": _source(traveller.source, warnings),
        "verified": traveller.verified,
        "carrier": _text(traveller.carrier),
        "route": _places(traveller.route) or None,
        "indicators": _indicators(traveller.indicators, warnings) or None,
        "warnings": sorted(warnings) or None,
        "reject_reason": None if can_be_screened else NO_NAME_OR_DOCUMENT,
    }


def reject_row(reason: str, row_number: int) -> dict[str, Any]:
    """Make the TRAVELLER row of something that cannot be read as a traveller at all.

    Examples:
        >>> row = reject_row("row_has_wrong_field_count", 3)
        >>> row["reference"], row["names"], row["reject_reason"]
        ('3', None, 'row_has_wrong_field_count')
    """
    return {**dict.fromkeys(TRAVELLER.names), "reference": str(row_number), "reject_reason": reason}


def date_struct(date: PartialDate) -> dict[str, Any]:
    """Write a partial date as the struct of `matcher.schema.PARTIAL_DATE`."""
    return {
        "year": date.year,
        "month": date.month,
        "day": date.day,
        "calendar": None if date.calendar == GREGORIAN else date.calendar,
        "year_to": date.year_to,
        "approximate": date.approximate,
    }


def _size(traveller: Traveller) -> int:
    texts: list[str | None] = [traveller.reference, traveller.sex, traveller.birth_place, traveller.source]
    texts += [name if isinstance(name, str) else name.text() for name in _listed(traveller.names)]
    texts += [traveller.carrier, *traveller.nationalities, *_listed(traveller.route), *_listed(traveller.indicators)]
    if isinstance(traveller.birth_date, str):
        texts.append(traveller.birth_date)
    for document in traveller.documents:
        texts += (document.number, document.issuing_state, document.type, document.expires_on)
    return sum(map(len, filter(None, texts)))


def _has_letter(name: str) -> bool:
    return any(map(str.isalpha, name))


def _text(text: str | None) -> str | None:
    if not text or not (text := text.strip()):
        return None
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:  # half a pair of surrogates has no UTF-8
            return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _listed(values: Sequence[T]) -> Sequence[T]:
    """Take one text that came without a list as a list of it."""
    return [values] if isinstance(values, str) else values  # type: ignore[list-item]


def _places(route: Sequence[str]) -> list[str]:
    """Read the places of a journey, one each or joined by `-` or `/`; a place may come again."""
    return [place for part in _listed(route) for text in re.split(r"[-/>]", part) if (place := _text(text))]


def _indicators(ids: Sequence[str], warnings: set[str]) -> list[str]:
    """Keep the ids of indicators that the table has, each once."""
    known = [text for one in _listed(ids) if (text := _text(one)) is not None and indicator(text) is not None]
    if len(known) < sum(1 for one in _listed(ids) if _text(one)):
        warnings.add(INDICATOR_UNKNOWN)
    return list(dict.fromkeys(known))


def _names(names: Sequence[str | Name]) -> list[str]:
    texts = (_text(name if isinstance(name, str) else name.text()) for name in _listed(names))
    return list(dict.fromkeys(text for text in texts if text))


def _birth_date(
    traveller: Traveller, nationalities: Sequence[str], reading: dates.DateReading, warnings: set[str]
) -> dict[str, Any] | None:
    date = traveller.birth_date
    if date is None:
        return None
    read: PartialDate | None
    if isinstance(date, str):
        if not date.strip().strip("<"):
            return None  # blank, or the machine readable zone's `<<<<<<`: not known
        parsed = dates.parse(date, reading.order)
        if parsed.date is not None and dates.is_gregorian(parsed.date) and not parsed.is_ambiguous:
            return date_struct(parsed.date)
        read, found = dates.read_birth_date(date, reading, is_solar=_is_solar(traveller, nationalities))
        warnings.update(found)
        return None if read is None else date_struct(read)
    if date.year is date.month is date.day is None:
        return None
    if date.calendar in (ISLAMIC, PERSIAN, BUDDHIST):
        read = dates.convert(date)
        warnings.update([dates.CONVERTED] if read else [])
    else:
        read = date if date.calendar in (GREGORIAN, FROM_ISLAMIC) and is_possible(date) else None
    if read is None:
        warnings.add(dates.UNREADABLE)
        return None
    return date_struct(read)


def _is_solar(traveller: Traveller, nationalities: Sequence[str]) -> bool:
    """Tell whether the traveller is of a state of the solar Hijri calendar: nationality, else who issued."""
    states = nationalities or [state_code(document.issuing_state) or "" for document in traveller.documents]
    return not dates.SOLAR_STATES.isdisjoint(states)


def _sex(text: str | None, warnings: set[str]) -> str | None:
    if text and not is_readable_sex(text):
        warnings.add("sex_unknown")
    return sex_code(text)


def _nationalities(texts: Iterable[str], warnings: set[str]) -> list[str]:
    codes: dict[str, None] = {}
    for text in [texts] if isinstance(texts, str) else texts:
        if not text or not text.strip().strip("<"):
            continue
        code = nationality_code(text)
        if code is None:
            warnings.add("nationality_unknown")
        elif code != _UNSPECIFIED:
            codes[code] = None
    return list(codes)


def _document(document: Document) -> dict[str, str | None] | None:
    number = _text(document.number)
    if number is None or not any(map(str.isalnum, normalise(number))):
        return None
    return {
        "number": number,
        "issuing_state": _text(document.issuing_state),
        "type": _text(document.type),
        "expires_on": _text(document.expires_on),
    }


def _source(text: str | None, warnings: set[str]) -> str | None:
    word = (text or "").strip().lower()
    if word and word not in SOURCES:
        warnings.add("source_unknown")
    return word if word in SOURCES else None
