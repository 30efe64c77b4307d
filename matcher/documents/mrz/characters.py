"""Characters to the zone's alphabet: what was typed, pasted or recognised to `A-Z`, `0-9` and `<`.

Fixed order: `&lt;` to the filler -> NFKC -> controls and marks dropped -> look-alikes of the filler -> decimal digits
of every script -> letters without their marks, upper case -> anything else is unreadable. A space and a double chevron
may each stand for nothing, one filler or two; the length of the line decides, so several spellings are given.
Not here: K for a filler. It is a letter that the zone has, and only a repair may say so.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from matcher.documents.mrz.layout import ALPHABET, FILLER

UNREADABLE = "?"
_PLAIN = re.compile("[A-Z0-9<]*")
_SPACE, _DOUBLE = " ", "«"
_FILLERS = frozenset("‹〈⟨❮❬˂ᐸ≺⋖ㄑく")
_DOUBLES = frozenset("«≪《⟪")


def spellings(line: str) -> tuple[str, ...]:
    """List the ways in which a line can be spelled in the zone's alphabet, likeliest first.

    Args:
        line: Any text without line ends.

    Returns:
        At least one spelling; `?` stands for a character that cannot be read.

    Examples:
        >>> spellings("p<utoEriksson＜＜anna"), spellings("AB«C D")
        (('P<UTOERIKSSON<<ANNA',), ('AB<<CD', 'AB<CD', 'AB<<C<D', 'AB<C<D'))
        >>> spellings("Ｌ٨9*")
        ('L89?', 'L89')
    """
    if _PLAIN.fullmatch(line):
        return (line,)
    whole = "".join(map(_fold, unicodedata.normalize("NFKC", line.replace("&lt;", FILLER))))
    folded = whole.strip(_SPACE)
    found = [
        folded.replace(_SPACE, space).replace(_DOUBLE, double) for space in ("", FILLER) for double in ("<<", FILLER)
    ]
    found += [found[0].strip(UNREADABLE), whole.replace(_SPACE, FILLER).replace(_DOUBLE, "<<")]
    return tuple(dict.fromkeys(found))


@functools.lru_cache(maxsize=4096)
def _fold(letter: str) -> str:
    if letter in ALPHABET:
        return letter
    if letter in _FILLERS:
        return FILLER
    if letter in _DOUBLES:
        return _DOUBLE
    if letter.isspace():
        return _SPACE
    if unicodedata.category(letter) in ("Cc", "Cf", "Mn"):
        return ""
    decimal = unicodedata.decimal(letter, None)
    if decimal is not None:
        return str(decimal)
    base = unicodedata.normalize("NFKD", letter)[0].upper()
    return base if len(base) == 1 and base in ALPHABET else UNREADABLE
