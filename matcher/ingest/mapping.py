"""Mappings: the TOML file that says what the columns of somebody's CSV list mean.

    [filter]    column, equals (a value or a list): other rows are dropped and counted
    [kind]      column; person, organisation, conveyance: lists of its values
    [id]        columns: joined by `-` to the entry id; equal ids get `#2`, `#3` in file order
    [columns]   a field to one column or a list of them (see FIELDS); a list of `entry_id` or in [join] is
                put together, any other list gives several values
    [join]      a field to the text that joins its columns: name = " " for given name and family name
    [split]     a field to one separator or a list of them; aliases and birth places are split at `;` and line
                ends, names and documents at line ends, unless told otherwise
    [dates]     formats (strptime: %d %m %Y %b %B), approximate (words); each replaces the usual ones
    [documents] pattern (groups number, issuer, note); types: a document column to the type it holds
    [constants] a field of CONSTANTS to the value that every entry gets where its column gives none

Steps: TOML -> sections and fields checked -> values typed -> `Mapping`. Whether the columns exist is checked
against each file's header (`require_columns`). A mapping with an unknown word is refused: a slip of the pen
would lose a column without a word.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from matcher.errors import MappingError
from matcher.ingest.dates import DEFAULT_APPROXIMATE, DEFAULT_FORMATS, read_dates
from matcher.ingest.document_text import DocumentRule, general_rule, given_rule
from matcher.ingest.person_cells import CONVEYANCE, ORGANISATION, PERSON, ROLES

NAME_FIELDS = ("name", "alias", "weak_alias")
LIST_FIELDS = (*NAME_FIELDS, "birth_date", "birth_place", "nationality", "sex", "document", "note")
TEXT_FIELDS = (
    "category", "role", "requested_action", "contact", "purpose", "source_owner", "source_reference",
    "handling_code", "accuracy_note", "operation_id", "state",
)  # fmt: skip
WORD_FIELDS = ("access_restriction", "related_entries")  # each holds several words
PATTERN_FIELDS = {  # what a way of working is compared by, in the order of `schema.PATTERN`
    "pattern_document_type": "document_types", "pattern_issuer": "issuing_states", "pattern_route": "routes",
    "pattern_carrier": "carriers",
}  # fmt: skip
FLAG_FIELDS = ("protective", "discreet")
DAY_FIELDS = ("entered_on", "review_on", "expires_on")
FIELDS = frozenset({"entry_id", *LIST_FIELDS, *TEXT_FIELDS, *FLAG_FIELDS, *DAY_FIELDS, *WORD_FIELDS, *PATTERN_FIELDS})
CONSTANTS = frozenset({*TEXT_FIELDS, *FLAG_FIELDS})
STATES = frozenset({"active", "suspended", "withdrawn"})
SPLIT_FIELDS = frozenset({*NAME_FIELDS, "birth_place", "document", *WORD_FIELDS, *PATTERN_FIELDS})
JOIN_FIELDS = frozenset({"entry_id", "name", "birth_place"})
OTHER = "other"  # category where the mapping says nothing
KINDS = (PERSON, ORGANISATION, CONVEYANCE)
SECTIONS = ("filter", "kind", "id", "columns", "join", "split", "dates", "documents", "constants")


@dataclass(frozen=True, slots=True)
class Mapping:
    """A checked mapping; every column name in it still has to be found in the file.

    Attributes:
        columns: Field to its columns, in the order of the mapping.
        id_columns: Columns of `[id]`, empty when there is none.
        filter_column: Column of `[filter]`, or None.
        filter_values: Values that a row must have there.
        kind_column: Column of `[kind]`, or None: every row is a person.
        kinds: Value of that column to `person`, `organisation` or `conveyance`.
        separators: Field to the texts that stand between two values.
        joints: Field to the text that joins its columns.
        formats: Date formats.
        approximate: Words that mark a date as approximate.
        document_rule: How document cells are read.
        document_types: Document column to the type it holds.
        constants: Field to the value for entries whose columns give none; `category` always has one.
    """

    columns: dict[str, tuple[str, ...]]
    id_columns: tuple[str, ...] = ()
    filter_column: str | None = None
    filter_values: frozenset[str] = frozenset()
    kind_column: str | None = None
    kinds: dict[str, str] = field(default_factory=dict)
    separators: dict[str, tuple[str, ...]] = field(default_factory=dict)
    joints: dict[str, str] = field(default_factory=dict)
    formats: tuple[str, ...] = DEFAULT_FORMATS
    approximate: tuple[str, ...] = DEFAULT_APPROXIMATE
    document_rule: DocumentRule = field(default_factory=general_rule)
    document_types: dict[str, str] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)

    def require_columns(self, header: Iterable[str], file_name: str) -> None:
        """Check that a file has every column that the mapping names.

        Raises:
            MappingError: names the columns that are missing, and the file.
        """
        named = [*self.id_columns, *(column for columns in self.columns.values() for column in columns)]
        named += [column for column in (self.filter_column, self.kind_column) if column is not None]
        present = set(header)
        if missing := [column for column in dict.fromkeys(named) if column not in present]:
            raise MappingError(
                f"{file_name} lacks the columns {', '.join(missing)} that the mapping names; it must be a "
                "comma-separated file with a header line"
            )


def parse_mapping(content: bytes | None) -> Mapping:
    """Read and check a mapping.

    Args:
        content: The TOML file's bytes; None is refused.

    Raises:
        MappingError: says which section or field is wrong, and what is allowed.

    Examples:
        >>> parse_mapping(b'[columns]\\nentry_id = "id"\\nname = ["name", "other"]').columns["name"]
        ('name', 'other')
        >>> parse_mapping(b'[columns]\\nnam = "x"')
        Traceback (most recent call last):
        ...
        matcher.errors.MappingError: [columns] has the unknown field nam; known are access_restriction, ...
    """
    if content is None:
        raise MappingError("mapped-csv needs a mapping file that names its columns; give one with --mapping")
    tables = _toml(content)
    _known_sections(tables, SECTIONS)
    columns = {name: _texts("columns", name, value) for name, value in _section(tables, "columns", FIELDS).items()}
    id_columns = _id_columns(tables, columns)
    if not any(columns.get(name) for name in ("name", "document", *PATTERN_FIELDS)):
        raise MappingError("[columns] needs a name, a document or a pattern, or nothing could ever be found; add one")
    filter_column, filter_values = _filter(tables)
    kind_column, kinds = _kinds(tables)
    formats, approximate = _dates(tables)
    rule, types = _documents(tables, columns.get("document", ()))
    return Mapping(
        columns=columns,
        id_columns=id_columns,
        filter_column=filter_column,
        filter_values=filter_values,
        kind_column=kind_column,
        kinds=kinds,
        separators={
            name: _texts("split", name, value) for name, value in _section(tables, "split", SPLIT_FIELDS).items()
        },
        joints={name: _text("join", name, value) for name, value in _section(tables, "join", JOIN_FIELDS).items()},
        formats=formats,
        approximate=approximate,
        document_rule=rule,
        document_types=types,
        constants=_constants(tables),
    )


def parse_constants(content: bytes | None) -> dict[str, Any]:
    """Read a mapping that holds nothing but `[constants]`: for formats whose members are fixed.

    Args:
        content: The TOML file's bytes; None: no constants.

    Raises:
        MappingError: says which section or field is wrong, and what is allowed.

    Examples:
        >>> parse_constants(b'[constants]\\ncategory = "red"'), parse_constants(None)
        ({'category': 'red'}, {'category': 'other'})
    """
    tables = {} if content is None else _toml(content)
    _known_sections(tables, ("constants",))
    return _constants(tables)


def _toml(content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise MappingError(f"the mapping is not TOML in UTF-8 ({error}); mend it") from error


def _known_sections(tables: dict[str, Any], sections: Iterable[str]) -> None:
    _known("the mapping", tables, sections, what="section")
    if not all(isinstance(table, dict) for table in tables.values()):
        raise MappingError("every part of a mapping stands in a [section]; mend what stands before the first one")


def _id_columns(tables: dict[str, Any], columns: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    section = _section(tables, "id", ("columns",))
    if not section:
        return ()
    if "entry_id" in columns:
        raise MappingError("the mapping has both [id] columns and [columns] entry_id; keep one")
    return _texts("id", "columns", section.get("columns"))


def _filter(tables: dict[str, Any]) -> tuple[str | None, frozenset[str]]:
    section = _section(tables, "filter", ("column", "equals"))
    if not section:
        return None, frozenset()
    values = _texts("filter", "equals", section.get("equals"))
    return _text("filter", "column", section.get("column")), frozenset(values)


def _kinds(tables: dict[str, Any]) -> tuple[str | None, dict[str, str]]:
    section = _section(tables, "kind", ("column", *KINDS))
    if not section:
        return None, {}
    kinds: dict[str, str] = {}
    for kind in KINDS:
        for value in _texts("kind", kind, section[kind]) if kind in section else ():
            if kinds.setdefault(value, kind) != kind:
                raise MappingError(f"[kind] gives {value} to two kinds; each value may stand once")
    if not kinds:
        raise MappingError("[kind] names no value of its column; add person, organisation or conveyance")
    return _text("kind", "column", section.get("column")), kinds


def _dates(tables: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    section = _section(tables, "dates", ("formats", "approximate"))
    formats = _texts("dates", "formats", section["formats"]) if "formats" in section else DEFAULT_FORMATS
    words = _texts("dates", "approximate", section["approximate"]) if "approximate" in section else DEFAULT_APPROXIMATE
    read_dates("", formats, words)  # refuses a format that cannot be read
    return formats, words


def _documents(tables: dict[str, Any], columns: tuple[str, ...]) -> tuple[DocumentRule, dict[str, str]]:
    section = _section(tables, "documents", ("pattern", "types"))
    if section and not columns:
        raise MappingError("[documents] stands without [columns] document; name the column, or remove the section")
    types = section.get("types", {})
    if not isinstance(types, dict):
        raise MappingError("[documents] types must be a table of column = type; mend it")
    _known("[documents] types", types, columns, what="column")
    rule = given_rule(_text("documents", "pattern", section["pattern"])) if "pattern" in section else general_rule()
    return rule, {name: _text("documents", name, value) for name, value in types.items()}


def _constants(tables: dict[str, Any]) -> dict[str, Any]:
    section = _section(tables, "constants", CONSTANTS)
    for name, value in section.items():
        if name in FLAG_FIELDS:
            if not isinstance(value, bool):
                raise MappingError(f"[constants] {name} must be true or false; mend it")
        else:
            _text("constants", name, value)
    for name, allowed in (("role", ROLES), ("state", STATES)):
        if name in section and section[name] not in allowed:
            raise MappingError(f"[constants] {name} must be one of {', '.join(sorted(allowed))}; mend it")
    return {"category": OTHER, **section}


def _section(tables: dict[str, Any], name: str, known: Iterable[str]) -> dict[str, Any]:
    section: dict[str, Any] = tables.get(name, {})
    _known(f"[{name}]", section, known, what="field")
    return section


def _known(where: str, given: Iterable[str], known: Iterable[str], *, what: str) -> None:
    if unknown := sorted(set(given) - set(known)):
        raise MappingError(f"{where} has the unknown {what} {unknown[0]}; known are {', '.join(sorted(known))}")


def _text(section: str, name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise MappingError(f"[{section}] {name} must be a text in quotes; mend it")
    return value


def _texts(section: str, name: str, value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(one, str) and one for one in values):
        raise MappingError(f"[{section}] {name} must be a text in quotes, or a list of them; mend it")
    return tuple(values)
