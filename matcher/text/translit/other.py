"""Scripts without rules of their own, and rare letters of the others: what `anyascii` says.

A letter that can't be read is `UNREADABLE`, and a word with one has no spelling at all (`translit.read_word`): what is
left of it would equal other such words.
"""

from __future__ import annotations

import functools
import unicodedata

UNREADABLE = "?"


def ascii_of(letter: str) -> str:
    """Give the Latin letters of one character, `UNREADABLE` for a letter without any, "" for other characters.

    Examples:
        >>> ascii_of("ნ"), ascii_of("ひ"), ascii_of("\\u0301"), ascii_of("𒊊")
        ('n', 'hi', '', '?')
    """
    spelled = "".join(one for one in _anyascii(letter).lower() if "a" <= one <= "z")
    return spelled or (UNREADABLE if letter.isalpha() else "")


@functools.lru_cache(maxsize=8_192)
def _anyascii(letter: str) -> str:
    from anyascii import anyascii  # only names in such scripts pay for its tables

    return anyascii(letter)


def romanise(word: str) -> str:
    """Romanise a word character by character.

    Examples:
        >>> romanise("ნინო"), romanise("ひろし")
        ('nino', 'hiroshi')
    """
    return "".join(map(ascii_of, word))


def without_marks(word: str) -> str:
    """Case-fold a word and strip its combining marks, those that make another letter excepted (й, ё, ї, ў).

    Examples:
        >>> without_marks("Ба́зов"), without_marks("Йод"), without_marks("Κυριάκος")
        ('базов', 'йод', 'κυριακοσ')
    """
    folded = unicodedata.normalize("NFD", word.casefold())
    if folded.isalpha():
        return folded
    kept = "".join(
        letter
        for at, letter in enumerate(folded)
        if not unicodedata.combining(letter) or (at and folded[at - 1 : at + 1] in _OWN_LETTERS)
    )
    return unicodedata.normalize("NFC", kept)


_OWN_LETTERS = frozenset(unicodedata.normalize("NFD", letter) for letter in "йёїўѓќ")
