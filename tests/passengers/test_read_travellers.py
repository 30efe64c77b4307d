"""`read_travellers`: formats by ending or name, mappings, Parquet and Arrow, and the real files."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from matcher.errors import InputError, MappingError, UsageError
from matcher.passengers import ENDINGS, REGISTRY, read_travellers, traveller_row
from matcher.records import Traveller
from matcher.schema import TRAVELLER

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
TABLE = pa.table({"name": ["Anna", "Berit"], "dob": ["1974", "1975-02-31"], "id": ["x", "y"]})


def write(folder: Path, ending: str) -> Path:
    """Write the table in the format of an ending."""
    path = folder / f"list{ending}"
    if ending == ".csv":
        path.write_text("name,dob,id\nAnna,1974,x\nBerit,1975-02-31,y\n", encoding="utf-8")
    elif ending == ".parquet":
        pq.write_table(TABLE, path)
    else:
        make = pa.ipc.new_stream if ending == ".arrows" else pa.ipc.new_file
        with pa.OSFile(str(path), "wb") as sink, make(sink, TABLE.schema) as writer:
            writer.write_table(TABLE)
    return path


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".arrow", ".arrows"])
def test_every_format_gives_the_same_rows(tmp_path: Path, ending: str) -> None:
    """The same travellers in CSV, Parquet and Arrow are the same TRAVELLER table."""
    table = read_travellers(write(tmp_path, ending)).read_all()
    assert table.schema.equals(TRAVELLER)
    assert table.column("reference").to_pylist() == ["x", "y"]
    assert table.column("warnings").to_pylist() == [None, ["birth_date_unreadable"]]
    assert table.equals(read_travellers(write(tmp_path, ".csv")).read_all())


@pytest.mark.parametrize("ending", [".parquet", ".arrow", ".arrows"])
@pytest.mark.parametrize("keep", [0, 3, 7, 60, 200, -9])
def test_a_cut_or_empty_columnar_file_is_refused(tmp_path: Path, ending: str, keep: int) -> None:
    """Cut at any place, a columnar file is one InputError, not a crash and not half a list."""
    path = write(tmp_path, ending)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match=r"list\."):
        read_travellers(path).read_all()


def test_another_format_than_claimed_is_refused(tmp_path: Path) -> None:
    """CSV given as Parquet or Arrow, and the other way round, is an InputError."""
    for ending, claimed in ((".csv", "parquet"), (".csv", "arrow"), (".parquet", "csv"), (".arrow", "parquet")):
        with pytest.raises(InputError):
            read_travellers(write(tmp_path, ending), claimed).read_all()


def test_columnar_files_without_known_columns_are_refused_at_once(tmp_path: Path) -> None:
    """No batch has to be read for that."""
    pq.write_table(pa.table({"foo": ["x"]}), tmp_path / "list.parquet")
    with pytest.raises(InputError, match="none is known"):
        read_travellers(tmp_path / "list.parquet")


def test_an_unknown_ending_or_format_names_the_known_ones(tmp_path: Path) -> None:
    """The message lists the registry."""
    for format in (None, "xls"):
        with pytest.raises(UsageError, match=", ".join(REGISTRY)):
            read_travellers(tmp_path / "list.unknown", format)
    assert set(ENDINGS.values()) == set(REGISTRY)


def test_a_mapping_file_and_a_mapping_in_memory_do_the_same(tmp_path: Path) -> None:
    """Columns of any name are read once a mapping names them."""
    path = tmp_path / "list.csv"
    path.write_text("Naam;Land 1;Land 2\nAnna;se;no\n", encoding="utf-8")
    mapping = tmp_path / "map.toml"
    mapping.write_text('[columns]\nfull_name = "Naam"\nnationality = ["Land 1", "Land 2"]\n', encoding="utf-8")
    named = {"full_name": "Naam", "nationality": ["Land 1", "Land 2"]}
    for chosen in (mapping, str(mapping), named):
        row = read_travellers(path, mapping=chosen).read_all().to_pylist()[0]
        assert (row["names"], row["nationalities"]) == (["Anna"], ["SWE", "NOR"])
    with pytest.raises(MappingError):
        read_travellers(path, mapping={"full_name": "Name"})


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared beside the checkout")
@pytest.mark.parametrize("name", ["positives_un_treated.csv", "positives_un_untreated.csv"])
def test_a_row_of_a_real_file_equals_a_single_traveller(name: str) -> None:
    """Every row of the real files is the row of the traveller that a caller would make of it (rule 1)."""
    path = SHARED / "data" / "travellers" / name
    rows = read_travellers(path).read_all().to_pylist()
    assert len(rows) == 683
    with path.open(encoding="utf-8", newline="") as stream:
        for number, (row, cells) in enumerate(zip(rows, csv.DictReader(stream), strict=True), 1):
            nationalities = [cells["nationality"]] if cells["nationality"] else []
            place, date = cells["place_of_birth"] or None, cells["date_of_birth"] or None
            one = Traveller([cells["full_name"]], date, nationalities=nationalities, birth_place=place)
            assert row == traveller_row(one, number)


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared beside the checkout")
def test_fifty_thousand_real_rows_are_read_without_loss() -> None:
    """Every row has a name, a birth date, a sex and a nationality; reading takes seconds, not minutes."""
    start = time.process_time()
    table = read_travellers(SHARED / "data" / "travellers" / "negatives_global.csv").read_all()
    assert time.process_time() - start < 10  # about 1.5 s alone on a core; wide, since machines differ
    assert table.num_rows == 50_000
    for column in ("names", "birth_date", "sex", "nationalities"):
        assert table.column(column).null_count == 0
    assert table.column("warnings").null_count == table.column("reject_reason").null_count == 50_000
