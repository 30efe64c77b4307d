"""Kinds of entries: every kind known, protection first, the strictest for what is unknown."""

from __future__ import annotations

import itertools
import re

import pytest

from matcher.errors import LocaleError, ModelError
from matcher.ingest.person_cells import PROTECTIVE_ROLES, ROLES
from matcher.policy.kinds import WITHOUT_SCOPE, carrier_answer, kind_of, kinds, load_kinds, without_scope
from matcher.policy.tables import LOCALES
from tests.policy.planted import planted

PERSON_KINDS = {"red", "blue", "green", "yellow", "orange", "silver", "un", "diffusion", "sanction", "other"}
LABELS = re.compile(
    r"criminal|illegal|illegitimate|offender|criminel|délinquan|illégal|clandestin|delincuen|ilegal|مجرم|غير شرعي|"
    r"غير قانوني|غير نظامي",
    re.IGNORECASE,
)


def test_every_kind_stands_in_the_table_by_what_it_is_found() -> None:
    """A body by its description, a way of working by its pattern, a document by itself, all others by person."""
    found = {kind.kind_id: kind.found_by for kind in kinds()}
    assert found == dict.fromkeys(PERSON_KINDS, "person") | {
        "black": "description", "purple": "pattern", "document": "document",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("category", "kind_id"),
    [
        ("red_notice", "red"), (" Red Notice ", "red"), ("YELLOW", "yellow"), ("yellow-diffusion", "yellow"),
        ("INTERPOL-UNSC", "un"), ("INTERPOL–UNSC", "un"), ("un_notice", "un"), ("diffusions", "diffusion"),
        ("red diffusion", "diffusion"), ("SLTD", "document"), ("sanctions", "sanction"), (None, "other"), ("", "other"),
        (" \t", "other"), ("red_", "red"),
    ],
)  # fmt: skip
def test_a_category_is_read_in_any_usual_spelling(category: str | None, kind_id: str) -> None:
    """Case, spaces, hyphens and aliases lead to one kind; nothing given is `other`."""
    kind = kind_of(category)
    assert (kind.kind_id, kind.is_known) == (kind_id, True)


@pytest.mark.parametrize("category", ["mauve", "unknown", "---", "yel\u200blow", "red" * 1000, "أحمر", "any"])
def test_an_unknown_kind_gets_the_strictest_handling(category: str) -> None:
    """What stands in no table is hidden without the scope and no ground to stop anybody."""
    kind = kind_of(category)
    assert (kind.kind_id, kind.is_known, kind.protective, kind.found_by) == ("unknown", False, False, "person")
    assert (kind.without_scope, kind.carrier, kind.urgency, kind.action) == ("hide", "cleared", "prompt", "ask-owner")
    assert kind not in kinds()
    assert kind.wording("ar").name == "فئة غير معروفة"


def test_what_a_carrier_learns_of_each_kind() -> None:
    """Only kinds that the authorities must look at are referred; only a document is called invalid."""
    answers = {kind.kind_id: carrier_answer(kind, None, False) for kind in kinds()}
    assert {name for name, answer in answers.items() if answer == "refer"} == {
        "red", "un", "sanction", "diffusion", "orange",
    }  # fmt: skip
    assert {name for name, answer in answers.items() if answer == "document_invalid"} == {"document"}


def test_a_carrier_is_cleared_of_every_protective_entry() -> None:
    """By mark, by kind or by role: no protective entry of any kind shows to a carrier."""
    for kind, role in itertools.product((*kinds(), kind_of("no such kind")), (*sorted(ROLES), None)):
        assert carrier_answer(kind, role, True) == "cleared"
        if kind.protective or role in PROTECTIVE_ROLES:
            assert carrier_answer(kind, role, False) == "cleared"


@pytest.mark.parametrize(
    ("category", "role", "protective", "expected"),
    [
        ("red", None, False, "show"), ("red", "suspect", False, "show"), ("red", "suspect", True, "hide"),
        ("red", "victim", True, "refer"), ("red", "victim", False, "refer"), ("other", "missing", True, "refer"),
        ("other", "witness", True, "hide"), ("other", None, True, "hide"), ("yellow", None, False, "refer"),
        ("yellow", "subject", True, "refer"), ("yellow", "missing", True, "refer"), ("yellow", "witness", True, "hide"),
        ("yellow", "suspect", True, "hide"), ("no such kind", "victim", True, "hide"),
        ("no such kind", None, False, "hide"), ("other", "any", False, "show"),
    ],
)  # fmt: skip
def test_without_the_scope_the_stricter_of_kind_and_role_holds(
    category: str, role: str | None, protective: bool, expected: str
) -> None:
    """Victims and missing persons give one neutral answer, witnesses none, whatever the kind of the entry."""
    assert without_scope(kind_of(category), role, protective) == expected


def test_a_mark_of_protection_never_shows_more() -> None:
    """For every kind and role, marking an entry as protective is at least as strict as not marking it."""
    for kind, role in itertools.product((*kinds(), kind_of("no such kind")), (*sorted(ROLES), None, "new role")):
        marked, plain = without_scope(kind, role, True), without_scope(kind, role, False)
        assert WITHOUT_SCOPE.index(marked) >= WITHOUT_SCOPE.index(plain)
        assert marked != "show"


@pytest.mark.parametrize("locale", LOCALES)
def test_no_wording_labels_a_person(locale: str) -> None:
    """Names, purposes and actions call nobody a criminal or illegal, and end without a full stop."""
    for kind in (*kinds(), kind_of("no such kind")):
        wording = kind.wording(locale)
        for text in (wording.name, wording.purpose, wording.action):
            assert not LABELS.search(text), text
            assert not text.endswith("."), text


def test_languages_differ() -> None:
    """No purpose or action was left in another language."""
    for kind in kinds():
        for field in ("purpose", "action"):
            assert len({getattr(kind.wording(locale), field) for locale in LOCALES}) == len(LOCALES), kind.kind_id


def test_an_unknown_language_is_refused() -> None:
    """The error names the languages that there are."""
    with pytest.raises(LocaleError, match="en, fr, ar, es"):
        kind_of("red").wording("de")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('id = "kinds-1"', "", r"\[header\] id must be a text"),
        ('date = "2026-11-22"', "date = 3", r"\[header\] date must be a text"),
        ("[kind.red.ar]", "[kind.red.de]", r"\[kind\.red\] has unknown field de"),
        ('name = "نشرة حمراء"', "", r"\[kind\.red\.ar\] name must be a text"),
        ('name = "نشرة حمراء"', 'name = " "', r"\[kind\.red\.ar\] name must be a text"),
        ('name = "red notice"', 'name = "red notice"\nadvice = "x"', r"\[kind\.red\.en\] has unknown field advice"),
        ('action = "locate-and-hold-for-extradition"', "", r"\[kind\.red\] action must be a text"),
        ('found_by = "person"', 'found_by = "rumour"', r"\[kind\.red\] found_by must be one of person, "),
        ('urgency = "immediate"', "urgency = 1", r"\[kind\.red\] urgency must be one of immediate, "),
        ("protective = false", 'protective = "no"', r"\[kind\.red\] protective must be true or false"),
        ('without_scope = "show"', 'without_scope = "all"', r"\[kind\.red\] without_scope must be one of show, "),
        ('carrier = "refer"', 'carrier = "deny"', r"\[kind\.red\] carrier must be one of cleared, "),
        ('carrier = "refer"', 'carrier = "document_invalid"', r"\[kind\.red\] carrier document_invalid and found_by"),
        ("protective = false", "protective = true", r"\[kind\.red\] is protective: without_scope must be refer"),
        ('aliases = ["sanctions"]', 'aliases = ["Red notice"]', r"\[kind\.sanction\] alias 'Red notice' is empty"),
        ('aliases = ["sanctions"]', 'aliases = ["--"]', r"\[kind\.sanction\] alias '--' is empty or used twice"),
        ('aliases = ["sanctions"]', 'aliases = "sanctions"', r"\[kind\.sanction\] aliases must be a list of texts"),
        ('without_scope = "hide"', 'without_scope = "show"', r"\[kind\.unknown\] is handled as closely as any"),
        ("[kind.red.ar]", "[kind.red2.ar]", r"\[kind\.red\] has no part ar"),
        ("[kind.other]", "[kind.others]", r"\[kind\.others\] has no part en"),
        ("[entry_role.any]", "[entry_role.each]", r"\[entry_role\.any\] is missing"),
        ("[entry_role.any]", "[entry_role.any]\nx = 1", r"\[entry_role\.any\] has unknown field x"),
        ('without_scope = "refer"\n\n[entry_role.missing]', 'without_scope = "show"\n\n[entry_role.missing]',
         r"\[entry_role\.victim\] without_scope must be one of refer, hide"),
        ("[kind.red]", "[kind.red", "cannot be read as TOML"),
        ("[entry_role.victim]", "[more.victim]", r"unknown field more"),
    ],
)  # fmt: skip
def test_a_planted_fault_refuses_to_load(old: str, new: str, rule: str) -> None:
    """A gap, an unknown word, an alias of two kinds, a contradiction: refused with table, row and rule."""
    with pytest.raises(ModelError, match=rf"^kinds\.toml.*{rule}"):
        load_kinds(planted("kinds.toml", old, new))


def test_a_table_without_its_sections_refuses_to_load() -> None:
    """A file that is no text, and one with a header only, name the table."""
    for raw in (b"\xff", b'id = "x"\nsource = "x"\ndate = "x"', b'id="x"\nsource="x"\ndate="x"\nkind=1\nentry_role=2'):
        with pytest.raises(ModelError, match=r"^kinds\.toml"):
            load_kinds(raw)
