"""Latin national letters to `a`-`z` (ICAO 9303-3 6.A; letters without a decomposition are listed here).

Of ICAO's alternatives the base letter is the first reading and the digraph the second (Müller: `muller`, `mueller`).
The escapes of a machine readable zone (`MUXXLLER`, `CANXXON`) and Arabizi digits (`7assan`) are read as the letters
that they stand for; as written, digits dropped, is their second reading. Marks are stripped after NFKD.
"""

from __future__ import annotations

import unicodedata

from matcher.text.translit import icao
from matcher.text.translit.other import ascii_of

# NFKD leaves these whole (domain facts 1.8); ə and Azerbaijani letters are in use, not in ICAO's table.
_WHOLE = str.maketrans(
    {
        "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th",
        "ə": "a", "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k", "ſ": "s", "ƒ": "f", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ǝ": "e",
    }
)  # fmt: skip
_ALTERNATIVES = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "ə": "e", "ñ": "ny", "ğ": ""})
_ARABIZI = str.maketrans({"2": "", "3": "", "5": "kh", "6": "t", "7": "h", "8": "q", "9": "s"})
_FIRST_AYN = ("2", "3")  # at the start of a word before a consonant: an unwritten vowel


def romanise(word: str) -> str:
    """Lower-case a Latin word and strip its marks.

    Examples:
        >>> romanise("Łukasz"), romanise("MÜLLER"), romanise("Nguyễn"), romanise("Đào")
        ('lukasz', 'muller', 'nguyen', 'dao')
    """
    if word.isascii():
        return word.lower() if word.isalpha() else "".join(filter(str.isalpha, word)).lower()
    return _strip(word.casefold())


def _strip(folded: str) -> str:
    letters = unicodedata.normalize("NFKD", folded.translate(_WHOLE)).translate(_WHOLE)
    if letters.isascii():
        return "".join(filter(str.isalpha, letters))
    return "".join(ascii_of(one) if not one.isascii() else one for one in letters if one.isalpha() or not one.isascii())


def readings(word: str) -> tuple[str, str | None]:
    """Read a word and, where its letters have two spellings, read it again.

    Examples:
        >>> readings("Müller"), readings("MUXXLLER"), readings("Bjørn"), readings("Smith")
        (('muller', 'mueller'), ('muller', 'muxxller'), ('bjorn', 'bjoern'), ('smith', None))
        >>> readings("7assan"), readings("3ali"), readings("Ma7mood")
        (('hassan', 'assan'), ('ali', 'ali'), ('mahmood', 'mamood'))
    """
    first = romanise(word)
    if word.isascii():
        if not word.isalpha():
            digits = word.lower().translate(_ARABIZI)
            ayn = word.startswith(_FIRST_AYN) and digits[:1] not in "aeiou"
            return ("a" if ayn else "") + digits, first
        if "xx" in first:
            read = romanise(icao.decode_latin(first.upper()))
            return (read, first) if read != first else (first, None)
        return first, None
    folded = unicodedata.normalize("NFC", word.casefold())
    other = folded.translate(_ALTERNATIVES)
    return first, (_strip(other) or None) if other != folded else None
