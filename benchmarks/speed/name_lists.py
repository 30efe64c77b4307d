"""Lists and queries of the name benchmarks: names drawn as common as they are, clean travellers, an index of them.

Names come from `name_frequency.tsv`: a country by the count of its surnames, then given names and a surname by theirs,
in Latin letters or in Arabic ones.
"""

from __future__ import annotations

import csv
import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from benchmarks.learn.split import folder_of, read_rows
from benchmarks.quality.names.material import is_latin
from matcher.candidates.first_stage import FoundNames, NameScan
from matcher.compare.forms import NameForms, name_forms
from matcher.index.names import NAME_TABLES, NameIndex, build_names
from matcher.score.model import DEFAULT_PRESET, load_model
from matcher.text import analyse_name

SEED = 20261122
_Parts = dict[tuple[str, str], tuple[list[str], list[int]]]


def population(shared: Path, count: int, seed: int) -> list[str]:
    """Draw Latin names, half of them of three tokens."""
    parts: _Parts = defaultdict(lambda: ([], []))
    for row in read_rows(folder_of(shared) / "name_frequency.tsv"):
        if is_latin(row["latin"]):
            _add(parts, row, row["latin"])
    return _draw(parts, count, seed)


def native_population(shared: Path, count: int, seed: int) -> list[str]:
    """Draw names in Arabic letters, half of them of three tokens."""
    parts: _Parts = defaultdict(lambda: ([], []))
    for row in read_rows(folder_of(shared) / "name_frequency.tsv"):
        if row["arabic_key"]:
            _add(parts, row, row["arabic_key"])
    return _draw(parts, count, seed)


def _add(parts: _Parts, row: dict[str, str], name: str) -> None:
    names, counts = parts[row["country"], row["role"]]
    names.append(name)
    counts.append(int(row["count"]))


def _draw(parts: _Parts, count: int, seed: int) -> list[str]:
    countries = sorted({one for one, _ in parts if (one, "given") in parts and (one, "surname") in parts})
    draw = np.random.default_rng(seed)
    whose = draw.choice(len(countries), count, p=_shares([sum(parts[one, "surname"][1]) for one in countries]))
    second = draw.random(count) < 0.5
    found = np.empty(count, object)
    for at, country in enumerate(countries):
        own = np.flatnonzero(whose == at)
        given, more, family = (_drawn(draw, *parts[country, role], len(own)) for role in ("given", "given", "surname"))
        rows = zip(given, more, family, second[own].tolist(), strict=True)
        found[own] = [f"{one} {two} {last}" if has_two else f"{one} {last}" for one, two, last, has_two in rows]
    names: list[str] = found.tolist()
    return names


def _shares(counts: Sequence[int]) -> np.ndarray[Any, Any]:
    every = np.asarray(counts, float)
    shares: np.ndarray[Any, Any] = every / every.sum()
    return shares


def _drawn(draw: np.random.Generator, names: list[str], counts: list[int], n: int) -> list[str]:
    return [names[at] for at in draw.choice(len(names), n, p=_shares(counts)).tolist()]


def clean_names(shared: Path) -> list[str]:
    """Latin names of clean travellers, each once."""
    with (shared / "data/travellers/negatives_global.csv").open(encoding="utf-8", newline="") as stream:
        names = [row["full_name"] for row in csv.DictReader(stream)]
    return list(dict.fromkeys(name for name in names if name and is_latin(name)))


def native_names(shared: Path) -> list[str]:
    """Names of development persons in Arabic letters, each once: none of them is drawn for a list."""
    rows = read_rows(folder_of(shared) / "ar_en_names_dev.tsv")
    return list(dict.fromkeys(row["arabic"] for row in rows))


def stream_of(shared: Path, names: Sequence[str], *, native: bool = False) -> list[str]:
    """Names of clean travellers in a fixed order, every hundredth a listed name."""
    clean = native_names(shared) if native else clean_names(shared)
    random.Random(SEED).shuffle(clean)
    listed = random.Random(SEED + 1).sample(list(names), min(len(names), len(clean) // 100))
    return [listed[at // 100] if at % 100 == 99 and at // 100 < len(listed) else name for at, name in enumerate(clean)]


class Built(NamedTuple):
    """What building a list took.

    Attributes:
        tables: The tables of its names.
        seconds: Processor time.
        bytes: Of the tables, a name.
    """

    tables: dict[str, pa.Table]
    seconds: float
    bytes: float


class Searched:
    """An indexed list, ready to be asked.

    Attributes:
        index: The opened tables.
        model: Weighs.
        scan: The search.
        least: The weight with which a name reaches review by itself.
    """

    def __init__(self, tables: dict[str, pa.Table]) -> None:
        self.index, self.model = NameIndex(tables), load_model()
        self.scan = NameScan(self.index, self.model)
        self.least = self.least_of(DEFAULT_PRESET)

    def least_of(self, preset: str) -> float:
        """The weight with which a name reaches review by itself under a preset."""
        model = self.model.with_preset(preset)
        return model.threshold("review_bits") - model.weight("name", "comparable") - model.person_prior_bits

    @staticmethod
    def build(names: Sequence[str], folder: Path | None = None) -> Built:
        """Index names; the tables are written to a folder if one is given."""
        start = time.process_time()
        tables = build_names(_persons(names))
        seconds = time.process_time() - start
        if folder is not None:
            _write(tables, folder)
        return Built(tables, seconds, sum(table.nbytes for table in tables.values()) / max(len(names), 1))

    @classmethod
    def of_names(cls, names: Sequence[str]) -> Searched:
        """Index names and open them."""
        return cls(cls.build(names).tables)

    @classmethod
    def opened(cls, folder: Path) -> Searched:
        """Map what `build` wrote."""
        return cls(map_tables(folder))

    def forms(self, queries: Sequence[str]) -> NameForms:
        """Queries as arrays."""
        return name_forms([analyse_name(query) for query in queries], self.model.names)

    def search(self, queries: Sequence[str], workers: int = 1, *, least: float | None = None) -> FoundNames:
        """The names that reach review by themselves, or that weigh so much."""
        bits = self.least if least is None else least
        return self.scan.search(self.forms(queries), least_bits=bits, workers=workers)


def _persons(names: Sequence[str]) -> pa.Table:
    """PERSON_ENTRY as far as names are concerned, without an object a name."""
    starts = pa.array(np.arange(len(names) + 1, dtype=np.int32))
    kinds = pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(names), np.int8)), ["primary"]).cast(pa.string())
    texts = pa.StructArray.from_arrays([pa.array(names, pa.string()), kinds], ["text", "kind"])
    columns = {
        "kind": pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(names), np.int8)), ["person"]),
        "names": pa.ListArray.from_arrays(starts, texts),
        "birth_dates": pa.nulls(len(names), pa.list_(pa.null())),
    }
    return pa.table(columns)


def _write(tables: dict[str, pa.Table], folder: Path) -> None:
    for name, table in tables.items():
        with pa.OSFile(str(folder / f"{name}.arrow"), "wb") as stream, pa.ipc.new_file(stream, table.schema) as file:
            file.write_table(table)


def map_tables(folder: Path) -> dict[str, pa.Table]:
    """Open written tables as mappings."""
    return {name: pa.ipc.open_file(pa.memory_map(str(folder / f"{name}.arrow"))).read_all() for name in NAME_TABLES}


def timed(act: Callable[[], Any]) -> tuple[float, float, Any]:
    """CPU seconds, wall seconds, and what came out."""
    cpu, wall = time.process_time(), time.perf_counter()
    found = act()
    return time.process_time() - cpu, time.perf_counter() - wall, found
