"""Letters that stand side by side without being a digraph: `s` + `h` of سحر is not `sh`."""

from __future__ import annotations

from collections.abc import Iterable

BREAK = "'"  # stands between two letters that together would read as one sound; apostrophes of names are gone before
# What a sound may not follow without a border; `h` too: the h of شهرام is not the one of `sh`.
_HARDENED = tuple("stdkgzcph")
_CHANGED = {"h": _HARDENED, "kh": _HARDENED, "s": ("t",), "sh": ("t",), "z": ("t",), "zh": ("t",), "ch": ("s", "t")}
_NONE: tuple[str, ...] = ()


def spell(sounds: Iterable[str]) -> str:
    """Join the sounds of single letters, with a `BREAK` where two of them would make a digraph.

    Examples:
        >>> spell(["s", "h", "r"]), spell(["sh", "m", "s"]), spell(["t", "z"])
        ("s'hr", 'shms', "t'z")
    """
    spelled = ""
    for sound in sounds:
        spelled += BREAK + sound if spelled.endswith(_CHANGED.get(sound, _NONE)) else sound
    return spelled
