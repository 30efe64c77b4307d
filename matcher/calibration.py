"""Fits the model to the lists of a store (rules 4 and 9): the prior to their size, the presets to clean travellers.

Steps: persons and documents of the lists in force are counted -> prior -> with clean travellers: they are weighed,
and each preset gets the lowest review threshold that it allows -> the calibration
is put in force. Weights of the evidence stay as they are; the model gets a new id.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from matcher.errors import InputError, UsageError
from matcher.score.model import PRESETS, Model, load_model
from matcher.score.thresholds import lowest_review_bits
from matcher.snapshot.layout import now
from matcher.snapshot.manifest import Calibration

if TYPE_CHECKING:
    from matcher.store import Store

FEWEST = 1_000  # clean travellers with a birth date: fewer say nothing about reviews in 10,000


def calibrate(
    store: Store,
    *,
    expected_matches_per_traveller: float | None = None,
    travellers: pa.RecordBatchReader | None = None,
    progress: Callable[[int], None] | None = None,
) -> Calibration:
    """Fit the model to a store's lists and put that in force.

    Args:
        store: Its lists in force are counted.
        expected_matches_per_traveller: True matches in all lists, a traveller; by default the model's.
        travellers: TRAVELLER rows known to be on no list; those with a birth date set the review thresholds. Without
            them the thresholds stay those of the model.
        progress: Called with the number of travellers screened after each batch.

    Returns:
        What was put in force.

    Raises:
        UsageError: `expected_matches_per_traveller` is not between 0 and 1.
        InputError: fewer than 1,000 of the travellers carry a birth date.

    Cost:
        Screens the travellers once.
    """
    model = load_model()
    expected = expected_matches_per_traveller
    expected = model.weights["prior"]["expected_matches_per_traveller"] if expected is None else expected
    if not 0 < expected < 1:
        raise UsageError("the expected matches per traveller must be above 0 and below 1, such as 0.0001")
    by_kind = [version.by_kind for version in store.lists()]
    persons, documents = (max(1, sum(kinds.get(kind, 0) for kinds in by_kind)) for kind in ("person", "document"))
    prior = {"expected_matches_per_traveller": expected, "persons": persons, "documents": documents}
    fitted = model.calibrated(prior, digest="")
    review_bits: dict[str, float] = {}
    n_travellers = 0
    if travellers is not None:
        review_bits, n_travellers = _measure(store, fitted, travellers, progress)
    made = Calibration(model.model_id, expected, persons, documents, review_bits, n_travellers, now())
    store.put_calibration(made)
    return made


def _measure(
    store: Store, model: Model, travellers: pa.RecordBatchReader, progress: Callable[[int], None] | None
) -> tuple[dict[str, float], int]:
    """Return the review threshold of each preset, and how many travellers have a birth date."""
    watchlist = store.open(model=model)
    weights: list[float] = []
    n_agreeing = n_travellers = 0
    for batch in travellers:
        dated = batch.filter(pc.is_valid(pc.struct_field(batch.column("birth_date"), "year")))
        for weighed in itertools.chain.from_iterable(watchlist.weigh_batches(dated)):
            persons = [pair for pair in weighed.pairs if pair.channel == "person"]
            if any(pair.settled for pair in persons):
                n_agreeing += 1
            elif persons:
                weights.append(max(pair.match_weight for pair in persons))
        n_travellers += dated.num_rows
        if progress is not None:
            progress(batch.num_rows)
    if n_travellers < FEWEST:
        raise InputError(
            f"{n_travellers} of the travellers carry a birth date; give {FEWEST:,} or more that are on no list"
        )
    allowed = {preset: model.weights[preset]["reviews_per_10000"] for preset in PRESETS}
    bits = {
        preset: lowest_review_bits(weights, n_agreeing=n_agreeing, n_travellers=n_travellers, per_10000=allowed[preset])
        for preset in PRESETS
    }
    return {preset: min(bits[preset], model.weights[preset]["hit_bits"]) for preset in PRESETS}, n_travellers
