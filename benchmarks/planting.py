"""Passenger rows with a known answer: planted cases of each kind, and clean travellers.

A *kind* says which listed persons it suits and how the traveller differs from what is listed; the table
`KINDS` is the whole catalogue of person cases, `DOCUMENT_KINDS` that of document cases. A clean traveller
shares at most one name part with any listed person, except `clean_common_parts`, which share two common
ones with somebody born eight years earlier or later at least.
"""

from __future__ import annotations

import collections
import dataclasses
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from benchmarks import perturb, population
from benchmarks.numbers import DrawnDocument, draw_document, neighbourhood
from benchmarks.population import Part, Passenger, Person, Suspect

PERSON_LIST, DOCUMENT_LIST = "suspects", "lost-stolen"
CLEAN_KINDS = ("clean", "clean_common_parts")
_FAR_YEARS = 8  # birth years this far apart are no slip
_COMMON_WEIGHT = 5  # of a name part that many people share
_RECENT = "2023-01-01"  # reports from here on stay listed well beyond the year of this generator
_LONG_NAME = 22  # letters; two slips in a shorter name make another name
_ARABIC = ("arabic", "persian", "urdu")


class Case(NamedTuple):
    """A passenger row with what should come out of it; the reference is given later."""

    passenger: Passenger
    kind: str
    list_id: str = ""
    entry_id: str = ""


class Kind(NamedTuple):
    """How many cases, of which listed persons, altered how; `alter` gets the person's row as listed."""

    n_cases: int
    suits: Callable[[Suspect], bool]
    alter: Callable[[Suspect, Passenger, str], Passenger]


class ListedParts:
    """Finds listed persons who share name parts with somebody, whatever the spelling."""

    def __init__(self, listed: Sequence[Suspect]) -> None:
        self._listed = listed
        self._rows: dict[str, set[int]] = collections.defaultdict(set)
        for row, suspect in enumerate(listed):
            for part in suspect.person.parts:
                for text in _spellings(part):
                    self._rows[text].add(row)

    def sharing_two(self, person: Person) -> list[Suspect]:
        """Return the listed persons who share two name parts or more."""
        counts = collections.Counter(
            row for part in person.parts for row in set().union(*(self._rows.get(t, ()) for t in _spellings(part)))
        )
        return [self._listed[row] for row, count in sorted(counts.items()) if count >= 2]


def _spellings(part: Part) -> set[str]:
    return {text.casefold() for text in (part.native, *part.latin)}


def _latin(suspect: Suspect) -> bool:
    return suspect.name == suspect.person.latin_name and not suspect.protective


def _exact(suspect: Suspect) -> bool:
    return _latin(suspect) and suspect.birth_date_form == "full"


def _latin_only(cultures: tuple[str, ...]) -> Callable[[Suspect], bool]:
    return lambda s: _exact(s) and s.person.culture in cultures and s.person.native_name not in s.aliases


def _native_only(cultures: tuple[str, ...]) -> Callable[[Suspect], bool]:
    return lambda s: (
        s.person.culture in cultures
        and s.name == s.person.native_name
        and s.birth_date_form == "full"
        and not s.protective
    )


def _plain_tokens(n: int) -> Callable[[Suspect], bool]:
    return lambda s: _exact(s) and len(s.person.parts) >= n and s.name.count(" ") == len(s.person.parts) - 1


def _as_is(suspect: Suspect, passenger: Passenger, seed: str) -> Passenger:
    return passenger


def _native(suspect: Suspect, passenger: Passenger, seed: str) -> Passenger:
    return dataclasses.replace(passenger, full_name=suspect.person.native_name)


def _renamed(alter: Callable[..., str]) -> Callable[[Suspect, Passenger, str], Passenger]:
    return lambda s, passenger, seed: dataclasses.replace(passenger, full_name=alter(passenger.full_name, seed=seed))


def _named(name: Callable[[Suspect, str], str]) -> Callable[[Suspect, Passenger, str], Passenger]:
    return lambda suspect, passenger, seed: dataclasses.replace(passenger, full_name=name(suspect, seed))


def _born(write: Callable[[Suspect, str], str]) -> Callable[[Suspect, Passenger, str], Passenger]:
    return lambda suspect, passenger, seed: dataclasses.replace(passenger, date_of_birth=write(suspect, seed))


def _other_name(suspect: Suspect, passenger: Passenger, seed: str) -> Passenger:
    other = population.as_passenger(next(population.travellers(seed)), "")
    document = suspect.documents[0]
    return dataclasses.replace(
        other, document_number=document.number, issuing_state=document.issuing_state, document_type=document.type
    )


def _respelled(suspect: Suspect, seed: str) -> str:
    name = suspect.person.respelled(seed=seed)
    return suspect.person.latin_name if name in suspect.aliases else name


KINDS: Mapping[str, Kind] = {
    "person_exact": Kind(6, _exact, _as_is),
    "person_alias": Kind(3, lambda s: _exact(s) and any(map(str.isascii, s.aliases)),
                         _named(lambda s, _: next(filter(str.isascii, s.aliases)))),
    "name_order": Kind(4, _exact, _renamed(perturb.swap_order)),
    "mrz_form": Kind(4, _exact, _named(lambda s, _: s.person.mrz_name)),
    "other_spelling": Kind(7, lambda s: _exact(s) and s.person.culture in _ARABIC, _named(_respelled)),
    "arabic_for_latin": Kind(4, _latin_only(_ARABIC), _native),
    "latin_for_arabic": Kind(4, _native_only(_ARABIC), _as_is),
    "cyrillic_for_latin": Kind(4, _latin_only(("russian", "balkan")), _native),
    "latin_for_cyrillic": Kind(4, _native_only(("russian", "balkan")), _as_is),
    "typo": Kind(6, _plain_tokens(2), _renamed(perturb.typo)),
    "two_typos": Kind(4, lambda s: _exact(s) and len(s.name) >= _LONG_NAME, _renamed(perturb.two_typos)),
    "missing_token": Kind(4, _plain_tokens(3), _renamed(perturb.drop_token)),
    "glued": Kind(4, _plain_tokens(2), _renamed(perturb.glue)),
    "split": Kind(4, _plain_tokens(2), _renamed(perturb.split)),
    "initial": Kind(4, _plain_tokens(3), _renamed(perturb.initial)),
    "year_only": Kind(4, _exact, _born(lambda s, _: str(s.person.birth_date.year))),
    "day_month_swapped": Kind(4, _exact, _born(lambda s, _: perturb.swap_day_month(s.person.birth_date))),
    "year_off_by_one": Kind(4, _exact, _born(lambda s, seed: perturb.shift_year(s.person.birth_date, seed=seed))),
    "first_january": Kind(3, _exact, _born(lambda s, _: f"{s.person.birth_date.year}-01-01")),
    "listed_first_january": Kind(3, lambda s: _latin(s) and s.birth_date_form == "first_january", _as_is),
    "listed_year": Kind(3, lambda s: _latin(s) and s.birth_date_form in ("year", "approximate"), _as_is),
    "name_only": Kind(4, _plain_tokens(3), _born(lambda s, _: "")),
    "protective": Kind(5, lambda s: s.protective and s.birth_date_form == "full", _as_is),
    "document_of_person": Kind(4, lambda s: bool(s.documents) and not s.protective, _other_name),
}  # fmt: skip
UNALTERED = {
    "person_exact",
    "latin_for_arabic",
    "latin_for_cyrillic",
    "listed_first_january",
    "listed_year",
    "protective",
}


def _other_issuer(passenger: Passenger, draw: random.Random) -> Passenger:
    issuers = [state for state in ("FRA", "TUR", "NGA", "BRA") if state != passenger.issuing_state]
    return dataclasses.replace(passenger, issuing_state=draw.choice(issuers))


def _loosened(passenger: Passenger, draw: random.Random) -> Passenger:
    number = perturb.loosen_number(passenger.document_number, seed=draw.random().hex())
    return dataclasses.replace(passenger, document_number=number)


DOCUMENT_KINDS: Mapping[str, tuple[int, Callable[[Passenger, random.Random], Passenger]]] = {
    "document_exact": (7, lambda passenger, draw: passenger),
    "document_formatted": (5, _loosened),
    "document_other_issuer": (4, _other_issuer),
}


def person_cases(listed: Sequence[Suspect], documents: UnlistedDocuments, seed: int | str) -> Iterator[Case]:
    """Plant the cases of `KINDS`, each on another listed person."""
    draw = random.Random(f"{seed}/person-cases")
    shuffled = draw.sample(listed, len(listed))
    used: set[str] = set()
    for kind, rule in KINDS.items():
        made = 0
        for suspect in shuffled:
            if made == rule.n_cases:
                break
            if suspect.entry_id in used or not rule.suits(suspect):
                continue
            base = documents.give(population.as_passenger(suspect.person, ""))
            altered = rule.alter(suspect, base, f"{seed}/{kind}/{suspect.entry_id}")
            if altered == base and kind not in UNALTERED:
                continue
            used.add(suspect.entry_id)
            made += 1
            yield Case(altered, kind, PERSON_LIST, suspect.entry_id)


def document_cases(rows: Iterable[Mapping[str, str]], people: Iterator[Person], seed: int | str) -> Iterator[Case]:
    """Plant the cases of `DOCUMENT_KINDS` on rows of the document list that have a national reference."""
    draw = random.Random(f"{seed}/document-cases")
    suitable = [row for row in rows if row["national_reference"] and _is_recent_loss(row)]
    chosen = iter(draw.sample(suitable, len(suitable)))
    for kind, (count, alter) in DOCUMENT_KINDS.items():
        for _ in range(count):
            row = next(chosen)
            document = DrawnDocument(row["document_number"], row["issuing_state"], row["document_type"])
            passenger = _with_document(population.as_passenger(next(people), ""), document)
            yield Case(alter(passenger, draw), kind, DOCUMENT_LIST, row["national_reference"])


def _is_recent_loss(row: Mapping[str, str]) -> bool:
    return row["status"] in ("stolen", "lost") and row["reported_on"] >= _RECENT


def _with_document(passenger: Passenger, document: DrawnDocument) -> Passenger:
    return dataclasses.replace(
        passenger,
        document_number=document.number,
        issuing_state=document.issuing_state,
        document_type=document.type,
    )


def unlisted_people(listed: Sequence[Suspect], seed: int | str) -> Iterator[Person]:
    """Draw travelling persons without end who share at most one name part with each listed person."""
    index = ListedParts(listed)
    return (person for person in population.travellers(seed) if not index.sharing_two(person))


def namesakes(listed: Sequence[Suspect], seed: int | str) -> Iterator[Person]:
    """Draw persons who share two common name parts with listed ones born in other years."""
    index, draw = ListedParts(listed), random.Random(f"{seed}/namesakes")
    for suspect in draw.sample(listed, len(listed)):
        person = suspect.person
        common = [part for part in person.parts if part.weight >= _COMMON_WEIGHT]
        if person.culture not in _ARABIC or len(person.parts) != 3 or len(common) < 2:
            continue
        other = population.draw_person(draw, "travelling")
        while (other.culture, other.sex) != (person.culture, person.sex):
            other = population.draw_person(draw, "travelling")
        changed = next(row for row, part in enumerate(person.parts) if part not in common[-2:])
        replacement = other.parts[-1 if changed == 2 else 0]
        parts = (*person.parts[:changed], replacement, *person.parts[changed + 1 :])
        namesake = dataclasses.replace(other, parts=parts, latin=tuple(part.latin[0] for part in parts))
        if len(set(parts)) == 3 and all(_is_far(namesake, near) for near in index.sharing_two(namesake)):
            yield namesake


def _is_far(person: Person, suspect: Suspect) -> bool:
    shared = set().union(*map(_spellings, person.parts))
    opposed = sum(not (_spellings(part) & shared) for part in suspect.person.parts)
    gap = abs(person.birth_date.year - suspect.person.birth_date.year)
    return suspect.birth_date_form != "none" and gap >= _FAR_YEARS and opposed >= 1


def clean_cases(n: int, listed: Sequence[Suspect], documents: UnlistedDocuments, seed: int | str) -> Iterator[Case]:
    """Draw n clean travellers, one in twelve with two name parts of a listed person."""
    draw = random.Random(f"{seed}/clean")
    people, doubles = unlisted_people(listed, f"{seed}/clean"), namesakes(listed, seed)
    for row in range(n):
        kind = CLEAN_KINDS[row % 12 == 0]
        person = next(doubles if kind == "clean_common_parts" else people)
        passenger = population.as_passenger(person, "", form=draw.random())
        yield Case(documents.give(passenger), kind)


class UnlistedDocuments:
    """Gives travellers documents of their own, each more than one slip away from every listed number."""

    def __init__(self, listed_numbers: Iterable[str], seed: int | str) -> None:
        self._taken = set().union(*map(neighbourhood, listed_numbers))
        self._draw = random.Random(f"{seed}/documents")

    def give(self, passenger: Passenger) -> Passenger:
        """Return the passenger with a new document of the state whose national it is."""
        document = draw_document(self._draw, passenger.nationality)
        while neighbourhood(document.number) & self._taken:
            document = draw_document(self._draw, passenger.nationality)
        return _with_document(passenger, document)
