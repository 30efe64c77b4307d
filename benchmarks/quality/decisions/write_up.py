"""The figures of decisions as Markdown: targets beside what was measured, then every group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.quality.decisions.travellers import DEVELOPMENT, HELD_OUT, NAMESAKE
from matcher.report.measures import Share
from matcher.report.words import (
    CALIBRATION_HEADINGS,
    GROUP_HEADINGS,
    LIST_HEADINGS,
    NOTHING,
    PRESET_HEADINGS,
    calibration_line,
    calibration_rows,
    curve_lines,
    group_rows,
    list_rows,
    per_ten_thousand,
    percent,
    preset_rows,
)

LARGEST_GAP = 0.05
_Figures = Mapping[str, Any]


def report(run: _Figures) -> str:
    """Write all tables."""
    held_out = run["halves"]["held-out"]
    limit = f" --limit {run['limit']}" if run["limit"] else ""
    parts = [
        f"## Decisions\n\n`python -m benchmarks.quality.decisions --write{limit}`, {run['date']}, model "
        f"`{run['model_id']}`, {sum(run['persons'].values()):,} persons on {len(run['persons'])} lists. Intervals are "
        "Wilson's, 95 %. The clean travellers' development half sets thresholds; the held-out half is only reported.",
        targets_table(run),
        "All presets, UN rows and the held-out half (base rate "
        f"{held_out['base_rate']:g}, a miss costs {held_out['miss_cost']:,g} false alarms):",
        table(PRESET_HEADINGS, preset_rows(held_out)),
        *(f"{line[0].upper()}{line[1:]}." for line in curve_lines(held_out)),
        curve_table(held_out),
        f"By change, preset {run['default_preset']} ({run['left_the_list']} rows whose person left the list don't "
        "count):",
        table(("rows", *GROUP_HEADINGS), group_rows(held_out["by_kind"])),
        "By script of the traveller's name:",
        table(("script", *GROUP_HEADINGS), group_rows(held_out["by_script"])),
        "By list (the right entries are the UN's):",
        table(("list", *LIST_HEADINGS), list_rows(held_out["by_list"], "name")),
        "By list size, random parts of all lists:",
        table(("share of the entries", *LIST_HEADINGS), list_rows(held_out["by_list_size"], "size")),
        f"Screening: {calibration_line(held_out)}. Pairs of a traveller and a listed person:",
        table(CALIBRATION_HEADINGS, calibration_rows(held_out)),
    ]
    if run["names"]:
        parts += [
            "Calibration on names of the test fold, gap by tenth (tenths with few pairs in brackets):",
            names_table(run),
        ]
    parts.append(
        f"{run['travellers_per_cpu_second']:,} travellers per CPU second, {run['pairs']:,} comparable pairs weighed."
    )
    return "\n\n".join(parts)


def targets_table(run: _Figures) -> str:
    """Targets of the issue beside what was measured at the default preset."""
    default = next(one for one in run["presets"] if one["preset"] == run["default_preset"])
    rows = [("UN altered rows, right person at review or above", "≥ 98.5 %", percent(default["altered"]["review"]))]
    for half in (DEVELOPMENT, HELD_OUT):
        found = default[half]
        rows.append((f"{half}: hits per 10,000", "≤ 1", per_ten_thousand(found["hit"])))
        rows.append((f"{half}: reviews per 10,000", "≤ 20", per_ten_thousand(reviews_only(found))))
    found = default[NAMESAKE]
    rows.append(("namesakes (listed name, other birth date): hits", "≤ 0.5 %", percent(found["hit"])))
    own = default["namesake_of_its_entry"]
    rows.append(("namesakes: hits of the entry itself, not of another of that name", NOTHING, percent(own["hit"])))
    rows.append(("namesakes: reviews", NOTHING, percent(reviews_only(found))))
    for one in run["names"]:
        rows.append((f"largest calibration gap, names, {one['name']}", f"≤ {LARGEST_GAP}", _gap(one)))
    rows.append(
        ("largest calibration gap, screening", f"≤ {LARGEST_GAP}", _gap(run["halves"]["held-out"]["calibration"]))
    )
    return table(("what", "target", f"measured, preset {run['default_preset']}"), rows)


def reviews_only(found: _Figures) -> dict[str, Any]:
    """Reviews without hits, as a share with its interval.

    Examples:
        >>> at = lambda count: {"count": count, "of": 1000}
        >>> reviews_only({"review": at(5), "hit": at(2)})["share"]
        0.003
    """
    return Share(found["review"]["count"] - found["hit"]["count"], found["review"]["of"]).to_dict()


def curve_table(figures: _Figures) -> str:
    """The ROC curve as numbers: recall at fixed shares of clean alarms."""
    rows = [
        (
            f"{10_000 * one['false_alarms']:g}",
            NOTHING if one["bits"] is None else f"{one['bits']:+.1f}",
            f"{100 * one['recall']:.1f} %",
        )
        for one in figures["curves"]["roc"]["at_false_alarms"]
    ]
    return table(("clean alarms per 10,000, at most", "by weight alone, from bits", "recall"), rows)


def names_table(run: _Figures) -> str:
    """Gap and count by tenth for each set of name pairs."""
    headings = (
        "set",
        "pairs",
        "base rate",
        *(f"{at / 10:.1f}" for at in range(10)),
        "largest",
        "beyond chance",
        "slope",
        "offset, bits",
    )
    rows = [
        (
            one["name"],
            f"{one['pairs']:,}",
            f"{one['base_rate']:.2g}",
            *(_tenth(tenth, one["fewest_pairs"]) for tenth in one["tenths"]),
            _gap(one),
            NOTHING if one["largest_sure_gap"] is None else f"{one['largest_sure_gap']:.3f}",
            *((f"{one['line']['slope']:.2f}", f"{one['line']['offset_bits']:+.2f}") if one["line"] else (NOTHING,) * 2),
        )
        for one in run["names"]
    ]
    return table(headings, rows)


def _tenth(tenth: _Figures, fewest: int) -> str:
    if tenth["gap"] is None:
        return NOTHING
    signed = tenth["observed"]["share"] - tenth["predicted"]
    return f"{signed:+.3f}" if tenth["observed"]["of"] >= fewest else f"({signed:+.2f})"


def _gap(found: _Figures) -> str:
    return (
        NOTHING if found["largest_gap"] is None else f"{found['largest_gap']:.3f} in {found['counted_tenths']} tenths"
    )


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table in Markdown."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
