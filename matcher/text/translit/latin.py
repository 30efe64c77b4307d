"""Latin national letters to `a`-`z` (ICAO 9303-3 6.A; letters without a decomposition are listed here).

Of ICAO's alternatives the base letter is taken for Ä Ö Ü Å (`a o u a`); spellings such as `ae` and `ue` meet it
again in `names.sound_of`. Marks are stripped after NFKD.
"""

from __future__ import annotations

import unicodedata

# NFKD leaves these whole (domain facts 1.8); ə and Azerbaijani letters are in use, not in ICAO's table.
_WHOLE = str.maketrans(
    {
        "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th",
        "ə": "a", "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k", "ſ": "s", "ƒ": "f", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ǝ": "e",
    }
)  # fmt: skip


def romanise(word: str) -> str:
    """Lower-case a Latin word and strip its marks.

    Examples:
        >>> romanise("Łukasz"), romanise("MÜLLER"), romanise("Nguyễn"), romanise("Đào")
        ('lukasz', 'muller', 'nguyen', 'dao')
    """
    decomposed = unicodedata.normalize("NFKD", word.casefold().translate(_WHOLE))
    return "".join(letter for letter in decomposed.translate(_WHOLE) if letter.isascii() and letter.isalpha())
