"""Screens every traveller once, and reads every figure from the weights."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matcher
from benchmarks.quality.decisions import name_pairs
from benchmarks.quality.decisions.travellers import (
    BIRTH_DATE,
    BOTH,
    DEVELOPMENT,
    HELD_OUT,
    NAME,
    NAMESAKE,
    UNALTERED,
    Travellers,
    read_all,
)
from benchmarks.quality.first_light import DECIDED_AT, import_lists
from matcher.report import evaluation
from matcher.report.defaults import Settings
from matcher.report.measures import Share
from matcher.report.sample import make_sample
from matcher.report.weighing import WeighedTravellers, weigh_travellers
from matcher.score.model import DEFAULT_PRESET, PRESETS, Model

SIZES = (0.25, 0.5, 1.0)
ALTERED = (NAME, BIRTH_DATE, BOTH)
UN_ROWS = (UNALTERED, *ALTERED)
Say = Callable[[str], None]


def measure(shared: Path, folder: Path, *, limit: int | None, with_names: bool, say: Say) -> dict[str, Any]:
    """Run everything and return the figures.

    Args:
        shared: The shared folder.
        folder: For the store.
        limit: At most so many travellers of each kind, and names of each set.
        with_names: Whether the pairs of unseen names are measured too.
        say: Told what is done.
    """
    store = matcher.Store(folder / "decisions.store")
    import_lists(store, shared)
    persons = {one.manifest.list_id: one.persons for one in store.snapshot().lists}
    travellers = read_all(shared, persons, limit)
    watchlist = store.open()
    say(f"{travellers.rows.num_rows:,} travellers")
    began = time.process_time()
    weighed = weigh_travellers(watchlist, travellers.rows.to_batches(), decided_at=DECIDED_AT)
    seconds = time.process_time() - began
    say(f"{len(weighed.traveller):,} comparable pairs in {seconds:.0f} CPU seconds")
    counts = {one.list_id: one.by_kind.get("person", 0) for one in watchlist.lists()}
    settings = Settings(list_sizes=SIZES)
    figures = {
        half: evaluation.measure(
            make_sample(travellers.truth(*UN_ROWS, kind), weighed), watchlist.model, settings, counts
        )
        for half, kind in (("development", DEVELOPMENT), ("held-out", HELD_OUT))
    }
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "snapshot_id": watchlist.snapshot_id,
        "model_id": watchlist.model_id,
        "limit": limit,
        "persons": counts,
        "left_the_list": travellers.left_the_list,
        "travellers_per_cpu_second": round(travellers.rows.num_rows / seconds, 1),
        "pairs": len(weighed.traveller),
        "halves": figures,
        "presets": [_preset(preset, watchlist.model, travellers, weighed) for preset in PRESETS],
        "default_preset": DEFAULT_PRESET,
        "names": name_pairs.measure(shared, limit) if with_names else [],
    }


def _preset(preset: str, model: Model, travellers: Travellers, weighed: WeighedTravellers) -> dict[str, Any]:
    """What stands beside the targets, at one preset: shares at review (hits included) and at hit."""
    bits = evaluation.thresholds(model, preset)
    rows: dict[str, Any] = {"preset": preset, **bits}
    groups = {"altered": ALTERED, "all_un": UN_ROWS, **{kind: (kind,) for kind in (DEVELOPMENT, HELD_OUT, NAMESAKE)}}
    for name, kinds in groups.items():
        truth = travellers.truth(*kinds)
        if truth.expected:
            reached = make_sample(truth, weighed).reached()
            shares = {level: reached.alarms(level, bits) for level in ("review", "hit")}
            is_true = bool(reached.is_true.any())
            chosen: dict[str, Share] = {
                level: one.recall if is_true else one.false_alarms for level, one in shares.items()
            }
            rows[name] = {level: share.to_dict() for level, share in chosen.items()}
    own = make_sample(travellers.of_namesakes(), weighed).reached()
    rows["namesake_of_its_entry"] = {level: own.alarms(level, bits).recall.to_dict() for level in ("review", "hit")}
    return rows
