"""Names typed in the Arabic X scheme of a machine readable zone (`MXHMD<ALRAZY`; ICAO 9303-3 6.C), decoded.

Nothing says that a name is in the scheme, so it is recognised: every word decodes to a word that Arabic writing
allows, one of them has an escape that Latin names don't (`XI` and `XE` alone are too like Maxim and Alexey), and few of
the letters look like vowels, because short ones aren't written (Arben Xhaka decodes too, and isn't). What was typed
stays the second reading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from matcher.text.pieces import Word, latin_reading, word_of
from matcher.text.translit.icao import decode_arabic, is_arabic_coded
from matcher.text.unicode import clean

_STRONG = re.compile("X(?:H|TT|SH|KH|SS|DZ|ZZ|TH|DH|AE|AH|AY|TA|YA|KK|GG)")
_VOWELS = re.compile("[AEIOU]")
_MOST_VOWELS = 0.36  # of all letters; ICAO's own examples reach .33
_TEH_MARBUTA = "ة"


def decode_words(originals: Sequence[str]) -> list[Word] | None:
    """Read words as Arabic if they are of the scheme, else None.

    Examples:
        >>> [word.first.letters for word in decode_words(["MXHMD", "ALRAZY"])], decode_words(["MAX", "MUELLER"])
        (['محمد', 'رازي'], None)
        >>> decode_words(["ARBEN", "XHAKA"]), decode_words(["MAXIM", "GALKIN"])
        (None, None)
    """
    coded = [original.upper() for original in originals]
    text = "".join(coded)
    if not text.isascii() or not _STRONG.search(text) or not text.isalpha():
        return None
    if len(_VOWELS.findall(text)) > _MOST_VOWELS * len(text):
        return None
    if not any(map(is_arabic_coded, coded)):
        return None
    words: list[Word] = []
    for original, component in zip(originals, coded, strict=True):
        letters = [clean(reading) for reading in decode_arabic(component)]
        if not letters or _TEH_MARBUTA in letters[0][:-1] or ("X" in component and not is_arabic_coded(component)):
            return None
        word = word_of(letters[0])
        if word is None:
            return None
        words.append(word._replace(original=original, second=word.second or latin_reading(original.lower())))
    return words
