"""Greek to `a`-`z` by sound (close to ELOT 743 as passports print it), digraphs first.

αυ ευ ηυ are `f` before a voiceless consonant; μπ ντ γκ are `b d g` at the start of a word, and after a consonant
or in a foreign name too, which is the second reading (Κόμπι: `kompi`, `kobi`).
"""

from __future__ import annotations

import unicodedata

from matcher.text.translit.other import ascii_of

_DIPHTHONGS = (("αυ", "av", "af"), ("ευ", "ev", "ef"), ("ηυ", "iv", "if"))
_VOICELESS = frozenset("θκξπσςτφχψ")
_DIGRAPHS = (
    ("ου", "u"), ("αι", "e"), ("ει", "i"), ("οι", "i"), ("υι", "i"), ("γγ", "ng"), ("γξ", "nx"), ("γχ", "nch"),
    ("τσ", "ts"),
)  # fmt: skip
_VOICED = (("μπ", "mp", "b"), ("ντ", "nt", "d"), ("γκ", "gk", "g"), ("τζ", "tz", "j"))
_LETTERS = {
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
    "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f",
    "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip
_FOREIGN = {**_LETTERS, "χ": "h"}
_DIAERESIS = "\u0308"


def romanise(word: str) -> str:
    """Romanise one Greek word by its first reading.

    Examples:
        >>> romanise("Παπαδόπουλος"), romanise("ΜΠΑΚΟΓΙΑΝΝΗ"), romanise("Ευθύμιος"), romanise("Αγγελική")
        ('papadopulos', 'bakogianni', 'efthymios', 'angeliki')
    """
    return readings(word)[0]


def readings(word: str) -> tuple[str, str | None]:
    """Read a word as Greek, and as a foreign name where μπ, ντ, γκ or χ make another sound.

    Examples:
        >>> readings("Αντώνης"), readings("Χαρίρι"), readings("Νίκος")
        (('antonis', 'adonis'), ('chariri', 'hariri'), ('nikos', None))
    """
    letters = _borders(word)
    first, other = _spell(letters, foreign=False), _spell(letters, foreign=True)
    return first, other if other != first else None


def _borders(word: str) -> str:
    """Strip the marks; `-` before an ι or υ that they keep out of a digraph (ϊ, and the one after an accent)."""
    letters = ""
    accented = False
    for letter in unicodedata.normalize("NFD", word.casefold()):
        if letter == _DIAERESIS:
            letters = f"{letters[:-1]}-{letters[-1:]}"
        elif unicodedata.combining(letter):
            accented = True
        else:
            letters += f"-{letter}" if accented and letter in "ιυ" else letter
            accented = False
    return letters.replace("ς", "σ")


def _spell(letters: str, *, foreign: bool) -> str:
    for pair, inner, voiced in _VOICED:
        if letters.startswith(pair) and pair != "τζ":
            letters = voiced + letters[2:]
        letters = letters.replace(pair, voiced if foreign else inner)
    for pair, voiced, voiceless in _DIPHTHONGS:
        while (at := letters.find(pair)) >= 0:
            follows = letters[at + 2 : at + 3]
            letters = letters[:at] + (voiceless if follows in _VOICELESS or not follows else voiced) + letters[at + 2 :]
    for pair, sound in _DIGRAPHS:
        letters = letters.replace(pair, sound)
    table = _FOREIGN if foreign else _LETTERS
    return "".join(_sound(letter, table) for letter in letters)


def _sound(letter: str, table: dict[str, str]) -> str:
    if letter.isascii():
        return letter if letter.isalpha() else ""
    found = table.get(letter)
    return ascii_of(letter) if found is None else found
