"""Han characters to `a`-`z`: one most likely reading each, no context.

In a name of two to four characters the first (or a known pair) is the family name, with its Mandarin and its other
common spelling (陳: `chen`, `chan`); the others are pinyin. Everything else is taken for a transcription of a foreign
name, whose characters have readings learned from pairs (斯: `s`), with pinyin as the second reading.
"""

from __future__ import annotations

import functools

from matcher.text.table_rows import rows
from matcher.text.translit.other import ascii_of

_COMPOUND = frozenset(
    {
        "欧阳", "歐陽", "司马", "司馬", "诸葛", "諸葛", "上官", "司徒", "皇甫", "慕容", "夏侯", "尉迟", "端木", "南宫",
        "令狐", "宇文", "长孙",
    }
)  # fmt: skip


@functools.cache
def _transcription() -> dict[str, str]:
    return {character: reading for character, reading, _, _ in rows("han_readings")}


@functools.cache
def _families() -> dict[str, tuple[str, str]]:
    return {character: (mandarin, other) for character, mandarin, other in rows("han_families")}


def romanise(word: str) -> str:
    """Romanise characters by pinyin.

    Examples:
        >>> romanise("小龙"), romanise("建國")
        ('xiaolong', 'jianguo')
    """
    return "".join(map(ascii_of, word))


def readings(word: str) -> tuple[str, str | None]:
    """Read a word as a transcription, then by pinyin.

    Examples:
        >>> readings("多布金"), readings("李")
        (('dobkin', 'duobujin'), ('li', 'lee'))
    """
    if word in _families():
        return family(word)
    learned, pinyin = "".join(_transcription().get(one) or ascii_of(one) for one in word), romanise(word)
    return learned, pinyin if pinyin != learned else None


def given(word: str) -> tuple[str, str | None]:
    """Spell a given name by pinyin.

    Examples:
        >>> given("小龙")
        ('xiaolong', None)
    """
    return romanise(word), None


def family(characters: str) -> tuple[str, str | None]:
    """Spell a family name in Mandarin, then in its next common spelling (Cantonese, Hokkien, Wade-Giles, Korean).

    Examples:
        >>> family("陳"), family("歐陽")
        (('chen', 'chan'), ('ouyang', None))
    """
    mandarin, other = _families().get(characters, (romanise(characters), ""))
    return mandarin, other or None


def split_family(word: str) -> tuple[str, str] | None:
    """Part a name of two to four characters that was written without a space; None if it doesn't begin like one.

    Examples:
        >>> split_family("李小龙"), split_family("歐陽修"), split_family("卡爾")
        (('李', '小龙'), ('歐陽', '修'), None)
    """
    if not 2 <= len(word) <= 4:
        return None
    if len(word) > 2 and word[:2] in _COMPOUND:
        return word[:2], word[2:]
    return (word[0], word[1:]) if word[0] in _families() and len(word) < 4 else None
