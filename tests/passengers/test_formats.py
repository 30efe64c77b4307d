"""The same travellers in every format, encoding and packing read equal, row by row."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.passengers import describe_travellers, read_travellers
from matcher.passengers.headers import place_fields
from tests.passengers.xlsx_files import sheet_of, write_xlsx

HEADER = ["reference", "full_name", "dob", "nationality", "passport_number", "issuing_state"]
CELL = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=8).map(str.strip)
ROWS = st.lists(
    st.tuples(
        CELL,
        CELL,
        st.sampled_from(["", "1974-08-12", "03/04/1974", "25/12/1980", "31.02.1990", "1394/05/01", "12 août 1974"]),
        st.sampled_from(["", "Tunisian", "Suède", "تونس", "ESP", "IRN", "Ruritania", "se;no"]),
        st.sampled_from(["", "L898902C3", "x 12-3"]),
        st.sampled_from(["", "UTO", "D<<"]),
    ),
    max_size=8,
)


def write(folder: Path, rows: list[tuple[str, ...]]) -> list[Path]:
    """Write the rows in every format."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADER, *rows])
    objects = "".join(json.dumps(dict(zip(HEADER, row, strict=True))) + "\n" for row in rows)
    table = pa.table({name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(HEADER)})
    contents: dict[str, bytes] = {
        "utf8.csv": text.getvalue().encode(),
        "mark.csv": text.getvalue().encode("utf-8-sig"),
        "utf16.csv": text.getvalue().encode("utf-16"),
        "list.csv.gz": gzip.compress(text.getvalue().encode()),
        "list.jsonl": (objects or '{"full_name": ""}').encode(),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    pq.write_table(table, folder / "list.parquet")
    with pa.ipc.new_file(folder / "list.arrow", table.schema) as writer:
        writer.write_table(table)
    write_xlsx(folder / "list.xlsx", sheet_of([HEADER, *rows]))
    return [folder / name for name in (*contents, "list.parquet", "list.arrow", "list.xlsx")]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_every_format_reads_the_same_travellers(tmp_path: Path, rows: list[tuple[str, ...]]) -> None:
    """Whatever the cells, formats differ in nothing; a row of blanks only is none in xlsx, as it is nothing there."""
    rows = [row for row in rows if any(row)]
    if not rows:
        return
    first, *others = write(tmp_path, rows)
    expected = read_travellers(first).read_all()
    assert expected.num_rows == len(rows)
    for path in others:
        assert read_travellers(path).read_all().equals(expected), path.name


def test_parquet_reads_no_column_that_is_unknown(tmp_path: Path) -> None:
    """Unknown columns are described and left alone, nested ones and names with dots too."""
    table = pa.table({"a.b": [1], "full_name": ["Anna"], "x": [{"y": 1}], "names.1": ["z"], "dob": ["1974"]})
    pq.write_table(table, tmp_path / "list.parquet")
    found = describe_travellers(tmp_path / "list.parquet")
    assert found.recognised == {"full_name": ("full_name",), "birth_date": ("dob",)}
    assert found.unrecognised == ("a.b", "x", "names.1")
    row = read_travellers(tmp_path / "list.parquet").read_all().to_pylist()[0]
    assert (row["names"], row["birth_date"]["year"]) == (["Anna"], 1974)


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (
            "Nom|Prénom|Né le|Sexe|Nationalité|Lieu de naissance|N° de passeport|Pays de délivrance|Date d'expiration",
            "family_name given_name birth_date sex nationality birth_place document_number issuing_state expires_on",
        ),
        (
            "Apellidos|Nombres|Fecha de nacimiento|Sexo|Nacionalidad|Lugar de nacimiento|Nº de pasaporte|País emisor",
            "family_name given_name birth_date sex nationality birth_place document_number issuing_state",
        ),
        (
            "الاسم الكامل|تاريخ الميلاد|الجنس|الجنسية|مكان الميلاد|رقم جواز السفر|بلد الإصدار|تاريخ الانتهاء",
            "full_name birth_date sex nationality birth_place document_number issuing_state expires_on",
        ),
        (
            "Full Name|DATE_OF_BIRTH|gender|nationality|POB|Passport No.|MRZ",
            "full_name birth_date sex nationality birth_place document_number mrz",
        ),
    ],
)
def test_headers_of_four_languages(headers: str, fields: str) -> None:
    """Every usual header of a list in French, Spanish, Arabic and English is known."""
    placed = place_fields(headers.split("|"), what="list.csv")
    assert placed == {field: [column] for column, field in enumerate(fields.split())}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((text, "TUN") for text in ("Tunisia", "Tunisie", "Túnez", "تونس", "Tunisian", "TN", "tun")),
        *((text, "ESP") for text in ("Spain", "Espagne", "España", "إسبانيا", "Spanish")),
        *((text, "DEU") for text in ("Germany", "Allemagne", "Alemania", "ألمانيا", "German", "D", "D<<")),
        *(
            (text, "SYR")
            for text in ("Syria", "Syrie", "Siria", "سوريا", "الجمهورية العربية السورية", "Syrian Arab Republic")
        ),
        *((text, "CIV") for text in ("Ivory Coast", "Côte d’Ivoire", "Costa de Marfil", "ساحل العاج", "كوت ديفوار")),
        *((text, "USA") for text in ("United States", "États-Unis", "Estados Unidos", "الولايات المتحدة", "American")),
        *((text, "GBR") for text in ("United Kingdom", "Royaume-Uni", "Reino Unido", "المملكة المتحدة", "British")),
        *((text, "NLD") for text in ("Netherlands", "Pays-Bas", "Países Bajos", "هولندا", "Dutch")),
        ("GBN", "GBN"),
        ("XXA", "XXA"),
        ("RKS", "RKS"),
    ],
)
def test_nationalities_by_name_in_four_languages_and_by_code(tmp_path: Path, text: str, code: str) -> None:
    """ISO and ICAO codes and names in English, French, Spanish and Arabic."""
    (tmp_path / "list.csv").write_text(f"name,nationality\nAnna,{text}\n", encoding="utf-8")
    row: dict[str, Any] = read_travellers(tmp_path / "list.csv").read_all().to_pylist()[0]
    assert (row["nationalities"], row["warnings"]) == ([code], None)
