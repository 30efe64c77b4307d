"""Documents to machine readable zones of every ICAO format, for specimens, tests and benchmarks.

Steps: names to components (hyphen and comma to one filler, apostrophe and other punctuation deleted, letters by ICAO's
tables) -> the name field, truncated by one of ICAO's methods where it doesn't fit -> the other fields -> check digits
-> composite. Nothing is invented: what the format cannot hold is refused.

Source: ICAO 9303-3 4.6 to 4.9 and 6, 9303-4 to -7.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.documents.mrz.check_digits import check_digit, covered
from matcher.documents.mrz.layout import ALPHABET, FILLER, Layout, layouts
from matcher.errors import InputError, UsageError
from matcher.records import PartialDate
from matcher.text.scripts import script_of
from matcher.text.translit.icao import encode_arabic, encode_cyrillic, encode_latin

FORMATS = ("TD1", "TD2", "TD3", "MRV-A", "MRV-B")
LONG_NUMBERS = ("TD1", "TD2")
TRUNCATIONS = ("last", "initials", "equal")
_WRITTEN_STATES = {"DEU": "D"}
_BORDERS = re.compile(r"[\s,\-‐‑‒–—/<]+")


@dataclass(frozen=True, slots=True)
class MrzFields:
    """What a zone is made of.

    Attributes:
        format: One of `FORMATS`.
        document_code: One or two letters.
        issuing_state: Three-letter code; `DEU` is written `D`.
        nationality: The same.
        document_number: `A-Z0-9` and spaces; longer than nine characters in TD1 and TD2 only, cut to nine in visas.
        primary: Primary identifier in any of the scripts Latin, Cyrillic, Arabic; several words allowed.
        secondary: Secondary identifier; empty where the name isn't divided.
        birth_date: Known parts; None: unknown.
        sex: M, F, or X or None for `<`.
        expiry_date: Known parts; None: unknown.
        optional_data, optional_data_2: `A-Z0-9<`; the second in TD1 only.
    """

    format: str
    document_code: str
    issuing_state: str
    nationality: str
    document_number: str
    primary: str
    secondary: str = ""
    birth_date: PartialDate | None = None
    sex: str | None = None
    expiry_date: PartialDate | None = None
    optional_data: str = ""
    optional_data_2: str = ""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How names are written, and by which of the conventions that issuers follow.

    Attributes:
        alternative: Which of the allowed Latin spellings (0: `MUELLER`, 1: `MUXXLLER`, 2: `MULLER`).
        language: Of Cyrillic names (`matcher.text.translit.icao.LANGUAGES`), or None.
        truncation: `last` cuts the last components of the primary identifier, `initials` cuts them to initials,
            `equal` cuts all components to one length.
        empty_check: What stands for the check digit of empty TD3 optional data, `<` or `0`.
        counts_filler: Whether the check digit of a long number counts the filler after its ninth character.
    """

    alternative: int = 0
    language: str | None = None
    truncation: str = "last"
    empty_check: str = FILLER
    counts_filler: bool = False


def make_mrz(fields: MrzFields, spelling: Spelling | None = None) -> str:
    """Write a machine readable zone, lines separated by `\\n`, all check digits right.

    Args:
        fields: What it says.
        spelling: How it says it.

    Raises:
        UsageError: an unknown format or truncation.
        InputError: a value that the format cannot hold.

    Examples:
        >>> fields = MrzFields("TD3", "P", "UTO", "UTO", "L898902C3", "Eriksson", "Anna Maria",
        ...     PartialDate(1974, 8, 12), "F", PartialDate(2012, 4, 15), "ZE184226B")
        >>> print(make_mrz(fields))
        P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
        L898902C36UTO7408122F1204159ZE184226B<<<<<10
    """
    spelling = spelling or Spelling()
    if fields.format not in FORMATS:
        raise UsageError(f"no zone of this format can be written; give one of {', '.join(FORMATS)}")
    if spelling.truncation not in TRUNCATIONS:
        raise UsageError(f"no such truncation; give one of {', '.join(TRUNCATIONS)}")
    layout = layouts()[fields.format]
    zone = [FILLER] * layout.size
    for field, value in _values(layout, fields, spelling).items():
        _put(layout, zone, field, value)
    is_long = len(fields.document_number) > 9 and layout.format in LONG_NUMBERS
    _put_checks(layout, zone, spelling, is_long=is_long)
    text = "".join(zone)
    return "\n".join(text[start : start + layout.width] for start in range(0, layout.size, layout.width))


def _values(layout: Layout, fields: MrzFields, spelling: Spelling) -> dict[str, str]:
    number = fields.document_number.replace(" ", FILLER)
    optional = fields.optional_data
    if len(number) > 9:
        if layout.format in LONG_NUMBERS:
            digit = check_digit(number[:9] + FILLER + number[9:] if spelling.counts_filler else number)
            if FILLER in number:
                raise InputError("a long document number has a space; ICAO leaves no way to write it")
            number, optional = number[:9], f"{number[9:]}{digit}{FILLER}{optional}".rstrip(FILLER)
        elif layout.format == "TD3":
            raise InputError("the document number has more than 9 characters, which TD3 cannot hold")
        number = number[:9]
    primary, secondary = (components(one, spelling) for one in (fields.primary, fields.secondary))
    name = layout.spans["name"]
    values = {
        "document_code": fields.document_code,
        "issuing_state": _WRITTEN_STATES.get(fields.issuing_state, fields.issuing_state),
        "nationality": _WRITTEN_STATES.get(fields.nationality, fields.nationality),
        "document_number": number,
        "name": name_field(primary, secondary, width=name.end - name.start, truncation=spelling.truncation),
        "birth_date": _six(fields.birth_date),
        "expiry_date": _six(fields.expiry_date),
        "sex": {"M": "M", "F": "F"}.get(fields.sex or "", FILLER),
        "optional_data": optional,
    }
    if fields.optional_data_2:
        values["optional_data_2"] = fields.optional_data_2
    return values


def _put(layout: Layout, zone: list[str], field: str, value: str) -> None:
    span = layout.spans.get(field)
    if span is None or len(value) > span.end - span.start:
        raise InputError(f"{field} has {len(value)} characters, more than {layout.format} holds; shorten it")
    if not set(value) <= set(layout.allowed[span.start]) or not set(value) <= set(ALPHABET):
        raise InputError(f"{field} has a character that the zone doesn't; use A-Z, 0-9 and < where it may stand")
    zone[span.start : span.end] = value.ljust(span.end - span.start, FILLER)


def _put_checks(layout: Layout, zone: list[str], spelling: Spelling, *, is_long: bool) -> None:
    for check in layout.checks:
        text = covered("".join(zone), check)
        if is_long and check.field == "document_number":
            continue  # its check digit stands in the optional data already
        is_empty = check.field == "optional_data" and not text.strip(FILLER)
        zone[check.offset] = spelling.empty_check if is_empty else check_digit(text)


def _six(date: PartialDate | None) -> str:
    if date is None:
        return FILLER * 6
    year = "<<" if date.year is None else f"{date.year % 100:02d}"
    return year + "".join("<<" if part is None else f"{part:02d}" for part in (date.month, date.day))


def components(identifier: str, spelling: Spelling) -> list[str]:
    """Write the components of an identifier in A-Z.

    Examples:
        >>> components("D'Artagnan-O'Connor", Spelling()), components("جمال عبد الناصر", Spelling())
        (['DARTAGNAN', 'OCONNOR'], ['JMAL', 'EBD', 'ALNAXSSR'])
    """
    return [code for word in _BORDERS.split(identifier) if (code := _encode(word, spelling))]


def _encode(word: str, spelling: Spelling) -> str:
    scripts = {script_of(letter) for letter in word if letter.isalpha()}
    if any(letter.isdigit() for letter in word) or scripts - {"latin", "cyrillic", "arabic"} or len(scripts) > 1:
        raise InputError("a name has digits, or letters of no script that ICAO has a table for; write it in one")
    if scripts == {"arabic"}:
        return encode_arabic("".join(letter for letter in word if script_of(letter) == "arabic"))
    if scripts == {"cyrillic"}:
        return encode_cyrillic(word, language=spelling.language)
    return encode_latin(word, alternative=spelling.alternative)


def name_field(primary: list[str], secondary: list[str], *, width: int, truncation: str = "last") -> str:
    """Fill a name field; a name that doesn't fit ends in a letter, with `<<` and a letter of the secondary identifier.

    Examples:
        >>> primary, secondary = "BENNELONG WOOLOOMOOLOO WARRANDYTE WARNAMBOOL".split(), ["DINGO", "POTOROO"]
        >>> name_field(primary, secondary, width=39, truncation="initials")
        'BENNELONG<WOOLOOMOOLOO<WARRANDYTE<W<<DI'
        >>> name_field(primary, secondary, width=30, truncation="equal")
        'BENNEL<WOOLOO<WARRAN<WARNAM<<D'
    """
    whole = _joined(primary, secondary)
    if len(whole) <= width:
        return whole.ljust(width, FILLER)
    needed = 3 if secondary else 0  # `<<` and the first letter of the secondary identifier
    for shorter in _shortened(primary, truncation):
        if len(FILLER.join(shorter)) + needed <= width:
            cut = _joined(shorter, secondary)[:width]
            if len(cut) == width and cut[-1] != FILLER:
                return cut
    raise InputError("a name cannot be cut to the name field by this method; choose another truncation")


def _joined(primary: list[str], secondary: list[str]) -> str:
    return "<<".join(FILLER.join(part) for part in (primary, secondary) if part)


def _shortened(primary: list[str], truncation: str) -> list[list[str]]:
    """Every way to shorten the primary identifier by the method, longest first."""
    found = [primary]
    if truncation == "equal":
        longest = max(map(len, primary), default=1)
        found += [[one[:length] for one in primary] for length in range(longest, 0, -1)]
    elif truncation == "initials":
        for place in range(len(primary) - 1, -1, -1):
            found.append([*primary[:place], *(one[:1] for one in primary[place:])])
    for kept in range(len(primary), 0, -1):  # letter by letter from the end: also where the method leaves a filler last
        for length in range(len(primary[kept - 1]), 0, -1):
            found.append([*primary[: kept - 1], primary[kept - 1][:length]])
    return found
