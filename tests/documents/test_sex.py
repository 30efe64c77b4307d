"""Sex: M, F, X, not known, or unreadable."""

from __future__ import annotations

import pytest

from matcher.documents.sex import is_readable_sex, sex_code


@pytest.mark.parametrize(
    ("text", "code"),
    [("M", "M"), ("male.", "M"), ("FEMALE", "F"), ("f", "F"), ("X", "X"), ("other", "X"), ("أنثى", "F"), ("ذكر", "M")],
)
def test_words_give_codes(text: str, code: str) -> None:
    """Codes and words in any case give M, F or X."""
    assert sex_code(text) == code
    assert is_readable_sex(text)


@pytest.mark.parametrize("text", [None, "", " ", "<", "unknown", "U", "n/a"])
def test_not_known_is_null_and_readable(text: str | None) -> None:
    """A sex that is said to be unknown is null without being a fault."""
    assert sex_code(text) is None
    assert is_readable_sex(text)


@pytest.mark.parametrize("text", ["blue", "M F", "m" * 50, "42"])
def test_nonsense_is_null_and_unreadable(text: str) -> None:
    """A text that means no sex is null, and can be told from one that was not given."""
    assert sex_code(text) is None
    assert not is_readable_sex(text)
