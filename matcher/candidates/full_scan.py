"""The full scan: first-stage name evidence of one query name against every name of a list.

Definition (rule 3 a). For each token of the query name, the best of: its agreement with a token of the listed name as
written; with neighbours of the listed name written as one (`joins_agree`). For each run of neighbours of the query
name, written as one, its agreement with a token of the listed name. Agreements count with `pair_bits`, never below 0;
the first-stage evidence is their sum. It grows with every agreeing token, and bounds the alignment's evidence.

Every vocabulary token is compared (rapidfuzz's batch scorers do the sieving); what each query token found is kept for
the next traveller who has it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matcher.compare.tokens import FULL_LEVELS, agreeing_pairs, joins_agree, token_level
from matcher.index.names import NameIndex
from matcher.score.model import Model
from matcher.score.names import Unit, joined_bits, joined_token, pair_bits, runs_of
from matcher.text import Token

TOKENS_KEPT = 20_000  # query tokens whose findings are kept: about 2 kB each on a list of 10,000 persons
TOKENS_A_CALL = 512  # query tokens compared in one batch call: bounds its distance matrix

_Parts = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """What one query unit found: names ascending, its bits in each; names with a full agreement, tokens covered."""

    names: np.ndarray[Any, Any]
    bits: np.ndarray[Any, Any]
    full_names: np.ndarray[Any, Any]
    covered: np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class FirstStage:
    """First-stage evidence of one query name against every name of a list.

    Attributes:
        evidence: Bits, by name row.
        strongest: Bits of the best single agreement, by name row.
        covered: Tokens of either side covered by full agreements, by name row; at least the number of
            agreeing tokens of the shorter name.
    """

    evidence: np.ndarray[Any, Any]
    strongest: np.ndarray[Any, Any]
    covered: np.ndarray[Any, Any]


class FullScan:
    """Scans one list's names for a model; keeps what frequent tokens found, so one object serves one thread."""

    def __init__(self, index: NameIndex, model: Model) -> None:
        self._index, self._model = index, model
        self._kept: OrderedDict[_Parts, _Found] = OrderedDict()
        rarity = np.array([model.rarity_bits(token.skeleton) for token in index.tokens])
        self._join_rarity = index.join_sums(rarity)

    def prepare(self, names: Iterable[Sequence[Token]]) -> None:
        """Work the tokens of many query names together; equal tokens once."""
        wanted = dict.fromkeys((token,) for tokens in names for token in tokens)
        missing = [parts for parts in wanted if parts not in self._kept]
        for start in range(0, len(missing), TOKENS_A_CALL):
            chunk = missing[start : start + TOKENS_A_CALL]
            pairs = agreeing_pairs([parts[0] for parts in chunk], self._index.written)
            for parts, found in zip(chunk, pairs, strict=True):
                self._keep(parts, self._collect(parts, found, self._joined_pairs(parts[0])))

    def first_stage(self, tokens: Sequence[Token]) -> FirstStage:
        """Return the first-stage evidence of a query name against every name.

        Cost:
            About 0.1 ms once the tokens are prepared, on 35,000 names.
        """
        n_names = len(self._index.counts)
        evidence, strongest = np.zeros(n_names), np.zeros(n_names)
        covered = np.zeros(n_names)
        self.prepare([tokens])
        units: list[_Parts] = [(token,) for token in tokens]
        units += [tuple(tokens[start:stop]) for start, stop in runs_of(len(tokens))]
        for parts in units:
            found = self._of(parts)
            evidence[found.names] += found.bits
            strongest[found.names] = np.maximum(strongest[found.names], found.bits)
            covered[found.full_names] += found.covered
        return FirstStage(evidence, strongest, covered)

    def _of(self, parts: _Parts) -> _Found:
        if parts not in self._kept:
            if len(parts) == 1:
                self.prepare([parts])
            else:
                self._keep(parts, self._collect(parts, self._run_pairs(parts), []))
        self._kept.move_to_end(parts)
        return self._kept[parts]

    def _keep(self, parts: _Parts, found: _Found) -> None:
        self._kept[parts] = found
        while len(self._kept) > TOKENS_KEPT:
            self._kept.popitem(last=False)

    def _run_pairs(self, parts: _Parts) -> list[tuple[int, str]]:
        """Tokens as written that a run of the query name is, written as one (they share its skeleton)."""
        joined = joined_token(parts)
        same = self._index.written.by_skeleton.get(joined.skeleton, ())
        return self._joined(joined, same)

    def _joined_pairs(self, token: Token) -> list[tuple[int, str]]:
        """Neighbours of the list that, written as one, are a query token."""
        return self._joined(token, self._index.joined_by_skeleton.get(token.skeleton, ()))

    def _joined(self, token: Token, ids: Iterable[int]) -> list[tuple[int, str]]:
        tokens = self._index.tokens
        found = (at for at in ids if joins_agree(token, tokens[at]))
        return [(at, level) for at in found if (level := token_level(token, tokens[at])) is not None]

    def _collect(self, parts: _Parts, plain: list[tuple[int, str]], joined: list[tuple[int, str]]) -> _Found:
        index, unit = self._index, Unit(joined_token(parts) if len(parts) > 1 else parts[0], parts)
        rows: list[np.ndarray[Any, Any]] = []
        bits: list[np.ndarray[Any, Any]] = []
        full: list[np.ndarray[Any, Any]] = []
        covers: list[np.ndarray[Any, Any]] = []
        for at, level in plain:
            names = index.names_with(at)
            worth = pair_bits(self._model, unit, Unit(index.tokens[at], (index.tokens[at],)), level)
            rows.append(names)
            bits.append(np.full(len(names), max(worth, 0.0)))
            if level in FULL_LEVELS:
                full.append(names)
                covers.append(np.full(len(names), float(len(parts))))
        for at, level in joined:
            joins = index.joins_of(at)
            names = index.joins["name_row"][joins]
            worth_each = (joined_bits(self._model, rarity, level) for rarity in self._join_rarity[joins].tolist())
            rows.append(names)
            bits.append(np.array([max(worth, 0.0) for worth in worth_each]))
            full.append(names)
            covers.append(index.joins["count"][joins].astype(np.float64))
        return _Found(*_best_of(rows, bits), *_best_of(full, covers))


def _best_of(
    rows: list[np.ndarray[Any, Any]], values: list[np.ndarray[Any, Any]]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Distinct rows, ascending, each with its largest value."""
    if not rows:
        return np.empty(0, np.int32), np.empty(0)
    every_row, every_value = np.concatenate(rows), np.concatenate(values)
    order = np.lexsort((-every_value, every_row))
    every_row, every_value = every_row[order], every_value[order]
    first = np.ones(len(every_row), bool)
    first[1:] = every_row[1:] != every_row[:-1]
    return every_row[first], every_value[first]
