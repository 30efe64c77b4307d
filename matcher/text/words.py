"""Word borders: from one cleaned line to words, each still as it was written.

A single `<` is a space and `<<` a border too (ICAO 9303-3 4.6); hyphens, commas, slashes, full stops and brackets
are borders; apostrophes and their look-alikes are deleted inside a word. A word without a letter is dropped.
"""

from __future__ import annotations

import unicodedata

MAX_WORDS = 24  # words read of one name; real ones have at most 17 on the public lists

_APOSTROPHES = str.maketrans("", "", "'`´ʿʾ‘’ʻʼ′׳״\"“”«»")


def split_words(cleaned: str) -> list[str]:
    """Split a cleaned name into words of letters, at most `MAX_WORDS`.

    Examples:
        >>> split_words("O'CONNOR-SMITH<<MARY<ANN"), split_words("Ba‘th, 3 Ali.")
        (['OCONNOR', 'SMITH', 'MARY', 'ANN'], ['Bath', 'Ali'])
    """
    text = cleaned.translate(_APOSTROPHES)
    spaced = "".join(letter if _is_inner(letter) else " " for letter in text)
    return [word for word in spaced.split() if any(letter.isalpha() for letter in word)][:MAX_WORDS]


def _is_inner(letter: str) -> bool:
    """Letters, and the vowel signs of scripts that write them as marks."""
    return letter.isalpha() or unicodedata.category(letter) in ("Mn", "Mc")
