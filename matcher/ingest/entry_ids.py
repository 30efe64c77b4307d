"""Entry ids of document rows that bring none: a keyed digest, so that an id never shows a number.

The store calls this with its own key when it reads a document row without `entry_id` and without
`person_entry_id`. Rows that are alike in every part get a suffix there.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import re

DIGEST_BYTES = 10  # 80 bits: 16 letters of base32
DERIVED_ID = re.compile("d-[a-z2-7]{16}")


def derived_entry_id(
    key: bytes, issuer: str | None, document_type: str | None, number: str, reported_on: datetime.date | None
) -> str:
    """Return `d-` and 16 base32 letters, a keyed digest of what identifies a listed document.

    Each part is preceded by its length, so no two sets of parts give the same bytes.

    Args:
        key: The store's secret, 16 to 64 bytes.
        issuer: Issuing state as listed, or None.
        document_type: Document code as listed, or None.
        number: The normalised number, or its `lookup_key` where it cannot be a key.
        reported_on: Day of the report, or None.

    Returns:
        The same id for the same parts and key; nothing of the number can be read from it.

    Raises:
        ValueError: the key is shorter than 16 bytes or longer than 64.

    Examples:
        >>> derived_entry_id(b"0123456789abcdef", "UTO", "P", "L898902C3", datetime.date(2025, 1, 2))
        'd-mzrqllu3qcbq5ggr'
    """
    digest = keyed_digest(key)
    for part in (issuer, document_type, number, None if reported_on is None else reported_on.isoformat()):
        data = b"" if part is None else part.encode("utf-8", "surrogatepass")
        digest.update(b"-" if part is None else b"%d:" % len(data))
        digest.update(data)
    return "d-" + base64.b32encode(digest.digest()).decode("ascii").lower()


def keyed_digest(key: bytes) -> hashlib.blake2b:
    """Begin the digest of a derived id; `derived_entry_id` says what goes into it.

    Raises:
        ValueError: the key is shorter than 16 bytes or longer than 64.
    """
    if not 16 <= len(key) <= hashlib.blake2b.MAX_KEY_SIZE:
        raise ValueError(f"key has {len(key)} bytes, 16 to 64 needed")
    return hashlib.blake2b(digest_size=DIGEST_BYTES, key=key)


def digest_of_id(entry_id: str) -> bytes:
    """Return the digest that a derived id is written from.

    Examples:
        >>> digest_of_id("d-" + "a" * 16) == bytes(10)
        True
    """
    return base64.b32decode(entry_id.removeprefix("d-").upper())
