"""Fuzz the JSON list readers: `python -m benchmarks.fuzz.json --runs N`.

Half of the inputs are changed as bytes. In the other half members of the objects are replaced, moved, doubled or
renamed, so that the text stays JSON and the readers get to see values of every type in every place. See
`list_readers` for what counts as a fault.
"""

from __future__ import annotations

import copy
import random
from typing import Any

import msgspec

from benchmarks.fuzz.list_readers import main, mutate_bytes

FORMATS = ("interpol-notices-json", "ftm-json")
SUFFIXES = (".json", ".jsonl")
WORDS = (
    b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"null", b"true", b"1e999", b"-0", b"99999999999999999999", b"\n",
    b'"\\ud800"', b'"\\u0000"', b"\\u202e", b"\0", b"\xff", b"\xef\xbb\xbf", b"[" * 200, b'{"a":' * 200,
    b'{"_embedded":', b'{"notices":[', b'"schema":"Sanction"', b'"schema":"Person"', b'"entity":', b'"holder":',
    b'"id":"x"', b"x" * 3000,
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 1e300, 2**63, "", "x", "na", "NA", "\u202eA", "عبد الله", "1960/02/31", "1960",
    "1960/01/01", "2020-01-02T00:00:00", "between 1960 and 1965", "circa 1961 or 1962", "(a) X1234567 (b) Y7654321",
    "((((((", "A/B/C", "x" * 2000, "a.k.a. " * 300, [], {}, [[]], [{}], [None], [[["x"]]],
    {"id": "x", "schema": "Sanction", "properties": {}}, {"self": {"href": "/un/entities/1"}},
    [{"number": "A1", "type": "Passport"}], [{"issuing_country_id": ["FR", 7]}],
    {"notices": [{"entity_id": "1", "name": "A"}]}, "sanction", "M", "female", "ru", ["ru", "zz", 7],
)  # fmt: skip
LONGEST = 50_000  # bytes of an object after changes; doubling would grow without end


def mutate(content: bytes, chance: random.Random) -> bytes:
    """Change bytes anywhere, or members of the objects."""
    if chance.random() < 0.5:
        return mutate_bytes(content, chance, WORDS)
    values = _objects(content)
    if not values:
        return mutate_bytes(content, chance, WORDS)
    for _ in range(chance.choice((1, 2, 4, 12))):
        _change(chance.choice(values), values, chance)
    chance.shuffle(values)
    lines = [line for line in map(_line, values) if len(line) < LONGEST]
    form = chance.randrange(3)
    if form == 0:
        return b"\n".join(lines)
    array = b"[" + b",".join(lines) + b"]"
    return array if form == 1 else b'{"_embedded":{"notices":' + array + b"}}"


def _objects(content: bytes) -> list[Any]:
    try:
        found = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = []
        for line in content.splitlines():
            try:
                found.append(msgspec.json.decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                continue
    return found if isinstance(found, list) else [found]


def _change(value: Any, others: list[Any], chance: random.Random) -> None:
    """Change one member of an object, at any depth."""
    while isinstance(value, dict | list) and value:
        key = chance.choice(list(value)) if isinstance(value, dict) else chance.randrange(len(value))
        inner = value[key]
        if isinstance(inner, dict | list) and inner and chance.random() < 0.6:
            value = inner
            continue
        kind = chance.randrange(5)
        if kind == 0:
            del value[key]
        elif kind == 1 and isinstance(value, dict):
            value[chance.choice([*value, "name", "entity_id", "id", "schema", "holder"])] = inner
        elif kind == 2 and isinstance(value, list):
            value += value[: 20 // max(1, len(value)) + 1]
        elif kind == 3 and len(line := _line(chance.choice(others))) < LONGEST:
            value[key] = msgspec.json.decode(line)
        else:
            value[key] = copy.deepcopy(chance.choice(VALUES))  # the next change may go into it
        return


def _line(value: Any) -> bytes:
    return msgspec.json.encode(value)


if __name__ == "__main__":
    raise SystemExit(main("json", SUFFIXES, FORMATS, mutate))
