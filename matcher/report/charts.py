"""The pictures of an evaluation, drawn by altair and written as SVG: no script, no font, no address.

Every chart is made of numbers and of words written here; nothing of a list, a traveller or a truth file is in it. The
package that draws is of the extra `report` and imported when a picture is asked for.
"""

from __future__ import annotations

import importlib.util
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from matcher.errors import MissingReportError
from matcher.report.evaluation import LEAST_SHARE

_WIDTH, _HEIGHT = 420, 300
_COLOURS = ("#1b6ca8", "#c0392b")
_GREY = "#6c757d"
_NAMESPACES = re.compile(r'\s+xmlns(?::\w+)?="[^"]*"')  # not needed inside a page, and they look like addresses


def charts(figures: Mapping[str, Any]) -> dict[str, str]:
    """Draw every picture of an evaluation.

    Args:
        figures: From `evaluation.evaluate`.

    Returns:
        SVG elements by name: roc, precision_recall, calibration, cost.

    Raises:
        MissingReportError: the extra `report` is not installed.
    """
    check_installed()
    import altair

    made = {
        "roc": _roc(altair, figures),
        "precision_recall": _precision_recall(altair, figures),
        "calibration": _calibration(altair, figures),
        "cost": _cost(altair, figures),
    }
    return {name: _svg(chart) for name, chart in made.items()}


def check_installed() -> None:
    """Refuse in one line where the packages that draw are not installed."""
    if any(importlib.util.find_spec(name) is None for name in ("altair", "vl_convert")):
        raise MissingReportError("pictures need packages that are not installed; run: pip install 'epervier[report]'")


def _svg(chart: Any) -> str:
    out = io.StringIO()
    chart.save(out, format="svg")
    return _NAMESPACES.sub("", out.getvalue())


def _data(altair: Any, rows: Iterable[Mapping[str, Any]]) -> Any:
    return altair.Data(values=list(rows))


def _chart(altair: Any, *layers: Any) -> Any:
    chart = altair.layer(*layers).properties(width=_WIDTH, height=_HEIGHT, background="white")
    return chart.configure_axis(labelFontSize=11, titleFontSize=12).configure_view(stroke="#ccc")


def _presets(figures: Mapping[str, Any], x: str, y: str) -> list[dict[str, Any]]:
    """Each preset at review as a point, with its name."""
    found = []
    for preset in figures["presets"]:
        point = {"name": preset["preset"], "x": preset["review"][x]["share"], "y": preset["review"][y]["share"]}
        if None not in point.values():
            found.append(point)
    return found


def _points(altair: Any, points: Sequence[Mapping[str, Any]], x: Any, y: Any) -> list[Any]:
    if not points:
        return []
    order = [point["name"] for point in points]
    shape = altair.Shape("name:N", sort=order, legend=altair.Legend(title="preset"))
    made = altair.Chart(_data(altair, points)).mark_point(size=90, filled=True, color=_COLOURS[1])
    return [made.encode(x=x, y=y, shape=shape)]


def _roc(altair: Any, figures: Mapping[str, Any]) -> Any:
    x = altair.X(
        "x:Q",
        title="clean travellers with an alarm (logarithmic)",
        scale=altair.Scale(type="log", domain=[LEAST_SHARE, 1]),
        axis=altair.Axis(format="~g"),
    )
    y = altair.Y("y:Q", title="recall", scale=altair.Scale(domain=[0, 1]))
    rows = [{"x": max(x, LEAST_SHARE), "y": y} for _, x, y in figures["curves"]["roc"]["points"]]
    line = altair.Chart(_data(altair, rows)).mark_line(interpolate="step-after", color=_COLOURS[0]).encode(x=x, y=y)
    points = [{**one, "x": max(one["x"], LEAST_SHARE)} for one in _presets(figures, "false_alarms", "recall")]
    return _chart(altair, line, *_points(altair, points, x, y))


def _precision_recall(altair: Any, figures: Mapping[str, Any]) -> Any:
    x = altair.X("x:Q", title="recall", scale=altair.Scale(domain=[0, 1]))
    y = altair.Y("y:Q", title="precision at the base rate", scale=altair.Scale(domain=[0, 1]))
    rows = [{"x": x, "y": y} for _, x, y in figures["curves"]["precision_recall"]["points"]]
    line = altair.Chart(_data(altair, rows)).mark_line(color=_COLOURS[0]).encode(x=x, y=y, order="x:Q")
    return _chart(altair, line, *_points(altair, _presets(figures, "recall", "precision_at_base_rate"), x, y))


def _calibration(altair: Any, figures: Mapping[str, Any]) -> Any:
    x = altair.X("x:Q", title="predicted probability", scale=altair.Scale(domain=[0, 1]))
    y = altair.Y("y:Q", title="observed frequency", scale=altair.Scale(domain=[0, 1]))
    rows = [
        {"x": one["predicted"], "y": one["observed"]["share"]}
        | {"low": one["observed"]["low"], "high": one["observed"]["high"]}
        for one in figures["calibration"]["tenths"]
        if one["predicted"] is not None
    ]
    ends = [{"x": 0.0, "y": 0.0}, {"x": 1.0, "y": 1.0}]
    ideal = altair.Chart(_data(altair, ends)).mark_line(strokeDash=[4, 4], color=_GREY).encode(x=x, y=y)
    if not rows:
        return _chart(altair, ideal)
    base = altair.Chart(_data(altair, rows)).encode(x=x)
    bars = base.mark_rule(color=_COLOURS[0]).encode(y=altair.Y("low:Q"), y2="high:Q")
    return _chart(altair, ideal, bars, base.mark_point(size=60, filled=True, color=_COLOURS[0]).encode(y=y))


def _cost(altair: Any, figures: Mapping[str, Any]) -> Any:
    x = altair.X("x:Q", title="review threshold in bits", scale=altair.Scale(zero=False))
    y = altair.Y("y:Q", title="expected cost, in false alarms (logarithmic)", scale=altair.Scale(type="log"))
    points = figures["curves"]["cost"]["points"]
    rows = [{"x": bits, "y": price} for bits, price in points if bits is not None and price > 0]
    line = altair.Chart(_data(altair, rows)).mark_line(interpolate="step-before", color=_COLOURS[0]).encode(x=x, y=y)
    presets = [
        {"name": one["preset"], "x": one["review_bits"], "y": one["review"]["expected_cost"]}
        for one in figures["presets"]
        if one["review"]["expected_cost"]
    ]
    return _chart(altair, line, *_points(altair, presets, x, y))
