"""How entries are matched that no name makes (`matching.toml`): descriptions and ways of working."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from matcher.policy.tables import Table, parse, shipped

_TABLE = "matching.toml"


@dataclass(frozen=True, slots=True)
class Matching:
    """How much must agree.

    Attributes:
        least_features: Features of a description beside a name.
        least_without_name: Features where no name agrees.
        least_criteria: Criteria of a way of working.
    """

    least_features: int
    least_without_name: int
    least_criteria: int


@functools.cache
def matching() -> Matching:
    """Return the shipped numbers.

    Examples:
        >>> matching().least_criteria
        2
    """
    return load_matching(shipped(_TABLE))


def load_matching(raw: bytes) -> Matching:
    """Read and check the table.

    Raises:
        ModelError: a number missing or below 1.
    """
    table = parse(_TABLE, raw, ("description", "pattern"))
    return Matching(
        _number(table, "description", "least_features"),
        _number(table, "description", "least_without_name"),
        _number(table, "pattern", "least_criteria"),
    )


def _number(table: Table, section: str, field: str) -> int:
    row = table.row(section)
    value = row.values.get(field)
    if not isinstance(value, int) or value < 1:
        raise row.refusal(f"{field} must be a number of 1 or more")
    return value
