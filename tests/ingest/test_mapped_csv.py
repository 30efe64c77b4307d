"""Lists read by a mapping: each rule of the mapping, and what happens to what no rule reads."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from matcher.errors import InputError, MappingError
from matcher.ingest.mapping import parse_mapping
from tests.ingest.reading import Outcome, read_bytes

TINY = b'[columns]\nentry_id = "entry_id"\nname = "name"\n'
FULL = b"""
[filter]
column = "measure"
equals = ["freeze"]
[kind]
column = "schema"
person = ["Person"]
organisation = ["Company", "LegalEntity"]
conveyance = ["Vessel"]
[id]
columns = ["act", "no"]
[columns]
name = "name"
alias = ["alias", "other"]
weak_alias = "weak"
birth_date = "born"
birth_place = "place"
nationality = "nation"
sex = "sex"
document = ["passport", "card"]
role = "role"
protective = "protective"
entered_on = "since"
note = ["why"]
[split]
alias = "|"
[documents.types]
passport = "P"
card = "ID"
[constants]
category = "sanction"
requested_action = "tell the desk"
"""
HEADER = "measure,schema,act,no,name,alias,other,weak,born,place,nation,sex,passport,card,role,protective,since,why\n"


def read_full(folder: Path, *rows: str) -> Outcome:
    return read_bytes("mapped-csv", folder, (HEADER + "\n".join(rows) + "\n").encode(), mapping=FULL)


def test_the_smallest_mapping(tmp_path: Path) -> None:
    """Two columns are enough: ids and names as listed, in any script."""
    content = "entry_id,name\n1,Yusuf Abd al-Rahman\n2,يوسف عبد الرحمن\n".encode()
    outcome = read_bytes("mapped-csv", tmp_path, content, mapping=TINY)
    assert [(row["entry_id"], row["kind"], row["category"]) for row in outcome.persons] == [
        ("1", "person", "other"),
        ("2", "person", "other"),
    ]
    assert [outcome.names(place) for place in (0, 1)] == [
        [("Yusuf Abd al-Rahman", "primary")],
        [("يوسف عبد الرحمن", "primary")],
    ]


def test_every_rule_of_a_full_mapping(tmp_path: Path) -> None:
    """Each field is read by its own rule, and constants fill what the columns do not say."""
    outcome = read_full(
        tmp_path,
        'freeze,Person,A1,7,Aru BEN (Ару БЕН),Aru B|Arou B,Ро,Ro,"(a) 1.2.1960, (b) circa 1961",Mosul; Fes,'
        "Iraqi and Syrian,male,A1234567 (Iraqi passport),X99887,Witness,,3 May 2020,a reason",
    )
    person = outcome.persons[0]
    assert (person["entry_id"], person["category"], person["role"], person["protective"]) == (
        "A1-7",
        "sanction",
        "witness",
        True,
    )
    assert outcome.names() == [
        ("Aru BEN", "primary"),
        ("Aru B", "alias"),
        ("Arou B", "alias"),
        ("Ару БЕН", "original_script"),
        ("Ро", "original_script"),
        ("Ro", "weak_alias"),
    ]
    assert [date["year"] for date in person["birth_dates"]] == [1960, 1961]
    assert (person["birth_places"], person["nationalities"]) == (["Mosul", "Fes"], ["IRQ", "SYR"])
    assert (person["sex"], person["requested_action"]) == ("M", "tell the desk")
    assert person["entered_on"] == datetime.date(2020, 5, 3)
    assert person["note"] == "name as listed: Aru BEN (Ару БЕН)\nwhy: a reason"
    assert [(row["number"], row["issuing_state"], row["type"], row["category"]) for row in outcome.documents] == [
        ("A1234567", "IRQ", "P", "sanction"),
        ("X99887", None, "ID", "sanction"),
    ]


def test_what_no_rule_reads_is_kept_and_counted(tmp_path: Path) -> None:
    """Unread text stays in the note under its column's name, and the sink counts it by field."""
    outcome = read_full(
        tmp_path, "freeze,Person,A1,7,Aru (as listed),,,,before 1960,,unsure,blue,unknown,,,maybe,May 2020,"
    )
    assert outcome.persons[0]["note"] == (
        "name as listed: Aru (as listed)\nname: as listed\npassport: unknown\nborn: before 1960\nnation: unsure\n"
        "sex: blue\nprotective: maybe\nsince: May 2020"
    )
    assert outcome.sink.notes == dict.fromkeys(
        ("name", "document", "birth_date", "nationality", "sex", "protective", "entered_on"), 1
    )


def test_filter_kinds_and_repeated_ids(tmp_path: Path) -> None:
    """Filtered rows are counted, unlisted kinds rejected, equal ids numbered in file order."""
    outcome = read_full(
        tmp_path,
        "ban,Person,A1,1,Aru BEN,,,,,,,,,,,,,",
        "freeze,Person,A1,1,Aru BEN,,,,,,,,,,,,,",
        "freeze,Company,A1,1,Ben (Holding) / Co,,,,,,,,,,,,,",
        "freeze,Ghost,A1,1,Ivo,,,,,,,,,,,,,",
        "freeze,Vessel,A1,1,Star,,,,,,,,,,,,,",
        "freeze,Person,,,Aru BEN,,,,,,,,,,,,,",
        "freeze,Person,A1,2,-,,,,,,,,,,,,,",
    )
    assert outcome.sink.dropped == 1
    assert [(row["entry_id"], row["kind"]) for row in outcome.persons] == [
        ("A1-1", "person"),
        ("A1-1#2", "organisation"),
        ("A1-1#3", "conveyance"),
    ]
    assert outcome.names(1) == [("Ben (Holding) / Co", "primary")]
    assert outcome.rejects == [(4, "unknown_kind"), (6, "no_entry_id"), (7, "no_name")]


def test_without_an_id_the_row_number_is_the_id(tmp_path: Path) -> None:
    """Rows are numbered from 1 behind the header, rejected ones counted."""
    outcome = read_bytes("mapped-csv", tmp_path, b"n\nAru\n\n\n-\nIvo\n", mapping=b'[columns]\nname = "n"\n')
    assert [row["entry_id"] for row in outcome.persons] == ["1", "3"]


def test_columns_can_be_joined(tmp_path: Path) -> None:
    """Given name and family name in two columns are one name where the mapping says so."""
    mapping = b'[columns]\nname = ["given", "family"]\n[join]\nname = " "\n'
    outcome = read_bytes("mapped-csv", tmp_path, b"family,given\nBEN,Aru\nDAN,\n", mapping=mapping)
    assert [outcome.names(place) for place in (0, 1)] == [[("Aru BEN", "primary")], [("DAN", "primary")]]


def test_an_entry_of_a_document_alone(tmp_path: Path) -> None:
    """A row without a name but with a document is an entry, found by its document."""
    mapping = b'[columns]\nname = "n"\ndocument = "d"\n[documents]\npattern = "(?P<number>\\\\w+)@(?P<issuer>\\\\w+)"\n'
    outcome = read_bytes("mapped-csv", tmp_path, b"n,d\n,AB1@UTO and AB2@IRQ\n", mapping=mapping)
    assert outcome.persons[0]["names"] == []
    assert [(row["number"], row["issuing_state"]) for row in outcome.documents] == [("AB1", "UTO"), ("AB2", "IRQ")]
    assert (outcome.persons[0]["note"], outcome.sink.notes["document"]) == (None, 0)


def test_several_files_are_one_list(tmp_path: Path) -> None:
    """Files may differ in the order of their columns; a file that is only a header adds nothing."""
    outcome = read_bytes(
        "mapped-csv", tmp_path, b"entry_id,name\n1,A\n", b"name,entry_id\nB,2\n", b"entry_id,name\n", mapping=TINY
    )
    assert [row["entry_id"] for row in outcome.persons] == ["1", "2"]


def test_hostile_cells(tmp_path: Path) -> None:
    """A huge cell, NUL and broken quotes are rejects; bidi controls are kept in the name."""
    rows = ["1," + "x" * 2_000_000, "2,a\0b", '3,"open', "4,Aru\u202e BEN"]
    outcome = read_bytes("mapped-csv", tmp_path, ("entry_id,name\n" + "\n".join(rows) + "\n").encode(), mapping=TINY)
    assert outcome.rejects == [(1, "field_too_long"), (2, "nul_byte"), (3, "broken_quotes")]
    assert outcome.names() == [("Aru\u202e BEN", "primary")]


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (None, "needs a mapping file"),
        (b"\xff", "is not TOML in UTF-8"),
        (b"[columns", "is not TOML in UTF-8"),
        (b"name = 'x'", "unknown section name"),
        (b"columns = 'x'", r"every part of a mapping stands in a \[section\]"),
        (b"[colums]\nname='n'", "unknown section colums; known are columns, constants"),
        (b"[columns]\nnam='n'", "unknown field nam"),
        (b"[columns]\nalias='n'", "needs a name, a document or a pattern"),
        (b"[columns]\nname=3", r"\[columns\] name must be a text in quotes, or a list"),
        (b"[columns]\nname=[]", r"\[columns\] name must be a text"),
        (b"[columns]\nname='n'\nentry_id='i'\n[id]\ncolumns=['i']", "both .id. columns and .columns. entry_id"),
        (b"[columns]\nname='n'\n[filter]\ncolumn='c'", r"\[filter\] equals"),
        (b"[columns]\nname='n'\n[kind]\ncolumn='c'", "names no value"),
        (b"[columns]\nname='n'\n[kind]\ncolumn='c'\nperson='P'\norganisation='P'", "to two kinds"),
        (b"[columns]\nname='n'\n[dates]\nformats=['%d.%m.%y']", "date format with %y"),
        (b"[columns]\nname='n'\n[documents]\npattern='x'", r"stands without \[columns\] document"),
        (b"[columns]\ndocument='d'\n[documents]\npattern='('", "no regular expression"),
        (b"[columns]\ndocument='d'\n[documents]\ntypes={x='P'}", "unknown column x"),
        (b"[columns]\nname='n'\n[constants]\nrole='boss'", "role must be one of"),
        (b"[columns]\nname='n'\n[constants]\nprotective='yes'", "must be true or false"),
        (b"[columns]\nname='n'\n[split]\nsex=';'", "unknown field sex"),
    ],
)
def test_a_wrong_mapping_is_refused(mapping: bytes | None, message: str) -> None:
    """Each slip in a mapping is refused in one line that says what is allowed."""
    with pytest.raises(MappingError, match=message) as caught:
        parse_mapping(mapping)
    assert "\n" not in str(caught.value)


def test_a_column_that_the_file_lacks_is_refused(tmp_path: Path) -> None:
    """The missing columns and the file are named."""
    with pytest.raises(MappingError, match=r"list0.txt lacks the columns entry_id that the mapping names"):
        read_bytes("mapped-csv", tmp_path, b"id,name\n1,A\n", mapping=TINY)


@pytest.mark.parametrize("content", [b"", b"entry_id,name\n", b"entry_id,name\n1,-\n"])
def test_a_list_without_an_entry_is_refused(tmp_path: Path, content: bytes) -> None:
    """An empty list must not replace the one in force."""
    with pytest.raises(InputError, match=r"list0.txt (is empty|gives no entry)"):
        read_bytes("mapped-csv", tmp_path, content, mapping=TINY)
