"""Reading a zone: forgiving of its writing, exact about its fields, and never stopped by a failed digit."""

from __future__ import annotations

import contextlib
import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.documents.mrz import parse_many, parse_mrz
from matcher.documents.mrz.check_digits import check_digit
from matcher.documents.mrz.fields import read_birth_date, read_expiry_date
from matcher.errors import InputError
from tests.documents.mrz.zones import ALL, MRV_B, TD1, TD2, TD3, TODAY, read_vectors

LINE_1, LINE_2 = TD3.split("\n")

WRITINGS = [
    ("line ends of Windows", TD3.replace("\n", "\r\n")),
    ("line ends of old Macs", TD3.replace("\n", "\r")),
    ("Unicode line ends", TD3.replace("\n", "\u2028")),
    ("blank lines", "\n\n" + TD3.replace("\n", "\n\n \n") + "\n"),
    ("lower case", TD3.lower()),
    ("one run-on line", TD3.replace("\n", "")),
    ("one line with a space", TD3.replace("\n", " ")),
    ("spaces every five", " ".join(TD3.replace("\n", "")[at : at + 5] for at in range(0, 88, 5))),
    ("indented", "\n".join("    " + line + "\t" for line in TD3.split("\n"))),
    ("spaces for fillers", TD3.replace("<", " ")),
    ("single guillemets", TD3.replace("<", "‹")),
    ("guillemets for two", TD3.replace("<<", "«")),
    ("guillemets for one", TD3.replace("<", "«")),
    ("full width", "".join(chr(ord(one) + 0xFEE0) if one > " " else one for one in TD3)),
    ("escaped for HTML", TD3.replace("<", "&lt;")),
    ("Arabic-Indic digits", TD3.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))),
    ("hidden controls", "\ufeff\u202a" + TD3[:7] + "\u200b" + TD3[7:] + "\x00"),
    ("lines around", f"PASSPORT No. 12345\nSigned:\n{TD3}\nend of page\n-- \n"),
    ("wrapped elsewhere", "\n".join(TD3.replace("\n", "")[at : at + 33] for at in range(0, 88, 33))),
    ("name line without its last fillers", f"{LINE_1.rstrip('<')}\n{LINE_2}"),
    ("name line one short", f"{LINE_1[:-1]}\n{LINE_2}"),
    ("name line two long", f"{LINE_1}<<\n{LINE_2}"),
    ("second line one short among its fillers", f"{LINE_1}\n{LINE_2.replace('<<<<<', '<<<<')}"),
    ("second line two long among its fillers", f"{LINE_1}\n{LINE_2.replace('<<<<<', '<<<<<<<')}"),
    ("run-on line one short", TD3.replace("\n", "").replace("<<<<<10", "<<<<10")),
]


@pytest.mark.parametrize(("why", "text"), WRITINGS, ids=[why for why, _ in WRITINGS])
def test_every_way_of_writing_gives_the_same_zone(why: str, text: str) -> None:
    """Line ends, case, spaces, look-alikes of the filler, junk around and lost fillers change nothing that is read."""
    mrz = parse_mrz(text, today=TODAY)
    assert mrz.lines == tuple(TD3.split("\n")), why
    assert mrz.valid


@pytest.mark.parametrize(("kind", "zone"), ALL.items())
def test_every_format_is_recognised_on_lines_and_in_one(kind: str, zone: str) -> None:
    """Each format is told by its shape and first letter, broken into lines or not."""
    assert parse_mrz(zone, today=TODAY).format == kind
    assert parse_mrz(zone.replace("\n", ""), today=TODAY).lines == tuple(zone.split("\n"))


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "hello", "P<UTO", LINE_1, LINE_2, f"{LINE_1}\n{LINE_1}", "A" * 88, "9" * 90,
     "7" * 44 + "\n" + "7" * 44, TD3[:-6], f"{LINE_1}\n{LINE_2}{LINE_2[:5]}", "x" * 200_000],
)  # fmt: skip
def test_what_is_no_zone_is_refused_in_one_line_without_its_content(text: str) -> None:
    """No zone, half a zone and a line five characters off are an InputError that quotes nothing."""
    with pytest.raises(InputError) as refusal:
        parse_mrz(text, today=TODAY)
    message = str(refusal.value)
    assert "\n" not in message
    assert "ERIKSSON" not in message
    assert "L898902C3" not in message


@pytest.mark.parametrize("between", ["\n", "\n\nand the next\n", "\r\n"])
def test_two_documents_pasted_together_are_told_apart(between: str) -> None:
    """parse_mrz says that there are two; parse_many reads both, in order, of any formats."""
    both = TD3 + between + TD1 + between + MRV_B
    with pytest.raises(InputError, match=r"3 machine readable zones.*parse_many"):
        parse_mrz(both, today=TODAY)
    assert [one.format for one in parse_many(both, today=TODAY)] == ["TD3", "TD1", "MRV-B"]
    assert [one.format for one in parse_many((TD2 * 2).replace("\n", ""), today=TODAY)] == ["TD2", "TD2"]


def test_failed_check_digits_gate_nothing() -> None:
    """With every check digit wrong the values are still there, and each failure is told with what was expected."""
    line = list(LINE_2)
    for offset in (9, 19, 27, 42, 43):
        line[offset] = str((int(line[offset]) + 1) % 10)
    mrz = parse_mrz(f"{LINE_1}\n{''.join(line)}", today=TODAY)
    assert (mrz.document_number, mrz.valid) == ("L898902C3", False)
    assert mrz.birth_date is not None
    assert mrz.birth_date.iso() == "1974-08-12"
    assert [one.holds for one in mrz.check_digits] == [False] * 5
    assert [one.expected for one in mrz.check_digits[:4]] == ["6", "2", "9", "1"]


@pytest.mark.parametrize("row", read_vectors("mrz_long_numbers.tsv"), ids=lambda row: row["rest"])
@pytest.mark.parametrize("kind", ["TD1", "TD2"])
def test_a_long_number_is_put_together(kind: str, row: dict[str, str]) -> None:
    """TD1 and TD2 give the whole number, its nine characters, and a check digit that holds by either convention."""
    long_part = f"{row['rest']}{row['digit']}"
    if kind == "TD1":
        zone = f"I<UTO{row['first']}<{long_part:<<15}\n7408122F1204159UTO<<<<<<<<<<<0\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
    else:
        zone = f"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n{row['first']}<UTO7408122F1204159{long_part:<<7}0"
    mrz = parse_mrz(zone, today=TODAY)
    assert (mrz.document_number, mrz.number_prefix, mrz.optional_data) == (row["first"] + row["rest"], row["first"], "")
    assert mrz.check_digits[0].holds
    wrong = parse_mrz(zone.replace(long_part, f"{row['rest']}4"), today=TODAY)
    assert not wrong.check_digits[0].holds
    assert wrong.document_number == mrz.document_number


def test_td3_has_no_long_numbers() -> None:
    """A filler in place of a passport's check digit fails it; the optional data stays the personal number."""
    mrz = parse_mrz(f"{LINE_1}\n{LINE_2[:9]}<{LINE_2[10:]}", today=TODAY)
    assert (mrz.document_number, mrz.number_prefix, mrz.personal_number) == ("L898902C3", None, "ZE184226B")
    assert not mrz.check_digits[0].holds


@pytest.mark.parametrize("digit", ["<", "0"])
def test_both_conventions_of_empty_optional_data_hold(digit: str) -> None:
    """TD3's check digit over nothing may be a filler or zero, and no other."""
    body = "L898902C36UTO7408122F1204159<<<<<<<<<<<<<<" + digit
    composite = check_digit(body[:10] + body[13:20] + body[21:43])
    assert parse_mrz(f"{LINE_1}\n{body}{composite}", today=TODAY).valid
    wrong = body[:-1] + "5"
    assert not parse_mrz(f"{LINE_1}\n{wrong}{composite}", today=TODAY).check_digits[3].holds


@pytest.mark.parametrize(
    ("six", "expected"),
    [("740812", "1974-08-12"), ("80<<<<", "1980"), ("8012<<", "1980-12"), ("<<1231", "????-12-31"), ("800000", "1980"),
     ("801200", "1980-12"), ("<<<<<<", None), ("991301", None), ("990230", None), ("000229", "2000-02-29"),
     ("010229", None), ("8<<<<<", None), ("261121", "2026-11-21"), ("261122", "1926-11-22"), ("2612<<", "1926-12")],
)  # fmt: skip
def test_a_birth_date_keeps_its_known_parts_and_is_never_in_the_future(six: str, expected: str | None) -> None:
    """Unknown parts stay unknown, an impossible day is none, the century is the latest that has passed."""
    date = read_birth_date(six, today=TODAY)
    assert (date.iso() if date else None) == expected


def test_a_birth_is_not_after_the_end_of_the_document() -> None:
    """A document that ended in 2012 belongs to someone born in 1920, not in 2020."""
    expiry = read_expiry_date("120415", today=TODAY)
    born = read_birth_date("200101", today=TODAY, expiry=expiry)
    assert born is not None
    assert born.year == 1920


@given(st.dates(datetime.date(1957, 1, 1), datetime.date(2056, 12, 31)))
def test_an_end_of_validity_lies_in_the_window(day: datetime.date) -> None:
    """Every day from 69 years ago to 30 years ahead comes back as itself."""
    date = read_expiry_date(f"{day:%y%m%d}", today=TODAY)
    assert date is not None
    assert (date.year, date.month, date.day) == (day.year, day.month, day.day)


def _with_state(code: str) -> str:
    return TD3.replace("P<UTO", f"P<{code}").replace("6UTO7", f"6{code}7")


@pytest.mark.parametrize(
    ("code", "expected", "warnings"),
    [("D<<", "DEU", ()), ("ROM", "ROU", ()), ("ZAR", "COD", ()), ("GBN", "GBN", ()), ("RKS", "RKS", ()),
     ("UNK", "UNK", ()), ("XPO", "XPO", ()), ("XXC", "XXC", ()), ("XCE", "XCE", ()), ("XMP", "XMP", ()),
     ("XDC", "XDC", ()), ("IAO", "IAO", ()),
     ("QQQ", "QQQ", ("issuing_state_unknown", "nationality_unknown")), ("UT0", "UTO", ("digit_for_letter",))],
)  # fmt: skip
def test_codes_outside_iso_and_superseded_ones_are_states(code: str, expected: str, warnings: tuple[str, ...]) -> None:
    """ICAO-only codes stay, replaced ones become the present code, an unknown one is kept with a warning."""
    mrz = parse_mrz(_with_state(code).replace("L898902C3", "L898902C3"), today=TODAY)
    assert (mrz.issuing_state, mrz.nationality) == (expected, expected)
    assert mrz.warnings == warnings


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("P<", "passport"),
        ("PP", "passport"),
        ("PD", "passport"),
        ("PX", "passport"),
        ("PE", "emergency"),
        ("PR", "passport"),
    ],
)
def test_document_classes_before_and_after_2026(code: str, expected: str) -> None:
    """Old and harmonised second letters give the same class, an emergency passport its own."""
    mrz = parse_mrz(code + TD3[2:], today=TODAY)
    assert (mrz.document_class, mrz.document_code, mrz.warnings) == (expected, code.rstrip("<"), ())


@pytest.mark.parametrize("row", read_vectors("mrz_truncation.tsv"), ids=lambda row: row["field"])
def test_a_truncated_name_is_told_and_its_components_are_prefixes(row: dict[str, str]) -> None:
    """A letter in the last position means truncated, even where the name happened to fit; components stay prefixes."""
    zones = {"39": TD3, "31": TD2, "30": TD1}
    whole = zones[row["width"]]
    name = "ERIKSSON<<ANNA<MARIA".ljust(int(row["width"]), "<")
    mrz = parse_mrz(whole.replace(name, row["field"]), today=TODAY)
    assert mrz.name_is_truncated
    assert mrz.valid
    for identifier, full in ((mrz.primary_identifier, row["primary"]), (mrz.secondary_identifier, row["secondary"])):
        pairs = zip(identifier.split("<"), full.split(), strict=False)
        assert all(word.startswith(part) for part, word in pairs)
    assert not parse_mrz(whole, today=TODAY).name_is_truncated


def test_a_letter_in_a_date_is_read_as_its_digit_and_the_digit_still_judges_what_stood_there() -> None:
    """O for 0 in a birth date: the date is read, the warning says so, the check digit fails on the letter."""
    mrz = parse_mrz(TD3.replace("7408122", "74O8122"), today=TODAY)
    assert mrz.birth_date is not None
    assert mrz.birth_date.iso() == "1974-08-12"
    assert mrz.warnings == ("letter_for_digit",)
    assert not mrz.valid
    assert (mrz.repairs[0].field, mrz.repairs[0].value, mrz.repairs[0].reason) == (
        "birth_date",
        "1974-08-12",
        "must_be_digit",
    )


def test_the_arabic_scheme_is_read_beside_the_spelling_as_written() -> None:
    """Both readings are kept; a name in Latin letters with an X in it has the one."""
    mrz = parse_mrz(TD3.replace("ERIKSSON<<ANNA<MARIA<", "MXHMD<<ABW<BKR<ALRAZY"), today=TODAY)
    assert [name.text() for name in mrz.names] == ["MXHMD, ABW BKR ALRAZY", "محمد, ابو بكر الرازي"]
    plain = parse_mrz(TD3.replace("ERIKSSON<<ANNA<MARIA", "XAVIER<<MAX<ALEXANDE"), today=TODAY)
    assert [name.text() for name in plain.names] == ["XAVIER, MAX ALEXANDE"]


@settings(max_examples=300)
@given(st.text(max_size=120))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes anything leave but InputError."""
    with contextlib.suppress(InputError):
        parse_mrz(text, today=TODAY)


@settings(max_examples=200)
@given(st.sampled_from(sorted(ALL.values())), st.integers(0, 89), st.characters(codec="utf-8"))
def test_noise_in_any_position_leaves_the_other_fields(zone: str, place: int, noise: str) -> None:
    """One character made into anything: the zone is still found, or refused; never another document's fields."""
    place = min(place, len(zone) - 1)
    if zone[place] == "\n":
        return
    try:
        mrz = parse_mrz(zone[:place] + noise + zone[place + 1 :], today=TODAY)
    except InputError:
        return
    clean = parse_mrz(zone, today=TODAY)
    fields = ("document_number", "issuing_state", "nationality", "birth_date", "expiry_date", "sex")
    changed = [name for name in fields if getattr(mrz, name) != getattr(clean, name)]
    assert len(changed) <= 2
