"""Leaves and facts as lines of one language.

Every value of a list or a traveller is isolated (U+2068..U+2069), so that a name in one script does not reorder a line
in another; numbers too, where the language is written from right to left, and each of its lines begins with U+200F.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from matcher.explain.catalogues import Catalogue, is_right_to_left
from matcher.explain.missing import Missing
from matcher.score.evidence import Evidence, probability

ISOLATE, POP, RIGHT_TO_LEFT_MARK = "\u2068", "\u2069", "\u200f"
NOTHING = "–"  # a chunk of letters that has no counterpart
_JOINERS = "\u200c\u200d"  # carry meaning in Persian and Indic names, and reorder nothing
_NO_CHARACTERS = "\ufffe\uffff"  # not allowed in XML


def isolated(value: str) -> str:
    """Isolate a value as written, but for controls: a bidi control inside could undo the isolation.

    Examples:
        >>> isolated("A\\u202eB\\nC") == "\\u2068AB C\\u2069"
        True
    """
    return f"{ISOLATE}{''.join(map(_harmless, value))}{POP}"


def _harmless(letter: str) -> str:
    category = unicodedata.category(letter)
    if letter in "\t\n\r" or category in ("Zl", "Zp"):
        return " "
    if letter in _NO_CHARACTERS or (category in ("Cc", "Cf", "Cs") and letter not in _JOINERS):
        return ""
    return letter


def line_of(words: Catalogue, text: str) -> str:
    """Mark the direction of a line where the language is written from right to left."""
    return f"{RIGHT_TO_LEFT_MARK}{text}" if is_right_to_left(words) else text


def number_of(words: Catalogue, text: str) -> str:
    """Isolate a number where its sign would otherwise change sides."""
    return isolated(text) if is_right_to_left(words) else text


def sentence(leaf: Evidence, words: Catalogue) -> str:
    """Put one leaf into words.

    Examples:
        >>> from matcher.explain.catalogues import catalogue
        >>> sentence(Evidence("sex", "different", "F", "M", -4.0), catalogue("fr")).translate({0x2068: "", 0x2069: ""})
        'sexe F, M sur la liste'
    """
    nothing = words["frame"]["nothing"]
    query, entry = (nothing if value is None else isolated(value) for value in (leaf.query_value, leaf.entry_value))
    return words[leaf.feature][leaf.level].format(query=query, entry=entry)


def letters_text(pairs: Iterable[tuple[str, str]], words: Catalogue) -> str | None:
    """Say which letters of the two sides stand for one another; None when both are written with the same ones."""
    written = [(query.strip(), entry.strip()) for query, entry in pairs]
    differing = [pair for pair in written if pair[0].casefold() != pair[1].casefold()]
    if not differing:
        return None
    shown = ("/".join(isolated(side) if side else NOTHING for side in pair) for pair in differing)
    return words["frame"]["letters"].format(letters=" ".join(shown))


def total_text(weight_bits: float, words: Catalogue) -> str:
    """Say the sum and the probability that it means."""
    bits, chance = f"{weight_bits:+.2f}", f"{probability(weight_bits):.4f}"
    return words["frame"]["total"].format(bits=number_of(words, bits), probability=number_of(words, chance))


def missing_text(missing: Sequence[Missing], words: Catalogue) -> str:
    """Say in one line what was not compared."""
    fields = words["frame"]["separator"].join(missing_field(one, words) for one in missing)
    return words["missing"]["title"].format(fields=fields)


def missing_field(missing: Missing, words: Catalogue) -> str:
    """Say of one field why it was not compared."""
    return words["missing"][missing.side].format(field=words["field"][missing.field])
