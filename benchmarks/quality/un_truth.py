"""Which UN entry each row of the altered UN travellers stands for.

`positives_un_untreated.csv` has the names as the UN wrote them, `positives_un_treated.csv` the same rows,
some altered. A row stands for the entries whose name equals the untreated one; of several, for those whose
birth year agrees as well. Rows without such an entry have left the list and don't count.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

Row = dict[str, str]


@dataclass(frozen=True)
class UnTravellers:
    """The rows of the treated file with their truth.

    Attributes:
        rows: As presented.
        entries: Entry ids that each row stands for; empty: the person left the list.
        name_altered: Whether the name differs from the untreated one.
        birth_date_altered: Whether the birth date does.
    """

    rows: list[Row]
    entries: list[frozenset[str]]
    name_altered: list[bool]
    birth_date_altered: list[bool]

    def group(self, name: str) -> list[int]:
        """Return the row numbers, from 0, of a group that counts: all, altered, name or birth_date."""
        altered = {
            "all": [True] * len(self.rows),
            "altered": [a or b for a, b in zip(self.name_altered, self.birth_date_altered, strict=True)],
            "name": self.name_altered,
            "birth_date": self.birth_date_altered,
        }[name]
        return [row for row, counts in enumerate(altered) if counts and self.entries[row]]


def read(folder: Path, persons: pa.Table) -> UnTravellers:
    """Read both files and resolve each row in the UN list as imported.

    Args:
        folder: Where the two files are.
        persons: `PERSON_ENTRY` of the UN list.
    """
    treated, untreated = (read_rows(folder / f"positives_un_{kind}.csv") for kind in ("treated", "untreated"))
    pairs = list(zip(treated, untreated, strict=True))
    return UnTravellers(
        rows=treated,
        entries=resolve(untreated, persons),
        name_altered=[row["full_name"] != original["full_name"] for row, original in pairs],
        birth_date_altered=[row["date_of_birth"] != original["date_of_birth"] for row, original in pairs],
    )


def read_rows(path: Path) -> list[Row]:
    """Read a CSV with a header as dicts."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def resolve(rows: Iterable[Row], persons: pa.Table) -> list[frozenset[str]]:
    """Find the entries that each untreated row stands for."""
    by_name: dict[str, set[tuple[str, frozenset[str]]]] = defaultdict(set)
    for entry in persons.select(["entry_id", "names", "birth_dates"]).to_pylist():
        years = frozenset(str(date["year"]) for date in entry["birth_dates"] or () if date["year"])
        for name in entry["names"]:
            by_name[_plain(name["text"])].add((entry["entry_id"], years))
    return [_entries(row, by_name.get(_plain(row["full_name"]), set())) for row in rows]


def _entries(row: Row, named: set[tuple[str, frozenset[str]]]) -> frozenset[str]:
    same_year = {entry_id for entry_id, years in named if row["date_of_birth"][:4] in years}
    return frozenset(same_year if len(named) > 1 and same_year else {entry_id for entry_id, _ in named})


def _plain(name: str) -> str:
    plain = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return plain.removesuffix(" na")  # the UN list's word for a name part that is not known
