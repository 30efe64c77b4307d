"""Handling codes: known ones lead to roles and scope, unknown ones to nothing."""

from __future__ import annotations

import pytest

from matcher.errors import ModelError
from matcher.policy.handling import handling_of, load_handling
from tests.policy.planted import planted


@pytest.mark.parametrize(
    ("code", "expected", "needs_scope", "roles"),
    [
        (None, "open", False, {"officer", "analyst", "carrier", "partner"}),
        (" ", "open", False, {"officer", "analyst", "carrier", "partner"}),
        ("For official use only", "for-official-use-only", False, {"officer", "analyst"}),
        ("FOUO", "for-official-use-only", False, {"officer", "analyst"}),
        ("INTERPOL RESTRICTED", "restricted", True, {"officer", "analyst"}),
        ("Confidential", "confidential", True, {"analyst"}),
    ],
)
def test_a_code_is_read_in_any_usual_spelling(
    code: str | None, expected: str, needs_scope: bool, roles: set[str]
) -> None:
    """Each level names its roles and whether it needs the scope; no code means open."""
    handling = handling_of(code)
    assert handling is not None
    assert (handling.code, handling.needs_scope, handling.roles) == (expected, needs_scope, frozenset(roles))


@pytest.mark.parametrize("code", ["secret", "--", "open2", "restricted" * 50])
def test_an_unknown_code_is_not_taken_for_open(code: str) -> None:
    """A code that the table doesn't hold gives nothing: the row is refused by its reader."""
    assert handling_of(code) is None


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("[handling.open]", "[handling.public]", r"\[handling\.open\] is missing"),
        ('aliases = ["interpol-restricted"]', 'aliases = ["FOUO"]', r"\[handling\.restricted\] alias 'FOUO' is empty"),
        ('roles = ["analyst"]', 'roles = ["spy"]', r"\[handling\.confidential\] roles may name only officer, "),
        ('roles = ["analyst"]', "roles = []", r"\[handling\.confidential\] roles is empty"),
        ('roles = ["analyst"]', 'roles = ["analyst", "analyst"]', r"\[handling\.confidential\] roles names one twice"),
        (
            'roles = ["analyst"]',
            'roles = ["auditor"]',
            r"\[handling\.confidential\] roles names auditor, which gets no",
        ),
        ('roles = ["analyst"]', 'roles = ["carrier"]', r"\[handling\.confidential\] roles names carrier, which can't"),
        ("needs_scope = true", 'needs_scope = "yes"', r"\[handling\.restricted\] needs_scope must be true or false"),
        ("needs_scope = true", "needs_scope = true\nx = 1", r"\[handling\.restricted\] has unknown field x"),
    ],
)
def test_a_planted_fault_refuses_to_load(old: str, new: str, rule: str) -> None:
    """A gap, an alias of two codes, a role that could never see it: refused with table, row and rule."""
    with pytest.raises(ModelError, match=rf"^handling\.toml: {rule}"):
        load_handling(planted("handling.toml", old, new))
