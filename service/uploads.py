"""A list file that a request brings: taken within limits into a private folder, one file or several parts.

`multipart/form-data` isn't read: a body is one file as it is, so that nothing has to be parsed before its size is
known. A list of several files (OFAC's) comes as one zip archive, unpacked here within bounds: members by plain
name only, none larger than the limit together.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from matcher.errors import InputError
from matcher.files import LOCAL_DISK
from service.limits import take_body
from service.problems import BodyTooLargeError

if TYPE_CHECKING:
    from fastapi import Request

    from service.settings import Settings

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
UPLOAD = "upload"
MOST_MEMBERS = 16
RATIO = 200  # unpacked over packed; a list packs to a tenth
CHUNK_BYTES = 1 << 20
ARCHIVE = "application/zip"


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """Make a folder (mode 700) in the system's temporary one, removed with all that is in it at the end."""
    with tempfile.TemporaryDirectory(prefix="epervier-import-") as folder:
        yield Path(folder)


async def take_file(request: Request, settings: Settings, folder: Path) -> Path:
    """Take the request's body into a file (mode 600).

    Raises:
        BodyTooLargeError: more bytes than allowed.
        BodyTimeoutError: it did not arrive in time.
    """
    path = folder / UPLOAD
    most, seconds = settings.max_import_bytes, settings.import_timeout_seconds
    with LOCAL_DISK.create(path) as stream:
        await take_body(request, stream.write, most=most, seconds=seconds)
    return path


def files_of(path: Path, media_type: str, most: int) -> list[Path]:
    """Return the files of an upload: itself, or the members of an archive of several, in the archive's order.

    Raises:
        InputError: the archive is damaged, or holds other names than plain ones.
        BodyTooLargeError: its members are larger than allowed.
    """
    if media_type != ARCHIVE:
        return [path]
    try:
        with zipfile.ZipFile(path) as archive:
            return _unpacked(archive, path.parent, most)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise InputError(f"the archive cannot be read ({type(error).__name__}); send it again") from error


def _unpacked(archive: zipfile.ZipFile, folder: Path, most: int) -> list[Path]:
    members = archive.infolist()
    if not 1 <= len(members) <= MOST_MEMBERS:
        raise InputError(f"the archive holds {len(members):,} files, 1 to {MOST_MEMBERS} allowed")
    if len({member.filename for member in members}) != len(members):
        raise InputError("the archive holds a name twice; send each file once")
    paths = []
    for member in members:
        if not NAME.fullmatch(member.filename) or member.filename == UPLOAD or member.flag_bits & 1:
            raise InputError("the archive holds a folder, a name that is no plain one, or a locked file")
        packed = max(1, member.compress_size)
        if member.file_size > most or member.file_size > RATIO * packed + CHUNK_BYTES:
            raise BodyTooLargeError("a file of the archive is larger than allowed, or packed more than any list is")
        path = folder / member.filename
        with archive.open(member) as source, LOCAL_DISK.create(path) as stream:
            left = member.file_size
            while chunk := source.read(CHUNK_BYTES):
                left -= len(chunk)
                if left < 0:
                    raise BodyTooLargeError("a file of the archive is longer than it says")
                stream.write(chunk)
        most -= member.file_size
        paths.append(path)
    return paths
