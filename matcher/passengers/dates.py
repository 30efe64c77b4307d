"""Birth dates in the forms of passenger files: one text to its parts, and one order for a whole column.

Fixed order of the steps for one text: digits of other scripts to ASCII, invisible characters away ->
`YYYY-MM-DD` and the machine readable zone's six -> eight digits `YYYYMMDD` -> three numbers -> month names ->
the calendar that the year belongs to -> Gregorian.

The rule for three numbers with the year last:

* with dots the day comes first (`12.08.1974`);
* with slashes, hyphens or spaces only one order may give a day that exists: that one;
* else the order that the caller states (`dmy`, `mdy`), else the order of the column: the first `LOOK_AHEAD`
  rows of the file show it where a number above 12 stands in one place only (or `MAJORITY` times as often);
* else month and day are ambiguous: the year alone is kept, with the warning `birth_date_ambiguous`.

A two-digit year is the latest one not in the future; it stands last, or first where it is above 31. `00`, `XX`
and `??` are unknown parts. Not here: free text of lists (`matcher.ingest.dates`), calendars (`matcher.dates`).
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from matcher.dates import BUDDHIST_YEARS, HIJRI_YEARS, ISLAMIC, PERSIAN, calendar_of, is_possible, to_gregorian
from matcher.dates import parse_birth_date as parse_iso
from matcher.documents.words import fold, read_table
from matcher.errors import ModelError, UsageError
from matcher.records import GREGORIAN, PartialDate

ORDERS = ("dmy", "mdy")
CALENDARS = (ISLAMIC, PERSIAN)
LOOK_AHEAD = 10_000  # rows of a file that decide the order of its dates
MAJORITY = 20  # times that one order must be seen for each sight of the other: a slip isn't a second order
LONGEST_DATE = 40  # characters; a longer text is not a date
SOLAR_STATES = frozenset({"IRN", "AFG"})
UNREADABLE, AMBIGUOUS, CONVERTED = "birth_date_unreadable", "birth_date_ambiguous", "birth_date_converted"
_TABLE = Path(__file__).parent / "tables" / "months.tsv"
_TIME = r"(?:[T ,]+\d{1,2}:\d{2}.*)?"
_YEAR_FIRST = re.compile(r"(\d{4})([-/. ])(\d{1,2})(?:\2(\d{1,2}))?" + _TIME)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})" + _TIME)
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_SPACED = re.compile(r"\s*([-/.])\s*")
_UNKNOWN_PART = re.compile(r"(?<![^\W_])(?:[xX]{1,2}|\?{1,2})(?![^\W_])")
_TOKENS = re.compile(r"\d+|[^\W\d_]+")
_FILLERS = frozenset(["st", "nd", "rd", "th", "er", "de", "del", "of", "the", "le"])


@dataclass(frozen=True, slots=True)
class DateReading:
    """How the dates of a file are read where a date alone doesn't tell.

    Attributes:
        order: `dmy` or `mdy` where the order is known; None: an ambiguous date keeps its year only.
        calendar: `islamic` or `persian`, for years from 1250 to 1450; None: solar (`persian`) for travellers
            of Iran and Afghanistan, else lunar (`islamic`).
    """

    order: str | None = None
    calendar: str | None = None

    def __post_init__(self) -> None:
        if self.order not in (None, *ORDERS):
            raise UsageError(f"date order is {self.order!r}; give one of {', '.join(ORDERS)}")
        if self.calendar not in (None, *CALENDARS):
            raise UsageError(f"calendar is {self.calendar!r}; give one of {', '.join(CALENDARS)}")


PLAIN = DateReading()


class Parsed(NamedTuple):
    """A date as written: its parts in its own calendar, whether day and month may be swapped, and what it shows."""

    date: PartialDate | None
    is_ambiguous: bool = False
    shown_order: str | None = None  # the only order in which it is a day; None: it shows none


def read_birth_date(
    text: str, reading: DateReading = PLAIN, *, is_solar: bool = False
) -> tuple[PartialDate | None, list[str]]:
    """Read a birth date of any usual form as a Gregorian one.

    Args:
        text: As written.
        reading: Order and calendar where the text alone doesn't tell.
        is_solar: The traveller is of a state that uses the solar Hijri calendar.

    Returns:
        The date, or None when it is none, and the codes of what to warn of.

    Examples:
        >>> read_birth_date("31/12/1974")[0].iso(), read_birth_date("12 août 1974")[0].iso()
        ('1974-12-31', '1974-08-12')
        >>> date, warnings = read_birth_date("03/04/1974")
        >>> date.iso(), warnings, read_birth_date("03/04/1974", DateReading("dmy"))[0].iso()
        ('1974', ['birth_date_ambiguous'], '1974-04-03')
        >>> date, warnings = read_birth_date("١٣٥٣/٥/٢١", is_solar=True)
        >>> date.iso(), warnings
        ('1974-08-12', ['birth_date_converted'])
    """
    parsed = parse(text, reading.order)
    if parsed.date is None:
        return None, [UNREADABLE]
    warnings = [AMBIGUOUS] if parsed.is_ambiguous else []
    if is_gregorian(parsed.date):
        return parsed.date, warnings
    date = convert(parsed.date, is_solar=reading.calendar == PERSIAN or (is_solar and reading.calendar is None))
    return (date, [*warnings, CONVERTED]) if date else (None, [UNREADABLE])


def is_gregorian(date: PartialDate) -> bool:
    """Tell whether a date as written needs no conversion."""
    return date.calendar == GREGORIAN and date.year not in HIJRI_YEARS and date.year not in BUDDHIST_YEARS


def convert(date: PartialDate, *, is_solar: bool = False) -> PartialDate | None:
    """Turn a date as written into a Gregorian one; None when it is impossible or in the future."""
    calendar = date.calendar if date.calendar != GREGORIAN else calendar_of(date.year, is_solar=is_solar)
    found = to_gregorian(PartialDate(date.year, date.month, date.day, calendar, approximate=date.approximate))
    latest = datetime.date.today()
    if found is not None and found.year_to is not None and found.year_to > latest.year:
        found = dataclasses.replace(found, year_to=None)
    return found if found is not None and is_possible(found, latest=latest) else None


def column_order(texts: Iterable[str]) -> tuple[str | None, str]:
    """Decide the order of day and month for a column.

    Args:
        texts: Its dates in the first `LOOK_AHEAD` rows.

    Returns:
        `dmy`, `mdy` or None, and the reason in words.

    Examples:
        >>> column_order(["03/04/1974", "25/12/1980"])
        ('dmy', '1 of 2 dates can only be day/month')
        >>> column_order(["03/04/1974"])
        (None, '1 dates could be either and none shows which')
    """
    shown = dict.fromkeys(ORDERS, 0)
    n_texts = n_ambiguous = 0
    for text in texts:
        n_texts += 1
        parsed = parse(text, None)
        n_ambiguous += parsed.is_ambiguous
        if parsed.shown_order:
            shown[parsed.shown_order] += 1
    (best, n_best), (_, n_other) = sorted(shown.items(), key=lambda item: -item[1])
    if not n_best:
        return None, f"{n_ambiguous} dates could be either and none shows which" if n_ambiguous else "no date needs it"
    if n_other * MAJORITY > n_best:
        return None, f"{shown['dmy']} dates can only be day/month and {shown['mdy']} only month/day"
    words = "day/month" if best == "dmy" else "month/day"
    return best, f"{n_best} of {n_texts} dates can only be {words}"


def parse(text: str, order: str | None) -> Parsed:
    """Read a date's parts in the calendar it is written in."""
    if len(text) > LONGEST_DATE:
        return Parsed(None)
    return _parse(text, order, datetime.date.today())


@functools.lru_cache(maxsize=65_536)
def _parse(text: str, order: str | None, latest: datetime.date) -> Parsed:
    text = _tidy(text)
    if date := parse_iso(text, latest=latest):
        return Parsed(date)
    text = _SPACED.sub(r"\1", _UNKNOWN_PART.sub("0", text))
    if found := _YEAR_LAST.fullmatch(text):
        return _three_numbers(found[2], int(found[1]), int(found[3]), found[4], order=order, latest=latest)
    if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        year, *rest = (int(part or 0) for part in found.groups() if part is None or part.isdigit())
        return Parsed(_checked(PartialDate(year, rest[0] or None, rest[1] or None), latest))
    if found := _MONTH_YEAR.fullmatch(text):
        return Parsed(_checked(PartialDate(int(found[2]), int(found[1]) or None), latest))
    if text.isdecimal() and len(text) == 4:
        return Parsed(_checked(PartialDate(int(text)), latest))
    return Parsed(_with_month_name(text, latest))


def _tidy(text: str) -> str:
    """Fold digits and separators of other scripts and drop what cannot be seen."""
    text = text.strip()
    if text.isascii():
        return text
    kept = (letter for letter in text if unicodedata.category(letter) != "Cf")
    ascii_digits = "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in kept)
    return unicodedata.normalize("NFKC", ascii_digits).replace("\u2044", "/").strip()


def _three_numbers(mark: str, *numbers_and_year: object, order: str | None, latest: datetime.date) -> Parsed:
    first, second, written = numbers_and_year
    assert isinstance(first, int)
    assert isinstance(second, int)
    if len(str(written)) == 2 and first > 31:
        year, day = _century(first, latest), int(str(written))
        return Parsed(_checked(PartialDate(year, second or None, day or None), latest))
    year = int(str(written)) if len(str(written)) == 4 else _century(int(str(written)), latest)
    by_day = _checked(PartialDate(year, second or None, first or None), latest)
    if mark == "." or first == 0:
        return Parsed(by_day)
    by_month = _checked(PartialDate(year, first or None, second or None), latest)
    if by_day is None or by_month is None:
        shown = "mdy" if by_month else "dmy" if by_day else None
        return Parsed(by_day or by_month, shown_order=shown if second else None)
    if first == second:
        return Parsed(by_day)
    if order is None:
        return Parsed(PartialDate(year), is_ambiguous=True)
    return Parsed(by_day if order == "dmy" else by_month)


def _century(year: int, latest: datetime.date) -> int:
    year += latest.year // 100 * 100
    return year - 100 if year > latest.year else year


def _checked(date: PartialDate, latest: datetime.date) -> PartialDate | None:
    """Give a date back if it may be one: fully checked when Gregorian, else when it is converted."""
    if is_gregorian(date):
        return date if is_possible(date, latest=latest) else None
    return date if 1 <= (date.month or 1) <= 12 and 1 <= (date.day or 1) <= 31 else None


def _with_month_name(text: str, latest: datetime.date) -> PartialDate | None:
    tokens = _TOKENS.findall(fold(text))
    numbers = [token for token in tokens if token.isdecimal()]
    words = " ".join(token for token in tokens if not token.isdecimal() and token not in _FILLERS)
    named = _months().get(words)
    if named is None or not 1 <= len(numbers) <= 2 or max(map(len, numbers)) > 4:
        return None
    calendar, month = named
    day, year = ("", numbers[0]) if len(numbers) == 1 else numbers
    if len(day) == 4:
        day, year = year, day
    if len(year) != 4 and (len(year) != 2 or not day or calendar != GREGORIAN):
        return None
    full_year = int(year) if len(year) == 4 else _century(int(year), latest)
    if day and not 1 <= int(day) <= 31:
        return None
    return _checked(PartialDate(full_year, month, int(day) if day else None, calendar), latest)


@functools.cache
def _months() -> dict[str, tuple[str, int]]:
    months: dict[str, tuple[str, int]] = {}
    for row in read_table(_TABLE):
        named = (row["calendar"], int(row["month"]))
        for name in row["names"].split("|"):
            key = " ".join(word for word in fold(name).split() if word not in _FILLERS)
            if not key or months.setdefault(key, named) != named:
                raise ModelError(f"months.tsv names {key!r} twice or is empty; mend the table")
    return months
