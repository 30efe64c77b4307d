"""Cells of flat text outputs: nested tables laid out in columns, and values that no spreadsheet runs.

Layout, from the schema alone: a scalar column is itself; a struct column becomes one column a member; a
list of texts is joined with `; `; a list of structs becomes a count `n_<column>` and one JSON text. Where
`matches` is such a list, the members of the best match that stand in no column yet follow it as columns.
A text cell that begins with `= + - @`, tab, carriage return or line feed, or with the full-width form of
a sign, gets a leading apostrophe (rule 12: a spreadsheet would run it); numbers are no text and stay.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pyarrow as pa

RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BEST_OF = "matches"  # the one nested column whose first member is laid out beside its count
Cell = Callable[[Mapping[str, Any]], str]


def escape(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula.

    Examples:
        >>> escape("=HYPERLINK(1)"), escape("Anna"), escape("")
        ("'=HYPERLINK(1)", 'Anna', '')
    """
    return f"'{text}" if text.startswith(RUN_BY_SPREADSHEETS) else text


def write_value(value: Any) -> str:
    """Write a scalar as a cell: texts escaped, instants and dates in ISO form, null as nothing.

    Examples:
        >>> write_value("-5"), write_value(-5.25), write_value(True), write_value(None)
        ("'-5", '-5.25', 'true', '')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return repr(value)


def lay_out(schema: pa.Schema) -> dict[str, Cell]:
    """Return the columns of a flat output in order, each with the function that makes its cell.

    Args:
        schema: Of the rows, nested columns allowed.

    Examples:
        >>> schema = pa.schema([("reference", pa.large_string()), ("warnings", pa.list_(pa.large_string()))])
        >>> [cell({"reference": "7", "warnings": ["b", "c"]}) for cell in lay_out(schema).values()]
        ['7', 'b; c']
    """
    columns: dict[str, Cell] = {}
    for field in schema:
        name, kind = field.name, field.type
        if pa.types.is_struct(kind):
            columns |= {member: _member(name, member) for member in _members(kind)}
        elif not _is_list(kind):
            columns[name] = _scalar(name)
        elif pa.types.is_struct(kind.value_type):
            columns[f"n_{name}"] = _count(name)
            if name == BEST_OF:
                shown = [member for member in _members(kind.value_type) if member not in schema.names]
                columns |= {member: _best(name, member) for member in shown if _is_scalar(kind.value_type, member)}
            columns[name] = _as_json(name)
        else:
            columns[name] = _joined(name)
    return columns


def _scalar(name: str) -> Cell:
    return lambda row: write_value(row[name])


def _member(name: str, member: str) -> Cell:
    return lambda row: write_value((row[name] or {}).get(member))


def _best(name: str, member: str) -> Cell:
    return lambda row: write_value(row[name][0][member]) if row[name] else ""


def _count(name: str) -> Cell:
    return lambda row: str(len(row[name] or ()))


def _joined(name: str) -> Cell:
    return lambda row: escape("; ".join(str(item) for item in row[name] or () if item is not None))


def _as_json(name: str) -> Cell:
    return lambda row: msgspec.json.encode(row[name] or []).decode()


def _members(kind: pa.DataType) -> list[str]:
    return [kind.field(number).name for number in range(kind.num_fields)]


def _is_scalar(kind: pa.DataType, member: str) -> bool:
    return not pa.types.is_nested(kind.field(member).type)


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))
