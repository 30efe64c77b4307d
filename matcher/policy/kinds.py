"""Kinds of entries (`kinds.toml`): how each is found, shown and answered, and the words for it.

Two questions about an entry are answered here, protection first (rule 10): what a caller without the scope
`protection` gets, and what a carrier learns. What the list itself asks for stands in the entry and is quoted; the
kind's action is what is asked where the entry says nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

from matcher.policy.tables import LOCALES, LONGEST_CODE, Row, by_every_name, fold, in_locale, parse, shipped

FOUND_BY = ("person", "description", "pattern", "document")
WITHOUT_SCOPE = ("show", "refer", "hide")  # least strict first
CARRIER = ("cleared", "refer", "document_invalid")
URGENCY = ("immediate", "prompt", "routine")
OTHER, UNKNOWN, ANY_ROLE = "other", "unknown", "any"
_TABLE = "kinds.toml"
_FIELDS = ("aliases", "found_by", "protective", "without_scope", "carrier", "urgency", "action", *LOCALES)
_WORDING = ("name", "purpose", "action")
_NO_ROLE = (None, "subject")  # says nothing more than the kind


@dataclass(frozen=True, slots=True)
class KindWording:
    """A kind in one language: name, purpose and action, without a full stop."""

    name: str
    purpose: str
    action: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry.

    Attributes:
        kind_id: Its id; `unknown` for every kind that stands in no table.
        is_known: Whether the table holds it.
        protective: The kind asks for protection, whatever the entry's role.
        found_by: What it is matched by, one of `FOUND_BY`.
        without_scope: What a caller without the scope `protection` gets, one of `WITHOUT_SCOPE`.
        carrier: What a carrier gets, one of `CARRIER`.
        urgency: One of `URGENCY`.
        action: Code of what is asked where the entry says nothing.
    """

    kind_id: str
    is_known: bool
    protective: bool
    found_by: str
    without_scope: str
    carrier: str
    urgency: str
    action: str
    _wordings: Mapping[str, KindWording] = field(repr=False, compare=False)

    def wording(self, locale: str) -> KindWording:
        """Return the kind's words in a language.

        Raises:
            LocaleError: a language other than `LOCALES`.

        Examples:
            >>> kind_of("yellow_notice").wording("fr").name
            'notice jaune'
        """
        return in_locale(self._wordings, locale)


@dataclass(frozen=True, slots=True)
class KindTable:
    """The whole table: kinds by every name, and what protective entries show by role."""

    by_name: Mapping[str, Kind]
    by_role: Mapping[str, str]

    def kind_of(self, category: str | None) -> Kind:
        """See `kind_of`."""
        if category is None or not category.strip():
            return self.by_name[OTHER]
        key = fold(category) if len(category) <= LONGEST_CODE else UNKNOWN
        return self.by_name.get(key, self.by_name[UNKNOWN])

    def kinds(self) -> tuple[Kind, ...]:
        """See `kinds`."""
        return tuple(kind for kind in dict.fromkeys(self.by_name.values()) if kind.is_known)

    def is_protective(self, kind: Kind, role: str | None, protective: bool) -> bool:
        """Whether the entry, its kind or its role asks for protection."""
        return protective or kind.protective or (role != ANY_ROLE and role in self.by_role)

    def without_scope(self, kind: Kind, role: str | None, protective: bool) -> str:
        """See `without_scope`."""
        if not self.is_protective(kind, role, protective) or (kind.protective and role in _NO_ROLE):
            return kind.without_scope
        by_role = self.by_role.get(role or ANY_ROLE, self.by_role[ANY_ROLE])
        return max(kind.without_scope, by_role, key=WITHOUT_SCOPE.index)


def kind_of(category: str | None) -> Kind:
    """Return the kind that a list's category names.

    Args:
        category: As the list gives it; case, spaces and hyphens don't matter. None or blank: not given.

    Returns:
        The kind; `other` when nothing was given; for a category that the table doesn't hold, the kind `unknown`,
        which is handled as closely as any (hidden without the scope, cleared for a carrier).

    Examples:
        >>> kind_of("Red notice").kind_id, kind_of("INTERPOL–UNSC").kind_id, kind_of(None).kind_id
        ('red', 'un', 'other')
        >>> kind = kind_of("mauve alert")
        >>> kind.is_known, kind.without_scope, kind.carrier
        (False, 'hide', 'cleared')
    """
    return _kind_of(category)


def kinds() -> tuple[Kind, ...]:
    """Return every known kind, in the table's order.

    Examples:
        >>> [kind.kind_id for kind in kinds() if kind.found_by != "person"]
        ['black', 'purple', 'document']
    """
    return _table().kinds()


def without_scope(kind: Kind, role: str | None, protective: bool) -> str:
    """Return what a caller without the scope `protection` gets for an entry: `show`, `refer` or `hide`.

    An entry is protective when it says so, or when its kind or its role does. Then role and kind are asked, and the
    stricter answer holds; a protective kind without a telling role answers by itself.

    Args:
        kind: The entry's kind.
        role: The entry's role; None: subject.
        protective: Whether the entry is marked as protective.

    Examples:
        >>> yellow, red = kind_of("yellow"), kind_of("red")
        >>> without_scope(red, "suspect", False), without_scope(red, "victim", True)
        ('show', 'refer')
        >>> without_scope(yellow, "missing", True), without_scope(yellow, "witness", True)
        ('refer', 'hide')
    """
    return _table().without_scope(kind, role, protective)


def carrier_answer(kind: Kind, role: str | None, protective: bool) -> str:
    """Return all that a carrier learns of an entry: `cleared`, `refer` or `document_invalid`.

    Args:
        kind: The entry's kind.
        role: The entry's role; None: subject.
        protective: Whether the entry is marked as protective.

    Returns:
        The kind's answer; `cleared` for every protective entry, by mark, kind or role.

    Examples:
        >>> carrier_answer(kind_of("red"), "suspect", False), carrier_answer(kind_of("red"), "victim", True)
        ('refer', 'cleared')
    """
    return "cleared" if _table().is_protective(kind, role, protective) else kind.carrier


def load_kinds(raw: bytes) -> KindTable:
    """Read and check a table of kinds.

    Raises:
        ModelError: a field missing or of an unknown value, a language missing, an alias used twice, no row `other`,
            `unknown` or `any`, a protective kind that is shown or not cleared, a row `unknown` that is not the
            strictest.
    """
    table = parse(_TABLE, raw, ("kind", "entry_role"))
    rows, roles = table.rows("kind"), table.rows("entry_role")
    for section, found, needed in (("kind", rows, (OTHER, UNKNOWN)), ("entry_role", roles, (ANY_ROLE,))):
        for name in needed:
            if name not in found:
                raise Row(_TABLE, f"{section}.{name}", {}).refusal("is missing; it answers for what has no other row")
    made = {name: _kind(name, row) for name, row in rows.items()}
    for row in roles.values():
        row.allow(("without_scope",))
    shown = {name: row.one_of("without_scope", WITHOUT_SCOPE[1:]) for name, row in roles.items()}
    return KindTable(by_every_name(rows, made), shown)


def _kind(name: str, row: Row) -> Kind:
    row.allow(_FIELDS)
    kind = Kind(
        kind_id=name,
        is_known=name != UNKNOWN,
        protective=row.flag("protective"),
        found_by=row.one_of("found_by", FOUND_BY),
        without_scope=row.one_of("without_scope", WITHOUT_SCOPE),
        carrier=row.one_of("carrier", CARRIER),
        urgency=row.one_of("urgency", URGENCY),
        action=row.text("action"),
        _wordings={locale: _wording(row.part(locale)) for locale in LOCALES},
    )
    if kind.protective and (kind.without_scope == "show" or kind.carrier != "cleared"):
        raise row.refusal("is protective: without_scope must be refer or hide, and carrier cleared")
    if not kind.is_known and (kind.without_scope, kind.carrier) != ("hide", "cleared"):
        raise row.refusal("is handled as closely as any: without_scope must be hide, and carrier cleared")
    if (kind.carrier == "document_invalid") != (kind.found_by == "document"):
        raise row.refusal("carrier document_invalid and found_by document go together")
    return kind


def _wording(row: Row) -> KindWording:
    row.allow(_WORDING)
    return KindWording(*(row.text(name) for name in _WORDING))


@functools.cache
def _table() -> KindTable:
    return load_kinds(shipped(_TABLE))


@functools.lru_cache(maxsize=1024)
def _kind_of(category: str | None) -> Kind:
    return _table().kind_of(category)
