"""`epervier lists`: import, show, compare and withdraw the lists of a store."""

from __future__ import annotations

import datetime
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli import render
from matcher.cli.options import JsonOption, MappingOption, PolicyOption, RejectsOption, StoreOption, StrictOption
from matcher.cli.terminal import Bar, progress, safe, say, say_json

if TYPE_CHECKING:
    from matcher.records import ListVersion
    from matcher.store import Store

REJECTS_EXIT = 4
GUESS_BYTES = 1 << 18
CHANGES_SHOWN = 20  # travellers of a dry run
IDS_SHOWN = 10  # of each kind of change; --json shows all
app = typer.Typer(help="Import, show, compare and withdraw lists.", no_args_is_help=True)
EntryArgument = Annotated[str, typer.Argument(metavar="ENTRY", help="Id of the entry, as a decision names it.")]
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
    policy: PolicyOption = None,
    accept_shrink: Annotated[
        str | None,
        typer.Option("--accept-shrink", metavar="REASON", help="Accept a list that shrank further than it may."),
    ] = None,
    dry_run: Annotated[
        Path | None,
        typer.Option(
            "--dry-run", metavar="TRAVELLERS", help="Change nothing; show the decisions that would change for a sample."
        ),
    ] = None,
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
    if dry_run is not None:
        _try(store_, list_id, (known, files, mapping), dry_run)
        return
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
            policy=policy,
            accept_shrink=accept_shrink,
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


def _try(store: Store, list_id: str, listed: tuple[str, Sequence[Path], Path | None], sample: Path) -> None:
    """Print what an import would hold, and the travellers of a sample whose matches would change."""
    import matcher

    format_, files, mapping = listed
    with matcher.read_travellers(sample) as travellers:
        version, changed = store.trial(
            list_id, format=format_, path=list(files), mapping=mapping, travellers=travellers
        )
    describe(version, None)
    say(f"nothing was changed; {changed.num_rows:,} travellers of the sample would be answered otherwise")
    for row in changed.slice(0, CHANGES_SHOWN).to_pylist():
        entries = ", ".join(f"{word} {_some(row[word])}" for word in ("gained", "lost", "moved") if row[word])
        say(f"  {safe(row['reference'])}: {row['before']} -> {row['after']}  {entries}")
    if changed.num_rows > CHANGES_SHOWN:
        say(f"  ... and {changed.num_rows - CHANGES_SHOWN:,} more")


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


def describe(version: ListVersion, seconds: float | None) -> None:
    """Print what an import made, or would make."""
    as_of = f", as of {safe(version.as_of)}" if version.as_of else ""
    took = "" if seconds is None else f" in {seconds:.1f} s"
    say(f"{safe(version.list_id)}: {version.entries:,} entries{took}, version {version.version}{as_of}")
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

    store_ = matcher.Store(str(store))
    versions, stale = store_.lists(), set(store_.stale_lists())
    if json:
        say_json({"lists": [{**_plain(one), "is_stale": one.list_id in stale} for one in versions]})
    elif versions:
        render.lists(versions)
        for list_id in sorted(stale):
            say(f"{safe(list_id)} is older than its policy allows; import it again")
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


@app.command()
def suspend(list_id: ListArgument, entry_id: EntryArgument, store: StoreOption) -> None:
    """Keep an entry from being returned until it is resumed: while its accuracy is disputed, say."""
    import matcher

    matcher.Store(str(store)).suspend(list_id, entry_id)
    say(f"entry {safe(entry_id)} of list {safe(list_id)} is suspended")


@app.command()
def resume(list_id: ListArgument, entry_id: EntryArgument, store: StoreOption) -> None:
    """End the suspension of an entry."""
    import matcher

    matcher.Store(str(store)).resume(list_id, entry_id)
    say(f"entry {safe(entry_id)} of list {safe(list_id)} is returned again")


@app.command()
def policy(
    list_id: ListArgument,
    store: StoreOption,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="TOML file; left out: show it.")] = None,
) -> None:
    """Show the policy of a list, or put another in force: who opens it, how fresh it must be, how long it is kept."""
    import msgspec

    import matcher

    store_ = matcher.Store(str(store))
    say_json(msgspec.to_builtins(store_.policy(list_id) if file is None else store_.set_policy(list_id, file)))


@app.command("except")
def except_pair(
    list_id: ListArgument,
    entry_id: EntryArgument,
    store: StoreOption,
    *,
    traveller: Annotated[
        str,
        typer.Option("--traveller", metavar="-", help="`-`: the traveller as JSON on standard input."),
    ],
    author: Annotated[str, typer.Option("--author", metavar="WHO", help="Who decided; shown with every decision.")],
    reason: Annotated[str, typer.Option("--reason", metavar="WHY", help="Why; shown with every decision.")],
    until: Annotated[
        datetime.datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d"], metavar="DAY", help="Raise the pair again from this day on."),
    ] = None,
) -> None:
    """Decide that a traveller and an entry are two persons: the pair isn't raised again until either side changes.

    `epervier lists withdraw exceptions ID` takes the decision back. A protective entry can't be excepted.
    """
    import matcher
    from matcher.cli.lookup import read_traveller

    day = None if until is None else until.date()
    made = matcher.Store(str(store)).except_pair(
        read_traveller(traveller), list_id, entry_id, author=author, reason=reason, expires_on=day
    )
    say(f"exception {made}: that traveller and entry {safe(entry_id)} of list {safe(list_id)} are two persons")


def _some(entries: Sequence[str]) -> str:
    shown = ", ".join(safe(entry) for entry in entries[:IDS_SHOWN])
    return f"{shown}, ..." if len(entries) > IDS_SHOWN else shown


def _plain(version: ListVersion) -> dict[str, object]:
    import dataclasses

    return dataclasses.asdict(version)
