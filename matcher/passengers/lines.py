"""Physical lines of a text file of travellers, each of bounded length, in the encoding that was found.

Used by every text format (`delimited`, `jsonl`, `mrz`). Steps: first bytes -> refusal of binary files ->
`matcher.passengers.encodings` -> lines. Bytes that the encoding lacks stand as U+FFFD in the line.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Iterator
from typing import BinaryIO, TypeVar

from matcher.errors import DiskError, InputError
from matcher.passengers.encodings import find_encoding
from matcher.passengers.row import LONGEST_ROW

REPLACED = "\ufffd"
_BINARY = (b"PK\x03\x04", b"PAR1", b"ARROW1", b"%PDF", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"\x7fELF", b"SQLite format 3")
T = TypeVar("T")


class TextLines:
    """Lines of a text stream, each at most `LONGEST_ROW` characters; a longer one is None.

    Lines that were looked at and not used are given back with `put_back`.

    Attributes:
        encoding: The encoding and why it was taken.
    """

    def __init__(self, stream: BinaryIO, name: str, *, encoding: str | None = None, kind: str) -> None:
        self._name = name
        self._waiting: deque[str | None] = deque()
        start = self._guarded(lambda: stream.read(64))
        if start.startswith(_BINARY):
            raise InputError(f"{name} is a binary file, not {kind}; give its format or save it as {kind} in UTF-8")
        stream.seek(0)
        self.encoding = self._guarded(lambda: find_encoding(stream, name=name, told=encoding))
        self._text = io.TextIOWrapper(stream, encoding=self.encoding.name, errors="replace", newline="")

    def __iter__(self) -> Iterator[str | None]:
        return self

    def __next__(self) -> str | None:
        if self._waiting:
            return self._waiting.popleft()
        line = self._read()
        if not line:
            raise StopIteration
        if len(line) <= LONGEST_ROW:
            return line
        while line and not line.endswith(("\n", "\r")):
            line = self._read()
        return None

    def first(self) -> str | None:
        """Return the first line that isn't blank and leave it to be read; "" in an empty file."""
        found = next((line for line in self if line is None or line.strip()), "")
        self.put_back([found] if found != "" else [])
        return found

    def put_back(self, lines: list[str | None]) -> None:
        """Let lines be read again."""
        self._waiting.extendleft(reversed(lines))

    def _read(self) -> str:
        if self._text.closed:
            return ""
        line = str(self._guarded(lambda: self._text.readline(LONGEST_ROW + 1)))
        if not line:
            self._text.close()  # nothing more is read of it
        return line

    def _guarded(self, act: Callable[[], T]) -> T:
        try:
            return act()
        except UnicodeError as error:  # of codecs that know no replacement
            raise InputError(f"{self._name} is not in the encoding given; give the one it has") from error
        except OSError as error:
            raise DiskError(f"cannot read {self._name}: {error.strerror}; nothing was changed") from error
