"""Document classes: what kind of document a code or a word names.

A class, not the raw code, decides whether two documents are of the same kind (domain facts 1.6): `P<`
and any national second letter stay in circulation beside `PP` until 2038. The code as listed is kept by
the caller.
Steps: fold -> whole code -> its first letter -> whole phrase -> a phrase inside the text -> `other`.
"""

from __future__ import annotations

import functools
from pathlib import Path

from matcher.documents.words import fold, read_table
from matcher.errors import ModelError

CLASSES = ("passport", "identity_card", "visa", "residence", "crew", "emergency", "other")
OTHER = "other"
LONGEST_TEXT = 200  # characters; a longer text is not a document type
_TABLE = Path(__file__).parent / "tables" / "types.tsv"


def document_class(code: str | None) -> str | None:
    """Return the class of a document from its code or from a word for it.

    Args:
        code: Document code (ICAO 9303 line 1, 1-2, fillers allowed) or words in English, French,
            Spanish or Arabic; any case. None or blank: not given.

    Returns:
        One of `CLASSES`; None when nothing was given. An unknown code or word is `other`: something
        was said, and it is none of the classes.

    Source:
        ICAO 9303-4, -5 and -7; `tables/types.tsv`.

    Examples:
        >>> document_class("P<"), document_class("AC"), document_class("Número de pasaporte")
        ('passport', 'crew', 'passport')
        >>> document_class("Birth certificate"), document_class(None)
        ('other', None)
    """
    if code is None or len(code) > LONGEST_TEXT:
        return None if code is None else OTHER
    return _class_of(code)


@functools.lru_cache(maxsize=1024)
def _class_of(code: str) -> str | None:
    key = fold(code)
    if not key:
        return None
    codes, words = _tables()
    letters = key.replace(" ", "")
    if len(letters) <= 2 and key not in words:
        return codes.get(letters) or codes.get(letters[0]) or OTHER
    if key in words:
        return words[key]
    padded = f" {key} "
    return next((found for phrase, found in words.items() if f" {phrase} " in padded), OTHER)


@functools.cache
def _tables() -> tuple[dict[str, str], dict[str, str]]:
    codes: dict[str, str] = {}
    words: dict[str, str] = {}
    for row in read_table(_TABLE):
        target = {"code": codes, "word": words}.get(row["kind"])
        key = fold(row["text"])
        if target is None or row["class"] not in CLASSES or key in target:
            raise ModelError(f"types.tsv holds a row twice, or of unknown kind or class ({key}); mend the table")
        target[key] = row["class"]
    return codes, words
