"""First-stage name evidence of one pair of names, from its definition: the twin of `candidates.full_scan`."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.compare.tokens import joins_agree, token_level
from matcher.score.model import Model
from matcher.score.names import Unit, joined_token, pair_bits
from matcher.text import Token


def _runs(tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    runs = [tuple(tokens[start : start + 2]) for start in range(len(tokens) - 1)]
    return [*runs, tuple(tokens)] if 3 <= len(tokens) <= 5 else runs


def _best(model: Model, token: Token, others: Sequence[Token]) -> float:
    """Best agreement of a query token with a listed token, or with listed neighbours written as one."""
    found = [0.0]
    unit = Unit(token, (token,))
    for other in others:
        if (level := token_level(token, other)) is not None:
            found.append(pair_bits(model, unit, Unit(other, (other,)), level))
    for run in _runs(others):
        joined = joined_token(run)
        level = token_level(token, joined)
        if level is not None and joins_agree(token, joined):
            found.append(pair_bits(model, unit, Unit(joined, run), level))
    return max(found)


def first_stage_bits(model: Model, query: Sequence[Token], listed: Sequence[Token]) -> float:
    """Sum the best agreement of each query token and of each run of query neighbours."""
    total = sum(_best(model, token, listed) for token in query)
    for run in _runs(query):
        joined = joined_token(run)
        found = [0.0]
        for other in listed:
            level = token_level(joined, other)
            if level is not None and joins_agree(joined, other):
                found.append(pair_bits(model, Unit(joined, run), Unit(other, (other,)), level))
        total += max(found)
    return total
