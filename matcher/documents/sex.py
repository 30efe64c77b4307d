"""Sex as documents give it: M, F, X, or not known.

Steps: fold -> table of words. Nothing is derived from a name or a title.
"""

from __future__ import annotations

import functools
from pathlib import Path

from matcher.documents.words import fold, read_table
from matcher.errors import ModelError

CODES = ("M", "F", "X")
LONGEST_TEXT = 40  # characters; a longer text is no word for a sex
_TABLE = Path(__file__).parent / "tables" / "sex.tsv"
_NOT_KNOWN = "-"


def sex_code(text: str | None) -> str | None:
    """Return `M`, `F` or `X` for a code or word; None when not given, not known or unreadable.

    Args:
        text: Code or word in English, French, Spanish or Arabic, any case; `<` is not known.

    Examples:
        >>> sex_code("male"), sex_code("Féminin"), sex_code("other"), sex_code("<"), sex_code("blue")
        ('M', 'F', 'X', None, None)
    """
    found = None if text is None or len(text) > LONGEST_TEXT else _find(text)
    return found if found in CODES else None


def is_readable_sex(text: str | None) -> bool:
    """Tell whether a text says something about the sex, or says nothing; false: it means neither.

    Examples:
        >>> is_readable_sex("unknown"), is_readable_sex(""), is_readable_sex("blue")
        (True, True, False)
    """
    return text is None or (len(text) <= LONGEST_TEXT and _find(text) is not None)


@functools.lru_cache(maxsize=256)
def _find(text: str) -> str | None:
    key = fold(text)
    return _words().get(key) if key else _NOT_KNOWN


@functools.cache
def _words() -> dict[str, str]:
    words: dict[str, str] = {}
    for row in read_table(_TABLE):
        for word in row["words"].split("|"):
            key = fold(word)
            if row["code"] not in (*CODES, _NOT_KNOWN) or words.get(key, row["code"]) != row["code"]:
                raise ModelError(f"sex.tsv gives two codes or an unknown one for {key}; mend the table")
            words[key] = row["code"]
    return words
