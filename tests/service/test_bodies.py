"""Whatever a body holds, the answer is a decision or a problem of the 4xx kind."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.service.client import Client, client_of
from tests.service.fakes import FakeWatchlist, make_app

JSON = {"content-type": "application/json"}
GOOD = {
    "travellers": [
        {
            "reference": "r1",
            "names": ["ERIKSSON, Anna Maria", {"full": "آنا", "family": "E", "given": "A"}],
            "birth_date": "1974-08-12",
            "sex": "F",
            "nationalities": ["UTO"],
            "birth_place": "Zenith",
            "documents": [{"number": "L898902C3", "issuing_state": "UTO", "type": "P", "expires_on": "2012-04-15"}],
            "source": "api",
            "verified": True,
        }
    ]
}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    """A client of a service on a fake watchlist."""
    with client_of(make_app(tmp_path / "store", FakeWatchlist())) as made:
        yield made


def post(client: Client, body: bytes, path: str = "/v1/lookups") -> tuple[int, dict[str, Any]]:
    """Send a body and return status and decoded answer."""
    answer = client.post(path, content=body, headers=JSON)
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()


def test_a_full_traveller_is_taken_field_by_field(tmp_path: Path) -> None:
    """Every field of the JSON form reaches the library's traveller."""
    watchlist = FakeWatchlist()
    with client_of(make_app(tmp_path / "store", watchlist)) as client:
        assert post(client, json.dumps(GOOD).encode())[0] == 200
    (asked,) = watchlist.asked
    (sent,) = GOOD["travellers"]
    for name in ("reference", "birth_date", "sex", "nationalities", "birth_place", "source", "verified"):
        assert getattr(asked, name) == sent[name]
    assert [name if isinstance(name, str) else name.full for name in asked.names] == ["ERIKSSON, Anna Maria", "آنا"]
    (document,) = asked.documents
    assert (document.number, document.issuing_state, document.type, document.expires_on) == (
        "L898902C3",
        "UTO",
        "P",
        "2012-04-15",
    )


def test_a_traveller_without_reference_gets_its_row_number(client: Client) -> None:
    """The reference is the 1-based row number where none is given."""
    _, answer = post(client, b'{"travellers": [{"names": ["A"]}, {"names": ["B"], "reference": "x"}]}')
    assert [decision["reference"] for decision in answer["decisions"]] == ["1", "x"]


BAD = {
    "empty": (b"", 400),
    "truncated": (b"{", 400),
    "not UTF-8": (b'{"travellers": [{"names": ["\xff"]}]}', 400),
    "UTF-16": (json.dumps(GOOD).encode("utf-16"), 400),
    "surrogate half, escaped": (b'{"travellers": [{"names": ["\\ud800 NAME"]}]}', 400),
    "surrogate half, raw": (b'{"travellers": [{"names": ["\xed\xa0\x80"]}]}', 400),
    "NUL, escaped": (b'{"travellers": [{"names": ["A\\u0000B"]}]}', 422),
    "NUL, raw": (b'{"travellers": [{"names": ["A\x00B"]}]}', 400),
    "deep in a field": (b'{"travellers": ' + b"[" * 200_000, 422),
    "deep in a text field": (b'{"mrz": ' + b"[" * 200_000, 422),
    "deep at the top": (b"[" * 200_000, 422),
    "a list": (b"[]", 422),
    "null": (b"null", 422),
    "no field": (b"{}", 422),
    "no traveller": (b'{"travellers": []}', 422),
    "a traveller of another type": (b'{"travellers": ["ERIKSSON"]}', 422),
    "a number for a name": (b'{"travellers": [{"names": [1]}]}', 422),
    "a name for a list of names": (b'{"travellers": [{"names": "ERIKSSON"}]}', 422),
    "an unknown field": (b'{"travellers": [{"names": ["A"], "surname": "B"}]}', 422),
    "an unknown field at the top": (b'{"travellers": [{"names": ["A"]}], "locale": "xx"}', 422),
    "an empty document number": (b'{"travellers": [{"documents": [{"number": ""}]}]}', 422),
    "a name too long": (b'{"travellers": [{"names": ["' + b"A" * 20_000 + b'"]}]}', 422),
    "half a machine readable zone": (b'{"mrz": "P<UTOERIKSSON<<ANNA<MARIA"}', 422),
    "a zone beside travellers": (b'{"mrz": "P<UTO", "travellers": [{"names": ["A"]}]}', 422),
    "two bodies": (json.dumps(GOOD).encode() * 2, 400),
    "a number beyond floats": (b'{"travellers": [{"verified": 1e999}]}', 422),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_body_is_refused(client: Client, name: str) -> None:
    """Each kind of bad body has its 4xx."""
    body, status = BAD[name]
    assert post(client, body)[0] == status


def test_a_machine_readable_zone_is_answered_as_the_library_does(client: Client) -> None:
    """`mrz` gives one decision, of source `mrz`; the problem of an unreadable one holds nothing of it."""
    zone = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
    status, answer = post(client, b'{"mrz": "' + zone.encode() + b'"}')
    assert status == 200
    assert len(answer["decisions"]) == 1
    _, problem = post(client, b'{"mrz": "P<UTOERIKSSON"}')
    assert "ERIKSSON" not in str(problem)


def test_a_refusal_names_the_place_and_never_the_value(client: Client) -> None:
    """What the caller wrote, a field's name included, isn't in the problem."""
    for body in (
        b'{"travellers": [{"names": ["A"], "JOHN SMITH": 1}]}',
        b'{"travellers": [{"names": ["A"]}, {"sex": ["JOHN SMITH"]}]}',
        b'{"travellers": [{"names": ["JOHN SMITH\\u0000"]}]}',
        b'{"JOHN SMITH": 1}',
        b'{"travellers": [{"names": ["JOHN SMITH"',
    ):
        status, problem = post(client, body)
        assert status in {400, 422}
        assert "JOHN" not in json.dumps(problem)
    _, problem = post(client, b'{"travellers": [{}, {"sex": 4}]}')
    assert "$.travellers[1].sex" in problem["detail"]


def test_more_travellers_than_allowed_are_refused(tmp_path: Path) -> None:
    """A request holds at most `max_travellers` travellers and `max_documents` documents."""
    with client_of(make_app(tmp_path / "s", FakeWatchlist(), max_travellers=2, max_documents=2)) as client:
        for field, item, path in (
            ("travellers", {"names": ["A"]}, "/v1/lookups"),
            ("documents", {"number": "A1"}, "/v1/documents/search"),
        ):
            assert post(client, json.dumps({field: [item] * 2}).encode(), path)[0] == 200
            assert post(client, json.dumps({field: [item] * 3}).encode(), path)[0] == 422


def test_a_body_beyond_the_limit_is_refused_said_or_sent(tmp_path: Path) -> None:
    """The limit holds for the length said beforehand and for a body that comes in pieces."""
    with client_of(make_app(tmp_path / "s", FakeWatchlist(), max_body_bytes=1000)) as client:
        fitting = b'{"travellers": [{"names": ["A"]}]}'
        assert post(client, fitting + b" " * (1000 - len(fitting)))[0] == 200
        assert post(client, fitting + b" " * (1001 - len(fitting)))[0] == 413

        async def in_pieces() -> AsyncIterator[bytes]:
            yield b" " * 600
            yield b" " * 600

        pieces = client.post("/v1/lookups", content=in_pieces(), headers=JSON)
        assert pieces.status_code == 413
        lying = client.post("/v1/lookups", content=fitting, headers={**JSON, "content-length": "9" * 30})
        assert lying.status_code == 413


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/json; charset=latin-1"},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
def test_another_media_type_is_refused(client: Client, headers: dict[str, str]) -> None:
    """Only plain JSON in UTF-8 is read: a form that a web page can send without asking isn't."""
    answer = client.post("/v1/lookups", content=json.dumps(GOOD).encode(), headers=headers)
    assert answer.status_code == 415


def test_json_in_utf8_may_say_so(client: Client) -> None:
    """`charset=utf-8` is accepted."""
    answer = client.post("/v1/lookups", json=GOOD, headers={"content-type": 'Application/JSON; charset="UTF-8"'})
    assert answer.status_code == 200


def mutated(chance: random.Random, body: bytes) -> bytes:
    """Change a body at a few places: bytes, slices, or tokens that JSON cares about."""
    tokens = [b"[", b"]", b"{", b"}", b'"', b"null", b"1e400", b"-", b"\\u0000", b"\\ud83d", b"\xff", b"\x00", b"true"]
    made = bytearray(body)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(made) + 1)
        match chance.randrange(5):
            case 0:
                made[at:at] = chance.choice(tokens)
            case 1:
                del made[at : at + chance.randint(1, 20)]
            case 2:
                made[at : at + 1] = bytes([chance.randrange(256)])
            case 3:
                made[at:at] = made[at : at + chance.randint(1, 60)]
            case _:
                made[at : at + 4] = chance.choice(tokens)
    return bytes(made)


def test_mutated_bodies_never_give_a_server_error(client: Client) -> None:
    """Six hundred seeded mutations of good bodies give 200 or 4xx, and both occur."""
    chance = random.Random(20260727)
    search = {"documents": [{"number": "L898902C3", "issuing_state": "UTO", "type": "P"}], "near": False}
    seen = set()
    for body, path in ((GOOD, "/v1/lookups"), (search, "/v1/documents/search")):
        raw = json.dumps(body, ensure_ascii=False).encode()
        for _ in range(300):
            status, _answer = post(client, mutated(chance, raw), path)
            assert status == 200 or 400 <= status < 500
            seen.add(status)
    assert {200, 400, 422} <= seen
