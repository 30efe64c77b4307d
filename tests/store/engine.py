"""A tiny reader and index in place of the real ones, so that tests of the store are about the store."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from matcher import index, ingest, text
from matcher.errors import UsageError
from matcher.files import Disk
from matcher.ingest.sink import Sink
from matcher.snapshot.documents import DocumentRows

Row = tuple[str, str]


def read_lines(paths: Sequence[Path], sink: Sink, *, mapping: bytes | None, disk: Disk) -> None:
    """Read lines `person,<id>,<name>` and `document,<number>,<issuer>`; others are rejects."""
    sink.as_of = "2026-01-02"
    for path in paths:
        for row, line in enumerate(disk.read(path).decode().splitlines(), start=1):
            match line.split(","):
                case ["person", entry_id, name]:
                    names = [{"text": name, "kind": "primary", "quality": None}]
                    sink.person(
                        {"entry_id": entry_id, "kind": "person", "category": "other", "names": names, "source_row": row}
                    )
                case ["document", number, issuer]:
                    reported = datetime.date(2025, 1, 1)
                    sink.document(
                        {"number": number, "issuing_state": issuer or None, "type": "P", "status": "lost"}
                        | {"category": "document", "reported_on": reported, "source_row": row}
                    )
                case _:
                    sink.reject(row, "unreadable", source_file=path.name)


def reader(format: str) -> Callable[..., None]:
    """Find the one reader."""
    if format != "lines":
        raise UsageError(f"format {format} is not known; use lines")
    return read_lines


def build_segment(
    persons: pa.Table, documents: DocumentRows, *, progress: Callable[[int, int], None] | None = None
) -> dict[str, pa.Table]:
    """Sort ids and numbers."""
    if progress is not None:
        progress(documents.num_rows, documents.num_rows)
    return {
        "names": pa.table({"entry_id": sorted(persons.column("entry_id").to_pylist())}),
        "numbers": pa.table({"number": sorted(documents.column("number").to_pylist())}),
    }


@contextlib.contextmanager
def engine(*, normaliser_version: str = "n1") -> Iterator[None]:
    """Put the tiny reader and index in place while the context lasts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest, "reader", reader, raising=False)
        patch.setattr(ingest, "READER_VERSION", 1, raising=False)
        patch.setattr(index, "build_segment", build_segment, raising=False)
        patch.setattr(index, "INDEX_VERSION", 1, raising=False)
        patch.setattr(text, "NORMALISER_VERSION", normaliser_version)
        yield


def write_list(folder: Path, name: str, *, persons: Sequence[Row] = (), numbers: Sequence[Row] = ()) -> Path:
    """Write a source file of the tiny format."""
    path = folder / name
    lines = [f"person,{entry_id},{text}" for entry_id, text in persons]
    lines += [f"document,{number},{issuer}" for number, issuer in numbers]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
