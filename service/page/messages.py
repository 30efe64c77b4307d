"""The page's sentences in one language, by section and key; a test holds the four catalogues against one another."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path


@functools.cache
def messages(locale: str) -> Mapping[str, Mapping[str, str]]:
    """Load the sentences of a language that `matcher.explain.LOCALES` names.

    Examples:
        >>> messages("fr")["page"]["direction"], messages("ar")["page"]["direction"]
        ('ltr', 'rtl')
    """
    path = Path(__file__).parent / "locales" / f"{locale}.toml"
    found = tomllib.loads(path.read_text("utf-8"))
    return {name: section for name, section in found.items() if isinstance(section, dict)}
