"""Arabic script (Arabic, Persian, Urdu, Pashto, Kurdish letters) to `a`-`z`, written letters only.

Steps: letter variants to one letter (domain facts 2.4) -> hamza dropped -> letter table, where ا و ي ع ه depend on
their place in the word. Short vowels are not guessed, but for the one before a final ه. A word with letters that
Persian and Urdu say in another way (و v, ض ذ z, ث s, ق gh; domain facts 2.2) has that as its second reading.
"""

from __future__ import annotations

from matcher.text.translit.borders import spell
from matcher.text.translit.other import ascii_of

_VARIANTS = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ٲ": "ا", "ٳ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ئ": "ي",
        "ۍ": "ي", "ێ": "ي", "ۓ": "ي", "ک": "ك", "ڪ": "ك", "ګ": "گ", "ؤ": "و", "ۆ": "و", "ۇ": "و", "ۋ": "و", "ۈ": "و",
        "ھ": "ه", "ہ": "ه", "ۀ": "ه", "ە": "ه", "ۂ": "ه", "ۃ": "ه", "ة": "ه", "ڵ": "ل", "ڕ": "ر", "ں": "ن", "ڼ": "ن",
        "ڻ": "ن", "ټ": "ت", "ٹ": "ت", "ډ": "د", "ڈ": "د", "ړ": "ر", "ڑ": "ر", "څ": "خ", "ځ": "ز", "ږ": "ژ", "ښ": "ش",
        "ڤ": "ف", "ڥ": "ف", "ڨ": "گ", "ڭ": "ن", "ء": "",
    }
)  # fmt: skip

_LETTERS = {
    "ا": "a", "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh", "د": "d", "ذ": "dh", "ر": "r", "ز": "z",
    "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "", "غ": "gh", "ف": "f", "ق": "q", "ك": "k",
    "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "u", "ي": "i", "پ": "p", "چ": "ch", "ژ": "zh", "گ": "g",
}  # fmt: skip

_FIRST = {"ع": "a", "و": "w", "ي": "y"}  # the same letters at the start of a word
_PERSIAN = {"ض": "z", "ذ": "z", "ث": "s"}
_VOWELS = frozenset("اوي")
_BY_HE = frozenset("اويه")  # before a final ه that is a consonant (شاه, كوه, نبيه) or has its vowel


def fold(word: str) -> str:
    """Unify the letter variants of one word; the script stays Arabic.

    Examples:
        >>> fold("أحمدی"), fold("رأفت"), fold("فاطمة")
        ('احمدي', 'رافت', 'فاطمه')
    """
    return word.translate(_VARIANTS)


def romanise(word: str) -> str:
    """Romanise one Arabic-script word letter by letter.

    Examples:
        >>> romanise("محمد"), romanise("عيسى"), romanise("خديجة"), romanise("گلبدین"), romanise("شهلا")
        ('mhmd', 'aisi', 'khdijah', 'glbdin', "sh'hla")
    """
    return _spell(fold(word), {})


def persian(word: str) -> str:
    """Romanise a word as Persian and Urdu say it.

    Examples:
        >>> persian("جواد"), persian("موسوي"), persian("رضا"), persian("محمود"), persian("قاضي")
        ('jvad', 'musvi', 'rza', 'mhmud', 'qazi')
    """
    word = fold(word)
    sounds = {at: _PERSIAN[letter] for at, letter in enumerate(word) if letter in _PERSIAN}
    sounds |= {at: "v" for at, letter in enumerate(word) if letter == "و" and _is_consonant(word, at)}
    if not sounds:  # beside another of these a ق is rather Urdu's q: Qazi, Naqvi
        sounds = {at: "gh" for at, letter in enumerate(word) if letter == "ق"}
    return _spell(word, sounds)


def _is_consonant(word: str, at: int) -> bool:
    """Whether a و can be a consonant: at the start, or beside another vowel letter."""
    if at == 0 or len(word) < 3:
        return len(word) > 2
    return word[at - 1] == "ا" or word[at + 1 : at + 2] in _VOWELS or (word[at + 1 :] == "ه")


def _spell(word: str, sounds: dict[int, str]) -> str:
    if not word:
        return ""
    spelled = [sounds.get(at) or _sound(letter) for at, letter in enumerate(word)]
    if 0 not in sounds:
        spelled[0] = _FIRST.get(word[0], spelled[0])
    if len(word) > 2 and word[-1] == "ه" and word[-2] not in _BY_HE:
        spelled[-1] = "ah"
    return spell(spelled)


def _sound(letter: str) -> str:
    found = _LETTERS.get(letter)
    return ascii_of(letter) if found is None else found


def second_reading(word: str) -> str | None:
    """Give the other reading of a word, None where Arabic and Persian agree.

    A final تاء مربوطة after ا is also a `t` (حياة, Hayat).

    Examples:
        >>> second_reading("جواد"), second_reading("حياة"), second_reading("محمد")
        ('jvad', 'hiat', None)
    """
    other = persian(word)
    if other != romanise(word):
        return other
    return romanise(word[:-1] + "ت") if word.endswith(("اة", "اۃ")) else None
