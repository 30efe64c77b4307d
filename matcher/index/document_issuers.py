"""Issuer groups and classes of listed documents as small numbers: which near rows may be the presented document.

A near row must be of the presented issuer (group) and class; one that is missing on either side fits any. Two things
are made of it: each group has a table of the shapes that its numbers have, so that neighbours of other shapes are never
looked for; and what is found is held against the listed row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa

from matcher.documents.states import issuer_group, state_code
from matcher.documents.types import CLASSES, document_class
from matcher.schema import TEXT
from matcher.snapshot.documents import DocumentRows

Array = np.ndarray[Any, Any]
Texts: TypeAlias = Sequence[str | None] | Any  # a list, or an Arrow column of text
ALL_SHAPES, UNSAID_SHAPES, FIRST_GROUP = 0, 1, 2  # tables of shapes: of all rows, of rows without issuer, of a group
MAX_GROUPS = 500  # groups with a table of their own; the others are searched by the table of all
UNSAID, UNLISTED = -1, -2  # no issuer or class; one that no listed row has


class Asked(NamedTuple):
    """Numbers of what was presented: group, class and table of shapes, each shape `(n,)`."""

    groups: Array
    classes: Array
    tables: Array


class Issuers:
    """Knows the issuer group and the class of every listed row; reads the mapped columns, holds no copy.

    Args:
        documents: The list version's rows.
        with_tables: Groups that have a table of shapes, in the tables' order.

    Examples:
        >>> from matcher.schema import DOCUMENT_ENTRY
        >>> listed = [("D", "P"), ("DEU", "ID"), (None, None)]
        >>> rows = [{"number": "A1", "issuing_state": state, "type": kind, "source_row": 1} for state, kind in listed]
        >>> issuers = Issuers(DocumentRows.of(pa.Table.from_pylist(rows, schema=DOCUMENT_ENTRY)), ["DEU"])
        >>> asked = issuers.asked(3, ["D", "FRA", None], ["P", "P", "V"])
        >>> [issuers.fits(asked, np.full(3, at), np.arange(3)).tolist() for at in range(3)]
        [[True, False, True], [False, False, True], [False, False, True]]
    """

    def __init__(self, documents: DocumentRows, with_tables: Sequence[str]) -> None:
        self._documents = documents
        states = documents.values("issuing_state")
        self._group_of, self._groups = _numbered([None if one is None else issuer_group(one) for one in states])
        kinds = [document_class(one) for one in documents.values("type")]
        self._class_of = np.array([UNSAID if kind is None else CLASSES.index(kind) for kind in [*kinds, None]])
        self._tables = {group: place for place, group in enumerate(with_tables, FIRST_GROUP)}

    def asked(self, n: int, issuing_states: Texts | None, types: Texts | None) -> Asked:
        """Number what was presented.

        Args:
            n: How many numbers are asked for.
            issuing_states: Codes or names; None: not said.
            types: Document codes; None: not said.
        """
        if n == 1 and isinstance(issuing_states, list | None) and isinstance(types, list | None):
            return self._asked_one(issuing_states[0] if issuing_states else None, types[0] if types else None)
        groups, tables = np.full(n, UNSAID), np.full(n, ALL_SHAPES)
        if issuing_states is not None:
            values, places = _distinct(issuing_states)
            known = [None if not value else state_code(value) for value in values]
            each = [None if code is None else issuer_group(code) for code in known]
            groups = np.array([self._number(one) for one in each], np.int64)[places]
            tables = np.array([self._table(one) for one in each], np.int64)[places]
        classes = np.full(n, UNSAID)
        if types is not None:
            values, places = _distinct(types)
            kinds = [document_class(value) for value in values]
            classes = np.array([UNSAID if kind is None else CLASSES.index(kind) for kind in kinds], np.int64)[places]
        return Asked(groups, classes, tables)

    def _asked_one(self, issuing_state: str | None, type: str | None) -> Asked:
        """Number one presented document without the machinery of columns, which a single lookup would wait for."""
        code = state_code(issuing_state) if issuing_state else None
        group, kind = None if code is None else issuer_group(code), document_class(type)
        numbers = (self._number(group), UNSAID if kind is None else CLASSES.index(kind), self._table(group))
        return Asked(*(np.array([number], np.int64) for number in numbers))

    def fits(self, asked: Asked, queries: Array, rows: Array) -> Array:
        """Tell for pairs of a presented number and a listed row whether issuer and class may be the same."""
        wanted, kinds = asked.groups[queries], asked.classes[queries]
        is_open = np.flatnonzero((wanted != UNSAID) | (kinds != UNSAID))
        fitting = np.ones(len(queries), np.bool_)
        if len(is_open):
            some = rows[is_open]
            groups = self._group_of[self._documents.codes("issuing_state", some)]
            classes = self._class_of[self._documents.codes("type", some)]
            fitting[is_open] = _agree(wanted[is_open], groups) & _agree(kinds[is_open], classes)
        return fitting

    def _number(self, group: str | None) -> int:
        return UNSAID if group is None else self._groups.get(group, UNLISTED)

    def _table(self, group: str | None) -> int:
        if group is None:
            return ALL_SHAPES
        return self._tables.get(group, ALL_SHAPES if group in self._groups else UNSAID_SHAPES)


def groups_of(documents: DocumentRows) -> tuple[Array, list[str]]:
    """Number the tables of shapes of a list: table by code of the column `issuing_state`, and the groups that have one.

    The last place of the array is that of a missing code, so that the code -1 finds it.
    """
    states = documents.values("issuing_state")
    number_of, groups = _numbered([None if one is None else issuer_group(one) for one in states])
    kept = list(groups)
    if len(groups) > MAX_GROUPS:
        counts = np.zeros(len(states) + 1, np.int64)
        for codes in documents.all_codes("issuing_state"):
            counts += np.bincount(codes + 1, minlength=len(counts))
        totals = np.bincount(number_of[:-1], counts[1:], minlength=len(groups))
        most = set(np.argsort(-totals, kind="stable")[:MAX_GROUPS].tolist())
        kept = [group for group, number in groups.items() if number in most]
    table = {groups[group]: place for place, group in enumerate(kept, FIRST_GROUP)}
    tables = [UNSAID_SHAPES if number == UNSAID else table.get(number, ALL_SHAPES) for number in number_of.tolist()]
    return np.array(tables, np.int64), kept


def _numbered(names: Sequence[str | None]) -> tuple[Array, dict[str, int]]:
    """Number of each name, and at the end that of a missing one; and the numbers by name."""
    numbers: dict[str, int] = {}
    of = [UNSAID if name is None else numbers.setdefault(name, len(numbers)) for name in names]
    return np.array([*of, UNSAID]), numbers


def _distinct(values: Texts) -> tuple[list[str | None], Array]:
    if not isinstance(values, pa.Array | pa.ChunkedArray):
        place = {value: at for at, value in enumerate(dict.fromkeys(values))}
        return list(place), np.array([place[value] for value in values], np.int64)
    column = values.cast(TEXT)
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = column.dictionary_encode()
    places: Array = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return [*encoded.dictionary.to_pylist(), None], places


def _agree(left: Array, right: Array) -> Array:
    found: Array = (left == right) | (left == UNSAID) | (right == UNSAID)
    return found
