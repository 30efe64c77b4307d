"""States and issuers: codes, names and adjectives to one three-letter code, and which codes go together.

Codes are ISO 3166-1 alpha-3 where there is one, else the code of ICAO 9303-3 section 5 (`GBN`, `RKS`,
`XXA`, `UTO`) or the withdrawn ISO code of a state that is no more (`SUN`). A code that was merely
replaced is given as the present one (`D` and `D<<` as `DEU`, `ROM` as `ROU`, `ZAR` as `COD`).
Fixed order of the steps: fold the text (`matcher.documents.words.fold`) -> codes -> names -> adjectives.
Nothing is guessed: "the", "republic of" and word order are rows of the tables, and a word that names two
states ("Congolese", "Korean") is unknown.
Not here: splitting a cell that holds several states (the readers do it), weights of agreement.

Source: `tables/states.tsv` (generated), `tables/states_extra.tsv` and `tables/demonyms.tsv` (by hand).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from matcher.documents.words import fold, read_table
from matcher.errors import ModelError

SHORT_CODE = 3  # characters; an unknown text up to this length is taken for a code
LONGEST_TEXT = 200  # characters; a longer text names no state
KINDS = ("iso", "icao", "former")
_TABLES = Path(__file__).parent / "tables"


@dataclass(frozen=True, slots=True)
class StateTables:
    """The tables read once: text to code, code to group, and pairs of related groups."""

    codes: dict[str, str]  # folded code or alpha-2 code -> present code
    names: dict[str, str]  # folded name or adjective -> present code
    groups: dict[str, str]  # code -> code that stands for its issuer group
    related: frozenset[frozenset[str]]  # pairs of groups that may be one issuer


def state_code(text: str | None) -> str | None:
    """Return the three-letter code of a state or issuer; an unknown one is kept as written.

    Args:
        text: ISO alpha-2 or alpha-3, ICAO code (fillers allowed), name in English, French, Spanish or
            Arabic, or English adjective; any case. None or blank: not given.

    Returns:
        The code; an unknown text of up to three characters in upper case (`QQQ` is compared as a
        code); any other unknown text as written, outer white space stripped. None: not given.

    Source:
        ISO 3166-1, ICAO 9303-3 section 5, CLDR.

    Examples:
        >>> state_code("lb"), state_code("D<<"), state_code("Iran (Islamic Republic of)"), state_code("تونس")
        ('LBN', 'DEU', 'IRN', 'TUN')
        >>> state_code("qqq"), state_code("Ruritania"), state_code(" ")
        ('QQQ', 'Ruritania', None)
    """
    if text is None or not (written := text.strip().strip("<")):
        return None
    return _known(text) or (written.upper() if len(written) <= SHORT_CODE else written)


def nationality_code(text: str | None) -> str | None:
    """Return the three-letter code of a nationality; None when not given or unknown.

    Args:
        text: As for `state_code`.

    Examples:
        >>> nationality_code("Tunisian"), nationality_code("DPRK"), nationality_code("Ruritania")
        ('TUN', 'PRK', None)
    """
    return None if text is None else _known(text)


def issuer_group(code: str) -> str:
    """Return the code that stands for all codes of the same issuer.

    Args:
        code: A code as `state_code` gives it, or one that was replaced (`D`, `ROM`).

    Returns:
        `GBR` for `GBR`, `GBD`, `GBN`, `GBO`, `GBP` and `GBS`; the present code for a replaced one; an
        unknown code or text itself, upper case.

    Source:
        Domain facts 1.7, hard groups only.

    Examples:
        >>> issuer_group("GBN"), issuer_group("D"), issuer_group("UTO")
        ('GBR', 'DEU', 'UTO')
    """
    upper = code.upper()
    return _tables().groups.get(upper, upper)


def same_issuer(left: str | None, right: str | None) -> bool:
    """Tell whether two codes name the same issuer; false when one is missing (rule 9).

    Examples:
        >>> same_issuer("GBR", "GBP"), same_issuer("RKS", "SRB"), same_issuer(None, None)
        (True, False, False)
    """
    return left is not None and right is not None and issuer_group(left) == issuer_group(right)


def soft_related(left: str | None, right: str | None) -> bool:
    """Tell whether two different issuers may stand for one another.

    Kosovo, UNMIK and Serbia; Palestine and the stateless, refugee and unspecified codes; a state that
    is no more and its successors. It never makes two codes the same issuer.

    Examples:
        >>> soft_related("RKS", "SRB"), soft_related("SUN", "UKR"), soft_related("RUS", "UKR")
        (True, True, False)
    """
    if left is None or right is None:
        return False
    return frozenset((issuer_group(left), issuer_group(right))) in _tables().related


@functools.cache
def short_codes() -> frozenset[str]:
    """Return every code of one to three letters that names a state or issuer, in upper case.

    Examples:
        >>> {"IRQ", "IQ", "D", "UTO", "GBN"} <= short_codes(), "QQQ" in short_codes()
        (True, False)
    """
    return frozenset(code.upper() for code in _tables().codes if code.isalpha() and len(code) <= SHORT_CODE)


def _known(text: str) -> str | None:
    return _find(text) if len(text) <= LONGEST_TEXT else None  # bounded: the cache keeps its keys


@functools.lru_cache(maxsize=8192)
def _find(text: str) -> str | None:
    tables = _tables()
    key = fold(text)
    return tables.codes.get(key) or tables.names.get(key)


@functools.cache
def _tables() -> StateTables:
    rows = [*read_table(_TABLES / "states.tsv"), *read_table(_TABLES / "states_extra.tsv")]
    present = {row["code"]: row["replaced_by"] or row["code"] for row in rows if row["kind"]}
    codes: dict[str, str] = {}
    names: dict[str, str] = {}
    for row in rows:
        if row["kind"] not in (*KINDS, "") or row["code"] not in present:
            raise ModelError(f"state table: {row['code']} has an unknown kind or adds to no row; mend the table")
        code = present[row["code"]]
        for short in (row["code"], row["alpha2"]):
            _add(codes, short, code)
        for name in row["names"].split("|"):
            _add(names, name, code)
    for row in read_table(_TABLES / "demonyms.tsv"):
        for name in row["demonyms"].split("|"):
            _add(names, name, present.get(row["code"], ""))
    groups = {row["code"]: row["group"] or present[row["code"]] for row in rows if row["kind"]}
    related = frozenset(frozenset((row["code"], other)) for row in rows for other in row["related"].split())
    unknown = {code for pair in related for code in pair} | set(groups.values())
    if not unknown <= set(groups):
        raise ModelError("state table: a group or a related code has no row of its own; mend the table")
    return StateTables(codes, names, groups, related)


def _add(target: dict[str, str], text: str, code: str) -> None:
    key = fold(text)
    if not code or (key and target.setdefault(key, code) != code):
        raise ModelError(f"state table: {key!r} names two states, or one without a row; mend the table")
