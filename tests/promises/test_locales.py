"""One set of languages: what explanations speak, policy speaks."""

from __future__ import annotations

from matcher import explain
from matcher.policy import tables


def test_policy_and_explanations_speak_the_same_languages() -> None:
    """A language added to one and not to the other fails here."""
    assert tables.LOCALES == explain.LOCALES
