"""What the load benchmark asks: a store with many names and document numbers, and requests of unlisted travellers."""

from __future__ import annotations

import csv
import datetime
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

import matcher
from benchmarks.document_list import write_sltd
from benchmarks.numbers import draw_document
from benchmarks.speed.name_lists import clean_names, population

SEED = 20261122
MAPPING = '[columns]\nentry_id = "entry_id"\nname = "name"\nbirth_date = "birth_date"\nsex = "sex"\n'
_FIRST, _DAYS = datetime.date(1940, 1, 1), 25_000


def prepare(work: Path, shared: Path, names: int, documents: int) -> Path:
    """Make the store, unless that was done; a process of its own imports, so that this one stays small."""
    store = work / f"names-{names}-documents-{documents}.store"
    if not (store / "CURRENT").exists():
        work.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "benchmarks.service.material", str(store), str(shared), str(names)]
        subprocess.run([*command, str(documents)], check=True)
    return store


def bodies(shared: Path, kind: str, count: int, *, each: int = 1) -> list[bytes]:
    """Make bodies of `POST /v1/lookups`: `document` alone, or `traveller` with name, birth date, sex and document."""
    draw = random.Random(f"{SEED}/{kind}/{each}")
    names = clean_names(shared)
    draw.shuffle(names)
    made = []
    for start in range(0, count * each, each):
        items = [_traveller(draw, names[(start + at) % len(names)]) for at in range(each)]
        told: dict[str, Any] = {"document": items[0]["documents"][0]} if kind == "document" else {"travellers": items}
        made.append(msgspec.json.encode(told))
    return made


def travellers_of(given: Sequence[bytes]) -> list[matcher.Traveller]:
    """Return the travellers of bodies, for the library."""
    found = []
    for body in given:
        for one in msgspec.json.decode(body)["travellers"]:
            documents = [matcher.Document(**document) for document in one["documents"]]
            found.append(matcher.Traveller(**{**one, "documents": documents}))
    return found


def _traveller(draw: random.Random, name: str) -> dict[str, Any]:
    document = draw_document(draw)
    return {
        "names": [name],
        "birth_date": _day(draw),
        "sex": draw.choice("MF"),
        "documents": [{"number": document.number, "issuing_state": document.issuing_state, "type": document.type}],
    }


def _day(draw: random.Random) -> str:
    return (_FIRST + datetime.timedelta(days=draw.randrange(_DAYS))).isoformat()


def _import(store: Path, shared: Path, names: int, documents: int) -> None:
    draw = random.Random(f"{SEED}/listed")
    persons, mapping, numbers = (store.with_suffix(end) for end in (".csv", ".toml", ".sltd.csv"))
    with persons.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("entry_id", "name", "birth_date", "sex"))
        for row, name in enumerate(population(shared, names, SEED), 1):
            writer.writerow((row, name, _day(draw), draw.choice("MF")))
    mapping.write_text(MAPPING, "utf-8")
    write_sltd(numbers, documents, kind="spread", seed=SEED)
    made = matcher.Store(store)
    made.import_list("persons", format="mapped-csv", path=persons, mapping=mapping)
    made.import_list("sltd", format="sltd-csv", path=numbers)
    for path in (persons, mapping, numbers):
        path.unlink()


if __name__ == "__main__":
    _import(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
