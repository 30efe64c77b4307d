"""Written and read again: every format, every allowed spelling; and what corruption does to it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matcher.documents.mrz import MrzFields, Spelling, make_mrz, parse_mrz
from matcher.documents.mrz.check_digits import VALUES, checks_of
from matcher.documents.mrz.generate import components
from matcher.documents.mrz.layout import ALPHABET, layouts
from matcher.documents.mrz.look_alikes import look_alikes
from matcher.documents.states import state_code
from matcher.errors import InputError, UsageError
from matcher.records import PartialDate
from tests.documents.mrz.zones import TODAY, documents, read_vectors, spellings


def _written(fields: MrzFields, spelling: Spelling) -> str:
    try:
        return make_mrz(fields, spelling)
    except InputError:
        assume(False)  # optional data too long beside a long number, or a name that this truncation can't cut
        raise


@settings(max_examples=300)
@given(documents(), spellings)
def test_what_was_written_is_read_again(fields: MrzFields, spelling: Spelling) -> None:
    """All check digits hold and every field comes back; a name that was cut comes back as prefixes."""
    mrz = parse_mrz(_written(fields, spelling), today=TODAY)
    assert mrz.valid
    assert set(mrz.warnings) <= {"name_ends_in_look_alikes"}  # MUXXLLER cut to MUXXLL does
    assert {one.field for one in mrz.repairs} <= {"name"}
    long_ones = ("TD1", "TD2")
    number = fields.document_number if fields.format in long_ones else fields.document_number[:9]
    assert (mrz.format, mrz.document_code, mrz.document_number) == (fields.format, fields.document_code, number)
    assert mrz.number_prefix == (number[:9] if len(number) > 9 else None)
    assert (mrz.issuing_state, mrz.nationality) == (state_code(fields.issuing_state), state_code(fields.nationality))
    assert (mrz.birth_date, mrz.expiry_date, mrz.sex) == (fields.birth_date, fields.expiry_date, fields.sex)
    assert (mrz.optional_data, mrz.optional_data_2) == (fields.optional_data, fields.optional_data_2)
    for identifier, name in ((mrz.primary_identifier, fields.primary), (mrz.secondary_identifier, fields.secondary)):
        whole = components(name, spelling)
        parts = identifier.split("<") if identifier else []
        if mrz.name_is_truncated:
            assert all(word.startswith(part) for part, word in zip(parts, whole, strict=False))
        else:
            assert parts == whole


@settings(max_examples=300)
@given(documents(whole_dates=True), spellings, st.data())
def test_a_corrupted_checked_field_is_seen_exactly_when_residues_differ(
    fields: MrzFields, spelling: Spelling, data: st.DataObject
) -> None:
    """One character changed in a field with its own check digit: `valid` turns false just when the sum can tell."""
    zone = _written(fields, spelling).replace("\n", "")
    layout = layouts()[fields.format]
    check = data.draw(st.sampled_from([one for one in checks_of(layout, zone) if one.field != "composite"]))
    offset = data.draw(st.sampled_from(check.covers))
    letter = data.draw(st.sampled_from([one for one in ALPHABET if one not in ("<", zone[offset])]))
    assume(zone[offset] != "<")  # a filler may end a long number; what follows then is another field
    spoilt = parse_mrz(zone[:offset] + letter + zone[offset + 1 :], today=TODAY)
    found = next(one for one in spoilt.check_digits if one.name == check.field)
    is_same = VALUES[letter] % 10 == VALUES[zone[offset]] % 10
    if not check.also:
        assert found.holds == is_same
    else:
        assert found.holds or not is_same  # of two conventions the other may hold by chance


@settings(max_examples=300)
@given(documents(whole_dates=True), spellings, st.data())
def test_the_repairs_of_a_look_alike_hold_the_truth(fields: MrzFields, spelling: Spelling, data: st.DataObject) -> None:
    """A look-alike that the check digit sees, or that cannot stand there, is undone by one of the ranked repairs."""
    zone = _written(fields, spelling).replace("\n", "")
    layout = layouts()[fields.format]
    check = data.draw(st.sampled_from([one for one in checks_of(layout, zone) if one.field != "composite"]))
    offset = data.draw(st.sampled_from([one for one in check.covers if zone[one] != "<"] or [check.offset]))
    assume(zone[offset] != "<")
    alike = [one for one in look_alikes().costs[zone[offset]] if one != "<"]
    assume(alike)  # R has none
    letter = data.draw(st.sampled_from(alike))
    assume(VALUES[letter] % 10 != VALUES[zone[offset]] % 10)
    mrz = parse_mrz(zone[:offset] + letter + zone[offset + 1 :], today=TODAY)
    assume(not mrz.check_digits[[one.name for one in mrz.check_digits].index(check.field)].holds)
    truth = parse_mrz(zone, today=TODAY)
    value = getattr(truth, check.field)
    text = value.iso() if isinstance(value, PartialDate) else value
    repairs = [one for one in mrz.repairs if one.field == check.field]
    assert text in [one.value for one in repairs]
    right = next(one for one in repairs if one.value == text)
    assert right.substitutions[0].found == letter or right.reason == "check_digit_misread"


@pytest.mark.parametrize("row", read_vectors("mrz_arabic.tsv"), ids=lambda row: row["components"])
def test_names_in_arabic_script_are_written_by_the_table(row: dict[str, str]) -> None:
    """Each published or derived example comes out, component by component."""
    assert "<".join(components(row["text"], Spelling())) == row["components"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"format": "TD9"}, UsageError),
        ({"document_number": "A123456789"}, InputError),
        ({"document_number": "A-1"}, InputError),
        ({"issuing_state": "FRANCE"}, InputError),
        ({"issuing_state": "fra"}, InputError),
        ({"primary": "ERIKSSON 2"}, InputError),
        ({"primary": "李"}, InputError),
        ({"optional_data": "A" * 15}, InputError),
        ({"optional_data_2": "A"}, InputError),
    ],
)
def test_what_a_format_cannot_hold_is_refused(change: dict[str, str], error: type[Exception]) -> None:
    """Nothing is cut or dropped in silence but names, by ICAO's rules, and a visa's number."""
    values: dict[str, Any] = {
        "format": "TD3", "document_code": "P", "issuing_state": "FRA", "nationality": "FRA", "document_number": "A1",
        "primary": "ERIKSSON",
    }  # fmt: skip
    with pytest.raises(error):
        make_mrz(MrzFields(**{**values, **change}))


@pytest.mark.parametrize("truncation", ["last", "initials", "equal"])
@pytest.mark.parametrize("kind", ["TD1", "TD2", "TD3"])
def test_a_cut_name_ends_in_a_letter_and_keeps_one_of_the_secondary_identifier(kind: str, truncation: str) -> None:
    """Whatever the method, the field is full, ends in a letter, and `<<` with a letter of the given names stands."""
    fields = MrzFields(
        kind,
        "P" if kind == "TD3" else "I",
        "UTO",
        "UTO",
        "A1",
        "BENNELONG WOOLOOMOOLOO WARRANDYTE WARNAMBOOL",
        "DINGO POTOROO",
    )
    mrz = parse_mrz(make_mrz(fields, Spelling(truncation=truncation)), today=TODAY)
    assert mrz.name_is_truncated
    assert mrz.secondary_identifier[0] == "D"
