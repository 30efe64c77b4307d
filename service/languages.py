"""The language of an answer's sentences, chosen by `Accept-Language` among those that the library has."""

from __future__ import annotations

import functools

from matcher.explain import LOCALES

DEFAULT = LOCALES[0]


@functools.lru_cache(maxsize=1024)
def language_of(accepted: str) -> str:
    """Choose a language by an `Accept-Language` header (RFC 9110 12.5.4); what can't be read is passed over.

    Examples:
        >>> language_of("de, fr-CH;q=0.8, ar;q=0.9"), language_of("ar-IQ"), language_of("*"), language_of("de;q=x")
        ('ar', 'ar', 'en', 'en')
    """
    best, most = DEFAULT, 0.0
    for part in accepted.split(",")[:50]:
        tag, weight = weighed(part)
        primary = tag.partition("-")[0]
        if primary in LOCALES and weight > most:
            best, most = primary, weight
    return best


def weighed(part: str) -> tuple[str, float]:
    """Read one member of an `Accept...` header: its lower-case value and its weight, 1 when none is given.

    Examples:
        >>> weighed(" text/csv;header=present;q=0.5"), weighed("fr"), weighed("fr;q=nan")
        (('text/csv', 0.5), ('fr', 1.0), ('fr', 0.0))
    """
    value, *parameters = part.split(";")
    weight = 1.0
    for parameter in parameters:
        name, _, text = parameter.partition("=")
        if name.strip().lower() == "q":
            text = text.strip()
            weight = float(text) if text.replace(".", "", 1).isdecimal() and text.isascii() else 0.0
    return value.strip().lower(), min(weight, 1.0)
