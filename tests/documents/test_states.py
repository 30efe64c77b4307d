"""States: every usual way of writing one gives one code; groups hold together only what is one issuer."""

from __future__ import annotations

import collections
import csv
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.documents import states
from matcher.documents.states import issuer_group, nationality_code, same_issuer, soft_related, state_code
from matcher.documents.words import fold
from matcher.errors import ModelError

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"

NAMES = [
    ("lb", "LBN"),
    ("LBN", "LBN"),
    ("Lebanon", "LBN"),
    ("Liban", "LBN"),
    ("Líbano", "LBN"),
    ("لبنان", "LBN"),
    ("D", "DEU"),
    ("D<<", "DEU"),
    ("Germany", "DEU"),
    ("GBD", "GBD"),
    ("UK", "GBR"),
    ("United Kingdom of Great Britain and Northern\n      Ireland", "GBR"),
    ("Democratic Republic of the Congo", "COD"),
    ("Congo, Democratic Republic of the", "COD"),
    ("République démocratique du Congo", "COD"),
    ("Congo", "COG"),
    ("Syrian Arab Republic", "SYR"),
    ("Iran (Islamic Republic of)", "IRN"),
    ("Iran, Islamic Republic of", "IRN"),
    ("Democratic People's Republic of Korea", "PRK"),
    ("Democratic People’s Republic of Korea (DPRK)", "PRK"),
    ("DPRK", "PRK"),
    ("Korea, North", "PRK"),
    ("Republic of Korea", "KOR"),
    ("Türkiye", "TUR"),
    ("Turkey", "TUR"),
    ("United Republic of Tanzania", "TZA"),
    ("Russia", "RUS"),
    ("Russian Federation", "RUS"),
    ("Burma", "MMR"),
    ("Myanmar/Burma", "MMR"),
    ("Ivory Coast", "CIV"),
    ("Côte d’Ivoire", "CIV"),
    ("West Bank", "PSE"),
    ("Palestine", "PSE"),
    ("state of palestine", "PSE"),
    ("The Gambia", "GMB"),
    ("Macedonia, The Former Yugoslav Republic of", "MKD"),
    ("XXA", "XXA"),
    ("stateless", "XXA"),
    ("Kosovo", "RKS"),
    ("XK", "RKS"),
    ("UTO", "UTO"),
    ("ROM", "ROU"),
    ("ZAR", "COD"),
    ("TMP", "TLS"),
    ("BUR", "MMR"),
    ("Soviet Union", "SUN"),
    ("Tunisian", "TUN"),
    ("Malian", "MLI"),
    ("Pakistani", "PAK"),
    ("British", "GBR"),
    ("السعودية", "SAU"),
    ("قطر", "QAT"),
    ("سوريه", "SYR"),
]


@pytest.mark.parametrize(("text", "code"), NAMES)
def test_every_usual_writing_gives_one_code(text: str, code: str) -> None:
    """Codes, names in four languages, list forms and adjectives give the code, in any case."""
    for written in (text, text.upper(), text.lower(), f"  {text} "):
        assert state_code(written) == code
        assert nationality_code(written) == code


def test_an_unknown_code_is_kept_and_compared_as_a_code() -> None:
    """An unknown short code is kept in upper case, a longer text as written; a nationality is None."""
    assert state_code("qqq") == "QQQ"
    assert state_code(" Free State of Nowhere ") == "Free State of Nowhere"
    assert nationality_code("qqq") is None
    assert nationality_code("Free State of Nowhere") is None


@pytest.mark.parametrize("ambiguous", ["Congolese", "Korean", "Dominican"])
def test_a_word_for_two_states_is_not_guessed(ambiguous: str) -> None:
    """An adjective that names two states gives no nationality."""
    assert nationality_code(ambiguous) is None


@pytest.mark.parametrize("nothing", [None, "", " ", "<<<"])
def test_nothing_given_is_null(nothing: str | None) -> None:
    """Nothing given is None on both ways."""
    assert state_code(nothing) is None
    assert nationality_code(nothing) is None


def test_codes_of_one_issuer_are_the_same_issuer() -> None:
    """The British codes and the replaced codes are one issuer; a different one and a missing one are not."""
    british = ["GBR", "GBD", "GBN", "GBO", "GBP", "GBS"]
    assert all(same_issuer(left, right) for left in british for right in british)
    for old, new in (("D", "DEU"), ("ROM", "ROU"), ("ZAR", "COD"), ("TMP", "TLS"), ("BUR", "MMR"), ("gbn", "GBR")):
        assert same_issuer(old, new)
    assert same_issuer("QQQ", "qqq")
    assert not same_issuer("GBR", "IRL")
    assert not same_issuer(None, None)
    assert not same_issuer("GBR", None)


def test_related_issuers_are_not_the_same() -> None:
    """Soft relations are symmetric, hold for the named cases only, and never make one issuer of two."""
    pairs = [
        ("RKS", "UNK"),
        ("UNK", "SRB"),
        ("PSE", "XXA"),
        ("PSE", "XXX"),
        ("SUN", "RUS"),
        ("YUG", "HRV"),
        ("SCG", "MNE"),
    ]
    for left, right in pairs:
        assert soft_related(left, right)
        assert soft_related(right, left)
        assert not same_issuer(left, right)
    for left, right in (("RUS", "UKR"), ("HRV", "SRB"), ("SRB", "SRB"), ("DEU", "FRA")):
        assert not soft_related(left, right)
    assert not soft_related(None, "SRB")


@settings(max_examples=100)
@given(st.text(max_size=40))
def test_no_text_breaks_the_lookup_and_a_code_is_its_own(text: str) -> None:
    """Any text is taken; a code that came out gives itself when it goes in again."""
    code = nationality_code(text)
    assert code is None or nationality_code(code) == code == state_code(text)


def test_every_code_of_the_table_is_its_own_name() -> None:
    """Each present code gives itself, and no name of one state is the code of another."""
    tables = states._tables()
    for code in set(tables.codes.values()):
        assert state_code(code) == code
        assert issuer_group(issuer_group(code)) == issuer_group(code)
    clashes = {key for key, code in tables.names.items() if tables.codes.get(key, code) != code}
    assert not clashes


def test_a_text_of_any_length_is_taken() -> None:
    """A megabyte of text is no state, and is not kept in the cache."""
    before = states._find.cache_info().currsize
    assert nationality_code("x" * 1_000_000) is None
    assert states._find.cache_info().currsize == before


def test_a_name_for_two_states_refuses_to_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that gives one name to two states is an error when it is read."""
    for table in ("states.tsv", "states_extra.tsv", "demonyms.tsv"):
        content = (states._TABLES / table).read_text(encoding="utf-8")
        extra = "FRA\tGerman\n" if table == "demonyms.tsv" else ""
        (tmp_path / table).write_text(content + extra, encoding="utf-8")
    monkeypatch.setattr(states, "_TABLES", tmp_path)
    states._tables.cache_clear()
    try:
        with pytest.raises(ModelError):
            states._tables()
    finally:
        states._tables.cache_clear()


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared beside the checkout")
def test_nationalities_of_real_lists_and_travellers_are_recognised() -> None:
    """Over 99 % of the nationality values of the UN list, OFAC and the traveller files give a code."""
    found: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for path in (SHARED / "data/lists/un").glob("*.xml"):
        for element in ElementTree.parse(path).iter("NATIONALITY"):
            found["un"].update(value.text for value in element.iter("VALUE") if value.text)
    for path in (SHARED / "data/lists/ofac").glob("sdn*.csv"):
        found["ofac"].update(re.findall(r"\bnationality ([^;.]*)", path.read_text(encoding="latin-1")))
    for path in (SHARED / "data/travellers").glob("*.csv"):
        with path.open(encoding="utf-8") as stream:
            found["travellers"].update(row["nationality"] for row in csv.DictReader(stream) if row["nationality"])
    for source, values in found.items():
        known = sum(count for value, count in values.items() if nationality_code(value))
        assert known / values.total() > 0.99, source
    assert set(found) == {"un", "ofac", "travellers"}


def test_fold_drops_case_marks_and_punctuation_only() -> None:
    """Letters of other scripts stay; only case, marks, punctuation and runs of spaces go."""
    assert fold("  São-Tomé & Príncipe ") == "sao tome principe"
    assert fold("Россия") == "россия"
    assert fold("...") == ""
