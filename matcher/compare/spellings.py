"""Spellings that were seen: how usual a Latin form is for a native token, and tokens that must not be merged.

Two tables, learned from the train fold of the shared names by `benchmarks.learn.letters`: `tables/spellings.tsv`
(script, native letters, Latin form, count) and `tables/confusable.tsv` (Arabic tokens one letter apart that are
different names, with the Latin forms that are one's and not the other's). Levels are small numbers, higher is more
usual; what they weigh is the model's business. Not here: letters that were never seen together (`letters`).

Levels, of P = the share of a native token's spellings that are this one (between Latin forms: the chance that the same
token gives the other form, in the better direction):

    0 nothing is known of the token     1 known, and never so spelled     2 P below 1/64
    3 P from 1/64                       4 P from 1/8                      5 P from 1/2
"""

from __future__ import annotations

import collections
import functools
from collections.abc import Iterable, Mapping
from importlib import resources

from matcher.compare.letters import normalised

UNKNOWN, OTHER, RARE = 0, 1, 2
BANDS = ((1 / 2, 5), (1 / 8, 4), (1 / 64, 3), (0.0, RARE))  # least share, level
KNOWN = 3  # times that a token must be seen before another spelling of it means anything

Token = tuple[str, str]  # script, letters


class Spellings:
    """Counted spellings, both ways: the Latin forms of a native token, the native tokens of a Latin form."""

    def __init__(self, rows: Iterable[tuple[str, str, str, int]]) -> None:
        """Index rows of script, native letters, Latin form, count."""
        self._forms: dict[Token, dict[str, int]] = collections.defaultdict(dict)
        for script, native, form, count in rows:
            self._forms[script, native][form] = count

    @functools.cached_property
    def _tokens(self) -> dict[str, dict[Token, int]]:
        """Native tokens of each Latin form; made when Latin forms are first compared."""
        tokens: dict[str, dict[Token, int]] = collections.defaultdict(dict)
        for token, forms in self._forms.items():
            for form, count in forms.items():
                tokens[form][token] = count
        return tokens

    def level(self, script: str, native: str, latin: str) -> int:
        """Tell how usual a Latin form is for a native token.

        Examples:
            >>> spellings = load_spellings()
            >>> spellings.level("arabic", "محمد", "mohamed"), spellings.level("arabic", "محمد", "ahmed")
            (4, 1)
        """
        return _level(self._forms.get((script, normalised(script, native))), latin)

    def latin_level(self, form: str, other: str) -> int:
        """Tell how usual it is that two Latin forms spell one native token; symmetric, 5 where they are equal.

        Examples:
            >>> spellings = load_spellings()
            >>> spellings.latin_level("yusuf", "youssef") > spellings.latin_level("yusuf", "yasir")
            True
        """
        if form == other:
            return BANDS[0][1]
        left, right = self._tokens.get(form), self._tokens.get(other)
        if not left or not right:
            return UNKNOWN
        common = sorted(left.keys() & right.keys())
        if not common:
            return OTHER if min(sum(left.values()), sum(right.values())) >= KNOWN else UNKNOWN
        shares = [self._share(common, one, two) for one, two in ((left, right), (right, left))]
        return _band(max(shares))

    def _share(self, common: list[Token], given: Mapping[Token, int], wanted: Mapping[Token, int]) -> float:
        """Chance of a form, given another: through each native token that both spell."""
        total = sum(given.values())
        return sum(given[token] * wanted[token] / (total * sum(self._forms[token].values())) for token in common)


def _level(counts: Mapping[str, int] | None, form: str) -> int:
    if not counts:
        return UNKNOWN
    total = sum(counts.values())
    if form not in counts:
        return OTHER if total >= KNOWN else UNKNOWN
    return _band(counts[form] / total)


def _band(share: float) -> int:
    return next(level for least, level in BANDS if share >= least)


@functools.cache
def load_spellings() -> Spellings:
    """Read the shipped spellings; once a process."""
    return Spellings((script, native, form, int(count)) for script, native, form, count in _rows("spellings"))


def is_confusable(script: str, token: str, other_script: str, other: str) -> bool:
    """Tell whether two tokens look alike and are known to be different names; symmetric.

    Args:
        script: Script of the first token, `arabic` or `latin`; of others nothing is known.
        token: Its own letters, for Latin its form.
        other_script: Script of the second token.
        other: Its letters.

    Examples:
        >>> is_confusable("arabic", "حسن", "latin", "hussein"), is_confusable("latin", "hassan", "latin", "hasan")
        (True, False)
    """
    names = _names()
    left, right = names.get((script, token)), names.get((other_script, other))
    if not left or not right or left & right:
        return False
    return any((one, two) in _apart() for one in left for two in right)


@functools.cache
def _names() -> dict[Token, frozenset[str]]:
    """The Arabic tokens that a token may stand for."""
    names: dict[Token, set[str]] = collections.defaultdict(set)
    for native, forms, other, other_forms in _rows("confusable"):
        for token, spelled in ((native, forms), (other, other_forms)):
            names["arabic", token].add(token)
            for form in spelled.split():
                names["latin", form].add(token)
    return {token: frozenset(found) for token, found in names.items()}


@functools.cache
def _apart() -> frozenset[tuple[str, str]]:
    pairs = [(native, other) for native, _, other, _ in _rows("confusable")]
    return frozenset(pairs) | {(other, native) for native, other in pairs}


def _rows(name: str) -> list[list[str]]:
    text = resources.files("matcher.compare").joinpath(f"tables/{name}.tsv").read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")][1:]
