"""Small files: refused when damaged, newer, or naming what is not a plain name."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import DamagedStoreError, ListIdError, StoreVersionError
from matcher.schema import SCHEMA_VERSION
from matcher.snapshot.manifest import (
    ListManifest,
    SegmentManifest,
    SmallFile,
    Snapshot,
    SnapshotList,
    SourceFile,
    TableFile,
    check_name,
    decode,
    encode,
    make_snapshot,
    snapshot_id,
    version_of,
)

TABLE = TableFile(1, "00", 1)
PATH = Path("lists.store/lists/mine/v1/manifest.json")
LIST = ListManifest(
    "mine", "v1", "lines", None, "2026-01-01", (), None, 1, 0, 0, {"person": 1}, {}, 0, {},
    {"persons": TABLE, "documents": TABLE, "rejects": TABLE},
)  # fmt: skip
SNAPSHOT = make_snapshot(
    [SnapshotList("mine", "v1", "g1", ("1",))],
    sequence=1,
    created_at="2026-01-01",
    versions=("n1", 1),
    withdrawn={"mine": ("1",)},
    suspended={},
    policies={},
)
EVIL = ["../x", "a/b", "/etc", "..", "", "A", "a\\b", "a\x00", "a" * 65, "ä"]


def test_what_is_written_is_read() -> None:
    """Every kind of small file comes back equal."""
    contents: list[SmallFile] = [LIST, SNAPSHOT, SegmentManifest("g1", "n1", 1, {"names": TABLE})]
    for content in contents:
        assert decode(type(content), encode(content), PATH) == content


@given(st.data())
def test_any_changed_byte_is_refused(data: st.DataObject) -> None:
    """No byte of a small file can change, go or come unnoticed."""
    raw = encode(SNAPSHOT)
    place = data.draw(st.integers(0, len(raw) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda value: value != raw[place]))
    for changed in (
        raw[:place] + bytes([other]) + raw[place + 1 :],
        raw[:place],
        raw[:place] + bytes([other]) + raw[place:],
    ):
        with pytest.raises(DamagedStoreError):
            decode(Snapshot, changed, PATH)


def test_another_schema_is_refused_before_its_fields_are_read() -> None:
    """A newer store is told from a damaged one, and the message says what to do."""
    with pytest.raises(StoreVersionError, match="use the newer program"):
        decode(ListManifest, encode(SNAPSHOT, schema_version=SCHEMA_VERSION + 1), PATH)
    with pytest.raises(StoreVersionError, match="import the lists"):
        decode(Snapshot, encode(SNAPSHOT, schema_version=SCHEMA_VERSION - 1), PATH)


def test_another_kind_is_refused() -> None:
    """A sound file of another kind is damage."""
    with pytest.raises(DamagedStoreError, match="not a ListManifest"):
        decode(ListManifest, encode(SNAPSHOT), PATH)


@pytest.mark.parametrize("name", EVIL)
def test_names_that_are_paths_are_refused(name: str) -> None:
    """A list id or version that could be a path is refused from a caller and from a file."""
    with pytest.raises(ListIdError):
        check_name(name)
    evil_lists = [SnapshotList(name, "v1", "g1"), SnapshotList("mine", name, "g1"), SnapshotList("mine", "v1", name)]
    evil: list[SmallFile] = [
        *(msgspec.structs.replace(SNAPSHOT, lists=(one,), snapshot_id=snapshot_id([one])) for one in evil_lists),
        msgspec.structs.replace(SNAPSHOT, withdrawn={name: ("1",)}),
        msgspec.structs.replace(LIST, list_id=name),
        msgspec.structs.replace(LIST, version=name),
        msgspec.structs.replace(LIST, files={**LIST.files, name: TABLE}),
        SegmentManifest(name, "n1", 1, {}),
        SegmentManifest("g1", "n1", 1, {name: TABLE}),
    ]
    for content in evil:
        with pytest.raises(DamagedStoreError):
            decode(type(content), encode(content), PATH)


def test_a_snapshot_under_another_id_is_refused() -> None:
    """The id of a snapshot is the digest of its lists."""
    with pytest.raises(DamagedStoreError, match="not the digest"):
        decode(Snapshot, encode(msgspec.structs.replace(SNAPSHOT, snapshot_id="s" + "0" * 20)), PATH)


def test_a_version_depends_on_bytes_order_format_reader_and_mapping() -> None:
    """Each of them changes the version; the name of a file doesn't."""
    one, two = SourceFile("a", 1, "00"), SourceFile("b", 1, "01")
    versions = [
        version_of([one, two], format="f", reader_version=1, mapping_digest=None),
        version_of([two, one], format="f", reader_version=1, mapping_digest=None),
        version_of([one], format="f", reader_version=1, mapping_digest=None),
        version_of([one, two], format="g", reader_version=1, mapping_digest=None),
        version_of([one, two], format="f", reader_version=2, mapping_digest=None),
        version_of([one, two], format="f", reader_version=1, mapping_digest="00"),
    ]
    assert len(set(versions)) == len(versions)
    assert all(check_name(version) for version in versions)
    renamed = [SourceFile("c", 1, "00"), two]
    assert version_of(renamed, format="f", reader_version=1, mapping_digest=None) == versions[0]
