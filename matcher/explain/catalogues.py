"""The sentences of one language, by section and key; tests hold the four catalogues against the model's levels."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import TypeAlias

from matcher.errors import LocaleError

LOCALES = ("en", "fr", "ar", "es")
Catalogue: TypeAlias = Mapping[str, Mapping[str, str]]


@functools.cache
def catalogue(locale: str) -> Catalogue:
    """Load the sentences of one language.

    Raises:
        LocaleError: no catalogue for the language.

    Examples:
        >>> catalogue("fr")["frame"]["nothing"]
        'rien'
    """
    if locale not in LOCALES:
        raise LocaleError(f"no explanations in that language; available: {', '.join(LOCALES)}")
    text = resources.files("matcher").joinpath("locales", f"{locale}.toml").read_text("utf-8")
    return {name: section for name, section in tomllib.loads(text).items() if isinstance(section, dict)}


def is_right_to_left(words: Catalogue) -> bool:
    """Tell whether the language is written from right to left.

    Examples:
        >>> [locale for locale in LOCALES if is_right_to_left(catalogue(locale))]
        ['ar']
    """
    return words["frame"]["direction"] == "rtl"
