"""A passenger file that a request brings: taken within limits into a file without a name, and read from there.

Nothing of it has a name on disk, so nothing stays when the process ends, however it ends. What it is, is told by
`?format=`, else by its Content-Type; gzip and zip are unpacked by the library within its bounds.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa

from matcher.files import Disk
from matcher.passengers import REGISTRY, describe_travellers, read_travellers
from service.limits import take_body
from service.problems import BodyError, MediaTypeError, RowsError

if TYPE_CHECKING:
    from fastapi import Request

    from service.settings import Settings

FORMATS = {
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/x-ndjson": "jsonl",
    "application/jsonl": "jsonl",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.apache.parquet": "parquet",
    "application/vnd.apache.arrow.stream": "arrow",
    "application/vnd.apache.arrow.file": "arrow",
}
JSON = "application/json"
_NAME = Path("passengers")  # in messages; the file itself has none


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How a passenger file is read, as for `matcher.read_travellers`."""

    format: str
    encoding: str | None = None
    sheet: str | None = None
    date_order: str | None = None
    calendar: str | None = None


@dataclass
class PassengerFile:
    """Travellers of a request: a file without a name, or rows.

    Attributes:
        read_as: How the file is read; None: `rows` holds the travellers.
        rows: TRAVELLER, where no file was sent.
    """

    read_as: ReadAs | None = None
    rows: pa.RecordBatch | None = None
    _held: BinaryIO = field(default_factory=tempfile.TemporaryFile)

    async def fill(self, request: Request, settings: Settings) -> None:
        """Take the request's body.

        Raises:
            BodyTooLargeError: more bytes than allowed.
            BodyTimeoutError: it did not arrive in time.
        """
        most, seconds = settings.max_screening_bytes, settings.screening_timeout_seconds
        await take_body(request, self._held.write, most=most, seconds=seconds)
        self._held.flush()

    def digest(self) -> str:
        """Return the SHA-256 of what was sent; the audit keeps it keyed."""
        if self.read_as is None:
            assert self.rows is not None
            return hashlib.sha256(self.rows.serialize()).hexdigest()
        with _Held(self._held).open_read(_NAME) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # a real file

    def describe(self) -> dict[str, Any]:
        """Say what the file is read as, and why.

        Raises:
            InputError: it can't be read as that.
        """
        if self.read_as is None:
            return {"format": "json"}
        return asdict(describe_travellers(_NAME, **asdict(self.read_as), disk=_Held(self._held)))

    def batches(self, most: int) -> Iterator[pa.RecordBatch]:
        """Go through the travellers.

        Raises:
            InputError: it can't be read.
            RowsError: there are more than allowed.
        """
        n_rows = 0
        for batch in self._read():
            n_rows += batch.num_rows
            if n_rows > most:
                raise RowsError(f"the file holds more than {most:,} travellers; send it in parts")
            yield batch

    def close(self) -> None:
        """Let the file go."""
        self._held.close()

    def _read(self) -> Iterator[pa.RecordBatch]:
        if self.read_as is None:
            assert self.rows is not None
            yield self.rows
            return
        with read_travellers(_NAME, **asdict(self.read_as), disk=_Held(self._held)) as reader:
            yield from reader


class _Held(Disk):
    """A disk whose only file is the one that is held."""

    def __init__(self, held: BinaryIO) -> None:
        self._held = held

    def open_read(self, path: Path) -> BinaryIO:
        """Open it from its beginning; one reader at a time."""
        self._held.seek(0)
        return os.fdopen(os.dup(self._held.fileno()), "rb")

    def size(self, path: Path) -> int:
        """Return its size in bytes."""
        return os.fstat(self._held.fileno()).st_size


def format_of(request: Request, given: str | None) -> str | None:
    """Tell a passenger file's format; None: the body is JSON rows.

    Raises:
        BodyError: `?format=` names none.
        MediaTypeError: nothing says what it is, or it is packed in another way than gzip.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip") or (coding == "gzip" and given is None and media_type == JSON):
        raise MediaTypeError("only a passenger file may be packed, and with gzip; send the body as it is")
    if given is not None:
        if given not in REGISTRY:
            raise BodyError(f"format is none of {', '.join(REGISTRY)}; give one of them, or a Content-Type")
        return given
    if media_type == JSON:
        return None
    if media_type not in FORMATS:
        raise MediaTypeError(
            f"the Content-Type says no format of travellers; give ?format={'|'.join(REGISTRY)}, or JSON rows"
        )
    return FORMATS[media_type]
