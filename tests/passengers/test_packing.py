"""gzip and zip: one plain file inside, every bound, and no trick of the container."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from matcher.errors import InputError, UsageError
from matcher.passengers import describe_travellers, packing, read_travellers
from tests.passengers.xlsx_files import sheet_of, write_xlsx

CSV = b"full_name,dob\nAnna,1974\nBerit,25/12/1980\n"


def zipped(folder: Path, members: dict[str, bytes], name: str = "list.zip") -> Path:
    """Write a zip of members."""
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as packed:
        for member, content in members.items():
            packed.writestr(zipfile.ZipInfo(member), content, zipfile.ZIP_DEFLATED)
    return folder / name


def names(path: Path, format: str | None = None) -> list[str]:
    """Read a file and return the first names."""
    return [row[0] for row in read_travellers(path, format).read_all().column("names").to_pylist()]


def test_each_format_is_read_out_of_gzip_and_zip(tmp_path: Path) -> None:
    """The inner name tells the format; a format that is told needs no ending."""
    plain = write_xlsx(tmp_path / "list.xlsx", sheet_of([["full_name"], ["Anna"], ["Berit"]]))
    contents = {
        "list.csv": CSV,
        "list.jsonl": b'{"name": "Anna"}\n{"name": "Berit"}\n',
        "list.xlsx": plain.read_bytes(),
        "list.tsv": CSV.replace(b",", b"\t").decode().encode("utf-16"),
    }
    for name, content in contents.items():
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content))
        assert names(tmp_path / f"{name}.gz") == ["Anna", "Berit"]
        assert names(zipped(tmp_path, {name: content})) == ["Anna", "Berit"]
        assert describe_travellers(tmp_path / f"{name}.gz").packing == "gzip"
        assert describe_travellers(tmp_path / "list.zip").packing == "zip"
    assert describe_travellers(plain).packing is None
    (tmp_path / "list").write_bytes(gzip.compress(CSV))
    assert names(tmp_path / "list", "csv") == ["Anna", "Berit"]


def test_gzip_of_several_parts_is_one_file(tmp_path: Path) -> None:
    """Parts written one after the other are read to the end."""
    (tmp_path / "list.csv.gz").write_bytes(gzip.compress(CSV) + gzip.compress(b"Cilla,\n"))
    assert names(tmp_path / "list.csv.gz") == ["Anna", "Berit", "Cilla"]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, "holds 0 files"),
        ({"a.csv": CSV, "b.csv": CSV}, "holds 2 files"),
        ({"../list.csv": CSV}, "a path in its name"),
        ({"/etc/list.csv": CSV}, "a path in its name"),
        ({"folder/list.csv": CSV}, "a path in its name"),
        ({"C:\\list.csv": CSV}, "a path in its name"),
        ({"list.csv.gz": gzip.compress(CSV)}, "another packed file"),
        ({"inner.zip": b"PK\x03\x04"}, "another packed file"),
        ({"list.csv": gzip.compress(CSV)}, "binary file"),
        ({"list.csv": b""}, "empty"),
    ],
)
def test_a_zip_of_anything_else_is_refused(tmp_path: Path, members: dict[str, bytes], message: str) -> None:
    """Several files, paths in names, packed files in packed files: one line that says what to do."""
    path = zipped(tmp_path, members)
    if not members:
        path.write_bytes(b"PK\x03\x04" + path.read_bytes())  # a zip of nothing begins with its end
        message = "not a whole zip|holds 0 files"
    with pytest.raises(InputError, match=message) as caught:
        read_travellers(path).read_all()
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == [path]  # nothing was unpacked to disk


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    """Its flag says so before a byte is read."""
    content = bytearray(zipped(tmp_path, {"list.csv": CSV}).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    (tmp_path / "list.zip").write_bytes(content)
    with pytest.raises(InputError, match="encrypted"):
        read_travellers(tmp_path / "list.zip")


@pytest.mark.parametrize("ending", [".csv.gz", ".zip"])
def test_a_bomb_is_stopped_by_its_ratio(tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading ends soon after the bound, with little memory, whatever the headers promise."""
    monkeypatch.setattr(packing, "FREE_BYTES", 1 << 20)
    bomb = b"name\n" + b"Anna\n" * 4_000_000
    if ending == ".zip":
        path = zipped(tmp_path, {"list.csv": bomb})
    else:
        path = tmp_path / "list.csv.gz"
        path.write_bytes(gzip.compress(bomb))
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="a bomb"):
            for _ in read_travellers(path):
                pass
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


def test_a_packed_file_that_must_be_held_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Formats that are read from the end stand in memory, up to a limit."""
    monkeypatch.setattr(packing, "MOST_HELD", 100)
    with pytest.raises(InputError, match="unpack it first"):
        read_travellers(zipped(tmp_path, {"list.parquet": bytes(200)}))


@pytest.mark.parametrize("name", ["list.csv.gz", "list.zip"])
@pytest.mark.parametrize("keep", range(1, 120, 7))
def test_a_packed_file_cut_anywhere_is_refused(tmp_path: Path, name: str, keep: int) -> None:
    """Half a packed file is never half a list without a word."""
    path = tmp_path / name
    path.write_bytes(gzip.compress(CSV)) if name.endswith(".gz") else zipped(tmp_path, {"list.csv": CSV})
    path.write_bytes(path.read_bytes()[: min(keep, path.stat().st_size - 1)])
    with pytest.raises(InputError):
        read_travellers(path, "csv").read_all()


def test_wrong_bytes_inside_are_one_error(tmp_path: Path) -> None:
    """A checksum that fails is told as damage."""
    content = bytearray(gzip.compress(CSV * 50))
    content[30] ^= 0xFF
    (tmp_path / "list.csv.gz").write_bytes(content)
    with pytest.raises(InputError, match="packed and damaged"):
        read_travellers(tmp_path / "list.csv.gz").read_all()


def test_an_unknown_ending_inside_is_refused(tmp_path: Path) -> None:
    """The message names the inner file's ending and the known formats."""
    with pytest.raises(UsageError, match=r"list\.doc"):
        read_travellers(zipped(tmp_path, {"list.doc": io.BytesIO(CSV).read()}))
    (tmp_path / "list.gz").write_bytes(gzip.compress(CSV))
    with pytest.raises(UsageError, match="give one of the formats"):
        read_travellers(tmp_path / "list.gz")
