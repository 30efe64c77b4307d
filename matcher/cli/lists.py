"""`epervier lists`: import, show, compare and withdraw the lists of a store."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli import render
from matcher.cli.options import JsonOption, MappingOption, RejectsOption, StoreOption, StrictOption
from matcher.cli.terminal import Bar, progress, safe, say, say_json

if TYPE_CHECKING:
    from matcher.records import ListVersion
    from matcher.store import Store

REJECTS_EXIT = 4
GUESS_BYTES = 1 << 18
IDS_SHOWN = 10  # of each kind of change; --json shows all
app = typer.Typer(help="Import, show, compare and withdraw lists.", no_args_is_help=True)
ListArgument = Annotated[str, typer.Argument(metavar="LIST", help="Id of the list.")]


@app.command("import")
def import_list(
    *,
    format_: Annotated[
        str, typer.Argument(metavar="FORMAT", help="auto, or un-sc-xml, ofac-sdn-csv, sltd-csv, mapped-csv, ...")
    ],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="The list's file or files.")],
    list_id: Annotated[str, typer.Option("--list-id", metavar="ID", help="Id of the list in the store.")],
    store: StoreOption,
    mapping: MappingOption = None,
    strict: StrictOption = False,
    rejects: RejectsOption = None,
    shown: Annotated[
        bool | None, typer.Option("--progress/--no-progress", help="Show progress; by default on a terminal only.")
    ] = None,
) -> None:
    """Import a list as a new version and put it in force.

    FORMAT `auto` recognises the format by the content of the files, and says by what. Rows that can't be read are
    counted by reason and kept beside the list; the exit code is then 4.
    """
    import matcher
    from matcher.ingest import resolve_format

    began = time.perf_counter()
    known, why = resolve_format(format_, files, has_mapping=mapping is not None)
    if known != format_:
        say(f"recognised {known}: {safe(why)}")
    store_ = matcher.Store(str(store))
    with progress(f"importing {safe(list_id)}", rows_about(files), is_shown=shown) as bar:
        second: list[Bar] = []

        def index_reached(done: int, total: int) -> None:
            if not second:
                bar.finish()
                second.append(bar.then("indexing documents"))
            second[0].reach(done, total)

        version = store_.import_list(
            list_id,
            format=known,
            path=files,
            mapping=mapping,
            strict=strict,
            progress=bar.reach,
            indexing=index_reached,
        )
        bar.finish()
    describe(version, time.perf_counter() - began)
    if rejects is not None:
        report(store_, list_id, rejects)
    if version.rejects:
        raise typer.Exit(REJECTS_EXIT)


def rows_about(files: Sequence[Path]) -> int | None:
    """Guess the rows of CSV files from their size and first lines; None for what isn't plain text of lines."""
    rows = 0.0
    for path in files:
        try:
            with path.open("rb") as stream:
                start = stream.read(GUESS_BYTES)
        except OSError:
            return None  # the import says what is wrong
        lines = start.count(b"\n")
        if path.suffix.lower() != ".csv" or b"\0" in start or not lines:
            return None
        rows += path.stat().st_size * lines / len(start)
    return round(rows)


def report(store: Store, list_id: str, path: Path) -> None:
    """Write the rejected rows of a list as a CSV file without personal data, and print their summary."""
    from matcher.rejects import summary, write_reject_report

    table = store.rejects(list_id)
    write_reject_report(table, path)
    say(summary(table))
    say(f"reject report: {safe(path)}")


@app.command("rejects")
def rejects_of(
    list_id: ListArgument, store: StoreOption, output: Annotated[Path, typer.Option("--output", metavar="FILE")]
) -> None:
    """Write the rows of a list that could not be read: row number, reason, field."""
    import matcher

    report(matcher.Store(str(store)), list_id, output)


def describe(version: ListVersion, seconds: float) -> None:
    """Print what an import made."""
    as_of = f", as of {safe(version.as_of)}" if version.as_of else ""
    say(f"{safe(version.list_id)}: {version.entries:,} entries in {seconds:.1f} s, version {version.version}{as_of}")
    for kind, number in sorted(version.by_kind.items()):
        say(f"  {safe(kind):<28} {number:>12,}")
    if version.malformed:
        say(f"  {'malformed numbers, kept':<28} {version.malformed:>12,}")
    if version.dropped:
        say(f"  {'left out by the filter':<28} {version.dropped:>12,}")
    render.counts("values that no rule reads, kept in the note, by field", version.notes)
    if version.rejects:
        render.counts(f"{version.rejects:,} rejected rows by reason", version.by_reason)


@app.command()
def show(store: StoreOption, json: JsonOption = False) -> None:
    """Show the lists in force."""
    import matcher

    versions = matcher.Store(str(store)).lists()
    if json:
        say_json({"lists": [_plain(version) for version in versions]})
    elif versions:
        render.lists(versions)
    else:
        say("no list is in force; import one with: epervier lists import")


@app.command()
def diff(
    list_id: ListArgument,
    store: StoreOption,
    older: Annotated[str | None, typer.Option(metavar="VERSION", help="By default the one before.")] = None,
    newer: Annotated[str | None, typer.Option(metavar="VERSION", help="By default the newest.")] = None,
    *,
    json: JsonOption = False,
) -> None:
    """Show which entries were added, removed and changed between two versions of a list."""
    import matcher

    found = matcher.Store(str(store)).diff(list_id, older=older, newer=newer)
    changes = {"added": found.added, "removed": found.removed, "changed": found.changed}
    if json:
        ids = {name: list(entries) for name, entries in changes.items()}
        say_json({"list_id": found.list_id, "older": found.older, "newer": found.newer, **ids})
        return
    say(f"{safe(found.list_id)}: from version {found.older} to {found.newer}")
    for name, entries in changes.items():
        say(f"  {name:<10} {len(entries):>10,}  {_some(entries)}".rstrip())


@app.command()
def withdraw(
    list_id: ListArgument,
    store: StoreOption,
    entry_id: Annotated[
        str | None, typer.Argument(metavar="[ENTRY]", help="Id of one entry; left out: the whole list.")
    ] = None,
) -> None:
    """Withdraw a list, or one entry of it: it can't be returned any more."""
    import matcher

    matcher.Store(str(store)).withdraw(list_id, entry_id)
    what = f"list {safe(list_id)}" if entry_id is None else f"entry {safe(entry_id)} of list {safe(list_id)}"
    say(f"{what} is withdrawn")


def _some(entries: Sequence[str]) -> str:
    shown = ", ".join(safe(entry) for entry in entries[:IDS_SHOWN])
    return f"{shown}, ..." if len(entries) > IDS_SHOWN else shown


def _plain(version: ListVersion) -> dict[str, object]:
    import dataclasses

    return dataclasses.asdict(version)
