"""XML list files, read piece by piece: one small element tree an entry, nothing else in memory.

A document type, an entity declaration or an external reference is refused before anything of it is
read: list files need none, and expanding them is how XML is used for attacks. The text must be UTF-8,
whatever its declaration says.
"""

from __future__ import annotations

import codecs
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat

from matcher.errors import DiskError, InputError
from matcher.files import Disk
from matcher.ingest.reject import FIELD_TOO_LONG

CHUNK_BYTES = 1 << 16
ENTRY_CHARS = 1 << 20  # of one entry; the longest real one has about 15,000
MAX_DEPTH = 32
TAG_BYTES = 2 << 20  # read without an end of a tag in sight; the parser would buffer it all


class XmlEntry(NamedTuple):
    """One element of the wanted kinds; `element` is None where `fault` says why it was not kept."""

    tag: str
    element: ElementTree.Element | None
    fault: str | None


class XmlEntries:
    """The entries of one XML file, as an iterator; `root` holds the root's attributes once it was seen.

    Args:
        path: The file.
        disk: The seam for disk access.
        root_tag: The root element that the format has.
        entry_tags: The elements to hand over, each with all that is in it.
    """

    def __init__(self, path: Path, disk: Disk, root_tag: str, entry_tags: Collection[str]) -> None:
        self.root: dict[str, str] = {}
        self._path, self._disk, self._root_tag, self._entry_tags = path, disk, root_tag, entry_tags
        self._depth = self._size = 0
        self._tag = ""
        self._entry_depth = 0  # of the entry that is being read; 0: none is
        self._builder: ElementTree.TreeBuilder | None = None
        self._done: list[XmlEntry] = []

    def __iter__(self) -> Iterator[XmlEntry]:
        """Yield the entries in file order.

        Raises:
            InputError: empty file, not XML, another root, truncated, not UTF-8, a document type or entity.
            DiskError: the file cannot be read.
        """
        parser = self._parser()
        name = self._path.name
        is_empty, n_read = True, 0
        with self._disk.open_read(self._path) as stream:
            while True:
                try:
                    chunk = stream.read(CHUNK_BYTES)
                except OSError as error:
                    raise DiskError(f"cannot read {self._path}: {error.strerror or type(error).__name__}") from error
                if n_read == 0 and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                    raise InputError(f"{name} is not complete, well-formed XML in UTF-8 but UTF-16; save it as UTF-8")
                is_empty = is_empty and not chunk.strip()
                if not chunk and is_empty:
                    raise InputError(f"{name} is empty; give the file that the list's owner publishes")
                try:
                    parser.Parse(chunk, not chunk)
                except expat.ExpatError as error:
                    raise InputError(
                        f"{name} is not complete, well-formed XML in UTF-8 (line {error.lineno}: "
                        f"{expat.errors.messages.get(error.code, 'error')}); get the file again"
                    ) from error
                n_read += len(chunk)
                if n_read - parser.CurrentByteIndex > TAG_BYTES:
                    raise InputError(f"{name} has a tag of more than {TAG_BYTES} bytes; it is not such a list")
                yield from self._done
                self._done.clear()
                if not chunk:
                    return

    def _parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse
        parser.SkippedEntityHandler = self._refuse
        return parser

    def _refuse(self, *_: object) -> int:
        raise InputError(
            f"{self._path.name} holds a document type or an entity, which list files must not; "
            "get the file from the list's owner again"
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise InputError(f"{self._path.name} nests elements deeper than {MAX_DEPTH}; it is not such a list")
        if self._depth == 1:
            if tag != self._root_tag:
                raise InputError(f"{self._path.name} has another root element than {self._root_tag}; check the format")
            self.root = attributes
        elif not self._entry_depth and tag in self._entry_tags:
            self._entry_depth, self._tag, self._size = self._depth, tag, 0
            self._builder = ElementTree.TreeBuilder()
        if self._builder is not None and self._grow(len(tag) + 32):
            self._builder.start(tag, {})

    def _end(self, tag: str) -> None:
        if self._builder is not None:
            self._builder.end(tag)
        if self._entry_depth == self._depth:
            element = self._builder.close() if self._builder is not None else None
            self._done.append(XmlEntry(self._tag, element, FIELD_TOO_LONG if element is None else None))
            self._builder, self._entry_depth = None, 0
        self._depth -= 1

    def _text(self, text: str) -> None:
        if self._builder is not None and self._grow(len(text)):
            self._builder.data(text)

    def _grow(self, n_characters: int) -> bool:
        """Count what an entry holds; one beyond the limit is given up, without keeping its text."""
        self._size += n_characters
        if self._size > ENTRY_CHARS:
            self._builder = None
        return self._builder is not None
