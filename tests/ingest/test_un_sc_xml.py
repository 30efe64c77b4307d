"""The United Nations list: every field in its place, and hostile or damaged XML refused."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from matcher.errors import EpervierError, InputError, UsageError
from matcher.ingest import xml_source
from tests.ingest.reading import Outcome, read_bytes

HEAD = '<?xml version="1.0" encoding="UTF-8"?><CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09Z">'
PERSON = """
<INDIVIDUAL><DATAID>11</DATAID><FIRST_NAME> ARU </FIRST_NAME><SECOND_NAME>na</SECOND_NAME><THIRD_NAME>BEN</THIRD_NAME>
<UN_LIST_TYPE>DRC</UN_LIST_TYPE><REFERENCE_NUMBER>CDi.001</REFERENCE_NUMBER><LISTED_ON>2012-12-31</LISTED_ON>
<NAME_ORIGINAL_SCRIPT>ارو بن</NAME_ORIGINAL_SCRIPT><GENDER>Male</GENDER><COMMENTS1>a remark</COMMENTS1>
<TITLE><VALUE>Dr</VALUE></TITLE><NATIONALITY><VALUE>Iraq</VALUE><VALUE>possibly Syrian</VALUE></NATIONALITY>
<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Aru B; Arou B</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Ro</ALIAS_NAME><DATE_OF_BIRTH>22 Aug. 1973</DATE_OF_BIRTH>
<CITY_OF_BIRTH>Fes</CITY_OF_BIRTH><COUNTRY_OF_BIRTH>Morocco</COUNTRY_OF_BIRTH></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1971-01-02-05:00</DATE></INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE><YEAR>1970</YEAR></INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1968</FROM_YEAR><TO_YEAR>1972</TO_YEAR>
</INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><YEAR>1969</YEAR><NOTE>Sep.</NOTE></INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><NOTE>30-35 years old</NOTE></INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_PLACE_OF_BIRTH><CITY>Mosul</CITY><COUNTRY>Iraq</COUNTRY></INDIVIDUAL_PLACE_OF_BIRTH>
<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>OB 0243318</NUMBER>
<ISSUING_COUNTRY>Iraq</ISSUING_COUNTRY><DATE_OF_ISSUE>2010-05-04</DATE_OF_ISSUE><NOTE>expires 3 May 2015</NOTE>
</INDIVIDUAL_DOCUMENT>
<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>National Identification Number</TYPE_OF_DOCUMENT>
<NOTE>Tunisian national identity number W334061 issued on 9 Mar. 2011</NOTE></INDIVIDUAL_DOCUMENT>
<INDIVIDUAL_DOCUMENT/></INDIVIDUAL>"""
ENTITY = """<ENTITY><DATAID>12</DATAID><FIRST_NAME>ARU TRADING</FIRST_NAME><REFERENCE_NUMBER>CDe.001</REFERENCE_NUMBER>
<ENTITY_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>BEN TRADING</ALIAS_NAME></ENTITY_ALIAS></ENTITY>"""
TAIL = "</CONSOLIDATED_LIST>"


def read(folder: Path, text: str) -> Outcome:
    return read_bytes("un-sc-xml", folder, text.encode())


@pytest.fixture
def outcome(tmp_path: Path) -> Outcome:
    return read(tmp_path, f"{HEAD}<INDIVIDUALS>{PERSON}</INDIVIDUALS><ENTITIES>{ENTITY}</ENTITIES>{TAIL}")


def test_entries_kinds_and_the_day_of_the_list(outcome: Outcome) -> None:
    """Individuals are persons, entities organisations; the list says what day it describes."""
    assert dict(outcome.sink.by_kind) == {"person": 1, "organisation": 1}
    assert outcome.sink.as_of == "2026-02-27T00:00:09Z"
    assert [row["entry_id"] for row in outcome.persons] == ["CDi.001", "CDe.001"]


def test_names_keep_kind_and_quality(outcome: Outcome) -> None:
    """`na` parts are dropped, original script, good and weak aliases told apart, empty aliases ignored."""
    assert outcome.names() == [
        ("ARU BEN", "primary"),
        ("Aru B", "alias"),
        ("Arou B", "alias"),
        ("ارو بن", "original_script"),
        ("Ro", "weak_alias"),
    ]
    assert outcome.persons[0]["names"][4]["quality"] == "Low"
    assert outcome.persons[1]["names"][1] == {"text": "BEN TRADING", "kind": "alias", "quality": "f.k.a."}


def test_birth_dates_exact_partial_approximate_and_ranges(outcome: Outcome) -> None:
    """Each kind of date survives, those of aliases too; an age is no date."""
    found = [
        (date["year"], date["month"], date["day"], date["year_to"], date["approximate"])
        for date in outcome.persons[0]["birth_dates"]
    ]
    assert found == [
        (1973, 8, 22, None, None),
        (1971, 1, 2, None, None),
        (1970, None, None, None, True),
        (1968, None, None, 1972, None),
        (1969, 9, None, None, None),
    ]
    assert outcome.sink.notes["birth_date"] == 1


def test_the_other_columns(outcome: Outcome) -> None:
    """Codes, places, purpose and day of listing stand in their columns; the rest is in the note."""
    person = outcome.persons[0]
    assert (person["sex"], person["nationalities"], person["purpose"]) == ("M", ["IRQ"], "DRC")
    assert person["birth_places"] == ["Fes, Morocco", "Mosul, Iraq"]
    assert (person["entered_on"], person["requested_action"]) == (datetime.date(2012, 12, 31), None)
    for text in ("title: Dr", "nationality: possibly Syrian", "30-35 years old", "a remark"):
        assert text in person["note"]


def test_documents_become_rows_of_their_own(outcome: Outcome) -> None:
    """A number in its element and one in a note both give a document attached to the person."""
    found = [
        (row["number"], row["issuing_state"], row["type"], row["issued_on"], row["expires_on"], row["person_entry_id"])
        for row in outcome.documents
    ]
    assert found == [
        ("OB 0243318", "IRQ", "P", datetime.date(2010, 5, 4), datetime.date(2015, 5, 3), "CDi.001"),
        ("W334061", "TUN", "ID", datetime.date(2011, 3, 9), None, "CDi.001"),
    ]


def test_an_entry_without_name_or_id_is_a_reject(tmp_path: Path) -> None:
    """What cannot be found or named is counted with its reason; its neighbours are read."""
    nameless = "<INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>-</FIRST_NAME></INDIVIDUAL>"
    unnumbered = "<INDIVIDUAL><FIRST_NAME>ARU</FIRST_NAME></INDIVIDUAL>"
    outcome = read(tmp_path, HEAD + nameless + unnumbered + ENTITY + TAIL)
    assert outcome.rejects == [(1, "no_name"), (2, "no_entry_id")]
    assert outcome.sink.entries == 1


@pytest.mark.parametrize("nothing", ["na", " NA ", "n/a", "N.A.", "na,", "-", "not available"])
def test_not_available_is_not_namibia(tmp_path: Path, nothing: str) -> None:
    """`na` means not available in this list: no nationality, no issuer, no alias, and nothing unread."""
    text = (
        f"<INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>ARU</FIRST_NAME><NATIONALITY><VALUE>{nothing}</VALUE></NATIONALITY>"
        f"<INDIVIDUAL_ALIAS><ALIAS_NAME>{nothing}</ALIAS_NAME></INDIVIDUAL_ALIAS><INDIVIDUAL_DOCUMENT>"
        f"<TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>A1234567</NUMBER><ISSUING_COUNTRY>{nothing}"
        "</ISSUING_COUNTRY></INDIVIDUAL_DOCUMENT></INDIVIDUAL>"
    )
    outcome = read(tmp_path, HEAD + text + TAIL)
    assert outcome.persons[0]["nationalities"] is None
    assert outcome.names() == [("ARU", "primary")]
    assert outcome.documents[0]["issuing_state"] is None
    assert not outcome.sink.notes


def test_namibia_is_namibia(tmp_path: Path) -> None:
    """The country by its name is still read."""
    text = "<INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>ARU</FIRST_NAME><NATIONALITY><VALUE>Namibia</VALUE></NATIONALITY>"
    assert read(tmp_path, HEAD + text + "</INDIVIDUAL>" + TAIL).persons[0]["nationalities"] == ["NAM"]


def test_a_ten_megabyte_entry_is_a_reject(tmp_path: Path) -> None:
    """A huge element is rejected without being kept, and reading goes on."""
    huge = f"<INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>{'x' * 10_000_000}</FIRST_NAME></INDIVIDUAL>"
    outcome = read(tmp_path, HEAD + huge + ENTITY + TAIL)
    assert (outcome.rejects, outcome.sink.entries) == ([(1, "field_too_long")], 1)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("prologue", [BOMB, EXTERNAL, "<!DOCTYPE CONSOLIDATED_LIST>"])
def test_a_document_type_or_entity_is_refused(tmp_path: Path, prologue: str) -> None:
    """Entities are refused when they are declared: nothing is expanded, nothing is fetched."""
    body = HEAD.replace("<CONSOLIDATED", prologue + "<CONSOLIDATED") + ENTITY.replace("BEN", "&b;") + TAIL
    with pytest.raises(InputError, match=r"list0.txt holds a document type or an entity"):
        read(tmp_path, body)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"  \n ", "is empty"),
        ((HEAD + PERSON).encode(), "not complete, well-formed XML"),
        ((HEAD + PERSON[:700]).encode(), "not complete, well-formed XML"),
        ((HEAD + "<ENTITY><FIRST_NAME>&undeclared;</FIRST_NAME></ENTITY>" + TAIL).encode(), "well-formed XML"),
        ((HEAD + ENTITY + TAIL).encode("utf-16"), "not complete, well-formed XML in UTF-8"),
        (HEAD.replace("UTF-8", "ISO-8859-1").encode() + b"\xe9" + TAIL.encode(), "well-formed XML in UTF-8"),
        (HEAD.encode() + b"a\0b" + TAIL.encode(), "well-formed XML"),
        (b"<html><body/></html>", "another root element"),
        (b"document_number,issuing_state\n1,2\n", "well-formed XML"),
        ((HEAD + TAIL).encode(), "gives no entry"),
        ((HEAD + "<a>" * 100 + "</a>" * 100 + TAIL).encode(), "nests elements deeper"),
    ],
)
def test_what_is_not_this_list_is_refused_in_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    """Each refusal names the file and the rule, in one line, and is an error of ours."""
    with pytest.raises(EpervierError) as caught:
        read_bytes("un-sc-xml", tmp_path, content)
    assert message in str(caught.value)
    assert "list0.txt" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_endless_tag_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tag that never ends is refused before the parser has buffered it all."""
    monkeypatch.setattr(xml_source, "TAG_BYTES", 1 << 18)
    with pytest.raises(InputError, match="has a tag of more than"):
        read(tmp_path, f'{HEAD}<ENTITY name="{"x" * (1 << 20)}"/>{TAIL}')


def test_a_mapping_is_refused(tmp_path: Path) -> None:
    """A mapping for a format with fixed elements is a slip that is said, not ignored."""
    with pytest.raises(UsageError, match="takes no mapping"):
        read_bytes("un-sc-xml", tmp_path, (HEAD + ENTITY + TAIL).encode(), mapping=b"")
