"""Which script a letter belongs to: the few that have a module in `translit`, and `other`."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterator

ABJADS = frozenset({"arabic", "hebrew"})  # scripts that leave short vowels unwritten

_RANGES = (
    ("latin", ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x250, 0x2AF), (0x1E00, 0x1EFF))),
    ("arabic", ((0x600, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF))),
    ("cyrillic", ((0x400, 0x52F),)),
    ("greek", ((0x370, 0x3FF), (0x1F00, 0x1FFF))),
    ("hebrew", ((0x590, 0x5FF),)),
)


def script_of(letter: str) -> str:
    """Name the script of one letter.

    Examples:
        >>> script_of("ع"), script_of("é"), script_of("漢")
        ('arabic', 'latin', 'other')
    """
    code = ord(letter)
    for script, ranges in _RANGES:
        if any(first <= code <= last for first, last in ranges):
            return script
    return "other"


def runs(word: str) -> Iterator[tuple[str, str]]:
    """Split a word into runs of one script each, as `(script, text)`.

    Examples:
        >>> list(runs("АлиAli"))
        [('cyrillic', 'Али'), ('latin', 'Ali')]
    """
    scripts: list[str] = []
    for letter in word:
        is_mark = bool(scripts) and unicodedata.combining(letter)  # a mark is written in its letter's script
        scripts.append(scripts[-1] if is_mark else script_of(letter))
    for script, group in itertools.groupby(zip(scripts, word, strict=True), key=lambda pair: pair[0]):
        yield script, "".join(letter for _, letter in group)
