"""What can be measured of m and u of the fields beside the name, with intervals; what stays assumed is said.

    python -m benchmarks.learn.fields [--shared ../shared] [--json OUT]

u: random pairs of listed persons (birth dates of real people), and of listed persons and clean travellers, first half
only (the second is held out). m: no judged pairs are at hand, so two things stand for them. (1) Two birth dates that a
list gives of one person: how a date differs, if it does; days, years and ranges apart. (2) The same entry in an older
version of its list: what a later look corrects. Neither says how often a traveller's true date is not the listed one:
that stays assumed (`MISSED`), and so do the numbers of `ASSUMED`. Rows of the altered travellers are not looked at.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.quality.un_truth import read_rows
from matcher.compare.birth_date import birth_date_level, precision_of
from matcher.compare.birth_place import birth_place_level
from matcher.compare.nationality import nationality_level
from matcher.compare.sex import sex_level
from matcher.files import LOCAL_DISK
from matcher.ingest import Sink, reader
from matcher.passengers.row import traveller_row
from matcher.query import partial_date
from matcher.records import PartialDate, Traveller
from matcher.score.fit import FitReport, LevelFit, fit_levels
from matcher.score.model import FIELD_LEVELS, load_model

SEED = 6
HALF = 25_000  # rows of clean travellers before the held-out half
RANDOM_PAIRS = 400_000
MISSED = {"days": 0.15, "years": 0.20, "ranges": 0.20}  # a traveller's date is not among the listed ones (assumed)
AGREED = {  # levels of a date that is the listed one, with their shares among such (assumed for ranges)
    "days": {"exact": 1.0},
    "years": {"same_year": 1.0},
    "ranges": {"in_two_years": 1.0, "in_range": 1.0, "in_wide_range": 1.0},
}
ASSUMED = (
    f"how often a traveller's birth date is not among the listed ones: {MISSED}",
    "within_two_days (no lunar dates at hand), same_year_and_month (too few dates without a day)",
    "agreeing ranges (too many kinds of them), weights that are shared by days, years and ranges",
    "m of sex, of nationality and of birth place (lists correct themselves too seldom), factors of sources",
    "shares of nationalities and their floor",
)
Person = dict[str, Any]
Compare = Callable[[Person, Person], str | None]


def persons_of(format_name: str, paths: Sequence[Path]) -> dict[str, Person]:
    """Read the persons of a list version, by entry id."""
    found: dict[str, Person] = {}

    def take(table: str, batch: Any) -> None:
        if table == "persons":
            found.update((row["entry_id"], row) for row in batch.to_pylist() if row["kind"] == "person")

    sink = Sink("fit", take)
    reader(format_name)(paths, sink, mapping=None, disk=LOCAL_DISK)
    sink.close()
    return found


def versions_of(shared: Path) -> list[tuple[dict[str, Person], dict[str, Person]]]:
    """The older and the newer version of the two lists that come twice."""
    lists = shared / "data/lists"
    un = [persons_of("un-sc-xml", [lists / f"un/consolidated_{day}.xml"]) for day in ("2018-10-29", "2026-02-27")]
    ofac = [
        persons_of("ofac-sdn-csv", [lists / f"ofac/{part}_{year}.csv" for part in ("sdn", "alt", "add")])
        for year in (2019, 2021)
    ]
    return [(un[0], un[1]), (ofac[0], ofac[1])]


def travellers_of(shared: Path) -> list[Person]:
    """Clean travellers of the first half as persons."""
    rows = read_rows(shared / "data/travellers/negatives_global.csv")[:HALF]
    found = []
    for number, row in enumerate(rows, 1):
        one = Traveller(
            names=[row["full_name"]],
            birth_date=row["date_of_birth"],
            sex=row["gender"],
            nationalities=[row["nationality"]],
            birth_place=row["place_of_birth"],
        )
        read = traveller_row(one, number)
        dates = [read["birth_date"]] if read["birth_date"] else []
        places = [read["birth_place"]] if read["birth_place"] else []
        found.append({**read, "birth_dates": dates, "birth_places": places})
    return found


def dates_of(person: Person) -> list[PartialDate]:
    """Birth dates of a person whose year is known."""
    return [date for one in person["birth_dates"] or () if (date := partial_date(one)) is not None and date.year]


def date_pair(one: PartialDate, other: PartialDate) -> dict[str, str | None]:
    """The level of two dates, in the column of their precision."""
    return {precision_of(one, other): birth_date_level(one, other)}


def listed_twice(persons: Iterable[Person]) -> list[dict[str, Any]]:
    """Pairs of different dates of one person; together they count once."""
    found = []
    for person in persons:
        dates = dates_of(person)
        pairs = [date_pair(one, other) for at, one in enumerate(dates) for other in dates[:at]]
        found += [{**pair, "is_match": True, "count": 1 / len(pairs)} for pair in pairs]
    return found


def strangers(left: Sequence[Person], right: Sequence[Person], n: int, seed: int) -> list[tuple[Person, Person]]:
    """Random pairs of two different persons."""
    draw = random.Random(seed)
    pairs = ((draw.choice(left), draw.choice(right)) for _ in range(n))
    return [(one, other) for one, other in pairs if one is not other]


def random_dates(persons: Sequence[Person]) -> list[dict[str, Any]]:
    """Random pairs of dates of two persons."""
    dated = [person for person in persons if dates_of(person)]
    draw = random.Random(SEED)
    return [
        {**date_pair(draw.choice(dates_of(one)), draw.choice(dates_of(other))), "is_match": False, "count": 1.0}
        for one, other in strangers(dated, dated, RANDOM_PAIRS, SEED)
    ]


def fit_dates(lists: Iterable[Mapping[str, Person]]) -> FitReport:
    """Fit how dates of one person differ, where they do, against dates of two."""
    rows: list[dict[str, Any]] = []
    for persons in lists:
        rows += listed_twice(persons.values()) + random_dates(list(persons.values()))
    schema = {**dict.fromkeys(MISSED, pl.String), "is_match": pl.Boolean, "count": pl.Float64}
    levels = dict.fromkeys(MISSED, FIELD_LEVELS["birth_date"])
    return fit_levels(pl.DataFrame(rows, schema=schema), label="is_match", count="count", levels=levels)


def weight_of(one: LevelFit) -> float:
    """Turn how dates differ into a weight: m is a mixture of the listed date and of others."""
    missed = MISSED[one.feature]
    agreed = AGREED[one.feature].get(one.level, 0.0) * (1 - missed)
    return math.log2((agreed + missed * one.m) / one.u)


def other_fields(left: Sequence[Person], right: Sequence[Person]) -> dict[str, dict[str, int]]:
    """Count levels of the other fields over random pairs."""
    counts: dict[str, dict[str, int]] = {"sex": {}, "nationality": {}, "birth_place": {}}
    for one, other in strangers(left, right, RANDOM_PAIRS // 4, SEED):
        for name, level in levels_of(one, other).items():
            if level is not None:
                counts[name][level] = counts[name].get(level, 0) + 1
    return counts


def levels_of(one: Person, other: Person) -> dict[str, str | None]:
    """Levels of sex, nationality and the best of the birth places."""
    model = load_model()
    places = [
        level
        for left in one["birth_places"] or ()
        for right in other["birth_places"] or ()
        if (level := birth_place_level(left, right)) is not None
    ]
    return {
        "sex": sex_level(one["sex"], other["sex"]),
        "nationality": nationality_level(one["nationalities"] or (), other["nationalities"] or ()),
        "birth_place": max(places, key=lambda level: model.weight("birth_place", level), default=None),
    }


def corrected(old: Mapping[str, Person], new: Mapping[str, Person]) -> dict[str, dict[str, int]]:
    """Count levels between the same entry's older and newer version, every field."""
    model = load_model()
    counts: dict[str, dict[str, int]] = {"birth_date": {}, "sex": {}, "nationality": {}, "birth_place": {}}
    for entry_id in sorted(old.keys() & new.keys()):
        one, other = old[entry_id], new[entry_id]
        found = levels_of(one, other)
        dates = [birth_date_level(left, right) for left in dates_of(one) for right in dates_of(other)]
        known = [level for level in dates if level is not None]
        found["birth_date"] = max(known, key=lambda level: model.weight("birth_date", level), default=None)
        for name, level in found.items():
            if level is not None:
                counts[name][level] = counts[name].get(level, 0) + 1
    return counts


def table_of(report: FitReport) -> str:
    """Write the levels that were seen as a table, beside what the shipped model says."""
    model = load_model()
    lines = [
        "| compared by | level | of one person | q (95 %) | of two | u (95 %) | weight | shipped |",
        "|---|---|--:|---|--:|---|--:|--:|",
    ]
    for one in report.levels:
        if one.matches or one.others:
            q = f"{one.m:.4f} ({one.m_low:.4f}-{one.m_high:.4f})"
            u = f"{one.u:.2g} ({one.u_low:.2g}-{one.u_high:.2g})"
            shipped = model.weight("birth_date", one.level)
            lines.append(
                f"| {one.feature} | {one.level} | {one.matches:.1f} | {q} | {one.others:.0f} | {u}"
                f" | {weight_of(one):+.1f} | {shipped:+.1f} |"
            )
    return "\n".join(lines)


def main() -> None:
    """Measure and write the tables to standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    versions = versions_of(arguments.shared)
    report = fit_dates(new for _, new in versions)
    listed = [person for _, new in versions for person in new.values()]
    found = {
        "random pairs, travellers and listed": other_fields(travellers_of(arguments.shared), listed),
        "random pairs, listed": other_fields(listed, listed),
        "UN 2018 and 2026, same entry": corrected(*versions[0]),
        "OFAC 2019 and 2021, same entry": corrected(*versions[1]),
    }
    sys.stdout.write(table_of(report) + "\n")
    for title, counts in found.items():
        sys.stdout.write(f"\n{title}: {json.dumps(counts)}\n")
    sys.stdout.write("\nassumed, not measured:\n" + "".join(f"- {one}\n" for one in ASSUMED))
    if arguments.json:
        arguments.json.write_text(
            json.dumps({"levels": report.to_frame().to_dicts(), "counts": found}, indent=1), "utf-8"
        )


if __name__ == "__main__":
    main()
