"""Dates in free text: every form of the real lists is read, and nothing is guessed."""

from __future__ import annotations

import calendar
import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.dates import is_possible
from matcher.errors import MappingError
from matcher.ingest.dates import day_at, read_dates, read_day
from matcher.records import PartialDate

READ_FULLY = [
    ("9.5.1965", ["1965-05-09"]),
    ("10.8. 1960", ["1960-08-10"]),
    ("26 Feb. 2011", ["2011-02-26"]),
    ("8 Oct.1970", ["1970-10-08"]),
    ("Sep 1965", ["1965-09"]),
    ("March 4, 1944", ["1944-03-04"]),
    ("1960-08-31", ["1960-08-31"]),
    ("1960-08", ["1960-08"]),
    ("12 août 1961", ["1961-08-12"]),
    ("3 de mayo de 1962", ["1962-05-03"]),
    ("between 1958 and 1963", ["1958/1963"]),
    ("Between 1960 and 1962 (Approximately)", ["~1960/1962"]),
    ("1975 to 1979", ["1975/1979"]),
    ("1967-1969.", ["1967/1969"]),
    ("between 1.1.1961 and 31.12.1963", ["1961/1963"]),
    ("01 Jan 1961 to 31 Dec 1962", ["1961/1962"]),
    ("circa 1960", ["~1960"]),
    ("Approximately 1955-1958; 1950", ["~1955/1958", "1950"]),
    ("on or around 3.4.1973", ["~1973-04-03"]),
    ("1970 circa; 1970", ["~1970", "1970"]),
    ("1980 (presumed)", ["~1980"]),
    ("Circa 1946 or 1949 or 1960", ["~1946", "~1949", "~1960"]),
    ("Circa 1957 or 14 March 1942", ["~1957", "1942-03-14"]),
    ("(a) 1.2.1960, (b) 3.4.1961", ["1960-02-01", "1961-04-03"]),
    ('"(a) 16.6.1967; (b) 1.1.1967"', ["1967-06-16", "1967-01-01"]),
    ("a) 1964 b) 28.8.1962", ["1964", "1962-08-28"]),
    ("1965 or 1966", ["1965", "1966"]),
    ("1979, 1980 or 1981", ["1979", "1980", "1981"]),
    ("10.2.1983 (or 10.3.1983)", ["1983-02-10", "1983-03-10"]),
    ("21.11.1964 / 1965", ["1964-11-21", "1965"]),
    ("10 October (year unknown)", ["????-10-10"]),
    ("1967; 1967", ["1967"]),
]
PARTLY_OR_NOT = [
    ("before 1964", [], "before 1964"),
    ("middle of the 1940s (probably 1947)", [], "middle of the 1940s (probably 1947)"),
    ("1960s-1970s (approx. 60 years old)", [], "1960s-1970s (approx. 60 years old)"),
    ("Approximately (30-35 years old)", [], "Approximately (30-35 years old)"),
    ("3/4/1960", [], "3/4/1960"),
    ("1.1.60", [], "1.1.60"),
    ("31.2.1960", [], "31.2.1960"),
    ("March/April 1965", [], "March/April 1965"),
    ("12.5.2999", [], "12.5.2999"),
    ("24.6.1402 (Hijri Calendar)", [], "24.6.1402 (Hijri Calendar)"),
    ("1343 (Iranian Hijri calendar), 1964 (Gregorian calendar)", ["1964"], "1343 (Iranian Hijri calendar)"),
    ("8.5.1967 Gender: female", ["1967-05-08"], "Gender: female"),
    ("7.10.1952 died 1990", ["1952-10-07"], "died 1990"),
    ("1964 (possibly: 21 April)", ["1964"], "possibly: 21 April"),
    ("between 3.5.1961 and 7.6.1963", ["1961/1963"], "between 3.5.1961 and 7.6.1963"),
]


@pytest.mark.parametrize(("text", "dates"), READ_FULLY)
def test_forms_of_the_real_lists_are_read(text: str, dates: list[str]) -> None:
    """Each form gives its dates and leaves nothing over."""
    found, left = read_dates(text)
    assert ([date.iso() for date in found], left) == (dates, "")


@pytest.mark.parametrize(("text", "dates", "rest"), PARTLY_OR_NOT)
def test_what_is_no_plain_date_stays_in_the_text(text: str, dates: list[str], rest: str) -> None:
    """No date is made of text that does not say one, and the text is handed back."""
    found, left = read_dates(text)
    assert ([date.iso() for date in found], left) == (dates, rest)


def test_a_range_that_runs_backwards_is_no_range() -> None:
    """`1970 to 1960` is not read: which year is meant would be a guess."""
    assert read_dates("1970 to 1960") == ([], "1970 to 1960")


def test_the_mappings_formats_settle_day_and_month() -> None:
    """Numbers are read in the order of the mapping's formats, and in no other."""
    assert [date.iso() for date in read_dates("3/4/1960", ["%m/%d/%Y"])[0]] == ["1960-03-04"]
    assert [date.iso() for date in read_dates("3/4/1960", ["%d/%m/%Y"])[0]] == ["1960-04-03"]
    assert read_dates("3.4.1960", ["%m/%d/%Y"]) == ([], "3.4.1960")


def test_text_that_two_formats_read_differently_is_not_read() -> None:
    """With both orders allowed, only a day above 12 or equal parts tell them apart."""
    formats = ["%d/%m/%Y", "%m/%d/%Y"]
    assert read_dates("3/4/1960", formats) == ([], "3/4/1960")
    assert [date.iso() for date in read_dates("3/14/1960; 5/5/1961", formats)[0]] == ["1960-03-14", "1961-05-05"]


@pytest.mark.parametrize("form", ["%d.%m.%y", "%x", "%d.%m", "%Y %Y"])
def test_a_format_that_would_be_a_guess_is_refused(form: str) -> None:
    """Two-digit years, missing years and unknown directives are mapping errors."""
    with pytest.raises(MappingError):
        read_dates("1.1.1960", [form])


def test_the_words_of_the_mapping_replace_the_usual_ones() -> None:
    """A mapping's own word marks a date; a word that is no longer listed does not."""
    assert [date.iso() for date in read_dates("ungefähr 1960", approximate_words=["ungefähr"])[0]] == ["~1960"]
    assert read_dates("circa 1960", approximate_words=["ungefähr"]) == ([], "circa 1960")


def test_a_full_day_and_only_a_full_day() -> None:
    """Days of documents may lie in the future, but are never partial or approximate."""
    assert read_day("4 May 2031") == datetime.date(2031, 5, 4)
    assert [read_day(text) for text in ("May 2031", "circa 4 May 2031", "1.1.2030; 2.1.2030", "")] == [None] * 4
    assert day_at("20 Sep 1997 in Rome") == datetime.date(1997, 9, 20)


@settings(max_examples=150)
@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2020, 12, 31)), st.integers(0, 3))
def test_a_written_day_is_read_back(day: datetime.date, form: int) -> None:
    """Any day, written in a form of the lists, comes back as itself with nothing left."""
    month = calendar.month_abbr[day.month]
    text = (
        f"{day.day}.{day.month}.{day.year}",
        f"{day.day:02d} {month} {day.year}",
        f"{calendar.month_name[day.month]} {day.day}, {day.year}",
        day.isoformat(),
    )[form]
    found, left = read_dates(text)
    assert ([date.iso() for date in found], left) == ([day.isoformat()], "")


PIECES = st.sampled_from([
    "1960", "1.1.1960", "circa", "between", "and", "or", "(a)", ";", ",", "/", "Sep", "31", "to", "-", "(", ")",
    "1402", "Hijri", "before", "x", "\n", '"', ".", "2999", "31.2.1961",
])  # fmt: skip


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=12), st.sampled_from(["", " "]))
def test_every_date_is_possible_and_its_year_stands_in_the_text(pieces: list[str], joint: str) -> None:
    """Whatever the text, a date that is read names a real day whose year was written."""
    text = joint.join(pieces)
    for date in read_dates(text)[0]:
        assert is_possible(date)
        assert str(date.year) in text


def test_the_longest_format_that_fits_is_the_one_meant() -> None:
    """A year's format beside a day's loses no day, in either order; an impossible day is not read as its year."""
    for formats in (["%Y-%m-%d", "%Y"], ["%Y", "%Y-%m-%d"]):
        assert read_dates("1960-08-31", formats) == ([PartialDate(1960, 8, 31)], "")
        assert read_dates("1970", formats) == ([PartialDate(1970)], "")
        assert read_dates("1990-02-31", formats) == ([], "1990-02-31")
