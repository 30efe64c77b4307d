"""Unicode hygiene before anything else reads a name.

Fixed order: lone surrogates to U+FFFD -> NFKC (presentation forms, full-width) -> removal of controls, bidi
and zero-width characters, enclosing marks, tatweel, Arabic and Hebrew points -> digits to 0-9. Not here: case,
accents of Latin letters (`translit.latin`), word borders (`words`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

MAX_LETTERS = 1_000  # a longer name is cut here and the cut is counted; the longest real ones are near 200

# Domain facts 2.4: Quranic marks, tashkil, superscript alef, tatweel, bidi and zero-width controls; Hebrew points.
_REMOVED = re.compile(
    "[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\u061c\ufffd]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_REMEMBERED = 8_192  # characters whose treatment is kept; real lists use some 4,000


class LetterTable(dict[int, str | None]):
    """A table for `str.translate` that asks a rule about each character once; bounded.

    Examples:
        >>> "a1b".translate(LetterTable(lambda letter: letter if letter.isalpha() else None))
        'ab'
    """

    def __init__(self, rule: Callable[[str], str | None]) -> None:
        super().__init__()
        self._rule = rule

    def __missing__(self, code: int) -> str | None:
        found = self._rule(chr(code))
        if len(self) < _REMEMBERED:
            self[code] = found
        return found


def clean(text: str) -> str:
    """Fold compatibility forms and remove what cannot be seen; at most `MAX_LETTERS` characters are read.

    Zero-width non-joiner (U+200C) is a word border in Persian and becomes a space; other controls vanish.

    Examples:
        >>> clean("مُحَمَّد \\u202eعلي"), clean("ＡＬＩ\\x00 ٣")
        ('محمد علي', 'ALI 3')
    """
    text = text[:MAX_LETTERS]
    if not text.isascii():
        text = _SURROGATE.sub("\ufffd", text).replace("\u200c", " ")
        text = _REMOVED.sub("", unicodedata.normalize("NFKC", text))[:MAX_LETTERS]  # U+FDFA becomes 18 letters
    elif text.isprintable():
        return text
    return text.translate(_PLAIN)


def _plain(letter: str) -> str | None:
    category = unicodedata.category(letter)
    if category == "Nd":
        return str(unicodedata.digit(letter))
    if category.startswith("Z") or letter in "\t\n\r\f\v":
        return " "
    return None if category in ("Cc", "Cf", "Cn", "Co", "Me") else letter


_PLAIN = LetterTable(_plain)
