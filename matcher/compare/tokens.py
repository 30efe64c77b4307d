"""Two tokens of names to a comparison level, and the batch form that finds every agreeing pair.

`token_level` is the definition. `agreeing_pairs` applies it to every pair of two vocabularies with rapidfuzz's batch
scorers doing the sieving: it returns exactly the pairs for which `token_level` is not None
(`tests/reference/token_pairs.py` is the twin).

Levels, strongest first: exact, same_sound, close_sound, same_skeleton, one_edit, two_edits, initial.
"""

from __future__ import annotations

import collections
from collections.abc import Iterator, Sequence

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from matcher.text import Token

LEVELS = ("exact", "same_sound", "close_sound", "same_skeleton", "one_edit", "two_edits", "initial")
FULL_LEVELS = frozenset(LEVELS[:3])  # spellings of one name; what rule 9 calls agreement
_EDITS = 2  # largest distance between sounds that can make a level
_TWO_EDITS_LETTERS = 7  # both sounds at least this long for two edits
_CLOSE_LETTERS = 4  # one vowel off is the same name only in words at least this long
_CLOSE_ABJAD_LETTERS = 5  # the same in Arabic script, where a written vowel is a long one: hasan / husayn
_LOOSE_SHARE = 0.45  # largest share of letters that may differ under one skeleton
_JOINED_LETTERS = 5  # shortest form that neighbours written as one can make
_SKELETON_LETTERS = 3  # shortest skeleton that may be one edit off


def token_level(left: Token, right: Token) -> str | None:
    """Return the level at which two tokens agree, None when they do not; symmetric.

    Examples:
        >>> from matcher.text import analyse_name
        >>> def level(left, right):
        ...     return token_level(analyse_name(left)[0], analyse_name(right)[0])
        >>> level("Mohammed", "Muhamad"), level("Yousef", "يوسف"), level("Hassan", "حسين")
        ('same_sound', 'same_sound', 'same_skeleton')
        >>> level("Eriksson", "Erikson"), level("Erikssen", "Ericksson"), level("Ali", "Omar")
        ('same_sound', 'close_sound', None)
    """
    if left.form == right.form:
        return "initial" if _is_initial(left) else "exact"
    if _is_initial(left) or _is_initial(right):
        return "initial" if left.form[0] == right.form[0] else None
    if left.abjad != right.abjad:
        return _mixed_level(left, right) if left.abjad else _mixed_level(right, left)
    edits = OSA.distance(left.sound, right.sound, score_cutoff=_EDITS + 4)
    shortest, longest = sorted((len(left.sound), len(right.sound)))
    if edits == 0:
        return "same_sound"
    if left.skeleton == right.skeleton and left.skeleton:
        if edits == 1 and longest >= _CLOSE_LETTERS and not (left.abjad and _is_long_vowel_off(left, right)):
            return "close_sound"
        return "same_skeleton" if edits <= longest * _LOOSE_SHARE else None
    if edits == 1 and longest >= _CLOSE_LETTERS:
        return "one_edit"
    return "two_edits" if edits == 2 and shortest >= _TWO_EDITS_LETTERS else None


def _is_long_vowel_off(left: Token, right: Token) -> bool:
    """In a script that writes only long vowels: a short word, or the ending that makes another name of it."""
    return max(len(left.sound), len(right.sound)) < _CLOSE_ABJAD_LETTERS or left.sound[-1] != right.sound[-1]


def _is_initial(token: Token) -> bool:
    return token.is_initial and token.form.isascii()


def _mixed_level(abjad: Token, full: Token) -> str | None:
    """Compare a token without short vowels with one that has them."""
    if abjad.skeleton == full.skeleton:
        if len(abjad.skeleton) < 2 and len(full.sound) > 3:
            return "same_skeleton"
        return "same_sound" if _vowels_agree(abjad, full) else "same_skeleton"
    if min(len(abjad.skeleton), len(full.skeleton)) < _SKELETON_LETTERS:
        return None
    if OSA.distance(abjad.skeleton, full.skeleton, score_cutoff=1) > 1:
        return None
    return "one_edit" if _vowels_agree(abjad, full) else None


def _vowels_agree(abjad: Token, full: Token) -> bool:
    """Every long vowel inside the abjad word stands in the other, in order; so do diphthongs, and endings fit."""
    inner = [letter for letter in abjad.sound[1:-1] if letter in "aiu"]
    vowels = iter(letter for letter in full.sound if letter in "aiu")
    if not all(any(vowel == other for other in vowels) for vowel in inner):
        return False
    if ("ai" in full.sound[1:] and "i" not in abjad.sound) or ("au" in full.sound[1:] and "u" not in abjad.sound):
        return False
    return _endings_agree(abjad, full)


def _endings_agree(abjad: Token, full: Token) -> bool:
    """A written final vowel needs a final vowel (husayni is not husayn), and a final `a` a letter that can be one."""
    last = full.sound[-2:] if full.sound.endswith("ah") else full.sound[-1:]
    if abjad.sound[-1] in "iu":
        return last[0] in "aiu" and not full.sound.endswith("ia")
    if abjad.sound[-1] in "ah":
        return True
    return last not in ("i", "u", "ah") and not full.form.endswith("a")


def joins_agree(one: Token, other: Token) -> bool:
    """Tell whether neighbours written as one are a token of the other side; at least one of the two is joined.

    Stricter than agreement of two tokens, because there are many ways to join: one sound, no short word, and across
    a script without short vowels a skeleton long enough not to be met by chance.
    """
    if min(len(one.form), len(other.form)) < _JOINED_LETTERS or token_level(one, other) not in LEVELS[:2]:
        return False
    return one.abjad == other.abjad or len(one.skeleton) > _SKELETON_LETTERS


class Vocabulary:
    """Tokens of one side, prepared for batch comparison; immutable.

    Attributes:
        tokens: The tokens; a token's id is its place.
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.by_skeleton: dict[str, list[int]] = collections.defaultdict(list)
        self.by_first: dict[str, list[int]] = collections.defaultdict(list)
        self.initials: dict[str, list[int]] = collections.defaultdict(list)
        self._sounds: dict[bool, dict[str, list[int]]] = {False: {}, True: {}}
        self._skeletons: dict[bool, dict[str, list[int]]] = {False: {}, True: {}}
        for at, token in enumerate(tokens):
            self.by_skeleton[token.skeleton].append(at)
            if _is_initial(token):
                self.initials[token.form].append(at)
            self.by_first[token.form[0]].append(at)
            self._sounds[token.abjad].setdefault(token.sound, []).append(at)
            if len(token.skeleton) >= _SKELETON_LETTERS:
                self._skeletons[token.abjad].setdefault(token.skeleton, []).append(at)

    def sieve(self, queries: Sequence[Token]) -> Iterator[set[int]]:
        """Yield, for each query token, ids that hold every token agreeing with it (and others)."""
        near_sounds = self._near(queries, self._sounds, edits=_EDITS, mixed=False)
        near_skeletons = self._near(queries, self._skeletons, edits=1, mixed=True)
        for at, query in enumerate(queries):
            found = set(self.by_skeleton.get(query.skeleton, ()))
            found.update(near_sounds.get(at, ()), near_skeletons.get(at, ()))
            found.update((self.by_first if _is_initial(query) else self.initials).get(query.form[0], ()))
            yield found

    def _near(
        self, queries: Sequence[Token], groups: dict[bool, dict[str, list[int]]], *, edits: int, mixed: bool
    ) -> dict[int, list[int]]:
        """Ids whose sound (or skeleton) is at most `edits` away, by query."""
        result: dict[int, list[int]] = collections.defaultdict(list)
        for abjad in (False, True):
            group = groups[abjad != mixed]
            rows = [at for at, query in enumerate(queries) if query.abjad == abjad]
            if not rows or not group:
                continue
            texts = [queries[at].skeleton if mixed else queries[at].sound for at in rows]
            keys = list(group)
            distances = cdist(texts, keys, scorer=OSA.distance, score_cutoff=edits, dtype=np.uint8)
            for row, key in zip(*np.nonzero(distances <= edits), strict=True):
                result[rows[row]].extend(group[keys[key]])
        return result


def agreeing_pairs(queries: Sequence[Token], vocabulary: Vocabulary) -> list[list[tuple[int, str]]]:
    """Find, for each query token, every vocabulary token that agrees with it and the level.

    Args:
        queries: Distinct query tokens; a few hundred a call spread the cost of reading the vocabulary.
        vocabulary: The other side.

    Returns:
        A list a query of `(vocabulary id, level)`, in ascending id.

    Cost:
        One batch distance a pair of distinct sounds (about 30 ns), then `token_level` on what is left.
    """
    tokens = vocabulary.tokens
    result = []
    for query, found in zip(queries, vocabulary.sieve(queries), strict=True):
        levels = ((at, token_level(query, tokens[at])) for at in sorted(found))
        result.append([(at, level) for at, level in levels if level is not None])
    return result
