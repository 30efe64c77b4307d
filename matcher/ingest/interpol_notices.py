"""Format `interpol-notices-json`: notices as INTERPOL's public interface gives them, list or detail form.

Steps: objects (`json_source`; pages of a list stand for their notices) -> colour -> names, birth date,
places, nationalities, documents, warrants -> members that have no column go to the note, by name.

The colour is taken from the notice's own address, else from members that only one colour has, else from
`[constants] category` of the mapping, else it is `other` and counted. It gives the role: red is a suspect,
yellow a missing person and protective. `requested_action` stays null unless the constants say it: no member
does. The same notice twice, as overlapping pages bring it, is kept once and counted as dropped; two notices
with one id are both kept. Weights, heights, languages, charges and the like are in the note.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from matcher.dates import parse_birth_date
from matcher.documents.states import state_code
from matcher.files import Disk
from matcher.ingest.dates import ANY_DAY, as_day, read_dates
from matcher.ingest.document_text import FoundDocument, document_row, general_rule, read_documents, read_type
from matcher.ingest.json_source import read_objects
from matcher.ingest.json_values import Members, is_name, note_text, usable_id
from matcher.ingest.mapping import OTHER, parse_constants
from matcher.ingest.names import ALIAS, ORIGINAL_SCRIPT, PRIMARY, read_names
from matcher.ingest.person_cells import (
    ORGANISATION,
    PERSON,
    PROTECTIVE_ROLES,
    SUBJECT,
    Notes,
    date_rows,
    name_rows,
    read_nationalities,
    read_sex,
)
from matcher.ingest.reject import NO_ENTRY_ID, NO_NAME
from matcher.ingest.sink import Sink
from matcher.ingest.source import require_entries
from matcher.records import Name, PartialDate

FORMAT = "interpol-notices-json"
PAGE = ("_embedded", "notices")
ROLES = {"red": "suspect", "yellow": "missing"}
ONLY_IN = {  # members that one colour has, first found decides (domain facts 4.4)
    "un_reference": "un", "un_resolution": "un", "arrest_warrants": "red", "date_of_event": "yellow",
    "father_name": "yellow", "mother_name": "yellow",
}  # fmt: skip
_COLOUR = re.compile(r"/(red|blue|green|yellow|black|orange|purple|silver|un)(?=[/?]|$)")
_DAY = re.compile(r"\d{4}(?:[/-]\d{1,2}(?:[/-]\d{1,2})?)?")
_NUMERIC = re.compile(r"[\d/. -]+")
_ENVELOPE = ("_links", "_embedded")
_NUMBER, _TYPE = ("number", "document_number"), ("type", "document_type", "type_id")
_ISSUER = ("issuing_country_id", "issuing_country", "country_id", "country")


def read(paths: Sequence[Path], sink: Sink, *, mapping: bytes | None, disk: Disk) -> None:
    """Read one or several files of notices into the sink.

    Args:
        paths: JSON files: one object a line, an array, pages of the list form, or one notice each.
        sink: Takes the entries.
        mapping: None, or a TOML mapping with `[constants]` alone, for what the notices themselves don't say.
        disk: The seam for disk access.

    Raises:
        InputError: a file is empty, damaged or no JSON; or no notice was found.
        MappingError: the mapping holds something else, or an unknown constant.
    """
    constants = parse_constants(mapping)
    seen: set[bytes] = set()
    row = 0
    for path in paths:
        for notice, fault in read_objects(path, disk, within=PAGE):
            row += 1
            if notice is None:
                sink.reject(row, fault or NO_ENTRY_ID, source_file=path.name)
                continue
            digest = hashlib.blake2b(msgspec.json.encode(notice, order="sorted"), digest_size=12).digest()
            if digest in seen:
                sink.dropped += 1
                continue
            seen.add(digest)
            _Notice(notice, constants, sink, row).put(path.name)
    require_entries(sink, paths)


class _Notice:
    """One notice while it is read."""

    def __init__(self, notice: dict[str, Any], constants: dict[str, Any], sink: Sink, row: int) -> None:
        self.sink, self.row, self.constants = sink, row, constants
        self.notes = Notes(sink)
        self.members = Members(notice, self.notes)
        self.address = _address(notice)
        self.is_organisation = "/entities" in self.address
        self.category = _colour(self.address, notice) or constants["category"]
        self.documents: list[FoundDocument] = []

    def put(self, source_file: str) -> None:
        """Hand the entry and its documents to the sink, or a reject."""
        reference = self.members.first("un_reference")
        entry_id = usable_id(self.members.first("entity_id") or reference)
        names = self.names() if entry_id else []
        if not names:
            self.sink.reject(self.row, NO_NAME if entry_id else NO_ENTRY_ID, source_file=source_file)
            return
        if self.category == OTHER:
            self.sink.note("category")
        for value in self.members.objects("identity_documents", "document"):
            self.document(value)
        for text in self.members.take("identity_documents", "document"):
            found, left = read_documents(text, general_rule())
            self.documents += found
            self.notes.unread("document", "identity documents", left)
        role = ROLES.get(self.category) or self.constants.get("role")
        role = role or (None if self.is_organisation else SUBJECT)
        row: dict[str, Any] = {
            **self.constants,
            "entry_id": entry_id,
            "kind": ORGANISATION if self.is_organisation else PERSON,
            "source_reference": reference or None,
            "category": self.category,
            "role": role,
            "protective": role in PROTECTIVE_ROLES or self.constants.get("protective"),
            "source_owner": self.warrants() or self.constants.get("source_owner"),
            "purpose": "; ".join(self.members.take("purposes", "purpose")) or self.constants.get("purpose"),
            "names": names,
            "birth_dates": date_rows(self.birth_dates()),
            "sex": read_sex(self.members.first("sex_id", "sex"), self.notes, "sex"),
            "nationalities": self.nationalities() or None,
            "birth_places": self.birth_places() or None,
            "source_row": self.row,
        }
        self.members.keep_rest(_ENVELOPE)
        row["note"] = self.notes.text()
        unique_id = self.sink.person(row, source_file)
        for document in self.documents:
            self.sink.document(document_row(document, unique_id, self.category, self.row))

    def names(self) -> list[dict[str, Any]]:
        """Read the name, the name at birth, the original script and the aliases."""
        take = self.members.first
        family, given = take("name"), take("forename")
        found: list[tuple[str, str, str | None]] = [
            (_joined(family, given), PRIMARY, None),
            (_joined(take("name_in_original_script"), take("forename_in_original_script")), ORIGINAL_SCRIPT, None),
        ]
        if birth_name := take("birth_name"):
            found.append((_joined(birth_name, given), ALIAS, "birth name"))
        found += [(text, ALIAS, "name at birth") for text in self.members.take("name_at_birth", "name")]
        for alias in self.members.objects("aliases", "alias"):
            inner = Members(alias, self.notes)
            parts = [inner.first(name, "alias") for name in ("name", "forename")]
            text = inner.first("alias", "alias") or _joined(*parts)
            found.append((text, ALIAS, inner.first("quality", "alias") or None))
            inner.keep_rest()
        for cell in self.members.take("aliases", "alias"):
            read = read_names(cell)
            found += [(text, ALIAS, None) for text in read.names]
            if read.is_rewritten:
                self.notes.keep("alias as listed", cell)
            self.notes.unread("alias", "alias", read.left)
        usable = []
        for text, kind, quality in found:
            if is_name(text, needs_letter=not self.is_organisation):
                usable.append((text, kind, quality))
            else:
                self.notes.unread("name", "name", text)
        return name_rows(usable)

    def birth_dates(self) -> list[PartialDate]:
        dates: list[PartialDate] = []
        for text in self.members.take("date_of_birth", "birth_date"):
            if _NUMERIC.fullmatch(text):
                date = parse_birth_date(text) if _DAY.fullmatch(text) else None
                found, left = ([date], "") if date else ([], text)
            else:
                found, left = read_dates(text)
            dates += found
            self.notes.unread("birth_date", "date of birth", left)
        return dates

    def nationalities(self) -> list[str]:
        codes: list[str] = []
        for text in self.members.take("nationalities", "nationality"):
            found, left = read_nationalities(text)
            codes += found
            self.notes.unread("nationality", "nationality", left)
        return list(dict.fromkeys(codes))

    def birth_places(self) -> list[str]:
        """Join the place of birth with its country's code; several places stay apart from it."""
        places = self.members.take("place_of_birth", "birth_place")
        countries = [state_code(code) or code for code in self.members.take("country_of_birth_id", "birth_place")]
        if len(places) <= 1:
            return list(filter(None, [", ".join([*places, *countries])]))
        return [*places, *countries]

    def warrants(self) -> str | None:
        """Return the states that issued the warrants; charges go to the note."""
        issuers: list[str] = []
        for warrant in self.members.objects("arrest_warrants", "arrest_warrant"):
            inner = Members(warrant, self.notes)
            issuers += [state_code(code) or code for code in inner.take("issuing_country_id", "arrest_warrant")]
            inner.keep_rest()
        return ", ".join(dict.fromkeys(issuers)) or None

    def document(self, value: dict[str, Any]) -> None:
        """Read one document that is an object; one without a number stays in the note."""
        inner = Members(value, self.notes)
        number, kind = _any_of(inner, _NUMBER), _any_of(inner, _TYPE)
        issuer = _any_of(inner, _ISSUER)
        if not number:
            self.notes.unread("document", "document", note_text(value))
            return
        days = {}
        for name in ("date_of_issue", "date_of_expiry"):
            text = inner.first(name, "document")
            dates, _ = read_dates(text.replace("/", "-"), latest=ANY_DAY)
            days[name] = as_day(dates[0]) if len(dates) == 1 else None
            if days[name] is None:
                self.notes.unread("document", name.replace("_", " "), text)
        self.documents.append(
            FoundDocument(
                number=number,
                issuing_state=state_code(issuer),
                type=read_type(kind) or kind or None,
                issued_on=days["date_of_issue"],
                expires_on=days["date_of_expiry"],
            )
        )
        inner.keep_rest()


def _any_of(members: Members, names: Sequence[str]) -> str:
    return next((text for name in names if (text := members.first(name, "document"))), "")


def _joined(family: str, given: str) -> str:
    return Name(family=family, given=given).text()


def _address(notice: dict[str, Any]) -> str:
    links = notice.get("_links")
    self_link = links.get("self") if isinstance(links, dict) else None
    address = self_link.get("href") if isinstance(self_link, dict) else None
    return address if isinstance(address, str) else ""


def _colour(address: str, notice: dict[str, Any]) -> str | None:
    if found := _COLOUR.search(address):
        return found[1]
    return next((colour for name, colour in ONLY_IN.items() if notice.get(name)), None)


def has_notice(value: dict[str, Any]) -> bool:
    """Tell whether a JSON object looks like a notice: an id and a name, or a link to itself as one."""
    return bool(_COLOUR.search(_address(value))) or ("entity_id" in value and ("name" in value or "forename" in value))
