"""Hangul to `a`-`z`: Revised Romanisation syllable by syllable, and family names as passports spell them.

Sound changes between syllables are not written in names (RR allows that), so none is applied.
"""

from __future__ import annotations

import functools
import unicodedata

from matcher.text.table_rows import rows
from matcher.text.translit.other import ascii_of

_INITIALS = ("g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h")
_VOWELS = (
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu",
    "ui", "i",
)  # fmt: skip
_FINALS = (
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t",
    "t", "k", "t", "p", "t",
)  # fmt: skip
_FIRST, _LAST = 0xAC00, 0xD7A3
_COMPOUND = frozenset({"남궁", "황보", "제갈", "선우", "독고", "사공", "서문", "동방"})


@functools.cache
def _families() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for syllable, spelling, _ in rows("korean_families"):
        found[syllable] = (*found.get(syllable, ()), spelling)
    return found


def romanise(word: str) -> str:
    """Romanise a word; a doubled ㄹ is `ll`, and the family name is not known to be one here.

    Examples:
        >>> romanise("현호"), romanise("칠루바"), romanise("ㅋ")
        ('hyeonho', 'chilluba', 'k')
    """
    return "".join(map(_syllable, unicodedata.normalize("NFC", word))).replace("lr", "ll")


def foreign(word: str) -> str:
    """Romanise a transcription of a foreign word: without the vowel ㅡ that only carries a consonant.

    Examples:
        >>> foreign("크로퍼드"), foreign("히로시"), foreign("칼")
        ('kropeod', 'hiroshi', 'kal')
    """
    return romanise(word).replace("sy", "sh").replace("si", "shi").replace("eu", "").replace("ll", "l")


def given(word: str) -> tuple[str, str | None]:
    """Spell a given name by the rules, then with the letters that most people choose (k, u, oo).

    Examples:
        >>> given("경근"), given("정은")
        (('gyeonggeun', 'kyungkeun'), ('jeongeun', 'jungeun'))
    """
    revised = romanise(word)
    parts = (_syllable(one).replace("yeo", "yu").replace("eo", "u") for one in unicodedata.normalize("NFC", word))
    chosen = "".join("k" + one[1:] if one.startswith("g") else one for one in parts).replace("lr", "ll")
    return revised, chosen if chosen != revised else None


def readings(word: str) -> tuple[str, str | None]:
    """Read a word as Korean, then as a transcription.

    Examples:
        >>> readings("타이슨"), readings("김")
        (('taiseun', 'taisn'), ('kim', 'gim'))
    """
    if word in _KNOWN:
        return family(word)
    first, other = romanise(word), foreign(word)
    return first, other if other not in (first, "") else None


def _syllable(letter: str) -> str:
    code = ord(letter)
    if not _FIRST <= code <= _LAST:
        return ascii_of(letter)
    initial, rest = divmod(code - _FIRST, 588)
    vowel, final = divmod(rest, 28)
    return _INITIALS[initial] + _VOWELS[vowel] + _FINALS[final]


def family(syllables: str) -> tuple[str, str | None]:
    """Spell a family name as is commonest, then as is next.

    Examples:
        >>> family("김"), family("이"), family("박"), family("남궁")
        (('kim', 'gim'), ('lee', 'i'), ('park', 'pak'), ('namgung', None))
    """
    revised = romanise(syllables)
    spellings = tuple(dict.fromkeys((*_families().get(syllables, ()), revised)))
    return spellings[0], spellings[1] if len(spellings) > 1 else None


def split_family(word: str) -> tuple[str, str] | None:
    """Part a name of two to four syllables that was written without a space; None if it doesn't begin like one.

    Examples:
        >>> split_family("김정은"), split_family("남궁원"), split_family("마이크")
        (('김', '정은'), ('남궁', '원'), None)
    """
    if not 2 <= len(word) <= 4:
        return None
    if len(word) > 2 and word[:2] in _COMPOUND:
        return word[:2], word[2:]
    return (word[0], word[1:]) if len(word) < 4 and word[0] in _KNOWN else None


# The families of nineteen in twenty Koreans (census of 2015, recalled): a name of three syllables may be foreign too.
_KNOWN = frozenset(
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진지엄원"
    "채천방공현함변염여추도소석선설길연위표명기반왕금옥육인맹탁국편용림"
)
