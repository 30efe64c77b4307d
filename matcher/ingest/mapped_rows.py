"""Rows of a table read by a mapping, whatever file they come from: CSV (`mapped_csv`), Parquet (`columnar`).

Steps for each row: filter -> kind -> entry id -> names, dates, places, nationalities, sex, documents, each by
its own rule (`names`, `dates`, `document_text`, `person_cells`) -> what no rule reads stays in the note, with
its column's name, and is counted. Columns of `note` are kept as they are. See `mapping` for the TOML.

A first name stays `primary` whatever its script; further names in another script than Latin are
`original_script` unless they are weak. A role of victim, witness or missing person is protective.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from matcher.ingest.dates import read_dates, read_day
from matcher.ingest.document_text import FoundDocument, document_row, read_documents
from matcher.ingest.mapping import (
    DAY_FIELDS,
    FLAG_FIELDS,
    PATTERN_FIELDS,
    STATES,
    TEXT_FIELDS,
    WORD_FIELDS,
    Mapping,
)
from matcher.ingest.names import ALIAS, PRIMARY, WEAK_ALIAS, CellNames, read_names, split_outside_brackets
from matcher.ingest.person_cells import (
    PERSON,
    PROTECTIVE_ROLES,
    ROLES,
    Notes,
    date_rows,
    name_rows,
    read_nationalities,
    read_sex,
)
from matcher.ingest.reject import NO_ENTRY_ID, NO_NAME, UNKNOWN_KIND, UNKNOWN_ROLE
from matcher.ingest.sink import Sink
from matcher.records import PartialDate

DEFAULT_SEPARATORS = (";",)
_NAME_KINDS = {"name": PRIMARY, "alias": ALIAS, "weak_alias": WEAK_ALIAS}
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_VOCABULARIES = {"role": ROLES, "state": STATES}


def put_row(cells: dict[str, str], rules: Mapping, sink: Sink, *, number: int, source_file: str) -> None:
    """Hand one row to the sink as an entry with its documents, as a reject, or as dropped by the filter.

    Args:
        cells: Text by column, outer white space stripped; every column that the mapping names is there.
        rules: The mapping.
        sink: Takes the entry.
        number: 1-based row.
        source_file: Base name of the file, for a reject.
    """
    if rules.filter_column is not None and cells[rules.filter_column] not in rules.filter_values:
        sink.dropped += 1
    elif reject := _Row(cells, rules, sink, (number, source_file)).put():
        reason, field = reject
        sink.reject(number, reason, field=field, source_file=source_file)


class _Row:
    """One row while it is read."""

    def __init__(self, cells: dict[str, str], rules: Mapping, sink: Sink, place: tuple[int, str]) -> None:
        self.cells, self.rules, self.sink = cells, rules, sink
        self.number, self.source_file = place
        self.notes = Notes(sink)

    def put(self) -> tuple[str, str | None] | None:
        """Hand the entry and its documents to the sink; or return a reason code and the field."""
        rules = self.rules
        kind: str | None = PERSON
        if rules.kind_column is not None:
            kind = rules.kinds.get(self.cells[rules.kind_column])
        if kind is None:
            return UNKNOWN_KIND, rules.kind_column
        entry_id = self.entry_id()
        if not entry_id:
            return NO_ENTRY_ID, "entry_id"
        names = self.names(kind)
        documents = list(self.documents())
        columns = {**self.person_columns(kind), **self.plain_columns()}
        if (role := self.unknown_role()) is not None:
            return UNKNOWN_ROLE, role
        pattern = self.pattern()
        if not names and not documents and pattern is None:
            return NO_NAME, "name"
        row: dict[str, Any] = {
            "entry_id": entry_id,
            "kind": kind,
            "names": names,
            **columns,
            "pattern": pattern,
            **{field: self.words(field) or None for field in WORD_FIELDS},
            "source_row": self.number,
        }
        for column in rules.columns.get("note", ()):
            self.notes.keep(column, self.cells[column])
        row["note"] = self.notes.text()
        unique_id = self.sink.person(row, self.source_file)
        for document in documents:
            self.sink.document(document_row(document, unique_id, row["category"], self.number))
        return None

    def values(self, field: str) -> Iterator[tuple[str, str]]:
        """Yield column and text of a field's cells that hold something; joined ones as one."""
        columns = self.rules.columns.get(field, ())
        if (joint := self.rules.joints.get(field)) is not None and columns:
            columns_text = joint.join(filter(None, (self.cells[column] for column in columns)))
            if columns_text:
                yield columns[0], columns_text
            return
        for column in columns:
            if self.cells[column]:
                yield column, self.cells[column]

    def entry_id(self) -> str:
        rules = self.rules
        columns = rules.id_columns or rules.columns.get("entry_id", ())
        if not columns:
            return str(self.number)
        joint = rules.joints.get("entry_id", "-")
        return joint.join(filter(None, (self.cells[column] for column in columns)))

    def names(self, kind: str) -> list[dict[str, Any]]:
        """Read the names: the first of `name` is primary, the others are aliases."""
        found: list[tuple[str, str, str | None]] = []
        for field, name_kind in _NAME_KINDS.items():
            separators = self.rules.separators.get(field, () if field == "name" else DEFAULT_SEPARATORS)
            for column, text in self.values(field):
                read = read_names(text, separators) if kind == PERSON else _plain_names(text, separators)
                for name in read.names:
                    is_further = name_kind == PRIMARY and bool(found)
                    found.append((name, ALIAS if is_further else name_kind, None))
                if read.is_rewritten:
                    self.notes.keep(f"{column} as listed", text)
                self.notes.unread(field, column, read.left)
        return name_rows(found)

    def documents(self) -> Iterator[FoundDocument]:
        rules = self.rules
        for column, text in self.values("document"):
            separators = rules.separators.get("document")
            for part in split_outside_brackets(text, separators) if separators else [text]:
                found, left = read_documents(part, rules.document_rule, rules.document_types.get(column), rules.formats)
                yield from found
                self.notes.unread("document", column, left)

    def person_columns(self, kind: str) -> dict[str, Any]:
        rules = self.rules
        dates: list[PartialDate] = []
        for column, text in self.values("birth_date"):
            found, left = read_dates(text, rules.formats, rules.approximate)
            dates += found
            self.notes.unread("birth_date", column, left)
        codes: list[str] = []
        for column, text in self.values("nationality"):
            states, left = read_nationalities(text)
            codes += states
            self.notes.unread("nationality", column, left)
        places = [
            part
            for _, text in self.values("birth_place")
            for part in split_outside_brackets(text, rules.separators.get("birth_place", DEFAULT_SEPARATORS))
        ]
        listed = [(column, text, read_sex(text, self.notes, column)) for column, text in self.values("sex")]
        sexes = {code for _, _, code in listed if code is not None}
        for column, text, _ in listed if len(sexes) > 1 else ():
            self.notes.unread("sex", column, text)
        return {
            "birth_dates": date_rows(dates),
            "nationalities": list(dict.fromkeys(codes)) or None,
            "birth_places": list(dict.fromkeys(places)) or None,
            "sex": sexes.pop() if len(sexes) == 1 else None,
        }

    def plain_columns(self) -> dict[str, Any]:
        """Read the fields that hold one value: text, yes or no, a day."""
        row: dict[str, Any] = dict(self.rules.constants)
        readers: list[tuple[Sequence[str], Callable[[str, str], Any]]] = [
            (TEXT_FIELDS, self.read_text),
            (FLAG_FIELDS, lambda _, text: _FLAGS.get(text.lower())),
            (DAY_FIELDS, self.read_day),
        ]
        for fields, read_value in readers:
            for field in fields:
                for column, text in self.values(field):
                    value = read_value(field, text)
                    if value is None:
                        self.notes.unread(field, column, text)
                    else:
                        row[field] = value
                        break
        if row.get("role") in PROTECTIVE_ROLES:
            row["protective"] = True
        return row

    def words(self, field: str) -> list[str]:
        """Read a field that holds several words, each once."""
        separators = self.rules.separators.get(field, DEFAULT_SEPARATORS)
        cut = (part.strip() for _, text in self.values(field) for part in split_outside_brackets(text, separators))
        return list(dict.fromkeys(filter(None, cut)))

    def pattern(self) -> dict[str, list[str] | None] | None:
        """Read what a way of working is compared by; None where nothing is said."""
        found = {name: self.words(field) or None for field, name in PATTERN_FIELDS.items()}
        return found if any(found.values()) else None

    def unknown_role(self) -> str | None:
        """Return the column of a role that nobody knows: who may see the entry depends on it."""
        texts = self.values("role")
        return next((column for column, text in texts if text.lower() not in ROLES), None)

    def read_text(self, field: str, text: str) -> str | None:
        allowed = _VOCABULARIES.get(field)
        return text if allowed is None else text.lower() if text.lower() in allowed else None

    def read_day(self, _: str, text: str) -> datetime.date | None:
        return read_day(text, self.rules.formats)


def _plain_names(text: str, separators: Sequence[str]) -> CellNames:
    """Cut a cell at its separators only: names of organisations hold brackets and slashes of their own."""
    return CellNames(split_outside_brackets(text, separators), "", is_rewritten=False)
