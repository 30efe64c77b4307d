"""Files and columns of machine readable zones: grouping, warnings, and no zone lost with another."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.errors import InputError
from matcher.passengers import describe_travellers, mrz_warnings, read_travellers, traveller_from_mrz, traveller_row

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
NUMBERS = {TD3: "L898902C3", TD1: "D23145890", TD2: "D23145890"}


def read(folder: Path, text: str, name: str = "list.mrz") -> list[str]:
    """Write a file and return each row's document number, or why it was rejected."""
    path = folder / name
    path.write_bytes(text.encode())
    rows = read_travellers(path).read_all().to_pylist()
    return [row["reject_reason"] or row["documents"][0]["number"] for row in rows]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("between", ["", "\n", "\n \n\n"])
def test_zones_of_every_format_in_every_file_form(tmp_path: Path, between: str, end: str) -> None:
    """One after the other, with blank lines, and in any mixture of formats."""
    zones = [TD3, TD1, TD2, TD1, TD3, TD2]
    text = (between + "\n").join(zones).replace("\n", end)
    assert read(tmp_path, text) == [NUMBERS[zone] for zone in zones]
    assert read(tmp_path, text, "list.txt") == [NUMBERS[zone] for zone in zones]


def test_one_zone_a_line(tmp_path: Path) -> None:
    """Run-on zones need no line between."""
    text = "\n".join(zone.replace("\n", "") for zone in (TD3, TD2, TD1))
    assert read(tmp_path, text) == [NUMBERS[zone] for zone in (TD3, TD2, TD1)]


@pytest.mark.parametrize(
    "damage",
    [
        TD3.split("\n")[0],
        TD3.split("\n")[1],
        "\n".join(TD1.split("\n")[:2]),
        "hello",
        "<" * 44,
        "x" * 500,
    ],
)
def test_a_zone_with_a_line_missing_takes_no_other_with_it(tmp_path: Path, damage: str) -> None:
    """Between zones without blank lines, what is damaged is a reject and the others are read."""
    found = read(tmp_path, "\n".join([TD3, damage, TD3, TD1]))
    assert [one for one in found if one in NUMBERS.values()] == ["L898902C3", "L898902C3", "D23145890"]
    assert len(found) > 3
    assert set(found) <= {"mrz_unreadable", "field_too_long", *NUMBERS.values()}


def test_a_failed_check_digit_is_a_warning(tmp_path: Path) -> None:
    """The traveller is screened with what was read, and the row says so."""
    wrong = TD3.replace("L898902C36", "L898902C37")
    read(tmp_path, f"{wrong}\n{TD3}")
    rows = read_travellers(tmp_path / "list.mrz").read_all().to_pylist()
    assert [row["warnings"] for row in rows] == [["mrz_check_digit_failed"], None]
    assert rows[0]["documents"][0]["number"] == "L898902C3"
    assert (mrz_warnings(wrong), mrz_warnings(TD3)) == (("mrz_check_digit_failed",), ())


def test_a_row_equals_the_single_traveller(tmp_path: Path) -> None:
    """Source is the zone, who verified it isn't said, the expiry date stands with the document."""
    read(tmp_path, TD3)
    row = read_travellers(tmp_path / "list.mrz").read_all().to_pylist()[0]
    assert row == traveller_row(traveller_from_mrz(TD3), 1)
    assert (row["source"], row["verified"], row["sex"], row["birth_date"]["year"]) == ("mrz", None, "F", 1974)
    assert row["documents"] == [
        {"number": "L898902C3", "issuing_state": "UTO", "type": "P", "expires_on": "2012-04-15"}
    ]


def test_a_column_of_zones_beside_others(tmp_path: Path) -> None:
    """The zone's names and number come first, equal numbers once; a bad zone is a warning beside a name."""
    path = tmp_path / "list.csv"
    zone = TD3.replace("\n", "")
    path.write_text(
        "mrz,full_name,passport,dob,pnr\n"
        f'"{TD3}",,,,r1\n{zone},Anna Eriksson,l898902c3,1980,r2\n{zone},,X77,,r3\n'
        "P<UTO,Berit,,1981,r4\nP<UTO,,,,r5\n,Cilla,,,\n",
        encoding="utf-8",
    )
    rows = read_travellers(path).read_all().to_pylist()
    assert [row["reject_reason"] for row in rows] == [None, None, None, None, "mrz_unreadable", None]
    assert [len(row["documents"] or ()) for row in rows] == [1, 1, 2, 0, 0, 0]
    assert rows[1]["names"] == ["ERIKSSON, ANNA MARIA", "Anna Eriksson"]
    assert (rows[1]["birth_date"]["year"], rows[3]["birth_date"]["year"]) == (1974, 1981)
    assert (rows[3]["warnings"], rows[5]["source"]) == (["mrz_unreadable"], None)


@pytest.mark.parametrize("text", ["", "\n\n", "full_name,dob\nAnna,1974\n", "hello\n" * 50, "<" * 2_000_000])
def test_what_holds_no_zone_is_refused(tmp_path: Path, text: str) -> None:
    """A file of another format is one InputError, not a list of rejects."""
    with pytest.raises(InputError, match="no machine readable zone"):
        read(tmp_path, text)


def test_a_text_that_is_no_zone_or_several_is_refused() -> None:
    """For a single lookup there is one zone or an error without its text."""
    for text in ("", "Anna", f"{TD3}\n{TD3}"):
        with pytest.raises(InputError) as caught:
            traveller_from_mrz(text)
        assert "ERIKSSON" not in str(caught.value)


def test_the_description_says_mrz(tmp_path: Path) -> None:
    """A text file that begins with a zone is one of zones."""
    read(tmp_path, TD3, "list.txt")
    assert describe_travellers(tmp_path / "list.txt").format == "mrz"
    (tmp_path / "list.txt").write_text("full_name\nAnna\n", encoding="utf-8")
    assert describe_travellers(tmp_path / "list.txt").format == "csv"


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared beside the checkout")
def test_the_specimens_in_one_file_are_as_many_travellers(tmp_path: Path) -> None:
    """Every specimen, damaged ones too, written one after the other without blank lines, is one row."""
    lines = (SHARED / "data" / "mrz" / "specimens.tsv").read_text("utf-8").splitlines()[1:]
    zones = ["\n".join(filter(None, line.split("\t")[2:5])) for line in lines]
    found = read(tmp_path, "\n".join(zones))
    assert len(found) == len(zones)
    assert "mrz_unreadable" not in found


def test_a_file_of_zones_gives_what_each_zone_gives_alone(tmp_path: Path) -> None:
    """Reading many at a time changes nothing: rows and warnings are those of the single traveller."""
    zones = [TD3, TD1, TD2, TD3.replace("740812", "74XX12"), TD3.replace("2F12", "2Q12"), TD2.replace("UTO7", "XXX7")]
    read(tmp_path, "\n\n".join(zones))
    rows = read_travellers(tmp_path / "list.mrz").read_all().to_pylist()
    for number, (row, zone) in enumerate(zip(rows, zones, strict=True), 1):
        assert row == traveller_row(traveller_from_mrz(zone), number, warned=mrz_warnings(zone))
    assert rows[3]["warnings"] == ["birth_date_unreadable", "mrz_check_digit_failed"]
    assert "sex_unknown" in rows[4]["warnings"]
