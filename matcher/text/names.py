"""A name as tokens, each with its comparable forms and the text that it was written as.

Fixed order: `unicode.clean` -> `words.split_words` -> the Arabic X scheme of machine readable zones decoded -> a Han or
Hangul name without spaces parted -> `pieces.word_of` each word -> `particles.join` -> `tokens.make_token`. Not here:
rarity, agreement, weights, letter models.

The forms of a token, from strict to loose: `letters` (of its own script), `form` (romanised spelling), `skeleton`
(consonant classes, an initial vowel as `A`).
"""

from __future__ import annotations

import functools

from matcher.text.coded import decode_words
from matcher.text.particles import join
from matcher.text.pieces import NO_KINDS, REMEMBERED, Word, word_of
from matcher.text.scripts import script_of
from matcher.text.skeleton import skeleton_of
from matcher.text.tokens import Token, make_token
from matcher.text.translit import Reading, han, hangul, own_letters
from matcher.text.unicode import MAX_LETTERS, clean
from matcher.text.words import MAX_WORDS, split_words

__all__ = ["Token", "analyse_name", "has_letter", "is_cut", "make_token", "skeleton_of"]

_PARTED = {"han": han, "hangul": hangul}


@functools.lru_cache(maxsize=REMEMBERED)
def analyse_name(text: str) -> tuple[Token, ...]:
    """Turn a name into tokens, in the order written; empty when it has no letter that can be read.

    Args:
        text: Free order, `FAMILY, GIVEN` or MRZ form; any script; at most `MAX_LETTERS` letters and
            `MAX_WORDS` words of it are read (`is_cut` tells).

    Cost:
        About 5 µs a name whose words were seen before, 40 µs another; names and words are remembered
        (65,536 of each).

    Examples:
        >>> [token.form for token in analyse_name("AL RASHID<<SAIF<AL<DIN<BIN<YOUSSEF")]
        ['rashid', 'saifaldin', 'youssef']
        >>> [token.skeleton for token in analyse_name("يوسف عبد الرحمن")]
        ['Asf', 'Abdlrhmn']
        >>> [(token.form, token.second.form) for token in analyse_name("김정은")[:1]]
        [('kim', 'gim')]
        >>> analyse_name("... 12")
        ()
    """
    originals = split_words(clean(text))
    if ("x" in text or "X" in text) and (words := decode_words(originals)):
        return tuple(map(_token, join(words)))
    if len(originals) == 1 and not text.isascii() and (parts := _part(originals[0])):
        return tuple(map(_token, parts))
    found = [one for one in map(_seen, originals) if one is not None]
    tokens = tuple([token for _, token in found if token is not None])
    if len(tokens) == len(found):
        return tokens
    return tuple(map(_token, join([word for word, _ in found])))


@functools.lru_cache(maxsize=REMEMBERED)
def _seen(original: str) -> tuple[Word, Token | None] | None:
    """A word, and its token unless the words beside it may change what it is."""
    word = word_of(original)
    if word is None:
        return None
    return word, None if word.kinds else _token(word)


@functools.lru_cache(maxsize=REMEMBERED)
def _token(word: Word) -> Token:
    second = _reading(word.second, word.original) if word.second else None
    part, lead = (_reading(one, "") if one else None for one in (word.part, word.lead))
    return _reading(word.first, word.original, second=second, part=part, lead=lead)


def _reading(reading: Reading, original: str, **others: Token | None) -> Token:
    return make_token(reading.spelled, original=original, letters=reading.letters, script=reading.script, **others)


def _part(original: str) -> list[Word] | None:
    """Family and given name of a Han or Hangul name that was written without a space."""
    script = script_of(original[0])
    module = _PARTED.get(script)
    if module is None or any(script_of(letter) != script for letter in original):
        return None
    if not (parts := module.split_family(original)):
        return None
    words = []
    for part, (first, other) in zip(parts, (module.family(parts[0]), module.given(parts[1])), strict=True):
        letters = own_letters(part, first, script)
        second = Reading(other, letters, script) if other else None
        words.append(Word(Reading(first, letters, script), second, part, NO_KINDS))
    return words


def is_cut(text: str) -> bool:
    """Tell whether a name is longer than what `analyse_name` reads of it."""
    return len(text) > MAX_LETTERS or len(split_words(clean(text))) >= MAX_WORDS


def has_letter(text: str) -> bool:
    """Tell whether a text has a letter of any script.

    Examples:
        >>> has_letter("..."), has_letter("3 ع")
        (False, True)
    """
    return any(letter.isalpha() for letter in text)
