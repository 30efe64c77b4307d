"""Two birth places to a level: a town or district in common, else the country.

Places are free text in any script: words are brought to tokens as names are; generic words (city, province) and
country names are not places. Several places on an entry give several levels (score keeps the best).
"""

from __future__ import annotations

import functools
import tomllib
from importlib import resources

from matcher.documents.states import nationality_code
from matcher.text import Token, analyse_name

MIN_SYMBOLS = 2  # of a skeleton that two spellings of a place share
MIN_LETTERS = 3


@functools.cache
def _generic() -> frozenset[str]:
    text = resources.files("matcher.compare").joinpath("tables/place_words.toml").read_text("utf-8")
    return frozenset(tomllib.loads(text)["generic"])


@functools.lru_cache(maxsize=65_536)
def _parts(place: str) -> tuple[tuple[Token, ...], str | None]:
    """Tokens that name a town or district, and the country's code."""
    country: str | None = None
    tokens: list[Token] = []
    for piece in place.replace(";", ",").replace("(", ",").replace(")", ",").split(","):
        code = nationality_code(piece.strip()) if len(piece.strip()) > 3 else None
        if code is not None:
            country = code
            continue
        tokens += [token for token in analyse_name(piece) if _names_a_place(token)]
    return tuple(tokens), country


def _names_a_place(token: Token) -> bool:
    return len(token.form) >= MIN_LETTERS and token.form not in _generic()


def _spelled_alike(one: Token, other: Token) -> bool:
    """One form, or one skeleton of two consonants at least: words of places are few and long."""
    return one.form == other.form or (one.skeleton == other.skeleton and len(one.skeleton) >= MIN_SYMBOLS)


def birth_place_level(query: str | None, entry: str | None) -> str | None:
    """Grade two places; None when either is missing or has nothing to compare. Symmetric.

    Examples:
        >>> birth_place_level("Tirin Kot city, Afghanistan", "Tirin Kot, Uruzgan Province, Afghanistan")
        'same_place'
        >>> birth_place_level("Baghdad, Iraq", "Mosul, Iraq"), birth_place_level("Lyon, France", "Mosul, Iraq")
        ('same_country', 'other_country')
    """
    if not query or not entry:
        return None
    left, left_country = _parts(query)
    right, right_country = _parts(entry)
    if any(_spelled_alike(one, other) for one in left for other in right):
        return "same_place"
    if left_country and right_country:
        return "same_country" if left_country == right_country else "other_country"
    return None
