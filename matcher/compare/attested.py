"""Pairs of spellings that are known: attested together, known to be different names, nicknames, cognates.

Three tables become one hash table that the compiled comparison looks into, and a sorted list of partners that the index
enumerates: `tables/spellings.tsv`, `tables/confusable.tsv` and `text/tables/nicknames.tsv`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from matcher.compare.attested_kernels import attest, keys_of
from matcher.compare.letters import encode, encode_latin
from matcher.compare.token_kernels import COGNATE_BIT, CONFUSABLE_BIT, NICKNAME_BIT, put

Array: TypeAlias = np.ndarray[Any, Any]
_SCRIPT_CODES = {"latin": 0, "arabic": 1, "cyrillic": 2, "greek": 3, "hebrew": 4, "hangul": 5, "han": 6}
KNOWN = 3  # times that a token was seen before another spelling of it means something


class Attested(NamedTuple):
    """What is known of pairs of tokens.

    Attributes:
        pairs: uint64 hash table of pairs of keys.
        values: uint8 beside it: a band and bits (`token_kernels`).
        from_keys: Sorted keys of tokens that have partners.
        to_keys: The partner of each.
        known: Sorted keys of tokens whose spellings are known.
        paired: Sorted keys of tokens that stand in any pair.
    """

    pairs: Array
    values: Array
    from_keys: Array
    to_keys: Array
    known: Array
    paired: Array


@functools.cache
def load_attested() -> Attested:
    """Read the shipped tables; once a process, about 0.2 s."""
    return make_attested(_rows("matcher.compare", "spellings"), _rows("matcher.compare", "confusable"), _nicknames())


def make_attested(
    spellings: Sequence[Sequence[str]],
    confusable: Iterable[Sequence[str]] = (),
    nicknames: Iterable[tuple[str, str, str]] = (),
) -> Attested:
    """Build the tables.

    Args:
        spellings: Script, native letters, Latin form, count.
        confusable: Native token, its Latin forms, another token, its Latin forms (forms parted by spaces).
        nicknames: Two Latin forms and `nickname` or `cognate`.
    """
    rows = sorted(spellings, key=lambda row: (row[0], row[1], row[2]))
    native = _keys([(row[0], row[1]) for row in rows])
    forms = _keys([("latin", row[2]) for row in rows])
    counts = np.array([int(row[3]) for row in rows], np.int64)
    starts = (
        np.flatnonzero(np.concatenate(([True], native[1:] != native[:-1], [True]))) if len(rows) else np.zeros(1, int)
    )
    distinct, inverse = np.unique(forms, return_inverse=True)
    totals = np.bincount(inverse, counts, len(distinct)).astype(np.int64)
    widths = np.diff(starts)
    capacity = int((widths * (widths + 1)).sum()) + 4
    links = [(one, other, _BITS[kind]) for one, other, kind in nicknames]
    size = 1 << max(10, int(2 * (capacity + 4 * len(links) + 200_000)).bit_length())
    pairs, values = np.zeros(size, np.uint64), np.zeros(size, np.uint8)
    from_keys, to_keys = np.empty(capacity, np.uint64), np.empty(capacity, np.uint64)
    n = attest(native, forms, counts, starts.astype(np.int64), totals[inverse], pairs, values, from_keys, to_keys)
    confused = _put_confusable(confusable, pairs, values)
    linked = _keys([("latin", form) for link in links for form in link[:2]]).reshape(-1, 2)
    for (one, other), link in zip(linked, links, strict=True):
        put(pairs, values, one, other, link[2])
    from_all = np.concatenate([from_keys[:n], linked[:, 0], linked[:, 1]])
    to_all = np.concatenate([to_keys[:n], linked[:, 1], linked[:, 0]])
    order = np.lexsort((to_all, from_all))
    seen = np.bincount(np.repeat(np.arange(len(widths)), widths), counts, len(widths)) if len(rows) else np.zeros(0)
    known = np.concatenate([native[starts[:-1]][seen >= KNOWN], distinct[totals >= KNOWN]]) if len(rows) else native
    paired = np.unique(np.concatenate([from_all, confused]))
    return Attested(pairs, values, from_all[order], to_all[order], np.unique(known), paired)


_BITS = {"nickname": NICKNAME_BIT, "cognate": COGNATE_BIT}


def _put_confusable(rows: Iterable[Sequence[str]], pairs: Array, values: Array) -> Array:
    """Mark tokens that are different names, whichever script either is written in; return the keys of them all."""
    keys = [np.empty(0, np.uint64)]
    for native, forms, other, other_forms in rows:
        mine, theirs = set(forms.split()), set(other_forms.split())
        left = _keys([("arabic", native), *(("latin", form) for form in sorted(mine - theirs))])
        right = _keys([("arabic", other), *(("latin", form) for form in sorted(theirs - mine))])
        for one in left:
            for two in right:
                put(pairs, values, one, two, CONFUSABLE_BIT)
        keys += [left, right]
    return np.concatenate(keys)


def _keys(tokens: Sequence[tuple[str, str]]) -> Array:
    """Keys of tokens given by script and letters."""
    rows = np.zeros((len(tokens), 32), np.uint8)
    scripts = np.zeros(len(tokens), np.int64)
    for at, (script, letters) in enumerate(tokens):
        codes = encode_latin(letters) if script == "latin" else encode(script, letters)
        rows[at, 0], rows[at, 1 : 1 + len(codes)] = len(codes), codes
        scripts[at] = _SCRIPT_CODES[script]
    return np.asarray(keys_of(rows, scripts), np.uint64)


def _rows(package: str, name: str) -> list[list[str]]:
    text = resources.files(package).joinpath(f"tables/{name}.tsv").read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")][1:]


def _nicknames() -> list[tuple[str, str, str]]:
    return [(row[0], row[1], row[2]) for row in _rows("matcher.text", "nicknames")]
