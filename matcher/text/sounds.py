"""From a romanised spelling to its sound: spelling habits folded."""

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
