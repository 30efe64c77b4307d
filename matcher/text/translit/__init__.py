"""Romanisation of single words, one module a script: a named fold to `a`-`z`, the same on both sides.

These are transcriptions for comparison, not for display: `arabic` keeps only what is written (no short
vowels). A script without a module is read by `other`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from matcher.text.scripts import runs
from matcher.text.translit import arabic, cyrillic, greek, han, hangul, hebrew, latin, other
from matcher.text.translit.borders import BREAK
from matcher.text.translit.other import UNREADABLE

__all__ = ["BREAK", "REGISTRY", "Reading", "own_letters", "read_word", "romanise"]


class Reading(NamedTuple):
    """One way to read a word: its romanised spelling (`a`-`z` and `BREAK`), its own letters and their script."""

    spelled: str
    letters: str
    script: str


def _alone(romanise_word: Callable[[str], str]) -> Callable[[str], tuple[str, str | None]]:
    return lambda word: (romanise_word(word), None)


REGISTRY: dict[str, Callable[[str], tuple[str, str | None]]] = {
    "arabic": lambda word: (arabic.romanise(word), arabic.second_reading(word)),
    "cyrillic": cyrillic.readings,
    "greek": greek.readings,
    "han": han.readings,
    "hangul": hangul.readings,
    "hebrew": hebrew.readings,
    "latin": latin.readings,
}
_OTHER = _alone(other.romanise)


def read_word(word: str) -> tuple[Reading, Reading | None] | None:
    """Read a word, and read it again where its writing is ambiguous; None if it can't be spelled.

    A word of two scripts is read run by run; its script is that of its longest run, and it has no second reading.

    Examples:
        >>> read_word("Олег")
        (Reading(spelled='oleg', letters='олег', script='cyrillic'), Reading(spelled='oleh', letters='олег', ...))
        >>> read_word("АлиAli")[0].spelled, read_word("ءء")
        ('aliali', None)
    """
    parts = [("latin", word)] if word.isascii() else list(runs(word))
    if len(parts) > 1:
        return _read_mixed(parts, word)
    script = parts[0][0]
    first, second = REGISTRY.get(script, _OTHER)(word)
    if not _is_readable(first):
        return None
    reading = Reading(first, own_letters(word, first, script), script)
    if not second or not _is_readable(second) or second == first:
        return reading, None
    return reading, Reading(second, second if script == "latin" else reading.letters, script)


def _is_readable(spelled: str) -> bool:
    return bool(spelled.strip(BREAK)) and UNREADABLE not in spelled


def _read_mixed(parts: list[tuple[str, str]], word: str) -> tuple[Reading, None] | None:
    joined = "".join(REGISTRY.get(script, _OTHER)(text)[0] for script, text in parts)
    if not _is_readable(joined):
        return None
    script = max(parts, key=lambda part: len(part[1]))[0]
    return Reading(joined, own_letters(word, joined, script), script), None


def romanise(word: str) -> tuple[str, str]:
    """Romanise a word by its first reading; returns the spelling and the script, `("", "other")` if it can't be read.

    Examples:
        >>> romanise("يوسف"), romanise("Žižek"), romanise("Ющенко")
        (('yusf', 'arabic'), ('zizek', 'latin'), ('yushchenko', 'cyrillic'))
    """
    found = read_word(word)
    return (found[0].spelled, found[0].script) if found else ("", "other")


def own_letters(word: str, spelled: str, script: str) -> str:
    """Give the letters of a word in its own script, variants of one letter unified.

    Examples:
        >>> own_letters("أحمدی", "ahmdi", "arabic"), own_letters("Łukasz", "lukasz", "latin")
        ('احمدي', 'lukasz')
        >>> own_letters("김", "gim", "hangul") == "\\u1100\\u1175\\u11b7"
        True
    """
    if script == "latin":
        return spelled.replace(BREAK, "")
    if script == "arabic":
        return arabic.fold(word)
    if script == "hangul":
        return unicodedata.normalize("NFD", word)
    if script == "hebrew":
        return word.replace(hebrew.GERESH, "׳")
    return other.without_marks(word) if script in ("cyrillic", "greek") else word.casefold()
