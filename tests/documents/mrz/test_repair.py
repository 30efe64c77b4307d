"""Repairs: ranked proposals with their reason; the value itself is never changed by one."""

from __future__ import annotations

import pytest

from matcher.documents.mrz import parse_mrz
from matcher.documents.mrz.document import Repair
from tests.documents.mrz.zones import TD1, TD3, TODAY


def _first(text: str, field: str) -> Repair:
    return next(one for one in parse_mrz(text, today=TODAY).repairs if one.field == field)


@pytest.mark.parametrize(
    ("found", "read"),
    [("L8989O2C3", "L898902C3"), ("LB98902C3", "L898902C3"), ("L898902C8", "L898902C3"), ("L8989Q2C3", "L898902C3")],
)
def test_a_look_alike_in_the_number_is_the_first_or_among_the_first(found: str, read: str) -> None:
    """O for 0 and B for 8 come first; rarer pairs are in the list; the number returned is the one that stands there."""
    mrz = parse_mrz(TD3.replace("L898902C3", found), today=TODAY)
    assert mrz.document_number == found
    values = [one.value for one in mrz.repairs if one.field == "document_number"]
    assert read in values
    if found[5] == "O" or found[1] == "B":
        assert values[0] == read


def test_the_composite_is_a_second_witness() -> None:
    """A wrong check digit with a right number: the composite says that the digit was misread, and that ranks first."""
    repair = _first(TD3.replace("7408122F", "7408123F"), "birth_date")
    assert (repair.value, repair.reason) == ("1974-08-12", "check_digit_misread")


def test_a_german_number_has_no_vowels_and_no_s() -> None:
    """S for 8 passes the check digit, but no German number has an S: the repair is there though all digits hold."""
    line = "P<D<<MUSTERMANN<<ERIKA<<<<<<<<<<<<<<<<<<<<<<\nC01X00T478D<<6408125F2702283<<<<<<<<<<<<<<<4"
    assert parse_mrz(line, today=TODAY).valid
    mrz = parse_mrz(line.replace("C01X00T47", "C01X0UT47"), today=TODAY)
    assert mrz.valid
    assert mrz.warnings == ("number_outside_alphabet",)
    assert (mrz.repairs[0].value, mrz.repairs[0].reason) == ("C01X00T47", "issuer_alphabet")


@pytest.mark.parametrize(
    ("spoilt", "field", "value"),
    [
        (TD3.replace("P<UTO", "P<UT0"), "issuing_state", "UTO"),
        (TD3.replace("P<UTO", "P<UTQ"), "issuing_state", "UTO"),
        (TD3.replace("ERIKSSON", "ERIKSS0N"), "name", "ERIKSSON<<ANNA<MARIA"),
        (TD3.replace("MARIA" + "<" * 19, "MARIA" + "KK<KK<KKKKKKKKKKKKK"), "name", "ERIKSSON<<ANNA<MARIA"),
        (TD3.replace("7408122F", "74O8122F"), "birth_date", "1974-08-12"),
        (TD3.replace("1204159", "I2O4159"), "expiry_date", "2012-04-15"),
    ],
)
def test_what_must_be_a_letter_a_digit_or_a_filler_is_proposed_as_one(spoilt: str, field: str, value: str) -> None:
    """Digits in names and codes, letters in dates, K in place of fillers."""
    found = [one.value for one in parse_mrz(spoilt, today=TODAY).repairs if one.field == field]
    assert value in found


def test_an_unreadable_character_is_filled_by_the_check_digit() -> None:
    """One character that nobody read: the check digit leaves those of one residue, digits and letters, and says why."""
    mrz = parse_mrz(TD3.replace("L898902C3", "L89*902C3"), today=TODAY)
    assert not mrz.valid
    assert "character_unreadable" in mrz.warnings
    repairs = [one for one in mrz.repairs if one.field == "document_number"]
    assert "L898902C3" in [one.value for one in repairs]
    assert {one.reason for one in repairs} == {"unreadable"}


def test_the_composite_alone_points_at_what_only_it_covers() -> None:
    """All own digits hold and the composite doesn't: the optional data, or the composite digit itself."""
    zone = TD1.replace("D231458907<<<", "D231458907A5<")
    mrz = parse_mrz(zone, today=TODAY)
    assert [one.name for one in mrz.check_digits if not one.holds] == ["composite"]
    assert {"optional_data", "composite"} >= {one.field for one in mrz.repairs} > set()


def test_a_zone_that_holds_needs_no_repair() -> None:
    """Valid and without a warning: no proposals."""
    assert parse_mrz(TD3, today=TODAY).repairs == ()
