"""What the store's small files say: list manifest, segment manifest, snapshot, stamp; and their ids.

Every such file is one line of JSON, `{"schema_version": ..., "digest": ..., "content": {...}}`. The digest covers the
version and the content's bytes, so one changed bit is seen; this envelope never changes, so a newer store
is told from a damaged one. Steps of reading: envelope -> digest -> schema version -> fields -> names.
The files' places are in `matcher.snapshot.layout`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import msgspec

from matcher.access import UNRESTRICTED, Restriction
from matcher.errors import DamagedStoreError, ListIdError, StoreVersionError
from matcher.ingest.sink import TABLES
from matcher.policy.lists import DEFAULT_POLICY, ListPolicy
from matcher.records import ListVersion
from matcher.schema import SCHEMA_VERSION

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
SNAPSHOT_ID = re.compile(r"s[0-9a-f]{20}")
ID_BYTES = 10  # 20 hexadecimal digits: two of a million versions collide with a chance of 1e-12
Constant = str | int | bool | None


class SmallFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Content of one of the store's small files."""

    def fault(self) -> str | None:
        """Say which name in it breaks the rules, or None."""
        return None


class SourceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that a list version was read from: base name, size and BLAKE2b-256."""

    name: str
    bytes: int
    digest: str


class TableFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An Arrow file: size, BLAKE2b-256, rows, and the columns that it leaves out.

    Attributes:
        constants: One value of every row, by column; dates as days since 1970.
        same: Columns equal to another one, which is in the file.
        sequences: Columns that count up by one, with their first value.
        taken: Columns that are null or equal to another one; the file holds a bit a row for them.
    """

    bytes: int
    digest: str
    rows: int
    constants: dict[str, Constant] = {}
    same: dict[str, str] = {}
    sequences: dict[str, int] = {}
    taken: dict[str, str] = {}


class ListManifest(SmallFile, frozen=True, forbid_unknown_fields=True):
    """One part of one version of one list: the entries of one restriction.

    Counts are as in `matcher.ListVersion`, of this part alone; `files` by table name. The version of a restricted part
    is that of the list with the part's name behind it; the open part, which may be empty, names the others.

    Attributes:
        restriction: Of every entry of the part.
        parts: Versions of the list's restricted parts, in the manifest of the open part.
        shrink_reason: Why a version that lacks more entries than the policy allows was accepted.
        came_of: The version whose entries were in part deleted to make this one.
    """

    list_id: str
    version: str
    format: str
    as_of: str | None
    imported_at: str
    sources: tuple[SourceFile, ...]
    mapping_digest: str | None
    entries: int
    malformed: int
    rejects: int
    by_kind: dict[str, int]
    by_reason: dict[str, int]
    dropped: int
    notes: dict[str, int]
    files: dict[str, TableFile]
    restriction: Restriction = UNRESTRICTED
    parts: tuple[str, ...] = ()
    shrink_reason: str | None = None
    came_of: str | None = None

    def fault(self) -> str | None:
        """Say which name breaks the rules, or None."""
        if set(self.files) != set(TABLES):
            return "it does not name exactly the tables persons, documents and rejects"
        return _fault_of_names((self.list_id, self.version, *self.parts))

    @property
    def content(self) -> str:
        """Digest of the entries, whatever they were read from."""
        return digest_of([msgspec.json.encode(self.files[name]) for name in ("persons", "documents")])

    def list_version(self) -> ListVersion:
        """Return the counts as the public record."""
        return ListVersion(
            self.list_id,
            list_part(self.version)[0],
            self.format,
            self.as_of,
            self.entries,
            self.malformed,
            self.rejects,
            by_kind=dict(self.by_kind),
            by_reason=dict(self.by_reason),
            dropped=self.dropped,
            notes=dict(self.notes),
            imported_at=self.imported_at,
            sources={source.name: source.digest for source in self.sources},
        )


class SegmentManifest(SmallFile, frozen=True, forbid_unknown_fields=True):
    """The index of one list version's content, built by one normaliser and one index version."""

    content_id: str
    normaliser_version: str
    index_version: int
    files: dict[str, TableFile]

    def fault(self) -> str | None:
        """Say which name breaks the rules, or None."""
        return _fault_of_names((self.content_id, *self.files))


class SnapshotList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part of a list of a snapshot.

    Attributes:
        version: Of the list, with the part's name behind it (`list_part`).
        segment: Content id of its index.
        withdrawn: Ids of the part's entries that may not be returned, sorted.
        restriction: Of every entry of the part.
        content: Digest of its entries.
        entries: How many it holds; the open part may be empty where all entries are restricted.
    """

    list_id: str
    version: str
    segment: str
    withdrawn: tuple[str, ...] = ()
    restriction: Restriction = UNRESTRICTED
    content: str = ""
    entries: int = 0


class Snapshot(SmallFile, frozen=True, forbid_unknown_fields=True):
    """What is in force together.

    Attributes:
        snapshot_id: Digest of list ids, versions and withdrawn entries; not of the time or the index.
        sequence: Grows with every change; orders snapshots also where the clock went back.
        created_at: ISO 8601, UTC.
        normaliser_version: What the segments were built with, as `index_version`.
        lists: Sorted by list id and version, one a part.
        withdrawn: Entry ids withdrawn, by list, of lists that are not in force too: they stay withdrawn on return.
        suspended: Entry ids that may not be returned until they are resumed, by list.
        policies: By list; lists without one have `DEFAULT_POLICY`.
    """

    snapshot_id: str
    sequence: int
    created_at: str
    normaliser_version: str
    index_version: int
    lists: tuple[SnapshotList, ...]
    withdrawn: dict[str, tuple[str, ...]] = {}
    suspended: dict[str, tuple[str, ...]] = {}
    policies: dict[str, ListPolicy] = {}

    def fault(self) -> str | None:
        """Say which name breaks the rules or that the id is not the content's, or None."""
        if self.snapshot_id != snapshot_id(self.lists, self.policies):
            return "its id is not the digest of its lists"
        names = [name for entry in self.lists for name in (entry.list_id, entry.version, entry.segment)]
        return _fault_of_names((*names, *self.withdrawn, *self.suspended, *self.policies))

    def policy(self, list_id: str) -> ListPolicy:
        """Return the policy of a list."""
        return self.policies.get(list_id, DEFAULT_POLICY)

    def versions(self) -> dict[str, str]:
        """Return the version in force of each list, without the names of parts."""
        return {one.list_id: list_part(one.version)[0] for one in self.lists}


class StoreStamp(SmallFile, frozen=True, forbid_unknown_fields=True):
    """`store.json`: when the store was made, and a digest that tells whether a key is its key."""

    created_at: str
    key_check: str


class Calibration(SmallFile, frozen=True, forbid_unknown_fields=True):
    """`calibration.json`: what fits the model to the lists of a store (rule 4).

    Attributes:
        model_id: The model that it was made for.
        expected_matches_per_traveller: True matches among all lists, a traveller.
        persons: Listed persons counted, at least 1.
        documents: Listed documents counted, at least 1.
        review_bits: Review threshold by preset, where clean travellers were given to measure it.
        n_travellers: How many of them carried a birth date; 0 where none were given.
        made_at: ISO 8601, UTC; no part of the digest.
    """

    model_id: str
    expected_matches_per_traveller: float
    persons: int
    documents: int
    review_bits: dict[str, float]
    n_travellers: int
    made_at: str

    def fault(self) -> str | None:
        """Say that a number cannot be, or None."""
        is_sound = 0 < self.expected_matches_per_traveller < 1 and min(self.persons, self.documents) >= 1
        return None if is_sound else "its counts or its share cannot be"

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits of the content."""
        return digest_of([msgspec.json.encode(msgspec.structs.replace(self, made_at=""))])[:8]


class _Envelope(msgspec.Struct, frozen=True):
    schema_version: int
    digest: str
    content: msgspec.Raw


Content = TypeVar("Content", bound=SmallFile)


def check_name(name: str, *, what: str = "list id") -> str:
    """Return a list id or version that may be the name of a folder.

    Args:
        name: The name, as a caller or a file gives it.
        what: Word for the message.

    Raises:
        ListIdError: it does not match `[a-z0-9][a-z0-9._-]{0,63}`, so it could be a path.

    Examples:
        >>> check_name("un-sc")
        'un-sc'
        >>> check_name("../x")
        Traceback (most recent call last):
        matcher.errors.ListIdError: list id '../x' does not match [a-z0-9][a-z0-9._-]{0,63}; choose another name
    """
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ListIdError(f"{what} {ascii(name)[:70]} does not match {NAME.pattern}; choose another name")
    return name


def encode(content: SmallFile, *, schema_version: int = SCHEMA_VERSION) -> bytes:
    """Write a content as the bytes of its file.

    Examples:
        >>> encode(StoreStamp(created_at="2026-01-01T00:00:00+00:00", key_check="00"))[:29]
        b'{"schema_version":2,"digest":'
    """
    return _seal(msgspec.json.encode(content), schema_version)


def decode(kind: type[Content], raw: bytes, path: Path) -> Content:
    """Read the bytes of a small file as the content that it should be.

    Args:
        kind: The struct expected.
        raw: The whole file.
        path: The file, for messages.

    Raises:
        DamagedStoreError: another content than was written, or names that are not plain names.
        StoreVersionError: written with another schema.

    Examples:
        >>> stamp = StoreStamp(created_at="2026-01-01T00:00:00+00:00", key_check="00")
        >>> decode(StoreStamp, encode(stamp), Path("store.json")) == stamp
        True
    """
    try:
        envelope = msgspec.json.decode(raw, type=_Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise damaged(path, "it is not a manifest") from error
    if raw != _seal(bytes(envelope.content), envelope.schema_version):
        raise damaged(path, "its content differs from its checksum")
    if envelope.schema_version > SCHEMA_VERSION:
        raise StoreVersionError(
            f"{path} was written with schema {envelope.schema_version}, this program knows {SCHEMA_VERSION}; "
            "use the newer program"
        )
    if envelope.schema_version < SCHEMA_VERSION:
        raise StoreVersionError(
            f"{path} was written with schema {envelope.schema_version}, this program writes {SCHEMA_VERSION}; "
            "import the lists into a new store"
        )
    try:
        content = msgspec.json.decode(envelope.content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise damaged(path, f"it is not a {kind.__name__}") from error
    if fault := content.fault():
        raise damaged(path, fault)
    return content


def damaged(path: Path, why: str) -> DamagedStoreError:
    """Make the error for a file of the store: which file, what is wrong, and what to do for its kind.

    Examples:
        >>> print(damaged(Path("lists.store/segments/g01/manifest.json"), "it is missing"))
        lists.store/segments/g01/manifest.json is damaged: it is missing; run `epervier store rebuild`
    """
    if path.parent.parent.name == "segments" and path.parent.name.startswith("g"):
        advice = "run `epervier store rebuild`"
    elif "lists" in path.parts[-4:]:
        advice = "import that list again from the same files, or restore the file from a backup"
    elif "snapshots" in path.parts[-2:]:
        advice = "restore it from a backup; if it is not in force, `epervier store prune` removes it"
    else:
        advice = "restore it from a backup"
    return DamagedStoreError(f"{path} is damaged: {why}; {advice}")


def digest_of(parts: Iterable[str | bytes], *, size: int = ID_BYTES) -> str:
    """Digest a sequence of parts, each framed by its length, in hexadecimal.

    Examples:
        >>> digest_of(["ab", "c"]) == digest_of(["a", "bc"])
        False
    """
    digest = hashlib.blake2b(digest_size=size)
    for part in parts:
        part = part.encode() if isinstance(part, str) else part
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def version_of(
    sources: Sequence[SourceFile], *, format: str, reader_version: object, mapping_digest: str | None
) -> str:
    """Name a list version by what it is read from and by whom; base names don't count.

    Examples:
        >>> files = [SourceFile("a.csv", 3, "00"), SourceFile("b.csv", 3, "01")]
        >>> one = version_of(files, format="sltd-csv", reader_version=1, mapping_digest=None)
        >>> len(one), one == version_of(files[::-1], format="sltd-csv", reader_version=1, mapping_digest=None)
        (21, False)
    """
    said = [format, str(reader_version), str(SCHEMA_VERSION), mapping_digest or "", *(file.digest for file in sources)]
    return "v" + digest_of(said)


def segment_id(manifest: ListManifest, *, normaliser_version: str, index_version: int) -> str:
    """Name the segment of a list version: digest of the tables' content and the builder's versions."""
    content = [msgspec.json.encode(manifest.files[name]) for name in ("persons", "documents")]
    return "g" + digest_of([*content, normaliser_version, str(index_version), str(SCHEMA_VERSION)])


def list_part(version: str) -> tuple[str, str]:
    """Cut a version into that of the list and the name of a part; empty for the open part.

    Examples:
        >>> list_part("v12.p3f"), list_part("v12")
        (('v12', '.p3f'), ('v12', ''))
    """
    version, dot, part = version.partition(".p")
    return version, dot + part


def seen_id(lists: Iterable[SnapshotList]) -> str:
    """Name what a caller sees of a snapshot: digest of (list id, content, withdrawn entries) of the parts it may open.

    Examples:
        >>> shown = SnapshotList("un-sc", "v1", "g1", content="c1")
        >>> seen_id([shown]) == seen_id([SnapshotList("un-sc", "v2", "g1", content="c1")])
        True
    """
    said = [
        msgspec.json.encode((one.list_id, one.content, sorted(one.withdrawn)))
        for one in sorted(lists, key=lambda one: (one.list_id, one.version))
    ]
    return "s" + digest_of(said)


def snapshot_id(lists: Iterable[SnapshotList], policies: Mapping[str, ListPolicy] | None = None) -> str:
    """Name a snapshot: digest of (list id, version, withdrawn entries), sorted by list, and of the policies.

    Examples:
        >>> one = snapshot_id([SnapshotList("un-sc", "v1", "g1")])
        >>> one == snapshot_id([SnapshotList("un-sc", "v1", "g2")])
        True
        >>> one == snapshot_id([SnapshotList("un-sc", "v1", "g1", withdrawn=("6908555",))])
        False
    """
    said = [
        msgspec.json.encode((entry.list_id, entry.version, sorted(entry.withdrawn)))
        for entry in sorted(lists, key=lambda entry: (entry.list_id, entry.version))
    ]
    said += [msgspec.json.encode((list_id, policy)) for list_id, policy in sorted((policies or {}).items())]
    return "s" + digest_of(said)


def make_snapshot(
    lists: Sequence[SnapshotList],
    *,
    sequence: int,
    created_at: str,
    versions: tuple[str, int],
    withdrawn: Mapping[str, Iterable[str]],
    suspended: Mapping[str, Iterable[str]],
    policies: Mapping[str, ListPolicy],
) -> Snapshot:
    """Make a snapshot with its id; `versions` are the normaliser's and the index's."""
    ordered = tuple(sorted(lists, key=lambda entry: (entry.list_id, entry.version)))
    kept = {name: policy for name, policy in sorted(policies.items()) if policy != DEFAULT_POLICY}
    return Snapshot(
        snapshot_id=snapshot_id(ordered, kept),
        sequence=sequence,
        created_at=created_at,
        normaliser_version=versions[0],
        index_version=versions[1],
        lists=ordered,
        withdrawn={name: tuple(sorted(ids)) for name, ids in sorted(withdrawn.items()) if ids},
        suspended={name: tuple(sorted(ids)) for name, ids in sorted(suspended.items()) if ids},
        policies=kept,
    )


def counts_of(parts: Sequence[ListManifest]) -> ListVersion:
    """Return the counts of a list version: what was counted of the file, and the sums over its parts."""
    whole = parts[0].list_version()
    kinds: dict[str, int] = {}
    for part in parts:
        for kind, count in part.by_kind.items():
            kinds[kind] = kinds.get(kind, 0) + count
    return replace(
        whole,
        entries=sum(part.entries for part in parts),
        malformed=sum(part.malformed for part in parts),
        by_kind=dict(sorted(kinds.items())),
    )


def seen_version(whole: ListVersion, parts: Sequence[ListManifest]) -> ListVersion:
    """Return the counts of what a caller sees of a list, under a version that nothing hidden changes."""
    version = "v" + digest_of([part.content for part in parts])
    return ListVersion(
        whole.list_id,
        version,
        whole.format,
        whole.as_of,
        whole.entries,
        whole.malformed,
        0,
        by_kind=whole.by_kind,
    )


def _seal(content: bytes, schema_version: int) -> bytes:
    digest = digest_of([str(schema_version), content], size=32)
    return b'{"schema_version":%d,"digest":"%s","content":%s}\n' % (schema_version, digest.encode(), content)


def _fault_of_names(names: Iterable[str]) -> str | None:
    wrong = sum(NAME.fullmatch(name) is None for name in names)
    return f"{wrong} of its names do not match {NAME.pattern}" if wrong else None
