"""Arabic script (Arabic, Persian, Urdu, Pashto, Kurdish letters) to `a`-`z`, written letters only.

Steps: letter variants to one letter (domain facts 2.4) -> hamza dropped -> letter table, where ا و ي ع depend on
their place in the word. Short vowels are not guessed; ة and ه are both `h`, which the skeleton and the vowel rule
treat as weak at the end.
"""

from __future__ import annotations

from matcher.text.translit.borders import spell

_VARIANTS = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ئ": "ي", "ۍ": "ي", "ێ": "ي",
        "ۓ": "ي", "ک": "ك", "ڪ": "ك", "ؤ": "و", "ۆ": "و", "ۇ": "و", "ۋ": "و", "ھ": "ه", "ہ": "ه", "ۀ": "ه", "ە": "ه",
        "ۂ": "ه", "ۃ": "ة", "ګ": "گ", "ڵ": "ل", "ڕ": "ر", "ں": "ن", "ڼ": "ن", "ڻ": "ن", "ټ": "ت", "ٹ": "ت", "ډ": "د",
        "ڈ": "د", "ړ": "ر", "ڑ": "ر", "څ": "خ", "ځ": "ز", "ږ": "ژ", "ښ": "ش", "ڤ": "ف", "ڥ": "ف", "ڨ": "گ", "ڭ": "ن",
        "ء": "",
    }
)  # fmt: skip

_LETTERS = {
    "ا": "a", "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh", "د": "d", "ذ": "dh", "ر": "r", "ز": "z",
    "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "", "غ": "gh", "ف": "f", "ق": "q", "ك": "k",
    "ل": "l", "م": "m", "ن": "n", "ه": "h", "ة": "h", "و": "u", "ي": "i", "پ": "p", "چ": "ch", "ژ": "zh", "گ": "g",
}  # fmt: skip

_FIRST = {"ع": "a", "و": "w", "ي": "y"}  # the same letters at the start of a word


def fold(word: str) -> str:
    """Unify the letter variants of one word; the script stays Arabic.

    Examples:
        >>> fold("أحمدی"), fold("رأفت")
        ('احمدي', 'رافت')
    """
    return word.translate(_VARIANTS)


def romanise(word: str) -> str:
    """Romanise one Arabic-script word letter by letter.

    Examples:
        >>> romanise("محمد"), romanise("عيسى"), romanise("خديجة"), romanise("گلبدین")
        ('mhmd', 'aisi', 'khdijh', 'glbdin')
    """
    word = fold(word)
    if not word:
        return ""
    first = _FIRST.get(word[0], _LETTERS.get(word[0], ""))
    return spell([first, *(_LETTERS.get(letter, "") for letter in word[1:])])
