"""Chinese and Korean names with their Latin forms: rows that are plausible by their shape, and wrong pairs.

The files hold noise (names.md: 5 of 14 Chinese rows and 10 of 12 Korean ones are right), so a row counts only if the
two sides have the same shape; no sound is looked at. The filter:

- a native name written in parts (`·` or a space): as many parts as Latin tokens, and no fewer syllables than Latin
  vowel groups, at most three times as many (consonants that stand alone get a syllable);
- a native name of one part: two to four syllables, as many as the Latin side's vowel groups, in two to four tokens.

Wrong pairs: each native name with the Latin names of other plausible rows, drawn with a seed.
"""

from __future__ import annotations

import random
import re
import unicodedata
from pathlib import Path

from benchmarks.learn.split import Fold, NamePair, Which, key_of, name_pairs
from benchmarks.quality.names.listing import SEED
from benchmarks.quality.names.material import is_latin, token_set, tokens_of

MOST_TRUE = 400
WRONG_A_ROW = 10
_PARTS = re.compile(r"[\s·‧•・＝=-]+")
_VOWELS = re.compile("[aeiouyw]+")


def plausible(native: str, latin: str) -> bool:
    """Whether two names have the same shape.

    Examples:
        >>> plausible("贾森·康尼", "Jason Kenney"), plausible("阿莎丽娜", "Azalina Othman Said")
        (True, False)
        >>> plausible("김준호", "Kim Joon-ho"), plausible("徐瑛敎", "SEO Youngkyo")
        (True, True)
    """
    parts = [part for part in _PARTS.split(native) if part]
    if not is_latin(latin) or not all(_is_syllable(letter) for part in parts for letter in part):
        return False
    tokens = tokens_of(latin)
    syllables = sum(map(len, parts))
    groups = sum(len(_VOWELS.findall(_plain(token))) or 1 for token in tokens)
    if len(parts) > 1:
        return len(parts) == len(tokens) and groups <= syllables <= 3 * groups
    return 2 <= syllables <= 4 and syllables == groups and 2 <= len(tokens) <= 4


def _is_syllable(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(("CJK UNIFIED", "HANGUL SYLLABLE"))


def _plain(token: str) -> str:
    return token.replace("ng", "n")


def plausible_pairs(shared: Path, which: Which, fold: Fold) -> list[NamePair]:
    """Read the plausible rows of a fold, one a native name, drawn and cut."""
    rows = {
        key_of(row.native): row
        for row in name_pairs(shared, which)
        if row.fold == fold and plausible(row.native, row.latin)
    }
    drawn = list(rows.values())
    random.Random(f"{which}/{SEED}").shuffle(drawn)
    return drawn[:MOST_TRUE]


def wrong_pairs(rows: list[NamePair]) -> list[tuple[str, str]]:
    """Pair each native name with Latin names of other rows."""
    draw = random.Random(f"wrong/{SEED}")
    found = []
    for row in rows:
        others = [other.latin for other in rows if token_set(other.latin) != token_set(row.latin)]
        found += [(row.native, latin) for latin in draw.sample(others, min(WRONG_A_ROW, len(others)))]
    return found
