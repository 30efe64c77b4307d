"""Roles of callers (`roles.toml`): what answers each gets and which scopes it may hold."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from matcher.errors import UsageError
from matcher.policy.tables import parse, shipped

PROTECTION = "protection"
SCOPES = (PROTECTION,)
NO_ANSWERS = "none"
ANSWERS = ("matches", "carrier", "referrals", NO_ANSWERS)
_TABLE = "roles.toml"


@dataclass(frozen=True, slots=True)
class CallerRole:
    """One role of a caller.

    Attributes:
        name: Its id.
        answers: One of `ANSWERS`: matches in full, a carrier's words, protective referrals only, or none.
        scopes: Scopes, of `SCOPES`, that a caller of the role may be given.
    """

    name: str
    answers: str
    scopes: frozenset[str]


def caller_role(name: str) -> CallerRole:
    """Return a role by its exact name.

    Raises:
        UsageError: there is no such role.

    Examples:
        >>> caller_role("carrier")
        CallerRole(name='carrier', answers='carrier', scopes=frozenset())
    """
    role = _table().get(name)
    if role is None:
        raise UsageError(f"no role {ascii(name)[:40]}; the roles are {', '.join(_table())}")
    return role


def caller_roles() -> tuple[CallerRole, ...]:
    """Return every role, in the table's order.

    Examples:
        >>> [role.name for role in caller_roles() if "protection" in role.scopes]
        ['officer', 'analyst', 'partner']
    """
    return tuple(_table().values())


def load_roles(raw: bytes) -> Mapping[str, CallerRole]:
    """Read and check a table of caller roles.

    Raises:
        ModelError: a field missing or of an unknown value, or a scope for a role that it would be of no use to.
    """
    made = {}
    for name, row in parse(_TABLE, raw, ("role",)).rows("role").items():
        row.allow(("answers", "scopes"))
        role = CallerRole(name, row.one_of("answers", ANSWERS), frozenset(row.texts("scopes", SCOPES)))
        if role.scopes and role.answers not in ("matches", "referrals"):
            raise row.refusal(f"may hold no scope: its answers are {role.answers}, which no scope widens")
        made[name] = role
    return made


@functools.cache
def _table() -> Mapping[str, CallerRole]:
    return load_roles(shipped(_TABLE))
