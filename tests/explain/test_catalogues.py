"""Every language says everything, with the same values in it."""

from __future__ import annotations

import string

import pytest

from matcher.documents.slips import SLIPS
from matcher.errors import LocaleError
from matcher.explain import LOCALES, catalogue
from matcher.explain.explanation import NOT_ALIGNED
from matcher.explain.missing import FIELDS, SIDES
from matcher.ingest.person_cells import ROLES
from matcher.schema import CAP
from matcher.score.model import FIELD_LEVELS, PRESETS
from matcher.score.names import LEVELS

# Tables of a model that make no leaf by their own name; those of `fields` only change what another's leaf weighs.
NO_LEAVES = {*PRESETS, "prior", "thresholds", "limits", "nationality_share", "source_support", "source_oppose"}
AS_ANOTHER = {"near_document_issuer": "document_issuer"}


def levels() -> list[tuple[str, str]]:
    """Every feature and level that a leaf can have, from the model's and the scorer's own lists."""
    found = {("prior", "person"), ("prior", "document")}
    found |= {("name", level) for level in (*LEVELS, *FIELD_LEVELS["name"])}
    found |= {("document_number", slip) for slip in SLIPS}
    for table, names in FIELD_LEVELS.items():
        if table not in NO_LEAVES and not table.startswith("slip_"):
            found |= {(AS_ANOTHER.get(table, table), level) for level in names}
    return sorted(found)


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("feature", "level"), levels())
def test_every_level_has_a_sentence_in_every_language(locale: str, feature: str, level: str) -> None:
    """A level of the model without a sentence, in any of the languages, fails here and not at a border."""
    text = catalogue(locale)[feature][level]
    assert text.strip()
    assert set(placeholders(text)) <= {"query", "entry"}


@pytest.mark.parametrize("locale", LOCALES)
def test_no_sentence_is_of_a_level_that_is_gone(locale: str) -> None:
    """Sections of features hold the levels of the model and no other."""
    known = levels()
    features = {feature for feature, _ in known}
    words = catalogue(locale)
    written = {(feature, level) for feature in features for level in words[feature]}
    assert written == set(known)


@pytest.mark.parametrize("locale", LOCALES)
def test_all_languages_have_the_same_keys_and_placeholders(locale: str) -> None:
    """A translation neither lacks nor adds a sentence, a value in it, or an empty text."""
    english, words = catalogue("en"), catalogue(locale)
    assert {name: set(section) for name, section in words.items()} == {
        name: set(section) for name, section in english.items()
    }
    for name, section in english.items():
        for key, text in section.items():
            assert placeholders(words[name][key]) == placeholders(text), (name, key)
            assert words[name][key], (name, key)


@pytest.mark.parametrize("locale", LOCALES)
def test_words_beside_the_levels_are_complete(locale: str) -> None:
    """Fields and sides of what was missing, roles of entries and caps of decisions have words too."""
    words = catalogue(locale)
    assert set(words["field"]) == set(FIELDS)
    assert set(words["missing"]) == {*SIDES, "title"}
    assert set(words["role"]) == ROLES
    assert set(words["caps"]) == {field.name for field in CAP}


@pytest.mark.parametrize("locale", [one for one in LOCALES if one != "en"])
def test_no_sentence_was_left_in_english(locale: str) -> None:
    """A translated sentence that takes values differs from the English one."""
    for name, section in catalogue("en").items():
        for key, text in section.items():
            if " " in text.strip() and any(letter.isalpha() for letter in text):
                assert catalogue(locale)[name][key] != text, (name, key)


@pytest.mark.parametrize("locale", ["de", "EN", "", "../en", "fr-FR"])
def test_an_unknown_language_is_refused(locale: str) -> None:
    """The error names what there is and opens no file."""
    with pytest.raises(LocaleError, match="en, fr, ar, es"):
        catalogue(locale)


def test_levels_without_letters_are_levels_of_a_name() -> None:
    """What is left out of letter alignment is named as the scorer names it."""
    assert set(NOT_ALIGNED) <= {*LEVELS, *FIELD_LEVELS["name"]}
