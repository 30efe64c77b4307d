"""Format `un-sc-xml`: the consolidated list of the United Nations Security Council.

Steps: XML without entities (`xml_source`) -> one `INDIVIDUAL` or `ENTITY` at a time -> names, dates,
nationalities, documents -> what has no column goes to the note, with its element's name.

`entry_id` is the reference number (`CDi.001`), else the data id. A birth date of an alias is a birth date of
the person: somebody may travel under it. Administrative elements (version, sort keys, day of the last
update) are not kept. `requested_action` stays null: the file says nothing of it.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from matcher.files import Disk
from matcher.ingest.dates import ANY_DAY, as_day, read_dates, read_day
from matcher.ingest.document_text import (
    FoundDocument,
    document_row,
    general_rule,
    read_documents,
    read_issuer,
    read_type,
    read_validity,
)
from matcher.ingest.names import ALIAS, ORIGINAL_SCRIPT, PRIMARY, WEAK_ALIAS, read_names
from matcher.ingest.person_cells import (
    ORGANISATION,
    PERSON,
    SANCTION,
    SUBJECT,
    Notes,
    date_rows,
    name_rows,
    read_nationalities,
    read_sex,
)
from matcher.ingest.reject import NO_ENTRY_ID, NO_NAME
from matcher.ingest.sink import Sink
from matcher.ingest.source import refuse_mapping, require_entries
from matcher.ingest.xml_source import XmlEntries
from matcher.records import PartialDate

FORMAT = "un-sc-xml"
ROOT = "CONSOLIDATED_LIST"
KINDS = {"INDIVIDUAL": PERSON, "ENTITY": ORGANISATION}
NAME_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
PLACE_PARTS = ("STREET", "CITY", "STATE_PROVINCE", "COUNTRY")
ADDRESS_PARTS = ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY", "NOTE")
WEAK_QUALITY = "low"
_NOTHING = frozenset({"", "na", "n/a", "n.a", "not available", "-"})  # "na" is not Namibia here
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[+-]\d{2}:\d{2}|Z|T.*)?")
_MONTH_ALONE = re.compile(r"[^\W\d_]+\.?")


def read(paths: Sequence[Path], sink: Sink, *, mapping: bytes | None, disk: Disk) -> None:
    """Read one or several files of the list into the sink.

    Args:
        paths: The files, as published.
        sink: Takes the entries; its `as_of` becomes the day that the last file was generated.
        mapping: Must be None.
        disk: The seam for disk access.

    Raises:
        InputError: a file is not this format, damaged, or holds entities; or no entry was found.
        UsageError: a mapping was given.
    """
    refuse_mapping(mapping, FORMAT)
    row = 0
    for path in paths:
        entries = XmlEntries(path, disk, ROOT, KINDS)
        for tag, element, fault in entries:
            row += 1
            if element is None:
                sink.reject(row, str(fault), source_file=path.name)
                continue
            _Entry(element, KINDS[tag], sink, row).put(path.name)
        sink.as_of = entries.root.get("dateGenerated") or sink.as_of
    require_entries(sink, paths)


def _text(element: Element, tag: str) -> str:
    """Return a child's text on one line, "" where it is missing or says `na`."""
    text = " ".join((element.findtext(tag) or "").split())
    return "" if _is_nothing(text) else text


def _is_nothing(text: str) -> bool:
    return text.lower().rstrip(".,;") in _NOTHING


def _values(element: Element, tag: str) -> Iterator[str]:
    for value in element.iterfind(f"{tag}/VALUE"):
        text = " ".join((value.text or "").split())
        if not _is_nothing(text):
            yield text


def _joined(element: Element, tags: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(filter(None, (_text(element, tag) for tag in tags))))


class _Entry:
    """One element while it is read."""

    def __init__(self, element: Element, kind: str, sink: Sink, row: int) -> None:
        self.element, self.kind, self.sink, self.row = element, kind, sink, row
        self.prefix = "INDIVIDUAL" if kind == PERSON else "ENTITY"
        self.notes = Notes(sink)
        self.dates: list[PartialDate] = []
        self.places: list[str] = []
        self.documents: list[FoundDocument] = []

    def put(self, source_file: str) -> None:
        """Hand the entry and its documents to the sink, or a reject."""
        reference, data_id = _text(self.element, "REFERENCE_NUMBER"), _text(self.element, "DATAID")
        names = self.names()
        if not (reference or data_id) or not names:
            self.sink.reject(self.row, NO_NAME if reference or data_id else NO_ENTRY_ID, source_file=source_file)
            return
        self.birth_dates()
        self.birth_places()
        nationalities = self.nationalities()
        for element in self.element.iterfind(f"{self.prefix}_DOCUMENT"):
            self.document(element)
        sex = read_sex(_text(self.element, "GENDER"), self.notes, "gender")
        entered_on = self.entered_on()
        self.remarks()
        row: dict[str, Any] = {
            "entry_id": reference or data_id,
            "kind": self.kind,
            "source_reference": reference or None,
            "category": SANCTION,
            "role": SUBJECT if self.kind == PERSON else None,
            "purpose": _text(self.element, "UN_LIST_TYPE") or None,
            "entered_on": entered_on,
            "names": names,
            "birth_dates": date_rows(self.dates),
            "sex": sex,
            "nationalities": nationalities or None,
            "birth_places": list(dict.fromkeys(self.places)) or None,
            "note": self.notes.text(),
            "source_row": self.row,
        }
        entry_id = self.sink.person(row, source_file)
        for document in self.documents:
            self.sink.document(document_row(document, entry_id, SANCTION, self.row))

    def names(self) -> list[dict[str, Any]]:
        """Read the name, its original script and the aliases."""
        parts = NAME_PARTS if self.kind == PERSON else NAME_PARTS[:1]
        found: list[tuple[str, str, str | None]] = []
        if name := " ".join(filter(None, (_text(self.element, tag) for tag in parts))):
            found.append((name, PRIMARY, None))
        if script := _text(self.element, "NAME_ORIGINAL_SCRIPT"):
            found.append((script, ORIGINAL_SCRIPT, None))
        for alias in self.element.iterfind(f"{self.prefix}_ALIAS"):
            quality = _text(alias, "QUALITY")
            kind = WEAK_ALIAS if quality.lower() == WEAK_QUALITY else ALIAS
            cell = alias.findtext("ALIAS_NAME") or ""
            cell = "" if _is_nothing(cell.strip()) else cell
            read = read_names(cell)
            found += [(text, kind, quality) for text in read.names]
            if read.is_rewritten:
                self.notes.keep("alias as listed", " ".join(cell.split()))
            self.notes.unread("alias", "alias", read.left)
            self.notes.keep("alias note", _text(alias, "NOTE"))
            self.read_dates(_text(alias, "DATE_OF_BIRTH"))
            self.places.append(_joined(alias, ("CITY_OF_BIRTH", "COUNTRY_OF_BIRTH")))
        return name_rows(found) if any(letter.isalpha() for text, _, _ in found for letter in text) else []

    def read_dates(self, text: str, *, is_approximate: bool = False) -> None:
        dates, left = read_dates(text)
        self.dates += [dataclasses.replace(date, approximate=date.approximate or is_approximate) for date in dates]
        self.notes.unread("birth_date", "birth date", left)

    def birth_dates(self) -> None:
        for element in self.element.iterfind(f"{self.prefix}_DATE_OF_BIRTH"):
            kind, note = _text(element, "TYPE_OF_DATE").upper(), _text(element, "NOTE")
            is_approximate = kind == "APPROXIMATELY" or note.lower() == "approximately"
            text = _text(element, "DATE") or _text(element, "YEAR")
            if found := _DAY.fullmatch(text):
                text = found[1]
            if kind == "BETWEEN" or _text(element, "FROM_YEAR"):
                text = f"between {_text(element, 'FROM_YEAR')} and {_text(element, 'TO_YEAR')}"
            elif len(text) == 4 and _MONTH_ALONE.fullmatch(note) and read_dates(f"{note} {text}")[0]:
                text, note = f"{note} {text}", ""
            elif not text:
                text, note = note, ""
            self.read_dates(text, is_approximate=is_approximate)
            if note.lower() != "approximately":
                self.notes.keep("birth date note", note)

    def birth_places(self) -> None:
        for element in self.element.iterfind(f"{self.prefix}_PLACE_OF_BIRTH"):
            self.places.append(_joined(element, PLACE_PARTS))
            self.notes.keep("birth place note", _text(element, "NOTE"))
        self.places = [place for place in self.places if place]

    def nationalities(self) -> list[str]:
        codes: list[str] = []
        for value in _values(self.element, "NATIONALITY"):
            found, left = read_nationalities(value)
            codes += found
            self.notes.unread("nationality", "nationality", left)
        return list(dict.fromkeys(codes))

    def entered_on(self) -> datetime.date | None:
        text = _text(self.element, "LISTED_ON")
        found = _DAY.fullmatch(text)
        day = read_day(found[1]) if found else None
        if text and day is None:
            self.notes.unread("entered_on", "listed on", text)
        return day

    def document(self, element: Element) -> None:
        """Read one document; where the number's cell holds words, those say issuer and type too."""
        listed, refined = _text(element, "TYPE_OF_DOCUMENT"), _text(element, "TYPE_OF_DOCUMENT2")
        number, note = _text(element, "NUMBER"), _text(element, "NOTE")
        if not (listed or number or note):
            return
        kind = read_type(listed) or listed or None
        if refined and (narrower := read_type(refined)):
            kind = narrower
        found, left = read_documents(number, general_rule(), kind)
        if not number and any(letter.isdigit() for letter in note):
            found, left = read_documents(note, general_rule(), kind)
        if not found:
            self.notes.unread("document", "document", "; ".join(filter(None, (listed, refined, number, note))))
            return
        self.notes.unread("document", "document", left)
        issuer = read_issuer(_text(element, "ISSUING_COUNTRY")) or read_issuer(_text(element, "COUNTRY_OF_ISSUE"))
        noted_issuer = None if issuer else read_issuer(note)  # once: a cell may hold many numbers
        issued_on, expires_on = read_validity(note)
        listed_day, _ = read_dates(_text(element, "DATE_OF_ISSUE"), latest=ANY_DAY)
        day = as_day(listed_day[0]) if len(listed_day) == 1 else None
        around = "; ".join(filter(None, (refined, _text(element, "CITY_OF_ISSUE"), note)))
        for document in found:
            self.documents.append(
                dataclasses.replace(
                    document,
                    issuing_state=issuer or document.issuing_state or noted_issuer,
                    issued_on=day or document.issued_on or issued_on,
                    expires_on=document.expires_on or expires_on,
                    note="; ".join(dict.fromkeys(filter(None, (document.note, around)))) or None,
                )
            )

    def remarks(self) -> None:
        for label, values in (("title", "TITLE"), ("designation", "DESIGNATION")):
            for value in _values(self.element, values):
                self.notes.keep(label, value)
        for address in self.element.iterfind(f"{self.prefix}_ADDRESS"):
            self.notes.keep("address", _joined(address, ADDRESS_PARTS))
        self.notes.keep("submitted by", _text(self.element, "SUBMITTED_BY"))
        self.notes.keep("", _text(self.element, "COMMENTS1"))
