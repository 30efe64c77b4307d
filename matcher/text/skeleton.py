"""Consonant skeletons: what is left of a romanised form when vowels and spelling habits are taken away.

One pass, left to right, longest spelling first, over the letters without doubles and without a weak ending:
`CLASSES` gives each consonant (or spelling of one) its symbol, vowels and half-vowels give none, a form that begins
with one gets `A`. Equal neighbours are one. At most `MAX_SYMBOLS` symbols, so that a skeleton packs into 64 bits
(`compare.kernels` has the compiled twin).
"""

from __future__ import annotations

import functools
import re

from matcher.text.translit.borders import BREAK

SYMBOLS = "AkShgszfbtdrlmn"  # symbol n packs as n + 1
MAX_SYMBOLS = 16
_SPELLINGS = {
    "tsch": "S", "tzh": "sh", "shch": "S", "sch": "S", "tch": "S", "chr": "kr", "sh": "S", "ch": "S", "kh": "h",
    "gh": "g", "th": "s", "dh": "z", "zh": "g", "dj": "g", "ph": "f", "ck": "k", "ts": "s", "tz": "s", "dz": "z",
    "x": "ks", "ce": "s", "ci": "s", "cy": "s",
    "q": "k", "c": "k", "k": "k", "s": "s", "z": "z", "f": "f", "v": "f", "b": "b", "p": "b", "t": "t", "d": "d",
    "r": "r", "l": "l", "m": "m", "n": "n", "h": "h", "j": "g", "g": "g",
}  # fmt: skip
_SPELLING = re.compile("|".join(sorted(_SPELLINGS, key=lambda spelling: (-len(spelling), spelling))))
_DOUBLED = re.compile(r"([a-z])\1+")
_DOUBLED_SYMBOL = re.compile(r"(.)\1+")
_WEAK_END = re.compile("(?:ah|eh|ou|[aehiouy])$")
_BARE_H = re.compile("[^aeiouyw']{2}h")  # فرح, which Latin spells with an ending that is weak
_OWN_H = re.compile("([sktdgzc]h)h")  # Mashhadi
_VOWELS = frozenset("aeiouyw")


def skeleton_of(spelled: str) -> str:
    """Reduce a romanised spelling to its consonant classes; it may hold `BREAK`.

    Examples:
        >>> skeleton_of("mohammed"), skeleton_of("mhmd"), skeleton_of("yusuf"), skeleton_of("qadhafi")
        ('mhmd', 'mhmd', 'Asf', 'kzf')
        >>> skeleton_of("fathi"), skeleton_of("fat'hi")
        ('fs', 'fth')
    """
    letters = _DOUBLED.sub(r"\1", _OWN_H.sub(rf"\1{BREAK}h", spelled))
    if len(letters.replace(BREAK, "")) > 3 or _BARE_H.fullmatch(letters):
        letters = _WEAK_END.sub("", letters)
    found = "".join([_SPELLINGS[spelling] for spelling in _SPELLING.findall(letters)])
    return _DOUBLED_SYMBOL.sub(r"\1", ("A" if letters[:1] in _VOWELS else "") + found)[:MAX_SYMBOLS]


@functools.lru_cache(maxsize=65_536)
def pack(skeleton: str) -> int:
    """Pack a skeleton, four bits a symbol, the first symbol lowest.

    Examples:
        >>> pack("Ak"), pack("")
        (33, 0)
    """
    return sum((SYMBOLS.index(symbol) + 1) << (4 * at) for at, symbol in enumerate(skeleton))
