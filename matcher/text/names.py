"""A name as tokens, each with its comparable forms and the text that it was written as.

Fixed order: `unicode.clean` -> `words.split_words` -> `translit.romanise` -> `particles.join` -> sound and skeleton of
each token. Not here: rarity, agreement, weights; learned letter models come with the name-evidence work.

The forms of a token, from strict to loose: `form` (romanised spelling), `sound` (spelling habits folded: ou/u,
ph/f, doubled letters, e/a), `skeleton` (consonant classes, an initial vowel as `A`).
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from matcher.text.particles import Word, join
from matcher.text.scripts import ABJADS
from matcher.text.translit import BREAK, own_letters, romanise
from matcher.text.unicode import MAX_LETTERS, clean
from matcher.text.words import MAX_WORDS, split_words

_SOUND = (
    ("tsch", "ch"), ("sch", "sh"), ("tch", "ch"), ("shch", "sh"), ("ph", "f"), ("ck", "k"), ("cq", "k"),
    ("dj", "j"), ("dzh", "j"), ("zh", "j"), ("kh", "h"), ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ie", "i"),
    ("ay", "ai"), ("ei", "ai"), ("ey", "ai"), ("ow", "u"), ("aw", "au"), ("ew", "iu"), ("q", "k"), ("x", "ks"),
    ("y", "i"), ("w", "u"), ("o", "u"), ("e", "a"),
)  # fmt: skip
_HARD_C = re.compile("c(?!h)")
_SOFT_C = re.compile("c(?=[eiy])")
_DOUBLED = re.compile(r"(.)\1+")
_WEAK_END = re.compile("(?:ah|eh|[aehiouy])$")
_CLASSES = (
    ("sh", "S"), ("ch", "S"), ("gh", "g"), ("th", "s"), ("dh", "z"), ("ts", "s"), ("tz", "s"), ("dz", "z"),
    ("q", "k"), ("p", "b"), ("v", "f"), ("j", "g"), ("w", ""), ("y", ""),
)  # fmt: skip
_VOWELS = re.compile("[aeiou]")


@dataclass(frozen=True, slots=True)
class Token:
    """One comparable token of a name.

    Attributes:
        form: Romanised spelling, never empty.
        sound: The form with spelling habits folded.
        skeleton: Consonant classes; `A` for an initial vowel.
        abjad: Whether the script leaves short vowels unwritten (Arabic, Hebrew).
        original: The text of the name that the token came from.
        letters: The normalised letters in the token's own script, particles treated as in `form`; for Latin the form.
        script: The script of `letters` (`matcher.text.scripts`).
        second: Another reading of an ambiguous spelling, which has none itself.
    """

    form: str
    sound: str
    skeleton: str
    abjad: bool
    original: str
    letters: str = ""
    script: str = "latin"
    second: Token | None = None

    def __hash__(self) -> int:
        return hash(self.form)  # equal tokens have one form; text keeps its hash, eight fields would not

    @property
    def is_initial(self) -> bool:
        """Whether the token is a single letter."""
        return len(self.form) == 1


def sound_of(form: str) -> str:
    """Fold the spelling habits of a romanised form.

    Examples:
        >>> sound_of("youssef"), sound_of("yusuf"), sound_of("mohammed"), sound_of("muhamad")
        ('iusaf', 'iusuf', 'muhamad', 'muhamad')
    """
    return _folded(form).replace(BREAK, "")


def _folded(form: str) -> str:
    form = _HARD_C.sub("k", _SOFT_C.sub("s", form))
    for old, new in _SOUND:
        form = form.replace(old, new)
    return _DOUBLED.sub(r"\1", form)


def skeleton_of(form: str) -> str:
    """Reduce a romanised form to its consonant classes.

    Examples:
        >>> skeleton_of("mohammed"), skeleton_of("mhmd"), skeleton_of("yusuf"), skeleton_of("qadhafi")
        ('mhmd', 'mhmd', 'Asf', 'kzf')
    """
    sound = _folded(_DOUBLED.sub(r"\1", form))
    if len(sound) > 3:
        sound = _WEAK_END.sub("", sound)
    vowel_first = sound[:1] in ("a", "i", "u")
    for old, new in _CLASSES:
        sound = sound.replace(old, new)
    bare = _DOUBLED.sub(r"\1", _VOWELS.sub("", sound).replace(BREAK, ""))
    return ("A" if vowel_first else "") + bare


def make_token(form: str, *, abjad: bool, original: str, letters: str | None = None, script: str = "latin") -> Token:
    """Build a token from its romanised form; without `letters` the form stands for them."""
    return Token(form, sound_of(form), skeleton_of(form), abjad, original, form if letters is None else letters, script)


def analyse_name(text: str) -> tuple[Token, ...]:
    """Turn a name into tokens, in the order written; empty when it has no letter.

    Args:
        text: Free order, `FAMILY, GIVEN` or MRZ form; any script; at most `MAX_LETTERS` letters and
            `MAX_WORDS` words of it are read (`is_cut` tells).

    Cost:
        About 40 µs a name; equal texts are remembered (65,536 of them).

    Examples:
        >>> [token.form for token in analyse_name("AL RASHID<<SAIF<AL<DIN<BIN<YOUSSEF")]
        ['rashid', 'saifaldin', 'youssef']
        >>> [token.skeleton for token in analyse_name("يوسف عبد الرحمن")]
        ['Asf', 'Abdlrhmn']
        >>> analyse_name("... 12")
        ()
    """
    return _analyse(text)


@functools.lru_cache(maxsize=65_536)
def _analyse(text: str) -> tuple[Token, ...]:
    words = []
    for original in split_words(clean(text)):
        form, script = romanise(original)
        if form:
            words.append(Word(form, script, original, own_letters(original, form, script)))
    return tuple(_token(word) for word in join(words) if word.form)


def _token(word: Word) -> Token:
    abjad = word.script in ABJADS
    return make_token(word.form, abjad=abjad, original=word.original, letters=word.letters, script=word.script)


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
