"""Cyrillic to `a`-`z`: ICAO 9303-3 6.B, with the everyday forms where passports differ (х kh, ю yu, я ya).

National differences (Ukrainian г h, и y; Serbian ц c, ж z) are folded again by `names.sound_of` and the skeleton.
"""

from __future__ import annotations

_LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
    "я": "ya", "є": "ye", "і": "i", "ї": "yi", "ј": "j", "љ": "lj", "њ": "nj", "ќ": "k", "ѕ": "dz", "ў": "u",
    "џ": "dz", "ђ": "dj", "ћ": "c", "ѫ": "u", "ѵ": "y", "ґ": "g", "ғ": "g", "һ": "h", "ѓ": "gj", "ә": "a", "ө": "o",
    "ү": "u", "ұ": "u", "қ": "k", "ң": "n", "ҳ": "h", "ҷ": "j", "ӣ": "i", "ӯ": "u", "ӏ": "",
}  # fmt: skip


def romanise(word: str) -> str:
    """Romanise one Cyrillic word.

    Examples:
        >>> romanise("ХРУЩЁВ"), romanise("Сергiй")
        ('khrushchev', 'sergi')
    """
    return "".join(_LETTERS.get(letter, "") for letter in word.casefold())
