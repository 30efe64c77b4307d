"""A model: weights, thresholds and reference frequencies, read from data files and checked on load.

A model is a folder `models/<id>/` with `model.toml` and the frequency table that it names. A bad table refuses to
start (`ModelError`). Weights never depend on the lists in force (rule 4).
"""

from __future__ import annotations

import dataclasses
import functools
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from matcher.documents.slips import SLIPS
from matcher.errors import ModelError, UsageError
from matcher.query import DATA_SOURCES
from matcher.score.evidence import Evidence, to_grain
from matcher.score.field_tables import check_fields, common_nationality_bits, load_shares

if TYPE_CHECKING:
    from matcher.score.name_tables import NameTables

DEFAULT_MODEL = "names-1"
PRESETS = ("high-recall", "balanced", "high-precision")  # fewest misses first
DEFAULT_PRESET = "balanced"
PRESET_LEVELS = ("hit_bits", "review_bits", "reviews_per_10000")

FIELD_LEVELS = {
    "birth_date": (
        "exact", "within_two_days", "day_month_swapped", "same_year_and_month", "one_day_off", "same_year", "one_digit",
        "in_two_years", "same_day_near_year", "in_range", "same_month_other_day", "in_wide_range", "one_year_off",
        "same_year_other_day", "two_years_off", "within_five_years", "other_day_one_year_off",
        "other_day_two_years_off", "other_day_within_five_years", "within_ten_years", "other_day_within_ten_years",
        "within_twenty_years", "different",
    ),
    "sex": ("same", "different"),
    "nationality": ("same", "related", "different"),
    "nationality_share": ("agree", "floor_share"),
    "birth_place": (
        "same_place", "same_large_city", "similar_place", "same_country", "same_place_other_country", "other_place",
        "other_country",
    ),
    "source_support": DATA_SOURCES,
    "source_oppose": DATA_SOURCES,
    "document_number": ("exact",),
    "document_issuer": ("same", "related", "different", "missing"),
    "document_class": ("same", "different", "missing"),
    "document_expiry": ("same", "different"),
    "near_document_issuer": ("same", "related", "different", "missing"),
    "slip_typed": SLIPS[1:],
    "slip_mrz": SLIPS[1:],
    "slip_mrz_failed": SLIPS[1:],
    "name": ("comparable", "weak_alias", "most", "between_two"),
    "prior": ("expected_matches_per_traveller", "persons", "documents"),
    "thresholds": ("name_floor_bits", "rare_token_bits", "near_document_bits", "other_name_bits"),
    **dict.fromkeys(PRESETS, PRESET_LEVELS),
    "limits": ("matches",),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Model:
    """Everything that weighs, immutable; two models are equal only if they are one object.

    Attributes:
        model_id: Named in every decision; thresholds that are not the default ones show in it.
        weights: Bits (or the unit in the name) by table and level.
        opposing: Levels by feature that take full-name agreement away from review (rule 9).
        names: What weighs names.
        shares: Shares of nationalities, by the code that stands for each.
    """

    model_id: str
    weights: Mapping[str, Mapping[str, float]]
    opposing: Mapping[str, frozenset[str]]
    names: NameTables
    shares: Mapping[str, float]

    def weight(self, table: str, level: str) -> float:
        """Return the weight of a level, rounded to the grain of all leaves."""
        return to_grain(self.weights[table][level])

    def field_bits(self, bits: float, source: str) -> float:
        """Return what evidence beside the name weighs, given how the traveller's data came (`query.DATA_SOURCES`).

        Examples:
            >>> model = load_model()
            >>> model.field_bits(4.0, "typed") < model.field_bits(4.0, "read") == model.field_bits(4.0, "unknown")
            True
        """
        return to_grain(bits * self.weights["source_support" if bits > 0 else "source_oppose"][source])

    def common_nationality_bits(self, codes: Iterable[str]) -> float:
        """Return the weight of nationalities that both sides have: a rare one says more."""
        return common_nationality_bits(self.weights, self.shares, codes)

    def threshold(self, name: str) -> float:
        """Return a threshold in bits."""
        return self.weights["thresholds"][name]

    def with_preset(self, preset: str) -> Model:
        """Return this model with the thresholds of a preset; its id names it, unless it is the default one.

        Raises:
            UsageError: there is no such preset.

        Examples:
            >>> load_model().with_preset("high-recall").model_id
            'names-1+high-recall'
        """
        if preset not in PRESETS:
            raise UsageError(f"no preset {ascii(preset)[:40]}; the presets are {', '.join(PRESETS)}")
        bits = self.weights[preset]
        made = self.with_thresholds(hit_bits=bits["hit_bits"], review_bits=bits["review_bits"])
        suffix = "" if preset == DEFAULT_PRESET else f"+{preset}"
        return dataclasses.replace(made, model_id=self.base_id + suffix)

    def with_thresholds(self, *, hit_bits: float, review_bits: float) -> Model:
        """Return this model with other thresholds of its outcomes; its id names them.

        Raises:
            ModelError: `hit_bits` is below `review_bits`.
        """
        if hit_bits < review_bits:
            raise ModelError(f"model {self.base_id}: hit_bits is below review_bits; a hit is the stronger outcome")
        thresholds = {**self.weights["thresholds"], "hit_bits": hit_bits, "review_bits": review_bits}
        return dataclasses.replace(
            self,
            model_id=f"{self.base_id}+hit{hit_bits:g}review{review_bits:g}",
            weights={**self.weights, "thresholds": thresholds},
        )

    def calibrated(
        self, prior: Mapping[str, float], review_bits: Mapping[str, float] | None = None, *, digest: str
    ) -> Model:
        """Return this model for other lists (rule 4): another prior, and review thresholds measured with it.

        Args:
            prior: Values of `[prior]` that take the place of the model's.
            review_bits: Review threshold by preset; those left out stay.
            digest: Names the calibration in the model's id.

        Raises:
            ModelError: a prior that is not above 0, or a review threshold above its preset's hit threshold.

        Examples:
            >>> load_model().calibrated({"persons": 2_000_000}, digest="1f").model_id
            'names-1-c1f'
        """
        weights = {**self.weights, "prior": {**self.weights["prior"], **prior}}
        for preset, bits in (review_bits or {}).items():
            weights[preset] = {**weights[preset], "review_bits": bits}
        model_id = f"{self.base_id}-c{digest}"
        _check_order(model_id, weights)
        made = Model(model_id, weights, self.opposing, self.names, self.shares)
        return made.with_preset(DEFAULT_PRESET)

    @property
    def base_id(self) -> str:
        """The id without what names its thresholds."""
        return self.model_id.partition("+")[0]

    @functools.cached_property
    def person_prior_bits(self) -> float:
        """Log2 odds that a random traveller is a random listed person."""
        prior = self.weights["prior"]
        return to_grain(math.log2(prior["expected_matches_per_traveller"] / prior["persons"]))

    @functools.cached_property
    def document_prior_bits(self) -> float:
        """Log2 odds that a random carried document is a random listed one."""
        prior = self.weights["prior"]
        return to_grain(math.log2(prior["expected_matches_per_traveller"] / prior["documents"]))


def number_prior(model: Model, *, is_attached: bool) -> Evidence:
    """The prior leaf beside a document number: of a listed person for an attached document, else of a document."""
    if is_attached:
        return Evidence("prior", "person", None, None, model.person_prior_bits)
    return Evidence("prior", "document", None, None, model.document_prior_bits)


@functools.cache
def load_model(model_id: str = DEFAULT_MODEL) -> Model:
    """Load and check a shipped model.

    Raises:
        ModelError: unknown id, a missing or unknown level, a value that is not a finite number.
    """
    from matcher.score.name_tables import load_name_tables  # imports numba

    folder = resources.files("matcher.score").joinpath("models", model_id)
    try:
        table = tomllib.loads(folder.joinpath("model.toml").read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ModelError(f"no model {model_id!r} is shipped; the shipped one is {DEFAULT_MODEL!r}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"model {model_id!r} cannot be read: {error}; restore its files") from error
    return make_model(table, load_name_tables(model_id), load_shares(model_id))


def make_model(table: Mapping[str, Any], names: NameTables, shares: Mapping[str, float] | None = None) -> Model:
    """Check the parsed tables of a model and build it; `load_model` reads them from disk.

    Args:
        table: The parsed `model.toml`.
        names: What weighs names.
        shares: Shares of nationalities; None: those of the shipped model.

    Raises:
        ModelError: see `load_model`.
    """
    model_id = table.get("id")
    if not isinstance(model_id, str) or not model_id:
        raise ModelError("model.toml has no id; name the model")
    weights = {name: _levels(model_id, table, name, levels) for name, levels in FIELD_LEVELS.items()}
    for name, section in table.items():
        if isinstance(section, dict) and name not in FIELD_LEVELS and name != "opposing":
            raise ModelError(f"model {model_id}: unknown table [{name}]; the tables are {', '.join(FIELD_LEVELS)}")
    opposing = {}
    for feature, levels in table.get("opposing", {}).items():
        if not set(levels) <= set(FIELD_LEVELS.get(feature, ())):
            raise ModelError(f"model {model_id}: [opposing] {feature} names a level that [{feature}] has not")
        opposing[feature] = frozenset(levels)
    shares = load_shares(DEFAULT_MODEL) if shares is None else shares
    _check_order(model_id, weights)
    check_fields(model_id, weights, shares)
    return Model(model_id, weights, opposing, names, shares).with_preset(DEFAULT_PRESET)


def _levels(model_id: str, table: Mapping[str, Any], name: str, levels: tuple[str, ...]) -> dict[str, float]:
    section = table.get(name)
    if not isinstance(section, dict):
        raise ModelError(f"model {model_id}: table [{name}] is missing; add it with its levels")
    known = {"source", *levels}
    if unknown := sorted(set(section) - known):
        raise ModelError(f"model {model_id}: [{name}] has unknown level {unknown[0]}; known: {', '.join(levels)}")
    values = {}
    for level in levels:
        value = section.get(level)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ModelError(f"model {model_id}: [{name}] {level} must be a finite number")
        values[level] = float(value)
    if "source" not in section:
        raise ModelError(f"model {model_id}: [{name}] has no source; say where its numbers come from")
    return values


def _check_order(model_id: str, weights: Mapping[str, Mapping[str, float]]) -> None:
    for preset in PRESETS:
        if weights[preset]["hit_bits"] < weights[preset]["review_bits"]:
            raise ModelError(
                f"model {model_id}: [{preset}] hit_bits is below review_bits; a hit is the stronger outcome"
            )
    if min(weights["prior"].values()) <= 0:
        raise ModelError(f"model {model_id}: [prior] numbers must be above 0")
    for name in ("slip_typed", "slip_mrz", "slip_mrz_failed"):
        if not all(0 < share < 1 for share in weights[name].values()):
            raise ModelError(f"model {model_id}: [{name}] holds probabilities, each between 0 and 1")
    if not 1 <= weights["limits"]["matches"] <= 1000:
        raise ModelError(f"model {model_id}: [limits] matches must be 1 to 1000")
