"""Reasons: the score's own leaves, put into sentences of four languages. No second score is computed here.

Contents in the order of the flow: `missing` (what could not be compared) -> `catalogues` (the sentences of a language)
-> `letters` (which letters stand for which) -> `wording` (leaves and facts as lines) -> `waterfall` (a picture) ->
`explanation` (what a caller holds). A catalogue is one file a language, `locales/<locale>.toml`.
"""

from __future__ import annotations

from matcher.explain.catalogues import LOCALES, catalogue
from matcher.explain.explanation import Explanation, Subject
from matcher.explain.missing import Missing, missing_fields
from matcher.explain.wording import isolated, sentence

__all__ = ["LOCALES", "Explanation", "Missing", "Subject", "catalogue", "isolated", "missing_fields", "sentence"]
