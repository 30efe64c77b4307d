"""A model is refused when a table breaks its rules, and weighs as its tables say."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.compare import birth_date, birth_place, nationality, sex
from matcher.errors import ModelError
from matcher.score.model import DEFAULT_MODEL, FIELD_LEVELS, load_model, make_model
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
        ("thresholds", "hit_bits", -100.0),
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
