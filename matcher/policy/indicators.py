"""Indicators that help to identify victims of trafficking (`indicators.toml`), with guidance and referral.

An officer ticks what was seen or heard. A tick shows guidance and the protective referral; it never makes a hit and
never lowers a protective outcome.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

from matcher.policy.tables import LOCALES, in_locale, parse, shipped

_TABLE = "indicators.toml"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator.

    Attributes:
        indicator_id: Its id.
        source: Where its subject comes from; the wording is ours.
    """

    indicator_id: str
    source: str
    _texts: Mapping[str, str] = field(repr=False, compare=False)

    def text(self, locale: str) -> str:
        """Return the sentence that an officer ticks, in a language.

        Raises:
            LocaleError: a language other than `LOCALES`.

        Examples:
            >>> indicator("wages_withheld").text("es")
            'El viajero ha trabajado sin cobrar o le han retenido el salario'
        """
        return in_locale(self._texts, locale)


@dataclass(frozen=True, slots=True)
class IndicatorTable:
    """The whole table: indicators by id, and what is said beside any of them, by language."""

    by_id: Mapping[str, Indicator]
    guidance: Mapping[str, str]
    referral: Mapping[str, str]


def indicator(indicator_id: str) -> Indicator | None:
    """Return an indicator by its exact id; None for an unknown one.

    Examples:
        >>> indicator("debt_bondage").source, indicator("nationality")
        ('UNODC general indicators: debt bondage', None)
    """
    return _table().by_id.get(indicator_id)


def indicators() -> tuple[Indicator, ...]:
    """Return every indicator, in the table's order.

    Examples:
        >>> len(indicators())
        12
    """
    return tuple(_table().by_id.values())


def guidance(locale: str) -> str:
    """Return what an officer does when any indicator is ticked, in a language.

    Raises:
        LocaleError: a language other than `LOCALES`.

    Examples:
        >>> guidance("en").split(",")[0]
        'One indicator proves nothing'
    """
    return in_locale(_table().guidance, locale)


def referral(locale: str) -> str:
    """Return to whom a possible victim is referred, in a language.

    Raises:
        LocaleError: a language other than `LOCALES`.

    Examples:
        >>> "non-refoulement" in referral("en")
        True
    """
    return in_locale(_table().referral, locale)


def load_indicators(raw: bytes) -> IndicatorTable:
    """Read and check a table of indicators.

    Raises:
        ModelError: a source or a language missing, or an unknown field.
    """
    table = parse(_TABLE, raw, ("guidance", "referral", "indicator"))
    made = {}
    for name, row in table.rows("indicator").items():
        row.allow(("source", *LOCALES))
        made[name] = Indicator(name, row.text("source"), row.in_every_locale())
    said = [table.row(section) for section in ("guidance", "referral")]
    for row in said:
        row.allow(LOCALES)
    return IndicatorTable(made, *(row.in_every_locale() for row in said))


@functools.cache
def _table() -> IndicatorTable:
    return load_indicators(shipped(_TABLE))
