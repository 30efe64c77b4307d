"""One word of a name by itself: its readings, what kinds of particle it can be, and forms that hold a particle inside.

The second reading of a Latin word, in this order of preference: without (or with) a particle that may be glued to it,
the other spelling of a national letter, digits dropped. Words are remembered, the commonest 65,536.
"""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources
from typing import Any, NamedTuple

from matcher.text.scripts import runs
from matcher.text.table_rows import rows
from matcher.text.translit import BREAK, Reading, arabic, read_word

ABD, ABU, UMM, BOU, DIN, ALLAH = "abdal", "abu", "umm", "bu", "aldin", "allah"
OWN = {ABD: "عبدال", ABU: "ابو", UMM: "ام", BOU: "بو", DIN: "الدين", ALLAH: "الله"}
NO_KINDS: frozenset[str] = frozenset()
_CONSTRUCT = frozenset({"construct"})
REMEMBERED = 65_536

_ABD = re.compile(r"ab(?:e?d|id)(?:[aeiou]|ou|oo)(?:l|(?:([nrsdtz])(?=\1))|(sh|th|dh|ch)(?=\2))?(?=.{3})(.+)")
_ABD_PLAIN = re.compile(r"abd(?=[^aeiou].{3})(.+)")
_ABDALLAH = re.compile(r"abd[aeou]{1,2}l{1,2}[ae]hi?|abdulla|abdalla|abdoulla|abdalahi|abdulahi|abdoulaye|abdoulay")
_ABU = re.compile(r"ab(?:ou|u|o)(?:(?:e|a)?l(?=[^l]))?(?=[^aeioul].{2})(.+)")
_DIN = re.compile(r"(.{3,}?)(?:(?:al|el|ul|il|ol)d(?:in|een|ine)|(?:[aeiou]|ou)dd(?:in|een|ine)|ed(?:in|een|ine))")
_DIN_WEAK = re.compile(r"(.{3,}?)([auo])d(?:in|een)")
_ALLAH = re.compile(r"(.{3,}?)(?:allah|ullah|ollah|oullah|ellah)")
_ALLAH_WEAK = re.compile(r"(.{3,}?)(?:ulla|olla)")
_ARTICLE = re.compile(r"(?:al|el)(?=[^aeiou]).{4,}")
_PERHAPS_ARTICLE = re.compile(r"(?:al|el|ul)(?:[^aeiou].{2,}|[ao].{2,}|[eiu].{3,})")
_CH = re.compile("(?<![st])ch")
_SUN = re.compile(r"[aeu](?:(sh|th|dh|ch)\1|([nrsdtz])\2)[aeiou].{2,}")
_PERHAPS_SON = re.compile(r"(?:ben|bin)(?=[^njt].{2}|t.{4})(.+)")


class Word(NamedTuple):
    """One word of a name: its readings, the text that it was written as, the kinds of particle that it can be.

    `lead` is what was dropped before it: an article, a word of descent; `part` the name that `abd` or `al-din` was
    fused with.
    """

    first: Reading
    second: Reading | None
    original: str
    kinds: frozenset[str]
    lead: Reading | None = None
    part: Reading | None = None


@functools.cache
def particles() -> dict[str, Any]:
    """Return the table of particles."""
    return tomllib.loads(resources.files("matcher.text").joinpath("tables/particles.toml").read_text("utf-8"))


@functools.cache
def _kinds() -> dict[bool, dict[str, frozenset[str]]]:
    found: dict[bool, dict[str, set[str]]] = {True: {}, False: {}}
    for is_arabic, script in ((True, "arabic"), (False, "latin")):
        for kind, words in particles()[script].items():
            if isinstance(words, list) and kind != "whole_ul":
                for word in () if kind == "construct" else words:
                    found[is_arabic].setdefault(word, set()).add(kind)
    return {side: {word: frozenset(kinds) for word, kinds in table.items()} for side, table in found.items()}


@functools.cache
def _whole() -> dict[str, frozenset[str]]:
    return {script: frozenset(words) for script, words in particles()["whole"].items()}


@functools.cache
def _glued() -> dict[str, bool]:
    """Latin words of the pairs that begin like an article: whether they mostly have one."""
    return {word: int(with_article) > int(without) for word, with_article, without in rows("glued_articles")}


@functools.cache
def _spelled() -> dict[str, str]:
    return {word: spelled for word, spelled, _, _ in rows("split_digraphs")}


@functools.lru_cache(maxsize=REMEMBERED)
def word_of(original: str) -> Word | None:
    """Read one word; None if it can't be spelled.

    Examples:
        >>> word_of("Abdelkader").first.spelled, word_of("Saifuddin").first.spelled, word_of("bin").kinds
        ('abdalkader', 'saifaldin', frozenset({'descent'}))
        >>> [one.spelled for one in word_of("elsaid")[:2]], [one.spelled for one in word_of("Müller")[:2]]
        (['said', 'elsaid'], ['muller', 'mueller'])
    """
    found = read_word(original)
    if found is None:
        return None
    first, second = found
    if first.script == "arabic" and len(list(runs(original))) == 1:  # no article is looked for in mixed scripts
        kinds = _kinds()[True].get(first.letters, NO_KINDS)
        if original == "آل":
            return Word(first, None, original, frozenset({"family"}))
        word = _arabic_word(original, first, second)
        return Word(first, second, original, kinds) if kinds - {"title", "honorific"} else word._replace(kinds=kinds)
    kinds = _kinds()[False].get(first.spelled, NO_KINDS)
    if kinds or first.script != "latin":
        return Word(first, second, original, kinds)
    glued, other = _latin(first.spelled)
    if second and glued == first.spelled:
        other = second.spelled
    elif other is None:
        other = _continental(glued) if len(glued) > 1 else None
    kinds = _CONSTRUCT if len(glued) > 4 and _may_be_construct(glued) else NO_KINDS
    is_led = glued != first.spelled and first.spelled.endswith(glued)
    lead = latin_reading(first.spelled[: -len(glued)]) if is_led else None
    return Word(latin_reading(glued), latin_reading(other) if other else None, original, kinds, lead)


def _may_be_construct(form: str) -> bool:
    """Whether the next word may show that a word ends in that word's article (`Rezaul`, `Habibur`)."""
    if form.endswith("ul"):
        return len(form) > 5 and form not in particles()["latin"]["whole_ul"]
    return form[-1] in "rnsdz" and form[-2] in "uo"


def _continental(form: str) -> str | None:
    """How German, Slavic and other languages mean letters that English says in another way (Thomas, Jan, Chris)."""
    other = _CH.sub("k", form).replace("th", "t").replace("w", "v")
    other = "y" + other[1:] if other[0] == "j" else other
    return other if other != form else None


def latin_reading(spelled: str) -> Reading:
    """Make a reading of a Latin word; words whose `th`, `sh` ... are two sounds get their border."""
    spelled = _spelled().get(spelled, spelled)
    return Reading(spelled, spelled.replace(BREAK, ""), "latin")


def _latin(form: str) -> tuple[str, str | None]:
    """Bring a Latin word with a glued particle to the form of its parts; return it and its second reading."""
    if len(form) < 5:
        return form, particles()["latin"]["abbreviation"].get(form)
    if form.startswith("ould") and len(form) > 7 and not form.startswith("ould", 4):
        return form, _latin(form[4:])[0]
    if form[0] == "a" and form[1] == "b" and (found := _glued_ab(form)):
        return found
    if "d" in form[3:]:
        if match := _DIN.fullmatch(form):
            return match[1] + DIN, None
        if (match := _DIN_WEAK.fullmatch(form)) and not form.startswith(("bin", "ben")):
            joined = match[1] + DIN
            return (joined, form) if match[2] == "u" else (form, joined)
    if "lla" in form[3:]:
        if match := _ALLAH.fullmatch(form):
            return match[1] + ALLAH, None
        if match := _ALLAH_WEAK.fullmatch(form):
            return match[1] + ALLAH, form
    return _glued_article(form)


def _glued_ab(form: str) -> tuple[str, str | None] | None:
    """`abd` + X and `abu` + X, written as one word."""
    if form.startswith(ABD) and len(form) > 8:
        return form, None
    if _ABDALLAH.fullmatch(form):
        return ABD + "lah", None
    if match := _ABD.fullmatch(form) or _ABD_PLAIN.fullmatch(form):
        return ABD + match[match.lastindex or 1], None
    if match := _ABU.fullmatch(form):
        return ABU + match[1], form
    return None


def _glued_article(form: str) -> tuple[str, str | None]:
    attested = _glued().get(form)
    if form[0] == "l" and attested is not None:
        return (form[1:], form) if attested else (form, form[1:])
    if form in _whole()["latin"]:
        return form, None
    if _ARTICLE.fullmatch(form) and attested is not False:
        return form[2:], form
    if _PERHAPS_ARTICLE.fullmatch(form):
        return (form[2:], form) if attested else (form, form[2:])
    if match := _SUN.fullmatch(form):
        return form, form[1 + len(match[1] or match[2]) :]
    if match := _PERHAPS_SON.fullmatch(form):
        return form, match[1]
    return form, None


def _arabic_word(original: str, first: Reading, second: Reading | None, *, may_have_article: bool = True) -> Word:
    """Bring an Arabic-script word with a glued particle to the form of its parts; of two articles the first is one."""
    letters = first.letters
    if letters in _whole()["arabic"]:
        return Word(first, second, original, NO_KINDS)
    if may_have_article and len(letters) > 3 and letters.startswith("ال") and not letters.startswith("الله"):
        stem = letters[2:]
        inner = _arabic_word(original, arabic_reading(stem), _second(stem, original[2:]), may_have_article=False)
        return inner._replace(second=inner.second or _perhaps_whole(letters), lead=arabic_reading("ال"))
    if letters == "عبدالله":
        return Word(Reading(ABD + "lah", letters, "arabic"), None, original, NO_KINDS)
    for prefix, own in ((ABD, "عبدال"), (ABU, "ابوال"), (ABU, "ابو")):
        if letters.startswith(own) and len(letters) > len(own) + 1:
            stem = letters[len(own) :]
            return _around(prefix, stem, "", original)
    for ending in (DIN, ALLAH):
        if letters.endswith(OWN[ending]) and len(letters) > len(OWN[ending]) + 1:
            return _around("", letters[: -len(OWN[ending])], ending, original)
    return Word(first, second, original, NO_KINDS)


def _around(prefix: str, stem: str, ending: str, original: str) -> Word:
    inner = (arabic_reading(stem), _second(stem, stem))
    first, second = (affixed(prefix, one, ending) if one else None for one in inner)
    assert first is not None
    return Word(first, second, original, NO_KINDS)


def affixed(prefix: str, stem: Reading, ending: str = "") -> Reading:
    """Put a canonical prefix and ending around a reading."""
    spelled = prefix + stem.spelled + ending
    own = OWN.get(prefix, "") + stem.letters + OWN.get(ending, "")
    letters = own if stem.script == "arabic" else spelled.replace(BREAK, "")
    return Reading(
        spelled, letters if stem.script in ("arabic", "latin") else prefix + stem.letters + ending, stem.script
    )


def arabic_reading(letters: str) -> Reading:
    """Make the first reading of folded Arabic letters."""
    return Reading(arabic.romanise(letters), letters, "arabic")


def _second(letters: str, original: str) -> Reading | None:
    spelled = arabic.second_reading(original if arabic.fold(original) == letters else letters)
    return Reading(spelled, letters, "arabic") if spelled else None


def _perhaps_whole(letters: str) -> Reading | None:
    """The whole word, where what follows `ال` is short: it may be no article."""
    return arabic_reading(letters) if len(letters) < 5 else None
