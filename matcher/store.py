"""The store of lists: imports them, keeps their versions, and puts snapshots in force.

The writer's side of the library; `matcher.watchlist.Watchlist` is the reader's. Files are described in
`matcher.snapshot`, the steps that put a version in force in `matcher.publish`.
"""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from matcher import exceptions, index, ingest
from matcher.access import check_policy_words
from matcher.errors import DamagedStoreError, InputError, ShrinkError, StoreError, StoreVersionError, UsageError
from matcher.files import LOCAL_DISK, Disk
from matcher.ingest.signatures import check_signatures
from matcher.ingest.sink import Sink
from matcher.passengers import traveller_row
from matcher.policy.lists import DEFAULT_POLICY, ListPolicy, is_stale, parse_list_policy
from matcher.publish import Publisher, Source, State, versions
from matcher.records import ListVersion, Traveller
from matcher.retention import Retention, due, everything_about
from matcher.schema import DOCUMENT_ENTRY, TRAVELLER
from matcher.snapshot import diff, manifest, read, upkeep
from matcher.snapshot.deletions import Deletion, read_deletions
from matcher.snapshot.diff import ListDiff
from matcher.snapshot.documents import DocumentRows
from matcher.snapshot.layout import Layout
from matcher.snapshot.manifest import Calibration, Snapshot, SourceFile, counts_of
from matcher.snapshot.read import OpenSnapshot
from matcher.snapshot.upkeep import VerifyReport

if TYPE_CHECKING:
    from matcher.access import Access
    from matcher.score.model import Model
    from matcher.watchlist import Watchlist


class Store:
    """A folder of lists; one writer at a time, any number of readers.

    Invariants: a file is never changed after it was written; what is in force changes by the replacement of
    one pointer; a snapshot in force is never removed.

    Args:
        path: The store's folder; the first import makes it (mode 700, files 600).
        key: 32 bytes that key the entry ids of documents; by default the store makes and keeps its own.
        disk: Disk access.

    Examples:
        >>> import tempfile
        >>> Store(Path(tempfile.mkdtemp()) / "lists.store").lists()
        []
    """

    def __init__(self, path: str | Path, key: bytes | None = None, *, disk: Disk = LOCAL_DISK) -> None:
        self._layout = Layout(Path(path), disk, key)
        self._disk = disk

    @property
    def path(self) -> Path:
        """The store's folder."""
        return self._layout.root

    def import_list(
        self,
        list_id: str,
        *,
        format: str,
        path: str | Path | Sequence[str | Path],
        mapping: str | Path | None = None,
        policy: str | Path | None = None,
        accept_shrink: str | None = None,
        strict: bool = False,
        progress: Callable[[int], None] | None = None,
        indexing: index.Progress | None = None,
    ) -> ListVersion:
        """Read a list from its files and put it in force beside the other lists.

        The same files, mapping and reader give the same version, which is then not read again. Entries
        withdrawn from the list stay withdrawn.

        Args:
            list_id: Name of the list, `[a-z0-9][a-z0-9._-]{0,63}`.
            format: A reader's name in `matcher.ingest.REGISTRY`, or `auto`: recognised by content.
            path: The file, or files in the reader's order.
            mapping: Mapping file of the formats that need one.
            policy: Policy file of the list (`matcher.policy.lists`); by default the one in force stays.
            accept_shrink: Why a version may lack more entries than the policy allows; kept with the version.
            strict: A row that cannot be read refuses the whole import.
            progress: Called with the rows read so far, after each batch.
            indexing: Called with the documents indexed so far and how many there are.

        Returns:
            The version with its counts.

        Raises:
            ListIdError: the list id could be a path.
            InputError: the files cannot be read as that format, or hold no entry; nothing changed.
            PolicyError: the policy's rules contradict each other, or name an unknown role or state.
            ShrinkError: the version lacks more entries than the policy allows.
            SignatureError: the policy asks for signed files and one's signature does not hold.
            StoreLockedError: another writer holds the store.
            DiskError: the disk failed; what was in force still is.
        """
        manifest.check_name(list_id)
        paths = [Path(path)] if isinstance(path, str | Path) else [Path(one) for one in path]
        if not paths:
            raise UsageError(f"no file was given for list {list_id}; give one or more")
        given = None if policy is None else self._policy(policy)
        format, _ = ingest.resolve_format(format, paths, self._disk, has_mapping=mapping is not None)
        reader = ingest.reader(format)
        rules = None if mapping is None else self._disk.read(Path(mapping))
        source = Source(
            format,
            self._sources(paths),
            None if rules is None else manifest.digest_of([rules], size=32),
            accept_shrink,
        )
        version = manifest.version_of(
            source.files, format=format, reader_version=ingest.READER_VERSION, mapping_digest=source.mapping_digest
        )
        with self._layout.writing(create=True) as began:
            state = State.of(began)
            in_force = given or state.policies.get(list_id, DEFAULT_POLICY)
            check_signatures(in_force, paths, self._disk)
            publisher, is_fresh = Publisher(self._layout), False
            made = publisher.sound_version(list_id, version)
            if made is None:
                is_fresh = True
                read_into = partial(reader, paths, mapping=rules, disk=self._disk)
                made = publisher.read_into(list_id, version, source, read_into, progress)
            counts = counts_of(made)
            if self._sources(paths) != source.files:
                raise InputError(f"a file of list {list_id} changed while it was read; import it again")
            _refuse(counts, strict=strict)
            if accept_shrink is None and list_id in state.versions:
                before = read.read_parts(self._layout, list_id, state.versions[list_id])
                refuse_shrink(in_force, counts_of(before), counts)
            if is_fresh:
                publisher.move_in(made)
            if began is not None:
                version = self._retention(began, None).drop_erased(list_id, version, publisher)
            state = state.with_version(list_id, version)
            if given is not None:
                state = state.with_policy(list_id, given)
            publisher.publish(began, state, doubted=list_id, indexing=indexing)
            return counts_of(read.read_parts(self._layout, list_id, version))

    def open(
        self,
        snapshot_id: str | None = None,
        *,
        access: Access | None = None,
        preset: str | None = None,
        model: Model | None = None,
    ) -> Watchlist:
        """Open the snapshot in force, or an earlier one by its id; see `snapshot` for what is refused.

        Args:
            snapshot_id: An earlier snapshot; by default the one in force.
            access: For whom it is opened; None sees everything (rule 10).
            preset: `high-recall`, `balanced` (the default) or `high-precision`: where reviews and hits begin.
            model: Weights in place of the shipped model's as calibrated for this store.

        Raises:
            UsageError: there is no such preset.
            StoreVersionError: the store was calibrated for another model.
        """
        found = self.snapshot(snapshot_id, access=access)
        from matcher.watchlist import Watchlist  # the reader's side is only loaded to read

        weighs = model or self.model()
        model = weighs.with_preset(preset) if preset else weighs
        return Watchlist(found, key=self._layout.key(), model=model, access=access)

    def model(self) -> Model:
        """Return the shipped model, calibrated for this store where `calibrate` was called.

        Raises:
            StoreVersionError: the store was calibrated for another model.
        """
        from matcher.score.model import load_model

        model, made = load_model(), self._layout.read_calibration()
        if made is None:
            return model
        if made.model_id != model.model_id:
            raise StoreVersionError(
                f"{self._layout.root} was calibrated for model {made.model_id}, this program has {model.model_id}; "
                "run `epervier store calibrate` again"
            )
        prior = {
            "expected_matches_per_traveller": made.expected_matches_per_traveller,
            "persons": made.persons,
            "documents": made.documents,
        }
        return model.calibrated(prior, made.review_bits, digest=made.digest)

    def put_calibration(self, calibration: Calibration) -> None:
        """Put a calibration in force; answers name its model from the next opening on (`matcher.calibration`)."""
        with self._layout.writing():
            self._layout.put(self._layout.calibration, manifest.encode(calibration))

    def snapshot(self, snapshot_id: str | None = None, *, access: Access | None = None) -> OpenSnapshot:
        """Verify and map the snapshot in force, or an earlier one that was not pruned; arguments as for `open`.

        Raises:
            StoreError: no list is in force, or the store no longer holds the snapshot asked for.
            StoreVersionError: the store has a newer schema, or another normaliser built its segments.
            DamagedStoreError: a file is missing or differs from its checksum.
        """
        in_force = self._in_force()
        if snapshot_id not in (None, in_force.snapshot_id):
            if snapshot_id not in self._layout.snapshot_ids():
                raise StoreError(f"{self._layout.root} no longer holds the snapshot asked for; use the one in force")
            earlier = self._layout.read_snapshot(snapshot_id)
            return read.open_snapshot(self._layout, earlier, versions=versions(), access=access)
        try:
            return read.open_snapshot(self._layout, in_force, versions=versions(), access=access)
        except DamagedStoreError:
            again = self._in_force()
            if again == in_force:
                raise
            return read.open_snapshot(self._layout, again, versions=versions(), access=access)  # a prune passed between

    def lists(self) -> list[ListVersion]:
        """Return the list versions in force, by list id; none for a store not yet made."""
        in_force = self._layout.in_force()
        found = in_force.versions() if in_force else {}
        return [counts_of(read.read_parts(self._layout, *one)) for one in sorted(found.items())]

    def stale_lists(self, on: datetime.date | None = None) -> tuple[str, ...]:
        """Return the ids of the lists that are older than their policy allows on a day; by default today, UTC."""
        day, found = on or datetime.datetime.now(datetime.UTC).date(), self._layout.in_force()
        stale = (one.list_id for one in self.lists() if found and is_stale(one, found.policy(one.list_id), day))
        return tuple(sorted(stale))

    def diff(self, list_id: str, older: str | None = None, newer: str | None = None) -> ListDiff:
        """Compare two versions of a list that are on disk.

        Args:
            list_id: The list.
            older: A version; by default the one that was in force before `newer`.
            newer: A version; by default the one in force.

        Raises:
            InputError: the list, or a version of it, is not in the store.
        """
        manifest.check_name(list_id)
        in_force = self._layout.in_force()
        newer = newer or State.of(in_force).versions.get(list_id)
        if newer is None:
            raise InputError(f"list {list_id} is not in force; `epervier lists show` names those that are")
        older = older or upkeep.version_before(self._layout, list_id, newer)
        key = self._layout.key()
        pair = []
        for version in (older, newer):
            if (list_id, version) not in upkeep.list_versions(self._layout):
                raise InputError(f"version {ascii(version)[:70]} of list {list_id} is not on disk; import it again")
            pair.append((version, diff.EntryDigests(*self._merged(list_id, version), key=key)))
        return diff.diff_digests(list_id, pair[0], pair[1])

    def withdraw(self, list_id: str, entry_id: str | None = None) -> None:
        """Withdraw an entry, or a whole list, from what is in force.

        A withdrawn entry stays withdrawn in every later version. A withdrawn list comes back with its
        next import, without the entries that were withdrawn singly.

        Args:
            list_id: The list.
            entry_id: The entry; None for the whole list.

        Raises:
            InputError: there is no such list in force, or no such entry in it.
        """
        with self._layout.writing() as began:
            state = State.of(began)
            self._require(state, list_id, entry_id)
            if entry_id is None:
                state = state.with_version(list_id, None)
            else:
                state = state.with_ids("withdrawn", list_id, state.withdrawn.get(list_id, frozenset()) | {entry_id})
            Publisher(self._layout).publish(began, state)

    def suspend(self, list_id: str, entry_id: str) -> None:
        """Keep an entry from being returned until it is resumed: while its accuracy is disputed, say.

        Raises:
            InputError: there is no such list in force, or no such entry in it.
        """
        with self._layout.writing() as began:
            state = State.of(began)
            self._require(state, list_id, entry_id)
            state = state.with_ids("suspended", list_id, state.suspended.get(list_id, frozenset()) | {entry_id})
            Publisher(self._layout).publish(began, state)

    def resume(self, list_id: str, entry_id: str) -> None:
        """End the suspension of an entry.

        Raises:
            InputError: the entry is not suspended.
        """
        with self._layout.writing() as began:
            state = State.of(began)
            suspended = state.suspended.get(list_id, frozenset())
            if entry_id not in suspended:
                raise InputError("that entry is not suspended; ids are written as in a decision")
            Publisher(self._layout).publish(began, state.with_ids("suspended", list_id, suspended - {entry_id}))

    def set_policy(self, list_id: str, path: str | Path) -> ListPolicy:
        """Put a policy of a list in force, from a file as `matcher.policy.lists` describes it.

        Raises:
            InputError: the list is not in force.
            PolicyError: rules that contradict each other, or name an unknown role or state; nothing changed.
        """
        policy = self._policy(path)
        with self._layout.writing() as began:
            state = State.of(began)
            self._require(state, list_id, None)
            Publisher(self._layout).publish(began, state.with_policy(list_id, policy))
        return policy

    def policy(self, list_id: str) -> ListPolicy:
        """Return the policy in force of a list; `DEFAULT_POLICY` where it has none of its own."""
        found = self._layout.in_force()
        return DEFAULT_POLICY if found is None else found.policy(manifest.check_name(list_id))

    def _require(self, state: State, list_id: str, entry_id: str | None) -> None:
        """Refuse a list that is not in force, or an entry that it does not hold."""
        if list_id not in state.versions:
            raise InputError(f"list {ascii(list_id)[:70]} is not in force; `epervier lists show` names those that are")
        known = entry_id is None or entry_id in state.withheld(list_id)
        if not known and not Publisher(self._layout).has_entry(list_id, state.versions[list_id], str(entry_id)):
            raise InputError(f"that entry id is not in list {list_id}; ids are written as in a decision")

    def trial(
        self,
        list_id: str,
        *,
        format: str,
        path: str | Path | Sequence[str | Path],
        mapping: str | Path | None = None,
        travellers: Any,
        decided_at: datetime.datetime | None = None,
    ) -> tuple[ListVersion, pa.Table]:
        """Try an import without putting anything in force: what it would hold, and which decisions it would change.

        Args:
            list_id, format, path, mapping: As for `import_list`.
            travellers: A sample, as `Watchlist.screen` takes it.
            decided_at: The instant to decide for; default now.

        Returns:
            The counts of the version, and `trial.CHANGE`: a row a traveller whose matches on this list differ.

        Cost:
            An import into a folder of its own, which is removed, and two screenings; memory for the sample.
        """
        from matcher.trial import changes
        from matcher.watchlist import Watchlist, batches_of

        at, model, key = decided_at or datetime.datetime.now(datetime.UTC), self.model(), self._layout.key()
        before = [one for one in self.snapshot().lists if one.manifest.list_id == list_id]
        withheld: frozenset[str] = frozenset().union(*(one.withdrawn for one in before))
        sample = pa.Table.from_batches(list(batches_of(travellers)), TRAVELLER)
        with tempfile.TemporaryDirectory(prefix="epervier-trial-") as folder:
            other = Store(Path(folder) / "trial.store", key)
            version = other.import_list(list_id, format=format, path=path, mapping=mapping)
            after = [replace(one, withdrawn=withheld) for one in other.snapshot().lists]
            old, new = (
                Watchlist(OpenSnapshot("s-trial", tuple(lists)), key=key, model=model) for lists in (before, after)
            )
            return version, changes(old, new, sample, at)

    def except_pair(
        self,
        traveller: Traveller,
        list_id: str,
        entry_id: str,
        *,
        author: str,
        reason: str,
        expires_on: datetime.date | None = None,
    ) -> str:
        """Decide that a traveller and a listed person are two: the pair isn't raised again until either side changes.

        Args:
            traveller: As looked up; only a keyed digest of it is kept.
            list_id, entry_id: The entry, as a decision names it.
            author: Who decided; shown in the explanation.
            reason: Why; shown likewise.
            expires_on: Day from which the pair is raised again; None: no end.

        Returns:
            The exception's id in the list `exceptions`, whose entries can be withdrawn like any.

        Raises:
            InputError: no such person in force, or a protective one, which nothing may hold back.
        """
        if not author.strip() or not reason.strip():
            raise UsageError("an exception needs an author and a reason; both are shown with every decision it changes")
        key, today = self._layout.key(), datetime.datetime.now(datetime.UTC).date()
        with self._layout.writing() as began:
            state, publisher = State.of(began), Publisher(self._layout)
            self._require(state, list_id, None)
            row = self._person_row(list_id, state.versions[list_id], entry_id)
            pair = (list_id, entry_id, exceptions.entry_digest(row, key))
            digest = exceptions.traveller_digest(traveller_row(traveller, 1), key)
            days = (today, expires_on)
            made = exceptions.exception_row(digest, pair, author=author, reason=reason, days=days)
            rows = [*(one for one in self._exception_rows(state) if one["entry_id"] != made["entry_id"]), made]
            version = "v" + manifest.digest_of([exceptions.entry_digest(one, key) for one in rows])
            if publisher.sound_version(exceptions.LIST_ID, version) is None:
                source = Source(exceptions.LIST_ID, (), None)
                fresh = publisher.read_into(exceptions.LIST_ID, version, source, partial(_put_all, rows), None)
                publisher.move_in(fresh)
            ids = state.withdrawn.get(exceptions.LIST_ID, frozenset()) - {made["entry_id"]}
            state = state.with_version(exceptions.LIST_ID, version).with_ids("withdrawn", exceptions.LIST_ID, ids)
            publisher.publish(began, state)
        return str(made["entry_id"])

    def _person_row(self, list_id: str, version: str, entry_id: str) -> dict[str, Any]:
        persons, _ = self._merged(list_id, version)
        rows: list[dict[str, Any]] = persons.filter(pc.equal(persons.column("entry_id"), entry_id)).to_pylist()
        if not rows:
            raise InputError(f"list {list_id} holds no person of that entry id; only persons can be excepted")
        if rows[0]["protective"]:
            raise InputError("that entry is protective; nothing may hold it back")
        return rows[0]

    def _exception_rows(self, state: State) -> list[dict[str, Any]]:
        version = state.versions.get(exceptions.LIST_ID)
        if version is None:
            return []
        rows: list[dict[str, Any]] = self._merged(exceptions.LIST_ID, version)[0].to_pylist()
        return rows

    def expire(self, on: datetime.date | None = None, list_id: str | None = None) -> list[Deletion]:
        """Delete what is past its end, with proof: entries by their own date, old versions by their list's retention.

        Args:
            on: The day to end records for; by default today, UTC.
            list_id: One list; by default all.

        Returns:
            A proof a rule and version: what, when, under which rule, and the digests of the entries, never the data.

        Cost:
            Writes each list that loses an entry anew and builds its index, as an import does.
        """
        with self._layout.writing() as began:
            return [] if began is None else self._retention(began, on).expire(list_id)

    def erase(self, list_id: str, entry_id: str, *, author: str, reason: str) -> list[Deletion]:
        """Delete an entry from every version that the store holds, with its documents and the exceptions about it.

        It stays away: later imports of the list leave it out.

        Args:
            list_id: The list.
            entry_id: The entry.
            author: Who asks for it, for the proof.
            reason: Why, for the proof.

        Raises:
            InputError: no version on disk holds such an entry.
        """
        if not author.strip() or not reason.strip():
            raise UsageError("an erasure needs an author and a reason; they stand in the proof")
        with self._layout.writing() as began:
            done = (
                []
                if began is None
                else self._retention(began, None).erase(
                    manifest.check_name(list_id), entry_id, author=author, reason=reason
                )
            )
        if not done:
            raise InputError(f"no version of list {list_id} holds that entry; ids are written as in a decision")
        return done

    def review(self, until: datetime.date) -> pa.Table:
        """List the entries in force whose review or expiry falls on a day or before; `retention.DUE`."""
        return due(self._layout, self._in_force(), until=until)

    def export_person(self, list_id: str, entry_id: str) -> dict[str, Any]:
        """Collect all that the store holds about an entry, for the right of access: plain values, ready for JSON.

        Returns:
            Its rows in every version on disk, whether it is withheld, the exceptions about it, and its deletions.
        """
        return everything_about(self._layout, manifest.check_name(list_id), entry_id)

    def deletions(self) -> list[Deletion]:
        """Return the proofs of all deletions, oldest first.

        Raises:
            DamagedStoreError: one was changed or taken out.
        """
        return read_deletions(self._layout)

    def _retention(self, began: Snapshot, on: datetime.date | None) -> Retention:
        return Retention(self._layout, began, on or datetime.datetime.now(datetime.UTC).date())

    def verify(self) -> VerifyReport:
        """Verify every file of the store; the report names each damaged one."""
        if not self._disk.exists(self._layout.root):
            raise StoreError(f"there is no store at {self._layout.root}; import a list with `epervier lists import`")
        return upkeep.verify(self._layout)

    def rebuild(self) -> None:
        """Build the segments in force anew where they are damaged or of another normaliser.

        Raises:
            DamagedStoreError: a list version itself is damaged.
        """
        with self._layout.writing() as began:
            if began is not None:
                Publisher(self._layout).publish(began, State.of(began), doubted=None)

    def prune(self, keep: int) -> int:
        """Remove snapshots, list versions and segments that the newest `keep` snapshots don't need.

        Args:
            keep: Snapshots to keep, 1 or more; the one in force is always among them.

        Returns:
            How many snapshots, list versions and segments were removed.
        """
        if keep < 1:
            raise UsageError(f"{keep} snapshots to keep, at least 1 is needed; the one in force is never removed")
        with self._layout.writing() as began:
            return 0 if began is None else upkeep.prune(self._layout, began, keep=keep)

    def rejects(self, list_id: str) -> pa.Table:
        """Return the rejected rows of a list in force, `schema.REJECT`.

        Raises:
            InputError: the list is not in force.
        """
        version = self._in_force().versions().get(list_id)
        if version is not None:
            return read.map_rejects(self._layout, read.read_list(self._layout, list_id, version))
        raise InputError(f"list {list_id} is not in force; `epervier lists show` names those that are")

    def _in_force(self) -> Snapshot:
        found = self._layout.in_force()
        if found is None or not found.lists:
            raise StoreError(f"no list in force in {self._layout.root}; import one with `epervier lists import`")
        return found

    def _sources(self, paths: Sequence[Path]) -> tuple[SourceFile, ...]:
        return tuple(SourceFile(path.name, self._disk.size(path), self._disk.digest(path)) for path in paths)

    def _policy(self, path: str | Path) -> ListPolicy:
        policy = parse_list_policy(self._disk.read(Path(path)))
        check_policy_words(policy)
        return policy

    def _merged(self, list_id: str, version: str) -> tuple[pa.Table, DocumentRows]:
        """Map all parts of a version as one; those that are not open are copied."""
        parts = [read.map_list(self._layout, part) for part in read.read_parts(self._layout, list_id, version)]
        if len(parts) == 1:
            return parts[0]
        batches = [batch for _, documents in parts for batch in documents.batches()]
        rows = pa.Table.from_batches(batches, DOCUMENT_ENTRY)
        return pa.concat_tables([persons for persons, _ in parts]), DocumentRows.of(rows)


def _put_all(rows: Sequence[dict[str, Any]], sink: Sink) -> None:
    for row in rows:
        sink.person(row)


def _refuse(counts: ListVersion, *, strict: bool) -> None:
    """Refuse a version of which nothing was kept, or, if strict, of which a row was not."""
    if not counts.entries:
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(counts.by_reason.items())) or "no row"
        raise InputError(
            f"no entry of list {counts.list_id} could be read ({reasons}); nothing was changed; "
            "check the format, the file and the mapping"
        )
    if strict and counts.rejects:
        raise InputError(f"{counts.rejects} rows of list {counts.list_id} were rejected and strict allows none")


def refuse_shrink(policy: ListPolicy, before: ListVersion, after: ListVersion) -> None:
    """Refuse a version that lacks more entries than the policy of its list allows.

    Raises:
        ShrinkError: it does; the list in force stays.
    """
    lacking = before.entries - after.entries
    if lacking > max(policy.shrink_floor, policy.max_shrink * before.entries):
        raise ShrinkError(
            f"list {after.list_id} would shrink from {before.entries:,} to {after.entries:,} entries, its policy "
            f"allows {policy.max_shrink:.0%}; the old version stays; give --accept-shrink with a reason if so"
        )
