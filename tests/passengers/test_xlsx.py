"""Workbooks: what other programs wrote is read, what attacks is refused in one line."""

from __future__ import annotations

import contextlib
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest

from matcher.errors import EpervierError, InputError
from matcher.passengers import describe_travellers, read_travellers
from matcher.passengers.row import LONGEST_ROW
from tests.passengers.xlsx_files import MAIN, RELATIONS, SHEET, sheet_of, write_xlsx

SPECIMENS = Path(__file__).parent / "specimens"
ROWS = [["full_name", "dob"], ["Anna", "1974"], ["Berit", "31/12/1980"]]


def names(path: Path, **options: Any) -> list[str | None]:
    """Read a workbook and return each row's first name, or why it was rejected."""
    rows = read_travellers(path, **options).read_all().to_pylist()
    return [row["reject_reason"] or row["names"][0] for row in rows]


@pytest.mark.parametrize("program", ["openpyxl", "xlsxwriter"])
def test_what_other_programs_wrote_is_read(program: str) -> None:
    """Shared and inline texts, dates by style in both calendars, numbers, formulas; empty styled rows are none."""
    rows = read_travellers(SPECIMENS / f"{program}.xlsx").read_all().to_pylist()
    assert [row["names"] for row in rows] == [
        ["ERIKSSON, Anna Maria"],
        ["محمد, علي"],
        ["O'Brien & <Söner>, Åsa"],
        ["Tab\tand\nline, B"],
    ]
    dates = [tuple(row["birth_date"][part] for part in ("year", "month", "day")) for row in rows]
    assert dates == [(1974, 8, 12), (1980, None, None), (1900, 2, 28), (1975, None, None)]
    assert [row["documents"][0]["number"] for row in rows] == ["123456789", "X0012345", "00123", "true"]
    assert [row["warnings"] for row in rows] == [None, ["birth_date_ambiguous"], None, None]


def test_the_first_sheet_that_shows_or_the_one_named() -> None:
    """A hidden sheet is read only when it is asked for; an unknown name is refused without the names there."""
    path = SPECIMENS / "openpyxl.xlsx"
    assert describe_travellers(path).sheet == "Travellers"
    with pytest.raises(InputError, match="none is known"):
        read_travellers(path, sheet="First")
    with pytest.raises(InputError, match="has 2 sheets and none of the name"):
        read_travellers(path, sheet="Third")


def test_cells_stand_where_their_reference_says(tmp_path: Path) -> None:
    """Left-out cells and rows move nothing; cells without reference follow one another."""
    sheet = (
        f"<worksheet {MAIN}><sheetData>"
        '<row r="3"><c r="B3" t="str"><v>full_name</v></c><c r="AB3" t="str"><v>dob</v></c></row>'
        '<row r="4"><c r="B4" t="str"><v>Anna</v></c></row>'
        '<row r="6"><c r="AB6"><v>1974</v></c></row>'
        '<row r="7"><c/><c t="str"><v>Berit</v></c><c r="AB7" t="e"><v>#N/A</v></c></row>'
        "</sheetData></worksheet>"
    )
    rows = read_travellers(write_xlsx(tmp_path / "list.xlsx", sheet)).read_all().to_pylist()
    assert [row["reject_reason"] or row["names"] for row in rows] == [["Anna"], "no_name_or_document", ["Berit"]]
    assert rows[1]["birth_date"]["year"] == 1974
    assert rows[2]["birth_date"] is None


def test_a_repeated_header_and_a_huge_row_are_rejects(tmp_path: Path) -> None:
    """Neither is lost, and the rows behind them are read."""
    rows: list[list[str | None]] = [
        [*ROWS[0]],
        [*ROWS[1]],
        [*ROWS[2]],
        [*ROWS[0]],
        ["x" * (LONGEST_ROW + 1), None],
        ["Cilla", None],
    ]
    path = write_xlsx(tmp_path / "list.xlsx", sheet_of(rows))
    assert names(path) == ["Anna", "Berit", "repeated_header", "field_too_long", "Cilla"]


def test_prefixed_elements_and_phonetic_text(tmp_path: Path) -> None:
    """Other namespace prefixes are the same format; the reading beside a text isn't part of it."""
    sheet = (
        f'<x:worksheet xmlns:x="{RELATIONS}"><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c></x:row>'
        '<x:row><x:c t="s"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    texts = "<sst><si><t>full_name</t></si><si><r><t>An</t></r><r><t>na</t></r><rPh><t>phonetic</t></rPh></si></sst>"
    assert names(write_xlsx(tmp_path / "list.xlsx", sheet, {"xl/sharedStrings.xml": texts})) == ["Anna"]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("sheet", "parts", "message"),
    [
        (BOMB + sheet_of([["full_name"], ["A"]]).replace("A</t>", "&b;</t>"), {}, "document type"),
        (OUTSIDE + sheet_of(ROWS), {}, "document type"),
        (sheet_of(ROWS), {"xl/sharedStrings.xml": BOMB + "<sst/>"}, "document type"),
        (sheet_of(ROWS)[:-30], {}, "not a whole xlsx"),
        (sheet_of(ROWS).replace("<c t=", '<c r="ZZZZ1" t=', 1), {}, "not a whole xlsx"),
        (sheet_of(ROWS).replace("<c t=", '<c r="é1" t=', 1), {}, "not a whole xlsx"),
        (f'<worksheet {MAIN}><sheetData><row><c t="s"><v>7</v></c></row></sheetData></worksheet>', {}, "not a whole"),
        (f'<worksheet {MAIN}><sheetData><row><c t="s"><v>x</v></c></row></sheetData></worksheet>', {}, "not a whole"),
        (sheet_of([]), {}, "empty sheet"),
        (sheet_of([[None, " "]]), {}, "none is known"),
        (sheet_of(ROWS), {"xl/workbook.xml": None}, "not a whole xlsx"),
        (sheet_of(ROWS), {SHEET: None}, "not a whole xlsx"),
        (sheet_of(ROWS), {"xl/_rels/workbook.xml.rels": "<Relationships/>"}, "not a whole xlsx"),
        (
            sheet_of(ROWS),
            {
                "xl/_rels/workbook.xml.rels": '<R><Relationship Id="rId1" Target="file:///etc/passwd" '
                'TargetMode="External"/></R>'
            },
            "not a whole xlsx",
        ),
        (
            sheet_of(ROWS),
            {"xl/_rels/workbook.xml.rels": '<R><Relationship Id="rId1" Target="../../../../etc/passwd"/></R>'},
            "not a whole xlsx",
        ),
        (sheet_of(ROWS), {"xl/media/big.bin": b"\0" * (80 << 20)}, "a bomb"),
        (sheet_of(ROWS), {f"x{number}": "" for number in range(2_001)}, "more than a workbook may"),
        (sheet_of(ROWS), {"xl/styles.xml": " " * (17 << 20)}, "a part of over 16 MB"),
    ],
)
def test_an_attack_or_a_damage_is_one_line(
    tmp_path: Path, sheet: str, parts: dict[str, str | bytes | None], message: str
) -> None:
    """Entities, references outside, bombs, broken parts: InputError, nothing read, nothing crashed."""
    path = write_xlsx(tmp_path / "list.xlsx", sheet, parts)
    with pytest.raises(InputError, match=message) as caught:
        read_travellers(path).read_all()
    assert "\n" not in str(caught.value)
    assert "passwd" not in str(caught.value)


def test_two_cells_in_far_corners_cost_nothing(tmp_path: Path) -> None:
    """No grid is made of a sheet: the last cell of all possible ones is just another cell."""
    sheet = (
        f"<worksheet {MAIN}><sheetData>"
        '<row r="1"><c r="A1" t="str"><v>full_name</v></c><c r="XFD1" t="str"><v>dob</v></c></row>'
        '<row r="1048576"><c r="A1048576" t="str"><v>Anna</v></c><c r="XFD1048576"><v>1974</v></c></row>'
        "</sheetData></worksheet>"
    )
    tracemalloc.start()
    try:
        assert names(write_xlsx(tmp_path / "list.xlsx", sheet)) == ["Anna"]
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_an_old_or_encrypted_workbook_says_what_to_do(tmp_path: Path) -> None:
    """Both are the same container of another kind, which isn't read."""
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(InputError, match="save it as xlsx without a password"):
        read_travellers(path)


@pytest.mark.parametrize("keep", range(0, 1_400, 97))
def test_a_workbook_cut_anywhere_is_refused(tmp_path: Path, keep: int) -> None:
    """Half a zip is never half a list."""
    path = write_xlsx(tmp_path / "list.xlsx", sheet_of(ROWS))
    path.write_bytes(path.read_bytes()[: min(keep, path.stat().st_size - 1)])
    with pytest.raises(InputError):
        read_travellers(path).read_all()


@pytest.mark.parametrize("seed", range(40))
def test_a_workbook_with_wrong_bytes_is_rows_or_one_error(tmp_path: Path, seed: int) -> None:
    """Bytes changed in the packed file end in an EpervierError or in rows."""
    path = write_xlsx(tmp_path / "list.xlsx", sheet_of(ROWS))
    content = bytearray(path.read_bytes())
    for step in range(4):
        content[(seed * 7919 + step * 104_729) % len(content)] ^= 1 << (seed + step) % 8
    path.write_bytes(content)
    with contextlib.suppress(EpervierError):
        read_travellers(path).read_all()


def test_a_stored_workbook_is_read_too(tmp_path: Path) -> None:
    """Parts need not be compressed."""
    packed = write_xlsx(tmp_path / "packed.xlsx", sheet_of(ROWS))
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(tmp_path / "list.xlsx", "w") as target:
        for part in source.namelist():
            target.writestr(part, source.read(part))
    assert names(tmp_path / "list.xlsx") == ["Anna", "Berit"]


def test_many_rows_with_one_far_cell_stay_small(tmp_path: Path) -> None:
    """Memory follows what the cells hold, not where they stand."""
    far = '<row><c r="XFD1"><v>1974</v></c></row>'
    sheet = (
        f'<worksheet {MAIN}><sheetData><row><c t="str"><v>full_name</v></c><c r="XFD1" t="str"><v>dob</v></c></row>'
        f"{far * 20_000}</sheetData></worksheet>"
    )
    path = write_xlsx(tmp_path / "list.xlsx", sheet)
    tracemalloc.start()
    try:
        assert sum(batch.num_rows for batch in read_travellers(path)) == 20_000
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()
