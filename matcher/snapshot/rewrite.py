"""A list version without some of its entries: every table written anew, batch by batch, under a version of its own.

What a list version holds is never changed in place, so deleting is writing what stays and taking the old files out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matcher.files import Disk
from matcher.snapshot.documents import DocumentRows
from matcher.snapshot.entry_ids import ID_COLUMNS, DocumentIds
from matcher.snapshot.manifest import ListManifest, digest_of, list_part
from matcher.snapshot.write import ListWriter

Mask = np.ndarray[Any, Any]
IDS_READ = 1 << 17  # ids of documents made at once


class Gone:
    """Which rows of one part of a list version are to go.

    Args:
        persons: The part's `PERSON_ENTRY`, mapped.
        documents: Its documents.
        of_person: Tells of a batch of persons which rows go; bool, shape `(rows,)`.
        of_document: Tells of a batch of documents without a person which rows go; those of a person go with the person.

    Attributes:
        persons: Rows of persons that go, bool.
        documents: Rows of documents that go, bool.
    """

    def __init__(
        self,
        persons: pa.Table,
        documents: DocumentRows,
        *,
        of_person: Callable[[pa.RecordBatch], pa.Array],
        of_document: Callable[[pa.RecordBatch], pa.Array] | None,
    ) -> None:
        masks = [_plain(of_person(batch)) for batch in persons.to_batches()]
        self.persons: Mask = np.concatenate(masks) if masks else np.zeros(0, np.bool_)
        holders = persons.column("entry_id").filter(pa.array(self.persons)).combine_chunks()
        self.documents: Mask = np.zeros(documents.num_rows, np.bool_)
        self._persons, self._documents = persons, documents
        start = 0
        for batch in documents.batches(_NEEDED):
            own = slice(start, start + batch.num_rows)
            start = own.stop
            if len(holders):
                self.documents[own] = _plain(pc.is_in(batch.column("person_entry_id"), value_set=holders))
            if of_document is not None:
                is_alone = _plain(pc.is_null(batch.column("person_entry_id")))
                self.documents[own] |= is_alone & _plain(of_document(batch))

    @property
    def any(self) -> bool:
        """Whether a row goes."""
        return bool(self.persons.any() or self.documents.any())

    def entry_ids(self, key: bytes) -> Iterator[str]:
        """Go through the ids of the entries that go, each once a row; a person's documents are of its entry."""
        yield from self._persons.column("entry_id").filter(pa.array(self.persons)).to_pylist()
        ids, rows = DocumentIds(self._documents, key=key), np.flatnonzero(self.documents)
        for start in range(0, len(rows), IDS_READ):
            some = self._documents.take(rows[start : start + IDS_READ], ID_COLUMNS)
            some = some.filter(pc.is_null(some.column("person_entry_id")))
            yield from ids.of(zip(*(column.to_pylist() for column in some.columns), strict=True))


_NEEDED = ("person_entry_id", "entry_id", "issuing_state", "type", "number", "reported_on", "review_on")


def version_without(version: str, digest: str) -> str:
    """Name the version that came of another by deleting entries of that digest.

    Examples:
        >>> version_without("v1", "00") != version_without("v1", "01")
        True
    """
    return "v" + digest_of([list_part(version)[0], "without", digest])


def write_without(
    made: ListManifest, gone: Gone, tables: tuple[pa.Table, DocumentRows, pa.Table], *, to: tuple[Path, str], disk: Disk
) -> ListManifest:
    """Write one part without the rows that go.

    Args:
        made: The part's manifest.
        gone: What goes.
        tables: Persons, documents and rejects of the part.
        to: A fresh folder, and the version of the list that it becomes.
        disk: Disk access.

    Returns:
        The manifest of what was written, with counts of what stayed.
    """
    folder, version = to
    persons, documents, rejects = tables
    kinds: dict[str, int] = {}
    malformed = 0
    disk.make_folder(folder)
    with ListWriter(folder, disk) as writer:
        for batch in _kept(persons.to_batches(), gone.persons):
            writer.on_batch("persons", batch)
            for counted in pc.value_counts(batch.column("kind")).to_pylist():
                kinds[counted["values"]] = kinds.get(counted["values"], 0) + counted["counts"]
        for batch in _kept(documents.batches(), gone.documents):
            writer.on_batch("documents", batch)
            malformed += batch.num_rows - batch.column("malformed").null_count
            alone = batch.column("person_entry_id").null_count
            if alone:
                kinds["document"] = kinds.get("document", 0) + alone
        for batch in rejects.to_batches():
            writer.on_batch("rejects", batch)
        files = writer.finish()
    return msgspec.structs.replace(
        made,
        version=version + made.restriction.part,
        files=files,
        entries=sum(kinds.values()),
        by_kind=dict(sorted(kinds.items())),
        malformed=malformed,
        parts=tuple(version + list_part(part)[1] for part in made.parts),
        came_of=list_part(made.version)[0],
    )


def _kept(batches: Any, gone: Mask) -> Iterator[pa.RecordBatch]:
    start = 0
    for batch in batches:
        own = ~gone[start : start + batch.num_rows]
        start += batch.num_rows
        kept = batch if own.all() else batch.filter(pa.array(own))
        if kept.num_rows:
            yield kept


def _plain(mask: pa.Array) -> Mask:
    plain: Mask = pc.fill_null(mask, False).to_numpy(zero_copy_only=False)
    return plain
