"""`epervier evaluate`: what is found and what is raised falsely, against a truth file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from matcher.cli.options import PresetOption, StoreOption
from matcher.cli.terminal import cell, console, progress, safe, say
from matcher.errors import UsageError

LEFT_OUT_EXIT = 4


def evaluate(
    *,
    truth: Annotated[
        Path,
        typer.Argument(
            metavar="TRUTH",
            help="CSV of reference, expected_outcome, list_id, entry_id, kind; without --passengers a file of "
            "travellers with list_id, entry_id and kind beside their columns.",
        ),
    ],
    store: StoreOption,
    passengers: Annotated[
        Path | None, typer.Option("--passengers", metavar="FILE", help="The travellers that TRUTH speaks about.")
    ] = None,
    preset: PresetOption = None,
    base_rate: Annotated[
        float | None,
        typer.Option("--base-rate", metavar="SHARE", help="True travellers; by default 1 in 10,000."),
    ] = None,
    miss_cost: Annotated[
        float | None, typer.Option("--miss-cost", metavar="N", help="False alarms that one miss is worth.")
    ] = None,
    list_sizes: Annotated[
        str | None,
        typer.Option("--list-sizes", metavar="SHARES", help="Measure parts of the lists too, such as 0.25,0.5,1."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE.html", help="One page with tables and pictures.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE.json", help="Every figure.")] = None,
) -> None:
    """Screen travellers whose truth is known: recall, precision, calibration, cost, by preset, kind and list."""
    import json

    import matcher
    from matcher.files import LOCAL_DISK
    from matcher.report.defaults import Settings
    from matcher.report.evaluation import check_lists, evaluate
    from matcher.report.truth import read_travellers_with_truth, read_truth
    from matcher.score.model import DEFAULT_PRESET

    settings = Settings(preset or DEFAULT_PRESET, base_rate, miss_cost, _sizes(list_sizes))
    _check_outputs(output, json_file)
    if passengers is None:
        expected, table = read_travellers_with_truth(truth)
    else:
        expected = read_truth(truth)
        with matcher.read_travellers(passengers) as reader:
            table = reader.read_all()
    watchlist = matcher.Store(str(store)).open()
    check_lists(watchlist, expected)
    with progress("screening", table.num_rows) as bar:
        figures = evaluate(watchlist, expected, table.to_batches(), settings, on_rows=bar.advance)
    show(figures)
    if json_file is not None:
        LOCAL_DISK.replace(json_file, json.dumps(figures, indent=1, ensure_ascii=False).encode())
        say(f"figures are in {safe(json_file)}")
    if output is not None:
        from matcher.report.page import page

        LOCAL_DISK.replace(output, page(figures).encode())
        say(f"the page is {safe(output)}")
    rows = figures["rows"]
    if rows["rejected"] or rows["unknown_references"]:
        raise typer.Exit(LEFT_OUT_EXIT)


def show(figures: dict[str, Any]) -> None:
    """Print the tables."""
    from matcher.report import words

    for line in words.row_lines(figures):
        say(safe(line))
    _table("by preset", words.PRESET_HEADINGS, words.preset_rows(figures))
    for line in (*words.curve_lines(figures), words.calibration_line(figures)):
        say(safe(line))
    _table(
        f"by kind of case, preset {figures['preset']}",
        ("kind", *words.GROUP_HEADINGS),
        words.group_rows(figures["by_kind"]),
    )
    _table("by script", ("script", *words.GROUP_HEADINGS), words.group_rows(figures["by_script"]))
    _table("by list", ("list", *words.LIST_HEADINGS), words.list_rows(figures["by_list"], "name"))
    if figures["by_list_size"]:
        headings = ("share of entries", *words.LIST_HEADINGS)
        _table("by list size", headings, words.list_rows(figures["by_list_size"], "size"))


def _table(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(cell(value) for value in row))
    console().print(table)


def _sizes(text: str | None) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(",")) if text else ()
    except ValueError as error:
        raise UsageError("--list-sizes is not numbers; give shares of the lists, such as 0.25,0.5,1") from error


def _check_outputs(output: Path | None, json_file: Path | None) -> None:
    """Refuse what would fail after the work: a folder that isn't there, packages that aren't installed."""
    for path in (output, json_file):
        if path is not None and not path.parent.is_dir():
            raise UsageError(f"there is no folder {path.parent}; make it, or give another file")
    if output is not None:
        from matcher.report.charts import check_installed

        check_installed()
