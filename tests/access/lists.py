"""Small lists with every kind of restriction, made as files and imported as anybody would."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

from matcher import Access, Document, Store, Traveller

KEY = bytes(range(32))
AT = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
FIELDS = (
    "entry_id", "name", "birth_date", "sex", "nationality", "birth_place", "document", "category", "role", "protective",
    "discreet", "handling_code", "access_restriction", "entered_on", "review_on", "expires_on", "related_entries",
    "contact", "pattern_document_type", "pattern_issuer", "pattern_route", "pattern_carrier", "source_reference",
)  # fmt: skip
MAPPING = "[columns]\n" + "".join(f'{name} = "{name}"\n' for name in FIELDS)
MAPPING += "[documents]\npattern = '(?P<issuer>[A-Z]{3}) (?P<number>[A-Z0-9]+)'\n"
OFFICER = Access(roles=["officer"], country="FRA", purpose="border-check")
PROTECTOR = Access(roles=["officer"], country="FRA", purpose="border-check", scopes=["protection"])
ANALYST = Access(roles=["analyst"], country="FRA", purpose="border-check", scopes=["protection"])
CARRIER = Access(roles=["carrier"], country="FRA", purpose="check-in")
PARTNER = Access(roles=["partner"], country="FRA", purpose="assistance")
AUDITOR = Access(roles=["auditor"])
CALLERS = {
    "officer": OFFICER, "protector": PROTECTOR, "analyst": ANALYST, "carrier": CARRIER, "partner": PARTNER,
}  # fmt: skip
Row = Mapping[str, str]


def put(store: Store, list_id: str, rows: Sequence[Row], folder: Path, *, policy: str | None = None) -> None:
    """Import rows as a list, with the lines of a policy."""
    listed, mapping = folder / f"{list_id}.csv", folder / "mapping.toml"
    with listed.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, FIELDS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    mapping.write_text(MAPPING, "utf-8")
    given = None
    if policy is not None:
        given = folder / f"{list_id}.toml"
        given.write_text(f'id = "p-{list_id}"\nsource = "test"\ndate = "2026-11-22"\n{policy}\n', "utf-8")
    store.import_list(list_id, format="mapped-csv", path=listed, mapping=mapping, policy=given)


def person(entry_id: str, name: str, **fields: str) -> dict[str, str]:
    """A row of a person whose kind is shown to everybody unless the fields say otherwise."""
    return {"entry_id": entry_id, "name": name, "category": "red", "birth_date": "1971-03-04", **fields}


def asked(name: str, *, number: str | None = None) -> Traveller:
    """A traveller who is the person of that name."""
    documents = [Document(number, "UTO", "P")] if number else []
    return Traveller(names=[name], birth_date="1971-03-04", documents=documents, reference="t")
