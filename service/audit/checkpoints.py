"""Checkpoints: signed heads of a writer's chain, appended to a file outside the database.

Whoever can change the database but not this folder can't rewrite what a checkpoint covers. A folder holds
`signing.key` (Ed25519, mode 600), `signing.pub`, and one `<writer>.jsonl` for each writer: a worker process
locks one that is free, and the operating system frees it when the process ends in whatever way. Each line
names the digest of the line before it, so that a line can't be taken out.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from matcher.errors import DiskError
from matcher.files import FILE_MODE, LOCAL_DISK
from service.database.engine import flush_folder
from service.refusals import AuditError, TamperedError

KEY, PUBLIC, SUFFIX = "signing.key", "signing.pub", ".jsonl"


class Checkpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The head of a chain at a time, without its signature."""

    writer: str
    sequence: int
    hash: str
    at: str
    before: str  # SHA-256 of the line before, hexadecimal; empty: the first


class SignedCheckpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the file."""

    checkpoint: Checkpoint
    signature: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was read, and its digest."""

    checkpoint: Checkpoint
    digest: bytes


class Checkpoints:
    """The folder of checkpoints, its signing key, and the files of its writers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        LOCAL_DISK.make_folder(folder)
        self._key = _signing_key(folder)

    def claim(self) -> WriterFile:
        """Lock the file of a writer that no process uses, or of a new one.

        Raises:
            AuditError: the folder can't be used.
        """
        for writer in writers(self.folder):
            if (handle := _locked(_file(self.folder, writer))) is not None:
                return WriterFile(self.folder, writer, handle, self._key)
        return self.make()

    def make(self) -> WriterFile:
        """Make a new writer."""
        writer = f"w-{secrets.token_hex(8)}"
        handle = _locked(_file(self.folder, writer))
        assert handle is not None, "nobody else can know the name"
        flush_folder(self.folder)
        return WriterFile(self.folder, writer, handle, self._key)


class WriterFile:
    """The file of one writer, locked by this process until it is closed."""

    def __init__(self, folder: Path, writer: str, handle: int, key: Ed25519PrivateKey) -> None:
        self.writer = writer
        self._handle, self._key = handle, key
        path = _file(folder, writer)
        _drop_torn_line(path, handle)
        self._last = None
        for line in read(path, key.public_key()):
            self._last = line

    @property
    def last(self) -> Line | None:
        """The newest checkpoint."""
        return self._last

    def append(self, sequence: int, hash_: bytes, at: str) -> Line:
        """Sign the head of the chain, append it, and flush it to the device.

        Raises:
            AuditError: the disk refused.
        """
        before = self._last.digest.hex() if self._last else ""
        made = Checkpoint(self.writer, sequence, hash_.hex(), at, before)
        signature = self._key.sign(msgspec.json.encode(made)).hex()
        line = msgspec.json.encode(SignedCheckpoint(made, signature))
        try:
            end = os.lseek(self._handle, 0, os.SEEK_END)
            try:
                os.write(self._handle, line + b"\n")
                os.fsync(self._handle)
            except OSError:
                os.ftruncate(self._handle, end)  # half a line must not come before the next
                raise
        except OSError as error:
            raise AuditError(f"cannot append a checkpoint: {error.strerror}") from error
        self._last = Line(made, hashlib.sha256(line).digest())
        return self._last

    def close(self) -> None:
        """Free the writer for another process."""
        os.close(self._handle)


def writers(folder: Path) -> list[str]:
    """Return the writers that have a file in a folder, sorted."""
    return sorted(name.removesuffix(SUFFIX) for name in LOCAL_DISK.names(folder) if name.endswith(SUFFIX))


def public_key(folder: Path) -> Ed25519PublicKey:
    """Read the public half of the signing key.

    Raises:
        TamperedError: it is missing, or none.
    """
    try:
        found = load_pem_public_key((folder / PUBLIC).read_bytes())
    except (OSError, ValueError) as error:
        raise TamperedError(f"{folder / PUBLIC} is missing or no key; give the copy that was kept elsewhere") from error
    if not isinstance(found, Ed25519PublicKey):
        raise TamperedError(f"{folder / PUBLIC} is no Ed25519 key; give the copy that was kept elsewhere")
    return found


def checkpoints_of(folder: Path, writer: str, key: Ed25519PublicKey) -> Iterator[Line]:
    """Read the checkpoints of a writer; see `read`."""
    return read(_file(folder, writer), key)


def read(path: Path, key: Ed25519PublicKey) -> Iterator[Line]:
    """Read a writer's checkpoints and verify signatures and their order; a torn last line is left out.

    Raises:
        TamperedError: a line was changed, taken out or moved.
    """
    before = ""
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], start=1):
        try:
            found = msgspec.json.decode(line, type=SignedCheckpoint)
            key.verify(bytes.fromhex(found.signature), msgspec.json.encode(found.checkpoint))
        except (msgspec.DecodeError, ValueError, InvalidSignature) as error:
            raise TamperedError(f"line {number} of {path} was not signed with this key, or was changed") from error
        if found.checkpoint.before != before or found.checkpoint.writer != path.name.removesuffix(SUFFIX):
            raise TamperedError(f"line {number} of {path} does not follow the line before it; one was taken out")
        digest = hashlib.sha256(line).digest()
        before = digest.hex()
        yield Line(found.checkpoint, digest)


def _file(folder: Path, writer: str) -> Path:
    return folder / f"{writer}{SUFFIX}"


def _locked(path: Path) -> int | None:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    except OSError as error:
        raise AuditError(f"cannot open {path}: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _drop_torn_line(path: Path, handle: int) -> None:
    """Cut what a crash left of a line; what was flushed is always a whole line."""
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.ftruncate(handle, whole)
        os.fsync(handle)


def _signing_key(folder: Path) -> Ed25519PrivateKey:
    """Read the signing key; the first process makes it. The rename lets only one of several win."""
    path = folder / KEY
    if not path.exists():
        made = Ed25519PrivateKey.generate()
        temporary = folder / f".{KEY}.{os.getpid()}"
        LOCAL_DISK.write(temporary, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        try:
            os.link(temporary, path)  # unlike a rename this never replaces the key of another process
        except FileExistsError:
            pass
        except OSError as error:
            raise DiskError(f"cannot make {path}: {error.strerror}") from error
        finally:
            LOCAL_DISK.remove(temporary)
        flush_folder(folder)
    try:
        found = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise AuditError(f"{path} cannot be read as a key; put the kept copy in its place") from error
    if not isinstance(found, Ed25519PrivateKey):
        raise AuditError(f"{path} is no Ed25519 key; put the kept copy in its place")
    public = found.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    if not (folder / PUBLIC).exists():
        LOCAL_DISK.replace(folder / PUBLIC, public)
    return found
