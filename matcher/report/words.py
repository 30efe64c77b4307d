"""The figures of an evaluation as rows and lines of text, for the terminal and the page alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

Figures: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = list[tuple[str, ...]]

NOTHING = "–"
PRESET_HEADINGS = (
    "preset", "level", "from bits", "recall", "clean alarms per 10,000", "precision", "precision at the base rate",
    "false alarms per match", "cost",
)  # fmt: skip
GROUP_HEADINGS = ("expected", "travellers", "review or hit", "hit")
LIST_HEADINGS = ("recall at review", "recall at hit", "clean alarms per 10,000", "of them hits")
CALIBRATION_HEADINGS = ("predicted", "pairs", "mean predicted", "observed", "gap")


def percent(share: Figures) -> str:
    """Write a share of the figures with its interval.

    Examples:
        >>> percent({"count": 95, "of": 100, "share": 0.95, "low": 0.888, "high": 0.978})
        '95.0 % (95 of 100; 88.8 to 97.8)'
    """
    if share["share"] is None:
        return NOTHING
    counted = f"{share['count']:,} of {share['of']:,}; " if "count" in share else ""
    return f"{100 * share['share']:.1f} % ({counted}{100 * share['low']:.1f} to {100 * share['high']:.1f})"


def per_ten_thousand(share: Figures) -> str:
    """Write a share as a rate with its count and interval."""
    if share["share"] is None:
        return NOTHING
    rate, low, high = (10_000 * share[name] for name in ("share", "low", "high"))
    return f"{rate:.1f} ({share['count']:,} in {share['of']:,}; {low:.1f} to {high:.1f})"


def preset_rows(figures: Figures) -> Rows:
    """Rows under `PRESET_HEADINGS`: each preset at review and at hit."""
    return [
        (
            preset["preset"],
            level,
            f"{preset[f'{level}_bits']:+.1f}",
            percent(preset[level]["recall"]),
            per_ten_thousand(preset[level]["false_alarms"]),
            percent(preset[level]["precision"]),
            percent(preset[level]["precision_at_base_rate"]),
            _number(preset[level]["false_alarms_per_right_match"]),
            _number(preset[level]["expected_cost"]),
        )
        for preset in figures["presets"]
        for level in ("review", "hit")
    ]


def group_rows(groups: Iterable[Figures]) -> Rows:
    """Rows of kinds or scripts: recall where a match is expected, alarms where none is."""
    return [
        (
            group["name"],
            group["expected"],
            f"{group['review']['of']:,}",
            *(
                (percent if group["expected"] == "match" else per_ten_thousand_of)(group[level])
                for level in ("review", "hit")
            ),
        )
        for group in groups
    ]


def per_ten_thousand_of(share: Figures) -> str:
    """Write false alarms as a rate, with the words that tell it from a share."""
    return f"{per_ten_thousand(share)} per 10,000"


def list_rows(rows: Iterable[Figures], name: str) -> Rows:
    """Rows of lists or list sizes under a name of the figures."""
    return [
        (
            f"{row[name]:g}" if isinstance(row[name], float) else str(row[name]),
            *(percent(row[level]["recall"]) for level in ("review", "hit")),
            *(per_ten_thousand(row[level]["false_alarms"]) for level in ("review", "hit")),
        )
        for row in rows
    ]


def calibration_rows(figures: Figures) -> Rows:
    """Rows under `CALIBRATION_HEADINGS`."""
    return [
        (
            f"{one['low']:.1f} to {one['high']:.1f}",
            f"{one['observed']['of']:,}",
            NOTHING if one["predicted"] is None else f"{one['predicted']:.3f}",
            percent(one["observed"]),
            NOTHING if one["gap"] is None else f"{one['gap']:.3f}",
        )
        for one in figures["calibration"]["tenths"]
    ]


def row_lines(figures: Figures) -> list[str]:
    """Say what was measured, and what was left out."""
    rows = figures["rows"]
    lines = [
        f"{rows['measured']:,} travellers measured: {rows['true']:,} true, {rows['clean']:,} clean "
        f"(truth file: {rows['truth_rows']:,} rows); model {figures['model_id']}, snapshot {figures['snapshot_id']}",
    ]
    left_out = (
        ("duplicate_rows", "truth rows said twice, counted once"),
        ("unknown_references", "references of the truth file without a traveller: left out"),
        ("without_truth", "travellers without a row in the truth file: left out"),
        ("rejected", "travellers that cannot be screened: left out"),
        ("true_without_comparable_entry", "true travellers whose right entry is not comparable: missed"),
    )
    return [*lines, *(f"{rows[name]:,} {words}" for name, words in left_out if rows[name])]


def curve_lines(figures: Figures) -> list[str]:
    """Sum up the curves."""
    curves, cost = figures["curves"], figures["curves"]["cost"]
    best = cost["best_review_bits"]
    return [
        f"area under the ROC curve {_number(curves['roc']['area'])}; average precision "
        f"{_number(curves['precision_recall']['average_precision'])} at a base rate of {figures['base_rate']:g}",
        f"cheapest review threshold: {'none' if best is None else f'{best:+.1f} bits'}, expected cost "
        f"{_number(cost['least_cost'])} false alarms a traveller if a miss costs {figures['miss_cost']:,g}",
    ]


def calibration_line(figures: Figures) -> str:
    """Sum up the calibration."""
    found = figures["calibration"]
    if found["base_rate"] is None:
        return "calibration: no pair of a traveller and a listed person is expected, nothing to compare"
    counted = f"{found['counted_tenths']} of 10 tenths with {found['fewest_pairs']} pairs or more"
    return (
        f"calibration at the set's base rate of {found['base_rate']:.2g} a pair: largest gap "
        f"{_number(found['largest_gap'])} in {counted}, beyond chance {_number(found['largest_sure_gap'])}"
        f"{line_words(found)}"
    )


def line_words(found: Figures) -> str:
    """Say slope and offset of a calibration; empty where none could be fitted."""
    line = found["line"]
    return f"; slope {line['slope']:.2f} (1), offset {line['offset_bits']:+.2f} bits (0)" if line else ""


def notes(figures: Figures) -> Sequence[str]:
    """Explain the words and assumptions."""
    sources = figures["sources"]
    return (
        "Recall: travellers whose right entry is reached, of those who have one. Clean alarms: clean travellers who "
        "reach anything. Precision: right matches of all travellers with an alarm. Review includes hits.",
        "Intervals are Wilson's, 95 %; that of the precision at the base rate puts the worst (best) ends of both "
        "shares together. Groups are measured at the chosen preset.",
        f"Base rate {figures['base_rate']:g}; by default: {sources['base_rate']}.",
        f"Price of a miss {figures['miss_cost']:,g} false alarms; by default: {sources['miss_cost']}. Cost = base "
        "rate · misses · price + (1 - base rate) · clean alarms.",
        "Calibration: the model's prior odds are replaced by the set's own, right pairs of all pairs of a traveller "
        "and a listed person: predicted = 2^v / (1 + 2^v), v = weight - prior + log2(right / wrong).",
        "A smaller list is a random part of the entries; weights never depend on what else is listed, so pairs that "
        "are left out change nothing else.",
    )


def _number(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.3g}"
