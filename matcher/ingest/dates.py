"""Dates as list files write them: free text with several, partial and approximate dates.

Shared by every list reader. Fixed order of the steps, from the start of the text:

1. separators (`;` `,` `/` `or` `and`, brackets, labels such as `(a)`) are passed over;
2. a word of approximation marks the date behind it (and the years behind an `or`);
3. a range (`between A and B`, `A to B`, `A-B`) becomes its years; a bound finer than a year also goes
   to the leftover;
4. a date: the formats of the mapping, `YYYY-MM-DD`, day month year, month day year, month year, year;
5. anything else is leftover, up to the next `;`, line end or label, and no date is taken from it:
   `before 1964` gives no date.

Never guessed: two-digit years, text that two formats read differently, impossible days, other calendars.
What callers write (ISO and MRZ forms) is read in `matcher.dates`.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import re
from collections.abc import Sequence
from pathlib import Path

from matcher.dates import is_possible
from matcher.documents.words import fold, read_table
from matcher.errors import MappingError, ModelError
from matcher.records import PartialDate

DEFAULT_FORMATS = ("%d.%m.%Y",)
DEFAULT_APPROXIMATE = (
    "approximately", "approx.", "approx", "about", "around", "circa", "ca.", "c.", "on or around", "on or about",
    "probably", "possibly", "presumably", "presumed", "estimated",
    "vers", "environ", "env.", "hacia", "alrededor de", "aproximadamente",
)  # fmt: skip
LONGEST_TEXT = 10_000  # characters; a longer cell holds no dates, and is left over as a whole
ANY_DAY = datetime.date.max

_SPACES = re.compile(r"[^\S\n]+")
_SOFT = re.compile(r"[\s;,()\[\]\"“”./]+|(?:or|and|ou|et|o|y)\b", re.I)
_LABEL = re.compile(r"\(?(?:[a-z]|i{1,3}|iv|vi{0,3})\)", re.I)
_HARD_END = re.compile(r";|\n|(?:^|[\s,(])(?=\(?(?:[a-z]|i{1,3}|iv|vi{0,3})\)\s)", re.I)
_OTHER_CALENDAR = re.compile(r"[\d./ -]{4,40}\([^()]*\b(?:hijri|solar|lunar|islamic|iranian)\b[^()]*\)", re.I)
_THIS_CALENDAR = re.compile(r"\s*\(?gregorian(?: calendar)?\)?", re.I)
_RANGE_START = re.compile(r"(?:between|from|entre|de)\s+", re.I)
_RANGE_AND = re.compile(r"\s*(?:and|to|et|y|a|à|-|–)\s*", re.I)
_RANGE_TO = re.compile(r"\s*(?:to|until|à|-|–)\s*", re.I)
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|º)?"
_YEAR = r"(?P<year>\d{4})"
_OF = r"(?:[\s.,]*(?:\b(?:de|del|of)\s)?\s*)"
_DIRECTIVES = {
    "%d": r"(?P<day>\d{1,2})", "%m": r"(?P<month>\d{1,2})", "%Y": _YEAR, "%b": "{month}", "%B": "{month}", "%%": "%",
}  # fmt: skip


def read_dates(
    text: str,
    formats: Sequence[str] = DEFAULT_FORMATS,
    approximate_words: Sequence[str] = DEFAULT_APPROXIMATE,
    *,
    latest: datetime.date | None = None,
) -> tuple[list[PartialDate], str]:
    """Read every date of a cell.

    Args:
        text: The cell as listed; may be empty.
        formats: Forms made of numbers alone, written with `%d %m %Y %b %B` as in `strptime`. They
            settle whether day or month comes first; a form that is not among them is not read.
        approximate_words: Words that mark a date as approximate, before or behind it.
        latest: Last possible day, by default today (birth dates).

    Returns:
        The dates in the order of the text, each once, and the text that no rule reads ("" if none).

    Raises:
        MappingError: a format with a directive that is not known here.

    Examples:
        >>> dates, left = read_dates("(a) 1.2.1960, (b) circa 1961; between 1963 and 1965; before 1964")
        >>> [date.iso() for date in dates], left
        (['1960-02-01', '~1961', '1963/1965'], 'before 1964')
        >>> read_dates("3/4/1960"), read_dates("31.2.1960")
        (([], '3/4/1960'), ([], '31.2.1960'))
    """
    if len(text) > LONGEST_TEXT:
        return [], text
    return _grammar(tuple(formats), tuple(approximate_words)).read(text, latest or datetime.date.today())


def read_day(text: str, formats: Sequence[str] = DEFAULT_FORMATS) -> datetime.date | None:
    """Read a text that is one full date and nothing else; future days are accepted.

    Examples:
        >>> read_day("4 May 2031"), read_day("May 2031"), read_day("31.2.2030")
        (datetime.date(2031, 5, 4), None, None)
    """
    dates, left = read_dates(text, formats, latest=ANY_DAY)
    return None if left or len(dates) != 1 else as_day(dates[0])


def day_at(text: str, formats: Sequence[str] = DEFAULT_FORMATS) -> datetime.date | None:
    """Read the full date that a text begins with; what follows it may be anything.

    Examples:
        >>> day_at("20 Sep 1997 in Rome"), day_at("Sep 1997")
        (datetime.date(1997, 9, 20), None)
    """
    found = _grammar(tuple(formats), DEFAULT_APPROXIMATE).date_at(text, 0, ANY_DAY)
    return as_day(found[0]) if found else None


def as_day(date: PartialDate) -> datetime.date | None:
    """Return a full, certain date as a day; None for a partial, approximate or other-calendar one."""
    if date.year is None or date.month is None or date.day is None or date.approximate or date.year_to is not None:
        return None
    return datetime.date(date.year, date.month, date.day)


@functools.lru_cache(maxsize=32)
def _grammar(formats: tuple[str, ...], words: tuple[str, ...]) -> _Grammar:
    return _Grammar(formats, words)


class _Grammar:
    """The rules compiled for one mapping."""

    def __init__(self, formats: tuple[str, ...], words: tuple[str, ...]) -> None:
        months = "|".join(sorted(_months(), key=len, reverse=True))
        month = rf"(?P<month>{months})(?![^\W\d_])\.?"
        numeric = [re.compile(_format_pattern(form, month) + r"(?!\w)", re.I) for form in formats]
        self.formats = numeric
        self.forms = [
            re.compile(form + r"(?!\w)", re.I)
            for form in (
                rf"{_YEAR}-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})",
                rf"{_YEAR}-(?P<month>\d{{1,2}})(?!-)",
                rf"{_DAY}{_OF}{month}{_OF}{_YEAR}",
                rf"{month}{_OF}{_DAY}[\s,.]+{_YEAR}",
                rf"{month}{_OF}{_YEAR}",
                rf"{_DAY}{_OF}{month}[\s;,.]*\(year unknown\)(?P<year>)",
                _YEAR,
            )
        ]
        spelt = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True) if word)
        self.approximate = re.compile(rf"(?:{spelt or '(?!)'})(?!\w)[\s:]*", re.I)
        self.approximate_behind = re.compile(rf"\s*\(?\s*(?:{spelt or '(?!)'})\s*(?:\)|(?=[;,)]|$))", re.I)

    def read(self, text: str, latest: datetime.date) -> tuple[list[PartialDate], str]:
        text = _SPACES.sub(" ", text)  # so that no rule meets a long run of spaces
        dates: list[PartialDate] = []
        left: list[str] = []
        at, marked = 0, -1  # `marked`: where a word of approximation began, -1 if none is in force
        pending = -1  # the same while no date has followed it
        while at < len(text):
            if found := _LABEL.match(text, at) or _SOFT.match(text, at):
                marked = -1 if ";" in found[0] or "," in found[0] or ")" in found[0][1:] else marked
                at = found.end()
                continue
            if found := self.approximate.match(text, at):
                marked = pending = at
                at = found.end()
                continue
            date, end, coarse = self.range_or_date(text, at, latest)
            if date is None:
                start = pending if pending >= 0 else at
                at = self.unread_end(text, at)
                left.append(text[start:at])
            else:
                behind = self.approximate_behind.match(text, end)
                is_first = pending >= 0
                if behind or is_first or (marked >= 0 and date.month is None):
                    date = dataclasses.replace(date, approximate=True)
                if date not in dates:
                    dates.append(date)
                if coarse:
                    left.append(text[at:end])
                behind = behind or _THIS_CALENDAR.match(text, end)
                at = behind.end() if behind else end
            pending = -1
        if pending >= 0:
            left.append(text[pending:])
        return dates, "; ".join(part for part in (_trimmed(part) for part in left) if part)

    def unread_end(self, text: str, at: int) -> int:
        if found := _OTHER_CALENDAR.match(text, at):
            return found.end()
        found = _HARD_END.search(text, at + 1)
        return found.start() if found else len(text)

    def range_or_date(self, text: str, at: int, latest: datetime.date) -> tuple[PartialDate | None, int, bool]:
        """Read a range or a date at one place: the date, where it ends, and whether bounds were lost."""
        opened = _RANGE_START.match(text, at)
        first = self.date_at(text, opened.end() if opened else at, latest)
        if first is None:
            return None, at, False
        joined = (_RANGE_AND if opened else _RANGE_TO).match(text, first[1])
        second = self.date_at(text, joined.end(), latest) if joined else None
        if second is None:
            return (None, at, False) if opened else (first[0], first[1], False)
        date, is_coarse = _span(first[0], second[0])
        return date, second[1], is_coarse

    def date_at(self, text: str, at: int, latest: datetime.date) -> tuple[PartialDate, int] | None:
        if _OTHER_CALENDAR.match(text, at):
            return None
        given = [(found.end(), _as_date(found)) for form in self.formats if (found := form.match(text, at))]
        if given:  # the longest reading counts: `%Y` also fits the beginning of a full date
            longest = max(end for end, _ in given)
            possible = {date for end, date in given if end == longest and is_possible(date, latest=latest)}
            return (possible.pop(), longest) if len(possible) == 1 else None
        for form in self.forms:
            if found := form.match(text, at):
                date = _as_date(found)
                return (date, found.end()) if is_possible(date, latest=latest) else None
        return None


def _as_date(found: re.Match[str]) -> PartialDate:
    parts = found.groupdict()
    month = parts.get("month")
    day = parts.get("day")
    return PartialDate(
        int(parts["year"]) if parts["year"] else None,
        None if not month else int(month) if month.isdecimal() else _months()[_month_key(month)],
        int(day) if day else None,
    )


def _span(first: PartialDate, second: PartialDate) -> tuple[PartialDate | None, bool]:
    """Make one date of two bounds; true when the bounds were finer than the result can say."""
    if first.year is None or second.year is None or first.year > second.year:
        return None, False
    whole_years = first.month in (None, 1) and first.day in (None, 1)
    whole_years = whole_years and second.month in (None, 12) and second.day in (None, 31)
    if first.year < second.year:
        return PartialDate(first.year, year_to=second.year), not whole_years
    month = first.month if first.month == second.month else None
    return PartialDate(first.year, month), not whole_years


def _trimmed(text: str) -> str:
    text = text.strip(' \t\r\n;,"“”')
    if text.count("(") < text.count(")"):
        text = text.rstrip(")")
    return "" if not any(letter.isalnum() for letter in text) else text


@functools.cache
def _months() -> dict[str, int]:
    months: dict[str, int] = {}
    for row in read_table(Path(__file__).parent / "tables" / "months.tsv"):
        for name in row["names"].split("|"):
            if months.setdefault(fold(name), int(row["month"])) != int(row["month"]):
                raise ModelError(f"months.tsv gives {name} to two months; mend the table")
    accented = {"août": 8, "février": 2, "févr": 2, "fév": 2, "décembre": 12, "déc": 12, "março": 3, "märz": 3}
    return months | accented


def _month_key(text: str) -> str:
    key = text.casefold()
    return key if key in _months() else fold(key)


@functools.cache
def _format_pattern(form: str, month: str) -> str:
    """Translate a strptime format; a dot also matches with spaces around it, as people type it."""
    parts = re.findall(r"%.|[^%]+|%$", form)
    pattern = ""
    for part in parts:
        if part in _DIRECTIVES:
            pattern += _DIRECTIVES[part].replace("{month}", month)
        elif part.startswith("%"):
            raise MappingError(
                f"date format with {part}: only %d %m %Y %b %B are read, since a two-digit year would be a guess"
            )
        else:
            pattern += re.escape(part).replace(r"\.", r"(?:\s*\.\s*|\s+)").replace(r"\ ", r"\s+")
    if "(?P<year>" not in pattern or pattern.count("(?P<") != len(set(re.findall(r"\?P<(\w+)>", pattern))):
        raise MappingError("a date format must hold %Y once, and no part twice; mend [dates] formats")
    return pattern
