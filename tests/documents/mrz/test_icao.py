"""ICAO's transliteration tables: 68 Arabic codes, prefix-free; published slips read; Latin and Cyrillic spellings."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import InputError
from matcher.text.translit.icao import (
    arabic_codes,
    decode_arabic,
    encode_arabic,
    encode_cyrillic,
    encode_latin,
    fold_arabic_codes,
    is_arabic_coded,
    latin_spellings,
)
from tests.documents.mrz.zones import read_vectors

# Each letter's own code: ې shares Y with ي and is read as ي.
_LETTERS = "".join(letter for letter in arabic_codes() if letter not in "ې")


def test_the_table_has_68_prefix_free_codes() -> None:
    """No code begins another, so reading from the left is unambiguous; only Y stands for two letters."""
    codes = [*arabic_codes().values(), "XAH", "XV"]
    assert len(arabic_codes()) == 68
    different = set(codes)
    assert not any(left != right and right.startswith(left) for left, right in itertools.product(different, repeat=2))
    assert [code for code in different if codes.count(code) > 1] == ["Y"]


@given(st.text(_LETTERS, min_size=1, max_size=12))
def test_what_was_encoded_decodes(word: str) -> None:
    """Every word comes back as one of its readings; doubled letters as themselves or as shadda."""
    code = encode_arabic(word)
    if code.endswith("LLXH"):
        return  # ICAO's own slip for الله wins there
    assert word in decode_arabic(code)


@pytest.mark.parametrize(
    "row", read_vectors("mrz_arabic_decoding.tsv"), ids=lambda row: f"{row['component']} {row['why'][:9]}"
)
def test_components_decode_with_icaos_slips(row: dict[str, str]) -> None:
    """The published exceptions are read; what isn't of the scheme isn't."""
    found = decode_arabic(row["component"])
    assert (row["reading"] in found) if row["reading"] != "-" else (found == ())


@pytest.mark.parametrize("word", ["XIE", "DIXIE", "XU", "MAX", "ALEX", "XENIA", "EXUPERY", "XAVIER", "MARIA"])
def test_latin_names_with_an_x_are_not_the_arabic_scheme(word: str) -> None:
    """Names of other languages don't pass for codes."""
    assert not is_arabic_coded(word)


def test_what_icao_asks_matching_to_treat_alike_folds_to_one() -> None:
    """XTA and XAH, doubled and single, farsi yeh three ways, ALLXH and ALLH."""
    groups = [
        ("NEYMXTA", "NEYMXAH"),
        ("EBBAS", "EBAS"),
        ("XYAWSF", "YWSF", "XAYWSF"),
        ("ALLXH", "ALLH"),
        ("XVYNA", "VYNA"),
    ]
    for group in groups:
        assert len({fold_arabic_codes(one) for one in group}) == 1, group


def test_latin_letters_have_every_allowed_spelling() -> None:
    """The default first; letters without a decomposition too; every result is A-Z."""
    assert latin_spellings("Müller") == ("MUELLER", "MUXXLLER", "MULLER")
    assert latin_spellings("CAÑON") == ("CANON", "CANXXON")
    assert latin_spellings("Åse") == ("AASE", "ASE")
    assert encode_latin("Łódź Þór ĐÐ Œ ĲßẞŊŦĦıŁĸ".replace(" ", "")) == "LODZTHORDDOEIJSSSSNTHILK"
    assert encode_latin("Nguyễn Văn Ǆ".replace(" ", "")) == "NGUYENVANDZ"


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [("ХРУЩЁВ", None, "KHRUSHCHEV"), ("Горький", None, "GORKII"), ("Гергій", "uk", "HERHII"), ("Юлія", "uk", "YULIIA"),
     ("Йосип", "uk", "YOSYP"), ("Пёс", "be", "PIOS"), ("Чубрић", "sr", "CUBRIC"), ("Щерев", "bg", "SHTEREV"),
     ("Ќосе", "mk", "KJOSE"), ("Џек", None, "DZEK")],
)  # fmt: skip
def test_cyrillic_letters_follow_the_language(word: str, language: str | None, expected: str) -> None:
    """Table B with its exceptions by language, the initial ones at the start only."""
    assert encode_cyrillic(word, language=language) == expected


def test_letters_outside_the_tables_are_refused() -> None:
    """A Kurdish letter without a code and an unknown language are errors, never dropped in silence."""
    with pytest.raises(InputError):
        encode_arabic("کوردەکان")
    with pytest.raises(InputError):
        encode_cyrillic("Қазақ")
    with pytest.raises(InputError):
        encode_cyrillic("А", language="xx")
