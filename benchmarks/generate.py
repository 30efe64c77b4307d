"""Makes `data/`: two lists, a passenger list with planted cases, and the truth, from one seed.

    python -m benchmarks.generate [--seed 20261121] [--output data]

The same seed gives the same bytes on any machine: no clock, no hash order. Nobody in it is real.
Steps: listed persons -> document list -> planted cases and clean travellers -> shuffle -> files.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import datetime
import io
import itertools
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks import planting, population
from benchmarks.numbers import draw_document
from benchmarks.population import TODAY, Passenger, Suspect

SEED = 20261121
N_DOCUMENTS, N_SUSPECTS, N_PASSENGERS = 10_000, 2_000, 500
TEMPLATES = Path(__file__).with_name("data_templates")
SLTD_HEADER = (
    "document_number", "issuing_state", "document_type", "status", "reported_on", "issued_on", "expires_on",
    "review_on", "national_reference", "note",
)  # fmt: skip
SUSPECTS_HEADER = (
    "entry_id", "kind", "name", "alias", "weak_alias", "birth_date", "birth_place", "nationality", "sex", "document",
    "category", "role", "protective", "requested_action", "contact", "source_owner", "expires_on", "note",
)  # fmt: skip
TRUTH_HEADER = ("reference", "expected_outcome", "list_id", "entry_id", "kind")
_CALLED_LIKE_REALLY_LISTED = frozenset(  # drawn with the usual seed; a test compares the rest with public lists
    f"s-{row:07d}" for row in (10, 353, 790, 832, 858, 936, 974, 1258)
)
_STATUSES = {"stolen": 45, "lost": 40, "stolen_blank": 6, "revoked": 6, "invalid": 3}
_UNREADABLE = ("12?45??", "(unreadable)", "see note?", "A-??-9 or A-??-4", "...", "first of the series 0001 to 0500")
_LOSSES = ("lost in transit", "taken from a hotel room", "reported by post", "stolen with luggage")
_REVIEW_YEARS = 10
_FIRST_REPORT = datetime.date(2017, 3, 1)


def lost_stolen(n: int, listed_numbers: set[str], seed: int | str) -> list[dict[str, str]]:
    """Draw the rows of a lost and stolen document list.

    Args:
        n: Rows; the last few have numbers that cannot be a key.
        listed_numbers: Numbers attached to listed persons, which this list doesn't hold as well.
        seed: The same seed gives the same rows on any machine.
    """
    draw = random.Random(f"{seed}/lost-stolen")
    used = set(listed_numbers)
    rows: list[dict[str, str]] = []
    while len(rows) < n - len(_UNREADABLE):
        document = draw_document(draw)
        if document.number not in used:
            used.add(document.number)
            rows.append(_report(*document, row=len(rows) + 1, draw=draw))
    for number in _UNREADABLE[: n - len(rows)]:
        rows.append(_report(number, *draw_document(draw)[1:], row=len(rows) + 1, draw=draw))
    return draw.sample(rows, len(rows))


def _report(number: str, issuer: str, document_type: str, *, row: int, draw: random.Random) -> dict[str, str]:
    status = draw.choices(list(_STATUSES), weights=list(_STATUSES.values()))[0]
    reported = _day_between(_FIRST_REPORT, TODAY, draw)
    issued = _day_between(_years_later(reported, -9), reported, draw)
    is_blank = status == "stolen_blank"
    values = (
        number,
        issuer,
        document_type,
        status,
        reported.isoformat(),
        "" if is_blank else issued.isoformat(),
        "" if is_blank else _years_later(issued, _REVIEW_YEARS).isoformat(),
        _years_later(reported, _REVIEW_YEARS).isoformat(),
        f"{issuer}-{reported.year}-{row:06d}" if draw.random() < 0.6 else "",
        draw.choice(_LOSSES) if draw.random() < 0.1 else "",
    )
    return dict(zip(SLTD_HEADER, values, strict=True))


def _day_between(first: datetime.date, last: datetime.date, draw: random.Random) -> datetime.date:
    return datetime.date.fromordinal(draw.randint(first.toordinal(), last.toordinal()))


def _years_later(day: datetime.date, years: int) -> datetime.date:
    return day.replace(year=day.year + years, day=min(day.day, 28) if day.month == 2 else day.day)


def listed_persons(n: int, seed: int | str) -> list[Suspect]:
    """Draw n listed persons and leave out those who happen to be called like somebody really listed."""
    drawn = population.suspects(n + len(_CALLED_LIKE_REALLY_LISTED), seed)
    return [suspect for suspect in drawn if suspect.entry_id not in _CALLED_LIKE_REALLY_LISTED][:n]


def suspect_row(suspect: Suspect) -> tuple[str, ...]:
    """Write a listed person as a row under `SUSPECTS_HEADER`."""
    person, notice = suspect.person, suspect.notice
    documents = [f"{document.issuing_state} {document.number}" for document in suspect.documents]
    return (
        suspect.entry_id,
        "person",
        suspect.name,
        "; ".join(suspect.aliases),
        "; ".join(suspect.weak_aliases),
        "; ".join(suspect.birth_dates),
        person.birth_place,
        person.nationality,
        person.sex,
        "; ".join(documents),
        notice["category"],
        notice["role"],
        notice["protective"],
        notice["requested_action"],
        f"ncb-{person.nationality.lower()}@example.org",
        f"NCB {person.nationality}",
        suspect.expires_on,
        suspect.note,
    )


def cases(listed: Sequence[Suspect], documents: Sequence[dict[str, str]], seed: int | str) -> list[planting.Case]:
    """Plant every kind, fill up with clean travellers, shuffle and number the rows."""
    numbers = {document.number for suspect in listed for document in suspect.documents}
    own = planting.UnlistedDocuments(numbers | {row["document_number"] for row in documents}, seed)
    people = planting.unlisted_people(listed, f"{seed}/carriers")
    planted = [*planting.person_cases(listed, own, seed), *planting.document_cases(documents, people, seed)]
    clean = planting.clean_cases(N_PASSENGERS - len(planted), listed, own, seed)
    shuffled = random.Random(f"{seed}/order").sample([*planted, *clean], N_PASSENGERS)
    return [
        case._replace(passenger=dataclasses.replace(case.passenger, reference=f"P{row:04d}"))
        for row, case in enumerate(shuffled, start=1)
    ]


def truth_row(case: planting.Case) -> tuple[str, ...]:
    """Write what should come out of a case as a row under `TRUTH_HEADER`."""
    expected = "match" if case.list_id else "no_match"
    return (case.passenger.reference, expected, case.list_id, case.entry_id, case.kind)


def build(seed: int | str = SEED) -> dict[str, bytes]:
    """Make every file of the folder.

    Returns:
        Content by path under the folder, UTF-8 with line feeds.
    """
    listed = listed_persons(N_SUSPECTS, seed)
    numbers = {document.number for suspect in listed for document in suspect.documents}
    documents = lost_stolen(N_DOCUMENTS, numbers, seed)
    planted = cases(listed, documents, seed)
    headers = tuple(field.name for field in dataclasses.fields(Passenger))
    passengers = [dataclasses.astuple(case.passenger) for case in planted]
    templates = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())
    return {
        "lost_stolen_documents.csv": _csv(SLTD_HEADER, (row.values() for row in documents)),
        "suspects.csv": _csv(SUSPECTS_HEADER, map(suspect_row, listed)),
        "passengers.csv": _csv(headers, passengers),
        "truth.csv": _csv(TRUTH_HEADER, map(truth_row, planted)),
    } | {path.relative_to(TEMPLATES).as_posix(): path.read_bytes() for path in templates}


def _csv(header: Sequence[str], rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(itertools.chain([header], rows))
    return text.getvalue().encode("utf-8")


def write(output: Path, files: dict[str, bytes]) -> None:
    """Write the files under a folder, which is made if it isn't there."""
    for name, content in files.items():
        path = output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Make the synthetic lists and passengers of data/.")
    parser.add_argument("--seed", default=str(SEED), help="any text or number; the same one gives the same files")
    parser.add_argument("--output", type=Path, default=Path(__file__).parents[1] / "data", help="folder to write to")
    options = parser.parse_args(arguments)
    write(options.output, build(options.seed))


if __name__ == "__main__":
    main()
