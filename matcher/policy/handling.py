"""Handling codes (`handling.toml`): how closely an entry is kept, and which roles of callers may see it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from matcher.policy.roles import NO_ANSWERS, PROTECTION, caller_roles
from matcher.policy.tables import LONGEST_CODE, Row, by_every_name, fold, parse, shipped

OPEN = "open"
_TABLE = "handling.toml"


@dataclass(frozen=True, slots=True)
class Handling:
    """One handling code.

    Attributes:
        code: Its id.
        needs_scope: The caller must hold the scope `protection`.
        roles: Caller roles whose answers may draw on an entry with this code.
    """

    code: str
    needs_scope: bool
    roles: frozenset[str]


def handling_of(code: str | None) -> Handling | None:
    """Return the handling that a list's code names.

    Args:
        code: As the list gives it; case, spaces and hyphens don't matter. None or blank: not given, open.

    Returns:
        The handling; None for a code that the table doesn't hold: the caller refuses the row.

    Examples:
        >>> handling_of(None).code, handling_of("Official Use Only").code, handling_of("cosmic")
        ('open', 'for-official-use-only', None)
        >>> handling_of("CONFIDENTIAL")
        Handling(code='confidential', needs_scope=True, roles=frozenset({'analyst'}))
    """
    return _handling_of(code)


def load_handling(raw: bytes) -> Mapping[str, Handling]:
    """Read and check a table of handling codes, by every folded name.

    Raises:
        ModelError: a field missing or of an unknown value, an alias used twice, no row `open`, a role that can't see
            what the code shows it.
    """
    rows = parse(_TABLE, raw, ("handling",)).rows("handling")
    if OPEN not in rows:
        raise Row(_TABLE, f"handling.{OPEN}", {}).refusal("is missing; it answers for entries without a code")
    return by_every_name(rows, {name: _handling(name, row) for name, row in rows.items()})


def _handling(name: str, row: Row) -> Handling:
    row.allow(("aliases", "needs_scope", "roles"))
    needs_scope = row.flag("needs_scope")
    known = {role.name: role for role in caller_roles()}
    roles = row.texts("roles", tuple(known))
    if not roles:
        raise row.refusal("roles is empty; name the roles that may see such an entry")
    for role in roles:
        if known[role].answers == NO_ANSWERS:
            raise row.refusal(f"roles names {role}, which gets no answers at all; take it out")
        if needs_scope and PROTECTION not in known[role].scopes:
            raise row.refusal(f"roles names {role}, which can't hold the scope that the code needs; take it out")
    return Handling(name, needs_scope, frozenset(roles))


@functools.cache
def _table() -> Mapping[str, Handling]:
    return load_handling(shipped(_TABLE))


@functools.lru_cache(maxsize=1024)
def _handling_of(code: str | None) -> Handling | None:
    if code is None or not code.strip():
        return _table()[OPEN]
    return _table().get(fold(code)) if len(code) <= LONGEST_CODE else None
