"""A made-up list of document numbers as large as wanted, in issuers' usual shapes, and slips planted on it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.numbers import SIGNS, patterns
from matcher.documents.slips import SLIPS, SYMBOLS, look_alikes
from matcher.documents.states import issuer_group, short_codes

SCHEMA = pa.schema([("number", pa.large_string()), ("pattern", pa.uint16())])  # pattern: issuer and type together
LISTED = pa.schema(
    [*SCHEMA, *((name, pa.dictionary(pa.int16(), pa.large_string())) for name in ("issuing_state", "type"))]
)
BATCH = 1_000_000
Array = np.ndarray[Any, Any]
MIN_LENGTH, MAX_LENGTH = 6, 12
N_SPREAD = 240  # issuers of the list `spread`
SPREAD_TYPES = ("P", "I", "V")
_LETTERS = SYMBOLS[10:]
_CODES = sorted(short_codes())
_ALIKE = {one: [two for two in SYMBOLS if frozenset((one, two)) in look_alikes()] for one in SYMBOLS}


def draw_batch(draw: np.random.Generator, n: int) -> pa.RecordBatch:
    """Draw numbers by the issuers' shares; `pattern` says which row of the table each was drawn from."""
    shapes = patterns()
    weights = np.array([one.weight for one in shapes], float)
    chosen = draw.choice(len(shapes), n, p=weights / weights.sum())
    return _fill(draw, [one.shape for one in shapes], chosen, chosen)


def draw_spread(draw: np.random.Generator, n: int) -> pa.RecordBatch:
    """Draw numbers as the design's measurements did: few shapes, all letters, 240 issuers, three types."""
    shapes = ("++#######", "+########", "#########", "########")
    issuers = np.minimum(draw.exponential(25, n).astype(np.int64), N_SPREAD - 1)
    chosen = draw.choice(4, n, p=(0.45, 0.25, 0.2, 0.1))
    return _fill(draw, shapes, chosen, issuers * len(SPREAD_TYPES) + draw.integers(0, len(SPREAD_TYPES), n))


def issuer_and_type(kind: str) -> tuple[list[str], list[str]]:
    """Return issuing state and document type of each `pattern` of a list."""
    if kind == "issuers":
        return [one.issuing_state for one in patterns()], [one.type for one in patterns()]
    states = sorted({group for code in short_codes() if len(code) == 3 and (group := issuer_group(code)) == code})
    named = [(state, each) for state in states[:N_SPREAD] for each in SPREAD_TYPES]
    return [state for state, _ in named], [each for _, each in named]


DRAWS = {"issuers": draw_batch, "spread": draw_spread}


def _fill(draw: np.random.Generator, shapes: Sequence[str], chosen: Array, patterns_of: Array) -> pa.RecordBatch:
    n = len(chosen)
    lengths = np.array([len(one) for one in shapes])[chosen]
    letters = np.zeros((n, max(len(one) for one in shapes)), np.uint8)
    for at, one in enumerate(shapes):
        rows = np.flatnonzero(chosen == at)
        for place, sign in enumerate(one):
            signs = np.frombuffer(_LETTERS.encode() if sign == "+" else SIGNS.get(sign, sign).encode(), np.uint8)
            letters[rows, place] = signs[draw.integers(0, len(signs), len(rows))]
    data = letters[np.arange(letters.shape[1]) < lengths[:, None]]
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    numbers = pa.LargeStringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(data))
    return pa.record_batch([numbers, pa.array(patterns_of.astype(np.uint16))], schema=SCHEMA)


def write_list(path: Path, rows: int, *, kind: str, seed: int) -> None:
    """Write a list of numbers with issuer and type, batch by batch."""
    draw = np.random.default_rng(seed)
    named = issuer_and_type(kind)
    distinct = [sorted(set(names)) for names in named]
    places = [
        np.array([known.index(name) for name in names], np.int16) for known, names in zip(distinct, named, strict=True)
    ]
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, LISTED) as writer:
        for start in range(0, rows, BATCH):
            batch = DRAWS[kind](draw, min(BATCH, rows - start))
            pattern = batch.column("pattern").to_numpy()
            coded = [
                pa.DictionaryArray.from_arrays(pa.array(each[pattern]), pa.array(known, pa.large_string()))
                for each, known in zip(places, distinct, strict=True)
            ]
            writer.write_batch(pa.record_batch([*batch.columns, *coded], schema=LISTED))


def _any_of(draw: random.Random, signs: str, n: int) -> str:
    return "".join(draw.choice(signs) for _ in range(n))


def check_digit(number: str) -> str:
    """ICAO 9303-3, 4.9."""
    return str(sum(SYMBOLS.index(sign) * (7, 3, 1)[at % 3] for at, sign in enumerate(number)) % 10)


def plant(draw: random.Random, listed: Iterator[tuple[int, str]], kind: str, n: int) -> list[tuple[int, str]]:
    """Plant n slips of one kind: row and presented number; a number that cannot show the kind is passed over."""
    planted: list[tuple[int, str]] = []
    while len(planted) < n:
        row, number = next(listed)
        presented = _SLIPS[kind](draw, number) if MIN_LENGTH <= len(number) <= MAX_LENGTH else None
        if presented is not None and presented != number:
            planted.append((row, presented))
    return planted


def _lookalike(draw: random.Random, number: str) -> str | None:
    places = [at for at, sign in enumerate(number) if _ALIKE[sign]]
    wanted = draw.choice((1, 2))
    if len(places) < wanted:
        return None
    signs = list(number)
    for at in draw.sample(places, wanted):
        signs[at] = draw.choice(_ALIKE[signs[at]])
    return "".join(signs)


def _check_digit(_: random.Random, number: str) -> str:
    return number + check_digit(number)


def _prefix(draw: random.Random, number: str) -> str | None:
    if len(number) > 9:
        return number[:9]
    return number + _any_of(draw, SYMBOLS, draw.randrange(1, 4)) if len(number) == 9 else None


def _glued(draw: random.Random, number: str) -> str:
    return f"{draw.choice((*_CODES, *'PVICA'))}{number}"


def _leading(draw: random.Random, number: str) -> str | None:
    if draw.random() < 0.5:
        return _any_of(draw, draw.choice(("0", _LETTERS)), draw.randrange(1, 4)) + number
    front = min(len(number) - len(number.lstrip(_LETTERS + "0")), len(number) - 4)
    return number[draw.randrange(front) + 1 :] if front > 0 else None


def _transposed(draw: random.Random, number: str) -> str:
    at = draw.randrange(len(number) - 1)
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def _substituted(draw: random.Random, number: str) -> str:
    at = draw.randrange(len(number))
    return number[:at] + draw.choice(SYMBOLS) + number[at + 1 :]


def _deleted(draw: random.Random, number: str) -> str:
    at = draw.randrange(len(number))
    return number[:at] + number[at + 1 :]


def _inserted(draw: random.Random, number: str) -> str:
    at = draw.randrange(len(number) + 1)
    return number[:at] + draw.choice(SYMBOLS) + number[at:]


_SLIPS: dict[str, Callable[[random.Random, str], str | None]] = {
    "lookalike": _lookalike,
    "check_digit": _check_digit,
    "prefix": _prefix,
    "glued": _glued,
    "leading": _leading,
    "transposed": _transposed,
    "substituted": _substituted,
    "deleted": _deleted,
    "inserted": _inserted,
}
KINDS = SLIPS[1:]
