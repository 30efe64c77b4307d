"""Populations of invented persons: travellers and listed persons, of any size, from one seed.

Names are drawn part by part from `name_parts.tsv` with the shapes and shares of `cultures.toml`; nobody
in them is real. The first k persons of a population of n are the population of k. With about 460 name parts,
names repeat in large populations more often than in life: use them for speed and for documents, not to measure
how often namesakes occur.

Steps for one person: culture -> sex -> shape -> parts -> spelling -> birth date -> nationality, place, document.
"""

from __future__ import annotations

import csv
import datetime
import functools
import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal, NamedTuple

from benchmarks import perturb
from benchmarks.numbers import DrawnDocument, draw_document

FOLDER = Path(__file__).parent
TODAY = datetime.date(2026, 11, 20)  # the generator's own "today": there is no clock in it
_USUAL_SPELLING = 0.6  # share of persons who write a part in its most usual way
_DISTINCT_TRIES = 8
_LISTED_YEARS, _TRAVELLING_YEARS = (1950, 2004), (1942, 2019)
_NOTES = ("Speaks several languages", "Scar on the left hand", "May use other names", "Last seen travelling by sea")


class Part(NamedTuple):
    """One given name, patronymic or family name with its usual spellings."""

    culture: str
    role: str
    sex: str
    native: str
    latin: tuple[str, ...]
    weight: int


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person: the parts of the name, one Latin spelling of each, and the usual particulars."""

    culture: str
    script: str
    sex: str
    parts: tuple[Part, ...]
    latin: tuple[str, ...]
    birth_date: datetime.date
    nationality: str
    birth_place: str
    document: DrawnDocument

    @property
    def latin_name(self) -> str:
        """The name as the person writes it in Latin letters, given names first."""
        return " ".join(self.latin)

    @property
    def native_name(self) -> str:
        """The name in the script of the person's culture."""
        return " ".join(part.native for part in self.parts)

    @property
    def mrz_name(self) -> str:
        """The Latin name as in the machine readable zone of the person's passport."""
        n_family = sum(part.role == "family" for part in self.parts)
        return perturb.mrz_name(" ".join(self.latin[-n_family:]), " ".join(self.latin[:-n_family]))

    def respelled(self, *, seed: int | str) -> str:
        """The Latin name with at least one part in another usual spelling, where there is one."""
        return " ".join(perturb.respell(self.latin, [part.latin for part in self.parts], seed=seed))


@dataclass(frozen=True, slots=True)
class Passenger:
    """One row of a passenger list; the fields are its headers."""

    reference: str
    full_name: str
    gender: str
    date_of_birth: str
    nationality: str
    place_of_birth: str
    document_number: str
    issuing_state: str
    document_type: str


@dataclass(frozen=True, slots=True)
class Suspect:
    """A listed person and how the list writes it; `birth_date_form` says how much of the date is listed."""

    entry_id: str
    person: Person
    name: str
    aliases: tuple[str, ...]
    weak_aliases: tuple[str, ...]
    birth_dates: tuple[str, ...]
    birth_date_form: str
    documents: tuple[DrawnDocument, ...]
    notice: dict[str, str]
    expires_on: str
    note: str

    @property
    def protective(self) -> bool:
        """Whether the entry is there to protect the person."""
        return self.notice["protective"] == "yes"


@functools.cache
def parts() -> dict[tuple[str, str, str], tuple[tuple[Part, ...], tuple[int, ...]]]:
    """Read the name parts, with cumulative weights, by culture, role and sex."""
    found: dict[tuple[str, str, str], list[Part]] = {}
    for row in _read_tsv("name_parts.tsv"):
        part = Part(
            row["culture"], row["role"], row["sex"], row["native"], tuple(row["latin"].split("|")), int(row["weight"])
        )
        for sex in ("m", "f"):
            if part.sex in (sex, "-"):
                found.setdefault((part.culture, part.role, sex), []).append(part)
        if part.role == "family" and part.sex == "m":
            found.setdefault((part.culture, part.role, "f"), []).append(_feminine(part))
    return {key: (tuple(rows), tuple(accumulate(part.weight for part in rows))) for key, rows in found.items()}


def _feminine(part: Part) -> Part:
    latin = tuple(text.removesuffix("ff") + ("va" if text.endswith("ff") else "a") for text in part.latin)
    return part._replace(sex="f", native=part.native + "а", latin=latin)


def _read_tsv(name: str) -> list[dict[str, str]]:
    lines = [line for line in (FOLDER / name).read_text("utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


@functools.cache
def _cultures() -> dict[str, dict[str, Any]]:
    return tomllib.loads((FOLDER / "cultures.toml").read_text("utf-8"))


@functools.cache
def _culture_shares(kind: str) -> tuple[list[str], list[int]]:
    return list(_cultures()), list(accumulate(row[kind] for row in _cultures().values()))


@functools.cache
def _notices() -> tuple[list[dict[str, str]], list[int]]:
    rows = _read_tsv("notices.tsv")
    return rows, list(accumulate(int(row["weight"]) for row in rows))


def draw_person(draw: random.Random, kind: Literal["listed", "travelling"]) -> Person:
    """Draw one person from the shares of listed or of travelling people."""
    names, shares = _culture_shares(kind)
    culture = draw.choices(names, cum_weights=shares)[0]
    table = _cultures()[culture]
    sex = "f" if draw.random() < (0.15 if kind == "listed" else 0.45) else "m"
    shapes, weights = zip(*table["shapes"], strict=True)
    chosen = _draw_parts(draw, culture, sex, draw.choices(shapes, weights=weights)[0].split(" "))
    first, last = _LISTED_YEARS if kind == "listed" else _TRAVELLING_YEARS
    born = draw.randint(datetime.date(first, 1, 2).toordinal(), datetime.date(last, 12, 31).toordinal())
    nationality = draw.choice(table["nationalities"])
    return Person(
        culture=culture,
        script=table["script"],
        sex=sex.upper(),
        parts=chosen,
        latin=tuple(_spell(part, draw) for part in chosen),
        birth_date=datetime.date.fromordinal(born),
        nationality=nationality,
        birth_place=draw.choice(table["places"]),
        document=draw_document(draw, nationality),
    )


def _draw_parts(draw: random.Random, culture: str, sex: str, roles: Sequence[str]) -> tuple[Part, ...]:
    chosen: list[Part] = []
    for role in roles:
        key = (culture, "given", "m") if role == "father" else (culture, role, sex)
        rows, shares = parts()[key]
        part = draw.choices(rows, cum_weights=shares)[0]
        while part in chosen:
            part = draw.choices(rows, cum_weights=shares)[0]
        chosen.append(part)
    return tuple(chosen)


def _spell(part: Part, draw: random.Random) -> str:
    return part.latin[0] if draw.random() < _USUAL_SPELLING else draw.choice(part.latin)


def travellers(seed: int | str) -> Iterator[Person]:
    """Draw travelling persons without end."""
    draw = random.Random(f"{seed}/travellers")
    while True:
        yield draw_person(draw, "travelling")


def passengers(n: int, seed: int | str) -> Iterator[Passenger]:
    """Draw n rows of a passenger list.

    Args:
        n: Rows, up to some millions; about 20,000 a second.
        seed: The same seed gives the same rows on any machine.

    Examples:
        >>> [passenger.reference for passenger in passengers(2, seed=1)]
        ['P0000001', 'P0000002']
    """
    draw = random.Random(f"{seed}/passengers")
    for row, person in zip(range(1, n + 1), travellers(seed), strict=False):
        yield as_passenger(person, f"P{row:07d}", form=draw.random())


def as_passenger(person: Person, reference: str, *, form: float = 0.0) -> Passenger:
    """Write a person as a row of a passenger list.

    Args:
        person: Who travels.
        reference: The row's key.
        form: From 0 to 1: below 0.88 the Latin name, below 0.95 the native one, else the MRZ form.
    """
    name = person.latin_name if form < 0.88 else person.native_name if form < 0.95 else person.mrz_name
    return Passenger(
        reference=reference,
        full_name=name,
        gender={"M": "male", "F": "female"}[person.sex],
        date_of_birth=person.birth_date.isoformat(),
        nationality=person.nationality,
        place_of_birth=person.birth_place,
        document_number=person.document.number,
        issuing_state=person.document.issuing_state,
        document_type=person.document.type,
    )


def suspects(n: int, seed: int | str) -> Iterator[Suspect]:
    """Draw n listed persons; no two have the same name parts as long as the table allows.

    Args:
        n: Entries, up to some millions.
        seed: The same seed gives the same entries on any machine.

    Examples:
        >>> [suspect.entry_id for suspect in suspects(2, seed=1)]
        ['s-0000001', 's-0000002']
    """
    draw = random.Random(f"{seed}/suspects")
    used: set[tuple[str, ...]] = set()
    for row in range(1, n + 1):
        for _ in range(_DISTINCT_TRIES):
            person = draw_person(draw, "listed")
            key = tuple(sorted(part.latin[0] for part in person.parts))
            if key not in used:
                break
        used.add(key)
        yield _listed(person, f"s-{row:07d}", draw)


def _listed(person: Person, entry_id: str, draw: random.Random) -> Suspect:
    name, aliases, weak = _listed_names(person, draw)
    birth_dates, form = _listed_birth_dates(person.birth_date, draw)
    rows, shares = _notices()
    return Suspect(
        entry_id=entry_id,
        person=person,
        name=name,
        aliases=aliases,
        weak_aliases=weak,
        birth_dates=birth_dates,
        birth_date_form=form,
        documents=_listed_documents(person, draw),
        notice=draw.choices(rows, cum_weights=shares)[0],
        expires_on=draw.choice(("2036-12-31", "2041-06-30")) if draw.random() < 0.2 else "",
        note=draw.choice(_NOTES) if draw.random() < 0.15 else "",
    )


def _listed_names(person: Person, draw: random.Random) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    latin, native = person.latin_name, person.native_name
    choice = draw.random() if person.script != "latin" else 0.6
    if choice >= 0.75:
        return native, (), ()
    aliases = [native] if choice < 0.5 else []
    if draw.random() < 0.3:
        aliases.append(person.respelled(seed=draw.random().hex()))
    if len(person.latin) > 2 and draw.random() < 0.12:
        aliases.append(f"{person.latin[0]} {person.latin[-1]}")
    weak: tuple[str, ...] = ()
    if person.culture == "arabic" and person.sex == "M" and draw.random() < 0.15:
        rows, shares = parts()["arabic", "given", "m"]
        weak = (f"Abu {draw.choices(rows, cum_weights=shares)[0].latin[0]}",)
    return latin, tuple(alias for alias in dict.fromkeys(aliases) if alias != latin), weak


def _listed_birth_dates(day: datetime.date, draw: random.Random) -> tuple[tuple[str, ...], str]:
    choice = draw.random()
    if choice < 0.68:
        return (day.isoformat(),), "full"
    if choice < 0.80:
        return (str(day.year),), "year"
    if choice < 0.87:
        return (f"{day.year}-01-01",), "first_january"
    if choice < 0.93:
        return (day.isoformat(), perturb.shift_year(day, seed=draw.random().hex())), "several"
    if choice < 0.97:
        return (f"circa {day.year}",), "approximate"
    return (), "none"


def _listed_documents(person: Person, draw: random.Random) -> tuple[DrawnDocument, ...]:
    choice = draw.random()
    n_documents = 0 if choice < 0.58 else 1 if choice < 0.92 else 2
    return tuple(draw_document(draw, person.nationality) for _ in range(n_documents))
