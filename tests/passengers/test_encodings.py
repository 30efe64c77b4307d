"""Encodings: found by the stated rule, told by the caller, damaged in part."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from matcher.errors import InputError, UsageError
from matcher.passengers import describe_travellers, read_travellers
from matcher.passengers.encodings import find_encoding

ARABIC = "full_name,nationality\nمحمد علي,تونس\nفاطمة الزهراء,مصر\nيوسف عبد الرحمن,لبنان\n"
FRENCH = "nom,prénom,nationalité\nÇelik,Zoé,Suède\nLefèvre,Benoît,Norvège\nGarçon,Éloïse,Norvège\n"
MIXED = ARABIC + "Benoît Lefèvre,France\nZoé Garçon,France\n"


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (ARABIC, "utf-8", "utf-8"),
        (ARABIC, "utf-8-sig", "utf-8-sig"),
        (ARABIC, "utf-16", "utf-16"),
        (ARABIC, "utf-16-le", "utf-16-le"),
        (ARABIC, "utf-16-be", "utf-16-be"),
        (ARABIC, "windows-1256", "windows-1256"),
        (ARABIC, "iso-8859-6", "iso-8859-6"),
        (FRENCH, "windows-1252", "windows-1252"),
        (MIXED, "windows-1256", "windows-1256"),
        ("name\nAnna\n", "ascii", "utf-8"),
    ],
)
def test_each_encoding_is_found_and_read(tmp_path: Path, text: str, encoding: str, found: str) -> None:
    """The file is described and reads as the same file in UTF-8."""
    for name, one in (("list.csv", encoding), ("utf8.csv", "utf-8")):
        (tmp_path / name).write_bytes(text.encode(one))
    described = describe_travellers(tmp_path / "list.csv")
    assert described.encoding == found
    assert described.encoding_reason
    rows = read_travellers(tmp_path / "list.csv").read_all()
    assert rows.equals(read_travellers(tmp_path / "utf8.csv").read_all())
    assert rows.column("warnings").null_count == rows.num_rows


def test_a_told_encoding_counts(tmp_path: Path) -> None:
    """What the rule cannot know is read as told; a told encoding that is wrong is told of row by row."""
    path = tmp_path / "list.csv"
    path.write_bytes("name\nСергей Иванов\nПётр Чайковский\nАнна Каренина\n".encode("cp1251"))
    with pytest.raises(InputError, match="give its encoding"):
        read_travellers(path)
    assert read_travellers(path, encoding="cp1251").read_all().column("names").to_pylist()[0] == ["Сергей Иванов"]
    assert (
        read_travellers(path, encoding="utf-8").read_all().column("warnings").to_pylist() == [["encoding_damaged"]] * 3
    )


@pytest.mark.parametrize(
    "told", ["klingon", "base64", "rot13", "punycode", "undefined", "hex", "unicode_escape", "utf-7", ""]
)
def test_what_is_no_text_encoding_is_refused(told: str) -> None:
    """Unknown names, and codecs that aren't text encodings."""
    with pytest.raises(UsageError):
        find_encoding(io.BytesIO(b"name\n"), name="list.csv", told=told)


def test_mixed_encodings_are_a_warning_of_the_smaller_part(tmp_path: Path) -> None:
    """A UTF-8 file with a few rows of another encoding stays UTF-8; those rows are kept and say so."""
    path = tmp_path / "list.csv"
    path.write_bytes((ARABIC * 3).encode() + "محمد علي,تونس\n".encode("windows-1256") + b"Anna,SWE\n")
    rows = read_travellers(path).read_all().to_pylist()
    assert describe_travellers(path).encoding == "utf-8"
    assert [row["warnings"] for row in rows[-2:]] == [["encoding_damaged", "nationality_unknown"], None]
    assert len(rows) == 13


def test_a_letter_on_the_border_of_two_pieces_is_whole(tmp_path: Path) -> None:
    """A file larger than one piece of the scan is still valid UTF-8, wherever its letters fall."""
    for shift in range(3):
        content = b"name\n" + b"x" * shift + b"\n" + ("ق" * 700_000).encode() + b"\nAnna\n"
        assert find_encoding(io.BytesIO(content), name="list.csv").reason == "valid UTF-8"


def test_a_stray_byte_is_no_reason_to_refuse(tmp_path: Path) -> None:
    """Too few bytes to tell by: UTF-8, and the row says that it is damaged."""
    path = tmp_path / "list.csv"
    path.write_bytes(b"name\nAnna\nA\x98B\n")
    assert read_travellers(path).read_all().column("warnings").to_pylist() == [None, ["encoding_damaged"]]
