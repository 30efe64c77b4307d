"""How the reader tests read: bytes to files, files through a reader, batches back to rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from matcher.files import LOCAL_DISK
from matcher.ingest import reader
from matcher.ingest.sink import Sink

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "lists"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not beside the checkout")


@dataclass
class Outcome:
    """What a reader gave."""

    sink: Sink
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def persons(self) -> list[dict[str, Any]]:
        return self.tables["persons"]

    @property
    def documents(self) -> list[dict[str, Any]]:
        return self.tables["documents"]

    @property
    def rejects(self) -> list[tuple[int, str]]:
        return [(row["row"], row["reason"]) for row in self.tables["rejects"]]

    def names(self, place: int = 0) -> list[tuple[str, str]]:
        return [(name["text"], name["kind"]) for name in self.persons[place]["names"]]


def read_paths(format_name: str, paths: list[Path], mapping: bytes | None = None) -> Outcome:
    """Run a reader over files on disk."""
    tables: dict[str, list[dict[str, Any]]] = {"persons": [], "documents": [], "rejects": []}
    outcome = Outcome(Sink("test", lambda name, batch: tables[name].extend(batch.to_pylist())), tables)
    reader(format_name)(paths, outcome.sink, mapping=mapping, disk=LOCAL_DISK)
    outcome.sink.close()
    return outcome


def read_bytes(format_name: str, folder: Path, *contents: bytes, mapping: bytes | None = None) -> Outcome:
    """Run a reader over files with these contents."""
    paths = []
    for number, content in enumerate(contents):
        path = folder / f"list{number}.txt"
        path.write_bytes(content)
        paths.append(path)
    return read_paths(format_name, paths, mapping)
