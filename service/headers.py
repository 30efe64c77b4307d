"""Reads a header of a request as it came. A few are asked of every request, and a mapping takes three times as long."""

from __future__ import annotations

from starlette.types import Scope


def header(scope: Scope, name: bytes) -> str | None:
    """Return the first header of a name in small letters; None where it isn't sent.

    Examples:
        >>> header({"headers": [(b"x-purpose", b"visa"), (b"x-purpose", b"border")]}, b"x-purpose")
        'visa'
    """
    for key, value in scope["headers"]:
        if key == name:
            return str(value, "latin-1")
    return None
