"""Romanisation of single words, one module a script: a named fold to `a`-`z`, the same on both sides.

These are transcriptions for comparison, not for display: `ARABIC` keeps only what is written (no short
vowels). A script without a module keeps its letters as they are and agrees only letter for letter.
"""

from __future__ import annotations

from collections.abc import Callable

from matcher.text.scripts import runs
from matcher.text.translit import arabic, cyrillic, greek, hebrew, latin
from matcher.text.translit.borders import BREAK

__all__ = ["BREAK", "REGISTRY", "romanise"]

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
