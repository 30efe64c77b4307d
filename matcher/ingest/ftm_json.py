"""Format `ftm-json`: FollowTheMoney entities, one JSON object each, with the links between them.

Two passes, since a link may stand before or behind its target: sanctions and documents are collected by the
id of their target -> people, organisations and conveyances are read in file order, each with its links.
What is collected stays in memory, up to `LINK_BYTES` of JSON text; a larger list is refused with what to do.

An entity of another schema (addresses, family, ownership) is counted as dropped and by its schema in the
notes. A link whose target the list does not hold is a reject. Nothing follows a link further than one step,
so links in a circle end as rejects. `requested_action` stays null: no property says it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from matcher.documents.numbers import normalise
from matcher.documents.states import state_code
from matcher.errors import InputError
from matcher.files import Disk
from matcher.ingest.dates import read_dates
from matcher.ingest.document_text import FoundDocument, document_row, read_type
from matcher.ingest.ftm_links import read_document, read_sanctions
from matcher.ingest.json_source import read_objects
from matcher.ingest.json_values import Members, is_name, label, scalar_text, usable_id
from matcher.ingest.mapping import OTHER
from matcher.ingest.names import ALIAS, PRIMARY, WEAK_ALIAS
from matcher.ingest.person_cells import (
    CONVEYANCE,
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
from matcher.ingest.reject import NO_ENTRY_ID, NO_NAME, UNKNOWN_ENTRY
from matcher.ingest.sink import Sink
from matcher.ingest.source import refuse_mapping, require_entries
from matcher.records import Name

FORMAT = "ftm-json"
KINDS = {
    "Person": PERSON,
    "Organization": ORGANISATION, "Company": ORGANISATION, "LegalEntity": ORGANISATION, "PublicBody": ORGANISATION,
    "Vessel": CONVEYANCE, "Airplane": CONVEYANCE, "Vehicle": CONVEYANCE,
}  # fmt: skip
LINKS = {"Sanction": "entity", "Passport": "holder", "Identification": "holder"}  # schema to the target's property
LINK_BYTES = 256 << 20
MAX_SCHEMATA = 100  # other schemata counted by name; the rest together
_SCHEMA = re.compile(r"[A-Z][A-Za-z]{0,39}")
_NAMES = (("name", PRIMARY), ("alias", ALIAS), ("previousName", ALIAS), ("weakAlias", WEAK_ALIAS))
_FAMILY, _GIVEN = "lastName", ("firstName", "secondName", "middleName")
_NUMBERS = (("passportNumber", "P"), ("idNumber", "ID"))


class Link(NamedTuple):
    """A sanction or document while it waits for its target; `properties` is JSON."""

    source_file: str
    row: int
    schema: str
    properties: bytes


Links = dict[str, list[Link]]  # by the target's id


def read(paths: Sequence[Path], sink: Sink, *, mapping: bytes | None, disk: Disk) -> None:
    """Read one or several files of entities into the sink; links may go from one file to another.

    Args:
        paths: JSON files, one entity a line or an array of them.
        sink: Takes the entries.
        mapping: Must be None.
        disk: The seam for disk access.

    Raises:
        InputError: a file is empty, damaged or no JSON; the links are too many; or no entry was found.
        UsageError: a mapping was given.

    Cost:
        Reads the files twice; holds the text of all sanctions and documents, up to `LINK_BYTES`.
    """
    refuse_mapping(mapping, FORMAT)
    links = _collect(paths, disk)
    for source_file, row, entity, fault in _entities(paths, disk):
        if entity is None:
            sink.reject(row, fault or NO_ENTRY_ID, source_file=source_file)
            continue
        schema = schema_of(entity)
        if schema in KINDS:
            _put(entity, KINDS[schema], links, sink, (source_file, row))
        elif schema not in LINKS:
            _count_dropped(schema, sink)
        elif not _targets(entity):
            sink.reject(row, UNKNOWN_ENTRY, field=LINKS[schema], source_file=source_file)
    for waiting in links.values():
        for link in waiting:
            sink.reject(link.row, UNKNOWN_ENTRY, field=LINKS[link.schema], source_file=link.source_file)
    require_entries(sink, paths)


def schema_of(entity: dict[str, Any]) -> str:
    """Return an entity's schema, "" where it has none."""
    schema = entity.get("schema")
    return schema if isinstance(schema, str) else ""


def _entities(paths: Sequence[Path], disk: Disk) -> Iterator[tuple[str, int, dict[str, Any] | None, str | None]]:
    row = 0
    for path in paths:
        for entity, fault in read_objects(path, disk):
            row += 1
            yield path.name, row, entity, fault


def _properties(entity: dict[str, Any]) -> dict[str, Any]:
    properties = entity.get("properties")
    return properties if isinstance(properties, dict) else {}


def _targets(entity: dict[str, Any]) -> list[str]:
    """Return the ids that a link points to; an embedded target counts by its id."""
    values = _properties(entity).get(LINKS[schema_of(entity)])
    found = []
    for value in values if isinstance(values, list) else [values]:
        value = value.get("id") if isinstance(value, dict) else value
        if (text := scalar_text(value)) and usable_id(text):
            found.append(text)
    return list(dict.fromkeys(found))


def _collect(paths: Sequence[Path], disk: Disk) -> Links:
    links: Links = {}
    n_bytes = 0
    for source_file, row, entity, _ in _entities(paths, disk):
        if entity is None or (schema := schema_of(entity)) not in LINKS:
            continue
        properties = {name: value for name, value in _properties(entity).items() if name != LINKS[schema]}
        link = Link(source_file, row, schema, msgspec.json.encode(properties))
        for target in _targets(entity):
            links.setdefault(target, []).append(link)
            n_bytes += len(link.properties) + len(target)
        if n_bytes > LINK_BYTES:
            raise InputError(
                f"{source_file} has more than {LINK_BYTES >> 20} MB of sanctions and documents; cut the list into "
                "several, each with the entities that its links point to"
            )
    return links


def _count_dropped(schema: str, sink: Sink) -> None:
    field = f"schema {schema}" if _SCHEMA.fullmatch(schema) else "schema"
    sink.dropped += 1
    sink.note(field if field in sink.notes or len(sink.notes) < MAX_SCHEMATA else "schema")


def _put(entity: dict[str, Any], kind: str, links: Links, sink: Sink, place: tuple[str, int]) -> None:
    """Hand one entity with its documents to the sink, or a reject."""
    source_file, row_number = place
    entry_id = usable_id(scalar_text(entity.get("id")) or "")
    notes = Notes(sink)
    properties, embedded = _apart(_properties(entity))
    members = Members(properties, notes)
    names = _names(members, kind, notes)
    if not entry_id or not names:
        sink.reject(row_number, NO_NAME if entry_id else NO_ENTRY_ID, source_file=source_file)
        return
    linked = [(link.schema, msgspec.json.decode(link.properties)) for link in links.pop(entry_id, ())]
    linked += embedded
    sanctions = read_sanctions([properties for schema, properties in linked if schema == "Sanction"], notes)
    documents = [read_document(schema, given, notes) for schema, given in linked if schema != "Sanction"]
    topics = members.take("topics")
    notes.keep("topics", "; ".join(topics))
    is_sanctioned = sanctions is not None or SANCTION in topics
    row: dict[str, Any] = {
        "entry_id": entry_id,
        "kind": kind,
        "category": SANCTION if is_sanctioned else OTHER,
        "role": SUBJECT if kind == PERSON else None,
        **(sanctions or {}),
        "names": names,
        **(_person_columns(members, notes) if kind == PERSON else {}),
        "source_row": row_number,
    }
    found = _documents(members, [document for document in documents if document is not None])
    members.keep_rest()
    row["note"] = notes.text()
    unique_id = sink.person(row, source_file)
    for document in found:
        sink.document(document_row(document, unique_id, row["category"], row_number))


def _apart(properties: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[str, dict[str, Any]]]]:
    """Take sanctions and documents out that stand inside their target, as nested exports have them."""
    plain: dict[str, Any] = {}
    embedded: list[tuple[str, dict[str, Any]]] = []
    for name, value in properties.items():
        values = value if isinstance(value, list) else [value]
        links = [one for one in values if isinstance(one, dict) and schema_of(one) in LINKS]
        for one in links:
            schema = schema_of(one)
            embedded.append((schema, {key: inner for key, inner in _properties(one).items() if key != LINKS[schema]}))
        rest = [one for one in values if not (isinstance(one, dict) and schema_of(one) in LINKS)]
        if rest or not links:
            plain[name] = rest
    return plain, embedded


def _names(members: Members, kind: str, notes: Notes) -> list[dict[str, Any]]:
    found: list[tuple[str, str, str | None]] = []
    for name, name_kind in _NAMES:
        for text in members.take(name, "name"):
            if not is_name(text, needs_letter=kind == PERSON):
                notes.unread("name", label(name), text)
                continue
            is_further = name_kind == PRIMARY and bool(found)
            quality = name if name in ("previousName", "weakAlias") else None
            found.append((text, ALIAS if is_further else name_kind, quality))
    if kind == PERSON:
        family = " ".join(members.take(_FAMILY, "name"))
        given = " ".join(text for name in _GIVEN for text in members.take(name, "name"))
        joined = Name(family=family, given=given).text()
        if not any(name_kind == PRIMARY for _, name_kind, _ in found) and is_name(joined):
            found.insert(0, (joined, PRIMARY, None))
        else:
            notes.keep("name in parts", joined)
    return name_rows(found)


def _person_columns(members: Members, notes: Notes) -> dict[str, Any]:
    dates, codes = [], []
    for text in members.take("birthDate", "birth_date"):
        read, left = read_dates(text)
        dates += read
        notes.unread("birth_date", "birthDate", left)
    for name in ("nationality", "citizenship"):
        for text in members.take(name, "nationality"):
            states, left = read_nationalities(text)
            codes += states
            notes.unread("nationality", name, left)
    places = members.take("birthPlace", "birth_place")
    places += [state_code(text) or text for text in members.take("birthCountry", "birth_place")]
    genders = members.take("gender", "sex")
    sexes = {read_sex(text, notes, "gender") for text in genders} - {None}
    for text in genders if len(sexes) > 1 else ():
        notes.unread("sex", "gender", text)
    return {
        "birth_dates": date_rows(dates),
        "sex": sexes.pop() if len(sexes) == 1 else None,
        "nationalities": list(dict.fromkeys(codes)) or None,
        "birth_places": list(dict.fromkeys(places)) or None,
    }


def _documents(members: Members, linked: list[FoundDocument]) -> list[FoundDocument]:
    """Add the numbers that the entity itself holds to the linked documents, each number once."""
    known = {normalise(document.number) for document in linked}
    found = list(linked)
    for name, kind in _NUMBERS:
        for number in members.take(name, "document"):
            if (key := normalise(number)) not in known:
                known.add(key)
                found.append(FoundDocument(number=number, type=read_type(kind) or kind))
    return found
