"""Fitting of a model's m and u: from judged pairs, or by expectation maximisation from pairs that nobody judged.

In flow order: `patterns` (pairs of levels to counted patterns) -> `fit`: counts with `intervals`, or `em` (Fellegi and
Sunter's model, conditionally independent fields; intervals by bootstrap) -> `report`. Nothing here is in the query
path, and nothing writes a model: the numbers go into its tables by hand, with their source.
"""

from __future__ import annotations

from matcher.score.fit.em import EmOptions
from matcher.score.fit.fit import fit_levels
from matcher.score.fit.report import FitReport, LevelFit

__all__ = ["EmOptions", "FitReport", "LevelFit", "fit_levels"]
