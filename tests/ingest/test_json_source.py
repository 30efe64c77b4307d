"""JSON files: every form gives the same objects, and damage costs no more than it must."""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import DiskError, EpervierError, InputError
from matcher.files import LOCAL_DISK
from matcher.ingest import json_source
from matcher.ingest.json_source import read_objects

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
VALUES = TEXT | st.integers(-5, 5) | st.lists(TEXT, max_size=2)
OBJECTS = st.lists(st.dictionaries(TEXT, VALUES, max_size=3), max_size=5)


def read(content: bytes, folder: Path, *within: str) -> list[tuple[dict[str, Any] | None, str | None]]:
    path = folder / "list.json"
    path.write_bytes(content)
    return list(read_objects(path, LOCAL_DISK, within=within))


@settings(max_examples=150)
@given(objects=OBJECTS.filter(bool), indent=st.sampled_from([None, 1]), bom=st.booleans())
def test_every_form_gives_the_same_objects(objects: list[dict[str, Any]], indent: int | None, bom: bool) -> None:
    """Lines, an array on one line, over many lines, with one object a line, and a page all read alike."""
    lines = "\n".join(map(json.dumps, objects))
    forms = [
        lines,
        "[\n" + ",\n".join(map(json.dumps, objects)) + "\n]\n",
        json.dumps(objects, indent=indent, ensure_ascii=False),
        json.dumps({"total": len(objects), "_embedded": {"notices": objects}}, indent=indent),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for form in forms:
            content = (b"\xef\xbb\xbf" if bom else b"") + form.encode()
            assert read(content, Path(folder), "_embedded", "notices") == [(one, None) for one in objects]


@settings(max_examples=150)
@given(content=st.binary(max_size=40) | st.text('{}[]",:1a\\\n ', max_size=40).map(str.encode))
def test_any_bytes_give_objects_or_an_error_of_ours(content: bytes) -> None:
    """Nothing but an `EpervierError` leaves the reader, whatever the bytes."""
    with tempfile.TemporaryDirectory() as folder:
        found: list[Any] = []
        with contextlib.suppress(EpervierError):
            found = read(content, Path(folder))
    assert all((value is None) != (fault is None) for value, fault in found)


def test_a_single_object_over_many_lines(tmp_path: Path) -> None:
    """A detail object as the interface gives it is one object, though some of its lines look like objects."""
    content = b'{\n "arrest_warrants": [\n{"a": 1},\n{"a": 2}\n ],\n "b": {}\n}\n'
    assert read(content, tmp_path) == [({"arrest_warrants": [{"a": 1}, {"a": 2}], "b": {}}, None)]


@pytest.mark.parametrize(
    "damaged",
    [b'{"a": "half', b"nonsense", b"[1]", b"7", b'{"a": 1} {"b": 2}', b'{"a": "\xe9"}', b'{"a": 1e999}',
     b'{"a": "\\ud800"}', b'{"a":' * 100_000, b'{"a":' + b"[" * 40 + b"]" * 40 + b"}"],
)  # fmt: skip
def test_a_damaged_line_costs_itself(tmp_path: Path, damaged: bytes) -> None:
    """Each kind of damage is one reject, first or in the middle, and its neighbours are read."""
    assert read(b'{"n": 1}\n' + damaged + b'\n{"n": 2}\n', tmp_path) == [
        ({"n": 1}, None), (None, "broken_json"), ({"n": 2}, None)
    ]  # fmt: skip
    if damaged.startswith(b"{"):
        assert read(damaged + b'\n{"n": 2}\n', tmp_path) == [(None, "broken_json"), ({"n": 2}, None)]


@pytest.mark.parametrize("damaged", [b'{"a": "x\0"}', b'{"a": "x\\u0000"}'])
def test_nul_is_a_reject(tmp_path: Path, damaged: bytes) -> None:
    """NUL is rejected by name, raw and escaped."""
    assert read(b'{"n": 1}\n' + damaged, tmp_path)[1] == (None, "nul_byte")


def test_a_ten_megabyte_line_is_one_reject(tmp_path: Path) -> None:
    """A huge object is rejected as a line and as an array's member, first or not; the others are read."""
    huge = b'{"a": "' + b"x" * 10_000_000 + b'"}'
    assert read(b'{"n": 1}\n' + huge + b'\n{"n": 2}', tmp_path)[1:] == [(None, "field_too_long"), ({"n": 2}, None)]
    assert read(huge + b'\n{"n": 2}', tmp_path) == [(None, "field_too_long"), ({"n": 2}, None)]
    assert read(b"[" + huge + b',{"n": 2}]', tmp_path) == [(None, "field_too_long"), ({"n": 2}, None)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \n", "is empty"),
        (b"a,b\n1,2\n", "is not JSON"),
        ('{"a": 1}'.encode("utf-16"), "is UTF-16"),
        (b"[1,2", "not complete, well-formed JSON"),
        (b'{"a": [', "not complete, well-formed JSON"),
        (b"[" * 100_000, "not complete, well-formed JSON"),
        (b'{"a": 1},\n{"a": 2},\n', "not complete, well-formed JSON"),
        (b'[\n{"a": 1},\n{"a": 2},\n', "not complete, well-formed JSON"),
    ],
)
def test_what_is_no_whole_json_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """A file that is damaged as a whole is refused in one line that names it."""
    with pytest.raises(InputError, match=f"list.json .*{message}"):
        read(content, tmp_path)


def test_one_value_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One document is bounded, and the message says how to write it instead; lines are not bounded."""
    monkeypatch.setattr(json_source, "DOCUMENT_BYTES", 1000)
    with pytest.raises(InputError, match="write it with one object a line"):
        read(json.dumps([{"a": 1}] * 200).encode(), tmp_path)
    assert len(read(b'{"a": 1}\n' * 200, tmp_path)) == 200


def test_a_long_array_with_one_object_a_line_is_read_as_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit such an array is streamed, and one that is cut off is still noticed."""
    monkeypatch.setattr(json_source, "DOCUMENT_BYTES", 1000)
    rows = b"[\n" + b",\n".join([b'{"a": 1}'] * 200)
    assert read(rows + b"\n]\n", tmp_path) == [({"a": 1}, None)] * 200
    with pytest.raises(InputError, match="ends before its array does"):
        read(rows + b",\n", tmp_path)


def test_a_missing_file_is_a_disk_error(tmp_path: Path) -> None:
    """A file that is not there gives an error of ours."""
    with pytest.raises(DiskError):
        list(read_objects(tmp_path / "none.json", LOCAL_DISK))
