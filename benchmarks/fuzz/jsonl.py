"""Seeded fuzzing of the JSON Lines reader of travellers; promises and command line as in `benchmarks.fuzz.csv`.

Beside broken bytes it makes well-formed objects whose values have types that no traveller has.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks.fuzz.csv import TOKENS, mutate, run

_SHAPED = {
    "reference": "r1",
    "names": ["ERIKSSON, Anna", {"family": "محمد", "given": "علي"}],
    "birth_date": {"year": 1974, "month": 8, "day": 12},
    "sex": "F",
    "nationalities": ["SWE", "تونس"],
    "documents": [{"number": "L898902C3", "issuing_state": "UTO", "type": "P"}],
    "verified": True,
}
_FLAT = {"full_name": "Åke", "dob": "12/08/1394", "nationality": "Iran", "passport": "X1", "mrz": None}
_SEEDS = [
    "\n".join(json.dumps(one, ensure_ascii=False) for one in (_SHAPED, _FLAT, {"mrz": "P<UTO<<"}, _FLAT)).encode(code)
    for code in ("utf-8", "utf-16", "utf-16-le", "utf-8-sig")
]
_TOKENS = [
    *TOKENS,
    *(b"{", b"}", b"[", b"]", b":", b"null", b"true", b"NaN", b"1e999", b"-0", b'"\\ud800"', b'"\\u0000"', b"\\u202e"),
    *(b"[" * 2000, b'{"a":' * 500, b"9" * 5000, b'"names":[', b'"documents":[[]]', b'"birth_date":{"year":99999}'),
]
_KEYS = [*_SHAPED, *_FLAT, "name", "surname", "", "names", "\u202e"]


def make(draw: random.Random) -> bytes:
    """Make one input: broken bytes, or objects of any values."""
    if draw.random() < 0.6:
        return mutate(draw, _SEEDS, _TOKENS)
    lines = [json.dumps(_object(draw)) for _ in range(draw.randint(1, 4))]
    return "\n".join([json.dumps(_FLAT), *lines]).encode()


def _object(draw: random.Random) -> dict[str, Any]:
    return {draw.choice(_KEYS): _value(draw, 0) for _ in range(draw.randint(0, 8))}


def _value(draw: random.Random, depth: int) -> Any:
    kind = draw.randrange(12 if depth < 3 else 9)
    if kind < 3:
        return draw.choice(["", " ", "Anna", "1974", "31/12/1974", "<<", "\ud800", "ق", "1394-05-01", "x" * 50])
    if kind < 6:
        return draw.choice([0, -1, 1974, 10**18, 1.5, 1e300, -0.0])
    if kind < 9:
        return draw.choice([None, True, False])
    if kind == 9:
        return [_value(draw, depth + 1) for _ in range(draw.randint(0, 4))]
    keys = ["year", "month", "day", "calendar", "year_to", "number", "full", "family", "issuing_state", "x"]
    return {draw.choice(keys): _value(draw, depth + 1) for _ in range(draw.randint(0, 5))}


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz the JSON Lines reader."""
    return run(make, "fuzz.jsonl", arguments)


if __name__ == "__main__":
    sys.exit(main())
