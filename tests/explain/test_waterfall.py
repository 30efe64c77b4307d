"""The waterfall: safe to show anywhere, exact, readable without colours or eyes."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest

from matcher.explain import LOCALES, Explanation, Subject, catalogue
from matcher.explain.waterfall import MARGIN, MAX_LINES, WIDTH, exact_bits
from matcher.explain.wording import sentence
from matcher.score.evidence import Evidence
from tests.explain.cases import DOCUMENT, HOSTILE, LEAVES, PERSON
from tests.explain.test_explanation import hostile

SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "title", "desc", "style", "rect", "path", "g", "text"}
ATTRIBUTES = {
    "class", "role", "lang", "viewBox", "width", "height", "font-family", "font-size", "font-weight",
    "fill", "x", "y", "d", "stroke", "stroke-dasharray", "text-anchor",
}  # fmt: skip


def parsed(explanation: Explanation, locale: str = "en") -> ElementTree.Element:
    return ElementTree.fromstring(explanation.to_svg(locale))


def bars(root: ElementTree.Element) -> list[tuple[float, float]]:
    """Left and right edge of each bar, in order."""
    found = [bar for bar in root.iter(f"{SVG}rect") if bar.get("class") != "ground"]
    return [(float(bar.get("x", "")), float(bar.get("x", "")) + float(bar.get("width", ""))) for bar in found]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_stays_text(locale: str, value: str) -> None:
    """Markup in a name is text: the picture parses, and holds only the elements and attributes that we draw."""
    root = parsed(hostile(value), locale)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in ELEMENTS
        assert set(element.attrib) <= ATTRIBUTES
    text = "".join(root.itertext())
    assert not set("\u202e\u2066\x1b\x00\ufffe") & set(text)
    for shown in root.itertext():
        assert shown.count("\u2068") + shown.count("\u2067") == shown.count("\u2069")
        assert shown.count("\u2067") == shown.startswith("\u2067")


def test_the_picture_is_self_contained() -> None:
    """No script, no link, no font or picture from elsewhere."""
    drawn = PERSON.to_svg("ar").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"script|href|url\(|@import|http|<image|foreignObject|\bon\w+=", drawn, re.I)


@pytest.mark.parametrize("locale", LOCALES)
def test_exact_weights_are_printed_and_sum(locale: str) -> None:
    """Every leaf's weight is there with all its digits, and the last is their exact sum."""
    root = parsed(PERSON, locale)
    printed = [text.text or "" for text in root.iter(f"{SVG}text") if text.get("class") == "weight"]
    numbers = [float(text) for text in printed]
    assert numbers[:-1] == [leaf.weight_bits for leaf in LEAVES]
    assert numbers[-1] == sum(numbers[:-1]) == PERSON.weight_bits


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("explanation", [PERSON, DOCUMENT, Explanation(()), Explanation(LEAVES[:1])])
def test_each_bar_begins_where_the_one_above_ended(explanation: Explanation, locale: str) -> None:
    """Bars lie on one axis inside the picture; Arabic mirrors it."""
    root = parsed(explanation, locale)
    drawn = bars(root)
    assert len(drawn) == len(explanation.leaves()) + 1
    assert all(MARGIN - 1 <= left <= right <= WIDTH - MARGIN + 1 for left, right in drawn)
    for at, leaf in enumerate(explanation.leaves()[:-1]):
        grows_right = (leaf.weight_bits >= 0) != (locale == "ar")
        end = drawn[at][1] if grows_right else drawn[at][0]
        assert min(abs(end - edge) for edge in drawn[at + 1]) <= 1.1


@pytest.mark.parametrize("locale", LOCALES)
def test_readers_without_the_picture_are_told(locale: str) -> None:
    """Role, language, direction, a title, a description, and the whole sentence of every bar as its title."""
    root, words = parsed(PERSON, locale), catalogue(locale)
    assert (root.get("role"), root.get("lang")) == ("img", locale)
    assert root[0].tag == f"{SVG}title"
    assert "y-17" in (root[0].text or "")
    assert (root[1].tag, root[1].text) == (f"{SVG}desc", words["waterfall"]["description"])
    titles = [group[0].text or "" for group in root.iter(f"{SVG}g")]
    assert all(title.startswith(sentence(leaf, words)) for title, leaf in zip(titles, LEAVES, strict=False))
    assert words["frame"]["lead"] in "".join(root.itertext())


def test_arabic_lines_run_from_the_right_edge() -> None:
    """Each Arabic line is a right-to-left isolate that ends at the right margin, its weight begins at the left one."""
    for text in parsed(PERSON, "ar").iter(f"{SVG}text"):
        if text.get("class") == "weight":
            assert (text.get("x"), text.get("text-anchor")) == (str(MARGIN), None)
            continue
        assert (text.get("x"), text.get("text-anchor")) == (str(WIDTH - MARGIN), "end")
        shown = list(text.itertext())[-1]
        assert (shown[0], shown[-1]) == ("\u2067", "\u2069")


def test_a_long_line_is_cut_and_kept_whole_in_its_title() -> None:
    """A name or an action of any length neither leaves the picture nor is lost; an action's first lines are shown."""
    name, action = "漢" * 300, "\u2068locate \u2069" * 400
    subject = Subject("l", "e", "person", "other", requested_action=action)
    root = parsed(Explanation((Evidence("name", "exact", name, name, 1.0),), subject))
    shown = [list(text.itertext())[-1] for text in root.iter(f"{SVG}text")]
    assert max(map(len, shown)) < 140
    assert sum("locate" in line for line in shown) == MAX_LINES
    assert any(name in (title.text or "") for title in root.iter(f"{SVG}title"))


def test_weights_are_written_with_every_digit() -> None:
    """Any multiple of 1/1024 comes back exactly from its text."""
    for grains in range(-3000, 3000, 7):
        assert float(exact_bits(grains / 1024)) == grains / 1024
