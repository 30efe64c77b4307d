"""From a romanised spelling to its looser forms: `sound` (spelling habits folded), `skeleton` (consonant classes)."""

from __future__ import annotations

import re

from matcher.text.translit.borders import BREAK

_SOUND = (
    ("tzh", "ts'h"), ("tsch", "ch"), ("sch", "sh"), ("tch", "ch"), ("shch", "sh"), ("ph", "f"), ("ck", "k"),
    ("cq", "k"), ("dj", "j"), ("dzh", "j"), ("zh", "j"), ("kh", "h"), ("ou", "u"), ("oo", "u"), ("ee", "i"),
    ("ie", "i"), ("ay", "ai"), ("ei", "ai"), ("ey", "ai"), ("ow", "u"), ("aw", "au"), ("ew", "iu"), ("q", "k"),
    ("x", "ks"), ("y", "i"), ("w", "u"), ("o", "u"), ("e", "a"),
)  # fmt: skip
_HARD_C = re.compile("c(?!h)")
_SOFT_C = re.compile("c(?=[eiy])")
_DOUBLED = re.compile(r"(.)\1+")
_WEAK_END = re.compile("(?:ah|eh|[aehiouy])$")
_CLASSES = (
    ("sh", "S"), ("ch", "S"), ("gh", "g"), ("th", "s"), ("dh", "z"), ("ts", "s"), ("tz", "s"), ("dz", "z"),
    ("q", "k"), ("p", "b"), ("v", "f"), ("j", "g"), ("w", ""), ("y", ""),
)  # fmt: skip
_BARE_H = re.compile("[^aeiou']{2}h")  # فرح, which Latin spells with an ending that is weak
_OWN_H = re.compile("([sktdgzc]h)h")  # Mashhadi
_VOWELS = str.maketrans("", "", "aeiou" + BREAK)


def sound_of(spelled: str) -> str:
    """Fold the spelling habits of a romanised form; it may hold `BREAK`.

    Examples:
        >>> sound_of("youssef"), sound_of("yusuf"), sound_of("mohammed"), sound_of("muhamad")
        ('iusaf', 'iusuf', 'muhamad', 'muhamad')
    """
    return _folded(spelled).replace(BREAK, "")


def _folded(form: str) -> str:
    if "c" in form:
        form = _HARD_C.sub("k", _SOFT_C.sub("s", form))
    for old, new in _SOUND:
        if old in form:
            form = form.replace(old, new)
    return _DOUBLED.sub(r"\1", form)


def skeleton_of(spelled: str) -> str:
    """Reduce a romanised form to its consonant classes, with `A` for an initial vowel; it may hold `BREAK`.

    Examples:
        >>> skeleton_of("mohammed"), skeleton_of("mhmd"), skeleton_of("yusuf"), skeleton_of("qadhafi")
        ('mhmd', 'mhmd', 'Asf', 'kzf')
        >>> skeleton_of("fathi"), skeleton_of("fat'hi")
        ('fs', 'fth')
    """
    if "hh" in spelled:
        spelled = _OWN_H.sub(r"\1'h", spelled)
    sound = _folded(_DOUBLED.sub(r"\1", spelled))
    if len(sound) > 3 or _BARE_H.fullmatch(sound):
        sound = _WEAK_END.sub("", sound)
    vowel_first = sound[:1] in ("a", "i", "u")
    for old, new in _CLASSES:
        if old in sound:
            sound = sound.replace(old, new)
    return ("A" if vowel_first else "") + _DOUBLED.sub(r"\1", sound.translate(_VOWELS))
