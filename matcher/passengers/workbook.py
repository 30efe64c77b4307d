"""Workbooks (xlsx) read as a stream of rows, in bounded memory and without following any reference outside.

Fixed order of the steps: the zip's table of contents against its bounds -> sheets and their parts -> which styles are
dates -> the shared texts -> the rows of one sheet, cell by cell from its XML.

Read with the standard library's own zip and XML readers, since the packages at hand hold the whole sheet (calamine, by
a dense grid: two cells in far corners ask for terabytes) or need 100 s and every kind of exception for a million rows
(openpyxl). What is bounded: members, their sizes and ratios, shared texts, columns, characters of a row. A document
type (the only way to entities) is refused. Formulas give their stored value; links, images and macros stay unread.
"""

from __future__ import annotations

import datetime
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple
from xml.parsers import expat

from matcher.errors import InputError
from matcher.passengers.packing import FREE_BYTES, MOST_RATIO
from matcher.passengers.row import LONGEST_ROW

MOST_MEMBERS = 2_000
MOST_BYTES = 8 << 30  # of all parts together, unpacked
MOST_PART_BYTES = 16 << 20  # of the small parts: relations, workbook, styles
MOST_TEXTS = 8_000_000
MOST_TEXT_CHARACTERS = 200_000_000
MOST_COLUMNS = 16_384  # of a sheet, by the format itself
CHUNK_BYTES = 1 << 18
Row = dict[int, str] | None  # text by 0-based column; None: over `LONGEST_ROW` characters
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError, ValueError)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), *range(50, 59)])  # built in (ECMA-376 18.8.30)
_NOT_LETTERS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')  # what a number format shows as it is
_EPOCH_1900, _EPOCH_1904 = datetime.date(1899, 12, 30), datetime.date(1904, 1, 1)
_LEAP_1900 = 60  # Excel counts a 29 February 1900: earlier days are one further on


class _Sheet(NamedTuple):
    name: str
    part: str
    is_hidden: bool


class Workbook:
    """An open workbook: its sheets, its shared texts, and the rows of a sheet as they are asked for."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._name = name
        try:
            self._zip = zipfile.ZipFile(stream)
        except _FAULTS as error:
            raise self._damaged() from error
        self._members = {member.filename: member for member in self._zip.infolist()}
        self._check_bounds()
        self._epoch = _EPOCH_1900
        self._sheets = self._find_sheets()
        self._dates = self._date_styles()

    def choose(self, sheet: str | None) -> str:
        """Return the name of the sheet to read: the one asked for, else the first that isn't hidden.

        Raises:
            InputError: there is none of that name.
        """
        if sheet is None:
            shown = [one.name for one in self._sheets if not one.is_hidden]
            return (shown or [self._sheets[0].name])[0]
        if sheet not in {one.name for one in self._sheets}:
            raise InputError(f"{self._name} has {len(self._sheets)} sheets and none of the name given; mend the name")
        return sheet

    def rows(self, sheet: str) -> Iterator[Row]:
        """Give the rows of a sheet that hold something, each as texts by column: far cells cost no more."""
        part = next(one.part for one in self._sheets if one.name == sheet)
        texts = self._shared_texts()
        reader = _SheetReader(texts, self._dates, self._epoch)
        for _ in self._feed(part, reader.start, reader.end, reader.characters):
            yield from reader.taken()

    def _check_bounds(self) -> None:
        members = self._members.values()
        if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_BYTES:
            raise InputError(f"{self._name} unpacks to more than a workbook may; save the sheet as CSV")
        if any(member.file_size > FREE_BYTES + MOST_RATIO * member.compress_size for member in members):
            raise InputError(f"{self._name} unpacks to over {MOST_RATIO} times its size, a bomb; save the sheet as CSV")
        if any(member.flag_bits & 0x1 for member in members):
            raise InputError(f"{self._name} is encrypted; save it without a password")

    def _damaged(self) -> InputError:
        return InputError(f"{self._name} is not a whole xlsx workbook; save it again, or give the format it has")

    def _feed(
        self,
        part: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        characters: Callable[[str], None] | None = None,
        *,
        most_bytes: int = MOST_BYTES,
    ) -> Iterator[None]:
        """Parse a part, pausing after every chunk; a part that isn't there is as good as empty."""
        member = self._members.get(part)
        if member is None:
            return
        if member.file_size > most_bytes:
            raise InputError(f"{self._name} has a part of over {most_bytes >> 20} MB; save the sheet as CSV")
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = characters
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        try:
            with self._zip.open(member) as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    parser.Parse(chunk, False)
                    yield
                parser.Parse(b"", True)
                yield
        except (*_FAULTS, expat.ExpatError) as error:
            raise self._damaged() from error

    def _refuse_doctype(self, *_: object) -> None:
        raise InputError(f"{self._name} holds a document type, which workbooks never have; save it again")

    def _elements(self, part: str) -> list[tuple[str, dict[str, str]]]:
        """Return the elements of a small part in order, names without prefix."""
        found: list[tuple[str, dict[str, str]]] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            found.append((_local(name), {_local(key): value for key, value in attributes.items()}))

        for _ in self._feed(part, start, most_bytes=MOST_PART_BYTES):
            pass
        return found

    def _find_sheets(self) -> list[_Sheet]:
        targets = {
            one["Id"]: one["Target"]
            for name, one in self._elements("xl/_rels/workbook.xml.rels")
            if name == "Relationship" and one.keys() >= {"Id", "Target"} and one.get("TargetMode") != "External"
        }
        sheets = []
        for name, one in self._elements("xl/workbook.xml"):
            if name == "workbookPr" and one.get("date1904") in ("1", "true"):
                self._epoch = _EPOCH_1904
            target = targets.get(one.get("id", "")) if name == "sheet" else None
            part = posixpath.normpath(posixpath.join("/xl", target))[1:] if target else ""
            if part in self._members:
                sheets.append(_Sheet(one.get("name", ""), part, one.get("state", "visible") != "visible"))
        if not sheets:
            raise self._damaged()
        return sheets

    def _date_styles(self) -> frozenset[str]:
        """Return the cell styles (as written in a cell's `s`) that show a date."""
        custom: dict[str, bool] = {}
        styles: list[str] = []
        group = ""
        for name, one in self._elements("xl/styles.xml"):
            if name == "numFmt":
                shown = _NOT_LETTERS.sub("", one.get("formatCode", "")).lower().split(";")[0]
                custom[one.get("numFmtId", "")] = "y" in shown or ("d" in shown and "m" in shown)
            elif name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
                group = name
            elif name == "xf" and group == "cellXfs":
                styles.append(one.get("numFmtId", "0"))
        built_in = {str(number) for number in _DATE_FORMATS}
        return frozenset(str(place) for place, one in enumerate(styles) if custom.get(one, one in built_in))

    def _shared_texts(self) -> list[str]:
        texts = _TextsReader(self._name)
        for _ in self._feed("xl/sharedStrings.xml", texts.start, texts.end, texts.characters):
            pass
        return texts.found


class _TextsReader:
    """Collects the shared texts: the runs of each, without their phonetic reading."""

    def __init__(self, name: str) -> None:
        self.found: list[str] = []
        self._name = name
        self._parts: list[str] = []
        self._is_text = self._is_phonetic = False
        self._n_characters = 0

    def start(self, name: str, _: dict[str, str]) -> None:
        name = _local(name)
        self._is_text = name == "t" and not self._is_phonetic
        self._is_phonetic = self._is_phonetic or name == "rPh"

    def characters(self, text: str) -> None:
        if self._is_text:
            self._parts.append(text)
            self._n_characters += len(text)
            if self._n_characters > MOST_TEXT_CHARACTERS:
                raise InputError(f"{self._name} has over {MOST_TEXT_CHARACTERS} characters of text; save it as CSV")

    def end(self, name: str) -> None:
        name = _local(name)
        self._is_text = False
        if name == "rPh":
            self._is_phonetic = False
        elif name == "si":
            self.found.append("".join(self._parts))
            self._parts.clear()
            if len(self.found) > MOST_TEXTS:
                raise InputError(f"{self._name} has over {MOST_TEXTS} texts; save the sheet as CSV")


class _SheetReader:
    """Collects the rows of a sheet from the events of its XML."""

    def __init__(self, texts: list[str], dates: frozenset[str], epoch: datetime.date) -> None:
        self._texts, self._dates, self._epoch = texts, dates, epoch
        self._rows: list[Row] = []
        self._cells: dict[int, str] = {}
        self._places: dict[str, int] = {}
        self._column = 0
        self._kind, self._style = "n", ""
        self._parts: list[str] | None = None
        self._value = ""
        self._size = 0

    def taken(self) -> list[Row]:
        """Hand over the rows collected so far."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        if name == "c":
            reference = attributes.get("r")
            self._column = self._place(reference) if reference else self._column
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._value = ""
        elif name == "v" or name == "t":
            self._parts = []
        elif name == "row":
            self._cells, self._column, self._size = {}, 0, 0

    def characters(self, text: str) -> None:
        if self._parts is not None and self._size <= LONGEST_ROW:
            self._parts.append(text)
            self._size += len(text)

    def end(self, name: str) -> None:
        name = _local(name)
        if name == "v" or name == "t":
            if self._parts is not None:
                self._value += "".join(self._parts)
            self._parts = None
        elif name == "c":
            if self._value and self._column < MOST_COLUMNS:
                self._put(self._text(self._value))
            self._column += 1
        elif name == "row" and self._cells:
            self._rows.append(self._cells if self._size <= LONGEST_ROW else None)

    def _put(self, text: str | None) -> None:
        if text:
            self._cells[self._column] = text
            self._size += len(text)

    def _place(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        place = self._places.get(letters)
        if place is None:
            place = 0
            for letter in letters[:4].upper():
                place = place * 26 + _LETTERS.index(letter) + 1
            self._places[letters] = place = place - 1
            if not 0 <= place < MOST_COLUMNS:
                raise ValueError("a column outside the sheet")
        return place

    def _text(self, value: str) -> str | None:
        kind = self._kind
        if kind == "s":
            number = int(value)
            if not 0 <= number < len(self._texts):
                raise ValueError("a text that isn't there")
            return self._texts[number]
        if kind == "n":
            return self._day(value) if self._style in self._dates else _number(value)
        if kind == "b":
            return "true" if value == "1" else "false"
        return None if kind == "e" else value

    def _day(self, value: str) -> str:
        """Write a day's number as an ISO date; what is none as it stands."""
        try:
            number = int(float(value))
            if self._epoch == _EPOCH_1900 and number < _LEAP_1900:
                number += 1
            return (self._epoch + datetime.timedelta(days=number)).isoformat()
        except (ValueError, OverflowError):
            return value


def _local(name: str) -> str:
    return name.rpartition(":")[2] if ":" in name else name


def _number(value: str) -> str:
    """Write a number as a person would read it in the cell: document numbers without point or exponent."""
    if value.isdecimal():
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else value
