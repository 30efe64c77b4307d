"""A waterfall of evidence as SVG: one bar a leaf, each beginning where the one above it ended, the sum last.

Self-contained: no script, no font, no address. Colours are attributes, so that the picture shows where a page's policy
forbids styles; its style sheet only adds those of a dark screen. Written from right to left, the axis is mirrored and
each line is an isolate of that direction, which needs less of a renderer than the attribute `direction` does.
"""

from __future__ import annotations

import itertools
import unicodedata
from html import escape
from typing import NamedTuple

WIDTH, MARGIN = 960, 20  # pixels
LINE, ROW, BAR = 20, 46, 14
COLUMNS = 118  # letters beside a weight that fit at the font's size; the rest is in the title
WIDE_COLUMNS = 130  # letters of a line that has no weight
MAX_LINES = 6  # lines of one text; the rest is in the title
SUPPORTING, OPPOSING, SUM, AXIS, INK = "#1f6fb2", "#b8500f", "#5b6470", "#9aa3ad", "#1b1f24"
_DARK = (
    "@media (prefers-color-scheme:dark){.epervier-waterfall .ground{fill:#14181d}.epervier-waterfall text{fill:#e6e9ed}"
    ".epervier-waterfall .for{fill:#6db3f2}.epervier-waterfall .against{fill:#f0955a}}"
)
_ISOLATE, _RIGHT_TO_LEFT, _POP = "\u2068", "\u2067", "\u2069"


class Bar(NamedTuple):
    """A sentence and its weight in bits."""

    text: str
    bits: float


class Waterfall(NamedTuple):
    """What is drawn; texts as they are read, nothing escaped."""

    locale: str
    is_right_to_left: bool
    title: str
    description: str
    facts: tuple[str, ...]
    bars: tuple[Bar, ...]
    total: Bar
    notes: tuple[str, ...]


class _Axis(NamedTuple):
    """Bits to pixels."""

    lowest: float
    scale: float
    is_mirrored: bool

    def place(self, bits: float) -> float:
        across = MARGIN + (bits - self.lowest) * self.scale
        return WIDTH - across if self.is_mirrored else across


def exact_bits(bits: float) -> str:
    """Write a weight with every digit: multiples of 1/1024 have ten decimals at most.

    Examples:
        >>> exact_bits(12.7001953125), exact_bits(-3.0), exact_bits(0.0)
        ('+12.7001953125', '-3', '+0')
    """
    return f"{bits:+.10f}".rstrip("0").rstrip(".")


def draw(picture: Waterfall) -> str:
    """Draw a waterfall; texts are escaped here."""
    ends = list(itertools.accumulate((bar.bits for bar in picture.bars), initial=0.0))
    lowest, highest = min(ends), max(ends)
    axis = _Axis(lowest, (WIDTH - 2 * MARGIN) / ((highest - lowest) or 1.0), picture.is_right_to_left)
    parts: list[str] = []
    top = MARGIN
    for at, text in enumerate((picture.title, *picture.facts)):
        top = _add_lines(parts, text, top, picture, weight=' font-weight="600"' if at == 0 else "")
    top += LINE
    rows = len(picture.bars) + 1
    zero = axis.place(0.0)
    parts.append(f'<path d="M{zero:.1f} {top}V{top + ROW * rows}" stroke="{AXIS}" stroke-dasharray="3 3"/>')
    for at, (bar, start) in enumerate(zip(picture.bars, ends, strict=False)):
        parts.append(_row(bar, start, top + ROW * at, axis=axis, kind="for" if bar.bits >= 0 else "against"))
    parts.append(_row(picture.total, 0.0, top + ROW * (rows - 1), axis=axis, kind="sum"))
    bottom = top + ROW * rows
    for text in picture.notes:
        bottom = _add_lines(parts, text, bottom, picture)
    return _document(picture, parts, bottom + MARGIN)


def _document(picture: Waterfall, parts: list[str], height: int) -> str:
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="epervier-waterfall" role="img" lang="{picture.locale}"'
            f' viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
            ' font-family="system-ui, sans-serif" font-size="13">',
            f"<title>{_escaped(picture.title)}</title>",
            f"<desc>{_escaped(picture.description)}</desc>",
            f"<style>{_DARK}</style>",
            f'<rect class="ground" width="{WIDTH}" height="{height}" fill="#ffffff"/>',
            *parts,
            "</svg>\n",
        )
    )


def _row(bar: Bar, start: float, top: int, *, axis: _Axis, kind: str) -> str:
    """A sentence with its exact weight at the line's end, and its bar below."""
    begin, end = sorted((axis.place(start), axis.place(start + bar.bits)))
    colour = {"for": SUPPORTING, "against": OPPOSING, "sum": SUM}[kind]
    weight = exact_bits(bar.bits)
    base = top + LINE - 4
    return (
        f"<g><title>{_escaped(bar.text)} ({_ISOLATE}{weight}{_POP})</title>"
        f"{_text(_fitted(bar.text, COLUMNS), base, axis.is_mirrored)}"
        f'<text class="weight" {_edge(not axis.is_mirrored)} y="{base}" fill="{INK}">{weight}</text>'
        f'<rect class="{kind}" x="{begin:.1f}" y="{top + LINE + 2}" width="{max(end - begin, 1.0):.1f}" height="{BAR}"'
        f' fill="{colour}"/></g>'
    )


def _edge(is_right: bool) -> str:
    return f'x="{WIDTH - MARGIN}" text-anchor="end"' if is_right else f'x="{MARGIN}"'


def _text(shown: str, base: int, is_right_to_left: bool, weight: str = "", title: str = "") -> str:
    if is_right_to_left:
        shown = f"{_RIGHT_TO_LEFT}{shown}{_POP}"
    return f'<text {_edge(is_right_to_left)} y="{base}"{weight} fill="{INK}">{title}{_escaped(shown)}</text>'


def _add_lines(parts: list[str], text: str, top: int, picture: Waterfall, weight: str = "") -> int:
    """Add a text below a place, in as many lines as it needs; returns the place below it."""
    title = f"<title>{_escaped(text)}</title>"
    for line in _wrapped(text, WIDE_COLUMNS):
        top += LINE
        parts.append(_text(line, top, picture.is_right_to_left, weight, title))
    return top


def _wrapped(text: str, columns: int) -> list[str]:
    """Break a text between words; an isolate that a break divides is closed and opened again."""
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and _width(longer) > columns:
            is_open = line.count(_ISOLATE) > line.count(_POP)
            lines.append(line + _POP * is_open)
            longer = _ISOLATE * is_open + word
        line = longer
    kept = [*lines, line][:MAX_LINES]
    if len(lines) >= MAX_LINES:
        kept[-1] += "…"
    return [_fitted(one, columns + 1) for one in kept]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _fitted(text: str, columns: int) -> str:
    """Cut a text to a width; an isolate that the cut leaves open is closed."""
    widths = itertools.accumulate(map(_width, text))
    fitting = sum(width <= columns for width in widths)
    if fitting == len(text):
        return text
    kept = text[:fitting]
    return f"{kept}…{_POP * (kept.count(_ISOLATE) - kept.count(_POP))}"


def _escaped(text: str) -> str:
    return escape(text, quote=True)
