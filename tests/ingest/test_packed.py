"""Packed files: every format reads as if unpacked, and what attacks is refused."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from pathlib import Path

import pytest

from matcher.errors import EpervierError, InputError
from matcher.files import LOCAL_DISK
from matcher.ingest import packed
from matcher.ingest.packed import unpacked
from tests.ingest.reading import Outcome, read_paths

ROOT = Path(__file__).parents[2]
FILES = [
    ("sltd-csv", ROOT / "data" / "lost_stolen_documents.csv"),
    ("interpol-notices-json", ROOT / "data" / "samples" / "interpol_red.jsonl"),
    ("ftm-json", ROOT / "data" / "samples" / "entities.ftm.jsonl"),
]
SLTD = b"document_number,issuing_state,document_type,status,reported_on,issued_on,expires_on,review_on,"
SLTD += b"national_reference,note\nA1,UTO,P,lost,,,,,,\n"


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def read(folder: Path, content: bytes, format_name: str = "sltd-csv") -> Outcome:
    path = folder / "list.packed"
    path.write_bytes(content)
    return read_paths(format_name, [path])


@pytest.mark.parametrize(("format_name", "path"), FILES)
def test_packed_and_plain_are_the_same_list(tmp_path: Path, format_name: str, path: Path) -> None:
    """Gzip and zip give the entries, documents and rejects of the plain file."""
    plain = read_paths(format_name, [path])
    for content in (gzip.compress(path.read_bytes()), zipped({path.name: path.read_bytes()})):
        found = read(tmp_path, content, format_name)
        assert (found.persons, found.documents, found.rejects) == (plain.persons, plain.documents, plain.rejects)


def test_a_zip_may_hold_the_files_of_one_list(tmp_path: Path) -> None:
    """The members of a zip are the list's files, and rejects name the member."""
    members = {"one.csv": SLTD, "two.csv": SLTD.replace(b"A1,UTO", b"A2,")}
    outcome = read(tmp_path, zipped(members, zipfile.ZIP_STORED))
    assert (outcome.sink.entries, outcome.tables["rejects"][0]["source_file"]) == (1, "two.csv")


@pytest.mark.parametrize(
    "name", ["../list.csv", "/etc/list.csv", "folder/list.csv", "a\\b.csv", "c:list.csv", "..", "a\u202eb"]
)
def test_a_path_in_a_name_is_refused(tmp_path: Path, name: str) -> None:
    """A member whose name is a path, or cannot be printed, refuses the archive; the name is not repeated."""
    with pytest.raises(InputError, match="a path in its name") as caught:
        read(tmp_path, zipped({name: SLTD}))
    assert "\u202e" not in str(caught.value)


def test_bombs_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    """What unpacks to far more than its own size is refused, gzip and zip, and never held."""
    rows = SLTD + b"x" * 60_000_000
    for content in (gzip.compress(rows), zipped({"list.csv": rows})):
        assert len(content) < 1 << 19
        with pytest.raises(InputError, match=r"list.packed unpacks to more than \d+ MB"):
            read(tmp_path, content)


def test_a_list_of_many_alike_rows_is_no_bomb(tmp_path: Path) -> None:
    """A ratio is only asked beyond the first megabytes."""
    assert read(tmp_path, gzip.compress(SLTD + b"A1,UTO,P,lost,,,,,,\n" * 50_000)).sink.entries == 50_001


def test_damage_is_an_error_of_ours(tmp_path: Path) -> None:
    """Cut off anywhere, or with any byte changed, a packed file is refused, or read as what is left of it."""
    for whole in (gzip.compress(SLTD * 1), zipped({"list.csv": SLTD})):
        refused = 0
        for place in range(2, len(whole)):
            damaged = bytearray(whole)
            damaged[place] ^= 0x55
            for content in (whole[:place], bytes(damaged)):
                try:
                    read(tmp_path, content)
                except EpervierError as error:
                    refused += "\n" not in str(error)
        assert refused > len(whole)


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """Encrypted, empty and foreign archives are refused with what to do."""
    encrypted = bytearray(zipped({"list.csv": SLTD}))
    encrypted[encrypted.rindex(b"PK\x01\x02") + 8] |= 1
    cases = [
        (bytes(encrypted), "is encrypted"),
        (zipped({"list.csv": SLTD}, zipfile.ZIP_LZMA), "packed in another way"),
        (zipped({}), "holds 0 files"),
        (zipped({f"{number}.csv": SLTD for number in range(101)}), "holds 101 files"),
        (zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "a path in its name"),
        (gzip.compress(gzip.compress(SLTD)), "not UTF-8"),
        (gzip.compress(b""), "is empty"),
        (b"\x1f\x8bnothing", "damaged or cut off"),
        (b"PK\x03\x04nothing", "damaged or cut off"),
        (gzip.compress(SLTD) + b"rest", "damaged or cut off"),
    ]
    for content, message in cases:
        with pytest.raises(InputError, match=message):
            read(tmp_path, content)


def test_plain_files_pass_untouched(tmp_path: Path) -> None:
    """A file that is not packed keeps its path and its bytes, even one that is shorter than a mark."""
    for content in (b"", b"\x1f", b"PK", zlib.compress(b"x")):
        path = tmp_path / "plain"
        path.write_bytes(content)
        files, disk = unpacked([path], LOCAL_DISK)
        assert files == [path]
        with disk.open_read(path) as stream:
            assert stream.read() == content
    assert packed.MAX_RATIO > 30
