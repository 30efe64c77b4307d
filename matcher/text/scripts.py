"""Which script a letter belongs to: those that have a module in `translit`, others by name, and `other`."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterator

_RANGES = (
    ("latin", ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x250, 0x2AF), (0x1E00, 0x1EFF))),
    ("arabic", ((0x600, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF))),
    ("cyrillic", ((0x400, 0x52F),)),
    ("greek", ((0x370, 0x3FF), (0x1F00, 0x1FFF))),
    ("hebrew", ((0x590, 0x5FF),)),
    ("hangul", ((0xAC00, 0xD7A3), (0x1100, 0x11FF), (0x3130, 0x318F))),
    ("han", ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0xF900, 0xFAFF), (0x20000, 0x323AF), (0x3005, 0x3005))),
    ("kana", ((0x3040, 0x30FF), (0x31F0, 0x31FF))),
    ("devanagari", ((0x900, 0x97F),)),
    ("bengali", ((0x980, 0x9FF),)),
    ("gurmukhi", ((0xA00, 0xA7F),)),
    ("gujarati", ((0xA80, 0xAFF),)),
    ("tamil", ((0xB80, 0xBFF),)),
    ("telugu", ((0xC00, 0xC7F),)),
    ("kannada", ((0xC80, 0xCFF),)),
    ("malayalam", ((0xD00, 0xD7F),)),
    ("sinhala", ((0xD80, 0xDFF),)),
    ("thai", ((0xE00, 0xE7F),)),
    ("lao", ((0xE80, 0xEFF),)),
    ("tibetan", ((0xF00, 0xFFF),)),
    ("myanmar", ((0x1000, 0x109F),)),
    ("georgian", ((0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2F))),
    ("armenian", ((0x530, 0x58F),)),
    ("ethiopic", ((0x1200, 0x139F),)),
    ("khmer", ((0x1780, 0x17FF),)),
    ("mongolian", ((0x1800, 0x18AF),)),
    ("tifinagh", ((0x2D30, 0x2D7F),)),
)


def script_of(letter: str) -> str:
    """Name the script of one letter.

    Examples:
        >>> script_of("ع"), script_of("é"), script_of("漢"), script_of("ᎣᏍ"[0])
        ('arabic', 'latin', 'han', 'other')
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
        is_mark = bool(scripts) and unicodedata.category(letter) == "Mn"  # a mark is written in its letter's script
        scripts.append(scripts[-1] if is_mark else script_of(letter))
    for script, group in itertools.groupby(zip(scripts, word, strict=True), key=lambda pair: pair[0]):
        yield script, "".join(letter for _, letter in group)
