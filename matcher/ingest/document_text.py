"""Documents in free text: `(a) M 271351 (Moroccan passport issued on 24.10.2000 ...); (b) K-348486`.

Fixed order of the steps for one cell: the pattern is applied from left to right (`finditer`) -> each match
gives number, words before it and words behind it -> these words give issuing state, type, day of issue
and day of expiry -> what no match covers is left over.

An issuing state is taken from a name or adjective that stands alone before `passport`, `number` or a
comma, from `issued by STATE`, or from `issued in STATE` where the place is a state and not a town of one:
passports are issued at embassies too. Anything else is unknown, not guessed.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matcher.documents.numbers import is_key, normalise
from matcher.documents.states import nationality_code, state_code
from matcher.documents.words import fold, read_table
from matcher.errors import MappingError
from matcher.ingest.dates import DEFAULT_FORMATS, day_at

LONGEST_CELL = 4_000  # characters; a longer cell is left over as a whole: patterns are not run on it
LEAST_CHARACTERS = 3  # letters and digits; a shorter text is no document number
GROUPS = frozenset({"number", "issuer", "note"})

# The repetitions are bounded so that no cell makes the pattern slow.
GENERAL_PATTERN = r"""
    (?P<issuer> (?: [^\d;()] | \( [^\d;()]{1,40} \) ){0,80}? ) (?<![\w/.])
    (?P<number>
        \d[\d ]{1,8}\s?No\.?\s?\d{4,10}
      |
        (?! \d{1,2}\.\s?\d{1,2}\.\s?\d{4} )
        (?: (?: [A-ZА-Я]{1,4}-? | [A-Z]{2}-[A-Z] | \d{1,4} ) \s ){0,2}
        (?= [\w/.°-]{0,30} \d )
        (?: N[°º]\s? )? [^\W_] [\w/.°-]{0,40} (?: \( [^()\s]{1,12} \) \d [\w/.-]{0,20} )? (?: \s\d{5,} ){0,2}
    )
    (?P<note>
        (?: [\s,.;]{0,3}
            (?: (?<!;) (?<!;\s) \( (?! (?:[a-z]|i{1,3}|iv) \) ) (?: [^()] | \( (?: [^()] | \([^()]*\) )* \) )* \)
              | (?:which\s|and\s)? \b(?:issued|expir\w*|valid|date\sof|place\sof|officially|as\s|under)\b [^;(]*
              | (?<=[,\s\d]) [A-Z][^\W\d_]+ (?: \s [A-Z][^\W\d_]+ ){0,4} (?= \s*(?:[;,]|$) )
            )
        )*
    )
"""

_NOISE = re.compile(
    r"^(?:and|alt\.?|expired|provisional|temporary|counterfeit|false|diplomatic|service|official|old|new|assumed"
    r"|likely|the|of|,|-|\s)+",
    re.I,
)
_STATE_END = re.compile(
    r"\s*(?:,|\(|\bpass|\bpasaporte\b|\bnumber|\bno\b|\bno\.|\btravel\b|\bnational\b|\bidenti|\bid\b|\bissued|\bexpire"
    r"|\bvalid|\bdiplomatic|\bservice|\bforeign|\bofficial|\bdriving|\blaissez|\bmilitary|\bregist|\bfiscal|\btax"
    r"|\bcivil|\bfederal|\bpersonal|\bcertificate|:).*$",
    re.I | re.S,
)
_OF_STATE = re.compile(r"\bpassport of (?:the )?(?P<state>[^\d,;()]{3,60}?)(?:\s+(?:no|number)\b|[,;(]|$)", re.I)
_ISSUED_BY = re.compile(
    r"\b(?:issued (?:on [^;]{0,30}? )?(?:by|in)|place of issue:?) (?:the )?(?P<state>[^\d;/]{2,60})", re.I
)
_ISSUED = re.compile(r"\bissued?\b|\bdate of issue\b", re.I)
_EXPIRES = re.compile(r"\bexpir\w*|\bvalid (?:until|to|till)\b", re.I)
_YEAR = re.compile(r"(?:19|20)\d\d")
_BRACKETS = re.compile(r"\(((?:[^()]|\([^()]*\))*)\)")
_LEADING_NO = re.compile(r"^(?:(?:No\.?|no\.|N[°º]|№)\s*|(?:ID|SSN)\s+)(?=[A-Z]{0,3}\d)")
_INNER_NO = re.compile(r"\s+No\.?\s*(?=\d)")
_LABELS = re.compile(r"(?:^|(?<=[\s,;\"]))\(?(?:[a-z]|i{1,3}|iv)\)", re.I)
_EMPTY_WORDS = re.compile(r"\b(?:and|or|number|no|passport|series|alt)\b", re.I)


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """One document read from a text; `note` is the text it was read from."""

    number: str
    issuing_state: str | None = None
    type: str | None = None
    issued_on: datetime.date | None = None
    expires_on: datetime.date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """How a mapping reads documents: its pattern, and whether its issuer group is trusted as written."""

    pattern: re.Pattern[str]
    is_issuer_trusted: bool = False


@functools.cache
def general_rule() -> DocumentRule:
    """Return the rule that is used where a mapping gives no pattern."""
    return DocumentRule(re.compile(GENERAL_PATTERN, re.X))


def given_rule(pattern: str) -> DocumentRule:
    """Compile a mapping's own pattern.

    Raises:
        MappingError: it is no regular expression, has no group `number`, or an unknown group.
    """
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise MappingError(f"[documents] pattern is no regular expression ({error.msg}); mend it") from error
    if "number" not in compiled.groupindex or not compiled.groupindex.keys() <= GROUPS:
        raise MappingError("[documents] pattern needs the group `number`, and may have `issuer` and `note`, no other")
    return DocumentRule(compiled, is_issuer_trusted=True)


def read_documents(
    text: str,
    rule: DocumentRule,
    default_type: str | None = None,
    formats: Sequence[str] = DEFAULT_FORMATS,
) -> tuple[list[FoundDocument], str]:
    """Read every document of a cell.

    Args:
        text: The cell as listed; may be empty.
        rule: From `general_rule` or `given_rule`.
        default_type: Type of a document whose text names none.
        formats: Date formats, as for `matcher.ingest.dates.read_dates`.

    Returns:
        The documents in the order of the text, and the text that no match covers ("" if none).

    Examples:
        >>> found, left = read_documents("(a) Kuwait number 106261543 (b) D 000763 (Afghan passport)", general_rule())
        >>> [(one.number, one.issuing_state, one.type) for one in found], left
        ([('106261543', 'KWT', None), ('D 000763', 'AFG', 'P')], '')
    """
    if len(text) > LONGEST_CELL:
        return [], text
    documents: list[FoundDocument] = []
    left: list[str] = []
    at = 0
    for found in rule.pattern.finditer(text):
        parts = {name: (value or "").strip() for name, value in found.groupdict().items()}
        number = clean_number(parts["number"])
        if not rule.is_issuer_trusted and not _is_number(number):
            continue
        left.append(text[at : found.start()])
        at = found.end()
        issuer, note = parts.get("issuer", ""), parts.get("note", "")
        state = read_issuer(issuer) or (state_code(issuer) if rule.is_issuer_trusted else None) or read_issuer(note)
        around = f"{issuer} {note}"
        issued, expires = read_validity(note, formats)
        written = " ".join(found[0].split()).strip(" ,;")
        documents.append(
            FoundDocument(
                number=number,
                issuing_state=state,
                type=read_type(around) or default_type,
                issued_on=issued,
                expires_on=expires,
                note=written if written != number else None,
            )
        )
    left.append(text[at:])
    return documents, "; ".join(filter(None, map(_remainder, left)))


def clean_number(text: str) -> str:
    """Strip what belongs to the sentence and not to the number.

    Examples:
        >>> clean_number("No34409/129"), clean_number("6001 No419633"), clean_number("D9008347.")
        ('34409/129', '6001 419633', 'D9008347')
    """
    text = " ".join(text.split()).strip(" ,;.:")
    return _INNER_NO.sub(" ", _LEADING_NO.sub("", text))


def read_issuer(text: str) -> str | None:
    """Find the issuing state in the words around a number; None if no rule finds one.

    Examples:
        >>> read_issuer("Provisional German passport No"), read_issuer("(issued in Iran (Islamic Republic of))")
        ('DEU', 'IRN')
        >>> read_issuer("(issued in Karachi)"), read_issuer("series")
        (None, None)
    """
    text = _outer_brackets(_LABELS.sub(" ", text)) if len(text) <= LONGEST_CELL else ""
    if not text:
        return None
    if named := _OF_STATE.search(text):
        return _known(named["state"])
    start = _NOISE.sub("", text)
    if found := _known(start) or _known(_STATE_END.sub("", start)):
        return found
    for issued in _ISSUED_BY.finditer(text):
        place = _outer_brackets(issued["state"])
        if found := _known(place) or _known(re.sub(r"\s+(?:on|dated)\b.*$", "", place)):
            return found
    inside = (_known(_STATE_END.sub("", _NOISE.sub("", bracket))) for bracket in _BRACKETS.findall(text))
    return next(filter(None, inside), None)


def read_type(text: str) -> str | None:
    """Return the type that words beside a number name; None if they name none."""
    key = f" {fold(text)} "
    return next((code for words, code in _types().items() if f" {words} " in key), None)


def read_validity(
    text: str, formats: Sequence[str] = DEFAULT_FORMATS
) -> tuple[datetime.date | None, datetime.date | None]:
    """Read the days of issue and expiry from the words behind a number.

    Examples:
        >>> read_validity("issued 24 Oct 1990 expires 20 Sep 1997")
        (datetime.date(1990, 10, 24), datetime.date(1997, 9, 20))
    """
    if len(text) > LONGEST_CELL:
        return None, None
    return _day_behind(_ISSUED, _EXPIRES, text, formats), _day_behind(_EXPIRES, _ISSUED, text, formats)


def document_row(document: FoundDocument, entry_id: str, category: str, source_row: int) -> dict[str, Any]:
    """Make one row of `matcher.schema.DOCUMENT_ENTRY` for a document attached to a person."""
    return {
        "number": document.number,
        "issuing_state": document.issuing_state,
        "type": document.type,
        "category": category,
        "issued_on": document.issued_on,
        "expires_on": document.expires_on,
        "note": document.note,
        "person_entry_id": entry_id,
        "malformed": None if is_key(normalise(document.number)) else True,
        "source_row": source_row,
    }


def _is_number(text: str) -> bool:
    n_characters = sum(letter.isalnum() for letter in text)
    return n_characters >= LEAST_CHARACTERS and not _YEAR.fullmatch(text)


def _day_behind(
    wanted: re.Pattern[str], other: re.Pattern[str], text: str, formats: Sequence[str]
) -> datetime.date | None:
    for found in wanted.finditer(text):
        end = min(len(text), found.end() + 100)
        if stop := other.search(text, found.end(), end):
            end = stop.start()
        for place in _word_starts(text, found.end(), end):
            if day := day_at(text[place:end], formats):
                return day
    return None


def _word_starts(text: str, start: int, end: int) -> Iterator[int]:
    return (found.start() for found in re.compile(r"(?<!\w)\w").finditer(text, start, end))


def _known(text: str) -> str | None:
    """Look up a state by a name, or by a code in capitals: `no` and `in` are words, not countries."""
    text = _outer_brackets(text)
    return nationality_code(text) if len(text) > 3 or text.isupper() else None


def _outer_brackets(text: str) -> str:
    text = text.strip(' \t\r\n,;:."')
    while text.startswith("(") and text.endswith(")") and text.find(")") == len(text) - 1:
        text = text[1:-1].strip(" ,;:.")
    if text.startswith("(") and text.count("(") >= text.count(")"):
        inner = text[1:].strip(" ,;:.")
        text = inner[:-1].strip() if inner.endswith(")") and inner.count("(") < inner.count(")") else inner
    return text[:-1].strip() if text.endswith(")") and text.count("(") < text.count(")") else text


def _remainder(text: str) -> str:
    kept = _LABELS.sub(" ", text).strip(' \t\r\n,;:.()"')
    return kept if any(letter.isalnum() for letter in _EMPTY_WORDS.sub("", kept)) else ""


@functools.cache
def _types() -> dict[str, str]:
    table = read_table(Path(__file__).parent / "tables" / "document_words.tsv")
    return {fold(row["words"]): row["type"] for row in table}
