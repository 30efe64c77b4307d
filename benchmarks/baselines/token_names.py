"""Baselines that compare token by token: a similarity of tokens, aligned greedily, best pair first.

The score of two names is twice the sum of the aligned similarities over the number of tokens. Similarities:
Jaro-Winkler and Levenshtein of romanised tokens, equality of one of jellyfish's phonetic codes (ties broken by a
hundredth of the Levenshtein similarity), and the mean of the Levenshtein similarities of consonant skeleton and
romanised form, both as `matcher.text` makes them: no learning in any of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import jellyfish
import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler, Levenshtein

from benchmarks.baselines.romanised import best_rows, romanised
from benchmarks.quality.names.engine import Hits
from matcher.index.jit import kernel
from matcher.text import analyse_name

_CHUNK = 32  # queries a matrix
_PAIRS = 256
_MOST_TOKENS = 12
_TIE = 0.01
_Array = np.ndarray[Any, Any]
_Tokens = tuple[Hashable, ...]
Similarity = Callable[[Sequence[Any], Sequence[Any]], _Array]


@kernel
def _align(similar: _Array, starts: _Array, tokens: _Array, scores: _Array) -> None:
    """Score every name: `similar` is (vocabulary, query tokens), `tokens[starts[i]:starts[i+1]]` are name i's."""
    n_query = similar.shape[1]
    left = np.empty((12, n_query), np.float32)
    for name in range(len(starts) - 1):
        n_name = min(starts[name + 1] - starts[name], 12)
        for at in range(n_name):
            for to in range(n_query):
                left[at, to] = similar[tokens[starts[name] + at], to]
        total = np.float32(0.0)
        for _ in range(min(n_name, n_query)):
            best, best_at, best_to = np.float32(-1.0), 0, 0
            for at in range(n_name):
                for to in range(n_query):
                    if left[at, to] > best:
                        best, best_at, best_to = left[at, to], at, to
            if best <= 0:
                break
            total += best
            left[best_at, :] = -1.0
            left[:n_name, best_to] = -1.0
        scores[name] = 2.0 * total / max(n_name + n_query, 1)


class TokenNames:
    """One similarity of tokens.

    Args:
        name: Shown in the tables.
        split: Makes the tokens of a name.
        similarity: Matrix of similarities of two sequences of tokens, 0 to 1.
    """

    same_at: float | None = None

    def __init__(self, name: str, split: Callable[[str], _Tokens], similarity: Similarity) -> None:
        self.name = name
        self._split, self._similarity = split, similarity
        self._listed: Sequence[str] | None = None
        self._names: _Names | None = None

    def search(self, queries: Sequence[str], listed: Sequence[str], limit: int) -> list[Hits]:
        """Score every listed name and keep the best."""
        if self._names is None or self._listed is not listed:
            self._listed, self._names = listed, _Names([self._split(name) for name in listed])
        names, found = self._names, []
        scores = np.zeros(len(listed), np.float32)
        for start in range(0, len(queries), _CHUNK):
            split = [self._split(name)[:_MOST_TOKENS] for name in queries[start : start + _CHUNK]]
            places = {token: at for at, token in enumerate(dict.fromkeys(token for one in split for token in one))}
            matrix = self._matrix(list(places), names.vocabulary)
            for one in split:
                similar = np.ascontiguousarray(matrix[[places[token] for token in one]].T)
                _align(similar, names.starts, names.tokens, scores)
                found.append(best_rows(scores, limit))
        return found

    def compare(self, left: Sequence[str], right: Sequence[str]) -> list[float]:
        """Score pairs."""
        found: list[float] = []
        for start in range(0, len(left), _PAIRS):
            one = _Names([self._split(name)[:_MOST_TOKENS] for name in left[start : start + _PAIRS]])
            other = _Names([self._split(name) for name in right[start : start + _PAIRS]])
            matrix = self._matrix(one.vocabulary, other.vocabulary)
            score = np.zeros(1, np.float32)
            for at in range(len(one.starts) - 1):
                similar = np.ascontiguousarray(matrix[one.tokens[one.starts[at] : one.starts[at + 1]]].T)
                _align(similar, other.starts[at : at + 2], other.tokens, score)
                found.append(float(score[0]))
        return found

    def _matrix(self, queries: Sequence[Any], vocabulary: Sequence[Any]) -> _Array:
        if not queries or not vocabulary:
            return np.zeros((len(queries), len(vocabulary)), np.float32)
        return self._similarity(queries, vocabulary)


class _Names:
    """Names as places in a vocabulary of tokens, one after the other."""

    def __init__(self, split: Sequence[_Tokens]) -> None:
        places: dict[Hashable, int] = {}
        self.tokens = np.array([places.setdefault(token, len(places)) for one in split for token in one], np.int64)
        self.starts = np.cumsum([0, *map(len, split)], dtype=np.int64)
        self.vocabulary = list(places)


def _cdist(scorer: Any, queries: Sequence[str], vocabulary: Sequence[str]) -> _Array:
    return np.asarray(process.cdist(queries, vocabulary, scorer=scorer, dtype=np.float32))


def _levenshtein(queries: Sequence[str], vocabulary: Sequence[str]) -> _Array:
    return _cdist(Levenshtein.normalized_similarity, queries, vocabulary)


def _jaro_winkler(queries: Sequence[str], vocabulary: Sequence[str]) -> _Array:
    return _cdist(JaroWinkler.normalized_similarity, queries, vocabulary)


def _code_equality(code: Callable[[str], str], queries: Sequence[str], vocabulary: Sequence[str]) -> _Array:
    ids: dict[str, int] = {}
    one, other = (
        np.array([ids.setdefault(found, len(ids)) if (found := code(token)) else nothing for token in side])
        for side, nothing in ((queries, -1), (vocabulary, -2))  # a token without a code equals none
    )
    equal = (one[:, None] == other[None, :]).astype(np.float32)
    values: _Array = (equal + np.float32(_TIE) * _levenshtein(queries, vocabulary)) / np.float32(1 + _TIE)
    return values


def _skeleton_similarity(queries: Sequence[tuple[str, str]], vocabulary: Sequence[tuple[str, str]]) -> _Array:
    forms, skeletons = (_levenshtein([t[at] for t in queries], [t[at] for t in vocabulary]) for at in (0, 1))
    return (forms + skeletons) / np.float32(2)


def _plain_tokens(name: str) -> _Tokens:
    return tuple(romanised(name).split())


def _library_tokens(name: str) -> _Tokens:
    return tuple((token.form, token.skeleton) for token in analyse_name(name))


def similarity_engines() -> list[TokenNames]:
    """Jaro-Winkler and Levenshtein, token by token, and the best that needs no learning: skeleton + Levenshtein."""
    return [
        TokenNames("anyascii + Jaro–Winkler, by token", _plain_tokens, _jaro_winkler),
        TokenNames("anyascii + Levenshtein, by token", _plain_tokens, _levenshtein),
        TokenNames("skeleton + Levenshtein, by token", _library_tokens, _skeleton_similarity),
    ]


def phonetic_engines() -> list[TokenNames]:
    """Equality of jellyfish's codes."""
    codes = {
        "metaphone": jellyfish.metaphone,
        "soundex": jellyfish.soundex,
        "NYSIIS": jellyfish.nysiis,
        "match rating": jellyfish.match_rating_codex,
    }
    remembered = {title: functools.lru_cache(maxsize=200_000)(code) for title, code in codes.items()}
    return [
        TokenNames(f"anyascii + {title} codes, by token", _plain_tokens, functools.partial(_code_equality, code))
        for title, code in remembered.items()
    ]
