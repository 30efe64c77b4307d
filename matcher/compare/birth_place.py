"""Two birth places to a level: a town or district in common, else the country.

Places are free text in any script. Fixed order of the steps: parts between commas -> countries (names and codes of
`documents.states`) -> words to tokens as names are, generic words (city, province) left out, names of one place
(Moscow, Moskva) to one -> words compared by skeleton and by the letter models -> level. Several places on an entry give
several levels (score keeps the best).

Source: `tables/place_words.toml`.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, NamedTuple

from matcher.documents.states import issuer_group, nationality_code, soft_related
from matcher.text import Token, analyse_name

MIN_LETTERS = 3
SHORT_CODE = 3  # a part of so few letters is a word, not a country
GRAIN = 1024  # of the letter models' bits
SAME, SIMILAR, OTHER = 2, 1, 0
_MODELS = ("arabic", "cyrillic", "greek", "hebrew", "hangul", "han")
LADDERS = (
    ("same_place", "same_large_city", "similar_place", "other_place", "other_country"),
    ("similar_place", "same_country", "other_place"),
    ("same_place", "same_place_other_country", "other_country"),
)  # levels of which a later one never weighs more


@dataclass(frozen=True, slots=True)
class _Words:
    """The table, in tokens' forms."""

    generic: frozenset[str]
    one_place: Mapping[str, str]
    large: frozenset[str]
    spelling: Mapping[str, float]


class _Word(NamedTuple):
    """A word that names a town or district: its name by the table, its skeleton, its token."""

    name: str
    skeleton: str
    token: Token


@dataclass(frozen=True, slots=True)
class _Place:
    """Words, and the country's group."""

    words: tuple[_Word, ...]
    country: str | None


def birth_place_level(query: str | None, entry: str | None) -> str | None:
    """Grade two places; None when either is missing or has nothing to compare. Symmetric.

    Examples:
        >>> birth_place_level("Tirin Kot city, Afghanistan", "Tirin Kot, Uruzgan Province, Afghanistan")
        'same_place'
        >>> birth_place_level("Baghdad, Iraq", "Mosul, Iraq"), birth_place_level("Lyon, France", "Mosul, Iraq")
        ('other_place', 'other_country')
        >>> birth_place_level("Iraq", "Mosul, Iraq"), birth_place_level("بغداد", "Baghdad, Iraq")
        ('same_country', 'same_large_city')
    """
    if not query or not entry:
        return None
    left, right = _parts(query), _parts(entry)
    agreement, is_large = _best_words(left.words, right.words)
    countries = _countries(left.country, right.country)
    if countries == "other_country":
        return "same_place_other_country" if agreement == SAME else "other_country"
    if agreement == SAME:
        return "same_large_city" if is_large else "same_place"
    if agreement == SIMILAR:
        return "similar_place"
    if left.words and right.words:
        return "other_place"
    return countries


def _best_words(left: tuple[_Word, ...], right: tuple[_Word, ...]) -> tuple[int, bool]:
    """The best agreement of two words, and whether all that agree so name large cities."""
    large = _words().large
    found = [
        (agreement, one.name in large or other.name in large)
        for one in left
        for other in right
        if (agreement := _agreement(one, other))
    ]
    best = max((agreement for agreement, _ in found), default=OTHER)
    return best, bool(found) and all(is_large for agreement, is_large in found if agreement == best)


def _countries(left: str | None, right: str | None) -> str | None:
    if left is None or right is None:
        return None
    return "same_country" if left == right or soft_related(left, right) else "other_country"


@functools.cache
def _words() -> _Words:
    text = resources.files("matcher.compare").joinpath("tables/place_words.toml").read_text("utf-8")
    table: dict[str, Any] = tomllib.loads(text)
    one_place = {_joined(name): _joined(names[0]) for names in table["one_place"] for name in names}
    large = frozenset(one_place.get(name, name) for name in map(_joined, table["large_cities"]))
    return _Words(frozenset(table["generic"]), one_place, large, table["spelling"])


def _joined(name: str) -> str:
    return "".join(token.form for token in analyse_name(name))


@functools.lru_cache(maxsize=65_536)
def _parts(place: str) -> _Place:
    country: str | None = None
    tokens: list[Token] = []
    for piece in place.replace(";", ",").replace("(", ",").replace(")", ",").split(","):
        piece = piece.strip()
        code = nationality_code(piece) if len(piece) > SHORT_CODE else None
        if code is not None:
            country = issuer_group(code)
        else:
            tokens += _place_words(piece)
    names = _words().one_place
    return _Place(tuple(_Word(names.get(token.form, token.form), token.skeleton, token) for token in tokens), country)


def _place_words(piece: str) -> tuple[Token, ...]:
    """Words of one part; those that the table knows as one name are one word."""
    joined = _joined(piece)
    if joined in _words().one_place or joined in _words().large:
        return analyse_name(joined) if " " in piece else analyse_name(piece)
    return tuple(token for token in analyse_name(piece) if _names_a_place(token))


def _names_a_place(token: Token) -> bool:
    return len(token.form) >= MIN_LETTERS and token.form not in _words().generic


def _agreement(one: _Word, other: _Word) -> int:
    """Cheap checks first: most pairs of words have nothing in common."""
    if one.name == other.name:
        return SAME
    shorter, longer = one.skeleton, other.skeleton
    if len(shorter) > len(longer):
        shorter, longer = longer, shorter
    if len(longer) - len(shorter) > 1:
        return OTHER
    spelling = _words().spelling
    is_same = shorter == longer and len(shorter) >= spelling["least_symbols"]
    if not is_same and not (len(shorter) >= spelling["near_symbols"] and _one_edit(shorter, longer)):
        return OTHER
    bits = _letter_bits(one.token, other.token)
    if is_same and bits >= spelling["same_bits"]:
        return SAME
    return SIMILAR if bits >= spelling["similar_bits"] else OTHER


def _one_edit(shorter: str, longer: str) -> bool:
    """Whether one symbol more, or another one in its place, makes the longer of the shorter."""
    at = next((at for at, symbol in enumerate(shorter) if symbol != longer[at]), len(shorter))
    return shorter[at + (len(shorter) == len(longer)) :] == longer[at + 1 :]


@functools.lru_cache(maxsize=65_536)
def _letter_bits(one: Token, other: Token) -> float:
    """How well two words spell one another, 0 is best; the same in either order."""
    from matcher.compare.letters import encode, encode_latin, load_letters, quality  # compiled: only when needed

    if one.script in _MODELS and other.script == "latin":
        one, other = other, one
    if one.script == "latin" and other.script in _MODELS:
        model, native = load_letters(other.script), encode(other.script, other.letters)
        return quality(model, native, encode_latin(one.form)) / GRAIN
    left, right = sorted((one.form, other.form))
    return quality(load_letters("latin"), encode_latin(left), encode_latin(right)) / GRAIN
