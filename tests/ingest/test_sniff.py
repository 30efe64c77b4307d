"""Recognising formats: by content alone, with the reason in words, and refused where nothing marks a list."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import DiskError, EpervierError, InputError, UsageError
from matcher.ingest import REGISTRY, resolve_format, sniff
from tests.ingest.reading import SHARED, needs_shared, read_paths

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "data" / "samples"
XML = b'\xef\xbb\xbf<?xml version="1.0"?><!-- x --><CONSOLIDATED_LIST dateGenerated="d">'
SLTD = (ROOT / "data" / "lost_stolen_documents.csv").read_bytes()[:3000]


def put(folder: Path, content: bytes, name: str = "list.dat") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "format_name", "why"),
    [
        (XML, "un-sc-xml", "dateGenerated"),
        (SLTD, "sltd-csv", "lost and stolen"),
        (b'1,"ARU","individual","X",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n', "ofac-sdn-csv", "12 columns"),
        (b'1,2,"aka","ARU B",-0- \n', "ofac-sdn-csv", "5 columns"),
        (b'{"id":"x","schema":"Person","properties":{}}\n', "ftm-json", "schema and properties"),
        (b'broken\n', None, ""),
        (b'{"total":1,"_embedded":{"notices":[{"entity_id":"1","name":"A"}]}}', "interpol-notices-json", "a notice"),
        (b'[{"a": 1}, {"entity_id":"1","name":"A"}]', "interpol-notices-json", "a notice"),
    ],
)  # fmt: skip
def test_each_format_by_its_mark(tmp_path: Path, content: bytes, format_name: str | None, why: str) -> None:
    """Plain and packed, under any file name, a format is recognised by what it holds."""
    for packed in (content, gzip.compress(content)):
        path = put(tmp_path, packed)
        if format_name is None:
            with pytest.raises(InputError, match="looked for"):
                sniff([path])
            continue
        found = sniff([path])
        assert found.format == format_name
        assert found.format in REGISTRY
        assert why in found.why
        assert found.mapping_hint is None


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json*")), ids=lambda path: path.name)
def test_the_samples_are_recognised_and_read(path: Path) -> None:
    """Every sample is recognised, and its reader finds entries."""
    format_name, why = resolve_format("auto", [path])
    assert why
    assert read_paths(format_name, [path]).sink.entries


def test_tables(tmp_path: Path) -> None:
    """A table in one of the two shapes needs no mapping, any other does."""
    for columns, shape in ((("entry_id", "names"), "persons"), (("number", "issuing_state"), "documents")):
        pq.write_table(pa.table({column: ["1"] for column in columns}), tmp_path / "t")
        assert sniff([tmp_path / "t"]) == ("parquet", f"Parquet table in the shape of {shape}", None)
    pq.write_table(pa.table({"a": ["1"]}), tmp_path / "t")
    assert sniff([tmp_path / "t"]).mapping_hint


def test_a_csv_of_its_own_needs_a_mapping(tmp_path: Path) -> None:
    """A header that nobody knows is a mapped CSV: said with what is missing, or taken where it is there."""
    path = put(tmp_path, b"id,full name\n1,ARU\n")
    assert sniff([path]).format == "mapped-csv"
    with pytest.raises(UsageError, match=r"recognised mapped-csv .* mapping file; give one"):
        resolve_format("auto", [path])
    assert resolve_format("auto", [path], has_mapping=True)[0] == "mapped-csv"


def test_a_named_format_is_not_questioned(tmp_path: Path) -> None:
    """Only `auto` looks into the files; an unknown name is refused."""
    assert resolve_format("sltd-csv", [tmp_path / "none"]) == ("sltd-csv", "as named")
    with pytest.raises(InputError, match="unknown list format"):
        resolve_format("csv", [])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf  \n", "is empty"),
        (b"<html><body/></html>", "XML whose root is html"),
        (b"<!DOCTYPE x []><CONSOLIDATED_LIST/>", "has no root element"),
        (b'{"a": 1}', "JSON without the members"),
        (b'[{"a": 1', "not complete"),
        (b"AB1234567,UTO,P\n", "CSV of 3 columns without a header|a header of 3 columns"),
        (b"1,2,3\n", "CSV of 3 columns without a header"),
        (b"word\n", "without a readable first row"),
        (b"\x00\x01\x02", "without a readable first row"),
        (b"\xff\xfea\x00", "is not UTF-8"),
        (b"PAR1 and nothing", "not a whole Parquet"),
        (b'"never closed', "without a readable first row"),
    ],
)
def test_what_carries_no_mark_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """The refusal names the file and what was looked for, and repeats no cell of it."""
    path = put(tmp_path, content)
    if b"AB1234567" in content:
        assert sniff([path]).mapping_hint  # a first row of data may look like a header: then a mapping is asked for
        assert "AB1234567" not in sniff([path]).why
        return
    with pytest.raises(InputError, match=message) as caught:
        sniff([path])
    assert "list.dat" in str(caught.value)


def test_files_of_different_formats_are_refused(tmp_path: Path) -> None:
    """Files of one import are one list; the message says which is which."""
    one, two = put(tmp_path, SLTD, "one"), put(tmp_path, b'{"entity_id":"1","name":"A"}', "two")
    with pytest.raises(InputError, match="one sltd-csv, two interpol-notices-json"):
        sniff([one, two])
    with pytest.raises(InputError, match="no file"):
        sniff([])
    with pytest.raises(DiskError):
        sniff([tmp_path / "none"])


@needs_shared
def test_real_lists_are_recognised() -> None:
    """The published files of three lists are recognised as what they are."""
    assert sniff(sorted((SHARED / "un").glob("*2026*.xml"))).format == "un-sc-xml"
    assert sniff(sorted((SHARED / "ofac").glob("*2021.csv"))).format == "ofac-sdn-csv"
    assert sniff(sorted((SHARED / "eu").glob("*.csv"))).format == "mapped-csv"


@settings(max_examples=200)
@given(st.binary(max_size=60) | st.text('<>{}[]",:1aP\\\n', max_size=40).map(str.encode))
def test_any_bytes_are_a_format_or_an_error_of_ours(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Nothing but an `EpervierError` leaves, in one line."""
    path = put(tmp_path_factory.mktemp("any"), content)
    try:
        format_name = sniff([path]).format
    except EpervierError as error:
        format_name = "\n" if "\n" in str(error) else "mapped-csv"
    assert format_name in REGISTRY
