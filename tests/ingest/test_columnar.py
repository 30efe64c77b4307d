"""Tables in Parquet and Arrow: the two shapes checked row by row, flat ones read as a mapped CSV is."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from matcher.errors import EpervierError, InputError, MappingError
from matcher.schema import DOCUMENT_ENTRY, PERSON_ENTRY
from tests.ingest.reading import Outcome, read_bytes, read_paths
from tests.ingest.test_mapped_csv import FULL, HEADER, TINY

SAMPLE = Path(__file__).parents[2] / "data" / "samples" / "entities.ftm.jsonl"


def name(text: str | None, kind: str | None = "primary") -> dict[str, Any]:
    return {"text": text, "kind": kind, "quality": None}


def persons(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist([{"kind": "person", "category": "red", **row} for row in rows], schema=PERSON_ENTRY)


def write(table: pa.Table, path: Path, form: str = "parquet") -> Path:
    if form == "parquet":
        pq.write_table(table, path)
    else:
        make = pa.ipc.new_file if form == "file" else pa.ipc.new_stream
        with pa.OSFile(str(path), "wb") as stream, make(stream, table.schema) as writer:
            writer.write_table(table, max_chunksize=2)
    return path


def read(*paths: Path, mapping: bytes | None = None) -> Outcome:
    return read_paths("parquet", list(paths), mapping)


@pytest.mark.parametrize("form", ["parquet", "file", "stream"])
def test_what_another_reader_gave_comes_back(tmp_path: Path, form: str) -> None:
    """Entries and documents written as tables are read back as they were, whatever the file's form."""
    before = read_paths("ftm-json", [SAMPLE])
    entries = write(pa.Table.from_pylist(before.persons, schema=PERSON_ENTRY), tmp_path / "p", form)
    documents = write(pa.Table.from_pylist(before.documents, schema=DOCUMENT_ENTRY), tmp_path / "d", form)
    after = read(documents, entries)
    for one, other in ((before.persons, after.persons), (before.documents, after.documents)):
        assert [{**row, "source_row": 0} for row in one] == [{**row, "source_row": 0} for row in other]
    assert after.rejects == []


def test_a_table_of_documents_alone(tmp_path: Path) -> None:
    """Rows without a person are a document list; only number and issuer are needed."""
    table = pa.table({"number": ["A1", None, "B2", "bad??"], "issuing_state": ["ma", "ma", None, "QQQ"],
                      "status": ["Stolen", "lost", "lost", "mislaid"], "colour": ["red", "", "", "blue"]})  # fmt: skip
    outcome = read(write(table, tmp_path / "d"))
    assert [(row["number"], row["issuing_state"], row["status"], row["malformed"]) for row in outcome.documents] == [
        ("A1", "MAR", "stolen", None),
        ("bad??", "QQQ", None, True),
    ]
    assert outcome.rejects == [(2, "no_number"), (3, "no_issuer")]
    assert outcome.documents[1]["note"] == "colour: blue\nstatus: mislaid"
    assert outcome.documents[0]["category"] == "document"


def test_each_row_is_checked(tmp_path: Path) -> None:
    """A table is not trusted: ids, kinds, names, sizes, dates and vocabularies are checked row by row."""
    date = {"year": 1960, "month": 2, "day": 31, "calendar": None, "year_to": None, "approximate": None}
    table = persons(
        {"entry_id": None, "names": [name("ARU")]},
        {"entry_id": "2", "names": [name("...")]},
        {"entry_id": "3", "names": [name("ARU")], "kind": "ghost"},
        {"entry_id": "4", "names": [name("A\0RU")]},
        {"entry_id": "5", "names": [name("ARU")], "note": "x" * 2_000_000},
        {"entry_id": "6", "names": [name("ARU", "nickname"), name(None), None], "role": "Victim", "state": "gone",
         "birth_dates": [date, None], "sex": "blue", "nationalities": ["ma", None, "nowhere"], "category": None},
        {"entry_id": "6", "names": [name("BEN")]},
    )  # fmt: skip
    outcome = read(write(table, tmp_path / "p"))
    assert outcome.rejects == [
        (1, "no_entry_id"), (2, "no_name"), (3, "unknown_kind"), (4, "nul_byte"), (5, "field_too_long")
    ]  # fmt: skip
    person = outcome.persons[0]
    assert (person["role"], person["protective"], person["state"], person["category"]) == (
        "victim",
        True,
        None,
        "other",
    )
    assert (person["birth_dates"], person["sex"], person["nationalities"]) == (None, None, ["MAR"])
    assert outcome.names() == [("ARU", "primary")]
    assert set(outcome.sink.notes) == {"state", "birth_date", "sex", "nationality"}
    assert outcome.persons[1]["entry_id"] == "6#2"


def test_documents_need_their_person(tmp_path: Path) -> None:
    """A document of nobody is a reject; a person with a document needs no name."""
    table = persons({"entry_id": "1", "names": []}, {"entry_id": "2", "names": []})
    documents = pa.table({"number": ["A1", "A2"], "issuing_state": [None, "ma"], "person_entry_id": ["1", "9"]})
    outcome = read(write(table, tmp_path / "p"), write(documents, tmp_path / "d"))
    assert [row["entry_id"] for row in outcome.persons] == ["1"]
    assert outcome.rejects == [(2, "no_name"), (2, "unknown_entry")]
    assert [(row["person_entry_id"], row["category"]) for row in outcome.documents] == [("1", "red")]


def test_a_flat_table_is_read_as_a_mapped_csv(tmp_path: Path) -> None:
    """The same rows as CSV and as Parquet give the same entries; typed cells and lists are read too."""
    rows = [
        'freeze,Person,A1,7,Aru BEN (Ару БЕН),Aru B|Arou B,Ро,Ro,"(a) 1.2.1960, (b) circa 1961",Mosul; Fes,'
        "Iraqi and Syrian,male,A1234567 (Iraqi passport),X99887,Witness,,3 May 2020,a reason",
        "ban,Person,A1,1,Aru BEN,,,,,,,,,,,,,",
        "freeze,Ghost,A1,1,Ivo,,,,,,,,,,,,,",
    ]
    content = (HEADER + "\n".join(rows) + "\n").encode()
    expected = read_bytes("mapped-csv", tmp_path, content, mapping=FULL)
    (tmp_path / "list.csv").write_bytes(content)
    from pyarrow import csv

    table = csv.read_csv(tmp_path / "list.csv", convert_options=csv.ConvertOptions(strings_can_be_null=True))
    found = read(write(table, tmp_path / "flat"), mapping=FULL)
    assert (found.persons, found.documents, found.rejects) == (expected.persons, expected.documents, expected.rejects)
    assert found.sink.dropped == 1
    typed = pa.table({"entry_id": [7], "name": [["Aru BEN", "Ivo"]]})
    assert read(write(typed, tmp_path / "typed"), mapping=TINY).names() == [("Aru BEN", "primary"), ("Ivo", "alias")]
    born = pa.table({"n": ["A\0", "Aru"], "b": [datetime.date(1960, 8, 31)] * 2})
    outcome = read(write(born, tmp_path / "born"), mapping=b'[columns]\nname = "n"\nbirth_date = "b"\n')
    assert outcome.rejects == [(1, "nul_byte")]
    assert outcome.persons[0]["birth_dates"][0]["day"] == 31


@pytest.mark.parametrize(
    ("table", "mapping", "message"),
    [
        (pa.table({"a": ["x"]}), None, "give a mapping that names its columns"),
        (pa.table({"a": ["x"]}), TINY, "lacks the columns"),
        (pa.table({"entry_id": ["x"], "names": ["ARU"]}), None, "in the column names, where"),
        (pa.table({"number": [b"\xff\xfe"], "issuing_state": ["x"]}), None, "in the column number, where"),
        (pa.table({"entry_id": ["1"], "name": [{"a": 1}]}), TINY, "which a mapping cannot read"),
        (pa.table({"number": pa.array([], pa.string()), "issuing_state": pa.array([], pa.string())}), None, "no entry"),
        (pa.table([["a"], ["b"]], names=["number", "number"]), None, "each name once"),
        (pa.table({f"c{place}": ["x"] for place in range(1200)}), None, "has 1200 columns"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(
    tmp_path: Path, table: pa.Table, mapping: bytes | None, message: str
) -> None:
    """Each refusal names the file and what to do."""
    with pytest.raises((InputError, MappingError), match=message):
        read(write(table, tmp_path / "list"), mapping=mapping)


@pytest.mark.parametrize("form", ["parquet", "file", "stream"])
def test_a_damaged_table_is_refused(tmp_path: Path, form: str) -> None:
    """Cut anywhere, or with bytes changed, a table is refused or read, by no other error than ours."""
    rows = [{"entry_id": str(number), "names": [name("ARU")]} for number in range(5)]
    whole = write(persons(*rows), tmp_path / "whole", form).read_bytes()
    refused = 0
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        for content in (whole[:place], bytes(damaged)):
            (tmp_path / "damaged").write_bytes(content)
            try:
                read(tmp_path / "damaged")
            except EpervierError:
                refused += 1
    assert refused > 30
