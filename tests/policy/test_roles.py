"""Roles of callers: six, each with its answers and the scopes it may hold."""

from __future__ import annotations

import pytest

from matcher.errors import ModelError, UsageError
from matcher.policy.roles import caller_role, caller_roles, load_roles
from tests.policy.planted import planted


def test_the_six_roles() -> None:
    """Officers and analysts get matches, a carrier its words, a partner referrals, auditor and admin nothing."""
    assert [(role.name, role.answers, set(role.scopes)) for role in caller_roles()] == [
        ("officer", "matches", {"protection"}),
        ("analyst", "matches", {"protection"}),
        ("auditor", "none", set()),
        ("admin", "none", set()),
        ("carrier", "carrier", set()),
        ("partner", "referrals", {"protection"}),
    ]


@pytest.mark.parametrize("name", ["Officer", "", "root", "officer "])
def test_an_unknown_role_is_refused(name: str) -> None:
    """A role is named exactly; the error names those that there are."""
    with pytest.raises(UsageError, match="the roles are officer, analyst, auditor, admin, carrier, partner"):
        caller_role(name)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('answers = "carrier"', 'answers = "everything"', r"\[role\.carrier\] answers must be one of matches, "),
        ('answers = "carrier"', "", r"\[role\.carrier\] answers must be one of matches, "),
        ('scopes = ["protection"]', 'scopes = ["all"]', r"\[role\.officer\] scopes may name only protection"),
        ("scopes = []", 'scopes = ["protection"]', r"\[role\.auditor\] may hold no scope"),
        ("scopes = []", "", r"\[role\.auditor\] scopes must be a list of texts"),
        ("scopes = []", "scopes = []\nx = 1", r"\[role\.auditor\] has unknown field x"),
    ],
)
def test_a_planted_fault_refuses_to_load(old: str, new: str, rule: str) -> None:
    """An unknown answer or scope, or a scope of no use: refused with table, row and rule."""
    with pytest.raises(ModelError, match=rf"^roles\.toml: {rule}"):
        load_roles(planted("roles.toml", old, new))
