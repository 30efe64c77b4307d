"""Indicators: complete in every language, labelling nobody, protective in what they lead to."""

from __future__ import annotations

import pytest

from matcher.errors import LocaleError, ModelError
from matcher.policy.indicators import guidance, indicator, indicators, load_indicators, referral
from matcher.policy.tables import LOCALES
from tests.policy.planted import planted
from tests.policy.test_kinds import LABELS


def test_the_subjects() -> None:
    """Control, documents, movement, debt, place, fear, minors, answers, promises, pay, threats and forced offences."""
    assert [one.indicator_id for one in indicators()] == [
        "controlled_by_another", "documents_held_by_another", "no_free_movement", "debt_bondage", "destination_unknown",
        "fear_or_injury", "minor_with_unrelated_adult", "coached_answers", "promised_work_differs", "wages_withheld",
        "family_threatened", "forced_criminality",
    ]  # fmt: skip


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_is_there_and_labels_nobody(locale: str) -> None:
    """Indicators, guidance and referral call nobody a criminal or illegal; each text differs from the English one."""
    texts = [*(one.text(locale) for one in indicators()), guidance(locale), referral(locale)]
    english = [*(one.text("en") for one in indicators()), guidance("en"), referral("en")]
    for text, source in zip(texts, english, strict=True):
        assert not LABELS.search(text), text
        assert locale == "en" or text != source


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", ("do not accuse", "alone", "referral mechanism", "non-refoulement")),
        ("fr", ("ne pas l'accuser", "seule", "mécanisme national d'orientation", "non-refoulement")),
        ("ar", ("دون اتهامه", "على انفراد", "الآلية الوطنية لإحالة", "عدم الإعادة القسرية")),
        ("es", ("no acusarla", "a solas", "mecanismo nacional de derivación", "no devolución")),
    ],
)
def test_guidance_and_referral_protect(locale: str, words: tuple[str, ...]) -> None:
    """Speak alone, do not accuse, refer to the national mechanism; non-refoulement is named, in every language."""
    for word in words:
        assert word in guidance(locale) + referral(locale)


def test_what_is_unknown() -> None:
    """An unknown indicator is none; an unknown language is refused."""
    assert indicator("tall") is None
    for ask in (guidance, referral, indicators()[0].text):
        with pytest.raises(LocaleError, match="en, fr, ar, es"):
            ask("de")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('source = "UNODC general indicators: debt bondage"', "", r"\[indicator\.debt_bondage\] source must be a text"),
        ('es = "El trabajo, el salario', 'de = "El trabajo', r"\[indicator\.promised_work_differs\] has unknown field"),
        ('fr = "Orienter', 'de = "Orienter', r"\[referral\] has unknown field de"),
        ("[guidance]", "[guidance]\n[more]", r"\[header\] has unknown field more"),
        ("[guidance]", "[guide]", r"\[header\] has unknown field guide"),
    ],
)
def test_a_planted_fault_refuses_to_load(old: str, new: str, rule: str) -> None:
    """A missing source, language or section is refused with table, row and rule."""
    with pytest.raises(ModelError, match=rf"^indicators\.toml: {rule}"):
        load_indicators(planted("indicators.toml", old, new))
