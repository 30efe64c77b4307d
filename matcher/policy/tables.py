"""Reading a policy table: TOML bytes to rows, each field taken by the rule that it must keep.

Every refusal is a `ModelError` that names the table, the row and the rule: nothing starts with a bad table.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, TypeVar

from matcher.errors import LocaleError, ModelError

LOCALES = ("en", "fr", "ar", "es")
LONGEST_CODE = 100  # characters; a longer text is no code, and is not worth folding
_HEADER = ("id", "source", "date")
_NOT_WORD = re.compile(r"[\W_]+")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, whose fields are taken with a check each.

    Attributes:
        table: File name of the table, for refusals.
        name: The row's own name, with its section.
        values: What TOML gave.
    """

    table: str
    name: str
    values: Mapping[str, Any]

    def refusal(self, rule: str) -> ModelError:
        """Make the error for a rule that the row breaks."""
        return ModelError(f"{self.table}: [{self.name}] {rule}")

    def allow(self, fields: Collection[str]) -> None:
        """Refuse a field that the table doesn't have."""
        if unknown := sorted(set(self.values) - set(fields)):
            raise self.refusal(f"has unknown field {unknown[0]}; the fields are {', '.join(fields)}")

    def text(self, field: str) -> str:
        """Take a text that is not blank."""
        value = self.values.get(field)
        if not isinstance(value, str) or not value.strip():
            raise self.refusal(f"{field} must be a text that is not blank; add it")
        return value

    def flag(self, field: str) -> bool:
        """Take true or false."""
        value = self.values.get(field)
        if not isinstance(value, bool):
            raise self.refusal(f"{field} must be true or false")
        return value

    def one_of(self, field: str, allowed: Collection[str]) -> str:
        """Take one of some words."""
        value = self.values.get(field)
        if not isinstance(value, str) or value not in allowed:
            raise self.refusal(f"{field} must be one of {', '.join(allowed)}")
        return value

    def texts(self, field: str, allowed: Collection[str] | None = None) -> tuple[str, ...]:
        """Take a list of texts, each once and, where `allowed` is given, one of it; the list may be empty."""
        value = self.values.get(field)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.refusal(f"{field} must be a list of texts; write [] for none")
        if len(set(value)) < len(value):
            raise self.refusal(f"{field} names one twice")
        if allowed is not None and not set(value) <= set(allowed):
            raise self.refusal(f"{field} may name only {', '.join(allowed)}")
        return tuple(value)

    def part(self, field: str) -> Row:
        """Take a table inside the row."""
        value = self.values.get(field)
        if not isinstance(value, dict):
            raise self.refusal(f"has no part {field}; add it")
        return Row(self.table, f"{self.name}.{field}", value)

    def in_every_locale(self) -> dict[str, str]:
        """Take one text a language."""
        return {locale: self.text(locale) for locale in LOCALES}


@dataclass(frozen=True, slots=True)
class Table:
    """A parsed table with a header that holds id, source and date."""

    name: str
    sections: Mapping[str, Mapping[str, Any]]

    def rows(self, section: str) -> dict[str, Row]:
        """Rows of a section by name, in file order.

        Raises:
            ModelError: a row is not a table, or there is none.
        """
        rows = {}
        for name, values in self.sections.get(section, {}).items():
            row = Row(self.name, f"{section}.{name}", values if isinstance(values, dict) else {})
            if not isinstance(values, dict):
                raise row.refusal("must be a table")
            rows[name] = row
        if not rows:
            raise ModelError(f"{self.name}: [{section}] has no row; restore the table")
        return rows

    def row(self, section: str) -> Row:
        """A section that is itself one row."""
        return Row(self.name, section, self.sections.get(section, {}))


def shipped(name: str) -> bytes:
    """Read the bytes of a table that lies beside this module."""
    return resources.files("matcher.policy").joinpath(name).read_bytes()


def parse(name: str, raw: bytes, sections: Collection[str]) -> Table:
    """Parse a table and check its header and the names of its sections.

    Raises:
        ModelError: not TOML; no id, source or date; a section that the table doesn't have.

    Examples:
        >>> parse("x.toml", b'id = "x-1"\\nsource = "us"', ["kind"])
        Traceback (most recent call last):
        matcher.errors.ModelError: x.toml: [header] date must be a text that is not blank; add it
    """
    try:
        document = tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"{name} cannot be read as TOML: {error}; mend or restore it") from error
    header = Row(name, "header", document)
    for field in _HEADER:
        header.text(field)
    header.allow((*_HEADER, *sections))
    return Table(name, {section: header.part(section).values for section in sections})


def fold(code: str) -> str:
    """Fold a code to the key by which the tables hold it: lower case, everything between words an underscore.

    Examples:
        >>> fold("INTERPOL–UNSC"), fold(" Red notice ")
        ('interpol_unsc', 'red_notice')
    """
    return _NOT_WORD.sub("_", code.lower()).strip("_")


def by_every_name(rows: Mapping[str, Row], made: Mapping[str, T]) -> dict[str, T]:
    """Key what was made of each row by the row's folded name and aliases.

    Raises:
        ModelError: a name or alias folds to nothing, or stands for two rows.
    """
    found: dict[str, T] = {}
    for name, row in rows.items():
        for text in (name, *row.texts("aliases")):
            key = fold(text)
            if not key or key in found:
                raise row.refusal(f"alias {ascii(text)[:60]} is empty or used twice; an alias stands for one row")
            found[key] = made[name]
    return found


def in_locale(texts: Mapping[str, T], locale: str) -> T:
    """Return what stands for a language.

    Raises:
        LocaleError: the tables don't hold the language.
    """
    if locale not in texts:
        raise LocaleError(f"no policy wording in that language; available: {', '.join(LOCALES)}")
    return texts[locale]
