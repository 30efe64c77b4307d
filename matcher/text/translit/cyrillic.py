"""Cyrillic to `a`-`z`: ICAO 9303-3 6.B, with the everyday forms where passports differ (х kh, ю yu, я ya).

Letters that only one group of languages writes decide how the others are read: Ukrainian and Belarusian г is `h`,
Serbian and Macedonian ж ц ч ш х are `z c c s h` as their Latin spelling shows without marks. A word without such
letters is read as Russian, and the other way is its second reading where that makes another consonant.
"""

from __future__ import annotations

from matcher.text.translit.other import ascii_of, without_marks

_LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
    "я": "ya", "є": "ye", "і": "i", "ї": "yi", "ј": "j", "љ": "lj", "њ": "nj", "ќ": "k", "ѕ": "dz", "ў": "u",
    "џ": "dz", "ђ": "dj", "ћ": "c", "ѫ": "u", "ѵ": "y", "ґ": "g", "ғ": "g", "һ": "h", "ѓ": "gj", "ә": "a", "ө": "o",
    "ү": "u", "ұ": "u", "қ": "k", "ң": "n", "ҳ": "h", "ҷ": "j", "ӣ": "i", "ӯ": "u", "ӏ": "",
}  # fmt: skip
_EAST = frozenset("іїєґў")  # Ukrainian, Belarusian
_SOUTH = frozenset("јљњћђџќѓѕ")  # Serbian, Macedonian
_HARD_G = {**_LETTERS, "г": "h"}
_PLAIN_SIBILANTS = {**_LETTERS, "ж": "z", "ц": "c", "ч": "c", "ш": "s", "х": "h", "ј": "j"}


def romanise(word: str) -> str:
    """Romanise one Cyrillic word by its first reading.

    Examples:
        >>> romanise("ХРУЩЁВ"), romanise("Сергiй"), romanise("Сергій"), romanise("Живковић")
        ('khrushchev', 'sergii', 'serhii', 'zivkovic')
    """
    return readings(word)[0]


def readings(word: str) -> tuple[str, str | None]:
    """Read a word by the letters of its language, and the other way.

    Examples:
        >>> readings("Игорь"), readings("Олег"), readings("Иван")
        (('igor', 'ihor'), ('oleg', 'oleh'), ('ivan', None))
    """
    letters = without_marks(word)
    russian = _spell(letters, _LETTERS)
    if not _EAST.isdisjoint(letters):
        return _spell(letters, _HARD_G), russian
    if not _SOUTH.isdisjoint(letters):
        return _spell(letters, _PLAIN_SIBILANTS), russian
    other = _spell(letters, _HARD_G) if "г" in letters else _spell(letters, _PLAIN_SIBILANTS)
    return russian, other if other != russian else None


def _spell(letters: str, table: dict[str, str]) -> str:
    return "".join(ascii_of(letter) if (sound := table.get(letter)) is None else sound for letter in letters)
