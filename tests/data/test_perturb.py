"""Altered names, dates and numbers: each function alters as it says, and the same seed alters the same way."""

from __future__ import annotations

import datetime

import pytest
from rapidfuzz.distance import OSA, DamerauLevenshtein

from benchmarks import perturb

NAMES = ("Yusuf Abd al-Rahman Khatib", "Конст Михайлович Соловьёв", "محمد عبدالرحمن حجازي", "Hélène Lefèvre")
SEEDS = range(60)


@pytest.mark.parametrize("name", NAMES)
def test_a_typo_is_one_edit(name: str) -> None:
    """One slip is one insertion, deletion, substitution or swap, and never nothing."""
    assert {OSA.distance(name, perturb.typo(name, seed=seed)) for seed in SEEDS} == {1}


@pytest.mark.parametrize("name", NAMES)
def test_two_typos_are_two_edits_at_most(name: str) -> None:
    """The second slip may undo part of the first, rarely."""
    distances = [DamerauLevenshtein.distance(name, perturb.two_typos(name, seed=seed)) for seed in SEEDS]
    assert max(distances) == 2
    assert distances.count(2) > len(distances) * 0.8


def test_a_typo_keeps_script_and_case() -> None:
    """An inserted letter belongs to the script of its neighbours."""
    for seed in SEEDS:
        assert not any(letter.isascii() and letter.isalpha() for letter in perturb.typo("محمود حجازي", seed=seed))
        assert perturb.typo("MAHMOUD", seed=seed).isupper()


@pytest.mark.parametrize("name", NAMES)
def test_order_glue_and_split_keep_every_letter(name: str) -> None:
    """Only separators, case and order change."""
    for alter in (perturb.swap_order, perturb.glue, perturb.split):
        for seed in SEEDS:
            altered = alter(name, seed=seed)
            assert altered != name
            letters = [sorted(filter(str.isalpha, text.casefold())) for text in (name, altered)]
            assert letters[0] == letters[1]


def test_a_dropped_token_is_neither_the_first_nor_the_last() -> None:
    """Given name and family name stay; a name of two tokens stays whole."""
    altered = {perturb.drop_token("A B C D", seed=seed) for seed in SEEDS}
    assert altered == {"A B D", "A C D"}
    assert perturb.drop_token("A D", seed=1) == "A D"


def test_an_initial_replaces_a_token_other_than_the_last() -> None:
    """The family name is never shortened."""
    altered = {perturb.initial("Anna Maria Eriksson", seed=seed) for seed in SEEDS}
    assert altered == {"A. Maria Eriksson", "Anna M. Eriksson"}


def test_respelling_uses_another_usual_spelling_of_one_part_at_least() -> None:
    """Every part stays one of its usual spellings and something differs."""
    usual = [["Yusuf", "Youssef", "Yousef"], ["Khan"], ["Siddiqui", "Siddiqi"]]
    for seed in SEEDS:
        altered = perturb.respell(["Yusuf", "Khan", "Siddiqi"], usual, seed=seed)
        assert altered != ["Yusuf", "Khan", "Siddiqi"]
        assert all(text in spellings for text, spellings in zip(altered, usual, strict=True))
    assert perturb.respell(["Khan"], [["Khan"]], seed=1) == ["Khan"]


def test_an_mrz_name_has_only_its_characters_and_fits_its_field() -> None:
    """`A-Z`, `<` and at most 39 places; the family name stands before `<<`."""
    name = perturb.mrz_name("N'Diaye Müller-Weiß", "Ayşe Çağla İpek Gülşen Maximiliane")
    assert name == "NDIAYE<MULLER<WEISS<<AYSE<CAGLA<IPEK<GU"
    assert len(name) == perturb.MRZ_NAME_LENGTH


def test_a_loosened_number_reads_the_same_without_its_separators() -> None:
    """Only case and one separator change."""
    for seed in SEEDS:
        loose = perturb.loosen_number("AB1234567", seed=seed)
        assert loose != "AB1234567"
        assert loose.upper().replace(" ", "").replace("-", "") == "AB1234567"


def test_dates_are_altered_by_one_thing_only() -> None:
    """A swap exchanges day and month; a shift is one year, also on 29 February."""
    assert perturb.swap_day_month(datetime.date(1980, 3, 7)) == "1980-07-03"
    assert perturb.swap_day_month(datetime.date(1980, 3, 13)) == "1980-03-13"
    assert {perturb.shift_year(datetime.date(1980, 2, 29), seed=seed) for seed in SEEDS} == {"1979-02-28", "1981-02-28"}


@pytest.mark.parametrize(
    "alter",
    [
        perturb.typo,
        perturb.two_typos,
        perturb.swap_order,
        perturb.drop_token,
        perturb.glue,
        perturb.split,
        perturb.initial,
    ],
)
def test_the_same_seed_alters_the_same_way(alter: perturb.Alter) -> None:
    """No hidden state: a second call gives the same, another seed can give another result."""
    name = "Konstantin Abdurrahman Petrovich Solovyov"
    assert [alter(name, seed=seed) for seed in SEEDS] == [alter(name, seed=seed) for seed in SEEDS]
    assert len({alter(name, seed=seed) for seed in SEEDS}) > 1


def test_a_typo_in_the_longest_token_leaves_the_others_alone() -> None:
    """One slip, in the longest token; of two as long, in the first."""
    for seed in SEEDS:
        first, second = perturb.typo_in_longest("Anna Eriksson", seed=seed).split(" ")
        assert (first, OSA.distance(second, "Eriksson")) == ("Anna", 1)
        first, second = perturb.typo_in_longest("Yusuf Aliev", seed=seed).split(" ")
        assert (OSA.distance(first, "Yusuf"), second) == (1, "Aliev")


def test_a_typo_in_every_token_spares_only_the_short_ones() -> None:
    """Each token of four letters or more is one slip away; shorter ones are as they were."""
    for seed in SEEDS:
        tokens = perturb.typo_in_every("Anna bin Eriksson", seed=seed).split(" ")
        distances = [OSA.distance(*pair) for pair in zip(tokens, ("Anna", "bin", "Eriksson"), strict=True)]
        assert distances == [1, 0, 1]


def test_whole_name_changes_keep_the_letters() -> None:
    """Turned round, glued: the same letters; with an initial: all but those of the first token."""
    name = "Abd al-Rahman Sa'id"
    assert perturb.first_last(name) == "al-Rahman Sa'id Abd"
    assert perturb.glue_all(name).lower() == "abdalrahmansaid"
    assert perturb.first_initial(name) == "A al-Rahman Sa'id"
    assert perturb.first_initial("Abd") == perturb.first_last("Abd") == perturb.glue_all("Abd") == "Abd"
