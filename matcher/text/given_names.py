"""What is known about single given names: their sex, and which are forms of one another.

Weak knowledge for evidence, never a rule: the tables are short, recalled, and hold only what nearly always holds.
Forms are romanised ones (`Token.form`); a link is direct, links are not followed further.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Literal

from matcher.errors import ModelError
from matcher.text.table_rows import rows

Sex = Literal["M", "F"]
Link = Literal["nickname", "cognate"]
_SEXES: Mapping[str, Sex] = {"M": "M", "F": "F"}
_LINKS: Mapping[str, Link] = {"nickname": "nickname", "cognate": "cognate"}


def sex_of(form: str) -> Sex | None:
    """Give the sex of a given name's usual bearers; None where both bear it or nothing is known.

    Examples:
        >>> sex_of("fatima"), sex_of("yusuf"), sex_of("nour")
        ('F', 'M', None)
    """
    return _sexes().get(form)


def linked(form_a: str, form_b: str) -> Link | None:
    """Tell how two different given names are one: as a nickname, or as forms of two languages; symmetric.

    Examples:
        >>> linked("bill", "william"), linked("joseph", "yusuf"), linked("sasha", "aleksandr"), linked("ali", "ali")
        ('nickname', 'cognate', 'nickname', None)
    """
    return _links().get((form_a, form_b) if form_a < form_b else (form_b, form_a))


@functools.cache
def _sexes() -> dict[str, Sex]:
    return read_sexes(rows("given_name_sex"))


@functools.cache
def _links() -> dict[tuple[str, str], Link]:
    return read_links(rows("nicknames"))


def read_sexes(table: Iterable[list[str]]) -> dict[str, Sex]:
    """Check and read rows of form and sex.

    Raises:
        ModelError: a form that isn't `a`-`z`, that stands twice, or a sex other than M and F.

    Examples:
        >>> read_sexes([["anna", "F"]])
        {'anna': 'F'}
    """
    found: dict[str, Sex] = {}
    for form, sex in table:
        _check_form(form, "given_name_sex.tsv")
        if sex not in _SEXES or form in found:
            raise ModelError("given_name_sex.tsv has a name twice or a sex other than M and F; mend the table")
        found[form] = _SEXES[sex]
    return found


def read_links(table: Iterable[list[str]]) -> dict[tuple[str, str], Link]:
    """Check and read rows of two forms and the class of their link.

    Raises:
        ModelError: a form that isn't `a`-`z`, a name linked to itself, a pair twice, or an unknown class.

    Examples:
        >>> read_links([["william", "bill", "nickname"]])
        {('bill', 'william'): 'nickname'}
    """
    found: dict[tuple[str, str], Link] = {}
    for one, other, kind in table:
        _check_form(one, "nicknames.tsv")
        _check_form(other, "nicknames.tsv")
        pair = (one, other) if one < other else (other, one)
        if kind not in _LINKS or one == other or pair in found:
            raise ModelError("nicknames.tsv has a pair twice, of one name, or of an unknown class; mend the table")
        found[pair] = _LINKS[kind]
    return found


def _check_form(form: str, table: str) -> None:
    if not (form.isascii() and form.isalpha() and form.islower()):
        raise ModelError(f"{table} has a form that is not written in a-z; mend the table")
