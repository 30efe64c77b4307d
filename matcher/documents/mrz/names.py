"""The name field: identifiers as written, and the readings that its spelling allows.

Steps: outer fillers dropped -> the first `<<` parts primary from secondary identifier -> single fillers part
components -> readings: as written, `XX` spellings to national letters, the Arabic X scheme to Arabic script when one
component shows it and all components decode (or are so cut by truncation).
The primary identifier is what the issuing State made it: the same Arabic name is printed in two orders (9303-3 B.5.10).
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from matcher.documents.mrz.layout import FILLER
from matcher.records import Name
from matcher.text.translit.icao import arabic_codes, decode_arabic, decode_latin, is_arabic_coded

MISREAD_FILLERS = re.compile("(?:<*[KCLX]){4,}<*$")  # what a reader makes of the fillers after a name
_FILLERS = re.compile("<+")
_ESCAPES = frozenset(code[:length] for code in arabic_codes().values() if code[0] == "X" for length in (1, 2)) - {
    code for code in arabic_codes().values() if len(code) == 2
}


@dataclass(frozen=True, slots=True)
class MrzName:
    """Identifiers as written, components separated by one filler, and whether the field ends in a letter."""

    primary: str
    secondary: str
    is_truncated: bool


def split_name(field: str) -> MrzName:
    """Part a name field into its identifiers.

    Examples:
        >>> split_name("ERIKSSON<<ANNA<MARIA<<<<")
        MrzName(primary='ERIKSSON', secondary='ANNA<MARIA', is_truncated=False)
        >>> split_name("BENNELONG<WOOLOOM<WAR<WARN<<D<P").is_truncated
        True
    """
    primary, _, secondary = field.strip(FILLER).partition("<<")
    secondary = _FILLERS.sub(FILLER, secondary.strip(FILLER))
    return MrzName(primary, secondary, field[-1:].isalpha())


def readings(name: MrzName) -> tuple[Name, ...]:
    """List a name as written and as its spelling may be decoded; empty when there is no name.

    Examples:
        >>> readings(split_name("MXHMD<<ABW<BKR<<<"))
        (Name(full=None, family='MXHMD', given='ABW BKR'), Name(full=None, family='محمد', given='ابو بكر'))
        >>> [one.family for one in readings(split_name("MUXXLLER<<UTE<<<"))]
        ['MUXXLLER', 'MÜLLER']
    """
    found = [_as_name(name.primary, name.secondary)]
    if "X" in name.primary or "X" in name.secondary:
        found.append(_as_name(decode_latin(name.primary), decode_latin(name.secondary)))
        found += _arabic_readings(name)
    return tuple(one for one in dict.fromkeys(found) if one.family or one.given)


def _as_name(primary: str, secondary: str) -> Name:
    return Name(family=primary.replace(FILLER, " ") or None, given=secondary.replace(FILLER, " ") or None)


def _arabic_readings(name: MrzName) -> list[Name]:
    primary = [one for one in name.primary.split(FILLER) if one]
    secondary = [one for one in name.secondary.split(FILLER) if one]
    components = primary + secondary
    # Truncation may cut every component, each perhaps inside a code.
    cut = name.is_truncated
    if cut and len(components) > 1 and components[-1] in _ESCAPES:
        components = components[:-1]  # the last component is only the beginning of its first code
    if not any(is_arabic_coded(one, may_be_cut=cut) for one in components):
        return []
    decoded = [decode_arabic(one, may_be_cut=cut) for one in components]
    if not all(decoded):
        return []
    n_readings = max(map(len, decoded))
    rows = [[one[min(row, len(one) - 1)] for one in decoded] for row in range(n_readings)]
    return [_spoken(row, len(primary)) for row in rows]


def _spoken(words: list[str], n_primary: int) -> Name:
    family, given = " ".join(itertools.islice(words, n_primary)), " ".join(words[n_primary:])
    return Name(family=family or None, given=given or None)
