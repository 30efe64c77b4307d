"""Hebrew to `a`-`z`, written letters only; geresh letters were joined by `words` (the mark is gone)."""

from __future__ import annotations

from matcher.text.translit.borders import spell

_LETTERS = {
    "א": "", "ב": "b", "ג": "g", "ד": "d", "ה": "h", "ו": "u", "ז": "z", "ח": "h", "ט": "t", "י": "i", "כ": "k",
    "ך": "kh", "ל": "l", "מ": "m", "ם": "m", "נ": "n", "ן": "n", "ס": "s", "ע": "", "פ": "p", "ף": "f", "צ": "ts",
    "ץ": "ts", "ק": "k", "ר": "r", "ש": "sh", "ת": "t",
}  # fmt: skip
_FIRST = {"א": "a", "ע": "a", "ו": "v", "י": "y"}


def romanise(word: str) -> str:
    """Romanise one Hebrew word; a doubled vav is a consonant, a final he a vowel.

    Examples:
        >>> romanise("יהודית"), romanise("שרה"), romanise("לוי")
        ('yhudit', 'shra', 'lui')
    """
    if not word:
        return ""
    word = word[0] + word[1:].replace("וו", "V").replace("יי", "י")
    ending = "a" if len(word) > 2 and word.endswith("ה") else ""
    body = word[1:-1] if ending else word[1:]
    first = _FIRST.get(word[0], _LETTERS.get(word[0], ""))
    return spell([first, *("v" if letter == "V" else _LETTERS.get(letter, "") for letter in body)]) + ending
