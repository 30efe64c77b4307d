"""Where each field of a machine readable zone stands, read from `tables/mrz_layouts.tsv`.

A zone is held as one run-on text, its lines joined; every place is a 0-based offset in that text. Positions in the
table and in what callers see are 1-based lines and columns, as ICAO counts.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from matcher.documents.words import read_table
from matcher.errors import ModelError

FILLER = "<"
DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALPHABET = DIGITS + LETTERS + FILLER
FORMATS = ("TD1", "TD2", "TD3", "MRV-A", "MRV-B", "FR-ID")
# First letter of the document code that the format allows; another one is a warning (9303-4 to -7).
CODE_LETTERS = {"TD1": "ACI", "TD2": "ACI", "TD3": "P", "MRV-A": "V", "MRV-B": "V", "FR-ID": "I"}
TABLES = Path(__file__).parent.parent / "tables"
_SHAPES = {"TD1": (3, 30), "TD2": (2, 36), "TD3": (2, 44), "MRV-A": (2, 44), "MRV-B": (2, 36), "FR-ID": (2, 36)}
_ALLOWED = {
    "code": LETTERS + FILLER,
    "state": LETTERS + FILLER,
    "name": LETTERS + FILLER,
    "date": DIGITS + FILLER,
    "sex": "MFX" + FILLER,
    "check": DIGITS + FILLER,
    "text": ALPHABET,
}
_CLASSES = {allowed: f"[{re.escape(allowed)}]" for allowed in set(_ALLOWED.values())}


@dataclass(frozen=True, slots=True)
class Span:
    """A field: its name, its kind and the offsets where it begins and ends."""

    field: str
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Check:
    """A check digit.

    Attributes:
        field: What it is for, or `composite`.
        offset: Where it stands.
        ranges: Runs of offsets that it covers, first and one past the last, in order.
        empty: What it may be when they all hold filler.
        also: Other runs that some issuers compute it over; empty: one convention.
    """

    field: str
    offset: int
    ranges: tuple[tuple[int, int], ...]
    empty: str
    also: tuple[tuple[int, int], ...] = ()

    @property
    def covers(self) -> tuple[int, ...]:
        """Every offset that it covers, in order."""
        return offsets_in(self.ranges)


@functools.lru_cache(maxsize=512)
def offsets_in(ranges: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    """Return every offset of some runs, in order."""
    return tuple(offset for start, end in ranges for offset in range(start, end))


@dataclass(frozen=True)
class Layout:
    """One format: `lines` lines of `width` characters.

    Attributes:
        spans: Fields by name, without check digits.
        checks: Check digits in the order of the table, the composite last.
        allowed: Characters that may stand at each offset.
        pattern: Matches a zone in which every character is one of those.
    """

    format: str
    lines: int
    width: int
    spans: Mapping[str, Span]
    checks: tuple[Check, ...]
    allowed: tuple[str, ...]
    pattern: re.Pattern[str]

    @property
    def size(self) -> int:
        """Characters of the whole zone."""
        return self.lines * self.width

    def part(self, zone: str, field: str) -> str:
        """Return a field as it stands in the zone; empty when the format has no such field."""
        span = self.spans.get(field)
        return "" if span is None else zone[span.start : span.end]

    def check_of(self, field: str) -> Check | None:
        """Return the check digit of a field, or None."""
        return next((check for check in self.checks if check.field == field), None)

    def place(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column of an offset."""
        return offset // self.width + 1, offset % self.width + 1

    def misfits(self, zone: str) -> int:
        """Count the characters that cannot stand where they are."""
        if self.pattern.fullmatch(zone):
            return 0
        return sum(letter not in allowed for letter, allowed in zip(zone, self.allowed, strict=True))


@functools.cache
def layouts() -> dict[str, Layout]:
    """Return every format's layout.

    Examples:
        >>> td3 = layouts()["TD3"]
        >>> td3.size, td3.spans["document_number"], td3.check_of("composite").offset
        (88, Span(field='document_number', kind='text', start=44, end=53), 87)
    """
    rows = read_table(TABLES / "mrz_layouts.tsv")
    if {row["format"] for row in rows} != set(FORMATS) or not {row["kind"] for row in rows} <= set(_ALLOWED):
        raise ModelError("mrz_layouts.tsv has a format or kind that isn't known; mend the table")
    return {name: _layout(name, [row for row in rows if row["format"] == name]) for name in FORMATS}


def _layout(name: str, rows: list[dict[str, str]]) -> Layout:
    lines, width = _SHAPES[name]
    spans: dict[str, Span] = {}
    checks: list[Check] = []
    allowed = [""] * (lines * width)
    for row in rows:
        start, end = _offsets(f"{row['line']}:{row['first']}-{row['last']}", width)
        for offset in range(start, end):
            if allowed[offset]:
                raise ModelError(f"mrz_layouts.tsv gives {name} two fields in one place; mend the table")
            allowed[offset] = _ALLOWED[row["kind"]]
        if row["kind"] == "check":
            ranges = tuple(_offsets(one, width) for one in row["covers"].split())
            checks.append(Check(row["field"], start, ranges, row["empty"]))
        else:
            spans[row["field"]] = Span(row["field"], row["kind"], start, end)
    if not all(allowed):
        raise ModelError(f"mrz_layouts.tsv leaves a place of {name} without a field; mend the table")
    pattern = re.compile("".join(_CLASSES[one] for one in allowed))
    checks.sort(key=lambda check: check.field == "composite")
    return Layout(name, lines, width, spans, tuple(checks), tuple(allowed), pattern)


def _offsets(text: str, width: int) -> tuple[int, int]:
    line, _, columns = text.partition(":")
    first, _, last = columns.partition("-")
    before = (int(line) - 1) * width
    return before + int(first) - 1, before + int(last)
