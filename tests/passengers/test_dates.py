"""Birth dates of passenger files: every usual form, the rule for the ambiguous, and one order for a column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.dates import FROM_ISLAMIC
from matcher.errors import UsageError
from matcher.passengers import describe_travellers, read_travellers, travellers_from_flat
from matcher.passengers.dates import DateReading, column_order, read_birth_date
from matcher.passengers.row import traveller_row
from matcher.records import Document, PartialDate, Traveller

AUGUST = "1974-08-12"


def iso(text: str, order: str | None = None, *, is_solar: bool = False) -> str | None:
    """Read a date and write it in ISO form."""
    date = read_birth_date(text, DateReading(order), is_solar=is_solar)[0]
    return None if date is None else date.iso()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((text, AUGUST) for text in ("1974-08-12", "1974/8/12", "1974.08.12", "1974 08 12", "19740812", "740812")),
        *((text, AUGUST) for text in ("12.08.1974", "12.8.74", "12 . 8 . 1974", "74/08/12", "12AUG74", "12-Aug-1974")),
        *((text, AUGUST) for text in ("12 August 1974", "August 12th, 1974", "the 12th of August 1974", "1974 Aug 12")),
        *((text, AUGUST) for text in ("12 août 1974", "12 AOUT 1974", "12 de agosto de 1974", "12 ago 1974")),
        *((text, AUGUST) for text in ("12 أغسطس 1974", "١٢ آب ١٩٧٤", "12 أوت 1974", "١٢/٠٨/١٩٧٤ "[::1].strip())),
        ("1er août 1974", "1974-08-01"),
        ("1974-08-12T00:00:00Z", AUGUST),
        ("31/12/1974", "1974-12-31"),
        ("12/31/1974", "1974-12-31"),
        ("05-05-1990", "1990-05-05"),
        ("08/1974", "1974-08"),
        ("Aug 1974", "1974-08"),
        ("1974", "1974"),
        ("XX/XX/1974", "1974"),
        ("XX XX 1974", "1974"),
        ("00/08/1974", "1974-08"),
        ("1974-XX-XX", "1974"),
        ("12 رجب 1390", "1970-09-13"),
        ("12 مرداد 1360", "1981-08-03"),
        ("2517-08-12", AUGUST),
        *((text, None) for text in ("31.02.1990", "31/02/1990", "29/02/1991", "13/13/1990", "08.25.1990", "99999999")),
        *(
            (text, None)
            for text in ("never", "31 Feb", "12 Foo 1974", "2999-01-01", "1400-13-01", "1", "12/08", "½/2/1990")
        ),
    ],
)
def test_a_date_in_any_usual_form(text: str, expected: str | None) -> None:
    """Orders, separators, month names of four languages, unknown parts; an impossible date is none."""
    if text == "١٢/٠٨/١٩٧٤":
        assert iso(text, "dmy") == expected
    else:
        assert iso(text) == expected


def test_an_ambiguous_date_keeps_its_year_and_says_so() -> None:
    """Neither order is guessed; an order that is told reads both ways."""
    assert read_birth_date("03/04/1974") == (PartialDate(1974), ["birth_date_ambiguous"])
    assert (iso("03/04/1974", "dmy"), iso("03/04/1974", "mdy")) == ("1974-04-03", "1974-03-04")
    assert iso("03.04.1974", "mdy") == "1974-04-03"  # dots are day first everywhere


def test_a_converted_date_says_so_and_follows_the_state() -> None:
    """A Hijri year is solar for Iranians and Afghans, by nationality or else by the issuing state; lunar otherwise."""

    def read(**fields: object) -> tuple[str | None, int]:
        row = traveller_row(Traveller(names=["A"], birth_date="1360-05-12", **fields), 1)  # type: ignore[arg-type]
        assert row["warnings"] == ["birth_date_converted"]
        return row["birth_date"]["calendar"], row["birth_date"]["year"]

    assert read(nationalities=["Iran"]) == (None, 1981)
    assert read(nationalities=["AFG"]) == (None, 1981)
    assert read(documents=[Document("X1", "IRN")]) == (None, 1981)
    assert read(nationalities=["SAU"], documents=[Document("X1", "IRN")]) == (FROM_ISLAMIC, 1941)
    assert read() == (FROM_ISLAMIC, 1941)


def test_a_told_calendar_counts_before_the_nationality() -> None:
    """The caller knows the column; Gregorian years in it stay what they are."""
    dates = DateReading(calendar="islamic")
    table = pa.table({"name": ["A", "B"], "dob": ["1400-01-01", "1974-08-12"], "nationality": ["IRN", "IRN"]})
    first, second = travellers_from_flat(table, dates=dates).read_all().column("birth_date").to_pylist()
    assert (first["year"], first["month"], first["day"]) == (1979, 11, 20)
    assert (second["year"], second["approximate"]) == (1974, False)


@pytest.mark.parametrize("reading", [{"order": "ymd"}, {"calendar": "julian"}])
def test_an_unknown_order_or_calendar_is_refused(reading: dict[str, str]) -> None:
    """The message names the known ones."""
    with pytest.raises(UsageError, match="give one of"):
        DateReading(**reading)


def test_the_order_of_a_column_needs_evidence_that_agrees() -> None:
    """One clear date decides; two orders side by side decide nothing, one slip in many doesn't count."""
    assert column_order(["03/04/1974", "25/12/1980"])[0] == "dmy"
    assert column_order(["03/04/1974", "12/25/1980"])[0] == "mdy"
    assert column_order(["25/12/1980", "12/25/1980"])[0] is None
    assert column_order(["25/12/1980"] * 20 + ["12/25/1980"])[0] == "dmy"
    assert column_order(["1974-08-12", "31.12.1974", "31/02/1990"])[0] is None


def days(folder: Path, texts: list[str], **options: Any) -> list[tuple[int | None, int | None]]:
    """Read a CSV column of dates and return month and day."""
    path = folder / "list.csv"
    path.write_text("name,dob\n" + "".join(f"A,{text}\n" for text in texts), encoding="utf-8")
    found = read_travellers(path, **options).read_all().column("birth_date").to_pylist()
    return [(date["month"], date["day"]) for date in found]


def test_the_order_counts_for_rows_before_and_batches_behind(tmp_path: Path) -> None:
    """Row 9,999 decides for row 1 and for the second batch; a clear row behind the look-ahead doesn't."""
    texts = ["03/04/1974"] * 9_999 + ["25/12/1974"] + ["03/04/1974"] * 10
    found = days(tmp_path, texts)
    assert found[0] == found[-1] == (4, 3)
    assert days(tmp_path, ["03/04/1974"] * 10_000 + ["25/12/1974"])[0] == (None, None)


def test_a_told_order_counts_before_the_column(tmp_path: Path) -> None:
    """A date that only fits the other order is still read as what it can only be."""
    assert days(tmp_path, ["03/04/1974", "25/12/1974"], date_order="mdy") == [(3, 4), (12, 25)]
    described = describe_travellers(tmp_path / "list.csv")
    assert (described.date_order, described.date_order_reason) == ("dmy", "1 of 2 dates can only be day/month")


@given(st.lists(st.sampled_from(["03/04/1974", "25/12/1974", "1974-08-12", "x"]), max_size=30), st.integers(1, 7))
def test_the_order_is_the_same_however_a_table_is_cut(texts: list[str], chunk: int) -> None:
    """Batch borders change no date."""
    table = pa.table({"name": ["A"] * len(texts), "dob": pa.array(texts, pa.string())})
    cut = pa.Table.from_batches(table.to_batches(max_chunksize=chunk), table.schema)
    assert travellers_from_flat(cut).read_all().equals(travellers_from_flat(table).read_all())


@given(st.text(max_size=20))
def test_any_text_is_a_date_or_a_warning(text: str) -> None:
    """No text breaks the reader, and what it gives is a date that Arrow holds."""
    date, warnings = read_birth_date(text)
    assert (date is None) == ("birth_date_unreadable" in warnings)
    assert date is None or 1850 <= (date.year or 1900) <= 2100
