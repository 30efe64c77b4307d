"""One self-contained HTML page of an evaluation: tables and pictures, without scripts, fonts or addresses.

The page holds counts and figures; the words in it that others wrote are list ids and kinds of case, which are cut,
stripped of control characters and escaped. Its Content-Security-Policy forbids everything but its own style sheet.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from matcher.report.charts import charts
from matcher.report.words import (
    CALIBRATION_HEADINGS,
    GROUP_HEADINGS,
    LIST_HEADINGS,
    PRESET_HEADINGS,
    calibration_line,
    calibration_rows,
    curve_lines,
    group_rows,
    list_rows,
    notes,
    preset_rows,
    row_lines,
)

LONGEST_WORD = 60
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #222; background: #fff; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem }
table { border-collapse: collapse; margin: .8rem 0; font-variant-numeric: tabular-nums }
th, td { border-bottom: 1px solid #ddd; padding: .25rem .7rem; text-align: left; vertical-align: top }
figure { display: inline-block; margin: .5rem 1rem .5rem 0; max-width: 100% }
figure svg { max-width: 100%; height: auto }
figcaption, .note { color: #555; font-size: .9rem }
"""
_CAPTIONS = {
    "roc": "ROC: recall over false alarms; points are the presets at review, where names that agree fully and "
    "documents count whatever the threshold, so they may lie beside the curve.",
    "precision_recall": "Precision over recall at the base rate.",
    "calibration": "Predicted probability and observed frequency by tenths, with 95 % intervals; dashed: equal.",
    "cost": "Expected cost over the review threshold.",
}


def page(figures: Mapping[str, Any]) -> str:
    """Write the page of an evaluation.

    Args:
        figures: From `evaluation.evaluate`.

    Raises:
        MissingReportError: the extra `report` is not installed.
    """
    pictures = charts(figures)
    parts = [
        "<h1>Evaluation</h1>",
        _lines([*row_lines(figures), *curve_lines(figures), calibration_line(figures)]),
        "<h2>By preset</h2>",
        _table(PRESET_HEADINGS, preset_rows(figures)),
        *(_figure(pictures[name], _CAPTIONS[name]) for name in ("roc", "precision_recall", "cost", "calibration")),
        "<h2>Calibration</h2>",
        _table(CALIBRATION_HEADINGS, calibration_rows(figures)),
        f"<h2>By kind of case, preset {_word(figures['preset'])}</h2>",
        _table(("kind", *GROUP_HEADINGS), group_rows(figures["by_kind"])),
        "<h2>By script of the traveller's name</h2>",
        _table(("script", *GROUP_HEADINGS), group_rows(figures["by_script"])),
        "<h2>By list</h2>",
        _table(("list", *LIST_HEADINGS), list_rows(figures["by_list"], "name")),
    ]
    if figures["by_list_size"]:
        parts += [
            "<h2>By list size</h2>",
            _table(("share of the entries", *LIST_HEADINGS), list_rows(figures["by_list_size"], "size")),
        ]
    parts += ["<h2>What the words mean</h2>", _lines(notes(figures))]
    head = (
        '<meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Evaluation</title><style>{_STYLE}</style>"
    )
    body = "\n".join(parts)
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def _word(value: object) -> str:
    """Escape a word that others may have written; control characters go, and what is too long is cut."""
    text = "".join(letter for letter in str(value) if unicodedata.category(letter) not in {"Cc", "Cf", "Cs"})
    return html.escape(text if len(text) <= LONGEST_WORD else f"{text[:LONGEST_WORD]}…", quote=True)


def _lines(lines: Iterable[str]) -> str:
    return "".join(f'<p class="note">{html.escape(line)}</p>\n' for line in lines)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{html.escape(heading)}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{_word(value)}</td>' for value in row)}</tr>\n" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table>"


def _figure(svg: str, caption: str) -> str:
    return f"<figure>{svg}<figcaption>{html.escape(caption)}</figcaption></figure>"
