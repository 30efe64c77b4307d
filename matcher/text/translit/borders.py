"""Letters that stand side by side without being a digraph: `s` + `h` of سحر is not `sh`."""

from __future__ import annotations

from collections.abc import Iterable

BREAK = "'"  # stands between two letters that together would read as one sound; apostrophes of names are gone before
_HARDENED_BY_H = tuple("stdkgzcp")


def spell(sounds: Iterable[str]) -> str:
    """Join the sounds of single letters, with a `BREAK` where two of them would make a digraph.

    Examples:
        >>> spell(["s", "h", "r"]), spell(["sh", "m", "s"])
        ("s'hr", 'shms')
    """
    spelled = ""
    for sound in sounds:
        spelled += BREAK + sound if sound == "h" and spelled.endswith(_HARDENED_BY_H) else sound
    return spelled
