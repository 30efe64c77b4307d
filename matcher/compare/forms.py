"""Names as arrays, as the compiled kernels read them: one row a distinct token, one unit a token or run of a name.

A *form table* holds a row for each distinct token and for neighbours written as one; a *unit* is a row with its place
in a name. Not here: what agreement weighs (`score.names`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np

from matcher.compare.form_kernels import finish_rows, make_units, part_letters
from matcher.compare.letters import encode, load_letters
from matcher.compare.token_kernels import FACTS
from matcher.text import Token
from matcher.text.given_names import sex_of
from matcher.text.skeleton import pack

Array: TypeAlias = np.ndarray[Any, Any]

SCRIPTS = ("latin", "arabic", "cyrillic", "greek", "hebrew", "hangul", "han", "other")
MAX_LETTERS = 31
MAX_TOKENS = 24
CUT_LETTERS = 14  # a name of fewer letters was not cut to fit a field
_SCRIPT_CODES = {script: code for code, script in enumerate(SCRIPTS)}
_SEX_CODES = {None: 0, "M": 1, "F": 2}
_CODES = bytes.maketrans(bytes(range(97, 123)), bytes(range(1, 27)))


class Reference(Protocol):
    """What a model knows of tokens: how rare their classes are, and what is known of their spellings."""

    def rarity(self, skeletons: Array) -> Array:
        """Rarity in 1/1024 bit of packed skeletons."""

    def known(self, keys: Array) -> Array:
        """What is known of the spellings of tokens, by key: `token_kernels.KNOWN_BIT`, `PAIRED_BIT`."""


class NameForms(NamedTuple):
    """Names over a form table.

    Attributes:
        letters: uint8 `(rows + others, 32)`: the romanised form of each row, its length first; behind them the own
            letters of the rows of other scripts, where `facts` says.
        facts: `(rows,)`: `token_kernels.FACTS`.
        starts: int64 `(names + 1,)`: where each name's units begin.
        units: `(units,)`: `token_kernels.UNITS`.
        counts: int32 `(names,)`: tokens of each name.
        cut: bool `(names,)`: whether the last token may have been cut to fit a field.
    """

    letters: Array
    facts: Array
    starts: Array
    units: Array
    counts: Array
    cut: Array


def encode_tokens(tokens: Sequence[Token]) -> tuple[Array, Array]:
    """Write tokens as rows: own letters and romanised form side by side, and the facts that don't follow from them."""
    letters = np.zeros((len(tokens), 64), np.uint8)
    facts = np.zeros(len(tokens), FACTS)
    for row, token in enumerate(tokens):
        form = token.form[:MAX_LETTERS].encode("ascii", "ignore").translate(_CODES)
        letters[row, 32] = len(form)
        letters[row, 33 : 33 + len(form)] = np.frombuffer(form, np.uint8)
        script = _SCRIPT_CODES.get(token.script, _SCRIPT_CODES["other"])
        if script in (_SCRIPT_CODES["latin"], _SCRIPT_CODES["other"]):
            letters[row, :32] = letters[row, 32:]
        else:
            own = encode(token.script, token.letters)
            letters[row, 0] = len(own)
            letters[row, 1 : 1 + len(own)] = own
        packed = pack(token.skeleton)
        facts["skeleton"][row] = packed if packed < 1 << 63 else packed - (1 << 64)
        facts["symbols"][row], facts["script"][row], facts["tokens"][row] = len(token.skeleton), script, 1
        facts["sex"][row] = _SEX_CODES[sex_of(token.form)]
    return letters, facts


def take_rows(letters: Array, facts: Array, kept: Array) -> tuple[Array, Array]:
    """Return the form table of some rows of another, in the order given."""
    fewer = facts[kept]
    others = np.flatnonzero(fewer["own"] != kept)
    own = fewer["own"][others]
    fewer["own"] = np.arange(len(kept))
    fewer["own"][others] = len(kept) + np.arange(len(others))
    return letters[np.concatenate([kept, own])], fewer


def _rows_of(every: Sequence[Token]) -> tuple[list[Token], tuple[Array, Array, Array, Array]]:
    """Give each distinct token a row: tokens by row, then rows of tokens, second readings, leads, parts; -1 for none.

    Words are analysed once, so that most tokens of a batch are the same object: only distinct objects are looked at.
    """
    rows: dict[tuple[str, str, str], int] = {}
    tokens: list[Token] = []

    def row_of(token: Token | None) -> int:
        if token is None:
            return -1
        key = (token.letters, token.form, token.skeleton)
        row = rows.setdefault(key, len(tokens))
        if row == len(tokens):
            tokens.append(token)
        return row

    places = np.fromiter(map(id, every), np.int64, len(every))
    objects = dict(zip(places.tolist(), every, strict=True))
    found = np.empty((len(objects), 4), np.int32)
    for at, token in enumerate(objects.values()):
        lead = token.lead if token.lead is not None and token.lead.script == token.script else None
        found[at] = row_of(token), row_of(token.second), row_of(lead), row_of(token.part)
    keys = np.fromiter(objects, np.int64, len(objects))
    order = np.argsort(keys)
    own, second, leads, parts = found[order[np.searchsorted(keys[order], places)]].T.copy()
    return tokens, (own, second, leads, parts)


def name_forms(names: Sequence[Sequence[Token]], reference: Reference) -> NameForms:
    """Lay names out for the kernels.

    Args:
        names: Tokens of each name, in the order written; `MAX_TOKENS` of each are read.
        reference: What the model knows of tokens.

    Cost:
        About 3 µs a name and 5 µs a distinct token.
    """
    counts = np.fromiter((min(len(name), MAX_TOKENS) for name in names), np.int32, len(names))
    token_starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    every = [token for name in names for token in name[:MAX_TOKENS]]
    tokens, readings = _rows_of(every)
    rows = readings[0]
    wide, facts = encode_tokens(tokens)
    latin = load_letters("latin").table
    finish_rows(wide, facts, latin)
    facts["rarity"] = reference.rarity(facts["skeleton"])
    wide, facts, starts, units = make_units(token_starts, readings, wide, facts, latin)
    letters = part_letters(wide, facts)
    facts["known"] = reference.known(facts["key"])
    lengths = np.concatenate(([0], np.cumsum(letters[rows, 0], dtype=np.int64)))
    cut = (lengths[token_starts[1:]] - lengths[token_starts[:-1]] >= CUT_LETTERS) & (counts > 1)
    return NameForms(letters, facts, starts, units, counts, cut)
