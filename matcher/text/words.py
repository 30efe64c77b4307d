"""Word borders: from one cleaned line to words, each still as it was written.

A single `<` is a space and `<<` a border too (ICAO 9303-3 4.6); hyphens, commas, slashes, full stops and brackets
are borders; apostrophes and their look-alikes are deleted inside a word. A word without a letter is dropped. Digits
are borders, except in a Latin word where they may be Arabizi letters (`7assan`; domain facts 2.3): those stay.
"""

from __future__ import annotations

import re
import unicodedata

from matcher.text.unicode import LetterTable

MAX_WORDS = 24  # words read of one name; real ones have at most 17 on the public lists

_APOSTROPHES = frozenset("'`´ʿʾ‘’ʻʼ′׳״\"“”«»")
_PLAIN = re.compile("[A-Za-z <-]*")  # most names: nothing to look up
_DIGIT = re.compile("[0-9]")
_OTHER_DIGIT = re.compile("[^A-Za-z0-9]|[014]")  # a word with one of these is no Arabizi
# Hebrew geresh makes another letter of these; kept as the mark rafe, which no name has after `clean`.
_GERESH = re.compile("(?<=[גזצץתדט])['׳’`´](?=[א-ת]|$|[ <-])")
_DOTTED = (("3'", "gh"), ("5'", "kh"), ("7'", "kh"), ("6'", "z"), ("9'", "d"))


def split_words(cleaned: str) -> list[str]:
    """Split a cleaned name into words of letters, at most `MAX_WORDS`.

    Examples:
        >>> split_words("O'CONNOR-SMITH<<MARY<ANN"), split_words("Ba‘th, 3 Ali.")
        (['OCONNOR', 'SMITH', 'MARY', 'ANN'], ['Bath', 'Ali'])
        >>> split_words("Ma7mood 3ali 3"), split_words("Ali12 4Smith")
        (['Ma7mood', '3ali'], ['Ali', 'Smith'])
    """
    if _PLAIN.fullmatch(cleaned):
        return cleaned.replace("-", " ").replace("<", " ").split()[:MAX_WORDS]
    if _DIGIT.search(cleaned):
        return _with_digits(cleaned)
    if not cleaned.isascii():
        cleaned = _GERESH.sub("\u05bf", cleaned)
    words = cleaned.translate(_BORDERS).split()
    if not cleaned.isascii():
        words = [word for word in words if any(letter.isalpha() for letter in word)]
    return words[:MAX_WORDS]


def _with_digits(cleaned: str) -> list[str]:
    words: list[str] = []
    if "'" in cleaned:
        for digit, letters in _DOTTED:
            cleaned = re.sub(rf"(?<=[A-Za-z]){digit}|{digit}(?=[A-Za-z])", letters, cleaned)
    for word in cleaned.translate(_BORDERS).split():
        parts = _DIGIT.sub(" ", word).split() if _OTHER_DIGIT.search(word) else [word]
        words += [part for part in parts if any(letter.isalpha() for letter in part)]
    return words[:MAX_WORDS]


def _border(letter: str) -> str | None:
    """Letters stay, and the vowel signs of scripts that write them as marks; digits are looked at later."""
    if letter in _APOSTROPHES:
        return None
    inner = letter.isalpha() or letter in "0123456789" or unicodedata.category(letter) in ("Mn", "Mc")
    return letter if inner else " "


_BORDERS = LetterTable(_border)
