"""Well-formed zones as matrices of bytes, one row a zone: which rows are regular, and their fields.

A row is regular when `parse_mrz` would read it without a warning, a repair or an unknown part, and without any rule
that looks at more than fixed places: every character fits its place, every check digit holds in its own place, dates
are whole days, states are known, no field begins with a filler. All other rows are the scalar parser's.
Steps, by format: characters by class -> check digits by one matrix product -> fields into the block. Then for all
formats together: dates -> states and codes by table -> the name's shape. Twin: `parse.parse_mrz`.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from matcher.documents.mrz.check_digits import VALUE_BYTES, WEIGHTS
from matcher.documents.mrz.fields import YEARS_AHEAD, read_state
from matcher.documents.mrz.layout import ALPHABET, CODE_LETTERS, DIGITS, FILLER, FORMATS, LETTERS, Layout, layouts
from matcher.documents.mrz.look_alikes import number_alphabets
from matcher.documents.types import document_class

Bytes: TypeAlias = npt.NDArray[np.uint8]
Ints: TypeAlias = npt.NDArray[np.int32]
Bools: TypeAlias = npt.NDArray[np.bool_]

_FILL = ord(FILLER)
_ZERO = ord("0")
_KINDS = (DIGITS + FILLER, LETTERS + FILLER, "MFX" + FILLER, ALPHABET)  # what may stand somewhere: one bit each
_LETTER_ROWS = 27**3
COLUMN_FORMATS = tuple(name for name in FORMATS if name != "FR-ID")  # the French card is read one by one
_NOT_READ, _IRREGULAR = -2, -1
_FILLER_LIKE = np.isin(np.arange(256), np.frombuffer(b"KCLX<", np.uint8))
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int32)


class CodePool:
    """Texts of three or two letters read once each: letters to a row of `values`, irregular ones to -1."""

    def __init__(self, read: Callable[[str], tuple[str | None, ...] | None]) -> None:
        """Start with nothing read; `read` gives the values of a code, or None where it is irregular."""
        self._read = read
        self._rows = np.full(_LETTER_ROWS, _NOT_READ, np.int32)
        self.values: list[tuple[str | None, ...]] = []

    def rows_of(self, codes: Bytes) -> Ints:
        """Return the row of `values` for each code, a matrix of letters and fillers, or -1."""
        letters = np.where(codes == _FILL, 0, codes - 64).astype(np.int32)
        keys = functools.reduce(lambda key, column: key * 27 + column, letters.T)
        rows: Ints = self._rows[keys]
        for key in np.unique(keys[rows == _NOT_READ]):
            text = bytes(codes[np.flatnonzero(keys == key)[0]]).decode("ascii")
            self._add(int(key), text)
            rows = self._rows[keys]
        return rows

    def _add(self, key: int, text: str) -> None:
        read = self._read(text)
        self._rows[key] = _IRREGULAR if read is None else len(self.values)
        if read is not None:
            self.values.append(read)


def _state_values(text: str) -> tuple[str | None] | None:
    code, is_known = read_state(text)
    return (code,) if is_known else None


def _code_values(text: str) -> tuple[str, str | None]:
    code = text.strip(FILLER)
    return code, document_class(code)


STATES = CodePool(_state_values)
CODES = CodePool(_code_values)


@dataclass(frozen=True, slots=True)
class Dates:
    """Whole days of the Gregorian calendar, and which rows are one."""

    year: Ints
    month: Ints
    day: Ints
    regular: Bools

    @property
    def key(self) -> Ints:
        """Days in the order of time, as `YYYYMMDD`."""
        return self.year * 10_000 + self.month * 100 + self.day


@dataclass(frozen=True, slots=True)
class NameShape:
    """Where the name's parts are: length of the whole, of the primary identifier, and which rows are regular."""

    length: Ints
    primary: Ints
    regular: Bools


@dataclass(frozen=True, slots=True)
class Reading:
    """What the fields of a block say, and which rows are regular."""

    codes: Ints
    issuers: Ints
    nationalities: Ints
    birth: Dates
    expiry: Dates
    name: NameShape
    regular: Bools


@dataclass(frozen=True, slots=True)
class Tables:
    """A layout as arrays.

    Attributes:
        forbidden: Bit of the kind that is asked for at each offset; a character holds the bits that it is not.
        word: Type of which a whole number makes one zone, so that bytes are looked at together.
        first: First offset that any check digit covers.
        weights: Of each check digit at each offset from `first` on.
    """

    forbidden: Bytes
    word: npt.DTypeLike
    first: int
    weights: npt.NDArray[np.float32]


def _is_not() -> bytes:
    """For every byte, the bits of the kinds of `_KINDS` that it is not one of."""
    return bytes(sum(1 << bit for bit, one in enumerate(_KINDS) if chr(code) not in one) for code in range(256))


_IS_NOT = _is_not()


@functools.cache
def tables(layout_name: str) -> Tables:
    """Return the arrays of a layout."""
    layout = layouts()[layout_name]
    forbidden = [1 << _KINDS.index(allowed) for allowed in layout.allowed]
    first = min(check.ranges[0][0] for check in layout.checks)
    weights = np.zeros((layout.size, len(layout.checks)), np.float32)
    for column, check in enumerate(layout.checks):
        for place, offset in enumerate(check.covers):
            weights[offset, column] = WEIGHTS[place % 3]
    word = np.uint64 if layout.size % 8 == 0 else np.uint16
    return Tables(np.array(forbidden, np.uint8), word, first, weights[first:])


def _translate(zones: Bytes, table: bytes) -> Bytes:
    return np.frombuffer(zones.tobytes().translate(table), np.uint8).reshape(zones.shape)


def regular_checks(layout: Layout, zones: Bytes) -> Bools:
    """Tell which zones have only characters that fit and check digits that hold in their own place."""
    arrays = tables(layout.format)
    misfits = _translate(zones, _IS_NOT) & arrays.forbidden
    fits = np.asarray(misfits.view(arrays.word).max(axis=1) == 0)
    sums = _translate(zones[:, arrays.first :], VALUE_BYTES).astype(np.float32) @ arrays.weights
    expected = sums.astype(np.int32) % 10
    for column, check in enumerate(layout.checks):
        found = zones[:, check.offset]
        holds = found == expected[:, column] + _ZERO
        if FILLER in check.empty and check.field == "optional_data":
            start, end = check.ranges[0]
            blank = np.flatnonzero(found == _FILL)
            holds[blank] = content_length(zones[blank, start:end]) == 0
        fits &= holds
    return fits


class Block:
    """Fields of zones of any format, side by side: one row of bytes a zone and field, filled up with fillers.

    Attributes:
        fields: Matrix of bytes by field name, as wide as the widest format's.
        format: Index in `layout.FORMATS`, a row a zone.
        truncated: Whether the last character of the zone's own name field is a letter.
        filled: Which rows hold a zone whose characters fit and whose check digits hold.
    """

    def __init__(self, n_rows: int) -> None:
        """Start with no zone in any of the rows."""
        self.fields: dict[str, Bytes] = {
            field: np.full((n_rows, width), _FILL, np.uint8) for field, width in _widths().items()
        }
        self.format: npt.NDArray[np.int8] = np.zeros(n_rows, np.int8)
        self.truncated: Bools = np.zeros(n_rows, bool)
        self.filled: Bools = np.zeros(n_rows, bool)

    def put(self, layout: Layout, rows: npt.NDArray[np.int64], zones: Bytes) -> None:
        """Put the zones of a matrix that pass their checks into rows, which ascend."""
        passed = regular_checks(layout, zones) & regular_codes(layout, zones)
        if not passed.all():
            rows, zones = rows[passed], zones[passed]
        if not len(rows):
            return
        is_run = rows[-1] - rows[0] == len(rows) - 1
        places: Any = slice(rows[0], rows[-1] + 1) if is_run else rows
        for field, span in layout.spans.items():
            self.fields[field][places, : span.end - span.start] = zones[:, span.start : span.end]
        self.format[places] = FORMATS.index(layout.format)
        self.truncated[places] = zones[:, layout.spans["name"].end - 1] != _FILL
        self.filled[places] = True

    def keep(self, rows: npt.NDArray[np.int64]) -> None:
        """Keep some rows only."""
        self.fields = {field: data[rows] for field, data in self.fields.items()}
        self.format, self.truncated, self.filled = self.format[rows], self.truncated[rows], self.filled[rows]


@functools.cache
def _widths() -> dict[str, int]:
    widths: dict[str, int] = {}
    for layout in (one for name, one in layouts().items() if name in COLUMN_FORMATS):
        for field, span in layout.spans.items():
            widths[field] = max(widths.get(field, 0), span.end - span.start)
    return widths


def content_length(field: Bytes) -> Ints:
    """Count the characters of each row up to its last one that is no filler."""
    places = np.arange(1, field.shape[1] + 1, dtype=np.uint8)
    return np.asarray(((field != _FILL) * places).max(axis=1), dtype=np.int32)


def _six_digits(field: Bytes) -> tuple[Ints, Ints, Ints, Bools]:
    digits = field.astype(np.int32) - _ZERO
    is_whole = np.asarray((digits.min(axis=1) >= 0) & (digits.max(axis=1) <= 9))
    return (
        digits[:, 0] * 10 + digits[:, 1],
        digits[:, 2] * 10 + digits[:, 3],
        digits[:, 4] * 10 + digits[:, 5],
        is_whole,
    )


def _is_day(year: Ints, month: Ints, day: Ints) -> Bools:
    """Tell which rows are days; a month or day of 00 is not, since it says that the part is unknown."""
    has_month = (month >= 1) & (month <= 12)
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    days = _MONTH_DAYS[np.where(has_month, month, 0)] + ((month == 2) & is_leap)
    return np.asarray(has_month & (day >= 1) & (day <= days))


def read_dates(block: Block, *, today: datetime.date) -> tuple[Dates, Dates]:
    """Read birth dates and ends of validity, with their centuries."""
    century = today.year // 100 * 100
    year, month, day, is_whole = _six_digits(block.fields["expiry_date"])
    year = year + century
    year = np.where(year > today.year + YEARS_AHEAD, year - 100, year)
    year = np.where(year <= today.year + YEARS_AHEAD - 100, year + 100, year)
    expiry = Dates(year, month, day, is_whole & _is_day(year, month, day))
    latest = np.minimum(today.year * 10_000 + today.month * 100 + today.day, expiry.key)
    year, month, day, is_whole = _six_digits(block.fields["birth_date"])
    year = year + century
    year = np.where(year * 10_000 + month * 100 + day > latest, year - 100, year)
    return Dates(year, month, day, is_whole & _is_day(year, month, day)), expiry


def name_shape(field: Bytes) -> NameShape:
    """Find the parts of names; regular ones have one `<<` at most, and no filler at the beginning."""
    width = field.shape[1]
    length = content_length(field)
    is_filler = field == _FILL
    double = (
        is_filler[:, :-1] & is_filler[:, 1:] & (np.arange(1, width, dtype=np.uint8) < length.astype(np.uint8)[:, None])
    )
    first = np.argmax(double, axis=1)
    has_double = double[np.arange(len(double)), first]
    double[np.arange(len(double)), first] = False
    primary = np.where(has_double, first, length).astype(np.int32)
    regular = (length > 0) & ~is_filler[:, 0] & ~double.any(axis=1) & ~_ends_in_look_alikes(field, length)
    return NameShape(length, primary, regular)


def _ends_in_look_alikes(field: Bytes, length: Ints) -> Bools:
    """Tell which names end in four look-alikes of the filler, fillers counted: the scalar parser looks closer."""
    found = np.flatnonzero((length >= 4) & _FILLER_LIKE[field[np.arange(len(field)), length - 1]])
    ends = field[found[:, None], length[found, None] - np.arange(1, 5)]
    result = np.zeros(len(field), bool)
    result[found] = _FILLER_LIKE[ends].all(axis=1)
    return result


def regular_numbers(block: Block, issuers: Ints) -> Bools:
    """Tell which zones have a document number, and one in its issuer's alphabet."""
    number = block.fields["document_number"]
    regular: Bools = number[:, 0] != _FILL
    for issuer, alphabet in number_alphabets().items():
        own = [row for row, (code,) in enumerate(STATES.values) if code == issuer]
        suspects = np.flatnonzero(np.isin(issuers, own))
        if len(suspects):
            allowed: Any = np.zeros(256, bool)
            allowed[np.frombuffer(alphabet.encode("ascii"), np.uint8)] = True
            regular[suspects] &= allowed[number[suspects]].all(axis=1)
    return regular


def regular_codes(layout: Layout, zones: Bytes) -> Bools:
    """Tell which zones have a document code that the format allows."""
    first = zones[:, layout.spans["document_code"].start]
    return np.isin(first, np.frombuffer(CODE_LETTERS[layout.format].encode("ascii"), np.uint8))


def read_block(block: Block, *, today: datetime.date) -> Reading:
    """Read the fields of a block whose rows are all filled."""
    codes = CODES.rows_of(block.fields["document_code"])
    issuers = STATES.rows_of(block.fields["issuing_state"])
    nationalities = STATES.rows_of(block.fields["nationality"])
    birth, expiry = read_dates(block, today=today)
    name = name_shape(block.fields["name"])
    regular = (issuers >= 0) & (nationalities >= 0) & (block.fields["issuing_state"][:, 0] != _FILL)
    regular &= birth.regular & expiry.regular & (birth.key <= expiry.key) & name.regular
    regular &= regular_numbers(block, issuers)
    return Reading(codes, issuers, nationalities, birth, expiry, name, regular)
