"""Romanisation of single words, one module a script: a named fold to `a`-`z`, the same on both sides.

These are transcriptions for comparison, not for display: `ARABIC` keeps only what is written (no short
vowels). A script without a module keeps its letters as they are and agrees only letter for letter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from matcher.text.scripts import runs
from matcher.text.translit import arabic, cyrillic, greek, hebrew, latin
from matcher.text.translit.borders import BREAK

__all__ = ["BREAK", "REGISTRY", "own_letters", "romanise"]

REGISTRY: dict[str, Callable[[str], str]] = {
    "arabic": arabic.romanise,
    "cyrillic": cyrillic.romanise,
    "greek": greek.romanise,
    "hebrew": hebrew.romanise,
    "latin": latin.romanise,
}


def romanise(word: str) -> tuple[str, str]:
    """Romanise a word run by run; returns the form and the script of its longest run.

    Examples:
        >>> romanise("يوسف"), romanise("Žižek"), romanise("Ющенко")
        (('yusf', 'arabic'), ('zizek', 'latin'), ('yushchenko', 'cyrillic'))
    """
    parts, longest = [], ("", "other")
    for script, text in runs(word):
        parts.append(REGISTRY[script](text) if script in REGISTRY else text.casefold())
        if len(text) > len(longest[0]):
            longest = (text, script)
    return "".join(parts), longest[1]


def own_letters(word: str, form: str, script: str) -> str:
    """Give the letters of a word in its own script, variants of one letter unified.

    Examples:
        >>> own_letters("أحمدی", "ahmdi", "arabic"), own_letters("Łukasz", "lukasz", "latin")
        ('احمدي', 'lukasz')
    """
    if script == "latin":
        return form
    return arabic.fold(word) if script == "arabic" else unicodedata.normalize("NFC", word.casefold())
