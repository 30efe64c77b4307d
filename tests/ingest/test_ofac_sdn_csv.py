"""The OFAC list: three files joined, remarks read, and what belongs to nothing rejected."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from matcher.errors import InputError, UsageError
from matcher.ingest.ofac_remarks import read_remarks
from tests.ingest.reading import Outcome, read_bytes

NULLS = "-0- ,-0- ,-0- ,-0- ,-0- ,-0- "
REMARKS = (
    "DOB 05 Jan 1964; alt. DOB circa 1963; alt. DOB 1962 to 1964; POB Mosul, Iraq; nationality Iraq; "
    "citizen Korea, North; Gender Male; Passport A12345 (Iran) issued 12 Mar 2010 expires 12 Mar 2015; "
    "alt. Passport 265 216; National ID No. 660000 73767 (Belgium); "
    "SSN 523-33-8386 (United States); a.k.a. 'EL ARU'; Colonel; "
    "Linked To: ARU GROUP."
)
SDN = (
    f'1,"BEN, Aru","individual","SDGT] [IRAN","Dr.",{NULLS},"{REMARKS}"\r\n'
    f'2,"ARU TRADING",-0- ,"CUBA",-0- ,{NULLS},"a.k.a. \'AT\'."\r\n'
    f'3,"ARU STAR","vessel","CUBA",-0- ,"C4XYZ","Cargo",-0- ,-0- ,"Panama",-0- ,-0- \r\n\x1a'
).encode()
ALT = b'1,10,"aka","BEN, Arou",-0- \r\n1,11,"fka","DAN, Aru","weak"\r\n9,12,"aka","NOBODY",-0- \r\n\x1a'
ADD = b'1,20,"1 Main St","Mosul","Iraq",-0- \r\n\x1a'


@pytest.fixture
def outcome(tmp_path: Path) -> Outcome:
    return read_bytes("ofac-sdn-csv", tmp_path, ADD, ALT, SDN)


def test_files_are_told_apart_and_joined_in_any_order(outcome: Outcome, tmp_path: Path) -> None:
    """The order of the files changes nothing, and 0x1A at their end is no row."""
    other = read_bytes("ofac-sdn-csv", tmp_path, SDN, ADD, ALT)
    assert (other.persons, other.documents) == (outcome.persons, outcome.documents)
    assert dict(outcome.sink.by_kind) == {"person": 1, "organisation": 1, "conveyance": 1}


def test_names_are_joined_with_their_kind(outcome: Outcome) -> None:
    """Alternates keep the list's word; weak ones and those quoted in remarks are weak."""
    assert [(name["text"], name["kind"], name["quality"]) for name in outcome.persons[0]["names"]] == [
        ("BEN, Aru", "primary", None),
        ("BEN, Arou", "alias", "aka"),
        ("DAN, Aru", "weak_alias", "weak"),
        ("EL ARU", "weak_alias", "a.k.a."),
    ]


def test_an_alternate_of_no_entry_is_a_reject(outcome: Outcome) -> None:
    """A row that belongs to no entry is counted with its row, never dropped."""
    assert outcome.rejects == [(3, "unknown_entry")]


def test_remarks_become_columns_and_the_rest_a_note(outcome: Outcome) -> None:
    """Dates, places, nationalities and sex are read; title, address and unread clauses stay in the note."""
    person = outcome.persons[0]
    dates = [(date["year"], date["month"], date["day"], date["year_to"]) for date in person["birth_dates"]]
    assert dates == [(1964, 1, 5, None), (1963, None, None, None), (1962, None, None, 1964)]
    assert person["birth_dates"][1]["approximate"] is True
    assert (person["nationalities"], person["sex"]) == (["IRQ", "PRK"], "M")
    assert (person["birth_places"], person["related_entries"]) == (["Mosul, Iraq"], ["ARU GROUP"])
    assert person["purpose"] == "SDGT] [IRAN"
    assert person["note"] == "title: Dr.\naddress: 1 Main St, Mosul, Iraq\nColonel"
    assert dict(outcome.sink.notes) == {"remarks": 1}


def test_documents_of_the_remarks(outcome: Outcome) -> None:
    """Each document is a row with number, issuer, type and days; `-0-` is nowhere."""
    found = [(row["number"], row["issuing_state"], row["type"]) for row in outcome.documents]
    assert found == [
        ("A12345", "IRN", "P"),
        ("265 216", None, "P"),
        ("660000 73767", "BEL", "ID"),
        ("523-33-8386", "USA", "SSN"),
    ]
    assert outcome.documents[0]["expires_on"] == datetime.date(2015, 3, 12)
    assert "-0-" not in str(outcome.persons) + str(outcome.documents)


def test_conveyances_keep_what_they_have(outcome: Outcome) -> None:
    """A vessel is a conveyance with its call sign and flag in the note."""
    assert outcome.persons[2]["kind"] == "conveyance"
    assert outcome.persons[2]["note"] == "call sign: C4XYZ\nvessel type: Cargo\nflag: Panama"


@pytest.mark.parametrize(
    "clause", ["DOB before 1960", "Passport issued in Sarajevo", "nationality possibly X", "Gender blue", "DOBERMAN 1"]
)
def test_a_clause_that_is_not_what_its_label_says_is_left(clause: str) -> None:
    """Nothing is guessed from a clause that cannot be read in full; it stays as listed."""
    remarks = read_remarks(clause + ".")
    assert [text for _, text in remarks.unread] == [clause]
    assert not remarks.birth_dates
    assert not remarks.documents


def test_bad_rows_are_rejects(tmp_path: Path) -> None:
    """Short rows, rows without id or name are rejects; the file is still read."""
    rest = b'"individual","S"' + b",-0- " * 8 + b"\r\n"
    bad = b'x,"A",' + rest + b'5,"-",' + rest + b'6,"A"\r\n'
    outcome = read_bytes("ofac-sdn-csv", tmp_path, SDN.rstrip(b"\x1a") + bad)
    assert outcome.rejects == [(4, "no_entry_id"), (5, "no_name"), (6, "wrong_column_count")]


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ([b""], "list0.txt is empty"),
        ([ALT], "no file with 12 columns"),
        ([SDN, b"a,b,c\n1,2,3\n"], "list1.txt begins with a row of 3 columns"),
        ([b"a,b,c,d,e,f,g,h,i,j,k,l\n"], r"gives no entry \(1 rows rejected, 1 of them for no_entry_id\)"),
    ],
)
def test_what_is_not_this_list_is_refused(tmp_path: Path, contents: list[bytes], message: str) -> None:
    """Wrong files are refused by name, with what is needed."""
    with pytest.raises(InputError, match=message):
        read_bytes("ofac-sdn-csv", tmp_path, *contents)


def test_a_mapping_is_refused(tmp_path: Path) -> None:
    """The columns are fixed: a mapping is an error."""
    with pytest.raises(UsageError, match="takes no mapping"):
        read_bytes("ofac-sdn-csv", tmp_path, SDN, mapping=b"")
