"""Every comparable pair of every traveller, weighed once: from this all figures at all thresholds follow.

Weights never depend on the lists in force (rule 4) nor on thresholds, so a smaller list is a part of these pairs, and a
preset is a comparison of these weights. Steps: travellers in batches -> `Watchlist.weigh_batches` -> columns. The
traveller's names are only looked at for their script.
"""

from __future__ import annotations

import datetime
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from matcher.decide import OUTCOMES
from matcher.text.scripts import script_of
from matcher.watchlist import Watchlist

Array: TypeAlias = np.ndarray[Any, Any]

STEP_ROWS = 256  # travellers weighed between two calls of `on_rows`
NO_SCRIPT = "no letters"
_SETTLED: dict[str | None, int] = {None: 0, **{outcome: level for level, outcome in enumerate(OUTCOMES)}}


@dataclass(frozen=True)
class WeighedTravellers:
    """Travellers and their comparable pairs, as columns.

    Attributes:
        references: Of each traveller, in input order.
        scripts: Script that most letters of the traveller's names are of.
        rejected: Whether the traveller could not be screened.
        entries: `(list id, entry id)` of every entry that a pair names.
        traveller: int32, place of each pair's traveller.
        entry: int32, place of its entry.
        weight: float32, exact: bits are multiples of 1/1024.
        settled: int8, place in `OUTCOMES` of what no threshold changes; 0: the weight decides.
        is_person: bool, whether the pair's channel is `person`.
    """

    references: Sequence[str]
    scripts: Sequence[str]
    rejected: Array
    entries: Sequence[tuple[str, str]]
    traveller: Array
    entry: Array
    weight: Array
    settled: Array
    is_person: Array


def weigh_travellers(
    watchlist: Watchlist,
    travellers: Iterable[pa.RecordBatch],
    *,
    decided_at: datetime.datetime | None = None,
    on_rows: Callable[[int], None] | None = None,
) -> WeighedTravellers:
    """Weigh every comparable entry of every traveller.

    Args:
        watchlist: The lists, with any thresholds.
        travellers: TRAVELLER batches.
        decided_at: The instant to decide for, with a time zone; default now.
        on_rows: Called with the number of travellers weighed since the last call.

    Cost:
        As long as a screening; about 15 bytes a comparable pair.
    """
    instant = decided_at or datetime.datetime.now(datetime.UTC)
    references: list[str] = []
    scripts: list[str] = []
    rejected: list[bool] = []
    places: dict[tuple[str, str], int] = {}
    columns: dict[str, array[Any]] = {name: array(code) for name, code in zip(_COLUMNS, "iifbb", strict=True)}
    add = [columns[name].append for name in _COLUMNS]
    for batch in travellers:
        for start in range(0, batch.num_rows, STEP_ROWS):
            step = batch.slice(start, STEP_ROWS)
            scripts += [script_of_names(names) for names in step.column("names").to_pylist()]
            for one in (one for some in watchlist.weigh_batches(step, instant) for one in some):
                for pair in one.pairs:
                    entry = places.setdefault((pair.list_id, pair.entry_id), len(places))
                    values = (len(references), entry, pair.match_weight, _SETTLED[pair.settled])
                    for append, value in zip(add, (*values, pair.channel == "person"), strict=True):
                        append(value)
                references.append(one.reference)
                rejected.append(one.reject_reason is not None)
            if on_rows is not None:
                on_rows(step.num_rows)
    return WeighedTravellers(
        references,
        scripts,
        np.array(rejected, np.bool_),
        list(places),
        traveller=np.array(columns["traveller"], np.int32),
        entry=np.array(columns["entry"], np.int32),
        weight=np.array(columns["weight"], np.float32),
        settled=np.array(columns["settled"], np.int8),
        is_person=np.array(columns["is_person"], np.bool_),
    )


_COLUMNS = ("traveller", "entry", "weight", "settled", "is_person")


def script_of_names(names: Iterable[str] | None) -> str:
    """Name the script that most letters of some names are of; of two equally often used the first by name.

    Examples:
        >>> script_of_names(["Хасан al-Masri"]), script_of_names(None)
        ('latin', 'no letters')
    """
    counts = Counter(script_of(letter) for name in names or () for letter in name if letter.isalpha())
    return min(counts, key=lambda script: (-counts[script], script)) if counts else NO_SCRIPT
