"""Baselines that compare whole names: what a first script for the task does.

Exact equality, Jaro-Winkler on sorted tokens, and RapidFuzz's token sort ratio, each with or without the
condition that birth years, where both are known, are equal. Names are casefolded, nothing else: a
baseline that transliterated or dropped particles would no longer be one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

Key = tuple[str, str]
_CHUNK_ROWS = 64


class Baseline(NamedTuple):
    """A measure of whole names and the least value that raises an alarm."""

    name: str
    measure: str
    least: float
    needs_same_year: bool


BASELINES = (
    Baseline("equal name", "equal", 1.0, False),
    Baseline("equal name, same year", "equal", 1.0, True),
    Baseline("Jaro-Winkler ≥ 0.92, sorted tokens", "jaro_winkler", 0.92, False),
    Baseline("Jaro-Winkler ≥ 0.92, sorted tokens, same year", "jaro_winkler", 0.92, True),
    Baseline("token_sort_ratio ≥ 90", "token_sort_ratio", 90.0, False),
    Baseline("token_sort_ratio ≥ 90, same year", "token_sort_ratio", 90.0, True),
)


class Named(NamedTuple):
    """A name with the birth years known for it; none: any year agrees."""

    name: str
    years: frozenset[int]


class ListedNames(NamedTuple):
    """Every name of every listed person, row by row."""

    names: list[Named]
    keys: list[Key]


def listed_names(persons: Iterable[pa.Table]) -> ListedNames:
    """Take the names of the persons of several lists from their `PERSON_ENTRY` tables."""
    names: list[Named] = []
    keys: list[Key] = []
    for table in persons:
        columns = table.select(["list_id", "entry_id", "kind", "names", "birth_dates"])
        for row in columns.to_pylist():
            if row["kind"] != "person":
                continue
            years = frozenset(_years(row["birth_dates"] or ()))
            texts = {name["text"] for name in row["names"]}
            names.extend(Named(text, years) for text in sorted(texts))
            keys.extend([(row["list_id"], row["entry_id"])] * len(texts))
    return ListedNames(names, keys)


def _years(dates: Iterable[dict[str, int | None]]) -> Iterator[int]:
    for date in dates:
        if (first := date["year"]) is not None:
            yield from range(first, (date["year_to"] or first) + 1)


def traveller_row(row: dict[str, str]) -> Named:
    """Take name and birth year of a row of a passenger list.

    Examples:
        >>> traveller_row({"full_name": "Anna Eriksson", "date_of_birth": "1974-08-12"}).years
        frozenset({1974})
    """
    year = re.match(r"\d{4}", row["date_of_birth"])
    return Named(row["full_name"], frozenset({int(year[0])} if year else ()))


def alarms(baseline: Baseline, travellers: Sequence[Named], listed: ListedNames) -> list[set[Key]]:
    """Return, for each traveller, the entries that the baseline raises an alarm for."""
    entries = [_prepared(baseline, named.name) for named in listed.names]
    found: list[set[Key]] = []
    for start in range(0, len(travellers), _CHUNK_ROWS):
        chunk = travellers[start : start + _CHUNK_ROWS]
        reached = _reached(baseline, [_prepared(baseline, one.name) for one in chunk], entries)
        for traveller, row in zip(chunk, reached, strict=True):
            hits = np.flatnonzero(row).tolist()
            found.append({listed.keys[hit] for hit in hits if _agree(baseline, traveller, listed.names[hit])})
    return found


def _prepared(baseline: Baseline, name: str) -> str:
    words = name.casefold().split()
    return " ".join(words if baseline.measure == "equal" else sorted(words))


def _reached(baseline: Baseline, queries: Sequence[str], entries: Sequence[str]) -> npt.NDArray[np.bool_]:
    if baseline.measure == "equal":
        return np.array([[query == entry for entry in entries] for query in queries])
    # token_sort_ratio is the plain ratio of sorted tokens, and the tokens are sorted here once
    scorer = fuzz.ratio if baseline.measure == "token_sort_ratio" else JaroWinkler.normalized_similarity
    values = process.cdist(queries, entries, scorer=scorer, score_cutoff=baseline.least, dtype=np.float32)
    return np.asarray(values >= np.float32(baseline.least))


def _agree(baseline: Baseline, traveller: Named, entry: Named) -> bool:
    both_known = traveller.years and entry.years
    return not (baseline.needs_same_year and both_known) or bool(traveller.years & entry.years)
