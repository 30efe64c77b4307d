"""Namesakes: travellers with a listed person's name, nationality and sex, and another birth date.

A name is one of the entry's full names (two tokens or more, not called weak); the birth date is that of another listed
person, drawn until it lies more than `YEARS` from every date of the entry. Entries without a birth date are left out:
nothing would tell the namesake from them. The same seed gives the same rows.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from matcher.text import analyse_name

SEED = 6
YEARS = 5
_WEAK = "weak_alias"


class _Person(NamedTuple):
    """What a namesake takes from a listed person, and the years that its birth date must keep away from."""

    key: tuple[str, str]
    names: tuple[str, ...]
    nationalities: tuple[str, ...]
    sex: str | None
    years: tuple[tuple[int, int], ...]


def make_namesakes(
    lists: Iterable[pa.Table], n: int, *, seed: int = SEED
) -> tuple[pa.Table, dict[str, tuple[str, str]]]:
    """Make namesakes as a TRAVELLER-shaped table, and tell whose they are: `(list id, entry id)` by reference.

    Args:
        lists: `PERSON_ENTRY` tables of the lists.
        n: How many.
        seed: Of the draws.
    """
    entries = [entry for table in lists for entry in table.to_pylist() if entry["kind"] == "person"]
    dates = [date for entry in entries for date in entry["birth_dates"] or () if is_full(date)]
    persons = [person for entry in entries if (person := _person(entry)).names and person.years]
    rng = random.Random(f"namesakes/{seed}")
    rows, keys = [], {}
    for number in range(1, n + 1):
        person = rng.choice(persons)
        date = rng.choice(dates)
        while any(first - YEARS <= date["year"] <= last + YEARS for first, last in person.years):
            date = rng.choice(dates)
        keys[f"namesake-{number}"] = person.key
        rows.append(
            {
                "reference": f"namesake-{number}",
                "names": [rng.choice(person.names)],
                "birth_date": {part: date[part] for part in ("year", "month", "day")},
                "sex": person.sex,
                "nationalities": list(person.nationalities) or None,
            }
        )
    return pa.Table.from_pylist(rows), keys


def is_full(date: Mapping[str, Any]) -> bool:
    """Whether a listed date is one Gregorian day that isn't 1 January.

    Examples:
        >>> is_full({"year": 1960, "month": 8, "day": 31, "calendar": None, "year_to": None, "approximate": None})
        True
    """
    if not (date["year"] and date["month"] and date["day"]) or date["year_to"] or date["approximate"]:
        return False
    return (date["calendar"] or "gregorian") == "gregorian" and (date["month"], date["day"]) != (1, 1)


def _person(entry: Mapping[str, Any]) -> _Person:
    names = (name["text"] for name in entry["names"] if name["kind"] != _WEAK)
    return _Person(
        (entry["list_id"], entry["entry_id"]),
        tuple(name for name in names if len(analyse_name(name)) >= 2),
        tuple(entry["nationalities"] or ()),
        entry["sex"],
        _years(entry["birth_dates"] or ()),
    )


def _years(dates: Sequence[Mapping[str, Any]]) -> tuple[tuple[int, int], ...]:
    """First and last year of each date; none if one of them has no year or another calendar."""
    if not dates or any(not date["year"] or (date["calendar"] or "gregorian") != "gregorian" for date in dates):
        return ()
    return tuple((date["year"], date["year_to"] or date["year"]) for date in dates)
