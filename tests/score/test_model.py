"""A model is refused when a table breaks its rules, and weighs as its tables say."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.compare import birth_date, birth_place, nationality, sex
from matcher.errors import ModelError, UsageError
from matcher.score.model import DEFAULT_MODEL, FIELD_LEVELS, PRESETS, load_model, make_model
from tests.names_models import model_table


def test_shipped_model_loads_and_names_itself() -> None:
    """The shipped model passes its own check and its id is the folder's name."""
    assert load_model().model_id == DEFAULT_MODEL


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("sex", "same", "high"),
        ("sex", "same", float("nan")),
        ("sex", "same", True),
        ("sex", "unheard_of", 1.0),
        ("birth_date", "exact", None),
        ("prior", "persons", 0),
        ("slip_typed", "lookalike", 1.5),
        ("balanced", "hit_bits", -100.0),
        ("limits", "matches", 0),
        ("opposing", "sex", ["same_as_ever"]),
        ("unknown_table", "x", 1.0),
        ("nationality", "source", None),
    ],
)
def test_bad_table_refuses_to_start(section: str, key: str, value: object) -> None:
    """A wrong type, an unknown or missing level, thresholds the wrong way round: one line, no start."""
    bad = model_table()
    bad.setdefault(section, {})
    if value is None:
        del bad[section][key]
    else:
        bad[section][key] = value
    with pytest.raises(ModelError, match=section if section != "unknown_table" else "unknown table"):
        make_model(bad, load_model().names)


def test_unknown_model_is_named_in_one_line() -> None:
    """Asking for a model that isn't shipped says which one is."""
    with pytest.raises(ModelError, match=DEFAULT_MODEL):
        load_model("no-such-model")


def test_compare_modules_only_name_levels_of_the_model() -> None:
    """Levels written in the compare modules are levels that the model weighs."""
    modules = {"birth_date": birth_date, "sex": sex, "nationality": nationality, "birth_place": birth_place}
    for feature, module in modules.items():
        assert module.__file__ is not None
        source = Path(module.__file__).read_text("utf-8")
        for level in FIELD_LEVELS[feature]:
            assert f'"{level}"' in source, (feature, level)


def test_presets_name_themselves_and_miss_less_or_more() -> None:
    """A preset's id shows in the model's; reviews and hits begin lowest with `high-recall`."""
    model = load_model()
    ids = [model.with_preset(preset).model_id for preset in PRESETS]
    assert ids == ["names-1+high-recall", "names-1", "names-1+high-precision"]
    for threshold in ("hit_bits", "review_bits"):
        bits = [model.with_preset(preset).threshold(threshold) for preset in PRESETS]
        assert bits == sorted(bits)
        assert len(set(bits)) == len(bits)
    assert model.with_preset("high-recall").with_preset("balanced").weights == model.weights
    with pytest.raises(UsageError, match="high-recall, balanced, high-precision"):
        model.with_preset("loose")


def test_thresholds_are_named_and_checked() -> None:
    """Thresholds of a caller show in the id; a hit is never weaker than a review."""
    made = load_model().with_thresholds(hit_bits=3.0, review_bits=-4.5)
    assert (made.model_id, made.threshold("review_bits")) == ("names-1+hit3review-4.5", -4.5)
    with pytest.raises(ModelError, match="below review_bits"):
        made.with_thresholds(hit_bits=-5.0, review_bits=-4.5)


def test_a_calibrated_model_moves_the_prior_and_nothing_else() -> None:
    """Four times the persons cost 2 bits in every weight; the id names the calibration, presets go on top."""
    model = load_model()
    persons = model.weights["prior"]["persons"]
    made = model.calibrated({"persons": 4 * persons}, {"high-recall": -20.0}, digest="ab")
    assert made.person_prior_bits == model.person_prior_bits - 2
    assert made.document_prior_bits == model.document_prior_bits
    assert made.with_preset("high-recall").model_id == "names-1-cab+high-recall"
    assert made.with_preset("high-recall").threshold("review_bits") == -20.0
    assert {**made.weights, "prior": None, "high-recall": None} == {
        **model.weights, "prior": None, "high-recall": None,
    }  # fmt: skip
    with pytest.raises(ModelError, match="above 0"):
        model.calibrated({"persons": 0}, digest="ab")
