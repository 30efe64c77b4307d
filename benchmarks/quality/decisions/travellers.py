"""The travellers that are screened, with their truth: altered UN rows, clean travellers in two halves, namesakes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

import matcher
from benchmarks.quality import un_truth
from benchmarks.quality.decisions.namesakes import make_namesakes
from benchmarks.quality.first_light import HALF, UN
from matcher.passengers import travellers_from_flat
from matcher.report.truth import Expected, Key, Truth
from matcher.schema import TRAVELLER

NAMESAKES = 10_000
UNALTERED, NAME, BIRTH_DATE, BOTH = "unaltered", "name altered", "birth date altered", "both altered"
DEVELOPMENT, HELD_OUT, NAMESAKE = "clean, development half", "clean, held-out half", "namesake"


@dataclass(frozen=True)
class Travellers:
    """All rows, and what is expected of each that counts.

    Attributes:
        rows: TRAVELLER.
        expected: By reference; rows whose person left the list have none.
        left_the_list: How many those are.
        namesakes: The entry that each namesake shares its name with, by reference.
    """

    rows: pa.Table
    expected: Mapping[str, Expected]
    left_the_list: int
    namesakes: Mapping[str, Key]

    def truth(self, *kinds: str) -> Truth:
        """Return the truth of some kinds of rows."""
        chosen = {reference: one for reference, one in self.expected.items() if one.kind in kinds}
        return Truth(chosen, len(chosen))

    def of_namesakes(self) -> Truth:
        """Return namesakes as if their entry were the right one: what "recall" then counts is their own entry."""
        taken = {reference: Expected(NAMESAKE, {key}) for reference, key in self.namesakes.items()}
        return Truth(taken, len(taken))


def read_all(shared: Path, persons: Mapping[str, pa.Table], limit: int | None) -> Travellers:
    """Read and make every traveller.

    Args:
        shared: The shared folder.
        persons: `PERSON_ENTRY` by list id.
        limit: At most so many rows of each kind; None: all.
    """
    folder = shared / "data" / "travellers"
    truth = un_truth.read(folder, persons[UN])
    altered, clean = (
        matcher.read_travellers(folder / f"{name}.csv").read_all()
        for name in ("positives_un_treated", "negatives_global")
    )
    expected = {}
    for row, entries in enumerate(truth.entries[:limit]):
        kind = _kind(truth.name_altered[row], truth.birth_date_altered[row])
        if entries:
            expected[f"un-{row + 1}"] = Expected(kind, {(UN, entry) for entry in entries})
    halves = [clean.slice(0, HALF).slice(0, limit), clean.slice(HALF).slice(0, limit)]
    for kind, half, start in zip((DEVELOPMENT, HELD_OUT), halves, (0, HALF), strict=True):
        expected |= {f"clean-{start + row + 1}": Expected(kind) for row in range(half.num_rows)}
    namesakes, keys = make_namesakes(persons.values(), min(limit or NAMESAKES, NAMESAKES))
    expected |= {reference: Expected(NAMESAKE) for reference in namesakes.column("reference").to_pylist()}
    tables = [
        _referenced(altered.slice(0, limit), "un", 0),
        _referenced(halves[0], "clean", 0),
        _referenced(halves[1], "clean", HALF),
        travellers_from_flat(namesakes).read_all(),
    ]
    return Travellers(pa.concat_tables(tables), expected, sum(not entries for entries in truth.entries[:limit]), keys)


def _kind(name_altered: bool, birth_date_altered: bool) -> str:
    if name_altered and birth_date_altered:
        return BOTH
    return NAME if name_altered else BIRTH_DATE if birth_date_altered else UNALTERED


def _referenced(table: pa.Table, prefix: str, start: int) -> pa.Table:
    """Put references that no other file has."""
    references = [f"{prefix}-{start + row + 1}" for row in range(table.num_rows)]
    at = TRAVELLER.get_field_index("reference")
    return table.set_column(at, TRAVELLER.field(at), pa.array(references, TRAVELLER.field(at).type))
