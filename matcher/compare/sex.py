"""Two sexes to a level; `X` (unspecified, ICAO 9303) says nothing."""

from __future__ import annotations


def sex_level(query: str | None, entry: str | None) -> str | None:
    """Return `same` or `different`; None when either is missing or unspecified.

    Examples:
        >>> sex_level("M", "F"), sex_level("F", "F"), sex_level("X", "F")
        ('different', 'same', None)
    """
    if query not in ("M", "F") or entry not in ("M", "F"):
        return None
    return "same" if query == entry else "different"
