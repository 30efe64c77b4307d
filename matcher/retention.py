"""An end to every record: what is due goes, with proof; what falls due is listed; what is asked for is told or erased.

Three ends: an entry's own expiry date (and, where the list's policy says so, a document's review date); the retention
of versions that are no longer in force, counted from the day that they were imported; and erasure on request. An entry
in the newest version of its source is never ended by retention. Deleted files leave the store's folder when the writer
lets go of it; what a disk or a backup still holds is not in our hands.

Steps: rows that go -> the version without them -> snapshot in force -> older versions that hold such rows taken out ->
proof.

An older version that holds an entry which goes is not written anew: it goes as a whole, which is a deletion too.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matcher.exceptions import KIND as EXCEPTION
from matcher.policy.lists import ListPolicy
from matcher.publish import Publisher, State
from matcher.schema import DOCUMENT_ENTRY, TEXT
from matcher.snapshot import read, upkeep
from matcher.snapshot.deletions import (
    DIGEST_BYTES,
    ERASURE,
    EXPIRY,
    RETENTION,
    REVIEW,
    SUPERSEDED,
    Deletion,
    deletions_of,
    entry_digests,
    erased_digests,
    record,
)
from matcher.snapshot.documents import DocumentRows
from matcher.snapshot.entry_ids import ID_COLUMNS, DocumentIds
from matcher.snapshot.layout import Layout, now
from matcher.snapshot.manifest import ListManifest, Snapshot, digest_of, list_part
from matcher.snapshot.rewrite import Gone, version_without, write_without

DAYS_A_YEAR = 365.25
DUE = pa.schema(
    [
        ("list_id", TEXT),  # never null
        ("entry_id", TEXT),  # never null
        ("due", TEXT),  # expiry or review; never null
        ("due_on", pa.date32()),  # never null
    ]
)
_Said = tuple[str | None, str | None]  # author and reason of an erasure
_NO_DOCUMENTS = DocumentRows.of(DOCUMENT_ENTRY.empty_table())


@dataclass(frozen=True)
class Rules:
    """What of a list goes, and under which name.

    Attributes:
        rule: For the proof.
        of_person, of_document: As for `rewrite.Gone`.
    """

    rule: str
    of_person: Callable[[pa.RecordBatch], pa.Array]
    of_document: Callable[[pa.RecordBatch], pa.Array] | None = None


class Retention:
    """Ends records of one store; only while `layout.writing`.

    Args:
        layout: The store.
        began: The snapshot in force.
        day: The day that rules are applied for.
    """

    def __init__(self, layout: Layout, began: Snapshot, day: datetime.date) -> None:
        self._layout, self._began, self._day = layout, began, day
        self._key = layout.key()
        self._made: list[tuple[Deletion, bytes]] = []

    def expire(self, list_id: str | None = None) -> list[Deletion]:
        """Delete what is past its own end, and old versions past their list's retention; all lists by default."""
        state = State.of(self._began)
        for name, version in state.versions.items():
            if list_id in (None, name):
                became = self._delete(name, version, expiry_rules(self._day, self._began.policy(name)))
                state = state.with_version(name, became)
        for name, version in self._superseded(list_id, state):
            if self._is_past_retention(name, version):
                self._drop(name, version, RETENTION, state)
            elif self._holds_any(name, version, expiry_rules(self._day, self._began.policy(name))):
                self._drop(name, version, SUPERSEDED, state)
        return self._finish(state)

    def erase(self, list_id: str, entry_id: str, *, author: str, reason: str) -> list[Deletion]:
        """Delete an entry, its documents, and the exceptions about it, from everything that the store holds."""
        state, said = State.of(self._began), (author, reason)
        asked = {list_id: self._entry_rules(entry_id), **self._exceptions_about(list_id, entry_id)}
        for name, rules in asked.items():
            if name in state.versions:
                state = state.with_version(name, self._delete(name, state.versions[name], rules, said=said))
        for name, version in self._superseded(None, state):
            if name in asked and self._holds_any(name, version, asked[name]):
                self._drop(name, version, SUPERSEDED, state)
                if name == list_id:
                    ids = entry_digests([entry_id], list_id, key=self._key)
                    self._note(list_id, (version, None), ERASURE, ids, said=said)
        for field in ("withdrawn", "suspended"):
            ids = getattr(state, field).get(list_id, frozenset())
            state = state.with_ids(field, list_id, ids - {entry_id})
        return self._finish(state)

    def drop_erased(self, list_id: str, version: str, publisher: Publisher) -> str:
        """Return the version without entries that were erased on request; itself where it holds none."""
        digests = erased_digests(self._layout, list_id)
        if not digests:
            return version
        gone = {digests[at : at + DIGEST_BYTES] for at in range(0, len(digests), DIGEST_BYTES)}
        rules = Rules(ERASURE, partial(self._is_among, list_id, gone), partial(self._is_document_among, list_id, gone))
        became = self._without(list_id, version, rules, publisher)[0]
        if became != version:
            upkeep.drop_versions(self._layout, {(list_id, version)})
        return became

    def _delete(self, list_id: str, version: str, rules: Iterable[Rules], *, said: _Said = (None, None)) -> str:
        """Write a version without what rules take out, and prepare the proofs; returns what it became."""
        publisher = Publisher(self._layout)
        for one in rules:
            became, ids = self._without(list_id, version, one, publisher)
            if became != version:
                self._note(list_id, (version, became), one.rule, ids, said=said)
                version = became
        return version

    def _drop(self, list_id: str, version: str, rule: str, state: State) -> None:
        """Let a version that is not in force go as a whole; proof is of what no version in force holds."""
        self._note(list_id, (version, None), rule, self._ids_only_in(list_id, version, state))

    def _without(self, list_id: str, version: str, rules: Rules, publisher: Publisher) -> tuple[str, bytes]:
        parts = read.read_parts(self._layout, list_id, version)
        found: list[tuple[ListManifest, Gone, tuple[pa.Table, DocumentRows, pa.Table]]] = []
        for part in parts:
            persons, documents = read.map_list(self._layout, part)
            gone = Gone(persons, documents, of_person=rules.of_person, of_document=rules.of_document)
            found.append((part, gone, (persons, documents, read.map_rejects(self._layout, part))))
        if not any(gone.any for _, gone, _ in found):
            return version, b""
        ids = entry_digests((one for _, gone, _ in found for one in gone.entry_ids(self._key)), list_id, key=self._key)
        became = version_without(version, digest_of([ids, rules.rule]))
        if publisher.sound_version(list_id, became) is None:
            made = [
                write_without(
                    part,
                    gone,
                    tables,
                    to=(self._layout.work / (became + part.restriction.part), became),
                    disk=self._layout.disk,
                )
                for part, gone, tables in found
            ]
            publisher.move_in(made)
        return became, ids

    def _superseded(self, list_id: str | None, state: State) -> list[tuple[str, str]]:
        """Versions on disk that are neither in force nor already noted to go."""
        noted = {(made.list_id, made.version) for made, _ in self._made}
        return [
            (name, version)
            for name, version in sorted(upkeep.list_versions(self._layout))
            if not list_part(version)[1] and list_id in (None, name)
            if state.versions.get(name) != version and (name, version) not in noted
        ]

    def _is_past_retention(self, list_id: str, version: str) -> bool:
        """Whether every kind of entry of a version is past the retention of its list, counted from its import."""
        parts = read.read_parts(self._layout, list_id, version)
        kinds = {kind for part in parts for kind in part.by_kind}
        policy = self._began.policy(list_id)
        years = min((policy.retention_of(kind) for kind in kinds), default=policy.retention_of("person"))
        held = datetime.date.fromisoformat(parts[0].imported_at[:10])
        return held + datetime.timedelta(days=round(years * DAYS_A_YEAR)) <= self._day

    def _holds_any(self, list_id: str, version: str, rules: Iterable[Rules]) -> bool:
        for part in read.read_parts(self._layout, list_id, version):
            tables = read.map_list(self._layout, part)
            if any(Gone(*tables, of_person=one.of_person, of_document=one.of_document).any for one in rules):
                return True
        return False

    def _ids_only_in(self, list_id: str, version: str, state: State) -> bytes:
        """Digests of the entries of a version that the version in force doesn't hold."""
        ids = self._ids_of(list_id, version)
        if list_id not in state.versions:
            return ids
        kept = np.frombuffer(self._ids_of(list_id, state.versions[list_id]), np.dtype((np.void, DIGEST_BYTES)))
        own = np.frombuffer(ids, kept.dtype)
        return bytes(own[~np.isin(own, kept)].tobytes())

    def _ids_of(self, list_id: str, version: str) -> bytes:
        def all_ids() -> Iterable[str]:
            for part in read.read_parts(self._layout, list_id, version):
                persons, documents = read.map_list(self._layout, part)
                yield from persons.column("entry_id").to_pylist()
                yield from DocumentIds(documents, key=self._key).all()

        return entry_digests(all_ids(), list_id, key=self._key)

    def _note(
        self, list_id: str, versions: tuple[str, str | None], rule: str, ids: bytes, *, said: _Said = (None, None)
    ) -> None:
        count = len(ids) // DIGEST_BYTES
        made = Deletion(0, "", list_id, *versions, rule, self._day.isoformat(), now(), count, "", *said)
        self._made.append((made, ids))

    def _finish(self, state: State) -> list[Deletion]:
        """Put the state in force, record the proofs, and take the old files out of the store."""
        if not self._made:
            return []
        Publisher(self._layout).publish(self._began, state)
        found = [record(self._layout, made, ids) for made, ids in self._made]
        upkeep.drop_versions(self._layout, {(made.list_id, made.version) for made, _ in self._made})
        return found

    def _entry_rules(self, entry_id: str) -> list[Rules]:
        return [
            Rules(
                ERASURE,
                lambda batch: pc.equal(batch.column("entry_id"), entry_id),
                lambda batch: pa.array([one == entry_id for one in self._document_ids(batch)], pa.bool_()),
            )
        ]

    def _exceptions_about(self, list_id: str, entry_id: str) -> dict[str, list[Rules]]:
        """The lists that hold exceptions, with the rule that takes out those about an entry."""

        def is_about(batch: pa.RecordBatch) -> pa.Array:
            rows = zip(batch.column("kind").to_pylist(), batch.column("related_entries").to_pylist(), strict=True)
            return pa.array([k == EXCEPTION and named[:2] == [list_id, entry_id] for k, named in rows], pa.bool_())

        parts = ((one.list_id, read.read_list(self._layout, one.list_id, one.version)) for one in self._began.lists)
        return {name: [Rules(ERASURE, is_about)] for name, part in parts if EXCEPTION in part.by_kind}

    def _document_ids(self, batch: pa.RecordBatch) -> list[str]:
        """Ids of a batch of documents."""
        ids = DocumentIds(_NO_DOCUMENTS, key=self._key)
        return list(ids.of(zip(*(batch.column(name).to_pylist() for name in ID_COLUMNS), strict=True)))

    def _is_among(self, list_id: str, gone: set[bytes], batch: pa.RecordBatch) -> pa.Array:
        return self._among(list_id, gone, batch.column("entry_id").to_pylist())

    def _is_document_among(self, list_id: str, gone: set[bytes], batch: pa.RecordBatch) -> pa.Array:
        return self._among(list_id, gone, self._document_ids(batch))

    def _among(self, list_id: str, gone: set[bytes], ids: list[str]) -> pa.Array:
        return pa.array([entry_digests([one], list_id, key=self._key) in gone for one in ids], pa.bool_())


def expiry_rules(day: datetime.date, policy: ListPolicy) -> list[Rules]:
    """Return the rules by which entries in force end on a day."""

    def is_over(column: str, batch: pa.RecordBatch) -> pa.Array:
        return pc.less_equal(batch.column(column), pa.scalar(day, pa.date32()))

    rules = [Rules(EXPIRY, partial(is_over, "expires_on"))]
    if policy.ends_on_review:
        rules.append(Rules(REVIEW, _nobody, partial(is_over, "review_on")))
    return rules


def due(layout: Layout, snapshot: Snapshot, *, until: datetime.date) -> pa.Table:
    """List the entries in force whose review or expiry falls on a day or before it, by day; `DUE`."""
    key, rows = layout.key(), []
    for one in snapshot.lists:
        persons, documents = read.map_list(layout, read.read_list(layout, one.list_id, one.version))
        for name, column in (("expiry", "expires_on"), ("review", "review_on")):
            found = persons.select(["entry_id", column])
            found = found.filter(pc.less_equal(found.column(column), pa.scalar(until, pa.date32())))
            rows += [(one.list_id, row["entry_id"], name, row[column]) for row in found.to_pylist()]
        start = 0
        for batch in documents.batches(["review_on"]):
            is_due = pc.less_equal(batch.column(0), pa.scalar(until, pa.date32()))
            places = start + np.flatnonzero(pc.fill_null(is_due, False).to_numpy(zero_copy_only=False))
            start += batch.num_rows
            days = documents.take(places, ["review_on"]).column(0).to_pylist() if len(places) else []
            ids = DocumentIds(documents, key=key).at(places.tolist()) if len(places) else []
            rows += [(one.list_id, entry_id, "review", day) for entry_id, day in zip(ids, days, strict=True)]
    rows.sort(key=lambda row: (row[3], row[0], row[1]))
    columns = zip(*rows, strict=True) if rows else [[] for _ in DUE]
    return pa.Table.from_arrays(
        [pa.array(list(column), field.type) for column, field in zip(columns, DUE, strict=True)], schema=DUE
    )


def everything_about(layout: Layout, list_id: str, entry_id: str) -> dict[str, Any]:
    """Collect all that a store holds about an entry: rows of every version on disk, exceptions, state, deletions."""
    key, versions = layout.key(), []
    for name, version in sorted(upkeep.list_versions(layout)):
        if name != list_id:
            continue
        made = read.read_list(layout, name, version)
        persons, documents = read.map_list(layout, made)
        own = persons.filter(pc.equal(persons.column("entry_id"), entry_id)).to_pylist()
        ids = np.array([one == entry_id for one in DocumentIds(documents, key=key).all()], np.bool_)
        listed = documents.take(np.flatnonzero(ids)).to_pylist() if ids.any() else []
        if own or listed:
            about = {"version": list_part(version)[0], "imported_at": made.imported_at}
            versions.append({**about, "persons": own, "documents": listed})
    in_force = layout.in_force()
    return {
        "list_id": list_id,
        "entry_id": entry_id,
        "versions": versions,
        "withdrawn": entry_id in (in_force.withdrawn.get(list_id, ()) if in_force else ()),
        "suspended": entry_id in (in_force.suspended.get(list_id, ()) if in_force else ()),
        "exceptions": _exceptions_about(layout, list_id, entry_id),
        "deletions": [_plain(one) for one in deletions_of(layout, list_id, entry_id, key=key)],
    }


def _exceptions_about(layout: Layout, list_id: str, entry_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name, version in upkeep.list_versions(layout):
        made = read.read_list(layout, name, version)
        if EXCEPTION in made.by_kind:
            rows = read.map_list(layout, made)[0].to_pylist()
            found += [row for row in rows if (row["related_entries"] or [])[:2] == [list_id, entry_id]]
    return found


def _plain(deletion: Deletion) -> Mapping[str, Any]:
    return {name: getattr(deletion, name) for name in Deletion.__struct_fields__}


def _nobody(batch: pa.RecordBatch) -> pa.Array:
    return pa.array(np.zeros(batch.num_rows, np.bool_))
