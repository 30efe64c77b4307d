"""Hebrew to `a`-`z`, written letters only; `words` left a `GERESH` where a mark makes another letter (ג׳ `j`).

ו is a vowel inside a word, a consonant when doubled, at the start or beside a vowel letter. ב כ פ are `b k p` at the
start and after a written vowel `v kh f` only in the second reading, where ו is `v` too; final ך ף are always `kh f`.
"""

from __future__ import annotations

from matcher.text.translit.borders import spell
from matcher.text.translit.other import ascii_of

_LETTERS = {
    "א": "", "ב": "b", "ג": "g", "ד": "d", "ה": "h", "ו": "u", "ז": "z", "ח": "h", "ט": "t", "י": "i", "כ": "k",
    "ך": "kh", "ל": "l", "מ": "m", "ם": "m", "נ": "n", "ן": "n", "ס": "s", "ע": "", "פ": "p", "ף": "f", "צ": "ts",
    "ץ": "ts", "ק": "k", "ר": "r", "ש": "sh", "ת": "t", "װ": "v", "ױ": "oi", "ײ": "ei",
}  # fmt: skip
_FIRST = {"א": "a", "ע": "a", "ו": "v", "י": "y"}
_SOFT = {"ב": "v", "פ": "f", "ו": "v", "ש": "s"}
_FIRST_SOFT = {"פ": "f", "ו": "w", "ש": "s"}  # Frank, Wilson, Sara
GERESH = "\u05bf"
_MARKED = (("ג", "J"), ("צ", "C"), ("ץ", "C"), ("ז", "Z"), ("ת", "T"), ("ט", "C"), ("ד", "D"))
_CAPITALS = {"J": "j", "C": "ch", "Z": "zh", "T": "th", "D": "dh", "V": "v"}


def romanise(word: str) -> str:
    """Romanise one Hebrew word by its first reading; a final he is a vowel.

    Examples:
        >>> romanise("יהודית"), romanise("שרה"), romanise("לוי"), romanise("דוויד")
        ('yhudit', 'shra', 'lui', 'dvid')
    """
    return readings(word)[0]


def readings(word: str) -> tuple[str, str | None]:
    """Read a word with hard letters, then with soft ones.

    Examples:
        >>> readings("דוד"), readings("אברהם"), readings("פרנק"), readings("ג\u05bfון")
        (('dud', 'dvd'), ('abrhm', 'avrhm'), ('prnk', 'frnk'), ('jun', 'jvn'))
    """
    hard = _spell(word, soft=False)
    soft = _spell(word, soft=True)
    return hard, soft if soft != hard else None


def _spell(word: str, *, soft: bool) -> str:
    for letter, marked in _MARKED:
        word = word.replace(letter + GERESH, marked)
    word = word.replace(GERESH, "")
    if not word:
        return ""
    word = word[0] + word[1:].replace("וו", "V").replace("יי", "י")
    ending = "a" if len(word) > 2 and word.endswith("ה") else ""
    body = word[1:-1] if ending else word[1:]
    first = (_FIRST_SOFT.get(word[0]) if soft else None) or _FIRST.get(word[0]) or _sound(word[0])
    sounds = [first, *(_inner(letter, soft) for letter in body)]
    if soft and word[-1] == "פ":
        sounds[-1] = "p"  # a foreign word's p: Philip
    return spell(sounds) + ending


def _inner(letter: str, soft: bool) -> str:
    return _SOFT[letter] if soft and letter in _SOFT else _sound(letter)


def _sound(letter: str) -> str:
    found = _LETTERS.get(letter) if letter not in _CAPITALS else _CAPITALS[letter]
    return ascii_of(letter) if found is None else found
