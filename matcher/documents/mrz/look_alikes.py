"""Which characters are taken for one another, and what each slip costs, from `tables/mrz_look_alikes.tsv`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from matcher.documents.mrz.layout import ALPHABET, DIGITS, FILLER, LETTERS, TABLES
from matcher.documents.states import state_code
from matcher.documents.words import read_table
from matcher.errors import ModelError

SLIPS = ("forced", "unread", "check_digit", "composite_fails")


@dataclass(frozen=True)
class LookAlikes:
    """The table read once.

    Attributes:
        costs: Character to its look-alikes and their costs, cheapest first.
        slips: Costs of other slips, by name of `SLIPS`.
        to_digits, to_letters: Translation of each letter or digit to the one that it looks most like.
    """

    costs: Mapping[str, Mapping[str, int]]
    slips: Mapping[str, int]
    to_digits: dict[int, str]
    to_letters: dict[int, str]


@functools.cache
def look_alikes() -> LookAlikes:
    """Return the look-alikes; symmetric.

    Examples:
        >>> table = look_alikes()
        >>> table.costs["O"]["0"], "74O8I2".translate(table.to_digits), "UT0".translate(table.to_letters)
        (1, '740812', 'UTO')
    """
    costs: dict[str, dict[str, int]] = {letter: {} for letter in ALPHABET}
    slips = {}
    for row in read_table(TABLES / "mrz_look_alikes.tsv"):
        if row["kind"] == "other":
            slips[row["text"]] = int(row["cost"])
            continue
        if row["kind"] != "look_alike" or not set(row["text"]) <= set(ALPHABET):
            raise ModelError("mrz_look_alikes.tsv has an unknown kind or character; mend the table")
        for one in row["text"]:
            for other in row["text"]:
                if one != other:
                    costs[one].setdefault(other, int(row["cost"]))
    if set(slips) != set(SLIPS):
        raise ModelError(f"mrz_look_alikes.tsv needs one row for each of {', '.join(SLIPS)}; mend the table")
    ranked = {one: dict(sorted(others.items(), key=lambda pair: pair[1])) for one, others in costs.items()}
    return LookAlikes(ranked, slips, _nearest(ranked, LETTERS, DIGITS), _nearest(ranked, DIGITS, LETTERS))


def _nearest(costs: Mapping[str, Mapping[str, int]], source: str, target: str) -> dict[int, str]:
    near = {}
    for letter in source:
        options = [other for other in costs[letter] if other in target]
        if options:
            near[ord(letter)] = options[0]
    return near


@functools.cache
def number_alphabets() -> dict[str, str]:
    """Return the characters of an issuer's numbers, with the filler, by the issuer's present code."""
    rows = read_table(TABLES / "mrz_number_alphabets.tsv")
    if any(state_code(row["issuer"]) != row["issuer"] for row in rows):
        raise ModelError("mrz_number_alphabets.tsv has an issuer that isn't a present code; mend the table")
    return {row["issuer"]: row["alphabet"] + FILLER for row in rows}
