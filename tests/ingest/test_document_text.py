"""Documents in free text: number, issuer, type and days as written, and nothing guessed."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import MappingError
from matcher.ingest.document_text import (
    LONGEST_CELL,
    document_row,
    general_rule,
    given_rule,
    read_documents,
    read_issuer,
    read_validity,
)

CASES = [
    ("D1903", [("D1903", None, "P")]),
    ("7503 78809", [("7503 78809", None, "P")]),
    ("14 02 828183", [("14 02 828183", None, "P")]),
    ("TR-P 614166", [("TR-P 614166", None, "P")]),
    ("12/LaMaTa(Nine)025897", [("12/LaMaTa(Nine)025897", None, "P")]),
    ("series 6001 No419633", [("6001 419633", None, "P")]),
    ("86449; 842781", [("86449", None, "P"), ("842781", None, "P")]),
    ("MP 3413113 and MP 2387911", [("MP 3413113", None, "P"), ("MP 2387911", None, "P")]),
    ("403062567 (US); Q5956077 (Iran)", [("403062567", "USA", "P"), ("Q5956077", "IRN", "P")]),
    ("R00012098, South Sudan", [("R00012098", "SSD", "P")]),
    ("Iraqi passport No. 284158 (expires 21.8.2005; name: X; date of birth: 1970)", [("284158", "IRQ", "P")]),
    ("(a) Kuwait number 106261543 (b) Kuwait number 1420529", [("106261543", "KWT", "P"), ("1420529", "KWT", "P")]),
    ("Passport of the Russian Federation no. 3914857478", [("3914857478", "RUS", "P")]),
    ("A0002302, issued in Iran (Islamic Republic of)", [("A0002302", "IRN", "P")]),
    ("645120378 (issued by the DPRK)", [("645120378", "PRK", "P")]),
    ("55252 (Libyan national identification number, issued in Derna, Libya)", [("55252", "LBY", "ID")]),
    ("SSDSBN68B10Z352F (Italian Fiscal Code)", [("SSDSBN68B10Z352F", "ITA", "fiscal code")]),
    ("CAR diplomatic passport No D00000898", [("D00000898", "CAF", "P")]),
]


@pytest.mark.parametrize(("cell", "documents"), CASES)
def test_cells_of_the_real_lists(cell: str, documents: list[tuple[str, str | None, str]]) -> None:
    """Each form gives its documents in order, and nothing is left over."""
    found, left = read_documents(cell, general_rule(), "P")
    assert [(one.number, one.issuing_state, one.type) for one in found] == documents
    assert left == ""


@pytest.mark.parametrize("cell", ["diplomatic passport issued by Mali", "21.8.2005", "July 1997", "1", "unknown"])
def test_text_without_a_number_gives_no_document(cell: str) -> None:
    """Dates, years and words are no document numbers; the text is left over."""
    assert read_documents(cell, general_rule(), "P") == ([], cell)


@pytest.mark.parametrize("text", ["(issued in Karachi)", "issued in Amman, Jordan", "issued on 4.5.2000 in Oslo", "No"])
def test_the_place_of_issue_is_not_the_issuer(text: str) -> None:
    """A passport issued in a town may be any state's: no issuer is guessed."""
    assert read_issuer(text) is None


def test_days_of_issue_and_expiry() -> None:
    """Both days are read in either order, each from its own words."""
    found = read_documents("F49 973222 (expired on 7.3.2010; issued on April 11, 2005)", general_rule())[0][0]
    assert (found.issued_on, found.expires_on) == (datetime.date(2005, 4, 11), datetime.date(2010, 3, 7))
    assert read_validity("issued 2005") == (None, None)


def test_a_mappings_pattern_is_applied_over_and_over() -> None:
    """A given pattern finds every document; its issuer is taken as written where it is no known state."""
    rule = given_rule(r"(?P<number>\w+)\((?P<issuer>\w+)\)(?P<note>!?)")
    found, left = read_documents("A1(UTO) B2(Ruritania)! rest", rule)
    assert [(one.number, one.issuing_state) for one in found] == [("A1", "UTO"), ("B2", "Ruritania")]
    assert left == "rest"


@pytest.mark.parametrize("pattern", ["(", "(?P<issuer>x)", r"(?P<number>\d)(?P<colour>x)"])
def test_a_pattern_that_cannot_be_used_is_refused(pattern: str) -> None:
    """No expression, no number group, an unknown group: a mapping error in one line."""
    with pytest.raises(MappingError):
        given_rule(pattern)


def test_rows_say_when_a_number_is_no_key() -> None:
    """A number that cannot be a key is kept and marked, so that it is found by its exact text."""
    found = read_documents("12/LaMaTa(Nine)025897; A1234567", general_rule())[0]
    rows = [document_row(one, "e1", "sanction", 7) for one in found]
    assert [(row["malformed"], row["person_entry_id"], row["source_row"]) for row in rows] == [
        (True, "e1", 7),
        (None, "e1", 7),
    ]


@settings(max_examples=100)
@given(st.text(alphabet="AB12 ()/;,.-°nopsirue", max_size=40))
def test_every_digit_is_in_a_document_or_left_over(text: str) -> None:
    """No number is lost: what gives no document is handed back."""
    found, left = read_documents(text, general_rule())
    kept = f"{left} {' '.join(f'{one.number} {one.note or str()}' for one in found)}"
    assert sum(map(str.isdigit, kept)) >= sum(map(str.isdigit, text))


def test_a_huge_cell_is_left_over() -> None:
    """Patterns are not run on a cell that is longer than any real one."""
    huge = "A1234567 " * LONGEST_CELL
    assert read_documents(huge, general_rule()) == ([], huge)
