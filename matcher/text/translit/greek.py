"""Greek to `a`-`z` by sound (close to ELOT 743 as passports print it), digraphs first."""

from __future__ import annotations

import unicodedata

_DIGRAPHS = (
    ("ου", "u"), ("αι", "e"), ("ει", "i"), ("οι", "i"), ("υι", "i"), ("αυ", "av"), ("ευ", "ev"), ("γγ", "ng"),
    ("γξ", "nx"), ("γχ", "nch"), ("τζ", "tz"),
)  # fmt: skip
_FIRST = (("μπ", "b"), ("ντ", "d"), ("γκ", "g"))
_INNER = (("μπ", "mp"), ("ντ", "nt"), ("γκ", "gk"))
_LETTERS = {
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
    "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f",
    "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip


def romanise(word: str) -> str:
    """Romanise one Greek word.

    Examples:
        >>> romanise("Παπαδόπουλος"), romanise("ΜΠΑΚΟΓΙΑΝΝΗ")
        ('papadopulos', 'bakogianni')
    """
    word = unicodedata.normalize("NFD", word.casefold())
    word = "".join(letter for letter in word if not unicodedata.combining(letter)).replace("ς", "σ")
    for pair, sound in _FIRST:
        if word.startswith(pair):
            word = sound + word[len(pair) :]
    for pair, sound in _INNER + _DIGRAPHS:
        word = word.replace(pair, sound)
    return "".join(_LETTERS.get(letter, letter if letter.isascii() else "") for letter in word)
