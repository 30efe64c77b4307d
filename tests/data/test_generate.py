"""The generator of `data/`: same seed, same bytes; every kind planted with its truth; nobody real."""

from __future__ import annotations

import collections
import csv
import datetime
import io
import os
import re
import subprocess
import sys
import tomllib
import unicodedata
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import generate, planting, population
from benchmarks.numbers import neighbourhood

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT / ".." / "shared"
Rows = list[dict[str, str]]
Name = tuple[str, ...]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return generate.build()


def _rows(files: dict[str, bytes], name: str) -> Rows:
    return list(csv.DictReader(io.StringIO(files[name].decode("utf-8"))))


def test_the_same_seed_gives_the_same_bytes_in_another_process(files: dict[str, bytes], tmp_path: Path) -> None:
    """Neither the clock nor the hash order of a process changes a byte."""
    for hash_seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-m", "benchmarks.generate", "--output", str(tmp_path / hash_seed)],
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        )
        for name, content in files.items():
            assert (tmp_path / hash_seed / name).read_bytes() == content, name


def test_another_seed_gives_other_lists(files: dict[str, bytes]) -> None:
    """The seed is used by every table."""
    others = generate.build("another")
    for name in ("lost_stolen_documents.csv", "suspects.csv", "passengers.csv", "truth.csv"):
        assert others[name] != files[name], name


def test_the_committed_files_are_what_the_generator_makes(files: dict[str, bytes]) -> None:
    """Nobody edits `data/` by hand."""
    for name, content in files.items():
        assert (ROOT / "data" / name).read_bytes() == content, name


def test_sizes_are_as_promised(files: dict[str, bytes]) -> None:
    """10,000 documents, 2,000 persons, 500 passengers, one truth row each."""
    counts = {name: len(_rows(files, name)) for name in files if name.endswith(".csv")}
    assert counts == {
        "lost_stolen_documents.csv": 10_000,
        "suspects.csv": 2_000,
        "passengers.csv": 500,
        "truth.csv": 500,
    }


def test_references_are_unique_and_each_has_its_truth(files: dict[str, bytes]) -> None:
    """Passengers and truth name the same references, once each, in the same order."""
    references = [row["reference"] for row in _rows(files, "passengers.csv")]
    assert len(set(references)) == len(references)
    assert references == [row["reference"] for row in _rows(files, "truth.csv")]


def test_each_kind_is_planted_and_points_to_an_entry(files: dict[str, bytes]) -> None:
    """Every kind of the catalogue occurs as often as it says, and its entry exists."""
    listed = {
        planting.PERSON_LIST: [row["entry_id"] for row in _rows(files, "suspects.csv")],
        planting.DOCUMENT_LIST: [row["national_reference"] for row in _rows(files, "lost_stolen_documents.csv")],
    }
    truth = _rows(files, "truth.csv")
    counts = collections.Counter(row["kind"] for row in truth)
    expected = {kind: rule.n_cases for kind, rule in planting.KINDS.items()}
    expected |= {kind: count for kind, (count, _) in planting.DOCUMENT_KINDS.items()}
    assert {kind: counts[kind] for kind in expected} == expected
    assert counts.keys() - expected.keys() == set(planting.CLEAN_KINDS)
    for row in truth:
        is_planted = row["kind"] in expected
        assert row["expected_outcome"] == ("match" if is_planted else "no_match")
        if is_planted:
            assert listed[row["list_id"]].count(row["entry_id"]) == 1
        else:
            assert (row["list_id"], row["entry_id"]) == ("", "")


def test_document_cases_carry_the_listed_number(files: dict[str, bytes]) -> None:
    """A planted number is the listed one, as it stands, loosened, or with another issuer."""
    documents = {row["national_reference"]: row for row in _rows(files, "lost_stolen_documents.csv")}
    passengers = {row["reference"]: row for row in _rows(files, "passengers.csv")}
    for row in _rows(files, "truth.csv"):
        if row["list_id"] != planting.DOCUMENT_LIST:
            continue
        carried, document = passengers[row["reference"]], documents[row["entry_id"]]
        plain = re.sub(r"[ -]", "", carried["document_number"]).upper()
        assert plain == document["document_number"]
        assert (plain == carried["document_number"]) == (row["kind"] != "document_formatted")
        is_same_issuer = carried["issuing_state"] == document["issuing_state"]
        assert is_same_issuer == (row["kind"] != "document_other_issuer")


def test_other_passengers_carry_no_listed_number_and_none_near_one(files: dict[str, bytes]) -> None:
    """Only the planted document cases are within one slip of a listed number."""
    listed = {row["document_number"] for row in _rows(files, "lost_stolen_documents.csv")}
    listed |= {word for row in _rows(files, "suspects.csv") for word in row["document"].replace(";", "").split()}
    keys = set().union(*map(neighbourhood, listed))
    kinds = {row["reference"]: row["kind"] for row in _rows(files, "truth.csv")}
    for row in _rows(files, "passengers.csv"):
        if not kinds[row["reference"]].startswith("document_"):
            assert not neighbourhood(row["document_number"]) & keys


def test_clean_travellers_are_nobody_on_the_list() -> None:
    """No clean traveller has all name parts of a listed person; sharing two means another birth year."""
    listed = generate.listed_persons(generate.N_SUSPECTS, generate.SEED)
    index = planting.ListedParts(listed)
    for person, _ in zip(planting.unlisted_people(listed, "test"), range(300), strict=False):
        assert index.sharing_two(person) == []
    for person, _ in zip(planting.namesakes(listed, "test"), range(40), strict=False):
        near = index.sharing_two(person)
        assert near
        for suspect in near:
            assert {part.native for part in person.parts} != {part.native for part in suspect.person.parts}
            assert abs(person.birth_date.year - suspect.person.birth_date.year) >= 8


def test_the_lists_hold_what_the_demo_shows(files: dict[str, bytes]) -> None:
    """Three scripts, protective entries, several dates, attached documents, every status, unreadable numbers."""
    suspects = _rows(files, "suspects.csv")
    scripts = collections.Counter(unicodedata.name(row["name"][0]).split()[0] for row in suspects)
    assert min(scripts[script] for script in ("ARABIC", "CYRILLIC", "LATIN")) >= 50
    assert {"victim", "missing", "witness"} <= {row["role"] for row in suspects if row["protective"] == "yes"}
    assert all(row["protective"] == "no" for row in suspects if row["category"] == "red_notice")
    for column in ("alias", "weak_alias", "birth_date", "document"):
        assert any(row[column] for row in suspects), column
    assert any(";" in row["birth_date"] for row in suspects)
    assert any(";" in row["document"] for row in suspects)
    documents = _rows(files, "lost_stolen_documents.csv")
    assert {row["status"] for row in documents} == {"stolen", "lost", "stolen_blank", "revoked", "invalid"}
    assert sum(not re.fullmatch(r"[0-9A-Z]{1,20}", row["document_number"]) for row in documents) == 6
    references = [row["national_reference"] for row in documents if row["national_reference"]]
    assert len(set(references)) == len(references)
    for row in documents:
        assert row["issued_on"] <= row["reported_on"] <= population.TODAY.isoformat() < "2027"


def test_the_mapping_names_only_columns_of_the_list(files: dict[str, bytes]) -> None:
    """`mappings/suspects.toml` reads `suspects.csv`; its document pattern reads every document cell."""
    mapping = tomllib.loads(files["mappings/suspects.toml"].decode("utf-8"))
    assert set(mapping["columns"].values()) | {mapping["kind"]["column"]} == set(generate.SUSPECTS_HEADER)
    for row in _rows(files, "suspects.csv"):
        for cell in filter(None, row["document"].split("; ")):
            assert re.fullmatch(mapping["documents"]["pattern"], cell)


def test_a_population_begins_with_the_smaller_one() -> None:
    """The first rows don't depend on how many are asked for."""
    assert list(population.passengers(30, 5))[:10] == list(population.passengers(10, 5))
    assert list(population.suspects(30, 5))[:10] == list(population.suspects(10, 5))
    assert list(population.passengers(10, 5)) != list(population.passengers(10, 6))


def test_women_of_russian_culture_have_feminine_family_names() -> None:
    """A family name of a man is not given to a woman where the culture tells them apart."""
    family = {part.native for part in population.parts()["russian", "family", "f"][0]}
    assert "Соколова" in family
    assert "Соколов" not in family


def test_dates_of_birth_are_before_the_generator_s_today() -> None:
    """Nobody is born in the future."""
    for passenger in population.passengers(500, "dates"):
        assert datetime.date.fromisoformat(passenger.date_of_birth) < population.TODAY


def _comparable(name: str) -> Name:
    plain = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return tuple(sorted(re.findall(r"\w+", kept)))


def _un_names() -> Iterator[str]:
    for path in sorted((SHARED / "data/lists/un").glob("*.xml")):
        for person in ElementTree.parse(path).getroot().iter("INDIVIDUAL"):
            parts = [person.findtext(f"{place}_NAME") or "" for place in ("FIRST", "SECOND", "THIRD", "FOURTH")]
            yield " ".join(parts)
            yield from (element.text or "" for element in person.iter("ALIAS_NAME"))
            yield from (element.text or "" for element in person.iter("NAME_ORIGINAL_SCRIPT"))


def _ofac_names() -> Iterator[str]:
    for pattern, column in (("sdn_*.csv", 1), ("alt_*.csv", 3)):
        for path in sorted((SHARED / "data/lists/ofac").glob(pattern)):
            rows = csv.reader(path.read_text("latin-1").splitlines())
            yield from (row[column] for row in rows if len(row) > column)


def _eu_names() -> Iterator[str]:
    csv.field_size_limit(10_000_000)
    for path in sorted((SHARED / "data/lists/eu").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                cells = " ; ".join(row.get(column) or "" for column in ("name", "alias", "weakAlias", "previousName"))
                yield from re.split(r"[;,/()\n]|\ba\.k\.a\b", cells)
                yield row["name"] or ""


@pytest.mark.shared
@pytest.mark.skipif(not (SHARED / "data/lists").is_dir(), reason="../shared/data/lists is not beside the checkout")
def test_no_listed_name_is_a_really_listed_one(files: dict[str, bytes]) -> None:
    """No full name or alias of the synthetic list occurs in the UN, OFAC or EU lists, in any order."""
    real = {_comparable(name) for names in (_un_names(), _ofac_names(), _eu_names()) for name in names}
    assert len(real) > 20_000
    ours = [
        (row["entry_id"], name)
        for row in _rows(files, "suspects.csv")
        for name in (row["name"], *row["alias"].split("; "))
        if name
    ]
    assert [entry_id for entry_id, name in ours if _comparable(name) in real] == []
