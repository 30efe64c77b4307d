"""Signed list files: an Ed25519 signature beside each file, checked against the key of the list's policy.

The signature of `list.xml` is `list.xml.sig`: 64 bytes as they are, or in base64. Source: RFC 8032.
"""

from __future__ import annotations

import base64
import binascii
import importlib.util
from collections.abc import Sequence
from pathlib import Path

from matcher.errors import SignatureError
from matcher.files import Disk
from matcher.policy.lists import ListPolicy

SIGNATURE_BYTES = 64
SUFFIX = ".sig"


def check_signatures(policy: ListPolicy, paths: Sequence[Path], disk: Disk) -> None:
    """Check the signature of every file of a list whose policy asks for it.

    Raises:
        SignatureError: a signature is missing, is not one, or is not by the policy's key; or the package that checks
            signatures is not installed.

    Cost:
        Reads each file into memory once.
    """
    key = policy.key_bytes()
    if key is None:
        return
    if importlib.util.find_spec("cryptography") is None:
        raise SignatureError("the policy asks for signed files; install `epervier[signatures]` to check them")
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    public = Ed25519PublicKey.from_public_bytes(key)
    for path in paths:
        signature = _signature_of(path, disk)
        try:
            public.verify(signature, disk.read(path))
        except InvalidSignature as error:
            raise SignatureError(
                f"{path.name} is not signed by the key of the list's policy; get it again from its owner"
            ) from error


def _signature_of(path: Path, disk: Disk) -> bytes:
    beside = path.with_name(path.name + SUFFIX)
    if not disk.exists(beside):
        raise SignatureError(f"{beside.name} is missing and the list's policy asks for signed files; put it there")
    raw = disk.read(beside)
    if len(raw) == SIGNATURE_BYTES:
        return raw
    try:
        signature = base64.b64decode(raw.strip(), validate=True)
    except binascii.Error:
        signature = b""
    if len(signature) != SIGNATURE_BYTES:
        raise SignatureError(f"{beside.name} holds no Ed25519 signature: {SIGNATURE_BYTES} bytes, plain or in base64")
    return signature
