"""What a fit found: m and u of every level, with intervals, and how it was found."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class LevelFit:
    """One level of one feature; intervals are 95 %.

    Attributes:
        feature, level: As in the model's tables.
        matches, others: Pairs at this level, of one person and of two; expected numbers for unlabelled pairs.
        m, m_low, m_high: Share of the level among pairs of one person that have the feature.
        u, u_low, u_high: Likewise among pairs of two; equal where u was given.
        weight_bits, weight_low, weight_high: log2(m/u).
    """

    feature: str
    level: str
    matches: float
    others: float
    m: float
    m_low: float
    m_high: float
    u: float
    u_low: float
    u_high: float
    weight_bits: float
    weight_low: float
    weight_high: float


@dataclass(frozen=True, slots=True)
class FitReport:
    """The result of `fit_levels`.

    Attributes:
        levels: Feature by feature, in the order of the levels.
        method: `labelled` or `em`.
        n_pairs: Pairs used.
        match_share: Share of pairs that are of one person, with its interval.
        iterations: Of EM, 0 for labelled pairs.
        converged: Whether EM came to rest; true for labelled pairs.
    """

    levels: tuple[LevelFit, ...]
    method: str
    n_pairs: int
    match_share: tuple[float, float, float]
    iterations: int = 0
    converged: bool = True

    def weights(self) -> dict[str, dict[str, float]]:
        """Return the weights in bits by feature and level, not rounded."""
        found: dict[str, dict[str, float]] = {}
        for one in self.levels:
            found.setdefault(one.feature, {})[one.level] = one.weight_bits
        return found

    def to_frame(self) -> pl.DataFrame:
        """Return one row a level."""
        return pl.DataFrame([asdict(one) for one in self.levels])
