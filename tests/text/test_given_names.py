"""Nicknames, cognates and the sex of given names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import ModelError
from matcher.text import analyse_name
from matcher.text.given_names import linked, read_links, read_sexes, sex_of
from matcher.text.table_rows import rows

PAIRS = [tuple(row) for row in rows("nicknames")]
SEXES = [tuple(row) for row in rows("given_name_sex")]
FORMS = sorted({form for one, other, _ in PAIRS for form in (one, other)} | {form for form, _ in SEXES})


@given(st.sampled_from(FORMS), st.sampled_from(FORMS))
def test_links_are_symmetric_and_never_to_itself(one: str, other: str) -> None:
    """Which name is asked about first doesn't matter, and a name is no nickname of itself."""
    assert linked(one, other) == linked(other, one)
    assert linked(one, one) is None


def test_forms_are_those_of_tokens() -> None:
    """A form that no token has would never be found."""
    assert [form for form in FORMS if [token.form for token in analyse_name(form)] != [form]] == []


def test_tables_say_what_is_known() -> None:
    """Samples of each class, in both orders."""
    assert linked("william", "bill") == linked("bill", "william") == "nickname"
    assert linked("ibrahim", "abraham") == linked("yahya", "john") == "cognate"
    assert linked("bill", "joseph") is None
    assert (sex_of("maryam"), sex_of("samir"), sex_of("samar"), sex_of("nour")) == ("F", "M", "F", None)
    assert len(PAIRS) > 400
    assert len(SEXES) > 400


@pytest.mark.parametrize(
    "table",
    [
        [["bill", "bill", "nickname"]],
        [["bill", "william", "friend"]],
        [["bill", "william", "nickname"], ["william", "bill", "cognate"]],
        [["Bill", "william", "nickname"]],
    ],
)
def test_a_broken_link_is_refused(table: list[list[str]]) -> None:
    """A name linked to itself, an unknown class, a pair twice, a form not in a-z."""
    with pytest.raises(ModelError):
        read_links(table)


@pytest.mark.parametrize("table", [[["anna", "X"]], [["anna", "F"], ["anna", "M"]], [["Ánna", "F"]]])
def test_a_broken_sex_is_refused(table: list[list[str]]) -> None:
    """Another sex, a name twice, a form not in a-z."""
    with pytest.raises(ModelError):
        read_sexes(table)
