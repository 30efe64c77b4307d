"""The page: one file, nothing to load, nothing to run, and nobody's words unescaped."""

from __future__ import annotations

import copy
import importlib.util
import re
from html.parser import HTMLParser
from typing import Any

import pytest

import matcher
from matcher.errors import MissingReportError
from matcher.report import charts
from matcher.report.defaults import Settings
from matcher.report.evaluation import measure
from matcher.report.page import page
from matcher.report.sample import make_sample
from matcher.report.truth import read_truth
from matcher.report.weighing import WeighedTravellers
from matcher.score.model import load_model
from tests.report.conftest import DATA
from tests.report.test_sample import made, truth_of

ATTACK = "<script>alert(1)</script>\" onload='x' \u202e" + "long" * 40


@pytest.fixture(scope="module")
def figures(data_store: matcher.Store, weighed: WeighedTravellers) -> dict[str, Any]:
    """Figures of the shipped data."""
    sample = make_sample(read_truth(DATA / "truth.csv"), weighed)
    found = measure(sample, data_store.model(), Settings(list_sizes=(0.5, 1.0)), {"suspects": 2000})
    return {"snapshot_id": "s1", **found}


class _Elements(HTMLParser):
    """Collects elements with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.found.append((tag, dict(attrs)))


def elements(text: str) -> list[tuple[str, dict[str, str | None]]]:
    """Return the elements of a page."""
    parser = _Elements()
    parser.feed(text)
    return parser.found


def test_the_page_loads_and_runs_nothing(figures: dict[str, Any]) -> None:
    """No address, no script, no handler, no style from elsewhere; the policy says the same."""
    text = page(figures)
    assert "://" not in text
    found = elements(text)
    assert not {"script", "link", "iframe", "img", "image", "object", "embed", "base"} & {tag for tag, _ in found}
    names = {name for _, attributes in found for name in attributes}
    assert not {name for name in names if name.startswith("on")} & names
    assert not {"src", "href", "xlink:href", "srcset", "data"} & names
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)
    policy = next(one["content"] for tag, one in found if one.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_the_page_has_its_pictures_and_tables(figures: dict[str, Any]) -> None:
    """Four pictures, and a table for each way to look at the figures."""
    tags = [tag for tag, _ in elements(page(figures))]
    assert tags.count("svg") == 4
    assert tags.count("table") == 6
    assert "Recall" in page(figures)


def test_words_of_others_are_escaped_and_cut(figures: dict[str, Any]) -> None:
    """A kind, a script's name and a list id that attack are shown as text."""
    attacked = copy.deepcopy(figures)
    for name in ("by_kind", "by_script", "by_list"):
        attacked[name][0]["name"] = ATTACK
    text = page(attacked)
    assert "<script" not in text
    assert "\u202e" not in text
    assert "&lt;script&gt;" in text
    assert "long" * 20 not in text
    assert {tag for tag, _ in elements(text)} == {tag for tag, _ in elements(page(figures))}


def test_no_word_of_the_data_is_in_the_pictures(figures: dict[str, Any]) -> None:
    """Pictures hold numbers and our own words, whatever a truth file says."""
    attacked = copy.deepcopy(figures)
    for name in ("by_kind", "by_script", "by_list"):
        attacked[name][0]["name"] = "zzyzx"
    assert "zzyzx" not in "".join(charts.charts(attacked).values())


def test_a_page_of_little_is_made_too() -> None:
    """One clean traveller without any pair: every figure that is not known is a dash."""
    found = measure(make_sample(truth_of(t0=set()), made([])), load_model(), Settings(), {"l": 1})
    assert "–" in page({"snapshot_id": "s1", **found})


def test_without_the_extra_one_line_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The packages that draw are named by their extra."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingReportError, match=r"pip install 'epervier\[report\]'"):
        charts.check_installed()
