"""A screening answers every traveller of a file while it runs, in three forms, and ends when its client does."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import polars as pl
import pyarrow as pa
import pytest

import matcher
from service.app import create_app
from service.forms import ScreeningLine
from service.settings import Settings
from service.streams import ARROW, CSV, JSON_LINES
from tests.cli.runner import write_lists
from tests.service.client import Client, client_of

ROWS = [
    {"reference": "a", "full_name": "YUSUF ABD AL-RAHMAN", "date_of_birth": "1971-03-02", "document_number": ""},
    {"reference": "b", "full_name": "=Zebulon Quartermain", "date_of_birth": "31/31/1990", "document_number": ""},
    {"reference": "=c", "full_name": "...", "date_of_birth": "", "document_number": ""},
    {"reference": "d", "full_name": "", "date_of_birth": "", "document_number": "L898902C3"},
]
FILE = "\n".join([",".join(ROWS[0]), *(",".join(row.values()) for row in ROWS)]).encode()
AS_CSV = {"content-type": "text/csv"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with persons and documents."""
    folder = tmp_path_factory.mktemp("screenings")
    write_lists(folder)
    made = matcher.Store(folder / "store")
    made.import_list("people", format="mapped-csv", path=folder / "people.csv", mapping=folder / "people.toml")
    made.import_list("sltd", format="sltd-csv", path=folder / "documents.csv")
    return folder / "store"


@pytest.fixture(scope="module")
def client(store: Path) -> Iterator[Client]:
    """A client of a service on that store."""
    with client_of(create_app(Settings(store=store))) as made:
        yield made


def lines_of(answer: httpx.Response) -> list[dict[str, Any]]:
    """Read JSON Lines, each with exactly one member."""
    assert answer.status_code == 200, answer.text[:300]
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert all(len(line) == 1 for line in lines)
    msgspec.convert(lines, list[ScreeningLine])
    return lines


def decisions_of(answer: httpx.Response) -> list[dict[str, Any]]:
    """Return the decisions of an answer as JSON Lines."""
    return [line["decision"] for line in lines_of(answer) if "decision" in line]


def test_json_lines_tell_everything_in_order(client: Client) -> None:
    """First what began, then a decision for every row, rejects and warnings in place, last the counts."""
    answer = client.post("/v1/screenings", content=FILE, headers=AS_CSV)
    assert answer.headers["content-type"] == JSON_LINES
    lines = lines_of(answer)
    began, ended = lines[0]["began"], lines[-1]["ended"]
    assert began["source"]["format"] == "csv"
    assert began["snapshot_id"] == answer.headers["x-snapshot-id"]
    decisions = [line["decision"] for line in lines if "decision" in line]
    assert [one["reference"] for one in decisions] == ["a", "b", "=c", "d"]
    assert [one["outcome"] for one in decisions] == ["hit", "no_match", None, "review"]
    assert {one["decided_at"] for one in decisions} == {began["decided_at"]}
    assert [line["progress"]["travellers"] for line in lines if "progress" in line][-1] == 4
    assert ended == {
        "travellers": 4,
        "outcomes": {"no_match": 1, "review": 1, "hit": 1},
        "rejects": {"no_name_or_document": 1},
        "warnings": {"birth_date_unreadable": 1},
    }


def test_a_row_of_a_screening_equals_a_lookup(client: Client) -> None:
    """Rule 1: the same traveller alone gives the same matches, leaves and sentences."""
    travellers = [{"reference": "a", "names": ["YUSUF ABD AL-RAHMAN"], "birth_date": "1971-03-02"}]
    (alone,) = client.post("/v1/lookups", json={"travellers": travellers}).json()["decisions"]
    for answer in (
        client.post("/v1/screenings", content=FILE, headers=AS_CSV),
        client.post("/v1/screenings", json={"travellers": travellers}),
    ):
        screened = decisions_of(answer)[0]
        assert {**screened, "decided_at": ""} == {**alone, "decided_at": ""}


def _packed(kind: str) -> tuple[bytes, str]:
    frame = pl.DataFrame(ROWS)
    stream = io.BytesIO()
    if kind == "parquet":
        frame.write_parquet(stream)
    elif kind == "arrow":
        frame.write_ipc_stream(stream)
    elif kind == "jsonl":
        frame.write_ndjson(stream)
    else:
        stream.write(gzip.compress(FILE))
    return stream.getvalue(), kind


@pytest.mark.parametrize(
    ("kind", "options", "headers"),
    [
        ("parquet", "", {"content-type": "application/vnd.apache.parquet"}),
        ("parquet", "?format=parquet", {}),
        ("arrow", "", {"content-type": ARROW}),
        ("jsonl", "", {"content-type": JSON_LINES}),
        ("jsonl", "?format=jsonl", {"content-type": "application/octet-stream"}),
        ("gzip", "", {**AS_CSV, "content-encoding": "gzip"}),
        ("gzip", "?format=csv", {"content-type": "application/gzip"}),
    ],
)
def test_every_format_of_travellers_is_read(client: Client, kind: str, options: str, headers: dict[str, str]) -> None:
    """By Content-Type or `?format=`, packed or not: the decisions of the CSV file."""
    content, _ = _packed(kind)
    answer = client.post(f"/v1/screenings{options}", content=content, headers=headers)
    plain = client.post("/v1/screenings", content=FILE, headers=AS_CSV)
    told = [[(one["reference"], one["outcome"]) for one in decisions_of(each)] for each in (answer, plain)]
    assert told[0] == told[1]


def test_arrow_and_csv_hold_a_row_a_traveller(client: Client, store: Path) -> None:
    """The Arrow stream equals the library's table; CSV cells that a spreadsheet would run are escaped."""
    answer = client.post("/v1/screenings", content=FILE, headers={**AS_CSV, "accept": ARROW})
    assert answer.headers["content-type"] == ARROW
    table = pa.ipc.open_stream(answer.content).read_all()
    began = json.loads(table.schema.metadata[b"epervier"])
    assert began["snapshot_id"] == answer.headers["x-snapshot-id"]
    instant = table.column("decided_at")[0].as_py()
    own = matcher.Store(store).open().screen(pl.DataFrame(ROWS), decided_at=instant)
    assert table.replace_schema_metadata(None).equals(own)
    text = client.post("/v1/screenings", content=FILE, headers={**AS_CSV, "accept": CSV}).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["reference"] for row in rows] == ["a", "b", "'=c", "d"]
    assert rows[2]["reject_reason"] == "no_name_or_document"


def test_a_filter_is_said_in_every_form(client: Client) -> None:
    """The first line, a header and a column say that matches were left out, and how many."""
    path = "/v1/screenings?lists=sltd"
    lines = lines_of(client.post(path, content=FILE, headers=AS_CSV))
    assert lines[0]["began"]["filter"]["lists"] == ["sltd"]
    decisions = [line["decision"] for line in lines if "decision" in line]
    left_out = [one["caps"]["matches_filtered"] for one in decisions]
    assert left_out[0] == 2
    assert [one["outcome"] for one in decisions] == ["no_match", "no_match", None, "review"]
    assert lines[-1]["ended"]["outcomes"]["hit"] == 0
    for form in (ARROW, CSV):
        answer = client.post(path, content=FILE, headers={**AS_CSV, "accept": form})
        assert answer.headers["x-filter"] == "lists"
        if form == ARROW:
            assert pa.ipc.open_stream(answer.content).read_all().column("matches_filtered").to_pylist() == left_out
        else:
            rows = csv.DictReader(io.StringIO(answer.text))
            assert [int(row["matches_filtered"]) for row in rows] == left_out


def test_a_preset_and_a_language_hold_for_the_whole_file(client: Client) -> None:
    """Every decision names the preset's model; sentences are in the language asked for."""
    headers = {**AS_CSV, "accept-language": "fr"}
    answer = client.post("/v1/screenings?preset=high-recall", content=FILE, headers=headers)
    decisions = decisions_of(answer)
    assert {one["model_id"] for one in decisions} == {"names-1+high-recall"}
    assert "piste" in decisions[0]["matches"][0]["explanation"]["text"]


@pytest.mark.parametrize(
    ("path", "content", "headers", "status"),
    [
        ("", FILE, {}, 415),
        ("", FILE, {"content-type": "text/plain"}, 415),
        ("", FILE, {**AS_CSV, "content-encoding": "br"}, 415),
        ("", gzip.compress(b"{}", mtime=0), {"content-type": "application/json", "content-encoding": "gzip"}, 415),
        ("", FILE, {**AS_CSV, "accept": "application/pdf"}, 406),
        ("?format=exe", FILE, {}, 422),
        ("?colour=red", FILE, AS_CSV, 422),
        ("?preset=best", FILE, AS_CSV, 422),
        ("?format=csv&format=csv", FILE, {}, 422),
        ("?encoding=klingon", FILE, AS_CSV, 422),
        ("", b"", AS_CSV, 422),
        ("", b"\x00\x01\x02" * 100, AS_CSV, 422),
        ("", b"colour,shape\nred,round\n", AS_CSV, 422),
        ("?format=parquet", FILE, {}, 422),
        ("?format=xlsx", b"PK\x03\x04" + b"x" * 100, {}, 422),
        ("", gzip.compress(FILE, mtime=0)[:-12], AS_CSV, 422),
        ("", b'{"travellers": []}', {"content-type": "application/json"}, 422),
        ("", b'{"travellers": [{"name": "A"}]}', {"content-type": "application/json"}, 422),
    ],
)
def test_what_cannot_be_read_is_a_problem(
    client: Client, path: str, content: bytes, headers: dict[str, str], status: int
) -> None:
    """Whatever is wrong with the request is said before anything is answered, bombs and truncated files included."""
    answer = client.post(f"/v1/screenings{path}", content=content, headers=headers)
    assert answer.status_code == status, answer.text[:300]
    assert answer.headers["content-type"] == "application/problem+json"


def test_rows_and_bytes_are_bounded(store: Path) -> None:
    """More bytes are refused; more rows end the answer: a problem line, or an answer that is cut off."""
    with client_of(create_app(Settings(store=store, max_screening_bytes=1000, max_screening_rows=3))) as client:
        answer = client.post("/v1/screenings", content=FILE + b"x" * 1000, headers=AS_CSV)
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:epervier:problem:body-too-large")
        answer = client.post("/v1/screenings", content=FILE, headers=AS_CSV)
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:epervier:problem:rows")
        bomb = gzip.compress(b"full_name\n" + b"A\n" * (40 << 10))
        assert len(bomb) < 1000
        assert client.post("/v1/screenings", content=bomb, headers=AS_CSV).status_code == 413


async def converse(app: Any, body: bytes, *, leave_after: int, accept: str = JSON_LINES) -> list[dict[str, Any]]:
    """Speak ASGI: send a file, and go away after some pieces of the answer."""
    sent: list[dict[str, Any]] = []
    left = asyncio.Event()
    requests = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> dict[str, Any]:
        for one in requests:
            return one
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if len(sent) > leave_after:
            left.set()
        await asyncio.sleep(0)

    headers = [(b"host", b"localhost"), (b"content-type", b"text/csv"), (b"accept", accept.encode())]
    scope = {
        "type": "http", "method": "POST", "path": "/v1/screenings", "raw_path": b"/v1/screenings", "query_string": b"",
        "headers": headers, "scheme": "http", "http_version": "1.1", "root_path": "",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
    }  # fmt: skip
    await app(scope, receive, send)
    return sent


def test_work_stops_when_the_client_goes_away(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that leaves after two pieces: no more is decided, and the place and the file are given back."""
    monkeypatch.setattr("service.screening.STEP_ROWS", 10)
    app = create_app(Settings(store=store, screenings=1))
    file = b"full_name\n" + b"Anna Quartermain\n" * 20_000

    async def run() -> int:
        async with app.router.lifespan_context(app):
            sent = await converse(app, file, leave_after=3)
            again = await converse(app, FILE, leave_after=10**9)
            assert again[0]["status"] == 200  # the only place is free again
            return len(sent)

    assert asyncio.run(run()) < 100


def test_a_screening_beyond_the_places_is_turned_away(store: Path) -> None:
    """One place: of two at once, one is 503 with Retry-After."""
    app = create_app(Settings(store=store, screenings=1))
    file = b"full_name\n" + b"Anna Quartermain\n" * 3000

    async def run() -> list[int]:
        async with app.router.lifespan_context(app):
            both = await asyncio.gather(*(converse(app, file, leave_after=10**9) for _ in range(2)))
            return sorted(sent[0]["status"] for sent in both)

    assert asyncio.run(run()) == [200, 503]


@pytest.mark.parametrize(("accept", "is_said"), [(JSON_LINES, True), (CSV, False), (ARROW, False)])
def test_a_screening_that_takes_too_long_ends(
    store: Path, monkeypatch: pytest.MonkeyPatch, accept: str, is_said: bool
) -> None:
    """When the time is over JSON Lines end with a problem; the others are cut off, their body never complete."""
    monkeypatch.setattr("service.screening.STEP_ROWS", 10)
    app = create_app(Settings(store=store, screening_timeout_seconds=0.3))
    file = b"full_name\n" + b"Anna Quartermain\n" * 20_000

    async def run() -> list[dict[str, Any]]:
        async with app.router.lifespan_context(app):
            return await converse(app, file, leave_after=10**9, accept=accept)

    sent = asyncio.run(run())
    bodies = [one for one in sent if one["type"] == "http.response.body"]
    if is_said:
        last = json.loads(b"".join(one["body"] for one in bodies).splitlines()[-1])
        assert last["problem"]["type"] == "urn:epervier:problem:screening-timeout"
        assert not bodies[-1]["more_body"]
    else:
        assert bodies[-1]["more_body"]


def test_nothing_of_a_file_has_a_name_on_disk(store: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The passenger file lies in a file without a name: the folder for temporary files stays empty."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with client_of(create_app(Settings(store=store))) as client:
        names = []
        original = matcher.Watchlist.decide_batches

        def spied(*given: Any, **options: Any) -> Any:
            names.append(list(tmp_path.iterdir()))
            return original(*given, **options)

        monkeypatch.setattr(matcher.Watchlist, "decide_batches", spied)
        assert len(decisions_of(client.post("/v1/screenings", content=FILE, headers=AS_CSV))) == 4
    assert names == [[]]
