"""Two names compared without a list: even odds, the name's evidence alone.

The prior is 0 bits, so `match_probability` is that of two people of whom half would be one. The evidence is the one
that screening sums, so the two cannot drift apart; look-alikes are commoner among pairs that somebody compares than
among those of a search, so that a share of it counts (`between_two`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from matcher.errors import ColumnTypeError, UsageError
from matcher.explain import Explanation
from matcher.records import Name
from matcher.schema import TEXT
from matcher.score.evidence import GRAIN, Evidence, probability, to_grain
from matcher.score.model import Model, load_model
from matcher.score.names import align_names, name_leaves, weigh_pairs
from matcher.text import analyse_name

_Names: TypeAlias = Sequence[str | None] | Any  # a list, or an Arrow column of text


@dataclass(frozen=True, slots=True)
class NameComparison:
    """What two names say about being one person's.

    Attributes:
        match_weight: Bits at even odds; None when a side has no letter that can be read.
        match_probability: 2^w / (1 + 2^w), or None.
        same: Whether the probability is at least one half.
        explanation: The leaves that the weight is the sum of.
    """

    match_weight: float | None
    match_probability: float | None
    same: bool
    explanation: Explanation


def compare_names(left: str | Name | None, right: str | Name | None, *, model: Model | None = None) -> NameComparison:
    """Compare two names in any scripts; symmetric.

    Args:
        left: A name in free order, `FAMILY, GIVEN` or MRZ form; null or letterless gives no weight.
        right: The other name.
        model: Weights, by default the shipped model's.

    Examples:
        >>> compare_names("Yusuf Abd al-Rahman", "يوسف عبد الرحمن").same
        True
        >>> compare_names("...", "Ali").match_weight is None
        True
    """
    model = model or load_model()
    alignment = align_names(model, analyse_name(_text(left)), analyse_name(_text(right)))
    if alignment is None:
        return NameComparison(None, None, False, Explanation(()))
    weight = to_grain(model.weights["name"]["between_two"] * alignment.bits)
    calibration = Evidence("name", "between_two", None, None, weight - alignment.bits)
    leaves = (*name_leaves(model, alignment, weak_alias=False), calibration)
    return NameComparison(weight, probability(weight), weight >= 0, Explanation(leaves))


def compare_name_pairs(left: _Names, right: _Names) -> pa.Table:
    """Compare names row by row.

    Args:
        left: Names, a list or a string column of any length; nulls allowed.
        right: As many names.

    Returns:
        `match_weight` (bits, null where a side is null or letterless), `match_probability`, `same` (never null).

    Raises:
        UsageError: the two sides differ in length.
        ColumnTypeError: a column is not text.

    Examples:
        >>> compare_name_pairs(["Jon Smith", None], ["John Smith", "Ali"]).column("same").to_pylist()
        [True, False]
    """
    one, other = _column(left), _column(right)
    if len(one) != len(other):
        raise UsageError(f"{len(one)} names on the left and {len(other)} on the right; give as many on both sides")
    texts = dict.fromkeys(text for text in (*one, *other) if text is not None)
    places = {text: place for place, text in enumerate(texts)}
    nothing = len(places)
    places_of = [[nothing if text is None else places[text] for text in side] for side in (one, other)]
    names = [*map(analyse_name, texts), ()]
    model = load_model()
    bits, _ = weigh_pairs(model, names, np.array(places_of, np.int32).T.copy())
    weights = np.round(model.weights["name"]["between_two"] * bits * GRAIN) / GRAIN  # as `compare_names` rounds
    is_null = np.isnan(weights)
    odds = np.exp2(np.clip(np.where(is_null, 0.0, weights), -1000, 1000))
    return pa.table(
        {
            "match_weight": pa.array(weights, pa.float64(), mask=is_null),
            "match_probability": pa.array(np.where(weights > 60, 1.0, odds / (1.0 + odds)), pa.float64(), mask=is_null),
            "same": pa.array(~is_null & (weights >= 0), pa.bool_()),
        }
    )


def _text(name: str | Name | None) -> str:
    if name is None:
        return ""
    return name.text() if isinstance(name, Name) else name


def _column(names: _Names) -> list[str | None]:
    try:
        column = names if isinstance(names, pa.Array | pa.ChunkedArray) else pa.array(list(names), TEXT)
        values: list[str | None] = column.cast(TEXT).to_pylist()
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        raise ColumnTypeError("names must be text or null; give a list or a string column") from error
    return values
