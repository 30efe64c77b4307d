"""Zones for the tests: vector files, made-up documents of every format, and ways to spoil them."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path

from hypothesis import strategies as st

from matcher.documents.mrz import MrzFields, Spelling
from matcher.documents.mrz.generate import FORMATS
from matcher.records import PartialDate

TODAY = datetime.date(2026, 11, 21)
ROOT = Path(__file__).resolve().parents[3]
VECTORS = ROOT / "tests" / "vectors"
SHARED = ROOT / ".." / "shared" / "data" / "mrz"

TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
MRV_A = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<"
MRV_B = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<"
ALL = {"TD1": TD1, "TD2": TD2, "TD3": TD3, "MRV-A": MRV_A, "MRV-B": MRV_B}


def read_vectors(name: str) -> list[dict[str, str]]:
    """Read a vector file: one dict a row."""
    lines = (VECTORS / name).read_text("utf-8").splitlines()
    kept = [line for line in lines if line and not line.startswith("#")]
    return list(csv.DictReader(kept, delimiter="\t", quoting=csv.QUOTE_NONE))


_WORDS = (
    "ERIKSSON", "ANNA", "MARIA", "MÜLLER", "O'CONNOR", "SMITH-JONES", "AL-BASRI", "LI", "X", "MAX", "XIAO", "NGUYỄN",
    "PÉREZ", "WOOLOOMOOLOO", "BENNELONG", "PAPANDROPOULOUS", "ХРУЩЁВ", "Иван", "محمد", "أحمد", "فضّة", "القحطاني",
    "عبد الله", "STRAẞE",
)  # fmt: skip
names = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=5).map(" ".join)
dates = st.dates(datetime.date(1930, 1, 1), TODAY).map(lambda day: PartialDate(day.year, day.month, day.day))
ends = st.dates(datetime.date(2027, 1, 1), datetime.date(2050, 12, 31)).map(
    lambda day: PartialDate(day.year, day.month, day.day)
)
partial_dates = st.one_of(
    dates,
    st.none(),
    dates.map(lambda one: PartialDate(one.year)),
    dates.map(lambda one: PartialDate(one.year, one.month)),
)
plain = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=9)
states = st.sampled_from(["UTO", "FRA", "LBN", "DEU", "GBN", "RKS", "XXA", "XPO", "TUN", "IRQ"])
spellings = st.builds(
    Spelling,
    alternative=st.integers(0, 2),
    truncation=st.sampled_from(["last", "initials", "equal"]),
    empty_check=st.sampled_from("<0"),
    counts_filler=st.booleans(),
)
_CODES = {
    "TD1": ("I", "ID", "AC", "C"),
    "TD2": ("I", "A"),
    "TD3": ("P", "PP", "PE", "PD"),
    "MRV-A": ("V",),
    "MRV-B": ("V", "VB"),
}


@st.composite
def documents(draw: st.DrawFn, *, whole_dates: bool = False) -> MrzFields:
    """Draw what a zone of any format may say; German numbers keep to the German alphabet."""
    kind = draw(st.sampled_from(FORMATS))
    issuer = draw(states)
    german = "0123456789CFGHJKLMNPRTVWXYZ"
    number = draw(st.text(german, min_size=1, max_size=9) if issuer == "DEU" else plain)
    if kind in ("TD1", "TD2") and draw(st.booleans()):
        number = number.ljust(9, "7") + draw(
            st.text(german if issuer == "DEU" else "0123456789ABZ", min_size=1, max_size=5)
        )
    return MrzFields(
        kind,
        draw(st.sampled_from(_CODES[kind])),
        issuer,
        draw(states),
        number,
        draw(names),
        draw(st.one_of(st.just(""), names)),
        draw(dates if whole_dates else partial_dates),
        draw(st.sampled_from(["M", "F", None])),
        draw(ends if whole_dates else st.one_of(ends, st.none())),
        draw(st.just("") if len(number) > 9 else st.text("0123456789AZ", max_size=7)),
        draw(st.text("0123456789AZ", max_size=11)) if kind == "TD1" else "",
    )
